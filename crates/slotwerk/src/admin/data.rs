//! Everything stored about one account: given out, or erased.

use super::{Admin, By};
use crate::budgets::{BudgetsOf, budget_keys};
use crate::directory::Login;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::scopes::audit_subjects;
use serde::Serialize;
use slotwerk_store::{
    AccountErased, AccountExport, AuditPage, AuditReason, AuditRow, EraseAccount, ExportAccount,
    ExportedAuthenticator, ExportedEnrolment, ExportedSession, ExportedTicket, MAX_AUDIT_PAGE,
    Subject,
};
use std::fmt;

/// The data stored about one account: for a person who asks for it (GDPR, article 15). It holds no hash, no sealed secret
/// and no token. Times are seconds since the Unix epoch.
///
/// Rows that are over but not purged yet are part of it. Three things are not: the host's own data about the account,
/// the host's data within a session, and the counts of attempts, which are stored under keyed hashes.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccountData {
    /// The tenant's id.
    pub tenant: String,
    /// The host's id of the account.
    pub account: String,
    /// How often everything issued for the account was ended.
    pub epoch: u64,
    /// Whether there is a password.
    pub has_password: bool,
    /// When the password was set.
    pub password_set_at: Option<u64>,
    /// Whether the password is still to be looked up among breached ones.
    pub breach_check_due: bool,
    /// Whether the password has to be replaced at the next sign-in.
    pub must_change_password: bool,
    /// When each earlier password that is kept was replaced, newest first.
    pub past_passwords: Vec<u64>,
    /// When each mailed link ends, soonest first.
    pub links: Vec<u64>,
    /// Sign-ins that wait for their second factor, those that end soonest first.
    pub sign_ins: Vec<StoredSignIn>,
    /// The authenticator that waits for its first code.
    pub set_up: Option<StoredSetUp>,
    /// Active authenticators, oldest first.
    pub authenticators: Vec<StoredAuthenticator>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// Sessions, oldest first.
    pub sessions: Vec<StoredSession>,
    /// The rows of the audit trail about the account, newest first.
    pub history: Vec<StoredAct>,
}

impl fmt::Debug for AccountData {
    /// Shows the ids; nothing else about the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountData")
            .field("tenant", &self.tenant)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// A sign-in that waits for its second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoredSignIn {
    /// The next step: `enrol`, `verify` or `manage`.
    pub stage: &'static str,
    /// The standing of the password: `good`, `expired`, `unfit`, `must-change` or `breached`.
    pub standing: &'static str,
    /// When it ends.
    pub expires_at: u64,
}

impl From<ExportedTicket> for StoredSignIn {
    fn from(ticket: ExportedTicket) -> Self {
        Self {
            stage: ticket.stage.as_str(),
            standing: ticket.standing.as_str(),
            expires_at: ticket.expires_at,
        }
    }
}

/// An authenticator that waits for its first code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoredSetUp {
    /// Where its mail is: `unsent`, `queued`, `delayed`, `sent`, `address-refused` or `failed`.
    pub mail: &'static str,
    /// When it ends.
    pub expires_at: u64,
}

impl From<ExportedEnrolment> for StoredSetUp {
    fn from(enrolment: ExportedEnrolment) -> Self {
        Self {
            mail: enrolment.mail.name(),
            expires_at: enrolment.expires_at,
        }
    }
}

/// An active authenticator.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoredAuthenticator {
    /// The name that the person gave it.
    pub name: Option<String>,
    /// When it became active.
    pub added_at: u64,
    /// When a code of it was last accepted.
    pub used_at: u64,
}

impl fmt::Debug for StoredAuthenticator {
    /// Leaves the name out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAuthenticator")
            .field("added_at", &self.added_at)
            .field("used_at", &self.used_at)
            .finish_non_exhaustive()
    }
}

