//! Connections for the host's own tables, which stand beside the store's.

use crate::SqlStore;
use crate::error::ConnectError;
#[cfg(feature = "mysql")]
use crate::statement::with_question_marks;
use sqlx::{SqlSafeStr, SqlStr};
use std::time::Duration;

/// The host's own connections to the database of the store: of the kinds that the features of this crate name.
///
/// A host that knows its database takes the one pool. A host for several databases matches on the kind, and writes each
/// statement once: [`sql`](Self::sql) gives its text for the database.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use slotwerk_sqlx::{Connect, HostConnections};
///
/// let host = Connect::to("sqlite::memory:").open().await?.host;
/// let text = host.sql("SELECT count(*) FROM slotwerk_resets WHERE tenant = $1");
/// let links: i64 = match &host {
///     HostConnections::Sqlite(pool) => sqlx::query_scalar(text).bind("noord").fetch_one(pool).await?,
///     HostConnections::Postgres(pool) => sqlx::query_scalar(text).bind("noord").fetch_one(pool).await?,
///     HostConnections::Mysql(pool) => sqlx::query_scalar(text).bind("noord").fetch_one(pool).await?,
/// };
/// assert_eq!(links, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub enum HostConnections {
    /// SQLite: one connection. It fails if the file is gone, instead of making another one.
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    Sqlite(sqlx::SqlitePool),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
    Postgres(sqlx::PgPool),
    /// MariaDB or MySQL.
    #[cfg(feature = "mysql")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mysql")))]
    Mysql(sqlx::MySqlPool),
}

impl HostConnections {
    pub(crate) fn open(
        address: &str,
        store: &SqlStore,
        wait: Option<Duration>,
        most: u32,
    ) -> Result<Self, ConnectError> {
        match store.dialect() {
            #[cfg(feature = "sqlite")]
            crate::Dialect::Sqlite => {
                let shared = store.memory();
                let own = || crate::sqlite::own_connection(address);
                shared.map_or_else(own, Ok).map(Self::Sqlite)
            }
            #[cfg(feature = "postgres")]
            crate::Dialect::Postgres => {
                let pool = crate::postgres::host_options(wait).max_connections(most);
                let options = crate::postgres::options(address)?;
                Ok(Self::Postgres(pool.connect_lazy_with(options)))
            }
            #[cfg(feature = "mysql")]
            crate::Dialect::Mysql => {
                let pool = crate::mysql::host_options(wait).max_connections(most);
                let options = crate::mysql::options(address)?;
                Ok(Self::Mysql(pool.connect_lazy_with(options)))
            }
            #[allow(unreachable_patterns)]
            _ => Err(ConnectError::Address),
        }
    }

    /// The text of a statement for this database. Write it with `$1`, `$2` and so on, each once and in this order.
    #[must_use]
    pub fn sql(&self, text: &'static str) -> SqlStr {
        match self {
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => sqlx::AssertSqlSafe(with_question_marks(text).0).into_sql_str(),
            #[allow(unreachable_patterns)]
            _ => text.into_sql_str(),
        }
    }

    /// Whether the store uses the same connections, as it does for a database in memory.
    pub(crate) fn is_shared_with(&self, store: &SqlStore) -> bool {
        #[cfg(feature = "sqlite")]
        return matches!(self, Self::Sqlite(_)) && store.memory().is_some();
        #[cfg(not(feature = "sqlite"))]
        return false;
    }
}
