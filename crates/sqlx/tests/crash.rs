//! A writer that is killed at an arbitrary moment leaves whole transitions behind.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use common::{ann, consume, job, link};
use slotwerk_sqlx::SqliteStore;
use slotwerk_store::{AuditKind, Id, IssueReset, MAX_HISTORY, NewJob, ResetConsumed, Store};
use slotwerk_testkit::conformance::block_on;
use std::process::{Command, Stdio};

const PATH: &str = "SLOTWERK_CRASH_TEST_DATABASE";

/// The writer, when this program is started by the test below; nothing otherwise.
#[test]
fn child() {
    let Ok(path) = std::env::var(PATH) else {
        return;
    };
    block_on(async {
        let store = SqliteStore::connect(&path).await.unwrap();
        for version in 0..u64::MAX {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&version.to_be_bytes());
            let notice = NewJob {
                id: Id(id),
                ..job(0)
            };
            let issue = IssueReset {
                version,
                ..link(1, version)
            };
            let _ = store.issue_reset(&issue).await.unwrap();
            let used = store.consume_reset(&consume(1, notice)).await.unwrap();
            assert!(matches!(used, ResetConsumed::Consumed { .. }));
        }
    });
}

#[test]
fn a_killed_writer_leaves_whole_transitions() {
    for transitions in [1, 7, 20] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("crash.db");
        let path = path.to_str().unwrap();
        block_on(async {
            let store = SqliteStore::connect(path).await.unwrap();
            let mut writer = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child"])
                .env(PATH, path)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            while store.credential(&ann()).await.unwrap().version < transitions {
                let running = writer.try_wait().unwrap().is_none();
                assert!(running, "the writer stopped by itself");
            }
            writer.kill().unwrap();
            writer.wait().unwrap();

            let version = store.credential(&ann()).await.unwrap().version;
            assert!(version >= transitions);
            let trail = store.audit_trail("noord", 0, u32::MAX).await.unwrap();
            assert!(trail.iter().all(|row| row.kind == AuditKind::PasswordReset));
            assert_eq!(trail.len() as u64, version, "audit rows");
            let past = store.password_history(&ann(), u16::MAX).await.unwrap();
            let due = (version - 1).min(MAX_HISTORY.into());
            assert_eq!(past.len() as u64, due, "past passwords");
            let notices = store.lease_jobs(&common::lease(u32::MAX)).await.unwrap();
            assert_eq!(notices.len() as u64, version, "notices");
            // The link that the writer may have issued last is the only one there can be.
            let left = store.purge(u64::MAX / 2000).await.unwrap();
            assert!(left <= 1, "{left} links");
        });
    }
}
