//! Inviting the owner of a new account to set a first password.

use super::{Admin, By};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::guess::Charging;
use crate::jobs::Task;
use crate::scopes::Guarded;
use crate::throttled::Throttled;
use slotwerk_mail::{Address, AddressError};
use slotwerk_store::{AuditReason, Enqueued};

/// The answer to an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InviteOutcome {
    /// The mail waits in the outbox. [Events](crate::EventKind::MailSent) say whether it left.
    Queued,
    /// No such account, or a disabled one.
    NoAccount,
    /// The account has a password. Its owner signs in, or asks for a link on the sign-in page.
    HasPassword,
    /// No mail can go to the account's address.
    AddressRefused(AddressError),
    /// The account was mailed too often lately.
    Throttled(Throttled),
    /// Too many mails of this tenant wait.
    OutboxFull,
}

impl Admin<'_> {
    /// Mails the owner of an account a link to set the first password. The link works for
    /// [`Limits::invitation_lifetime`](crate::Limits::invitation_lifetime) from the moment of sending, and
    /// [`Recovery::open`](crate::Recovery::open) opens it like a reset link. It counts as one of the account's
    /// [live links](crate::Limits::live_links).
    ///
    /// The mail is charged to the account's budget of mails here, and to the tenant's when it is written. A password
    /// that was set before it is written keeps it back.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy; nothing is mailed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_invite", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn invite(&self, account: &str, by: &By) -> Result<InviteOutcome, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let key = self.tenant.key(account)?;
        let Some(person) = inner.enabled_account(&key).await? else {
            return Ok(InviteOutcome::NoAccount);
        };
        if let Err(problem) = Address::parse(&person.mail) {
            return Ok(InviteOutcome::AddressRefused(problem));
        }
        if inner.store.credential(&key).await?.hash.is_some() {
            return Ok(InviteOutcome::HasPassword);
        }
        let task = Task::Invite {
            account: account.to_owned(),
            actor: by.actor().to_owned(),
            reason: by.reason().map(AuditReason::as_str).map(str::to_owned),
        };
        let job = inner.job(tenant, &task)?;
        let budget = inner.account_budget(Guarded::ResetMail, &key);
        let charge = match inner.charge(budget, inner.limits.reset_mails).await? {
            Charging::Granted(charge) => charge,
            Charging::Denied(refusal) => return Ok(InviteOutcome::Throttled(refusal.into())),
        };
        match inner.enqueue(&job).await? {
            Enqueued::Queued => {
                inner.emit(tenant, Some(account), EventKind::Invited);
                Ok(InviteOutcome::Queued)
            }
            Enqueued::Full => {
                inner.settle_quietly(charge).await;
                Ok(InviteOutcome::OutboxFull)
            }
        }
    }
}
