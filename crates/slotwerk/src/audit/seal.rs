//! Making checkpoints: the worker covers the rows that no checkpoint covers yet.

use super::chain::{Proof, entries, link};
use super::{AuditChain, CheckpointMark};
use crate::auth::Inner;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::outbox::Worker;
use slotwerk_store::{
    AuditRecord, AuditSealed, AuditTenants, Checkpoint, ErrorKind, MAX_CHECKPOINT_PAGE,
    MAX_CHECKPOINT_ROWS, SealAudit, UnsealedAudit,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How old a row must be: transactions of other nodes with an earlier time have ended by then.
const SETTLED_SECS: u64 = 60;

/// The most tenants of one round.
const TENANTS: u16 = 64;

/// The most checkpoints for one tenant in one round.
const PER_TENANT: usize = 8;

/// How many tenants this node remembers the last checkpoint of.
const MOST_REMEMBERED: usize = 10_000;

/// The outcome of one checkpoint.
pub(super) enum Sealing {
    Sealed(Checkpoint),
    /// Nothing is old enough.
    Nothing,
    /// Another node was faster.
    Raced,
}

impl AuditChain<'_> {
    /// Covers the oldest rows that no checkpoint covers.
    async fn seal_rows(&self, last: Option<&Checkpoint>, now: u64) -> Result<Sealing, Fault> {
        let oldest = UnsealedAudit {
            tenant: self.tenant.to_owned(),
            until: now.saturating_sub(SETTLED_SECS),
            after: None,
            limit: MAX_CHECKPOINT_ROWS,
        };
        let rows = self.store.unsealed_audit(&oldest).await?;
        if rows.is_empty() {
            return Ok(Sealing::Nothing);
        }
        let removed_through = self.removal(last).await?;
        self.append(last, &rows, removed_through, now).await
    }

    /// Adds a checkpoint behind the last one.
    pub(super) async fn append(
        &self,
        last: Option<&Checkpoint>,
        rows: &[AuditRecord],
        removed_through: u64,
        now: u64,
    ) -> Result<Sealing, Fault> {
        let mut checkpoint = Checkpoint {
            number: last.map_or(1, |last| last.number.saturating_add(1)),
            previous: last.map_or([0; 32], |last| link(self.tenant, last)),
            sealed_at: now,
            newest: rows.iter().map(|row| row.at).max().unwrap_or(0),
            removed_through,
            entries: entries(self.tenant, rows),
            key: 0,
            mac: [0; 32],
        };
        self.sign(&mut checkpoint);
        let command = SealAudit {
            tenant: self.tenant.to_owned(),
            last: last.map(|last| (last.number, last.mac)),
            checkpoint,
            rows: rows.iter().map(|row| row.number).collect(),
        };
        Ok(match self.store.seal_audit(&command).await? {
            AuditSealed::Sealed => Sealing::Sealed(command.checkpoint),
            AuditSealed::Stale => Sealing::Raced,
        })
    }

    /// What retention may have removed. Only a checkpoint with a genuine tag can say so: a new one repeats it under its
    /// own tag.
    pub(super) async fn removal(&self, last: Option<&Checkpoint>) -> Result<u64, Fault> {
        let Some(last) = last else {
            return Ok(0);
        };
        if let Proof::Genuine = self.prove(last) {
            return Ok(last.removed_through);
        }
        let (mut removed_through, mut after) = (0, 0);
        loop {
            let limit = MAX_CHECKPOINT_PAGE;
            let page = self.store.audit_checkpoints(self.tenant, after, limit);
            let page = page.await?;
            let Some(end) = page.last() else {
                return Ok(removed_through);
            };
            after = end.number;
            let genuine = page
                .iter()
                .filter(|one| matches!(self.prove(one), Proof::Genuine));
            let highest = genuine.map(|one| one.removed_through).max();
            removed_through = removed_through.max(highest.unwrap_or(0));
        }
    }
}

impl Worker<'_> {
    /// Covers audit rows that are older than a minute with checkpoints, and returns how many checkpoints it made. For
    /// hosts with a scheduler of their own: [`run`](Self::run) does it every half minute.
    ///
    /// One call makes at most 8 checkpoints of 500 rows for each of at most 64 tenants; the next call goes on.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. Trouble with the rows of one tenant is an event, and the others go on.
    pub async fn seal_audit(&self) -> Result<u64, Fault> {
        self.inner.seal_audit().await
    }
}

impl Inner {
    pub(crate) async fn seal_audit(&self) -> Result<u64, Fault> {
        let command = AuditTenants {
            after: self.seal_turn.after(),
            unsealed_until: Some(self.now().saturating_sub(SETTLED_SECS)),
            limit: TENANTS,
        };
        let tenants = self.store.audit_tenants(&command).await?;
        let is_last = tenants.len() < TENANTS.into();
        let mut made: u64 = 0;
        for tenant in &tenants {
            match self.seal_tenant(tenant).await {
                Ok(checkpoints) => made = made.saturating_add(checkpoints),
                Err(fault) => {
                    self.emit(tenant, None, EventKind::AuditNotSealed);
                    if is_out_of_reach(&fault) {
                        return Err(fault);
                    }
                }
            }
        }
        let last = tenants.last().filter(|_| !is_last);
        self.seal_turn.set_after(last.cloned());
        Ok(made)
    }

    async fn seal_tenant(&self, tenant: &str) -> Result<u64, Fault> {
        let chain = AuditChain::new(self.store.as_ref(), &self.keys, tenant);
        let mut last = self.store.last_checkpoint(tenant).await?;
        let is_forged = last
            .as_ref()
            .is_some_and(|last| matches!(chain.prove(last), Proof::Forged));
        if is_forged || self.seal_turn.goes_back(tenant, last.as_ref()) {
            self.emit(tenant, None, EventKind::AuditChainBroken);
        }
        let mut made = 0;
        for _ in 0..PER_TENANT {
            let Sealing::Sealed(next) = chain.seal_rows(last.as_ref(), self.now()).await? else {
                break;
            };
            made += 1;
            let mark = CheckpointMark::of(&next);
            self.seal_turn.remember(tenant, mark);
            self.emit(tenant, None, EventKind::AuditSealed { mark });
            last = Some(next);
        }
        Ok(made)
    }
}

fn is_out_of_reach(fault: &Fault) -> bool {
    matches!(fault, Fault::Store(fault) if fault.kind() == ErrorKind::Unavailable)
}

/// Where the next round begins, and the last checkpoints that this node has made.
#[derive(Default)]
pub(crate) struct SealTurn(Mutex<Turn>);

#[derive(Default)]
struct Turn {
    after: Option<String>,
    marks: BTreeMap<String, CheckpointMark>,
}

impl SealTurn {
    fn lock(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn after(&self) -> Option<String> {
        self.lock().after.clone()
    }

    fn set_after(&self, tenant: Option<String>) {
        self.lock().after = tenant;
    }

    fn remember(&self, tenant: &str, mark: CheckpointMark) {
        let mut turn = self.lock();
        if turn.marks.len() < MOST_REMEMBERED || turn.marks.contains_key(tenant) {
            turn.marks.insert(tenant.to_owned(), mark);
        }
    }

    /// Whether the chain has lost or changed a checkpoint that this node has made.
    fn goes_back(&self, tenant: &str, last: Option<&Checkpoint>) -> bool {
        let Some(made) = self.lock().marks.get(tenant).copied() else {
            return false;
        };
        match last {
            Some(last) if last.number > made.number() => false,
            Some(last) => CheckpointMark::of(last) != made,
            None => true,
        }
    }
}
