//! The calls of a help desk or a migration: set a password, end all access, take a second factor away.

use crate::event::EventKind;
use crate::fault::Fault;
use crate::guess::lifting;
use crate::jobs::Notice;
use crate::new_password::{Judged, NewPassword, Occasion};
use crate::scopes::Guarded;
use crate::tenant_auth::TenantAuth;
use slotwerk_password::{HashError, Password, PasswordHash};
use slotwerk_policy::Requirement;
use slotwerk_store::{
    AccessRevoked, BudgetChanges, ChangePassword, ErrorKind, Forget, KeepHistory, PasswordChanged,
    RevokeAccess, StoreError,
};

/// The answer to a password that the host sets.
#[derive(Debug)]
pub enum SetPasswordOutcome {
    /// The password is set; links, tickets and sessions from before are over.
    Changed {
        /// The epoch of sessions from now on.
        epoch: u64,
    },
    /// The password does not meet the tenant's rules; nothing has changed.
    RulesUnmet(Vec<Requirement>),
    /// No such account, or a disabled one; nothing has changed.
    NoAccount,
    /// The breach check gave no answer, and nothing is accepted without; nothing has changed.
    CheckUnavailable,
    /// Another change came in between; nothing has changed.
    Conflict,
    /// Too many passwords are being hashed; nothing has changed.
    Busy,
}

/// What came of a hash that another system made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportHashOutcome {
    /// It is stored; the password it was made from signs in.
    Imported,
    /// The account has a password already, which stays, or had one that was taken away.
    Kept,
    /// No such account.
    NoAccount,
    /// It asks for more than the hasher may spend on one: see
    /// [`stored_ceiling`](slotwerk_password::Builder::stored_ceiling).
    TooCostly,
    /// Too many passwords are being hashed; nothing has changed.
    Busy,
}

/// The calls of a help desk or a migration at one tenant: see [`Auth::admin`](crate::Auth::admin). They do not check
/// the caller: the host authorises before.
#[derive(Clone, Copy, Debug)]
pub struct Admin<'a> {
    pub(crate) tenant: &'a TenantAuth,
}

