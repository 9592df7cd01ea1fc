//! The ten codes that are issued together.

use crate::RecoveryCode;
use core::fmt;
use thiserror::Error;

/// Ten different codes, shown to the person once.
pub struct CodeSet(Vec<RecoveryCode>);

/// Two codes of a set are equal: by chance about once in 10²², so the random generator is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("two recovery codes of one set are equal: the entropy is not random")]
pub struct DuplicateCode;

impl CodeSet {
    /// The number of codes in a set.
    pub const CODES: usize = 10;

    /// Ten codes of ten bytes each, from 100 bytes of a cryptographic random generator.
    ///
    /// # Errors
    ///
    /// [`DuplicateCode`] when two of them are equal.
    pub fn from_entropy(entropy: &[u8; 100]) -> Result<Self, DuplicateCode> {
        let (chunks, _) = entropy.as_chunks::<10>();
        let mut rest = chunks;
        while let Some((first, others)) = rest.split_first() {
            if others.contains(first) {
                return Err(DuplicateCode);
            }
            rest = others;
        }
        Ok(Self(chunks.iter().map(RecoveryCode::from_bits).collect()))
    }

    /// The codes, to show.
    #[must_use]
    pub fn codes(&self) -> &[RecoveryCode] {
        &self.0
    }
}

impl fmt::Debug for CodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeSet(..)")
    }
}

/// No set could be generated. Do not go on without one.
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Entropy,
    /// The operating system's random bytes repeat themselves.
    #[error(transparent)]
    Duplicate(#[from] DuplicateCode),
}

#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
impl CodeSet {
    /// Ten codes from the operating system's random generator.
    ///
    /// # Errors
    ///
    /// [`GenerateError`] when it has no bytes to give or gives the same ones again; there is no
    /// fallback.
    pub fn generate() -> Result<Self, GenerateError> {
        use rand::TryRng as _;
        let mut entropy = zeroize::Zeroizing::new([0; 100]);
        rand::rngs::SysRng
            .try_fill_bytes(entropy.as_mut_slice())
            .map_err(|_| GenerateError::Entropy)?;
        Ok(Self::from_entropy(&entropy)?)
    }
}
