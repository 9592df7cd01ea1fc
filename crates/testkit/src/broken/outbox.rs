//! What goes wrong with jobs.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    Backlog, Enqueued, FinishJob, Id, Job, LeaseJobs, MailNote, NewJob, PostponeJob, Result, Store,
};

impl BrokenStore {
    pub(super) async fn add_job(&self, job: &NewJob) -> Result<Enqueued> {
        let job = &NewJob {
            note: self.note(&job.note),
            ..job.clone()
        };
        if self.has(Flaw::GetThenPut) {
            let probe = NewJob {
                id: Id([0xfe; 16]),
                note: None,
                ..job.clone()
            };
            let read = self.inner.enqueue(&probe).await?;
            let unread = FinishJob {
                id: probe.id,
                attempt: 0,
                note: None,
            };
            self.inner.finish_job(&unread).await?;
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

    fn note(&self, note: &Option<MailNote>) -> Option<MailNote> {
        note.clone().filter(|_| !self.has(Flaw::ForgetsMailState))
    }

    pub(super) async fn lease(&self, command: &LeaseJobs) -> Result<Vec<Job>> {
        let mut leased = match self.flaw {
            Flaw::ServesSkipped => {
                let everybody = LeaseJobs {
                    skip: Vec::new(),
                    ..command.clone()
                };
                self.inner.lease_jobs(&everybody).await?
            }
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
        match self.flaw {
            // It would wait for the time that was written.
            Flaw::TrustsJobTimes => leased.retain(|job| !job.ran_ahead),
            Flaw::HidesClocks => leased.iter_mut().for_each(|job| job.ran_ahead = false),
            Flaw::ForgetsWaits => leased.iter_mut().for_each(|job| job.waits = 0),
            Flaw::LosesCreation => leased
                .iter_mut()
                .for_each(|job| job.created_at = command.now),
            _ => {}
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
            note: self.note(&command.note),
            ..command.clone()
        };
        let outcome = self.inner.postpone_job(&command).await?;
        Ok(outcome || self.has(Flaw::IgnoresAffectedRows))
    }

    pub(super) async fn backlog(&self, now: u64) -> Result<Backlog> {
        let now = match self.flaw {
            // Every lease has run out by then, and every start has come.
            Flaw::CountsHeldJobs => u64::MAX,
            _ => now,
        };
        self.inner.outbox_backlog(now).await
    }

    pub(super) async fn finish(&self, command: &FinishJob) -> Result<bool> {
        let (id, attempt) = (command.id, command.attempt);
        let command = FinishJob {
            note: self.note(&command.note),
            ..command.clone()
        };
        let held = self.notes().attempts.get(&id).copied();
        if self.has(Flaw::IgnoresLease) {
            let any = FinishJob {
                attempt: held.unwrap_or(attempt),
                ..command
            };
            return self.inner.finish_job(&any).await;
        }
        self.gap().await;
        if self.has(Flaw::GetThenPut) && held == Some(attempt) {
            let _ = self.inner.finish_job(&command).await?;
            self.notes().attempts.remove(&id);
            return Ok(true);
        }
        let outcome = self.inner.finish_job(&command).await?;
        Ok(outcome || self.has(Flaw::IgnoresAffectedRows))
    }
}
