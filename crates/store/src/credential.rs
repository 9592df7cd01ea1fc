//! Password hashes and the epoch that everything issued under them depends on.

use crate::{AccountKey, AuditReason, BudgetChanges, KeepHistory, NewJob, Subject};
use std::fmt;

/// What is known of an account's password.
#[derive(Clone, Default)]
pub struct Credential {
    /// The PHC string; `None` until the first password is set, and after one was forgotten.
    pub hash: Option<String>,
    /// Rises with each password change and each revocation. Sessions carry it: one with an older
    /// epoch is over.
    pub epoch: u64,
    /// The second in which the password was set; `None` while there is none. A stronger hash of the
    /// same password and a revocation leave it as it is.
    pub set_at: Option<u64>,
    /// The password was accepted while a check from outside (of breaches, say) could not be made: look
    /// again when it is typed next, and tell the store with
    /// [`clear_recheck`](crate::Store::clear_recheck).
    pub recheck: bool,
    /// The password has to be replaced at the next sign-in, because somebody
    /// [asked for it](crate::Store::require_new_password). Setting a password takes the mark away.
    pub must_change: bool,
}

/// See [`Store::replace_hash`](crate::Store::replace_hash).
#[derive(Clone)]
pub struct ReplaceHash {
    /// Whose.
    pub account: AccountKey,
    /// The hash that was verified.
    pub expected: String,
    /// The stronger hash of the same password.
    pub replacement: String,
}

/// Whether a hash was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum HashReplaced {
    /// The stronger hash is in place.
    Replaced,
    /// The stored hash was no longer the verified one; nothing has changed.
    Stale,
}

/// See [`Store::change_password`](crate::Store::change_password).
#[derive(Clone)]
pub struct ChangePassword {
    /// Whose.
    pub account: AccountKey,
    /// The epoch under which the caller decided; the guard.
    pub expected_epoch: u64,
    /// The new PHC string.
    pub hash: String,
    /// What [`Credential::recheck`] is from now on.
    pub recheck: bool,
    /// Which past passwords stay, the one now replaced included.
    pub keep: KeepHistory,
    /// Budgets that change if the command succeeds.
    pub budgets: BudgetChanges,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether a password was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum PasswordChanged {
    /// The new hash is in place, under this epoch.
    Changed {
        /// The new epoch.
        epoch: u64,
    },
    /// The epoch had moved on; nothing has changed.
    Stale,
}

/// See [`Store::clear_recheck`](crate::Store::clear_recheck).
#[derive(Clone, Debug)]
pub struct ClearRecheck {
    /// Whose.
    pub account: AccountKey,
    /// The epoch of the credential whose password was checked; the guard.
    pub epoch: u64,
}

/// Whether the mark was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum RecheckCleared {
    /// It was set for this epoch, and is gone.
    Cleared,
    /// The epoch had moved on, so that another password may be in use, or there was no mark; nothing
    /// has changed.
    Stale,
}

/// See [`Store::revoke_access`](crate::Store::revoke_access).
#[derive(Clone, Debug)]
pub struct RevokeAccess {
    /// Whose.
    pub account: AccountKey,
    /// The epoch under which the caller decided; the guard. `None`: whatever it is by now.
    pub expected_epoch: Option<u64>,
    /// What goes as well.
    pub forget: Forget,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Whose, for the audit trail.
    pub subject: Subject,
    /// The person who revokes it, if it is somebody else.
    pub actor: Option<Subject>,
    /// Why.
    pub reason: Option<AuditReason>,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// What is taken away along with access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Forget {
    /// Nothing.
    #[default]
    Nothing,
    /// The password, so that only a mailed link sets one again.
    Password,
    /// Every authenticator and recovery code, so that the next sign-in is as the first.
    SecondFactor,
}

/// Whether access was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum AccessRevoked {
    /// What was issued under an earlier epoch is dead; this is the epoch from now on.
    Revoked {
        /// The new epoch.
        epoch: u64,
    },
    /// The epoch was not the expected one; nothing has changed. Never so without an expected one.
    Stale,
}

// A hash can be attacked offline, so none of these shows one.

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("has_hash", &self.hash.is_some())
            .field("epoch", &self.epoch)
            .field("set_at", &self.set_at)
            .field("recheck", &self.recheck)
            .field("must_change", &self.must_change)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReplaceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplaceHash")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangePassword")
            .field("account", &self.account)
            .field("expected_epoch", &self.expected_epoch)
            .field("recheck", &self.recheck)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}
