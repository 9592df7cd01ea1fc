//! Opening: what is kept, what is refused, and what an error says.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, furnish, link};
use slotwerk_sqlx::{ConnectError, SqlStore};
use slotwerk_store::Store;
use slotwerk_testkit::conformance::block_on;
use std::error::Error;

#[test]
fn reopening_keeps_everything() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let before = database.contents().await;
        database.store.close().await;
        let again = SqlStore::connect(&database.path()).await.unwrap();
        assert_eq!(database.contents().await, before);
        let token = link(1, 0).token;
        let found = again.find_reset("noord", token, NOW).await.unwrap();
        assert_eq!(found.unwrap().account, ann());
        assert_eq!(again.recovery_codes_left(&ann()).await.unwrap(), 10);
    });
}

#[test]
fn a_url_and_a_path_name_the_same_database() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let url = format!("sqlite://{}", database.path());
        let store = SqlStore::connect(&url).await.unwrap();
        assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
    });
}

#[test]
fn databases_in_memory_are_apart() {
    block_on(async {
        for address in [":memory:", "sqlite::memory:"] {
            let store = SqlStore::connect(address).await.unwrap();
            furnish(&store).await;
            assert_eq!(store.clone().recovery_codes_left(&ann()).await.unwrap(), 10);
        }
    });
}

#[test]
fn nodes_that_start_together_all_start() {
    block_on(async {
        for _ in 0..5 {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("new.db");
            let path = path.to_str().unwrap().to_owned();
            let starts: Vec<_> = (0..8)
                .map(|_| {
                    let path = path.clone();
                    tokio::spawn(async move { SqlStore::connect(&path).await })
                })
                .collect();
            for start in starts {
                let store = start.await.unwrap().unwrap();
                assert_eq!(store.credential(&ann()).await.unwrap().epoch, 0);
            }
        }
    });
}

#[test]
fn a_host_lends_its_pool() {
    block_on(async {
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        let store = SqlStore::from_pool(pool);
        assert!(store.credential(&ann()).await.is_err(), "not migrated yet");
        store.migrate().await.unwrap();
        store.migrate().await.unwrap();
        assert_eq!(store.credential(&ann()).await.unwrap().epoch, 0);
    });
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        for suffix in ["", "-wal"] {
            let path = format!("{}{suffix}", database.path());
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "mode {mode:o} of the file{suffix}");
        }
    });
}

#[test]
fn a_missing_directory_is_unusable() {
    let error = refused("/does-not-exist/s3cret.db");
    assert!(matches!(error, ConnectError::Unusable(_)), "{error:?}");
}

#[test]
fn a_directory_is_unusable() {
    let directory = tempfile::tempdir().unwrap();
    let error = refused(directory.path().to_str().unwrap());
    assert!(matches!(error, ConnectError::Unusable(_)), "{error:?}");
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    let text = "not a database, and longer than a page header of one ".repeat(40);
    std::fs::write(&path, &text).unwrap();
    let error = refused(path.to_str().unwrap());
    assert!(matches!(error, ConnectError::NotADatabase(_)), "{error:?}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    block_on(async {
        let database = Database::new().await;
        database
            .run("INSERT INTO slotwerk_schema (version) VALUES (99)")
            .await;
        let before = database.contents().await;
        for answer in [
            SqlStore::connect(&database.path()).await.map(|_| ()),
            database.store.migrate().await,
        ] {
            let refused = matches!(
                answer,
                Err(ConnectError::NewerSchema { found: 99, known }) if known < 99
            );
            assert!(refused, "{answer:?}");
        }
        assert_eq!(database.contents().await, before);
    });
}

/// Nodes of this version run on while nodes of the next version have already added to the tables.
#[test]
fn compatible_newer_schema_is_used() {
    block_on(async {
        let database = Database::new().await;
        let known = "SELECT MAX(version) FROM slotwerk_schema";
        database
            .run(&format!(
                "INSERT INTO slotwerk_schema (version, oldest) VALUES (99, ({known}))"
            ))
            .await;
        let store = SqlStore::connect(&database.path()).await.unwrap();
        assert!(store.credential(&common::ann()).await.is_ok());
        database
            .run("UPDATE slotwerk_schema SET oldest = 99 WHERE version = 99")
            .await;
        let answer = SqlStore::connect(&database.path()).await;
        assert!(matches!(answer, Err(ConnectError::NewerSchema { .. })));
    });
}

/// The script of a host's own tool makes the same tables as the migration.
#[test]
fn printed_schema_equals_the_migrated() {
    block_on(async {
        let migrated = Database::new().await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("printed.db");
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let printed = sqlx::SqlitePool::connect(&url).await.unwrap();
        let script = slotwerk_sqlx::schema_sql(slotwerk_sqlx::Dialect::Sqlite, 0);
        sqlx::raw_sql(sqlx::AssertSqlSafe(script))
            .execute(&printed)
            .await
            .unwrap();
        let tables = "SELECT name, COALESCE(sql, '') FROM sqlite_master ORDER BY name";
        let in_printed: Vec<(String, String)> =
            sqlx::query_as(tables).fetch_all(&printed).await.unwrap();
        let in_migrated: Vec<(String, String)> = sqlx::query_as(tables)
            .fetch_all(&migrated.raw)
            .await
            .unwrap();
        assert!(in_printed.len() > 20);
        assert_eq!(in_printed, in_migrated);
        let versions = "SELECT version, oldest FROM slotwerk_schema ORDER BY version";
        let in_printed: Vec<(i64, Option<i64>)> =
            sqlx::query_as(versions).fetch_all(&printed).await.unwrap();
        let in_migrated: Vec<(i64, Option<i64>)> = sqlx::query_as(versions)
            .fetch_all(&migrated.raw)
            .await
            .unwrap();
        assert_eq!(in_printed, in_migrated);
    });
}

#[test]
fn tables_of_somebody_else_are_not_taken_over() {
    block_on(async {
        let database = Database::new().await;
        database.run("DELETE FROM slotwerk_schema").await;
        let answer = SqlStore::connect(&database.path()).await;
        assert!(matches!(answer, Err(ConnectError::Migration(_))));
    });
}

#[test]
fn no_error_repeats_the_address() {
    for address in [
        "",
        "sqlite://s3cret.db?unknown=s3cret",
        "sqlite://s3cret.db?mode=s3cret",
        "file:s3cret.db",
        "/does-not-exist/s3cret.db",
        "s3cret\0.db",
    ] {
        let error = refused(address);
        let mut text = format!("{error} {error:?}");
        let mut cause = error.source();
        while let Some(source) = cause {
            text.push_str(&source.to_string());
            cause = source.source();
        }
        assert!(!text.contains("s3cret"), "{text}");
        let by_form = address.starts_with('/');
        assert_eq!(matches!(error, ConnectError::Address), !by_form, "{text}");
    }
}

#[test]
fn a_store_does_not_show_where_it_is() {
    let store = block_on(SqlStore::connect(":memory:")).unwrap();
    assert_eq!(format!("{store:?}"), "SqlStore { dialect: Sqlite, .. }");
}

#[test]
fn public_types_are_send_sync_and_static() {
    fn check<T: Send + Sync + 'static>() {}
    check::<SqlStore>();
    check::<ConnectError>();
}

fn refused(address: &str) -> ConnectError {
    match block_on(SqlStore::connect(address)) {
        Ok(_) => panic!("{address} was opened"),
        Err(error) => error,
    }
}
