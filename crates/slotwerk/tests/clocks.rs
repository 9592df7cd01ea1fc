//! Phones whose clocks are off: told, learned, found by two codes in a row, and never locked out by it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::Store;
use slotwerk::totp::{ClockHint, Hint};
use slotwerk::{CodeOutcome, EventKind, Factor, RejectedCode, Throttled};
use std::sync::Arc;
use std::time::Duration;
use support::{Enrolled, World, side_by_side, unguarded};

const EIGHT_MINUTES: u64 = 8 * 60;

/// One code, typed into a sign-in of its own.
async fn try_code(world: &World, code: &str) -> CodeOutcome {
    let ticket = world.verify_ticket("zuid", "demo").await;
    let verified = world.auth.verify_code("zuid", &ticket, code).await;
    verified.unwrap()
}

/// Two codes in a row, typed into a sign-in of their own.
async fn try_two(world: &World, first: &str, second: &str) -> CodeOutcome {
    let ticket = world.verify_ticket("zuid", "demo").await;
    let verified = world.auth.resynchronise("zuid", &ticket, first, second);
    verified.await.unwrap()
}

fn is_signed_in(answer: &CodeOutcome) -> bool {
    matches!(answer, CodeOutcome::SignedIn { .. })
}

/// What the phone shows now and half a minute later, when its clock is ahead by so many seconds.
fn ahead(world: &World, phone: &support::Phone, by: u64) -> (String, String) {
    let shown = world.clock.seconds() + by;
    (phone.code(shown), phone.code(shown + 30))
}

#[tokio::test]
async fn two_codes_in_a_row_find_a_phone_that_is_eight_minutes_ahead() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let (first, second) = ahead(&world, &phone, EIGHT_MINUTES);
    let alone = try_code(&world, &first).await;
    assert!(
        matches!(alone, CodeOutcome::Rejected { hint: Hint::None, next_code_in, .. } if next_code_in.is_zero()),
        "one code from afar is as wrong as any: {alone:?}"
    );
    let found = try_two(&world, &first, &second).await;
    let CodeOutcome::SignedIn { clock, .. } = found else {
        panic!("expected to be signed in, got {found:?}");
    };
    assert_eq!(
        clock,
        Some(ClockHint::Ahead { minutes: 9 }),
        "the second code is of half a minute later"
    );
    assert_eq!(
        world.count(EventKind::SignedIn(Factor::TotpResynchronised)),
        1
    );
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1, "the owner is told");

    // Both are burnt, alone and together; from the next step on single codes work, and the page may say
    // by how much the clock is off.
    for burnt in [&first, &second] {
        assert!(!is_signed_in(&try_code(&world, burnt).await));
    }
    assert!(!is_signed_in(&try_two(&world, &first, &second).await));
    world.advance(60);
    let (next, _) = ahead(&world, &phone, EIGHT_MINUTES);
    match try_code(&world, &next).await {
        CodeOutcome::SignedIn { clock, .. } => {
            assert_eq!(clock, Some(ClockHint::Ahead { minutes: 8 }));
        }
        other => panic!("expected to be signed in, got {other:?}"),
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_and_is_put_right_waits_and_then_works() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let (first, second) = ahead(&world, &phone, EIGHT_MINUTES);
    assert!(is_signed_in(&try_two(&world, &first, &second).await));
    world.advance(60);
    // Right by now, but below the watermark: the answer says for how long.
    let right = phone.code(world.clock.seconds());
    match try_code(&world, &right).await {
        CodeOutcome::Rejected {
            hint: Hint::WaitForNext,
            next_code_in,
            ..
        } => {
            assert_eq!(next_code_in, Duration::from_secs(EIGHT_MINUTES));
            world.advance(next_code_in.as_secs());
        }
        other => panic!("expected to wait, got {other:?}"),
    }
    let right = phone.code(world.clock.seconds());
    assert!(is_signed_in(&try_code(&world, &right).await));
}

