//! The connections of a pool: the settings that the store needs, and which connections are closed.

use crate::error::{ConnectError, connect_error};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqlitePoolOptions};
use sqlx::{Connection, Executor, Sqlite, query_scalar};
use std::time::Duration;

/// How long a command waits for the write lock of another process before it is a conflict.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a command waits for a connection of this process before the store is unavailable.
pub(crate) const TURN_TIMEOUT: Duration = Duration::from_secs(10);

const BUSY_TIMEOUT_SET: &str = "PRAGMA busy_timeout = 5000";
const SYNCHRONOUS_FULL: &str = "PRAGMA synchronous = FULL";
/// The number by which SQLite reports `synchronous = FULL`. EXTRA is 3.
const FULL: i64 = 2;

const WAL: &str = "PRAGMA journal_mode = WAL";
const WAL_TRIES: u32 = 20;

/// No file: the database is in memory, or temporary.
const FILE: &str = "SELECT COALESCE(file, '') FROM pragma_database_list WHERE name = 'main'";

/// Options for a pool whose connections suit the store.
pub(crate) fn options() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(TURN_TIMEOUT)
        .after_connect(|connection, _| Box::pin(raise_settings(connection)))
        .after_release(|connection, _| Box::pin(async move { Ok(is_sound(connection).await) }))
}

/// Options for a pool whose connections nobody but the store uses.
///
/// A command that fails checks its connection by [`is_sound`] itself. So a connection that comes back is in a transaction
/// only if its command was dropped, and the driver knows of that transaction.
pub(crate) fn own_options() -> SqlitePoolOptions {
    options().after_release(|connection, _| {
        let is_free = !connection.is_in_transaction();
        Box::pin(async move { Ok(is_free) })
    })
}

/// Whether a connection may serve another command: it answers, and no transaction is open.
///
/// SQLite ends a transaction by itself on a full disk, an I/O error, lack of memory, an interrupt and
/// some locks. The driver's ROLLBACK then fails, and the driver counts the transaction as open for as
/// long as the connection lives. A transaction may also be open although the driver counts none, when a
/// host sent BEGIN as a statement.
pub(crate) async fn is_sound(connection: &mut SqliteConnection) -> bool {
    // The driver's thread first works off what is queued, such as the rollback of a dropped transaction.
    if connection.ping().await.is_err() || connection.is_in_transaction() {
        return false;
    }
    // BEGIN takes no lock, and fails inside a transaction.
    connection.execute("BEGIN").await.is_ok() && connection.execute("ROLLBACK").await.is_ok()
}

/// Raises the settings of a new connection to what the store needs, and lowers none.
async fn raise_settings(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    if busy_timeout(connection).await? <= 0 {
        connection.execute(BUSY_TIMEOUT_SET).await?;
    }
    write_ahead(connection).await?;
    if synchronous(connection).await? < FULL {
        connection.execute(SYNCHRONOUS_FULL).await?;
    }
    Ok(())
}

/// Turns a database to WAL, which it then stays in. One in memory stays as it is.
///
/// SQLite does not wait for the lock that this takes. So if another node has it, most likely because it
/// starts as well, this waits by way of a transaction, which does, and tries again.
pub(crate) async fn write_ahead(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for _ in 1..WAL_TRIES {
        if connection.execute(WAL).await.is_ok() {
            return Ok(());
        }
        connection.execute("BEGIN IMMEDIATE").await?;
        connection.execute("COMMIT").await?;
    }
    connection.execute(WAL).await.map(drop)
}

/// Where a pool keeps its database.
pub(crate) enum Place {
    Memory,
    /// The path that SQLite opened.
    File(String),
}

/// Checks the settings of every idle connection, and of one more if there is none.
///
/// A pool shows only the connections that it has opened. The pragmas are set for each connection, except
/// for the journal mode, which is a property of the file.
pub(crate) async fn check(pool: &SqlitePool) -> Result<Place, ConnectError> {
    let mut held: Vec<PoolConnection<Sqlite>> = Vec::new();
    let mut connection = pool.acquire().await.map_err(connect_error)?;
    while let Some(idle) = pool.try_acquire() {
        held.push(idle);
    }
    let place = check_one(&mut connection).await?;
    for connection in &mut held {
        check_one(connection).await?;
    }
    Ok(place)
}

async fn check_one(connection: &mut SqliteConnection) -> Result<Place, ConnectError> {
    let file: String = query_scalar(FILE)
        .fetch_one(&mut *connection)
        .await
        .map_err(connect_error)?;
    let journal: String = query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await
        .map_err(connect_error)?;
    if file.is_empty() && journal == "memory" {
        return Ok(Place::Memory);
    }
    let found = synchronous(connection).await.map_err(connect_error)?;
    let wait = busy_timeout(connection).await.map_err(connect_error)?;
    let lacking = |setting, needed, found| {
        Err(ConnectError::Setting {
            setting,
            needed,
            found,
        })
    };
    if journal != "wal" {
        return lacking("PRAGMA journal_mode", "WAL", journal);
    }
    if found < FULL {
        return lacking("PRAGMA synchronous", "FULL", found.to_string());
    }
    if wait <= 0 {
        return lacking("PRAGMA busy_timeout", "5000", wait.to_string());
    }
    Ok(Place::File(file))
}

async fn synchronous(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    query_scalar("PRAGMA synchronous")
        .fetch_one(connection)
        .await
}

async fn busy_timeout(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    query_scalar("PRAGMA busy_timeout")
        .fetch_one(connection)
        .await
}
