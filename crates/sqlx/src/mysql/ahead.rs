//! Prepares every statement of the store before the first transaction, on a Galera cluster.
//!
//! A node aborts a transaction whose rows a transaction of another node has changed. If that happens while the server
//! prepares a statement of the transaction, MariaDB loses the abort (seen with 10.11.19): later statements succeed, and
//! so does the COMMIT, but the transaction is gone. A code would be accepted twice. The abort of a transaction that
//! prepares nothing is always reported.

use crate::commands::{self, checkpoint};
use crate::dialect::Dialect;
use crate::error::{ConnectError, connect_error};
use crate::statement::Statement;
use sqlx::error::DatabaseError;
use sqlx::mysql::{MySqlConnection, MySqlDatabaseError, MySqlPool};
use sqlx::{Connection, Executor, SqlSafeStr};

/// The statements of the store and of opening it, with room for those of a host.
const CAPACITY: &str = "256";

/// Prepares on a new connection. Tables that are absent or old are left to [`prepare_idle`], after the migration. Any
/// other error, such as too many prepared statements on the server, keeps the connection from being used.
pub(crate) async fn prepare_new(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    match prepare(connection).await {
        Err(sqlx::Error::Database(error)) if is_before_migration(error.as_ref()) => Ok(()),
        prepared => prepared.map(drop),
    }
}

/// No such table, or no such column.
fn is_before_migration(error: &dyn DatabaseError) -> bool {
    matches!(number(error), Some(1146 | 1054))
}

/// Prepares on the connections that a pool opened before its tables were there.
pub(crate) async fn prepare_idle(
    pool: &MySqlPool,
    connection: &mut MySqlConnection,
) -> Result<(), ConnectError> {
    let prepared = prepare(connection).await.map_err(connect_error)?;
    let kept = connection.cached_statements_size();
    if kept < prepared {
        return Err(ConnectError::Setting {
            setting: "statement_cache_capacity",
            needed: CAPACITY,
            found: kept.to_string(),
        });
    }
    let mut idle = Vec::new();
    while let Some(connection) = pool.try_acquire() {
        idle.push(connection);
    }
    for connection in &mut idle {
        prepare(connection).await.map_err(connect_error)?;
    }
    Ok(())
}

/// How many statements it has prepared.
async fn prepare(connection: &mut MySqlConnection) -> Result<usize, sqlx::Error> {
    let mut count = 0;
    for statement in commands::statements() {
        let text = statement.text(Dialect::Mysql).into_sql_str();
        match (&mut *connection).prepare(text).await {
            Ok(_) => count += 1,
            Err(sqlx::Error::Database(error)) if is_retention(statement, error.as_ref()) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Retention is for another role than that of the service, which may not remove audit rows.
fn is_retention(statement: &Statement, error: &dyn DatabaseError) -> bool {
    std::ptr::eq(statement, &checkpoint::REMOVE) && number(error) == Some(1142)
}

fn number(error: &dyn DatabaseError) -> Option<u16> {
    let error = error.try_downcast_ref::<MySqlDatabaseError>();
    error.map(MySqlDatabaseError::number)
}
