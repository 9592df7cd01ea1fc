//! Naming an account in a link without showing its id: for storeless tokens, which do not name it.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use slotwerk_keys::{KeyRing, OpenError, SEALED_OVERHEAD, Scope};

use crate::error::{IssueError, Reason, Refused};
use crate::pasted;
use crate::scope::{MAX_TENANT, TokenScope};
use crate::storeless::MAX_ACCOUNT;
use crate::wire::reason;

/// How long a handle may be, in ASCII characters: that of an account of [`MAX_ACCOUNT`] bytes.
pub const MAX_HANDLE: usize = ((SEALED_OVERHEAD + MAX_ACCOUNT) * 4).div_ceil(3);

/// The purpose of the key is this and the token's.
const HANDLE_LABEL: &str = "slotwerk/reset/v1/account/";

/// An account's id, sealed for one purpose of one tenant, in unpadded base64url: a path segment for a
/// [`Link`](crate::Link).
///
/// It shows nothing of the id but its length, and no two handles of one account are alike. It allows
/// nothing by itself and does not expire.
#[derive(Clone)]
pub struct AccountHandle(String);

impl AccountHandle {
    /// Reads the handle in a link, without the line breaks that mail programs add to it: white space,
    /// zero-width characters and `=` are skipped. Nothing is opened: pass the [text](Self::as_str) on to
    /// [`open_account`].
    ///
    /// # Errors
    ///
    /// [`Refused`] as [`Reason::Malformed`] for any other character, and for text longer than
    /// [`MAX_PASTED`](crate::MAX_PASTED) or a handle longer than [`MAX_HANDLE`].
    pub fn from_pasted(presented: &str) -> Result<Self, Refused> {
        match pasted::read(presented, MAX_HANDLE) {
            Some((mut text, None)) => Ok(Self(std::mem::take(&mut *text))),
            _ => Err(Refused::new(Reason::Malformed)),
        }
    }

    /// The text, for the link.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountHandle(..)")
    }
}

/// Seals an account's id under the ring's active key. `nonce` is 24 fresh random bytes, as for
/// [`KeyRing::seal`].
///
/// ```
/// # use slotwerk_keys::{KeyId, KeyRing, MasterKey};
/// # use slotwerk_reset::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
/// # let lifetime = Lifetime::lasting(std::time::Duration::from_secs(30 * 86_400))?;
/// let scope = TokenScope::new(Purpose::NOT_ME, "tenant-a");
/// let credential = Credential { account: "account-7", epoch: 3 };
/// let token = issue_storeless(&ring, &scope, &credential, 1_790_000_000, lifetime, [0x5a; 16])?.token;
/// let handle = seal_account(&ring, &scope, "account-7", [0x5b; 24])?;
/// let link = LinkBuilder::new("https://example.org")?
///     .link(&["tenant-a", "not-me", handle.as_str()], &token)?;
///
/// let account = open_account(&ring, &scope, handle.as_str())?;
/// assert_eq!(account, "account-7"); // now look its epoch up, and inspect the token
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`IssueError::TenantTooLong`] or [`IssueError::AccountTooLong`].
pub fn seal_account(
    ring: &KeyRing,
    scope: &TokenScope<'_>,
    account: &str,
    nonce: [u8; 24],
) -> Result<AccountHandle, IssueError> {
    if scope.tenant.len() > MAX_TENANT {
        return Err(IssueError::TenantTooLong);
    }
    if account.len() > MAX_ACCOUNT {
        return Err(IssueError::AccountTooLong);
    }
    let purpose = key_purpose(scope);
    let sealed = ring
        .seal(
            &Scope::new(&purpose, scope.tenant),
            &[],
            nonce,
            account.as_bytes(),
        )
        .map_err(|_| IssueError::AccountTooLong)?;
    Ok(AccountHandle(Base64UrlUnpadded::encode_string(&sealed)))
}

/// The account behind a presented handle, if it was sealed for `scope`.
///
/// It says whose token to check, and nothing of who presents it: go on with
/// [`inspect_storeless`](crate::inspect_storeless).
///
/// # Errors
///
/// [`Refused`], as for a token: a handle whose key is missing names it by an id that anybody can write,
/// so it is no fault. [`Refused::reason`] tells [`Reason::UnknownKey`] and [`Reason::RevokedKey`] from
/// garbage.
pub fn open_account(
    ring: &KeyRing,
    scope: &TokenScope<'_>,
    presented: &str,
) -> Result<String, Refused> {
    open(ring, scope, presented).map_err(Refused::new)
}

fn open(ring: &KeyRing, scope: &TokenScope<'_>, presented: &str) -> Result<String, Reason> {
    if presented.len() > MAX_HANDLE || scope.tenant.len() > MAX_TENANT {
        return Err(Reason::Malformed);
    }
    // Refuses what another decoder might accept: padding, other alphabets, and set trailing bits.
    let sealed = Base64UrlUnpadded::decode_vec(presented).map_err(|_| Reason::Malformed)?;
    let purpose = key_purpose(scope);
    let account = ring
        .open(&Scope::new(&purpose, scope.tenant), &[], &sealed)
        .map_err(|error| match error {
            OpenError::Key(fault) => reason(fault),
            OpenError::Forged => Reason::Forged,
            _ => Reason::Malformed,
        })?;
    std::str::from_utf8(&account)
        .map(str::to_owned)
        .map_err(|_| Reason::Malformed)
}

fn key_purpose(scope: &TokenScope<'_>) -> String {
    format!("{HANDLE_LABEL}{}", scope.purpose.name())
}
