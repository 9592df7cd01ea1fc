//! A success and the budgets that it changes are one transaction.
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
    Database, NOW, all_or_nothing, ann, begin, change, codes, confirm, consume, furnish, job, link,
    subject, ticket,
};
use slotwerk_store::{
    AdvanceTotpStep, AttemptKey, BudgetChanges, ChangePassword, ChargeAttempts, Charged,
    CodeDigest, ConfirmEnrolment, ConsumeReset, Id, OpenTicket, PasswordChanged, RecoveryCodeSpent,
    RenewRecoveryCodes, ReplacedCodes, ResetConsumed, SettleAttempt, SpendRecoveryCode, Stage,
    StepAdvanced, Store, TokenHash,
};
use slotwerk_testkit::conformance::block_on;
use slotwerk_throttle::{Allowance, Budget};
use std::time::Duration;

const CHARGED: &str = "UPDATE ON slotwerk_attempts";

/// One attempt to settle, and one budget to lift.
async fn charged(store: &dyn Store) -> BudgetChanges {
    let budget = Budget::new(5, Duration::from_secs(60)).unwrap();
    let allowance = Allowance::new(budget);
    let [settled, lifted] = [1, 2].map(|key| AttemptKey::durable([key; 32]));
    let mut receipts = Vec::new();
    for key in [settled, lifted] {
        let charge = ChargeAttempts::one(key, allowance, NOW * 1000);
        match store.charge_attempts(&charge).await.unwrap()[..] {
            [Charged::Granted { receipt }] => receipts.push(receipt),
            ref other => panic!("not granted: {other:?}"),
        }
    }
    BudgetChanges {
        settle: vec![SettleAttempt {
            key: settled,
            allowance,
            receipt: receipts[0],
        }],
        lift: vec![lifted],
    }
}

fn step(step: u64, budgets: BudgetChanges) -> AdvanceTotpStep {
    AdvanceTotpStep {
        ticket: TokenHash([8; 32]),
        account: ann(),
        authenticator: Id([1; 16]),
        step,
        drift: 0,
        resynchronised: false,
        notice: None,
        subject: subject(),
        now: NOW,
        budgets,
    }
}

fn code(code: u8, budgets: BudgetChanges) -> SpendRecoveryCode {
    SpendRecoveryCode {
        ticket: TokenHash([8; 32]),
        account: ann(),
        digests: vec![CodeDigest([code; 32])],
        notice: None,
        subject: subject(),
        now: NOW,
        budgets,
    }
}

#[test]
fn sign_ins_settle_whole() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        let open = OpenTicket {
            budgets: charged(store).await,
            ..ticket(9, Stage::Verify, 0)
        };
        let writes = ["INSERT ON slotwerk_tickets", CHARGED];
        all_or_nothing(&database, &writes, || store.open_ticket(&open)).await;
        let command = step(101, charged(store).await);
        let writes = ["DELETE ON slotwerk_tickets", CHARGED];
        all_or_nothing(&database, &writes, || store.advance_totp_step(&command)).await;
        let again = ticket(8, Stage::Verify, 0);
        store.open_ticket(&again).await.unwrap();
        let command = code(3, charged(store).await);
        all_or_nothing(&database, &writes, || store.spend_recovery_code(&command)).await;
    });
}

#[test]
fn enrolments_settle_whole() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let open = ticket(7, Stage::Enrol, 0);
        store.open_ticket(&open).await.unwrap();
        let _ = store.begin_enrolment(&begin(7)).await.unwrap();
        let command = ConfirmEnrolment {
            budgets: charged(store).await,
            ..confirm(7)
        };
        let writes = ["INSERT ON slotwerk_authenticators", CHARGED];
        all_or_nothing(&database, &writes, || store.confirm_enrolment(&command)).await;
        let pass = ticket(9, Stage::Manage, 0);
        store.open_ticket(&pass).await.unwrap();
        let command = RenewRecoveryCodes {
            replaces: ReplacedCodes::Any,
            ticket: pass.token,
            account: ann(),
            recovery_codes: codes([CodeDigest([0x77; 32])]),
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: charged(store).await,
        };
        let writes = ["INSERT ON slotwerk_recovery_codes", CHARGED];
        all_or_nothing(&database, &writes, || store.renew_recovery_codes(&command)).await;
    });
}

#[test]
fn new_passwords_settle_whole() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let command = ChangePassword {
            budgets: charged(store).await,
            ..change(0)
        };
        let writes = ["INSERT ON slotwerk_credentials", CHARGED];
        all_or_nothing(&database, &writes, || store.change_password(&command)).await;
        let _ = store.issue_reset(&link(1, 1)).await.unwrap();
        let command = ConsumeReset {
            budgets: charged(store).await,
            ..consume(1, job(0xd0))
        };
        let writes = ["DELETE ON slotwerk_resets", CHARGED];
        all_or_nothing(&database, &writes, || store.consume_reset(&command)).await;
    });
}

#[test]
fn rejections_leave_no_trace() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        furnish(store).await;
        let budgets = charged(store).await;
        let before = database.contents().await;
        let outcome = store.advance_totp_step(&step(100, budgets.clone())).await;
        assert_eq!(outcome.unwrap(), StepAdvanced::Replayed);
        let unknown = code(0x99, budgets.clone());
        let outcome = store.spend_recovery_code(&unknown).await.unwrap();
        assert_eq!(outcome, RecoveryCodeSpent::Unknown);
        let stale = ChangePassword {
            budgets: budgets.clone(),
            ..change(7)
        };
        let outcome = store.change_password(&stale).await.unwrap();
        assert_eq!(outcome, PasswordChanged::Stale);
        let unknown = ConsumeReset {
            budgets,
            ..consume(9, job(0xd0))
        };
        let outcome = store.consume_reset(&unknown).await.unwrap();
        assert_eq!(outcome, ResetConsumed::Invalid);
        assert_eq!(database.contents().await, before);
    });
}
