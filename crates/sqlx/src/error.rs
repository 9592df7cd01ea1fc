//! Faults of the driver, sorted into the kinds that the contract knows.

use slotwerk_store::{ErrorKind, StoreError, UnknownKind};
use sqlx::error::DatabaseError;
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
    /// This build has no driver for the address: the feature named here is off.
    #[error("this build has no driver for that address: enable the feature `{0}` of slotwerk-sqlx")]
    Feature(&'static str),
    /// Another node kept the lock of the migration for a minute.
    #[error("another node is changing the database schema")]
    Locked,
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
    /// A setting on which single use or durability depends is too weak. The pool options of
    /// [`SqlStore`](crate::SqlStore) set the settings of a connection.
    #[error("the database needs `{setting} = {needed}`; it has {found}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// The least that it must be.
        needed: &'static str,
        /// The value found, as the database shows it.
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

/// A row was not as the command had read it: another command was faster.
#[derive(Debug, Error)]
#[error("another command changed the row first")]
pub(crate) struct Overtaken;

/// The fault of a guard that found the row changed by another command. Such a command is repeated.
pub(crate) fn overtaken() -> StoreError {
    StoreError::with_source(ErrorKind::Conflict, Overtaken)
}

/// The fault that a driver's error stands for.
pub(crate) fn fault(error: sqlx::Error) -> StoreError {
    StoreError::with_source(kind(&error), error)
}

/// The fault of a commit. Without proof that nothing was committed, it is in doubt.
pub(crate) fn commit_fault(error: sqlx::Error) -> StoreError {
    match cause(&error) {
        // No lock, no room or a broken key: all of them come before anything is committed.
        Cause::GivenUp
        | Cause::Locked
        | Cause::Taken
        | Cause::NotCommitted
        | Cause::Interrupted => fault(error),
        _ => StoreError::with_source(ErrorKind::InDoubt, error),
    }
}

/// The loss that comes with a failed command.
pub(crate) enum Loss {
    /// The transaction, and nothing else. It has changed nothing.
    GivenUp,
    /// The connection.
    Connection,
    /// Something else, or it is not known.
    Other,
}

/// The loss that a fault proves.
pub(crate) fn loss(fault: &StoreError) -> Loss {
    let source = std::error::Error::source(fault);
    if source.is_some_and(|source| source.is::<Overtaken>()) {
        return Loss::GivenUp;
    }
    let Some(error) = source.and_then(|source| source.downcast_ref::<sqlx::Error>()) else {
        return Loss::Other;
    };
    match (cause(error), fault.kind()) {
        (Cause::GivenUp, ErrorKind::Conflict) => Loss::GivenUp,
        (Cause::Connection, ErrorKind::Unavailable) => Loss::Connection,
        _ => Loss::Other,
    }
}

/// Whether the error is a duplicate of a unique key.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    cause(error) == Cause::Taken
}

/// The kind of fault that an error of the host's own statement is, sorted as the store sorts its own.
///
/// [`Unavailable`](ErrorKind::Unavailable) and [`Conflict`](ErrorKind::Conflict) may pass. A duplicate of a unique key is a
/// conflict, too; [`is_unique_violation`](sqlx::error::DatabaseError::is_unique_violation) tells it apart.
///
/// ```
/// use slotwerk_sqlx::error_kind;
/// use slotwerk_store::ErrorKind;
/// assert_eq!(error_kind(&sqlx::Error::PoolTimedOut), ErrorKind::Unavailable);
/// assert_eq!(error_kind(&sqlx::Error::RowNotFound), ErrorKind::Corrupt);
/// ```
#[must_use]
pub fn error_kind(error: &sqlx::Error) -> ErrorKind {
    kind(error)
}

fn kind(error: &sqlx::Error) -> ErrorKind {
    match cause(error) {
        Cause::GivenUp | Cause::Taken | Cause::Locked => ErrorKind::Conflict,
        Cause::Unfit => ErrorKind::Corrupt,
        Cause::NotCommitted => ErrorKind::Corrupt,
        Cause::Interrupted | Cause::Connection | Cause::Other => ErrorKind::Unavailable,
    }
}

/// The cause of a driver's error, as far as the store treats causes differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The database gave the transaction up for another one, and has undone it.
    GivenUp,
    /// A lock was not free in time.
    Locked,
    /// A duplicate of a unique key.
    Taken,
    /// A row, a column or a value is not as it should be.
    Unfit,
    /// As `Unfit`, by an error that comes before anything is committed.
    NotCommitted,
    /// An interrupt or a full disk, before anything is committed.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    Interrupted,
    /// The connection broke, or the server ended it.
    Connection,
    Other,
}

