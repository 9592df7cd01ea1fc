//! Retention: removes old rows of the trail, under a checkpoint that says so.

use super::chain::Proof;
use super::seal::Sealing;
use super::{AuditChain, AuditReport, AuditVerdict, CheckpointMark};
use crate::fault::Fault;
use slotwerk_store::MAX_CHECKPOINT_PAGE;
use std::time::Duration;

/// The most rows that one transaction removes.
const BATCH: u32 = 500;

/// The outcome of [`AuditChain::prune`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum AuditPruneOutcome {
    /// The rows are removed.
    Pruned {
        /// How many.
        rows: u64,
        /// The checkpoint that says so, if one was added.
        mark: Option<CheckpointMark>,
    },
    /// Rows or checkpoints that would go were altered, or cannot be verified. Nothing was removed: it is evidence.
    Refused(Box<AuditReport>),
    /// Other nodes keep adding checkpoints. Nothing was removed; try again.
    Raced,
}

impl AuditChain<'_> {
    /// Removes the rows that are older than `keep` and that a checkpoint covers. A checkpoint goes first that says so,
    /// so that nobody can pass a deletion off as retention. The checkpoints stay: they hold hashes.
    ///
    /// Rows go with their whole checkpoint, and in the order of the chain, so that some stay a little longer. Verifies
    /// the rows that go before it removes them.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. Rows that went before it stay gone, and the next call goes on.
    pub async fn prune(&self, keep: Duration, now: Duration) -> Result<AuditPruneOutcome, Fault> {
        let before = now.saturating_sub(keep).as_secs();
        let mut mark = None;
        for _ in 0..5 {
            let last = self.store.last_checkpoint(self.tenant).await?;
            let removed = self.removal(last.as_ref()).await?;
            let through = self.prunable(removed, before).await?;
            if through <= removed {
                return self.remove(mark).await;
            }
            let report = self.verify_to(through, None, now, &mut |_| {}).await?;
            if report.verdict() != AuditVerdict::Intact {
                return Ok(AuditPruneOutcome::Refused(Box::new(report)));
            }
            let appended = self.append(last.as_ref(), &[], through, now.as_secs());
            if let Sealing::Sealed(statement) = appended.await? {
                mark = Some(CheckpointMark::of(&statement));
                return self.remove(mark).await;
            }
        }
        Ok(AuditPruneOutcome::Raced)
    }

    /// The last checkpoint of those at the start of the chain whose rows are all older.
    async fn prunable(&self, removed: u64, before: u64) -> Result<u64, Fault> {
        let mut through = removed;
        loop {
            let limit = MAX_CHECKPOINT_PAGE;
            let page = self.store.audit_checkpoints(self.tenant, through, limit);
            let page = page.await?;
            if page.is_empty() {
                return Ok(through);
            }
            for one in page {
                // The time in a forged checkpoint says nothing.
                let is_forged = matches!(self.prove(&one), Proof::Forged);
                if one.newest >= before || is_forged {
                    return Ok(through);
                }
                through = one.number;
            }
        }
    }

    async fn remove(&self, mark: Option<CheckpointMark>) -> Result<AuditPruneOutcome, Fault> {
        let mut rows = 0_u64;
        loop {
            let gone = self.store.remove_audit(self.tenant, BATCH).await?;
            rows = rows.saturating_add(gone);
            if gone < u64::from(BATCH) {
                return Ok(AuditPruneOutcome::Pruned { rows, mark });
            }
        }
    }
}
