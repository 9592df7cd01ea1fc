//! What goes wrong with checkpoints over the audit trail.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AuditRecord, AuditSealed, AuditTenants, Result, SealAudit, SealedAudit, Store, UnsealedAudit,
};

impl BrokenStore {
    pub(super) async fn tenants_of_audit(&self, command: &AuditTenants) -> Result<Vec<String>> {
        let mut command = command.clone();
        if self.has(Flaw::ListsSealedTenants) && command.unsealed_until.is_some() {
            command.unsealed_until = None;
        }
        self.inner.audit_tenants(&command).await
    }

    pub(super) async fn open_records(&self, command: &UnsealedAudit) -> Result<Vec<AuditRecord>> {
        let mut rows = self.inner.unsealed_audit(command).await?;
        match self.flaw {
            Flaw::OrdersAuditByArrival => rows.sort_by_key(|row| row.number),
            Flaw::RecordsNoReason => rows.iter_mut().for_each(|row| row.reason = None),
            _ => {}
        }
        Ok(rows)
    }

    pub(super) async fn covered_records(&self, command: &SealedAudit) -> Result<Vec<AuditRecord>> {
        let mut command = command.clone();
        if self.has(Flaw::PagesByCheckpoint)
            && let Some((checkpoint, at, _)) = &mut command.after
        {
            // Skips the rest of a checkpoint that a page ends in.
            *checkpoint = checkpoint.saturating_add(1);
            *at = 0;
        }
        self.inner.sealed_audit(&command).await
    }

    pub(super) async fn seal(&self, command: &SealAudit) -> Result<AuditSealed> {
        let mut command = command.clone();
        let tenant = command.tenant.clone();
        let last = self.inner.last_checkpoint(&tenant).await?;
        let place =
            |last: Option<slotwerk_store::Checkpoint>| last.map(|one| (one.number, one.mac));
        let last = place(last);
        match self.flaw {
            Flaw::LosesRemoval => command.checkpoint.removed_through = 0,
            Flaw::SealsBehindAnything => {
                command.last = last;
                let number = last.map_or(0, |(number, _)| number);
                command.checkpoint.number = number.saturating_add(1);
            }
            Flaw::SealsWhatIsOpen => self.only_open(&mut command).await?,
            Flaw::GetThenPut if last == command.last => {
                let mut open = command.clone();
                self.only_open(&mut open).await?;
                if open.rows.len() == command.rows.len() {
                    self.gap().await;
                    let last = place(self.inner.last_checkpoint(&tenant).await?);
                    command.last = last;
                    let number = last.map_or(0, |(number, _)| number);
                    command.checkpoint.number = number.saturating_add(1);
                    self.only_open(&mut command).await?;
                }
            }
            _ => {}
        }
        self.inner.seal_audit(&command).await
    }

    /// Leaves rows out that are covered, or not the tenant's.
    async fn only_open(&self, command: &mut SealAudit) -> Result<()> {
        let all = UnsealedAudit {
            tenant: command.tenant.clone(),
            until: u64::MAX,
            after: None,
            limit: u16::MAX,
        };
        let open = self.inner.unsealed_audit(&all).await?;
        command
            .rows
            .retain(|row| open.iter().any(|one| one.number == *row));
        Ok(())
    }

    pub(super) async fn remove_rows(&self, tenant: &str, limit: u32) -> Result<u64> {
        match self.flaw {
            Flaw::KeepsRemovedAudit => Ok(0),
            Flaw::RemovesAuditAtOnce => self.inner.remove_audit(tenant, u32::MAX).await,
            _ => self.inner.remove_audit(tenant, limit).await,
        }
    }
}
