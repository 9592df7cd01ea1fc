//! Opens a database of any kind.

use crate::clock;
use crate::connection::Held;
use crate::dialect::Dialect;
use crate::error::{ConnectError, fault};
use crate::within::{HostDatabase, Shared, Within};
use slotwerk_store::{ErrorKind, Result, StoreError};
use sqlx::Transaction;
use std::fmt;
use std::time::{Duration, SystemTime};

/// A [`Store`](slotwerk_store::Store) in an SQL database.
///
/// Cloning is cheap: clones share their connections. Any number of stores, in any number of processes, may use one
/// database. SQLite allows that on one machine only, and not on a network file system.
///
/// A command that fails (a full disk, a lost connection, an interrupt) leaves the next one alone: a connection in
/// doubt is closed, and a new one is opened.
#[derive(Clone)]
pub struct SqlStore {
    database: Database,
    /// Nobody else uses the connections, so that none is inside a transaction of which the driver does not know.
    owns_connections: bool,
}

/// The connections of a store.
#[derive(Clone)]
enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(crate::sqlite::SqliteDatabase),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
    #[cfg(feature = "mysql")]
    Mysql(sqlx::MySqlPool),
    Host(Dialect, Shared),
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore")
            .field("dialect", &self.dialect())
            .finish_non_exhaustive()
    }
}

/// The answer to a database without the tables of this crate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    Create,
    Refuse,
}

impl SqlStore {
    /// Opens a database and brings its tables up to date.
    ///
    /// `address` is `postgres://…`, `mysql://…` or `mariadb://…`, or for SQLite a path, a `sqlite:` URL, or `:memory:`
    /// for a database that lives as long as this store and its clones. An SQLite file that is absent is made,
    /// readable by its owner only.
    ///
    /// A commit reaches the disk before its outcome is returned: with less, a power cut could bring a used code back.
    /// Settings of the server that prevent this are an error.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], by what the operator has to do about it.
    pub async fn connect(address: &str) -> std::result::Result<Self, ConnectError> {
        Self::open(address, Absent::Create, None).await
    }

    /// Opens the database of an earlier run, as [`connect`](Self::connect) does, and never makes one.
    ///
    /// For a service that knows that it ran before, say by its key file: a database that is gone is a
    /// fault for the operator, not a reason to start with an empty one. `:memory:` is always new.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Missing`] if there is no file, or an empty one, or no table of this crate in the database;
    /// nothing is written then. Others as for [`connect`](Self::connect).
    pub async fn connect_existing(address: &str) -> std::result::Result<Self, ConnectError> {
        Self::open(address, Absent::Refuse, None).await
    }

