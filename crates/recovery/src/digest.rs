//! What the store keeps of a code.

use crate::RecoveryCode;
use core::fmt;
use slotwerk_keys::{DerivedKey, KeyRing, Scope};

/// The purpose in the key derivation. Changing it would make every stored digest worthless.
const PURPOSE: &str = "recovery-code";

/// A keyed digest of one code of one account: 32 bytes, to be stored and looked up.
///
/// It is compared by plain equality, as a database does. Only the holder of the key can compute
/// digests, so how far two of them agree teaches a guesser nothing about the code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest that was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The start of it, to tell rows apart.
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "Digest({a:02x}{b:02x}{c:02x}{d:02x}..)")
    }
}

impl RecoveryCode {
    /// The digest under the active key of the ring: the one to store.
    ///
    /// `account` is the opaque id of the account, never reused for another.
    #[must_use]
    pub fn digest(&self, ring: &KeyRing, tenant: &str, account: &str) -> Digest {
        let (_, key) = ring.derive_active(&Scope::new(PURPOSE, tenant));
        self.digest_under(&key, account)
    }

    /// The digests under every usable key, active first: the ones to look up, since the code may have
    /// been stored before a rotation. Never empty, and no longer than the ring.
    #[must_use]
    pub fn digests(&self, ring: &KeyRing, tenant: &str, account: &str) -> Vec<Digest> {
        let scope = Scope::new(PURPOSE, tenant);
        ring.usable()
            .filter_map(|id| ring.derive(id, &scope).ok())
            .map(|key| self.digest_under(&key, account))
            .collect()
    }

    fn digest_under(&self, key: &DerivedKey, account: &str) -> Digest {
        Digest(key.mac(&[account.as_bytes(), &self.symbols()]))
    }
}
