//! What can be wrong with an `otpauth` URI or its labels.

use crate::{ParametersError, SecretError};
use core::fmt;
use thiserror::Error;

/// One of the two names in an `otpauth` URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Label {
    /// The service.
    Issuer,
    /// The person.
    Account,
}

/// A URI that cannot be written or read. No variant carries any of its text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UriError {
    /// A URI of more than 2048 bytes, refused unread.
    #[error("the URI is longer than 2048 bytes")]
    TooLong,
    /// Not a URI, or one that a parser would have to repair.
    #[error("the text is not a well-formed URI")]
    Malformed,
    /// A scheme other than `otpauth`.
    #[error("the scheme is not otpauth")]
    Scheme,
    /// A `hotp` URI: counter-based passwords are not supported.
    #[error("counter-based one-time passwords (hotp) are not supported")]
    CounterBased,
    /// A type that is neither `totp` nor `hotp`.
    #[error("the type is not totp")]
    Type,
    /// An empty issuer or account.
    #[error("the {0} is empty")]
    EmptyLabel(Label),
    /// An issuer of more than 128 bytes or an account of more than 254.
    #[error("the {0} is too long")]
    LabelTooLong(Label),
    /// A colon, which separates the two.
    #[error("the {0} contains a colon")]
    Colon(Label),
    /// A control character, or white space at an end.
    #[error("the {0} contains a control character, or white space at an end")]
    LabelCharacter(Label),
    /// Two different issuers, in front of the account and in the parameter.
    #[error("the issuer before the account and the issuer parameter differ")]
    IssuerMismatch,
    /// There is no secret.
    #[error("the secret is missing")]
    MissingSecret,
    /// The secret is not one.
    #[error("the secret is unusable")]
    Secret(#[from] SecretError),
    /// A hash function other than the three of RFC 6238.
    #[error("the algorithm is unknown")]
    Algorithm,
    /// Not a plain decimal number: a sign, a leading zero, or too large to be read.
    #[error("the value of {0} is not a plain decimal number")]
    Number(&'static str),
    /// Digits or period out of range.
    #[error("the parameters are out of range")]
    Parameters(#[from] ParametersError),
    /// A parameter that stands there twice.
    #[error("the parameter {0} stands there twice")]
    Duplicate(&'static str),
    /// A parameter that this crate does not know, and that may change what the codes are.
    #[error("there is an unknown parameter")]
    UnknownParameter,
}

impl Label {
    const fn max_bytes(self) -> usize {
        match self {
            Self::Issuer => 128,
            Self::Account => 254,
        }
    }

    pub(super) fn check(self, value: &str) -> Result<(), UriError> {
        if value.is_empty() {
            Err(UriError::EmptyLabel(self))
        } else if value.len() > self.max_bytes() {
            Err(UriError::LabelTooLong(self))
        } else if value.contains(':') {
            Err(UriError::Colon(self))
        } else if value.trim() != value || value.chars().any(char::is_control) {
            Err(UriError::LabelCharacter(self))
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer => "issuer",
            Self::Account => "account",
        })
    }
}
