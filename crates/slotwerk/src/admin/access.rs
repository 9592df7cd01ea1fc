//! Ending all access, and taking the second factor away.

use super::{Admin, By};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::jobs::Notice;
use crate::scopes::Guarded;
use slotwerk_store::{AccessRevoked, ErrorKind, Forget, RevokeAccess, StoreError};

impl Admin<'_> {
    /// Ends every link, ticket, pending enrolment and session of an account, and leaves its password
    /// and authenticators as they are. Call it when you disable an account or change its mail
    /// address, and when somebody says "this was not me". Returns the new epoch.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_revoke_access", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn revoke_access(&self, account: &str, by: &By) -> Result<u64, Fault> {
        self.revoke(account, Forget::Nothing, by).await
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
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_forget_second_factor", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn forget_second_factor(&self, account: &str, by: &By) -> Result<u64, Fault> {
        let epoch = self.revoke(account, Forget::SecondFactor, by).await?;
        let (inner, key) = (&self.tenant.inner, self.tenant.key(account)?);
        // The help desk knows the person. Recovery codes start afresh with the set-up that makes new ones.
        inner
            .lift_quietly(inner.account_budget(Guarded::Enrolment, &key))
            .await;
        Ok(epoch)
    }

    async fn revoke(&self, account: &str, forget: Forget, by: &By) -> Result<u64, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let (event, notice) = match forget {
            Forget::SecondFactor => (
                EventKind::SecondFactorForgotten,
                Some(inner.notice(&key, Notice::SecondFactorForgotten, None)?),
            ),
            _ => (EventKind::AccessRevoked, None),
        };
        let command = RevokeAccess {
            subject: inner.subject(&key),
            account: key,
            expected_epoch: None,
            forget,
            notice,
            actor: Some(by.subject(&inner.keys, self.tenant.id())),
            reason: by.reason().cloned(),
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
}
