//! Verifying the chain and the rows that it covers, in one pass.

use super::chain::{Proof, link, read_entries, row_hash};
use super::{AuditChain, AuditFinding, AuditReport, CheckpointMark};
use crate::fault::Fault;
use slotwerk_store::{
    AuditRecord, Checkpoint, ErrorKind, MAX_CHECKPOINT_PAGE, MAX_CHECKPOINT_ROWS, SealedAudit,
    StoreError, UnsealedAudit,
};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// A row that is covered this much later than it was written is late.
const LATE_SECS: u64 = 60 * 60;

/// A row that is this old and not covered is overdue.
const OVERDUE_SECS: u64 = 10 * 60;

/// How many missing rows are kept until the end of the chain tells whether retention has removed them.
const MOST_MISSING: usize = 1000;

impl AuditChain<'_> {
    /// Verifies every checkpoint, and every row that one covers, and counts the rows that none covers. The service may
    /// keep running.
    ///
    /// With `expect`, the chain must contain that checkpoint. `progress` gets the number of rows that were read so far.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. A row or checkpoint in a wrong form is a [finding](AuditFinding::Unreadable).
    pub async fn verify(
        &self,
        expect: Option<CheckpointMark>,
        now: Duration,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<AuditReport, Fault> {
        self.verify_to(u64::MAX, expect, now, progress).await
    }

    /// The same with the rows of the checkpoints up to `to` only. Without an end, also with the rows that none covers.
    pub(super) async fn verify_to(
        &self,
        to: u64,
        expect: Option<CheckpointMark>,
        now: Duration,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<AuditReport, Fault> {
        let mut pass = Pass {
            chain: self,
            rows: Rows {
                chain: self,
                after: None,
                page: VecDeque::new(),
                done_to: None,
            },
            to,
            report: AuditReport::default(),
            before: None,
            unproven: Vec::new(),
            missing: Vec::new(),
            removed_through: 0,
            expect,
            read: 0,
            progress,
        };
        let ended = match pass.chain().await {
            Ok(()) if to == u64::MAX => pass.unsealed(now.as_secs()).await,
            ended => ended,
        };
        match ended {
            Err(fault) if fault.kind() == ErrorKind::Corrupt => {
                let after = pass.before.as_ref().map_or(0, |before| before.number);
                pass.report.find(AuditFinding::Unreadable { after });
            }
            ended => ended?,
        }
        Ok(pass.finish())
    }
}

/// The checkpoint before the one that is looked at.
struct Before {
    number: u64,
    /// `None` if its tag is wrong: that is a finding already.
    link: Option<[u8; 32]>,
}

struct Pass<'a, 'p> {
    chain: &'a AuditChain<'a>,
    rows: Rows<'a>,
    /// The last checkpoint whose rows are read.
    to: u64,
    report: AuditReport,
    before: Option<Before>,
    /// Checkpoints whose key the ring lacks, since the last one that was proven.
    unproven: Vec<AuditFinding>,
    missing: Vec<(u64, u64)>,
    /// The most that a genuine checkpoint allows retention to remove.
    removed_through: u64,
    expect: Option<CheckpointMark>,
    read: u64,
    progress: &'p mut (dyn FnMut(u64) + Send),
}

impl Pass<'_, '_> {
    async fn chain(&mut self) -> Result<(), StoreError> {
        let (store, tenant) = (self.chain.store, self.chain.tenant);
        let last = store.last_checkpoint(tenant).await?;
        if let Some(last) = last.filter(|last| matches!(self.chain.prove(last), Proof::Genuine)) {
            self.removed_through = last.removed_through;
        }
        let mut seen_stray = false;
        loop {
            let after = self.before.as_ref().map_or(0, |before| before.number);
            let limit = MAX_CHECKPOINT_PAGE;
            let page = store.audit_checkpoints(tenant, after, limit).await?;
            let read_to = page.last().map_or(after, |last| last.number);
            for checkpoint in page {
                // A later checkpoint may prove one whose key the ring lacks.
                if checkpoint.number > self.to && self.unproven.is_empty() {
                    return Ok(());
                }
                self.checkpoint(&checkpoint, read_to).await?;
            }
            if read_to > after {
                seen_stray = false;
                continue;
            }
            if self.to < u64::MAX {
                return Ok(());
            }
            // A row of a checkpoint that was made meanwhile, or of none: the next look at the chain tells.
            match self.rows.next_up_to(u64::MAX, after).await? {
                None => return Ok(()),
                Some(row) if seen_stray => self.stray(&row),
                Some(row) => {
                    self.rows.page.push_front(row);
                    seen_stray = true;
                }
            }
        }
    }

    async fn checkpoint(&mut self, one: &Checkpoint, read_to: u64) -> Result<(), StoreError> {
        let number = one.number;
        let before = self.before.as_ref().map_or(0, |before| before.number);
        let due = before.saturating_add(1);
        if number > due {
            let last = number.saturating_sub(1);
            self.report
                .find(AuditFinding::CheckpointsMissing { first: due, last });
        }
        let earlier = number.saturating_sub(1).min(self.to);
        while let Some(row) = self.rows.next_up_to(earlier, read_to).await? {
            self.stray(&row);
        }
        self.report.checkpoints = self.report.checkpoints.saturating_add(1);
        self.report.end = Some(CheckpointMark::of(one));
        if self.expect == Some(CheckpointMark::of(one)) {
            self.expect = None;
        }
        let follows = match &self.before {
            Some(before) if number == due => before.link.is_none_or(|link| link == one.previous),
            None if number == 1 => one.previous == [0; 32],
            _ => true,
        };
        let proof = self.chain.prove(one);
        let is_forged = matches!(proof, Proof::Forged);
        match proof {
            Proof::Forged => {
                let checkpoint = number;
                self.report
                    .find(AuditFinding::CheckpointAltered { checkpoint });
            }
            _ if !follows => {
                // Nothing later covers what stands before the break.
                let unproven = std::mem::take(&mut self.unproven);
                unproven.into_iter().for_each(|one| self.report.find(one));
                self.report
                    .find(AuditFinding::ChainBroken { checkpoint: number });
            }
            Proof::Genuine => self.unproven.clear(),
            Proof::Unknown(_) => {}
        }
        match proof {
            Proof::Genuine => {
                self.removed_through = self.removed_through.max(one.removed_through);
            }
            Proof::Unknown(fault) => self.unproven.push(AuditFinding::KeyUnusable {
                checkpoint: number,
                fault,
            }),
            Proof::Forged => {}
        }
        if number <= self.to {
            self.covered(one, is_forged, read_to).await?;
        }
        self.before = Some(Before {
            number,
            link: (!is_forged).then(|| link(self.chain.tenant, one)),
        });
        Ok(())
    }

    /// Compares the rows of a checkpoint with its entries.
    async fn covered(
        &mut self,
        one: &Checkpoint,
        is_forged: bool,
        read_to: u64,
    ) -> Result<(), StoreError> {
        let checkpoint = one.number;
        let entries = read_entries(&one.entries).unwrap_or_default();
        let mut entries: BTreeMap<u64, [u8; 32]> = entries.into_iter().collect();
        while let Some(row) = self.rows.next_up_to(checkpoint, read_to).await? {
            self.tick();
            if is_forged {
                continue;
            }
            let number = row.number;
            match entries.remove(&number) {
                Some(hash) if hash == row_hash(self.chain.tenant, &row) => {
                    self.report.rows = self.report.rows.saturating_add(1);
                    if row.at.saturating_add(LATE_SECS) < one.sealed_at {
                        self.report.late = self.report.late.saturating_add(1);
                    }
                }
                Some(_) => self.report.find(AuditFinding::RowAltered {
                    checkpoint,
                    row: number,
                }),
                None => self.report.find(AuditFinding::RowAdded {
                    checkpoint,
                    row: number,
                }),
            }
        }
        if is_forged {
            return Ok(());
        }
        for row in entries.into_keys() {
            if checkpoint <= self.removed_through {
                self.report.removed = self.report.removed.saturating_add(1);
            } else if self.missing.len() < MOST_MISSING {
                self.missing.push((checkpoint, row));
            } else {
                self.report
                    .find(AuditFinding::RowMissing { checkpoint, row });
            }
        }
        Ok(())
    }

    /// A row that is marked with a checkpoint that does not exist.
    fn stray(&mut self, row: &AuditRecord) {
        self.tick();
        self.report.find(AuditFinding::RowAdded {
            checkpoint: row.checkpoint.unwrap_or(0),
            row: row.number,
        });
    }

    fn tick(&mut self) {
        self.read = self.read.saturating_add(1);
        (self.progress)(self.read);
    }

    async fn unsealed(&mut self, now: u64) -> Result<(), StoreError> {
        let mut command = UnsealedAudit {
            tenant: self.chain.tenant.to_owned(),
            until: u64::MAX,
            after: None,
            limit: MAX_CHECKPOINT_ROWS,
        };
        loop {
            let page = self.chain.store.unsealed_audit(&command).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            command.after = Some((last.at, last.id));
            for row in page {
                self.tick();
                self.report.unsealed = self.report.unsealed.saturating_add(1);
                if row.at.saturating_add(OVERDUE_SECS) < now {
                    self.report.overdue = self.report.overdue.saturating_add(1);
                }
            }
        }
    }

    fn finish(self) -> AuditReport {
        let mut report = self.report;
        for (checkpoint, row) in self.missing {
            // Retention may have gone on meanwhile.
            if checkpoint <= self.removed_through {
                report.removed = report.removed.saturating_add(1);
            } else {
                report.find(AuditFinding::RowMissing { checkpoint, row });
            }
        }
        self.unproven.into_iter().for_each(|one| report.find(one));
        if let Some(expected) = self.expect {
            report.find(AuditFinding::EndMissing { expected });
        }
        report
    }
}

/// The covered rows of a tenant, by checkpoint.
struct Rows<'a> {
    chain: &'a AuditChain<'a>,
    after: Option<(u64, u64, slotwerk_store::Id)>,
    page: VecDeque<AuditRecord>,
    /// No rows are left of the checkpoints up to this one.
    done_to: Option<u64>,
}

impl Rows<'_> {
    /// The next row of the checkpoints up to `number`. The chain was read up to `read_to` before: no rows are added to
    /// these checkpoints any more.
    async fn next_up_to(
        &mut self,
        number: u64,
        read_to: u64,
    ) -> Result<Option<AuditRecord>, StoreError> {
        if self.page.is_empty() && self.done_to.is_none_or(|done_to| number > done_to) {
            let command = SealedAudit {
                tenant: self.chain.tenant.to_owned(),
                after: self.after,
                limit: MAX_CHECKPOINT_ROWS,
            };
            let page = self.chain.store.sealed_audit(&command).await?;
            match page.last() {
                Some(last) => self.after = last.checkpoint.map(|one| (one, last.at, last.id)),
                None => self.done_to = Some(read_to),
            }
            self.page = page.into();
        }
        let is_due = |row: &AuditRecord| row.checkpoint.is_some_and(|one| one <= number);
        Ok(match self.page.front() {
            Some(row) if is_due(row) => self.page.pop_front(),
            _ => None,
        })
    }
}
