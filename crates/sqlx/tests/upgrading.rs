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

use crate::sessions::session;
use common::{NOW, ann, lease};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{MailState, SessionCreated, Store, UnsealedAudit};
use slotwerk_testkit::conformance::block_on;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

const VERSION_1: &str = include_str!("../src/schema/sqlite/1_tables.sql");

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
        let store = SqlStore::connect(path.to_str().unwrap()).await.unwrap();
        let jobs = store.lease_jobs(&lease(9)).await.unwrap();
        assert_eq!(jobs.len(), 1);
        let job = &jobs[0];
        let seen = (job.attempt, job.waits, job.created_at, job.ran_ahead);
        assert_eq!(seen, (3, 0, NOW - 10, false), "as old as its last start");
        let pending = store.pending_enrolment(&ann(), NOW).await.unwrap();
        assert_eq!(pending.unwrap().mail, MailState::Queued);
    });
}

const VERSIONS_TO_7: [&str; 6] = [
    VERSION_1,
    include_str!("../src/schema/sqlite/2_budgets.sql"),
    include_str!("../src/schema/sqlite/3_factor.sql"),
    include_str!("../src/schema/sqlite/5_worker.sql"),
    include_str!("../src/schema/sqlite/6_code_hashing.sql"),
    include_str!("../src/schema/sqlite/7_epoch.sql"),
];

const ROWS_OF_7: &str = "
    CREATE TABLE slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY);
    INSERT INTO slotwerk_schema VALUES (7);
    INSERT INTO slotwerk_credentials VALUES ('noord', 'ann', 'hash', 3, 1699999990, 0);
    INSERT INTO slotwerk_audit (tenant, happened_at, kind, subject)
    VALUES ('noord', 1699999990, 'password-changed', zeroblob(32)),
           ('noord', 1699999990, 'links-revoked', zeroblob(32));";

#[test]
fn version_7_rows_are_kept() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("old.db");
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let old = SqlitePool::connect_with(options).await.unwrap();
        for script in VERSIONS_TO_7.into_iter().chain([ROWS_OF_7]) {
            sqlx::raw_sql(script).execute(&old).await.unwrap();
        }
        old.close().await;
        let store = SqlStore::connect(path.to_str().unwrap()).await.unwrap();
        let credential = store.credential(&ann()).await.unwrap();
        assert_eq!((credential.epoch, credential.set_at), (3, Some(NOW - 10)));
        let rows = store.audit_trail("noord", 0, 9).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert_ne!(rows[0].id, rows[1].id, "each row got an id");
        assert!(
            rows.iter()
                .all(|row| row.actor.is_none() && row.reason.is_none())
        );
        let created = store.create_session(&session(1, 3)).await.unwrap();
        assert_eq!(created, SessionCreated::Created { pushed_out: 0 });
    });
}

const VERSIONS_FROM_7: [&str; 3] = [
    include_str!("../src/schema/sqlite/8_locks.sql"),
    include_str!("../src/schema/sqlite/9_sessions.sql"),
    include_str!("../src/schema/sqlite/10_link_locks.sql"),
];

const VERSION_TABLE: &str = "CREATE TABLE slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY)";

const ROWS_OF_10: &str = "INSERT INTO slotwerk_schema (version, oldest) VALUES (10, 10);";

/// The statement of version 10.
const ROW_OF_10: &str = "
    INSERT INTO slotwerk_audit (tenant, happened_at, kind, subject, actor, reason, id)
    VALUES ('noord', 1699999990, 'links-revoked', zeroblob(32), NULL, NULL, randomblob(16))";

#[test]
fn older_nodes_write_uncovered_rows() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("old.db");
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let old = SqlitePool::connect_with(options).await.unwrap();
        let scripts = [VERSION_TABLE].into_iter().chain(VERSIONS_TO_7);
        let scripts = scripts.chain(VERSIONS_FROM_7);
        for script in scripts.chain([ROWS_OF_10, ROW_OF_10]) {
            sqlx::raw_sql(script).execute(&old).await.unwrap();
        }
        let store = SqlStore::connect(path.to_str().unwrap()).await.unwrap();
        sqlx::raw_sql(ROW_OF_10).execute(&old).await.unwrap();
        let all = UnsealedAudit {
            tenant: "noord".to_owned(),
            until: NOW,
            after: None,
            limit: 9,
        };
        let rows = store.unsealed_audit(&all).await.unwrap();
        assert_eq!(rows.len(), 2, "before the change and after it");
        let none = store.last_checkpoint("noord").await.unwrap();
        assert_eq!(none, None);
    });
}
