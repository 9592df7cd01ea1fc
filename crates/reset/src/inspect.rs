//! Checking a token, before any look-up.

use slotwerk_keys::{KeyId, KeyRing};

use crate::error::{Reason, Refused};
use crate::scope::{Purpose, TokenScope};
use crate::token::SelectorHash;
use crate::wire;

/// Proof that a token is genuine, meant for the scope it was inspected for, and not expired. Only
/// [`inspect`] makes one. It does not say that the token is unused: that is for the store.
#[must_use]
#[derive(Debug)]
pub struct Verified {
    key_id: KeyId,
    purpose: Purpose,
    expires_at: u64,
    selector_hash: SelectorHash,
}

impl Verified {
    /// What to look up.
    pub fn selector_hash(&self) -> SelectorHash {
        self.selector_hash
    }

    /// The first second, since the Unix epoch, at which the token is dead.
    pub fn expires_at(&self) -> u64 {
        self.expires_at
    }

    /// The key it was made under.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// What it allows.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }
}

/// Checks what somebody presented as a token for `scope`, at `now` in seconds since the Unix epoch.
///
/// Pure: no look-up happens for a forged or expired token, and calling it uses nothing up. A token is
/// dead *at* its expiry. Input of any length is fine; nothing is allocated in proportion to it.
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
    if now >= opened.expires_at {
        return Err(Refused::new(Reason::Expired));
    }
    Ok(Verified {
        key_id: opened.key_id,
        purpose: scope.purpose,
        expires_at: opened.expires_at,
        selector_hash: SelectorHash::of(&opened.selector),
    })
}
