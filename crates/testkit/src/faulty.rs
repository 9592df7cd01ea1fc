//! A store that fails when told: for what a caller does when its database goes away.

use async_trait::async_trait;
use slotwerk_store::Backlog;
use slotwerk_store::{
    AccessRevoked, AccountKey, AdvanceTotpStep, AttemptKey, AuditRow, Authenticator,
    AuthenticatorRemoved, AuthenticatorRenamed, BeginEnrolment, BudgetCharge, ChangePassword,
    ChargeAttempts, Charged, ClearAttempts, ClearRecheck, ConfirmEnrolment, ConsumeReset,
    Credential, Enqueued, EnrolmentBegun, EnrolmentConfirmed, ErrorKind, FinishJob, HashReplaced,
    IssueReset, Job, LeaseJobs, LinksRevoked, NewJob, OpenReset, OpenTicket, PasswordChanged,
    PastPassword, PendingEnrolment, PostponeJob, RecheckCleared, RecoveryCodeSpent,
    RecoveryCodesRenewed, RemoveAuthenticator, RenameAuthenticator, RenewRecoveryCodes,
    ReplaceHash, ResetConsumed, ResetIssued, Result, RevokeAccess, RevokeLinks, SettleAttempt,
    SpendRecoveryCode, StepAdvanced, Store, StoreError, Ticket, TokenHash,
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
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strike {
    /// Before the command: nothing has happened.
    Before,
    /// After the command: it has happened, and its answer is lost.
    After,
}

/// A [`Store`] that passes every call on, except the one it was told to fail.
///
/// Walking the number of the failing call from 1 to [`calls`](Self::calls) shows a flow every point
/// at which its database can go away.
///
/// ```
/// use slotwerk_store::{AccountKey, ErrorKind, MemoryStore, Store};
/// use slotwerk_testkit::{FaultyStore, Strike};
/// use std::sync::Arc;
///
/// # slotwerk_testkit::conformance::block_on(async {
/// let store = FaultyStore::new(Arc::new(MemoryStore::new()));
/// let account = AccountKey::new("noord", "42")?;
/// store.fail_call(2, Strike::Before, ErrorKind::Unavailable);
/// assert!(store.credential(&account).await.is_ok());
/// assert!(store.credential(&account).await.is_err());
/// assert!(store.credential(&account).await.is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    taking_turns: bool,
    wait: Option<Wait>,
    calls: AtomicU64,
    writes: AtomicU64,
    plan: Mutex<Option<(u64, Strike, ErrorKind)>>,
    charged: Mutex<Vec<BudgetCharge>>,
}

