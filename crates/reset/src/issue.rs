//! Making a token that the store will know.

use slotwerk_keys::KeyRing;
use zeroize::Zeroizing;

use crate::error::IssueError;
use crate::lifetime::Lifetime;
use crate::scope::{MAX_TENANT, TokenScope};
use crate::token::{SelectorHash, Token};
use crate::wire;

/// A new token, and what to remember of it.
#[non_exhaustive]
#[derive(Debug)]
pub struct Issued {
    /// To be mailed, and then forgotten.
    pub token: Token,
    /// To be stored with the account that it is for.
    pub selector_hash: SelectorHash,
    /// The first second, since the Unix epoch, at which the token is dead.
    pub expires_at: u64,
}

/// Makes a token for `scope` under the ring's active key.
///
/// `now` is in seconds since the Unix epoch; the validity begins with it, so issue when the mail is
/// about to go out. `selector` is 16 fresh random bytes; two tokens with one selector would be one row.
///
/// # Errors
///
/// [`IssueError`] when the tenant or, for this purpose, the lifetime is too long, or the expiry does not
/// fit.
pub fn issue(
    ring: &KeyRing,
    scope: &TokenScope<'_>,
    now: u64,
    lifetime: Lifetime,
    selector: [u8; 16],
) -> Result<Issued, IssueError> {
    let selector = Zeroizing::new(selector);
    if scope.tenant.len() > MAX_TENANT {
        return Err(IssueError::TenantTooLong);
    }
    let expires_at = lifetime.expiry(scope.purpose, now)?;
    Ok(Issued {
        token: wire::write(ring, &wire::STORED, scope, expires_at, &selector),
        selector_hash: SelectorHash::of(&selector),
        expires_at,
    })
}

/// Draws 16 bytes for [`issue`] from the operating system.
///
/// # Errors
///
/// [`EntropyError`](crate::EntropyError) when it has none to give; there is no fallback.
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub fn generate_selector() -> Result<[u8; 16], crate::EntropyError> {
    use rand::TryRng as _;
    let mut selector = [0; 16];
    rand::rngs::SysRng
        .try_fill_bytes(&mut selector)
        .map_err(|_| crate::EntropyError)?;
    Ok(selector)
}
