//! Rotating keys by intent: retiring one keeps everything alive, revoking one ends it now.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::{KeyFault, KeyId, KeyRing, MasterKey, OpenError};
use slotwerk::reset::Reason;
use slotwerk::{
    CodeOutcome, CompleteOutcome, ConfirmOutcome, EnrolmentOutcome, EventKind, Fault, InvalidLink,
    ManageOutcome, OpenOutcome, RecoveryCodeOutcome, RemoveOutcome, SignInOutcome, StepError,
};
use std::error::Error;
use support::{GOOD, NOBODY, Phone, World, epoch_of, fault_of, login, password, ring, token_in};

const OLD: KeyId = KeyId::new(1);

fn retired() -> KeyRing {
    ring()
        .rotate(KeyId::new(2), MasterKey::from_bytes([5; 32]))
        .unwrap()
}

fn revoked() -> KeyRing {
    retired().revoke(OLD).unwrap()
}

/// A ring that has never heard of the old key: a node with a stale configuration.
fn stranger() -> KeyRing {
    KeyRing::new(KeyId::new(2), MasterKey::from_bytes([5; 32]))
}

async fn is_open(world: &World, token: &str) -> bool {
    let seen = world.auth.inspect_reset("zuid", token).await.unwrap();
    matches!(seen, OpenOutcome::Open(_))
}

/// The fault and every cause behind it.
fn told(fault: &Fault) -> String {
    let mut text = format!("{fault} {fault:?}");
    let mut cause: Option<&dyn Error> = fault.source();
    while let Some(next) = cause {
        text += &format!("; {next}");
        cause = next.source();
    }
    text
}

fn names_the_old_key(fault: &Fault, expected: KeyFault) {
    let Fault::Sealed(OpenError::Key(found)) = fault else {
        panic!("{fault:?}")
    };
    assert_eq!(*found, expected);
    let text = told(fault);
    assert!(text.contains("key id 1"), "{text}");
    assert!(!text.contains("key id 2"), "{text}");
}

#[tokio::test]
async fn a_link_survives_a_routine_rotation_and_dies_with_its_key() {
    let world = World::new();
    let token = world.mailed_token("zuid", "demo").await;
    assert!(!is_open(&world.node_with(revoked()), &token).await);
    let dead = EventKind::ResetLinkInvalid(InvalidLink::Token(Reason::RevokedKey));
    assert_eq!(world.count(dead), 1, "at once, and for this reason");
    let done = world
        .node_with(revoked())
        .auth
        .complete_reset("zuid", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Invalid));
    let done = world
        .node_with(retired())
        .auth
        .complete_reset("zuid", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }), "{done:?}");
}

#[tokio::test]
async fn a_link_mailed_after_a_rotation_is_dead_where_the_new_key_is_unknown() {
    let world = World::new();
    let token = world
        .node_with(retired())
        .mailed_token("zuid", "demo")
        .await;
    assert!(!is_open(&world, &token).await, "refused, not a fault");
    assert!(is_open(&world.node_with(retired()), &token).await);
    assert!(is_open(&world.node_with(revoked()), &token).await);
}

#[tokio::test]
async fn a_ticket_and_a_pending_enrolment_survive_a_routine_rotation() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let EnrolmentOutcome::OnScreen(first) =
        world.auth.begin_enrolment("zuid", &ticket).await.unwrap()
    else {
        panic!()
    };
    let world = world.node_with(retired());
    let EnrolmentOutcome::OnScreen(again) =
        world.auth.begin_enrolment("zuid", &ticket).await.unwrap()
    else {
        panic!("the ticket lives")
    };
    assert_eq!(again.uri.expose(), first.uri.expose(), "the same secret");
    let code = Phone::scan(first.uri.expose()).code(world.clock.seconds());
    let done = world
        .auth
        .confirm_enrolment("zuid", &ticket, &code, &Default::default())
        .await;
    assert!(matches!(done.unwrap(), ConfirmOutcome::SignedIn { .. }));
}

#[tokio::test]
async fn a_ticket_dies_with_its_key() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let node = world.node_with(revoked());
    let seen = node.auth.inspect_ticket("zuid", &ticket).await.unwrap();
    assert!(seen.is_none());
    let begun = node.auth.begin_enrolment("zuid", &ticket).await;
    assert!(matches!(begun, Err(StepError::TicketInvalid)));
    // A negative control: where the key is only retired, the same ticket lives.
    let seen = world.node_with(retired());
    let seen = seen.auth.inspect_ticket("zuid", &ticket).await.unwrap();
    assert!(seen.is_some());
}

