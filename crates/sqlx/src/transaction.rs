//! How a transition ends.

use crate::error::{commit_fault, fault};
use crate::pool::is_sound;
use slotwerk_store::Result;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};

/// The end of a transition: its outcome, and whether its writes stay.
pub(crate) enum End<T> {
    /// Every guard held.
    Commit(T),
    /// A guard did not hold: whatever was written before it is undone.
    Rollback(T),
}

/// Takes a connection that is in no transaction.
///
/// The pool of a host need not check its connections as [`pool_options`](crate::SqliteStore::pool_options)
/// does. One that is left inside a transaction would fail every later command.
pub(crate) async fn take(pool: &SqlitePool) -> Result<PoolConnection<Sqlite>> {
    for _ in 0..pool.options().get_max_connections() {
        let connection = pool.acquire().await.map_err(fault)?;
        if !connection.is_in_transaction() {
            return Ok(connection);
        }
        drop(connection.close().await);
    }
    pool.acquire().await.map_err(fault)
}

/// Starts a transaction that holds the write lock from its first moment.
///
/// A transaction that reads first and asks for the lock later can find that another one wrote in
/// between, and SQLite then refuses it without waiting. Databases with row locks have
/// [`lock`](crate::credential::lock) instead, for the guards that count rows.
pub(crate) async fn begin(connection: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>> {
    connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(fault)
}

/// Ends a transition and returns its outcome, once the database has answered.
///
/// Dropping the transaction would undo it as well, but some time later: the lock would still be held
/// when the caller has its fault.
pub(crate) async fn finish<T>(tx: Transaction<'_, Sqlite>, end: Result<End<T>>) -> Result<T> {
    match end {
        Ok(End::Commit(outcome)) => tx.commit().await.map(|()| outcome).map_err(commit_fault),
        Ok(End::Rollback(outcome)) => tx.rollback().await.map(|()| outcome).map_err(fault),
        Err(first) => {
            // What went wrong first says more than a rollback that fails after it.
            drop(tx.rollback().await);
            Err(first)
        }
    }
}

/// Closes the connection of a transition that failed and left it in doubt.
///
/// A commit that fails queues the rollback; the check waits until that is done.
pub(crate) async fn settle<T, E>(
    mut connection: PoolConnection<Sqlite>,
    outcome: std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    if outcome.is_err() && !is_sound(&mut connection).await {
        drop(connection.close().await);
    }
    outcome
}
