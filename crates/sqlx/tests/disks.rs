//! Disks that are full and disks that fail: real ones, in a program of their own.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{ann, change, consume, furnish, job, link};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{ErrorKind, Id, NewJob, ResetConsumed, Store};
use slotwerk_testkit::conformance::block_on;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const DIRECTORY: &str = "SLOTWERK_DISK_TEST_DIRECTORY";

/// Runs a test of this file as a program under `script`, which ends in `exec "$@"`.
fn run_under(command: &[&str], script: &str, test: &str, directory: &Path) {
    let output = Command::new(command[0])
        .args(&command[1..])
        .args(["sh", "-euc", script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIRECTORY, directory)
        .output()
        .unwrap();
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{told}");
    assert!(told.contains("1 passed"), "{test} did not run: {told}");
}

/// Where the tests below put this program; nothing when it runs by itself.
fn directory() -> Option<PathBuf> {
    std::env::var_os(DIRECTORY).map(PathBuf::from)
}

fn big(n: u16) -> NewJob {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&n.to_be_bytes());
    NewJob {
        id: Id(id),
        payload: vec![7; 16_000],
        capacity: 60_000,
        ..job(0)
    }
}

/// Writes until the disk takes no more. Every fault is of this kind.
async fn write_until_refused(store: &SqlStore, first: u16, kind: ErrorKind) -> u16 {
    for n in first..first + 4000 {
        if let Err(fault) = store.enqueue(&big(n)).await {
            assert_eq!(fault.kind(), kind, "{fault:?}");
            return n;
        }
    }
    panic!("the disk took everything");
}

/// Later writes fail as well. Each is undone, so reads return the same.
async fn is_refused(store: &SqlStore, n: u16, kind: ErrorKind) {
    for n in n..n + 3 {
        let fault = store.enqueue(&big(n)).await.unwrap_err();
        assert_eq!(fault.kind(), kind, "{fault:?}");
    }
    assert_eq!(store.credential(&ann()).await.unwrap().epoch, 0);
    assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
}

async fn works(store: &SqlStore) {
    let consumed = store.consume_reset(&consume(1, job(9))).await.unwrap();
    assert_eq!(consumed, ResetConsumed::Consumed { epoch: 1 });
    let _ = store.change_password(&change(1)).await.unwrap();
    let _ = store.issue_reset(&link(2, 2)).await.unwrap();
    assert_eq!(store.credential(&ann()).await.unwrap().epoch, 2);
}

async fn opened(directory: &Path) -> SqlStore {
    let path = directory.join("slotwerk.db");
    let store = SqlStore::connect(path.to_str().unwrap()).await.unwrap();
    furnish(&store).await;
    // With a connection that reads, closing the writer is no end of the journal.
    assert_eq!(store.credential(&ann()).await.unwrap().epoch, 0);
    store
}

/// A file system of two megabytes in a private mount name space, which ends with the program.
#[test]
#[ignore = "needs unshare and mount: root, or user namespaces"]
fn full_disk_recovers() {
    let directory = tempfile::tempdir().unwrap();
    run_under(
        &["unshare", "--user", "--map-root-user", "--mount"],
        &format!("mount -t tmpfs -o size=2m tmpfs \"${DIRECTORY}\"; exec \"$@\""),
        "disks::full_disk",
        directory.path(),
    );
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 0, "a negative control: the database was elsewhere");
}

#[test]
fn full_disk() {
    let Some(directory) = directory() else {
        return;
    };
    block_on(async {
        let store = opened(&directory).await;
        let filler = directory.join("filler");
        let mut next = 0;
        for _ in 0..3 {
            let mut file = std::fs::File::create(&filler).unwrap();
            while file.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
            drop(file);
            next = write_until_refused(&store, next, ErrorKind::Unavailable).await;
            is_refused(&store, next, ErrorKind::Unavailable).await;
            std::fs::remove_file(&filler).unwrap();
            let _ = store.enqueue(&big(next)).await.unwrap();
            next += 1;
        }
        works(&store).await;
    });
}

/// The shell bounds the size of files: a write beyond it is an I/O error, not a full disk.
#[cfg(unix)]
#[test]
fn failing_writes_recover() {
    let directory = tempfile::tempdir().unwrap();
    run_under(
        &["env"],
        "trap '' XFSZ; ulimit -f 2000; exec \"$@\"",
        "disks::failing_writes",
        directory.path(),
    );
}

#[test]
fn failing_writes() {
    let Some(directory) = directory() else {
        return;
    };
    block_on(async {
        let store = opened(&directory).await;
        let path = directory.join("slotwerk.db");
        let mut next = 0;
        // An I/O error of a commit proves nothing.
        for _ in 0..3 {
            next = write_until_refused(&store, next, ErrorKind::InDoubt).await;
            is_refused(&store, next, ErrorKind::InDoubt).await;
            // The journal that met the bound starts again at its beginning.
            let url = format!("sqlite://{}", path.display());
            let mut other = SqliteConnection::connect(&url).await.unwrap();
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM slotwerk_outbox")
                .execute(&mut other)
                .await
                .unwrap_or_else(|error| panic!("{error}"));
            other.close().await.unwrap();
            let _ = store.enqueue(&big(next)).await.unwrap();
            next += 1;
        }
        works(&store).await;
    });
}
