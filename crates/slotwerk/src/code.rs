//! A code of an authenticator app, as a person types it.

use slotwerk_totp::Parameters;
use std::fmt;

pub use slotwerk_totp::MalformedCode;

/// Six digits that a person typed.
///
/// Spaces, hyphens and other forms of digits are read the way they are meant: see [`slotwerk_totp::Code`]. A text
/// that cannot be a code is an error of the form. It costs no attempt, so parse before you ask.
///
/// ```
/// use slotwerk::Code;
/// assert!(Code::parse("123 456").is_ok());
/// assert!(Code::parse("12345").is_err());
/// ```
pub struct Code(pub(crate) slotwerk_totp::Code);

impl Code {
    /// Reads six digits.
    ///
    /// # Errors
    ///
    /// [`MalformedCode`] if the text cannot be a code.
    pub fn parse(text: &str) -> Result<Self, MalformedCode> {
        slotwerk_totp::Code::parse(text, &Parameters::ISSUED).map(Self)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}