fn cause(error: &sqlx::Error) -> Cause {
    match error {
        sqlx::Error::Database(cause) => database_cause(cause.as_ref()),
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => Cause::Connection,
        sqlx::Error::RowNotFound
        | sqlx::Error::TypeNotFound { .. }
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::Encode(_) => Cause::Unfit,
        _ => Cause::Other,
    }
}

fn database_cause(cause: &dyn DatabaseError) -> Cause {
    #[cfg(feature = "postgres")]
    if let Some(error) = cause.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        return postgres_cause(error.code());
    }
    #[cfg(feature = "mysql")]
    if let Some(error) = cause.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return mysql_cause(error.number());
    }
    #[cfg(feature = "sqlite")]
    if let Some(code) = cause.code().and_then(|code| code.parse().ok()) {
        return sqlite_cause(code);
    }
    let _ = cause;
    Cause::Other
}

/// By SQLSTATE.
#[cfg(feature = "postgres")]
fn postgres_cause(code: &str) -> Cause {
    match code {
        // A serialization failure, a deadlock.
        "40001" | "40P01" => Cause::GivenUp,
        // A lock timeout.
        "55P03" => Cause::Locked,
        "23505" => Cause::Taken,
        // The server ends the connection: an administrator, a crash, a shutdown, a timeout while idle.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Cause::Connection,
        // A missing right is for the operator to give.
        "42501" => Cause::Other,
        // Data exceptions, broken constraints, unknown tables and columns, damaged data.
        _ if code.starts_with("22") || code.starts_with("42") || code.starts_with("XX") => {
            Cause::Unfit
        }
        _ if code.starts_with("23") => Cause::NotCommitted,
        _ => Cause::Other,
    }
}

/// By the number of the server's error.
#[cfg(feature = "mysql")]
fn mysql_cause(number: u16) -> Cause {
    match number {
        // A deadlock, also between nodes of a cluster and at a commit; a row that changed since it was read.
        1213 | 1020 => Cause::GivenUp,
        // A lock timeout.
        1205 => Cause::Locked,
        1062 => Cause::Taken,
        // A shutdown, a connection that was killed.
        1053 | 1927 => Cause::Connection,
        // Unknown tables and columns; values that do not fit; a broken CHECK or NOT NULL.
        1146 | 1054 | 1264 | 1366 | 1406 | 1048 | 3819 | 4025 => Cause::Unfit,
        _ => Cause::Other,
    }
}

/// By the extended result code. Its low byte is the primary one.
///
/// SQLite takes back a commit that fails. But if the journal's last frame has reached the file and a later
/// step fails (flushing the disk, the index of the journal), a recovery after a crash finds the commit. ERROR (no
/// transaction is open), BUSY, LOCKED, INTERRUPT and CONSTRAINT (a deferred key) come before the first frame. After
/// FULL the last frame is incomplete.
#[cfg(feature = "sqlite")]
fn sqlite_cause(code: u32) -> Cause {
    match (code, code & 0xff) {
        // SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
        (2067 | 1555, _) => Cause::Taken,
        // BUSY and LOCKED: the store has waited already.
        (_, 5 | 6) => Cause::Locked,
        // ERROR (no such table or column) and CONSTRAINT.
        (_, 1 | 19) => Cause::NotCommitted,
        // INTERRUPT and FULL.
        (_, 9 | 13) => Cause::Interrupted,
        // CORRUPT, MISMATCH, NOTADB.
        (_, 11 | 20 | 26) => Cause::Unfit,
        _ => Cause::Other,
    }
}

/// Why opening failed, for the caller who decides what to tell the operator.
pub(crate) fn connect_error(error: sqlx::Error) -> ConnectError {
    if let sqlx::Error::Configuration(_) = error {
        return ConnectError::Address;
    }
    match cause(&error) {
        Cause::Locked => ConnectError::Busy(fault(error)),
        Cause::Unfit if is_sqlite(&error) => ConnectError::NotADatabase(fault(error)),
        Cause::Unfit | Cause::NotCommitted => ConnectError::Migration(fault(error)),
        _ => ConnectError::Unusable(fault(error)),
    }
}

fn is_sqlite(error: &sqlx::Error) -> bool {
    #[cfg(feature = "sqlite")]
    if let Some(cause) = error.as_database_error() {
        return cause
            .try_downcast_ref::<sqlx::sqlite::SqliteError>()
            .is_some();
    }
    let _ = error;
    false
}
