//! Works off one job, and says what becomes of it.

use super::invite::Invitation;
use super::notice::NoticeTask;
use super::pace::Timer;
use crate::auth::{Inner, account_key};
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use crate::jobs::Task;
use crate::mail_problem::MailProblem;
use slotwerk_mail::{Mail, SendProblem};
use slotwerk_store::{FinishJob, Id, Job, LONGEST_PAUSE_SECS, MailNote, MailState, PostponeJob};
use std::time::Duration;

/// The pause before the second attempt; it doubles with each further one.
const FIRST_PAUSE_SECS: u64 = 5;

/// The worker gives a mail up after so many attempts, about an hour and a half.
const MOST_ATTEMPTS: u32 = 13;

/// How long a mail may wait for its tenant: to be registered, or to have a budget again. Seven days. Its link
/// is made when it is sent, so that it does not get old.
const LONGEST_WAIT_SECS: u64 = 7 * 24 * 60 * 60;

/// A job and the end of its lease.
pub(super) struct Leased {
    pub(super) job: Job,
    pub(super) until: u64,
}

/// Why a job has not sent a mail.
pub(super) enum Undone {
    /// It never will.
    GiveUp(MailProblem),
    /// It may, later. This was an attempt.
    TryAgain(MailProblem),
    /// It has to wait for its tenant, for so many seconds at least. This was no attempt.
    Wait(MailProblem, u64),
}

impl From<Fault> for Undone {
    /// Infrastructure may come back. A key may, too: an operator puts it back into the ring.
    fn from(fault: Fault) -> Self {
        Self::TryAgain(MailProblem::from(&fault))
    }
}

/// The knowledge of a job by the time it ends.
#[derive(Default)]
pub(super) struct Progress {
    /// The account, for events.
    pub(super) account: Option<String>,
    /// The work left if the job has to come back, where a part is done.
    pub(super) left: Option<Task>,
    /// The mail's place on the pending enrolment.
    note: Option<MailNote>,
}

impl Progress {
    fn note(&self, state: MailState) -> Option<MailNote> {
        let note = self.note.clone()?;
        Some(MailNote { state, ..note })
    }
}

impl Inner {
    /// Works a job off, and finishes it or puts it back.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "outbox_job",
            skip_all,
            fields(
                tenant = leased.job.tenant,
                attempt = leased.job.attempt,
            )
        )
    )]
    pub(super) async fn work_off<S, F>(
        &self,
        leased: &Leased,
        timer: &Timer<'_, S>,
    ) -> Result<(), Fault>
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let job = &leased.job;
        if job.ran_ahead {
            let kind = EventKind::ClockRanAhead(StoredTime::Job);
            self.emit(&job.tenant, None, kind);
        }
        let mut progress = Progress::default();
        let done = if attempts(job) > MOST_ATTEMPTS {
            // It may have killed its workers, so that it ends here.
            let _ = self.task(job, &mut progress);
            Err(Undone::GiveUp(MailProblem::WorkerGone))
        } else {
            self.work(leased, &mut progress, timer).await
        };
        let held = match done {
            Ok(sent) => {
                self.finish(job, &progress, sent.then_some(MailState::Sent))
                    .await?
            }
            Err(Undone::TryAgain(problem)) if attempts(job) < MOST_ATTEMPTS => {
                let pause = pause_secs(attempts(job));
                self.put_back(job, progress, problem, pause, false).await?
            }
            Err(Undone::Wait(problem, secs)) if self.age(job) < LONGEST_WAIT_SECS => {
                let pause = secs.clamp(1, LONGEST_PAUSE_SECS);
                self.put_back(job, progress, problem, pause, true).await?
            }
            Err(Undone::GiveUp(problem) | Undone::TryAgain(problem) | Undone::Wait(problem, _)) => {
                self.emit_of(job, &progress, EventKind::MailAbandoned(problem));
                self.finish(job, &progress, Some(problem.state())).await?
            }
        };
        if !held {
            let kind = EventKind::MailPostponed(MailProblem::LeaseLost);
            self.emit(&job.tenant, None, kind);
        }
        Ok(())
    }

    /// Sends the mails of a job, with an event for each. `false` if a reset request has none.
    async fn work<S, F>(
        &self,
        leased: &Leased,
        progress: &mut Progress,
        timer: &Timer<'_, S>,
    ) -> Result<bool, Undone>
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let job = &leased.job;
        let tenant = match self.tenant(&job.tenant).await {
            Ok(Some(tenant)) => tenant,
            Ok(None) => {
                let secs = self.leave_to_others(&job.tenant);
                return Err(Undone::Wait(MailProblem::UnregisteredTenant, secs));
            }
            // No fault of the mail's: it waits, and no attempt is lost.
            Err(fault) => {
                let pause = pause_secs(job.waits.saturating_add(1));
                return Err(Undone::Wait(MailProblem::from(&fault), pause));
            }
        };
        let mail = match self.task(job, progress)? {
            Task::Reset { login, charged } => {
                let written = self
                    .reset_mail(&tenant, job, login, charged, progress)
                    .await;
                if let Ok(None) | Err(Undone::Wait(..)) = written {
                    timer.rest(self.time_of_a_mail()).await;
                }
                match written {
                    Ok(Some(mail)) => mail,
                    Ok(None) => return Ok(false),
                    Err(Undone::Wait(problem, secs)) => {
                        let pause = secs.max(pause_secs(job.waits.saturating_add(1)));
                        return Err(Undone::Wait(problem, pause));
                    }
                    Err(undone) => return Err(undone),
                }
            }
            Task::Invite {
                account,
                actor,
                reason,
            } => {
                let invitation = Invitation {
                    account,
                    actor,
                    reason,
                };
                self.invitation_mail(&tenant, job, invitation, progress)
                    .await?
            }
            Task::SetUp { account, enrolment } => {
                let enrolment = Id(enrolment);
                self.setup_mail(&tenant, &account, enrolment, progress)
                    .await?
            }
            Task::Notice {
                account,
                notice,
                at,
                done,
                origin,
            } => {
                let task = NoticeTask {
                    account,
                    notice,
                    at,
                    done,
                    origin,
                };
                self.send_notice(&tenant, leased, task, progress, timer)
                    .await?;
                return Ok(true);
            }
        };
        self.send(&mail, leased.until, 1, timer).await?;
        self.emit_of(job, progress, EventKind::MailSent);
        Ok(true)
    }

    /// Sends within a share of the lease, one of so many, so that no other worker sends the mail meanwhile.
    pub(super) async fn send<S, F>(
        &self,
        mail: &Mail,
        lease_until: u64,
        shares: u32,
        timer: &Timer<'_, S>,
    ) -> Result<(), Undone>
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let limit = self.time_to_send(lease_until);
        let Some(limit) = limit.and_then(|limit| limit.checked_div(shares)) else {
            return Err(Undone::TryAgain(MailProblem::LeaseLost));
        };
        let began = self.now_ms();
        let sent = timer.within(limit, self.mailer.send(mail)).await;
        self.sent_since(began);
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => {
                let problem = MailProblem::NotSent(error.problem());
                Err(if error.is_transient() {
                    Undone::TryAgain(problem)
                } else {
                    Undone::GiveUp(problem)
                })
            }
            None => {
                let problem = MailProblem::NotSent(SendProblem::TimedOut);
                Err(Undone::TryAgain(problem))
            }
        }
    }
}

