//! The progress of one authenticator, to store between two verifications.

use crate::{MAX_DRIFT, Parameters, Window};

/// How far two honest clocks may be apart, in seconds. Stored times are believed up to this far beyond
/// their bound.
pub const CLOCK_TOLERANCE: u64 = 60;

/// The progress of one authenticator, to store between two verifications.
///
/// The [`Default`] (no watermark, no drift) is for a secret that never verified a code, thus only
/// for enrolment; what follows comes from [`Accepted::progress`](crate::Accepted::progress).
///
/// # A server clock that ran ahead
///
/// A code that is accepted at a time `t` has a step of at most `step(t) + window + drift`, where the drift
/// counts only if the phone is ahead. While the clock runs on, no stored watermark can lie further ahead
/// than that. One that lies beyond `step(now + 60 s) + window + drift` shows that the clock was wrong, when
/// the watermark was written or now. It is disbelieved and counts as `step(now) + window + drift`:
///
/// - No code that could be accepted now is above the corrected watermark, so nothing that was used or seen
///   before the clock went wrong comes back. The next code is accepted as soon as it is above: after
///   `window + drift` steps.
/// - The disbelieved step itself was used. Its code is never accepted again, at its own time either.
///
/// [`corrected`](Self::corrected) tells what to store. Without the store, the corrected watermark would move
/// on with the time, and no code would ever be above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Progress {
    /// The highest step accepted so far. No step at or below it is accepted again.
    pub watermark: Option<u64>,
    /// How many steps the phone's clock was ahead (positive) or behind when last seen, within
    /// [`MAX_DRIFT`] either way. Anything outside counts as 0.
    pub drift: i8,
    /// The watermark that was disbelieved last, if one was. The code of this step is never accepted.
    pub disbelieved: Option<u64>,
}

impl Progress {
    /// From when on a phone whose clock is right shows codes above the watermark, in seconds since the
    /// Unix epoch. Worth saying along with [`Hint::WaitForNext`](crate::Hint::WaitForNext): after a clock
    /// that was ahead was put right, it may be some minutes.
    ///
    /// ```
    /// use slotwerk_totp::{Parameters, Progress};
    ///
    /// let progress = Progress { watermark: Some(99), ..Progress::default() };
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

    /// The progress to go by at a time `now`, in seconds since the Unix epoch, if the stored watermark lies
    /// further ahead than an honest clock could have written it; `None` if it does not.
    ///
    /// Store it, on the condition that the watermark is still the one that was read, before you verify a
    /// code. [`verify`](crate::verify()) and [`resynchronise`](crate::resynchronise) apply the same rule, so
    /// forgetting it costs the person their access and nobody's security.
    ///
    /// ```
    /// use slotwerk_totp::{Parameters, Progress, Window};
    ///
    /// // Written while the clock was a day ahead: 2,880 steps.
    /// let stored = Progress { watermark: Some(100 + 2_880), ..Progress::default() };
    /// let corrected = stored.corrected(&Parameters::ISSUED, Window::default(), 3_000);
    /// let expected = Progress { watermark: Some(101), drift: 0, disbelieved: Some(2_980) };
    /// assert_eq!(corrected, Some(expected));
    /// assert_eq!(expected.corrected(&Parameters::ISSUED, Window::default(), 3_000), None);
    /// ```
    #[must_use]
    pub fn corrected(&self, params: &Parameters, window: Window, now: u64) -> Option<Self> {
        let mark = self.watermark?;
        // The strict window ignores a drift, but another window may have accepted the code.
        let ahead = if (0..=MAX_DRIFT).contains(&self.drift) {
            u64::from(self.drift.unsigned_abs())
        } else {
            0
        };
        let reach = ahead + u64::from(window.steps());
        let latest = params.step_at(now.saturating_add(CLOCK_TOLERANCE));
        (mark > latest.saturating_add(reach)).then(|| Self {
            watermark: Some(params.step_at(now).saturating_add(reach)),
            drift: self.drift,
            disbelieved: Some(mark),
        })
    }

    /// Whether no code of this step is ever accepted again.
    pub(crate) fn is_used(&self, step: u64) -> bool {
        self.watermark.is_some_and(|mark| step <= mark) || self.disbelieved == Some(step)
    }
}
