//! The portal's own tables, beside those of the store: users, sessions, what new
//! recovery codes are asked for with, and the local mailbox.

use slotwerk_sqlx::{ConnectError, SqliteStore};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

pub(crate) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS portal_users (
        tenant TEXT NOT NULL, id TEXT NOT NULL, login TEXT NOT NULL, mail TEXT NOT NULL,
        name TEXT NOT NULL, locale TEXT NOT NULL, enabled INTEGER NOT NULL,
        PRIMARY KEY (tenant, id), UNIQUE (tenant, login)
    );
    CREATE TABLE IF NOT EXISTS portal_sessions (
        id BLOB PRIMARY KEY, data TEXT NOT NULL, expires_at INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS portal_renewals (
        tenant TEXT NOT NULL, account TEXT NOT NULL, once TEXT NOT NULL, PRIMARY KEY (tenant, account)
    );
    CREATE TABLE IF NOT EXISTS portal_mailbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, language TEXT NOT NULL,
        sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
        html TEXT NOT NULL, eml BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS portal_mail_images (
        mail INTEGER NOT NULL, content_id TEXT NOT NULL, png BLOB NOT NULL, PRIMARY KEY (mail, content_id)
    );
";

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error("begin it with sqlite:, since this build has no store for other databases")]
    Scheme,
    #[error("{place}: {source}")]
    Store { place: String, source: ConnectError },
    #[error("{place}: the portal's own tables cannot be used")]
    Tables { place: String },
}

/// Opens the store and the portal's own connections to the same file.
pub(crate) async fn open(url: &str) -> Result<(SqliteStore, SqlitePool), DatabaseError> {
    if !url.starts_with("sqlite:") {
        return Err(DatabaseError::Scheme);
    }
    let place = url
        .trim_start_matches("sqlite:")
        .trim_start_matches("//")
        .to_owned();
    make_own_directory(&place);
    let store = SqliteStore::connect(url)
        .await
        .map_err(|source| DatabaseError::Store {
            place: place.clone(),
            source,
        })?;
    let pool = own_pool(url)
        .await
        .map_err(|_| DatabaseError::Tables { place })?;
    Ok((store, pool))
}

/// The default place is a directory of the portal's own, which it makes; any other must be there.
fn make_own_directory(place: &str) {
    if place.starts_with("portal-data/") {
        let _ = Path::new(place).parent().map(std::fs::create_dir_all);
    }
}

async fn own_pool(url: &str) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(url)?.busy_timeout(Duration::from_secs(5));
    // One connection is enough for a demonstration, and keeps a database in memory together.
    let pool = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    sqlx::raw_sql(TABLES).execute(&pool).await?;
    Ok(pool)
}
