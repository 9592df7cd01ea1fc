//! Unlocking an account whose attempts are used up.

use super::{Admin, BudgetReport, By, ReportedBudget};
use crate::budgets::BudgetsOf;
use crate::fault::Fault;
use crate::jobs::Notice;
use crate::throttled::Throttled;

/// The answer to an unlocking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnlockOutcome {
    /// The budgets of the account are whole, and a notice waits in the outbox.
    Unlocked,
    /// No attempt failed lately and none would be refused; nothing has changed.
    NotLocked,
}

impl Admin<'_> {
    /// Clears the budgets of an account and of its login name, as [`clear_budgets`](Self::clear_budgets) does, if there is
    /// something to unlock. A notice goes to the person. An authenticator that is exhausted stays so.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_unlock", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn unlock(&self, account: &str, by: &By) -> Result<UnlockOutcome, Fault> {
        let report = self.why_no_sign_in(account, None).await?;
        if !report.budgets.iter().any(can_be_unlocked) {
            return Ok(UnlockOutcome::NotLocked);
        }
        let inner = &self.tenant.inner;
        let notice = inner.notice(&self.tenant.key(account)?, Notice::AccountUnlocked)?;
        let cleared = self.clear(BudgetsOf::Account(account), by, Some(notice));
        Ok(match cleared.await? {
            0 => UnlockOutcome::NotLocked,
            _ => UnlockOutcome::Unlocked,
        })
    }
}

/// Whether clearing the budget changes what the person may do.
fn can_be_unlocked(report: &BudgetReport) -> bool {
    let counts_guesses = matches!(
        report.budget,
        ReportedBudget::Password
            | ReportedBudget::Codes(_)
            | ReportedBudget::SetUpCodes
            | ReportedBudget::RecoveryCodes
            | ReportedBudget::EarlierPasswords
    );
    match (report.budget, report.throttled) {
        // It is not the account's.
        (ReportedBudget::TenantMails, _) => false,
        (_, Some(Throttled::Wait(_) | Throttled::Locked)) => true,
        (_, Some(Throttled::Exhausted)) => false,
        (_, None) => counts_guesses && report.failures > 0,
    }
}
