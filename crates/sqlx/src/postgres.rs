//! Opening a PostgreSQL database.

use crate::clock;
use crate::connection::Purpose;
use crate::error::{ConnectError, connect_error, fault};
use crate::schema::postgres as schema;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Postgres, Transaction, query_as, query_scalar};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// How long a command waits for a connection before the store is unavailable.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// Prepared statements that a connection keeps. The store has fewer.
const STATEMENTS: usize = 256;

const SERVER_MS: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// Raises what a session needs, and lowers nothing: a commit waits for the disk, and a lock is waited for at most
/// five seconds.
const RAISE: &str = "
    SELECT CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
                THEN set_config('synchronous_commit', 'on', false) END,
           CASE WHEN current_setting('lock_timeout') = '0'
                THEN set_config('lock_timeout', '5s', false) END,
           CASE WHEN current_setting('idle_in_transaction_session_timeout') = '0'
                THEN set_config('idle_in_transaction_session_timeout', '60s', false) END";

/// Options for a pool whose connections suit the store.
pub(crate) fn pool_options() -> PgPoolOptions {
    PgPoolOptions::new()
        .acquire_timeout(TURN_TIMEOUT)
        // A command repeats its first statement on another connection if this one is broken, which is cheaper.
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query(RAISE).execute(&mut *connection).await?;
                clock::report(clock_ahead_ms(connection, SystemTime::now()).await?);
                Ok(())
            })
        })
        .after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

pub(crate) async fn open(address: &str, wait: Option<Duration>) -> Result<PgPool, ConnectError> {
    let options = options(address)?;
    let pool = pool_options().acquire_timeout(wait.unwrap_or(TURN_TIMEOUT));
    pool.connect_with(options).await.map_err(connect_error)
}

/// Options for connections of the host. They are tested before each use, since a host repeats nothing.
pub(crate) fn host_options(wait: Option<Duration>) -> PgPoolOptions {
    pool_options()
        .acquire_timeout(wait.unwrap_or(TURN_TIMEOUT))
        .test_before_acquire(true)
}

/// The driver's own error would repeat the address.
pub(crate) fn options(address: &str) -> Result<PgConnectOptions, ConnectError> {
    let options = PgConnectOptions::from_str(address).map_err(|_| ConnectError::Address)?;
    Ok(options.statement_cache_capacity(STATEMENTS))
}

/// Whether an earlier run left its tables here.
pub(crate) async fn is_there(pool: &PgPool) -> Result<bool, ConnectError> {
    let mut connection = pool.acquire().await.map_err(connect_error)?;
    schema::is_there(&mut connection)
        .await
        .map_err(connect_error)
}

pub(crate) async fn migrate(pool: &PgPool) -> Result<(), ConnectError> {
    let mut connection = pool.acquire().await.map_err(connect_error)?;
    check(&mut connection).await?;
    schema::migrate(&mut connection).await
}

const SETTINGS: &str = "
    SELECT current_setting('fsync'), current_setting('full_page_writes'),
           current_setting('synchronous_commit'), pg_is_in_recovery()";

/// Checks the settings on which durability depends.
async fn check(connection: &mut PgConnection) -> Result<(), ConnectError> {
    let found: (String, String, String, bool) = query_as(SETTINGS)
        .fetch_one(connection)
        .await
        .map_err(connect_error)?;
    let (fsync, pages, commit, is_standby) = found;
    let lacking = |setting, needed, found| {
        Err(ConnectError::Setting {
            setting,
            needed,
            found,
        })
    };
    if is_standby {
        return lacking("pg_is_in_recovery()", "false", "true".to_owned());
    }
    if fsync != "on" {
        return lacking("fsync", "on", fsync);
    }
    if pages != "on" {
        return lacking("full_page_writes", "on", pages);
    }
    if matches!(commit.as_str(), "off" | "local") {
        return lacking("synchronous_commit", "on", commit);
    }
    Ok(())
}

/// Takes a connection that is in no transaction.
pub(crate) async fn take(pool: &PgPool) -> slotwerk_store::Result<PoolConnection<Postgres>> {
    for _ in 0..pool.options().get_max_connections() {
        let connection = pool.acquire().await.map_err(fault)?;
        if !connection.is_in_transaction() {
            return Ok(connection);
        }
        drop(connection.close().await);
    }
    pool.acquire().await.map_err(fault)
}

pub(crate) async fn begin(
    connection: &mut PgConnection,
    purpose: Purpose,
) -> slotwerk_store::Result<Transaction<'_, Postgres>> {
    let statement = match purpose {
        Purpose::Change => "BEGIN ISOLATION LEVEL READ COMMITTED",
        Purpose::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    };
    connection.begin_with(statement).await.map_err(fault)
}

/// This node's clock minus the server's, in milliseconds.
pub(crate) async fn clock_ahead_ms(
    connection: &mut PgConnection,
    node: SystemTime,
) -> Result<i64, sqlx::Error> {
    let server: i64 = query_scalar(SERVER_MS).fetch_one(connection).await?;
    Ok(clock::ahead_ms(node, server))
}
