//! Reading the whole trail of a tenant, page by page.

use super::AuditChain;
use crate::fault::Fault;
use slotwerk_store::{AuditRecord, Id, MAX_CHECKPOINT_ROWS, SealedAudit, Store, UnsealedAudit};
use std::collections::BTreeSet;
use std::fmt;

/// An export of the trail of a tenant: all its rows, first those that a checkpoint covers, by checkpoint, time and id; then
/// the others, by time and id. Each row comes once, also when the worker covers it meanwhile.
///
/// It verifies nothing.
pub struct AuditExport<'a> {
    store: &'a dyn Store,
    tenant: &'a str,
    part: Part,
    sealed_after: Option<(u64, u64, Id)>,
    unsealed_after: Option<(u64, Id)>,
    /// Rows that were given before a checkpoint covered them.
    given: BTreeSet<u64>,
}

enum Part {
    Sealed,
    Unsealed,
    /// Rows that were covered meanwhile.
    SealedSince,
}

impl<'a> AuditChain<'a> {
    /// Begins an export of all rows.
    #[must_use]
    pub fn export(&self) -> AuditExport<'a> {
        AuditExport::new(self.store, self.tenant)
    }
}

impl fmt::Debug for AuditExport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditExport")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

impl<'a> AuditExport<'a> {
    /// Begins an export, for a tool that has the database and needs no key.
    #[must_use]
    pub fn new(store: &'a dyn Store, tenant: &'a str) -> Self {
        Self {
            store,
            tenant,
            part: Part::Sealed,
            sealed_after: None,
            unsealed_after: None,
            given: BTreeSet::new(),
        }
    }

    /// The next rows. `None` at the end.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. The next call tries again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<AuditRecord>>, Fault> {
        loop {
            let page = match self.part {
                Part::Sealed | Part::SealedSince => self.sealed().await?,
                Part::Unsealed => self.unsealed().await?,
            };
            match (page.is_empty(), &self.part) {
                (false, _) => return Ok(Some(page)),
                (true, Part::Sealed) => self.part = Part::Unsealed,
                (true, Part::Unsealed) => self.part = Part::SealedSince,
                (true, Part::SealedSince) => return Ok(None),
            }
        }
    }

    async fn sealed(&mut self) -> Result<Vec<AuditRecord>, Fault> {
        loop {
            let command = SealedAudit {
                tenant: self.tenant.to_owned(),
                after: self.sealed_after,
                limit: MAX_CHECKPOINT_ROWS,
            };
            let mut page = self.store.sealed_audit(&command).await?;
            let Some(last) = page.last() else {
                return Ok(page);
            };
            self.sealed_after = last.checkpoint.map(|one| (one, last.at, last.id));
            page.retain(|row| !self.given.contains(&row.number));
            if !page.is_empty() {
                return Ok(page);
            }
        }
    }

    async fn unsealed(&mut self) -> Result<Vec<AuditRecord>, Fault> {
        let command = UnsealedAudit {
            tenant: self.tenant.to_owned(),
            until: u64::MAX,
            after: self.unsealed_after,
            limit: MAX_CHECKPOINT_ROWS,
        };
        let page = self.store.unsealed_audit(&command).await?;
        if let Some(last) = page.last() {
            self.unsealed_after = Some((last.at, last.id));
        }
        self.given.extend(page.iter().map(|row| row.number));
        Ok(page)
    }
}
