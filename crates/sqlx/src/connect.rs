//! Opens the database of a service by its address: the store, connections for the host's own tables, and a probe.

use crate::SqlStore;
use crate::database::Absent;
use crate::error::ConnectError;
use crate::host::HostConnections;
use crate::probe::Probe;
use std::fmt;
use std::time::Duration;

/// Opens the database of a service, for a host whose own tables stand beside the store's.
///
/// ```
/// use slotwerk_sqlx::Connect;
/// use std::time::Duration;
///
/// # #[cfg(feature = "sqlite")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let directory = tempfile::tempdir()?;
/// # let address = format!("sqlite://{}", directory.path().join("service.sqlite").display());
/// # let ran_before = false;
/// // Or "postgres://…" or "mysql://…".
/// let connect = Connect::to(&address)
///     .existing(ran_before) // a database that is gone is a fault then
///     .wait_at_most(Duration::from_secs(3));
/// let database = connect.open().await?;
/// database.probe.ask().await?;
/// // Auth::builder().store(Arc::new(database.store))
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is opened until open() is called"]
pub struct Connect {
    address: String,
    existing: bool,
    wait: Option<Duration>,
    host_connections: u32,
}

/// A database that is open.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connected {
    /// The store, with its tables up to date.
    pub store: SqlStore,
    /// Connections for the host's own tables.
    pub host: HostConnections,
    /// Asks whether the database can be used.
    pub probe: Probe,
}

impl Connect {
    /// Addresses as for [`SqlStore::connect`].
    pub fn to(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            existing: false,
            wait: None,
            host_connections: 5,
        }
    }

    /// Whether the database must be there, as for [`SqlStore::connect_existing`]. Default: `false`.
    pub fn existing(mut self, existing: bool) -> Self {
        self.existing = existing;
        self
    }

    /// How long a command waits for a connection to a server. Default: ten seconds.
    pub fn wait_at_most(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// The host's own connections to a server, at most. Default: 5. On SQLite there is one.
    pub fn host_connections(mut self, most: u32) -> Self {
        self.host_connections = most;
        self
    }

    /// The database for a line to the operator: its file, or its server and its name. Without user and password.
    ///
    /// ```
    /// let connect = slotwerk_sqlx::Connect::to("postgres://me:secret@db:5432/portal?sslmode=require");
    /// assert_eq!(connect.place(), "postgres://db:5432/portal");
    /// ```
    #[must_use]
    pub fn place(&self) -> String {
        let Some((scheme, rest)) = self.server() else {
            let file = self.address.strip_prefix("sqlite:");
            let file = file.map_or(&*self.address, |file| file.trim_start_matches("//"));
            return file.split('?').next().unwrap_or_default().to_owned();
        };
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        let place = place.split('?').next().unwrap_or_default();
        format!("{scheme}://{place}")
    }

    /// Whether the database is on a server, which may be away for a while and come back.
    #[must_use]
    pub fn is_on_a_server(&self) -> bool {
        self.server().is_some()
    }

    fn server(&self) -> Option<(&str, &str)> {
        let (scheme, rest) = self.address.split_once("://")?;
        let is_server = matches!(scheme, "postgres" | "postgresql" | "mysql" | "mariadb");
        is_server.then_some((scheme, rest))
    }

    /// Opens the store and brings its tables up to date. The other connections are opened when they are needed.
    ///
    /// # Errors
    ///
    /// As for [`SqlStore::connect`] and [`SqlStore::connect_existing`].
    pub async fn open(self) -> Result<Connected, ConnectError> {
        let absent = if self.existing {
            Absent::Refuse
        } else {
            Absent::Create
        };
        let store = SqlStore::open(&self.address, absent, self.wait).await?;
        let host = HostConnections::open(&self.address, &store, self.wait, self.host_connections)?;
        // A database in memory has one connection for everybody.
        let store = if host.is_shared_with(&store) {
            store.sharing_connections()
        } else {
            store
        };
        let probe = Probe::new(&self.address, &store)?;
        Ok(Connected { store, host, probe })
    }
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect")
            .field("place", &self.place())
            .field("existing", &self.existing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Connect;

    #[test]
    fn place_has_no_password() {
        for (address, place) in [
            ("sqlite://a/b.sqlite", "a/b.sqlite"),
            ("sqlite:a.sqlite?mode=rwc", "a.sqlite"),
            ("a.sqlite", "a.sqlite"),
            (
                "postgres://me:se@c?ret@db:5432/portal?sslmode=require",
                "postgres://db:5432/portal",
            ),
            ("mysql://me:secret@db/portal", "mysql://db/portal"),
            ("mysql://db/portal", "mysql://db/portal"),
        ] {
            let connect = Connect::to(address);
            assert_eq!(connect.place(), place);
            let is_server = address.contains("db");
            assert_eq!(connect.is_on_a_server(), is_server, "{address}");
            assert!(!format!("{connect:?}").contains("ret"), "{address}");
        }
    }
}
