//! The service: a hasher, how it is built, and what it is asked.

use std::fmt;
use std::sync::Arc;

use futures_channel::oneshot;

use crate::blocking::block_on;
use crate::compute::{self, Verification};
use crate::error::{BuildError, HashError};
use crate::params::Params;
use crate::password::Password;
use crate::phc::PasswordHash;
use crate::pool::Pool;

/// Hashes and verifies passwords on its own threads, in memory set aside when it was built.
///
/// Clones share the workers. Every call queues its job at once, before the returned future is
/// first polled, or refuses with [`HashError::Busy`]. The futures run on any executor, borrow
/// nothing and may be dropped at any time: a job not yet begun is then skipped, one that runs is
/// finished, and either way its memory is wiped and serves the next. When the last clone is
/// dropped, jobs still awaited are finished and the threads exit on their own; dropping does not
/// wait for them.
///
/// The `_blocking` twins wait on the calling thread and count towards the same limits. Do not
/// call them on a thread of an async runtime.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    pool: Pool,
    workers: usize,
    live: Params,
    ceiling: Params,
}

type Waiting<T> = Result<oneshot::Receiver<Result<T, HashError>>, HashError>;

impl Hasher {
    /// Starts from the default parameters, two workers, a queue of 64 and a ceiling for stored
    /// hashes as described at [`Builder::stored_ceiling`].
    pub const fn builder() -> Builder {
        Builder {
            params: None,
            workers: 2,
            queue: 64,
            ceiling: None,
        }
    }

    /// Hashes a password with the live parameters. `salt` comes fresh from a secure random
    /// source for every hash (SP 800-63B-4, 3.1.1.2).
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when the queue is full, [`HashError::Failed`] when the job was lost.
    pub fn hash(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> impl Future<Output = Result<PasswordHash, HashError>> + Send + 'static + use<> {
        let live = self.0.live;
        answer(
            self.0
                .pool
                .submit(move |memory| compute::hash(memory, live, &password, &salt)),
        )
    }

    /// Compares a password with a stored hash. `fresh_salt` is random, as for
    /// [`Hasher::hash`]; it is used if the stored hash is to be replaced.
    ///
    /// The password is tried in NFC and, if what was typed is not in NFC, as typed too, for
    /// hashes made without normalisation. Both are always tried, so the time depends on the
    /// input and not on the account. If the stored hash costs less than the live parameters, a
    /// refusal makes up the difference; if it costs more, it takes longer than
    /// [`Hasher::verify_decoy`], until all such hashes are gone.
    ///
    /// # Errors
    ///
    /// [`HashError::TooCostly`] when the stored hash is above the ceiling for stored hashes,
    /// [`HashError::Busy`] when the queue is full, [`HashError::Failed`] when the job was lost.
    /// None of them says anything about the password.
    pub fn verify(
        &self,
        password: Password,
        stored: &PasswordHash,
        fresh_salt: [u8; 16],
    ) -> impl Future<Output = Result<Verification, HashError>> + Send + 'static + use<> {
        answer(self.submit_verify(password, stored, fresh_salt))
    }

    /// Does the work of a refused [`Hasher::verify`] against a hash of today, for an account
    /// that does not exist or has no password. Real Argon2id over a fixed salt, with the live
    /// parameters; the answer has nothing in it.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when the queue is full, [`HashError::Failed`] when the job was lost.
    pub fn verify_decoy(
        &self,
        password: Password,
    ) -> impl Future<Output = Result<(), HashError>> + Send + 'static + use<> {
        let live = self.0.live;
        answer(
            self.0
                .pool
                .submit(move |memory| compute::decoy(memory, live, &password)),
        )
    }

    /// [`Hasher::hash`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::hash`].
    pub fn hash_blocking(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> Result<PasswordHash, HashError> {
        block_on(self.hash(password, salt))
    }

    /// [`Hasher::verify`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::verify`].
    pub fn verify_blocking(
        &self,
        password: Password,
        stored: &PasswordHash,
        fresh_salt: [u8; 16],
    ) -> Result<Verification, HashError> {
        block_on(self.verify(password, stored, fresh_salt))
    }

    /// [`Hasher::verify_decoy`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::verify_decoy`].
    pub fn verify_decoy_blocking(&self, password: Password) -> Result<(), HashError> {
        block_on(self.verify_decoy(password))
    }

    /// The parameters of new hashes.
    #[must_use]
    pub fn params(&self) -> Params {
        self.0.live
    }

    /// All memory set aside for hashing, in KiB: what all workers together use, however many
    /// ask.
    #[must_use]
    pub fn memory_kib(&self) -> u64 {
        self.0.workers as u64 * u64::from(self.0.ceiling.m_kib())
    }

    /// Jobs accepted and not finished, for a gauge. At [`Hasher::capacity`] the next is refused.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.pool.unfinished()
    }

    /// Jobs accepted at one time: workers and queue.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.pool.capacity()
    }

    fn submit_verify(
        &self,
        password: Password,
        stored: &PasswordHash,
        fresh_salt: [u8; 16],
    ) -> Waiting<Verification> {
        let (live, ceiling, asked) = (self.0.live, self.0.ceiling, stored.params());
        if asked.m_kib() > ceiling.m_kib() || asked.work() > ceiling.work() {
            return Err(HashError::TooCostly {
                m_kib: asked.m_kib(),
                t: asked.t(),
            });
        }
        let stored = stored.clone();
        self.0
            .pool
            .submit(move |memory| compute::verify(memory, live, &password, &stored, &fresh_salt))
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("params", &self.0.live)
            .field("workers", &self.0.workers)
            .field("capacity", &self.capacity())
            .field("stored_ceiling", &self.0.ceiling)
            .finish_non_exhaustive()
    }
}

