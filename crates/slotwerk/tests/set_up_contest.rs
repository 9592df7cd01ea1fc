//! Two people with one password: neither pushes out the other's pending set-up for ever.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::{ConfirmOutcome, EnrolmentOutcome, EventKind, Throttled};
use std::time::Duration;
use support::{Phone, World};

async fn begin(world: &World, ticket: &str) -> Result<Phone, Duration> {
    match world.auth.begin_enrolment("zuid", ticket).await.unwrap() {
        EnrolmentOutcome::OnScreen(material) => Ok(Phone::scan(material.uri.expose())),
        EnrolmentOutcome::Throttled(Throttled::Wait(retry_after)) => Err(retry_after),
        other => panic!("expected material or a wait, got {other:?}"),
    }
}

async fn confirms(world: &World, ticket: &str, phone: &Phone) -> ConfirmOutcome {
    let code = phone.code(world.clock.seconds());
    let new = Default::default();
    let confirmed = world.auth.confirm_enrolment("zuid", ticket, &code, &new);
    confirmed.await.unwrap()
}

#[tokio::test]
async fn loop_leaves_the_owners_set_up() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let owner = world.enrol_ticket("zuid", "demo").await;
    let mut mine = begin(&world, &owner).await.unwrap();
    // A stranger with the password begins again and again, each time in another sign-in. The owner opens the page
    // again when the set-up is gone.
    let mut pushed_out = 0;
    for _ in 0..100 {
        let stranger = world.enrol_ticket("zuid", "demo").await;
        let Ok(_) = begin(&world, &stranger).await else {
            continue;
        };
        pushed_out += 1;
        if let Ok(again) = begin(&world, &owner).await {
            mine = again;
        }
    }
    assert_eq!(pushed_out, 2, "and the owner took it back twice");
    let done = confirms(&world, &owner, &mine).await;
    let is_done = matches!(done, ConfirmOutcome::SignedIn { .. });
    assert!(is_done, "{done:?}");
}

#[tokio::test]
async fn replacement_budget_refills() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let mut last = None;
    for _ in 0..5 {
        let ticket = world.enrol_ticket("zuid", "demo").await;
        begin(&world, &ticket).await.unwrap();
        last = Some(ticket);
    }
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let wait = begin(&world, &ticket).await.err().unwrap();
    assert!(wait <= Duration::from_secs(300), "{wait:?}");
    // Nothing was begun, and the one that is pending goes on, as often as it is looked at.
    assert_eq!(world.count(EventKind::EnrolmentBegun), 5);
    for _ in 0..20 {
        assert!(begin(&world, last.as_deref().unwrap()).await.is_ok());
    }
    world.advance(wait.as_secs());
    assert!(begin(&world, &ticket).await.is_ok());
}
