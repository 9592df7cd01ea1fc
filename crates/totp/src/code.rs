//! Codes: computed, in the one place that calls totp-lite, and as typed.

use crate::{Algorithm, Parameters, Secret};
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

/// Longer texts are refused before they are looked at. Eight digits of three bytes each, grouped in
/// pairs by the widest space, take 33.
const MAX_BYTES: usize = 64;

/// A well-formed code: as many digits as the parameters ask for, and what number they are.
pub(crate) struct Presented(Zeroizing<u32>);

impl Presented {
    /// Drops white space anywhere and reads three foreign sets of digits besides ASCII; anything else,
    /// and any other number of digits, is no code.
    pub(crate) fn read(text: &str, wanted: u8) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let (mut number, mut digits) = (Zeroizing::new(0_u32), 0);
        for character in text.chars().filter(|c| !c.is_whitespace()) {
            digits += 1;
            if digits > wanted {
                return None;
            }
            // At most eight digits, so that it cannot overflow.
            *number = *number * 10 + digit(character)?;
        }
        (digits == wanted).then_some(Self(number))
    }

    /// Leading zeros are no part of it; the number of digits has been checked.
    pub(crate) fn number(&self) -> u32 {
        *self.0
    }
}

/// Keyboards set to Arabic, Persian, Urdu, Chinese or Japanese produce these digits for the same
/// keys. Other scripts' digits are refused: nobody types them into a numeric field by habit, and each
/// set that is let in is one more spelling of every code.
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
