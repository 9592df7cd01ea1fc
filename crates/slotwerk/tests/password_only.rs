//! What somebody who has the password and no second factor can spoil for the owner.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::{
    ConfirmOutcome, EnrolmentDelivery, EnrolmentOutcome, Grant, ManageOutcome, NewAuthenticator,
    SecondFactor, SignInOutcome,
};
use support::managing::*;
use support::{Enrolled, GOOD, NOBODY, Phone, World, login, password};

#[tokio::test]
async fn half_sign_ins_push_out_nobody_who_has_shown_both_factors() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let managing = open(&world, &grant).await;
    let mut halves = Vec::new();
    for _ in 0..30 {
        world.advance(1);
        halves.push(world.verify_ticket("zuid", "demo").await);
    }
    let inspect = |ticket| world.auth.inspect_ticket("zuid", ticket);
    assert!(inspect(&managing).await.unwrap().is_some());
    // They push out one another.
    assert!(inspect(&halves[0]).await.unwrap().is_none());
    assert!(inspect(&halves[29]).await.unwrap().is_some());
}

/// Whoever began it on the page has seen its secret, and would own a copy of what the owner activates.
#[tokio::test]
async fn a_secret_that_a_page_has_shown_is_never_mailed() {
    for again in [false, true] {
        let world = World::new();
        world.with_password("zuid", "demo").await;
        let ticket = world.enrol_ticket("zuid", "demo").await;
        let seen = scan(&world, &ticket).await;

        let mailing = EnrolmentDelivery::MailedBothFactorsInOneMailbox;
        let zuid = support::zuid().enrolment_delivery(mailing);
        world.auth.put_tenant(zuid).unwrap();
        let ticket = world.enrol_ticket("zuid", "demo").await;
        if again {
            let sent = world.auth.resend_enrolment("zuid", &ticket).await.unwrap();
            assert!(matches!(sent, EnrolmentOutcome::Mailed), "{sent:?}");
        } else {
            let begun = world.auth.begin_enrolment("zuid", &ticket).await.unwrap();
            assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
        }
        let mails = world.deliver().await;
        let mailed = Phone::mailed(&mails[0]);
        assert_ne!(*mailed.secret().to_base32(), *seen.secret().to_base32());
    }
}

/// Or turning the second factor on would not get rid of whoever is in already.
#[tokio::test]
async fn a_first_authenticator_signs_out_whoever_came_without_one() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let zuid = support::zuid().second_factor(SecondFactor::WhenEnrolled);
    world.auth.put_tenant(zuid).unwrap();
    let thief = signed_in(&world).await;
    let owner = signed_in(&world).await;
    assert!(!owner.second_factor());
    let managed = world.auth.manage(&owner).await.unwrap().unwrap();
    let ManageOutcome::Enrol(ticket) = managed else {
        panic!("expected to set up, got {managed:?}")
    };
    let phone = scan(&world, ticket.ticket().expose()).await;
    let unnamed = NewAuthenticator::default();
    let done = confirm(&world, ticket.ticket().expose(), &phone, &unnamed).await;
    let ConfirmOutcome::SignedIn { grant, .. } = done else {
        panic!("expected to be signed in, got {done:?}")
    };
    assert!(grant.second_factor());
    assert!(stands(&world, &grant).await);
    assert!(!stands(&world, &thief).await);
    assert!(
        !stands(&world, &owner).await,
        "the new grant takes its place"
    );
    let mails = world.deliver().await;
    let text = mails.last().unwrap().text();
    assert!(text.contains("signed out"), "{text}");
}

async fn signed_in(world: &World) -> Grant {
    let login = login("demo");
    let signed = world.auth.sign_in("zuid", &login, password(GOOD), &NOBODY);
    match signed.await.unwrap() {
        SignInOutcome::SignedIn(grant) => grant,
        other => panic!("expected to be signed in, got {other:?}"),
    }
}
