//! Key ids and master keys.

use std::fmt;

use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize as _, Zeroizing};

/// The public name of a key, carried in every value made under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u16);

impl KeyId {
    /// Any number will do; what counts is that a ring never uses one twice.
    pub const fn new(id: u16) -> Self {
        Self(id)
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// 32 secret bytes from which all other keys are derived. Wiped on drop.
///
/// There is no way to read the bytes back from a key; only [`KeyRing::to_text`] writes them.
///
/// [`KeyRing::to_text`]: crate::KeyRing::to_text
// Behind a pointer, so that moving a key or growing a list of keys leaves no copy in freed memory.
pub struct MasterKey(Box<Zeroizing<[u8; 32]>>);

impl MasterKey {
    /// Takes 32 bytes that must come from a cryptographic random generator: not a password, not a
    /// phrase, not a hash of one. ([`KeyRing::parse`](crate::KeyRing::parse) refuses 32 zero bytes.)
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let mut key = Self::zeroed();
        key.0.copy_from_slice(&bytes);
        bytes.zeroize();
        key
    }

    /// Draws a key from the operating system.
    ///
    /// # Errors
    ///
    /// [`EntropyError`](crate::EntropyError) when the operating system has no random bytes to give;
    /// there is no fallback.
    #[cfg(feature = "rand")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
    pub fn generate() -> Result<Self, crate::EntropyError> {
        use rand::TryRng as _;
        let mut key = Self::zeroed();
        rand::rngs::SysRng
            .try_fill_bytes(key.0.as_mut_slice())
            .map_err(|_| crate::EntropyError)?;
        Ok(key)
    }

    pub(crate) fn zeroed() -> Self {
        Self(Box::new(Zeroizing::new([0; 32])))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; 32] {
        &mut self.0
    }

    pub(crate) fn same_as(&self, other: &Self) -> Choice {
        self.bytes().ct_eq(other.bytes())
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.bytes().ct_eq(&[0; 32]).into()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}
