//! A command that failed does not stop the next one.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, change, consume, furnish, job, link};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{ChangePassword, ErrorKind, ResetConsumed, Store};
use slotwerk_testkit::conformance::block_on;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

const ROLLBACK: &str = "CREATE TRIGGER fail BEFORE INSERT ON slotwerk_outbox
    BEGIN SELECT RAISE(ROLLBACK, 'told to fail'); END";

async fn run(pool: &SqlitePool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

/// A pool of one connection, so that the next command meets the one that failed.
fn one() -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(1)
}

fn file(directory: &tempfile::TempDir) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(directory.path().join("host.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
}

/// Fails once by RAISE(ROLLBACK); the commands after it succeed.
async fn fails_once(pool: SqlitePool) -> SqlStore {
    let store = SqlStore::from_pool(pool.clone());
    store.migrate().await.unwrap();
    furnish(&store).await;
    run(&pool, ROLLBACK).await;
    for n in 2..5 {
        let fault = store.enqueue(&job(n)).await.unwrap_err();
        let cause = format!("{:?}", fault.source());
        assert!(cause.contains("told to fail"), "{cause}");
    }
    run(&pool, "DROP TRIGGER fail").await;
    let _ = store.enqueue(&job(2)).await.unwrap();
    let consumed = store.consume_reset(&consume(1, job(3))).await.unwrap();
    assert_eq!(consumed, ResetConsumed::Consumed { epoch: 1 });
    store
}

#[test]
fn host_pool_with_options_recovers() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let pool = SqlStore::sqlite_pool_options().max_connections(1);
        fails_once(pool.connect_with(file(&directory)).await.unwrap()).await;
    });
}

/// Without the test of `pool_options` the store closes the connection itself.
#[test]
fn plain_host_pool_recovers() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        fails_once(one().connect_with(file(&directory)).await.unwrap()).await;
    });
}

#[test]
fn memory_outlives_its_failed_connection() {
    block_on(async {
        for options in [SqlStore::sqlite_pool_options().max_connections(1), one()] {
            let pool = options.connect("sqlite::memory:").await.unwrap();
            let store = fails_once(pool).await;
            assert_eq!(store.credential(&ann()).await.unwrap().epoch, 1);
            assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
        }
    });
}

#[test]
fn connected_memory_outlives_cancelled_commands() {
    block_on(async {
        let store = SqlStore::connect(":memory:").await.unwrap();
        furnish(&store).await;
        cancel_everywhere(&store).await;
        assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
    });
}

/// Polls a future `polls` times, then drops it, as a server does with a cancelled request.
async fn cut_off<T>(future: impl Future<Output = T>, polls: u32) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn cancel_everywhere(store: &SqlStore) {
    let mut epoch = store.credential(&ann()).await.unwrap().epoch;
    for polls in 1..60 {
        let changed = cut_off(store.change_password(&change(epoch)), polls).await;
        assert!(changed.is_none_or(|changed| changed.is_ok()));
        // The very next command finds the store in order, whether the cancelled one took effect or not.
        let after = store.credential(&ann()).await.unwrap().epoch;
        let _ = store.change_password(&change(after)).await.unwrap();
        epoch = store.credential(&ann()).await.unwrap().epoch;
        assert!(epoch > after, "after {polls} polls");
    }
}

#[test]
fn cancelled_command_leaves_the_store_usable() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        cancel_everywhere(&database.store).await;
    });
}

#[test]
fn interrupted_write_recovers() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        // How often SQLite asks before it is told to stop.
        let left = Arc::new(AtomicU32::new(u32::MAX));
        let seen = Arc::clone(&left);
        let pool = one()
            .after_connect(move |connection, _| {
                let seen = Arc::clone(&seen);
                Box::pin(async move {
                    let mut handle = connection.lock_handle().await?;
                    handle.set_progress_handler(1, move || {
                        let step = |left: u32| Some(left.saturating_sub(1));
                        seen.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step) != Ok(0)
                    });
                    Ok(())
                })
            })
            .connect_with(file(&directory))
            .await
            .unwrap();
        let store = SqlStore::from_pool(pool);
        store.migrate().await.unwrap();
        furnish(&store).await;
        let mut faults = 0;
        for n in 2..160 {
            // Each of the first steps, where BEGIN is, and then ever fewer.
            let steps = u32::from(n) - 2;
            left.store(steps.max(steps * steps / 20), Ordering::SeqCst);
            let outcome = store.enqueue(&job(n)).await;
            left.store(u32::MAX, Ordering::SeqCst);
            if let Err(fault) = outcome {
                assert_eq!(fault.kind(), ErrorKind::Unavailable);
                faults += 1;
            }
            let _ = store.enqueue(&job(n)).await.unwrap();
        }
        assert!(
            (2..158).contains(&faults),
            "interrupted before, within and not at all: {faults}"
        );
    });
}

