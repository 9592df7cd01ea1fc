//! The contract's commands. All but those on budgets go to the store underneath.

use crate::RedisStore;
use crate::changes::without_lossy;
use async_trait::async_trait;
use slotwerk_store::{
    AccessRevoked, AccountErased, AccountExport, AccountKey, AdvanceTotpStep, AttemptKey,
    AuditPage, AuditRow, Authenticator, AuthenticatorRemoved, AuthenticatorRenamed, Backlog,
    BeginEnrolment, ChangePassword, ChargeAttempts, Charged, ClearAttempts, ClearRecheck,
    ConfirmEnrolment, ConsumeReset, CreateSession, Credential, EndSessions, Enqueued,
    EnrolmentBegun, EnrolmentConfirmed, EraseAccount, ExportAccount, FinishJob, HashReplaced,
    IssueReset, Job, LeaseJobs, LinksRevoked, ListSecondFactors, MoveWatermark, NewJob,
    NewPasswordRequired, OpenReset, OpenTicket, PasswordChanged, PastPassword, PendingEnrolment,
    PostponeJob, RecheckCleared, RecoveryCodeSpent, RecoveryCodesRenewed, RemoveAuthenticator,
    RenameAuthenticator, RenewRecoveryCodes, ReplaceHash, RequireNewPassword, ResetConsumed,
    ResetIssued, Result, RevokeAccess, RevokeLinks, RotateSession, SecondFactors, Session,
    SessionCreated, SessionRotated, SessionTouched, SettleAttempt, SpendRecoveryCode, StepAdvanced,
    Store, Ticket, TokenHash, TouchSession, WatermarkMoved,
};
use slotwerk_throttle::Tally;

/// Runs a command that gives budgets back with its success. Those in Redis come back after the commit.
macro_rules! settling {
    ($store:ident, $call:ident, $command:ident, $success:pat) => {{
        let Some((kept, lossy)) = without_lossy($command) else {
            return $store.inner.$call($command).await;
        };
        let outcome = $store.inner.$call(&kept).await?;
        if matches!(outcome, $success) {
            $store.give_back(&lossy).await;
        }
        Ok(outcome)
    }};
}

#[async_trait]
impl Store for RedisStore {
    async fn enqueue(&self, job: &NewJob) -> Result<Enqueued> {
        self.inner.enqueue(job).await
    }

    async fn lease_jobs(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        self.inner.lease_jobs(command).await
    }

    async fn finish_job(&self, command: &FinishJob) -> Result<bool> {
        self.inner.finish_job(command).await
    }

    async fn postpone_job(&self, command: &PostponeJob) -> Result<bool> {
        self.inner.postpone_job(command).await
    }

    async fn outbox_backlog(&self, now: u64) -> Result<Backlog> {
        self.inner.outbox_backlog(now).await
    }

    async fn credential(&self, account: &AccountKey) -> Result<Credential> {
        self.inner.credential(account).await
    }

    async fn password_history(
        &self,
        account: &AccountKey,
        limit: u16,
    ) -> Result<Vec<PastPassword>> {
        self.inner.password_history(account, limit).await
    }

    async fn replace_hash(&self, command: &ReplaceHash) -> Result<HashReplaced> {
        self.inner.replace_hash(command).await
    }

    async fn change_password(&self, command: &ChangePassword) -> Result<PasswordChanged> {
        settling!(
            self,
            change_password,
            command,
            PasswordChanged::Changed { .. }
        )
    }

    async fn clear_recheck(&self, command: &ClearRecheck) -> Result<RecheckCleared> {
        self.inner.clear_recheck(command).await
    }

    async fn revoke_access(&self, command: &RevokeAccess) -> Result<AccessRevoked> {
        self.inner.revoke_access(command).await
    }

    async fn issue_reset(&self, command: &IssueReset) -> Result<ResetIssued> {
        self.inner.issue_reset(command).await
    }

