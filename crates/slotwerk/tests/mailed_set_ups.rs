//! Set-ups that are mailed, begun over and over by somebody who has the password and not the mailbox.
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
    CodeOutcome, ConfirmOutcome, EnrolmentOutcome, Grant, Limits, ManageOutcome, RemoveOutcome,
    SecondFactor, Throttled,
};
use std::sync::Arc;
use std::time::Duration;
use support::{Phone, World, noord};

const QUARTER: u64 = 15 * 60;

/// Set-ups that last a minute: the shortest there are.
fn short() -> Limits {
    let mut limits = Limits::default();
    limits.enrolment_lifetime = Duration::from_secs(60);
    limits
}

async fn world(limits: Limits) -> World {
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world.with_password("noord", "demo").await;
    world
}

async fn begun(world: &World, ticket: &str) -> EnrolmentOutcome {
    world.auth.begin_enrolment("noord", ticket).await.unwrap()
}

async fn resent(world: &World, ticket: &str) -> EnrolmentOutcome {
    world.auth.resend_enrolment("noord", ticket).await.unwrap()
}

async fn confirmed(world: &World, ticket: &str, code: &str) -> ConfirmOutcome {
    let new = Default::default();
    let confirmed = world.auth.confirm_enrolment("noord", ticket, code, &new);
    confirmed.await.unwrap()
}

/// Each time a set-up of its own, as the one before has expired. How many guesses were looked at until
/// nothing helps any more.
async fn guess_until_stopped(world: &World) -> usize {
    let mut looked_at = 0;
    for _ in 0..1_000 {
        let ticket = world.enrol_ticket("noord", "demo").await;
        let before = world.auth.inspect_enrolment("noord", &ticket).await;
        assert!(before.unwrap().is_none(), "the one before has expired");
        let _ = begun(world, &ticket).await;
        loop {
            match confirmed(world, &ticket, "000000").await {
                ConfirmOutcome::Rejected(_) => looked_at += 1,
                ConfirmOutcome::Throttled(Throttled::Locked) => return looked_at,
                ConfirmOutcome::Throttled(Throttled::Wait(_)) => break,
                other => panic!("{other:?}"),
            }
        }
        world.advance(QUARTER);
    }
    panic!("nothing stops them, after {looked_at} guesses");
}

