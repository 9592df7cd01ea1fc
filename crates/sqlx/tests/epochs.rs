//! What was begun under a credential epoch is over with it, even where a row stayed behind.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, begin, confirm, subject, ticket};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    AdvanceTotpStep, Authenticator, AuthenticatorKind, BudgetChanges, EnrolmentBegun,
    EnrolmentConfirmed, Id, Stage, StepAdvanced, Store,
};
use slotwerk_testkit::conformance::block_on;

/// A transaction that read the old epoch and wrote after the new one was set would leave such a row.
#[test]
fn enrolments_of_an_older_epoch_are_over() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let open = ticket(7, Stage::Enrol, 0);
        store.open_ticket(&open).await.unwrap();
        let begun = store.begin_enrolment(&begin(7)).await.unwrap();
        assert!(matches!(begun, EnrolmentBegun::Begun(_)));
        let found = store.pending_enrolment(&ann(), NOW).await.unwrap();
        assert!(found.is_some(), "a negative control");

        database
            .run("UPDATE slotwerk_credentials SET hash = 'new', epoch = 1")
            .await;
        let found = store.pending_enrolment(&ann(), NOW).await.unwrap();
        assert_eq!(found, None);

        store
            .open_ticket(&ticket(8, Stage::Enrol, 1))
            .await
            .unwrap();
        let outcome = store.confirm_enrolment(&confirm(8)).await.unwrap();
        assert_eq!(outcome, EnrolmentConfirmed::Gone);
        let mut anew = begin(8);
        anew.offer.id = Id([0xee; 16]);
        anew.mail = None;
        let begun = store.begin_enrolment(&anew).await.unwrap();
        assert_eq!(begun, EnrolmentBegun::Begun(anew.offer), "not resumed");
    });
}

/// Two authenticators and a pending one, as version 1 stored them.
const VERSION_ONE_ROWS: &str = "
    CREATE TABLE slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY);
    INSERT INTO slotwerk_schema VALUES (1);
    INSERT INTO slotwerk_authenticators
           (tenant, account, id, sealed, watermark, drift, name, added_at, used_at)
    VALUES ('noord', 'ann', x'01010101010101010101010101010101', x'01', 56666667, -1, 'phone', 5, 6),
           ('noord', 'ann', x'02020202020202020202020202020202', x'02', 56666668, 2, NULL, 7, 8);
    INSERT INTO slotwerk_pending_enrolments
           (tenant, account, id, sealed, ticket, shared, version, expires_at)
    VALUES ('noord', 'ann', x'03030303030303030303030303030303', x'03', zeroblob(32), 1, 0, 1700000600);";

#[test]
fn authenticators_of_version_one_are_kept() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("old.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let old = sqlx::SqlitePool::connect_with(options).await.unwrap();
        for script in [
            include_str!("../src/schema/sqlite/1_tables.sql"),
            VERSION_ONE_ROWS,
        ] {
            sqlx::raw_sql(script).execute(&old).await.unwrap();
        }
        old.close().await;

        let store = SqlStore::connect(path.to_str().unwrap()).await.unwrap();
        let kept = store.authenticators(&ann()).await.unwrap();
        let seen: Vec<_> = kept
            .iter()
            .map(|one| (one.watermark, one.drift, one.disbelieved, one.ordinal))
            .collect();
        let totp = |one: &Authenticator| one.kind == Ok(AuthenticatorKind::Totp);
        assert!(kept.iter().all(totp), "the kind of those from before");
        assert_eq!(seen, [(56_666_667, -1, None, 1), (56_666_668, 2, None, 1)]);
        assert_eq!(kept[0].name.as_deref(), Some("phone"));
        let pending = store.pending_enrolment(&ann(), NOW).await.unwrap();
        assert_eq!(pending.unwrap().ordinal, 1);

        // They still work, and the next one gets another ordinal.
        let open = ticket(7, Stage::Verify, 0);
        store.open_ticket(&open).await.unwrap();
        let advance = AdvanceTotpStep {
            ticket: open.token,
            account: ann(),
            authenticator: kept[0].id,
            step: 56_666_668,
            drift: 0,
            resynchronised: false,
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let advanced = store.advance_totp_step(&advance).await.unwrap();
        assert_eq!(advanced, StepAdvanced::Advanced { epoch: 0 });
        let open = ticket(8, Stage::Manage, 0);
        store.open_ticket(&open).await.unwrap();
        let mut next = begin(8);
        next.stage = Stage::Manage;
        next.most_active = 5;
        next.offer.id = Id([4; 16]);
        next.offer.shared = false;
        let begun = store.begin_enrolment(&next).await.unwrap();
        let EnrolmentBegun::Begun(begun) = begun else {
            panic!("not begun: {begun:?}");
        };
        assert_eq!(begun.ordinal, 2);
    });
}
