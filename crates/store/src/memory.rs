//! The in-memory store: for tests, demonstrations and reading what each command means.
//!
//! One mutex is one transaction: every method takes the lock, checks every guard, and only then
//! writes. Nothing survives the process.

mod attempt;
mod checkpoint;
mod erase;
mod factor;
mod issued;
mod must_change;
mod outbox;
mod overview;
mod purge;
mod rows;
mod sealed;
mod session;

use crate::Backlog;
use crate::{
    AccessRevoked, AccountKey, AdvanceTotpStep, AttemptKey, AuditKind, AuditRow, Authenticator,
    AuthenticatorRemoved, AuthenticatorRenamed, BeginEnrolment, ChangePassword, ChargeAttempts,
    Charged, ClearAttempts, ClearRecheck, ConfirmEnrolment, ConsumeReset, Credential, Enqueued,
    EnrolmentBegun, EnrolmentConfirmed, FinishJob, Forget, HashReplaced, IssueReset, Job,
    LeaseJobs, LinksRevoked, NewJob, OpenReset, OpenTicket, PasswordChanged, PastPassword,
    PendingEnrolment, PostponeJob, RecheckCleared, RecoveryCodeSpent, RecoveryCodesRenewed,
    RemoveAuthenticator, RenameAuthenticator, RenewRecoveryCodes, ReplaceHash, ResetConsumed,
    ResetIssued, Result, RevokeAccess, RevokeLinks, SettleAttempt, SpendRecoveryCode, StepAdvanced,
    Store, Ticket, TokenHash,
};
use crate::{AccountErased, AccountExport, AuditPage, EraseAccount, ExportAccount};
use crate::{
    AuditRecord, AuditSealed, AuditTenants, Checkpoint, SealAudit, SealedAudit, UnsealedAudit,
};
use crate::{
    CreateSession, EndSessions, RotateSession, Session, SessionCreated, SessionRotated,
    SessionTouched, TouchSession,
};
use crate::{ListSecondFactors, SecondFactors};
use crate::{MoveWatermark, WatermarkMoved};
use crate::{NewPasswordRequired, RequireNewPassword};
use crate::{ReplaceSealed, SealedPage, SealedReplaced, SealedValue};
use async_trait::async_trait;
use rows::{NewPassword, Rows};
use slotwerk_throttle::Tally;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A [`Store`] that forgets everything when it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    rows: Mutex<Rows>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn begin(&self) -> MutexGuard<'_, Rows> {
        // Guards come before writes in every method, so a poisoned lock still guards whole rows.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn enqueue(&self, job: &NewJob) -> Result<Enqueued> {
        let mut rows = self.begin();
        let waiting = rows
            .jobs
            .values()
            .filter(|row| row.tenant == job.tenant)
            .count();
        if waiting >= job.capacity as usize {
            return Ok(Enqueued::Full);
        }
        rows.insert_job(job);
        rows.take_note(job.note.as_ref());
        Ok(Enqueued::Queued)
    }

    async fn lease_jobs(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        Ok(self.begin().lease_jobs(command))
    }

    async fn finish_job(&self, command: &FinishJob) -> Result<bool> {
        Ok(self.begin().finish_job(command))
    }

    async fn postpone_job(&self, command: &PostponeJob) -> Result<bool> {
        Ok(self.begin().postpone_job(command))
    }

    async fn outbox_backlog(&self, now: u64) -> Result<Backlog> {
        Ok(self.begin().outbox_backlog(now))
    }

    async fn credential(&self, account: &AccountKey) -> Result<Credential> {
        Ok(self
            .begin()
            .credentials
            .get(account)
            .cloned()
            .unwrap_or_default())
    }

    async fn password_history(
        &self,
        account: &AccountKey,
        limit: u16,
    ) -> Result<Vec<PastPassword>> {
        let rows = self.begin();
        let newest = rows.history.get(account).into_iter().flatten();
        Ok(newest.take(limit.into()).cloned().collect())
    }

    async fn replace_hash(&self, command: &ReplaceHash) -> Result<HashReplaced> {
        match self.begin().credentials.get_mut(&command.account) {
            Some(credential) if credential.hash.as_deref() == Some(command.expected.as_str()) => {
                credential.hash = Some(command.replacement.clone());
                Ok(HashReplaced::Replaced)
            }
            _ => Ok(HashReplaced::Stale),
        }
    }

    async fn change_password(&self, command: &ChangePassword) -> Result<PasswordChanged> {
        let mut rows = self.begin();
        if rows.epoch(&command.account) != command.expected_epoch {
            return Ok(PasswordChanged::Stale);
        }
        let new = NewPassword {
            hash: &command.hash,
            recheck: command.recheck,
            keep: command.keep,
            now: command.now,
        };
        let epoch = rows.set_password(&command.account, &new);
        rows.record(
            &command.account,
            AuditKind::PasswordChanged,
            command.subject,
            command.now,
            command.notice.as_ref(),
        );
        rows.change_budgets(&command.budgets, command.now);
        Ok(PasswordChanged::Changed { epoch })
    }

    async fn clear_recheck(&self, command: &ClearRecheck) -> Result<RecheckCleared> {
        match self.begin().credentials.get_mut(&command.account) {
            Some(credential) if credential.epoch == command.epoch && credential.recheck => {
                credential.recheck = false;
                Ok(RecheckCleared::Cleared)
            }
            _ => Ok(RecheckCleared::Stale),
        }
    }

    async fn revoke_access(&self, command: &RevokeAccess) -> Result<AccessRevoked> {
        let mut rows = self.begin();
        let current = rows.epoch(&command.account);
        if command.expected_epoch.is_some_and(|due| due != current) {
            return Ok(AccessRevoked::Stale);
        }
        let epoch = rows.bump(&command.account);
        let kind = match command.forget {
            Forget::Nothing => AuditKind::AccessRevoked,
            Forget::Password => {
                rows.forget_password(&command.account, command.now);
                AuditKind::PasswordForgotten
            }
            Forget::SecondFactor => {
                rows.forget_second_factor(&command.account);
                AuditKind::SecondFactorForgotten
            }
        };
        rows.tell_by(
            command.account.tenant(),
            kind,
            (command.subject, command.actor),
            command.reason.as_ref(),
            command.now,
        );
        if let Some(job) = &command.notice {
            rows.insert_job(job);
        }
        Ok(AccessRevoked::Revoked { epoch })
    }

    async fn issue_reset(&self, command: &IssueReset) -> Result<ResetIssued> {
        Ok(self.begin().issue_reset(command))
    }

    async fn find_reset(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<OpenReset>> {
        let rows = self.begin();
        let row = rows
            .live_reset(token, now)
            .filter(|row| row.open.account.tenant() == tenant);
        Ok(row.map(|row| row.open.clone()))
    }

    async fn consume_reset(&self, command: &ConsumeReset) -> Result<ResetConsumed> {
        Ok(self.begin().consume_reset(command))
    }

    async fn revoke_links(&self, command: &RevokeLinks) -> Result<LinksRevoked> {
        Ok(self.begin().revoke_links(command))
    }

    async fn open_ticket(&self, command: &OpenTicket) -> Result<()> {
        self.begin().open_ticket(command);
        Ok(())
    }

    async fn find_ticket(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Ticket>> {
        let rows = self.begin();
        Ok(rows
            .live_ticket(token, now)
            .filter(|ticket| ticket.account.tenant() == tenant)
            .cloned())
    }

    async fn authenticators(&self, account: &AccountKey) -> Result<Vec<Authenticator>> {
        Ok(self.begin().active(account).to_vec())
    }

    async fn pending_enrolment(
        &self,
        account: &AccountKey,
        now: u64,
    ) -> Result<Option<PendingEnrolment>> {
        Ok(self.begin().live_pending(account, now).cloned())
    }

    async fn begin_enrolment(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        Ok(self.begin().begin_enrolment(command))
    }

    async fn confirm_enrolment(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        Ok(self.begin().confirm_enrolment(command))
    }

    async fn rename_authenticator(
        &self,
        command: &RenameAuthenticator,
    ) -> Result<AuthenticatorRenamed> {
        Ok(self.begin().rename_authenticator(command))
    }

    async fn remove_authenticator(
        &self,
        command: &RemoveAuthenticator,
    ) -> Result<AuthenticatorRemoved> {
        Ok(self.begin().remove_authenticator(command))
    }

    async fn advance_totp_step(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        Ok(self.begin().advance_totp_step(command))
    }

    async fn move_watermark(&self, command: &MoveWatermark) -> Result<WatermarkMoved> {
        Ok(self.begin().move_watermark(command))
    }

    async fn spend_recovery_code(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        Ok(self.begin().spend_recovery_code(command))
    }

    async fn renew_recovery_codes(
        &self,
        command: &RenewRecoveryCodes,
    ) -> Result<RecoveryCodesRenewed> {
        Ok(self.begin().renew_recovery_codes(command))
    }

    async fn recovery_code_hashing(&self, account: &AccountKey) -> Result<Option<String>> {
        Ok(self.begin().code_hashing(account))
    }

    async fn recovery_codes_left(&self, account: &AccountKey) -> Result<u32> {
        Ok(self.begin().codes_left(account))
    }

    async fn sealed_page(&self, command: &SealedPage) -> Result<Vec<SealedValue>> {
        Ok(self.begin().sealed_page(command))
    }

    async fn replace_sealed(&self, command: &ReplaceSealed) -> Result<SealedReplaced> {
        Ok(self.begin().replace_sealed(command))
    }

    async fn charge_attempts(&self, command: &ChargeAttempts) -> Result<Vec<Charged>> {
        Ok(self.begin().charge(command))
    }

    async fn settle_attempt(&self, command: &SettleAttempt) -> Result<()> {
        self.begin().settle(command);
        Ok(())
    }

    async fn lift_attempt(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        self.begin().lift(key, now_ms);
        Ok(())
    }

    async fn clear_attempts(&self, command: &ClearAttempts) -> Result<u64> {
        let mut rows = self.begin();
        let mut cleared = 0;
        for key in &command.keys {
            cleared += u64::from(rows.lift(*key, command.now_ms));
        }
        if cleared > 0 {
            rows.tell_by(
                &command.tenant,
                AuditKind::BudgetsCleared,
                (command.subject, command.actor),
                command.reason.as_ref(),
                command.now_ms / 1000,
            );
            rows.insert_notice(command.notice.as_ref());
        }
        Ok(cleared)
    }

    async fn budgets(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>> {
        let rows = self.begin();
        let tally = |key| rows.attempts.get(key).map(|row| row.tally);
        Ok(keys.iter().map(tally).collect())
    }

    async fn audit_trail(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<AuditRow>> {
        let rows = self.begin();
        let trail = rows
            .audit
            .iter()
            .filter(|(of, row)| of == tenant && row.number > after);
        Ok(trail
            .take(limit as usize)
            .map(|(_, row)| row.clone())
            .collect())
    }

    async fn purge(&self, now: u64, limit: u32) -> Result<u64> {
        Ok(self.begin().purge(now, limit))
    }

    async fn create_session(&self, command: &CreateSession) -> Result<SessionCreated> {
        Ok(self.begin().create_session(command))
    }

    async fn find_session(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Session>> {
        let rows = self.begin();
        Ok(rows
            .live_session(token, now)
            .filter(|session| session.account.tenant() == tenant)
            .cloned())
    }

    async fn touch_session(&self, command: &TouchSession) -> Result<SessionTouched> {
        Ok(self.begin().touch_session(command))
    }

    async fn rotate_session(&self, command: &RotateSession) -> Result<SessionRotated> {
        Ok(self.begin().rotate_session(command))
    }

    async fn end_session(&self, account: &AccountKey, token: TokenHash) -> Result<bool> {
        Ok(self.begin().end_session(account, token))
    }

    async fn list_sessions(&self, account: &AccountKey, now: u64) -> Result<Vec<Session>> {
        Ok(self.begin().live_sessions(account, now))
    }

    async fn end_sessions(&self, command: &EndSessions) -> Result<u64> {
        Ok(self.begin().end_sessions(command))
    }

    async fn require_new_password(
        &self,
        command: &RequireNewPassword,
    ) -> Result<NewPasswordRequired> {
        Ok(self.begin().require_new_password(command))
    }

    async fn erase_account(&self, command: &EraseAccount) -> Result<AccountErased> {
        Ok(self.begin().erase_account(command))
    }

    async fn export_account(&self, command: &ExportAccount) -> Result<AccountExport> {
        Ok(self.begin().export_account(command))
    }

    async fn audit_page(&self, command: &AuditPage) -> Result<Vec<AuditRow>> {
        Ok(self.begin().audit_page(command))
    }

    async fn second_factors(&self, command: &ListSecondFactors) -> Result<SecondFactors> {
        Ok(self.begin().second_factors(command))
    }

    async fn audit_tenants(&self, command: &AuditTenants) -> Result<Vec<String>> {
        Ok(self.begin().audit_tenants(command))
    }

    async fn unsealed_audit(&self, command: &UnsealedAudit) -> Result<Vec<AuditRecord>> {
        Ok(self.begin().unsealed_audit(command))
    }

    async fn sealed_audit(&self, command: &SealedAudit) -> Result<Vec<AuditRecord>> {
        Ok(self.begin().sealed_audit(command))
    }

    async fn audit_checkpoints(
        &self,
        tenant: &str,
        after: u64,
        limit: u16,
    ) -> Result<Vec<Checkpoint>> {
        Ok(self.begin().audit_checkpoints(tenant, after, limit))
    }

    async fn last_checkpoint(&self, tenant: &str) -> Result<Option<Checkpoint>> {
        Ok(self.begin().last_checkpoint(tenant).cloned())
    }

    async fn seal_audit(&self, command: &SealAudit) -> Result<AuditSealed> {
        Ok(self.begin().seal_audit(command))
    }

    async fn remove_audit(&self, tenant: &str, limit: u32) -> Result<u64> {
        Ok(self.begin().remove_audit(tenant, limit))
    }
}
