//! The contract's commands, each as one transaction.

use crate::SqlStore;
use crate::commands::{
    attempt, audit, checkpoint, credential, enrolment, erase, export, factor, history, must_change,
    outbox, overview, purge, recovery, reset, restored, sealed, session, ticket,
};
use crate::connection::{End, Purpose};
use crate::database::AfterRestore;
use crate::repeat::Tries;
use async_trait::async_trait;
use slotwerk_store::Backlog;
use slotwerk_store::{
    AccessRevoked, AccountKey, AdvanceTotpStep, AttemptKey, AuditRow, Authenticator,
    AuthenticatorRemoved, AuthenticatorRenamed, BeginEnrolment, ChangePassword, ChargeAttempts,
    Charged, ClearAttempts, ClearRecheck, ConfirmEnrolment, ConsumeReset, Credential, Enqueued,
    EnrolmentBegun, EnrolmentConfirmed, FinishJob, HashReplaced, IssueReset, Job, LeaseJobs,
    LinksRevoked, NewJob, OpenReset, OpenTicket, PasswordChanged, PastPassword, PendingEnrolment,
    PostponeJob, RecheckCleared, RecoveryCodeSpent, RecoveryCodesRenewed, RemoveAuthenticator,
    RenameAuthenticator, RenewRecoveryCodes, ReplaceHash, ResetConsumed, ResetIssued, Result,
    RevokeAccess, RevokeLinks, SettleAttempt, SpendRecoveryCode, StepAdvanced, Store, Ticket,
    TokenHash,
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

/// Runs a transition in its own transaction. Repeats it if the database has given it up for another one.
macro_rules! transition {
    ($store:ident, $run:path $(, $argument:expr)*) => {{
        let mut tries = Tries::default();
        loop {
            let mut held = $store.write().await?;
            let may_repeat = held.may_repeat();
            // A BEGIN that was interrupted may have begun all the same, so that it is settled like the rest.
            let outcome = match held.begin(Purpose::Change).await {
                Ok(mut tx) => {
                    tries.begun();
                    let end = $run(&mut tx.connection() $(, $argument)*).await;
                    tx.finish(end).await
                }
                Err(fault) => Err(fault),
            };
            match held.settle(outcome).await {
                Err(fault) if may_repeat && tries.again(&fault).await => {}
                outcome => break outcome,
            }
        }
    }};
}

/// Runs a transition without a transaction: a read, and one write that commits by itself. Nothing if that is not enough.
/// A write whose answer was lost is in doubt, and is not repeated.
macro_rules! alone {
    ($store:ident, $run:path $(, $argument:expr)*) => {{
        let mut tries = Tries::default();
        loop {
            if !$store.owns_connections() {
                break Ok(None);
            }
            let mut held = $store.write().await?;
            let may_repeat = held.may_repeat();
            let outcome = $run(&mut held.connection() $(, $argument)*).await;
            match held.settle(outcome).await {
                Err(fault) if may_repeat && tries.again(&fault).await => {}
                outcome => break outcome,
            }
        }
    }};
}

/// Runs a query of one statement.
macro_rules! reading {
    ($store:ident, $run:path $(, $argument:expr)*) => {{
        let mut tries = Tries::default();
        loop {
            let mut held = $store.read().await?;
            let may_repeat = held.may_repeat();
            let outcome = $run(&mut held.connection() $(, $argument)*).await;
            match held.settle(outcome).await {
                Err(fault) if may_repeat && tries.again(&fault).await => {}
                outcome => break outcome,
            }
        }
    }};
}

/// Runs a query of several statements, all of one moment.
macro_rules! snapshot {
    ($store:ident, $run:path $(, $argument:expr)*) => {{
        let mut tries = Tries::default();
        loop {
            let mut held = $store.read().await?;
            let may_repeat = held.may_repeat();
            let outcome = match held.begin(Purpose::Snapshot).await {
                Ok(mut tx) => {
                    let found = $run(&mut tx.connection() $(, $argument)*).await;
                    tx.finish(found.map(End::Rollback)).await
                }
                Err(fault) => Err(fault),
            };
            match held.settle(outcome).await {
                Err(fault) if may_repeat && tries.again(&fault).await => {}
                outcome => break outcome,
            }
        }
    }};
}

impl SqlStore {
    /// Ends everything that was issued before a restore from a backup, or before a failover that lost the last writes.
    ///
    /// Used links, tickets and sessions that had ended come back with a backup. So in one transaction this raises the
    /// epoch of every account by a million, further than any session that was issued since the backup, and deletes every
    /// link, ticket, pending enrolment and session. Everybody signs in again. Passwords and authenticators stay as the
    /// backup has them, and so do recovery codes that were used since. A code of an authenticator that was used within
    /// the last minutes before the failover would be accepted again: start the service two minutes later.
    ///
    /// Stop the service first. On a large database this takes minutes: it writes every account.
    ///
    /// # Errors
    ///
    /// A fault of the database. Nothing has changed then, except with
    /// [`InDoubt`](slotwerk_store::ErrorKind::InDoubt): run it again.
    pub async fn end_everything(&self) -> Result<AfterRestore> {
        transition!(self, restored::end_everything)
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn enqueue(&self, job: &NewJob) -> Result<Enqueued> {
        transition!(self, outbox::enqueue, job)
    }

    async fn lease_jobs(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        transition!(self, outbox::lease, command)
    }

    async fn finish_job(&self, command: &FinishJob) -> Result<bool> {
        transition!(self, outbox::finish, command)
    }

    async fn postpone_job(&self, command: &PostponeJob) -> Result<bool> {
        transition!(self, outbox::postpone, command)
    }

    async fn outbox_backlog(&self, now: u64) -> Result<Backlog> {
        reading!(self, outbox::backlog, now)
    }

    async fn credential(&self, account: &AccountKey) -> Result<Credential> {
        reading!(self, credential::read, account)
    }

    async fn password_history(
        &self,
        account: &AccountKey,
        limit: u16,
    ) -> Result<Vec<PastPassword>> {
        reading!(self, history::newest, account, limit)
    }

    async fn replace_hash(&self, command: &ReplaceHash) -> Result<HashReplaced> {
        transition!(self, credential::replace_hash, command)
    }

    async fn change_password(&self, command: &ChangePassword) -> Result<PasswordChanged> {
        transition!(self, credential::change_password, command)
    }

    async fn clear_recheck(&self, command: &ClearRecheck) -> Result<RecheckCleared> {
        transition!(self, credential::clear_recheck, command)
    }

    async fn revoke_access(&self, command: &RevokeAccess) -> Result<AccessRevoked> {
        transition!(self, credential::revoke_access, command)
    }

    async fn issue_reset(&self, command: &IssueReset) -> Result<ResetIssued> {
        transition!(self, reset::issue, command)
    }

    async fn find_reset(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<OpenReset>> {
        reading!(self, reset::find, tenant, token, now)
    }

    async fn consume_reset(&self, command: &ConsumeReset) -> Result<ResetConsumed> {
        transition!(self, reset::consume, command)
    }

    async fn revoke_links(&self, command: &RevokeLinks) -> Result<LinksRevoked> {
        transition!(self, reset::revoke, command)
    }

    async fn open_ticket(&self, command: &OpenTicket) -> Result<()> {
        transition!(self, ticket::open, command)
    }

    async fn find_ticket(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Ticket>> {
        reading!(self, ticket::find, tenant, token, now)
    }

    async fn authenticators(&self, account: &AccountKey) -> Result<Vec<Authenticator>> {
        reading!(self, factor::active, account)
    }

    async fn pending_enrolment(
        &self,
        account: &AccountKey,
        now: u64,
    ) -> Result<Option<PendingEnrolment>> {
        reading!(self, enrolment::pending, account, now)
    }

    async fn begin_enrolment(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        transition!(self, enrolment::begin, command)
    }

    async fn confirm_enrolment(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        transition!(self, enrolment::confirm, command)
    }

    async fn rename_authenticator(
        &self,
        command: &RenameAuthenticator,
    ) -> Result<AuthenticatorRenamed> {
        transition!(self, factor::rename, command)
    }

    async fn remove_authenticator(
        &self,
        command: &RemoveAuthenticator,
    ) -> Result<AuthenticatorRemoved> {
        transition!(self, factor::remove, command)
    }

    async fn advance_totp_step(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        transition!(self, factor::advance_step, command)
    }

    async fn move_watermark(&self, command: &MoveWatermark) -> Result<WatermarkMoved> {
        transition!(self, factor::move_watermark, command)
    }

    async fn spend_recovery_code(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        transition!(self, recovery::spend, command)
    }

    async fn renew_recovery_codes(
        &self,
        command: &RenewRecoveryCodes,
    ) -> Result<RecoveryCodesRenewed> {
        transition!(self, recovery::renew, command)
    }

    async fn recovery_code_hashing(&self, account: &AccountKey) -> Result<Option<String>> {
        reading!(self, recovery::hashing, account)
    }

    async fn recovery_codes_left(&self, account: &AccountKey) -> Result<u32> {
        reading!(self, recovery::left, account)
    }

    async fn sealed_page(&self, command: &SealedPage) -> Result<Vec<SealedValue>> {
        snapshot!(self, sealed::page, command)
    }

    async fn replace_sealed(&self, command: &ReplaceSealed) -> Result<SealedReplaced> {
        transition!(self, sealed::replace, command)
    }

    async fn charge_attempts(&self, command: &ChargeAttempts) -> Result<Vec<Charged>> {
        if let Some(key) = attempt::only_key(command)
            && let Some(charged) = alone!(self, attempt::charge_alone, command, key)?
        {
            return Ok(charged);
        }
        transition!(self, attempt::charge, command)
    }

    async fn settle_attempt(&self, command: &SettleAttempt) -> Result<()> {
        transition!(self, attempt::settle, command)
    }

    async fn lift_attempt(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        transition!(self, attempt::lift, key, now_ms)
    }

    async fn clear_attempts(&self, command: &ClearAttempts) -> Result<u64> {
        transition!(self, attempt::clear, command)
    }

    async fn budgets(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>> {
        reading!(self, attempt::tallies, keys)
    }

    async fn audit_trail(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<AuditRow>> {
        reading!(self, audit::trail, tenant, after, limit)
    }

    async fn purge(&self, now: u64, limit: u32) -> Result<u64> {
        transition!(self, purge::purge, now, limit)
    }

    async fn create_session(&self, command: &CreateSession) -> Result<SessionCreated> {
        transition!(self, session::create, command)
    }

    async fn find_session(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Session>> {
        reading!(self, session::find, tenant, token, now)
    }

    async fn touch_session(&self, command: &TouchSession) -> Result<SessionTouched> {
        transition!(self, session::touch, command)
    }

    async fn rotate_session(&self, command: &RotateSession) -> Result<SessionRotated> {
        transition!(self, session::rotate, command)
    }

    async fn end_session(&self, account: &AccountKey, token: TokenHash) -> Result<bool> {
        transition!(self, session::end, account, token)
    }

    async fn list_sessions(&self, account: &AccountKey, now: u64) -> Result<Vec<Session>> {
        reading!(self, session::list, account, now)
    }

    async fn end_sessions(&self, command: &EndSessions) -> Result<u64> {
        transition!(self, session::end_all, command)
    }

    async fn require_new_password(
        &self,
        command: &RequireNewPassword,
    ) -> Result<NewPasswordRequired> {
        transition!(self, must_change::require, command)
    }

    async fn erase_account(&self, command: &EraseAccount) -> Result<AccountErased> {
        transition!(self, erase::erase, command)
    }

    async fn export_account(&self, command: &ExportAccount) -> Result<AccountExport> {
        snapshot!(self, export::export, command)
    }

    async fn audit_page(&self, command: &AuditPage) -> Result<Vec<AuditRow>> {
        reading!(self, audit::page, command)
    }

    async fn second_factors(&self, command: &ListSecondFactors) -> Result<SecondFactors> {
        snapshot!(self, overview::second_factors, command)
    }

    async fn audit_tenants(&self, command: &AuditTenants) -> Result<Vec<String>> {
        reading!(self, checkpoint::tenants, command)
    }

    async fn unsealed_audit(&self, command: &UnsealedAudit) -> Result<Vec<AuditRecord>> {
        reading!(self, checkpoint::unsealed, command)
    }

    async fn sealed_audit(&self, command: &SealedAudit) -> Result<Vec<AuditRecord>> {
        reading!(self, checkpoint::sealed, command)
    }

    async fn audit_checkpoints(
        &self,
        tenant: &str,
        after: u64,
        limit: u16,
    ) -> Result<Vec<Checkpoint>> {
        reading!(self, checkpoint::chain, tenant, after, limit)
    }

    async fn last_checkpoint(&self, tenant: &str) -> Result<Option<Checkpoint>> {
        reading!(self, checkpoint::last, tenant)
    }

    async fn seal_audit(&self, command: &SealAudit) -> Result<AuditSealed> {
        transition!(self, checkpoint::seal, command)
    }

    async fn remove_audit(&self, tenant: &str, limit: u32) -> Result<u64> {
        transition!(self, checkpoint::remove, tenant, limit)
    }
}