/// Every call waits for this.
type Wait = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl FaultyStore {
    /// Wraps a store; nothing fails yet.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            taking_turns: false,
            wait: None,
            calls: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            plan: Mutex::new(None),
            charged: Mutex::new(Vec::new()),
        }
    }

    /// Has every call let the other tasks go first. On a Tokio runtime of one thread tasks that take the same
    /// steps then go side by side: in a race all of them have read before the first one writes. Without it
    /// they run one after another, since a store in memory never waits.
    #[must_use]
    pub fn taking_turns(self) -> Self {
        Self {
            taking_turns: true,
            ..self
        }
    }

    /// Has every call wait for this first: for a database that takes time, on the clock of the test.
    #[must_use]
    pub fn waiting<F>(self, wait: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            wait: Some(Box::new(move || Box::pin(wait()))),
            ..self
        }
    }

    /// Fails the `nth` call from now on, counted from 1. Takes the place of an earlier plan.
    pub fn fail_call(&self, nth: u64, strike: Strike, kind: ErrorKind) {
        let call = self.calls().saturating_add(nth);
        *lock(&self.plan) = Some((call, strike, kind));
    }

    /// Every call passes again.
    pub fn heal(&self) {
        *lock(&self.plan) = None;
    }

    /// The charges that were asked for since the last call of this method, in their order.
    #[must_use]
    pub fn take_charges(&self) -> Vec<BudgetCharge> {
        std::mem::take(&mut *lock(&self.charged))
    }

    /// How many calls were made.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// How many of the calls were commands that may change something: each is a write transaction.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }

    /// Counts a call and says whether it fails.
    fn next(&self) -> Option<(Strike, ErrorKind)> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        let plan = *lock(&self.plan);
        plan.filter(|(nth, ..)| *nth == call)
            .map(|(_, strike, kind)| (strike, kind))
    }

    async fn write<T>(&self, command: impl Future<Output = Result<T>>) -> Result<T> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.pass(command).await
    }

    async fn pass<T>(&self, command: impl Future<Output = Result<T>>) -> Result<T> {
        if self.taking_turns {
            tokio::task::yield_now().await;
        }
        if let Some(wait) = &self.wait {
            wait().await;
        }
        match self.next() {
            None => command.await,
            Some((Strike::Before, kind)) => Err(StoreError::new(kind)),
            Some((Strike::After, kind)) => {
                command.await?;
                Err(StoreError::new(kind))
            }
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyStore")
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn enqueue(&self, job: &NewJob) -> Result<Enqueued> {
        self.write(self.inner.enqueue(job)).await
    }

    async fn lease_jobs(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        self.write(self.inner.lease_jobs(command)).await
    }

    async fn finish_job(&self, command: &FinishJob) -> Result<bool> {
        self.write(self.inner.finish_job(command)).await
    }

    async fn postpone_job(&self, command: &PostponeJob) -> Result<bool> {
        self.write(self.inner.postpone_job(command)).await
    }

    async fn outbox_backlog(&self, now: u64) -> Result<Backlog> {
        self.pass(self.inner.outbox_backlog(now)).await
    }

    async fn credential(&self, account: &AccountKey) -> Result<Credential> {
        self.pass(self.inner.credential(account)).await
    }

    async fn password_history(
        &self,
        account: &AccountKey,
        limit: u16,
    ) -> Result<Vec<PastPassword>> {
        self.pass(self.inner.password_history(account, limit)).await
    }

    async fn replace_hash(&self, command: &ReplaceHash) -> Result<HashReplaced> {
        self.write(self.inner.replace_hash(command)).await
    }

    async fn change_password(&self, command: &ChangePassword) -> Result<PasswordChanged> {
        self.write(self.inner.change_password(command)).await
    }

    async fn clear_recheck(&self, command: &ClearRecheck) -> Result<RecheckCleared> {
        self.write(self.inner.clear_recheck(command)).await
    }

    async fn revoke_access(&self, command: &RevokeAccess) -> Result<AccessRevoked> {
        self.write(self.inner.revoke_access(command)).await
    }

    async fn issue_reset(&self, command: &IssueReset) -> Result<ResetIssued> {
        self.write(self.inner.issue_reset(command)).await
    }

    async fn find_reset(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<OpenReset>> {
        self.pass(self.inner.find_reset(tenant, token, now)).await
    }

    async fn consume_reset(&self, command: &ConsumeReset) -> Result<ResetConsumed> {
        self.write(self.inner.consume_reset(command)).await
    }

    async fn revoke_links(&self, command: &RevokeLinks) -> Result<LinksRevoked> {
        self.write(self.inner.revoke_links(command)).await
    }

    async fn open_ticket(&self, command: &OpenTicket) -> Result<()> {
        self.write(self.inner.open_ticket(command)).await
    }

    async fn find_ticket(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Ticket>> {
        self.pass(self.inner.find_ticket(tenant, token, now)).await
    }

    async fn authenticators(&self, account: &AccountKey) -> Result<Vec<Authenticator>> {
        self.pass(self.inner.authenticators(account)).await
    }

    async fn pending_enrolment(
        &self,
        account: &AccountKey,
        now: u64,
    ) -> Result<Option<PendingEnrolment>> {
        self.pass(self.inner.pending_enrolment(account, now)).await
    }

    async fn begin_enrolment(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        self.write(self.inner.begin_enrolment(command)).await
    }

    async fn confirm_enrolment(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        self.write(self.inner.confirm_enrolment(command)).await
    }

    async fn rename_authenticator(
        &self,
        command: &RenameAuthenticator,
    ) -> Result<AuthenticatorRenamed> {
        self.write(self.inner.rename_authenticator(command)).await
    }

    async fn remove_authenticator(
        &self,
        command: &RemoveAuthenticator,
    ) -> Result<AuthenticatorRemoved> {
        self.write(self.inner.remove_authenticator(command)).await
    }

    async fn advance_totp_step(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        self.write(self.inner.advance_totp_step(command)).await
    }

    async fn move_watermark(&self, command: &MoveWatermark) -> Result<WatermarkMoved> {
        self.write(self.inner.move_watermark(command)).await
    }

    async fn spend_recovery_code(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        self.write(self.inner.spend_recovery_code(command)).await
    }

    async fn renew_recovery_codes(
        &self,
        command: &RenewRecoveryCodes,
    ) -> Result<RecoveryCodesRenewed> {
        self.write(self.inner.renew_recovery_codes(command)).await
    }

    async fn recovery_code_hashing(&self, account: &AccountKey) -> Result<Option<String>> {
        self.pass(self.inner.recovery_code_hashing(account)).await
    }

    async fn recovery_codes_left(&self, account: &AccountKey) -> Result<u32> {
        self.pass(self.inner.recovery_codes_left(account)).await
    }

    async fn sealed_page(&self, command: &SealedPage) -> Result<Vec<SealedValue>> {
        self.pass(self.inner.sealed_page(command)).await
    }

    async fn replace_sealed(&self, command: &ReplaceSealed) -> Result<SealedReplaced> {
        self.write(self.inner.replace_sealed(command)).await
    }

    async fn charge_attempts(&self, command: &ChargeAttempts) -> Result<Vec<Charged>> {
        let charges = command.charges.iter().copied();
        lock(&self.charged).extend(charges);
        self.write(self.inner.charge_attempts(command)).await
    }

    async fn settle_attempt(&self, command: &SettleAttempt) -> Result<()> {
        self.write(self.inner.settle_attempt(command)).await
    }

    async fn lift_attempt(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        self.write(self.inner.lift_attempt(key, now_ms)).await
    }

    async fn clear_attempts(&self, command: &ClearAttempts) -> Result<u64> {
        self.write(self.inner.clear_attempts(command)).await
    }

    async fn budgets(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>> {
        self.pass(self.inner.budgets(keys)).await
    }

    async fn audit_trail(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<AuditRow>> {
        self.pass(self.inner.audit_trail(tenant, after, limit))
            .await
    }

    async fn purge(&self, now: u64, limit: u32) -> Result<u64> {
        self.write(self.inner.purge(now, limit)).await
    }

    async fn create_session(&self, command: &CreateSession) -> Result<SessionCreated> {
        self.write(self.inner.create_session(command)).await
    }

    async fn find_session(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Session>> {
        self.pass(self.inner.find_session(tenant, token, now)).await
    }

    async fn touch_session(&self, command: &TouchSession) -> Result<SessionTouched> {
        self.write(self.inner.touch_session(command)).await
    }

    async fn rotate_session(&self, command: &RotateSession) -> Result<SessionRotated> {
        self.write(self.inner.rotate_session(command)).await
    }

    async fn end_session(&self, account: &AccountKey, token: TokenHash) -> Result<bool> {
        self.write(self.inner.end_session(account, token)).await
    }

    async fn list_sessions(&self, account: &AccountKey, now: u64) -> Result<Vec<Session>> {
        self.pass(self.inner.list_sessions(account, now)).await
    }

    async fn end_sessions(&self, command: &EndSessions) -> Result<u64> {
        self.write(self.inner.end_sessions(command)).await
    }

    async fn require_new_password(
        &self,
        command: &RequireNewPassword,
    ) -> Result<NewPasswordRequired> {
        self.write(self.inner.require_new_password(command)).await
    }

    async fn erase_account(&self, command: &EraseAccount) -> Result<AccountErased> {
        self.write(self.inner.erase_account(command)).await
    }

    async fn export_account(&self, command: &ExportAccount) -> Result<AccountExport> {
        self.pass(self.inner.export_account(command)).await
    }

    async fn audit_page(&self, command: &AuditPage) -> Result<Vec<AuditRow>> {
        self.pass(self.inner.audit_page(command)).await
    }

    async fn second_factors(&self, command: &ListSecondFactors) -> Result<SecondFactors> {
        self.pass(self.inner.second_factors(command)).await
    }

    async fn audit_tenants(&self, command: &AuditTenants) -> Result<Vec<String>> {
        self.pass(self.inner.audit_tenants(command)).await
    }

    async fn unsealed_audit(&self, command: &UnsealedAudit) -> Result<Vec<AuditRecord>> {
        self.pass(self.inner.unsealed_audit(command)).await
    }

    async fn sealed_audit(&self, command: &SealedAudit) -> Result<Vec<AuditRecord>> {
        self.pass(self.inner.sealed_audit(command)).await
    }

    async fn audit_checkpoints(
        &self,
        tenant: &str,
        after: u64,
        limit: u16,
    ) -> Result<Vec<Checkpoint>> {
        self.pass(self.inner.audit_checkpoints(tenant, after, limit))
            .await
    }

    async fn last_checkpoint(&self, tenant: &str) -> Result<Option<Checkpoint>> {
        self.pass(self.inner.last_checkpoint(tenant)).await
    }

    async fn seal_audit(&self, command: &SealAudit) -> Result<AuditSealed> {
        self.write(self.inner.seal_audit(command)).await
    }

    async fn remove_audit(&self, tenant: &str, limit: u32) -> Result<u64> {
        self.write(self.inner.remove_audit(tenant, limit)).await
    }
}
