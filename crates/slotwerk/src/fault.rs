//! Faults: what went wrong with the infrastructure, as opposed to what a person may be told.

use crate::build_error::BuildError;
use crate::directory::DirectoryError;
use slotwerk_keys::{KeyFault, OpenError, SealError};
use slotwerk_password::{HashError, PepperFault};
use slotwerk_store::{ErrorKind, StoreError};
use std::error::Error;
use std::fmt::{self, Write as _};
use std::io;
use std::sync::Arc;

/// A fault of the infrastructure. It says nothing about an account, a password or a code: the person
/// may try again, the operator should look.
///
/// Its text is one line with every cause: log it as it is. [`source`](Error::source) is `None`, so that a reporter
/// which follows sources prints nothing twice; match on the variant for the cause. The text holds no secret. The
/// error of a directory is printed as the host wrote it, so keep names out of that one.
///
/// ```
/// use slotwerk::{Fault, store::{ErrorKind, StoreError}};
/// let cause = std::io::Error::other("connection refused");
/// let fault = Fault::from(StoreError::with_source(ErrorKind::Unavailable, cause));
/// assert_eq!(fault.to_string(), "the store is unavailable: connection refused");
/// assert_eq!((fault.is_worth_retrying(), fault.http_status()), (true, 503));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The store could not do its work.
    #[error("{}", Chain(.0))]
    Store(StoreError),
    /// The host's directory could not do its work.
    #[error("the directory failed: {}", Chain(.0.as_ref()))]
    Directory(DirectoryError),
    /// The random source failed; nothing was issued.
    #[error("the random source failed: {}", Chain(.0))]
    Entropy(io::Error),
    /// A sealed value asks for a key that the ring does not have.
    #[error("a key is missing: {}", Chain(.0))]
    Key(KeyFault),
    /// A sealed value could not be opened: altered, or sealed for another place.
    #[error("a sealed value cannot be opened: {}", Chain(.0))]
    Sealed(OpenError),
    /// A value could not be sealed.
    #[error("a value cannot be sealed: {}", Chain(.0))]
    Seal(SealError),
    /// The hashing pool is gone, or a stored hash is not one it accepts.
    #[error("hashing failed: {}", Chain(.0))]
    Hashing(HashError),
    /// No tenant with this id is registered, and the source has none. No fault of the infrastructure as a rule: a
    /// tenant's id stands in the path, and a stranger can type any path. So its status is 404, and no alarm should
    /// ring for it.
    #[error("the tenant is not registered")]
    UnknownTenant,
    /// The host's source of tenants could not do its work.
    #[error("the source of tenants failed: {}", Chain(.0.as_ref()))]
    TenantSource(Arc<dyn Error + Send + Sync>),
    /// The source gave a tenant that does not fit this service.
    #[error("a tenant of the source cannot be used: {}", Chain(.0.as_ref()))]
    Tenant(Box<BuildError>),
    /// What the directory or a setting holds cannot be used: an id that is too long, a name that does
    /// not fit an otpauth URI, an address that is none.
    #[error("{0} is not usable")]
    Unusable(&'static str),
}

impl Fault {
    /// Whether the same call may succeed a little later without an operator, and nothing has changed meanwhile. An
    /// attempt that was charged before the fault stays charged.
    ///
    /// `false` for a store that is [in doubt](ErrorKind::InDoubt): the command may have happened, so look before you
    /// repeat it. A failing directory counts as one that is out of reach for a while.
    #[must_use]
    pub fn is_worth_retrying(&self) -> bool {
        match self {
            Self::Store(fault) => {
                matches!(fault.kind(), ErrorKind::Unavailable | ErrorKind::Conflict)
            }
            Self::Directory(_) | Self::TenantSource(_) => true,
            Self::Hashing(fault) => matches!(
                fault,
                HashError::Busy
                    | HashError::Pepper {
                        fault: PepperFault::Unavailable,
                        ..
                    }
            ),
            Self::Entropy(_)
            | Self::Key(_)
            | Self::Sealed(_)
            | Self::Seal(_)
            | Self::UnknownTenant
            | Self::Tenant(_)
            | Self::Unusable(_) => false,
        }
    }

