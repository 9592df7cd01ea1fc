//! Tests of every statement on every database: it can be prepared, and it goes along an index.
//!
//! The arguments come from the conformance suite: each statement is explained with those of its first run. The tests on
//! servers need `SLOTWERK_POSTGRES_URL` and `SLOTWERK_MARIADB_URL`, and fail without them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub(crate) mod recorded;
mod rows;
mod sources;
mod step;

use crate::commands;
use crate::connection::Conn;
use crate::statement::{Removed, Statement, sql};
use crate::{Dialect, SqlStore};
use recorded::Recorded;
use slotwerk_store::{LeaseJobs, Store};
use slotwerk_testkit::conformance::{self, Nodes, block_on};
use sqlx::{AssertSqlSafe, Connection, Executor, SqlSafeStr};
use std::error::Error;
use std::sync::Arc;
use step::Step;
use tokio::sync::OnceCell;

/// The file whose statements change every row, after a restore.
const CHANGES_ALL: &str = "restored.rs";

/// The statements of a lease: a crowd of jobs must not make it slow, so that they sort nothing either.
const SORTS_NOTHING: [(&str, &str); 5] = [
    ("outbox.rs", "TIMES"),
    ("outbox.rs", "CORRECT"),
    ("outbox.rs", "READY_TENANTS"),
    ("outbox.rs", "NEXT"),
    ("outbox.rs", "BACKLOG"),
];

/// The statements of the commands, with arguments. Runs the conformance suite once.
async fn statements() -> Vec<Recorded> {
    static RUN: OnceCell<()> = OnceCell::const_new();
    RUN.get_or_init(|| async {
        run_housekeeping().await;
        let open = || async {
            let store = SqlStore::connect(":memory:").await.unwrap();
            Nodes::one(Arc::new(store))
        };
        conformance::run(open).await.into_result().unwrap();
    })
    .await;
    let of_commands = |recorded: &Recorded| recorded.statement.at.file().contains("/commands/");
    recorded::recorded()
        .into_iter()
        .filter(of_commands)
        .collect()
}

/// Runs first what the suite leaves out, and what it begins with unusual times, for which an index is of no use.
async fn run_housekeeping() {
    let store = SqlStore::connect(":memory:").await.unwrap();
    store.purge(rows::NOW, 100).await.unwrap();
    for after in [None, Some("noord".to_owned())] {
        let lease = LeaseJobs {
            now: rows::NOW,
            lease_until: rows::NOW + 60,
            limit: 10,
            after,
            skip: Vec::new(),
        };
        store.lease_jobs(&lease).await.unwrap();
    }
    let _ = store.end_everything().await.unwrap();
}

#[test]
fn suite_runs_every_statement() {
    block_on(async {
        let recorded = statements().await;
        let declared = sources::declared();
        assert!(declared.len() > 80, "{} declarations found", declared.len());
        for declared in &declared {
            let runs = recorded
                .iter()
                .filter(|run| declared.holds(run.statement.at));
            assert_eq!(runs.count(), declared.statements, "ran of {declared:?}");
        }
    });
}

#[test]
fn every_statement_is_listed() {
    for declared in sources::declared() {
        let listed = commands::statements().filter(|listed| declared.holds(listed.at));
        assert_eq!(
            listed.count(),
            declared.statements,
            "listed of {declared:?}"
        );
    }
}

/// A transaction that prepares a statement on a cluster may be lost without an error.
#[test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
fn galera_transactions_prepare_nothing() {
    block_on(async {
        let address = server("SLOTWERK_GALERA_URLS", "ahead").await;
        for when in ["before the migration", "after it"] {
            let store = SqlStore::connect(&address).await.unwrap();
            let mut held = store.write().await.unwrap();
            let Conn::Mysql(connection) = held.connection() else {
                panic!("not a cluster")
            };
            let kept = connection.cached_statements_size();
            for statement in commands::statements() {
                let text = statement.text(Dialect::Mysql).into_sql_str();
                (&mut *connection).prepare(text).await.unwrap();
            }
            let now = connection.cached_statements_size();
            assert_eq!(kept, now, "statements on a connection opened {when}");
        }
    });
}

