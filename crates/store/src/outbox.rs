//! Work that must survive a restart: mails to write and send.

use crate::{AccountKey, Id};

/// The longest lease of a job, in seconds.
pub const LONGEST_LEASE_SECS: u64 = 120;

/// The longest time from one attempt to the next, in seconds.
pub const LONGEST_PAUSE_SECS: u64 = 15 * 60;

/// How far the clocks of two nodes may differ, in seconds.
const CLOCK_TOLERANCE: u64 = 60;

/// A job to add.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// A random id.
    pub id: Id,
    /// Whose allowance it counts against.
    pub tenant: String,
    /// Sealed by the caller: the store cannot read to whom the mail goes.
    pub payload: Vec<u8>,
    /// When it was added, in seconds since the Unix epoch.
    pub created_at: u64,
    /// When it may first be taken, in seconds since the Unix epoch.
    pub ready_at: u64,
    /// How many jobs of this tenant may wait at once. A notice that rides in another command's
    /// transaction is not refused by this: it tells of something that has happened.
    pub capacity: u32,
    /// The set-up that this mail is for: its [`MailState`] becomes what the note says.
    pub note: Option<MailNote>,
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
    /// Tenants whose jobs are left alone this time.
    pub skip: Vec<String>,
}

impl LeaseJobs {
    /// The latest end of a lease that a right clock can have written. A later one is disbelieved.
    #[must_use]
    pub fn latest_lease_end(&self) -> u64 {
        self.now
            .saturating_add(LONGEST_LEASE_SECS + CLOCK_TOLERANCE)
    }

    /// The latest start of a job that a right clock can have written. A later one is disbelieved.
    #[must_use]
    pub fn latest_ready_at(&self) -> u64 {
        self.now
            .saturating_add(LONGEST_PAUSE_SECS + CLOCK_TOLERANCE)
    }

    /// The latest creation of a job that a right clock can have written. A later one is disbelieved.
    #[must_use]
    pub fn latest_created_at(&self) -> u64 {
        self.now.saturating_add(CLOCK_TOLERANCE)
    }
}

/// See [`Store::finish_job`](crate::Store::finish_job).
#[derive(Clone, Debug)]
pub struct FinishJob {
    /// Which job.
    pub id: Id,
    /// The lease; the guard.
    pub attempt: u32,
    /// The new state of a set-up's mail.
    pub note: Option<MailNote>,
}

/// See [`Store::postpone_job`](crate::Store::postpone_job).
#[derive(Clone, Debug)]
pub struct PostponeJob {
    /// Which job.
    pub id: Id,
    /// The lease; the guard.
    pub attempt: u32,
    /// When it may be taken again, in seconds since the Unix epoch; within [`LONGEST_PAUSE_SECS`].
    pub ready_at: u64,
    /// What it is from now on, for work of which a part is done; `None` leaves it as it was.
    pub payload: Option<Vec<u8>>,
    /// Whether it only waited: [`Job::waits`] then grows by one.
    pub waited: bool,
    /// The new state of a set-up's mail.
    pub note: Option<MailNote>,
}

/// A job that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub tenant: String,
    /// As given, or as it was last postponed.
    pub payload: Vec<u8>,
    /// 1 for the first lease. Names the lease: finishing or postponing asks for it.
    pub attempt: u32,
    /// How many of the leases before this one ended with [`PostponeJob::waited`].
    pub waits: u32,
    /// When it was added, in seconds since the Unix epoch; never later than the lease.
    pub created_at: u64,
    /// Whether a time of it was disbelieved, because no right clock can have written it.
    pub ran_ahead: bool,
}

/// The work that waits in the outbox, of all tenants: for a gauge and an alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that no worker holds, whether their time has come or not.
    pub waiting: u64,
    /// The time from which the oldest of those whose time has come is ready, in seconds since the Unix epoch. `None`
    /// if no job is ready. An age of more than a minute says that the workers do not keep up, or do not run.
    pub oldest_ready_at: Option<u64>,
}

/// The new state of a pending enrolment's mail. Ignored where that enrolment is no longer pending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailNote {
    /// Whose.
    pub account: AccountKey,
    /// The enrolment.
    pub enrolment: Id,
    /// The state from now on.
    pub state: MailState,
}

/// Where the mail of a pending enrolment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailState {
    /// None was queued: a page shows the set-up, or the budget of mails is used up.
    Unsent,
    /// It waits for a worker.
    Queued,
    /// It could not leave yet and is tried again.
    Delayed,
    /// The mail server has it.
    Sent,
    /// The worker gave it up: no mail can go to the address, or the mail server does not accept it.
    AddressRefused,
    /// The worker gave it up for another reason.
    Failed,
}

impl MailState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Unsent,
        Self::Queued,
        Self::Delayed,
        Self::Sent,
        Self::AddressRefused,
        Self::Failed,
    ];

    /// Its name in a database, at most 16 bytes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unsent => "unsent",
            Self::Queued => "queued",
            Self::Delayed => "delayed",
            Self::Sent => "sent",
            Self::AddressRefused => "address-refused",
            Self::Failed => "failed",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}
