//! Why a person cannot sign in: what is stored about an account, and what its budgets would answer now.

use super::Admin;
use crate::authenticator::AuthenticatorId;
use crate::client::Client;
use crate::directory::Login;
use crate::fault::Fault;
use crate::guess::budget;
use crate::scopes::Guarded;
use crate::throttled::Throttled;
use slotwerk_store::{
    AccountKey, AttemptKey, BudgetCharge, ExportAccount, Id, MailState, is_in_time,
};
use std::net::IpAddr;

/// Everything that may keep a person from signing in: see [`Admin::why_no_sign_in`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignInReport {
    /// The account in the host's directory.
    pub account: AccountStatus,
    /// How often everything issued for the account was ended, for [`Admin::forget_second_factor_of`].
    pub epoch: u64,
    /// Whether the account has a password. Without one, only a mailed link helps.
    pub has_password: bool,
    /// Whether the password has to be replaced at the next sign-in.
    pub must_change_password: bool,
    /// The budgets of attempts and mails.
    pub budgets: Vec<BudgetReport>,
    /// How many mailed links are live.
    pub links: usize,
    /// How many sign-ins wait for their second factor, or may change it.
    pub tickets: usize,
    /// How many sessions that the store keeps are live.
    pub sessions: usize,
    /// The authenticator that waits for its first code.
    pub set_up: Option<PendingSetUp>,
    /// How many authenticators are active.
    pub authenticators: usize,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
}

impl SignInReport {
    /// The budgets that would refuse an attempt now.
    pub fn throttled(&self) -> impl Iterator<Item = &BudgetReport> {
        self.budgets
            .iter()
            .filter(|budget| budget.throttled.is_some())
    }
}

/// An account in the host's directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountStatus {
    /// The directory does not know it.
    Unknown,
    /// It may not sign in.
    Disabled,
    /// It may sign in.
    Enabled,
}

/// A budget, as it would answer an attempt now. Nothing was charged to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetReport {
    /// The budget.
    pub budget: ReportedBudget,
    /// Why an attempt would be refused; `None` if it would be looked at.
    pub throttled: Option<Throttled>,
    /// Failures in a row, which count towards the hard stop. For mails and requests: how many there were.
    pub failures: u32,
}

/// The budgets of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReportedBudget {
    /// Sign-ins with a password, in browsers that are not known.
    Password,
    /// Codes of one authenticator, or first codes of the pending set-up.
    Codes(AuthenticatorId),
    /// First codes of mailed set-ups, however many there are.
    SetUpCodes,
    /// Recovery codes.
    RecoveryCodes,
    /// Comparisons of a new password with earlier ones.
    EarlierPasswords,
    /// Reset mails and invitations to the account.
    ResetMails,
    /// Set-up mails to the account.
    SetUpMails,
    /// Pending set-ups that another sign-in replaced.
    SetUpReplacements,
    /// Requests for a link with the account's login name.
    LoginRequests,
    /// Mails with a link that leave for the tenant.
    TenantMails,
    /// Sign-ins from the client's address.
    ClientSignIns,
    /// Requests for a link from the client's address.
    ClientRequests,
}

/// An authenticator that waits for its first code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PendingSetUp {
    /// Where its mail is; [`MailState::Unsent`] if the page shows it.
    pub mail: MailState,
    /// When it ends (Unix time).
    pub expires_at: u64,
}

