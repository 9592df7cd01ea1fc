//! Stored hashes: the PHC string, read within bounds and written canonically.

use std::fmt;

use base64ct::{Base64Unpadded, Encoding};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::params::Params;

const MIN_SALT: usize = 8;
const MIN_OUTPUT: usize = 16;
/// The most bytes of a salt and of an output.
const MAX_FIELD: usize = 64;

/// A stored password hash: `$argon2id$v=19$m=…,t=…,p=…$salt$output`, checked and within bounds.
///
/// Only this crate makes one, by hashing or by [`PasswordHash::parse`]. What it accepts is what a
/// worker can compute; whether that is within the limits of a given [`Hasher`](crate::Hasher) is
/// said when it is verified.
///
/// ```
/// use slotwerk_password::{ParseError, PasswordHash};
///
/// let text = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";
/// assert_eq!(PasswordHash::parse(text)?.as_str(), text);
/// let greedy = text.replace("19456", "4294967295");
/// assert!(matches!(PasswordHash::parse(&greedy), Err(ParseError::Cost(_))));
/// # Ok::<(), ParseError>(())
/// ```
#[derive(Clone)]
pub struct PasswordHash {
    text: Zeroizing<String>,
    params: Params,
    salt: Field,
    output: Field,
}

/// Why a stored hash was refused. Names the part, never its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The text is longer than [`PasswordHash::MAX_LEN`].
    #[error("the stored hash is longer than {max} bytes", max = PasswordHash::MAX_LEN)]
    TooLong,
    /// The text is not six `$`-separated parts, the first of them empty.
    #[error("the stored hash is not a PHC string of algorithm, version, parameters, salt, output")]
    Structure,
    /// The algorithm is not `argon2id`.
    #[error("the stored hash is not argon2id")]
    Algorithm,
    /// The version is not 19 (0x13), the one of RFC 9106.
    #[error("the stored hash is not of Argon2 version 19")]
    Version,
    /// The parameters are not `m=…,t=…,p=…` in plain decimal.
    #[error("the parameters of the stored hash are not of the form m=…,t=…,p=…")]
    Parameters,
    /// The parameters are out of bounds.
    #[error("the stored hash is out of bounds: {0}")]
    Cost(#[from] crate::params::ParamsError),
    /// The salt is not canonical unpadded base64 of 8 to 64 bytes.
    #[error("the salt of the stored hash is not unpadded base64 of 8 to 64 bytes")]
    Salt,
    /// The output is not canonical unpadded base64 of 16 to 64 bytes.
    #[error("the output of the stored hash is not unpadded base64 of 16 to 64 bytes")]
    Output,
}

impl PasswordHash {
    /// The most bytes of a stored hash.
    pub const MAX_LEN: usize = 256;