    pub(crate) async fn open(
        address: &str,
        absent: Absent,
        wait: Option<Duration>,
    ) -> std::result::Result<Self, ConnectError> {
        let database = Database::open(address, absent, wait).await?;
        let store = Self {
            database,
            owns_connections: true,
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Uses the host's own connections; call [`migrate`](Self::migrate) before the first command.
    ///
    /// Build the pool with [`sqlite_pool_options`](Self::sqlite_pool_options),
    /// [`postgres_pool_options`](Self::postgres_pool_options) or [`mysql_pool_options`](Self::mysql_pool_options).
    /// Settings that single use and durability depend on are checked by [`migrate`](Self::migrate). The test of
    /// connections that come back cannot be seen from outside: without it, the store closes a connection that it finds
    /// in doubt, but the host's own statements may meet one.
    #[must_use]
    pub fn from_pool(pool: impl Into<HostPool>) -> Self {
        Self {
            database: pool.into().0,
            owns_connections: false,
        }
    }

    /// Options for a host's own pool of connections to SQLite, for [`from_pool`](Self::from_pool).
    ///
    /// * A new connection gets WAL, `synchronous = FULL` and a busy timeout of five seconds, unless it
    ///   has stronger settings already.
    /// * A connection that comes back is tested: it must answer, and no transaction may be open, or it is
    ///   closed. SQLite ends a transaction by itself on a full disk; without the test, the driver would
    ///   take the connection for one inside a transaction from then on, and every write would fail.
    /// * A command waits ten seconds for a connection.
    ///
    /// Set sizes and lifetimes as you like. A callback of your own for `after_connect` or `after_release`
    /// replaces the one from here.
    ///
    /// ```
    /// use slotwerk_sqlx::SqlStore;
    /// use sqlx::sqlite::SqliteConnectOptions;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("service.db");
    /// let file = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    /// let pool = SqlStore::sqlite_pool_options()
    ///     .max_connections(8)
    ///     .connect_with(file)
    ///     .await?;
    /// let store = SqlStore::from_pool(pool);
    /// store.migrate().await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    #[must_use]
    pub fn sqlite_pool_options() -> sqlx::sqlite::SqlitePoolOptions {
        crate::sqlite::pool::options()
    }

    /// Options for a host's own pool of connections to PostgreSQL, for [`from_pool`](Self::from_pool).
    ///
    /// * A new connection gets `synchronous_commit = on` and a lock timeout of five seconds, unless it has other
    ///   settings that are as strong. Its server's clock is compared with this node's: a difference of more than two
    ///   seconds is an event (`tracing`, level WARN).
    /// * A connection that comes back inside a transaction is closed.
    /// * A command waits ten seconds for a connection.
    ///
    /// Set sizes and lifetimes as you like. A callback of your own for `after_connect` or `after_release` replaces the
    /// one from here.
    #[cfg(feature = "postgres")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
    #[must_use]
    pub fn postgres_pool_options() -> sqlx::postgres::PgPoolOptions {
        crate::postgres::pool_options()
    }

    /// Options for a host's own pool of connections to MariaDB or MySQL, for [`from_pool`](Self::from_pool).
    ///
    /// * A new connection gets `autocommit = 1`, the isolation level READ COMMITTED, strict mode and a lock timeout of five
    ///   seconds. On a Galera cluster it gets `wsrep_sync_wait = 7`, and every statement of the store is prepared at once:
    ///   MariaDB loses the abort of a transaction that is just preparing a statement. Give the connections a
    ///   `statement_cache_capacity` of 256, and prepare your own statements outside of transactions, too.
    /// * Its server's clock is compared with this node's, as for
    ///   [PostgreSQL](Self::from_pool).
    /// * A connection that comes back inside a transaction is closed.
    /// * A command waits ten seconds for a connection.
    ///
    /// Set sizes and lifetimes as you like. A callback of your own for `after_connect` or `after_release` replaces the
    /// one from here.
    #[cfg(feature = "mysql")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mysql")))]
    #[must_use]
    pub fn mysql_pool_options() -> sqlx::mysql::MySqlPoolOptions {
        crate::mysql::pool_options()
    }

    /// Creates the tables, or brings them up to date. All their names start with `slotwerk_`.
    ///
    /// Checks the settings first. For SQLite these are WAL, `synchronous = FULL` or `EXTRA`, and a busy timeout above
    /// zero, on each connection that is idle now, or on a new one; a database in memory needs none of these. For
    /// PostgreSQL: `fsync`, `full_page_writes` and `synchronous_commit`. For MariaDB and MySQL: READ COMMITTED, a strict
    /// `sql_mode`, `innodb_flush_log_at_trx_commit = 1`, and `wsrep_sync_wait = 7` on a Galera cluster. Connections that
    /// the pool opens later are not checked.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Setting`] with the setting that is too weak;
    /// [`ConnectError::NewerSchema`] if a later version of this crate was here; others if the database
    /// rejects the change. Nothing has changed then.
    pub async fn migrate(&self) -> std::result::Result<(), ConnectError> {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(database) => database.migrate().await,
            #[cfg(feature = "postgres")]
            Database::Postgres(pool) => crate::postgres::migrate(pool).await,
            #[cfg(feature = "mysql")]
            Database::Mysql(pool) => crate::mysql::migrate(pool).await,
            Database::Host(..) => Ok(()),
        }
    }

    /// The dialect of the database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Database::Mysql(_) => Dialect::Mysql,
            Database::Host(dialect, _) => *dialect,
        }
    }

    /// Whether the database file is still the one that was opened, by device, inode and size. Databases on a server
    /// have no such file.
    ///
    /// Every command looks first and fails with [`Unavailable`](ErrorKind::Unavailable) if it is not; this is for a
    /// host that reports it, or keeps other tables in the file. It costs one look at the directory. Only when
    /// the file has shrunk does SQLite check its pages, since `VACUUM` shrinks a file, too.
    ///
    /// Not noticed are an intact database copied over the file in place, and a lost `-wal` file: stop
    /// the service before a restore. A store on the host's pool knows its file after
    /// [`migrate`](Self::migrate). A database in memory has none.
    ///
    /// # Errors
    ///
    /// [`FileChanged`](crate::FileChanged).
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    pub async fn check_file(&self) -> std::result::Result<(), crate::FileChanged> {
        match &self.database {
            Database::Sqlite(database) => database.check_file().await,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => Ok(()),
            #[cfg(feature = "mysql")]
            Database::Mysql(_) => Ok(()),
            Database::Host(..) => Ok(()),
        }
    }

    /// Whether the database answers, and the clocks agree. For a readiness check.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](ErrorKind::Unavailable) if the database does not answer, if its file was replaced, or if this
    /// node's clock (`node`, [`SystemTime::now`]) and the server's differ by more than 60 seconds: stored times would
    /// not be believed on the other nodes.
    pub async fn check_ready(&self, node: SystemTime) -> Result<()> {
        let mut held = self.read().await?;
        let ahead_ms = match &mut held {
            #[cfg(feature = "sqlite")]
            Held::Sqlite(connection) => {
                use sqlx::Connection;
                connection.ping().await.map(|()| 0)
            }
            #[cfg(feature = "postgres")]
            Held::Postgres(connection) => crate::postgres::clock_ahead_ms(connection, node).await,
            #[cfg(feature = "mysql")]
            Held::Mysql(connection) => crate::mysql::clock_ahead_ms(connection, node).await,
            Held::Host(_) => Ok(0),
        };
        let ahead_ms = held.settle(ahead_ms.map_err(fault)).await?;
        clock::report(ahead_ms);
        if ahead_ms.unsigned_abs() > clock::NOT_READY_MS {
            let error = ClocksDiffer { ahead_ms };
            return Err(StoreError::with_source(ErrorKind::Unavailable, error));
        }
        Ok(())
    }

    /// Runs commands inside a transaction that the host has begun, so that both commit together.
    ///
    /// Nothing is repeated there. On a [`Conflict`](ErrorKind::Conflict) the host rolls its transaction back and runs
    /// it again. A command that is rejected or fails undoes its own writes (by a savepoint), and leaves the host's
    /// alone. The transaction needs at least the isolation level READ COMMITTED; on MariaDB and MySQL it must be exactly
    /// that, or SERIALIZABLE. On SQLite begin it with `BEGIN IMMEDIATE`.
    ///
    /// ```
    /// use slotwerk_sqlx::SqlStore;
    /// use slotwerk_store::{AccountKey, EraseAccount, Store, Subject};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let directory = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}?mode=rwc", directory.path().join("service.db").display());
    /// let pool = SqlStore::sqlite_pool_options().connect(&url).await?;
    /// let store = SqlStore::from_pool(pool.clone());
    /// store.migrate().await?;
    /// # sqlx::raw_sql("CREATE TABLE users (id TEXT)").execute(&pool).await?;
    /// # let erase = EraseAccount { account: AccountKey::new("noord", "42")?, budgets: Vec::new(),
    /// #     subject: Subject([0; 32]), actor: None, reason: None, now: 0 };
    ///
    /// let within = store.within(pool.begin_with("BEGIN IMMEDIATE").await?);
    /// // Or hand `within.store()` to the facade.
    /// let _ = within.store().erase_account(&erase).await?;
    /// let mut transaction = within.into_transaction().await.ok_or("another database")?;
    /// sqlx::query("DELETE FROM users WHERE id = '42'").execute(&mut *transaction).await?;
    /// transaction.commit().await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn within<DB: HostDatabase>(&self, transaction: Transaction<'static, DB>) -> Within<DB> {
        Within::begin(transaction)
    }

    pub(crate) fn on_host(dialect: Dialect, shared: Shared) -> Self {
        Self {
            database: Database::Host(dialect, shared),
            owns_connections: false,
        }
    }

    /// Waits for the commands under way and closes every connection. Later commands are faults.
    pub async fn close(&self) {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(database) => database.close().await,
            #[cfg(feature = "postgres")]
            Database::Postgres(pool) => pool.close().await,
            #[cfg(feature = "mysql")]
            Database::Mysql(pool) => pool.close().await,
            Database::Host(..) => {}
        }
    }

    /// The same store, for connections that the host uses, too.
    pub(crate) fn sharing_connections(mut self) -> Self {
        self.owns_connections = false;
        self
    }

    /// The connections of an SQLite database in memory.
    #[cfg(feature = "sqlite")]
    pub(crate) fn memory(&self) -> Option<sqlx::SqlitePool> {
        match &self.database {
            Database::Sqlite(database) => database.memory(),
            #[allow(unreachable_patterns)]
            _ => None,
        }
    }

    pub(crate) fn owns_connections(&self) -> bool {
        self.owns_connections
    }

    pub(crate) async fn read(&self) -> Result<Held> {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(database) => database.read().await.map(Held::Sqlite),
            #[cfg(feature = "postgres")]
            Database::Postgres(pool) => crate::postgres::take(pool).await.map(Held::Postgres),
            #[cfg(feature = "mysql")]
            Database::Mysql(pool) => crate::mysql::take(pool).await.map(Held::Mysql),
            Database::Host(_, shared) => shared.hold().await,
        }
    }

    pub(crate) async fn write(&self) -> Result<Held> {
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(database) => database.write().await.map(Held::Sqlite),
            _ => self.read().await,
        }
    }
}

