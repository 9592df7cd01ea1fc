//! The range protocol: a source that is told five digits of a hash and answers with all of its kind.

use async_trait::async_trait;
use subtle::{Choice, ConstantTimeEq as _};
use thiserror::Error;

use crate::key::sha1_hex;
use crate::lines::count;
use crate::{BreachCheck, BreachFault};

/// A response longer than this is refused, in bytes: 1 MiB. Responses of the public set are 30 to
/// 100 kB.
pub const MAX_RESPONSE: usize = 1 << 20;

/// Digits of the hash that the source is told.
const PREFIX: usize = 5;

/// How a range is fetched. `HttpTransport` is one, behind feature `http`.
#[async_trait]
pub trait RangeTransport: Send + Sync + 'static {
    /// Fetches the range of `prefix`, which is 5 upper-case hexadecimal digits. With `padding`, asks
    /// the source to add rows with a count of 0 so that all responses are about as long (over HTTP the
    /// header `Add-Padding: true`).
    ///
    /// A transport should stop reading after [`MAX_RESPONSE`] bytes, and must not hand out a response
    /// that was cut off.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when there is no complete response.
    async fn fetch(&self, prefix: &str, padding: bool) -> Result<Vec<u8>, TransportError>;
}

/// Why there is no response. Holds nothing that follows from the password.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TransportError {
    /// No connection, or none that can be trusted.
    #[error("no trusted connection")]
    Unreachable,
    /// Not within the time allowed.
    #[error("no response in time")]
    Timeout,
    /// A status other than 200.
    #[error("status {0}")]
    Status(u16),
    /// Longer than [`MAX_RESPONSE`].
    #[error("the response is too long")]
    TooLong,
    /// Cut off, or not to be told from one that was.
    #[error("the response broke off")]
    Interrupted,
    /// Anything else, in the words of another transport.
    #[error("{0}")]
    Other(&'static str),
}

/// Asks a source of ranges for the first five digits of a password's SHA-1, and looks for the other
/// 35 in its response.
///
/// The source learns those five digits, 20 bits, of which every value fits a good thousand breached
/// passwords and an endless number of others; it is never sent more. Without padding the length of
/// the response tells an observer of the encrypted line which range it was.
///
/// All rows are looked at, whether or not one fits, and each is compared in a time that does not
/// depend on how much of it fits. What remains to be seen by the clock is which range it was.
#[derive(Clone, Debug)]
pub struct RangeClient<T> {
    transport: T,
    minimum_count: u64,
    padding: bool,
}

impl<T: RangeTransport> RangeClient<T> {
    /// Any password seen once is breached, and padding is asked for.
    pub const fn new(transport: T) -> Self {
        Self {
            transport,
            minimum_count: 1,
            padding: true,
        }
    }

    /// Takes only passwords seen at least so often for breached. Rows with a count of 0 are padding
    /// and never count.
    #[must_use]
    pub fn minimum_count(mut self, count: u64) -> Self {
        self.minimum_count = count.max(1);
        self
    }

    /// Whether to ask for padding. A mirror in your own network may do without.
    #[must_use]
    pub const fn padding(mut self, padding: bool) -> Self {
        self.padding = padding;
        self
    }
}

#[async_trait]
impl<T: RangeTransport> BreachCheck for RangeClient<T> {
    async fn is_breached(&self, password: &str) -> Result<bool, BreachFault> {
        let hex = sha1_hex(password);
        let (prefix, suffix) = hex.split_at(PREFIX);
        let prefix = std::str::from_utf8(prefix).map_err(|_| BreachFault::Malformed)?;
        let response = self.transport.fetch(prefix, self.padding).await?;
        if response.len() > MAX_RESPONSE {
            return Err(TransportError::TooLong.into());
        }
        find(&response, suffix, self.minimum_count).ok_or(BreachFault::Malformed)
    }
}

/// Whether the response has a row of this suffix and at least this count. `None` if it is not rows of
/// `SUFFIX:COUNT` throughout, or empty: no range of a real set is.
fn find(response: &[u8], suffix: &[u8], minimum_count: u64) -> Option<bool> {
    let rows = response.strip_suffix(b"\n").unwrap_or(response);
    let mut found = Choice::from(0);
    for row in rows.split(|&byte| byte == b'\n') {
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        let (digits, rest) = row.split_at_checked(suffix.len())?;
        let seen = count(rest.strip_prefix(b":")?)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let fits = digits.to_ascii_uppercase().ct_eq(suffix);
        found |= fits & Choice::from(u8::from(seen >= minimum_count));
    }
    Some(found.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUFFIX: &str = "E364706816ABA3E25717850C26C9CD0D89D";

    fn found(response: &str, minimum_count: u64) -> Option<bool> {
        find(response.as_bytes(), SUFFIX.as_bytes(), minimum_count)
    }

    #[test]
    fn rows_are_found_wherever_they_stand() {
        let other = SUFFIX.replace('E', "F");
        let last = format!("{}0", &SUFFIX[..34]);
        for (response, expected) in [
            (format!("{SUFFIX}:1"), true),
            (format!("{}:1\r\n", SUFFIX.to_lowercase()), true),
            (format!("{other}:5\r\n{SUFFIX}:1\r\n{last}:2"), true),
            (format!("{other}:5\n{last}:2\n{SUFFIX}:9\n"), true),
            (format!("{other}:5\r\n{last}:2\r\n"), false),
            (format!("{SUFFIX}:0\r\n{other}:1"), false),
            (format!("{SUFFIX}:0\r\n{SUFFIX}:1"), true),
        ] {
            assert_eq!(found(&response, 1), Some(expected), "{response:?}");
        }
    }

    #[test]
    fn a_count_below_the_minimum_is_not_breached() {
        let response = format!("{SUFFIX}:9");
        assert_eq!(found(&response, 9), Some(true));
        assert_eq!(found(&response, 10), Some(false));
    }

    #[test]
    fn one_malformed_row_spoils_the_response() {
        let good = format!("{SUFFIX}:1\r\n");
        for bad in [
            "",
            "\r\n",
            "<html>",
            ":1",
            "1:1",
            SUFFIX,
            &format!("{SUFFIX}:"),
            &format!("{SUFFIX}:x"),
            &format!("{SUFFIX}:-1"),
            &format!("{SUFFIX} :1"),
            &format!("0{SUFFIX}:1"),
            &format!("{}:1", &SUFFIX[1..]),
            &format!("{}G:1", &SUFFIX[1..]),
            &format!("{SUFFIX}:99999999999999999999"),
        ] {
            assert_eq!(found(bad, 1), None, "{bad:?}");
            assert_eq!(found(&format!("{bad}\r\n{good}"), 1), None, "{bad:?} first");
            assert_eq!(found(&format!("{good}{bad}\r\n"), 1), None, "{bad:?} last");
        }
    }
}
