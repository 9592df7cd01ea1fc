//! Commands inside a transaction of the host.

use crate::SqlStore;
use crate::connection::{Conn, Held, Tx};
use crate::dialect::Dialect;
use slotwerk_store::{ErrorKind, Result, StoreError};
use sqlx::{Acquire, Database, Transaction};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// A host's transaction, and a store whose commands are part of it.
///
/// See [`SqlStore::within`].
pub struct Within<DB: Database> {
    shared: Shared,
    store: SqlStore,
    database: PhantomData<fn() -> DB>,
}

impl<DB: Database> fmt::Debug for Within<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Within").finish_non_exhaustive()
    }
}

impl<DB: HostDatabase> Within<DB> {
    pub(crate) fn begin(transaction: Transaction<'static, DB>) -> Self {
        let shared = Shared(Arc::new(Mutex::new(Some(DB::wrap(transaction)))));
        Self {
            store: SqlStore::on_host(DB::DIALECT, shared.clone()),
            shared,
            database: PhantomData,
        }
    }

    /// The store whose commands run inside the transaction.
    #[must_use]
    pub fn store(&self) -> SqlStore {
        self.store.clone()
    }

    /// Gives the transaction back, for the host to commit or roll back. Later commands of
    /// [`store`](Self::store) are faults.
    ///
    /// Waits for a command under way.
    pub async fn into_transaction(self) -> Option<Transaction<'static, DB>> {
        self.shared.0.lock().await.take().and_then(DB::unwrap)
    }
}

/// A host's transaction that several handles share.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Option<HostTransaction>>>);

impl Shared {
    pub(crate) async fn hold(&self) -> Result<Held> {
        let guard = Arc::clone(&self.0).lock_owned().await;
        let held = OwnedMutexGuard::try_map(guard, Option::as_mut);
        held.map(|host| Held::Host(Box::new(host)))
            .map_err(|_| StoreError::with_source(ErrorKind::Unavailable, TransactionEnded))
    }
}

/// The host has taken its transaction back.
#[derive(Debug, thiserror::Error)]
#[error("the host has ended the transaction of this store")]
struct TransactionEnded;

/// A transaction that a host has begun.
pub enum HostTransaction {
    #[cfg(feature = "sqlite")]
    #[doc(hidden)]
    Sqlite(Transaction<'static, sqlx::Sqlite>),
    #[cfg(feature = "postgres")]
    #[doc(hidden)]
    Postgres(Transaction<'static, sqlx::Postgres>),
    #[cfg(feature = "mysql")]
    #[doc(hidden)]
    Mysql(Transaction<'static, sqlx::MySql>),
}

impl HostTransaction {
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

    pub(crate) async fn savepoint(&mut self) -> std::result::Result<Tx<'_>, sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.begin().await.map(Tx::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => tx.begin().await.map(Tx::Postgres),
            #[cfg(feature = "mysql")]
            Self::Mysql(tx) => tx.begin().await.map(Tx::Mysql),
        }
    }
}

/// A database whose transactions [`SqlStore::within`] accepts.
pub trait HostDatabase: Database + sealed::Sealed {
    #[doc(hidden)]
    const DIALECT: Dialect;
    #[doc(hidden)]
    fn wrap(transaction: Transaction<'static, Self>) -> HostTransaction
    where
        Self: Sized;
    #[doc(hidden)]
    fn unwrap(transaction: HostTransaction) -> Option<Transaction<'static, Self>>
    where
        Self: Sized;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! host_database {
    ($feature:literal, $database:ty, $variant:ident) => {
        #[cfg(feature = $feature)]
        impl sealed::Sealed for $database {}

        #[cfg(feature = $feature)]
        impl HostDatabase for $database {
            const DIALECT: Dialect = Dialect::$variant;

            fn wrap(transaction: Transaction<'static, Self>) -> HostTransaction {
                HostTransaction::$variant(transaction)
            }

            #[allow(unreachable_patterns)] // with one feature only
            fn unwrap(transaction: HostTransaction) -> Option<Transaction<'static, Self>> {
                match transaction {
                    HostTransaction::$variant(transaction) => Some(transaction),
                    _ => None,
                }
            }
        }
    };
}

host_database!("sqlite", sqlx::Sqlite, Sqlite);
host_database!("postgres", sqlx::Postgres, Postgres);
host_database!("mysql", sqlx::MySql, Mysql);