/// The owner sets up what the mail shows, and is in.
async fn set_up_by_mail(world: &World) -> Grant {
    world.deliver().await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = begun(world, &ticket).await;
    let mails = world.deliver().await;
    let code = Phone::mailed(&mails[0]).code(world.clock.seconds());
    match confirmed(world, &ticket, &code).await {
        ConfirmOutcome::SignedIn { grant, .. } => grant,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn another_set_up_is_no_other_budget_and_a_mailed_link_gives_it_back() {
    let world = world(short()).await;
    assert_eq!(guess_until_stopped(&world).await, 100);
    world.advance(90 * 86_400);
    assert_eq!(guess_until_stopped(&world).await, 0, "time does not help");
    world.with_password("noord", "demo").await;
    set_up_by_mail(&world).await;
}

#[tokio::test]
async fn a_help_desk_gives_it_back() {
    let world = world(short()).await;
    guess_until_stopped(&world).await;
    world
        .auth
        .forget_second_factor("noord", "id-demo")
        .await
        .unwrap();
    world.advance(QUARTER);
    set_up_by_mail(&world).await;
}

#[tokio::test]
async fn the_end_of_an_authenticators_life_is_the_stop_where_it_comes_sooner() {
    for (budget, failures, most) in [(None, 30, 30), (None, 300, 100), (Some(20), 30, 20)] {
        let mut limits = short();
        let paced = Budget::new(5, Duration::from_secs(QUARTER)).unwrap();
        let budget = budget.map_or(paced, |stop| paced.with_hard_stop(stop).unwrap());
        limits.code_attempts = Allowance::new(budget).with_lifetime(failures).unwrap();
        let world = world(limits).await;
        assert_eq!(guess_until_stopped(&world).await, most);
    }
}

#[tokio::test]
async fn the_right_code_gives_it_back() {
    let world = world(Limits::default()).await;
    let tenant = noord().second_factor(SecondFactor::WhenEnrolled);
    let grant = set_up_with_typing_errors(&world, 4).await;
    world.auth.put_tenant(tenant).unwrap();
    let ManageOutcome::Open(ticket) = world.auth.manage(&grant).await.unwrap().unwrap() else {
        panic!("just signed in");
    };
    let active = world.auth.second_factor("noord", "id-demo").await.unwrap();
    let only = active.authenticators[0].id;
    let removed = world
        .auth
        .remove_authenticator("noord", ticket.ticket().expose(), only);
    let removed = removed.await.unwrap();
    assert!(
        matches!(removed, RemoveOutcome::Removed { left: 0, .. }),
        "{removed:?}"
    );
    world.auth.put_tenant(noord()).unwrap();
    set_up_with_typing_errors(&world, 4).await;
}

async fn set_up_with_typing_errors(world: &World, errors: usize) -> Grant {
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = begun(world, &ticket).await;
    for _ in 0..errors {
        let answer = confirmed(world, &ticket, "000000").await;
        assert!(matches!(answer, ConfirmOutcome::Rejected(_)), "{answer:?}");
    }
    set_up_by_mail(world).await
}

#[tokio::test]
async fn what_was_guessed_at_a_set_up_counts_in_the_life_of_its_authenticator() {
    let mut limits = Limits::default();
    let paced = Budget::new(5, Duration::from_secs(QUARTER)).unwrap();
    limits.code_attempts = Allowance::new(paced).with_lifetime(6).unwrap();
    let world = world(limits).await;
    set_up_with_typing_errors(&world, 4).await;
    world.advance(5 * QUARTER);
    let ticket = world.verify_ticket("noord", "demo").await;
    let mut looked_at = 0;
    while let CodeOutcome::Rejected { .. } = verified(&world, &ticket).await {
        looked_at += 1;
    }
    assert_eq!(looked_at, 2);
    let spent = verified(&world, &ticket).await;
    assert!(
        matches!(spent, CodeOutcome::Throttled(Throttled::Exhausted)),
        "{spent:?}"
    );
}

async fn verified(world: &World, ticket: &str) -> CodeOutcome {
    let verified = world.auth.verify_code("noord", ticket, "000000").await;
    verified.unwrap()
}

#[tokio::test]
async fn what_is_shown_on_the_page_is_counted_by_itself() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    for _ in 0..3 {
        let ticket = world.enrol_ticket("zuid", "demo").await;
        let _ = world.auth.begin_enrolment("zuid", &ticket).await.unwrap();
        for _ in 0..5 {
            let new = Default::default();
            let answer = world
                .auth
                .confirm_enrolment("zuid", &ticket, "000000", &new)
                .await;
            assert!(
                matches!(answer, Ok(ConfirmOutcome::Rejected(_))),
                "{answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn mails_of_set_ups_begun_over_and_over_stay_within_the_budget() {
    let world = world(short()).await;
    let mut mails = 0;
    for minute in 0..120 {
        let ticket = world.enrol_ticket("noord", "demo").await;
        let answer = begun(&world, &ticket).await;
        assert!(matches!(answer, EnrolmentOutcome::Mailed), "{answer:?}");
        let left = world.deliver().await.len();
        assert!(minute > 0 || left == 1, "the first one leaves");
        mails += left;
        world.advance(60);
    }
    // Four at once, and one more each five minutes.
    assert!((4..=4 + 24).contains(&mails), "{mails}");
}

#[tokio::test]
async fn a_set_up_begun_without_its_mail_is_there_and_mailed_as_soon_as_asked_for_in_time() {
    let mut limits = Limits::default();
    limits.enrolment_lifetime = Duration::from_secs(1_200);
    limits.ticket_lifetime = Duration::from_secs(3_600);
    limits.setup_mails = Budget::new(1, Duration::from_secs(1_800)).unwrap();
    let world = world(limits).await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = begun(&world, &ticket).await;
    assert_eq!(world.deliver().await.len(), 1);
    world.advance(1_201);
    // "New code", where the one before has expired.
    let answer = resent(&world, &ticket).await;
    let is_told = |answer: &EnrolmentOutcome| matches!(answer, EnrolmentOutcome::Throttled(Throttled::Wait(retry_after)) if retry_after.as_secs() == 599);
    assert!(is_told(&answer), "{answer:?}");
    assert!(world.deliver().await.is_empty());
    let seen = world.auth.inspect_enrolment("noord", &ticket).await;
    assert!(
        matches!(seen, Ok(Some(EnrolmentOutcome::Mailed))),
        "{seen:?}"
    );
    let answer = resent(&world, &ticket).await;
    assert!(is_told(&answer), "{answer:?}");
    world.advance(599);
    let answer = resent(&world, &ticket).await;
    assert!(matches!(answer, EnrolmentOutcome::Mailed), "{answer:?}");
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1);
    let code = Phone::mailed(&mails[0]).code(world.clock.seconds());
    let answer = confirmed(&world, &ticket, &code).await;
    assert!(
        matches!(answer, ConfirmOutcome::SignedIn { .. }),
        "{answer:?}"
    );
}
