//! The workers: as many threads as there are memories, behind one bounded queue.
//!
//! A memory belongs to its thread, so a job cannot start without one and cannot take one along:
//! whoever waits for the result may go away at any time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use futures_channel::oneshot;

use crate::error::{BuildError, HashError};
use crate::job::Job;
use crate::memory::Memory;
use crate::queue::{Lane, Places, Queue, Queued};

/// Monotonic time since any fixed moment.
pub(crate) type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// What a pool is started with.
pub(crate) struct Limits {
    pub(crate) workers: usize,
    /// Jobs of one lane that may wait.
    pub(crate) queue: usize,
    /// The memory of each worker.
    pub(crate) kib: u32,
    /// How long a job may wait for its turn.
    pub(crate) deadline: Duration,
}

/// Owned by the hasher. Dropping it lets the workers finish what was accepted and exit; it does
/// not wait for them, because it may be dropped on an async worker.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    state: Mutex<State>,
    work: Condvar,
    places: Places,
    deadline: Duration,
    clock: Clock,
    /// Jobs computed so far, also for those who went away meanwhile.
    computed: AtomicU64,
    /// The time that they took, in nanoseconds.
    computing_ns: AtomicU64,
}

struct State {
    queue: Queue,
    /// Jobs accepted and not finished.
    unfinished: usize,
    closed: bool,
    /// Threads that have not ended yet.
    threads: usize,
    /// Who waits for the last of them.
    farewell: Vec<oneshot::Sender<()>>,
}

impl Pool {
    /// Sets all memory aside before any thread is started.
    pub(crate) fn start(limits: &Limits, clock: Clock) -> Result<Self, BuildError> {
        let memories = (0..limits.workers)
            .map(|_| Memory::reserve(limits.kib))
            .collect::<Result<Vec<_>, _>>()
            .map_err(BuildError::Memory)?;
        let state = State {
            queue: Queue::default(),
            unfinished: 0,
            closed: false,
            threads: 0,
            farewell: Vec::new(),
        };
        let pool = Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                work: Condvar::new(),
                places: Places::new(limits.workers, limits.queue),
                deadline: limits.deadline,
                clock,
                computed: AtomicU64::new(0),
                computing_ns: AtomicU64::new(0),
            }),
        };
        for (number, memory) in memories.into_iter().enumerate() {
            let shared = Arc::clone(&pool.shared);
            shared.lock().threads += 1;
            let started = thread::Builder::new()
                .name(format!("slotwerk-hash-{number}"))
                .spawn(move || shared.serve(memory));
            if let Err(error) = started {
                pool.shared.thread_ends();
                return Err(BuildError::Thread(error));
            }
        }
        Ok(pool)
    }

    /// Queues `job` in its lane, or refuses at once. If the receiver is gone before its turn, it is skipped;
    /// if its turn comes too late, the receiver hears [`HashError::Busy`].
    ///
    /// By the time the receiver hears anything, the place is free again. The memory is wiped before
    /// its worker does anything else.
    /// A receiver that is cancelled stands for a job that panicked.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        lane: &Lane,
        job: impl FnOnce(&mut Memory) -> Result<T, HashError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, HashError>>, HashError> {
        let now = self.shared.now();
        let (job, receiver) = Job::pair(job);
        let mut state = self.shared.lock();
        if state.closed {
            return Err(HashError::Closed);
        }
        let mut late = Vec::new();
        if !self.shared.lets_in(&state, lane) {
            let before = state.queue.len();
            late = state
                .queue
                .clear_away(|queued| self.shared.is_late(queued, now));
            state.unfinished -= before - state.queue.len();
        }
        let accepted = self.shared.lets_in(&state, lane);
        if accepted {
            state.unfinished += 1;
            state.queue.push(lane, Queued { job, since: now });
        }
        drop(state);
        // Not under the lock: it wakes tasks of others.
        late.into_iter().for_each(|queued| queued.job.refuse());
        if !accepted {
            return Err(HashError::Busy);
        }
        self.shared.work.notify_one();
        Ok(receiver)
    }

    /// Whether a job of this lane would be accepted now.
    pub(crate) fn has_room(&self, lane: &Lane) -> bool {
        let now = self.shared.now();
        let state = self.shared.lock();
        let is_late = |queued: &Queued| self.shared.is_late(queued, now);
        !state.closed && (self.shared.lets_in(&state, lane) || state.queue.holds_idle(is_late))
    }

    /// Refuses new jobs from here on. The receiver hears when what was accepted is finished, all
    /// threads have ended and their memory is given back.
    pub(crate) fn shut_down(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.shared.lock();
        state.closed = true;
        if state.threads > 0 {
            state.farewell.push(sender);
        }
        drop(state);
        self.shared.work.notify_all();
        receiver
    }

    /// Jobs accepted and not finished.
    pub(crate) fn unfinished(&self) -> usize {
        self.shared.lock().unfinished
    }

    /// Jobs computed so far, whether or not somebody still waited for them.
    pub(crate) fn computed(&self) -> u64 {
        self.shared.computed.load(Ordering::Relaxed)
    }

    /// The time that those jobs took.
    pub(crate) fn computing(&self) -> Duration {
        Duration::from_nanos(self.shared.computing_ns.load(Ordering::Relaxed))
    }

    /// Jobs accepted and not begun.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// Jobs accepted at one time, while only one lane waits.
    pub(crate) fn capacity(&self) -> usize {
        self.shared.places.alone()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
    }
}

impl Shared {
    fn serve(&self, mut memory: Memory) {
        while let Some(queued) = self.next() {
            let began = self.now();
            let late = self.is_late(&queued, began);
            // The job catches its own panic; this one is for a waker that panics when told.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                queued.job.run(&mut memory, late, &mut |computed| {
                    self.job_ends(computed.then_some(began));
                });
            }));
            // After the answer, which need not wait for it, and before anything else.
            memory.wipe();
        }
        drop(memory);
        self.thread_ends();
    }

    /// Waits for a job; `None` once the pool is closed and the queue is empty.
    fn next(&self) -> Option<Queued> {
        let mut state = self.lock();
        loop {
            if let Some(queued) = state.queue.pop() {
                return Some(queued);
            }
            if state.closed {
                return None;
            }
            state = self
                .work
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lets_in(&self, state: &State, lane: &Lane) -> bool {
        state.queue.lets_in(lane, state.unfinished, self.places)
    }

    fn is_late(&self, queued: &Queued, now: Duration) -> bool {
        now.saturating_sub(queued.since) > self.deadline
    }

    /// A job that was computed has begun at a time; one that was not has none.
    fn job_ends(&self, began: Option<Duration>) {
        self.lock().unfinished -= 1;
        if let Some(began) = began {
            self.computed.fetch_add(1, Ordering::Relaxed);
            let took = self.now().saturating_sub(began).as_nanos();
            let took = u64::try_from(took).unwrap_or(u64::MAX);
            self.computing_ns.fetch_add(took, Ordering::Relaxed);
        }
    }

    fn thread_ends(&self) {
        let mut state = self.lock();
        state.threads -= 1;
        if state.threads == 0 {
            let farewell = std::mem::take(&mut state.farewell);
            drop(state);
            for sender in farewell {
                // An error means that nobody waits any more. A waker may panic when told.
                let _ = catch_unwind(AssertUnwindSafe(|| sender.send(())));
            }
        }
    }

    fn now(&self) -> Duration {
        (self.clock)()
    }

    /// Nothing that can panic happens under the lock, so a poisoned one is still consistent.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
