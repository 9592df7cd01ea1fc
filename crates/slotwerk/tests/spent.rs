//! Authenticators that have had the failures of their life, and those at which a guess is not looked at.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::MemoryStore;
use slotwerk::throttle::{Allowance, Budget};
use slotwerk::{
    CodeOutcome, ConfirmOutcome, EventKind, Grant, Limits, RecoveryCodeOutcome, RejectedCode,
    Throttled,
};
use std::sync::Arc;
use std::time::Duration;
use support::managing::{active, added, confirm, granted, named, open, scan, sign_in};
use support::{Enrolled, World};

const QUARTER: u64 = 15 * 60;

/// Five guesses at once and one more each quarter of an hour; six in a whole life.
fn six_in_a_life() -> Limits {
    let mut limits = Limits::default();
    let paced = Budget::new(5, Duration::from_secs(QUARTER)).unwrap();
    limits.code_attempts = Allowance::new(paced).with_lifetime(6).unwrap();
    limits
}

fn world(limits: Limits) -> World {
    World::with(Arc::new(MemoryStore::new()), limits)
}

async fn guess(world: &World, code: &str) -> CodeOutcome {
    let ticket = world.verify_ticket("zuid", "demo").await;
    let verified = world.auth.verify_code("zuid", &ticket, code).await;
    verified.unwrap()
}

/// What a wrong code is answered with: what others are withheld for, where it was looked at.
async fn withheld(world: &World) -> Option<Throttled> {
    match guess(world, "000000").await {
        CodeOutcome::Rejected { withheld, .. } => withheld,
        other => panic!("expected to be looked at, got {other:?}"),
    }
}

fn is_spent(answer: &CodeOutcome) -> bool {
    matches!(answer, CodeOutcome::Throttled(Throttled::Exhausted))
}

/// Six guesses, with patience.
async fn use_up(world: &World) {
    for _ in 0..5 {
        assert_eq!(withheld(world).await, None);
    }
    let paused = guess(world, "000000").await;
    let soon = Duration::from_secs(QUARTER);
    assert!(
        matches!(paused, CodeOutcome::Throttled(Throttled::Wait(wait)) if wait == soon),
        "{paused:?}"
    );
    world.advance(QUARTER);
    assert_eq!(withheld(world).await, None);
    world.advance(QUARTER);
}

async fn by_recovery_code(world: &World, code: &str) -> Grant {
    let ticket = world.verify_ticket("zuid", "demo").await;
    let redeemed = world.auth.redeem_recovery_code("zuid", &ticket, code).await;
    match redeemed.unwrap() {
        RecoveryCodeOutcome::SignedIn { grant, .. } => grant,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_spent_one_is_told_apart_and_replaced_after_a_recovery_code() {
    let world = world(six_in_a_life());
    let Enrolled {
        phone,
        grant,
        recovery_codes,
    } = world.enrolled("demo").await;
    use_up(&world).await;
    let heard = EventKind::CodeRejected(RejectedCode::Spent);
    assert_eq!(world.count(heard), 0);
    assert!(is_spent(&sign_in(&world, &phone).await));
    assert_eq!(world.count(heard), 1);
    // Neither time nor a new password helps.
    world.advance(90 * 86_400);
    assert!(is_spent(&sign_in(&world, &phone).await));
    world.with_password("zuid", "demo").await;
    assert!(is_spent(&sign_in(&world, &phone).await));
    let ticket = world.verify_ticket("zuid", "demo").await;
    let two = world
        .auth
        .resynchronise("zuid", &ticket, "123456", "654321");
    assert!(is_spent(&two.await.unwrap()));

    let by_code = by_recovery_code(&world, &recovery_codes[0]).await;
    assert!(is_spent(&sign_in(&world, &phone).await));
    let ticket = open(&world, &by_code).await;
    let new = scan(&world, &ticket).await;
    let old = active(&world, grant.account()).await[0].id;
    let done = confirm(&world, &ticket, &new, &named("new").replacing(old)).await;
    assert!(matches!(done, ConfirmOutcome::Replaced { .. }), "{done:?}");
    world.advance(30);
    let _ = granted(&world, &new).await;
}

#[tokio::test]
async fn a_rejection_says_that_a_spent_one_was_not_looked_at_and_nothing_about_its_code() {
    let world = world(six_in_a_life());
    let Enrolled {
        phone,
        recovery_codes,
        ..
    } = world.enrolled("demo").await;
    use_up(&world).await;
    let by_code = by_recovery_code(&world, &recovery_codes[0]).await;
    let ticket = open(&world, &by_code).await;
    let tablet = added(&world, &ticket, "tablet").await;
    world.advance(60);
    let wrong = guess(&world, "000000").await;
    let right = sign_in(&world, &phone).await;
    assert!(
        matches!(wrong, CodeOutcome::Rejected { withheld, .. } if withheld == Some(Throttled::Exhausted)),
        "{wrong:?}"
    );
    assert_eq!(format!("{right:?}"), format!("{wrong:?}"));
    // Once the other waits as well, time helps; and once it is spent, nothing does.
    for _ in 0..3 {
        assert_eq!(withheld(&world).await, Some(Throttled::Exhausted));
    }
    let paused = sign_in(&world, &tablet).await;
    assert!(
        matches!(paused, CodeOutcome::Throttled(Throttled::Wait(wait)) if wait.as_secs() == QUARTER),
        "{paused:?}"
    );
    world.advance(QUARTER);
    let _ = granted(&world, &tablet).await;
    assert_eq!(withheld(&world).await, Some(Throttled::Exhausted));
    assert!(is_spent(&sign_in(&world, &tablet).await));
}

#[tokio::test]
async fn a_rejection_says_what_keeps_it_from_the_others() {
    let soon = Duration::from_secs(QUARTER);
    for (stop, told) in [(100, Throttled::Wait(soon)), (5, Throttled::Locked)] {
        let mut limits = Limits::default();
        let paced = Budget::new(5, soon).unwrap().with_hard_stop(stop);
        limits.code_attempts = paced.unwrap().into();
        limits.code_guess_probability_per_year = 0.2;
        let world = world(limits);
        let Enrolled { grant, .. } = world.enrolled("demo").await;
        let ticket = open(&world, &grant).await;
        for _ in 0..5 {
            assert_eq!(withheld(&world).await, None);
        }
        let tablet = added(&world, &ticket, "tablet").await;
        for _ in 0..4 {
            assert_eq!(withheld(&world).await, Some(told));
        }
        world.advance(60);
        let _ = granted(&world, &tablet).await;
    }
}
