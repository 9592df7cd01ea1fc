//! Authenticators replaced and removed, recovery codes renewed, and the way from a lost phone to a new one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::Store;
use slotwerk::{
    AuthenticatorId, CodeOutcome, ConfirmOutcome, EventKind, ManageOutcome, NewAuthenticator,
    RecoveryCodeOutcome, RemoveOutcome, RenameOutcome, RenewOutcome, SignInOutcome, StepError,
};
use std::sync::Arc;
use support::managing::*;
use support::{
    Ended, Enrolled, GOOD, NOBODY, World, answered, epoch_of, login, password, side_by_side,
    unguarded,
};

const QUARTER: u64 = 15 * 60;

#[tokio::test]
async fn a_replaced_phone_works_until_the_first_code_of_the_new_one() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let other_session = granted(&world, &phone).await;
    world.advance(30);
    let ticket = open(&world, &grant).await;
    let new = scan(&world, &ticket).await;
    let _ = granted(&world, &phone).await;
    let old = active(&world, grant.account()).await[0].id;
    let wanted = named("new phone").replacing(old);
    let ConfirmOutcome::Replaced { grant: again } = confirm(&world, &ticket, &new, &wanted).await
    else {
        panic!("expected to have replaced it");
    };
    assert_eq!(subjects(&world).await.len(), 1);
    assert_eq!(world.count(EventKind::AuthenticatorReplaced), 1);
    let now_active = active(&world, grant.account()).await;
    assert_eq!(now_active.len(), 1);
    assert_eq!(now_active[0].name.as_deref(), Some("new phone"));
    // Whoever is signed in elsewhere is not any more.
    assert!(!stands(&world, &other_session).await);
    assert!(!stands(&world, &grant).await);
    assert!(stands(&world, &again).await);
    world.advance(30);
    let refused = sign_in(&world, &phone).await;
    assert!(
        matches!(refused, CodeOutcome::Rejected { .. }),
        "{refused:?}"
    );
    let _ = granted(&world, &new).await;
    let left = world.auth.second_factor("zuid", grant.account()).await;
    assert_eq!(left.unwrap().recovery_codes_left, 10, "the codes stay");
}

#[tokio::test]
async fn only_an_authenticator_of_the_account_is_replaced_renamed_or_removed() {
    let world = World::new();
    let mine = world.enrolled("demo").await;
    let theirs = world.enrolled(support::LONG_NAME).await;
    let their_id = active(&world, theirs.grant.account()).await[0].id;
    let nobodys: AuthenticatorId = "00112233445566778899aabbccddeeff".parse().unwrap();
    let before = active(&world, theirs.grant.account()).await;
    let ticket = open(&world, &mine.grant).await;
    let new = scan(&world, &ticket).await;
    for id in [their_id, nobodys] {
        let confirmed = confirm(&world, &ticket, &new, &named("x").replacing(id)).await;
        assert!(
            matches!(confirmed, ConfirmOutcome::NothingToReplace),
            "{confirmed:?}"
        );
        let renamed = rename(&world, "zuid", &ticket, id, "x").await;
        assert_eq!(renamed.unwrap(), RenameOutcome::Unknown);
        let removed = world.auth.remove_authenticator("zuid", &ticket, id).await;
        assert_eq!(removed.unwrap(), RemoveOutcome::Unknown);
    }
    assert_eq!(active(&world, theirs.grant.account()).await, before);
    assert_eq!(active(&world, mine.grant.account()).await.len(), 1);
    assert!(
        world.deliver().await.is_empty(),
        "nothing happened, so no notice"
    );
}

#[tokio::test]
async fn a_lost_phone_is_removed_and_everybody_is_signed_out() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let thief = granted(&world, &phone).await;
    let ticket = open(&world, &grant).await;
    let tablet = added(&world, &ticket, "tablet").await;
    world.deliver().await;
    let lost = active(&world, grant.account()).await[0].id;
    let removed = world.auth.remove_authenticator("zuid", &ticket, lost).await;
    let RemoveOutcome::Removed { grant: again, left } = removed.unwrap() else {
        panic!("expected to have removed it");
    };
    assert_eq!(left, 1);
    assert_eq!(subjects(&world).await.len(), 1);
    assert!(!stands(&world, &thief).await);
    assert!(stands(&world, &again).await);
    world.advance(30);
    let refused = sign_in(&world, &phone).await;
    assert!(
        matches!(refused, CodeOutcome::Rejected { .. }),
        "{refused:?}"
    );
    let _ = granted(&world, &tablet).await;
    // The ticket went with the sessions; a new one comes from the new grant.
    let over = world.auth.remove_authenticator("zuid", &ticket, lost).await;
    assert!(matches!(over, Err(StepError::TicketInvalid)), "{over:?}");
    let ticket = open(&world, &again).await;
    let again = world.auth.remove_authenticator("zuid", &ticket, lost).await;
    assert_eq!(again.unwrap(), RemoveOutcome::Unknown);
}