impl Admin<'_> {
    /// Reports what may keep the person of an account from signing in, with the budgets of `client` where its address
    /// is known. Changes and charges nothing. The reads are not of one moment.
    ///
    /// It shows the budgets as sign-ins of now count them. The budget of a known browser cannot be found: the browser's
    /// token names it. After a rotation of keys, budgets start afresh.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_why_no_sign_in", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn why_no_sign_in(
        &self,
        account: &str,
        client: Option<IpAddr>,
    ) -> Result<SignInReport, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let (key, now) = (self.tenant.key(account)?, inner.now());
        let known = inner.directory.get(tenant, account).await;
        let known = known.map_err(Fault::Directory)?;
        let command = ExportAccount {
            account: key.clone(),
            subjects: Vec::new(),
        };
        let stored = inner.store.export_account(&command).await?;
        let active = inner.store.authenticators(&key).await?;
        let pending = inner.store.pending_enrolment(&key, now).await?;
        let pending = pending.filter(|pending| !pending.expires_too_late(now));
        let sessions = inner.store.list_sessions(&key, now).await?;
        let ids = active.iter().map(|active| active.id);
        let ids: Vec<Id> = ids.chain(pending.as_ref().map(|found| found.id)).collect();
        let login = known.as_ref().map(|known| known.login.as_str());
        let login = login.and_then(|login| Login::parse(login).ok());
        let asked = self.reported_budgets(&key, &ids, login.as_ref(), client);
        let live = |expires_at: &u64| is_in_time(*expires_at, now);
        Ok(SignInReport {
            account: match known {
                None => AccountStatus::Unknown,
                Some(known) if !known.enabled => AccountStatus::Disabled,
                Some(_) => AccountStatus::Enabled,
            },
            epoch: stored.epoch,
            has_password: stored.has_password,
            must_change_password: stored.must_change,
            budgets: self.peeked(asked).await?,
            links: stored.links.iter().filter(|end| live(end)).count(),
            tickets: stored
                .tickets
                .iter()
                .filter(|ticket| live(&ticket.expires_at))
                .count(),
            sessions: sessions.len(),
            set_up: pending.map(|pending| PendingSetUp {
                mail: pending.mail,
                expires_at: pending.expires_at,
            }),
            authenticators: active.len(),
            recovery_codes_left: stored.recovery_codes,
        })
    }

    /// The budgets with what they allow, as the flow charges them.
    fn reported_budgets(
        &self,
        key: &AccountKey,
        authenticators: &[Id],
        login: Option<&Login>,
        client: Option<IpAddr>,
    ) -> Vec<(ReportedBudget, BudgetCharge)> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let limits = &inner.limits;
        let of_account = |guarded| inner.account_budget(guarded, key);
        let mut asked = vec![(
            ReportedBudget::Password,
            budget(of_account(Guarded::Password), limits.password_attempts),
        )];
        for id in authenticators {
            let charge = budget(inner.authenticator_budget(key, *id), limits.code_attempts);
            asked.push((ReportedBudget::Codes(AuthenticatorId(*id)), charge));
        }
        for (reported, guarded, allowed) in [
            (
                ReportedBudget::SetUpCodes,
                Guarded::Enrolment,
                limits.set_up_attempts(),
            ),
            (
                ReportedBudget::RecoveryCodes,
                Guarded::RecoveryCode,
                limits.recovery_attempts,
            ),
            (
                ReportedBudget::EarlierPasswords,
                Guarded::Reuse,
                limits.reuse_checks,
            ),
            (
                ReportedBudget::ResetMails,
                Guarded::ResetMail,
                limits.reset_mails,
            ),
            (
                ReportedBudget::SetUpMails,
                Guarded::SetupMail,
                limits.setup_mails,
            ),
            (
                ReportedBudget::SetUpReplacements,
                Guarded::SetupReplacement,
                limits.setup_mails,
            ),
        ] {
            asked.push((reported, budget(of_account(guarded), allowed)));
        }
        if let Some(login) = login {
            let name = inner.login_budget(Guarded::NameRequest, tenant, login);
            let charge = budget(name, limits.name_requests);
            asked.push((ReportedBudget::LoginRequests, charge));
        }
        let mails = inner.tenant_budget(Guarded::TenantMail, tenant);
        let charge = budget(mails, limits.tenant_mails);
        asked.push((ReportedBudget::TenantMails, charge));
        let address = client.and_then(|address| Client::at(address).budget_address());
        if let Some(address) = address {
            let sign_ins = inner.client_budget(Guarded::ClientSignIn, tenant, address);
            let charge = budget(sign_ins, limits.client_sign_ins);
            asked.push((ReportedBudget::ClientSignIns, charge));
            let requests = inner.client_budget(Guarded::ClientRequest, tenant, address);
            let charge = budget(requests, limits.client_requests);
            asked.push((ReportedBudget::ClientRequests, charge));
        }
        asked
    }

    async fn peeked(
        &self,
        asked: Vec<(ReportedBudget, BudgetCharge)>,
    ) -> Result<Vec<BudgetReport>, Fault> {
        let inner = &self.tenant.inner;
        let keys: Vec<AttemptKey> = asked.iter().map(|(_, charge)| charge.key).collect();
        let tallies = inner.store.budgets(&keys).await?;
        let now_ms = inner.now_ms();
        let report = |((budget, charge), tally): ((_, BudgetCharge), _)| BudgetReport {
            budget,
            throttled: charge.allowance.peek(tally, now_ms).map(Throttled::from),
            failures: tally.map_or(0, |tally: slotwerk_throttle::Tally| tally.state.failures),
        };
        Ok(asked.into_iter().zip(tallies).map(report).collect())
    }
}
