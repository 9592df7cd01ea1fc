//! The worker: takes jobs from the outbox, writes mails and sends them.

use crate::auth::{Auth, Inner, account_key};
use crate::directory::{Account, Login};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::guess::Charging;
use crate::jobs::{Notice, Task};
use crate::not_me::{NotMeEffect, NotMeLink};
use crate::scopes::Guarded;
use crate::tenant::Tenant;
use futures_util::future::{Either, select};
use slotwerk_mail::{ComposeError, Mail, Message};
use slotwerk_reset::{Purpose, TokenScope};
use slotwerk_store::{AccountKey, IssueReset, Job, LeaseJobs, PostponeJob, ResetIssued, TokenHash};
use slotwerk_totp::Secret;
use std::pin::pin;
use std::sync::PoisonError;
use std::time::Duration;

/// How long a worker may hold a job before another takes it. The mailer has to give up sooner, or the
/// mail may leave twice.
const LEASE_SECS: u64 = 120;

/// Jobs taken at once: one, so that a lease covers it and a stop waits for no more than one mail.
const BATCH: u32 = 1;

/// The pause before the second attempt; it doubles with each further one.
const FIRST_PAUSE_SECS: u64 = 5;

/// The longest pause between two attempts.
const LONGEST_PAUSE_SECS: u64 = 15 * 60;

/// After so many attempts, about an hour and a half, a mail is given up.
const MOST_ATTEMPTS: u32 = 13;

/// The longest a worker sleeps without looking: jobs of other nodes and postponed ones wait for this.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

