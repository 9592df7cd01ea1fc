//! Argon2id in the PHC string format: read within bounds, written canonically.

use std::ops::RangeInclusive;

use base64ct::{Base64Unpadded, Encoding};
use zeroize::Zeroizing;

use crate::params::Params;
use crate::stored::ParseError;
use crate::text::{Field, MAX_FIELD, argon2_costs};

/// Bytes of a salt and of an output.
const SALT: RangeInclusive<usize> = 8..=MAX_FIELD;
const OUTPUT: RangeInclusive<usize> = 16..=MAX_FIELD;

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
        let (m, t, p) = argon2_costs(costs).ok_or(ParseError::Parameters)?;
        Ok(Self {
            params: Params::bounded(m, t, p)?,
            salt: Field::decode::<Base64Unpadded>(salt, SALT).ok_or(ParseError::Salt)?,
            output: Field::decode::<Base64Unpadded>(output, OUTPUT).ok_or(ParseError::Output)?,
        })
    }

    /// `None` if salt or output are out of bounds.
    pub(crate) fn assemble(params: Params, salt: &[u8], output: &[u8]) -> Option<Self> {
        Some(Self {
            params,
            salt: Field::copy(salt, SALT)?,
            output: Field::copy(output, OUTPUT)?,
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
