//! Verification of one presented code.

use crate::keyed::Keyed;
use crate::{ClockHint, Code, MAX_DRIFT, Parameters, Progress, Secret, Window};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// The answer to a presented code. Treat whatever is not [`Verdict::Accepted`] as a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "an accepted code is used up only when its step is stored"]
pub enum Verdict {
    /// The code is genuine and was not used before.
    Accepted(Accepted),
    /// The code is genuine, but its step is the one before all that are accepted. Store the step, then say
    /// [`Hint::WaitForNext`].
    RolledOver(RolledOver),
    /// The code does not sign anybody in.
    Rejected(Hint),
}

impl Verdict {
    /// The evidence, if the code was accepted.
    #[must_use]
    pub const fn accepted(self) -> Option<Accepted> {
        match self {
            Self::Accepted(accepted) => Some(accepted),
            Self::RolledOver(_) | Self::Rejected(_) => None,
        }
    }
}

/// Evidence of a genuine code, and what to store because of it. Only a verification makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    step: u64,
    drift: i8,
    disbelieved: Option<u64>,
}

impl Accepted {
    /// For a step that was matched at a time when `current` was the current one.
    pub(crate) fn at(step: u64, current: u64, before: &Progress) -> Self {
        let cap = i64::from(MAX_DRIFT);
        let observed = step.wrapping_sub(current).cast_signed();
        let drift = i8::try_from(observed.clamp(-cap, cap)).unwrap_or(0);
        Self {
            step,
            drift,
            disbelieved: before.disbelieved,
        }
    }

    /// The step that is now used up: store it as the watermark, on the condition that it is above
    /// the one already stored.
    #[must_use]
    pub const fn step(&self) -> u64 {
        self.step
    }

    /// The clock drift to store along with it, in steps, within [`MAX_DRIFT`] either way.
    #[must_use]
    pub const fn drift(&self) -> i8 {
        self.drift
    }

    /// What to tell the person about the phone's clock, when it is off by two steps or more. One step is
    /// what typing takes.
    #[must_use]
    pub const fn clock_hint(&self, params: &Parameters) -> Option<ClockHint> {
        ClockHint::of(self.drift, params)
    }

    /// Both, and the disbelieved step from before, as the next verification wants them.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        Progress {
            watermark: Some(self.step),
            drift: self.drift,
            disbelieved: self.disbelieved,
        }
    }
}

/// Evidence of a genuine code that has just run out, and what to store before anybody hears of it.
///
/// A [resynchronisation](crate::resynchronise) can move the window back to this step. So a person who was
/// told that a guess was right, and has run out, could use it then. Once its step is the watermark, nobody can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolledOver {
    before: Progress,
    step: u64,
}

impl RolledOver {
    /// The progress to store, on the condition that the watermark is still the one that was read. If the
    /// store fails or the watermark has moved, say [`Hint::None`].
    #[must_use]
    pub const fn progress(&self) -> Progress {
        Progress {
            watermark: Some(self.step),
            drift: self.before.drift,
            disbelieved: self.before.disbelieved,
        }
    }
}

/// What may be said about a refused code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hint {
    /// Nothing: the code is wrong, or no code at all.
    None,
    /// The code was right, but it has rolled over or was used already: wait for the next one.
    ///
    /// It is given only for codes that are never accepted again, alone or as half of a pair, so it tells a
    /// guesser nothing of use. For a code that has rolled over that holds once [`RolledOver::progress`] is
    /// stored. A code from the *future* earns no hint, and neither does one that is farther off: see
    /// [`ClockHint`] for how a person learns of a wrong clock.
    WaitForNext,
}

