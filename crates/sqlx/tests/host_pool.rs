//! The pool of a host: settings that are refused, and those that `pool_options` brings.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_sqlx::{ConnectError, SqlStore};
use slotwerk_testkit::conformance::block_on;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::time::Duration;

fn file(directory: &tempfile::TempDir) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(directory.path().join("host.db"))
        .create_if_missing(true)
}

/// The pragma that a pool over a new database lacks.
async fn lacks(settings: impl FnOnce(SqliteConnectOptions) -> SqliteConnectOptions) -> String {
    let directory = tempfile::tempdir().unwrap();
    let options = settings(file(&directory));
    let pool = SqlitePoolOptions::new().connect_with(options).await;
    let store = SqlStore::from_pool(pool.unwrap());
    match store.migrate().await {
        Ok(()) => "nothing".to_owned(),
        Err(ConnectError::Setting {
            setting,
            needed,
            found,
        }) => {
            let error = ConnectError::Setting {
                setting,
                needed,
                found: found.clone(),
            };
            assert!(error.to_string().contains(setting), "{error}");
            format!("{}={found}", setting.trim_start_matches("PRAGMA "))
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn weak_settings_are_rejected_by_name() {
    use SqliteJournalMode::{Delete, Memory, Off, Persist, Truncate, Wal};
    block_on(async {
        assert_eq!(lacks(|options| options).await, "journal_mode=delete");
        let modes = [
            (Delete, "delete"),
            (Truncate, "truncate"),
            (Persist, "persist"),
            (Memory, "memory"),
            (Off, "off"),
        ];
        for (mode, name) in modes {
            let found = lacks(|options| options.journal_mode(mode)).await;
            assert_eq!(found, format!("journal_mode={name}"));
        }
        for (synchronous, number) in [(SqliteSynchronous::Off, 0), (SqliteSynchronous::Normal, 1)] {
            let found = lacks(|o| o.journal_mode(Wal).synchronous(synchronous)).await;
            assert_eq!(found, format!("synchronous={number}"));
        }
        let found = lacks(|o| o.journal_mode(Wal).busy_timeout(Duration::ZERO)).await;
        assert_eq!(found, "busy_timeout=0");
        let found = lacks(|o| o.journal_mode(Wal).pragma("busy_timeout", "0")).await;
        assert_eq!(found, "busy_timeout=0");
    });
}

#[test]
fn sufficient_settings_are_accepted() {
    block_on(async {
        for synchronous in [SqliteSynchronous::Full, SqliteSynchronous::Extra] {
            let found = lacks(|options| {
                let options = options.journal_mode(SqliteJournalMode::Wal);
                options
                    .synchronous(synchronous)
                    .busy_timeout(Duration::from_millis(1))
            });
            assert_eq!(found.await, "nothing");
        }
    });
}

#[test]
fn weak_pool_gets_no_tables() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let pool = SqlitePool::connect_with(file(&directory)).await.unwrap();
        let store = SqlStore::from_pool(pool.clone());
        assert!(store.migrate().await.is_err());
        let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(tables, 0);
    });
}

/// The second connection differs, as when one is set by hand.
#[test]
fn every_idle_connection_is_checked() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let pool = SqlStore::sqlite_pool_options().max_connections(3);
        let pool = pool.connect_with(file(&directory)).await.unwrap();
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(pool.acquire().await.unwrap());
        }
        sqlx::raw_sql("PRAGMA synchronous = OFF")
            .execute(&mut *held[1])
            .await
            .unwrap();
        for mut connection in held {
            connection.return_to_pool().await;
        }
        let refused = SqlStore::from_pool(pool).migrate().await.unwrap_err();
        assert!(
            matches!(
                refused,
                ConnectError::Setting {
                    setting: "PRAGMA synchronous",
                    ..
                }
            ),
            "{refused:?}"
        );
    });
}

#[test]
fn memory_needs_no_settings() {
    block_on(async {
        for url in ["sqlite::memory:", "sqlite://shared-name?mode=memory"] {
            let pool = SqlitePool::connect(url).await.unwrap();
            SqlStore::from_pool(pool).migrate().await.unwrap();
            let pool = SqlStore::sqlite_pool_options().connect(url).await.unwrap();
            SqlStore::from_pool(pool).migrate().await.unwrap();
        }
    });
}

async fn settings(pool: &SqlitePool) -> (String, i64, i64) {
    let mut connection = pool.acquire().await.unwrap();
    let connection = &mut *connection;
    (
        sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&mut *connection)
            .await
            .unwrap(),
        sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&mut *connection)
            .await
            .unwrap(),
        sqlx::query_scalar("PRAGMA busy_timeout")
            .fetch_one(connection)
            .await
            .unwrap(),
    )
}

#[test]
fn pool_options_raise_settings() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let weak = file(&directory)
            .synchronous(SqliteSynchronous::Off)
            .busy_timeout(Duration::ZERO);
        let pool = SqlStore::sqlite_pool_options()
            .connect_with(weak)
            .await
            .unwrap();
        SqlStore::from_pool(pool.clone()).migrate().await.unwrap();
        assert_eq!(settings(&pool).await, ("wal".to_owned(), 2, 5000));
    });
}

#[test]
fn pool_options_lower_nothing() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let strong = file(&directory)
            .synchronous(SqliteSynchronous::Extra)
            .busy_timeout(Duration::from_secs(30));
        let pool = SqlStore::sqlite_pool_options().connect_with(strong).await;
        let pool = pool.unwrap();
        SqlStore::from_pool(pool.clone()).migrate().await.unwrap();
        assert_eq!(settings(&pool).await, ("wal".to_owned(), 3, 30_000));
    });
}

#[test]
fn connections_opened_together_all_fit() {
    block_on(async {
        for _ in 0..5 {
            let directory = tempfile::tempdir().unwrap();
            let pool = SqlStore::sqlite_pool_options().max_connections(6);
            let pool = pool.connect_lazy_with(file(&directory));
            let starts: Vec<_> = (0..6)
                .map(|_| {
                    let pool = pool.clone();
                    tokio::spawn(async move { settings(&pool).await })
                })
                .collect();
            for start in starts {
                assert_eq!(start.await.unwrap().0, "wal");
            }
        }
    });
}
