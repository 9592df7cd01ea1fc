//! Tokens without a table: bound to an account and the epoch of its credential.

use std::fmt;

use slotwerk_keys::{KeyId, KeyRing};
use zeroize::Zeroizing;

use crate::error::{IssueError, Reason, Refused, WrongProof};
use crate::lifetime::{Lifetime, check_expiry};
use crate::scope::{MAX_TENANT, Purpose, TokenScope};
use crate::token::Token;
use crate::wire::{self, Kind, STORELESS_LABEL};

/// How long an account's id may be, in bytes.
pub const MAX_ACCOUNT: usize = 255;

/// The credential that a storeless token is bound to.
///
/// The epoch must change whenever the credential does, in the same transaction: that is what makes
/// the token work once, and what kills its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credential<'a> {
    /// The opaque id of the account, at most [`MAX_ACCOUNT`] bytes.
    pub account: &'a str,
    /// A number that never returns to an earlier value.
    pub epoch: u64,
}

/// A new storeless token.
#[non_exhaustive]
#[derive(Debug)]
pub struct IssuedStoreless {
    /// To be mailed, in a link that also names the account, by its [handle](crate::seal_account): the
    /// token does not.
    pub token: Token,
    /// The first second, since the Unix epoch, at which the token is dead.
    pub expires_at: u64,
}

/// Proof that a token is genuine, that it had not expired, and that it is for one purpose of one tenant and
/// bound to one epoch of one account's credential. Only [`inspect_storeless`] makes one.
///
/// ```compile_fail,E0451
/// # use slotwerk_reset::*;
/// fn forge(proof: VerifiedStoreless) -> VerifiedStoreless {
///     VerifiedStoreless { purpose: Purpose::PASSWORD_RESET, ..proof }
/// }
/// ```
#[must_use]
pub struct VerifiedStoreless {
    key_id: KeyId,
    purpose: Purpose,
    tenant: Box<str>,
    account: Box<str>,
    epoch: u64,
    expires_at: u64,
}

impl VerifiedStoreless {
    /// The epoch that the credential must still have in the command that acts on this proof, if the token
    /// was verified for this purpose of this tenant and for this account.
    ///
    /// # Errors
    ///
    /// [`WrongProof`] for every other purpose, tenant or account. So the proof of a "this was not me" link
    /// sets no password.
    pub fn epoch_for(&self, scope: &TokenScope<'_>, account: &str) -> Result<u64, WrongProof> {
        if self.purpose == scope.purpose
            && *self.tenant == *scope.tenant
            && *self.account == *account
        {
            Ok(self.epoch)
        } else {
            Err(WrongProof)
        }
    }

    /// The purpose it was verified for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The tenant it was verified for.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The account it was verified for.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The first second, since the Unix epoch, at which the token is invalid.
    pub fn expires_at(&self) -> u64 {
        self.expires_at
    }

    /// The key it was made under.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }
}

impl fmt::Debug for VerifiedStoreless {
    /// Leaves the account out: links do not show it either.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedStoreless")
            .field("key_id", &self.key_id)
            .field("purpose", &self.purpose)
            .field("tenant", &self.tenant)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Makes a token that needs no row in a store.
///
/// Prefer [`issue`](crate::issue) where there is a store: here a leaked key alone is enough to forge
/// links for any account whose id and epoch are known, and links cannot be counted or listed.
/// `random` is 16 fresh random bytes; see [`issue`](crate::issue) for the rest.
///
/// ```
/// # use slotwerk_keys::{KeyId, KeyRing, MasterKey};
/// # use slotwerk_reset::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
/// # let lifetime = Lifetime::new(std::time::Duration::from_secs(3600))?;
/// let scope = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");
/// let before = Credential { account: "account-7", epoch: 3 };
/// let token = issue_storeless(&ring, &scope, &before, 1_790_000_000, lifetime, [0x5a; 16])?.token;
/// let proof = inspect_storeless(&ring, &scope, &before, token.expose(), 1_790_000_060)?;
/// assert_eq!(proof.epoch_for(&scope, "account-7"), Ok(3)); // guard the change with it
///
/// let after = Credential { epoch: 4, ..before }; // the password was changed
/// assert!(inspect_storeless(&ring, &scope, &after, token.expose(), 1_790_000_060).is_err());
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`IssueError`] when tenant, account or, for this purpose, the lifetime is too long, or the expiry does
/// not fit.
pub fn issue_storeless(
    ring: &KeyRing,
    scope: &TokenScope<'_>,
    credential: &Credential<'_>,
    now: u64,
    lifetime: Lifetime,
    random: [u8; 16],
) -> Result<IssuedStoreless, IssueError> {
    let random = Zeroizing::new(random);
    if scope.tenant.len() > MAX_TENANT {
        return Err(IssueError::TenantTooLong);
    }
    if credential.account.len() > MAX_ACCOUNT {
        return Err(IssueError::AccountTooLong);
    }
    let expires_at = lifetime.expiry(scope.purpose, now)?;
    let epoch = credential.epoch.to_be_bytes();
    let kind = Kind {
        label: STORELESS_LABEL,
        credential: Some((credential.account.as_bytes(), &epoch)),
    };
    Ok(IssuedStoreless {
        token: wire::write(ring, &kind, scope, expires_at, &random),
        expires_at,
    })
}

/// Checks a presented storeless token against the credential as it is now.
///
/// For an account that does not exist, call it all the same with a made-up credential, so that the
/// answer takes the same work. The transaction that changes the credential must check the
/// [epoch](VerifiedStoreless::epoch_for) once more, or two requests at the same time both pass.
///
/// # Errors
///
/// [`Refused`], which reads the same for every reason.
pub fn inspect_storeless(
    ring: &KeyRing,
    scope: &TokenScope<'_>,
    credential: &Credential<'_>,
    presented: &str,
    now: u64,
) -> Result<VerifiedStoreless, Refused> {
    if credential.account.len() > MAX_ACCOUNT {
        return Err(Refused::new(Reason::Malformed));
    }
    let epoch = credential.epoch.to_be_bytes();
    let kind = Kind {
        label: STORELESS_LABEL,
        credential: Some((credential.account.as_bytes(), &epoch)),
    };
    let opened = wire::read(ring, &kind, scope, presented).map_err(Refused::new)?;
    check_expiry(scope.purpose, opened.expires_at, now).map_err(Refused::new)?;
    Ok(VerifiedStoreless {
        key_id: opened.key_id,
        purpose: scope.purpose,
        tenant: scope.tenant.into(),
        account: credential.account.into(),
        epoch: credential.epoch,
        expires_at: opened.expires_at,
    })
}
