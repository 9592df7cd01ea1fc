//! The `otpauth` URI that a phone app scans.

mod error;
mod label;
mod parse;

use crate::{Parameters, Secret};
use core::fmt;
pub use error::UriError;
pub use label::{Label, is_forbidden_in_labels};
pub use parse::Parsed;
#[cfg(feature = "migration")]
pub(crate) use parse::decode;
use zeroize::Zeroizing;

/// The longest URI that is written or read, in bytes. The longest labels always fit.
pub const MAX_URI_BYTES: usize = 2_048;

/// Percent-encoding makes a byte three; 256 bytes are for the secret (103) and the fixed parts.
const _: () =
    assert!(3 * (2 * Label::MAX_ISSUER_BYTES + Label::MAX_ACCOUNT_BYTES) + 256 <= MAX_URI_BYTES);

/// A URI in the "Key URI Format" of Google Authenticator, with the secret in it; wiped when dropped.
///
/// Phone apps keep entries apart by issuer and account. Give every tenant an issuer of its own: with
/// the same issuer, scanning the second tenant's symbol replaces the first one's entry in some apps.
///
/// What is written is as small as the format allows, because every character makes the symbol
/// harder to scan: defaults are left out and Base32 is unpadded. The issuer stands in front of the account
/// and in its own parameter, as both old and new apps want it. A space is `%20`, never `+`, which apps
/// show as a plus sign.
///
/// ```
/// use slotwerk_totp::{OtpauthUri, Parameters, Secret};
///
/// let secret = Secret::from_bytes(b"abcdefghijklmnopqrst")?;
/// let uri = OtpauthUri::new(&secret, &Parameters::ISSUED, "Arbo Noord", "jan")?;
/// assert_eq!(
///     uri.expose(),
///     "otpauth://totp/Arbo%20Noord:jan?secret=MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U&issuer=Arbo%20Noord"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OtpauthUri(Zeroizing<String>);

impl OtpauthUri {
    /// Writes the URI. The issuer (1 to 128 bytes) is what the person sees as the service's name,
    /// the account (1 to 254 bytes) the name they sign in with.
    ///
    /// # Errors
    ///
    /// [`UriError`] when either is empty, too long, has a colon or a
    /// [forbidden character](is_forbidden_in_labels) in it, or white space at an end; and for seven digits,
    /// which the Key URI format does not know.
    pub fn new(
        secret: &Secret,
        params: &Parameters,
        issuer: &str,
        account: &str,
    ) -> Result<Self, UriError> {
        Label::Issuer.check(issuer)?;
        Label::Account.check(account)?;
        check_digits(params.digits())?;
        // Reserved at once: growing would leave copies of the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(MAX_URI_BYTES));
        text.push_str("otpauth://totp/");
        push_encoded(&mut text, issuer);
        text.push(':');
        push_encoded(&mut text, account);
        text.push_str("?secret=");
        text.push_str(&secret.to_base32());
        text.push_str("&issuer=");
        push_encoded(&mut text, issuer);
        if params.algorithm() != Parameters::ISSUED.algorithm() {
            text.push_str("&algorithm=");
            text.push_str(params.algorithm().name());
        }
        if params.digits() != Parameters::ISSUED.digits() {
            text.push_str("&digits=");
            text.push_str(&params.digits().to_string());
        }
        if params.period() != Parameters::ISSUED.period() {
            text.push_str("&period=");
            text.push_str(&params.period().as_secs().to_string());
        }
        Ok(Self(text))
    }

    /// Reads a URI, strictly: each parameter at most once, none that is unknown, every value in
    /// range, and nothing that a URI parser would silently repair.
    ///
    /// The issuer may stand in front of the account, in its parameter, in both (then equal) or
    /// nowhere. Missing parameters have the defaults of [`Parameters::ISSUED`].
    ///
    /// # Errors
    ///
    /// [`UriError`] says what is wrong, without repeating any of the text.
    pub fn parse(text: &str) -> Result<Parsed, UriError> {
        parse::parse(text)
    }

    /// The text, secret included. Show it to its owner only, and write it to no log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OtpauthUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpauthUri(..)")
    }
}

/// The Key URI format has 6 and 8 digits. Apps that read another number as 6 would show wrong codes.
const fn check_digits(digits: u8) -> Result<(), UriError> {
    match digits {
        6 | 8 => Ok(()),
        digits => Err(UriError::Digits { digits }),
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986 §2.3 and `@`, which both a path and
/// a query may hold and mail addresses always have.
fn push_encoded(text: &mut String, value: &str) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.extend(HEX.get(usize::from(byte >> 4)));
            text.extend(HEX.get(usize::from(byte & 15)));
        }
    }
}
