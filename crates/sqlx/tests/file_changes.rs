//! A database file that vanishes, shrinks or is replaced under a store.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, ann, change, furnish, job};
use slotwerk_sqlx::{ConnectError, FileChanged, SqlStore};
use slotwerk_store::{ErrorKind, Store};
use slotwerk_testkit::conformance::block_on;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

struct Place {
    directory: tempfile::TempDir,
    path: PathBuf,
    store: SqlStore,
}

/// A furnished database in a folder below a directory of the test.
async fn place() -> Place {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data/slotwerk.db");
    fs::create_dir(path.parent().unwrap()).unwrap();
    let store = connect(&path).await;
    furnish(&store).await;
    assert_eq!(store.check_file().await, Ok(()), "a negative control");
    Place {
        directory,
        path,
        store,
    }
}

async fn connect(path: &Path) -> SqlStore {
    SqlStore::connect(path.to_str().unwrap()).await.unwrap()
}

/// Every command fails with the reason, and none of them makes a file.
async fn stops_with(place: &Place, changed: FileChanged) {
    assert_eq!(place.store.check_file().await, Err(changed));
    let there = fs::read(&place.path).ok();
    let store = &place.store;
    let faults = [
        store.credential(&ann()).await.unwrap_err(),
        store.enqueue(&job(9)).await.unwrap_err(),
        store.change_password(&change(0)).await.unwrap_err(),
        store.purge(0, u32::MAX).await.unwrap_err(),
    ];
    for fault in faults {
        assert_eq!(fault.kind(), ErrorKind::Unavailable);
        assert_eq!(fault.source().unwrap().to_string(), changed.to_string());
    }
    let migrated = store.migrate().await;
    assert!(matches!(migrated, Err(ConnectError::Unusable(_))));
    assert_eq!(fs::read(&place.path).ok(), there, "left alone");
}

async fn goes_on(store: &SqlStore) {
    assert_eq!(store.check_file().await, Ok(()));
    assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
    let _ = store.change_password(&change(0)).await.unwrap();
}

#[test]
fn removed_file_is_missing() {
    block_on(async {
        let place = place().await;
        fs::remove_file(&place.path).unwrap();
        stops_with(&place, FileChanged::Missing).await;
    });
}

#[test]
fn moved_file_is_missing_until_back() {
    block_on(async {
        let place = place().await;
        let elsewhere = place.directory.path().join("elsewhere.db");
        fs::rename(&place.path, &elsewhere).unwrap();
        stops_with(&place, FileChanged::Missing).await;
        fs::rename(&elsewhere, &place.path).unwrap();
        goes_on(&place.store).await;
    });
}

#[test]
fn moved_folder_is_missing_until_back() {
    block_on(async {
        let place = place().await;
        let (folder, elsewhere) = (
            place.path.parent().unwrap(),
            place.directory.path().join("gone"),
        );
        fs::rename(folder, &elsewhere).unwrap();
        stops_with(&place, FileChanged::Missing).await;
        fs::write(folder, "a file in the place of the folder").unwrap();
        stops_with(&place, FileChanged::Missing).await;
        fs::remove_file(folder).unwrap();
        fs::rename(&elsewhere, folder).unwrap();
        goes_on(&place.store).await;
    });
}

#[test]
fn other_database_in_place_is_replaced() {
    block_on(async {
        let place = place().await;
        let other = place.directory.path().join("other.db");
        let store = connect(&other).await;
        furnish(&store).await;
        store.close().await;
        fs::rename(&other, &place.path).unwrap();
        stops_with(&place, FileChanged::Replaced).await;
    });
}

#[test]
fn copy_in_place_is_replaced() {
    block_on(async {
        let place = place().await;
        let copy = place.directory.path().join("copy.db");
        fs::copy(&place.path, &copy).unwrap();
        fs::rename(&copy, &place.path).unwrap();
        stops_with(&place, FileChanged::Replaced).await;
    });
}

