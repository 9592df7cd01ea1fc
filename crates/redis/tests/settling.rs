//! What a success gives back.

use crate::support::{
    Layer, NOW_MS, NOWHERE, burst, charge, durable, grants, lossy, patient, receipt,
};
use slotwerk_redis::{RedisStore, WhenDown};
use slotwerk_store::{
    AccountKey, AdvanceTotpStep, AttemptKey, AuthenticatorKind, BeginEnrolment, BudgetChanges,
    ChangePassword, CodeDigest, ConfirmEnrolment, ConsumeReset, EnrolmentBegun, EnrolmentConfirmed,
    HashedCodes, Id, IssueReset, KeepHistory, MailState, MemoryStore, OpenTicket, PasswordChanged,
    PasswordStanding, PendingEnrolment, RecoveryCodeSpent, RecoveryCodesRenewed,
    RenewRecoveryCodes, ReplacedCodes, ResetConsumed, ResetIssued, SettleAttempt,
    SpendRecoveryCode, Stage, StepAdvanced, Store, Subject, TokenHash,
};
use std::sync::Arc;

const NOW: u64 = NOW_MS / 1000;
const WHO: Subject = Subject([1; 32]);

fn account() -> AccountKey {
    AccountKey::new("noord", "42").unwrap()
}

/// Charges a budget twice: its value after the first charge, and what gives back the second.
async fn used_twice(layer: &mut Layer, key: AttemptKey) -> (String, SettleAttempt) {
    charge(&layer.store, &[(key, burst(5))]).await;
    let once = layer.value(key).await.unwrap();
    let settle = SettleAttempt {
        key,
        allowance: burst(5),
        receipt: receipt(&layer.store, key, burst(5)).await,
    };
    (once, settle)
}

/// A value without its failures in a row, which a success resets.
fn without_failures(value: &str) -> String {
    let parts: Vec<_> = value.split(' ').collect();
    format!("{} 0 {}", parts[0], parts[2])
}

fn change_password(expected_epoch: u64, budgets: BudgetChanges) -> ChangePassword {
    ChangePassword {
        account: account(),
        expected_epoch,
        hash: "new".to_owned(),
        recheck: false,
        keep: KeepHistory::NOTHING,
        budgets,
        notice: None,
        subject: WHO,
        now: NOW,
    }
}

fn ticket(number: u8, stage: Stage, epoch: u64) -> OpenTicket {
    OpenTicket {
        token: TokenHash([number; 32]),
        account: account(),
        stage,
        standing: PasswordStanding::Good,
        epoch,
        expires_at: NOW + 600,
        budgets: BudgetChanges::default(),
        max_live: 5,
        now: NOW,
    }
}

fn codes(code: u8) -> HashedCodes {
    HashedCodes {
        digests: vec![CodeDigest([code; 32])],
        hashing: "none".to_owned(),
    }
}

