//! Tags under a derived key.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::optimization_barrier;

use crate::derive::{hmac, update_prefixed};
use crate::error::MacMismatch;

/// A key for one purpose of one tenant, which makes and checks HMAC-SHA-256 tags. Wiped on drop.
pub struct DerivedKey(Arc<Keyed>);

/// HMAC-SHA-256 with its key taken in, which is half the work of a short tag.
struct Keyed(Hmac<Sha256>);

impl DerivedKey {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Arc::new(Keyed(hmac(key))))
    }

    /// The same key once more: for the ring, which keeps it.
    pub(crate) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// The tag of `parts`: HMAC-SHA-256 over each part after its length (64 bits, big-endian), so
    /// that `["ab", "c"]` and `["a", "bc"]` have different tags.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.feed(parts).finalize().into_bytes().into()
    }

    /// Whether `tag` is the tag of `parts`, compared in constant time.
    ///
    /// # Errors
    ///
    /// [`MacMismatch`] when it is not.
    pub fn verify_mac(&self, parts: &[&[u8]], tag: &[u8; 32]) -> Result<(), MacMismatch> {
        self.feed(parts).verify(tag.into()).map_err(|_| MacMismatch)
    }

    fn feed(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.0.clone();
        for part in parts {
            update_prefixed(&mut mac, part);
        }
        mac
    }
}

impl Drop for Keyed {
    /// The library's state does not wipe itself: it is overwritten with that of another key.
    fn drop(&mut self) {
        self.0 = hmac(&[0; 32]);
        optimization_barrier(&self.0);
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey(..)")
    }
}
