//! What can be wrong with an export, and with one account of it.

use crate::{SecretError, UriError};
use core::fmt;
use thiserror::Error;

/// A text that is no export. No variant carries any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A URI of more than 4096 bytes, refused unread.
    #[error("the URI is longer than 4096 bytes")]
    TooLong,
    /// A scheme other than `otpauth-migration`.
    #[error("the scheme is not otpauth-migration")]
    Scheme,
    /// Not the form that the app writes.
    #[error("the text is not a well-formed export")]
    Malformed,
    /// Not padded Base64 in canonical form.
    #[error("the data is not Base64")]
    Base64,
    /// A version of the form that this crate does not know.
    #[error("the version of the export is unknown")]
    Version,
    /// A field that this crate does not know, and that may change what the codes are.
    #[error("there is an unknown field")]
    UnknownField,
    /// A field that stands there twice.
    #[error("a field stands there twice")]
    DuplicateField,
    /// No accounts.
    #[error("the export has no accounts")]
    Empty,
}

/// Why one account of an export cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Counter-based passwords (HOTP) are not supported.
    #[error("counter-based one-time passwords (hotp) are not supported")]
    CounterBased,
    /// Neither counter-based nor time-based.
    #[error("the type is not totp")]
    Type,
    /// A hash function other than the three of RFC 6238, MD5 for instance.
    #[error("the algorithm is unknown")]
    Algorithm,
    /// Neither six nor eight digits.
    #[error("the number of digits is unknown")]
    Digits,
    /// The secret is none, often because it is too short.
    #[error("the secret is unusable")]
    Secret(#[from] SecretError),
    /// The issuer or the account is empty, too long, or has characters that do not belong there.
    #[error("the names are unusable")]
    Names(#[from] UriError),
}

/// An account of an export that cannot be used, by name, so that the person can be told which one it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Refused {
    issuer: Option<String>,
    account: String,
    reason: Refusal,
}

impl Refused {
    pub(super) const fn new(issuer: Option<String>, account: String, reason: Refusal) -> Self {
        Self {
            issuer,
            account,
            reason,
        }
    }

    /// The service, where the export names one. As it stands there: escape it before it is shown.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The person. As it stands there: escape it before it is shown.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Why it cannot be used.
    #[must_use]
    pub const fn reason(&self) -> &Refusal {
        &self.reason
    }
}

/// The names are personal data, so they stay out.
impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
