//! The in-memory store: for tests, demonstrations and reading what each command means.
//!
//! One mutex is one transaction: every method takes the lock, checks every guard, and only then
//! writes. Nothing survives the process.

mod rows;

use crate::{
    AccessRevoked, AccountKey, AdvanceTotpStep, AttemptKey, AuditKind, AuditRow, Authenticator,
    BeginEnrolment, ChangePassword, ChargeAttempt, Charged, ClearRecheck, ConfirmEnrolment,
    ConsumeReset, Credential, Enqueued, EnrolmentBegun, EnrolmentConfirmed, HashReplaced, Id,
    IssueReset, Job, LeaseJobs, LinksRevoked, NewJob, OpenReset, OpenTicket, PasswordChanged,
    PastPassword, PendingEnrolment, RecheckCleared, RecoveryCodeSpent, ReplaceHash, ResetConsumed,
    ResetIssued, Result, RevokeAccess, RevokeLinks, SpendRecoveryCode, Stage, StepAdvanced, Store,
    Ticket, TokenHash,
};
use async_trait::async_trait;
use rows::{AttemptRow, NewPassword, ResetRow, Rows, TicketRow};
use slotwerk_throttle::Ruling;
use std::collections::BTreeSet;
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
        Ok(Enqueued::Queued)
    }

    async fn lease_jobs(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        let mut rows = self.begin();
        let mut leased = Vec::new();
        for id in rows.ready_in_turn(command) {
            if let Some(row) = rows.jobs.get_mut(&id) {
                row.ready_at = command.lease_until;
                row.attempt = row.attempt.saturating_add(1);
                leased.push(Job {
                    id,
                    tenant: row.tenant.clone(),
                    payload: row.payload.clone(),
                    attempt: row.attempt,
                });
            }
        }
        Ok(leased)
    }

    async fn finish_job(&self, id: Id, attempt: u32) -> Result<bool> {
        let mut rows = self.begin();
        let held = rows.jobs.get(&id).is_some_and(|row| row.attempt == attempt);
        if held {
            rows.jobs.remove(&id);
        }
        Ok(held)
    }

    async fn postpone_job(&self, id: Id, attempt: u32, ready_at: u64) -> Result<bool> {
        match self.begin().jobs.get_mut(&id) {
            Some(row) if row.attempt == attempt => {
                row.ready_at = ready_at;
                Ok(true)
            }
            _ => Ok(false),
        }
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
        if rows.version(&command.account) != command.expected_version {
            return Ok(PasswordChanged::Stale);
        }
        let new = NewPassword {
            hash: &command.hash,
            recheck: command.recheck,
            keep: command.keep,
            now: command.now,
        };
        let version = rows.set_password(&command.account, &new);
        rows.record(
            &command.account,
            AuditKind::PasswordChanged,
            command.subject,
            command.now,
            command.notice.as_ref(),
        );
        Ok(PasswordChanged::Changed { version })
    }

    async fn clear_recheck(&self, command: &ClearRecheck) -> Result<RecheckCleared> {
        match self.begin().credentials.get_mut(&command.account) {
            Some(credential) if credential.version == command.version && credential.recheck => {
                credential.recheck = false;
                Ok(RecheckCleared::Cleared)
            }
            _ => Ok(RecheckCleared::Stale),
        }
    }

    async fn revoke_access(&self, command: &RevokeAccess) -> Result<AccessRevoked> {
        let mut rows = self.begin();
        let current = rows.version(&command.account);
        if command.expected_version.is_some_and(|due| due != current) {
            return Ok(AccessRevoked::Stale);
        }
        let version = rows.bump(&command.account);
        let kind = if command.forget_password {
            rows.forget_password(&command.account, command.now);
            AuditKind::PasswordForgotten
        } else {
            AuditKind::AccessRevoked
        };
        rows.record(
            &command.account,
            kind,
            command.subject,
            command.now,
            command.notice.as_ref(),
        );
        Ok(AccessRevoked::Revoked { version })
    }

    async fn issue_reset(&self, command: &IssueReset) -> Result<ResetIssued> {
        let mut rows = self.begin();
        if rows.version(&command.account) != command.version {
            return Ok(ResetIssued::Stale);
        }
        let others: BTreeSet<Id> = rows
            .resets
            .values()
            .filter(|row| row.open.account == command.account && command.now < row.open.expires_at)
            .map(|row| row.job)
            .filter(|job| *job != command.job)
            .collect();
        if others.len() >= command.max_live as usize {
            return Ok(ResetIssued::TooMany);
        }
        let open = OpenReset {
            account: command.account.clone(),
            binding: command.binding,
            expires_at: command.expires_at,
        };
        rows.resets.insert(
            command.token,
            ResetRow {
                open,
                job: command.job,
                version: command.version,
            },
        );
        Ok(ResetIssued::Issued)
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
        let mut rows = self.begin();
        let live = rows
            .live_reset(command.token, command.now)
            .is_some_and(|row| {
                row.open.account == command.account && row.open.binding == command.binding
            });
        if !live {
            return Ok(ResetConsumed::Dead);
        }
        let new = NewPassword {
            hash: &command.hash,
            recheck: command.recheck,
            keep: command.keep,
            now: command.now,
        };
        let version = rows.set_password(&command.account, &new);
        rows.record(
            &command.account,
            AuditKind::PasswordReset,
            command.subject,
            command.now,
            command.notice.as_ref(),
        );
        Ok(ResetConsumed::Consumed { version })
    }

    async fn revoke_links(&self, command: &RevokeLinks) -> Result<LinksRevoked> {
        let mut rows = self.begin();
        if rows.version(&command.account) != command.expected_version {
            return Ok(LinksRevoked::Stale);
        }
        let links = rows.kill_links(&command.account, command.now);
        if links > 0 {
            rows.record(
                &command.account,
                AuditKind::LinksRevoked,
                command.subject,
                command.now,
                None,
            );
        }
        Ok(LinksRevoked::Revoked { links })
    }

    async fn open_ticket(&self, command: &OpenTicket) -> Result<()> {
        let mut rows = self.begin();
        let mut mine: Vec<(u64, TokenHash)> = rows
            .tickets
            .iter()
            .filter(|(_, row)| row.ticket.account == command.account)
            .map(|(token, row)| (row.opened, *token))
            .collect();
        mine.sort_unstable();
        let surplus = (mine.len() + 1).saturating_sub(command.max_live as usize);
        for (_, token) in mine.into_iter().take(surplus) {
            rows.tickets.remove(&token);
        }
        let ticket = Ticket {
            account: command.account.clone(),
            stage: command.stage,
            standing: command.standing,
            version: command.version,
            expires_at: command.expires_at,
        };
        rows.opened += 1;
        let opened = rows.opened;
        rows.tickets
            .insert(command.token, TicketRow { ticket, opened });
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
        Ok(self
            .begin()
            .authenticators
            .get(account)
            .cloned()
            .unwrap_or_default())
    }

    async fn pending_enrolment(
        &self,
        account: &AccountKey,
        now: u64,
    ) -> Result<Option<PendingEnrolment>> {
        Ok(self.begin().live_pending(account, now).cloned())
    }

    async fn begin_enrolment(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        let mut rows = self.begin();
        if rows
            .guard_ticket(command.ticket, &command.account, Stage::Enrol, command.now)
            .is_none()
        {
            return Ok(EnrolmentBegun::TicketDead);
        }
        if rows.has_authenticator(&command.account) {
            return Ok(EnrolmentBegun::AlreadyActive);
        }
        let resumable =
            |pending: &&PendingEnrolment| command.resume || pending.id == command.offer.id;
        if let Some(pending) = rows
            .live_pending(&command.account, command.now)
            .filter(resumable)
        {
            return Ok(EnrolmentBegun::Resumed(pending.clone()));
        }
        rows.pending
            .insert(command.account.clone(), command.offer.clone());
        if let Some(job) = &command.mail {
            rows.insert_job(job);
        }
        Ok(EnrolmentBegun::Begun(command.offer.clone()))
    }

    async fn confirm_enrolment(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        let mut rows = self.begin();
        let Some(version) =
            rows.guard_ticket(command.ticket, &command.account, Stage::Enrol, command.now)
        else {
            return Ok(EnrolmentConfirmed::TicketDead);
        };
        if rows.has_authenticator(&command.account) {
            return Ok(EnrolmentConfirmed::AlreadyActive);
        }
        let Some(pending) = rows
            .live_pending(&command.account, command.now)
            .filter(|p| p.id == command.enrolment)
            .cloned()
        else {
            return Ok(EnrolmentConfirmed::Gone);
        };
        rows.tickets.remove(&command.ticket);
        rows.pending.remove(&command.account);
        let active = Authenticator {
            id: pending.id,
            sealed: pending.sealed,
            watermark: command.step,
            drift: command.drift,
        };
        rows.authenticators
            .entry(command.account.clone())
            .or_default()
            .push(active);
        rows.recovery_codes.insert(
            command.account.clone(),
            command.recovery_codes.iter().copied().collect(),
        );
        rows.record(
            &command.account,
            AuditKind::AuthenticatorAdded,
            command.subject,
            command.now,
            command.notice.as_ref(),
        );
        Ok(EnrolmentConfirmed::Confirmed { version })
    }

    async fn advance_totp_step(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        let mut rows = self.begin();
        let Some(version) =
            rows.guard_ticket(command.ticket, &command.account, Stage::Verify, command.now)
        else {
            return Ok(StepAdvanced::TicketDead);
        };
        let authenticator = rows
            .authenticators
            .get_mut(&command.account)
            .and_then(|list| {
                list.iter_mut()
                    .find(|a| a.id == command.authenticator && a.watermark < command.step)
            });
        let Some(authenticator) = authenticator else {
            return Ok(StepAdvanced::Replayed);
        };
        authenticator.watermark = command.step;
        authenticator.drift = command.drift;
        rows.tickets.remove(&command.ticket);
        rows.record(
            &command.account,
            AuditKind::CodeAccepted,
            command.subject,
            command.now,
            None,
        );
        Ok(StepAdvanced::Advanced { version })
    }

    async fn spend_recovery_code(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        let mut rows = self.begin();
        let Some(version) =
            rows.guard_ticket(command.ticket, &command.account, Stage::Verify, command.now)
        else {
            return Ok(RecoveryCodeSpent::TicketDead);
        };
        let codes = rows
            .recovery_codes
            .entry(command.account.clone())
            .or_default();
        if !command.digests.iter().any(|digest| codes.remove(digest)) {
            return Ok(RecoveryCodeSpent::Unknown);
        }
        let remaining = u32::try_from(codes.len()).unwrap_or(u32::MAX);
        rows.tickets.remove(&command.ticket);
        rows.record(
            &command.account,
            AuditKind::RecoveryCodeSpent,
            command.subject,
            command.now,
            command.notice.as_ref(),
        );
        Ok(RecoveryCodeSpent::Spent { remaining, version })
    }

    async fn recovery_codes_left(&self, account: &AccountKey) -> Result<u32> {
        let rows = self.begin();
        let left = rows.recovery_codes.get(account).map_or(0, BTreeSet::len);
        Ok(u32::try_from(left).unwrap_or(u32::MAX))
    }

    async fn charge_attempt(&self, command: &ChargeAttempt) -> Result<Charged> {
        let mut rows = self.begin();
        let tally = rows.attempts.get(&command.key).map(|row| row.tally);
        match command.allowance.charge(tally, command.now_ms) {
            Ruling::Granted { next } => {
                let row = AttemptRow {
                    tally: next,
                    allowance: command.allowance,
                    keep_ms: command.keep_ms(),
                };
                rows.attempts.insert(command.key, row);
                Ok(Charged::Granted {
                    failures: next.state.failures,
                })
            }
            Ruling::Denied { refusal } => Ok(Charged::Denied { refusal }),
        }
    }

    async fn settle_attempt(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        if let Some(row) = self.begin().attempts.get_mut(&key) {
            row.give_back(row.allowance.settle(Some(row.tally), now_ms));
        }
        Ok(())
    }

    async fn lift_attempt(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        if let Some(row) = self.begin().attempts.get_mut(&key) {
            row.give_back(row.allowance.lift(Some(row.tally), now_ms));
        }
        Ok(())
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

    async fn purge(&self, now: u64) -> Result<u64> {
        let mut rows = self.begin();
        let before = rows.count();
        rows.resets.retain(|_, row| now < row.open.expires_at);
        rows.tickets.retain(|_, row| now < row.ticket.expires_at);
        rows.pending.retain(|_, pending| now < pending.expires_at);
        let now_ms = now.saturating_mul(1000);
        rows.attempts
            .retain(|_, row| row.tally.state.tat_ms > now_ms.saturating_sub(row.keep_ms));
        Ok((before - rows.count()) as u64)
    }
}
