//! An erasure that fails at any of its writes has not happened at all.
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

use common::{
    Database, NOW, TABLES, all_or_nothing, ann, change, furnish, link, offer_another, subject,
    ticket,
};
use slotwerk_store::{AttemptKey, ChargeAttempts, EraseAccount, Stage, Store};
use slotwerk_testkit::conformance::block_on;
use slotwerk_throttle::Budget;
use std::time::Duration;

pub(crate) fn erase() -> EraseAccount {
    EraseAccount {
        account: ann(),
        budgets: vec![AttemptKey::durable([1; 32])],
        subject: subject(),
        actor: Some(subject()),
        reason: None,
        now: NOW,
    }
}

#[test]
fn erasure_is_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        offer_another(store, 2).await;
        let _ = store.create_session(&session(1, 0)).await.unwrap();
        furnish_budget(store).await;
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_resets",
            "DELETE ON slotwerk_tickets",
            "DELETE ON slotwerk_pending_enrolments",
            "DELETE ON slotwerk_sessions",
            "DELETE ON slotwerk_authenticators",
            "DELETE ON slotwerk_recovery_codes",
            "DELETE ON slotwerk_attempts",
            "INSERT ON slotwerk_audit",
        ];
        let command = erase();
        all_or_nothing(&database, &writes, || store.erase_account(&command)).await;
    });
}

#[test]
fn erasure_of_passwords_is_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        for epoch in 0..2 {
            let _ = store.change_password(&change(epoch)).await.unwrap();
        }
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_password_history",
            "INSERT ON slotwerk_audit",
        ];
        let command = erase();
        all_or_nothing(&database, &writes, || store.erase_account(&command)).await;
    });
}

async fn furnish_budget(store: &dyn Store) {
    let charge = ChargeAttempts::one(
        AttemptKey::durable([1; 32]),
        Budget::new(1, Duration::from_secs(60)).unwrap(),
        NOW * 1000,
    );
    let _ = store.charge_attempts(&charge).await.unwrap();
}

/// Finds a table that a later version adds and an erasure forgets.
#[test]
fn no_table_names_an_erased_account() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        for epoch in 0..2 {
            let _ = store.change_password(&change(epoch)).await.unwrap();
        }
        let _ = store.issue_reset(&link(3, 2)).await.unwrap();
        let open = ticket(9, Stage::Manage, 2);
        store.open_ticket(&open).await.unwrap();
        let _ = store.create_session(&session(1, 2)).await.unwrap();
        let named = |contents: Vec<String>| -> Vec<String> {
            contents
                .into_iter()
                .filter(|row| row.contains("'ann'"))
                .collect()
        };
        let before = named(database.contents().await);
        assert!(before.len() > 15, "{before:?}");
        let _ = store.erase_account(&erase()).await.unwrap();
        let tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'slotwerk\\_%' ESCAPE '\\'";
        let tables: i64 = sqlx::query_scalar(tables)
            .fetch_one(&database.raw)
            .await
            .unwrap();
        let known = i64::try_from(TABLES.len()).unwrap();
        assert_eq!(
            tables,
            known + 1,
            "all tables but that of the version are looked at"
        );
        let after = named(database.contents().await);
        assert_eq!(
            after,
            ["slotwerk_credentials: 'noord','ann',NULL,3,NULL,0,8,0"],
            "the epoch, and how often the row was locked"
        );
    });
}
