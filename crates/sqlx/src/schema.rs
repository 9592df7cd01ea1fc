//! The tables, by version and dialect. A released version is never edited: a change is a new one.

use crate::dialect::Dialect;

/// What one version adds to the one before it.
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) script: &'static str,
}

macro_rules! versions {
    ($($number:literal $file:literal),+ $(,)?) => {
        &[$(Version { number: $number, script: include_str!(concat!("schema/", $file)) }),+]
    };
}

const SQLITE: &[Version] = versions![
    1 "sqlite/1_tables.sql",
    2 "sqlite/2_budgets.sql",
    3 "sqlite/3_factor.sql",
    5 "sqlite/5_worker.sql",
    6 "sqlite/6_code_hashing.sql",
    7 "sqlite/7_epoch.sql",
    8 "sqlite/8_locks.sql",
    9 "sqlite/9_sessions.sql",
    10 "sqlite/10_link_locks.sql",
    11 "sqlite/11_audit_checkpoints.sql",
];

const POSTGRES: &[Version] = versions![
    10 "postgres/10_tables.sql",
    11 "postgres/11_audit_checkpoints.sql",
];

const MYSQL: &[Version] = versions![
    10 "mysql/10_tables.sql",
    11 "mysql/11_audit_checkpoints.sql",
];

/// The versions of a dialect, in order.
pub(crate) fn versions(dialect: Dialect) -> &'static [Version] {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
    }
}

/// The latest version that this crate knows.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) fn known(dialect: Dialect) -> i64 {
    versions(dialect).last().map_or(0, |version| version.number)
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
const CURRENT: &str = "SELECT COALESCE(MAX(version), 0) FROM slotwerk_schema";

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
const VERSION_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY)";

/// Applies the versions that are missing, on an open connection. Each driver has a type of its own for that.
macro_rules! apply {
    ($connection:expr, $dialect:expr, $reached:literal) => {{
        use crate::error::{ConnectError, connect_error};
        sqlx::raw_sql(crate::schema::VERSION_TABLE)
            .execute(&mut *$connection)
            .await
            .map_err(connect_error)?;
        let found: i64 = sqlx::query_scalar(crate::schema::CURRENT)
            .fetch_one(&mut *$connection)
            .await
            .map_err(connect_error)?;
        let known = crate::schema::known($dialect);
        if found > known {
            return Err(ConnectError::NewerSchema { found, known });
        }
        for version in crate::schema::versions($dialect) {
            if version.number <= found {
                continue;
            }
            sqlx::raw_sql(version.script)
                .execute(&mut *$connection)
                .await
                .map_err(connect_error)?;
            sqlx::query($reached)
                .bind(version.number)
                .execute(&mut *$connection)
                .await
                .map_err(connect_error)?;
        }
    }};
}

/// The tables in SQLite.
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite {
    use crate::dialect::Dialect;
    use crate::error::{ConnectError, connect_error};
    use sqlx::{Connection, SqliteConnection, query_scalar};

    const HAS_VERSION: &str = "
        SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'slotwerk_schema'";

    /// Brings the tables up to date in one transaction under the write lock, so that of two nodes that
    /// start together the second one finds the work done.
    pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), ConnectError> {
        let begun = connection.begin_with("BEGIN IMMEDIATE").await;
        let mut tx = begun.map_err(connect_error)?;
        apply!(
            tx,
            Dialect::Sqlite,
            "INSERT INTO slotwerk_schema (version) VALUES ($1)"
        );
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
        let version: i64 = query_scalar(super::CURRENT).fetch_one(connection).await?;
        Ok(version > 0)
    }
}

/// The tables in PostgreSQL.
#[cfg(feature = "postgres")]
pub(crate) mod postgres {
    use crate::dialect::Dialect;
    use crate::error::{ConnectError, connect_error};
    use sqlx::{Connection, PgConnection, query, query_scalar};

    /// The bytes of "slotwerk", as the number of a lock that nodes which start together wait for.
    const LOCK: &str = "SELECT pg_advisory_xact_lock(8317145157856490091)";

    const HAS_VERSION: &str = "SELECT to_regclass('slotwerk_schema') IS NOT NULL";

    /// Brings the tables up to date in one transaction. The first call creates them in the first schema of the
    /// search path.
    pub(crate) async fn migrate(connection: &mut PgConnection) -> Result<(), ConnectError> {
        let mut tx = connection.begin().await.map_err(connect_error)?;
        query(LOCK).execute(&mut *tx).await.map_err(connect_error)?;
        apply!(
            tx,
            Dialect::Postgres,
            "INSERT INTO slotwerk_schema (version) VALUES ($1)"
        );
        tx.commit().await.map_err(connect_error)
    }

    /// Whether an earlier run left its tables here.
    pub(crate) async fn is_there(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let there: bool = query_scalar(HAS_VERSION)
            .fetch_one(&mut *connection)
            .await?;
        if !there {
            return Ok(false);
        }
        let version: i64 = query_scalar(super::CURRENT).fetch_one(connection).await?;
        Ok(version > 0)
    }
}

/// The tables in MariaDB and MySQL.
#[cfg(feature = "mysql")]
pub(crate) mod mysql {
    use crate::dialect::Dialect;
    use crate::error::{ConnectError, connect_error};
    use sqlx::{MySqlConnection, query, query_scalar};

    const LOCK: &str = "SELECT GET_LOCK('slotwerk_schema', 60)";
    const UNLOCK: &str = "DO RELEASE_LOCK('slotwerk_schema')";

    const HAS_VERSION: &str = "
        SELECT COUNT(*) FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name = 'slotwerk_schema'";

    /// Brings the tables up to date. MySQL commits each statement that changes a table, so that a migration that is
    /// cut off stops between two statements. Every script can be run again from its start.
    ///
    /// Nodes that start together wait for each other by a lock of the server. A Galera cluster has no such lock across
    /// its nodes: run the migration on one node.
    pub(crate) async fn migrate(connection: &mut MySqlConnection) -> Result<(), ConnectError> {
        let locked: Option<i64> = query_scalar(LOCK)
            .fetch_one(&mut *connection)
            .await
            .map_err(connect_error)?;
        if locked != Some(1) {
            return Err(ConnectError::Locked);
        }
        let migrated = apply(connection).await;
        let unlocked = query(UNLOCK).execute(connection).await;
        migrated?;
        unlocked.map_err(connect_error)?;
        Ok(())
    }

    async fn apply(connection: &mut MySqlConnection) -> Result<(), ConnectError> {
        apply!(
            connection,
            Dialect::Mysql,
            "INSERT INTO slotwerk_schema (version) VALUES (?)"
        );
        Ok(())
    }

    /// Whether an earlier run left its tables here.
    pub(crate) async fn is_there(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
        let tables: i64 = query_scalar(HAS_VERSION)
            .fetch_one(&mut *connection)
            .await?;
        if tables == 0 {
            return Ok(false);
        }
        let version: i64 = query_scalar(super::CURRENT).fetch_one(connection).await?;
        Ok(version > 0)
    }
}
