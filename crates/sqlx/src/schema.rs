//! The tables, by version. A released version is never edited: a change is a new one.

use crate::error::{ConnectError, connect_error};
use sqlx::{Connection, SqliteConnection, query, query_scalar, raw_sql};

/// What each version adds to the one before it.
const VERSIONS: &[(i64, &str)] = &[
    (1, include_str!("schema.sql")),
    (2, include_str!("schema/2_budgets.sql")),
    (3, include_str!("schema/3_factor.sql")),
    (5, include_str!("schema/5_worker.sql")),
    (6, include_str!("schema/6_code_hashing.sql")),
    (7, include_str!("schema/7_epoch.sql")),
    (8, include_str!("schema/8_locks.sql")),
    (9, include_str!("schema/9_sessions.sql")),
];

const VERSION_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY)";

const HAS_VERSION: &str = "
    SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'slotwerk_schema'";

const CURRENT: &str = "SELECT COALESCE(MAX(version), 0) FROM slotwerk_schema";

const REACHED: &str = "INSERT INTO slotwerk_schema (version) VALUES ($1)";

/// Brings the tables up to date in one transaction under the write lock, so that of two nodes that
/// start together the second one finds the work done.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), ConnectError> {
    let mut tx = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(connect_error)?;
    raw_sql(VERSION_TABLE)
        .execute(&mut *tx)
        .await
        .map_err(connect_error)?;
    let found: i64 = query_scalar(CURRENT)
        .fetch_one(&mut *tx)
        .await
        .map_err(connect_error)?;
    let known = VERSIONS.last().map_or(0, |(version, _)| *version);
    if found > known {
        return Err(ConnectError::NewerSchema { found, known });
    }
    for (version, script) in VERSIONS.iter().filter(|(version, _)| *version > found) {
        raw_sql(*script)
            .execute(&mut *tx)
            .await
            .map_err(connect_error)?;
        query(REACHED)
            .bind(version)
            .execute(&mut *tx)
            .await
            .map_err(connect_error)?;
    }
    tx.commit().await.map_err(connect_error)
}

/// Whether an earlier run left its tables here.
pub(crate) async fn is_there(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let tables: i64 = query_scalar(HAS_VERSION)
        .fetch_one(&mut *connection)
        .await?;
    if tables == 0 {
        return Ok(false);
    }
    let version: i64 = query_scalar(CURRENT).fetch_one(connection).await?;
    Ok(version > 0)
}
