//! Verification of one presented code.

use crate::code::Presented;
use crate::keyed::Keyed;
use crate::{ClockHint, MAX_DRIFT, Parameters, Secret, Window};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// What to remember of one authenticator between two verifications.
///
/// The [`Default`] (no watermark, no drift) is for a secret that never verified a code, thus only
/// for enrolment; what follows comes from [`Accepted::progress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Progress {
    /// The highest step accepted so far. No step at or below it is accepted again.
    pub watermark: Option<u64>,
    /// How many steps the phone's clock was ahead (positive) or behind when last seen, within
    /// [`MAX_DRIFT`] either way. Anything outside counts as 0.
    pub drift: i8,
}

impl Progress {
    /// From when on a phone whose clock is right shows codes above the watermark, in seconds since the
    /// Unix epoch. Worth saying along with [`Hint::WaitForNext`]: after a clock that was ahead was put
    /// right, it may be some minutes.
    ///
    /// ```
    /// use slotwerk_totp::{Parameters, Progress};
    ///
    /// let progress = Progress { watermark: Some(99), drift: 0 };
    /// assert_eq!(progress.next_code_from(&Parameters::ISSUED), 3_000);
    /// ```
    #[must_use]
    pub const fn next_code_from(&self, params: &Parameters) -> u64 {
        match self.watermark {
            Some(mark) => mark
                .saturating_add(1)
                .saturating_mul(params.period().as_secs()),
            None => 0,
        }
    }
}

/// The answer to a presented code. Treat whatever is not [`Verdict::Accepted`] as a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "an accepted code is used up only when its step is stored"]
pub enum Verdict {
    /// The code is genuine and was not used before.
    Accepted(Accepted),
    /// The code does not sign anybody in.
    Rejected(Hint),
}

impl Verdict {
    /// The evidence, if the code was accepted.
    #[must_use]
    pub const fn accepted(self) -> Option<Accepted> {
        match self {
            Self::Accepted(accepted) => Some(accepted),
            Self::Rejected(_) => None,
        }
    }
}

/// Evidence of a genuine code, and what to store because of it. Only a verification makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    step: u64,
    drift: i8,
}

impl Accepted {
    /// For a step that was matched at a time when `current` was the current one.
    pub(crate) fn at(step: u64, current: u64) -> Self {
        let cap = i64::from(MAX_DRIFT);
        let observed = step.wrapping_sub(current).cast_signed();
        let drift = i8::try_from(observed.clamp(-cap, cap)).unwrap_or(0);
        Self { step, drift }
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

    /// Both, as the next verification wants them.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        Progress {
            watermark: Some(self.step),
            drift: self.drift,
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
    /// It is given only for codes of steps that are never accepted alone any more, so it tells a guesser
    /// nothing of use; what it is worth as half of a pair is said at [`resynchronise`](crate::resynchronise). A
    /// code from the *future* earns no hint, and neither does one that is farther off: see [`ClockHint`] for
    /// how a person learns of a wrong clock.
    WaitForNext,
}

/// Verifies one code at a time `now`, in seconds since the Unix epoch.
///
/// Candidates are the steps of the base window, `T` ± the window, and those of the drifted window,
/// `T` + drift ± the window; above the watermark only. The codes of all of them, and of the one
/// before, are computed and compared in constant time whichever matches, so the work done depends
/// on the window and the stored drift alone.
///
/// `code` may have white space anywhere ("123 456"), and may be written in ASCII, full-width,
/// Arabic-Indic or Extended Arabic-Indic digits. Anything else (a sign, a hyphen, another number
/// of digits, more than 64 bytes) is refused with [`Hint::None`] before anything is computed.
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
/// use slotwerk_totp::{Hint, Parameters, Progress, Secret, Verdict, Window, code_at, verify};
///
/// let (secret, params) = (Secret::from_entropy(&[1; 20]), Parameters::ISSUED);
/// let (now, code) = (900, code_at(&secret, &params, 30));
/// let check = |progress| verify(&secret, &params, Window::default(), &progress, &code, now);
///
/// let accepted = check(Progress::default()).accepted().ok_or("refused")?;
/// assert_eq!(accepted.step(), 30);
/// assert_eq!(check(accepted.progress()), Verdict::Rejected(Hint::WaitForNext));
/// # Ok::<(), &str>(())
/// ```
pub fn verify(
    secret: &Secret,
    params: &Parameters,
    window: Window,
    progress: &Progress,
    code: &str,
    now: u64,
) -> Verdict {
    let Some(presented) = Presented::read(code, params.digits()) else {
        return Verdict::Rejected(Hint::None);
    };
    let current = params.step_at(now);
    let drift = window.usable_drift(progress.drift);
    let rolled_over = window.first_considered(drift);
    let keyed = Keyed::new(secret, params);

    let mut step_matched = 0;
    let (mut live, mut spent, mut rolled) = (Choice::from(0), Choice::from(0), Choice::from(0));
    // Ascending, so that the highest match is the one that stays.
    for offset in window.considered(drift) {
        // Before the epoch there are no steps, hence no codes.
        let Some(step) = current.checked_add_signed(offset) else {
            continue;
        };
        let below = progress.watermark.is_some_and(|mark| step <= mark);
        let candidate = !below && window.admits(drift, offset);

        let matches = keyed.number_at(step).ct_eq(&presented.number());
        let hit = matches & choice(candidate);
        step_matched.conditional_assign(&step, hit);
        live |= hit;
        spent |= matches & choice(below);
        rolled |= matches & choice(offset == rolled_over);
    }

    if bool::from(live & !spent) {
        Verdict::Accepted(Accepted::at(step_matched, current))
    } else if bool::from(spent | rolled) {
        Verdict::Rejected(Hint::WaitForNext)
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
            let progress = Progress { watermark, drift };
            let count = |code: &str| {
                let now = current * 30;
                computed::during(|| verify(&secret, &params, window, &progress, code, now)).1
            };
            let expected = window.considered(window.usable_drift(drift)).count();
            prop_assert!(expected <= 1 + usize::try_from(window.accepted_at_once()).unwrap());
            for offset in -130..=130 {
                let code = code_at(&secret, &params, current.saturating_add_signed(offset));
                prop_assert_eq!(count(&code), expected);
            }
            prop_assert_eq!(count("000000"), expected);
            // Control: what is no code is refused before anything is computed.
            prop_assert_eq!(count("00000"), 0);
        }
    }
}
