//! A pepper over a key ring.

use slotwerk_keys::{KeyId, KeyRing, OpenError, Scope};
use zeroize::Zeroizing;

use super::{Owner, Pepper, PepperFault, PepperKeyId};

/// Fresh random bytes for one wrapping; `None` when there are none to be had.
type Nonces = Box<dyn Fn() -> Option<[u8; 24]> + Send + Sync>;

/// The pepper as a key ring in the memory of the process: XChaCha20-Poly1305 under a key derived
/// for this purpose and the owner's tenant, with the account as associated data.
///
/// Use a ring of its own, or the service's: the purpose `password-pepper` keeps its keys apart. A
/// key is rotated by [`KeyRing::rotate`]; hashes under the retired one still open, and are wrapped
/// anew at sign-in or by [`PasswordHash::rewrap`](crate::PasswordHash::rewrap). Revoke it when
/// none is left: what is under a revoked key is lost.
///
/// ```
/// use slotwerk_keys::{KeyId, KeyRing, MasterKey};
/// use slotwerk_password::{Hasher, Owner, Password, RingPepper, Verification};
/// use std::sync::Arc;
///
/// let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32])); // use random bytes
/// let nonces = || Some([0x22; 24]); // and here; feature `rand` has `RingPepper::new`
/// let pepper = RingPepper::with_nonces(ring, nonces);
/// let hasher = Hasher::builder().workers(1).pepper(Arc::new(pepper)).build()?;
///
/// let anna = hasher.owned_by(Owner::new("tenant", "anna"));
/// let stored = anna.hash_blocking(Password::new("correct horse")?, [0x5a; 16])?;
/// assert!(stored.as_str().starts_with("$slotwerk-pepper$v=1$k=1$"));
/// let verdict = anna.verify_blocking(Password::new("correct horse")?, &stored, [0x5b; 16])?;
/// assert!(matches!(verdict, Verification::Verified { .. }));
///
/// let bert = hasher.owned_by(Owner::new("tenant", "bert"));
/// assert!(bert.verify_blocking(Password::new("correct horse")?, &stored, [0x5b; 16]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RingPepper {
    ring: KeyRing,
    nonces: Nonces,
}

impl RingPepper {
    /// The purpose that the keys are derived for.
    pub const PURPOSE: &str = "password-pepper";

    /// With nonces from the operating system.
    #[cfg(feature = "rand")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
    #[must_use]
    pub fn new(ring: KeyRing) -> Self {
        use rand::TryRng as _;
        Self::with_nonces(ring, || {
            let mut nonce = [0; 24];
            rand::rngs::SysRng
                .try_fill_bytes(&mut nonce)
                .is_ok()
                .then_some(nonce)
        })
    }

    /// With nonces from elsewhere: 24 fresh random bytes at every call, or `None`, and then
    /// nothing is wrapped.
    #[must_use]
    pub fn with_nonces(
        ring: KeyRing,
        nonces: impl Fn() -> Option<[u8; 24]> + Send + Sync + 'static,
    ) -> Self {
        Self {
            ring,
            nonces: Box::new(nonces),
        }
    }
}

impl std::fmt::Debug for RingPepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RingPepper")
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

impl Pepper for RingPepper {
    fn active(&self) -> PepperKeyId {
        PepperKeyId::new(self.ring.active().get().into())
    }

    fn wrap(&self, hash: &[u8], owner: &Owner) -> Result<(PepperKeyId, Vec<u8>), PepperFault> {
        let nonce = (self.nonces)().ok_or(PepperFault::Unavailable)?;
        let scope = Scope::new(Self::PURPOSE, owner.tenant());
        let sealed = self
            .ring
            .seal(&scope, owner.account().as_bytes(), nonce, hash)
            .map_err(|_| PepperFault::Unavailable)?;
        Ok((self.active(), sealed))
    }

    fn unwrap(
        &self,
        key: PepperKeyId,
        wrapped: &[u8],
        owner: &Owner,
    ) -> Result<Zeroizing<Vec<u8>>, PepperFault> {
        // The sealed bytes name their key, too, and that is the one that is authenticated.
        let named = KeyRing::sealed_under(wrapped).map(KeyId::get);
        if named.map(u32::from) != Some(key.get()) {
            return Err(PepperFault::NotAuthentic);
        }
        let scope = Scope::new(Self::PURPOSE, owner.tenant());
        self.ring
            .open(&scope, owner.account().as_bytes(), wrapped)
            .map_err(|error| match error {
                OpenError::Key(_) => PepperFault::UnknownKey,
                _ => PepperFault::NotAuthentic,
            })
    }
}
