//! How a hasher is built, and its limits.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::compute::{Terms, nobodys};
use crate::error::BuildError;
use crate::foreign::LongBcrypt;
use crate::hasher::Hasher;
use crate::params::Params;
use crate::pepper::{Pepper, Peppered};
use crate::pool::{Clock, Limits, Pool};

/// The limits of a [`Hasher`]. Made by [`Hasher::builder`].
///
/// ```
/// use slotwerk_password::{Hasher, Params};
///
/// // Also verifies what was hashed elsewhere with 64 MiB and three passes.
/// let hasher = Hasher::builder()
///     .workers(1)
///     .queue(16)
///     .stored_ceiling(Params::new(65_536, 3, 1)?)
///     .build()?;
/// assert_eq!(hasher.memory_kib(), 65_536);
/// assert_eq!(hasher.capacity(), 17);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Builder {
    params: Option<Params>,
    workers: usize,
    queue: usize,
    deadline: Duration,
    ceiling: Option<Params>,
    long_bcrypt: LongBcrypt,
    pepper: Option<Arc<dyn Pepper>>,
    pepper_required: bool,
    clock: Option<Clock>,
}

impl Builder {
    /// The most worker threads.
    pub const MAX_WORKERS: usize = 256;
    /// The longest queue.
    pub const MAX_QUEUE: usize = 16_384;

    /// The longest deadline.
    pub const MAX_DEADLINE: Duration = Duration::from_secs(60);

    pub(crate) const fn new() -> Self {
        Self {
            params: None,
            workers: 2,
            queue: 64,
            deadline: Duration::from_secs(5),
            ceiling: None,
            long_bcrypt: LongBcrypt::Refuse,
            pepper: None,
            pepper_required: false,
            clock: None,
        }
    }

    /// The parameters of new hashes. Parameters that come from a stored hash must be
    /// [approved](Params::is_approved), or the hasher does not build. Default: [`Params::default`].
    pub fn params(mut self, params: Params) -> Self {
        self.params = Some(params);
        self
    }

    /// Worker threads, 1 to [`Builder::MAX_WORKERS`]; each holds one memory. More than there
    /// are cores gains nothing. Default: 2.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Jobs of one tenant that may wait, 0 to [`Builder::MAX_QUEUE`]. The last in a full queue waits about
    /// `queue / workers` times as long as one hash takes: allow no more than a user would wait. Half as many
    /// places again are kept for other [tenants](Hasher::owned_by). Default: 64.
    pub fn queue(mut self, queue: usize) -> Self {
        self.queue = queue;
        self
    }

    /// How long a job may wait for its turn, 1 ms to [`Builder::MAX_DEADLINE`]; after that it is
    /// refused with [`HashError::Busy`](crate::HashError::Busy), not computed. Somebody who waits
    /// longer has gone or tries again, and work for them is work for nobody. The refusal comes at
    /// the first moment that a worker is free, or a place in the queue is needed. Default: 5 s.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Wraps every new hash under `pepper`, and every old one when its password is next verified.
    /// Default: none.
    pub fn pepper(mut self, pepper: Arc<dyn Pepper>) -> Self {
        self.pepper = Some(pepper);
        self
    }

    /// Refuses stored hashes that are not wrapped, once all are
    /// ([`PasswordHash::import`](crate::PasswordHash::import)): otherwise somebody who can write
    /// to the database can put a plain hash of their own there. [`Hasher::wrap`] refuses them too, and
    /// [`Hasher::import`] is how hashes of another system still come in. Default: they are accepted.
    pub fn pepper_required(mut self) -> Self {
        self.pepper_required = true;
        self
    }

    /// The monotonic clock that deadlines are measured with, as the time since any fixed moment.
    /// For tests. Default: the system's.
    pub fn clock(mut self, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The costliest stored hash that is verified. Each worker's memory is of this size, and
    /// memory × passes of a stored hash may be at most what it is here; above either,
    /// [`HashError::TooCostly`](crate::HashError::TooCostly). Lanes do not count.
    ///
    /// Default: the memory of the live parameters, and four times their passes. Set it when the
    /// parameters are lowered, or when hashes come from another system: Django's Argon2 asks for
    /// 100 MiB, and scrypt as OWASP advises it for 128 MiB.
    pub fn stored_ceiling(mut self, ceiling: Params) -> Self {
        self.ceiling = Some(ceiling);
        self
    }

    /// What bcrypt hashes do with passwords longer than 72 bytes. Default:
    /// [`LongBcrypt::Refuse`].
    pub fn long_bcrypt(mut self, long: LongBcrypt) -> Self {
        self.long_bcrypt = long;
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
        if !(Duration::from_millis(1)..=Self::MAX_DEADLINE).contains(&self.deadline) {
            return Err(BuildError::Deadline(self.deadline));
        }
        if self.pepper_required && self.pepper.is_none() {
            return Err(BuildError::NoPepper);
        }
        let live = self.params.unwrap_or_default();
        if !live.may_be_live() {
            return Err(BuildError::NotApproved);
        }
        let ceiling = self.ceiling.unwrap_or_else(|| live.with_passes_times(4));
        if !ceiling.covers(&live) {
            return Err(BuildError::CeilingBelowParams);
        }
        let limits = Limits {
            workers: self.workers,
            queue: self.queue,
            kib: ceiling.m_kib(),
            deadline: self.deadline,
        };
        let clock = self.clock.unwrap_or_else(system_clock);
        let pepper = self.pepper.map(|pepper| {
            Arc::new(Peppered {
                pepper,
                required: self.pepper_required,
                decoy: Mutex::default(),
            })
        });
        Ok(Hasher {
            pool: Arc::new(Pool::start(&limits, clock)?),
            workers: self.workers,
            terms: Terms {
                live,
                ceiling,
                long_bcrypt: self.long_bcrypt,
                pepper,
                owner: Arc::default(),
                nobodys: nobodys(live),
            },
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("params", &self.params)
            .field("workers", &self.workers)
            .field("queue", &self.queue)
            .field("deadline", &self.deadline)
            .field("stored_ceiling", &self.ceiling)
            .field("pepper", &self.pepper.is_some())
            .finish_non_exhaustive()
    }
}

fn system_clock() -> Clock {
    let begun = Instant::now();
    Arc::new(move || begun.elapsed())
}
