//! What a repeat does after the answer to a commit was lost, as the contract says for each command.
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
    Database, NOW, ann, begin, change, confirm, consume, furnish, furnish_another, job, link,
    remove, subject, ticket,
};
use slotwerk_store::{
    AdvanceTotpStep, AttemptKey, AuthenticatorRemoved, BudgetChanges, ChargeAttempts, Charged,
    CodeDigest, Enqueued, EnrolmentBegun, EnrolmentConfirmed, ErrorKind, FinishJob, Id, IssueReset,
    PasswordChanged, RecoveryCodeSpent, ResetConsumed, ResetIssued, Result, SpendRecoveryCode,
    Stage, StepAdvanced, Store, TokenHash,
};
use slotwerk_testkit::conformance::block_on;
use slotwerk_testkit::{FaultyStore, Strike};
use slotwerk_throttle::Budget;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// Loses the first answer of a command. The answer to its repeat.
async fn repeated<F, Fut, T: Debug>(store: &FaultyStore, command: F) -> T
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    store.fail_call(1, Strike::After, ErrorKind::InDoubt);
    let fault = command().await.unwrap_err();
    assert_eq!(fault.kind(), ErrorKind::InDoubt);
    command().await.unwrap()
}

fn losing(database: &Database) -> FaultyStore {
    FaultyStore::new(Arc::new(database.store.clone()))
}

#[test]
fn repeated_passwords_and_links() {
    block_on(async {
        let database = Database::new().await;
        let store = &losing(&database);
        let first = link(1, 0);
        let again = IssueReset {
            token: TokenHash([2; 32]),
            max_live: 1,
            ..first.clone()
        };
        store.fail_call(1, Strike::After, ErrorKind::InDoubt);
        assert!(store.issue_reset(&first).await.is_err());
        let issued = store.issue_reset(&again).await.unwrap();
        assert_eq!(issued, ResetIssued::Issued, "both links count as one");
        let command = consume(2, job(0xd0));
        let outcome = repeated(store, || store.consume_reset(&command)).await;
        assert_eq!(outcome, ResetConsumed::Invalid);
        let command = change(1);
        let outcome = repeated(store, || store.change_password(&command)).await;
        assert_eq!(outcome, PasswordChanged::Stale);
        let epoch = store.credential(&ann()).await.unwrap().epoch;
        assert_eq!(epoch, 2, "each happened once");
    });
}

#[test]
fn repeated_sign_ins() {
    block_on(async {
        let database = Database::new().await;
        let store = &losing(&database);
        furnish(store).await;
        let step = AdvanceTotpStep {
            ticket: TokenHash([8; 32]),
            account: ann(),
            authenticator: Id([1; 16]),
            step: 101,
            drift: 0,
            resynchronised: false,
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let outcome = repeated(store, || store.advance_totp_step(&step)).await;
        assert_eq!(outcome, StepAdvanced::TicketInvalid);
        let open = ticket(9, Stage::Verify, 0);
        store.open_ticket(&open).await.unwrap();
        let code = SpendRecoveryCode {
            ticket: open.token,
            account: ann(),
            digests: vec![CodeDigest([3; 32])],
            notice: Some(job(0xd0)),
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let outcome = repeated(store, || store.spend_recovery_code(&code)).await;
        assert_eq!(outcome, RecoveryCodeSpent::TicketInvalid);
        let left = store.recovery_codes_left(&ann()).await.unwrap();
        assert_eq!(left, 9, "one code was spent");
    });
}

#[test]
fn repeated_enrolments() {
    block_on(async {
        let database = Database::new().await;
        let store = &losing(&database);
        let open = ticket(7, Stage::Enrol, 0);
        store.open_ticket(&open).await.unwrap();
        let command = begin(7);
        let outcome = repeated(store, || store.begin_enrolment(&command)).await;
        assert_eq!(outcome, EnrolmentBegun::Resumed(command.offer.clone()));
        let command = confirm(7);
        let outcome = repeated(store, || store.confirm_enrolment(&command)).await;
        assert_eq!(outcome, EnrolmentConfirmed::TicketInvalid);
        furnish_another(store, 2).await;
        let command = remove(2);
        let outcome = repeated(store, || store.remove_authenticator(&command)).await;
        assert_eq!(outcome, AuthenticatorRemoved::TicketInvalid);
    });
}

#[test]
fn repeated_jobs_and_charges() {
    block_on(async {
        let database = Database::new().await;
        let store = &losing(&database);
        let added = job(1);
        let outcome = repeated(store, || store.enqueue(&added)).await;
        assert_eq!(outcome, Enqueued::Queued);
        let leased = store.lease_jobs(&common::lease(9)).await.unwrap();
        assert_eq!(leased.len(), 1, "one job waits");
        let done = FinishJob {
            id: added.id,
            attempt: 1,
            note: None,
        };
        assert!(!repeated(store, || store.finish_job(&done)).await);
        let budget = Budget::new(5, Duration::from_secs(60)).unwrap();
        let charge = ChargeAttempts::one(AttemptKey::durable([1; 32]), budget, NOW * 1000);
        let outcome = repeated(store, || store.charge_attempts(&charge)).await;
        let [Charged::Granted { receipt }] = outcome[..] else {
            panic!("not granted: {outcome:?}");
        };
        assert_eq!(receipt.after.failures, 2, "it is charged again");
    });
}
