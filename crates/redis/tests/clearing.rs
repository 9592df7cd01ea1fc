//! Lifting, clearing, erasing and reading.

use crate::support::{Layer, NOW_MS, NOWHERE, burst, charge, durable, grants, lossy, patient};
use slotwerk_redis::{RedisStore, WhenDown};
use slotwerk_store::{
    AccountKey, AttemptKey, AuditKind, ClearAttempts, EraseAccount, ErrorKind, MemoryStore, Store,
    Subject,
};
use std::sync::Arc;

fn clear(keys: &[AttemptKey]) -> ClearAttempts {
    ClearAttempts {
        tenant: "noord".to_owned(),
        keys: keys.to_vec(),
        subject: Subject([1; 32]),
        actor: None,
        reason: None,
        now_ms: NOW_MS,
        notice: None,
    }
}

async fn audit_rows(store: &dyn Store) -> usize {
    let rows = store.audit_trail("noord", 0, 100).await.unwrap();
    let cleared = rows
        .iter()
        .filter(|row| row.kind == AuditKind::BudgetsCleared);
    cleared.count()
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn lifted_budget_is_whole() {
    let layer = Layer::new().await;
    assert_eq!(grants(&layer.store, lossy(1), burst(3)).await, 3);
    layer.store.lift_attempt(lossy(1), NOW_MS).await.unwrap();
    assert_eq!(grants(&layer.store, lossy(1), burst(3)).await, 3);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn cleared_budgets_have_an_audit_row() {
    let layer = Layer::new().await;
    let exhausted = [lossy(1), durable(2), lossy(3)];
    for key in exhausted {
        assert_eq!(grants(&layer.store, key, burst(3)).await, 3);
    }
    let command = clear(&[lossy(1), durable(2), lossy(3), lossy(4)]);
    assert_eq!(layer.store.clear_attempts(&command).await.unwrap(), 3);
    assert_eq!(audit_rows(&layer.store).await, 1);
    for key in exhausted {
        assert_eq!(grants(&layer.store, key, burst(3)).await, 3, "{key:?}");
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn many_budgets_are_cleared() {
    let layer = Layer::new().await;
    let keys: Vec<_> = (0..40).map(lossy).collect();
    for key in &keys {
        charge(&layer.store, &[(*key, burst(1))]).await;
    }
    assert_eq!(layer.store.clear_attempts(&clear(&keys)).await.unwrap(), 40);
    assert_eq!(audit_rows(&layer.store).await, 1);
    let read = layer.store.budgets(&keys).await.unwrap();
    assert_eq!(read.len(), 40);
    assert_eq!(grants(&layer.store, lossy(39), burst(1)).await, 1);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn nothing_to_clear_leaves_no_row() {
    let layer = Layer::new().await;
    let command = clear(&[lossy(1), durable(2)]);
    assert_eq!(layer.store.clear_attempts(&command).await.unwrap(), 0);
    assert_eq!(audit_rows(&layer.store).await, 0);
}

#[tokio::test]
async fn outage_bounds_clearing() {
    for (when_down, due) in [
        (WhenDown::UseStore, Ok(1)),
        (WhenDown::Reject, Err(ErrorKind::Unavailable)),
    ] {
        let inner = Arc::new(MemoryStore::new());
        let store = RedisStore::open(NOWHERE, inner.clone(), patient(when_down)).unwrap();
        charge(inner.as_ref(), &[(durable(2), burst(3))]).await;
        let cleared = store.clear_attempts(&clear(&[lossy(1), durable(2)])).await;
        assert_eq!(cleared.map_err(|error| error.kind()), due);
        assert_eq!(audit_rows(&store).await, usize::from(due.is_ok()));
        let durable_only = store.clear_attempts(&clear(&[durable(2)])).await;
        assert_eq!(durable_only.unwrap(), 1, "it needs no Redis");
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn erasure_takes_both_kinds() {
    let mut layer = Layer::new().await;
    for key in [lossy(1), durable(2), lossy(3)] {
        charge(&layer.store, &[(key, burst(3))]).await;
    }
    let command = EraseAccount {
        account: AccountKey::new("noord", "42").unwrap(),
        budgets: vec![lossy(1), durable(2), lossy(9)],
        subject: Subject([1; 32]),
        actor: None,
        reason: None,
        now: NOW_MS / 1000,
    };
    let erased = layer.store.erase_account(&command).await.unwrap();
    assert_eq!(erased.rows, 2);
    assert_eq!(layer.value(lossy(1)).await, None);
    assert!(layer.value(lossy(3)).await.is_some(), "another's budget");
    assert_eq!(layer.inner.budgets(&[durable(2)]).await.unwrap(), [None]);
}
