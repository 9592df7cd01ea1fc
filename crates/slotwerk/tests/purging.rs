//! Housekeeping goes in batches, and goes on after a fault.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::{AttemptKey, ChargeAttempts, ErrorKind, MemoryStore, Store};
use slotwerk::throttle::Budget;
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;
use std::time::Duration;
use support::{NOON, World};

/// A store with 1,100 budgets that say nothing any more.
async fn crowded() -> (World, Arc<FaultyStore>) {
    let inner = Arc::new(MemoryStore::new());
    let budget = Budget::new(1, Duration::from_secs(1)).unwrap();
    for n in 0..1_100_u32 {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&n.to_be_bytes());
        let charge = ChargeAttempts::one(AttemptKey::durable(key), budget, NOON * 1_000);
        inner.charge_attempts(&charge).await.unwrap();
    }
    let store = Arc::new(FaultyStore::new(inner));
    let world = World::on(store.clone());
    world.advance(60);
    (world, store)
}

#[tokio::test]
async fn purge_goes_in_batches() {
    let (world, store) = crowded().await;
    assert_eq!(world.auth.purge().await.unwrap(), 1_100);
    assert_eq!(store.writes(), 3, "of 500, 500 and 100 rows");
    assert_eq!(world.auth.purge().await.unwrap(), 0);
    assert_eq!(store.writes(), 4);
}

#[tokio::test]
async fn purge_goes_on_after_a_fault() {
    let (world, store) = crowded().await;
    store.fail_call(2, Strike::Before, ErrorKind::Conflict);
    let fault = world.auth.purge().await.unwrap_err();
    assert!(fault.is_worth_retrying());
    assert_eq!(world.auth.purge().await.unwrap(), 600);
}
