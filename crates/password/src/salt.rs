//! A fresh salt from the operating system.

use rand::TryRng;
use rand::rngs::SysRng;
use thiserror::Error;

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the operating system gave no random bytes")]
#[non_exhaustive]
pub struct EntropyError;

/// Sixteen random bytes for [`Hasher::hash`](crate::Hasher::hash) or
/// [`Hasher::verify`](crate::Hasher::verify).
///
/// # Errors
///
/// [`EntropyError`] when the operating system's generator fails; there is no fallback.
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub fn generate_salt() -> Result<[u8; 16], EntropyError> {
    let mut salt = [0; 16];
    SysRng.try_fill_bytes(&mut salt).map_err(|_| EntropyError)?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salts_differ() {
        let salts: std::collections::BTreeSet<_> =
            (0..64).map(|_| generate_salt().unwrap()).collect();
        assert_eq!(salts.len(), 64);
    }
}