impl Inner {
    fn task(&self, job: &Job, progress: &mut Progress) -> Result<Task, Undone> {
        let plain = self.open_job(&job.tenant, job.id, &job.payload)?;
        let task =
            serde_json::from_slice(&plain).map_err(|_| Undone::GiveUp(MailProblem::Unreadable))?;
        if let Task::SetUp { account, enrolment } = &task {
            progress.note = Some(MailNote {
                account: account_key(&job.tenant, account)?,
                enrolment: Id(*enrolment),
                state: MailState::Queued,
            });
        }
        Ok(task)
    }

    pub(super) fn emit_of(&self, job: &Job, progress: &Progress, kind: EventKind) {
        self.emit(&job.tenant, progress.account.as_deref(), kind);
    }

    fn age(&self, job: &Job) -> u64 {
        self.now().saturating_sub(job.created_at)
    }

    /// `false` if another worker has the job by now.
    async fn finish(
        &self,
        job: &Job,
        progress: &Progress,
        state: Option<MailState>,
    ) -> Result<bool, Fault> {
        let command = FinishJob {
            id: job.id,
            attempt: job.attempt,
            note: state.and_then(|state| progress.note(state)),
        };
        Ok(self.store.finish_job(&command).await?)
    }

    /// `false` if another worker has the job by now.
    async fn put_back(
        &self,
        job: &Job,
        progress: Progress,
        problem: MailProblem,
        pause: u64,
        waited: bool,
    ) -> Result<bool, Fault> {
        self.emit_of(job, &progress, EventKind::MailPostponed(problem));
        let note = progress.note(MailState::Delayed);
        // Without entropy it comes back as it was, and that part is done again.
        let sealed = |task: Task| self.sealed_task(&job.tenant, job.id, &task).ok();
        let command = PostponeJob {
            id: job.id,
            attempt: job.attempt,
            ready_at: self.now().saturating_add(pause),
            payload: progress.left.and_then(sealed),
            waited,
            note,
        };
        Ok(self.store.postpone_job(&command).await?)
    }
}

/// The leases that were attempts, this one included.
fn attempts(job: &Job) -> u32 {
    job.attempt.saturating_sub(job.waits)
}

fn pause_secs(attempt: u32) -> u64 {
    let doublings = attempt.saturating_sub(1).min(16);
    FIRST_PAUSE_SECS
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_fifteen_minutes() {
        let pauses: Vec<u64> = (1..=10).map(pause_secs).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(pause_secs(u32::MAX), LONGEST_PAUSE_SECS);
    }
}
