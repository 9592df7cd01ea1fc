//! What the store keeps of a code.

use crate::RecoveryCode;
use core::fmt;
use slotwerk_keys::{DerivedKey, KeyRing, Scope};

/// The purpose in the key derivation of digests without slow hashing.
const UNSTRETCHED: &str = "recovery-code";

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
    /// The digests to look up for a set that was stored before codes were hashed slowly: HMAC-SHA-256 over
    /// the code itself, under every usable key, active first.
    ///
    /// Only for such sets. Nothing makes new ones: store [`StretchedCode::digest`](crate::StretchedCode::digest).
    #[must_use]
    pub fn unstretched_digests(&self, ring: &KeyRing, tenant: &str, account: &str) -> Vec<Digest> {
        let scope = Scope::new(UNSTRETCHED, tenant);
        digests_under(ring, &scope, account, &self.hash_input())
    }
}

/// The digests under every usable key, active first.
pub(crate) fn digests_under(
    ring: &KeyRing,
    scope: &Scope<'_>,
    account: &str,
    code: &[u8],
) -> Vec<Digest> {
    ring.usable()
        .filter_map(|id| ring.derive(id, scope).ok())
        .map(|key| digest_under(&key, account, code))
        .collect()
}

pub(crate) fn digest_under(key: &DerivedKey, account: &str, code: &[u8]) -> Digest {
    Digest(key.mac(&[account.as_bytes(), code]))
}
