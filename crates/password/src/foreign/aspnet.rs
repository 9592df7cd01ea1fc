//! ASP.NET Identity's password hashes: PBKDF2 in bare base64, marked by its first byte.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::ForeignError;
use super::pbkdf2::{Pbkdf2, Prf};
use crate::text::Field;

/// Marker, salt of 16 bytes, subkey of 32.
const V2_LEN: usize = 1 + 16 + SUBKEY;
const V2_ROUNDS: u32 = 1000;
/// Marker, PRF, rounds and salt length, each of the numbers in four bytes, big end first.
const V3_HEADER: usize = 1 + 4 + 4 + 4;
/// What the framework writes, in either version.
const SUBKEY: usize = 32;
const MAX_SALT: usize = 64;
const MAX_LEN: usize = V3_HEADER + MAX_SALT + SUBKEY;

/// Bare base64 whose first byte is 0 or 1 begins with `A`. (No other form read here has no `$`.)
pub(super) fn parse(text: &str) -> Option<Result<Pbkdf2, ForeignError>> {
    let ours = text.starts_with('A') && !text.contains('$');
    ours.then(|| read(text))
}

fn read(text: &str) -> Result<Pbkdf2, ForeignError> {
    let mut buffer = Zeroizing::new([0; MAX_LEN]);
    let bytes = Base64::decode(text, buffer.as_mut_slice()).map_err(|_| ForeignError::Structure)?;
    match bytes.split_first() {
        Some((0, rest)) if bytes.len() == V2_LEN => v2(rest),
        Some((1, rest)) => v3(rest),
        _ => Err(ForeignError::Structure),
    }
}

fn v2(rest: &[u8]) -> Result<Pbkdf2, ForeignError> {
    let (salt, subkey) = rest.split_at_checked(16).ok_or(ForeignError::Structure)?;
    assemble(Prf::Sha1, V2_ROUNDS, salt, subkey)
}

fn v3(rest: &[u8]) -> Result<Pbkdf2, ForeignError> {
    let (prf, rest) = number(rest)?;
    let (rounds, rest) = number(rest)?;
    let (salt_len, rest) = number(rest)?;
    // The numbers of the framework's `KeyDerivationPrf`.
    let prf = match prf {
        0 => Prf::Sha1,
        1 => Prf::Sha256,
        2 => Prf::Sha512,
        _ => return Err(ForeignError::Algorithm),
    };
    let salt_len = usize::try_from(salt_len).map_err(|_| ForeignError::Salt)?;
    let (salt, subkey) = rest.split_at_checked(salt_len).ok_or(ForeignError::Salt)?;
    assemble(prf, rounds, salt, subkey)
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), ForeignError> {
    let (head, rest) = bytes
        .split_first_chunk::<4>()
        .ok_or(ForeignError::Structure)?;
    Ok((u32::from_be_bytes(*head), rest))
}

fn assemble(prf: Prf, rounds: u32, salt: &[u8], subkey: &[u8]) -> Result<Pbkdf2, ForeignError> {
    let salt = Field::copy(salt, 16..=MAX_SALT).ok_or(ForeignError::Salt)?;
    let subkey = Field::copy(subkey, SUBKEY..=SUBKEY).ok_or(ForeignError::Output)?;
    Pbkdf2::new(prf, rounds, salt, subkey)
}
