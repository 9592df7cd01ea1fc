//! Strict reading of an `otpauth` URI.

use super::{Label, MAX_URI_BYTES, UriError, check_digits};
use crate::{Algorithm, Parameters, Secret};
use core::{fmt, str::FromStr, time::Duration};
use url::Url;
use zeroize::Zeroizing;

/// What an `otpauth` URI says.
pub struct Parsed {
    secret: Secret,
    parameters: Parameters,
    issuer: Option<String>,
    account: String,
}

impl Parsed {
    /// What another format said, with its names checked.
    #[cfg(feature = "migration")]
    pub(crate) fn new(
        secret: Secret,
        parameters: Parameters,
        issuer: Option<String>,
        account: String,
    ) -> Result<Self, UriError> {
        if let Some(issuer) = &issuer {
            Label::Issuer.check(issuer)?;
        }
        Label::Account.check(&account)?;
        Ok(Self {
            secret,
            parameters,
            issuer,
            account,
        })
    }

    /// The secret.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The secret alone, to keep.
    #[must_use]
    pub fn into_secret(self) -> Secret {
        self.secret
    }

    /// Algorithm, digits and period.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The service, where the URI names one.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The person.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

/// The names are personal data, so they stay out as well.
impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parsed")
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

pub(super) fn parse(text: &str) -> Result<Parsed, UriError> {
    if text.len() > MAX_URI_BYTES {
        return Err(UriError::TooLong);
    }
    // What RFC 3986 has in no URI the parser escapes: its copy grows then, and leaves an older one behind.
    let stray = |b: u8| !b.is_ascii_graphic() || br#""<>\^`{|}"#.contains(&b);
    if text.bytes().any(stray) {
        return Err(UriError::Malformed);
    }
    let url = Url::parse(text).map_err(|_| UriError::Malformed)?;
    let parsed = read(&url, text);
    // The parser's copy holds the secret too.
    drop(Zeroizing::new(String::from(url)));
    parsed
}

fn read(url: &Url, text: &str) -> Result<Parsed, UriError> {
    if url.scheme() != "otpauth" {
        return Err(UriError::Scheme);
    }
    // The parser drops tabs, resolves dots and escapes stray characters; whatever it had to touch
    // was not written by an encoder, and may mean something else to the phone.
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if url.as_str() != text || !plain || url.fragment().is_some() {
        return Err(UriError::Malformed);
    }
    match url.host_str() {
        Some("totp") => {}
        Some("hotp") => return Err(UriError::CounterBased),
        _ => return Err(UriError::Type),
    }

    let values = Values::read(url.query().unwrap_or_default())?;
    let (prefix, account) = read_label(url.path())?;
    let issuer = match (prefix, values.issuer) {
        (Some(prefix), Some(issuer)) if prefix != *issuer => return Err(UriError::IssuerMismatch),
        (_, Some(issuer)) => Some(issuer.to_string()),
        (prefix, None) => prefix,
    };
    if let Some(issuer) = &issuer {
        Label::Issuer.check(issuer)?;
    }
    Label::Account.check(&account)?;

    let secret = values.secret.ok_or(UriError::MissingSecret)?;
    let defaults = Parameters::ISSUED;
    let algorithm = match values.algorithm {
        Some(name) => Algorithm::from_name(&name).ok_or(UriError::Algorithm)?,
        None => defaults.algorithm(),
    };
    let digits = match values.digits {
        Some(text) => read_number("digits", &text)?,
        None => defaults.digits(),
    };
    check_digits(digits)?;
    let period = match values.period {
        Some(text) => Duration::from_secs(read_number("period", &text)?),
        None => defaults.period(),
    };
    Ok(Parsed {
        parameters: Parameters::new(algorithm, digits, period)?,
        secret: Secret::from_bare_base32(&secret)?,
        issuer,
        account,
    })
}

/// Splits `/issuer:account`; the colon may be escaped, and spaces may follow it. A slash is one more
/// character of a name, as pyotp writes it.
fn read_label(path: &str) -> Result<(Option<String>, String), UriError> {
    let label = path.strip_prefix('/').unwrap_or_default();
    let label = decode(label)?;
    Ok(match label.split_once(':') {
        Some((issuer, account)) => {
            let account = account.trim_start_matches(' ');
            (Some(issuer.to_owned()), account.to_owned())
        }
        None => (None, label.to_string()),
    })
}

#[derive(Default)]
struct Values {
    secret: Option<Zeroizing<String>>,
    issuer: Option<Zeroizing<String>>,
    algorithm: Option<Zeroizing<String>>,
    digits: Option<Zeroizing<String>>,
    period: Option<Zeroizing<String>>,
}

impl Values {
    fn read(query: &str) -> Result<Self, UriError> {
        let mut values = Self::default();
        for pair in query.split('&').filter(|_| !query.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(UriError::Malformed)?;
            let (known, slot) = match name {
                "secret" => ("secret", &mut values.secret),
                "issuer" => ("issuer", &mut values.issuer),
                "algorithm" => ("algorithm", &mut values.algorithm),
                "digits" => ("digits", &mut values.digits),
                "period" => ("period", &mut values.period),
                _ => return Err(UriError::UnknownParameter),
            };
            if slot.replace(decode(value)?).is_some() {
                return Err(UriError::Duplicate(known));
            }
        }
        Ok(values)
    }
}

fn read_number<N: FromStr>(name: &'static str, text: &str) -> Result<N, UriError> {
    // `parse` alone would take a plus sign and leading zeros.
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| plain)
        .ok_or(UriError::Number(name))
}

/// Undoes percent-encoding; a plus sign is a plus sign.
pub(crate) fn decode(text: &str) -> Result<Zeroizing<String>, UriError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next())? << 4 | hex(rest.next())?,
            plain => plain,
        });
    }
    let decoded = core::str::from_utf8(&bytes).map_err(|_| UriError::Malformed)?;
    Ok(Zeroizing::new(decoded.to_owned()))
}

fn hex(digit: Option<u8>) -> Result<u8, UriError> {
    digit
        .and_then(|digit| char::from(digit).to_digit(16))
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(UriError::Malformed)
}
