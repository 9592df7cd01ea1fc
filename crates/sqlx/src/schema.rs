//! The tables, by version and dialect. A released version is never edited: a change is a new one.

use crate::dialect::Dialect;

/// The changes of one version to the previous one.
pub(crate) struct Version {
    pub(crate) number: i64,
    /// The oldest version of this crate's tables whose code works with these tables. A version that only adds leaves it
    /// as it was, so that nodes of both versions run side by side. One that removes or renames raises it.
    oldest: i64,
    script: &'static str,
}

macro_rules! versions {
    ($($number:literal since $oldest:literal $file:literal),+ $(,)?) => {
        &[$(Version {
            number: $number,
            oldest: $oldest,
            script: include_str!(concat!("schema/", $file)),
        }),+]
    };
}

const SQLITE: &[Version] = versions![
    1 since 1 "sqlite/1_tables.sql",
    2 since 2 "sqlite/2_budgets.sql",
    3 since 3 "sqlite/3_factor.sql",
    5 since 5 "sqlite/5_worker.sql",
    6 since 6 "sqlite/6_code_hashing.sql",
    7 since 7 "sqlite/7_epoch.sql",
    8 since 8 "sqlite/8_locks.sql",
    9 since 9 "sqlite/9_sessions.sql",
    10 since 10 "sqlite/10_link_locks.sql",
    11 since 10 "sqlite/11_audit_checkpoints.sql",
];

const POSTGRES: &[Version] = versions![
    10 since 10 "postgres/10_tables.sql",
    11 since 10 "postgres/11_audit_checkpoints.sql",
];

const MYSQL: &[Version] = versions![
    10 since 10 "mysql/10_tables.sql",
    11 since 10 "mysql/11_audit_checkpoints.sql",
];

/// The first version that says which older ones work with it.
const WITH_OLDEST: i64 = 10;

/// The versions of a dialect, in order.
pub(crate) fn versions(dialect: Dialect) -> &'static [Version] {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
    }
}

/// The latest version that this crate knows.
pub(crate) fn known(dialect: Dialect) -> i64 {
    versions(dialect).last().map_or(0, |version| version.number)
}

const CURRENT: &str = "SELECT COALESCE(MAX(version), 0) FROM slotwerk_schema";

/// The oldest version that works with the tables as they are. NULL before version 10.
const OLDEST: &str = "SELECT oldest FROM slotwerk_schema ORDER BY version DESC LIMIT 1";

const VERSION_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY)";

const VERSION_TABLE_WITH_OLDEST: &str = "
    CREATE TABLE IF NOT EXISTS slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY, oldest BIGINT)";

fn version_table(dialect: Dialect) -> &'static str {
    match dialect {
        // The column came with version 10.
        Dialect::Sqlite => VERSION_TABLE,
        Dialect::Postgres | Dialect::Mysql => VERSION_TABLE_WITH_OLDEST,
    }
}

/// Records a version. The statement runs after the script of the version.
fn reached(version: &Version) -> String {
    let Version { number, oldest, .. } = version;
    if *number < WITH_OLDEST {
        format!("INSERT INTO slotwerk_schema (version) VALUES ({number})")
    } else {
        format!("INSERT INTO slotwerk_schema (version, oldest) VALUES ({number}, {oldest})")
    }
}

/// The tables as a script, for a tool of the host. Begins after version `from`; 0 for a new database.
///
/// Each version ends by recording itself, so that [`SqlStore::migrate`](crate::SqlStore::migrate) finds the work done
/// and needs no right to change tables. The script of a version may be run again from its start.
///
/// ```
/// use slotwerk_sqlx::{Dialect, schema_sql};
///
/// let script = schema_sql(Dialect::Postgres, 0);
/// assert!(script.contains("CREATE TABLE slotwerk_credentials"));
/// ```
#[must_use]
pub fn schema_sql(dialect: Dialect, from: i64) -> String {
    let mut sql = String::new();
    if from == 0 {
        sql.push_str(version_table(dialect).trim());
        sql.push_str(";\n\n");
    }
    for version in versions(dialect) {
        if version.number > from {
            sql.push_str(version.script.trim_end());
            sql.push_str("\n\n");
            sql.push_str(&reached(version));
            sql.push_str(";\n\n");
        }
    }
    sql
}

/// Applies the versions that are missing, on an open connection. Each driver has its own type of connection.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! apply {
    ($connection:expr, $dialect:expr, $there:expr) => {{
        let found = found!($connection, $dialect, $there);
        if found < known($dialect) {
            sqlx::raw_sql(version_table($dialect))
                .execute(&mut *$connection)
                .await
                .map_err(connect_error)?;
        }
        for version in versions($dialect) {
            if version.number <= found {
                continue;
            }
            sqlx::raw_sql(version.script)
                .execute(&mut *$connection)
                .await
                .map_err(connect_error)?;
            sqlx::raw_sql(AssertSqlSafe(reached(version)))
                .execute(&mut *$connection)
                .await
                .map_err(connect_error)?;
        }
    }};
}

/// The version of the tables, if this crate can work with them. 0 if there are none.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! found {
    ($connection:expr, $dialect:expr, $there:expr) => {{
        let mut found: i64 = 0;
        if $there {
            found = query_scalar(CURRENT)
                .fetch_one(&mut *$connection)
                .await
                .map_err(connect_error)?;
        }
        let known = known($dialect);
        if found > known {
            let oldest: Option<i64> = query_scalar(OLDEST)
                .fetch_one(&mut *$connection)
                .await
                .map_err(connect_error)?;
            if oldest.is_none_or(|oldest| oldest > known) {
                return Err(ConnectError::NewerSchema { found, known });
            }
        }
        found
    }};
}

