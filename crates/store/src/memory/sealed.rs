//! Sealed values, page by page.

use super::rows::Rows;
use crate::{Id, ReplaceSealed, SealedPage, SealedReplaced, SealedRow, SealedValue};
use std::ops::Bound::{Excluded, Unbounded};

impl Rows {
    pub(super) fn sealed_page(&self, command: &SealedPage) -> Vec<SealedValue> {
        let after = command.after.as_ref();
        let is_after = |value: &SealedValue| after.is_none_or(|after| value.row > *after);
        let limit = usize::from(command.rows());
        let enrolments = self.pending.iter().map(|(account, pending)| SealedValue {
            row: SealedRow::Enrolment {
                account: account.clone(),
                id: pending.id,
            },
            sealed: pending.sealed.clone(),
        });
        let authenticators = self.authenticators.iter().flat_map(|(account, active)| {
            let mut of_account: Vec<_> = active
                .iter()
                .map(|active| SealedValue {
                    row: SealedRow::Authenticator {
                        account: account.clone(),
                        id: active.id,
                    },
                    sealed: active.sealed.clone(),
                })
                .collect();
            of_account.sort_unstable_by(|a, b| a.row.cmp(&b.row));
            of_account
        });
        let jobs = self.jobs.range((after_job(after), Unbounded));
        let jobs = jobs.map(|(id, job)| SealedValue {
            row: SealedRow::Job {
                id: *id,
                tenant: job.tenant.clone(),
            },
            sealed: job.payload.clone(),
        });
        let all = enrolments.chain(authenticators).filter(is_after);
        all.chain(jobs).take(limit).collect()
    }

    pub(super) fn replace_sealed(&mut self, command: &ReplaceSealed) -> SealedReplaced {
        let sealed = match &command.row {
            SealedRow::Enrolment { account, id } => self
                .pending
                .get_mut(account)
                .filter(|pending| pending.id == *id)
                .map(|pending| &mut pending.sealed),
            SealedRow::Authenticator { account, id } => self
                .authenticators
                .get_mut(account)
                .and_then(|active| active.iter_mut().find(|active| active.id == *id))
                .map(|active| &mut active.sealed),
            SealedRow::Job { id, tenant } => self
                .jobs
                .get_mut(id)
                .filter(|job| job.tenant == *tenant)
                .map(|job| &mut job.payload),
        };
        match sealed {
            Some(sealed) if *sealed == command.expected => {
                sealed.clone_from(&command.replacement);
                SealedReplaced::Replaced
            }
            _ => SealedReplaced::Stale,
        }
    }
}

/// Jobs are in the order of their ids, whosoever they are.
fn after_job(after: Option<&SealedRow>) -> std::ops::Bound<Id> {
    match after {
        Some(SealedRow::Job { id, .. }) => Excluded(*id),
        _ => Unbounded,
    }
}
