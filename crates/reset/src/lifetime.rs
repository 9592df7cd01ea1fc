//! How long a token lives.

use std::time::Duration;

use crate::error::{IssueError, LifetimeError, Reason};
use crate::scope::Purpose;
use crate::wire::MAX_EXPIRY;

/// How far the clocks of two nodes may be apart without an issued token being taken for one of a wrong
/// clock.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// How long a token lives, in whole seconds: 1 second to 24 hours, or up to 400 days for a purpose that
/// [lets nobody in](Purpose::may_last).
///
/// 24 hours is the most that NIST SP 800-63B-4, §4.2.1.2 allows a recovery code sent by mail. 400 days is
/// the most that browsers keep a cookie for (RFC 6265bis, Max-Age).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetime(u32);

impl Lifetime {
    /// The longest for any purpose: 24 hours.
    pub const MAX: Duration = Duration::from_secs(24 * 60 * 60);
    /// The longest for [`Purpose::TRUSTED_BROWSER`]: 30 days.
    pub const MAX_TRUSTED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// The longest for [`Purpose::KNOWN_DEVICE`] and [`Purpose::NOT_ME`]: 400 days.
    pub const MAX_LASTING: Duration = Duration::from_secs(400 * 24 * 60 * 60);

    /// A lifetime for any purpose.
    ///
    /// # Errors
    ///
    /// [`LifetimeError`] when it is zero, over 24 hours, or has a fraction of a second.
    ///
    /// ```
    /// # use slotwerk_reset::{Lifetime, LifetimeError};
    /// # use std::time::Duration;
    /// assert!(Lifetime::new(Duration::from_secs(1800)).is_ok());
    /// assert_eq!(Lifetime::new(Duration::ZERO), Err(LifetimeError::Zero));
    /// ```
    pub fn new(lifetime: Duration) -> Result<Self, LifetimeError> {
        Self::up_to(Self::MAX, lifetime)
    }

    /// A lifetime for a purpose that [may last](Purpose::may_last). To more than the purpose's
    /// [longest](Purpose::longest), [`issue`](crate::issue) answers [`IssueError::LifetimeTooLong`].
    ///
    /// # Errors
    ///
    /// [`LifetimeError`] when it is zero, over 400 days, or has a fraction of a second.
    ///
    /// ```
    /// # use slotwerk_reset::{Lifetime, LifetimeError};
    /// # use std::time::Duration;
    /// let quarter = Duration::from_secs(90 * 24 * 60 * 60);
    /// assert!(Lifetime::lasting(quarter).is_ok());
    /// assert!(Lifetime::new(quarter).is_err());
    /// ```
    pub fn lasting(lifetime: Duration) -> Result<Self, LifetimeError> {
        Self::up_to(Self::MAX_LASTING, lifetime)
    }

    fn up_to(limit: Duration, lifetime: Duration) -> Result<Self, LifetimeError> {
        if lifetime.is_zero() {
            return Err(LifetimeError::Zero);
        }
        if lifetime > limit {
            return Err(LifetimeError::TooLong { limit });
        }
        if lifetime.subsec_nanos() != 0 {
            return Err(LifetimeError::NotWholeSeconds);
        }
        u32::try_from(lifetime.as_secs())
            .map(Self)
            .map_err(|_| LifetimeError::TooLong { limit })
    }

    /// As a duration.
    pub const fn as_duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }

    /// The first second at which a token for `purpose`, issued `now`, is dead.
    pub(crate) fn expiry(self, purpose: Purpose, now: u64) -> Result<u64, IssueError> {
        if self.as_duration() > purpose.longest() {
            return Err(IssueError::LifetimeTooLong);
        }
        now.checked_add(u64::from(self.0))
            .filter(|expires_at| *expires_at <= MAX_EXPIRY)
            .ok_or(IssueError::ExpiryOutOfRange)
    }
}

/// Whether a genuine token for `purpose` is valid at `now`: not yet expired, and with an expiry that a right
/// clock could have written.
pub(crate) fn check_expiry(purpose: Purpose, expires_at: u64, now: u64) -> Result<(), Reason> {
    let left = expires_at.checked_sub(now).filter(|left| *left > 0);
    let left = Duration::from_secs(left.ok_or(Reason::Expired)?);
    if left > purpose.longest() + CLOCK_TOLERANCE {
        return Err(Reason::ExpiryTooFar);
    }
    Ok(())
}