/// The tables in SQLite.
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite {
    use super::{CURRENT, OLDEST, known, reached, version_table, versions};
    use crate::dialect::Dialect;
    use crate::error::{ConnectError, connect_error};
    use sqlx::{AssertSqlSafe, Connection, SqliteConnection, query_scalar};

    const HAS_VERSION: &str = "
        SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'slotwerk_schema'";

    /// Brings the tables up to date in one transaction under the write lock, so that the second of two
    /// nodes that start together finds the work done.
    pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), ConnectError> {
        let begun = connection.begin_with("BEGIN IMMEDIATE").await;
        let mut tx = begun.map_err(connect_error)?;
        let there = has_version(&mut tx).await.map_err(connect_error)?;
        apply!(tx, Dialect::Sqlite, there);
        tx.commit().await.map_err(connect_error)
    }

    async fn has_version(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let tables: i64 = query_scalar(HAS_VERSION).fetch_one(connection).await?;
        Ok(tables > 0)
    }

    /// Whether an earlier run left its tables here.
    pub(crate) async fn is_there(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        if !has_version(connection).await? {
            return Ok(false);
        }
        let version: i64 = query_scalar(CURRENT).fetch_one(connection).await?;
        Ok(version > 0)
    }
}

/// The tables in PostgreSQL.
#[cfg(feature = "postgres")]
pub(crate) mod postgres {
    use super::{CURRENT, OLDEST, known, reached, version_table, versions};
    use crate::dialect::Dialect;
    use crate::error::{ConnectError, connect_error};
    use sqlx::{AssertSqlSafe, Connection, PgConnection, query, query_scalar};

    /// The bytes of "slotwerk", as the number of a lock that nodes which start together wait for.
    const LOCK: &str = "SELECT pg_advisory_xact_lock(8317145157856490091)";

    const HAS_VERSION: &str = "SELECT to_regclass('slotwerk_schema') IS NOT NULL";

    /// Brings the tables up to date in one transaction. The first call creates them in the first schema of the
    /// search path.
    pub(crate) async fn migrate(connection: &mut PgConnection) -> Result<(), ConnectError> {
        let mut tx = connection.begin().await.map_err(connect_error)?;
        query(LOCK).execute(&mut *tx).await.map_err(connect_error)?;
        let there = has_version(&mut tx).await.map_err(connect_error)?;
        apply!(tx, Dialect::Postgres, there);
        tx.commit().await.map_err(connect_error)
    }

    async fn has_version(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        query_scalar(HAS_VERSION).fetch_one(connection).await
    }

    /// Whether an earlier run left its tables here.
    pub(crate) async fn is_there(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        if !has_version(connection).await? {
            return Ok(false);
        }
        let version: i64 = query_scalar(CURRENT).fetch_one(connection).await?;
        Ok(version > 0)
    }
}

/// The tables in MariaDB and MySQL.
#[cfg(feature = "mysql")]
pub(crate) mod mysql {
    use super::{CURRENT, OLDEST, known, reached, version_table, versions};
    use crate::dialect::Dialect;
    use crate::error::{ConnectError, connect_error};
    use sqlx::{AssertSqlSafe, MySqlConnection, query, query_scalar};

    const LOCK: &str = "SELECT GET_LOCK('slotwerk_schema', 60)";
    const UNLOCK: &str = "DO RELEASE_LOCK('slotwerk_schema')";

    const HAS_VERSION: &str = "
        SELECT COUNT(*) FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name = 'slotwerk_schema'";

    /// Brings the tables up to date. MySQL commits each statement that changes a table, so a migration that is cut off
    /// stops between two statements. Every script can be run again from its start.
    ///
    /// Nodes that start together wait for each other by a lock of the server. A Galera cluster has no such lock across
    /// its nodes: run the migration on one node.
    pub(crate) async fn migrate(connection: &mut MySqlConnection) -> Result<(), ConnectError> {
        let there = has_version(connection).await.map_err(connect_error)?;
        if found!(connection, Dialect::Mysql, there) >= known(Dialect::Mysql) {
            return Ok(());
        }
        let locked: Option<i64> = query_scalar(LOCK)
            .fetch_one(&mut *connection)
            .await
            .map_err(connect_error)?;
        if locked != Some(1) {
            return Err(ConnectError::Locked);
        }
        let migrated = apply_missing(connection).await;
        let unlocked = query(UNLOCK).execute(connection).await;
        migrated?;
        unlocked.map_err(connect_error)?;
        Ok(())
    }

    async fn apply_missing(connection: &mut MySqlConnection) -> Result<(), ConnectError> {
        let there = has_version(connection).await.map_err(connect_error)?;
        apply!(connection, Dialect::Mysql, there);
        Ok(())
    }

    async fn has_version(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
        let tables: i64 = query_scalar(HAS_VERSION).fetch_one(connection).await?;
        Ok(tables > 0)
    }

    /// Whether an earlier run left its tables here.
    pub(crate) async fn is_there(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
        if !has_version(connection).await? {
            return Ok(false);
        }
        let version: i64 = query_scalar(CURRENT).fetch_one(connection).await?;
        Ok(version > 0)
    }
}
