//! bcrypt: the modular crypt form, bare and within Django's.

use base64ct::Base64Bcrypt;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroizing, zeroize_stack};

use super::{ForeignError, ForeignScheme, LongBcrypt};
use crate::text::Field;

/// Blowfish's state, rounded up.
pub(super) const MEMORY_KIB: u32 = 5;
/// 4 is the least that bcrypt knows; every step up doubles the time, and 14 takes about a second.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
/// What of a key bcrypt uses, its closing NUL included if that fits.
const KEY: usize = 72;
const SALT: usize = 16;
/// The last of the 24 bytes is not stored.
const OUTPUT: usize = 23;
/// One round of key setup took as long as 100 blocks of Argon2id.
const BLOCKS_PER_ROUND: u64 = 80;
/// More than the copies of Blowfish's state that one run may leave on the stack.
const STACK_OF_A_RUN: usize = 32 * 1024;

#[derive(Clone)]
pub(crate) struct Bcrypt {
    prehash: Prehash,
    cost: u32,
    salt: Field,
    output: Field,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prehash {
    None,
    /// SHA-256 in lower-case hexadecimal: 64 bytes without NUL, whatever the password.
    Sha256,
}

pub(super) fn parse(text: &str) -> Option<Result<Bcrypt, ForeignError>> {
    if let Some(inner) = text.strip_prefix("bcrypt_sha256$") {
        Some(read(Prehash::Sha256, inner))
    } else if let Some(inner) = text.strip_prefix("bcrypt$") {
        Some(read(Prehash::None, inner))
    } else if text.starts_with("$2") {
        Some(read(Prehash::None, text))
    } else {
        None
    }
}

/// `$2b$12$`, then 22 characters of salt and 31 of output.
fn read(prehash: Prehash, text: &str) -> Result<Bcrypt, ForeignError> {
    let mut parts = text.split('$');
    let (Some(""), Some(variant), Some(cost), Some(tail), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return Err(ForeignError::Structure);
    };
    // `2a`, `2b` and `2y` differ in the faults of old implementations with keys that are not
    // UTF-8 or longer than 255 bytes. `2x` marks hashes made with such a fault on purpose, and
    // `2` has no closing NUL.
    if !matches!(variant, "2a" | "2b" | "2y") {
        return Err(ForeignError::Algorithm);
    }
    let cost = two_digits(cost).ok_or(ForeignError::Parameters)?;
    if !COSTS.contains(&cost) {
        return Err(ForeignError::Cost);
    }
    let (salt, output) = tail.split_at_checked(22).ok_or(ForeignError::Structure)?;
    Ok(Bcrypt {
        prehash,
        cost,
        salt: Field::decode::<Base64Bcrypt>(salt, SALT..=SALT).ok_or(ForeignError::Salt)?,
        output: Field::decode::<Base64Bcrypt>(output, OUTPUT..=OUTPUT)
            .ok_or(ForeignError::Output)?,
    })
}

fn two_digits(text: &str) -> Option<u32> {
    let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

impl Bcrypt {
    pub(super) fn matches(&self, password: &[u8], long: LongBcrypt) -> Choice {
        let mut key = Zeroizing::new([0; KEY]);
        let (len, whole) = match self.prehash {
            Prehash::None => fill(&mut key, password),
            Prehash::Sha256 => fill(&mut key, hex_of_sha256(password).as_slice()),
        };
        let computed = run(
            self.cost,
            self.salt.bytes(),
            key.get(..len).unwrap_or_default(),
        );
        zeroize_stack::<STACK_OF_A_RUN>();
        // A password that was cut off costs the same as any other, and then does not count.
        let counts = Choice::from(u8::from(whole || long == LongBcrypt::Truncate));
        let same = computed
            .get(..OUTPUT)
            .unwrap_or_default()
            .ct_eq(self.output.bytes());
        same & counts
    }

    pub(super) fn scheme(&self) -> ForeignScheme {
        match self.prehash {
            Prehash::None => ForeignScheme::Bcrypt,
            Prehash::Sha256 => ForeignScheme::BcryptSha256,
        }
    }

    pub(super) fn work(&self) -> u64 {
        BLOCKS_PER_ROUND << self.cost
    }
}

/// The length of the key, with its closing NUL, and whether all of the password is in it.
fn fill(key: &mut [u8; KEY], password: &[u8]) -> (usize, bool) {
    let text = password.split(|byte| *byte == 0).next().unwrap_or_default();
    let used = text.get(..KEY).unwrap_or(text);
    for (to, from) in key.iter_mut().zip(used) {
        *to = *from;
    }
    ((used.len() + 1).min(KEY), used.len() == password.len())
}

fn hex_of_sha256(password: &[u8]) -> Zeroizing<[u8; 64]> {
    let digest = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(password)));
    let mut hex = Zeroizing::new([0; 64]);
    for (pair, byte) in hex.chunks_exact_mut(2).zip(digest.iter()) {
        for (to, nibble) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
            *to = if nibble < 10 {
                b'0' + nibble
            } else {
                b'a' + nibble - 10
            };
        }
    }
    hex
}

/// Kept out of line so that its frame lies within the stack that is wiped afterwards.
#[inline(never)]
fn run(cost: u32, salt: &[u8], key: &[u8]) -> Zeroizing<[u8; 24]> {
    let mut fixed = [0; SALT];
    for (to, from) in fixed.iter_mut().zip(salt) {
        *to = *from;
    }
    Zeroizing::new(::bcrypt::bcrypt(cost, fixed, key))
}