    async fn find_reset(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<OpenReset>> {
        self.inner.find_reset(tenant, token, now).await
    }

    async fn consume_reset(&self, command: &ConsumeReset) -> Result<ResetConsumed> {
        settling!(self, consume_reset, command, ResetConsumed::Consumed { .. })
    }

    async fn revoke_links(&self, command: &RevokeLinks) -> Result<LinksRevoked> {
        self.inner.revoke_links(command).await
    }

    async fn open_ticket(&self, command: &OpenTicket) -> Result<()> {
        settling!(self, open_ticket, command, ())
    }

    async fn find_ticket(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Ticket>> {
        self.inner.find_ticket(tenant, token, now).await
    }

    async fn authenticators(&self, account: &AccountKey) -> Result<Vec<Authenticator>> {
        self.inner.authenticators(account).await
    }

    async fn pending_enrolment(
        &self,
        account: &AccountKey,
        now: u64,
    ) -> Result<Option<PendingEnrolment>> {
        self.inner.pending_enrolment(account, now).await
    }

    async fn begin_enrolment(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        self.inner.begin_enrolment(command).await
    }

    async fn confirm_enrolment(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        settling!(
            self,
            confirm_enrolment,
            command,
            EnrolmentConfirmed::Confirmed { .. }
        )
    }

    async fn rename_authenticator(
        &self,
        command: &RenameAuthenticator,
    ) -> Result<AuthenticatorRenamed> {
        self.inner.rename_authenticator(command).await
    }

    async fn remove_authenticator(
        &self,
        command: &RemoveAuthenticator,
    ) -> Result<AuthenticatorRemoved> {
        self.inner.remove_authenticator(command).await
    }

    async fn advance_totp_step(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        settling!(
            self,
            advance_totp_step,
            command,
            StepAdvanced::Advanced { .. }
        )
    }

    async fn move_watermark(&self, command: &MoveWatermark) -> Result<WatermarkMoved> {
        self.inner.move_watermark(command).await
    }

    async fn spend_recovery_code(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        settling!(
            self,
            spend_recovery_code,
            command,
            RecoveryCodeSpent::Spent { .. }
        )
    }

    async fn renew_recovery_codes(
        &self,
        command: &RenewRecoveryCodes,
    ) -> Result<RecoveryCodesRenewed> {
        settling!(
            self,
            renew_recovery_codes,
            command,
            RecoveryCodesRenewed::Renewed
        )
    }

    async fn recovery_code_hashing(&self, account: &AccountKey) -> Result<Option<String>> {
        self.inner.recovery_code_hashing(account).await
    }

    async fn recovery_codes_left(&self, account: &AccountKey) -> Result<u32> {
        self.inner.recovery_codes_left(account).await
    }

    async fn charge_attempts(&self, command: &ChargeAttempts) -> Result<Vec<Charged>> {
        self.charge(command).await
    }

    async fn settle_attempt(&self, command: &SettleAttempt) -> Result<()> {
        self.settle(command).await
    }

    async fn lift_attempt(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        self.lift(key, now_ms).await
    }

    async fn clear_attempts(&self, command: &ClearAttempts) -> Result<u64> {
        self.clear(command).await
    }

    async fn budgets(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>> {
        self.read(keys).await
    }

    async fn audit_trail(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<AuditRow>> {
        self.inner.audit_trail(tenant, after, limit).await
    }

    async fn purge(&self, now: u64, limit: u32) -> Result<u64> {
        self.inner.purge(now, limit).await
    }

    async fn create_session(&self, command: &CreateSession) -> Result<SessionCreated> {
        self.inner.create_session(command).await
    }

    async fn find_session(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Session>> {
        self.inner.find_session(tenant, token, now).await
    }

    async fn touch_session(&self, command: &TouchSession) -> Result<SessionTouched> {
        self.inner.touch_session(command).await
    }

    async fn rotate_session(&self, command: &RotateSession) -> Result<SessionRotated> {
        self.inner.rotate_session(command).await
    }

    async fn end_session(&self, account: &AccountKey, token: TokenHash) -> Result<bool> {
        self.inner.end_session(account, token).await
    }

    async fn list_sessions(&self, account: &AccountKey, now: u64) -> Result<Vec<Session>> {
        self.inner.list_sessions(account, now).await
    }

    async fn end_sessions(&self, command: &EndSessions) -> Result<u64> {
        self.inner.end_sessions(command).await
    }

    async fn require_new_password(
        &self,
        command: &RequireNewPassword,
    ) -> Result<NewPasswordRequired> {
        self.inner.require_new_password(command).await
    }

    async fn erase_account(&self, command: &EraseAccount) -> Result<AccountErased> {
        self.erase(command).await
    }

    async fn export_account(&self, command: &ExportAccount) -> Result<AccountExport> {
        self.inner.export_account(command).await
    }

    async fn audit_page(&self, command: &AuditPage) -> Result<Vec<AuditRow>> {
        self.inner.audit_page(command).await
    }

    async fn second_factors(&self, command: &ListSecondFactors) -> Result<SecondFactors> {
        self.inner.second_factors(command).await
    }
}
