//! Reading the whole trail of a tenant, page by page.

use super::AuditChain;
use crate::fault::Fault;
use slotwerk_store::{AuditRecord, Id, MAX_CHECKPOINT_ROWS, SealedAudit, UnsealedAudit};
use std::collections::BTreeSet;

/// An export of the trail under way: see [`AuditChain::export`].
#[derive(Debug)]
pub struct AuditExport<'a> {
    chain: AuditChain<'a>,
    part: Part,
    sealed_after: Option<(u64, u64, Id)>,
    unsealed_after: Option<(u64, Id)>,
    /// Rows that were given before a checkpoint covered them.
    given: BTreeSet<u64>,
}

#[derive(Debug)]
enum Part {
    Sealed,
    Unsealed,
    /// Rows that were covered meanwhile.
    SealedSince,
}

impl<'a> AuditChain<'a> {
    /// Begins an export of all rows: first those that a checkpoint covers, by checkpoint, time and id; then the others,
    /// by time and id. Each row comes once, also when the worker covers it meanwhile.
    #[must_use]
    pub fn export(&self) -> AuditExport<'a> {
        AuditExport {
            chain: *self,
            part: Part::Sealed,
            sealed_after: None,
            unsealed_after: None,
            given: BTreeSet::new(),
        }
    }
}

impl AuditExport<'_> {
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
                tenant: self.chain.tenant.to_owned(),
                after: self.sealed_after,
                limit: MAX_CHECKPOINT_ROWS,
            };
            let mut page = self.chain.store.sealed_audit(&command).await?;
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
            tenant: self.chain.tenant.to_owned(),
            until: u64::MAX,
            after: self.unsealed_after,
            limit: MAX_CHECKPOINT_ROWS,
        };
        let page = self.chain.store.unsealed_audit(&command).await?;
        if let Some(last) = page.last() {
            self.unsealed_after = Some((last.at, last.id));
        }
        self.given.extend(page.iter().map(|row| row.number));
        Ok(page)
    }
}
