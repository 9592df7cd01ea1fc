//! Connections to any of the databases, and the transactions on them.

use crate::dialect::Dialect;
use crate::error::{commit_fault, fault};
use crate::within::HostTransaction;
use slotwerk_store::Result;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Transaction};
use tokio::sync::OwnedMappedMutexGuard;

/// A connection, as a command uses it.
pub(crate) enum Conn<'c> {
    #[cfg(feature = "sqlite")]
    Sqlite(&'c mut sqlx::SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(&'c mut sqlx::PgConnection),
    #[cfg(feature = "mysql")]
    Mysql(&'c mut sqlx::MySqlConnection),
}

impl Conn<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => Dialect::Mysql,
        }
    }
}

/// A row of a driver.
pub(crate) enum Row {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgRow),
    #[cfg(feature = "mysql")]
    Mysql(sqlx::mysql::MySqlRow),
}

/// A connection that a command holds: from a pool, or inside a host's transaction.
pub(crate) enum Held {
    #[cfg(feature = "sqlite")]
    Sqlite(PoolConnection<sqlx::Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(PoolConnection<sqlx::Postgres>),
    #[cfg(feature = "mysql")]
    Mysql(PoolConnection<sqlx::MySql>),
    Host(Box<OwnedMappedMutexGuard<Option<HostTransaction>, HostTransaction>>),
}

/// The purpose of a transaction.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Changes rows. Each statement sees what was committed before it.
    Change,
    /// Reads several statements of one moment.
    Snapshot,
}

impl Held {
    pub(crate) fn connection(&mut self) -> Conn<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(c) => Conn::Sqlite(c),
            #[cfg(feature = "postgres")]
            Self::Postgres(c) => Conn::Postgres(c),
            #[cfg(feature = "mysql")]
            Self::Mysql(c) => Conn::Mysql(c),
            Self::Host(host) => host.connection(),
        }
    }

    /// Begins a transaction. Within the transaction of a host it is a savepoint.
    pub(crate) async fn begin(&mut self, purpose: Purpose) -> Result<Tx<'_>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(c) => crate::sqlite::begin(c, purpose).await.map(Tx::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(c) => crate::postgres::begin(c, purpose).await.map(Tx::Postgres),
            #[cfg(feature = "mysql")]
            Self::Mysql(c) => crate::mysql::begin(c, purpose).await.map(Tx::Mysql),
            Self::Host(host) => host.savepoint().await.map_err(fault),
        }
    }

    /// Whether a command that has changed nothing may be repeated. A host repeats its own transaction.
    pub(crate) fn may_repeat(&self) -> bool {
        match self {
            // SQLite waits for its lock, and gives no transaction up for another.
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => true,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => true,
            Self::Host(_) => false,
        }
    }

    /// Gives the connection back. Closes it if the command failed and left it in doubt.
    pub(crate) async fn settle<T>(self, outcome: Result<T>) -> Result<T> {
        if outcome.is_ok() {
            return outcome;
        }
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(mut c) => {
                if !crate::sqlite::pool::is_sound(&mut c).await {
                    drop(c.close().await);
                }
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(mut c) => {
                if c.is_in_transaction() || c.ping().await.is_err() {
                    drop(c.close().await);
                }
            }
            #[cfg(feature = "mysql")]
            Self::Mysql(mut c) => {
                if c.is_in_transaction() || c.ping().await.is_err() {
                    drop(c.close().await);
                }
            }
            Self::Host(_) => {}
        }
        outcome
    }
}

/// An open transaction.
pub(crate) enum Tx<'c> {
    #[cfg(feature = "sqlite")]
    Sqlite(Transaction<'c, sqlx::Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(Transaction<'c, sqlx::Postgres>),
    #[cfg(feature = "mysql")]
    Mysql(Transaction<'c, sqlx::MySql>),
}

/// The end of a transition: its outcome, and whether its writes stay.
pub(crate) enum End<T> {
    /// Every guard held.
    Commit(T),
    /// A guard did not hold: earlier writes are undone.
    Rollback(T),
}

impl Tx<'_> {
    pub(crate) fn connection(&mut self) -> Conn<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => Conn::Sqlite(tx),
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => Conn::Postgres(tx),
            #[cfg(feature = "mysql")]
            Self::Mysql(tx) => Conn::Mysql(tx),
        }
    }

    /// Ends a transition and returns its outcome, once the database has answered.
    ///
    /// Dropping the transaction would undo it as well, but some time later: the lock would still be held
    /// when the caller has its fault.
    pub(crate) async fn finish<T>(self, end: Result<End<T>>) -> Result<T> {
        match end {
            Ok(End::Commit(outcome)) => {
                self.commit().await.map_err(commit_fault)?;
                Ok(outcome)
            }
            Ok(End::Rollback(outcome)) => {
                self.rollback().await.map_err(fault)?;
                Ok(outcome)
            }
            Err(first) => {
                // The first error says more than a rollback that fails after it.
                drop(self.rollback().await);
                Err(first)
            }
        }
    }

    async fn commit(self) -> std::result::Result<(), sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.commit().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => tx.commit().await,
            #[cfg(feature = "mysql")]
            Self::Mysql(tx) => tx.commit().await,
        }
    }

    async fn rollback(self) -> std::result::Result<(), sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.rollback().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => tx.rollback().await,
            #[cfg(feature = "mysql")]
            Self::Mysql(tx) => tx.rollback().await,
        }
    }
}
