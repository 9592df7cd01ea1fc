//! The small pieces that the texts of stored hashes are made of.

use std::ops::RangeInclusive;

use base64ct::Encoding;
use zeroize::Zeroizing;

/// The most bytes of a salt and of an output.
pub(crate) const MAX_FIELD: usize = 64;

/// A short byte string in place: reading one allocates nothing.
#[derive(Clone)]
pub(crate) struct Field {
    buffer: Zeroizing<[u8; MAX_FIELD]>,
    len: usize,
}

impl Field {
    /// Canonical text of the alphabet `E` only: one spelling a byte string.
    pub(crate) fn decode<E: Encoding>(text: &str, lengths: RangeInclusive<usize>) -> Option<Self> {
        let mut buffer = Zeroizing::new([0; MAX_FIELD]);
        let len = E::decode(text, buffer.as_mut_slice()).ok()?.len();
        lengths.contains(&len).then_some(Self { buffer, len })
    }

    pub(crate) fn copy(bytes: &[u8], lengths: RangeInclusive<usize>) -> Option<Self> {
        let mut buffer = Zeroizing::new([0; MAX_FIELD]);
        buffer.get_mut(..bytes.len())?.copy_from_slice(bytes);
        lengths.contains(&bytes.len()).then_some(Self {
            buffer,
            len: bytes.len(),
        })
    }

    /// A salt that is used as the characters it is written in: Django's.
    #[cfg(any(feature = "pbkdf2", feature = "scrypt"))]
    pub(crate) fn characters(text: &str) -> Option<Self> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if printable {
            Self::copy(text.as_bytes(), 4..=MAX_FIELD)
        } else {
            None
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

/// One spelling a number: no sign, no leading zero. (`u32::from_str` takes both.)
pub(crate) fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// Argon2's `m=…,t=…,p=…`.
pub(crate) fn argon2_costs(text: &str) -> Option<(u32, u32, u32)> {
    let (m, rest) = text.strip_prefix("m=")?.split_once(",t=")?;
    let (t, p) = rest.split_once(",p=")?;
    Some((decimal(m)?, decimal(t)?, decimal(p)?))
}
