//! What the in-memory store remembers, and the steps that several commands share.

use super::checkpoint::Checkpoints;
use super::outbox::JobRow;
use super::session::SessionRow;
use crate::{
    AccountKey, AttemptKey, AuditKind, AuditReason, AuditRow, Authenticator, CodeDigest,
    Credential, HashedCodes, Id, KeepHistory, NewJob, OpenReset, PastPassword, PendingEnrolment,
    Stage, Subject, Ticket, TokenHash, is_in_time,
};
use slotwerk_throttle::{Allowance, Tally, YEAR};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Rows {
    pub(super) jobs: BTreeMap<Id, JobRow>,
    pub(super) credentials: BTreeMap<AccountKey, Credential>,
    pub(super) resets: BTreeMap<TokenHash, ResetRow>,
    pub(super) tickets: BTreeMap<TokenHash, TicketRow>,
    /// Newest first.
    pub(super) history: BTreeMap<AccountKey, Vec<PastPassword>>,
    pub(super) pending: BTreeMap<AccountKey, PendingEnrolment>,
    pub(super) authenticators: BTreeMap<AccountKey, Vec<Authenticator>>,
    pub(super) recovery_codes: BTreeMap<AccountKey, CodeRows>,
    pub(super) attempts: BTreeMap<AttemptKey, AttemptRow>,
    pub(super) audit: Vec<(String, AuditRow)>,
    /// The number of the last audit row, which may be removed by now.
    pub(super) last_audit: u64,
    pub(super) checkpoints: Checkpoints,
    pub(super) sessions: BTreeMap<TokenHash, SessionRow>,
}

/// The unspent codes of one set.
#[derive(Default)]
pub(super) struct CodeRows {
    pub(super) hashing: String,
    pub(super) digests: BTreeSet<CodeDigest>,
}

impl From<&HashedCodes> for CodeRows {
    fn from(codes: &HashedCodes) -> Self {
        Self {
            hashing: codes.hashing.clone(),
            digests: codes.digests.iter().copied().collect(),
        }
    }
}

pub(super) struct AttemptRow {
    pub(super) tally: Tally,
    /// Of the last charge, as is what follows.
    allowance: Allowance,
    pub(super) keep_ms: u64,
}

impl AttemptRow {
    pub(super) fn of(allowance: &Allowance, tally: Tally) -> Self {
        Self {
            tally,
            allowance: *allowance,
            keep_ms: allowance.keep_ms(&tally),
        }
    }

    pub(super) fn lift(&mut self, now_ms: u64) {
        self.tally = self.allowance.lift(Some(self.tally), now_ms);
        if self.tally.spent == 0 {
            self.keep_ms = 0;
        }
    }

    /// Whether the arrival time is more than a year too far ahead.
    pub(super) fn is_far(&self, now_ms: u64) -> bool {
        let year_ms = u64::try_from(YEAR.as_millis()).unwrap_or(u64::MAX);
        self.tally.state.tat_ms > self.latest(now_ms).saturating_add(year_ms)
    }

    /// Takes back an arrival time that is too far ahead.
    pub(super) fn pull_in(&mut self, now_ms: u64) {
        self.tally.state.tat_ms = self.latest(now_ms);
    }

    /// The latest arrival time that a charge can write now.
    fn latest(&self, now_ms: u64) -> u64 {
        now_ms.saturating_add(self.allowance.budget().reach_ms())
    }
}

pub(super) struct ResetRow {
    pub(super) open: OpenReset,
    pub(super) job: Id,
    pub(super) epoch: u64,
}

pub(super) struct TicketRow {
    pub(super) ticket: Ticket,
    /// When it was opened, so that the oldest can go first.
    pub(super) opened_at: u64,
}

/// What [`Rows::set_password`] sets.
pub(super) struct NewPassword<'a> {
    pub(super) hash: &'a str,
    pub(super) recheck: bool,
    pub(super) keep: KeepHistory,
    pub(super) now: u64,
}

impl Rows {
    pub(super) fn epoch(&self, account: &AccountKey) -> u64 {
        self.credentials
            .get(account)
            .map_or(0, |credential| credential.epoch)
    }

    pub(super) fn live_reset(&self, token: TokenHash, now: u64) -> Option<&ResetRow> {
        self.resets.get(&token).filter(|row| {
            is_in_time(row.open.expires_at, now) && row.epoch == self.epoch(&row.open.account)
        })
    }

