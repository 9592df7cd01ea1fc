//! The worker: takes jobs from the outbox, writes mails and sends several of them at a time.

mod hands;
mod invite;
mod job;
mod messages;
mod notice;
mod pace;
mod reset;

pub(crate) use hands::Unregistered;
pub(crate) use pace::RecentSends;

use crate::auth::Inner;
use crate::event::EventKind;
use crate::fault::Fault;
use futures_util::future::{Either, join, join_all, select};
use futures_util::lock::Mutex;
use hands::{Hands, InHand};
use job::Leased;
use pace::Timer;
use slotwerk_store::{Backlog, LONGEST_LEASE_SECS, LeaseJobs};
use std::future::Ready;
use std::pin::pin;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Jobs taken at once: one, so that a lease covers it.
const BATCH: u32 = 1;

/// The most rows that one transaction of [`Worker::purge`] removes: some milliseconds of a database.
const PURGE_BATCH: u32 = 500;

/// The pause between two rounds of checkpoints.
const SEAL_PAUSE: Duration = Duration::from_secs(30);

/// How long mails in hand may still take when the worker is to stop.
const LONGEST_STOP: Duration = Duration::from_secs(10);

/// The work behind the requests, of every tenant: see [`Auth::worker`](crate::Auth::worker).
#[derive(Clone, Copy)]
pub struct Worker<'a> {
    pub(crate) inner: &'a Inner,
}

impl Worker<'_> {
    /// Works off the outbox, and [covers the audit trail with checkpoints](Self::seal_audit), until `stop` is ready.
    /// Spawn it once per process.
    ///
    /// It sends up to [`Limits::mail_senders`](crate::Limits::mail_senders) mails at a time, and tenants take
    /// turns. When it stops, it takes no further job and gives mails in hand 10 seconds. A job left over
    /// goes on in the next process, two minutes later if its mail was in hand.
    ///
    /// It stops sending a mail when the lease is about to end, after 100 seconds at most, and tries again later.
    /// So no two nodes send one mail at the same time.
    ///
    /// `sleep` is the runtime's timer, such as `tokio::time::sleep`. A job queued in this process
    /// wakes the worker at once. To go on for ever, give [`std::future::pending`] as `stop`.
    ///
    /// Nobody can tell by its timing who exists: a reset request for an unknown name keeps a sender as long as
    /// a recent mail did.
    pub async fn run<S, F>(&self, sleep: S, stop: impl Future<Output = ()>)
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let senders = self.inner.limits.mail_senders;
        let crew = Crew {
            inner: self.inner,
            sleep: &sleep,
            hands: Hands::new(senders),
            looking: Mutex::new(()),
            is_stopping: AtomicBool::new(false),
            stopping: event_listener::Event::new(),
        };
        let senders = join_all((0..senders).map(|_| crew.send_mails()));
        let senders = pin!(join(senders, crew.seal_audit()));
        if let Either::Left((_, senders)) = select(pin!(stop), senders).await {
            crew.is_stopping.store(true, Ordering::SeqCst);
            crew.stopping.notify(usize::MAX);
            select(senders, pin!(sleep(LONGEST_STOP))).await;
        }
    }

    /// Works off one job if one is ready, and returns how many were taken. For hosts with a scheduler of
    /// their own, and for tests.
    ///
    /// It has no timer: a job without a mail ends at once, so that its timing tells that no mail was sent, and
    /// only the mailer ends a mail that takes too long. A service uses [`run`](Self::run).
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. A job whose own work meets a fault is put back instead.
    pub async fn work_off_one(&self) -> Result<usize, Fault> {
        let Some(leased) = self.inner.lease(Vec::new()).await? else {
            return Ok(0);
        };
        let no_timer = Timer::<fn(Duration) -> Ready<()>>(None);
        self.inner.work_off(&leased, &no_timer).await?;
        Ok(1)
    }

    /// The work that waits in the outbox, of all nodes and tenants, as the store counts it now.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn backlog(&self) -> Result<Backlog, Fault> {
        Ok(self.inner.store.outbox_backlog(self.inner.now()).await?)
    }

    /// Removes what can no longer matter from the store: expired links, tickets and set-ups, and
    /// budgets that are whole again (those that count failures a year later). Call it now and then, from
    /// one node or from all. Returns how many rows went.
    ///
    /// Each transaction removes 500 rows at most, so that no sign-in waits for long.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. Rows that went before it stay gone, and the next call goes on.
    pub async fn purge(&self) -> Result<u64, Fault> {
        let (store, now) = (&self.inner.store, self.inner.now());
        let mut rows = 0_u64;
        loop {
            let gone = store.purge(now, PURGE_BATCH).await?;
            rows = rows.saturating_add(gone);
            if gone < u64::from(PURGE_BATCH) {
                return Ok(rows);
            }
        }
    }
}

