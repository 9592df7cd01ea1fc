//! The workers: as many threads as there are memories, behind one bounded first-in-first-out
//! queue.
//!
//! A memory belongs to its thread, so a job cannot start without one and cannot take one along:
//! whoever waits for the result may go away at any time.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use futures_channel::oneshot;

use crate::error::{BuildError, HashError};
use crate::memory::Memory;

/// Owned by the hasher. Dropping it lets the workers finish what was accepted and exit; it does
/// not wait for them, because it may be dropped on an async worker.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    /// Jobs accepted at one time, running ones included.
    capacity: usize,
}

struct State {
    queue: VecDeque<Job>,
    /// Jobs accepted and not finished.
    unfinished: usize,
    closed: bool,
}

type Job = Box<dyn FnOnce(&mut Memory, &Shared) + Send>;

impl Pool {
    /// Sets all memory aside before any thread is started.
    pub(crate) fn start(workers: usize, queue: usize, kib: u32) -> Result<Self, BuildError> {
        let memories = (0..workers)
            .map(|_| Memory::reserve(kib))
            .collect::<Result<Vec<_>, _>>()
            .map_err(BuildError::Memory)?;
        let capacity = workers.saturating_add(queue);
        let state = State {
            queue: VecDeque::new(),
            unfinished: 0,
            closed: false,
        };
        let pool = Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                work: Condvar::new(),
                capacity,
            }),
        };
        for (number, memory) in memories.into_iter().enumerate() {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new()
                .name(format!("slotwerk-hash-{number}"))
                .spawn(move || shared.serve(memory))
                .map_err(BuildError::Thread)?;
        }
        Ok(pool)
    }

    /// Queues `job`, or refuses at once. If the receiver is gone before its turn, it is skipped.
    ///
    /// By the time the receiver hears anything, the memory is wiped and the place is free again.
    /// A receiver that is cancelled stands for a job that panicked.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<T>, HashError> {
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(move |memory: &mut Memory, shared: &Shared| {
            let result = if sender.is_canceled() {
                drop(job);
                None
            } else {
                catch_unwind(AssertUnwindSafe(|| job(memory))).ok()
            };
            memory.wipe();
            shared.lock().unfinished -= 1;
            if let Some(result) = result {
                // An error means that nobody waits any more.
                let _ = sender.send(result);
            }
        });
        let mut state = self.shared.lock();
        if state.unfinished >= self.shared.capacity {
            return Err(HashError::Busy);
        }
        state.unfinished += 1;
        state.queue.push_back(job);
        drop(state);
        self.shared.work.notify_one();
        Ok(receiver)
    }

    /// Jobs accepted and not finished.
    pub(crate) fn unfinished(&self) -> usize {
        self.shared.lock().unfinished
    }

    pub(crate) fn capacity(&self) -> usize {
        self.shared.capacity
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
        while let Some(job) = self.next() {
            // The job catches its own panic; this one is for a waker that panics when told.
            let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory, self)));
        }
    }

    /// Waits for a job; `None` once the pool is closed and the queue is empty.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.queue.pop_front() {
                return Some(job);
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

    /// Nothing that can panic happens under the lock, so a poisoned one is still consistent.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
