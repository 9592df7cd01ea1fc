//! Delays that rise with the wrong passwords, and what ends them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::MemoryStore;
use slotwerk::throttle::{Backoff, Budget};
use slotwerk::{Limits, SignInOutcome, Throttled};
use std::sync::Arc;
use std::time::Duration;
use support::{GOOD, NOBODY, World, login, password};

/// The third wrong password waits for 30 seconds, the next ones for 1, 2 and at most 4 minutes.
async fn delayed() -> World {
    let secs = Duration::from_secs;
    let delays = Backoff::new(2, secs(30), secs(240)).unwrap();
    let mut limits = Limits::default();
    limits.password_attempts = Budget::new(5, secs(1))
        .unwrap()
        .with_hard_stop(100)
        .unwrap()
        .with_backoff(delays);
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world.with_password("noord", "demo").await;
    world
}

async fn sign_in(world: &World, name: &str, text: &str) -> SignInOutcome {
    let name = login(name);
    let answer = world.auth.sign_in("noord", &name, password(text), &NOBODY);
    answer.await.unwrap()
}

/// How long a sign-in that is not looked at has to wait.
async fn wait(world: &World, name: &str) -> Option<u64> {
    match sign_in(world, name, GOOD).await {
        SignInOutcome::Rejected => None,
        SignInOutcome::Throttled(Throttled::Wait(wait)) => Some(wait.as_secs()),
        other => panic!("{other:?}"),
    }
}

async fn miss(world: &World, name: &str) {
    let answer = sign_in(world, name, "wrong").await;
    let looked_at = matches!(answer, SignInOutcome::Rejected);
    assert!(looked_at, "{answer:?}");
}

#[tokio::test]
async fn each_wrong_password_waits_longer_for_strangers_too() {
    for name in ["demo", "nobody"] {
        let world = delayed().await;
        for _ in 0..2 {
            miss(&world, name).await;
        }
        for due in [30, 60, 120, 240, 240] {
            miss(&world, name).await;
            assert_eq!(wait(&world, name).await, Some(due), "{name}");
            world.advance(due - 1);
            assert_eq!(wait(&world, name).await, Some(1), "{name}");
            world.advance(1);
        }
    }
}

/// A stranger who has made wrong guesses must not see that the owner has signed in.
#[tokio::test]
async fn right_password_keeps_delays() {
    let world = delayed().await;
    for _ in 0..3 {
        miss(&world, "demo").await;
    }
    world.advance(30);
    let right = sign_in(&world, "demo", GOOD).await;
    assert!(
        !matches!(right, SignInOutcome::Rejected | SignInOutcome::Throttled(_)),
        "{right:?}"
    );
    miss(&world, "demo").await;
    assert_eq!(wait(&world, "demo").await, Some(60));
}

/// The sixth wrong password is the first with the longest delay, four minutes. After six of those delays
/// without an attempt they start afresh.
#[tokio::test]
async fn time_ends_delays() {
    for name in ["demo", "nobody"] {
        let world = delayed().await;
        for _ in 0..3 {
            miss(&world, name).await;
        }
        // Whole again after the delay and the burst of five seconds, and forgotten 30 minutes later.
        world.advance(30 + 5 + 6 * 240);
        for _ in 0..3 {
            miss(&world, name).await;
        }
        assert_eq!(wait(&world, name).await, Some(30), "{name}");
    }
}

#[tokio::test]
async fn a_mailed_link_ends_the_delays() {
    let world = delayed().await;
    for _ in 0..3 {
        miss(&world, "demo").await;
    }
    assert_eq!(wait(&world, "demo").await, Some(30));
    let token = world.mailed_token("noord", "demo").await;
    let reset = world
        .auth
        .complete_reset("noord", &token, password(support::OTHER));
    reset.await.unwrap();
    for _ in 0..2 {
        // None of these waits: the count of recent failures starts afresh.
        miss(&world, "demo").await;
    }
    let right = sign_in(&world, "demo", support::OTHER).await;
    assert!(
        !matches!(right, SignInOutcome::Rejected | SignInOutcome::Throttled(_)),
        "{right:?}"
    );
}
