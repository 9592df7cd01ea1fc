//! Opening an SQLite database.

pub(crate) mod file;
pub(crate) mod pool;

use crate::connection::Purpose;
use crate::database::Absent;
use crate::error::{ConnectError, connect_error, fault};
use crate::schema::sqlite as schema;
use file::{FileChanged, OpenedFile};
use pool::{BUSY_TIMEOUT, Place, write_ahead};
use slotwerk_store::{ErrorKind, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, Transaction};
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

/// Connections that read. One more writes.
const READERS: u32 = 4;

/// An SQLite database.
#[derive(Clone)]
pub(crate) struct SqliteDatabase {
    /// SQLite has one writer at a time. With one connection for it, the tasks of this process queue
    /// in order instead of polling for the lock.
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
    opened: Arc<OnceLock<Opened>>,
}

/// The kind of database that [`SqliteDatabase::migrate`] found.
enum Opened {
    /// A database in memory goes with its last connection. This pool holds one that no command uses, so
    /// that the others may be closed.
    Memory(SqlitePool),
    File(Box<OpenedFile>),
}

impl SqliteDatabase {
    pub(crate) fn from_pool(pool: SqlitePool) -> Self {
        Self {
            reader: pool.clone(),
            writer: pool,
            opened: Arc::default(),
        }
    }

    pub(crate) async fn open(address: &str, absent: Absent) -> Result<Self, ConnectError> {
        if in_memory(address) {
            Self::open_memory(address).await
        } else {
            Self::open_file(address, absent).await
        }
    }

    pub(crate) async fn migrate(&self) -> Result<(), ConnectError> {
        self.still_there().await.map_err(ConnectError::Unusable)?;
        let place = pool::check(&self.writer).await?;
        let mut connection = take(&self.writer).await.map_err(ConnectError::Unusable)?;
        let migrated = schema::migrate(&mut connection).await;
        if migrated.is_err() && !pool::is_sound(&mut connection).await {
            drop(connection.close().await);
        }
        migrated?;
        if self.opened.get().is_none() {
            let opened = self.remember(place).await?;
            // Of two calls at once, either is right.
            drop(self.opened.set(opened));
        }
        Ok(())
    }

    pub(crate) async fn check_file(&self) -> Result<(), FileChanged> {
        match self.opened.get() {
            Some(Opened::File(file)) => file.check().await,
            Some(Opened::Memory(_)) | None => Ok(()),
        }
    }

    /// Nothing may be written to a file that has lost its name.
    async fn still_there(&self) -> slotwerk_store::Result<()> {
        let gone = |changed| StoreError::with_source(ErrorKind::Unavailable, changed);
        self.check_file().await.map_err(gone)
    }

    pub(crate) async fn read(&self) -> slotwerk_store::Result<PoolConnection<Sqlite>> {
        self.still_there().await?;
        take(&self.reader).await
    }

    pub(crate) async fn write(&self) -> slotwerk_store::Result<PoolConnection<Sqlite>> {
        self.still_there().await?;
        take(&self.writer).await
    }

    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
        if let Some(Opened::Memory(keeper)) = self.opened.get() {
            keeper.close().await;
        }
    }

    async fn open_memory(address: &str) -> Result<Self, ConnectError> {
        let address = if address == ":memory:" {
            "sqlite::memory:"
        } else {
            address
        };
        Ok(Self::from_pool(lasting(options(address)?).await?))
    }

    /// The connections of a database in memory, which goes with the last of them.
    pub(crate) fn memory(&self) -> Option<SqlitePool> {
        match self.opened.get() {
            Some(Opened::Memory(_)) => Some(self.writer.clone()),
            Some(Opened::File(_)) | None => None,
        }
    }

    async fn open_file(address: &str, absent: Absent) -> Result<Self, ConnectError> {
        let options = file_options(address)?;
        prepare(&options, absent).await?;
        // A connection that is opened later finds the file, or fails: an empty one would look like a
        // service without accounts.
        let options = options.create_if_missing(false);
        let writer = pool::own_options()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(connect_error)?;
        let reader = pool::own_options()
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

/// Takes a connection that is in no transaction.
///
/// The pool of a host need not check its connections as [`options`](pool::options) does. One that is left inside a
/// transaction would fail every later command.
async fn take(pool: &SqlitePool) -> slotwerk_store::Result<PoolConnection<Sqlite>> {
    for _ in 0..pool.options().get_max_connections() {
        let connection = pool.acquire().await.map_err(fault)?;
        if !connection.is_in_transaction() {
            return Ok(connection);
        }
        drop(connection.close().await);
    }
    pool.acquire().await.map_err(fault)
}

/// Starts a transaction. One that changes rows holds the write lock from its first moment.
///
/// A transaction that reads first and asks for the lock later can find that another one wrote in
/// between, and SQLite then rejects it without waiting.
pub(crate) async fn begin(
    connection: &mut SqliteConnection,
    purpose: Purpose,
) -> slotwerk_store::Result<Transaction<'_, Sqlite>> {
    let begun = match purpose {
        Purpose::Change => connection.begin_with("BEGIN IMMEDIATE").await,
        Purpose::Snapshot => connection.begin().await,
    };
    begun.map_err(fault)
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

/// One connection for the tables of the host. The file is there: a connection that finds none must fail.
pub(crate) fn own_connection(address: &str) -> Result<SqlitePool, ConnectError> {
    let pool = pool::options().max_connections(1).idle_timeout(None);
    let options = file_options(address)?.create_if_missing(false);
    Ok(pool.max_lifetime(None).connect_lazy_with(options))
}

fn file_options(address: &str) -> Result<SqliteConnectOptions, ConnectError> {
    let options = if address.starts_with("sqlite:") {
        options(address)?
    } else if address.is_empty() || address.starts_with("file:") || address.contains('\0') {
        return Err(ConnectError::Address);
    } else {
        SqliteConnectOptions::new().filename(address)
    };
    Ok(options
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full))
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
    use super::{Absent, SqliteDatabase};
    use sqlx::query_scalar;

    #[test]
    fn a_commit_reaches_the_disk_first() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("slotwerk.db");
            let path = path.to_str().unwrap();
            let store = SqliteDatabase::open(path, Absent::Create).await.unwrap();
            store.migrate().await.unwrap();
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
            let path = path.to_str().unwrap();
            let store = SqliteDatabase::open(path, Absent::Create).await.unwrap();
            store.migrate().await.unwrap();
            let delete = sqlx::query("DELETE FROM slotwerk_audit");
            assert!(delete.execute(&store.reader).await.is_err());
        });
    }
}
