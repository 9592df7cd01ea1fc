//! Several named authenticators, added and renamed by somebody who has just shown one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::MemoryStore;
use slotwerk::totp::Hint;
use slotwerk::{
    AuthenticatorId, AuthenticatorName, CodeOutcome, ConfirmOutcome, EnrolmentOutcome, Limits,
    ManageOutcome, NewAuthenticator, RemoveOutcome, RenameOutcome, StepError,
};
use std::sync::Arc;
use support::managing::*;
use support::{Ended, Enrolled, GOOD, NOBODY, NextStep, OTHER, Phone, World, password};

const QUARTER: u64 = 15 * 60;

#[tokio::test]
async fn a_second_phone_comes_beside_the_first_and_both_sign_in() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let started = world.clock.seconds();
    let tablet = added(&world, &ticket, "tablet").await;
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text().contains("tablet"), "{}", mails[0].text());

    let both = active(&world, grant.account()).await;
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].name, None);
    assert_eq!(both[1].name.as_deref(), Some("tablet"));
    assert_eq!((both[1].added_at, both[1].used_at), (started, started));
    assert!(stands(&world, &grant).await, "an addition ends no session");
    let left = world.auth.second_factor("zuid", grant.account()).await;
    assert_eq!(left.unwrap().recovery_codes_left, 10);

    // The code of the set-up is burnt, each phone has a watermark of its own, and both sign in.
    let burnt = sign_in(&world, &tablet).await;
    assert!(matches!(burnt, CodeOutcome::Rejected { .. }), "{burnt:?}");
    let _ = granted(&world, &phone).await;
    world.advance(30);
    let _ = granted(&world, &tablet).await;
    let _ = granted(&world, &phone).await;
    let used = active(&world, grant.account()).await;
    assert_eq!(used[1].used_at, started + 30);
    assert_eq!(used[1].added_at, started);
}

#[tokio::test]
async fn refresh_typo_and_new_code_keep_the_pending_secret_and_the_active_phone() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let tablet = scan(&world, &ticket).await;
    let first = tablet.secret().to_base32();
    for _ in 0..3 {
        let refreshed = scan(&world, &ticket).await;
        assert_eq!(*refreshed.secret().to_base32(), *first);
        match world.auth.resend_enrolment("zuid", &ticket).await.unwrap() {
            EnrolmentOutcome::OnScreen(material) => {
                let again = Phone::scan(material.uri.expose());
                assert_eq!(*again.secret().to_base32(), *first);
            }
            other => panic!("{other:?}"),
        }
        // The code of the active phone is none of the new one.
        let typo = confirm(&world, &ticket, &phone, &named("tablet")).await;
        assert!(matches!(typo, ConfirmOutcome::Rejected(Hint::None)));
    }
    assert_eq!(active(&world, grant.account()).await.len(), 1);
    let _ = granted(&world, &phone).await;
    let done = confirm(&world, &ticket, &tablet, &named("tablet")).await;
    assert!(matches!(done, ConfirmOutcome::Added), "{done:?}");
}

#[tokio::test]
async fn a_set_up_is_begun_only_with_the_time_to_finish_it() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let grant = granted(&world, &phone).await;
    let (early, late) = (open(&world, &grant).await, open(&world, &grant).await);
    world.advance(QUARTER - 5 * 60);
    let tablet = scan(&world, &early).await;
    world.advance(1);
    let refused = world.auth.begin_enrolment("zuid", &late).await;
    assert!(
        matches!(refused, Err(StepError::TicketInvalid)),
        "{refused:?}"
    );
    // What was begun in time is shown again, and finished, up to the last second.
    world.advance(5 * 60 - 2);
    let again = scan(&world, &early).await;
    assert_eq!(*again.secret().to_base32(), *tablet.secret().to_base32());
    let done = confirm(&world, &early, &tablet, &named("tablet")).await;
    assert!(matches!(done, ConfirmOutcome::Added), "{done:?}");
}

#[tokio::test]
async fn a_second_and_a_third_under_one_ticket_have_secrets_of_their_own() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let tablet = added(&world, &ticket, "tablet").await;
    let laptop = added(&world, &ticket, "laptop").await;
    assert_ne!(*tablet.secret().to_base32(), *laptop.secret().to_base32());
    assert_eq!(active(&world, grant.account()).await.len(), 3);
}

