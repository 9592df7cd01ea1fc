//! How many attempts, how fast they come back, and where it ends.

use std::time::Duration;

use thiserror::Error;

use crate::Backoff;

/// The limit on attempts against one secret of one subject.
///
/// `burst` attempts may follow each other at once; each is given back `refill` later. A hard stop
/// caps the failures in a row for good, however slowly they come.
///
/// ```
/// use std::time::Duration;
/// use slotwerk_throttle::Budget;
///
/// let budget = Budget::new(10, Duration::from_secs(60))?.with_hard_stop(100)?;
/// assert_eq!(budget.capacity_ms(), 600_000);
/// # Ok::<(), slotwerk_throttle::BudgetError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Budget {
    burst: u32,
    refill_ms: u64,
    hard_stop: Option<u32>,
    backoff: Option<Backoff>,
}

impl Budget {
    /// The largest burst, in attempts.
    pub const MAX_BURST: u32 = 1_000;
    /// The longest time in which one attempt comes back.
    pub const MAX_REFILL: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// The largest hard stop: NIST SP 800-63B-4 §3.2.2 allows 100 consecutive failures.
    pub const MAX_HARD_STOP: u32 = 100;

    /// A budget of `burst` attempts at once, one of which comes back every `refill`.
    ///
    /// `burst` is 1 to 1000; `refill` is 1 ms to 30 days, in whole milliseconds. There is no hard
    /// stop until [`with_hard_stop`](Self::with_hard_stop) sets one.
    ///
    /// # Errors
    ///
    /// [`BudgetError::Burst`] or [`BudgetError::Refill`] for a value outside its range.
    pub const fn new(burst: u32, refill: Duration) -> Result<Self, BudgetError> {
        if burst == 0 || burst > Self::MAX_BURST {
            return Err(BudgetError::Burst(burst));
        }
        let millis = refill.as_millis();
        let whole = refill.subsec_nanos().is_multiple_of(1_000_000);
        if !whole || millis == 0 || millis > Self::MAX_REFILL.as_millis() {
            return Err(BudgetError::Refill(refill));
        }
        Ok(Self {
            burst,
            // At most 30 days of milliseconds, checked above.
            refill_ms: millis as u64,
            hard_stop: None,
            backoff: None,
        })
    }

    /// Stops for good after `consecutive` charged attempts without a success, 1 to 100.
    ///
    /// Time alone never lifts a hard stop. A success does ([`settle`](Self::settle)), and so does a
    /// recovery ([`lift`](Self::lift)). It may be smaller than the burst.
    ///
    /// # Errors
    ///
    /// [`BudgetError::HardStop`] for a value outside its range.
    pub const fn with_hard_stop(self, consecutive: u32) -> Result<Self, BudgetError> {
        if consecutive == 0 || consecutive > Self::MAX_HARD_STOP {
            return Err(BudgetError::HardStop(consecutive));
        }
        Ok(Self {
            hard_stop: Some(consecutive),
            ..self
        })
    }

    /// Makes each failure wait longer than the one before, as `backoff` says.
    ///
    /// The pace of the budget goes on beside it, and the longer of the two waits counts. Once a
    /// failure has been answered with a delay, what is left of the burst is gone until the delays are
    /// [forgotten](Self::forgotten_after_ms).
    ///
    /// ```
    /// use std::time::Duration;
    /// use slotwerk_throttle::{Backoff, Budget};
    ///
    /// // The rising waits of NIST SP 800-63B-4 §3.2.2: 30 seconds up to an hour.
    /// let delays = Backoff::new(4, Duration::from_secs(30), Duration::from_secs(3_600))?;
    /// let budget = Budget::new(5, Duration::from_secs(15))?
    ///     .with_hard_stop(100)?
    ///     .with_backoff(delays);
    /// assert_eq!(budget.most_tries(Duration::from_secs(3_600), 0), 11);
    /// # Ok::<(), slotwerk_throttle::BudgetError>(())
    /// ```
    #[must_use]
    pub const fn with_backoff(self, backoff: Backoff) -> Self {
        Self {
            backoff: Some(backoff),
            ..self
        }
    }

    /// Attempts that may follow each other at once.
    #[must_use]
    pub const fn burst(&self) -> u32 {
        self.burst
    }

    /// Milliseconds after which one attempt comes back.
    #[must_use]
    pub const fn refill_ms(&self) -> u64 {
        self.refill_ms
    }

    /// Consecutive failures after which nothing is granted any more, or `None` without such a cap.
    #[must_use]
    pub const fn hard_stop(&self) -> Option<u32> {
        self.hard_stop
    }

    /// The delays after failures in a row, or `None` without any.
    #[must_use]
    pub const fn backoff(&self) -> Option<Backoff> {
        self.backoff
    }

    /// `burst × refill` in milliseconds: how long an exhausted budget takes to be whole again.
    ///
    /// At most 2.6 × 10¹², which leaves room for sums with a clock in a signed 64-bit column.
    #[must_use]
    pub const fn capacity_ms(&self) -> u64 {
        // Both factors are bounded by `new`, so the product is exact.
        (self.burst as u64).saturating_mul(self.refill_ms)
    }

    /// How long after the budget is whole again the delays start afresh, in milliseconds; 0 without
    /// delays.
    ///
    /// It is `level × max(longest delay, refill)`, where [`level`](Backoff::level) is the first failure
    /// with the longest delay. In that time a guesser who goes on at the longest delay gets as many
    /// attempts as one who waits and then starts afresh. So waiting is never worth it, and
    /// [`most_tries`](Self::most_tries) does not grow.
    #[must_use]
    pub fn forgotten_after_ms(&self) -> u64 {
        self.backoff.map_or(0, |backoff| {
            let longest = backoff.cap_ms().max(self.refill_ms);
            longest.saturating_mul(u64::from(backoff.level()))
        })
    }
}

/// A number that makes no budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// The burst is zero or above [`Budget::MAX_BURST`].
    #[error("a burst is 1 to {max} attempts, not {0}", max = Budget::MAX_BURST)]
    Burst(u32),
    /// The refill is below 1 ms, above [`Budget::MAX_REFILL`], or not whole milliseconds.
    #[error("a refill is 1 ms to 30 days in whole milliseconds, not {0:?}")]
    Refill(Duration),
    /// The hard stop is zero or above [`Budget::MAX_HARD_STOP`].
    #[error("a hard stop is 1 to {max} consecutive failures, not {0}", max = Budget::MAX_HARD_STOP)]
    HardStop(u32),
    /// More failures without delay than [`Backoff::MAX_FREE`].
    #[error("at most {max} failures go without delay, not {0}", max = Backoff::MAX_FREE)]
    Free(u32),
    /// The first delay is below 1 ms, not whole milliseconds, or above the last one.
    #[error("a first delay is 1 ms up to the last delay in whole milliseconds, not {0:?}")]
    Base(Duration),
    /// The last delay is above [`Backoff::MAX_CAP`], or not whole milliseconds.
    #[error("a last delay is at most 24 hours in whole milliseconds, not {0:?}")]
    Cap(Duration),
    /// The lifetime cap is zero or above [`Allowance::MAX_LIFETIME`](crate::Allowance::MAX_LIFETIME).
    #[error("a lifetime cap is 1 to {max} failures, not {0}", max = crate::Allowance::MAX_LIFETIME)]
    Lifetime(u32),
}
