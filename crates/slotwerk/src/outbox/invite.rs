//! Writes the mail that invites the owner of an account to set a first password.

use super::job::{Progress, Undone};
use super::reset::LinkOrder;
use crate::auth::Inner;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::guess::Charging;
use crate::mail_problem::MailProblem;
use crate::not_me::NotMeEffect;
use crate::scopes::{Guarded, actor_subject};
use crate::tenant::Tenant;
use crate::throttled::Throttled;
use slotwerk_mail::{Details, Mail, Message};
use slotwerk_store::{AuditReason, Invited, Job};

/// An invitation as it was queued.
pub(super) struct Invitation {
    pub(super) account: String,
    pub(super) actor: String,
    pub(super) reason: Option<String>,
}

impl Inner {
    /// Mints a link and writes the mail. The host named the account, so that nothing is learned from the work for it.
    pub(super) async fn invitation_mail(
        &self,
        tenant: &Tenant,
        job: &Job,
        invitation: Invitation,
        progress: &mut Progress,
    ) -> Result<Mail, Undone> {
        let recipient = self.recipient(tenant, &invitation.account, progress);
        let (key, account) = recipient.await?;
        let credential = self.store.credential(&key).await.map_err(Fault::from)?;
        if credential.hash.is_some() {
            return Err(Undone::GiveUp(MailProblem::AccountChanged));
        }
        let budget = self.tenant_budget(Guarded::TenantMail, &tenant.id);
        let room = self.charge(budget, self.limits.tenant_mails).await?;
        if let Charging::Denied(refusal) = room {
            self.emit(&tenant.id, None, EventKind::ResetDelayedTenant);
            let wait = Throttled::from(refusal).wait();
            let secs = wait.map_or(0, |wait| wait.as_secs().saturating_add(1));
            return Err(Undone::Wait(MailProblem::TenantBudget, secs));
        }
        let reason = invitation.reason.map(AuditReason::new).transpose();
        let order = LinkOrder {
            key: &key,
            mail: &account.mail,
            job: job.id,
            epoch: credential.epoch,
            lifetime: self.checked.invitation_lifetime,
            invited: Some(Invited {
                subject: self.subject(&key),
                actor: Some(actor_subject(&self.keys, &tenant.id, &invitation.actor)),
                reason: reason.map_err(|_| Undone::GiveUp(MailProblem::Unreadable))?,
            }),
        };
        let (link, is_recorded) = self.mint_link(tenant, order).await?;
        if !is_recorded {
            return Err(Undone::GiveUp(MailProblem::TooManyLinks));
        }
        let message = Message::Invitation {
            link: link.expose(),
            valid_for: self.limits.invitation_lifetime,
            account_name: &account.login,
        };
        let report = self.not_me_link(tenant, &key, credential.epoch, NotMeEffect::LinksEnd)?;
        let details = Details::default().not_me(report.in_mail());
        self.compose(tenant, &account, &account.mail, &message, &details)
    }
}
