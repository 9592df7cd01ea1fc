//! Faults keep their kind, and are never an answer.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{
    Database, NOW, ann, change, consume, furnish, job, lease, link, offer_another, subject, ticket,
};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    AdvanceTotpStep, BudgetChanges, ErrorKind, Id, ResetConsumed, Stage, Store, StoreError,
    TokenHash,
};
use slotwerk_testkit::conformance::block_on;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::time::Duration;

#[test]
fn a_held_lock_is_a_conflict_and_changes_nothing() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let impatient = SqliteConnectOptions::new()
            .filename(database.path())
            .busy_timeout(Duration::ZERO);
        let pool = SqlitePoolOptions::new().connect_with(impatient).await;
        let store = SqlStore::from_pool(pool.unwrap());
        let held = database.raw.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let command = consume(1, job(0xd0));
        let fault = store.consume_reset(&command).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Conflict);
        held.rollback().await.unwrap();
        let outcome = store.consume_reset(&command).await.unwrap();
        assert_eq!(outcome, ResetConsumed::Consumed { epoch: 1 });
    });
}

#[test]
fn a_closed_store_is_unavailable() {
    block_on(async {
        let database = Database::new().await;
        database.store.close().await;
        let store = &database.store;
        let faults = [
            store.credential(&ann()).await.unwrap_err(),
            store.enqueue(&job(1)).await.unwrap_err(),
            store.consume_reset(&consume(1, job(2))).await.unwrap_err(),
        ];
        for fault in faults {
            assert_eq!(fault.kind(), ErrorKind::Unavailable);
        }
    });
}

#[test]
fn a_row_that_was_tampered_with_is_corrupt() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let store = &database.store;
        let tamperings = [
            "UPDATE slotwerk_tickets SET stage = 'done'",
            "UPDATE slotwerk_resets SET binding = x'00'",
            "UPDATE slotwerk_authenticators SET watermark = -1",
            "UPDATE slotwerk_credentials SET epoch = -1 WHERE account = 'bob'",
            "UPDATE slotwerk_audit SET kind = 'nothing'",
            "UPDATE slotwerk_outbox SET tenant = x'ff'",
        ];
        database
            .run(
                "INSERT INTO slotwerk_credentials (tenant, account, epoch, recheck)
                 VALUES ('noord', 'bob', 0, 0)",
            )
            .await;
        for tampering in tamperings {
            database.run(tampering).await;
        }
        let bob = slotwerk_store::AccountKey::new("noord", "bob").unwrap();
        let (link, ticket) = (link(1, 0).token, TokenHash([8; 32]));
        let faults = [
            store.find_ticket("noord", ticket, NOW).await.err(),
            store.find_reset("noord", link, NOW).await.err(),
            store.authenticators(&ann()).await.err(),
            store.credential(&bob).await.err(),
            store.audit_trail("noord", 0, 10).await.err(),
            store.lease_jobs(&lease(10)).await.err(),
        ];
        for (fault, tampering) in faults.into_iter().zip(tamperings) {
            let kind = fault.map(|fault| fault.kind());
            assert_eq!(kind, Some(ErrorKind::Corrupt), "{tampering}");
        }
    });
}

#[test]
fn a_tampered_mark_standing_age_or_past_password_is_corrupt() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        for epoch in 0..2 {
            let _ = store.change_password(&change(epoch)).await.unwrap();
        }
        let open = ticket(8, Stage::Verify, 2);
        store.open_ticket(&open).await.unwrap();
        let kind = |fault: Option<StoreError>| fault.map(|fault| fault.kind());
        let corrupt = Some(ErrorKind::Corrupt);

        let find = || store.find_ticket("noord", open.token, NOW);
        assert_eq!(kind(find().await.err()), None, "a negative control");
        let tampering = "UPDATE slotwerk_tickets SET standing = 'fine'";
        database.run(tampering).await;
        assert_eq!(kind(find().await.err()), corrupt, "{tampering}");

        let past = || async { store.password_history(&ann(), 9).await };
        assert_eq!(kind(past().await.err()), None, "a negative control");
        let tampering = "UPDATE slotwerk_password_history SET retired_at = -1";
        database.run(tampering).await;
        assert_eq!(kind(past().await.err()), corrupt, "{tampering}");

        let read = || async { store.credential(&ann()).await };
        assert_eq!(kind(read().await.err()), None, "a negative control");
        for tampering in ["set_at = -1", "set_at = NULL, recheck = 2"] {
            let update = format!("UPDATE slotwerk_credentials SET {tampering}");
            database.run(&update).await;
            assert_eq!(kind(read().await.err()), corrupt, "{tampering}");
        }
    });
}

#[test]
fn a_step_beyond_the_column_is_a_fault_and_leaves_the_ticket() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let command = AdvanceTotpStep {
            ticket: TokenHash([8; 32]),
            account: ann(),
            authenticator: Id([1; 16]),
            step: u64::MAX,
            drift: 0,
            resynchronised: false,
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let fault = database.store.advance_totp_step(&command).await;
        assert_eq!(fault.unwrap_err().kind(), ErrorKind::Corrupt);
        let live = database.store.find_ticket("noord", command.ticket, NOW);
        assert!(live.await.unwrap().is_some());
    });
}

#[test]
fn a_notice_whose_id_is_taken_is_not_lost_in_silence() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let before = database.contents().await;
        let taken = consume(1, job(1));
        let fault = database.store.consume_reset(&taken).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Conflict);
        assert_eq!(database.contents().await, before);
    });
}

#[test]
fn a_fault_names_its_kind_only() {
    block_on(async {
        let database = Database::new().await;
        database.store.close().await;
        let fault = database.store.credential(&ann()).await.unwrap_err();
        assert_eq!(fault.to_string(), "the store is unavailable");
    });
}

#[test]
fn a_tampered_ticket_of_an_enrolment_or_time_of_an_authenticator_is_corrupt() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        offer_another(store, 2).await;
        let kind = |fault: Option<StoreError>| fault.map(|fault| fault.kind());
        let corrupt = Some(ErrorKind::Corrupt);
        let active = || async { store.authenticators(&ann()).await };
        assert_eq!(kind(active().await.err()), None, "a negative control");
        for column in ["added_at", "used_at"] {
            let tamper = |to| format!("UPDATE slotwerk_authenticators SET {column} = {to}");
            database.run(&tamper(-1)).await;
            assert_eq!(kind(active().await.err()), corrupt, "{column}");
            database.run(&tamper(1)).await;
        }
        let pending = || async { store.pending_enrolment(&ann(), NOW).await };
        assert_eq!(kind(pending().await.err()), None, "a negative control");
        let tampering = "UPDATE slotwerk_pending_enrolments SET ticket = x'00'";
        database.run(tampering).await;
        assert_eq!(kind(pending().await.err()), corrupt, "{tampering}");
    });
}
