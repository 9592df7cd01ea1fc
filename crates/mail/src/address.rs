//! A mail address that cannot carry a header.

use std::borrow::Cow;
use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// Longest address, RFC 5321 section 4.5.3.1.3 without the angle brackets.
const MAX_ADDRESS: usize = 254;
/// Longest part before the `@`, RFC 5321 section 4.5.3.1.1.
const MAX_LOCAL_PART: usize = 64;

/// One mail address: ASCII, `local@domain`, checked.
///
/// Accepts the plain form that mailboxes in use have: letters, digits and the symbols of an RFC 5322 atom,
/// with single dots, and a domain. Quoted local parts, comments, lists, display names and address
/// literals are rejected. So no line end, NUL, comma, space or bracket can follow an address into a
/// header or an SMTP command.
///
/// Spaces and invisible characters around the address are removed. A domain outside ASCII becomes its
/// A-label form (UTS 46, RFC 5890), so `anna@exämple.nl` is kept as `anna@xn--exmple-cua.nl`. A local part
/// outside ASCII is rejected: mail to it needs SMTPUTF8 (RFC 6531) at every server on the way, and there is
/// no other way to write it. An underscore in a domain is no host name (RFC 5321, section 4.1.2) but
/// mail servers in use have it and carry it, so it is accepted in every label but the last.
///
/// Parse an address where you store it, so that the person who typed it hears of the mistake.
///
/// `Debug` is redacted: an address is personal data and does not belong in a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    text: String,
    at: usize,
}

/// Why an address was rejected. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Longer than 254 bytes, or more than 64 before the `@`.
    #[error("the mail address is too long")]
    TooLong,
    /// There is no `@`, or more than one.
    #[error("a mail address has exactly one @")]
    NoSingleAt,
    /// The part before the `@` is empty or holds something other than atoms and single dots.
    #[error("the part before the @ is not accepted")]
    LocalPart,
    /// The part before the `@` holds a letter outside ASCII, which needs SMTPUTF8 to be sent.
    #[error("the part before the @ holds a character outside ASCII")]
    LocalPartNotAscii,
    /// The part after the `@` is not a domain.
    #[error("the part after the @ is not a domain")]
    Domain,
}

impl Address {
    /// Checks and keeps an address.
    ///
    /// ```
    /// use slotwerk_mail::Address;
    ///
    /// assert!(Address::parse("anna.de-vries+werk@example.nl").is_ok());
    /// assert_eq!(Address::parse("anna@exämple.nl ")?.as_str(), "anna@xn--exmple-cua.nl");
    /// assert!(Address::parse("anna@example.nl\r\nBcc: eve@example.com").is_err());
    /// # Ok::<(), slotwerk_mail::AddressError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AddressError`] tells which part was rejected.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_matches(is_padding);
        if text.len() > MAX_ADDRESS {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressError::NoSingleAt)?;
        if domain.contains('@') {
            return Err(AddressError::NoSingleAt);
        }
        if local.len() > MAX_LOCAL_PART {
            return Err(AddressError::TooLong);
        }
        if !local.is_ascii() {
            return Err(AddressError::LocalPartNotAscii);
        }
        if !local.split('.').all(is_atom) {
            return Err(AddressError::LocalPart);
        }
        let domain = ascii_domain(domain)?;
        if !is_domain(&domain) {
            return Err(AddressError::Domain);
        }
        let text = format!("{local}@{domain}");
        // A-labels are longer than what they stand for.
        if text.len() > MAX_ADDRESS {
            return Err(AddressError::TooLong);
        }
        Ok(Self {
            text,
            at: local.len(),
        })
    }

    /// The whole address, as it stands in a header and in SMTP.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address so that its owner recognises it and nobody learns it: `a•••@example.nl`. It shows the first character
    /// and the domain; the number of dots is always the same.
    ///
    /// ```
    /// let address = slotwerk_mail::Address::parse("anna@example.nl")?;
    /// assert_eq!(address.masked(), "a•••@example.nl");
    /// # Ok::<(), slotwerk_mail::AddressError>(())
    /// ```
    #[must_use]
    pub fn masked(&self) -> String {
        // Of one character the first would be all.
        let shown = if self.at > 1 { 1 } else { 0 };
        let first = self.text.get(..shown).unwrap_or_default();
        format!("{first}•••@{}", self.domain())
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(redacted)")
    }
}

/// Spaces of any width and invisible characters, which copying adds at the ends of an address. Line ends and
/// other control characters are rejected instead.
fn is_padding(c: char) -> bool {
    (c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}'))
        || matches!(c,
            '\u{200B}'..='\u{200F}' // zero-width characters and direction marks
            | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
            | '\u{00AD}' | '\u{FEFF}')
}

/// RFC 5322 section 3.2.3.
fn is_atom(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
}

/// The domain in ASCII: as it stands, or as A-labels.
fn ascii_domain(domain: &str) -> Result<Cow<'_, str>, AddressError> {
    if domain.is_ascii() {
        return Ok(Cow::Borrowed(domain));
    }
    // The deny list is empty, because `is_domain` is stricter than any.
    Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::EMPTY,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .map_err(|_| AddressError::Domain)
}

/// RFC 1123 section 2.1: labels of letters, digits and inner hyphens; not an IPv4 address. Underscores are
/// accepted before the last label.
fn is_domain(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let labels_fit = text.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    let last_is_a_number = last.bytes().all(|b| b.is_ascii_digit());
    labels_fit && !last_is_a_number && !last.contains('_')
}
