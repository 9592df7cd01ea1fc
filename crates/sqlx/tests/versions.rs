//! What was begun under a credential version is over with it, even where a row stayed behind.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, begin, confirm, ticket};
use slotwerk_store::{EnrolmentBegun, EnrolmentConfirmed, Id, Stage, Store};
use slotwerk_testkit::conformance::block_on;

/// A transaction that read the old version and wrote after the new one was set would leave such a row.
#[test]
fn a_pending_enrolment_of_an_older_version_is_neither_found_nor_confirmed_nor_resumed() {
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
            .run("UPDATE slotwerk_credentials SET hash = 'new', version = 1")
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