impl Database {
    async fn open(
        address: &str,
        absent: Absent,
        wait: Option<Duration>,
    ) -> std::result::Result<Self, ConnectError> {
        let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
        match scheme {
            "postgres" | "postgresql" => Self::open_postgres(address, absent, wait).await,
            "mysql" | "mariadb" => Self::open_mysql(address, absent, wait).await,
            _ => Self::open_sqlite(address, absent).await,
        }
    }

    #[cfg(feature = "sqlite")]
    async fn open_sqlite(address: &str, absent: Absent) -> std::result::Result<Self, ConnectError> {
        let database = crate::sqlite::SqliteDatabase::open(address, absent).await?;
        Ok(Self::Sqlite(database))
    }

    #[cfg(feature = "postgres")]
    async fn open_postgres(
        address: &str,
        absent: Absent,
        wait: Option<Duration>,
    ) -> std::result::Result<Self, ConnectError> {
        let pool = crate::postgres::open(address, wait).await?;
        if absent == Absent::Refuse && !crate::postgres::is_there(&pool).await? {
            return Err(ConnectError::Missing);
        }
        Ok(Self::Postgres(pool))
    }

    #[cfg(feature = "mysql")]
    async fn open_mysql(
        address: &str,
        absent: Absent,
        wait: Option<Duration>,
    ) -> std::result::Result<Self, ConnectError> {
        let pool = crate::mysql::open(address, wait).await?;
        if absent == Absent::Refuse && !crate::mysql::is_there(&pool).await? {
            return Err(ConnectError::Missing);
        }
        Ok(Self::Mysql(pool))
    }

