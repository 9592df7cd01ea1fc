//! The chain of checkpoints over a tenant's audit trail: making it, verifying it, exporting rows, and retention.

mod chain;
mod export;
mod mark;
mod prune;
mod report;
mod seal;
mod verify;

pub use export::AuditExport;
pub use mark::{CheckpointMark, NotACheckpointMark};
pub use prune::AuditPruneOutcome;
pub use report::{AuditFinding, AuditReport, AuditVerdict};
pub(crate) use seal::SealTurn;

use crate::admin::Admin;
use crate::event::EventKind;
use crate::fault::Fault;
use slotwerk_keys::KeyRing;
use slotwerk_store::Store;
use std::fmt;
use std::time::Duration;

/// The chain of checkpoints over the audit trail of a tenant.
///
/// The [worker](crate::Worker::seal_audit) covers each row that is older than a minute with a checkpoint. A checkpoint
/// holds a hash of each row and the hash of the checkpoint before it, under a tag by a key of the ring. So a person who
/// can write to the database, but does not have the key ring, cannot alter, remove or add a covered row unnoticed.
///
/// # What it does not protect against
///
/// * **The last minute.** A row that no checkpoint covers yet can be altered or removed.
/// * **A cut-off end.** The last checkpoints can be removed together with their rows. Keep the [mark](CheckpointMark)
///   of a checkpoint outside the database, and give it to [`verify`](Self::verify). Each
///   [`EventKind::AuditSealed`] has one.
/// * **The key ring.** A person who has both can make a new chain.
#[derive(Clone, Copy)]
pub struct AuditChain<'a> {
    store: &'a dyn Store,
    keys: &'a KeyRing,
    tenant: &'a str,
}

impl<'a> AuditChain<'a> {
    /// The chain of a tenant, for a tool that has the database and the key ring.
    #[must_use]
    pub fn new(store: &'a dyn Store, keys: &'a KeyRing, tenant: &'a str) -> Self {
        Self {
            store,
            keys,
            tenant,
        }
    }
}

impl fmt::Debug for AuditChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditChain")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

impl Admin<'_> {
    /// Verifies the audit trail of the tenant against its checkpoints: see [`AuditChain::verify`]. It reads the whole
    /// trail. [`EventKind::AuditChainBroken`] follows if rows or checkpoints were altered.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_verify_audit", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn verify_audit(&self, expect: Option<CheckpointMark>) -> Result<AuditReport, Fault> {
        let now = (self.tenant.inner.clock)();
        let report = self.audit_chain().verify(expect, now, &mut |_| {}).await?;
        if report.verdict() == AuditVerdict::Altered {
            let inner = &self.tenant.inner;
            inner.emit(self.tenant.id(), None, EventKind::AuditChainBroken);
        }
        Ok(report)
    }

    /// Removes audit rows that are older than `keep`: see [`AuditChain::prune`]. Call it once a day or so.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_prune_audit", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn prune_audit(&self, keep: Duration) -> Result<AuditPruneOutcome, Fault> {
        let now = (self.tenant.inner.clock)();
        let outcome = self.audit_chain().prune(keep, now).await?;
        if let AuditPruneOutcome::Refused(report) = &outcome
            && report.verdict() == AuditVerdict::Altered
        {
            let inner = &self.tenant.inner;
            inner.emit(self.tenant.id(), None, EventKind::AuditChainBroken);
        }
        Ok(outcome)
    }

    /// The chain of checkpoints over the audit trail of the tenant, to export its rows.
    #[must_use]
    pub fn audit_chain(&self) -> AuditChain<'_> {
        let inner = &self.tenant.inner;
        AuditChain::new(inner.store.as_ref(), &inner.keys, self.tenant.id())
    }
}
