//! A code after slow hashing: what the digest is made of.

use crate::digest::{Digest, digest_under, digests_under};
use core::fmt;
use slotwerk_keys::{KeyRing, Scope};
use zeroize::Zeroizing;

/// The purpose in the key derivation. Changing it would make every stored digest worthless.
const PURPOSE: &str = "stretched-recovery-code";

/// The purpose of the key that decoy salts come from.
const DECOY: &str = "recovery-code-decoy-salt";

/// A code after a password hash such as Argon2id, wiped when dropped.
///
/// The caller hashes [`RecoveryCode::hash_input`](crate::RecoveryCode::hash_input) under the salt of the set
/// and hands the 32 bytes of output in. A code has 80 bits, and below 112 bits ASVS 5.0 (6.5.2) asks for a
/// password hash with a salt. This crate computes none, since it would need 19 MiB and a limit on how many
/// run at a time.
///
/// There is no comparison and no `Clone`; `Debug` shows nothing.
pub struct StretchedCode(Zeroizing<[u8; 32]>);

impl StretchedCode {
    /// The output of the password hash over [`RecoveryCode::hash_input`](crate::RecoveryCode::hash_input).
    #[must_use]
    pub const fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The digest under the active key of the ring: the one to store.
    ///
    /// `account` is the opaque id of the account, never reused for another.
    #[must_use]
    pub fn digest(&self, ring: &KeyRing, tenant: &str, account: &str) -> Digest {
        let (_, key) = ring.derive_active(&Scope::new(PURPOSE, tenant));
        digest_under(&key, account, self.0.as_slice())
    }

    /// The digests under every usable key, active first: the ones to look up, since the code may have
    /// been stored before a rotation. Never empty, and no longer than the ring.
    #[must_use]
    pub fn digests(&self, ring: &KeyRing, tenant: &str, account: &str) -> Vec<Digest> {
        let scope = Scope::new(PURPOSE, tenant);
        digests_under(ring, &scope, account, self.0.as_slice())
    }
}

impl fmt::Debug for StretchedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StretchedCode(..)")
    }
}

/// A salt for the password hash of an account that has no recovery codes, so that its refusal takes the
/// same work. The same account gets the same salt, under the same active key.
#[must_use]
pub fn decoy_salt(ring: &KeyRing, tenant: &str, account: &str) -> [u8; 16] {
    let (_, key) = ring.derive_active(&Scope::new(DECOY, tenant));
    let mut salt = [0; 16];
    for (byte, random) in salt.iter_mut().zip(key.mac(&[account.as_bytes()])) {
        *byte = random;
    }
    salt
}
