//! Delays that grow with the failures in a row.

use std::time::Duration;

use crate::{Budget, BudgetError};

/// How long to wait after each failure: nothing for the first few, then `base`, twice that, and so on
/// up to `cap`. A budget that was left alone for long enough starts afresh
/// ([`Budget::forgotten_after_ms`]); a success does not change it.
///
/// NIST SP 800-63B-4 §3.2.2 names waits "from 30 seconds up to an hour" that rise as the account nears
/// its limit of consecutive failures. Keycloak's defaults come to an added 60 seconds up to 15 minutes.
///
/// ```
/// use std::time::Duration;
/// use slotwerk_throttle::Backoff;
///
/// let delays = Backoff::new(3, Duration::from_secs(30), Duration::from_secs(3_600))?;
/// let secs = |failures| delays.after(failures).as_secs();
/// assert_eq!((secs(3), secs(4), secs(5), secs(6)), (0, 30, 60, 120));
/// assert_eq!((secs(10), secs(11), secs(100)), (1_920, 3_600, 3_600));
/// # Ok::<(), slotwerk_throttle::BudgetError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Backoff {
    free: u32,
    base_ms: u64,
    cap_ms: u64,
}

impl Backoff {
    /// The most failures without delay: one less than the largest hard stop, or it would never delay.
    pub const MAX_FREE: u32 = Budget::MAX_HARD_STOP - 1;
    /// The longest delay. What should last longer is a matter for the hard stop and for recovery.
    pub const MAX_CAP: Duration = Duration::from_secs(24 * 60 * 60);

    /// No delay up to the `free`-th failure in a row, `base` after the next one, then doubling up to
    /// `cap`.
    ///
    /// `free` is 0 to 99; `cap` is at most 24 hours, and `base` 1 ms up to `cap`, both in whole
    /// milliseconds.
    ///
    /// # Errors
    ///
    /// [`BudgetError::Free`], [`BudgetError::Base`] or [`BudgetError::Cap`] for a value outside its
    /// range.
    pub const fn new(free: u32, base: Duration, cap: Duration) -> Result<Self, BudgetError> {
        if free > Self::MAX_FREE {
            return Err(BudgetError::Free(free));
        }
        let cap_ms = cap.as_millis();
        if !is_whole(cap) || cap_ms > Self::MAX_CAP.as_millis() {
            return Err(BudgetError::Cap(cap));
        }
        let base_ms = base.as_millis();
        if !is_whole(base) || base_ms == 0 || base_ms > cap_ms {
            return Err(BudgetError::Base(base));
        }
        Ok(Self {
            free,
            // At most a day of milliseconds, checked above.
            base_ms: base_ms as u64,
            cap_ms: cap_ms as u64,
        })
    }

    /// The delay after the `failures`-th failure in a row, to the millisecond. It never falls as
    /// `failures` rises, and it is never above the cap.
    #[must_use]
    pub const fn after(&self, failures: u32) -> Duration {
        Duration::from_millis(self.after_ms(failures))
    }

    /// Failures in a row that go without delay.
    #[must_use]
    pub const fn free(&self) -> u32 {
        self.free
    }

    /// The first delay, in milliseconds.
    #[must_use]
    pub const fn base_ms(&self) -> u64 {
        self.base_ms
    }

    /// The longest delay, in milliseconds.
    #[must_use]
    pub const fn cap_ms(&self) -> u64 {
        self.cap_ms
    }

    pub(crate) const fn after_ms(&self, failures: u32) -> u64 {
        if failures <= self.free {
            return 0;
        }
        let doublings = failures - self.free - 1;
        // A factor that does not fit is above every cap.
        let delay = match 1_u64.checked_shl(doublings) {
            Some(factor) => self.base_ms.saturating_mul(factor),
            None => u64::MAX,
        };
        if delay < self.cap_ms {
            delay
        } else {
            self.cap_ms
        }
    }

    /// The first failure with the longest delay, 1 to 127.
    #[must_use]
    pub const fn level(&self) -> u32 {
        let mut failures = self.free + 1;
        while self.after_ms(failures) < self.cap_ms {
            failures += 1;
        }
        failures
    }
}

const fn is_whole(duration: Duration) -> bool {
    duration.subsec_nanos().is_multiple_of(1_000_000)
}
