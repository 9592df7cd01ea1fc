//! The key that server and phone share.

use base32::RFC4648_NOPAD;
use core::fmt;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

/// A shared secret of 16 to 64 bytes, wiped when dropped.
///
/// RFC 4226 §4 asks for at least 128 bits and recommends 160, which is what
/// [`from_entropy`](Self::from_entropy) takes. There is no `Display`, no comparison and no `Clone`;
/// `Debug` shows nothing.
///
/// ```
/// use slotwerk_totp::Secret;
///
/// let secret = Secret::from_base32("mfrg-gzdf mztw q2lk nnwg-23tp obyx e43u")?;
/// assert_eq!(secret.expose(), b"abcdefghijklmnopqrst");
/// assert_eq!(*secret.to_grouped(), "MFRG GZDF MZTW Q2LK NNWG 23TP OBYX E43U");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// # Ok::<(), slotwerk_totp::SecretError>(())
/// ```
pub struct Secret(Zeroizing<Vec<u8>>);

/// Bytes or text that are no secret. No variant carries any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Fewer than 16 bytes.
    #[error("a secret of {bytes} bytes is too short: 16 to 64")]
    TooShort {
        /// How many bytes there were.
        bytes: usize,
    },
    /// More than 64 bytes.
    #[error("a secret of {bytes} bytes is too long: 16 to 64")]
    TooLong {
        /// How many bytes there were.
        bytes: usize,
    },
    /// A text of more than 256 bytes, refused unread.
    #[error("a Base32 text of {bytes} bytes is too long: at most 256")]
    TextTooLong {
        /// How many bytes the text had.
        bytes: usize,
    },
    /// A character outside the Base32 alphabet of RFC 4648 §6.
    #[error("character {position} is not a Base32 symbol")]
    Symbol {
        /// Its place in the text, in characters from 1.
        position: usize,
    },
    /// A text that no encoder writes: symbols are missing, or the unused last bits are set.
    #[error("the Base32 text is incomplete or not in canonical form")]
    NotCanonical,
}

impl Secret {
    const MIN_BYTES: usize = 16;
    const MAX_BYTES: usize = 64;
    const MAX_TEXT: usize = 256;
    const GROUP: usize = 4;

    /// A new secret of the size to issue, from 20 bytes of a cryptographic random generator. Wipe those.
    #[must_use]
    pub fn from_entropy(entropy: &[u8; 20]) -> Self {
        Self(Zeroizing::new(entropy.to_vec()))
    }

    /// A secret that was issued before, 16 to 64 bytes.
    ///
    /// # Errors
    ///
    /// [`SecretError::TooShort`] or [`SecretError::TooLong`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        match bytes.len() {
            bytes @ ..Self::MIN_BYTES => Err(SecretError::TooShort { bytes }),
            Self::MIN_BYTES..=Self::MAX_BYTES => Ok(Self(Zeroizing::new(bytes.to_vec()))),
            bytes => Err(SecretError::TooLong { bytes }),
        }
    }

    /// Reads Base32 as people copy it: either case, white space and hyphens anywhere, with or
    /// without padding at the end.
    ///
    /// # Errors
    ///
    /// [`SecretError`] says what is wrong and where, never with which character.
    pub fn from_base32(text: &str) -> Result<Self, SecretError> {
        Self::check_text(text)?;
        let body = text.trim_end_matches(|c: char| c.is_whitespace() || c == '=');
        Self::decode(body, |c| c.is_whitespace() || c == '-')
    }

    /// Reads unpadded Base32 with nothing in between, as an `otpauth` URI has it.
    pub(crate) fn from_bare_base32(text: &str) -> Result<Self, SecretError> {
        Self::check_text(text)?;
        Self::decode(text, |_| false)
    }

    /// The bytes. Whoever has them can compute every code.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Unpadded upper-case Base32 (RFC 4648 §6), 26 to 103 symbols.
    #[must_use]
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(RFC4648_NOPAD.encode(&self.0))
    }

    /// The same in groups of four, for typing over: `MFRG GZDF …`.
    #[must_use]
    pub fn to_grouped(&self) -> Zeroizing<String> {
        let symbols = self.to_base32();
        // Reserved at once: growing would leave copies of the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(symbols.len() * 5 / 4 + 1));
        for (place, symbol) in symbols.chars().enumerate() {
            if place > 0 && place % Self::GROUP == 0 {
                text.push(' ');
            }
            text.push(symbol);
        }
        text
    }

    fn check_text(text: &str) -> Result<(), SecretError> {
        match text.len() {
            ..=Self::MAX_TEXT => Ok(()),
            bytes => Err(SecretError::TextTooLong { bytes }),
        }
    }

    fn decode(text: &str, skip: impl Fn(char) -> bool) -> Result<Self, SecretError> {
        let mut symbols = Zeroizing::new(String::with_capacity(text.len()));
        for (place, character) in text.chars().enumerate() {
            match character.to_ascii_uppercase() {
                symbol @ ('A'..='Z' | '2'..='7') => symbols.push(symbol),
                other if skip(other) => {}
                _ => {
                    return Err(SecretError::Symbol {
                        position: place + 1,
                    });
                }
            }
        }
        // All symbols are in the alphabet, so that only the length can be at fault.
        let decoded = RFC4648_NOPAD.decode(&symbols);
        let bytes = Zeroizing::new(decoded.map_err(|_| SecretError::NotCanonical)?);
        let secret = Self::from_bytes(&bytes)?;
        // The decoder ignores the unused bits of the last symbol, so that up to sixteen texts would
        // mean the same secret.
        let canonical = secret.to_base32();
        match bool::from(canonical.as_bytes().ct_eq(symbols.as_bytes())) {
            true => Ok(secret),
            false => Err(SecretError::NotCanonical),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The operating system gave no random bytes.
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the operating system gave no random bytes")]
pub struct EntropyError;

#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
impl Secret {
    /// A new secret of 20 bytes from the operating system's random generator.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] when the operating system has none to give; there is no fallback.
    pub fn generate() -> Result<Self, EntropyError> {
        use rand::TryRng as _;
        let mut entropy = Zeroizing::new([0; 20]);
        rand::rngs::SysRng
            .try_fill_bytes(entropy.as_mut_slice())
            .map_err(|_| EntropyError)?;
        Ok(Self(Zeroizing::new(entropy.to_vec())))
    }
}