#[test]
fn sqlite_goes_along_indices() {
    block_on(every_plan_is_indexed(":memory:", rows::ROWS));
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_goes_along_indices() {
    block_on(async {
        let address = server("SLOTWERK_POSTGRES_URL", "plans").await;
        every_plan_is_indexed(&address, rows::ROWS).await;
    });
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_goes_along_indices() {
    block_on(async {
        let address = server("SLOTWERK_MARIADB_URL", "plans").await;
        every_plan_is_indexed(&address, rows::ROWS).await;
    });
}

async fn every_plan_is_indexed(address: &str, rows: u64) {
    let store = SqlStore::connect(address).await.unwrap();
    let dialect = store.dialect();
    let statements = statements().await;
    let mut held = store.write().await.unwrap();
    for statement in rows::statements(dialect, 0, rows) {
        run(&mut held.connection(), statement).await;
    }
    let explain = match dialect {
        Dialect::Sqlite => "EXPLAIN QUERY PLAN",
        _ => "EXPLAIN",
    };
    let mut wrong = Vec::new();
    for recorded in statements {
        let explained = recorded.statement.explained(explain, dialect);
        let plan: Vec<Step> = recorded
            .bound_to(explained)
            .all(&mut held.connection())
            .await
            .unwrap_or_else(|fault| panic!("{}: {:?}", recorded.statement.at, fault.source()));
        let sorts = sources::is_one_of(recorded.statement.at, &SORTS_NOTHING)
            && plan.iter().any(|step| step.sorts);
        let changes_all = recorded.statement.at.file().ends_with(CHANGES_ALL);
        let scans = !changes_all && step::scans(&plan);
        if scans || sorts {
            let plan: Vec<String> = plan.into_iter().map(|step| step.text).collect();
            wrong.push(format!(
                "{}\n    {}",
                recorded.statement.at,
                plan.join("\n    ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "not along an index:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn sqlite_prepares_every_statement() {
    block_on(every_statement_is_prepared(":memory:"));
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_prepares_every_statement() {
    block_on(async {
        let address = server("SLOTWERK_POSTGRES_URL", "prepares").await;
        every_statement_is_prepared(&address).await;
    });
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_prepares_every_statement() {
    block_on(async {
        let address = server("SLOTWERK_MARIADB_URL", "prepares").await;
        every_statement_is_prepared(&address).await;
    });
}

/// MySQL takes the clause for a comment, and returns nothing of the row.
#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_returns_removed_rows() {
    static RETURNING: Statement =
        Statement::new("DELETE FROM slotwerk_outbox WHERE tenant = $1 /*M! RETURNING ready_at */");
    static SILENT: Statement = Statement::new("DELETE FROM slotwerk_outbox WHERE tenant = $1");
    block_on(async {
        let address = server("SLOTWERK_MARIADB_URL", "removes").await;
        let store = SqlStore::connect(&address).await.unwrap();
        let mut held = store.write().await.unwrap();
        let mut conn = held.connection();
        for (statement, expected) in [(&RETURNING, Removed::Row(7)), (&SILENT, Removed::Unseen)] {
            let Conn::Mysql(connection) = &mut conn else {
                panic!("not MariaDB")
            };
            let insert = "INSERT INTO slotwerk_outbox (id, tenant, payload, ready_at, attempt)
                          VALUES (RANDOM_BYTES(16), 'noord', 'x', 7, 0)";
            connection.execute(insert).await.unwrap();
            for expected in [expected, Removed::Nothing] {
                let removed: Removed<i64> =
                    sql(statement).id("noord").removed(&mut conn).await.unwrap();
                assert_eq!(removed, expected);
            }
        }
    });
}

async fn every_statement_is_prepared(address: &str) {
    let store = SqlStore::connect(address).await.unwrap();
    let dialect = store.dialect();
    let statements = statements().await;
    let mut held = store.write().await.unwrap();
    for recorded in statements {
        let text = recorded.statement.text(dialect).into_sql_str();
        let prepared = match held.connection() {
            Conn::Sqlite(c) => c.prepare(text).await.map(drop),
            Conn::Postgres(c) => {
                let types = recorded.postgres_types();
                c.prepare_with(text, &types).await.map(drop)
            }
            Conn::Mysql(c) => c.prepare(text).await.map(drop),
        };
        prepared.unwrap_or_else(|error| panic!("{}: {error}", recorded.statement.at));
    }
}

/// A new database on the server that the environment names.
async fn server(variable: &str, name: &str) -> String {
    let addresses = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} must name a server for this test"));
    let address = addresses.split(',').next().unwrap();
    let (server, _) = address.rsplit_once('/').unwrap();
    let name = format!("slotwerk_{name}");
    let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"));
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    if address.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
        connection.execute(drop).await.unwrap();
        connection.execute(create).await.unwrap();
    } else {
        let mut connection = sqlx::MySqlConnection::connect(address).await.unwrap();
        connection.execute(drop).await.unwrap();
        connection.execute(create).await.unwrap();
    }
    format!("{server}/{name}")
}

async fn run(conn: &mut Conn<'_>, statement: String) {
    let text = AssertSqlSafe(statement);
    let done = match conn {
        Conn::Sqlite(c) => c.execute(text).await.map(drop),
        Conn::Postgres(c) => c.execute(text).await.map(drop),
        Conn::Mysql(c) => c.execute(text).await.map(drop),
    };
    done.unwrap();
}
