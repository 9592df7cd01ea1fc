//! Somebody who knows the password, and nothing else, guesses until nothing is looked at any more: how the
//! owner gets in again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::MemoryStore;
use slotwerk::throttle::Allowance;
use slotwerk::{
    CodeOutcome, CompleteOutcome, ConfirmOutcome, Limits, NewAuthenticator, RecoveryCodeOutcome,
    SignInOutcome, Throttled,
};
use std::sync::Arc;
use support::managing::{confirm, scan};
use support::{Enrolled, NOBODY, OTHER, Phone, World, login, password};

const QUARTER: u64 = 15 * 60;

async fn code(world: &World, ticket: &str, code: &str) -> CodeOutcome {
    let verified = world.auth.verify_code("zuid", ticket, code).await;
    verified.unwrap()
}

async fn recovery_code(world: &World, ticket: &str, code: &str) -> RecoveryCodeOutcome {
    let redeemed = world.auth.redeem_recovery_code("zuid", ticket, code).await;
    redeemed.unwrap()
}

/// Guesses at both until both are stopped for good. How often a code was looked at.
async fn guess_until_stopped(world: &World, ticket: impl AsyncFn() -> String) -> usize {
    let mut looked_at = 0;
    for _ in 0..1_000 {
        let ticket = ticket().await;
        let codes = code(world, &ticket, "000000").await;
        let recovery_codes = recovery_code(world, &ticket, "0000-0000-0000-0000").await;
        match (codes, recovery_codes) {
            (
                CodeOutcome::Throttled(Throttled::Locked | Throttled::Exhausted),
                RecoveryCodeOutcome::Throttled(Throttled::Locked),
            ) => return looked_at,
            (CodeOutcome::Rejected { .. }, _) => looked_at += 1,
            _ => {}
        }
        world.advance(QUARTER);
    }
    panic!("nothing stops them");
}

async fn reset(world: &World) {
    let token = world.mailed_token("zuid", "demo").await;
    let done = world
        .auth
        .complete_reset("zuid", &token, password(OTHER))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }), "{done:?}");
}

/// A sign-in with the new password.
async fn ticket(world: &World) -> String {
    let demo = login("demo");
    let answer = world.auth.sign_in("zuid", &demo, password(OTHER), &NOBODY);
    match answer.await.unwrap() {
        SignInOutcome::Verify(step) => step.ticket().expose().to_owned(),
        SignInOutcome::Enrol(step) => step.ticket().expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn right_code(world: &World, phone: &Phone) -> CodeOutcome {
    let ticket = ticket(world).await;
    code(world, &ticket, &phone.code(world.clock.seconds())).await
}

#[tokio::test]
async fn a_mailed_link_gives_the_owner_codes_and_recovery_codes_back() {
    let world = World::new();
    let Enrolled {
        phone,
        recovery_codes,
        ..
    } = world.enrolled("demo").await;
    let guessed = guess_until_stopped(&world, async || world.verify_ticket("zuid", "demo").await);
    assert_eq!(guessed.await, 100);
    // Time does not help: the stop is a stop.
    world.advance(90 * 86_400);
    let known = world.verify_ticket("zuid", "demo").await;
    let stopped = code(&world, &known, &phone.code(world.clock.seconds())).await;
    let none = CodeOutcome::Throttled(Throttled::Locked);
    assert_eq!(format!("{stopped:?}"), format!("{none:?}"));
    let stopped = recovery_code(&world, &known, &recovery_codes[0]).await;
    let none = RecoveryCodeOutcome::Throttled(Throttled::Locked);
    assert_eq!(format!("{stopped:?}"), format!("{none:?}"));

    reset(&world).await;
    let in_with_a_code = right_code(&world, &phone).await;
    assert!(
        matches!(in_with_a_code, CodeOutcome::SignedIn { .. }),
        "{in_with_a_code:?}"
    );
    let redeemed = recovery_code(&world, &ticket(&world).await, &recovery_codes[0]).await;
    assert!(
        matches!(redeemed, RecoveryCodeOutcome::SignedIn { .. }),
        "{redeemed:?}"
    );
}

#[tokio::test]
async fn mailed_links_do_not_add_to_what_is_guessed_in_an_authenticators_life() {
    let world = World::new();
    world.enrolled("demo").await;
    let first = guess_until_stopped(&world, async || world.verify_ticket("zuid", "demo").await);
    let mut guessed = first.await;
    for _ in 0..9 {
        reset(&world).await;
        guessed += guess_until_stopped(&world, async || ticket(&world).await).await;
    }
    assert_eq!(guessed, 300);
}

/// Whoever reads the mailbox sets passwords at will, and must not get a hundred guesses with each.
#[tokio::test]
async fn without_an_end_to_an_authenticators_failures_a_link_gives_recovery_codes_back_only() {
    let mut limits = Limits::default();
    limits.code_attempts = Allowance::new(limits.code_attempts.budget());
    limits.code_guess_probability_per_year = 0.2;
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    let Enrolled {
        phone,
        recovery_codes,
        ..
    } = world.enrolled("demo").await;
    guess_until_stopped(&world, async || world.verify_ticket("zuid", "demo").await).await;
    reset(&world).await;
    let stopped = right_code(&world, &phone).await;
    assert!(
        matches!(stopped, CodeOutcome::Throttled(Throttled::Locked)),
        "{stopped:?}"
    );
    let redeemed = recovery_code(&world, &ticket(&world).await, &recovery_codes[0]).await;
    assert!(
        matches!(redeemed, RecoveryCodeOutcome::SignedIn { .. }),
        "{redeemed:?}"
    );
    // And that gives the codes back.
    let again = right_code(&world, &phone).await;
    assert!(matches!(again, CodeOutcome::SignedIn { .. }), "{again:?}");
}

#[tokio::test]
async fn after_a_help_desk_the_new_phone_and_the_new_recovery_codes_work() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    guess_until_stopped(&world, async || world.verify_ticket("zuid", "demo").await).await;
    let forgotten = world.auth.forget_second_factor("zuid", grant.account());
    forgotten.await.unwrap();
    let set_up = world.enrol_ticket("zuid", "demo").await;
    let phone = scan(&world, &set_up).await;
    let confirmed = confirm(&world, &set_up, &phone, &NewAuthenticator::default()).await;
    let ConfirmOutcome::SignedIn { recovery_codes, .. } = confirmed else {
        panic!("{confirmed:?}");
    };
    world.advance(60);
    let known = world.verify_ticket("zuid", "demo").await;
    let in_with_a_code = code(&world, &known, &phone.code(world.clock.seconds())).await;
    assert!(
        matches!(in_with_a_code, CodeOutcome::SignedIn { .. }),
        "{in_with_a_code:?}"
    );
    let known = world.verify_ticket("zuid", "demo").await;
    let redeemed = recovery_code(&world, &known, recovery_codes.codes()[0].expose()).await;
    assert!(
        matches!(redeemed, RecoveryCodeOutcome::SignedIn { .. }),
        "{redeemed:?}"
    );
}
