//! A database of an older version, with rows, works after the migration.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{NOW, ann, lease};
use slotwerk_sqlx::SqliteStore;
use slotwerk_store::{MailState, Store};
use slotwerk_testkit::conformance::block_on;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

const VERSION_1: &str = include_str!("../src/schema.sql");

const ROWS: &str = "
    CREATE TABLE slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY);
    INSERT INTO slotwerk_schema VALUES (1);
    INSERT INTO slotwerk_outbox VALUES (zeroblob(16), 'noord', x'01', 1699999990, 2);
    INSERT INTO slotwerk_pending_enrolments
    VALUES ('noord', 'ann', zeroblob(16), x'02', zeroblob(32), 1, 0, 1700000600);";

#[test]
fn older_jobs_and_set_ups_stay() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("old.db");
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let old = SqlitePool::connect_with(options).await.unwrap();
        for script in [VERSION_1, ROWS] {
            sqlx::raw_sql(script).execute(&old).await.unwrap();
        }
        old.close().await;
        let store = SqliteStore::connect(path.to_str().unwrap()).await.unwrap();
        let jobs = store.lease_jobs(&lease(9)).await.unwrap();
        assert_eq!(jobs.len(), 1);
        let job = &jobs[0];
        let seen = (job.attempt, job.waits, job.created_at, job.ran_ahead);
        assert_eq!(seen, (3, 0, NOW - 10, false), "as old as its last start");
        let pending = store.pending_enrolment(&ann(), NOW).await.unwrap();
        assert_eq!(pending.unwrap().mail, MailState::Queued);
    });
}