impl Auth {
    /// Works off the outbox until `stop` is ready. Spawn it once per process. It stops between jobs, so
    /// that no mail is cut off half-way; what is left goes on in the next process.
    ///
    /// `sleep` is the runtime's timer, such as `tokio::time::sleep`. A job queued in this process
    /// wakes the worker at once. To go on for ever, give [`std::future::pending`] as `stop`.
    pub async fn run_outbox<S, F>(&self, sleep: S, stop: impl Future<Output = ()>)
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let mut stop = pin!(stop);
        loop {
            // Listen before looking, so that no wake-up falls between the two.
            let woken = self.inner.outbox_wake.listen();
            let busy = match self.work_outbox().await {
                Ok(done) => done > 0,
                // Not the end: the next round asks again.
                Err(_) => {
                    self.inner.tell("", None, EventKind::OutboxUnreachable);
                    false
                }
            };
            let pause = if busy { Duration::ZERO } else { LONGEST_SLEEP };
            let pause = pin!(sleep(pause));
            let rest = select(pause, woken);
            if let Either::Left(_) = select(&mut stop, rest).await {
                return;
            }
        }
    }

    /// Works off one job if one is ready, and returns how many were taken. For hosts with a scheduler of
    /// their own, and for tests.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. A job whose own work meets a fault is put back instead.
    pub async fn work_outbox(&self) -> Result<usize, Fault> {
        let inner = &self.inner;
        let now = inner.now();
        let command = LeaseJobs {
            now,
            lease_until: now.saturating_add(LEASE_SECS),
            limit: BATCH,
            after: inner.last_served(),
        };
        let jobs = inner.store.lease_jobs(&command).await?;
        if let Some(job) = jobs.last() {
            inner.served(&job.tenant);
        }
        let taken = jobs.len();
        for job in jobs {
            if job.attempt > MOST_ATTEMPTS {
                // It never came back with an answer: whatever it does to a worker, it ends here.
                inner.tell(&job.tenant, None, EventKind::MailAbandoned);
                inner.store.finish_job(job.id, job.attempt).await?;
                continue;
            }
            let mut left = None;
            match self.work(&job, &mut left).await {
                Err(Undone::TryAgain) if job.attempt < MOST_ATTEMPTS => {
                    inner.tell(&job.tenant, None, EventKind::MailPostponed);
                    let command = PostponeJob {
                        id: job.id,
                        attempt: job.attempt,
                        ready_at: inner.now().saturating_add(pause_secs(job.attempt)),
                        // Without entropy it comes back as it was, and that part is done again.
                        payload: left
                            .and_then(|task| inner.sealed_task(&job.tenant, job.id, &task).ok()),
                    };
                    inner.store.postpone_job(&command).await?;
                    continue;
                }
                Err(Undone::TryAgain) => inner.tell(&job.tenant, None, EventKind::MailAbandoned),
                Ok(()) | Err(Undone::Dropped) => {}
            }
            inner.store.finish_job(job.id, job.attempt).await?;
        }
        Ok(taken)
    }

    /// `left` is what there is to do if the job has to come back, where that is less than it was.
    async fn work(&self, job: &Job, left: &mut Option<Task>) -> Result<(), Undone> {
        let inner = &self.inner;
        let Some(tenant) = self.tenant(&job.tenant) else {
            inner.tell(&job.tenant, None, EventKind::MailAbandoned);
            return Err(Undone::Dropped);
        };
        let task = inner.task(job)?;
        let (account, mail) = match task {
            Task::Reset { login, charged } => {
                self.reset_mail(&tenant, job, login, charged, left).await?
            }
            Task::SetUp { account, enrolment } => {
                self.setup_mail(&tenant, &account, enrolment).await?
            }
            Task::Notice {
                account,
                notice,
                at,
            } => self.notice_mail(&tenant, &account, notice, at).await?,
        };
        match inner.mailer.send(&mail).await {
            Ok(()) => {
                inner.tell(&tenant.id, Some(&account), EventKind::MailSent);
                Ok(())
            }
            Err(error) if !error.is_transient() => {
                inner.tell(&tenant.id, Some(&account), EventKind::MailAbandoned);
                Err(Undone::Dropped)
            }
            Err(_) => Err(Undone::TryAgain),
        }
    }

    /// Looks the login name up, mints a link and writes the mail. Only here is it known whether the
    /// account exists, and nobody is waiting for the answer.
    async fn reset_mail(
        &self,
        tenant: &Tenant,
        job: &Job,
        login: String,
        charged: bool,
        left: &mut Option<Task>,
    ) -> Result<(String, Mail), Undone> {
        let inner = &self.inner;
        let name = Login::parse(&login).map_err(|_| Undone::Dropped)?;
        let found = inner.find_account(&tenant.id, &name).await?;
        let Some(account) = found.filter(|account| account.enabled) else {
            inner.tell(&tenant.id, None, EventKind::ResetNoAccount);
            return Err(Undone::Dropped);
        };
        let key = account_key(&tenant.id, &account.id)?;
        if !charged {
            let budget = inner.account_budget(Guarded::ResetMail, &key);
            if let Charging::Denied(_) = self.charge(budget, inner.limits.reset_mails).await? {
                inner.tell(
                    &tenant.id,
                    Some(&account.id),
                    EventKind::ResetDroppedAccount,
                );
                return Err(Undone::Dropped);
            }
            *left = Some(Task::Reset {
                login,
                charged: true,
            });
        }
        let budget = inner.tenant_budget(Guarded::TenantMail, &tenant.id);
        if let Charging::Denied(_) = self.charge(budget, inner.limits.tenant_mails).await? {
            inner.tell(&tenant.id, None, EventKind::ResetDelayedTenant);
            return Err(Undone::TryAgain);
        }
        let version = inner
            .store
            .credential(&key)
            .await
            .map_err(Fault::from)?
            .version;
        let now = inner.now();
        let scope = TokenScope::new(Purpose::PASSWORD_RESET, &tenant.id);
        let lifetime = inner.checked.reset_lifetime;
        let issued = slotwerk_reset::issue(&inner.keys, &scope, now, lifetime, inner.random()?)
            .map_err(|_| Undone::TryAgain)?;
        let command = IssueReset {
            token: TokenHash(*issued.selector_hash.as_bytes()),
            binding: inner
                .mail_binding(inner.keys.active(), &key, &account.mail)
                .map_err(Fault::from)?,
            account: key,
            job: job.id,
            version,
            expires_at: issued.expires_at,
            max_live: inner.limits.live_links,
            now,
        };
        match inner
            .store
            .issue_reset(&command)
            .await
            .map_err(Fault::from)?
        {
            ResetIssued::Issued => {}
            ResetIssued::Stale => return Err(Undone::TryAgain),
            ResetIssued::TooMany => {
                inner.tell(
                    &tenant.id,
                    Some(&account.id),
                    EventKind::ResetDroppedAccount,
                );
                return Err(Undone::Dropped);
            }
        }
        let link = inner.links.link(&[&tenant.id, "reset"], &issued.token);
        let message = Message::ResetLink {
            link: link.expose(),
            valid_for: inner.limits.reset_lifetime,
            account_name: &account.login,
        };
        let report = inner.not_me_link(&command.account, version, NotMeEffect::LinksEnd)?;
        let mail = inner.compose(tenant, &account, &message, &report)?;
        Ok((account.id, mail))
    }

    async fn setup_mail(
        &self,
        tenant: &Tenant,
        account: &str,
        enrolment: [u8; 16],
    ) -> Result<(String, Mail), Undone> {
        let inner = &self.inner;
        let (key, account) = inner.recipient(tenant, account).await?;
        let now = inner.now();
        let pending = inner
            .store
            .pending_enrolment(&key, now)
            .await
            .map_err(Fault::from)?;
        // Confirmed or expired meanwhile: there is nothing left to set up.
        let pending = pending
            .filter(|pending| pending.id.0 == enrolment)
            .ok_or(Undone::Dropped)?;
        let plain = inner.open_secret(&key, pending.id, &pending.sealed)?;
        let secret = Secret::from_bytes(&plain).map_err(|_| Undone::Dropped)?;
        let material = crate::enrol::material(tenant, &account.login, &secret)?;
        let message = Message::SetUp {
            account_name: &material.account_name,
            issuer: &tenant.issuer,
            secret_grouped: &material.grouped_secret,
            otpauth_uri: material.uri.expose(),
            // Even if that is less than a minute: the person was told that a mail is on its way, and this one
            // says how to get the next.
            valid_for: Duration::from_secs(pending.expires_at.saturating_sub(now)),
        };
        let report = inner.locking_link(&key).await?;
        let mail = inner.compose(tenant, &account, &message, &report)?;
        Ok((account.id, mail))
    }

    async fn notice_mail(
        &self,
        tenant: &Tenant,
        account: &str,
        notice: Notice,
        at: u64,
    ) -> Result<(String, Mail), Undone> {
        let inner = &self.inner;
        let (key, account) = inner.recipient(tenant, account).await?;
        let (account_name, when) = (account.login.as_str(), Some(at));
        let message = match &notice {
            Notice::PasswordChanged => Message::PasswordChanged { account_name, when },
            Notice::AuthenticatorAdded { name, first } => Message::AuthenticatorAdded {
                account_name,
                authenticator: name.as_deref(),
                first: *first,
                when,
            },
            Notice::AuthenticatorReplaced { name } => Message::AuthenticatorReplaced {
                account_name,
                authenticator: name.as_deref(),
                when,
            },
            Notice::AuthenticatorRemoved { name, last } => Message::AuthenticatorRemoved {
                account_name,
                authenticator: name.as_deref(),
                last: *last,
                when,
            },
            Notice::SecondFactorForgotten => Message::SecondFactorForgotten { account_name, when },
            Notice::AuthenticatorResynchronised { name } => Message::AuthenticatorResynchronised {
                account_name,
                authenticator: name.as_deref(),
                when,
            },
            Notice::RecoveryCodesRenewed => Message::RecoveryCodesRenewed { account_name, when },
            Notice::RecoveryCodeUsed => {
                let left = inner.store.recovery_codes_left(&key).await;
                Message::RecoveryCodeUsed {
                    account_name,
                    remaining: left.map_err(Fault::from)?,
                    when,
                }
            }
        };
        let report = inner.locking_link(&key).await?;
        let mail = inner.compose(tenant, &account, &message, &report)?;
        Ok((account.id.clone(), mail))
    }
}

