//! Work that must survive a restart: mails to write and send.

use crate::Id;

/// A job to add.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// A random id.
    pub id: Id,
    /// Whose allowance it counts against.
    pub tenant: String,
    /// Sealed by the caller: the store cannot read to whom the mail goes.
    pub payload: Vec<u8>,
    /// When it may first be taken, in seconds since the Unix epoch.
    pub ready_at: u64,
    /// How many jobs of this tenant may wait at once. A notice that rides in another command's
    /// transaction is not refused by this: it tells of something that has happened.
    pub capacity: u32,
}

/// Whether a job was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Enqueued {
    /// It waits.
    Queued,
    /// The tenant's allowance is used up; nothing was added.
    Full,
}

/// See [`Store::lease_jobs`](crate::Store::lease_jobs).
#[derive(Clone, Debug)]
pub struct LeaseJobs {
    /// Seconds since the Unix epoch: jobs ready by then are taken.
    pub now: u64,
    /// Until when they are hidden from other workers.
    pub lease_until: u64,
    /// How many at most. The work of a store grows with it: ask for what the lease can cover.
    pub limit: u32,
    /// The tenant that this worker served last: the next one in the order of their bytes begins.
    pub after: Option<String>,
}

/// See [`Store::postpone_job`](crate::Store::postpone_job).
#[derive(Clone, Debug)]
pub struct PostponeJob {
    /// Which job.
    pub id: Id,
    /// The lease; the guard.
    pub attempt: u32,
    /// When it may be taken again, in seconds since the Unix epoch.
    pub ready_at: u64,
    /// What it is from now on, for work of which a part is done; `None` leaves it as it was.
    pub payload: Option<Vec<u8>>,
}

/// A job that a worker holds.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub tenant: String,
    /// As given, or as it was last postponed.
    pub payload: Vec<u8>,
    /// 1 for the first lease. Names the lease: finishing or postponing asks for it.
    pub attempt: u32,
}
