//! What can be wrong with an `otpauth` URI or its labels.

use super::{Label, MAX_URI_BYTES};
use crate::{ParametersError, SecretError};
use thiserror::Error;

/// A URI that cannot be written or read. No variant carries any of its text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UriError {
    /// A URI of more than [`MAX_URI_BYTES`], rejected unread.
    #[error("the URI is longer than {MAX_URI_BYTES} bytes")]
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
    /// Longer than [`Label::MAX_ISSUER_BYTES`] or [`Label::MAX_ACCOUNT_BYTES`].
    #[error("the {0} is too long")]
    LabelTooLong(Label),
    /// A colon, which separates the two.
    #[error("the {0} contains a colon")]
    Colon(Label),
    /// A character that is [forbidden in labels](crate::is_forbidden_in_labels), or white space at an end.
    #[error("the {0} contains a control or invisible character, or white space at an end")]
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
    /// A number of digits for which the Key URI format has no word: it knows 6 and 8.
    #[error("a URI cannot say {digits} digits: 6 or 8")]
    Digits {
        /// The number of digits.
        digits: u8,
    },
    /// The period is out of range.
    #[error("the parameters are out of range")]
    Parameters(#[from] ParametersError),
    /// A parameter that stands there twice.
    #[error("the parameter {0} stands there twice")]
    Duplicate(&'static str),
    /// A parameter that this crate does not know, and that may change what the codes are.
    #[error("there is an unknown parameter")]
    UnknownParameter,
}
