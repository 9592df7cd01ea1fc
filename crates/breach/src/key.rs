//! What a password is looked up by.

use std::fmt;

use sha1::{Digest as _, Sha1};
use thiserror::Error;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// What a password is looked up by: the first 8 bytes, big-endian, of its SHA-1. Wiped on drop.
///
/// SHA-1, because that is what the public sets of breached passwords hold. It is not a protection:
/// whoever has the key of a password can test guesses against it at billions a second, so a key is
/// as secret as the password, is never shown and is never part of an error.
///
/// The same sets are also published as NTLM hashes. Those are MD4 over UTF-16 and have nothing in
/// common with a SHA-1 of the same password: they are not supported.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Key(u64);

impl Key {
    /// The key of a password, as UTF-8.
    ///
    /// Nothing is normalised here. Pass what is hashed for sign-in, which in this family is NFC.
    ///
    /// ```
    /// use slotwerk_breach::Key;
    ///
    /// assert_eq!(format!("{:?}", Key::of_password("hunter2")), "Key(..)");
    /// ```
    pub fn of_password(password: &str) -> Self {
        Self::of_bytes(password.as_bytes())
    }

    /// The key of a password in another encoding, as older breaches hold them.
    pub fn of_bytes(password: &[u8]) -> Self {
        let digest = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(password)));
        Self(top(digest.as_slice()))
    }

    /// The key from a SHA-1 in 40 hexadecimal digits of either case.
    ///
    /// # Errors
    ///
    /// [`NotSha1`] for anything else: other lengths (NTLM hashes have 32 digits) and other characters.
    pub fn from_sha1_hex(hex: &str) -> Result<Self, NotSha1> {
        Self::from_hex(hex.as_bytes()).ok_or(NotSha1)
    }

    /// The key from the first 8 bytes, big-endian, of a SHA-1 that was computed elsewhere.
    pub const fn from_u64(first_8_bytes: u64) -> Self {
        Self(first_8_bytes)
    }

    pub(crate) fn from_hex(hex: &[u8]) -> Option<Self> {
        if hex.len() != 40 {
            return None;
        }
        let mut value = 0_u64;
        for (at, &digit) in hex.iter().enumerate() {
            let nibble = nibble(digit)?;
            if at < 16 {
                value = value << 4 | u64::from(nibble);
            }
        }
        Some(Self(value))
    }

    /// The key as shards are chosen by and filters are made of.
    ///
    /// A multiplication by an odd number is one to one, so nothing is lost, and it carries the lower
    /// bits into the upper ones: an input whose hashes begin alike (one downloaded range, say) is
    /// spread over all shards nevertheless.
    pub(crate) const fn spread(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Not a SHA-1 in 40 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a SHA-1 in 40 hexadecimal digits")]
pub struct NotSha1;

/// SHA-1 in upper-case hexadecimal, as the range protocol speaks it.
pub(crate) fn sha1_hex(password: &str) -> Zeroizing<[u8; 40]> {
    let digest = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(password)));
    let mut hex = Zeroizing::new([0; 40]);
    for (pair, &byte) in hex.chunks_exact_mut(2).zip(digest.iter()) {
        for (digit, nibble) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
            *digit = nibble + if nibble < 10 { b'0' } else { b'A' - 10 };
        }
    }
    hex
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn top(digest: &[u8]) -> u64 {
    let mut first = [0; 8];
    for (to, &from) in first.iter_mut().zip(digest) {
        *to = from;
    }
    let value = u64::from_be_bytes(first);
    first.zeroize();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    // SHA-1("abc") is a test vector of FIPS 180-4 (in NIST's examples): A9993E36 4706816A BA3E2571 7850C26C 9CD0D89D.
    const ABC: &str = "A9993E364706816ABA3E25717850C26C9CD0D89D";

    #[test]
    fn the_key_is_the_first_eight_bytes_of_sha1() {
        assert_eq!(Key::of_password("abc").0, 0xa999_3e36_4706_816a);
        assert_eq!(Key::of_bytes(b"abc").0, 0xa999_3e36_4706_816a);
        assert_eq!(*sha1_hex("abc"), *ABC.as_bytes());
    }

    #[test]
    fn hexadecimal_of_either_case_is_the_same_key() {
        for hex in [ABC.to_owned(), ABC.to_lowercase()] {
            let key = Key::from_sha1_hex(&hex).map(|key| key.0);
            assert_eq!(key, Ok(0xa999_3e36_4706_816a));
        }
    }

    #[test]
    fn what_is_not_sha1_is_refused() {
        let cut = ABC.get(..39).unwrap_or_default();
        let ntlm = ABC.get(..32).unwrap_or_default();
        let late = format!("{cut}G");
        let wide = format!("{}é", ABC.get(..38).unwrap_or_default());
        for text in ["", cut, ntlm, &late, &wide, &format!("{ABC}0")] {
            assert!(Key::from_sha1_hex(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spreading_is_one_to_one() {
        // The inverse of the multiplier modulo 2^64, by Newton's iteration.
        let multiplier = Key(1).spread();
        let mut inverse = 1_u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(multiplier.wrapping_mul(inverse)));
        }
        for value in [0, 1, 2, u64::MAX, 0xa999_3e36_4706_816a] {
            assert_eq!(Key(value).spread().wrapping_mul(inverse), value);
        }
    }
}
