//! Tags under a derived key.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::optimization_barrier;

use crate::derive::{hmac, update_prefixed};
use crate::error::MacMismatch;
use crate::ring::KeyRing;

/// A key for one purpose of one tenant, which makes and checks HMAC-SHA-256 tags. Wiped on drop.
///
/// It borrows the ring. Changing a ring takes the ring by value, so no derived key outlives a
/// revocation: this does not compile.
///
/// ```compile_fail,E0505
/// # use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope};
/// let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
/// let ring = ring.rotate(KeyId::new(2), MasterKey::from_bytes([0x22; 32]))?;
/// let held = ring.derive(KeyId::new(1), &Scope::new("invoice-link", "tenant-a"))?;
/// let ring = ring.revoke(KeyId::new(1))?; // `ring` is borrowed by `held`
/// held.mac(&[b"2026-17"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DerivedKey<'ring> {
    key: Arc<Keyed>,
    ring: PhantomData<&'ring KeyRing>,
}

/// HMAC-SHA-256 with its key taken in, which is half the work of a short tag.
pub(crate) struct Keyed(pub(crate) Hmac<Sha256>);

impl Keyed {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(hmac(key))
    }
}

impl<'ring> DerivedKey<'ring> {
    pub(crate) fn of(_: &'ring KeyRing, key: Arc<Keyed>) -> Self {
        Self {
            key,
            ring: PhantomData,
        }
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
        let mut mac = self.key.0.clone();
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

impl fmt::Debug for DerivedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey(..)")
    }
}
