//! What goes wrong with jobs.

use super::{BrokenStore, Flaw};
use slotwerk_store::{Enqueued, Id, Job, LeaseJobs, NewJob, PostponeJob, Result, Store};

impl BrokenStore {
    pub(super) async fn add_job(&self, job: &NewJob) -> Result<Enqueued> {
        if self.has(Flaw::GetThenPut) {
            let probe = NewJob {
                id: Id([0xfe; 16]),
                ..job.clone()
            };
            let read = self.inner.enqueue(&probe).await?;
            self.inner.finish_job(probe.id, 0).await?;
            self.gap().await;
            if read == Enqueued::Queued {
                let unchecked = NewJob {
                    capacity: u32::MAX,
                    ..job.clone()
                };
                return self.inner.enqueue(&unchecked).await;
            }
        }
        let outcome = self.inner.enqueue(job).await?;
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => Enqueued::Queued,
            _ => outcome,
        })
    }

    pub(super) async fn lease(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        let leased = match self.flaw {
            Flaw::ForgetsTurns => {
                let from_the_first = LeaseJobs {
                    after: None,
                    ..command.clone()
                };
                self.inner.lease_jobs(&from_the_first).await?
            }
            // A lease that hides nothing would give the same job again.
            Flaw::LeasesByTenant if command.lease_until > command.now => {
                let single = LeaseJobs {
                    limit: 1,
                    ..command.clone()
                };
                let mut leased = Vec::new();
                for _ in 0..command.limit {
                    leased.extend(self.inner.lease_jobs(&single).await?);
                }
                leased
            }
            _ => self.inner.lease_jobs(command).await?,
        };
        for job in &leased {
            self.notes().attempts.insert(job.id, job.attempt);
        }
        if self.has(Flaw::GetThenPut) && command.lease_until > command.now && command.limit == 3 {
            // Others that read before this write see the same jobs as free.
            if leased.is_empty() {
                return Ok(self.notes().leased.clone());
            }
            self.notes().leased.clone_from(&leased);
        }
        Ok(leased)
    }

    pub(super) async fn postpone(&self, command: &PostponeJob) -> Result<bool> {
        let payload = command.payload.clone();
        let command = PostponeJob {
            payload: payload.filter(|_| !self.has(Flaw::KeepsPayload)),
            ..command.clone()
        };
        let outcome = self.inner.postpone_job(&command).await?;
        Ok(outcome || self.has(Flaw::IgnoresAffectedRows))
    }

    pub(super) async fn finish(&self, id: Id, attempt: u32) -> Result<bool> {
        let held = self.notes().attempts.get(&id).copied();
        if self.has(Flaw::IgnoresLease) {
            return self.inner.finish_job(id, held.unwrap_or(attempt)).await;
        }
        self.gap().await;
        if self.has(Flaw::GetThenPut) && held == Some(attempt) {
            let _ = self.inner.finish_job(id, attempt).await?;
            self.notes().attempts.remove(&id);
            return Ok(true);
        }
        let outcome = self.inner.finish_job(id, attempt).await?;
        Ok(outcome || self.has(Flaw::IgnoresAffectedRows))
    }
}