impl From<ExportedAuthenticator> for StoredAuthenticator {
    fn from(active: ExportedAuthenticator) -> Self {
        Self {
            name: active.name,
            added_at: active.added_at,
            used_at: active.used_at,
        }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoredSession {
    /// When the person signed in.
    pub created_at: u64,
    /// When it was last used, to the minute.
    pub used_at: u64,
    /// When it ends however busy it is.
    pub expires_at: u64,
}

impl From<ExportedSession> for StoredSession {
    fn from(session: ExportedSession) -> Self {
        Self {
            created_at: session.created_at,
            used_at: session.touched_at,
            expires_at: session.expires_at,
        }
    }
}

/// A row of the audit trail about the account.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoredAct {
    /// When.
    pub at: u64,
    /// The act: the name of an [`AuditKind`](slotwerk_store::AuditKind).
    pub kind: &'static str,
    /// Whether somebody else did it, such as a help desk.
    pub by_somebody_else: bool,
    /// Why, in the words of that person.
    pub reason: Option<String>,
}

impl fmt::Debug for StoredAct {
    /// Leaves the reason out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAct")
            .field("at", &self.at)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl From<AuditRow> for StoredAct {
    fn from(row: AuditRow) -> Self {
        Self {
            at: row.at,
            kind: row.kind.as_str(),
            by_somebody_else: row.actor.is_some(),
            reason: row
                .reason
                .as_ref()
                .map(AuditReason::as_str)
                .map(str::to_owned),
        }
    }
}

impl Admin<'_> {
    /// Gives the data stored about an account. An account that was never seen has nothing.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or keys.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_export_account", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn export_account(&self, account: &str) -> Result<AccountData, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let key = self.tenant.key(account)?;
        let subjects = audit_subjects(&inner.keys, tenant, &[account.as_bytes()])?;
        let command = ExportAccount {
            account: key,
            subjects: subjects.clone(),
        };
        let mut export = inner.store.export_account(&command).await?;
        let newest = std::mem::take(&mut export.audit);
        let data = AccountData {
            history: self.whole_history(subjects, newest).await?,
            ..without_history(tenant, account, export)
        };
        inner.emit(tenant, Some(account), EventKind::AccountExported);
        Ok(data)
    }

    /// Erases everything stored about an account: password, earlier passwords, links, sign-ins, sessions, set-up,
    /// authenticators, recovery codes and counts of attempts. Everybody is signed out. The account may begin anew.
    ///
    /// The rows of the audit trail stay: they know the account by a keyed hash. Its number of epochs stays too, so
    /// that nothing issued before becomes valid again. Disable or remove the account in your directory first: mails
    /// that wait in the outbox go to whom the directory knows.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_erase_account", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn erase_account(&self, account: &str, by: &By) -> Result<AccountErased, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let (key, now) = (self.tenant.key(account)?, inner.now());
        let keys_of = |whose| {
            let store = inner.store.as_ref();
            budget_keys(store, &inner.keys, tenant, whose, now)
        };
        let known = inner.directory.get(tenant, account).await;
        let login = known.map_err(Fault::Directory)?.map(|known| known.login);
        let mut budgets = keys_of(BudgetsOf::Account(account)).await?;
        if let Some(login) = login.and_then(|login| Login::parse(&login).ok()) {
            budgets.extend(keys_of(BudgetsOf::Login(&login)).await?);
        }
        let command = EraseAccount {
            subject: inner.subject(&key),
            account: key,
            budgets,
            actor: Some(by.subject(&inner.keys, tenant)),
            reason: by.reason().cloned(),
            now,
        };
        let erased = inner.store.erase_account(&command).await?;
        inner.emit(tenant, Some(account), EventKind::AccountErased);
        Ok(erased)
    }

    /// Adds the rows that are older than the newest ones, a page at a time.
    async fn whole_history(
        &self,
        subjects: Vec<Subject>,
        newest: Vec<AuditRow>,
    ) -> Result<Vec<StoredAct>, Fault> {
        let mut command = AuditPage {
            tenant: self.tenant.id().to_owned(),
            subjects: Some(subjects),
            before: None,
            limit: MAX_AUDIT_PAGE,
        };
        let (mut history, mut page) = (Vec::new(), newest);
        loop {
            let is_full = page.len() >= usize::from(MAX_AUDIT_PAGE);
            command.before = page.last().map(|row| (row.at, row.id));
            history.extend(page.into_iter().map(StoredAct::from));
            if !is_full {
                return Ok(history);
            }
            page = self.tenant.inner.store.audit_page(&command).await?;
        }
    }
}

fn without_history(tenant: &str, account: &str, export: AccountExport) -> AccountData {
    AccountData {
        tenant: tenant.to_owned(),
        account: account.to_owned(),
        epoch: export.epoch,
        has_password: export.has_password,
        password_set_at: export.password_set_at,
        breach_check_due: export.recheck,
        must_change_password: export.must_change,
        past_passwords: export.past_passwords,
        links: export.links,
        sign_ins: export.tickets.into_iter().map(StoredSignIn::from).collect(),
        set_up: export.enrolment.map(StoredSetUp::from),
        authenticators: export
            .authenticators
            .into_iter()
            .map(StoredAuthenticator::from)
            .collect(),
        recovery_codes: export.recovery_codes,
        sessions: export
            .sessions
            .into_iter()
            .map(StoredSession::from)
            .collect(),
        history: Vec::new(),
    }
}