#[tokio::test]
async fn a_mailed_set_up_under_a_revoked_key_is_a_fault_that_names_it() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    for (keys, expected) in [
        (revoked(), KeyFault::Revoked(OLD)),
        (stranger(), KeyFault::Unknown(OLD)),
    ] {
        let node = world.node_with(keys);
        let ticket = node.enrol_ticket("noord", "demo").await;
        let code = node
            .auth
            .confirm_enrolment("noord", &ticket, "123456", &Default::default())
            .await;
        names_the_old_key(&fault_of(code), expected);
    }
    // The host's way out: whoever is stuck loses the set-up, and begins a new one.
    let node = world.node_with(revoked());
    node.auth.revoke_access("noord", "id-demo").await.unwrap();
    let ticket = node.enrol_ticket("noord", "demo").await;
    let begun = node.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed));
    let code = node
        .auth
        .confirm_enrolment("noord", &ticket, "123456", &Default::default())
        .await;
    assert!(code.is_ok(), "{code:?}");
}

#[tokio::test]
async fn a_shown_set_up_under_a_revoked_key_gives_way_to_a_new_one() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let _ = world.auth.begin_enrolment("zuid", &ticket).await.unwrap();
    let node = world.node_with(revoked());
    let ticket = node.enrol_ticket("zuid", "demo").await;
    let begun = node.auth.begin_enrolment("zuid", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::OnScreen(_)));
}

#[tokio::test]
async fn authenticators_and_recovery_codes_survive_a_routine_rotation() {
    let world = World::new();
    let demo = world.enrolled("demo").await;
    let node = world.node_with(retired());
    let ticket = node.verify_ticket("zuid", "demo").await;
    let code = demo.phone.code(node.clock.seconds());
    let verified = node.auth.verify_code("zuid", &ticket, &code).await.unwrap();
    assert!(
        matches!(verified, CodeOutcome::SignedIn { .. }),
        "{verified:?}"
    );
    let ticket = node.verify_ticket("zuid", "demo").await;
    let redeemed = node
        .auth
        .redeem_recovery_code("zuid", &ticket, &demo.recovery_codes[0])
        .await
        .unwrap();
    assert!(
        matches!(redeemed, RecoveryCodeOutcome::SignedIn { remaining: 9, .. }),
        "{redeemed:?}"
    );
    // Spent is spent, on either side of the rotation.
    let ticket = world.verify_ticket("zuid", "demo").await;
    let again = world
        .auth
        .redeem_recovery_code("zuid", &ticket, &demo.recovery_codes[0])
        .await
        .unwrap();
    assert!(matches!(again, RecoveryCodeOutcome::Rejected));
}

#[tokio::test]
async fn a_session_outlives_every_rotation() {
    let world = World::new();
    let demo = world.enrolled("demo").await;
    for keys in [retired(), revoked()] {
        let node = world.node_with(keys);
        let stands = node
            .auth
            .session_stands("zuid", "id-demo", epoch_of(&demo.grant));
        assert!(stands.await.unwrap());
    }
}

#[tokio::test]
async fn an_authenticator_under_a_revoked_key_is_a_fault_that_names_it_and_never_a_wrong_code() {
    let world = World::new();
    let demo = world.enrolled("demo").await;
    for (keys, expected) in [
        (revoked(), KeyFault::Revoked(OLD)),
        (stranger(), KeyFault::Unknown(OLD)),
    ] {
        let node = world.node_with(keys);
        let ticket = node.verify_ticket("zuid", "demo").await;
        let code = demo.phone.code(node.clock.seconds());
        let answer = node.auth.verify_code("zuid", &ticket, &code).await;
        names_the_old_key(&fault_of(answer), expected);
        // A recovery code's digest cannot be made any more: the code is unknown here.
        let answer = node
            .auth
            .redeem_recovery_code("zuid", &ticket, &demo.recovery_codes[0])
            .await
            .unwrap();
        assert!(matches!(answer, RecoveryCodeOutcome::Rejected));
    }
    let rejected = |kind: &EventKind| matches!(kind, EventKind::CodeRejected(_));
    let kinds = world.kinds();
    // The recovery codes' two, and none for the codes of the app.
    assert_eq!(kinds.iter().filter(|kind| rejected(kind)).count(), 2);
}

