//! Sealing at rest: XChaCha20-Poly1305, bound to scope and subject.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::derive::{SEAL_LABEL, Scope, derive};
use crate::error::{OpenError, ResealError, SealError};
use crate::key::{KeyId, MasterKey};
use crate::ring::KeyRing;

/// How long a value to seal may be, in bytes: 1 MiB.
pub const MAX_PLAINTEXT: usize = 1024 * 1024;
/// How long a subject may be, in bytes: 1 KiB.
pub const MAX_SUBJECT: usize = 1024;
/// How many bytes longer than the plaintext a sealed value is: version 1, key id 2, nonce 24, tag 16.
pub const SEALED_OVERHEAD: usize = 1 + 2 + NONCE_LENGTH + TAG_LENGTH;

const VERSION: u8 = 1;
const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;

impl KeyRing {
    /// Encrypts `plaintext` under the active key, for `scope` and `subject` alone.
    ///
    /// `subject` says whose value it is, for instance an account id or the primary key of the row: a
    /// value copied to another subject's row does not open there. `nonce` must be 24 fresh random
    /// bytes for every call; at that length random nonces do not repeat in practice.
    ///
    /// # Errors
    ///
    /// [`SealError`] for a plaintext over [`MAX_PLAINTEXT`] or a subject over [`MAX_SUBJECT`].
    pub fn seal(
        &self,
        scope: &Scope<'_>,
        subject: &[u8],
        nonce: [u8; 24],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        if plaintext.len() > MAX_PLAINTEXT {
            return Err(SealError::TooLong);
        }
        if subject.len() > MAX_SUBJECT {
            return Err(SealError::SubjectTooLong);
        }
        let (id, master) = self.active_master();
        let payload = Payload {
            msg: plaintext,
            aad: &associated_data(id, subject),
        };
        let ciphertext = cipher(master, scope)
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| SealError::TooLong)?;

        let mut sealed = Vec::with_capacity(SEALED_OVERHEAD + plaintext.len());
        sealed.extend_from_slice(&header(id));
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Decrypts what [`seal`](Self::seal) made for the same `scope` and `subject`, under the key that
    /// it names, active or retired.
    ///
    /// A value under a key other than [`active`](Self::active) is best sealed again with
    /// [`reseal`](Self::reseal), so that the old key can be revoked one day.
    ///
    /// # Errors
    ///
    /// [`OpenError`]. A value that was changed in any bit is refused before anything is decrypted.
    pub fn open(
        &self,
        scope: &Scope<'_>,
        subject: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if subject.len() > MAX_SUBJECT {
            return Err(OpenError::Malformed);
        }
        let (id, nonce, ciphertext) = split(sealed).ok_or(OpenError::Malformed)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &associated_data(id, subject),
        };
        cipher(self.master(id)?, scope)
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Forged)
    }

    /// Moves a sealed value to the active key: opens it under the key that it names, and seals the same
    /// plaintext for the same `scope` and `subject`. `None` when it is under the active key already.
    ///
    /// Either way the value was opened, so that going through a table with this also shows which rows
    /// the ring cannot open, before the old key is revoked. `nonce` must be 24 fresh random bytes for
    /// every call, as for [`seal`](Self::seal); it goes unused with `None`. Write the new value only
    /// where the old one still stands, so that an update in between is not undone.
    ///
    /// ```
    /// # use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope};
    /// let (scope, subject) = (Scope::new("totp-secret", "tenant-a"), b"account-7");
    /// let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32])); // use random bytes
    /// let row = ring.seal(&scope, subject, [0x5a; 24], b"the secret")?; // a fresh nonce each time
    ///
    /// let ring = ring.rotate(KeyId::new(2), MasterKey::from_bytes([0x22; 32]))?;
    /// let moved = ring.reseal(&scope, subject, [0x5b; 24], &row)?.ok_or("already there")?;
    /// assert_eq!(ring.reseal(&scope, subject, [0x5c; 24], &moved)?, None);
    ///
    /// let ring = ring.revoke(KeyId::new(1))?;
    /// assert_eq!(*ring.open(&scope, subject, &moved)?, b"the secret");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResealError`], which names the key id of a lost, revoked or wrong key.
    pub fn reseal(
        &self,
        scope: &Scope<'_>,
        subject: &[u8],
        nonce: [u8; 24],
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, ResealError> {
        let id = Self::sealed_under(sealed).ok_or(ResealError::Malformed)?;
        let plaintext = self
            .open(scope, subject, sealed)
            .map_err(|error| match error {
                OpenError::Malformed => ResealError::Malformed,
                OpenError::Key(fault) => ResealError::Key(fault),
                OpenError::Forged => ResealError::WrongKey(id),
            })?;
        if id == self.active() {
            return Ok(None);
        }
        // What opened is within the bounds of what can be sealed.
        self.seal(scope, subject, nonce, &plaintext)
            .map(Some)
            .map_err(|_| ResealError::Malformed)
    }

    /// The key id that a sealed value names, or `None` when it is no sealed value. Not authenticated:
    /// good for choosing what to seal again, not for trusting anything.
    pub fn sealed_under(sealed: &[u8]) -> Option<KeyId> {
        split(sealed).map(|(id, _, _)| id)
    }
}

/// Draws 24 bytes for [`KeyRing::seal`] from the operating system.
///
/// # Errors
///
/// [`EntropyError`](crate::EntropyError) when it has none to give; there is no fallback.
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub fn generate_nonce() -> Result<[u8; 24], crate::EntropyError> {
    use rand::TryRng as _;
    let mut nonce = [0; 24];
    rand::rngs::SysRng
        .try_fill_bytes(&mut nonce)
        .map_err(|_| crate::EntropyError)?;
    Ok(nonce)
}

fn cipher(master: &MasterKey, scope: &Scope<'_>) -> XChaCha20Poly1305 {
    let key = derive(SEAL_LABEL, master, scope);
    XChaCha20Poly1305::new(key.as_slice().into())
}

fn header(id: KeyId) -> [u8; 3] {
    let [high, low] = id.get().to_be_bytes();
    [VERSION, high, low]
}

/// The header has one length, so the subject needs no prefix.
fn associated_data(id: KeyId, subject: &[u8]) -> Vec<u8> {
    [&header(id), subject].concat()
}

fn split(sealed: &[u8]) -> Option<(KeyId, &[u8; NONCE_LENGTH], &[u8])> {
    if sealed.len() > SEALED_OVERHEAD + MAX_PLAINTEXT {
        return None;
    }
    let (&[version, high, low], rest) = sealed.split_first_chunk::<3>()?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LENGTH>()?;
    if version != VERSION || ciphertext.len() < TAG_LENGTH {
        return None;
    }
    let id = KeyId::new(u16::from_be_bytes([high, low]));
    Some((id, nonce, ciphertext))
}
