//! Calls of the facade inside a transaction of the host.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::{Auth, By, Limits};
use slotwerk_sqlx::SqlStore;
use std::sync::Arc;
use support::World;
use tempfile::TempDir;

#[tokio::test]
async fn erasure_and_user_go_together() {
    let home = TempDir::new().unwrap();
    let url = format!(
        "sqlite://{}?mode=rwc",
        home.path().join("service.db").display()
    );
    let pool = SqlStore::sqlite_pool_options().connect(&url).await.unwrap();
    let store = SqlStore::from_pool(pool.clone());
    store.migrate().await.unwrap();
    sqlx::raw_sql("CREATE TABLE users (id TEXT); INSERT INTO users VALUES ('demo')")
        .execute(&pool)
        .await
        .unwrap();
    let world = World::with(Arc::new(store.clone()), Limits::default());
    world.enrolled("demo").await;
    let auth: &Auth = &world.auth;
    let by = By::new("desk").unwrap();
    let there = async || {
        let tenant = auth.tenant("zuid").await.unwrap();
        let data = auth.admin(&tenant).export_account("id-demo").await;
        let users: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
            .fetch_one(&pool)
            .await
            .unwrap();
        (data.unwrap().authenticators.len(), users)
    };
    assert_eq!(there().await, (1, 1), "a negative control");
    for commits in [false, true] {
        let within = store.within(pool.begin_with("BEGIN IMMEDIATE").await.unwrap());
        let inside = auth.with_store(Arc::new(within.store()));
        let tenant = inside.tenant("zuid").await.unwrap();
        inside
            .admin(&tenant)
            .erase_account("id-demo", &by)
            .await
            .unwrap();
        let mut transaction = within.into_transaction().await.unwrap();
        sqlx::query("DELETE FROM users")
            .execute(&mut *transaction)
            .await
            .unwrap();
        if commits {
            transaction.commit().await.unwrap();
            assert_eq!(there().await, (0, 0));
        } else {
            transaction.rollback().await.unwrap();
            assert_eq!(there().await, (1, 1), "both are undone");
        }
    }
}