#[tokio::test]
async fn a_clock_that_was_behind_and_is_put_right_works_at_once() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    world.advance(2 * EIGHT_MINUTES);
    let behind = world.clock.seconds() - EIGHT_MINUTES;
    let (first, second) = (phone.code(behind), phone.code(behind + 30));
    assert!(is_signed_in(&try_two(&world, &first, &second).await));
    let right = phone.code(world.clock.seconds());
    assert!(
        is_signed_in(&try_code(&world, &right).await),
        "the base window is never lost"
    );
}

#[tokio::test]
async fn codes_that_are_not_in_a_row_or_too_far_off_are_refused() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let (first, second) = ahead(&world, &phone, EIGHT_MINUTES);
    let (_, later) = ahead(&world, &phone, EIGHT_MINUTES + 30);
    let (far, farther) = ahead(&world, &phone, 11 * 60);
    for (one, two) in [
        (&second, &first),
        (&first, &first),
        (&first, &later),
        (&far, &farther),
    ] {
        let refused = try_two(&world, one, two).await;
        assert!(
            matches!(
                refused,
                CodeOutcome::Rejected {
                    hint: Hint::None,
                    ..
                }
            ),
            "{refused:?}"
        );
    }
    assert!(world.deliver().await.is_empty());
}

#[tokio::test]
async fn two_codes_are_one_attempt_of_the_budget_of_codes() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let (first, second) = ahead(&world, &phone, EIGHT_MINUTES);
    for _ in 0..5 {
        let refused = try_two(&world, &second, &first).await;
        assert!(
            matches!(refused, CodeOutcome::Rejected { .. }),
            "{refused:?}"
        );
    }
    let throttled = try_two(&world, &first, &second).await;
    assert!(
        matches!(throttled, CodeOutcome::Throttled(Throttled::Wait(_))),
        "{throttled:?}"
    );
    let right = phone.code(world.clock.seconds());
    let throttled = try_code(&world, &right).await;
    assert!(
        matches!(throttled, CodeOutcome::Throttled(Throttled::Wait(_))),
        "{throttled:?}"
    );
    assert_eq!(
        world.count(EventKind::CodeRejected(RejectedCode::Throttled)),
        2
    );
}

/// The same two codes, typed into five sign-ins at once. How many they finished, each with its notice.
async fn signed_in_by_two_codes(store: Arc<dyn Store>) -> usize {
    let world = Arc::new(World::on(store));
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let (first, second) = ahead(&world, &phone, EIGHT_MINUTES);
    // All of them before the race, which would otherwise begin without the last.
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(world.verify_ticket("zuid", "demo").await);
    }
    let mut tries = tokio::task::JoinSet::new();
    for ticket in tickets {
        let (world, first, second) = (world.clone(), first.clone(), second.clone());
        tries.spawn(async move {
            let answer = world.auth.resynchronise("zuid", &ticket, &first, &second);
            is_signed_in(&answer.await.unwrap())
        });
    }
    let tries = tries.join_all().await;
    let won = tries.into_iter().filter(|won| *won).count();
    let kind = EventKind::SignedIn(Factor::TotpResynchronised);
    assert_eq!(world.count(kind), won);
    assert_eq!(world.deliver().await.len(), 1, "one notice");
    won
}

#[tokio::test]
async fn two_codes_in_parallel_sign_ins_sign_in_once() {
    assert_eq!(signed_in_by_two_codes(side_by_side()).await, 1);
    assert!(signed_in_by_two_codes(unguarded()).await > 1, "the control");
}

#[tokio::test]
async fn a_used_code_is_told_how_long_the_next_one_takes() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let code = phone.code(world.clock.seconds());
    assert!(is_signed_in(&try_code(&world, &code).await));
    for second in [0, 10, 29] {
        world.clock.set(support::NOON + 60 + second);
        match try_code(&world, &code).await {
            CodeOutcome::Rejected {
                hint: Hint::WaitForNext,
                next_code_in,
                ..
            } => {
                assert_eq!(next_code_in.as_secs(), 30 - second);
            }
            other => panic!("expected to wait, got {other:?}"),
        }
    }
}