#[tokio::test]
async fn the_last_one_stays_where_a_second_factor_is_asked_for() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let only = active(&world, grant.account()).await[0].id;
    let refused = world.auth.remove_authenticator("zuid", &ticket, only).await;
    assert_eq!(refused.unwrap(), RemoveOutcome::Last);
    assert!(stands(&world, &grant).await);
    assert!(world.deliver().await.is_empty());
    let _ = granted(&world, &phone).await;
}

#[tokio::test]
async fn where_none_is_asked_for_the_last_one_goes_and_takes_the_recovery_codes_with_it() {
    let world = World::new();
    let zuid = support::zuid().second_factor(slotwerk::SecondFactor::WhenEnrolled);
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    world.auth.put_tenant(zuid).unwrap();
    let ticket = open(&world, &grant).await;
    let only = active(&world, grant.account()).await[0].id;
    let removed = world.auth.remove_authenticator("zuid", &ticket, only).await;
    assert!(matches!(
        removed.unwrap(),
        RemoveOutcome::Removed { left: 0, .. }
    ));
    let summary = world.auth.second_factor("zuid", grant.account()).await;
    assert_eq!(summary.unwrap().recovery_codes_left, 0);

    // The password alone signs in, and may set a first one up, like at the first sign-in.
    let alone = world
        .auth
        .sign_in("zuid", &login("demo"), password(GOOD), &NOBODY)
        .await;
    let SignInOutcome::SignedIn(alone) = alone.unwrap() else {
        panic!("expected to be signed in by the password");
    };
    let ManageOutcome::Enrol(ticket) = world.auth.manage(&alone).await.unwrap().unwrap() else {
        panic!("expected to set up");
    };
    let stale = world.auth.manage(&alone).await.unwrap().unwrap();
    let (ticket, phone) = (
        ticket.ticket().expose(),
        scan(&world, ticket.ticket().expose()).await,
    );
    let done = confirm(&world, ticket, &phone, &NewAuthenticator::default()).await;
    assert!(matches!(done, ConfirmOutcome::SignedIn { .. }), "{done:?}");

    // Somebody else who knew the password had opened the same way before: it is closed now.
    let ManageOutcome::Enrol(stale) = stale else {
        panic!("expected to set up");
    };
    let stale = stale.ticket().expose();
    let begun = world.auth.begin_enrolment("zuid", stale).await;
    assert!(matches!(begun, Err(StepError::TicketInvalid)));
    let answer = world.auth.manage(&alone).await.unwrap();
    assert!(matches!(answer, Err(Ended)), "{answer:?}");
}

#[tokio::test]
async fn a_removal_makes_the_sign_in_no_younger() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let grant = granted(&world, &phone).await;
    let ticket = open(&world, &grant).await;
    added(&world, &ticket, "tablet").await;
    world.advance(QUARTER - 60);
    let ids = active(&world, grant.account()).await;
    let removed = world.auth.remove_authenticator("zuid", &ticket, ids[1].id);
    let RemoveOutcome::Removed { grant: again, .. } = removed.await.unwrap() else {
        panic!("expected to have removed it");
    };
    world.advance(59);
    assert!(matches!(
        world.auth.manage(&again).await.unwrap(),
        Ok(ManageOutcome::Open(_))
    ));
    world.advance(1);
    assert!(matches!(
        world.auth.manage(&again).await.unwrap(),
        Ok(ManageOutcome::StepUp(_))
    ));
}

#[tokio::test]
async fn new_recovery_codes_kill_the_old_ones_and_are_told_of() {
    let world = World::new();
    let Enrolled {
        grant,
        recovery_codes,
        ..
    } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let RenewOutcome::Renewed(new) = world
        .auth
        .renew_recovery_codes("zuid", &ticket)
        .await
        .unwrap()
    else {
        panic!("expected new codes");
    };
    assert_eq!(new.codes().len(), 10);
    assert_eq!(subjects(&world).await.len(), 1);
    assert!(stands(&world, &grant).await);
    let signing_in = world.verify_ticket("zuid", "demo").await;
    for old in &recovery_codes[..3] {
        let refused = world.auth.redeem_recovery_code("zuid", &signing_in, old);
        assert!(matches!(
            refused.await.unwrap(),
            RecoveryCodeOutcome::Rejected
        ));
    }
    let code = new.codes()[0].expose();
    let redeemed = world.auth.redeem_recovery_code("zuid", &signing_in, code);
    assert!(matches!(
        redeemed.await.unwrap(),
        RecoveryCodeOutcome::SignedIn { remaining: 9, .. }
    ));
}

