//! Opening an SQLite database.

use crate::error::{ConnectError, connect_error};
use crate::schema;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor};
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// How long a command waits for the write lock of another process before it is a conflict.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a command waits for its turn within this process before the store is unavailable.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

const WAL: &str = "PRAGMA journal_mode = WAL";
const WAL_TRIES: u32 = 20;

/// Connections that read. One more writes.
const READERS: u32 = 4;

/// A [`Store`](slotwerk_store::Store) in an SQLite database, 3.35 or later.
///
/// Cloning is cheap: clones share their connections. Several processes on one machine may open the
/// same file; a network file system is no place for it.
#[derive(Clone)]
pub struct SqliteStore {
    /// SQLite has one writer at a time. With one connection for it, the tasks of this process queue
    /// in order instead of polling for the lock.
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
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
    /// outcome is handed out (`synchronous = FULL`): with less, a power cut could give a spent code
    /// back.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], by what the operator has to do about it.
    pub async fn connect(address: &str) -> Result<Self, ConnectError> {
        let store = if in_memory(address) {
            Self::open_memory(address).await?
        } else {
            Self::open_file(address).await?
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Uses the host's own connections; call [`migrate`](Self::migrate) before the first command.
    ///
    /// The pool's options are the host's: give it WAL, `synchronous = FULL` and a busy timeout.
    #[must_use]
    pub fn from_pool(pool: SqlitePool) -> Self {
        Self {
            reader: pool.clone(),
            writer: pool,
        }
    }

    /// Creates the tables, or brings them up to date. All their names start with `slotwerk_`.
    ///
    /// # Errors
    ///
    /// [`ConnectError::NewerSchema`] if a later version of this crate was here; others if the database
    /// refuses. Nothing has changed then.
    pub async fn migrate(&self) -> Result<(), ConnectError> {
        schema::migrate(&self.writer).await
    }

    /// Waits for the commands under way and closes every connection. Later commands are faults.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    async fn open_memory(address: &str) -> Result<Self, ConnectError> {
        let address = if address == ":memory:" {
            "sqlite::memory:"
        } else {
            address
        };
        let options = options(address)?;
        // The database goes with its last connection, so that one is never retired.
        let pool = SqlitePoolOptions::new()
            .min_connections(1)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(TURN_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(connect_error)?;
        Ok(Self::from_pool(pool))
    }

    async fn open_file(address: &str) -> Result<Self, ConnectError> {
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
        create_private(options.get_filename());
        let options = options.create_if_missing(true);
        write_ahead(&options).await.map_err(connect_error)?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(TURN_TIMEOUT)
            .connect_with(options.clone())
            .await
            .map_err(connect_error)?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(TURN_TIMEOUT)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self { writer, reader })
    }
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
    let mut file = std::fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    drop(file.open(path));
}

/// Turns a database to WAL, which it then stays in.
///
/// SQLite does not wait for the lock that this takes. So if somebody else has it, most likely another
/// node that starts, this waits by way of a transaction, which does, and looks again.
async fn write_ahead(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    for _ in 1..WAL_TRIES {
        if connection.execute(WAL).await.is_ok() {
            return connection.close().await;
        }
        connection.execute("BEGIN IMMEDIATE").await?;
        connection.execute("COMMIT").await?;
    }
    connection.execute(WAL).await?;
    connection.close().await
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
