//! Whether the database file is still the one that was opened.

use crate::error::ConnectError;
use crate::schema::sqlite as schema;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, query_scalar};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use thiserror::Error;

/// A change of the database file that a store has open.
///
/// SQLite goes on with the file that it opened, so everything written after such a change is lost when
/// the process ends. Every command fails until the file is back; restart after a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileChanged {
    /// No file has the name of the database any more.
    #[error("the database file is missing")]
    Missing,
    /// Another file has the name of the database.
    #[error("another file has taken the place of the database file")]
    Replaced,
    /// The file lost a part that the database needs.
    #[error("the database file was truncated or overwritten")]
    Truncated,
    /// The operating system does not show the file.
    #[error("the database file cannot be looked at: {0}")]
    Unreadable(ErrorKind),
}

/// A file as it was when it was opened.
///
/// It is looked at by name only. Opening it and closing it again would drop the locks that SQLite holds on
/// it, since POSIX locks belong to the process.
pub(crate) struct OpenedFile {
    path: PathBuf,
    identity: Identity,
    size: Mutex<Size>,
    options: SqliteConnectOptions,
}

#[derive(Clone, Copy)]
struct Size {
    /// The size in bytes below which the file has shrunk.
    least: u64,
    /// A size at which the database was found damaged.
    damaged: Option<u64>,
}

impl OpenedFile {
    /// The file that connections with these options open. `opened` is the path that SQLite reports.
    pub(crate) fn find(options: &SqliteConnectOptions, opened: &str) -> Result<Self, ConnectError> {
        let real = fs::metadata(opened).map_err(|_| ConnectError::Missing)?;
        // By its own name, so that a symbolic link that is turned to another file counts as replaced. A
        // host may have named the file by a URI, which is no path.
        let name = options.get_filename();
        let is_path = fs::metadata(name).is_ok_and(|named| identity(&named) == identity(&real));
        Ok(Self {
            path: (if is_path { name } else { Path::new(opened) }).to_owned(),
            identity: identity(&real),
            size: Mutex::new(Size {
                least: real.len(),
                damaged: None,
            }),
            options: options.clone().create_if_missing(false),
        })
    }

    pub(crate) async fn check(&self) -> Result<(), FileChanged> {
        let found = fs::metadata(&self.path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => FileChanged::Missing,
            kind => FileChanged::Unreadable(kind),
        })?;
        if identity(&found) != self.identity {
            return Err(FileChanged::Replaced);
        }
        self.check_size(found.len()).await
    }

    /// A database file shrinks only when it is vacuumed, which keeps it intact.
    async fn check_size(&self, found: u64) -> Result<(), FileChanged> {
        let Size { least, damaged } = *self.size();
        if found >= least {
            self.size().least = found.max(least);
            return Ok(());
        }
        // SQLite takes an empty file for a new database, and removes its journal.
        if found == 0 || damaged == Some(found) {
            return Err(FileChanged::Truncated);
        }
        let is_intact = is_intact(&self.options).await;
        let mut size = self.size();
        match is_intact {
            Some(true) => {
                size.least = found;
                return Ok(());
            }
            Some(false) => size.damaged = Some(found),
            None => {}
        }
        Err(FileChanged::Truncated)
    }

    fn size(&self) -> MutexGuard<'_, Size> {
        self.size.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks through a new connection, which has no page of the file in its cache. `None` if it cannot be
/// opened or read now.
///
/// SQLite takes the rest of a file for an empty database as well, so the tables must be there.
async fn is_intact(options: &SqliteConnectOptions) -> Option<bool> {
    let mut connection = options.connect().await.ok()?;
    let is_there = schema::is_there(&mut connection).await.ok()?;
    let verdict: String = query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut connection)
        .await
        .ok()?;
    drop(connection.close().await);
    Some(is_there && verdict == "ok")
}

/// Device, inode and time of creation, as far as the system has them. The time tells a new file from an
/// old one whose inode it got.
type Identity = (Option<(u64, u64)>, Option<SystemTime>);

fn identity(file: &Metadata) -> Identity {
    #[cfg(unix)]
    let inode = {
        use std::os::unix::fs::MetadataExt;
        Some((file.dev(), file.ino()))
    };
    #[cfg(not(unix))]
    let inode = None;
    (inode, file.created().ok())
}
