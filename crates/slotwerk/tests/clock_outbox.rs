//! A clock that ran ahead for a while keeps no mail back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::{LONGEST_LEASE_SECS, MemoryStore, Store};
use slotwerk::{EventKind, StoredTime};
use slotwerk_sqlx::SqlStore;
use std::sync::Arc;
use support::{NOON, World, lease, renamed};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
/// How far a clock ran ahead. All are beyond the longest pause and a minute.
const STEPS: [u64; 5] = [HOUR, DAY, 40 * DAY, 200 * DAY, 365 * DAY];

async fn stores() -> [Arc<dyn Store>; 2] {
    let sqlite = SqlStore::connect(":memory:").await.unwrap();
    [Arc::new(MemoryStore::new()), Arc::new(sqlite)]
}

/// Runs `ahead` while the clock is ahead, and expects one mail when it is right again.
async fn leaves_after<F: AsyncFn(&World, &dyn Store)>(ahead: F, is_reported: bool) {
    for step in STEPS {
        for store in stores().await {
            let world = World::on(store.clone());
            world.clock.set(NOON + step);
            ahead(&world, &*store).await;
            world.clock.set(NOON + 1);
            assert_eq!(world.deliver().await.len(), 1, "{step} seconds ahead");
            let reported = world.count(EventKind::ClockRanAhead(StoredTime::Job));
            assert_eq!(reported, usize::from(is_reported), "{step} seconds ahead");
            assert_eq!(world.abandoned(), []);
        }
    }
}

#[tokio::test]
async fn queued_job_leaves() {
    leaves_after(async |world, _| world.request("noord", "demo").await, true).await;
}

#[tokio::test]
async fn postponed_job_leaves() {
    let postponed = async |world: &World, _: &dyn Store| {
        // A notice: it is under no budget.
        let token = world.mailed_token("noord", "demo").await;
        let new = support::password(support::GOOD);
        let _ = world.auth.complete_reset("noord", &token, new).await;
        world.mailer.fail_transiently(1);
        assert!(world.deliver().await.is_empty());
    };
    leaves_after(postponed, true).await;
}

#[tokio::test]
async fn leased_job_of_dead_worker_leaves() {
    let leased = async |world: &World, store: &dyn Store| {
        let ahead = world.clock.seconds();
        world.clock.set(NOON);
        world.request("noord", "demo").await;
        let command = lease(ahead, ahead + LONGEST_LEASE_SECS, 1);
        assert_eq!(store.lease_jobs(&command).await.unwrap().len(), 1);
    };
    leaves_after(leased, true).await;
}

#[tokio::test]
async fn job_of_late_tenant_leaves() {
    for store in stores().await {
        let world = World::on(store.clone());
        let west = renamed("west", "West");
        let other = world.node_on(store);
        other.auth.put_tenant(west.clone()).unwrap();
        world.clock.set(NOON + DAY);
        other.request("west", "demo").await;
        assert!(world.deliver().await.is_empty(), "unknown on this node");
        world.clock.set(NOON + 1);
        world.auth.put_tenant(west).unwrap();
        assert_eq!(world.deliver().await.len(), 1);
    }
}

/// The negative control: a time within its bound is kept.
#[tokio::test]
async fn pause_of_right_clock_is_kept() {
    for store in stores().await {
        let world = World::on(store);
        world.mailer.fail_transiently(1);
        world.request("noord", "demo").await;
        assert!(world.deliver().await.is_empty());
        world.clock.set(NOON - 900);
        assert!(
            world.deliver().await.is_empty(),
            "a clock that was set back"
        );
        world.clock.set(NOON + 5);
        assert_eq!(world.deliver().await.len(), 1);
        let ahead = EventKind::ClockRanAhead(StoredTime::Job);
        assert_eq!(world.count(ahead), 0);
    }
}
