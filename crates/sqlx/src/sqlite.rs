//! Opening an SQLite database.

use crate::error::{ConnectError, connect_error};
use crate::file::{FileChanged, OpenedFile};
use crate::pool::{self, BUSY_TIMEOUT, Place, write_ahead};
use crate::schema;
use crate::transaction::{settle, take};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

/// Connections that read. One more writes.
const READERS: u32 = 4;

/// A [`Store`](slotwerk_store::Store) in an SQLite database, 3.35 or later.
///
/// Cloning is cheap: clones share their connections. Several processes on one machine may open the
/// same file; a network file system is no place for it.
///
/// A command that fails (a full disk, an I/O error, an interrupt) leaves the next one alone: a connection
/// in doubt is closed, and a new one is opened. While the file is not the one that was opened, every
/// command fails; see [`check_file`](Self::check_file).
#[derive(Clone)]
pub struct SqliteStore {
    /// SQLite has one writer at a time. With one connection for it, the tasks of this process queue
    /// in order instead of polling for the lock.
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
    opened: Arc<OnceLock<Opened>>,
}

/// The kind of database that [`SqliteStore::migrate`] found.
enum Opened {
    /// A database in memory goes with its last connection. This pool holds one that no command uses, so
    /// that the others may be closed.
    Memory(SqlitePool),
    File(Box<OpenedFile>),
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens a database and brings its tables up to date; makes the file if there is none, readable
    /// by its owner only.
    ///
    /// `address` is a path, a `sqlite:` URL, or `:memory:` for a database that lives as long as this
    /// store and its clones. Journal mode is WAL, and every commit reaches the disk before its
    /// outcome is handed out (`synchronous = FULL`): with less, a power cut could bring a used code
    /// back.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], by what the operator has to do about it.
    pub async fn connect(address: &str) -> Result<Self, ConnectError> {
        Self::open(address, Absent::Create).await
    }

    /// Opens the database of an earlier run, as [`connect`](Self::connect) does, and never makes one.
    ///
    /// For a service that knows that it ran before, say by its key file: a database that is gone is a
    /// fault for the operator, not a reason to start with an empty one. `:memory:` is always new.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Missing`] if there is no file, or an empty one, or no table of this crate in it;
    /// nothing is written then. Others as for [`connect`](Self::connect).
    pub async fn connect_existing(address: &str) -> Result<Self, ConnectError> {
        Self::open(address, Absent::Refuse).await
    }

    /// Options for a host's own pool of connections, for [`from_pool`](Self::from_pool).
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
    /// use slotwerk_sqlx::SqliteStore;
    /// use sqlx::sqlite::SqliteConnectOptions;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("service.db");
    /// let file = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    /// let pool = SqliteStore::pool_options()
    ///     .max_connections(8)
    ///     .connect_with(file)
    ///     .await?;
    /// let store = SqliteStore::from_pool(pool);
    /// store.migrate().await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pool_options() -> SqlitePoolOptions {
        pool::options()
    }

    /// Uses the host's own connections; call [`migrate`](Self::migrate) before the first command.
    ///
    /// Build the pool with [`pool_options`](Self::pool_options). Settings that single use and durability
    /// depend on are checked by [`migrate`](Self::migrate). The test of connections that come back cannot
    /// be seen from outside: without it, the store closes a connection that it finds in doubt, but the
    /// host's own statements may meet one.
    #[must_use]
    pub fn from_pool(pool: SqlitePool) -> Self {
        Self {
            reader: pool.clone(),
            writer: pool,
            opened: Arc::default(),
        }
    }

    /// Creates the tables, or brings them up to date. All their names start with `slotwerk_`.
    ///
    /// Checks the pool first: WAL, `synchronous = FULL` or `EXTRA`, and a busy timeout above zero, on each
    /// connection that is idle now, or on a new one. Connections that the pool opens later are not
    /// checked. A database in memory needs none of these.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Setting`] with the pragma that the pool lacks;
    /// [`ConnectError::NewerSchema`] if a later version of this crate was here; others if the database
    /// refuses. Nothing has changed then.
    pub async fn migrate(&self) -> Result<(), ConnectError> {
        self.still_there().await.map_err(ConnectError::Unusable)?;
        let place = pool::check(&self.writer).await?;
        let mut connection = take(&self.writer).await.map_err(ConnectError::Unusable)?;
        let migrated = schema::migrate(&mut connection).await;
        settle(connection, migrated).await?;
        if self.opened.get().is_none() {
            let opened = self.remember(place).await?;
            // Of two calls at once, either is right.
            drop(self.opened.set(opened));
        }
        Ok(())
    }

    /// Whether the database file is still the one that was opened, by device, inode and size.
    ///
    /// Every command looks first and fails with
    /// [`Unavailable`](slotwerk_store::ErrorKind::Unavailable) if it is not; this is for a host that
    /// reports it, or keeps other tables in the file. It costs one look at the directory. Only when
    /// the file has shrunk does SQLite check its pages, since `VACUUM` shrinks a file, too.
    ///
    /// Not noticed are an intact database copied over the file in place, and a lost `-wal` file: stop
    /// the service before a restore. A store on the host's pool knows its file after
    /// [`migrate`](Self::migrate). A database in memory has none.
    ///
    /// # Errors
    ///
    /// [`FileChanged`].
    pub async fn check_file(&self) -> Result<(), FileChanged> {
        match self.opened.get() {
            Some(Opened::File(file)) => file.check().await,
            Some(Opened::Memory(_)) | None => Ok(()),
        }
    }

    /// Waits for the commands under way and closes every connection. Later commands are faults.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
        if let Some(Opened::Memory(keeper)) = self.opened.get() {
            keeper.close().await;
        }
    }

    async fn open(address: &str, absent: Absent) -> Result<Self, ConnectError> {
        let store = if in_memory(address) {
            Self::open_memory(address).await?
        } else {
            Self::open_file(address, absent).await?
        };
        store.migrate().await?;
        Ok(store)
    }

    async fn open_memory(address: &str) -> Result<Self, ConnectError> {
        let address = if address == ":memory:" {
            "sqlite::memory:"
        } else {
            address
        };
        Ok(Self::from_pool(lasting(options(address)?).await?))
    }

    async fn open_file(address: &str, absent: Absent) -> Result<Self, ConnectError> {
        let options = if address.starts_with("sqlite:") {
            options(address)?
        } else if address.is_empty() || address.starts_with("file:") || address.contains('\0') {
            return Err(ConnectError::Address);
        } else {
            SqliteConnectOptions::new().filename(address)
        };
        let options = options
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .synchronous(SqliteSynchronous::Full);
        prepare(&options, absent).await?;
        // A connection that is opened later finds the file, or fails: an empty one would look like a
        // service without accounts.
        let options = options.create_if_missing(false);
        let writer = Self::pool_options()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(connect_error)?;
        let reader = Self::pool_options()
            .max_connections(READERS)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self {
            writer,
            reader,
            opened: Arc::default(),
        })
    }

    async fn remember(&self, place: Place) -> Result<Opened, ConnectError> {
        let options = self.writer.connect_options();
        match place {
            Place::Memory => Ok(Opened::Memory(lasting((*options).clone()).await?)),
            Place::File(path) => Ok(Opened::File(Box::new(OpenedFile::find(&options, &path)?))),
        }
    }
}

