//! Setting an authenticator up, and signing in with its codes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::Mail;
use slotwerk::store::{MemoryStore, Store};
use slotwerk::throttle::Budget;
use slotwerk::totp::Hint;
use slotwerk::{
    Code, CodeOutcome, ConfirmOutcome, EnrolmentOutcome, EventKind, Factor, Limits, RecoveryCode,
    RecoveryCodeOutcome, RejectedCode, StepError, Throttled,
};
use std::sync::Arc;
use std::time::Duration;
use support::{Phone, World, answered, side_by_side, unguarded};

fn now(world: &World) -> u64 {
    world.clock.seconds()
}

fn wrong(code: &str) -> String {
    code.chars()
        .map(|digit| if digit == '9' { '0' } else { '9' })
        .collect()
}

async fn on_screen(world: &World, ticket: &str) -> String {
    match world.auth.begin_enrolment("zuid", ticket).await.unwrap() {
        EnrolmentOutcome::OnScreen(material) => material.uri.expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mailed_set_up_names_account_and_code_and_carries_the_symbol() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed));
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].inline_images().len(), 1);
    assert!(mails[0].text().contains("demo"));
}

#[tokio::test]
async fn refresh_typo_and_new_code_keep_the_same_secret() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let first = on_screen(&world, &ticket).await;
    assert_eq!(on_screen(&world, &ticket).await, first);
    let phone = Phone::scan(&first);
    let typo = world
        .auth
        .confirm_enrolment(
            "zuid",
            &ticket,
            &wrong(&phone.code(now(&world))),
            &Default::default(),
        )
        .await
        .unwrap();
    assert!(matches!(typo, ConfirmOutcome::Rejected(Hint::None)));
    let Ok(EnrolmentOutcome::OnScreen(again)) = world.auth.resend_enrolment("zuid", &ticket).await
    else {
        panic!()
    };
    assert_eq!(again.uri.expose(), first);
    let done = world
        .auth
        .confirm_enrolment(
            "zuid",
            &ticket,
            &phone.code(now(&world)),
            &Default::default(),
        )
        .await
        .unwrap();
    assert!(matches!(done, ConfirmOutcome::SignedIn { .. }));
}

/// Who scans what is worth nothing when the code is typed is left with a dead entry in the app.
#[tokio::test]
async fn a_set_up_on_the_page_is_begun_only_with_the_time_to_finish_it() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    // Five minutes, or half of what a ticket lasts.
    for (lifetime, needed) in [(minutes(15), 300), (minutes(1), 30)] {
        let mut limits = Limits::default();
        limits.ticket_lifetime = lifetime;
        let world = World::with(Arc::new(MemoryStore::new()), limits);
        world.with_password("zuid", "demo").await;
        let (early, late) = (
            world.enrol_ticket("zuid", "demo").await,
            world.enrol_ticket("zuid", "demo").await,
        );
        world.advance(lifetime.as_secs() - needed);
        let seen = on_screen(&world, &early).await;
        world.advance(1);
        let refused = world.auth.begin_enrolment("zuid", &late).await;
        assert!(
            matches!(refused, Err(StepError::TicketInvalid)),
            "{refused:?}"
        );
        let refused = world.auth.resend_enrolment("zuid", &late).await;
        assert!(
            matches!(refused, Err(StepError::TicketInvalid)),
            "{refused:?}"
        );
        // What was begun in time is shown again, and finished, up to the last second.
        world.advance(needed - 2);
        assert_eq!(on_screen(&world, &early).await, seen);
        let (code, new) = (Phone::scan(&seen).code(now(&world)), Default::default());
        let done = world
            .auth
            .confirm_enrolment("zuid", &early, &code, &new)
            .await;
        assert!(
            matches!(done, Ok(ConfirmOutcome::SignedIn { .. })),
            "{done:?}"
        );
    }
}

#[tokio::test]
async fn a_mailed_set_up_is_begun_up_to_the_last_second() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    world.advance(15 * 60 - 1);
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
    let phone = Phone::mailed(&world.deliver().await[0]);
    world.advance(1);
    let done = confirmed(&world, &phone).await;
    assert!(matches!(done, ConfirmOutcome::SignedIn { .. }), "{done:?}");
}

