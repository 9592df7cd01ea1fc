//! Charges over both stores.

use crate::support::{Layer, burst, charge, command, durable, grants, lossy, receipt, url};
use slotwerk_redis::RedisStore;
use slotwerk_store::{ChargeAttempts, ErrorKind, OnDenial, Store};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;

#[tokio::test]
#[ignore = "needs Redis"]
async fn each_budget_has_one_place() {
    let mut layer = Layer::new().await;
    let both = [(lossy(1), burst(5)), (durable(2), burst(5))];
    assert_eq!(charge(&layer.store, &both).await, [true, true]);
    let inner = layer.inner.budgets(&[lossy(1), durable(2)]).await.unwrap();
    assert!(inner[0].is_none() && inner[1].is_some(), "{inner:?}");
    assert!(layer.value(lossy(1)).await.is_some());
    assert!(layer.value(durable(2)).await.is_none());
    let read = layer.store.budgets(&[durable(2), lossy(1), lossy(3)]).await;
    let failures = |tally: &Option<slotwerk_throttle::Tally>| tally.map(|one| one.state.failures);
    let read: Vec<_> = read.unwrap().iter().map(failures).collect();
    assert_eq!(read, [Some(1), Some(1), None]);
}

/// A count that must survive never goes to Redis, whatever the key says.
#[tokio::test]
#[ignore = "needs Redis"]
async fn stops_and_lifetimes_stay_below() {
    let mut layer = Layer::new().await;
    let budget = burst(5).budget();
    let stopping = budget.with_hard_stop(2).unwrap().into();
    let capped = slotwerk_throttle::Allowance::new(budget)
        .with_lifetime(2)
        .unwrap();
    for (key, allowance) in [(lossy(1), stopping), (lossy(2), capped)] {
        let charged = receipt(&layer.store, key, allowance).await;
        assert_eq!(layer.value(key).await, None);
        assert!(layer.inner.budgets(&[key]).await.unwrap()[0].is_some());
        let read = layer.store.budgets(&[key]).await.unwrap();
        assert_eq!(read[0].map(|tally| tally.state), Some(charged.after));
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn denial_stops_across_stores() {
    let layer = Layer::new().await;
    let (client, account) = ((lossy(1), burst(1)), (durable(2), burst(2)));
    assert_eq!(charge(&layer.store, &[client, account]).await, [true, true]);
    assert_eq!(charge(&layer.store, &[client, account]).await, [false]);
    // The denied account leaves the charge before it.
    let other = (lossy(3), burst(2));
    let exhausted = [account, other, account, other];
    assert_eq!(charge(&layer.store, &exhausted).await, [true, true, false]);
    assert_eq!(grants(&layer.store, lossy(3), burst(2)).await, 1);
}

/// An exhausted address must not use up the budget of a name.
#[tokio::test]
#[ignore = "needs Redis"]
async fn denial_stops_within_redis() {
    let layer = Layer::new().await;
    let request = [(lossy(1), burst(1)), (lossy(2), burst(3))];
    assert_eq!(charge(&layer.store, &request).await, [true, true]);
    assert_eq!(charge(&layer.store, &request).await, [false]);
    assert_eq!(grants(&layer.store, lossy(2), burst(3)).await, 2);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn denial_may_be_passed_over() {
    let layer = Layer::new().await;
    let charges = [
        (lossy(1), burst(1)),
        (lossy(1), burst(1)),
        (durable(2), burst(1)),
        (durable(2), burst(1)),
        (lossy(3), burst(1)),
    ];
    let command = command(&charges, OnDenial::Continue);
    let charged = layer.store.charge_attempts(&command).await.unwrap();
    let granted: Vec<_> = charged.iter().map(crate::support::is_granted).collect();
    assert_eq!(granted, [true, false, true, false, true]);
}

/// What Redis was charged stays when the store underneath fails: the attempt is not made.
#[tokio::test]
#[ignore = "needs Redis"]
async fn fault_below_leaves_charges() {
    for strike in [Strike::Before, Strike::After] {
        let layer = Layer::new().await;
        let inner = Arc::new(FaultyStore::new(layer.inner.clone()));
        let store = RedisStore::open(&url(), inner.clone(), layer.settings.clone()).unwrap();
        inner.fail_call(1, strike, ErrorKind::InDoubt);
        let both = [(lossy(1), burst(3)), (durable(2), burst(3))];
        let answer = store.charge_attempts(&command(&both, OnDenial::Stop)).await;
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::InDoubt);
        assert_eq!(grants(&store, lossy(1), burst(3)).await, 2, "{strike:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn racing_nodes_grant_the_burst() {
    let layer = Layer::new().await;
    let node = || RedisStore::open(&url(), layer.inner.clone(), layer.settings.clone()).unwrap();
    let nodes = [Arc::new(node()), Arc::new(node())];
    let mut tasks = Vec::new();
    for n in 0..60 {
        let node = nodes[n % 2].clone();
        tasks.push(tokio::spawn(async move {
            let charge = ChargeAttempts::one(lossy(1), burst(10), crate::support::NOW_MS);
            let charged = node.charge_attempts(&charge).await.unwrap();
            charged
                .iter()
                .filter(|one| crate::support::is_granted(one))
                .count()
        }));
    }
    let mut granted = 0;
    for task in tasks {
        granted += task.await.unwrap();
    }
    assert_eq!(granted, 10);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn malformed_value_counts_as_lost() {
    let mut layer = Layer::new().await;
    for value in ["", "1 2", "x 1 1", "1 2 3 4", "-1 0 0", "1 4294967296 1"] {
        layer.put(lossy(1), value).await;
        assert_eq!(layer.store.budgets(&[lossy(1)]).await.unwrap(), [None]);
        assert_eq!(
            grants(&layer.store, lossy(1), burst(2)).await,
            2,
            "{value:?}"
        );
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn check_shows_a_working_redis() {
    let layer = Layer::new().await;
    layer.store.check().await.unwrap();
    layer.store.check().await.unwrap();
}