    pub(super) fn live_ticket(&self, token: TokenHash, now: u64) -> Option<&Ticket> {
        let ticket = &self.tickets.get(&token)?.ticket;
        (is_in_time(ticket.expires_at, now) && ticket.epoch == self.epoch(&ticket.account))
            .then_some(ticket)
    }

    /// The epoch of a live ticket of this account and stage.
    pub(super) fn guard_ticket(
        &self,
        token: TokenHash,
        account: &AccountKey,
        stage: Stage,
        now: u64,
    ) -> Option<u64> {
        self.live_ticket(token, now)
            .filter(|ticket| ticket.account == *account && ticket.stage == stage)
            .map(|ticket| ticket.epoch)
    }

    /// Bumps the epoch and removes what was issued under the old one.
    pub(super) fn bump(&mut self, account: &AccountKey) -> u64 {
        self.pending.remove(account);
        self.resets.retain(|_, row| row.open.account != *account);
        self.tickets.retain(|_, row| row.ticket.account != *account);
        self.supersede_sessions(account);
        let credential = self.credentials.entry(account.clone()).or_default();
        credential.epoch += 1;
        credential.epoch
    }

    /// Puts a new password in the place of the old one, and the old one into the history.
    pub(super) fn set_password(&mut self, account: &AccountKey, new: &NewPassword<'_>) -> u64 {
        let epoch = self.bump(account);
        let credential = self.credentials.entry(account.clone()).or_default();
        let replaced = credential.hash.replace(new.hash.to_owned());
        credential.set_at = Some(new.now);
        credential.recheck = new.recheck;
        credential.must_change = false;
        self.retire(account, replaced, new.keep, new.now);
        epoch
    }

    /// Takes the password away and puts it into the history, whatever the rule.
    pub(super) fn forget_password(&mut self, account: &AccountKey, now: u64) {
        let credential = self.credentials.entry(account.clone()).or_default();
        let forgotten = credential.hash.take();
        credential.set_at = None;
        credential.recheck = false;
        credential.must_change = false;
        self.retire(account, forgotten, KeepHistory::EVERYTHING, now);
    }

    fn retire(&mut self, account: &AccountKey, hash: Option<String>, keep: KeepHistory, now: u64) {
        let history = self.history.entry(account.clone()).or_default();
        if let Some(hash) = hash {
            let past = PastPassword {
                hash,
                retired_at: now,
            };
            history.insert(0, past);
        }
        let mut newer = 0..;
        history.retain(|past| {
            let newer = newer.next().unwrap_or(usize::MAX);
            keep.keeps(newer, past.retired_at)
        });
    }

    /// Removes the links of an account. How many of them were live.
    pub(super) fn kill_links(&mut self, account: &AccountKey, now: u64) -> u64 {
        let epoch = self.epoch(account);
        let of_account = |row: &ResetRow| row.open.account == *account;
        let live = self
            .resets
            .values()
            .filter(|row| of_account(row) && is_in_time(row.open.expires_at, now))
            .filter(|row| row.epoch == epoch);
        let live = live.count() as u64;
        self.resets.retain(|_, row| !of_account(row));
        live
    }

    /// What rides in a transition's own transaction.
    pub(super) fn record(
        &mut self,
        account: &AccountKey,
        kind: AuditKind,
        subject: Subject,
        at: u64,
        notice: Option<&NewJob>,
    ) {
        self.tell(account.tenant(), kind, subject, at);
        self.insert_notice(notice);
    }

    pub(super) fn insert_notice(&mut self, notice: Option<&NewJob>) {
        if let Some(job) = notice {
            self.insert_job(job);
        }
    }

    pub(super) fn tell(&mut self, tenant: &str, kind: AuditKind, subject: Subject, at: u64) {
        self.tell_by(tenant, kind, (subject, None), None, at);
    }

    /// Tells what an actor did to a subject, and why.
    pub(super) fn tell_by(
        &mut self,
        tenant: &str,
        kind: AuditKind,
        (subject, actor): (Subject, Option<Subject>),
        reason: Option<&AuditReason>,
        at: u64,
    ) {
        self.last_audit += 1;
        let number = self.last_audit;
        self.audit.push((
            tenant.to_owned(),
            AuditRow {
                number,
                id: audit_id(number),
                at,
                kind,
                subject,
                actor,
                reason: reason.cloned(),
            },
        ));
    }
}

/// The id of an audit row. Nothing here outlives the process, so a number that is spread over all bits will do;
/// a store that several nodes share draws it at random.
fn audit_id(number: u64) -> Id {
    let spread = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    Id(spread.to_be_bytes())
}
