//! Ending all access, and taking the second factor away.

use super::{Admin, By};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::jobs::Notice;
use crate::scopes::Guarded;
use slotwerk_store::{AccessRevoked, ErrorKind, Forget, RevokeAccess, StoreError};

/// The answer to a removal of the second factor that was requested before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForgetSecondFactorOutcome {
    /// The second factor is gone.
    Forgotten {
        /// The epoch of sessions from now on.
        epoch: u64,
    },
    /// The account has moved on since the request; nothing has changed.
    Stale,
}

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
        unless_stale(self.revoke(account, (Forget::Nothing, None), by).await?)
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
        let revoked = self
            .revoke(account, (Forget::SecondFactor, None), by)
            .await?;
        self.begin_afresh(account).await?;
        unless_stale(revoked)
    }

    /// The same, if the account is still at this epoch: for an act that somebody else approves later. The epoch of the
    /// request is [`SignInReport::epoch`](crate::SignInReport::epoch). Of several approvals one wins. A new password, or
    /// anything else that ends what was issued, makes the request invalid.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_forget_second_factor_of", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn forget_second_factor_of(
        &self,
        account: &str,
        epoch: u64,
        by: &By,
    ) -> Result<ForgetSecondFactorOutcome, Fault> {
        let forget = (Forget::SecondFactor, Some(epoch));
        match self.revoke(account, forget, by).await? {
            AccessRevoked::Revoked { epoch } => {
                self.begin_afresh(account).await?;
                Ok(ForgetSecondFactorOutcome::Forgotten { epoch })
            }
            AccessRevoked::Stale => Ok(ForgetSecondFactorOutcome::Stale),
        }
    }

    /// The help desk knows the person. Recovery codes start afresh with the set-up that makes new ones.
    async fn begin_afresh(&self, account: &str) -> Result<(), Fault> {
        let (inner, key) = (&self.tenant.inner, self.tenant.key(account)?);
        inner
            .lift_quietly(inner.account_budget(Guarded::Enrolment, &key))
            .await;
        Ok(())
    }

    async fn revoke(
        &self,
        account: &str,
        (forget, expected_epoch): (Forget, Option<u64>),
        by: &By,
    ) -> Result<AccessRevoked, Fault> {
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
            expected_epoch,
            forget,
            notice,
            actor: Some(by.subject(&inner.keys, self.tenant.id())),
            reason: by.reason().cloned(),
            now: inner.now(),
        };
        let revoked = inner.store.revoke_access(&command).await?;
        if let AccessRevoked::Revoked { .. } = revoked {
            inner.wake_outbox();
            inner.emit(self.tenant.id(), Some(account), event);
        }
        Ok(revoked)
    }
}

/// The epoch of a revocation that expected none. It cannot be stale; but if it were, nothing has happened.
fn unless_stale(revoked: AccessRevoked) -> Result<u64, Fault> {
    match revoked {
        AccessRevoked::Revoked { epoch } => Ok(epoch),
        AccessRevoked::Stale => Err(StoreError::new(ErrorKind::Conflict).into()),
    }
}