/// Verifies one code at a time `now`, in seconds since the Unix epoch.
///
/// Candidates are the steps of the base window, `T` ± the window, and those of the drifted window,
/// `T` + drift ± the window; above the watermark only. The codes of all of them, and of the one
/// before, are computed and compared in constant time whichever matches, so the work done depends
/// on the window and the stored drift alone.
///
/// A code of another number of digits than `params` ask for is rejected before anything is computed.
///
/// A watermark that lies further ahead than an honest clock could have written it counts as
/// [`Progress::corrected`] says.
///
/// Two steps have the same code once in a million. Then the **highest** matching candidate is the
/// one accepted, so that storing it as the watermark uses up the others with it; and a text that is
/// also the code of a step at or below the watermark is refused, since it may have been seen in use.
/// The same text is thus not accepted twice while any step it stands for is within reach. The price
/// is that a person waits for the next code, about once in a million times.
///
/// Charge an attempt before calling: each call is a guess with [`Window::accepted_at_once`] chances in a
/// million, with six digits.
///
/// ```
/// use slotwerk_totp::{
///     Code, Hint, Parameters, Progress, Secret, Verdict, Window, code_at, verify,
/// };
///
/// let (secret, params) = (Secret::from_entropy(&[1; 20]), Parameters::ISSUED);
/// let (now, code) = (900, Code::parse(&code_at(&secret, &params, 30), &params)?);
/// let check = |progress| verify(&secret, &params, Window::default(), &progress, &code, now);
///
/// let accepted = check(Progress::default()).accepted().ok_or("refused")?;
/// assert_eq!(accepted.step(), 30);
/// assert_eq!(check(accepted.progress()), Verdict::Rejected(Hint::WaitForNext));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(
    secret: &Secret,
    params: &Parameters,
    window: Window,
    progress: &Progress,
    code: &Code,
    now: u64,
) -> Verdict {
    let Some(number) = code.number(params) else {
        return Verdict::Rejected(Hint::None);
    };
    let progress = &progress.corrected(params, window, now).unwrap_or(*progress);
    let current = params.step_at(now);
    let drift = window.usable_drift(progress.drift);
    let rolled_over = window.first_considered(drift);
    let keyed = Keyed::new(secret, params);

    let (mut step_matched, mut step_before) = (0, 0);
    let (mut live, mut spent, mut rolled) = (Choice::from(0), Choice::from(0), Choice::from(0));
    // Ascending, so that the highest match is the one that stays.
    for offset in window.considered(drift) {
        // Before the epoch there are no steps, hence no codes.
        let Some(step) = current.checked_add_signed(offset) else {
            continue;
        };
        let used = progress.is_used(step);
        let candidate = !used && window.admits(drift, offset);
        if offset == rolled_over {
            step_before = step;
        }

        let matches = keyed.number_at(step).ct_eq(&number);
        let hit = matches & choice(candidate);
        step_matched.conditional_assign(&step, hit);
        live |= hit;
        spent |= matches & choice(used);
        rolled |= matches & choice(offset == rolled_over);
    }

    if bool::from(live & !spent) {
        Verdict::Accepted(Accepted::at(step_matched, current, progress))
    } else if bool::from(spent) {
        Verdict::Rejected(Hint::WaitForNext)
    } else if bool::from(rolled) {
        Verdict::RolledOver(RolledOver {
            before: *progress,
            step: step_before,
        })
    } else {
        Verdict::Rejected(Hint::None)
    }
}

pub(crate) fn choice(flag: bool) -> Choice {
    Choice::from(u8::from(flag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_at;
    use crate::keyed::computed;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_many_codes_are_computed_whichever_step_matches_or_none(
            steps in 0_u8..=4,
            drift in -MAX_DRIFT..=MAX_DRIFT,
            mark in -200_i64..200,
        ) {
            let (secret, params) = (Secret::from_entropy(&[7; 20]), Parameters::ISSUED);
            let window = Window::new(steps).unwrap();
            let current = 60_000_000_u64;
            let watermark = Some(current.saturating_add_signed(mark));
            let progress = Progress { watermark, drift, disbelieved: None };
            let count = |code: &str| {
                let now = current * 30;
                let code = &Code::parse(code, &params).unwrap();
                computed::during(|| verify(&secret, &params, window, &progress, code, now)).1
            };
            let expected = window.considered(window.usable_drift(drift)).count();
            prop_assert!(expected <= 1 + usize::try_from(window.accepted_at_once()).unwrap());
            for offset in -130..=130 {
                let code = code_at(&secret, &params, current.saturating_add_signed(offset));
                prop_assert_eq!(count(&code), expected);
            }
            prop_assert_eq!(count("000000"), expected);
            // Control: a code of another number of digits is rejected before anything is computed.
            let eight = Parameters::new(params.algorithm(), 8, params.period()).unwrap();
            let long = Code::parse("00000000", &eight).unwrap();
            let look = || verify(&secret, &params, window, &progress, &long, 9_000);
            prop_assert_eq!(computed::during(look).1, 0);
        }
    }
}
