//! The portal's own tables, beside those of the store: users, sessions, what new
//! recovery codes are asked for with, and the local mailbox.

use slotwerk_sqlx::{ConnectError, SqlStore};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
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
    #[error(
        "{place}: the database is missing or empty, and the key file shows an earlier run: restore it, or \
         start with --new-database"
    )]
    Missing { place: String },
    #[error("{place}: the portal's own tables cannot be used")]
    Tables { place: String },
}

/// Whether the portal may begin with an empty database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    New,
    /// There must be one.
    Again,
}

/// Opens the store and the portal's own connections to the same database.
pub(crate) async fn open(url: &str, start: Start) -> Result<(SqlStore, SqlitePool), DatabaseError> {
    if !url.starts_with("sqlite:") {
        return Err(DatabaseError::Scheme);
    }
    let place = place(url);
    let connected = if IN_MEMORY.contains(&url) {
        in_memory(url).await
    } else {
        make_own_directory(&place);
        in_file(url, start).await
    };
    let (store, pool) = connected.map_err(|source| match source {
        ConnectError::Missing => DatabaseError::Missing {
            place: place.clone(),
        },
        source => DatabaseError::Store {
            place: place.clone(),
            source,
        },
    })?;
    let tables = sqlx::raw_sql(TABLES).execute(&pool).await;
    tables.map_err(|_| DatabaseError::Tables { place })?;
    Ok((store, pool))
}

/// The name of the file in an address, for a line to the operator.
pub(crate) fn place(url: &str) -> String {
    url.trim_start_matches("sqlite:")
        .trim_start_matches("//")
        .to_owned()
}

/// The default place is a directory of the portal's own, which it makes; any other must be there.
fn make_own_directory(place: &str) {
    if place.starts_with("portal-data/") {
        let _ = Path::new(place).parent().map(std::fs::create_dir_all);
    }
}

const IN_MEMORY: [&str; 2] = ["sqlite::memory:", "sqlite://:memory:"];

/// One pool for everything: another address in memory would be another database.
async fn in_memory(url: &str) -> Result<(SqlStore, SqlitePool), ConnectError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| ConnectError::Address)?;
    let pool = one_connection(options);
    let store = SqlStore::from_pool(pool.clone());
    store.migrate().await?;
    Ok((store, pool))
}

async fn in_file(url: &str, start: Start) -> Result<(SqlStore, SqlitePool), ConnectError> {
    let store = match start {
        Start::New => SqlStore::connect(url).await?,
        Start::Again => SqlStore::connect_existing(url).await?,
    };
    let options = SqliteConnectOptions::from_str(url).map_err(|_| ConnectError::Address)?;
    // The store has made the file; a later connection that finds none must fail.
    let options = options
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full);
    Ok((store, one_connection(options)))
}

/// Enough for a demonstration. The options test each connection that comes back, so that a full disk
/// stops no later request.
fn one_connection(options: SqliteConnectOptions) -> SqlitePool {
    SqlStore::sqlite_pool_options()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options)
}
