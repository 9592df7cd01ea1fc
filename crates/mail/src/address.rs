//! A mail address that cannot carry a header.

use std::fmt;

/// Longest address, RFC 5321 section 4.5.3.1.3 without the angle brackets.
const MAX_ADDRESS: usize = 254;
/// Longest part before the `@`, RFC 5321 section 4.5.3.1.1.
const MAX_LOCAL_PART: usize = 64;

/// One mail address: ASCII, `local@domain`, checked.
///
/// Takes the plain form that mailboxes in use have: letters, digits and the symbols of an RFC 5322 atom,
/// with single dots, and a host name. Quoted local parts, comments, lists, display names and address
/// literals are refused, and so is everything outside ASCII (a domain may be given in its `xn--` form).
/// So no line end, NUL, comma, space or bracket can follow an address into a header or an SMTP command.
///
/// `Debug` is redacted: an address is personal data and does not belong in a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    text: String,
    at: usize,
}

/// Why an address was refused. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
    /// The part after the `@` is not a host name.
    #[error("the part after the @ is not a host name")]
    Domain,
}

impl Address {
    /// Checks and keeps an address.
    ///
    /// ```
    /// use slotwerk_mail::Address;
    ///
    /// assert!(Address::parse("anna.de-vries+werk@example.nl").is_ok());
    /// assert!(Address::parse("anna@example.nl\r\nBcc: eve@example.com").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`AddressError`] tells which part was refused.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
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
        if !local.split('.').all(is_atom) {
            return Err(AddressError::LocalPart);
        }
        if !is_host_name(domain) {
            return Err(AddressError::Domain);
        }
        Ok(Self {
            text: text.to_owned(),
            at: local.len(),
        })
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
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

/// RFC 5322 section 3.2.3.
fn is_atom(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
}

/// RFC 1123 section 2.1: labels of letters, digits and inner hyphens; not an IPv4 address.
fn is_host_name(text: &str) -> bool {
    let labels_fit = text.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    let last_is_a_number = text
        .rsplit('.')
        .next()
        .is_none_or(|label| label.bytes().all(|b| b.is_ascii_digit()));
    labels_fit && !last_is_a_number
}
