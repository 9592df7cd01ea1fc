//! Charges that wait for a row: the order of their locks, and an answer that is lost.

use crate::server::Server;
use slotwerk_store::{
    AttemptKey, BudgetCharge, BudgetCharges, ChargeAttempts, Charged, ErrorKind, OnDenial, Result,
    Store,
};
use slotwerk_testkit::conformance::block_on;
use slotwerk_throttle::Budget;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
use std::time::Duration;
use tokio::task::JoinHandle;

const NOW_MS: u64 = 1_700_000_000_000;

fn key(n: u8) -> AttemptKey {
    AttemptKey::durable([n; 32])
}

fn charge(keys: &[u8]) -> ChargeAttempts {
    let budget = Budget::new(5, Duration::from_secs(60)).unwrap();
    let charge = |n: &u8| BudgetCharge {
        key: key(*n),
        allowance: budget.into(),
    };
    ChargeAttempts {
        charges: BudgetCharges::new(keys.iter().map(charge).collect()).unwrap(),
        on_denial: OnDenial::Stop,
        now_ms: NOW_MS,
    }
}

/// A session past the store.
enum Session {
    Postgres(PgConnection),
    Mysql(MySqlConnection),
}

impl Session {
    async fn connect(server: Server, address: &str) -> Self {
        if let Server::Postgres = server {
            Self::Postgres(PgConnection::connect(address).await.unwrap())
        } else {
            Self::Mysql(MySqlConnection::connect(address).await.unwrap())
        }
    }

    /// A session with a transaction open.
    async fn begin(server: Server, address: &str) -> Self {
        let mut session = Self::connect(server, address).await;
        assert!(session.run("BEGIN".to_owned()).await);
        session
    }

    /// Whether the statement succeeds.
    async fn run(&mut self, sql: String) -> bool {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Self::Postgres(connection) => sql.execute(connection).await.is_ok(),
            Self::Mysql(connection) => sql.execute(connection).await.is_ok(),
        }
    }

    /// Locks the row of a budget. Whether it was free.
    async fn locks(&mut self, n: u8) -> bool {
        let key = format!("{n:02x}").repeat(32);
        let key = match self {
            Self::Postgres(_) => format!("'\\x{key}'"),
            Self::Mysql(_) => format!("x'{key}'"),
        };
        let lock = "SELECT failures FROM slotwerk_attempts WHERE budget_key =";
        self.run(format!("{lock} {key} FOR UPDATE NOWAIT")).await
    }

    /// The sessions that write a budget, once there are some. Outside of any transaction, since PostgreSQL shows the same
    /// sessions until it ends.
    async fn writing(&mut self, charge: &JoinHandle<Result<Vec<Charged>>>) -> Vec<i64> {
        const POSTGRES: &str = "SELECT CAST(pid AS BIGINT) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'";
        const MYSQL: &str = "SELECT CAST(id AS SIGNED) FROM information_schema.processlist
             WHERE db = DATABASE() AND info LIKE '%UPDATE slotwerk_attempts%'
               AND id <> CONNECTION_ID()";
        loop {
            let found: Vec<i64> = match self {
                Self::Postgres(c) => sqlx::query_scalar(POSTGRES).fetch_all(c).await.unwrap(),
                Self::Mysql(c) => sqlx::query_scalar(MYSQL).fetch_all(c).await.unwrap(),
            };
            if !found.is_empty() {
                return found;
            }
            assert!(!charge.is_finished(), "it did not wait");
        }
    }

    async fn end(&mut self, session: i64) {
        let end = match self {
            Self::Postgres(_) => format!("SELECT pg_terminate_backend({session})"),
            Self::Mysql(_) => format!("KILL {session}"),
        };
        assert!(self.run(end).await);
    }

    async fn roll_back(mut self) {
        assert!(self.run("ROLLBACK".to_owned()).await);
    }
}

/// Whether nobody has locked the row of a budget.
async fn is_free(server: Server, address: &str, n: u8) -> bool {
    let mut session = Session::begin(server, address).await;
    let is_free = session.locks(n).await;
    session.roll_back().await;
    is_free
}

fn locks_follow_the_keys(server: Server) {
    block_on(async {
        let (store, _, address) = server.stores("charging").await;
        // The rows lie in another order than their keys.
        for n in [3, 1, 2] {
            store.charge_attempts(&charge(&[n])).await.unwrap();
        }
        let mut holder = Session::begin(server, &address).await;
        assert!(holder.locks(2).await);
        let waiting = {
            let store = store.clone();
            tokio::spawn(async move { store.charge_attempts(&charge(&[3, 2, 1])).await })
        };
        while is_free(server, &address, 1).await {
            assert!(!waiting.is_finished(), "it locks the first row");
        }
        assert!(
            is_free(server, &address, 3).await,
            "it waits for the second"
        );
        holder.roll_back().await;
        let _ = waiting.await.unwrap().unwrap();
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_locks_follow_the_keys() {
    locks_follow_the_keys(Server::Postgres);
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_locks_follow_the_keys() {
    locks_follow_the_keys(Server::Mariadb);
}

/// The charge commits by itself. Its connection breaks before the answer comes.
fn lost_charge_is_in_doubt(server: Server) {
    block_on(async {
        let (store, _, address) = server.stores("lost_charge").await;
        store.charge_attempts(&charge(&[1])).await.unwrap();
        let mut holder = Session::begin(server, &address).await;
        assert!(holder.locks(1).await);
        let waiting = {
            let store = store.clone();
            tokio::spawn(async move { store.charge_attempts(&charge(&[1])).await })
        };
        let mut watcher = Session::connect(server, &address).await;
        for session in watcher.writing(&waiting).await {
            watcher.end(session).await;
        }
        let fault = waiting.await.unwrap().unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::InDoubt, "{fault:?}");
        holder.roll_back().await;
        let tally = store.budgets(&[key(1)]).await.unwrap()[0].unwrap();
        assert_eq!(tally.spent, 1, "it was not repeated");
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_lost_charge_is_in_doubt() {
    lost_charge_is_in_doubt(Server::Postgres);
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_lost_charge_is_in_doubt() {
    lost_charge_is_in_doubt(Server::Mariadb);
}