    #[cfg(not(feature = "sqlite"))]
    async fn open_sqlite(_: &str, _: Absent) -> std::result::Result<Self, ConnectError> {
        Err(ConnectError::Feature("sqlite"))
    }

    #[cfg(not(feature = "postgres"))]
    async fn open_postgres(
        _: &str,
        _: Absent,
        _: Option<Duration>,
    ) -> std::result::Result<Self, ConnectError> {
        Err(ConnectError::Feature("postgres"))
    }

    #[cfg(not(feature = "mysql"))]
    async fn open_mysql(
        _: &str,
        _: Absent,
        _: Option<Duration>,
    ) -> std::result::Result<Self, ConnectError> {
        Err(ConnectError::Feature("mysql"))
    }
}

/// Counts of the things that [`SqlStore::end_everything`] has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AfterRestore {
    /// Accounts whose epoch was raised.
    pub accounts: u64,
    /// Reset links, also those that had expired and were not purged yet. So for the others.
    pub links: u64,
    /// Sign-ins in flight.
    pub tickets: u64,
    /// Enrolments that waited for their first code.
    pub enrolments: u64,
    /// Sessions.
    pub sessions: u64,
}

/// A pool of the host, for [`SqlStore::from_pool`].
pub struct HostPool(Database);

impl fmt::Debug for HostPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostPool").finish_non_exhaustive()
    }
}

#[cfg(feature = "sqlite")]
impl From<sqlx::SqlitePool> for HostPool {
    fn from(pool: sqlx::SqlitePool) -> Self {
        Self(Database::Sqlite(crate::sqlite::SqliteDatabase::from_pool(
            pool,
        )))
    }
}

#[cfg(feature = "postgres")]
impl From<sqlx::PgPool> for HostPool {
    fn from(pool: sqlx::PgPool) -> Self {
        Self(Database::Postgres(pool))
    }
}

#[cfg(feature = "mysql")]
impl From<sqlx::MySqlPool> for HostPool {
    fn from(pool: sqlx::MySqlPool) -> Self {
        Self(Database::Mysql(pool))
    }
}

/// The clocks of this node and of the database server differ by more than stored times tolerate.
#[derive(Debug, thiserror::Error)]
#[error("this node's clock is {ahead_ms} ms ahead of the database server's: set both by NTP")]
struct ClocksDiffer {
    ahead_ms: i64,
}
