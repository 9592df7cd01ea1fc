//! Checking a token, before any look-up.

use slotwerk_keys::{KeyId, KeyRing};

use crate::error::{Refused, WrongProof};
use crate::lifetime::check_expiry;
use crate::scope::{Purpose, TokenScope};
use crate::token::SelectorHash;
use crate::wire;

/// Proof that a token is genuine, that it is for one purpose of one tenant, and that it had not expired.
/// Only [`inspect`] makes one. It does not say that the token is unused: the store decides that.
///
/// ```compile_fail,E0451
/// # use slotwerk_reset::*;
/// fn forge(proof: Verified) -> Verified {
///     Verified { purpose: Purpose::PASSWORD_RESET, ..proof }
/// }
/// ```
#[must_use]
#[derive(Debug)]
pub struct Verified {
    key_id: KeyId,
    purpose: Purpose,
    tenant: Box<str>,
    expires_at: u64,
    selector_hash: SelectorHash,
}

impl Verified {
    /// The hash to look up, if the token was verified for this purpose of this tenant. Ask at the place that
    /// acts on it: a proof of one purpose does nothing for another.
    ///
    /// # Errors
    ///
    /// [`WrongProof`] for every other purpose or tenant.
    ///
    /// ```
    /// # use slotwerk_keys::{KeyId, KeyRing, MasterKey};
    /// # use slotwerk_reset::*;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
    /// # let lifetime = Lifetime::new(std::time::Duration::from_secs(3600))?;
    /// # let now = 1_790_000_000;
    /// let confirm = TokenScope::new(Purpose::CONFIRM_ADDRESS, "tenant-a");
    /// let reset = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");
    /// let issued = issue(&ring, &confirm, now, lifetime, [0x5a; 16])?;
    /// let proof = inspect(&ring, &confirm, issued.token.expose(), now)?;
    /// assert_eq!(proof.selector_hash_for(&confirm), Ok(issued.selector_hash));
    /// assert_eq!(proof.selector_hash_for(&reset), Err(WrongProof));
    /// # Ok(()) }
    /// ```
    pub fn selector_hash_for(&self, scope: &TokenScope<'_>) -> Result<SelectorHash, WrongProof> {
        if self.purpose == scope.purpose && *self.tenant == *scope.tenant {
            Ok(self.selector_hash)
        } else {
            Err(WrongProof)
        }
    }

    /// The first second, since the Unix epoch, at which the token is invalid.
    pub fn expires_at(&self) -> u64 {
        self.expires_at
    }

    /// The key it was made under.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The purpose it was verified for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The tenant it was verified for.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }
}

/// Checks what somebody presented as a token for `scope`, at `now` in seconds since the Unix epoch.
///
/// Pure: no look-up happens for a forged or expired token, and calling it uses nothing up. A token is
/// invalid *at* its expiry, and while its expiry lies further ahead than a right clock could have put it.
/// Input of any length is fine; nothing is allocated in proportion to it.
///
/// Reads the one spelling of a token. A link from a mail goes through
/// [`Token::from_pasted`](crate::Token::from_pasted) first.
///
/// # Errors
///
/// [`Refused`], which reads the same for every reason.
pub fn inspect(
    ring: &KeyRing,
    scope: &TokenScope<'_>,
    presented: &str,
    now: u64,
) -> Result<Verified, Refused> {
    let opened = wire::read(ring, &wire::STORED, scope, presented).map_err(Refused::new)?;
    check_expiry(scope.purpose, opened.expires_at, now).map_err(Refused::new)?;
    Ok(Verified {
        key_id: opened.key_id,
        purpose: scope.purpose,
        tenant: scope.tenant.into(),
        expires_at: opened.expires_at,
        selector_hash: SelectorHash::of(&opened.selector),
    })
}
