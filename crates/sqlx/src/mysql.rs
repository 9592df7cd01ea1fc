//! Opening a MariaDB or MySQL database.

mod ahead;

use crate::clock;
use crate::connection::Purpose;
use crate::error::{ConnectError, connect_error, fault};
use crate::schema::mysql as schema;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPool, MySqlPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Executor, MySql, Transaction, query_as, query_scalar};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// How long a command waits for a connection before the store is unavailable.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// Prepared statements that a connection keeps. The store has fewer.
const STATEMENTS: usize = 256;

const SERVER_MS: &str = "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)";

// A statement outside of transactions commits by itself. Guards read what was committed last. A lock is waited for at
// most five seconds. A value that does not fit is an error, not a warning.
const RAISE: &str = "
    SET SESSION autocommit = 1, tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 5,
        sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";

// MySQL 8 has the variable under this name only.
const RAISE_MYSQL: &str = "
    SET SESSION autocommit = 1, transaction_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 5,
        sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";

// Reads, updates, deletes and inserts first wait for what other nodes have committed.
const WAIT_FOR_NODES: &str = "SET SESSION wsrep_sync_wait = 7";
const READS_AND_WRITES: u32 = 7;

const SETTINGS: &str = "
    SHOW VARIABLES
     WHERE Variable_name IN ('tx_isolation', 'transaction_isolation', 'sql_mode', 'wsrep_on', 'wsrep_sync_wait',
                             'innodb_flush_log_at_trx_commit', 'read_only')";

/// Options for a pool whose connections suit the store.
pub(crate) fn pool_options() -> MySqlPoolOptions {
    MySqlPoolOptions::new()
        .acquire_timeout(TURN_TIMEOUT)
        // A command repeats its first statement on another connection if this one is broken, which is cheaper.
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                raise_settings(connection).await?;
                clock::report(clock_ahead_ms(connection, SystemTime::now()).await?);
                Ok(())
            })
        })
        .after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

async fn raise_settings(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    let settings = settings(connection).await?;
    let is_mariadb = settings.contains_key("tx_isolation");
    let raise = if is_mariadb { RAISE } else { RAISE_MYSQL };
    connection.execute(raise).await?;
    if is_cluster(&settings) {
        connection.execute(WAIT_FOR_NODES).await?;
        ahead::prepare_new(connection).await?;
    }
    Ok(())
}

async fn settings(
    connection: &mut MySqlConnection,
) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let rows: Vec<(String, String)> = query_as(SETTINGS).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

fn is_cluster(settings: &BTreeMap<String, String>) -> bool {
    settings.get("wsrep_on").is_some_and(|on| on == "ON")
}

pub(crate) async fn open(address: &str, wait: Option<Duration>) -> Result<MySqlPool, ConnectError> {
    let options = options(address)?;
    let pool = pool_options().acquire_timeout(wait.unwrap_or(TURN_TIMEOUT));
    pool.connect_with(options).await.map_err(connect_error)
}

/// Options for connections of the host. They are tested before each use, since a host repeats nothing.
pub(crate) fn host_options(wait: Option<Duration>) -> MySqlPoolOptions {
    pool_options()
        .acquire_timeout(wait.unwrap_or(TURN_TIMEOUT))
        .test_before_acquire(true)
}

/// The driver's own error would repeat the address.
pub(crate) fn options(address: &str) -> Result<MySqlConnectOptions, ConnectError> {
    let options = MySqlConnectOptions::from_str(address).map_err(|_| ConnectError::Address)?;
    Ok(options.statement_cache_capacity(STATEMENTS))
}

/// Whether an earlier run left its tables here.
pub(crate) async fn is_there(pool: &MySqlPool) -> Result<bool, ConnectError> {
    let mut connection = pool.acquire().await.map_err(connect_error)?;
    schema::is_there(&mut connection)
        .await
        .map_err(connect_error)
}

pub(crate) async fn migrate(pool: &MySqlPool) -> Result<(), ConnectError> {
    let mut connection = pool.acquire().await.map_err(connect_error)?;
    let settings = settings(&mut connection).await.map_err(connect_error)?;
    check(&settings)?;
    schema::migrate(&mut connection).await?;
    if is_cluster(&settings) {
        ahead::prepare_idle(pool, &mut connection).await?;
    }
    Ok(())
}

/// Checks the settings on which single use and durability depend.
fn check(settings: &BTreeMap<String, String>) -> Result<(), ConnectError> {
    let found = |name: &str| settings.get(name).cloned().unwrap_or_default();
    let lacking = |setting, needed, found| {
        Err(ConnectError::Setting {
            setting,
            needed,
            found,
        })
    };
    let isolation = found("tx_isolation") + &found("transaction_isolation");
    if !isolation.starts_with("READ-COMMITTED") {
        return lacking("transaction_isolation", "READ-COMMITTED", isolation);
    }
    let mode = found("sql_mode");
    if !mode.contains("STRICT_ALL_TABLES") && !mode.contains("STRICT_TRANS_TABLES") {
        return lacking("sql_mode", "STRICT_ALL_TABLES", mode);
    }
    let wait = found("wsrep_sync_wait");
    let waits: u32 = wait.parse().unwrap_or(0);
    if is_cluster(settings) && waits & READS_AND_WRITES != READS_AND_WRITES {
        return lacking("wsrep_sync_wait", "7", wait);
    }
    let flush = found("innodb_flush_log_at_trx_commit");
    // The nodes of a cluster keep a commit for each other.
    if flush != "1" && !is_cluster(settings) {
        return lacking("innodb_flush_log_at_trx_commit", "1", flush);
    }
    if found("read_only") == "ON" {
        return lacking("read_only", "OFF", "ON".to_owned());
    }
    Ok(())
}

/// Takes a connection that is in no transaction.
pub(crate) async fn take(pool: &MySqlPool) -> slotwerk_store::Result<PoolConnection<MySql>> {
    for _ in 0..pool.options().get_max_connections() {
        let connection = pool.acquire().await.map_err(fault)?;
        if !connection.is_in_transaction() {
            return Ok(connection);
        }
        drop(connection.close().await);
    }
    pool.acquire().await.map_err(fault)
}

const SNAPSHOT: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";

pub(crate) async fn begin(
    connection: &mut MySqlConnection,
    purpose: Purpose,
) -> slotwerk_store::Result<Transaction<'_, MySql>> {
    let statement = match purpose {
        Purpose::Change => "START TRANSACTION",
        Purpose::Snapshot => {
            // For the next transaction only.
            connection.execute(SNAPSHOT).await.map_err(fault)?;
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
        }
    };
    connection.begin_with(statement).await.map_err(fault)
}

/// This node's clock minus the server's, in milliseconds.
pub(crate) async fn clock_ahead_ms(
    connection: &mut MySqlConnection,
    node: SystemTime,
) -> Result<i64, sqlx::Error> {
    let server: i64 = query_scalar(SERVER_MS).fetch_one(connection).await?;
    Ok(clock::ahead_ms(node, server))
}