/// Somebody else who has the password must not get to know the secret that the owner activates, from
/// whichever side they come.
#[tokio::test]
async fn a_set_up_shown_in_one_sign_in_is_not_shown_in_another() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let stranger = world.enrol_ticket("zuid", "demo").await;
    let seen = on_screen(&world, &stranger).await;
    let owner = world.enrol_ticket("zuid", "demo").await;
    let before = world.auth.inspect_enrolment("zuid", &owner).await.unwrap();
    assert!(before.is_none(), "nothing of the other's is shown");
    let own = on_screen(&world, &owner).await;
    assert_ne!(own, seen);
    // The stranger's secret is gone, and looking again shows nothing of the owner's.
    let code = Phone::scan(&seen).code(now(&world));
    for ticket in [&stranger, &owner] {
        let refused = world
            .auth
            .confirm_enrolment("zuid", ticket, &code, &Default::default())
            .await;
        assert!(matches!(
            refused.unwrap(),
            ConfirmOutcome::Gone | ConfirmOutcome::Rejected(_)
        ));
    }
    let again = world.auth.inspect_enrolment("zuid", &stranger).await;
    assert!(again.unwrap().is_none());
    let code = Phone::scan(&own).code(now(&world));
    let done = world
        .auth
        .confirm_enrolment("zuid", &owner, &code, &Default::default())
        .await;
    assert!(matches!(done.unwrap(), ConfirmOutcome::SignedIn { .. }));
}

#[tokio::test]
async fn set_up_mails_are_sent_again_within_a_budget() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    let first = world.deliver().await;
    for _ in 0..3 {
        let again = world.auth.resend_enrolment("noord", &ticket).await.unwrap();
        assert!(matches!(again, EnrolmentOutcome::Mailed));
        let mails = world.deliver().await;
        assert_eq!(mails.len(), 1);
        // Only the link "this was not me" is another one every time.
        let before_it = |mail: &Mail| mail.text().split("/not-me/").next().unwrap().to_owned();
        assert_eq!(
            before_it(&mails[0]),
            before_it(&first[0]),
            "the same secret"
        );
    }
    let again = world.auth.resend_enrolment("noord", &ticket).await.unwrap();
    assert!(
        matches!(again, EnrolmentOutcome::Throttled(Throttled::Wait(retry_after)) if retry_after.as_secs() == 300)
    );
    for _ in 0..20 {
        let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    }
    assert!(
        world.deliver().await.is_empty(),
        "refreshing sends no more than asking"
    );
}

#[tokio::test]
async fn a_set_up_mail_that_the_outbox_has_no_room_for_is_not_told_as_sent() {
    let mut limits = Limits::default();
    limits.outbox_capacity = 1;
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    // The first set-up mail still waits, so there is no room for another.
    let again = world.auth.resend_enrolment("noord", &ticket).await.unwrap();
    assert!(
        matches!(again, EnrolmentOutcome::Throttled(Throttled::Wait(_))),
        "{again:?}"
    );
    assert_eq!(world.deliver().await.len(), 1);
    let again = world.auth.resend_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(again, EnrolmentOutcome::Mailed), "{again:?}");
    assert_eq!(world.deliver().await.len(), 1);
}

#[tokio::test]
async fn looking_at_the_set_up_page_begins_and_mails_nothing() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    assert!(
        world
            .auth
            .inspect_enrolment("noord", &ticket)
            .await
            .unwrap()
            .is_none()
    );
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    world.deliver().await;
    for _ in 0..10 {
        assert!(matches!(
            world
                .auth
                .inspect_enrolment("noord", &ticket)
                .await
                .unwrap(),
            Some(EnrolmentOutcome::Mailed)
        ));
    }
    assert!(world.deliver().await.is_empty());
}

#[tokio::test]
async fn the_enrolment_code_is_burnt_and_the_next_one_signs_in() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let phone = Phone::scan(&on_screen(&world, &ticket).await);
    let code = phone.code(now(&world));
    let done = world
        .auth
        .confirm_enrolment("zuid", &ticket, &code, &Default::default())
        .await
        .unwrap();
    assert!(matches!(done, ConfirmOutcome::SignedIn { .. }));
    let ticket = world.verify_ticket("zuid", "demo").await;
    let again = world
        .auth
        .verify_code("zuid", &ticket, &code)
        .await
        .unwrap();
    assert!(
        matches!(
            again,
            CodeOutcome::Rejected {
                hint: Hint::WaitForNext,
                ..
            }
        ),
        "{again:?}"
    );
    world.advance(30);
    let next = world
        .auth
        .verify_code("zuid", &ticket, &phone.code(now(&world)))
        .await
        .unwrap();
    assert!(matches!(next, CodeOutcome::SignedIn { .. }));
}

