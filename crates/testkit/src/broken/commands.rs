//! Each command with its flaw.

use super::budgets::with_budgets;
use super::{BrokenStore, Flaw};
use async_trait::async_trait;
use slotwerk_store::Backlog;
use slotwerk_store::{
    AccessRevoked, AccountKey, AdvanceTotpStep, AttemptKey, AuditRow, Authenticator,
    AuthenticatorRemoved, AuthenticatorRenamed, BeginEnrolment, ChangePassword, ChargeAttempts,
    Charged, ClearAttempts, ClearRecheck, ConfirmEnrolment, ConsumeReset, Credential, Enqueued,
    EnrolmentBegun, EnrolmentConfirmed, FinishJob, HashReplaced, Id, IssueReset, Job, LeaseJobs,
    LinksRevoked, NewJob, OpenReset, OpenTicket, PasswordChanged, PasswordStanding, PastPassword,
    PendingEnrolment, PostponeJob, RecheckCleared, RecoveryCodeSpent, RecoveryCodesRenewed,
    RemoveAuthenticator, RenameAuthenticator, RenewRecoveryCodes, ReplaceHash, ResetConsumed,
    ResetIssued, Result, RevokeAccess, RevokeLinks, SettleAttempt, SpendRecoveryCode, Stage,
    StepAdvanced, Store, Ticket, TokenHash,
};
use slotwerk_store::{AccountErased, AccountExport, AuditPage, EraseAccount, ExportAccount};
use slotwerk_store::{
    AuditRecord, AuditSealed, AuditTenants, Checkpoint, SealAudit, SealedAudit, UnsealedAudit,
};
use slotwerk_store::{
    CreateSession, EndSessions, RotateSession, Session, SessionCreated, SessionRotated,
    SessionTouched, TouchSession,
};
use slotwerk_store::{ListSecondFactors, SecondFactors};
use slotwerk_store::{MoveWatermark, WatermarkMoved};
use slotwerk_store::{NewPasswordRequired, RequireNewPassword};
use slotwerk_store::{ReplaceSealed, SealedPage, SealedReplaced, SealedValue};
use slotwerk_throttle::Tally;

#[async_trait]
impl Store for BrokenStore {
    async fn enqueue(&self, job: &NewJob) -> Result<Enqueued> {
        self.add_job(job).await
    }

    async fn lease_jobs(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        self.lease(command).await
    }

    async fn finish_job(&self, command: &FinishJob) -> Result<bool> {
        self.finish(command).await
    }

    async fn postpone_job(&self, command: &PostponeJob) -> Result<bool> {
        self.postpone(command).await
    }

    async fn outbox_backlog(&self, now: u64) -> Result<Backlog> {
        self.backlog(now).await
    }

    async fn credential(&self, account: &AccountKey) -> Result<Credential> {
        self.known(account).await
    }

    async fn password_history(
        &self,
        account: &AccountKey,
        limit: u16,
    ) -> Result<Vec<PastPassword>> {
        self.history(account, limit).await
    }

    async fn replace_hash(&self, command: &ReplaceHash) -> Result<HashReplaced> {
        self.rehash(command).await
    }

    async fn change_password(&self, command: &ChangePassword) -> Result<PasswordChanged> {
        with_budgets!(self, change, command, PasswordChanged::Changed { .. })
    }

    async fn clear_recheck(&self, command: &ClearRecheck) -> Result<RecheckCleared> {
        self.clear(command).await
    }

    async fn revoke_access(&self, command: &RevokeAccess) -> Result<AccessRevoked> {
        self.revoke(command).await
    }

