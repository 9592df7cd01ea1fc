//! A stored kind that this version does not know is a typed error, and hides no other authenticator.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, begin, furnish, furnish_another, subject, ticket};
use slotwerk_store::{
    AdvanceTotpStep, AuthenticatorKind, BudgetChanges, EnrolmentBegun, ErrorKind, Id,
    MoveWatermark, Stage, StepAdvanced, Store, TokenHash, UnknownKind, WatermarkMoved,
};
use slotwerk_testkit::conformance::block_on;
use std::error::Error;

const LATER: &str = "UPDATE slotwerk_authenticators SET kind = 'passkey'
                      WHERE id = x'01010101010101010101010101010101'";

fn unknown() -> UnknownKind {
    UnknownKind {
        name: "passkey".to_owned(),
    }
}

#[test]
fn unknown_kind_hides_no_other() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        furnish_another(store, 2).await;
        database.run(LATER).await;
        let kinds: Vec<_> = store.authenticators(&ann()).await.unwrap();
        let kinds: Vec<_> = kinds.into_iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [Err(unknown()), Ok(AuthenticatorKind::Totp)]);
        let advance = |n| AdvanceTotpStep {
            ticket: TokenHash([8; 32]),
            account: ann(),
            authenticator: Id([n; 16]),
            step: 101,
            drift: 0,
            resynchronised: false,
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let outcome = store.advance_totp_step(&advance(1)).await.unwrap();
        assert_eq!(outcome, StepAdvanced::Replayed, "it is not TOTP");
        let outcome = store.advance_totp_step(&advance(2)).await.unwrap();
        assert_eq!(outcome, StepAdvanced::Advanced { epoch: 0 });
        let moved = MoveWatermark {
            account: ann(),
            authenticator: Id([1; 16]),
            expected: 100,
            watermark: 1,
            disbelieved: None,
        };
        let outcome = store.move_watermark(&moved).await.unwrap();
        assert_eq!(outcome, WatermarkMoved::Stale, "it is not TOTP");
    });
}

#[test]
fn unknown_kind_still_counts() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        database.run(LATER).await;
        let open = ticket(7, Stage::Enrol, 0);
        store.open_ticket(&open).await.unwrap();
        let begun = store.begin_enrolment(&begin(7)).await.unwrap();
        assert_eq!(begun, EnrolmentBegun::TooMany, "a password alone adds none");
    });
}

#[test]
fn pending_unknown_kind_is_replaced() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let open = ticket(7, Stage::Enrol, 0);
        store.open_ticket(&open).await.unwrap();
        let _ = store.begin_enrolment(&begin(7)).await.unwrap();
        let later = "UPDATE slotwerk_pending_enrolments SET kind = 'passkey'";
        database.run(later).await;
        let fault = store.pending_enrolment(&ann(), NOW).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Corrupt);
        let source = fault.source().unwrap().to_string();
        assert_eq!(source, unknown().to_string(), "the cause is typed");
        let mut anew = begin(7);
        anew.offer.id = Id([0xee; 16]);
        anew.mail = None;
        let begun = store.begin_enrolment(&anew).await.unwrap();
        assert_eq!(begun, EnrolmentBegun::Begun(anew.offer), "not resumed");
    });
}