#[tokio::test]
async fn a_code_is_accepted_once_at_every_second_of_its_window() {
    for second in 0..30 {
        let world = World::new();
        let enrolled = world.enrolled("demo").await;
        let code = enrolled.phone.code(now(&world));
        world.advance(second);
        let ticket = world.verify_ticket("zuid", "demo").await;
        let first = world
            .auth
            .verify_code("zuid", &ticket, &code)
            .await
            .unwrap();
        assert!(
            matches!(first, CodeOutcome::SignedIn { .. }),
            "second {second}: {first:?}"
        );
        let ticket = world.verify_ticket("zuid", "demo").await;
        let second_use = world
            .auth
            .verify_code("zuid", &ticket, &code)
            .await
            .unwrap();
        assert!(
            matches!(second_use, CodeOutcome::Rejected { .. }),
            "second {second}: {second_use:?}"
        );
    }
}

#[tokio::test]
async fn an_older_code_is_refused_after_a_newer_one() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let older = enrolled.phone.code(now(&world));
    world.advance(30);
    let ticket = world.verify_ticket("zuid", "demo").await;
    let newer = enrolled.phone.code(now(&world));
    assert!(matches!(
        world
            .auth
            .verify_code("zuid", &ticket, &newer)
            .await
            .unwrap(),
        CodeOutcome::SignedIn { .. }
    ));
    let ticket = world.verify_ticket("zuid", "demo").await;
    let replay = world
        .auth
        .verify_code("zuid", &ticket, &older)
        .await
        .unwrap();
    assert!(matches!(
        replay,
        CodeOutcome::Rejected {
            hint: Hint::WaitForNext,
            ..
        }
    ));
}

#[tokio::test]
async fn a_code_that_has_just_rolled_over_is_answered_with_patience() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let old = enrolled.phone.code(now(&world));
    world.advance(60);
    let ticket = world.verify_ticket("zuid", "demo").await;
    let answer = world.auth.verify_code("zuid", &ticket, &old).await.unwrap();
    assert!(
        matches!(
            answer,
            CodeOutcome::Rejected {
                hint: Hint::WaitForNext,
                ..
            }
        ),
        "{answer:?}"
    );
    assert_eq!(world.count(EventKind::CodeRejected(RejectedCode::Stale)), 1);
}

/// Five sign-ins in flight. All of them before a race, which would otherwise begin without the last.
async fn tickets(world: &World) -> Vec<String> {
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(world.verify_ticket("zuid", "demo").await);
    }
    tickets
}

/// One code, typed into fifty sign-ins at once. How many it finished.
async fn signed_in_by_one_code(store: Arc<dyn Store>) -> usize {
    // None of them is to be refused because of how often it was tried.
    let mut limits = Limits::default();
    let generous = Budget::new(100, Duration::from_secs(900)).unwrap();
    limits.code_attempts = generous.into();
    limits.code_guess_probability_per_year = 0.999;
    let world = Arc::new(World::with(store, limits));
    let enrolled = world.enrolled("demo").await;
    let code = enrolled.phone.code(now(&world));
    let tickets = tickets(&world).await;
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (world, ticket, code) = (world.clone(), tickets[n % 5].clone(), code.clone());
        tries.spawn(async move {
            let verified = world.auth.verify_code("zuid", &ticket, &code).await;
            matches!(answered(verified), Some(CodeOutcome::SignedIn { .. }))
        });
    }
    let won = tries
        .join_all()
        .await
        .into_iter()
        .filter(|won| *won)
        .count();
    assert_eq!(world.count(EventKind::SignedIn(Factor::Totp)), won);
    won
}

