//! Asks whether the database of a service can be used.

use crate::SqlStore;
use crate::error::ConnectError;
use std::fmt;
use std::time::Duration;

/// How long the probe waits for its connection to a server.
#[cfg(any(feature = "postgres", feature = "mysql"))]
const WAIT: Duration = Duration::from_secs(1);

/// Asks whether the database can be used, for a watch over it. Cheap to clone.
///
/// It asks a server over one connection that nothing else uses, so that busy requests do not look like a database that
/// is away. For SQLite the probe looks whether the file is the one that was opened.
#[derive(Clone)]
pub struct Probe(Asked);

#[derive(Clone)]
enum Asked {
    #[cfg(feature = "sqlite")]
    File(SqlStore),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
    #[cfg(feature = "mysql")]
    Mysql(sqlx::MySqlPool),
}

/// Why the database cannot be used now. Fit for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The file is not the one that was opened.
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    #[error(transparent)]
    File(#[from] crate::FileChanged),
    /// The server does not answer.
    #[error("no answer")]
    NoAnswer,
}

impl Probe {
    pub(crate) fn new(address: &str, store: &SqlStore) -> Result<Self, ConnectError> {
        match store.dialect() {
            #[cfg(feature = "sqlite")]
            crate::Dialect::Sqlite => Ok(Self(Asked::File(store.clone()))),
            #[cfg(feature = "postgres")]
            crate::Dialect::Postgres => {
                let pool = sqlx::postgres::PgPoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(WAIT);
                let pool = pool.connect_lazy_with(crate::postgres::options(address)?);
                Ok(Self(Asked::Postgres(pool)))
            }
            #[cfg(feature = "mysql")]
            crate::Dialect::Mysql => {
                let pool = sqlx::mysql::MySqlPoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(WAIT);
                let pool = pool.connect_lazy_with(crate::mysql::options(address)?);
                Ok(Self(Asked::Mysql(pool)))
            }
            #[allow(unreachable_patterns)]
            _ => Err(ConnectError::Address),
        }
    }

    /// Asks once. A server may take long to answer: give it a limit of time.
    ///
    /// # Errors
    ///
    /// [`ProbeError`].
    pub async fn ask(&self) -> Result<(), ProbeError> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Asked::File(store) => Ok(store.check_file().await?),
            #[cfg(feature = "postgres")]
            Asked::Postgres(pool) => answered(sqlx::query("SELECT 1").execute(pool).await),
            #[cfg(feature = "mysql")]
            Asked::Mysql(pool) => answered(sqlx::query("SELECT 1").execute(pool).await),
        }
    }

    /// Whether a question costs no more than a look at a file, so that each request may ask.
    #[must_use]
    pub fn is_cheap(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Asked::File(_) => true,
            #[cfg(feature = "postgres")]
            Asked::Postgres(_) => false,
            #[cfg(feature = "mysql")]
            Asked::Mysql(_) => false,
        }
    }
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn answered<T>(answer: Result<T, sqlx::Error>) -> Result<(), ProbeError> {
    answer.map(drop).map_err(|_| ProbeError::NoAnswer)
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").finish_non_exhaustive()
    }
}
