//! Databases of a test on a server: made before it, and removed by the next one of the same name.

use slotwerk_sqlx::{Dialect, SqlStore};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};
use std::fmt;

/// The tables of the store, except for the one that keeps the version.
pub(crate) const TABLES: [&str; 13] = [
    "slotwerk_outbox",
    "slotwerk_credentials",
    "slotwerk_password_history",
    "slotwerk_resets",
    "slotwerk_tickets",
    "slotwerk_pending_enrolments",
    "slotwerk_authenticators",
    "slotwerk_recovery_codes",
    "slotwerk_attempts",
    "slotwerk_audit",
    "slotwerk_audit_checkpoints",
    "slotwerk_sessions",
    "slotwerk_link_locks",
];

/// The servers that tests run on. SQLite needs none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Server {
    Sqlite,
    Postgres,
    Mariadb,
    Galera,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mariadb => "MariaDB",
            Self::Galera => "Galera",
        })
    }
}

impl Server {
    /// The addresses of its nodes, as the environment names them.
    fn addresses(self) -> Vec<String> {
        let variable = match self {
            Self::Sqlite => panic!("SQLite has no server"),
            Self::Postgres => "SLOTWERK_POSTGRES_URL",
            Self::Mariadb => "SLOTWERK_MARIADB_URL",
            Self::Galera => "SLOTWERK_GALERA_URLS",
        };
        let value = std::env::var(variable)
            .unwrap_or_else(|_| panic!("{variable} must name a server for this test"));
        value.split(',').map(str::to_owned).collect()
    }

    /// A new, empty database on the server. Returns its address on each node.
    pub(crate) async fn database(self, name: &str) -> Vec<String> {
        let addresses = self.addresses();
        let suffix = std::env::var("SLOTWERK_TEST_SUFFIX").unwrap_or_default();
        let name = format!("slotwerk_{name}{suffix}");
        let drop = format!("DROP DATABASE IF EXISTS {name}");
        let create = format!("CREATE DATABASE {name}");
        let first = addresses.first().unwrap();
        if let Self::Postgres = self {
            let mut server = PgConnection::connect(first).await.unwrap();
            let drop = format!("{drop} WITH (FORCE)");
            server.execute(AssertSqlSafe(drop)).await.unwrap();
            server.execute(AssertSqlSafe(create)).await.unwrap();
        } else {
            let mut server = MySqlConnection::connect(first).await.unwrap();
            server.execute(AssertSqlSafe(drop)).await.unwrap();
            server.execute(AssertSqlSafe(create)).await.unwrap();
        }
        let of_node = |address: &String| {
            let (server, _) = address.rsplit_once('/').unwrap();
            format!("{server}/{name}")
        };
        addresses.iter().map(of_node).collect()
    }

    /// Two stores on a new database, on different nodes if there are several.
    pub(crate) async fn stores(self, name: &str) -> (SqlStore, SqlStore, String) {
        let addresses = self.database(name).await;
        let first = SqlStore::connect(addresses.first().unwrap()).await.unwrap();
        let second = SqlStore::connect(addresses.last().unwrap()).await.unwrap();
        (first, second, addresses[0].clone())
    }
}

/// Runs a script on a database.
pub(crate) async fn run(server: Server, address: &str, sql: &str) {
    let script = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match server {
        Server::Sqlite => {
            let mut admin = SqliteConnection::connect(address).await.unwrap();
            script.execute(&mut admin).await.unwrap();
        }
        Server::Postgres => {
            let mut admin = PgConnection::connect(address).await.unwrap();
            script.execute(&mut admin).await.unwrap();
        }
        Server::Mariadb | Server::Galera => {
            let mut admin = MySqlConnection::connect(address).await.unwrap();
            script.execute(&mut admin).await.unwrap();
        }
    }
}

/// A number of the environment.
pub(crate) fn number(variable: &str, otherwise: u64) -> u64 {
    let value = std::env::var(variable);
    value.map_or(otherwise, |value| value.parse().unwrap())
}

/// A store with as many connections as a busy node has. The tables are there already.
pub(crate) async fn wide_store(address: &str) -> SqlStore {
    const CONNECTIONS: u32 = 50;
    if address.starts_with("postgres") {
        let options = SqlStore::postgres_pool_options().max_connections(CONNECTIONS);
        SqlStore::from_pool(options.connect(address).await.unwrap())
    } else if address.starts_with("mysql") {
        let options = SqlStore::mysql_pool_options().max_connections(CONNECTIONS);
        SqlStore::from_pool(options.connect(address).await.unwrap())
    } else {
        SqlStore::connect(address).await.unwrap()
    }
}

/// Deletes every row.
pub(crate) async fn empty(dialect: Dialect, address: &str) {
    let rows = TABLES.map(|table| format!("DELETE FROM {table}")).join(";");
    match dialect {
        Dialect::Postgres => {
            let mut connection = PgConnection::connect(address).await.unwrap();
            let tables = format!("TRUNCATE {}", TABLES.join(", "));
            connection.execute(AssertSqlSafe(tables)).await.unwrap();
        }
        _ => {
            let mut connection = MySqlConnection::connect(address).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(rows))
                .execute(&mut connection)
                .await
                .unwrap();
        }
    }
}
