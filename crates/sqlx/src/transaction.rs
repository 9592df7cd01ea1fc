//! How a transition ends.

use crate::error::fault;
use slotwerk_store::Result;
use sqlx::{Sqlite, SqlitePool, Transaction};

/// The end of a transition: its outcome, and whether its writes stay.
pub(crate) enum End<T> {
    /// Every guard held.
    Commit(T),
    /// A guard did not hold: whatever was written before it is undone.
    Rollback(T),
}

/// Starts a transaction that holds the write lock from its first moment.
///
/// A transaction that reads first and asks for the lock later can find that somebody else wrote in
/// between, and SQLite then refuses it without waiting. Databases with row locks have
/// [`lock`](crate::credential::lock) instead, for the guards that count rows.
pub(crate) async fn begin(pool: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    pool.begin_with("BEGIN IMMEDIATE").await.map_err(fault)
}

/// Ends a transition and hands out its outcome, once the database has answered.
///
/// Dropping the transaction would undo it as well, but some time later: the lock would still be held
/// when the caller has its fault.
pub(crate) async fn finish<T>(tx: Transaction<'static, Sqlite>, end: Result<End<T>>) -> Result<T> {
    match end {
        Ok(End::Commit(outcome)) => tx.commit().await.map(|()| outcome).map_err(fault),
        Ok(End::Rollback(outcome)) => tx.rollback().await.map(|()| outcome).map_err(fault),
        Err(first) => {
            // What went wrong first says more than a rollback that fails after it.
            drop(tx.rollback().await);
            Err(first)
        }
    }
}