impl Admin<'_> {
    /// Sets a password without a link and without asking for the current one: for provisioning. The tenant's
    /// rules hold, a minimum age aside, and the person is told. A person's own change is
    /// [`Session::change_password`](crate::Session::change_password).
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    pub async fn set_password(
        &self,
        account: &str,
        new: Password,
    ) -> Result<SetPasswordOutcome, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let Some(person) = inner.enabled_account(&key).await? else {
            return Ok(SetPasswordOutcome::NoAccount);
        };
        let credential = inner.store.credential(&key).await?;
        let request = NewPassword {
            settings: &self.tenant.settings,
            key: &key,
            account: &person,
            credential: &credential,
            occasion: Occasion::ByHost,
        };
        let (hash, recheck, keep) = match inner.judge(&request, &new).await? {
            Judged::Accepted {
                hash,
                recheck,
                keep,
            } => (hash, recheck, keep),
            Judged::RulesUnmet(unmet) => return Ok(SetPasswordOutcome::RulesUnmet(unmet)),
            Judged::Unchecked => return Ok(SetPasswordOutcome::CheckUnavailable),
            // The host has no budget, so it cannot have used it up.
            Judged::Throttled(_) | Judged::Busy => return Ok(SetPasswordOutcome::Busy),
        };
        let command = ChangePassword {
            account: key.clone(),
            expected_epoch: credential.epoch,
            hash: hash.as_str().to_owned(),
            recheck,
            keep,
            notice: Some(inner.notice(&key, Notice::PasswordChanged)?),
            subject: inner.subject(&key),
            now: inner.now(),
            budgets: lifting([inner.account_budget(Guarded::Password, &key)]),
        };
        match inner.store.change_password(&command).await? {
            PasswordChanged::Changed { epoch } => {
                inner.wake_outbox();
                inner.emit(self.tenant.id(), Some(account), EventKind::PasswordChanged);
                Ok(SetPasswordOutcome::Changed { epoch })
            }
            PasswordChanged::Stale => Ok(SetPasswordOutcome::Conflict),
        }
    }

    /// Takes over a password hash that another system made, for an account that has no password here yet.
    ///
    /// Which forms are read is a matter of features of `slotwerk-password`; a hash of another kind than today's
    /// is replaced when its password is next used. No rules are asked, since nobody knows the password, and
    /// nobody is told. Calling it again changes nothing, so an import can be run twice. Under a pepper the hash
    /// is wrapped, also where the hasher accepts wrapped hashes only: you vouch for where it comes from.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or hashing; nothing has changed then.
    pub async fn import_hash(
        &self,
        account: &str,
        hash: &PasswordHash,
    ) -> Result<ImportHashOutcome, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let person = inner.directory.get(self.tenant.id(), account).await;
        if person.map_err(Fault::Directory)?.is_none() {
            return Ok(ImportHashOutcome::NoAccount);
        }
        let credential = inner.store.credential(&key).await?;
        // A password that was taken away must not come back with an import that is run again.
        let taken_away = !inner.store.password_history(&key, 1).await?.is_empty();
        if credential.hash.is_some() || taken_away {
            return Ok(ImportHashOutcome::Kept);
        }
        let hasher = inner.hasher_for(&self.tenant.settings, &key)?;
        if hasher.affords(hash).is_err() {
            return Ok(ImportHashOutcome::TooCostly);
        }
        let wrapped = match hasher.import(hash).await {
            Ok(wrapped) => wrapped,
            Err(HashError::Busy) => return Ok(ImportHashOutcome::Busy),
            Err(error) => return Err(Fault::Hashing(error)),
        };
        let command = ChangePassword {
            expected_epoch: credential.epoch,
            hash: wrapped.as_ref().unwrap_or(hash).as_str().to_owned(),
            recheck: false,
            keep: KeepHistory::NOTHING,
            notice: None,
            subject: inner.subject(&key),
            now: inner.now(),
            account: key,
            budgets: BudgetChanges::default(),
        };
        Ok(match inner.store.change_password(&command).await? {
            PasswordChanged::Changed { .. } => ImportHashOutcome::Imported,
            // Somebody was faster, and chose a password.
            PasswordChanged::Stale => ImportHashOutcome::Kept,
        })
    }

    /// Ends every link, ticket, pending enrolment and session of an account, and leaves its password
    /// and authenticators as they are. Call it when you disable an account or change its mail
    /// address, and when somebody says "this was not me". Returns the new epoch.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn revoke_access(&self, account: &str) -> Result<u64, Fault> {
        self.revoke(account, Forget::Nothing).await
    }

    /// Takes every authenticator and recovery code of an account away and ends every session: for a help desk,
    /// when somebody has lost the phone and the codes. The next sign-in sets an authenticator up, as the first
    /// one did. A notice goes to the person. Returns the new epoch.
    ///
    /// From here on, until then, the password alone guards the account: be as sure of who is asking as you
    /// were when you opened it.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy; nothing has changed then.
    pub async fn forget_second_factor(&self, account: &str) -> Result<u64, Fault> {
        let epoch = self.revoke(account, Forget::SecondFactor).await?;
        let (inner, key) = (&self.tenant.inner, self.tenant.key(account)?);
        // Whoever asked is known. Recovery codes start afresh with the set-up that makes new ones.
        inner
            .lift_quietly(inner.account_budget(Guarded::Enrolment, &key))
            .await;
        Ok(epoch)
    }

    async fn revoke(&self, account: &str, forget: Forget) -> Result<u64, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let (event, notice) = match forget {
            Forget::SecondFactor => (
                EventKind::SecondFactorForgotten,
                Some(inner.notice(&key, Notice::SecondFactorForgotten)?),
            ),
            _ => (EventKind::AccessRevoked, None),
        };
        let command = RevokeAccess {
            subject: inner.subject(&key),
            account: key,
            expected_epoch: None,
            forget,
            notice,
            now: inner.now(),
        };
        let AccessRevoked::Revoked { epoch } = inner.store.revoke_access(&command).await? else {
            // Not without an expected epoch; but it has not happened, and must not pass for it.
            return Err(StoreError::new(ErrorKind::Conflict).into());
        };
        inner.wake_outbox();
        inner.emit(self.tenant.id(), Some(account), event);
        Ok(epoch)
    }

    /// How many recovery codes an account has left, for a page about its security.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn recovery_codes_left(&self, account: &str) -> Result<u32, Fault> {
        Ok(self
            .tenant
            .inner
            .store
            .recovery_codes_left(&self.tenant.key(account)?)
            .await?)
    }
}
