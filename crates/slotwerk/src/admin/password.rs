//! Passwords: set by the host, imported, or asked for anew.

use super::{Admin, By};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::guess::lifting;
use crate::jobs::Notice;
use crate::new_password::{Judged, NewPassword, Occasion};
use crate::scopes::Guarded;
use slotwerk_password::{HashError, Password, PasswordHash};
use slotwerk_policy::Requirement;
use slotwerk_store::{
    BudgetChanges, ChangePassword, KeepHistory, NewPasswordRequired, PasswordChanged,
    RequireNewPassword,
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

/// The answer to the import of a hash that another system made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportHashOutcome {
    /// It is stored; the password it was made from signs in.
    Imported,
    /// The account has a password already, which stays, or had one before a revocation took it.
    Kept,
    /// No such account.
    NoAccount,
    /// It asks for more than the hasher may spend on one: see
    /// [`stored_ceiling`](slotwerk_password::Builder::stored_ceiling).
    TooCostly,
    /// Too many passwords are being hashed; nothing has changed.
    Busy,
}

impl Admin<'_> {
    /// Sets a password without a link and without asking for the current one: for provisioning. The tenant's
    /// rules hold, a minimum age aside, and the person gets a notice. A person's own change is
    /// [`Session::change_password`](crate::Session::change_password).
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_set_password", skip_all, fields(tenant = self.tenant.id())))]
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
    /// Features of `slotwerk-password` read the forms of other systems. The next sign-in replaces a hash of another
    /// kind than today's. No rules apply, since nobody knows the password, and no notice goes out. A second call
    /// changes nothing, so an import can run twice. Under a pepper the hash is wrapped, also where the hasher accepts
    /// wrapped hashes only: you vouch for its source.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or hashing; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_import_hash", skip_all, fields(tenant = self.tenant.id())))]
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
        // An import that runs again must not bring a removed password back.
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

    /// Asks for a new password at the next sign-in: after a leak elsewhere, say. The current password still signs
    /// in, with the standing [`PasswordStanding::MustChange`](crate::PasswordStanding::MustChange) on its grant.
    /// Setting any password takes the mark away, and no minimum age holds that up. Sessions go on. If the mark is new, a
    /// notice goes to the person.
    ///
    /// The tenant's rule about earlier passwords decides whether the new one may be the old one.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_require_new_password", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn require_new_password(
        &self,
        account: &str,
        by: &By,
    ) -> Result<NewPasswordRequired, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let command = RequireNewPassword {
            subject: inner.subject(&key),
            notice: Some(inner.notice(&key, Notice::NewPasswordRequired)?),
            account: key,
            actor: Some(by.subject(&inner.keys, self.tenant.id())),
            reason: by.reason().cloned(),
            now: inner.now(),
        };
        let outcome = inner.store.require_new_password(&command).await?;
        if outcome == NewPasswordRequired::Required {
            inner.wake_outbox();
            let kind = EventKind::NewPasswordRequired;
            inner.emit(self.tenant.id(), Some(account), kind);
        }
        Ok(outcome)
    }
}