/// The answer to an address without a database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Create,
    Refuse,
}

/// Finds or makes the file, and turns it to WAL.
async fn prepare(options: &SqliteConnectOptions, absent: Absent) -> Result<(), ConnectError> {
    let path = options.get_filename();
    match absent {
        Absent::Create => create_private(path),
        Absent::Refuse if !holds_bytes(path) => return Err(ConnectError::Missing),
        Absent::Refuse => {}
    }
    let options = options.clone().create_if_missing(absent == Absent::Create);
    let mut connection = options.connect().await.map_err(connect_error)?;
    if absent == Absent::Refuse {
        let is_there = schema::is_there(&mut connection).await;
        if !is_there.map_err(connect_error)? {
            return Err(ConnectError::Missing);
        }
    }
    write_ahead(&mut connection).await.map_err(connect_error)?;
    connection.close().await.map_err(connect_error)
}

/// One connection that is never retired.
async fn lasting(options: SqliteConnectOptions) -> Result<SqlitePool, ConnectError> {
    pool::options()
        .min_connections(1)
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(connect_error)
}

fn in_memory(address: &str) -> bool {
    matches!(
        address,
        ":memory:" | "sqlite::memory:" | "sqlite://:memory:"
    )
}

/// The driver's own error would repeat the address.
fn options(address: &str) -> Result<SqliteConnectOptions, ConnectError> {
    SqliteConnectOptions::from_str(address).map_err(|_| ConnectError::Address)
}

/// Makes the file before SQLite does, since it holds password hashes and SQLite asks for the default
/// rights. Its journal takes over the rights of the file. Whatever goes wrong here, opening reports.
fn create_private(path: &Path) {
    let mut file = fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    drop(file.open(path));
}

/// Whether there is a file with something in it. Opening reports any other error.
fn holds_bytes(path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(file) => file.len() > 0,
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::SqliteStore;
    use sqlx::query_scalar;

    #[test]
    fn a_commit_reaches_the_disk_first() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("slotwerk.db");
            let store = SqliteStore::connect(path.to_str().unwrap()).await.unwrap();
            let journal: String = query_scalar("PRAGMA journal_mode")
                .fetch_one(&store.writer)
                .await
                .unwrap();
            assert_eq!(journal, "wal");
            let synchronous: i64 = query_scalar("PRAGMA synchronous")
                .fetch_one(&store.writer)
                .await
                .unwrap();
            assert_eq!(synchronous, 2, "FULL");
        });
    }

    #[test]
    fn readers_cannot_write() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("slotwerk.db");
            let store = SqliteStore::connect(path.to_str().unwrap()).await.unwrap();
            let delete = sqlx::query("DELETE FROM slotwerk_audit");
            assert!(delete.execute(&store.reader).await.is_err());
        });
    }
}
