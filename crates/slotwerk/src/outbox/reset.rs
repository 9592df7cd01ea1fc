//! Writes the mail with a reset link. A name without an account causes the same work, for a stand-in.
//!
//! A stranger can time the worker, by the answers to other requests and by the arrival of their own mail. So a
//! job that sends nothing makes the same calls of the store and writes the same mail as one that does. Then it
//! keeps its sender as long as a recent mail did.

use super::job::{Progress, Undone};
use crate::auth::{Inner, account_key};
use crate::directory::{Account, Login};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::guess::Charging;
use crate::jobs::Task;
use crate::mail_problem::MailProblem;
use crate::not_me::NotMeEffect;
use crate::scopes::Guarded;
use crate::tenant::Tenant;
use crate::throttled::Throttled;
use slotwerk_mail::{Details, Mail, Message};
use slotwerk_reset::{Lifetime, Link, Purpose, TokenScope};
use slotwerk_store::{
    AccountKey, AttemptKey, Id, Invited, IssueReset, Job, ResetIssued, TokenHash,
};
use std::fmt::Write as _;

/// A link to mint.
pub(super) struct LinkOrder<'a> {
    pub(super) key: &'a AccountKey,
    /// The address that the link is bound to.
    pub(super) mail: &'a str,
    pub(super) job: Id,
    /// The epoch that the link is bound to.
    pub(super) epoch: u64,
    pub(super) lifetime: Lifetime,
    pub(super) invited: Option<Invited>,
}

/// For whom a reset mail is written.
struct Addressee {
    account: Account,
    key: AccountKey,
    tenant_budget: AttemptKey,
    /// Whether the mail is sent. A stand-in's never is.
    is_real: bool,
}

impl Inner {
    /// Looks the login name up, mints a link and writes the mail; `None` if no mail is to be sent. Only here is
    /// it known whether the account exists, and nobody is waiting for the answer.
    pub(super) async fn reset_mail(
        &self,
        tenant: &Tenant,
        job: &Job,
        login: String,
        charged: bool,
        progress: &mut Progress,
    ) -> Result<Option<Mail>, Undone> {
        let name =
            Login::parse(&login).map_err(|_| Undone::GiveUp(MailProblem::AccountNameRefused))?;
        let found = self.find_account(&tenant.id, &name).await?;
        let mut to = match found.filter(|account| account.enabled) {
            Some(account) => {
                progress.account = Some(account.id.clone());
                self.addressee(tenant, account)?
            }
            None => {
                self.emit(&tenant.id, None, EventKind::ResetNoAccount);
                self.stand_in(tenant, &name)?
            }
        };
        if !charged {
            let budget = self.account_budget(Guarded::ResetMail, &to.key);
            if let Charging::Denied(_) = self.charge(budget, self.limits.reset_mails).await? {
                self.emit_dropped(&to);
                to = self.stand_in(tenant, &name)?;
            }
            progress.left = Some(Task::Reset {
                login,
                charged: true,
            });
        }
        let room = self
            .charge(to.tenant_budget, self.limits.tenant_mails)
            .await?;
        if let Charging::Denied(refusal) = room
            && to.is_real
        {
            self.emit(&tenant.id, None, EventKind::ResetDelayedTenant);
            let wait = Throttled::from(refusal).wait();
            let secs = wait.map_or(0, |wait| wait.as_secs().saturating_add(1));
            return Err(Undone::Wait(MailProblem::TenantBudget, secs));
        }
        let credential = self.store.credential(&to.key).await;
        let epoch = credential.map_err(Fault::from)?.epoch;
        let order = LinkOrder {
            key: &to.key,
            mail: &to.account.mail,
            job: job.id,
            epoch,
            lifetime: self.checked.reset_lifetime,
            invited: None,
        };
        let (link, is_recorded) = self.mint_link(tenant, order).await?;
        if !is_recorded {
            self.emit_dropped(&to);
            to.is_real = false;
        }
        let message = Message::ResetLink {
            link: link.expose(),
            valid_for: self.limits.reset_lifetime,
            account_name: &to.account.login,
        };
        let report = self.not_me_link(tenant, &to.key, epoch, NotMeEffect::LinksEnd)?;
        let details = Details::default().not_me(report.in_mail());
        let mail = self.compose(tenant, &to.account, &to.account.mail, &message, &details);
        if to.is_real { mail.map(Some) } else { Ok(None) }
    }

    /// Mints a link and records it. `false` if the account has too many live ones: the link is invalid then.
    pub(super) async fn mint_link(
        &self,
        tenant: &Tenant,
        order: LinkOrder<'_>,
    ) -> Result<(Link, bool), Undone> {
        let now = self.now();
        let scope = TokenScope::new(Purpose::PASSWORD_RESET, &tenant.id);
        let issued = slotwerk_reset::issue(&self.keys, &scope, now, order.lifetime, self.random()?)
            .map_err(|_| Undone::TryAgain(MailProblem::Unusable))?;
        let command = IssueReset {
            token: TokenHash(*issued.selector_hash.as_bytes()),
            binding: self
                .mail_binding(self.keys.active(), order.key, order.mail)
                .map_err(Fault::from)?,
            account: order.key.clone(),
            job: order.job,
            epoch: order.epoch,
            expires_at: issued.expires_at,
            max_live: self.limits.live_links,
            invited: order.invited,
            now,
        };
        let recorded = self.store.issue_reset(&command).await;
        let is_recorded = match recorded.map_err(Fault::from)? {
            ResetIssued::Issued => true,
            ResetIssued::Stale => return Err(Undone::TryAgain(MailProblem::AccountChanged)),
            ResetIssued::TooMany => false,
        };
        let link = self.links.link(tenant, &["reset"], &issued.token)?;
        Ok((link, is_recorded))
    }
}

impl Inner {
    fn addressee(&self, tenant: &Tenant, account: Account) -> Result<Addressee, Fault> {
        Ok(Addressee {
            key: account_key(&tenant.id, &account.id)?,
            account,
            tenant_budget: self.tenant_budget(Guarded::TenantMail, &tenant.id),
            is_real: true,
        })
    }

    /// An account for the work that a name without one causes. Its id is a keyed hash of the name, so that no
    /// account has it. Its links go nowhere, and its mails use up nothing of the tenant's budget.
    fn stand_in(&self, tenant: &Tenant, name: &Login) -> Result<Addressee, Fault> {
        let mut id = String::from("nobody-");
        for byte in self.login_budget(Guarded::ResetMail, &tenant.id, name).0 {
            // Writing to a string does not fail.
            let _ = write!(id, "{byte:02x}");
        }
        let budget = self.attempt_key(Guarded::TenantMail, &tenant.id, b"nobody", b"");
        let account = Account::new(id, name.typed(), "nobody@slotwerk.invalid");
        Ok(Addressee {
            tenant_budget: budget,
            is_real: false,
            ..self.addressee(tenant, account)?
        })
    }

    /// Reports a mail that the account's budget or its live links do not allow.
    fn emit_dropped(&self, to: &Addressee) {
        if to.is_real {
            let (tenant, account) = (to.key.tenant(), to.key.account());
            self.emit(tenant, Some(account), EventKind::ResetDroppedAccount);
        }
    }
}
