//! Codes: computed, in the one place that calls totp-lite, and read from what a person typed.

use crate::{Algorithm, Parameters, Secret};
use core::fmt;
use thiserror::Error;
use totp_lite::{Sha1, Sha256, Sha512, totp_custom};
use zeroize::Zeroizing;

/// Computes the code of one step (RFC 6238 §4, with the truncation of RFC 4226 §5.3).
///
/// A step is a number of whole periods since the Unix epoch, see [`Parameters::step_at`]; every
/// `u64` is valid. The text has exactly [`Parameters::digits`] digits, leading zeros included, and is
/// wiped when dropped.
///
/// ```
/// use slotwerk_totp::{Parameters, Secret, code_at};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// assert_eq!(*code_at(&secret, &Parameters::ISSUED, 0), "755224"); // RFC 4226, appendix D
/// # Ok::<(), slotwerk_totp::SecretError>(())
/// ```
#[must_use]
pub fn code_at(secret: &Secret, params: &Parameters, step: u64) -> Zeroizing<String> {
    // totp-lite divides by its step width, raises ten to the number of digits and takes any secret,
    // the empty one too. The types have excluded every bad value: 16 to 64 bytes, 6 to 8 digits.
    // A width of one makes its time argument the step itself, which spares a multiplication that
    // could overflow.
    let (digits, key) = (u32::from(params.digits()), secret.expose());
    Zeroizing::new(match params.algorithm() {
        Algorithm::Sha1 => totp_custom::<Sha1>(1, digits, key, step),
        Algorithm::Sha256 => totp_custom::<Sha256>(1, digits, key, step),
        Algorithm::Sha512 => totp_custom::<Sha512>(1, digits, key, step),
    })
}

/// Longer texts are rejected unread. Eight digits of three bytes each, grouped in pairs by the widest
/// space, take 33.
const MAX_BYTES: usize = 64;

/// A code as a person typed or pasted it: the right number of digits. Wiped when dropped.
///
/// A text without the right number of digits cannot be a guess. Parse before you charge an attempt, and
/// answer [`MalformedCode`] as an error of the form.
///
/// # What is read
///
/// - Digits: ASCII, full-width, Arabic-Indic and Extended Arabic-Indic, which keyboards set to Arabic,
///   Persian, Urdu, Chinese or Japanese produce. Digits of other scripts are malformed.
/// - White space anywhere, and any hyphen or dash between two digits: `123 456`, `123-456`, `123–456`.
/// - Invisible characters anywhere: zero-width ones, soft hyphens and direction marks, which come along
///   when text is copied from a page.
/// - One full stop or comma at the end.
///
/// Anything else is malformed: a sign, a letter, an underscore, another number of digits, more than 64 bytes.
///
/// ```
/// use slotwerk_totp::{Code, MalformedCode, Parameters};
///
/// let params = Parameters::ISSUED;
/// for typed in ["123456", " 123 456", "123-456", "123456."] {
///     assert!(Code::parse(typed, &params).is_ok());
/// }
/// assert_eq!(Code::parse("12345", &params).unwrap_err(), MalformedCode { digits: 6 });
/// ```
pub struct Code {
    number: Zeroizing<u32>,
    digits: u8,
}

/// A text that is not a code. It does not carry the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a code has {digits} digits, and nothing else but spaces and hyphens between them")]
pub struct MalformedCode {
    /// How many digits a code has.
    pub digits: u8,
}

impl Code {
    /// Reads a code of as many digits as the parameters ask for.
    ///
    /// # Errors
    ///
    /// [`MalformedCode`] for everything else.
    pub fn parse(text: &str, params: &Parameters) -> Result<Self, MalformedCode> {
        let digits = params.digits();
        read(text, digits)
            .map(|number| Self { number, digits })
            .ok_or(MalformedCode { digits })
    }

    /// The number that the digits are; `None` if `params` ask for another number of digits. Leading zeros are
    /// not part of it.
    pub(crate) fn number(&self, params: &Parameters) -> Option<u32> {
        (self.digits == params.digits()).then_some(*self.number)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

fn read(text: &str, wanted: u8) -> Option<Zeroizing<u32>> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let skipped = |c: char| c.is_whitespace() || is_invisible(c);
    let text = text.trim_end_matches(skipped);
    let text = text.strip_suffix(is_stop).unwrap_or(text);
    let (mut number, mut digits, mut hyphen) = (Zeroizing::new(0_u32), 0, false);
    for character in text.chars().filter(|&c| !skipped(c)) {
        if digits > 0 && is_hyphen(character) {
            hyphen = true;
            continue;
        }
        hyphen = false;
        digits += 1;
        if digits > wanted {
            return None;
        }
        // At most eight digits, so that it cannot overflow.
        *number = *number * 10 + digit(character)?;
    }
    (digits == wanted && !hyphen).then_some(number)
}

fn digit(character: char) -> Option<u32> {
    let zero = match character {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',    // Arabic-Indic
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',    // Extended Arabic-Indic
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}', // full-width
        _ => return None,
    };
    Some(u32::from(character) - u32::from(zero))
}

/// Characters without a picture of their own that are neither white space nor control characters.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' // soft hyphen
        | '\u{61c}' | '\u{200e}' | '\u{200f}' // direction marks
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
        | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}') // zero width
}

/// The hyphens and dashes that people type and editors put in their place.
fn is_hyphen(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{58a}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{2212}'
                | '\u{301c}'
                | '\u{30fc}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
    )
}

/// Full stops and commas: ASCII, Arabic, ideographic and full-width.
fn is_stop(character: char) -> bool {
    matches!(
        character,
        '.' | ','
            | '\u{60c}'
            | '\u{6d4}'
            | '\u{3001}'
            | '\u{3002}'
            | '\u{ff0c}'
            | '\u{ff0e}'
            | '\u{ff61}'
    )
}
