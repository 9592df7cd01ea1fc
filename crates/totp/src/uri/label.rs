//! The two names in an `otpauth` URI.

use super::UriError;
use core::fmt;

/// One of the two names in an `otpauth` URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Label {
    /// The service.
    Issuer,
    /// The person.
    Account,
}

impl Label {
    /// The longest issuer, in bytes of UTF-8. Percent-encoding makes a byte three, and the URI has the
    /// issuer twice.
    pub const MAX_ISSUER_BYTES: usize = 128;
    /// The longest account name, in bytes of UTF-8: as long as a mail address may be.
    pub const MAX_ACCOUNT_BYTES: usize = 254;

    const fn max_bytes(self) -> usize {
        match self {
            Self::Issuer => Self::MAX_ISSUER_BYTES,
            Self::Account => Self::MAX_ACCOUNT_BYTES,
        }
    }

    pub(super) fn check(self, value: &str) -> Result<(), UriError> {
        if value.is_empty() {
            Err(UriError::EmptyLabel(self))
        } else if value.len() > self.max_bytes() {
            Err(UriError::LabelTooLong(self))
        } else if value.contains(':') {
            Err(UriError::Colon(self))
        } else if value.trim() != value || value.chars().any(is_forbidden_in_labels) {
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

/// Whether an issuer or account name must not hold this character, because an app would show the name
/// wrongly or two names alike: control characters, line separators, characters that turn the direction of the
/// text, characters that nobody sees, and noncharacters.
///
/// A colon separates the two names and is rejected by its own error.
#[must_use]
pub fn is_forbidden_in_labels(character: char) -> bool {
    // The last two code points of each plane.
    u32::from(character) & 0xfffe == 0xfffe
        || character.is_control()
        || matches!(character,
            '\u{2028}' | '\u{2029}' // line and paragraph separator
            | '\u{61c}' | '\u{200e}' | '\u{200f}' // direction marks
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' // embeddings, overrides, isolates
            | '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' // soft hyphen, joiners, selectors
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' // fillers
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}' // zero width
            | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{fffc}' // noncharacters, annotations
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' // format controls of notations
            | '\u{e0000}'..='\u{e0fff}') // tags and selectors
}