    /// The HTTP status for an answer: 503 where a retry [makes sense](Self::is_worth_retrying), 404 for
    /// [`UnknownTenant`](Self::UnknownTenant), 500 otherwise.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::UnknownTenant => 404,
            fault if fault.is_worth_retrying() => 503,
            _ => 500,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<KeyFault> for Fault {
    fn from(error: KeyFault) -> Self {
        Self::Key(error)
    }
}

impl From<SealError> for Fault {
    fn from(error: SealError) -> Self {
        Self::Seal(error)
    }
}

/// An error and its causes, in one line. Leaves out a cause that the text before it ends with: some errors print
/// their source themselves.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = self.0.to_string();
        let mut next = self.0.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            if !line.ends_with(&text) {
                line.push_str(": ");
                line.push_str(&text);
            }
            next = cause.source();
        }
        // A line break in a host's error must not begin a line of the log.
        line.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .try_for_each(|c| f.write_char(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::StepError;
    use slotwerk_keys::KeyId;
    use slotwerk_password::PepperKeyId;
    use std::mem::discriminant;

    /// Prints its source, as many errors do.
    #[derive(Debug, thiserror::Error)]
    #[error("reading a row: {0}")]
    struct Doubling(#[source] io::Error);

    fn cause() -> io::Error {
        io::Error::other("connection refused")
    }

    fn store(kind: ErrorKind) -> Fault {
        StoreError::with_source(kind, Doubling(cause())).into()
    }

    fn pepper(fault: PepperFault) -> Fault {
        let key = PepperKeyId::new(3);
        Fault::Hashing(HashError::Pepper { key, fault })
    }

    /// Each fault with its text and its status.
    fn faults() -> Vec<(Fault, &'static str, u16)> {
        let key = KeyFault::Unknown(KeyId::new(7));
        vec![
            (
                store(ErrorKind::Unavailable),
                "the store is unavailable: reading a row: connection refused",
                503,
            ),
            (
                store(ErrorKind::Conflict),
                "the store is busy with a conflicting change: reading a row: connection refused",
                503,
            ),
            (
                store(ErrorKind::Corrupt),
                "the store is holding a row it cannot read: reading a row: connection refused",
                500,
            ),
            (
                store(ErrorKind::InDoubt),
                "the store is unsure whether the command has happened: reading a row: connection refused",
                500,
            ),
            (
                Fault::Directory("two\nlines".into()),
                "the directory failed: two lines",
                503,
            ),
            (
                Fault::Entropy(cause()),
                "the random source failed: connection refused",
                500,
            ),
            (key.into(), "a key is missing: key id 7 is unknown", 500),
            (
                Fault::Sealed(OpenError::Key(key)),
                "a sealed value cannot be opened: key id 7 is unknown",
                500,
            ),
            (
                SealError::TooLong.into(),
                "a value cannot be sealed: the value to seal is too long",
                500,
            ),
            (
                Fault::Hashing(HashError::Busy),
                "hashing failed: the hasher is busy",
                503,
            ),
            (
                Fault::Hashing(HashError::Failed),
                "hashing failed: the hashing job failed",
                500,
            ),
            (
                pepper(PepperFault::Unavailable),
                "hashing failed: pepper key 3: the pepper is not available",
                503,
            ),
            (
                pepper(PepperFault::UnknownKey),
                "hashing failed: pepper key 3: there is no such key",
                500,
            ),
            (Fault::UnknownTenant, "the tenant is not registered", 404),
            (
                Fault::TenantSource(Arc::new(cause())),
                "the source of tenants failed: connection refused",
                503,
            ),
            (
                Fault::Tenant(Box::new(BuildError::Missing("public_url"))),
                "a tenant of the source cannot be used: public_url is missing",
                500,
            ),
            (
                Fault::Unusable("an account id"),
                "an account id is not usable",
                500,
            ),
        ]
    }

    #[test]
    fn faults_print_their_whole_chain() {
        for (fault, text, _) in faults() {
            assert_eq!(fault.to_string(), text);
            assert!(fault.source().is_none(), "a reporter prints {text} twice");
            let step = StepError::from(fault);
            assert_eq!(step.to_string(), text);
            assert!(step.source().is_none(), "a reporter prints {text} twice");
        }
    }

    #[test]
    fn statuses_follow_retries() {
        for (fault, text, status) in faults() {
            assert_eq!(fault.http_status(), status, "{text}");
            assert_eq!(fault.is_worth_retrying(), status == 503, "{text}");
            let retry = fault.is_worth_retrying();
            let step = StepError::from(fault);
            assert_eq!(step.http_status(), status, "{text}");
            assert_eq!(step.is_worth_retrying(), retry, "{text}");
        }
        assert_eq!(StepError::TicketInvalid.http_status(), 401);
        assert!(!StepError::TicketInvalid.is_worth_retrying());
    }

    #[test]
    fn table_has_every_variant() {
        let mut seen: Vec<_> = faults().iter().map(|(f, ..)| discriminant(f)).collect();
        seen.dedup();
        let variants = include_str!("fault.rs")
            .split("pub enum Fault {")
            .nth(1)
            .and_then(|rest| rest.split("\n}").next())
            .unwrap_or_default()
            .matches("#[error(")
            .count();
        assert_eq!(seen.len(), variants);
    }
}
