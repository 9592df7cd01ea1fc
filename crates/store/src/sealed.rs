//! Sealed values of every tenant, page by page: for a rotation of keys.

use crate::{AccountKey, Id};

/// The most values of one page.
pub const MAX_SEALED_PAGE: u16 = 500;

/// The row of a sealed value. Pages are in this order.
///
/// Set-ups come before authenticators, since a set-up becomes an authenticator and never the other way round. So a
/// walk over all pages meets each value at least once, whatever happens meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealedRow {
    /// [`PendingEnrolment::sealed`](crate::PendingEnrolment::sealed), expired ones included. An account has one at most.
    Enrolment {
        /// Whose.
        account: AccountKey,
        /// Its id.
        id: Id,
    },
    /// [`Authenticator::sealed`](crate::Authenticator::sealed).
    Authenticator {
        /// Whose.
        account: AccountKey,
        /// Its id.
        id: Id,
    },
    /// [`Job::payload`](crate::Job::payload), also while a worker holds the job.
    Job {
        /// Its id.
        id: Id,
        /// Whose.
        tenant: String,
    },
}

/// See [`Store::sealed_page`](crate::Store::sealed_page).
#[derive(Clone, Debug)]
pub struct SealedPage {
    /// Rows after this one: the last row of the page before. It need not exist any more.
    pub after: Option<SealedRow>,
    /// How many values at most, from 1 to [`MAX_SEALED_PAGE`]. Anything else becomes the nearer of the two.
    pub limit: u16,
}

impl SealedPage {
    /// The limit within its bounds.
    #[must_use]
    pub fn rows(&self) -> u16 {
        self.limit.clamp(1, MAX_SEALED_PAGE)
    }
}

/// A sealed value and its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// Where it is stored.
    pub row: SealedRow,
    /// As the caller sealed it.
    pub sealed: Vec<u8>,
}

/// See [`Store::replace_sealed`](crate::Store::replace_sealed).
#[derive(Clone, Debug)]
pub struct ReplaceSealed {
    /// The row.
    pub row: SealedRow,
    /// The value that the caller read; the guard.
    pub expected: Vec<u8>,
    /// The value from now on.
    pub replacement: Vec<u8>,
}

/// Whether a sealed value was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum SealedReplaced {
    /// It was.
    Replaced,
    /// The row is gone or holds another value by now; nothing has changed.
    Stale,
}
