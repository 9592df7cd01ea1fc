//! A change of an account's second factor that fails at any of its writes has not happened at all.
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
    Database, NOW, all_or_nothing, ann, begin, codes, confirm_another, furnish, furnish_another,
    job, link, offer_another, remove, subject, ticket,
};
use slotwerk_store::{
    AdvanceTotpStep, AuthenticatorRemoved, AuthenticatorRenamed, BeginEnrolment, BudgetChanges,
    CodeDigest, ConfirmEnrolment, EnrolmentBegun, EnrolmentConfirmed, ErrorKind, Id,
    PendingEnrolment, RemoveAuthenticator, RenameAuthenticator, RenewRecoveryCodes, ReplacedCodes,
    Stage, Store, TokenHash,
};
use slotwerk_testkit::conformance::block_on;

fn rename(name: &str) -> RenameAuthenticator {
    RenameAuthenticator {
        ticket: TokenHash([9; 32]),
        account: ann(),
        authenticator: Id([1; 16]),
        name: Some(name.to_owned()),
        subject: subject(),
        now: NOW,
    }
}

fn renew() -> RenewRecoveryCodes {
    RenewRecoveryCodes {
        replaces: ReplacedCodes::Any,
        ticket: TokenHash([9; 32]),
        account: ann(),
        recovery_codes: codes([CodeDigest([0x77; 32])]),
        notice: Some(job(0xd0)),
        subject: subject(),
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

#[test]
fn an_addition_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        let open = ticket(9, Stage::Manage, 0);
        store.open_ticket(&open).await.unwrap();
        let offered = begin(9).offer;
        let offer = BeginEnrolment {
            stage: Stage::Manage,
            most_active: 1,
            offer: PendingEnrolment {
                id: Id([2; 16]),
                ..offered
            },
            mail: Some(job(0xb1)),
            ..begin(9)
        };
        // The first of them is the lock.
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "INSERT ON slotwerk_pending_enrolments",
            "INSERT ON slotwerk_outbox",
        ];
        all_or_nothing(&database, &writes, || store.begin_enrolment(&offer)).await;
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "INSERT ON slotwerk_authenticators",
            "DELETE ON slotwerk_pending_enrolments",
            "DELETE ON slotwerk_recovery_codes",
            "INSERT ON slotwerk_recovery_codes",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = ConfirmEnrolment {
            recovery_codes: Some(codes([CodeDigest([0x77; 32])])),
            ..confirm_another(2)
        };
        all_or_nothing(&database, &writes, || store.confirm_enrolment(&command)).await;
        assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 1);
    });
}

#[test]
fn a_replacement_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        offer_another(store, 2).await;
        let writes = [
            "INSERT ON slotwerk_authenticators",
            "DELETE ON slotwerk_pending_enrolments",
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_resets",
            "DELETE ON slotwerk_tickets",
            "DELETE ON slotwerk_authenticators",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = ConfirmEnrolment {
            replaces: Some(Id([1; 16])),
            ..confirm_another(2)
        };
        all_or_nothing(&database, &writes, || store.confirm_enrolment(&command)).await;
        let active = store.authenticators(&ann()).await.unwrap();
        let ids: Vec<_> = active.iter().map(|active| active.id).collect();
        assert_eq!(ids, [Id([2; 16])]);
    });
}

#[test]
fn a_removal_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        furnish_another(store, 2).await;
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_resets",
            "DELETE ON slotwerk_tickets",
            "DELETE ON slotwerk_authenticators",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = remove(1);
        all_or_nothing(&database, &writes, || store.remove_authenticator(&command)).await;
        // The last one takes the recovery codes along.
        let open = ticket(9, Stage::Manage, 1);
        store.open_ticket(&open).await.unwrap();
        let writes = [
            "DELETE ON slotwerk_authenticators",
            "DELETE ON slotwerk_recovery_codes",
            "INSERT ON slotwerk_outbox",
        ];
        let last = RemoveAuthenticator {
            last_may_go: true,
            notice: Some(job(0xd1)),
            ..remove(2)
        };
        all_or_nothing(&database, &writes, || store.remove_authenticator(&last)).await;
    });
}

