//! What a budget is worth: the chance that a stranger guesses right.

use std::time::Duration;

use thiserror::Error;

use crate::{Backoff, Budget, Decision};

/// The year of the arithmetic: 365 days.
pub const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The chance that at least one of `tries` independent guesses hits.
///
/// `accepted_at_once` of `space` equally likely values are right at any moment:
/// `P = 1 − (1 − accepted_at_once / space)^tries`, computed through `ln_1p` and `exp_m1`, so that
/// tiny chances keep their digits. A space that is empty or wholly accepted gives 1.
///
/// For a secret that never changes, a guesser who does not repeat himself does a little better, with
/// at most `tries × accepted_at_once / space`; for the small chances a budget is made for, the two
/// agree to within half the square of that product.
///
/// ```
/// use slotwerk_throttle::guess_probability;
/// // Six digits with the step before and the step after accepted: three codes of a million.
/// let p = guess_probability(5, 3, 1_000_000);
/// assert!((p - 1.5e-5).abs() < 1e-9);
/// ```
#[must_use]
pub fn guess_probability(tries: u64, accepted_at_once: u32, space: u64) -> f64 {
    if tries == 0 || accepted_at_once == 0 {
        return 0.0;
    }
    if u64::from(accepted_at_once) >= space {
        return 1.0;
    }
    let miss = f64::from(accepted_at_once) / space as f64;
    -(tries as f64 * (-miss).ln_1p()).exp_m1()
}

impl Budget {
    /// The most attempts this budget can grant to a stranger within `window`, if the owner is
    /// recognised `successes` times in it.
    ///
    /// Between two of them that is `burst + ⌊time / refill⌋`, and never more than the hard stop.
    /// Each may be a recovery, and [`lift`](Self::lift) hands out a fresh burst and a fresh count. So
    /// the bound over the whole window is `(successes + 1) × burst + ⌊window / refill⌋`, or
    /// `(successes + 1) × hard_stop` if that is less. With a [`Backoff`](crate::Backoff) the waits of one
    /// run of failures are added up instead, shortest first, over `successes + 1` runs. A guesser who
    /// knows the moments of the recoveries can reach the bound, and nobody can pass it. Waiting until the
    /// delays are [forgotten](Self::forgotten_after_ms) gets no more. After successes alone it is less,
    /// because [`settle`](Self::settle) resets the count towards the hard stop and nothing else.
    #[must_use]
    pub fn most_tries(&self, window: Duration, successes: u32) -> u64 {
        let lives = u64::from(successes).saturating_add(1);
        let window_ms = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        if let Some(backoff) = self.backoff() {
            return self.most_delayed_tries(backoff, window_ms, lives);
        }
        // `new` admits no refill of zero.
        let refills = window_ms.checked_div(self.refill_ms()).unwrap_or(u64::MAX);
        let paced = lives
            .saturating_mul(u64::from(self.burst()))
            .saturating_add(refills);
        match self.hard_stop() {
            Some(stop) => paced.min(lives.saturating_mul(u64::from(stop))),
            None => paced,
        }
    }

    /// A run of failures gets ever slower, so the most tries come from taking the first step of every
    /// run, then the second of every run, and so on, as long as the time lasts.
    fn most_delayed_tries(&self, backoff: Backoff, window_ms: u64, lives: u64) -> u64 {
        let mut tries = lives;
        let mut left = window_ms;
        let mut at = 0;
        let mut state = None;
        while let Decision::Granted { next, .. } = self.charge(state, at) {
            let Some(wait) = self.retry_after(Some(next), at) else {
                break; // the hard stop
            };
            // No more than 24 hours or a refill.
            let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let affordable = left.checked_div(wait).unwrap_or(u64::MAX);
            if self.hard_stop().is_none() && next.failures > backoff.level() {
                return tries.saturating_add(affordable);
            }
            let taken = affordable.min(lives);
            if taken == 0 {
                break;
            }
            tries = tries.saturating_add(taken);
            left = left.saturating_sub(taken.saturating_mul(wait));
            at = at.saturating_add(wait);
            state = Some(next);
        }
        tries
    }

    /// The chance that a stranger who uses the whole budget for a [`YEAR`] guesses right, while the
    /// owner stays away.
    ///
    /// See [`guess_probability`] for the arguments and [`most_tries`](Self::most_tries) for the
    /// number of tries. Give `u64::MAX` for a space of more than 64 bits: the answer is then above
    /// the true one.
    #[must_use]
    pub fn guess_probability_per_year(&self, accepted_at_once: u32, space: u64) -> f64 {
        guess_probability(self.most_tries(YEAR, 0), accepted_at_once, space)
    }

    /// This budget, if its yearly guess probability is at most `max_probability`.
    ///
    /// For a builder that would rather not start than run with a throttle that is none.
    ///
    /// ```
    /// use std::time::Duration;
    /// use slotwerk_throttle::Budget;
    ///
    /// // Five per quarter of an hour looks strict, and lets in two guessers of five within a year.
    /// let paced = Budget::new(5, Duration::from_secs(180))?;
    /// assert!(paced.within(0.001, 3, 1_000_000).is_err());
    /// assert!(paced.with_hard_stop(100)?.within(0.001, 3, 1_000_000).is_ok());
    /// # Ok::<(), slotwerk_throttle::BudgetError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TooGenerous::Above`] if the chance is larger; [`TooGenerous::NotALimit`] if
    /// `max_probability` is not at least 0 and below 1, which would limit nothing.
    pub fn within(
        self,
        max_probability: f64,
        accepted_at_once: u32,
        space: u64,
    ) -> Result<Self, TooGenerous> {
        let tries = self.most_tries(YEAR, 0);
        check(tries, max_probability, accepted_at_once, space).map(|()| self)
    }
}

/// Refuses `tries` a year that guess right with more than `limit`.
pub(crate) fn check(
    tries: u64,
    limit: f64,
    accepted_at_once: u32,
    space: u64,
) -> Result<(), TooGenerous> {
    if !(0.0..1.0).contains(&limit) {
        return Err(TooGenerous::NotALimit { limit });
    }
    let probability = guess_probability(tries, accepted_at_once, space);
    if probability <= limit {
        Ok(())
    } else {
        Err(TooGenerous::Above {
            probability,
            limit,
            tries,
        })
    }
}

/// A budget under which guessing is likelier than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum TooGenerous {
    /// The chance over a year is above the limit.
    #[error(
        "{tries} tries a year guess right with probability {probability:.1e}, above {limit:.1e}"
    )]
    Above {
        /// The chance over a year, 0 to 1.
        probability: f64,
        /// The limit it was held against.
        limit: f64,
        /// The attempts a year that the budget grants.
        tries: u64,
    },
    /// The limit itself is no probability below one.
    #[error("a limit on the guess probability is at least 0 and below 1, not {limit}")]
    NotALimit {
        /// What was given.
        limit: f64,
    },
}
