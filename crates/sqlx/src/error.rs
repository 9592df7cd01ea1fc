//! Faults of the driver, sorted into the kinds that the contract knows.

use slotwerk_store::{ErrorKind, StoreError, UnknownKind};
use thiserror::Error;

/// Why a store could not be opened. The text never holds the address, which may carry credentials.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is not one that the driver understands.
    #[error("the database address is malformed or has an unknown option")]
    Address,
    /// The file or its directory is missing, unreadable or unwritable, or the disk is full.
    #[error("the database cannot be opened for writing")]
    Unusable(#[source] StoreError),
    /// The file holds something else, or is damaged.
    #[error("the file is not an intact SQLite database")]
    NotADatabase(#[source] StoreError),
    /// Somebody else kept the database locked for longer than the busy timeout. Trying again may help.
    #[error("the database is locked by somebody else")]
    Busy(#[source] StoreError),
    /// The tables were made by a later version of this crate; it might rely on guards that this one
    /// does not know, so this one does not touch them.
    #[error("the database has schema version {found}; this version knows up to {known}")]
    NewerSchema {
        /// The version found.
        found: i64,
        /// The latest version this crate knows.
        known: i64,
    },
    /// The host's pool lacks a setting on which single use and durability depend.
    /// [`pool_options`](crate::SqliteStore::pool_options) sets them all.
    #[error("the database pool needs `PRAGMA {pragma} = {needed}`; it has {found}")]
    Setting {
        /// The name of the pragma.
        pragma: &'static str,
        /// The least that it must be.
        needed: &'static str,
        /// The value found, as SQLite shows it.
        found: String,
    },
    /// There is no database where one must be: no file, an empty file, or one without the tables of this
    /// crate.
    #[error("there is no database of an earlier run")]
    Missing,
    /// The tables could not be created or brought up to date; nothing has changed.
    #[error("the database schema could not be brought up to date")]
    Migration(#[source] StoreError),
}

/// A value does not have the form that this version writes.
#[derive(Debug, Error)]
pub(crate) enum Unreadable {
    #[error("a column holds bytes of the wrong length")]
    Length,
    #[error("a column holds a number out of range")]
    Number,
    #[error("a column holds an unknown name")]
    Name,
    #[error(transparent)]
    Kind(UnknownKind),
    #[error("a number of the command is beyond a signed 64-bit column")]
    Beyond,
}

impl From<Unreadable> for StoreError {
    fn from(unreadable: Unreadable) -> Self {
        Self::with_source(ErrorKind::Corrupt, unreadable)
    }
}

/// The fault that a driver's error stands for.
pub(crate) fn fault(error: sqlx::Error) -> StoreError {
    StoreError::with_source(kind(&error), error)
}

/// The fault of a commit. Without proof that nothing was committed, it is in doubt.
///
/// SQLite takes back a commit that fails. But if the journal's last frame has reached the file and a later
/// step fails (flushing the disk, the index of the journal), a recovery after a crash finds the commit.
pub(crate) fn commit_fault(error: sqlx::Error) -> StoreError {
    let primary = error.as_database_error().and_then(code);
    match primary.map(|extended| extended & 0xff) {
        // ERROR (no transaction is open), BUSY, LOCKED, INTERRUPT and CONSTRAINT (a deferred key) come before the
        // first frame. After FULL the last frame is incomplete.
        Some(1 | 5 | 6 | 9 | 13 | 19) => fault(error),
        _ => StoreError::with_source(ErrorKind::InDoubt, error),
    }
}

fn kind(error: &sqlx::Error) -> ErrorKind {
    match error {
        sqlx::Error::Database(cause) => code(cause.as_ref()).map_or(ErrorKind::Unavailable, |c| {
            match (c, c & 0xff) {
                // BUSY and LOCKED; a key that another writer took first.
                (_, 5 | 6) | (UNIQUE_FAILED | PRIMARY_KEY_FAILED, _) => ErrorKind::Conflict,
                // ERROR (no such table or column), CORRUPT, CONSTRAINT, MISMATCH, NOTADB.
                (_, 1 | 11 | 19 | 20 | 26) => ErrorKind::Corrupt,
                _ => ErrorKind::Unavailable,
            }
        }),
        sqlx::Error::RowNotFound
        | sqlx::Error::TypeNotFound { .. }
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::Encode(_) => ErrorKind::Corrupt,
        _ => ErrorKind::Unavailable,
    }
}

/// SQLITE_CONSTRAINT_UNIQUE.
const UNIQUE_FAILED: u32 = 2067;
/// SQLITE_CONSTRAINT_PRIMARYKEY.
const PRIMARY_KEY_FAILED: u32 = 1555;

/// The extended result code of SQLite; its low byte is the primary one.
fn code(cause: &dyn sqlx::error::DatabaseError) -> Option<u32> {
    cause.code()?.parse().ok()
}

/// Why opening failed, for the caller who decides what to tell the operator.
pub(crate) fn connect_error(error: sqlx::Error) -> ConnectError {
    let primary = error
        .as_database_error()
        .and_then(code)
        .map(|extended| extended & 0xff);
    match (primary, &error) {
        (Some(5 | 6), _) => ConnectError::Busy(fault(error)),
        (Some(11 | 26), _) => ConnectError::NotADatabase(fault(error)),
        (_, sqlx::Error::Configuration(_)) => ConnectError::Address,
        (Some(1 | 19), _) => ConnectError::Migration(fault(error)),
        _ => ConnectError::Unusable(fault(error)),
    }
}