/// Has each command that settles succeed, with the changes for it.
async fn succeed(store: &dyn Store, mut changes: impl FnMut() -> BudgetChanges) {
    let changed = store.change_password(&change_password(0, changes())).await;
    assert_eq!(changed.unwrap(), PasswordChanged::Changed { epoch: 1 });

    let link = IssueReset {
        token: TokenHash([1; 32]),
        account: account(),
        job: Id([1; 16]),
        binding: [1; 32],
        epoch: 1,
        expires_at: NOW + 600,
        max_live: 3,
        invited: None,
        now: NOW,
    };
    assert_eq!(store.issue_reset(&link).await.unwrap(), ResetIssued::Issued);
    let reset = ConsumeReset {
        token: link.token,
        account: account(),
        binding: link.binding,
        hash: "newer".to_owned(),
        recheck: false,
        keep: KeepHistory::NOTHING,
        budgets: changes(),
        notice: None,
        subject: WHO,
        now: NOW,
    };
    let consumed = store.consume_reset(&reset).await.unwrap();
    assert_eq!(consumed, ResetConsumed::Consumed { epoch: 2 });

    let mut open = ticket(2, Stage::Enrol, 2);
    open.budgets = changes();
    store.open_ticket(&open).await.unwrap();
    let begin = BeginEnrolment {
        stage: Stage::Enrol,
        account: account(),
        offer: PendingEnrolment {
            id: Id([2; 16]),
            kind: AuthenticatorKind::Totp,
            sealed: vec![1],
            ticket: open.token,
            shared: false,
            mail: MailState::Unsent,
            expires_at: NOW + 600,
            ordinal: 0,
        },
        most_active: 0,
        mail: None,
        now: NOW,
    };
    let begun = store.begin_enrolment(&begin).await.unwrap();
    assert!(matches!(begun, EnrolmentBegun::Begun(_)), "{begun:?}");
    let confirm = ConfirmEnrolment {
        ticket: open.token,
        stage: Stage::Enrol,
        account: account(),
        enrolment: begin.offer.id,
        name: None,
        most_active: 0,
        replaces: None,
        revokes: false,
        step: 1,
        drift: 0,
        recovery_codes: Some(codes(1)),
        budgets: changes(),
        notice: None,
        subject: WHO,
        now: NOW,
    };
    let confirmed = store.confirm_enrolment(&confirm).await.unwrap();
    let EnrolmentConfirmed::Confirmed { epoch } = confirmed else {
        panic!("{confirmed:?}")
    };

    let open = ticket(3, Stage::Verify, epoch);
    store.open_ticket(&open).await.unwrap();
    let step = AdvanceTotpStep {
        ticket: open.token,
        account: account(),
        authenticator: begin.offer.id,
        step: 2,
        drift: 0,
        resynchronised: false,
        budgets: changes(),
        notice: None,
        subject: WHO,
        now: NOW,
    };
    let advanced = store.advance_totp_step(&step).await.unwrap();
    assert_eq!(advanced, StepAdvanced::Advanced { epoch });

    let open = ticket(4, Stage::Verify, epoch);
    store.open_ticket(&open).await.unwrap();
    let spend = SpendRecoveryCode {
        ticket: open.token,
        account: account(),
        digests: codes(1).digests,
        budgets: changes(),
        notice: None,
        subject: WHO,
        now: NOW,
    };
    let spent = store.spend_recovery_code(&spend).await.unwrap();
    assert!(matches!(spent, RecoveryCodeSpent::Spent { .. }));

    let open = ticket(5, Stage::Manage, epoch);
    store.open_ticket(&open).await.unwrap();
    let renew = RenewRecoveryCodes {
        ticket: open.token,
        account: account(),
        replaces: ReplacedCodes::Any,
        recovery_codes: codes(2),
        budgets: changes(),
        notice: None,
        subject: WHO,
        now: NOW,
    };
    let renewed = store.renew_recovery_codes(&renew).await.unwrap();
    assert_eq!(renewed, RecoveryCodesRenewed::Renewed);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn every_success_settles_and_lifts() {
    let mut layer = Layer::new().await;
    let mut due = Vec::new();
    let mut changes = Vec::new();
    for key in 0..7 {
        let (once, settle) = used_twice(&mut layer, lossy(key)).await;
        due.push(without_failures(&once));
        charge(&layer.store, &[(lossy(key + 100), burst(5))]).await;
        let below = used_twice_below(&layer, durable(key + 200)).await;
        changes.push(BudgetChanges {
            settle: vec![settle, below],
            lift: vec![lossy(key + 100)],
        });
    }
    changes.reverse();
    succeed(&layer.store, || changes.pop().unwrap()).await;
    assert!(changes.is_empty(), "every command has had its changes");
    for (key, due) in (0..7).zip(due) {
        assert_eq!(layer.value(lossy(key)).await, Some(due), "command {key}");
        assert_eq!(layer.value(lossy(key + 100)).await, None, "command {key}");
        let below = layer.store.budgets(&[durable(key + 200)]).await.unwrap()[0];
        assert_eq!(below.unwrap().state.recent, 1, "command {key}");
    }
}

/// As [`used_twice`], for a budget of the store underneath.
async fn used_twice_below(layer: &Layer, key: AttemptKey) -> SettleAttempt {
    charge(&layer.store, &[(key, burst(5))]).await;
    SettleAttempt {
        key,
        allowance: burst(5),
        receipt: receipt(&layer.store, key, burst(5)).await,
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn rejection_settles_nothing() {
    let mut layer = Layer::new().await;
    let (_, settle) = used_twice(&mut layer, lossy(1)).await;
    let twice = layer.value(lossy(1)).await;
    let changes = BudgetChanges {
        settle: vec![settle],
        lift: vec![lossy(1)],
    };
    let stale = layer
        .store
        .change_password(&change_password(7, changes))
        .await;
    assert_eq!(stale.unwrap(), PasswordChanged::Stale);
    assert_eq!(layer.value(lossy(1)).await, twice);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn success_may_lift_only() {
    let mut layer = Layer::new().await;
    used_twice(&mut layer, lossy(1)).await;
    charge(layer.inner.as_ref(), &[(lossy(1), burst(5)); 3]).await;
    let changes = BudgetChanges {
        settle: Vec::new(),
        lift: vec![lossy(1)],
    };
    let changed = layer
        .store
        .change_password(&change_password(0, changes))
        .await;
    assert!(matches!(changed, Ok(PasswordChanged::Changed { .. })));
    assert_eq!(layer.value(lossy(1)).await, None);
    let below = layer.inner.budgets(&[lossy(1)]).await.unwrap()[0];
    assert_eq!(below.unwrap().state.recent, 0, "one of an outage as well");
}

/// An attempt that Redis did not charge, or not last, does not come back: neither there nor below.
#[tokio::test]
#[ignore = "needs Redis"]
async fn only_the_last_charge_comes_back() {
    let mut layer = Layer::new().await;
    let (_, settle) = used_twice(&mut layer, lossy(1)).await;
    let below = charge(layer.inner.as_ref(), &[(lossy(1), burst(5)); 3]).await;
    assert_eq!(below, [true; 3], "a budget of an outage");
    let stale = layer.inner.budgets(&[lossy(1)]).await.unwrap();
    charge(&layer.store, &[(lossy(1), burst(5))]).await;
    let three = layer.value(lossy(1)).await;
    layer.store.settle_attempt(&settle).await.unwrap();
    let changes = BudgetChanges {
        settle: vec![settle.clone()],
        lift: Vec::new(),
    };
    let changed = layer
        .store
        .change_password(&change_password(0, changes))
        .await;
    assert!(matches!(changed, Ok(PasswordChanged::Changed { .. })));
    assert_eq!(layer.value(lossy(1)).await, three);
    assert_eq!(layer.inner.budgets(&[lossy(1)]).await.unwrap(), stale);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn repeated_settling_gives_back_once() {
    let mut layer = Layer::new().await;
    let (once, settle) = used_twice(&mut layer, lossy(1)).await;
    for _ in 0..2 {
        layer.store.settle_attempt(&settle).await.unwrap();
        let due = without_failures(&once);
        assert_eq!(layer.value(lossy(1)).await, Some(due));
    }
    assert_eq!(grants(&layer.store, lossy(1), burst(5)).await, 4);
}

#[tokio::test]
async fn outage_leaves_successes_alone() {
    for when_down in [WhenDown::UseStore, WhenDown::Reject] {
        let inner = Arc::new(MemoryStore::new());
        let store = RedisStore::open(NOWHERE, inner.clone(), patient(when_down)).unwrap();
        let key = lossy(1);
        let receipt = receipt(inner.as_ref(), key, burst(5)).await;
        let settle = SettleAttempt {
            key,
            allowance: burst(5),
            receipt,
        };
        store.settle_attempt(&settle).await.unwrap();
        let changes = BudgetChanges {
            settle: vec![settle],
            lift: vec![lossy(2)],
        };
        let changed = store.change_password(&change_password(0, changes)).await;
        assert_eq!(changed.unwrap(), PasswordChanged::Changed { epoch: 1 });
        let below = inner.budgets(&[key]).await.unwrap()[0].unwrap();
        assert_eq!(below.state, receipt.after, "the attempt stays charged");
    }
}
