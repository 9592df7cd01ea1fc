//! scrypt: Django's form and the PHC string.

use base64ct::{Base64, Base64Unpadded};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroizing, zeroize_stack};

use super::ForeignError;
use crate::error::HashError;
use crate::text::{Field, MAX_FIELD, decimal};

/// The most memory: 128 MiB, what N = 2^17 with r = 8 asks for.
const MAX_MEMORY: u64 = 128 << 20;
/// The most N × r × p: as much mixing as twice those 128 MiB with p = 1.
const MAX_WORK: u64 = 1 << 21;
const MAX_P: u32 = 16;
/// `128 * r * p` bytes are set aside beside the large array.
const MAX_R: u32 = 32;
const STACK_OF_A_RUN: usize = 8 * 1024;

#[derive(Clone)]
pub(crate) struct Scrypt {
    log_n: u8,
    r: u32,
    p: u32,
    salt: Field,
    output: Field,
}

pub(super) fn parse(text: &str) -> Option<Result<Scrypt, ForeignError>> {
    if text.starts_with("$scrypt$") {
        Some(phc(text))
    } else if text.starts_with("scrypt$") {
        Some(django(text))
    } else {
        None
    }
}

/// `scrypt$N$salt$r$p$output`: the salt as characters, 64 bytes of output in padded base64.
fn django(text: &str) -> Result<Scrypt, ForeignError> {
    let mut parts = text.split('$').skip(1);
    let (Some(n), Some(salt), Some(r), Some(p), Some(output), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(ForeignError::Structure);
    };
    let n = decimal(n).ok_or(ForeignError::Parameters)?;
    if !n.is_power_of_two() {
        return Err(ForeignError::Parameters);
    }
    let r = decimal(r).ok_or(ForeignError::Parameters)?;
    let p = decimal(p).ok_or(ForeignError::Parameters)?;
    let salt = Field::characters(salt).ok_or(ForeignError::Salt)?;
    let output = Field::decode::<Base64>(output, 64..=64).ok_or(ForeignError::Output)?;
    Scrypt::new(n.trailing_zeros(), r, p, salt, output)
}

/// `$scrypt$ln=15,r=8,p=1$salt$output`, with 32 or 64 bytes of output: the two lengths that
/// libraries write. A shorter output is the beginning of a longer one, so any other length is
/// refused as cut off. (Half of 64 bytes is a hash of 32 bytes, and as hard to guess as one.)
fn phc(text: &str) -> Result<Scrypt, ForeignError> {
    let mut parts = text.split('$').skip(2);
    let (Some(costs), Some(salt), Some(output), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ForeignError::Structure);
    };
    let (log_n, r, p) = costs_of(costs).ok_or(ForeignError::Parameters)?;
    let salt = Field::decode::<Base64Unpadded>(salt, 8..=MAX_FIELD).ok_or(ForeignError::Salt)?;
    let output = Field::decode::<Base64Unpadded>(output, 32..=MAX_FIELD)
        .filter(|output| matches!(output.bytes().len(), 32 | 64))
        .ok_or(ForeignError::Output)?;
    Scrypt::new(log_n, r, p, salt, output)
}

fn costs_of(text: &str) -> Option<(u32, u32, u32)> {
    let (log_n, rest) = text.strip_prefix("ln=")?.split_once(",r=")?;
    let (r, p) = rest.split_once(",p=")?;
    Some((decimal(log_n)?, decimal(r)?, decimal(p)?))
}

impl Scrypt {
    fn new(log_n: u32, r: u32, p: u32, salt: Field, output: Field) -> Result<Self, ForeignError> {
        if !(1..=20).contains(&log_n) || !(1..=MAX_R).contains(&r) || !(1..=MAX_P).contains(&p) {
            return Err(ForeignError::Cost);
        }
        let nr = (1_u64 << log_n) * u64::from(r);
        if nr * 128 > MAX_MEMORY || nr * u64::from(p) > MAX_WORK {
            return Err(ForeignError::Cost);
        }
        let log_n = u8::try_from(log_n).map_err(|_| ForeignError::Cost)?;
        let hash = Self {
            log_n,
            r,
            p,
            salt,
            output,
        };
        // Whatever else the library asks for (N below 2^(16 r)) is known before it is stored.
        hash.library_params()
            .map(|_| hash)
            .ok_or(ForeignError::Cost)
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<Choice, HashError> {
        let mut buffer = Zeroizing::new([0; MAX_FIELD]);
        let stored = self.output.bytes();
        let computed = buffer.get_mut(..stored.len()).ok_or(HashError::Failed)?;
        let result = self.run(password, computed);
        zeroize_stack::<STACK_OF_A_RUN>();
        result?;
        Ok(computed.ct_eq(stored))
    }

    /// Kept out of line so that its frame lies within the stack that is wiped afterwards.
    #[inline(never)]
    fn run(&self, password: &[u8], out: &mut [u8]) -> Result<(), HashError> {
        let params = self.library_params().ok_or(HashError::Failed)?;
        ::scrypt::scrypt(password, self.salt.bytes(), &params, out).map_err(|_| HashError::Failed)
    }

    /// The length among the library's parameters is for its own text form only.
    fn library_params(&self) -> Option<::scrypt::Params> {
        ::scrypt::Params::new(self.log_n, self.r, self.p, 32).ok()
    }

    /// The large array and the lanes beside it.
    pub(super) fn memory_kib(&self) -> u32 {
        let bytes = 128 * self.r * ((1 << self.log_n) + self.p + 1);
        bytes.div_ceil(1024)
    }

    /// Filling and reading one KiB took as long as 3.2 blocks of Argon2id.
    pub(super) fn work(&self) -> u64 {
        let kib = (u64::from(self.r * self.p) << self.log_n) / 8;
        kib * 3
    }
}
