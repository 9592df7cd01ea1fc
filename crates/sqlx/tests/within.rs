//! Commands inside a transaction of the host.
#![cfg(feature = "sqlite")]

use crate::common;

use common::{Database, NOW, ann, change, furnish, job, subject};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{Enqueued, EraseAccount, ErrorKind, PasswordChanged, Store};
use slotwerk_testkit::conformance::block_on;
use sqlx::SqlitePool;

fn erase() -> EraseAccount {
    EraseAccount {
        account: ann(),
        budgets: Vec::new(),
        subject: subject(),
        actor: None,
        reason: None,
        now: NOW,
    }
}

/// A furnished store on a pool of the host, who keeps its users in the same file.
async fn host(database: &Database) -> (SqlStore, SqlitePool) {
    furnish(&database.store).await;
    database.run("CREATE TABLE users (id TEXT)").await;
    database.run("INSERT INTO users VALUES ('ann')").await;
    let url = format!("sqlite://{}", database.path());
    let pool = SqlStore::sqlite_pool_options().connect(&url);
    let pool = pool.await.unwrap();
    let store = SqlStore::from_pool(pool.clone());
    store.migrate().await.unwrap();
    (store, pool)
}

async fn users(database: &Database) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(&database.raw)
        .await
        .unwrap()
}

#[test]
fn host_and_store_commit_together() {
    block_on(async {
        let database = Database::new().await;
        let (store, pool) = host(&database).await;
        let within = store.within(pool.begin_with("BEGIN IMMEDIATE").await.unwrap());
        let erased = within.store().erase_account(&erase()).await.unwrap();
        assert!(erased.rows > 0);
        let mut transaction = within.into_transaction().await.unwrap();
        sqlx::query("DELETE FROM users")
            .execute(&mut *transaction)
            .await
            .unwrap();
        let before = database.contents().await;
        assert_eq!(users(&database).await, 1, "nothing shows before the commit");
        transaction.commit().await.unwrap();
        assert_eq!(users(&database).await, 0);
        assert_ne!(database.contents().await, before);
        assert_eq!(store.credential(&ann()).await.unwrap().epoch, erased.epoch);
    });
}

#[test]
fn host_undoes_what_succeeded() {
    block_on(async {
        let database = Database::new().await;
        let (store, pool) = host(&database).await;
        let before = database.contents().await;
        let within = store.within(pool.begin_with("BEGIN IMMEDIATE").await.unwrap());
        let _ = within.store().erase_account(&erase()).await.unwrap();
        let transaction = within.into_transaction().await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(database.contents().await, before);
    });
}

#[test]
fn rejection_leaves_the_hosts_writes() {
    block_on(async {
        let database = Database::new().await;
        let (store, pool) = host(&database).await;
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("DELETE FROM users")
            .execute(&mut *transaction)
            .await
            .unwrap();
        let within = store.within(transaction);
        let inside = within.store();
        assert_eq!(inside.enqueue(&job(0x55)).await.unwrap(), Enqueued::Queued);
        let stale = inside.change_password(&change(7)).await.unwrap();
        assert_eq!(stale, PasswordChanged::Stale);
        // A taken id of a notice fails the whole command.
        let mut taken = change(0);
        taken.notice = Some(job(0x55));
        let fault = inside.change_password(&taken).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Conflict);
        let transaction = within.into_transaction().await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(users(&database).await, 0, "the host's write stays");
        let credential = store.credential(&ann()).await.unwrap();
        assert_eq!((credential.hash, credential.epoch), (None, 0));
        let jobs: i64 =
            sqlx::query_scalar("SELECT count(*) FROM slotwerk_outbox WHERE attempt = 0")
                .fetch_one(&database.raw)
                .await
                .unwrap();
        assert_eq!(
            jobs, 4,
            "three from before, and the one of this transaction"
        );
    });
}

#[test]
fn ended_transaction_is_a_fault() {
    block_on(async {
        let database = Database::new().await;
        let (store, pool) = host(&database).await;
        let within = store.within(pool.begin().await.unwrap());
        let inside = within.store();
        drop(within.into_transaction().await.unwrap());
        let fault = inside.credential(&ann()).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Unavailable);
        assert!(store.credential(&ann()).await.is_ok(), "the pool goes on");
    });
}