#[tokio::test]
async fn a_password_needs_no_key() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    for keys in [retired(), revoked(), stranger()] {
        let answer = world
            .node_with(keys)
            .auth
            .sign_in("zuid", &login("demo"), password(GOOD), &NOBODY)
            .await
            .unwrap();
        assert!(matches!(answer, SignInOutcome::Enrol(_)), "{answer:?}");
    }
}

#[tokio::test]
async fn a_job_queued_before_a_rotation_is_mailed_after_it() {
    let world = World::new();
    world.request("zuid", "demo").await;
    let node = world.node_with(retired());
    let mails = node.deliver().await;
    assert_eq!(mails.len(), 1);
    assert!(is_open(&node, &token_in(&mails[0])).await);
}

#[tokio::test]
async fn a_job_that_a_node_cannot_open_waits_for_one_that_can() {
    let world = World::new();
    world.request("zuid", "demo").await;
    let node = world.node_with(stranger());
    assert!(node.deliver().await.is_empty());
    assert_eq!(world.postponed(), [slotwerk::MailProblem::KeyMissing]);
    world.advance(5);
    assert_eq!(world.deliver().await.len(), 1);
}

#[tokio::test]
async fn an_authenticator_under_a_revoked_key_keeps_no_other_out_and_can_be_replaced() {
    let world = World::new();
    let demo = world.enrolled("demo").await;
    let (tenant, account) = ("zuid", demo.grant.account());
    let node = world.node_with(retired());
    let ticket = node.verify_ticket(tenant, "demo").await;
    let code = demo.phone.code(node.clock.seconds());
    let verified = node.auth.verify_code(tenant, &ticket, &code).await.unwrap();
    let CodeOutcome::SignedIn { grant, .. } = verified else {
        panic!("{verified:?}");
    };
    let ManageOutcome::Open(ticket) = node.auth.manage(&grant).await.unwrap().unwrap() else {
        panic!("expected to manage");
    };
    let begun = node
        .auth
        .begin_enrolment(tenant, ticket.ticket().expose())
        .await;
    let EnrolmentOutcome::OnScreen(material) = begun.unwrap() else {
        panic!("expected material");
    };
    let tablet = Phone::scan(material.uri.expose());
    let code = tablet.code(node.clock.seconds());
    let added = node
        .auth
        .confirm_enrolment(tenant, ticket.ticket().expose(), &code, &Default::default())
        .await;
    assert!(matches!(added.unwrap(), ConfirmOutcome::Added));

    let node = world.node_with(revoked());
    node.advance(30);
    let ticket = node.verify_ticket(tenant, "demo").await;
    let wrong = demo.phone.code(node.clock.seconds());
    let fault = node.auth.verify_code(tenant, &ticket, &wrong).await;
    names_the_old_key(&fault_of(fault), KeyFault::Revoked(OLD));
    assert_eq!(node.count(EventKind::AuthenticatorUnreadable), 1);
    let code = tablet.code(node.clock.seconds());
    let verified = node.auth.verify_code(tenant, &ticket, &code).await.unwrap();
    let CodeOutcome::SignedIn { grant, .. } = verified else {
        panic!("{verified:?}");
    };
    let ManageOutcome::Open(ticket) = node.auth.manage(&grant).await.unwrap().unwrap() else {
        panic!("expected to manage");
    };
    let summary = node.auth.second_factor(tenant, account).await.unwrap();
    let unreadable = summary.authenticators[0].id;
    let removed = node
        .auth
        .remove_authenticator(tenant, ticket.ticket().expose(), unreadable)
        .await;
    assert!(matches!(
        removed.unwrap(),
        RemoveOutcome::Removed { left: 1, .. }
    ));
    node.advance(30);
    let ticket = node.verify_ticket(tenant, "demo").await;
    let answer = node
        .auth
        .verify_code(tenant, &ticket, &wrong)
        .await
        .unwrap();
    assert!(matches!(answer, CodeOutcome::Rejected { .. }), "{answer:?}");
}
