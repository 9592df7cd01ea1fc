//! From a master key and a scope to a key for one purpose of one tenant.

use hmac::{Hmac, Mac as _, digest::generic_array::GenericArray};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::key::MasterKey;

/// Label of keys that make tags.
pub(crate) const MAC_LABEL: &str = "slotwerk/keys/v1/mac";
/// Label of keys that seal values, so that no key serves two algorithms.
pub(crate) const SEAL_LABEL: &str = "slotwerk/keys/v1/seal";

/// What a derived key is for, and whose it is.
///
/// Two scopes give the same key exactly when both their purposes and their tenants are equal, byte
/// for byte: `("a", "bc")` and `("ab", "c")` are different scopes. Any text will do, the empty text
/// included, so a service with one tenant may use `""`.
///
/// ```
/// # use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope};
/// let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
/// let (_, key) = ring.derive_active(&Scope::new("invoice-link", "tenant-a"));
/// let (_, other) = ring.derive_active(&Scope::new("invoice-link", "tenant-b"));
/// assert!(other.verify_mac(&[b"2026-17"], &key.mac(&[b"2026-17"])).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    purpose: &'a str,
    tenant: &'a str,
}

impl<'a> Scope<'a> {
    /// `purpose` is a name that the program chooses, `tenant` the opaque id of a tenant.
    pub const fn new(purpose: &'a str, tenant: &'a str) -> Self {
        Self { purpose, tenant }
    }

    /// What the key is for.
    pub const fn purpose(&self) -> &'a str {
        self.purpose
    }

    /// Whose key it is.
    pub const fn tenant(&self) -> &'a str {
        self.tenant
    }
}

/// HKDF-SHA-256 (RFC 5869) with L = 32.
///
/// One block of output is one HMAC, so §2.2 and §2.3 are written out here: that has no error case to
/// invent an answer for, and lets the pseudorandom key be wiped. `tests/known_answers.rs` holds it
/// against the `hkdf` crate and against Python.
pub(crate) fn derive(label: &str, master: &MasterKey, scope: &Scope<'_>) -> Zeroizing<[u8; 32]> {
    let mut extract = hmac(&[0; 32]);
    extract.update(master.bytes());
    let pseudorandom_key = finish(extract);

    let mut expand = hmac(&pseudorandom_key);
    for part in [label, scope.purpose, scope.tenant] {
        update_prefixed(&mut expand, part.as_bytes());
    }
    expand.update(&[1]);
    finish(expand)
}

/// HMAC-SHA-256 under a 32-byte key. RFC 2104 fills a short key with zeros up to the block, which is
/// done here so that the key has the one length that cannot be refused.
pub(crate) fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::new(GenericArray::from_slice(block.as_slice()))
}

/// Feeds `bytes` after their length, so that no two lists of parts give the same input.
pub(crate) fn update_prefixed(mac: &mut Hmac<Sha256>, bytes: &[u8]) {
    mac.update(&(bytes.len() as u64).to_be_bytes());
    mac.update(bytes);
}

fn finish(mac: Hmac<Sha256>) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(mac.finalize().into_bytes().into())
}
