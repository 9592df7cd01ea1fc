//! Writes the mails that are for a known account: set-ups and notices.

use super::job::{Progress, Undone};
use crate::auth::{Inner, account_key};
use crate::directory::Account;
use crate::fault::Fault;
use crate::jobs::Notice;
use crate::mail_problem::MailProblem;
use crate::not_me::{MailedNotMe, NotMeEffect};
use crate::tenant::Tenant;
use slotwerk_mail::{ComposeError, Mail, Message};
use slotwerk_store::{AccountKey, Id};
use slotwerk_totp::Secret;
use std::time::Duration;

impl Inner {
    pub(super) async fn setup_mail(
        &self,
        tenant: &Tenant,
        account: &str,
        enrolment: Id,
        progress: &mut Progress,
    ) -> Result<Mail, Undone> {
        let (key, account) = self.recipient(tenant, account, progress).await?;
        let now = self.now();
        let pending = self
            .store
            .pending_enrolment(&key, now)
            .await
            .map_err(Fault::from)?;
        let pending = pending
            .filter(|pending| pending.id == enrolment && !pending.expires_too_late(now))
            .ok_or(Undone::GiveUp(MailProblem::SetUpOver))?;
        let plain = self.open_secret(&key, pending.id, &pending.sealed)?;
        let secret =
            Secret::from_bytes(&plain).map_err(|_| Undone::GiveUp(MailProblem::Unreadable))?;
        let material = crate::enrol::material(tenant, &account.login, pending.ordinal, &secret)
            .map_err(|_| Undone::GiveUp(MailProblem::AccountNameRefused))?;
        let message = Message::SetUp {
            account_name: &material.account_name,
            issuer: &tenant.issuer,
            secret_grouped: &material.grouped_secret,
            otpauth_uri: material.uri.expose(),
            // Even if that is less than a minute: the person was told that a mail is on its way, and this one
            // says how to get the next.
            valid_for: Duration::from_secs(pending.expires_at.saturating_sub(now)),
        };
        let report = self.locking_link(tenant, &key).await?;
        self.compose(tenant, &account, &account.mail, &message, &report)
    }

    /// The mail about something that happened `at` a time, for each of these addresses, or why it has none.
    pub(super) async fn notice_mails(
        &self,
        tenant: &Tenant,
        (key, account): (&AccountKey, &Account),
        (notice, at): (&Notice, u64),
        to: &[String],
    ) -> Result<Vec<Result<Mail, Undone>>, Undone> {
        let (account_name, when) = (account.login.as_str(), Some(at));
        let message = match notice {
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
            Notice::AccountUnlocked => Message::AccountUnlocked { account_name, when },
            Notice::SessionsEnded => Message::SessionsEnded { account_name, when },
            Notice::NewPasswordRequired => Message::NewPasswordRequired { account_name, when },
            Notice::AuthenticatorResynchronised { name } => Message::AuthenticatorResynchronised {
                account_name,
                authenticator: name.as_deref(),
                when,
            },
            Notice::RecoveryCodesRenewed => Message::RecoveryCodesRenewed { account_name, when },
            Notice::RecoveryCodeUsed => {
                let left = self.store.recovery_codes_left(key).await;
                Message::RecoveryCodeUsed {
                    account_name,
                    remaining: left.map_err(Fault::from)?,
                    when,
                }
            }
        };
        let report = self.locking_link(tenant, key).await?;
        let written = |to: &String| self.compose(tenant, account, to, &message, &report);
        Ok(to.iter().map(written).collect())
    }
}

impl Inner {
    pub(super) async fn recipient(
        &self,
        tenant: &Tenant,
        account: &str,
        progress: &mut Progress,
    ) -> Result<(AccountKey, Account), Undone> {
        let key = account_key(&tenant.id, account)?;
        progress.account = Some(account.to_owned());
        let account = self.enabled_account(&key).await?;
        let account = account.ok_or(Undone::GiveUp(MailProblem::AccountGone))?;
        Ok((key, account))
    }

    /// For a mail about something that has happened. It speaks of the credential as it is when the mail
    /// is written: what was changed before that is what it reports.
    async fn locking_link(&self, tenant: &Tenant, key: &AccountKey) -> Result<MailedNotMe, Undone> {
        let credential = self.store.credential(key).await.map_err(Fault::from)?;
        let epoch = credential.epoch;
        Ok(self.not_me_link(tenant, key, epoch, NotMeEffect::AccountLocks)?)
    }

    pub(super) fn compose(
        &self,
        tenant: &Tenant,
        account: &Account,
        to: &str,
        message: &Message<'_>,
        report: &MailedNotMe,
    ) -> Result<Mail, Undone> {
        let language = account.locale.as_deref().unwrap_or(&tenant.language);
        let brand = &tenant.brand;
        let composer = tenant.composer.as_ref().unwrap_or(&self.composer);
        let write = |message: &Message<'_>| {
            composer.compose_reportable(message, brand, language, to, report.in_mail())
        };
        let written = match write(message) {
            // Stored before it was refused. Nobody keeps a notice from its reader by a name.
            Err(ComposeError::Authenticator(_)) => write(&message.without_authenticator()),
            written => written,
        };
        written.map_err(|error| Undone::GiveUp(MailProblem::from(&error)))
    }
}
