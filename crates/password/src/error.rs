//! What keeps a hasher from being built, and a job from being done.

use std::collections::TryReserveError;
use std::io;

use thiserror::Error;

/// Why there is no answer. Never says anything about the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HashError {
    /// All workers are at work and the queue is full, or the turn of this job did not come before
    /// its deadline ([`Builder::deadline`](crate::Builder::deadline)). Nothing was computed; try
    /// again later.
    #[error("the hasher is busy")]
    Busy,
    /// The hasher was shut down.
    #[error("the hasher is shut down")]
    Closed,
    /// The pepper did not open the stored hash, or did not wrap the new one.
    #[error("pepper key {key}: {fault}")]
    Pepper {
        /// The key that was asked for.
        key: crate::PepperKeyId,
        /// What was wrong.
        fault: crate::PepperFault,
    },
    /// The stored hash asks for more than this hasher was told to spend on one: raise
    /// [`Builder::stored_ceiling`](crate::Builder::stored_ceiling) if such hashes are expected.
    #[error("the stored hash asks for {m_kib} KiB and {t} passes, above this hasher's ceiling")]
    TooCostly {
        /// The memory of the stored hash, in KiB.
        m_kib: u32,
        /// The passes of the stored hash.
        t: u32,
    },
    /// More secrets at once than one job may hash.
    #[error("more than {limit} secrets at once")]
    TooMany {
        /// The most secrets of one job.
        limit: usize,
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
    /// The parameters of new hashes are below the approved minimum, or have more than one lane.
    /// Perhaps they come from a stored hash.
    #[error("the parameters of new hashes are not approved ones")]
    NotApproved,
    /// The ceiling for stored hashes is below the live parameters, so that the hasher could not
    /// verify what it hashed.
    #[error("the ceiling for stored hashes is below the parameters of new ones")]
    CeilingBelowParams,
    /// The deadline is outside 1 ms to [`Builder::MAX_DEADLINE`](crate::Builder::MAX_DEADLINE).
    #[error("a deadline of {0:?} is outside 1 ms to {max:?}", max = crate::Builder::MAX_DEADLINE)]
    Deadline(std::time::Duration),
    /// A pepper is required, and there is none.
    #[error("a pepper is required, and there is none")]
    NoPepper,
    /// The memory of the workers could not be had.
    #[error("the memory of the workers could not be set aside")]
    Memory(#[source] TryReserveError),
    /// A worker thread could not be started.
    #[error("a worker thread could not be started")]
    Thread(#[source] io::Error),
}

/// Why a [`Hasher`](crate::Hasher) with other parameters could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RaiseError {
    /// Less memory or less work than the hasher was built with.
    #[error(
        "{m_kib} KiB and {t} passes are below the {floor_kib} KiB and {floor_t} passes of the hasher"
    )]
    Lower {
        /// The memory asked for, in KiB.
        m_kib: u32,
        /// The passes asked for.
        t: u32,
        /// The memory the hasher was built with, in KiB.
        floor_kib: u32,
        /// The passes the hasher was built with.
        floor_t: u32,
    },
    /// Below the approved minimum, or more than one lane.
    #[error("{m_kib} KiB and {t} passes are not approved parameters for a new hash")]
    NotApproved {
        /// The memory asked for, in KiB.
        m_kib: u32,
        /// The passes asked for.
        t: u32,
    },
    /// Above the ceiling for stored hashes, so that what is hashed could not be verified.
    #[error("{m_kib} KiB and {t} passes are above the hasher's ceiling")]
    AboveCeiling {
        /// The memory asked for, in KiB.
        m_kib: u32,
        /// The passes asked for.
        t: u32,
    },
}