#[test]
fn empty_file_in_place_is_replaced() {
    block_on(async {
        let place = place().await;
        fs::remove_file(&place.path).unwrap();
        // Kept, so that the new file cannot get the old inode.
        let _kept = fs::File::create(place.directory.path().join("kept")).unwrap();
        fs::write(&place.path, "").unwrap();
        stops_with(&place, FileChanged::Replaced).await;
    });
}

#[test]
fn folder_in_place_is_replaced() {
    block_on(async {
        let place = place().await;
        let elsewhere = place.directory.path().join("elsewhere.db");
        fs::rename(&place.path, elsewhere).unwrap();
        fs::create_dir(&place.path).unwrap();
        stops_with(&place, FileChanged::Replaced).await;
    });
}

#[cfg(unix)]
#[test]
fn turned_symbolic_link_is_replaced() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let at = |name| directory.path().join(name);
        for name in ["one.db", "two.db"] {
            furnish(&connect(&at(name)).await).await;
        }
        std::os::unix::fs::symlink(at("one.db"), at("link.db")).unwrap();
        let store = connect(&at("link.db")).await;
        assert_eq!(store.check_file().await, Ok(()), "a negative control");
        std::os::unix::fs::symlink(at("two.db"), at("new.db")).unwrap();
        fs::rename(at("new.db"), at("link.db")).unwrap();
        assert_eq!(store.check_file().await, Err(FileChanged::Replaced));
        fs::remove_file(at("link.db")).unwrap();
        assert_eq!(store.check_file().await, Err(FileChanged::Missing));
        std::os::unix::fs::symlink(at("link.db"), at("link.db")).unwrap();
        let looked = store.check_file().await.unwrap_err();
        assert!(matches!(looked, FileChanged::Unreadable(_)), "{looked:?}");
    });
}

/// To nothing, to a part of a page, to some of the pages, and to a text.
#[test]
fn shortened_file_is_truncated() {
    block_on(async {
        let lengths = [0, 1, 99, 4096, 20_000, 65_536];
        for (length, journal) in lengths.into_iter().flat_map(|n| [(n, false), (n, true)]) {
            let place = place().await;
            // The journal is empty, so the file is all there is. Each command looks at its size.
            checkpoint(&place.path).await;
            if journal {
                // Of a journal in use SQLite takes the size of the database, too.
                let _ = place.store.enqueue(&job(0x77)).await.unwrap();
            }
            assert!(place.store.credential(&ann()).await.is_ok());
            let file = fs::OpenOptions::new().write(true).open(&place.path);
            file.unwrap().set_len(length).unwrap();
            stops_with(&place, FileChanged::Truncated).await;
        }
        let place = place().await;
        checkpoint(&place.path).await;
        assert!(place.store.credential(&ann()).await.is_ok());
        fs::write(&place.path, "not a database").unwrap();
        stops_with(&place, FileChanged::Truncated).await;
    });
}

/// The tables can still be listed; only a check of the pages finds the loss.
#[test]
fn lost_last_page_is_truncated() {
    block_on(async {
        let place = place().await;
        checkpoint(&place.path).await;
        // A command that leaves the last page out of the journal.
        let _ = place.store.enqueue(&job(0x77)).await.unwrap();
        assert!(place.store.credential(&ann()).await.is_ok());
        let file = fs::OpenOptions::new().write(true).open(&place.path);
        let file = file.unwrap();
        let whole = file.metadata().unwrap().len();
        file.set_len(whole - 4096).unwrap();
        stops_with(&place, FileChanged::Truncated).await;
        file.set_len(whole - 8192).unwrap();
        stops_with(&place, FileChanged::Truncated).await;
    });
}

async fn checkpoint(path: &Path) {
    run_elsewhere(path, "PRAGMA wal_checkpoint(TRUNCATE)").await;
}