#[tokio::test]
async fn a_set_up_of_one_ticket_is_not_shown_to_another() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let (mine, other) = (open(&world, &grant).await, open(&world, &grant).await);
    let seen_by_other = scan(&world, &other).await;
    let my_own = scan(&world, &mine).await;
    assert_ne!(
        *seen_by_other.secret().to_base32(),
        *my_own.secret().to_base32()
    );
    // What the other ticket had begun is gone, and cannot be confirmed under mine either.
    let crossed = confirm(&world, &mine, &seen_by_other, &named("theirs")).await;
    assert!(
        matches!(crossed, ConfirmOutcome::Rejected(_)),
        "{crossed:?}"
    );
    let gone = confirm(&world, &other, &seen_by_other, &named("theirs")).await;
    assert!(matches!(gone, ConfirmOutcome::Gone), "{gone:?}");
}

/// The mailbox is no place for a secret that can be shown to somebody who has just signed in.
#[tokio::test]
async fn a_tenant_that_mails_the_first_set_up_shows_the_second_on_the_page() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
    let mails = world.deliver().await;
    let mut words = mails[0]
        .text()
        .lines()
        .flat_map(|line| line.rsplit(": ").next());
    let typed = words.find(|text| text.len() == 39 && text.split(' ').count() == 8);
    let phone = Phone::type_in(typed.expect("a set-up code"));
    let code = phone.code(world.clock.seconds());
    let new = NewAuthenticator::default();
    let confirmed = world.auth.confirm_enrolment("noord", &ticket, &code, &new);
    let ConfirmOutcome::SignedIn { grant, .. } = confirmed.await.unwrap() else {
        panic!("expected to be signed in");
    };
    world.deliver().await;
    let ticket = open(&world, &grant).await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::OnScreen(_)), "{begun:?}");
    let resent = world.auth.resend_enrolment("noord", &ticket).await.unwrap();
    assert!(
        matches!(resent, EnrolmentOutcome::OnScreen(_)),
        "{resent:?}"
    );
    let seen = world
        .auth
        .inspect_enrolment("noord", &ticket)
        .await
        .unwrap();
    assert!(
        matches!(seen, Some(EnrolmentOutcome::OnScreen(_))),
        "{seen:?}"
    );
    assert!(world.deliver().await.is_empty(), "no mail holds it");
}

#[tokio::test]
async fn an_account_has_as_many_as_it_may_have() {
    let mut limits = Limits::default();
    limits.authenticators = 2;
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    assert!(
        world
            .auth
            .second_factor("zuid", grant.account())
            .await
            .unwrap()
            .room
    );
    added(&world, &ticket, "tablet").await;
    assert!(
        !world
            .auth
            .second_factor("zuid", grant.account())
            .await
            .unwrap()
            .room
    );
    let laptop = scan(&world, &ticket).await;
    let third = confirm(&world, &ticket, &laptop, &named("laptop")).await;
    assert!(matches!(third, ConfirmOutcome::TooMany), "{third:?}");
    // In the place of one it fits.
    let old = active(&world, grant.account()).await[0].id;
    let replaced = confirm(&world, &ticket, &laptop, &named("laptop").replacing(old)).await;
    assert!(
        matches!(replaced, ConfirmOutcome::Replaced { .. }),
        "{replaced:?}"
    );
    let refused = sign_in(&world, &phone).await;
    assert!(matches!(refused, CodeOutcome::Rejected { .. }));
}

#[tokio::test]
async fn a_session_alone_changes_nothing_a_quarter_of_an_hour_later() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let grant = granted(&world, &phone).await;
    let ticket = open(&world, &grant).await;
    world.advance(QUARTER - 1);
    let step = world.auth.inspect_ticket("zuid", &ticket).await.unwrap();
    assert_eq!(step, Some(NextStep::Manage));
    assert!(matches!(
        world.auth.manage(&grant).await.unwrap(),
        Ok(ManageOutcome::Open(_))
    ));
    world.advance(1);
    assert!(matches!(
        world.auth.manage(&grant).await.unwrap(),
        Ok(ManageOutcome::StepUp(_))
    ));
    let only = active(&world, grant.account()).await[0].id;
    let renamed = rename(&world, "zuid", &ticket, only, "x").await;
    assert!(
        matches!(renamed, Err(StepError::TicketInvalid)),
        "{renamed:?}"
    );
    assert!(stands(&world, &grant).await, "the session itself goes on");
    // Signing in again opens the way.
    world.advance(30);
    open(&world, &granted(&world, &phone).await).await;
}

