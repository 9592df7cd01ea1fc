//! How long a token lives.

use std::time::Duration;

use crate::error::{IssueError, LifetimeError};
use crate::wire::MAX_EXPIRY;

/// How long a token lives: 1 second to 24 hours, in whole seconds.
///
/// 24 hours is the most that NIST SP 800-63B-4, §4.2.1.2 allows a recovery code sent by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetime(u32);

impl Lifetime {
    /// The longest: 24 hours.
    pub const MAX: Duration = Duration::from_secs(24 * 60 * 60);

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
        if lifetime.is_zero() {
            return Err(LifetimeError::Zero);
        }
        if lifetime > Self::MAX {
            return Err(LifetimeError::TooLong);
        }
        if lifetime.subsec_nanos() != 0 {
            return Err(LifetimeError::NotWholeSeconds);
        }
        u32::try_from(lifetime.as_secs())
            .map(Self)
            .map_err(|_| LifetimeError::TooLong)
    }

    /// As a duration.
    pub const fn as_duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }

    /// The first second at which a token issued `now` is dead.
    pub(crate) fn from(self, now: u64) -> Result<u64, IssueError> {
        now.checked_add(u64::from(self.0))
            .filter(|expires_at| *expires_at <= MAX_EXPIRY)
            .ok_or(IssueError::ExpiryOutOfRange)
    }
}