/// The limit of pages makes SQLite answer as on a full disk, without one.
#[test]
fn full_database_recovers() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let pool = one().connect_with(file(&directory)).await.unwrap();
        let store = SqlStore::from_pool(pool.clone());
        store.migrate().await.unwrap();
        let mut epoch = 0;
        for round in 0..3 {
            // The plain INSERT of a notice: SQLite then ends the transaction by itself.
            let big = |n, epoch| {
                let mut notice = job(n);
                (notice.payload, notice.id.0[1]) = (vec![0; 8192], round);
                let notice = Some(notice);
                ChangePassword {
                    notice,
                    ..change(epoch)
                }
            };
            run(&pool, "PRAGMA max_page_count = 1").await;
            let mut faults = 0;
            for n in 0..200 {
                if let Err(fault) = store.change_password(&big(n, epoch)).await {
                    assert_eq!(fault.kind(), ErrorKind::Unavailable);
                    faults += 1;
                    break;
                }
                epoch += 1;
            }
            assert_eq!(faults, 1, "the limit was never met");
            run(&pool, "PRAGMA max_page_count = 1000000").await;
            let _ = store.change_password(&big(201, epoch)).await.unwrap();
            epoch += 1;
        }
    });
}

/// A commit that fails leaves the transaction open, and the lock held, until somebody rolls back.
#[test]
fn failed_commit_is_undone_at_once() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        database
            .run(
                "CREATE TABLE parents (id INTEGER PRIMARY KEY);
                 CREATE TABLE children (parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
                 CREATE TRIGGER fail AFTER INSERT ON slotwerk_outbox
                 BEGIN INSERT INTO children VALUES (1); END",
            )
            .await;
        let before = database.contents().await;
        for _ in 0..3 {
            let command = consume(1, job(3));
            let fault = database.store.consume_reset(&command).await.unwrap_err();
            let cause = format!("{:?}", fault.source());
            assert!(cause.contains("FOREIGN KEY"), "{cause}");
            assert_eq!(fault.kind(), ErrorKind::Corrupt, "it proves a rollback");
            // This connection does not wait for a lock.
            let free = database.raw.begin_with("BEGIN IMMEDIATE").await;
            free.unwrap().rollback().await.unwrap();
            assert_eq!(database.contents().await, before);
        }
        database.run("DROP TRIGGER fail").await;
        let consumed = database.store.consume_reset(&consume(1, job(3))).await;
        assert_eq!(consumed.unwrap(), ResetConsumed::Consumed { epoch: 1 });
    });
}

#[test]
fn transaction_left_open_is_closed() {
    block_on(async {
        for statement in ["BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT host"] {
            let directory = tempfile::tempdir().unwrap();
            let pool = SqlStore::sqlite_pool_options().max_connections(1);
            let pool = pool.connect_with(file(&directory)).await.unwrap();
            let store = SqlStore::from_pool(pool.clone());
            store.migrate().await.unwrap();
            run(&pool, statement).await;
            let issued = store.issue_reset(&link(1, 0)).await;
            assert!(issued.is_ok(), "{statement}: {issued:?}");
            let found = store.find_reset("noord", link(1, 0).token, NOW).await;
            assert!(found.unwrap().is_some());
        }
    });
}

/// The host's own transactions over `pool_options` recover as well: its sessions, users and mails.
#[test]
fn host_transactions_recover() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let pool = SqlStore::sqlite_pool_options().max_connections(1);
        let pool = pool.connect_with(file(&directory)).await.unwrap();
        run(
            &pool,
            "CREATE TABLE sessions (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK);
             INSERT INTO sessions VALUES (1)",
        )
        .await;
        let insert = |id: i64| sqlx::query("INSERT INTO sessions VALUES ($1)").bind(id);
        for end in ["commit", "rollback", "drop"] {
            let mut tx = pool.begin().await.unwrap();
            assert!(insert(1).execute(&mut *tx).await.is_err());
            match end {
                "commit" => assert!(tx.commit().await.is_err()),
                "rollback" => assert!(tx.rollback().await.is_err()),
                _ => drop(tx),
            }
            let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
            insert(2).execute(&mut *tx).await.unwrap();
            tx.rollback().await.unwrap();
        }
    });
}