#[tokio::test]
async fn the_ticket_dies_with_the_password_and_with_the_account() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let only = active(&world, grant.account()).await[0].id;
    let ticket = open(&world, &grant).await;
    world.people.disable_demo();
    let disabled = rename(&world, "zuid", &ticket, only, "x").await;
    assert!(
        matches!(disabled, Err(StepError::TicketInvalid)),
        "{disabled:?}"
    );

    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let only = active(&world, grant.account()).await[0].id;
    let ticket = open(&world, &grant).await;
    let (old, new) = (password(GOOD), password(OTHER));
    let changed = world
        .auth
        .change_password("zuid", grant.account(), old, new, &NOBODY);
    assert!(matches!(
        changed.await.unwrap(),
        slotwerk::ChangePasswordOutcome::Changed { .. }
    ));
    let renamed = rename(&world, "zuid", &ticket, only, "x").await;
    assert!(
        matches!(renamed, Err(StepError::TicketInvalid)),
        "{renamed:?}"
    );
    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    assert!(matches!(renewed, Err(StepError::TicketInvalid)));
    // The grant of before begins no session any more.
    let opened = world.auth.manage(&grant).await.unwrap();
    assert!(matches!(opened, Err(Ended)), "{opened:?}");
}

#[tokio::test]
async fn a_ticket_is_good_for_its_own_stage_and_tenant() {
    let world = World::new();
    let Enrolled {
        phone,
        grant,
        recovery_codes,
    } = world.enrolled("demo").await;
    let only = active(&world, grant.account()).await[0].id;
    let (managing, signing_in) = (
        open(&world, &grant).await,
        world.verify_ticket("zuid", "demo").await,
    );
    // Half a sign-in changes nothing.
    let renamed = rename(&world, "zuid", &signing_in, only, "x").await;
    assert!(
        matches!(renamed, Err(StepError::TicketInvalid)),
        "{renamed:?}"
    );
    let removed = world
        .auth
        .remove_authenticator("zuid", &signing_in, only)
        .await;
    assert!(matches!(removed, Err(StepError::TicketInvalid)));
    let renewed = world.auth.renew_recovery_codes("zuid", &signing_in).await;
    assert!(matches!(renewed, Err(StepError::TicketInvalid)));
    let begun = world.auth.begin_enrolment("zuid", &signing_in).await;
    assert!(matches!(begun, Err(StepError::TicketInvalid)));
    // And the other way round.
    let code = phone.code(world.clock.seconds());
    let verified = world.auth.verify_code("zuid", &managing, &code).await;
    assert!(matches!(verified, Err(StepError::TicketInvalid)));
    let redeemed = world
        .auth
        .redeem_recovery_code("zuid", &managing, &recovery_codes[0])
        .await;
    assert!(matches!(redeemed, Err(StepError::TicketInvalid)));
    // Another tenant's page knows it not.
    let renamed = rename(&world, "noord", &managing, only, "x").await;
    assert!(
        matches!(renamed, Err(StepError::TicketInvalid)),
        "{renamed:?}"
    );
    assert_eq!(active(&world, grant.account()).await[0].name, None);
}

#[tokio::test]
async fn a_name_is_kept_as_typed_and_told_in_the_notice() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let only = active(&world, grant.account()).await[0].id;
    let ticket = open(&world, &grant).await;
    let odd = "<b>Zoë's “werk” \u{1f4f1}</b> ' OR 1=1 --";
    let renamed = rename(&world, "zuid", &ticket, only, odd).await;
    assert_eq!(renamed.unwrap(), RenameOutcome::Renamed);
    assert_eq!(
        active(&world, grant.account()).await[0].name.as_deref(),
        Some(odd)
    );
    added(&world, &ticket, "tablet").await;
    world.deliver().await;
    let removed = world.auth.remove_authenticator("zuid", &ticket, only).await;
    assert!(matches!(removed.unwrap(), RemoveOutcome::Removed { .. }));
    let mails = world.deliver().await;
    assert!(mails[0].text().contains(odd), "{}", mails[0].text());
    assert!(!mails[0].html().contains("<b>Zo"), "it is escaped");
}

#[test]
fn ids_read_back_and_nothing_else_does() {
    let text = "00112233445566778899aabbccddeeff";
    let id: AuthenticatorId = text.parse().unwrap();
    assert_eq!(id.to_string(), text);
    let (upper, signed) = (text.to_uppercase(), format!("+{}", &text[1..]));
    for odd in [
        "",
        "0",
        &upper,
        &signed,
        &format!("{text}0"),
        "é".repeat(16).as_str(),
    ] {
        assert!(odd.parse::<AuthenticatorId>().is_err(), "{odd}");
    }
}

#[test]
fn names_have_bounds() {
    assert_eq!(name("  werk  ").as_str(), "werk");
    assert!(AuthenticatorName::parse(&"é".repeat(64)).is_ok());
    for odd in [
        "",
        " \t ",
        "a\u{202e}b",
        "a\0b",
        "a\r\nb",
        "a\u{fdd0}b",
        "a\u{1ffff}b",
        &"x".repeat(65),
        &"x".repeat(1 << 20),
    ] {
        assert!(AuthenticatorName::parse(odd).is_err());
    }
}