/// A busy machine may run the requests of a contest one after the other.
async fn ever_has_two_winners(contest: impl AsyncFn() -> usize) -> bool {
    for _ in 0..20 {
        if contest().await > 1 {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn one_code_in_fifty_parallel_sign_ins_signs_in_once() {
    assert_eq!(signed_in_by_one_code(side_by_side()).await, 1);
    let control = async || signed_in_by_one_code(unguarded()).await;
    assert!(ever_has_two_winners(control).await, "the control");
}

#[tokio::test]
async fn guessing_codes_is_charged_across_tickets_and_a_right_password_does_not_help() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let bad = wrong(&enrolled.phone.code(now(&world)));
    let mut throttled = 0;
    for _ in 0..8 {
        let ticket = world.verify_ticket("zuid", "demo").await;
        match world.auth.verify_code("zuid", &ticket, &bad).await.unwrap() {
            CodeOutcome::Rejected { .. } => {}
            CodeOutcome::Throttled(Throttled::Wait(wait)) => {
                assert_eq!(wait.as_secs(), 15 * 60);
                throttled += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(throttled, 3);
    // A recovery code has its own counter.
    let ticket = world.verify_ticket("zuid", "demo").await;
    let redeemed = world
        .auth
        .redeem_recovery_code("zuid", &ticket, &enrolled.recovery_codes[0])
        .await
        .unwrap();
    assert!(matches!(
        redeemed,
        RecoveryCodeOutcome::SignedIn { remaining: 9, .. }
    ));
    let ticket = world.verify_ticket("zuid", "demo").await;
    let code = enrolled.phone.code(now(&world));
    let verified = world.auth.verify_code("zuid", &ticket, &code).await;
    let verified = verified.unwrap();
    assert!(
        matches!(verified, CodeOutcome::SignedIn { .. }),
        "the recovery code gives the attempts at codes back: {verified:?}"
    );
}

#[tokio::test]
async fn a_ticket_is_spent_by_success_and_bound_to_its_stage() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let phone = Phone::scan(&on_screen(&world, &ticket).await);
    let code = phone.code(now(&world));
    // A ticket for set-up is none for verification, and the other way round.
    assert!(matches!(
        world.auth.verify_code("zuid", &ticket, &code).await,
        Err(StepError::TicketInvalid)
    ));
    let _ = world
        .auth
        .confirm_enrolment("zuid", &ticket, &code, &Default::default())
        .await
        .unwrap();
    let again = world
        .auth
        .confirm_enrolment(
            "zuid",
            &ticket,
            &phone.code(now(&world) + 30),
            &Default::default(),
        )
        .await;
    assert!(matches!(again, Err(StepError::TicketInvalid)));
    let ticket = world.verify_ticket("zuid", "demo").await;
    assert!(matches!(
        world.auth.begin_enrolment("zuid", &ticket).await,
        Err(StepError::TicketInvalid)
    ));
    world.advance(30);
    let code = phone.code(now(&world));
    assert!(matches!(
        world
            .auth
            .verify_code("zuid", &ticket, &code)
            .await
            .unwrap(),
        CodeOutcome::SignedIn { .. }
    ));
    world.advance(30);
    let code = phone.code(now(&world));
    assert!(matches!(
        world.auth.verify_code("zuid", &ticket, &code).await,
        Err(StepError::TicketInvalid)
    ));
}

#[tokio::test]
async fn a_second_tab_cannot_replace_an_active_authenticator() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let (left, right) = (
        world.enrol_ticket("zuid", "demo").await,
        world.enrol_ticket("zuid", "demo").await,
    );
    let phone = Phone::scan(&on_screen(&world, &left).await);
    let code = phone.code(now(&world));
    let done = world
        .auth
        .confirm_enrolment("zuid", &left, &code, &Default::default())
        .await
        .unwrap();
    assert!(matches!(done, ConfirmOutcome::SignedIn { .. }));
    assert!(matches!(
        world.auth.begin_enrolment("zuid", &right).await,
        Err(StepError::TicketInvalid)
    ));
}

/// A set-up mail, asked for in a sign-in of its own.
async fn mailed(world: &World) -> Phone {
    let ticket = world.enrol_ticket("noord", "demo").await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
    Phone::mailed(&world.deliver().await[0])
}

/// The first code of a mailed set-up, typed into a sign-in of its own.
async fn confirmed(world: &World, phone: &Phone) -> ConfirmOutcome {
    let (ticket, new) = (
        world.enrol_ticket("noord", "demo").await,
        Default::default(),
    );
    let code = phone.code(now(world));
    let confirmed = world.auth.confirm_enrolment("noord", &ticket, &code, &new);
    confirmed.await.unwrap()
}

#[tokio::test]
async fn an_expired_set_up_begins_afresh() {
    const DAY: u64 = 24 * 60 * 60;
    for (lifetime, waited, in_time) in [
        (DAY, DAY - 1, true),
        (DAY, DAY, false),
        (60, 59, true),
        (60, 60, false),
    ] {
        let mut limits = Limits::default();
        limits.enrolment_lifetime = Duration::from_secs(lifetime);
        let world = World::with(Arc::new(MemoryStore::new()), limits);
        world.with_password("noord", "demo").await;
        let first = mailed(&world).await;
        world.advance(waited);
        let answer = confirmed(&world, &first).await;
        if in_time {
            assert!(
                matches!(answer, ConfirmOutcome::SignedIn { .. }),
                "{answer:?}"
            );
            continue;
        }
        assert!(matches!(answer, ConfirmOutcome::Gone), "{answer:?}");
        let second = mailed(&world).await;
        assert_ne!(*second.secret().to_base32(), *first.secret().to_base32());
        let answer = confirmed(&world, &second).await;
        assert!(
            matches!(answer, ConfirmOutcome::SignedIn { .. }),
            "{answer:?}"
        );
    }
}

/// Any sign-in goes on with what was mailed; but the owner must not enrol a secret that somebody who knew the
/// old password had sent.
#[tokio::test]
async fn a_set_up_that_somebody_began_with_the_old_password_is_gone_after_a_new_one() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let old = mailed(&world).await;
    let again = mailed(&world).await;
    assert_eq!(
        *again.secret().to_base32(),
        *old.secret().to_base32(),
        "the control"
    );
    world.with_password("noord", "demo").await;
    let refused = confirmed(&world, &old).await;
    assert!(matches!(refused, ConfirmOutcome::Gone), "{refused:?}");
    let new = mailed(&world).await;
    assert_ne!(*new.secret().to_base32(), *old.secret().to_base32());
    let refused = confirmed(&world, &old).await;
    assert!(
        matches!(refused, ConfirmOutcome::Rejected(Hint::None)),
        "{refused:?}"
    );
    let done = confirmed(&world, &new).await;
    assert!(matches!(done, ConfirmOutcome::SignedIn { .. }), "{done:?}");
}

#[tokio::test]
async fn a_recovery_code_is_spent_once_in_any_spelling_and_the_person_is_told() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let code = &enrolled.recovery_codes[3];
    let ticket = world.verify_ticket("zuid", "demo").await;
    let spelled = code.to_lowercase().replace('-', " ");
    let first = world
        .auth
        .redeem_recovery_code("zuid", &ticket, &spelled)
        .await
        .unwrap();
    assert!(
        matches!(first, RecoveryCodeOutcome::SignedIn { remaining: 9, .. }),
        "{first:?}"
    );
    let notices = world.deliver().await;
    assert_eq!(notices.len(), 1);
    assert!(notices[0].text().contains('9'));
    let ticket = world.verify_ticket("zuid", "demo").await;
    for spelling in [code.clone(), code.to_lowercase(), code.replace('-', "")] {
        let again = world
            .auth
            .redeem_recovery_code("zuid", &ticket, &spelling)
            .await
            .unwrap();
        assert!(matches!(again, RecoveryCodeOutcome::Rejected), "{again:?}");
    }
}

/// One recovery code, typed into five sign-ins at once. How many it finished.
async fn signed_in_by_one_recovery_code(store: Arc<dyn Store>) -> usize {
    let world = Arc::new(World::on(store));
    let enrolled = world.enrolled("demo").await;
    let tickets = tickets(&world).await;
    let mut tries = tokio::task::JoinSet::new();
    for ticket in tickets {
        let (world, code) = (world.clone(), enrolled.recovery_codes[0].clone());
        tries.spawn(async move {
            let redeemed = world.auth.redeem_recovery_code("zuid", &ticket, &code);
            let redeemed = answered(redeemed.await);
            matches!(redeemed, Some(RecoveryCodeOutcome::SignedIn { .. }))
        });
    }
    let won = tries.join_all().await;
    won.into_iter().filter(|won| *won).count()
}

#[tokio::test]
async fn one_recovery_code_in_parallel_is_spent_once() {
    assert_eq!(signed_in_by_one_recovery_code(side_by_side()).await, 1);
    let control = async || signed_in_by_one_recovery_code(unguarded()).await;
    assert!(ever_has_two_winners(control).await, "the control");
}

#[tokio::test]
async fn recovery_codes_of_another_account_or_tenant_are_nothing_here() {
    let world = World::new();
    let demo = world.enrolled("demo").await;
    world.enrolled("other").await;
    let ticket = world.verify_ticket("zuid", "other").await;
    let answer = world
        .auth
        .redeem_recovery_code("zuid", &ticket, &demo.recovery_codes[0])
        .await
        .unwrap();
    assert!(matches!(answer, RecoveryCodeOutcome::Rejected));
}

#[tokio::test]
async fn odd_codes_are_refused_without_a_fault() {
    let world = World::new();
    world.enrolled("demo").await;
    let megabyte = "1".repeat(1 << 20);
    for code in ["", "12345", "\0\0\0\0\0\0", megabyte.as_str()] {
        assert!(Code::parse(code).is_err());
        assert!(RecoveryCode::parse(code).is_err());
    }
    for ticket in ["", "x", megabyte.as_str()] {
        let answer = world.auth.verify_code("zuid", ticket, "123456").await;
        assert!(matches!(answer, Err(StepError::TicketInvalid)));
    }
}