/// Shared by the senders of one [`Worker::run`].
struct Crew<'a, S> {
    inner: &'a Inner,
    sleep: &'a S,
    hands: Hands,
    /// One sender at a time looks for a job; the others work or wait for their turn to look.
    looking: Mutex<()>,
    is_stopping: AtomicBool,
    stopping: event_listener::Event,
}

impl<S, F> Crew<'_, S>
where
    S: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    /// One sender: a job after the other until the worker is to stop.
    async fn send_mails(&self) {
        while let Some((leased, in_hand)) = self.next_job().await {
            let timer = Timer(Some(self.sleep));
            if self.inner.work_off(&leased, &timer).await.is_err() {
                self.inner.emit_all(EventKind::OutboxUnreachable);
            }
            drop(in_hand);
            // A tenant that had its share may have another job.
            self.inner.wake_outbox();
        }
    }

    /// Covers the audit trail with checkpoints, until the worker is to stop.
    async fn seal_audit(&self) {
        loop {
            let stopped = self.stopping.listen();
            if self.is_stopping.load(Ordering::SeqCst) {
                return;
            }
            select(pin!((self.sleep)(SEAL_PAUSE)), stopped).await;
            if self.is_stopping.load(Ordering::SeqCst) {
                return;
            }
            if self.inner.seal_audit().await.is_err() {
                self.inner.emit_all(EventKind::AuditNotSealed);
            }
        }
    }

    /// Waits for a job. `None` when the worker is to stop.
    async fn next_job(&self) -> Option<(Leased, InHand<'_>)> {
        let inner = self.inner;
        let _looking = self.looking.lock().await;
        loop {
            // Listen before looking, so that no wake-up falls between the two.
            let woken = inner.outbox_wake.listen();
            let stopped = self.stopping.listen();
            if self.is_stopping.load(Ordering::SeqCst) {
                return None;
            }
            match inner.lease(self.hands.full()).await {
                Ok(Some(leased)) => {
                    let in_hand = self.hands.take(&leased.job.tenant);
                    return Some((leased, in_hand));
                }
                Ok(None) => {}
                // Not the end: the next round asks again.
                Err(_) => inner.emit_all(EventKind::OutboxUnreachable),
            }
            let pause = pin!((self.sleep)(inner.until_next_second()));
            select(pause, select(woken, stopped)).await;
        }
    }
}

impl Inner {
    /// Takes the next job, unless it is of one of these tenants.
    async fn lease(&self, mut skip: Vec<String>) -> Result<Option<Leased>, Fault> {
        skip.extend(self.left_to_others());
        let now = self.now();
        let until = now.saturating_add(LONGEST_LEASE_SECS);
        let command = LeaseJobs {
            now,
            lease_until: until,
            limit: BATCH,
            after: self.last_served(),
            skip,
        };
        let jobs = self.store.lease_jobs(&command).await?;
        let job = jobs.into_iter().next();
        if let Some(job) = &job {
            self.served(&job.tenant);
        }
        Ok(job.map(|job| Leased { job, until }))
    }

    fn last_served(&self) -> Option<String> {
        let last = self.outbox_turn.lock();
        last.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn served(&self, tenant: &str) {
        let last = self.outbox_turn.lock();
        *last.unwrap_or_else(PoisonError::into_inner) = Some(tenant.to_owned());
    }

    /// Jobs start with a second of the clock, so that when one starts says nothing about the jobs before it.
    fn until_next_second(&self) -> Duration {
        let into = self.now_ms() % 1000;
        Duration::from_millis(1000_u64.saturating_sub(into))
    }
}
