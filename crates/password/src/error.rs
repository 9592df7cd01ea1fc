//! What keeps a hasher from being built, and a job from being done.

use std::collections::TryReserveError;
use std::io;

use thiserror::Error;

/// Why there is no answer. Never says anything about the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HashError {
    /// All workers are at work and the queue is full. Nothing was computed; try again later.
    #[error("the hasher is busy")]
    Busy,
    /// The stored hash asks for more than this hasher was told to spend on one: raise
    /// [`Builder::stored_ceiling`](crate::Builder::stored_ceiling) if such hashes are expected.
    #[error("the stored hash asks for {m_kib} KiB and {t} passes, above this hasher's ceiling")]
    TooCostly {
        /// The memory of the stored hash, in KiB.
        m_kib: u32,
        /// The passes of the stored hash.
        t: u32,
    },
    /// The job was lost to a panic or a fault within; its worker goes on.
    #[error("the hashing job failed")]
    Failed,
}

/// Why a hasher could not be built.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The number of workers is outside 1 to [`Builder::MAX_WORKERS`](crate::Builder::MAX_WORKERS).
    #[error("{0} workers are outside 1 to {max}", max = crate::Builder::MAX_WORKERS)]
    Workers(usize),
    /// The queue is longer than [`Builder::MAX_QUEUE`](crate::Builder::MAX_QUEUE).
    #[error("a queue of {0} jobs is longer than {max}", max = crate::Builder::MAX_QUEUE)]
    Queue(usize),
    /// The ceiling for stored hashes is below the live parameters, so that the hasher could not
    /// verify what it hashed.
    #[error("the ceiling for stored hashes is below the parameters of new ones")]
    CeilingBelowParams,
    /// The memory of the workers could not be had.
    #[error("the memory of the workers could not be set aside")]
    Memory(#[source] TryReserveError),
    /// A worker thread could not be started.
    #[error("a worker thread could not be started")]
    Thread(#[source] io::Error),
}