impl Inner {
    fn last_served(&self) -> Option<String> {
        let last = self.outbox_turn.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn served(&self, tenant: &str) {
        let last = self.outbox_turn.lock();
        *last.unwrap_or_else(PoisonError::into_inner) = Some(tenant.to_owned());
    }

    fn task(&self, job: &Job) -> Result<Task, Undone> {
        let plain = self.open_job(&job.tenant, job.id, &job.payload)?;
        serde_json::from_slice(&plain).map_err(|_| Undone::Dropped)
    }

    async fn recipient(
        &self,
        tenant: &Tenant,
        account: &str,
    ) -> Result<(AccountKey, Account), Undone> {
        let key = account_key(&tenant.id, account)?;
        let account = self.enabled_account(&key).await?.ok_or(Undone::Dropped)?;
        Ok((key, account))
    }

    /// For a mail about something that has happened. It speaks of the credential as it is when the mail
    /// is written: what was changed before that is what it reports.
    async fn locking_link(&self, key: &AccountKey) -> Result<NotMeLink, Undone> {
        let credential = self.store.credential(key).await.map_err(Fault::from)?;
        let version = credential.version;
        Ok(self.not_me_link(key, version, NotMeEffect::AccountLocks)?)
    }

    fn compose(
        &self,
        tenant: &Tenant,
        account: &Account,
        message: &Message<'_>,
        report: &NotMeLink,
    ) -> Result<Mail, Undone> {
        let language = account.locale.as_deref().unwrap_or(&tenant.language);
        let (brand, to) = (&tenant.brand, &account.mail);
        let composer = tenant.composer.as_ref().unwrap_or(&self.composer);
        let write = |message: &Message<'_>| {
            composer.compose_reportable(message, brand, language, to, report.in_mail())
        };
        let written = match write(message) {
            // Stored before it was refused. Nobody keeps a notice from its reader by a name.
            Err(ComposeError::Authenticator(_)) => write(&message.without_authenticator()),
            written => written,
        };
        written.map_err(|_| {
            self.tell(&tenant.id, Some(&account.id), EventKind::MailAbandoned);
            Undone::Dropped
        })
    }
}

/// Why a job has not sent a mail.
enum Undone {
    /// It never will.
    Dropped,
    /// It may, later.
    TryAgain,
}

impl From<Fault> for Undone {
    /// Infrastructure may come back. A key may, too: an operator puts it back into the ring.
    fn from(_: Fault) -> Self {
        Self::TryAgain
    }
}

fn pause_secs(attempt: u32) -> u64 {
    let doublings = attempt.saturating_sub(1).min(16);
    FIRST_PAUSE_SECS
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        let pauses: Vec<u64> = (1..=10).map(pause_secs).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(pause_secs(u32::MAX), LONGEST_PAUSE_SECS);
    }
}