    /// Reads a stored hash. Every bound is checked on the text itself: nothing is allocated
    /// until all of them hold, and then only a copy of the text.
    ///
    /// Bounds: at most [`PasswordHash::MAX_LEN`] bytes, variant `argon2id`, version 19, costs
    /// within the ceilings of [`Params`] (the floor is for new hashes only), salt 8 to 64 bytes,
    /// output 16 to 64 bytes. The optional `keyid` and `data` parameters are refused.
    ///
    /// # Errors
    ///
    /// [`ParseError`] names the part that was refused. A host that gets it for the hash of an
    /// account should verify a decoy instead and report the fault to its operator.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > Self::MAX_LEN {
            return Err(ParseError::TooLong);
        }
        let mut parts = text.split('$');
        if parts.next() != Some("") {
            return Err(ParseError::Structure);
        }
        match parts.next() {
            Some("argon2id") => {}
            Some(_) => return Err(ParseError::Algorithm),
            None => return Err(ParseError::Structure),
        }
        match parts.next() {
            Some("v=19") => {}
            Some(_) => return Err(ParseError::Version),
            None => return Err(ParseError::Structure),
        }
        let (Some(costs), Some(salt), Some(output), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ParseError::Structure);
        };
        let (m, t, p) = costs_of(costs).ok_or(ParseError::Parameters)?;
        Ok(Self {
            params: Params::bounded(m, t, p)?,
            salt: Field::decode(salt, MIN_SALT).ok_or(ParseError::Salt)?,
            output: Field::decode(output, MIN_OUTPUT).ok_or(ParseError::Output)?,
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// The PHC string, as it is stored. Keep it out of logs: it is what an attacker guesses
    /// against.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this hash should be replaced by one with `params`, in the order of
    /// [`Params::is_weaker_than`]. For counting what a change of parameters leaves behind.
    #[must_use]
    pub fn is_weaker_than(&self, params: &Params) -> bool {
        self.params.is_weaker_than(params)
    }

    /// `None` if salt or output are out of bounds.
    pub(crate) fn assemble(params: Params, salt: &[u8], output: &[u8]) -> Option<Self> {
        let (salt, output) = (
            Field::copy(salt, MIN_SALT)?,
            Field::copy(output, MIN_OUTPUT)?,
        );
        let encoded = Zeroizing::new(Base64Unpadded::encode_string(output.bytes()));
        let text = Zeroizing::new(format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            params.m_kib(),
            params.t(),
            params.p(),
            Base64Unpadded::encode_string(salt.bytes()),
            encoded.as_str(),
        ));
        Some(Self {
            text,
            params,
            salt,
            output,
        })
    }

    pub(crate) fn params(&self) -> Params {
        self.params
    }

    pub(crate) fn salt(&self) -> &[u8] {
        self.salt.bytes()
    }

    pub(crate) fn output(&self) -> &[u8] {
        self.output.bytes()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHash")
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

fn costs_of(text: &str) -> Option<(u32, u32, u32)> {
    let (m, rest) = text.strip_prefix("m=")?.split_once(",t=")?;
    let (t, p) = rest.split_once(",p=")?;
    Some((decimal(m)?, decimal(t)?, decimal(p)?))
}

/// One spelling a number: no sign, no leading zero. (`u32::from_str` takes both.)
fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// A short byte string in place: decoding one allocates nothing.
#[derive(Clone)]
struct Field {
    buffer: Zeroizing<[u8; MAX_FIELD]>,
    len: usize,
}

impl Field {
    fn decode(text: &str, min: usize) -> Option<Self> {
        let mut buffer = Zeroizing::new([0; MAX_FIELD]);
        let len = Base64Unpadded::decode(text, buffer.as_mut_slice())
            .ok()?
            .len();
        (len >= min).then_some(Self { buffer, len })
    }

    fn copy(bytes: &[u8], min: usize) -> Option<Self> {
        let mut buffer = Zeroizing::new([0; MAX_FIELD]);
        buffer.get_mut(..bytes.len())?.copy_from_slice(bytes);
        (bytes.len() >= min).then_some(Self {
            buffer,
            len: bytes.len(),
        })
    }

    fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn debug_shows_the_cost_and_nothing_else() {
        let hash = PasswordHash::assemble(Params::default(), &[0xAA; 16], &[0xBB; 32]).unwrap();
        let debug = format!("{hash:?}");
        assert!(debug.contains("19456"));
        for secret in [
            Base64Unpadded::encode_string(&[0xAA; 16]),
            Base64Unpadded::encode_string(&[0xBB; 32]),
        ] {
            assert!(hash.as_str().contains(&secret));
            assert!(!debug.contains(&secret));
        }
        assert!(!debug.contains("170") && !debug.contains("187"));
    }

    #[test]
    fn what_could_not_be_read_back_is_not_written() {
        let params = Params::default();
        assert!(PasswordHash::assemble(params, &[0; 7], &[0; 32]).is_none());
        assert!(PasswordHash::assemble(params, &[0; 65], &[0; 32]).is_none());
        assert!(PasswordHash::assemble(params, &[0; 16], &[0; 15]).is_none());
        assert!(PasswordHash::assemble(params, &[0; 16], &[0; 65]).is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            m in 128u32..=Params::MAX_M_KIB, t in 1u32..=64, p in 1u32..=16,
            salt in prop::collection::vec(any::<u8>(), 8..=64),
            output in prop::collection::vec(any::<u8>(), 16..=64),
        ) {
            let params = Params::danger_weak(m, t, p).unwrap();
            let written = PasswordHash::assemble(params, &salt, &output).unwrap();
            let read = PasswordHash::parse(written.as_str()).unwrap();
            prop_assert_eq!(read.params(), params);
            prop_assert_eq!(read.salt(), salt.as_slice());
            prop_assert_eq!(read.output(), output.as_slice());
        }

        #[test]
        fn what_reads_is_canonical(text in "\\$argon2id\\$v=19\\$m=[0-9]{1,7},t=[0-9]{1,2},p=[0-9]{1,2}\\$[A-Za-z0-9+/]{11,26}\\$[A-Za-z0-9+/]{22,48}") {
            if let Ok(read) = PasswordHash::parse(&text) {
                let written = PasswordHash::assemble(read.params(), read.salt(), read.output()).unwrap();
                prop_assert_eq!(written.as_str(), text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            prop_assert!(PasswordHash::parse(&text).is_err());
        }

        #[test]
        fn no_edit_makes_it_panic(at in 0usize..97, byte in any::<char>(), cut in 0usize..97) {
            let text = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";
            let mut edited: Vec<char> = text.chars().collect();
            edited[at] = byte;
            let _ = PasswordHash::parse(&edited.iter().collect::<String>());
            prop_assert!(PasswordHash::parse(&text[..cut]).map_or(true, |hash| hash.output().len() < 32));
        }
    }
}
