//! Checks that all processes on one database have the same key file.
//!
//! With other keys, a process would reject every link, code and form of the others. The first process leaves a check value
//! for each key, which tells nothing of the key.

use slotwerk::keys::{KeyId, KeyRing, Scope};
use slotwerk::sqlx::HostConnections;
use sqlx::error::DatabaseError;

/// PostgreSQL gives an error to one of two that create a table at once.
const CREATE_POSTGRES: &str = "
    SELECT pg_advisory_xact_lock(7310577365311122);
    CREATE TABLE IF NOT EXISTS service_keys (id BIGINT PRIMARY KEY, check_value BYTEA NOT NULL);";

const CREATE_SQLITE: &str = "
    CREATE TABLE IF NOT EXISTS service_keys (id INTEGER PRIMARY KEY, check_value BLOB NOT NULL) STRICT;";

const CREATE_MYSQL: &str = "
    CREATE TABLE IF NOT EXISTS service_keys (id BIGINT PRIMARY KEY, check_value VARBINARY(32) NOT NULL)
        ENGINE = InnoDB;";

/// Why the key file does not fit the database.
#[derive(Debug)]
pub(crate) enum KeyCheckError {
    Other(KeyId),
    Database(sqlx::Error),
}

impl std::fmt::Display for KeyCheckError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Other(id) => write!(
                f,
                "key {id} is not the one that this database was used with: copy the key file of the other nodes here, or \
                 if it is lost, empty the table service_keys; then open links and set-up authenticator apps no longer \
                 work"
            ),
            Self::Database(error) => {
                write!(
                    f,
                    "the check value of a key could not be read or stored: {error}"
                )
            }
        }
    }
}

/// Compares each usable key with its check value. Leaves one for each new key.
pub(crate) async fn check(keys: &KeyRing, host: &HostConnections) -> Result<(), KeyCheckError> {
    create_table(host).await.map_err(KeyCheckError::Database)?;
    for id in keys.usable() {
        let Ok(key) = keys.derive(id, &Scope::new("slotwerk-service-key-check", "")) else {
            continue;
        };
        let value = key.mac(&[b"check"]);
        let kept = kept(id, &value, host).await;
        if kept.map_err(KeyCheckError::Database)? != value {
            return Err(KeyCheckError::Other(id));
        }
    }
    Ok(())
}

/// The value in the table. If there is none, it is this one from now on.
async fn kept(id: KeyId, value: &[u8], host: &HostConnections) -> Result<Vec<u8>, sqlx::Error> {
    if let Some(kept) = read(id, host).await? {
        return Ok(kept);
    }
    match insert(id, value, host).await {
        Ok(()) => Ok(value.to_vec()),
        // Another process was faster.
        Err(error)
            if error
                .as_database_error()
                .is_some_and(DatabaseError::is_unique_violation) =>
        {
            Ok(read(id, host).await?.unwrap_or_default())
        }
        Err(error) => Err(error),
    }
}

/// Runs one expression on the connections to any database.
macro_rules! on_each {
    ($host:expr, $pool:ident => $run:expr) => {
        match $host {
            HostConnections::Sqlite($pool) => $run,
            HostConnections::Postgres($pool) => $run,
            HostConnections::Mysql($pool) => $run,
        }
    };
}

async fn create_table(host: &HostConnections) -> Result<(), sqlx::Error> {
    let create = match host {
        HostConnections::Sqlite(_) => CREATE_SQLITE,
        HostConnections::Postgres(_) => CREATE_POSTGRES,
        HostConnections::Mysql(_) => CREATE_MYSQL,
    };
    on_each!(host, pool => sqlx::raw_sql(create).execute(pool).await.map(drop))
}

async fn read(id: KeyId, host: &HostConnections) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let (text, id) = (
        host.sql("SELECT check_value FROM service_keys WHERE id = $1"),
        i64::from(id.get()),
    );
    on_each!(host, pool => sqlx::query_scalar(text).bind(id).fetch_optional(pool).await)
}

async fn insert(id: KeyId, value: &[u8], host: &HostConnections) -> Result<(), sqlx::Error> {
    let (text, id) = (
        host.sql("INSERT INTO service_keys (id, check_value) VALUES ($1, $2)"),
        i64::from(id.get()),
    );
    on_each!(host, pool => sqlx::query(text).bind(id).bind(value).execute(pool).await.map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::keys::MasterKey;
    use slotwerk::sqlx::Connect;

    fn ring(id: u16, byte: u8) -> KeyRing {
        KeyRing::new(KeyId::new(id), MasterKey::from_bytes([byte; 32]))
    }

    #[tokio::test]
    async fn other_key_file_is_rejected() {
        let opened = Connect::to("sqlite::memory:").open().await.unwrap();
        let host = &opened.host;
        check(&ring(1, 1), host).await.unwrap();
        check(&ring(1, 1), host).await.unwrap();
        let other = check(&ring(1, 2), host).await;
        assert!(matches!(other, Err(KeyCheckError::Other(id)) if id == KeyId::new(1)));
        // A key that no process has used yet.
        let rotated = ring(1, 1).rotate(KeyId::new(2), MasterKey::from_bytes([2; 32]));
        check(&rotated.unwrap(), host).await.unwrap();
        assert!(check(&ring(2, 3), host).await.is_err());
    }
}
