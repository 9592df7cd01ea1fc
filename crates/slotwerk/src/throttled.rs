//! Why an attempt was not looked at, in one form for all of them.

use slotwerk_throttle::Refusal;
use std::time::Duration;

/// The attempts are used up; what was typed was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Throttled {
    /// The next attempt is looked at after this time.
    Wait(Duration),
    /// Too many failures in a row. Waiting does not help; a new password by mail does, and for the codes of an
    /// app a recovery code does.
    Locked,
    /// The authenticator has had the failures of its whole life
    /// ([`Limits::code_attempts`](crate::Limits::code_attempts)). Neither time nor a new password helps: the
    /// person signs in with a recovery code and replaces the app, or asks a help desk.
    Exhausted,
}

impl Throttled {
    /// How long to wait; `None` where waiting does not help.
    #[must_use]
    pub fn wait(self) -> Option<Duration> {
        match self {
            Self::Wait(wait) => Some(wait),
            Self::Locked | Self::Exhausted => None,
        }
    }
}

impl From<Refusal> for Throttled {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wait(wait) => Self::Wait(wait),
            Refusal::Spent => Self::Exhausted,
            // Also a kind of refusal that this crate does not know: nothing is promised then.
            _ => Self::Locked,
        }
    }
}
