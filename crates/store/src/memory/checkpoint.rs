//! Checkpoints over the audit trail.

use super::rows::Rows;
use crate::{
    AuditRecord, AuditSealed, AuditTenants, Checkpoint, MAX_CHECKPOINT_PAGE, SealAudit,
    SealedAudit, UnsealedAudit,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Checkpoints {
    /// By tenant and number.
    chain: BTreeMap<(String, u64), Checkpoint>,
    /// The checkpoint of each row that is covered, by the row's number.
    covering: BTreeMap<u64, u64>,
}

impl Rows {
    pub(super) fn audit_tenants(&self, command: &AuditTenants) -> Vec<String> {
        let mut tenants = BTreeSet::new();
        for (tenant, row) in &self.audit {
            let is_covered = self.checkpoints.covering.contains_key(&row.number);
            match command.unsealed_until {
                Some(until) if is_covered || row.at > until => {}
                _ => {
                    tenants.insert(tenant);
                }
            }
        }
        if command.unsealed_until.is_none() {
            tenants.extend(self.checkpoints.chain.keys().map(|(tenant, _)| tenant));
        }
        let after = command.after.as_ref();
        let later = tenants
            .into_iter()
            .filter(|tenant| after.is_none_or(|after| *tenant > after));
        later.take(command.limit.into()).cloned().collect()
    }

    pub(super) fn unsealed_audit(&self, command: &UnsealedAudit) -> Vec<AuditRecord> {
        let mut found = self.records(&command.tenant);
        found.retain(|row| {
            row.checkpoint.is_none()
                && row.at <= command.until
                && command.after.is_none_or(|after| (row.at, row.id) > after)
        });
        found.sort_by_key(|row| (row.at, row.id));
        found.truncate(command.rows().into());
        found
    }

    pub(super) fn sealed_audit(&self, command: &SealedAudit) -> Vec<AuditRecord> {
        let place = |row: &AuditRecord| Some((row.checkpoint?, row.at, row.id));
        let mut found = self.records(&command.tenant);
        found.retain(|row| place(row).is_some_and(|place| Some(place) > command.after));
        found.sort_by_key(place);
        found.truncate(command.rows().into());
        found
    }

    fn records(&self, tenant: &str) -> Vec<AuditRecord> {
        let rows = self.audit.iter().filter(|(of, _)| of == tenant);
        let records = rows.map(|(_, row)| AuditRecord {
            checkpoint: self.checkpoints.covering.get(&row.number).copied(),
            number: row.number,
            id: row.id,
            at: row.at,
            kind: row.kind.as_str().to_owned(),
            subject: row.subject,
            actor: row.actor,
            reason: row.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        });
        records.collect()
    }

    pub(super) fn audit_checkpoints(
        &self,
        tenant: &str,
        after: u64,
        limit: u16,
    ) -> Vec<Checkpoint> {
        let limit = limit.clamp(1, MAX_CHECKPOINT_PAGE);
        let chain = self.chain(tenant).filter(|one| one.number > after);
        chain.take(limit.into()).cloned().collect()
    }

    pub(super) fn last_checkpoint(&self, tenant: &str) -> Option<&Checkpoint> {
        self.chain(tenant).next_back()
    }

    fn chain(&self, tenant: &str) -> impl DoubleEndedIterator<Item = &Checkpoint> {
        let all = (tenant.to_owned(), 0)..=(tenant.to_owned(), u64::MAX);
        self.checkpoints.chain.range(all).map(|(_, one)| one)
    }

    pub(super) fn seal_audit(&mut self, command: &SealAudit) -> AuditSealed {
        let last = self.last_checkpoint(&command.tenant);
        let rows: BTreeSet<u64> = command.rows.iter().copied().collect();
        let free = |(tenant, row): &&(String, _)| {
            let row: &crate::AuditRow = row;
            *tenant == command.tenant
                && rows.contains(&row.number)
                && !self.checkpoints.covering.contains_key(&row.number)
        };
        let free = self.audit.iter().filter(free).count();
        if last.map(|last| (last.number, last.mac)) != command.last || free != command.rows.len() {
            return AuditSealed::Stale;
        }
        let number = command.checkpoint.number;
        let place = (command.tenant.clone(), number);
        let chain = &mut self.checkpoints;
        chain.chain.insert(place, command.checkpoint.clone());
        chain
            .covering
            .extend(rows.into_iter().map(|row| (row, number)));
        AuditSealed::Sealed
    }

    pub(super) fn remove_audit(&mut self, tenant: &str, limit: u32) -> u64 {
        let last = self.last_checkpoint(tenant);
        let through = last.map_or(0, |last| last.removed_through);
        let mut gone = 0;
        let covering = &mut self.checkpoints.covering;
        self.audit.retain(|(of, row)| {
            let covered = covering.get(&row.number);
            let goes = gone < u64::from(limit)
                && of == tenant
                && covered.is_some_and(|number| *number <= through);
            if goes {
                covering.remove(&row.number);
                gone += 1;
            }
            !goes
        });
        gone
    }
}