    async fn issue_reset(&self, command: &IssueReset) -> Result<ResetIssued> {
        self.note_tenant(&command.account);
        self.notes().issued.push(command.clone());
        let mut command = command.clone();
        if self.has(Flaw::CountsEveryLink) {
            command.job = Id(command.token.0.first_chunk().copied().unwrap_or_default());
        }
        if self.has(Flaw::GetThenPut) && self.has_room(&command).await? {
            self.gap().await;
            let link = (command.account.clone(), command.token, command.job);
            self.notes().links.push(link);
            command.max_live = u32::MAX;
        }
        let outcome = self.inner.issue_reset(&command).await?;
        self.put_far_rows_back(command.now).await?;
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => ResetIssued::Issued,
            _ => outcome,
        })
    }

    async fn find_reset(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<OpenReset>> {
        if self.has(Flaw::IgnoresTenant) {
            let tenants = self.notes().tenants.clone();
            for tenant in tenants {
                if let Some(found) = self.inner.find_reset(&tenant, token, now).await? {
                    return Ok(Some(found));
                }
            }
        }
        let now = self.link_clock(token, self.late(now));
        self.inner.find_reset(tenant, token, now).await
    }

    async fn consume_reset(&self, command: &ConsumeReset) -> Result<ResetConsumed> {
        with_budgets!(self, reset, command, ResetConsumed::Consumed { .. })
    }

    async fn revoke_links(&self, command: &RevokeLinks) -> Result<LinksRevoked> {
        self.kill_links(command).await
    }

    async fn open_ticket(&self, command: &OpenTicket) -> Result<()> {
        let mut command = command.clone();
        let budgets = std::mem::take(&mut command.budgets);
        self.open(&command).await?;
        self.change_budgets(&budgets, command.now, true).await
    }

    async fn find_ticket(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Ticket>> {
        if self.has(Flaw::IgnoresTenant) {
            let tenants = self.notes().tenants.clone();
            for tenant in tenants {
                if let Some(found) = self.inner.find_ticket(&tenant, token, now).await? {
                    return Ok(Some(found));
                }
            }
        }
        if self.has(Flaw::PushesOutSetUps) && self.is_surplus(token) {
            return Ok(None);
        }
        let now = self.ticket_clock(token, self.late(now));
        let mut found = self.inner.find_ticket(tenant, token, now).await?;
        if let Some(ticket) = found.as_mut().filter(|_| self.has(Flaw::LosesStanding)) {
            ticket.standing = PasswordStanding::Good;
        }
        Ok(found)
    }

    async fn authenticators(&self, account: &AccountKey) -> Result<Vec<Authenticator>> {
        self.active(account).await
    }

    async fn pending_enrolment(
        &self,
        account: &AccountKey,
        now: u64,
    ) -> Result<Option<PendingEnrolment>> {
        let now = self.enrolment_clock(account, self.late(now));
        self.inner.pending_enrolment(account, now).await
    }

    async fn begin_enrolment(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        self.offer(command).await
    }

    async fn confirm_enrolment(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        with_budgets!(self, confirm, command, EnrolmentConfirmed::Confirmed { .. })
    }

    async fn rename_authenticator(
        &self,
        command: &RenameAuthenticator,
    ) -> Result<AuthenticatorRenamed> {
        self.rename(command).await
    }

    async fn remove_authenticator(
        &self,
        command: &RemoveAuthenticator,
    ) -> Result<AuthenticatorRemoved> {
        self.remove(command).await
    }

    async fn advance_totp_step(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        with_budgets!(self, advance, command, StepAdvanced::Advanced { .. })
    }

    async fn move_watermark(&self, command: &MoveWatermark) -> Result<WatermarkMoved> {
        self.move_mark(command).await
    }

    async fn spend_recovery_code(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        with_budgets!(self, spend, command, RecoveryCodeSpent::Spent { .. })
    }

    async fn renew_recovery_codes(
        &self,
        command: &RenewRecoveryCodes,
    ) -> Result<RecoveryCodesRenewed> {
        with_budgets!(self, renew, command, RecoveryCodesRenewed::Renewed)
    }

    async fn recovery_code_hashing(&self, account: &AccountKey) -> Result<Option<String>> {
        self.inner.recovery_code_hashing(account).await
    }

    async fn recovery_codes_left(&self, account: &AccountKey) -> Result<u32> {
        self.inner.recovery_codes_left(account).await
    }

    async fn sealed_page(&self, command: &SealedPage) -> Result<Vec<SealedValue>> {
        self.sealed(command).await
    }

    async fn replace_sealed(&self, command: &ReplaceSealed) -> Result<SealedReplaced> {
        self.reseal(command).await
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
        self.clear_budgets(command).await
    }

    async fn budgets(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>> {
        self.tallies(keys).await
    }

    async fn audit_trail(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<AuditRow>> {
        if self.has(Flaw::ForgetsAudit) {
            return Ok(Vec::new());
        }
        let mut trail = self.inner.audit_trail(tenant, after, limit).await?;
        if self.has(Flaw::ForgetsActor) {
            for row in &mut trail {
                (row.actor, row.reason) = (None, None);
            }
        }
        Ok(trail)
    }

    async fn purge(&self, now: u64, limit: u32) -> Result<u64> {
        let limit = if self.has(Flaw::PurgesAtOnce) {
            u32::MAX
        } else {
            limit
        };
        self.notes().purged = true;
        self.forget_failures(now);
        let gone = self.inner.purge(self.late(now), limit).await?;
        let gone = gone.saturating_sub(self.unpurged_sessions(now));
        let gone = gone.saturating_sub(self.put_far_rows_back(now).await?);
        if !self.has(Flaw::PurgesNoPass) {
            return Ok(gone);
        }
        let opened = &mut self.notes().opened;
        let due = |open: &OpenTicket| open.stage == Stage::Manage && open.expires_at <= now;
        let passes = opened.iter().filter(|open| due(open)).count() as u64;
        opened.retain(|open| !due(open));
        Ok(gone.saturating_sub(passes))
    }

    async fn create_session(&self, command: &CreateSession) -> Result<SessionCreated> {
        self.begin_session(command).await
    }

    async fn find_session(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Session>> {
        self.look_up_session(tenant, token, now).await
    }

    async fn touch_session(&self, command: &TouchSession) -> Result<SessionTouched> {
        self.touch(command).await
    }

    async fn rotate_session(&self, command: &RotateSession) -> Result<SessionRotated> {
        self.rotate(command).await
    }

    async fn end_session(&self, account: &AccountKey, token: TokenHash) -> Result<bool> {
        self.inner.end_session(account, token).await
    }

    async fn list_sessions(&self, account: &AccountKey, now: u64) -> Result<Vec<Session>> {
        self.inner.list_sessions(account, self.late(now)).await
    }

    async fn end_sessions(&self, command: &EndSessions) -> Result<u64> {
        self.end_all(command).await
    }

    async fn require_new_password(
        &self,
        command: &RequireNewPassword,
    ) -> Result<NewPasswordRequired> {
        self.require(command).await
    }

    async fn erase_account(&self, command: &EraseAccount) -> Result<AccountErased> {
        self.erase(command).await
    }

    async fn export_account(&self, command: &ExportAccount) -> Result<AccountExport> {
        self.export(command).await
    }

    async fn audit_page(&self, command: &AuditPage) -> Result<Vec<AuditRow>> {
        self.page(command).await
    }

    async fn second_factors(&self, command: &ListSecondFactors) -> Result<SecondFactors> {
        let mut command = command.clone();
        if self.has(Flaw::PagesFromTheFirst) {
            command.after = None;
        }
        self.inner.second_factors(&command).await
    }

    async fn audit_tenants(&self, command: &AuditTenants) -> Result<Vec<String>> {
        self.tenants_of_audit(command).await
    }

    async fn unsealed_audit(&self, command: &UnsealedAudit) -> Result<Vec<AuditRecord>> {
        self.open_records(command).await
    }

    async fn sealed_audit(&self, command: &SealedAudit) -> Result<Vec<AuditRecord>> {
        self.covered_records(command).await
    }

    async fn audit_checkpoints(
        &self,
        tenant: &str,
        after: u64,
        limit: u16,
    ) -> Result<Vec<Checkpoint>> {
        self.inner.audit_checkpoints(tenant, after, limit).await
    }

    async fn last_checkpoint(&self, tenant: &str) -> Result<Option<Checkpoint>> {
        self.inner.last_checkpoint(tenant).await
    }

    async fn seal_audit(&self, command: &SealAudit) -> Result<AuditSealed> {
        self.seal(command).await
    }

    async fn remove_audit(&self, tenant: &str, limit: u32) -> Result<u64> {
        self.remove_rows(tenant, limit).await
    }
}
