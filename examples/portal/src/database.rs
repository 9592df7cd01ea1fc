//! Opens the database: the store, and the portal's own tables beside it.

use crate::pool::Pool;
use slotwerk_sqlx::{ConnectError, SqlStore};
use sqlx::SqlitePool;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// How long a request waits for a connection to a server. A person waits for the page that asks to try again no longer.
const TURN_TIMEOUT: Duration = Duration::from_secs(3);

/// The portal's own connections to a server. The store has others.
const CONNECTIONS: u32 = 5;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error("begin it with sqlite:, postgres:// or mysql://")]
    Scheme,
    #[error("{place}: {source}")]
    Store { place: String, source: ConnectError },
    #[error(
        "{place}: the database is missing or empty, and the key file shows an earlier run: restore it, or \
         start with --new-database"
    )]
    Missing { place: String },
    #[error("{place}: no portal has used this database yet: start one on it first")]
    Unused { place: String },
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

/// A pool for the watch over a server, of one connection. `None` for SQLite.
pub(crate) fn watch_pool(url: &str) -> Option<Pool> {
    let timeout = Duration::from_secs(1);
    match url.split_once("://")?.0 {
        "postgres" | "postgresql" => {
            let options = PgConnectOptions::from_str(url).ok()?;
            let pool = PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(timeout);
            Some(Pool::Postgres(pool.connect_lazy_with(options)))
        }
        "mysql" | "mariadb" => {
            let options = MySqlConnectOptions::from_str(url).ok()?;
            let pool = MySqlPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(timeout);
            Some(Pool::Mysql(pool.connect_lazy_with(options)))
        }
        _ => None,
    }
}

/// Opens the store and the portal's own connections to the same database.
pub(crate) async fn open(url: &str, start: Start) -> Result<(SqlStore, Pool), DatabaseError> {
    let place = place(url);
    let connected = match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") if IN_MEMORY.contains(&url) => in_memory(url).await,
        Some("sqlite") => {
            make_own_directory(&place);
            in_file(url, start).await
        }
        Some("postgres" | "postgresql") => on_postgres(url, start).await,
        Some("mysql" | "mariadb") => on_mysql(url, start).await,
        _ => return Err(DatabaseError::Scheme),
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
    let tables = pool.create_tables().await;
    tables.map_err(|_| DatabaseError::Tables { place })?;
    Ok((store, pool))
}

/// The name of the file in an address, or of the server and its database, for a line to the operator. Without the
/// user and the password.
pub(crate) fn place(url: &str) -> String {
    if let Some(file) = url.strip_prefix("sqlite:") {
        return file.trim_start_matches("//").to_owned();
    }
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let place = place.split('?').next().unwrap_or_default();
    format!("{scheme}://{place}")
}

async fn on_postgres(url: &str, start: Start) -> Result<(SqlStore, Pool), ConnectError> {
    connect(url, start).await?.close().await;
    let options = PgConnectOptions::from_str(url).map_err(|_| ConnectError::Address)?;
    let pool = || SqlStore::postgres_pool_options().acquire_timeout(TURN_TIMEOUT);
    let store = SqlStore::from_pool(pool().connect_lazy_with(options.clone()));
    let own = pool()
        .max_connections(CONNECTIONS)
        .test_before_acquire(true);
    Ok((store, Pool::Postgres(own.connect_lazy_with(options))))
}

async fn on_mysql(url: &str, start: Start) -> Result<(SqlStore, Pool), ConnectError> {
    connect(url, start).await?.close().await;
    let options = MySqlConnectOptions::from_str(url).map_err(|_| ConnectError::Address)?;
    let pool = || SqlStore::mysql_pool_options().acquire_timeout(TURN_TIMEOUT);
    let store = SqlStore::from_pool(pool().connect_lazy_with(options.clone()));
    let own = pool()
        .max_connections(CONNECTIONS)
        .test_before_acquire(true);
    Ok((store, Pool::Mysql(own.connect_lazy_with(options))))
}

/// Opens the store with its own settings, and creates or checks its tables.
async fn connect(url: &str, start: Start) -> Result<SqlStore, ConnectError> {
    match start {
        Start::New => SqlStore::connect(url).await,
        Start::Again => SqlStore::connect_existing(url).await,
    }
}

/// The default place is a directory of the portal's own, which it makes; any other must be there.
fn make_own_directory(place: &str) {
    if place.starts_with("portal-data/") {
        let _ = Path::new(place).parent().map(std::fs::create_dir_all);
    }
}

const IN_MEMORY: [&str; 2] = ["sqlite::memory:", "sqlite://:memory:"];

/// One pool for everything: another address in memory would be another database.
async fn in_memory(url: &str) -> Result<(SqlStore, Pool), ConnectError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| ConnectError::Address)?;
    let pool = one_connection(options);
    let store = SqlStore::from_pool(pool.clone());
    store.migrate().await?;
    Ok((store, Pool::Sqlite(pool)))
}

async fn in_file(url: &str, start: Start) -> Result<(SqlStore, Pool), ConnectError> {
    let store = connect(url, start).await?;
    let options = SqliteConnectOptions::from_str(url).map_err(|_| ConnectError::Address)?;
    // The store has made the file; a later connection that finds none must fail.
    let options = options
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full);
    Ok((store, Pool::Sqlite(one_connection(options))))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_has_no_password() {
        for (url, shown) in [
            ("sqlite://a/b.sqlite", "a/b.sqlite"),
            ("sqlite:a.sqlite", "a.sqlite"),
            (
                "postgres://me:se@c?ret@db:5432/portal?sslmode=require",
                "postgres://db:5432/portal",
            ),
            ("mysql://me:secret@db/portal", "mysql://db/portal"),
            ("mysql://db/portal", "mysql://db/portal"),
        ] {
            assert_eq!(place(url), shown);
        }
    }
}