#[test]
fn a_name_and_new_codes_happen_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        let open = ticket(9, Stage::Manage, 0);
        store.open_ticket(&open).await.unwrap();
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "UPDATE ON slotwerk_authenticators",
            "INSERT ON slotwerk_audit",
        ];
        let command = rename("new");
        all_or_nothing(&database, &writes, || store.rename_authenticator(&command)).await;
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_recovery_codes",
            "INSERT ON slotwerk_recovery_codes",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = renew();
        all_or_nothing(&database, &writes, || store.renew_recovery_codes(&command)).await;
    });
}

#[test]
fn a_resynchronisation_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        let writes = [
            "DELETE ON slotwerk_tickets",
            "UPDATE ON slotwerk_authenticators",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = AdvanceTotpStep {
            ticket: TokenHash([8; 32]),
            account: ann(),
            authenticator: Id([1; 16]),
            step: 101,
            drift: 4,
            resynchronised: true,
            notice: Some(job(0xd0)),
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        all_or_nothing(&database, &writes, || store.advance_totp_step(&command)).await;
    });
}

/// Several of them write first and look afterwards: a refusal has to undo even the lock's own row.
#[test]
fn a_refusal_leaves_no_trace() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let bare = database.contents().await;
        let outcome = store.begin_enrolment(&begin(7)).await.unwrap();
        assert_eq!(outcome, EnrolmentBegun::TicketInvalid);
        let outcome = store.rename_authenticator(&rename("x")).await.unwrap();
        assert_eq!(outcome, AuthenticatorRenamed::TicketInvalid);
        let _ = store.renew_recovery_codes(&renew()).await.unwrap();
        assert_eq!(database.contents().await, bare, "of an account never seen");

        furnish(store).await;
        offer_another(store, 2).await;
        let before = database.contents().await;
        let outcome = store.remove_authenticator(&remove(1)).await.unwrap();
        assert_eq!(outcome, AuthenticatorRemoved::Last);
        let outcome = store.remove_authenticator(&remove(3)).await.unwrap();
        assert_eq!(outcome, AuthenticatorRemoved::Unknown);
        for replaced in [2, 3] {
            let command = ConfirmEnrolment {
                replaces: Some(Id([replaced; 16])),
                ..confirm_another(2)
            };
            let outcome = store.confirm_enrolment(&command).await.unwrap();
            assert_eq!(outcome, EnrolmentConfirmed::NothingToReplace);
        }
        assert_eq!(database.contents().await, before);
    });
}

/// A transaction that counted before another one wrote, on an engine with row locks, is what the lock
/// keeps away; the count stands in the write all the same.
#[test]
fn a_row_that_appears_between_offer_and_code_is_counted() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        offer_another(store, 2).await;
        database
            .run(
                "INSERT INTO slotwerk_authenticators
                        (tenant, account, id, sealed, watermark, drift, added_at, used_at)
                 SELECT tenant, account, zeroblob(16), sealed, 0, 0, 0, 0
                   FROM slotwerk_authenticators",
            )
            .await;
        let command = ConfirmEnrolment {
            most_active: 1,
            ..confirm_another(2)
        };
        let outcome = store.confirm_enrolment(&command).await.unwrap();
        assert_eq!(outcome, EnrolmentConfirmed::TooMany);
    });
}

/// A name that another engine's column could not hold is no more welcome here.
#[test]
fn a_name_beyond_the_column_is_a_fault_and_changes_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        let open = ticket(9, Stage::Manage, 0);
        store.open_ticket(&open).await.unwrap();
        let before = database.contents().await;
        let long = rename(&"\u{e9}".repeat(257));
        let fault = store.rename_authenticator(&long).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Corrupt);
        assert_eq!(database.contents().await, before);
        let longest = rename(&"\u{e9}".repeat(256));
        let outcome = store.rename_authenticator(&longest).await.unwrap();
        assert_eq!(outcome, AuthenticatorRenamed::Renamed);
        // What was issued is untouched.
        let found = store.find_reset("noord", link(1, 0).token, NOW).await;
        assert!(found.unwrap().is_some());
    });
}