/// A cancelled receiver stands for a job that panicked.
async fn answer<T>(waiting: Waiting<T>) -> Result<T, HashError> {
    waiting?.await.unwrap_or(Err(HashError::Failed))
}

/// The limits of a [`Hasher`]. Made by [`Hasher::builder`].
///
/// ```
/// use slotwerk_password::{Hasher, Params};
///
/// // Also verifies what was hashed elsewhere with 64 MiB and three passes.
/// let hasher = Hasher::builder()
///     .workers(1)
///     .queue(16)
///     .stored_ceiling(Params::new(65_536, 3, 4)?)
///     .build()?;
/// assert_eq!(hasher.memory_kib(), 65_536);
/// assert_eq!(hasher.capacity(), 17);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    params: Option<Params>,
    workers: usize,
    queue: usize,
    ceiling: Option<Params>,
}

impl Builder {
    /// The most worker threads.
    pub const MAX_WORKERS: usize = 256;
    /// The longest queue.
    pub const MAX_QUEUE: usize = 16_384;

    /// The parameters of new hashes. Default: [`Params::default`].
    pub const fn params(mut self, params: Params) -> Self {
        self.params = Some(params);
        self
    }

    /// Worker threads, 1 to [`Builder::MAX_WORKERS`]; each holds one memory. More than there
    /// are cores gains nothing. Default: 2.
    pub const fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Jobs that may wait, 0 to [`Builder::MAX_QUEUE`]. The last in a full queue waits about
    /// `queue / workers` times as long as one hash takes: allow no more than a user would wait.
    /// Default: 64.
    pub const fn queue(mut self, queue: usize) -> Self {
        self.queue = queue;
        self
    }

    /// The costliest stored hash that is verified. Each worker's memory is of this size, and
    /// memory × passes of a stored hash may be at most what it is here; above either,
    /// [`HashError::TooCostly`].
    ///
    /// Default: the memory of the live parameters, and four times their passes. Set it when the
    /// parameters are lowered, or when hashes come from another system.
    pub const fn stored_ceiling(mut self, ceiling: Params) -> Self {
        self.ceiling = Some(ceiling);
        self
    }

    /// Sets the memory aside and starts the workers.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for a number out of range, a ceiling below the live parameters, or when
    /// memory or threads cannot be had; nothing is left running then.
    pub fn build(self) -> Result<Hasher, BuildError> {
        if !(1..=Self::MAX_WORKERS).contains(&self.workers) {
            return Err(BuildError::Workers(self.workers));
        }
        if self.queue > Self::MAX_QUEUE {
            return Err(BuildError::Queue(self.queue));
        }
        let live = self.params.unwrap_or_default();
        let ceiling = self.ceiling.unwrap_or_else(|| live.with_passes_times(4));
        if ceiling.m_kib() < live.m_kib() || ceiling.work() < live.work() {
            return Err(BuildError::CeilingBelowParams);
        }
        let pool = Pool::start(self.workers, self.queue, ceiling.m_kib())?;
        Ok(Hasher(Arc::new(Inner {
            pool,
            workers: self.workers,
            live,
            ceiling,
        })))
    }
}

#[cfg(test)]
mod tests;