#[tokio::test]
async fn a_recovery_code_leads_from_a_lost_phone_to_a_new_one() {
    let world = World::new();
    let Enrolled {
        phone,
        grant,
        recovery_codes,
    } = world.enrolled("demo").await;
    let signing_in = world.verify_ticket("zuid", "demo").await;
    let redeemed = world
        .auth
        .redeem_recovery_code("zuid", &signing_in, &recovery_codes[0])
        .await;
    let RecoveryCodeOutcome::SignedIn { grant: by_code, .. } = redeemed.unwrap() else {
        panic!("expected to be signed in");
    };
    let ticket = open(&world, &by_code).await;
    let new = scan(&world, &ticket).await;
    let lost = active(&world, grant.account()).await[0].id;
    let done = confirm(&world, &ticket, &new, &named("new").replacing(lost)).await;
    assert!(matches!(done, ConfirmOutcome::Replaced { .. }), "{done:?}");
    world.advance(30);
    let refused = sign_in(&world, &phone).await;
    assert!(matches!(refused, CodeOutcome::Rejected { .. }));
    let _ = granted(&world, &new).await;
}

/// Two tabs, each of which removes one of two at once. How many were told that it is gone.
async fn removed_by_two_tabs(store: Arc<dyn Store>) -> usize {
    let world = Arc::new(World::on(store));
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    added(&world, &ticket, "tablet").await;
    let ids = active(&world, grant.account()).await;
    let tickets = [open(&world, &grant).await, open(&world, &grant).await];
    let mut tabs = tokio::task::JoinSet::new();
    for (ticket, id) in tickets.into_iter().zip([ids[0].id, ids[1].id]) {
        let world = world.clone();
        tabs.spawn(async move {
            let removed = world.auth.remove_authenticator("zuid", &ticket, id).await;
            matches!(answered(removed), Some(RemoveOutcome::Removed { .. }))
        });
    }
    let done = tabs.join_all().await;
    assert_eq!(active(&world, grant.account()).await.len(), 1);
    done.into_iter().filter(|done| *done).count()
}

#[tokio::test]
async fn two_tabs_that_each_remove_one_leave_one() {
    assert_eq!(removed_by_two_tabs(side_by_side()).await, 1);
    assert_eq!(removed_by_two_tabs(unguarded()).await, 2, "the control");
}

#[tokio::test]
async fn a_set_up_that_was_begun_before_a_removal_is_gone_after_it() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let (mine, theirs) = (open(&world, &grant).await, open(&world, &grant).await);
    added(&world, &mine, "tablet").await;
    let begun = scan(&world, &theirs).await;
    let lost = active(&world, grant.account()).await[0].id;
    let removed = world.auth.remove_authenticator("zuid", &mine, lost).await;
    assert!(matches!(removed.unwrap(), RemoveOutcome::Removed { .. }));
    let (code, new) = (begun.code(world.clock.seconds()), named("theirs"));
    let confirmed = world
        .auth
        .confirm_enrolment("zuid", &theirs, &code, &new)
        .await;
    assert!(
        matches!(confirmed, Err(StepError::TicketInvalid)),
        "{confirmed:?}"
    );
    assert_eq!(active(&world, grant.account()).await.len(), 1);
}

#[tokio::test]
async fn a_help_desk_that_takes_a_lost_second_factor_away_leads_to_a_new_set_up() {
    let world = World::new();
    let Enrolled {
        phone,
        grant,
        recovery_codes,
    } = world.enrolled("demo").await;
    let (managing, verifying) = (
        open(&world, &grant).await,
        world.verify_ticket("zuid", "demo").await,
    );
    let epoch = world
        .auth
        .forget_second_factor("zuid", grant.account())
        .await;
    assert_ne!(epoch.unwrap(), epoch_of(&grant));
    assert!(!stands(&world, &grant).await);
    assert_eq!(subjects(&world).await.len(), 1, "the owner is told");
    let summary = world.auth.second_factor("zuid", grant.account()).await;
    let summary = summary.unwrap();
    assert!(summary.authenticators.is_empty());
    assert_eq!(summary.recovery_codes_left, 0);
    // Nothing that was begun before goes on.
    for ticket in [&managing, &verifying] {
        assert_eq!(
            world.auth.inspect_ticket("zuid", ticket).await.unwrap(),
            None
        );
    }
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let code = phone.code(world.clock.seconds());
    let old = world.auth.verify_code("zuid", &ticket, &code).await;
    assert!(matches!(old, Err(StepError::TicketInvalid)));
    let new = scan(&world, &ticket).await;
    let done = confirm(&world, &ticket, &new, &NewAuthenticator::default()).await;
    assert!(matches!(done, ConfirmOutcome::SignedIn { .. }), "{done:?}");
    world.advance(30);
    let ticket = world.verify_ticket("zuid", "demo").await;
    let old = &recovery_codes[0];
    let redeemed = world.auth.redeem_recovery_code("zuid", &ticket, old).await;
    assert!(matches!(redeemed.unwrap(), RecoveryCodeOutcome::Rejected));
}
