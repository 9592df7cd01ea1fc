//! A database opened by its address, with the host's own tables beside the store's.

use slotwerk_sqlx::{Connect, ConnectError, Connected, FileChanged, HostConnections, ProbeError};
use slotwerk_store::{AccountKey, Store};
use slotwerk_testkit::conformance::block_on;
use sqlx::SqlitePool;
use std::fs;
use std::time::Duration;

const WAIT: Duration = Duration::from_millis(20);

fn sqlite(database: &Connected) -> SqlitePool {
    let HostConnections::Sqlite(pool) = &database.host else {
        panic!("another database");
    };
    pool.clone()
}

async fn expect_store_works(database: &Connected) {
    let account = AccountKey::new("noord", "42").unwrap();
    assert_eq!(database.store.credential(&account).await.unwrap().epoch, 0);
}

async fn expect_tables_of_the_store(host: &SqlitePool) {
    let count = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'slotwerk_%'";
    let tables: i64 = sqlx::query_scalar(count).fetch_one(host).await.unwrap();
    assert!(tables > 5, "{tables}");
}

const CREATE: &str = "CREATE TABLE people (id TEXT)";

#[test]
fn host_and_store_share_one_file() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", directory.path().join("s.db").display());
        let database = Connect::to(&address).open().await.unwrap();
        let pool = sqlite(&database);
        sqlx::raw_sql(CREATE).execute(&pool).await.unwrap();
        expect_tables_of_the_store(&pool).await;
        expect_store_works(&database).await;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(synchronous, 2, "FULL");
        let again = Connect::to(&address).existing(true).open().await.unwrap();
        let people = sqlx::query("SELECT id FROM people");
        assert!(people.fetch_all(&sqlite(&again)).await.unwrap().is_empty());
    });
}

#[test]
fn database_in_memory_is_shared() {
    block_on(async {
        let database = Connect::to("sqlite::memory:").open().await.unwrap();
        let pool = sqlite(&database);
        sqlx::raw_sql(CREATE).execute(&pool).await.unwrap();
        expect_tables_of_the_store(&pool).await;
        expect_store_works(&database).await;
        database.probe.ask().await.unwrap();
    });
}

#[test]
fn existing_database_must_be_there() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("s.db");
        let connect = Connect::to(format!("sqlite:{}", file.display()));
        let opened = connect.existing(true).open().await;
        assert!(matches!(opened, Err(ConnectError::Missing)));
        assert!(!file.exists());
    });
}

#[test]
fn lost_file_is_noticed() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("s.db");
        let address = format!("sqlite:{}", file.display());
        let database = Connect::to(address).open().await.unwrap();
        assert!(database.probe.is_cheap());
        assert_eq!(database.probe.ask().await, Ok(()));
        let elsewhere = directory.path().join("elsewhere");
        fs::rename(&file, &elsewhere).unwrap();
        let missing = ProbeError::File(FileChanged::Missing);
        assert_eq!(database.probe.ask().await, Err(missing));
        let own = sqlx::query("SELECT 1").execute(&sqlite(&database)).await;
        assert!(own.is_err(), "no empty file in its place");
        assert!(!file.exists());
        fs::rename(&elsewhere, &file).unwrap();
        assert_eq!(database.probe.ask().await, Ok(()));
    });
}

#[test]
fn absent_server_is_unusable() {
    block_on(async {
        // Nothing listens there.
        for address in ["postgres://me@127.0.0.1:1/db", "mysql://me@127.0.0.1:1/db"] {
            let connect = Connect::to(address);
            assert!(connect.is_on_a_server());
            let opened = connect.wait_at_most(WAIT).open().await;
            assert!(
                matches!(opened, Err(ConnectError::Unusable(_))),
                "{address}"
            );
        }
    });
}
