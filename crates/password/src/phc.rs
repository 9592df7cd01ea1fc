//! Argon2id in the PHC string format: read within bounds, written canonically.

use base64ct::{Base64Unpadded, Encoding};
use zeroize::Zeroizing;

use crate::params::Params;
use crate::stored::ParseError;

const MIN_SALT: usize = 8;
const MIN_OUTPUT: usize = 16;
/// The most bytes of a salt and of an output.
const MAX_FIELD: usize = 64;

/// What an Argon2id hash consists of.
#[derive(Clone)]
pub(crate) struct Argon2id {
    pub(crate) params: Params,
    salt: Field,
    output: Field,
}

impl Argon2id {
    /// Nothing is allocated here.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
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
        })
    }

    /// `None` if salt or output are out of bounds.
    pub(crate) fn assemble(params: Params, salt: &[u8], output: &[u8]) -> Option<Self> {
        Some(Self {
            params,
            salt: Field::copy(salt, MIN_SALT)?,
            output: Field::copy(output, MIN_OUTPUT)?,
        })
    }

    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let encoded = Zeroizing::new(Base64Unpadded::encode_string(self.output.bytes()));
        Zeroizing::new(format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            self.params.m_kib(),
            self.params.t(),
            self.params.p(),
            Base64Unpadded::encode_string(self.salt.bytes()),
            encoded.as_str(),
        ))
    }

    pub(crate) fn salt(&self) -> &[u8] {
        self.salt.bytes()
    }

    pub(crate) fn output(&self) -> &[u8] {
        self.output.bytes()
    }
}

fn costs_of(text: &str) -> Option<(u32, u32, u32)> {
    let (m, rest) = text.strip_prefix("m=")?.split_once(",t=")?;
    let (t, p) = rest.split_once(",p=")?;
    Some((decimal(m)?, decimal(t)?, decimal(p)?))
}

/// One spelling a number: no sign, no leading zero. (`u32::from_str` takes both.)
pub(crate) fn decimal(text: &str) -> Option<u32> {
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
