//! Taking the lock of an account changes its row.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, begin, codes, confirm, furnish_another, remove, subject, ticket};
use slotwerk_store::{
    BudgetChanges, CodeDigest, EnrolmentBegun, Forget, RenameAuthenticator, RenewRecoveryCodes,
    ReplacedCodes, RevokeAccess, Stage, Store, TokenHash,
};
use slotwerk_testkit::conformance::block_on;

async fn locked(database: &Database) -> i64 {
    sqlx::query_scalar("SELECT COALESCE(MAX(locked), -1) FROM slotwerk_credentials")
        .fetch_one(&database.raw)
        .await
        .unwrap()
}

#[test]
fn each_lock_counts_up() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let open = ticket(7, Stage::Enrol, 0);
        store.open_ticket(&open).await.unwrap();
        let begun = store.begin_enrolment(&begin(7)).await.unwrap();
        assert!(matches!(begun, EnrolmentBegun::Begun(_)));
        assert_eq!(locked(&database).await, 1, "opened and begun");
        let _ = store.confirm_enrolment(&confirm(7)).await.unwrap();
        assert_eq!(locked(&database).await, 2, "a confirmation");
        furnish_another(store, 2).await;
        assert_eq!(locked(&database).await, 5, "opened, begun and confirmed");
        let rename = RenameAuthenticator {
            ticket: TokenHash([9; 32]),
            account: ann(),
            authenticator: remove(2).authenticator,
            name: None,
            subject: subject(),
            now: NOW,
        };
        let _ = store.rename_authenticator(&rename).await.unwrap();
        assert_eq!(locked(&database).await, 6, "a rename");
        let renew = RenewRecoveryCodes {
            ticket: TokenHash([9; 32]),
            account: ann(),
            replaces: ReplacedCodes::Any,
            recovery_codes: codes([CodeDigest([0x77; 32])]),
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let _ = store.renew_recovery_codes(&renew).await.unwrap();
        assert_eq!(locked(&database).await, 7, "new codes");
        let _ = store.remove_authenticator(&remove(2)).await.unwrap();
        assert_eq!(locked(&database).await, 8, "a removal");
        let revoke = RevokeAccess {
            account: ann(),
            expected_epoch: None,
            forget: Forget::Nothing,
            notice: None,
            subject: subject(),
            actor: None,
            reason: None,
            now: NOW,
        };
        let _ = store.revoke_access(&revoke).await.unwrap();
        assert_eq!(locked(&database).await, 9, "a revocation");
    });
}

#[test]
fn rejection_leaves_the_count() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let open = ticket(7, Stage::Enrol, 0);
        store.open_ticket(&open).await.unwrap();
        let _ = store.begin_enrolment(&begin(7)).await.unwrap();
        let mut foreign = confirm(7);
        foreign.enrolment.0 = [9; 16];
        let _ = store.confirm_enrolment(&foreign).await.unwrap();
        assert_eq!(locked(&database).await, 1, "nothing was committed");
    });
}
