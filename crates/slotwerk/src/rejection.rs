//! Why a call did not go on, with a stable code: for hosts that answer programs, and for logs.

use crate::throttled::Throttled;
use slotwerk_policy::Requirement;
use std::time::Duration;

/// Why a call did not go on. Each outcome gives it by its method `rejection`.
///
/// ```
/// use slotwerk::{RejectionCode, SignInOutcome, Throttled};
/// use std::time::Duration;
///
/// let outcome = SignInOutcome::Throttled(Throttled::Wait(Duration::from_secs(30)));
/// let rejection = outcome.rejection().ok_or("signed in")?;
/// assert_eq!(rejection.code, RejectionCode::Throttled);
/// assert_eq!((rejection.code.as_str(), rejection.code.http_status()), ("throttled", 429));
/// assert_eq!(rejection.wait, Some(Duration::from_secs(30)));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The reason.
    pub code: RejectionCode,
    /// How long to wait before the next attempt, where that helps.
    pub wait: Option<Duration>,
    /// How the password stands against each requirement, for [`RejectionCode::RequirementsUnmet`].
    pub requirements: Vec<Requirement>,
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $code:literal, $status:literal;)*) => {
        /// The reason of a [`Rejection`]. Later versions may add reasons.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RejectionCode { $($(#[$doc])+ $variant,)* }

        impl RejectionCode {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable code. It never changes.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// A status for an answer over HTTP.
            #[must_use]
            pub fn http_status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}

codes! {
    /// Unknown account, wrong password, or disabled.
    SignInRejected = "sign_in_rejected", 422;
    /// Not a code that is accepted now.
    CodeRejected = "code_rejected", 422;
    /// The code was used already, or has just run out: the next one may be accepted.
    CodeUsed = "code_used", 422;
    /// No such recovery code, or it was used before.
    RecoveryCodeRejected = "recovery_code_rejected", 422;
    /// The current password is wrong.
    CurrentPasswordRejected = "current_password_rejected", 422;
    /// The password does not meet the rules.
    RequirementsUnmet = "requirements_unmet", 422;
    /// The link was used, or is no longer valid.
    LinkInvalid = "link_invalid", 410;
    /// No set-up is in progress.
    SetUpOver = "set_up_over", 409;
    /// The account has as many authenticators as it may have.
    TooManyAuthenticators = "too_many_authenticators", 409;
    /// The account has no such authenticator.
    UnknownAuthenticator = "unknown_authenticator", 404;
    /// The tenant requires a second factor, and this is the only authenticator.
    LastAuthenticator = "last_authenticator", 409;
    /// Another request has just renewed the recovery codes.
    CodesAlreadyRenewed = "codes_already_renewed", 409;
    /// Nobody is signed in.
    SessionEnded = "session_ended", 401;
    /// Too many attempts: wait.
    Throttled = "throttled", 429;
    /// Too many failed attempts: a new password by mail helps, and for the codes of an app a recovery code.
    Locked = "locked", 403;
    /// The authenticator has had all its failed attempts: a recovery code helps.
    Exhausted = "exhausted", 403;
    /// The service is very busy.
    Busy = "busy", 503;
    /// The breach check gave no answer.
    CheckUnavailable = "check_unavailable", 503;
}

impl Rejection {
    pub(crate) fn unmet(requirements: &[Requirement]) -> Self {
        Self {
            requirements: requirements.to_vec(),
            ..RejectionCode::RequirementsUnmet.into()
        }
    }

    pub(crate) fn after(self, wait: Duration) -> Self {
        Self {
            wait: Some(wait),
            ..self
        }
    }
}

impl From<RejectionCode> for Rejection {
    fn from(code: RejectionCode) -> Self {
        Self {
            code,
            wait: None,
            requirements: Vec::new(),
        }
    }
}

impl From<Throttled> for Rejection {
    fn from(why: Throttled) -> Self {
        let code = match why {
            Throttled::Wait(_) => RejectionCode::Throttled,
            Throttled::Locked => RejectionCode::Locked,
            Throttled::Exhausted => RejectionCode::Exhausted,
        };
        Self {
            wait: why.wait(),
            ..code.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// A code is part of the API: it may be added, and never changed or removed.
    const STABLE: &str = "sign_in_rejected code_rejected code_used recovery_code_rejected \
        current_password_rejected requirements_unmet link_invalid set_up_over too_many_authenticators \
        unknown_authenticator last_authenticator codes_already_renewed session_ended throttled locked \
        exhausted busy check_unavailable";

    #[test]
    fn codes_are_stable() {
        let codes: Vec<&str> = RejectionCode::ALL
            .iter()
            .map(|code| code.as_str())
            .collect();
        assert_eq!(codes, STABLE.split_whitespace().collect::<Vec<_>>());
        let distinct: HashSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), codes.len());
    }
}
