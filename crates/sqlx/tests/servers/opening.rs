//! Opening a database on a server: settings that are rejected, schemas, clocks, lost connections.

use crate::server::{Server, run};
use slotwerk_sqlx::{ConnectError, SqlStore, schema_sql};
use slotwerk_store::{AccountKey, ErrorKind, Store};
use slotwerk_testkit::conformance::block_on;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
use std::error::Error;
use std::time::{Duration, SystemTime};

const SERVERS: [Server; 2] = [Server::Postgres, Server::Mariadb];

fn ann() -> AccountKey {
    AccountKey::new("noord", "ann").unwrap()
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL and SLOTWERK_MARIADB_URL"]
fn empty_database_is_missing() {
    block_on(async {
        for server in SERVERS {
            let address = &server.database("missing").await[0];
            let answer = SqlStore::connect_existing(address).await;
            assert!(
                matches!(answer, Err(ConnectError::Missing)),
                "{server:?}: {answer:?}"
            );
            drop(SqlStore::connect(address).await.unwrap());
            assert!(SqlStore::connect_existing(address).await.is_ok());
        }
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL and SLOTWERK_MARIADB_URL"]
fn nodes_that_start_together_migrate_once() {
    block_on(async {
        for server in SERVERS {
            let address = &server.database("together").await[0];
            let connect = || SqlStore::connect(address);
            let (a, b, c) = tokio::join!(connect(), connect(), connect());
            for store in [a.unwrap(), b.unwrap(), c.unwrap()] {
                assert_eq!(store.credential(&ann()).await.unwrap().epoch, 0);
            }
        }
    });
}

/// Of the printed script, and of the same script once more where the server commits each statement of it.
#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL and SLOTWERK_MARIADB_URL"]
fn printed_schema_is_accepted() {
    block_on(async {
        for server in SERVERS {
            let address = &server.database("printed").await[0];
            let dialect = SqlStore::connect(&server.database("printed_other").await[0])
                .await
                .unwrap()
                .dialect();
            let script = schema_sql(dialect, 0);
            if let Server::Mariadb = server {
                let (tables, _) = script.split_once("INSERT INTO slotwerk_schema").unwrap();
                run(server, address, tables).await;
            }
            run(server, address, &script).await;
            let store = SqlStore::connect_existing(address).await.unwrap();
            assert_eq!(store.credential(&ann()).await.unwrap().epoch, 0);
        }
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL and SLOTWERK_MARIADB_URL"]
fn newer_schema_is_rejected() {
    block_on(async {
        for server in SERVERS {
            let address = &server.database("newer").await[0];
            drop(SqlStore::connect(address).await.unwrap());
            let newer = "INSERT INTO slotwerk_schema (version, oldest) VALUES (99, 99)";
            run(server, address, newer).await;
            let answer = SqlStore::connect(address).await;
            let is_newer = matches!(answer, Err(ConnectError::NewerSchema { found: 99, .. }));
            assert!(is_newer, "{server:?}: {answer:?}");
            run(
                server,
                address,
                "UPDATE slotwerk_schema SET oldest = 10 WHERE version = 99",
            )
            .await;
            assert!(
                SqlStore::connect(address).await.is_ok(),
                "an added column is compatible"
            );
        }
    });
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn weak_session_is_rejected() {
    block_on(async {
        let address = &Server::Mariadb.database("weak").await[0];
        let pool = sqlx::MySqlPool::connect(address).await.unwrap();
        let answer = SqlStore::from_pool(pool).migrate().await;
        let Err(ConnectError::Setting { setting, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(
            setting, "transaction_isolation",
            "the server's default is weaker"
        );
        let pool = SqlStore::mysql_pool_options()
            .connect(address)
            .await
            .unwrap();
        SqlStore::from_pool(pool).migrate().await.unwrap();
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn weak_commit_is_rejected() {
    block_on(async {
        let address = &Server::Postgres.database("weak").await[0];
        let weak = format!("{address}?options=-csynchronous_commit%3Doff");
        let pool = sqlx::PgPool::connect(&weak).await.unwrap();
        let answer = SqlStore::from_pool(pool).migrate().await;
        let Err(ConnectError::Setting { setting, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(setting, "synchronous_commit");
        let pool = SqlStore::postgres_pool_options()
            .connect(&weak)
            .await
            .unwrap();
        SqlStore::from_pool(pool).migrate().await.unwrap();
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL and SLOTWERK_MARIADB_URL"]
fn clock_beyond_a_minute_is_not_ready() {
    block_on(async {
        for server in SERVERS {
            let (store, _, _) = server.stores("clock").await;
            let now = SystemTime::now();
            store.check_ready(now).await.unwrap();
            for near in [now + Duration::from_secs(50), now - Duration::from_secs(50)] {
                store.check_ready(near).await.unwrap();
            }
            for far in [now + Duration::from_secs(70), now - Duration::from_secs(70)] {
                let fault = store.check_ready(far).await.unwrap_err();
                assert_eq!(fault.kind(), ErrorKind::Unavailable);
                let cause = fault.source().unwrap().to_string();
                assert!(cause.contains("ahead of the database server's"), "{cause}");
            }
        }
    });
}

/// A restart of the database leaves a pool of broken connections. No command may fail for that.
#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL and SLOTWERK_MARIADB_URL"]
fn broken_connections_are_replaced_unseen() {
    block_on(async {
        for server in SERVERS {
            let (store, _, address) = server.stores("broken").await;
            for round in 0..5 {
                let commands = (0..8).map(|n| {
                    let store = store.clone();
                    let account = AccountKey::new("noord", format!("{round}-{n}")).unwrap();
                    tokio::spawn(async move { store.credential(&account).await.map(|_| ()) })
                });
                for command in commands.collect::<Vec<_>>() {
                    command.await.unwrap().unwrap();
                }
                end_sessions(server, &address).await;
                store.purge(1, 10).await.unwrap();
                assert_eq!(store.credential(&ann()).await.unwrap().epoch, 0);
            }
        }
    });
}

/// Ends every other connection to the database.
async fn end_sessions(server: Server, address: &str) {
    let (_, database) = address.rsplit_once('/').unwrap();
    if let Server::Postgres = server {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut admin = PgConnection::connect(address).await.unwrap();
        sqlx::query(kill).execute(&mut admin).await.unwrap();
    } else {
        let mut admin = MySqlConnection::connect(address).await.unwrap();
        let others = "SELECT CAST(id AS SIGNED) FROM information_schema.processlist
                       WHERE db = ? AND id <> connection_id()";
        let others: Vec<i64> = sqlx::query_scalar(others)
            .bind(database)
            .fetch_all(&mut admin)
            .await
            .unwrap();
        for id in others {
            // One that has just ended by itself is no fault.
            let kill = sqlx::raw_sql(AssertSqlSafe(format!("KILL {id}")));
            drop(kill.execute(&mut admin).await);
        }
    }
}
