//! PBKDF2: Django's form and the PHC string.

use base64ct::{Base64, Base64Unpadded};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroizing, zeroize_stack};

use super::{ForeignError, ForeignScheme};
use crate::text::{Field, MAX_FIELD, decimal};

/// The most rounds, times blocks of output: two or three seconds.
const MAX_WORK: u32 = 6_000_000;
const STACK_OF_A_RUN: usize = 8 * 1024;

#[derive(Clone)]
pub(crate) struct Pbkdf2 {
    prf: Prf,
    rounds: u32,
    salt: Field,
    output: Field,
}

/// The HMAC that is iterated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

impl Prf {
    /// Bytes of one block of output.
    const fn block(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

pub(super) fn parse(text: &str) -> Option<Result<Pbkdf2, ForeignError>> {
    if text.starts_with("$pbkdf2") {
        Some(phc(text))
    } else if text.starts_with("pbkdf2_") {
        Some(django(text))
    } else {
        None
    }
}

/// `pbkdf2_sha256$rounds$salt$output`: the salt as characters, the output in padded base64, one
/// block long.
fn django(text: &str) -> Result<Pbkdf2, ForeignError> {
    let mut parts = text.split('$');
    let (Some(name), Some(rounds), Some(salt), Some(output), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(ForeignError::Structure);
    };
    let prf = match name {
        "pbkdf2_sha256" => Prf::Sha256,
        "pbkdf2_sha1" => Prf::Sha1,
        _ => return Err(ForeignError::Algorithm),
    };
    let rounds = decimal(rounds).ok_or(ForeignError::Parameters)?;
    let salt = Field::characters(salt).ok_or(ForeignError::Salt)?;
    let output =
        Field::decode::<Base64>(output, prf.block()..=prf.block()).ok_or(ForeignError::Output)?;
    Pbkdf2::new(prf, rounds, salt, output)
}

/// `$pbkdf2-sha256$i=rounds,l=bytes$salt$output`; plain `pbkdf2` is SHA-1.
fn phc(text: &str) -> Result<Pbkdf2, ForeignError> {
    let mut parts = text.split('$');
    let (Some(""), Some(name), Some(costs), Some(salt), Some(output), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(ForeignError::Structure);
    };
    let prf = match name {
        "pbkdf2" => Prf::Sha1,
        "pbkdf2-sha256" => Prf::Sha256,
        "pbkdf2-sha512" => Prf::Sha512,
        _ => return Err(ForeignError::Algorithm),
    };
    let (rounds, len) = costs_of(costs).ok_or(ForeignError::Parameters)?;
    let len = usize::try_from(len).map_err(|_| ForeignError::Cost)?;
    let salt = Field::decode::<Base64Unpadded>(salt, 8..=MAX_FIELD).ok_or(ForeignError::Salt)?;
    let output =
        Field::decode::<Base64Unpadded>(output, 16..=MAX_FIELD).ok_or(ForeignError::Output)?;
    if output.bytes().len() != len {
        return Err(ForeignError::Output);
    }
    Pbkdf2::new(prf, rounds, salt, output)
}

fn costs_of(text: &str) -> Option<(u32, u32)> {
    let (rounds, len) = text.strip_prefix("i=")?.split_once(",l=")?;
    Some((decimal(rounds)?, decimal(len)?))
}

impl Pbkdf2 {
    /// Bounds the work: rounds times blocks of output.
    pub(super) fn new(
        prf: Prf,
        rounds: u32,
        salt: Field,
        output: Field,
    ) -> Result<Self, ForeignError> {
        let blocks = u32::try_from(output.bytes().len().div_ceil(prf.block()));
        let work = blocks.ok().and_then(|blocks| rounds.checked_mul(blocks));
        if rounds == 0 || work.is_none_or(|work| work > MAX_WORK) {
            return Err(ForeignError::Cost);
        }
        Ok(Self {
            prf,
            rounds,
            salt,
            output,
        })
    }

    pub(super) fn matches(&self, password: &[u8]) -> Choice {
        let mut buffer = Zeroizing::new([0; MAX_FIELD]);
        let stored = self.output.bytes();
        let computed = buffer.get_mut(..stored.len()).unwrap_or_default();
        self.run(password, computed);
        zeroize_stack::<STACK_OF_A_RUN>();
        computed.ct_eq(stored)
    }

    /// Kept out of line so that its frame lies within the stack that is wiped afterwards.
    #[inline(never)]
    fn run(&self, password: &[u8], out: &mut [u8]) {
        let (salt, rounds) = (self.salt.bytes(), self.rounds);
        match self.prf {
            Prf::Sha1 => ::pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, rounds, out),
            Prf::Sha256 => ::pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, out),
            Prf::Sha512 => ::pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, rounds, out),
        }
    }

    pub(super) const fn scheme(&self) -> ForeignScheme {
        match self.prf {
            Prf::Sha1 => ForeignScheme::Pbkdf2Sha1,
            Prf::Sha256 => ForeignScheme::Pbkdf2Sha256,
            Prf::Sha512 => ForeignScheme::Pbkdf2Sha512,
        }
    }

    /// One round took as long as 0.38 blocks of Argon2id with SHA-1 and SHA-256 in hardware, and
    /// 0.85 with SHA-512.
    pub(super) fn work(&self) -> u64 {
        let blocks = self.output.bytes().len().div_ceil(self.prf.block());
        let thirds = match self.prf {
            Prf::Sha1 | Prf::Sha256 => 1,
            Prf::Sha512 => 2,
        };
        u64::from(self.rounds) * blocks as u64 * thirds / 3
    }
}
