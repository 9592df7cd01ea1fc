//! The tables, by version. A released version is never edited: a change is a new one.

use crate::error::{ConnectError, connect_error};
use sqlx::{SqlitePool, query, query_scalar, raw_sql};

/// What each version adds to the one before it.
const VERSIONS: [(i64, &str); 2] = [
    (1, include_str!("schema.sql")),
    (6, include_str!("schema/6_code_hashing.sql")),
];

const VERSION_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY)";

const CURRENT: &str = "SELECT COALESCE(MAX(version), 0) FROM slotwerk_schema";

const REACHED: &str = "INSERT INTO slotwerk_schema (version) VALUES ($1)";

/// Brings the tables up to date in one transaction under the write lock, so that of two nodes that
/// start together the second one finds the work done.
pub(crate) async fn migrate(pool: &SqlitePool) -> Result<(), ConnectError> {
    let mut tx = pool
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