async fn run_elsewhere(path: &Path, sql: &'static str) {
    use sqlx::Connection;
    let url = format!("sqlite://{}", path.display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

#[test]
fn vacuum_is_no_truncation() {
    block_on(async {
        let place = place().await;
        for n in 0..40 {
            let mut big = job(n + 100);
            big.payload = vec![1; 16_000];
            let _ = place.store.enqueue(&big).await.unwrap();
        }
        checkpoint(&place.path).await;
        assert_eq!(place.store.check_file().await, Ok(()));
        let before = fs::metadata(&place.path).unwrap().len();
        run_elsewhere(
            &place.path,
            "DELETE FROM slotwerk_outbox WHERE length(payload) > 1000; VACUUM;
             PRAGMA wal_checkpoint(TRUNCATE)",
        )
        .await;
        let after = fs::metadata(&place.path).unwrap().len();
        assert!(after < before, "a negative control");
        goes_on(&place.store).await;
        assert_eq!(place.store.check_file().await, Ok(()));
    });
}

#[test]
fn growth_and_checkpoints_are_no_change() {
    block_on(async {
        let place = place().await;
        for n in 0..40 {
            let mut big = job(n + 100);
            big.payload = vec![1; 16_000];
            let _ = place.store.enqueue(&big).await.unwrap();
            if n % 10 == 0 {
                checkpoint(&place.path).await;
            }
            assert_eq!(place.store.check_file().await, Ok(()));
        }
        goes_on(&place.store).await;
    });
}

#[test]
fn memory_has_no_file_to_lose() {
    block_on(async {
        let memory = SqlStore::connect(":memory:").await.unwrap();
        assert_eq!(memory.check_file().await, Ok(()));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("host.db");
        let pool = SqlStore::sqlite_pool_options();
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let store = SqlStore::from_pool(pool.connect(&url).await.unwrap());
        assert_eq!(store.check_file().await, Ok(()));
        store.migrate().await.unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(store.check_file().await, Err(FileChanged::Missing));
        assert_eq!(store.clone().check_file().await, Err(FileChanged::Missing));
    });
}

#[test]
fn existing_database_is_opened() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let url = format!("sqlite://{}", database.path());
        for address in [database.path(), url] {
            let store = SqlStore::connect_existing(&address).await.unwrap();
            goes_on_reading(&store).await;
        }
        let memory = SqlStore::connect_existing(":memory:").await.unwrap();
        assert_eq!(memory.credential(&ann()).await.unwrap().epoch, 0);
    });
}

async fn goes_on_reading(store: &SqlStore) {
    assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
}

/// No file, an empty one, and a database of something else: each is left as it is.
#[test]
fn absent_database_is_not_made() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::write(at("empty.db"), "").unwrap();
        let url = format!("sqlite://{}?mode=rwc", at("other.db").display());
        let other = sqlx::SqlitePool::connect(&url).await.unwrap();
        sqlx::raw_sql("CREATE TABLE notes (text TEXT)")
            .execute(&other)
            .await
            .unwrap();
        other.close().await;
        for name in ["none.db", "empty.db", "other.db", "none/none.db"] {
            let before = fs::read(at(name)).ok();
            for prefix in ["", "sqlite:", "sqlite://"] {
                let address = format!("{prefix}{}", at(name).display());
                let refused = SqlStore::connect_existing(&address).await;
                let refused = refused.unwrap_err();
                assert!(matches!(refused, ConnectError::Missing), "{refused:?}");
                assert_eq!(fs::read(at(name)).ok(), before, "{address}");
            }
        }
        fs::write(
            at("text.db"),
            "a text of more than a hundred bytes ".repeat(9),
        )
        .unwrap();
        let text = at("text.db").display().to_string();
        let refused = SqlStore::connect_existing(&text).await.unwrap_err();
        assert!(matches!(refused, ConnectError::NotADatabase(_)));
    });
}
