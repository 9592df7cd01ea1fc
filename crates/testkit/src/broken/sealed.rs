//! What goes wrong with sealed values.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    MAX_SEALED_PAGE, MoveWatermark, PostponeJob, ReplaceSealed, Result, SealedPage, SealedReplaced,
    SealedRow, SealedValue, Store,
};

impl BrokenStore {
    pub(super) async fn sealed(&self, command: &SealedPage) -> Result<Vec<SealedValue>> {
        match self.flaw {
            Flaw::PagesFromTheFirst => {
                let first = SealedPage {
                    after: None,
                    ..command.clone()
                };
                self.inner.sealed_page(&first).await
            }
            Flaw::ReadsSetUpsLast => {
                let rank = |row: &SealedRow| matches!(row, SealedRow::Enrolment { .. });
                let mut all = self.all_sealed().await?;
                all.sort_by_key(|value| rank(&value.row));
                let after = command.after.as_ref().map(|after| (rank(after), after));
                let rest = all.into_iter().filter(|value| {
                    after.is_none_or(|after| (rank(&value.row), &value.row) > after)
                });
                Ok(rest.take(command.rows().into()).collect())
            }
            Flaw::ReadsNoJobs => {
                let mut page = self.inner.sealed_page(command).await?;
                page.retain(|value| !matches!(value.row, SealedRow::Job { .. }));
                Ok(page)
            }
            Flaw::ReadsSealedAtOnce => self.all_sealed().await,
            _ => self.inner.sealed_page(command).await,
        }
    }

    async fn all_sealed(&self) -> Result<Vec<SealedValue>> {
        let mut all: Vec<SealedValue> = Vec::new();
        loop {
            let command = SealedPage {
                after: all.last().map(|value| value.row.clone()),
                limit: MAX_SEALED_PAGE,
            };
            let page = self.inner.sealed_page(&command).await?;
            let is_last = page.len() < usize::from(MAX_SEALED_PAGE);
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    async fn sealed_now(&self, row: &SealedRow) -> Result<Option<Vec<u8>>> {
        let all = self.all_sealed().await?;
        let found = all.into_iter().find(|value| value.row == *row);
        Ok(found.map(|value| value.sealed))
    }

    pub(super) async fn reseal(&self, command: &ReplaceSealed) -> Result<SealedReplaced> {
        let mut made = command.clone();
        let before = self.sealed_now(&command.row).await?;
        if self.has(Flaw::GetThenPut) && before.as_ref() == Some(&command.expected) {
            self.gap().await;
            if let Some(now) = self.sealed_now(&command.row).await? {
                made.expected = now;
            }
        }
        if let Some(before) = before.filter(|_| self.has(Flaw::ReplacesAnySealed)) {
            made.expected = before;
        }
        if let SealedRow::Authenticator { account, id } = &command.row
            && self.has(Flaw::FindsByIdAlone)
            && self.sealed_now(&command.row).await?.is_none()
        {
            let all = self.all_sealed().await?;
            let found = all
                .into_iter()
                .map(|value| value.row)
                .find(|row| match row {
                    SealedRow::Authenticator {
                        account: other,
                        id: found,
                    } => other != account && found == id,
                    _ => false,
                });
            made.row = found.unwrap_or(made.row);
        }
        let outcome = self.inner.replace_sealed(&made).await?;
        if outcome == SealedReplaced::Replaced {
            self.after_reseal(&made.row).await?;
        }
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => SealedReplaced::Replaced,
            _ => outcome,
        })
    }

    async fn after_reseal(&self, row: &SealedRow) -> Result<()> {
        match row {
            SealedRow::Authenticator { account, id } if self.has(Flaw::ResealsFromTheStart) => {
                let active = self.inner.authenticators(account).await?;
                if let Some(found) = active.into_iter().find(|found| found.id == *id) {
                    let back = MoveWatermark {
                        account: account.clone(),
                        authenticator: *id,
                        expected: found.watermark,
                        watermark: 0,
                        disbelieved: None,
                    };
                    let _ = self.inner.move_watermark(&back).await?;
                }
            }
            SealedRow::Job { id, .. } if self.has(Flaw::ResealFreesJob) => {
                let attempt = self.notes().attempts.get(id).copied().unwrap_or(0);
                let freed = PostponeJob {
                    id: *id,
                    attempt,
                    ready_at: 0,
                    payload: None,
                    waited: false,
                    note: None,
                };
                self.inner.postpone_job(&freed).await?;
            }
            _ => {}
        }
        Ok(())
    }
}
