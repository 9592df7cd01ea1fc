//! Several named authenticators: added, renamed, replaced and removed by somebody who has just shown one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use slotwerk::store::MemoryStore;
use slotwerk::totp::Hint;
use slotwerk::{
    ActiveAuthenticator, AuthenticatorId, AuthenticatorName, CodeVerification, Enrolment,
    EnrolmentConfirmation, EnrolmentResent, EventKind, Grant, Limits, Management, NewAuthenticator,
    NextStep, RecoveryCodeRedemption, Removal, Renaming, Renewal, SignIn,
};
use std::sync::Arc;
use support::{Enrolled, GOOD, NOBODY, OTHER, Phone, World, login, password};

const QUARTER: u64 = 15 * 60;

fn name(text: &str) -> AuthenticatorName {
    AuthenticatorName::parse(text).unwrap()
}

fn named(text: &str) -> NewAuthenticator {
    NewAuthenticator::default().named(name(text))
}

/// The ticket to change the second factor with.
async fn open(world: &World, grant: &Grant) -> String {
    match world.auth.manage(grant).await.unwrap() {
        Management::Open(ticket) => ticket.expose().to_owned(),
        other => panic!("expected to manage, got {other:?}"),
    }
}

async fn active(world: &World, account: &str) -> Vec<ActiveAuthenticator> {
    let summary = world.auth.second_factor("zuid", account).await.unwrap();
    summary.authenticators
}

/// Signs in with a code.
async fn sign_in(world: &World, phone: &Phone) -> CodeVerification {
    let ticket = world.verify_ticket("zuid", "demo").await;
    let code = phone.code(world.clock.seconds());
    let verified = world.auth.verify_code("zuid", &ticket, &code).await;
    verified.unwrap()
}

async fn granted(world: &World, phone: &Phone) -> Grant {
    match sign_in(world, phone).await {
        CodeVerification::SignedIn { grant, .. } => grant,
        other => panic!("expected to be signed in, got {other:?}"),
    }
}

/// Shows the set-up under a ticket to a new phone.
async fn scan(world: &World, ticket: &str) -> Phone {
    match world.auth.begin_enrolment("zuid", ticket).await.unwrap() {
        Enrolment::OnScreen(material) => Phone::scan(material.uri.expose()),
        other => panic!("expected material, got {other:?}"),
    }
}

async fn confirm(
    world: &World,
    ticket: &str,
    phone: &Phone,
    new: &NewAuthenticator,
) -> EnrolmentConfirmation {
    let code = phone.code(world.clock.seconds());
    let confirmed = world.auth.confirm_enrolment("zuid", ticket, &code, new);
    confirmed.await.unwrap()
}

async fn rename(
    world: &World,
    tenant: &str,
    ticket: &str,
    id: AuthenticatorId,
    called: &str,
) -> Renaming {
    let called = name(called);
    let renamed = world.auth.rename_authenticator(tenant, ticket, id, &called);
    renamed.await.unwrap()
}

/// A second authenticator beside the first.
async fn added(world: &World, ticket: &str, called: &str) -> Phone {
    let phone = scan(world, ticket).await;
    let done = confirm(world, ticket, &phone, &named(called)).await;
    assert!(matches!(done, EnrolmentConfirmation::Added), "{done:?}");
    phone
}

async fn stands(world: &World, grant: &Grant) -> bool {
    let stands = world
        .auth
        .session_stands(&grant.tenant, &grant.account, grant.epoch);
    stands.await.unwrap()
}

/// Subjects of the mails that left, after the set-up.
async fn subjects(world: &World) -> Vec<String> {
    let mails = world.deliver().await;
    mails.iter().map(|mail| mail.subject().to_owned()).collect()
}

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

    let both = active(&world, &grant.account).await;
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].name, None);
    assert_eq!(both[1].name.as_deref(), Some("tablet"));
    assert_eq!((both[1].added_at, both[1].used_at), (started, started));
    assert!(stands(&world, &grant).await, "an addition ends no session");
    let left = world.auth.second_factor("zuid", &grant.account).await;
    assert_eq!(left.unwrap().recovery_codes_left, 10);

    // The code of the set-up is burnt, each phone has a watermark of its own, and both sign in.
    let burnt = sign_in(&world, &tablet).await;
    assert!(
        matches!(burnt, CodeVerification::Rejected { .. }),
        "{burnt:?}"
    );
    let _ = granted(&world, &phone).await;
    world.advance(30);
    let _ = granted(&world, &tablet).await;
    let _ = granted(&world, &phone).await;
    let used = active(&world, &grant.account).await;
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
            EnrolmentResent::OnScreen(material) => {
                let again = Phone::scan(material.uri.expose());
                assert_eq!(*again.secret().to_base32(), *first);
            }
            other => panic!("{other:?}"),
        }
        // The code of the active phone is none of the new one.
        let typo = confirm(&world, &ticket, &phone, &named("tablet")).await;
        assert!(matches!(typo, EnrolmentConfirmation::Rejected(Hint::None)));
    }
    assert_eq!(active(&world, &grant.account).await.len(), 1);
    let _ = granted(&world, &phone).await;
    let done = confirm(&world, &ticket, &tablet, &named("tablet")).await;
    assert!(matches!(done, EnrolmentConfirmation::Added), "{done:?}");
}

#[tokio::test]
async fn a_second_and_a_third_under_one_ticket_have_secrets_of_their_own() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let tablet = added(&world, &ticket, "tablet").await;
    let laptop = added(&world, &ticket, "laptop").await;
    assert_ne!(*tablet.secret().to_base32(), *laptop.secret().to_base32());
    assert_eq!(active(&world, &grant.account).await.len(), 3);
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
        matches!(crossed, EnrolmentConfirmation::Rejected(_)),
        "{crossed:?}"
    );
    let gone = confirm(&world, &other, &seen_by_other, &named("theirs")).await;
    assert!(matches!(gone, EnrolmentConfirmation::Gone), "{gone:?}");
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
            .second_factor("zuid", &grant.account)
            .await
            .unwrap()
            .room
    );
    added(&world, &ticket, "tablet").await;
    assert!(
        !world
            .auth
            .second_factor("zuid", &grant.account)
            .await
            .unwrap()
            .room
    );
    let laptop = scan(&world, &ticket).await;
    let third = confirm(&world, &ticket, &laptop, &named("laptop")).await;
    assert!(matches!(third, EnrolmentConfirmation::TooMany), "{third:?}");
    // In the place of one it fits.
    let old = active(&world, &grant.account).await[0].id;
    let replaced = confirm(&world, &ticket, &laptop, &named("laptop").replacing(old)).await;
    assert!(
        matches!(replaced, EnrolmentConfirmation::Replaced { .. }),
        "{replaced:?}"
    );
    let refused = sign_in(&world, &phone).await;
    assert!(matches!(refused, CodeVerification::Rejected { .. }));
}

#[tokio::test]
async fn a_replaced_phone_works_until_the_first_code_of_the_new_one() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let other_session = granted(&world, &phone).await;
    world.advance(30);
    let ticket = open(&world, &grant).await;
    let new = scan(&world, &ticket).await;
    let _ = granted(&world, &phone).await;
    let old = active(&world, &grant.account).await[0].id;
    let wanted = named("new phone").replacing(old);
    let EnrolmentConfirmation::Replaced { grant: again } =
        confirm(&world, &ticket, &new, &wanted).await
    else {
        panic!("expected to have replaced it");
    };
    assert_eq!(subjects(&world).await.len(), 1);
    assert_eq!(world.count(EventKind::AuthenticatorReplaced), 1);
    let now_active = active(&world, &grant.account).await;
    assert_eq!(now_active.len(), 1);
    assert_eq!(now_active[0].name.as_deref(), Some("new phone"));
    // Whoever is signed in elsewhere is not any more.
    assert!(!stands(&world, &other_session).await);
    assert!(!stands(&world, &grant).await);
    assert!(stands(&world, &again).await);
    world.advance(30);
    let refused = sign_in(&world, &phone).await;
    assert!(
        matches!(refused, CodeVerification::Rejected { .. }),
        "{refused:?}"
    );
    let _ = granted(&world, &new).await;
    let left = world.auth.second_factor("zuid", &grant.account).await;
    assert_eq!(left.unwrap().recovery_codes_left, 10, "the codes stay");
}

#[tokio::test]
async fn only_an_authenticator_of_the_account_is_replaced_renamed_or_removed() {
    let world = World::new();
    let mine = world.enrolled("demo").await;
    let theirs = world.enrolled(support::LONG_NAME).await;
    let their_id = active(&world, &theirs.grant.account).await[0].id;
    let nobodys: AuthenticatorId = "00112233445566778899aabbccddeeff".parse().unwrap();
    let before = active(&world, &theirs.grant.account).await;
    let ticket = open(&world, &mine.grant).await;
    let new = scan(&world, &ticket).await;
    for id in [their_id, nobodys] {
        let confirmed = confirm(&world, &ticket, &new, &named("x").replacing(id)).await;
        assert!(
            matches!(confirmed, EnrolmentConfirmation::NothingToReplace),
            "{confirmed:?}"
        );
        let renamed = rename(&world, "zuid", &ticket, id, "x").await;
        assert_eq!(renamed, Renaming::Unknown);
        let removed = world.auth.remove_authenticator("zuid", &ticket, id).await;
        assert_eq!(removed.unwrap(), Removal::Unknown);
    }
    assert_eq!(active(&world, &theirs.grant.account).await, before);
    assert_eq!(active(&world, &mine.grant.account).await.len(), 1);
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
    let lost = active(&world, &grant.account).await[0].id;
    let removed = world.auth.remove_authenticator("zuid", &ticket, lost).await;
    let Removal::Removed { grant: again, left } = removed.unwrap() else {
        panic!("expected to have removed it");
    };
    assert_eq!(left, 1);
    assert_eq!(subjects(&world).await.len(), 1);
    assert!(!stands(&world, &thief).await);
    assert!(stands(&world, &again).await);
    world.advance(30);
    let refused = sign_in(&world, &phone).await;
    assert!(
        matches!(refused, CodeVerification::Rejected { .. }),
        "{refused:?}"
    );
    let _ = granted(&world, &tablet).await;
    // The ticket went with the sessions; a new one comes from the new grant.
    let over = world.auth.remove_authenticator("zuid", &ticket, lost).await;
    assert_eq!(over.unwrap(), Removal::TicketDead);
    let ticket = open(&world, &again).await;
    let again = world.auth.remove_authenticator("zuid", &ticket, lost).await;
    assert_eq!(again.unwrap(), Removal::Unknown);
}

#[tokio::test]
async fn the_last_one_stays_where_a_second_factor_is_asked_for() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let only = active(&world, &grant.account).await[0].id;
    let refused = world.auth.remove_authenticator("zuid", &ticket, only).await;
    assert_eq!(refused.unwrap(), Removal::Last);
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
    let only = active(&world, &grant.account).await[0].id;
    let removed = world.auth.remove_authenticator("zuid", &ticket, only).await;
    assert!(matches!(removed.unwrap(), Removal::Removed { left: 0, .. }));
    let summary = world.auth.second_factor("zuid", &grant.account).await;
    assert_eq!(summary.unwrap().recovery_codes_left, 0);

    // The password alone signs in, and may set a first one up, like at the first sign-in.
    let alone = world
        .auth
        .sign_in("zuid", &login("demo"), password(GOOD), &NOBODY)
        .await;
    let SignIn::SignedIn(alone) = alone.unwrap() else {
        panic!("expected to be signed in by the password");
    };
    let Management::Enrol(ticket) = world.auth.manage(&alone).await.unwrap() else {
        panic!("expected to set up");
    };
    let stale = world.auth.manage(&alone).await.unwrap();
    let (ticket, phone) = (ticket.expose(), scan(&world, ticket.expose()).await);
    let done = confirm(&world, ticket, &phone, &NewAuthenticator::default()).await;
    assert!(
        matches!(done, EnrolmentConfirmation::SignedIn { .. }),
        "{done:?}"
    );

    // Somebody else who knew the password had opened the same way before: it is closed now.
    let Management::Enrol(stale) = stale else {
        panic!("expected to set up");
    };
    let begun = world.auth.begin_enrolment("zuid", stale.expose()).await;
    assert!(matches!(begun.unwrap(), Enrolment::TicketDead));
    let answer = world.auth.manage(&alone).await.unwrap();
    assert!(matches!(answer, Management::StepUp), "{answer:?}");
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
        Management::Open(_)
    ));
    world.advance(1);
    assert!(matches!(
        world.auth.manage(&grant).await.unwrap(),
        Management::StepUp
    ));
    let only = active(&world, &grant.account).await[0].id;
    let renamed = rename(&world, "zuid", &ticket, only, "x").await;
    assert_eq!(renamed, Renaming::TicketDead);
    assert!(stands(&world, &grant).await, "the session itself goes on");
    // Signing in again opens the way.
    world.advance(30);
    open(&world, &granted(&world, &phone).await).await;
}

#[tokio::test]
async fn a_removal_makes_the_sign_in_no_younger() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let grant = granted(&world, &phone).await;
    let ticket = open(&world, &grant).await;
    added(&world, &ticket, "tablet").await;
    world.advance(QUARTER - 60);
    let ids = active(&world, &grant.account).await;
    let removed = world.auth.remove_authenticator("zuid", &ticket, ids[1].id);
    let Removal::Removed { grant: again, .. } = removed.await.unwrap() else {
        panic!("expected to have removed it");
    };
    world.advance(59);
    assert!(matches!(
        world.auth.manage(&again).await.unwrap(),
        Management::Open(_)
    ));
    world.advance(1);
    assert!(matches!(
        world.auth.manage(&again).await.unwrap(),
        Management::StepUp
    ));
}

#[tokio::test]
async fn the_ticket_dies_with_the_password_and_with_the_account() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let only = active(&world, &grant.account).await[0].id;
    let ticket = open(&world, &grant).await;
    world.people.disable_demo();
    let disabled = rename(&world, "zuid", &ticket, only, "x").await;
    assert_eq!(disabled, Renaming::TicketDead);

    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let only = active(&world, &grant.account).await[0].id;
    let ticket = open(&world, &grant).await;
    let (old, new) = (password(GOOD), password(OTHER));
    let changed = world.auth.change_password("zuid", &grant.account, old, new);
    assert!(matches!(
        changed.await.unwrap(),
        slotwerk::PasswordChange::Changed { .. }
    ));
    let renamed = rename(&world, "zuid", &ticket, only, "x").await;
    assert_eq!(renamed, Renaming::TicketDead);
    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    assert!(matches!(renewed.unwrap(), Renewal::TicketDead));
    // The grant of before opens nothing that lives.
    let opened = open(&world, &grant).await;
    assert_eq!(
        world.auth.inspect_ticket("zuid", &opened).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_ticket_is_good_for_its_own_stage_and_tenant() {
    let world = World::new();
    let Enrolled {
        phone,
        grant,
        recovery_codes,
    } = world.enrolled("demo").await;
    let only = active(&world, &grant.account).await[0].id;
    let (managing, signing_in) = (
        open(&world, &grant).await,
        world.verify_ticket("zuid", "demo").await,
    );
    // Half a sign-in changes nothing.
    let renamed = rename(&world, "zuid", &signing_in, only, "x").await;
    assert_eq!(renamed, Renaming::TicketDead);
    let removed = world
        .auth
        .remove_authenticator("zuid", &signing_in, only)
        .await;
    assert_eq!(removed.unwrap(), Removal::TicketDead);
    let renewed = world.auth.renew_recovery_codes("zuid", &signing_in).await;
    assert!(matches!(renewed.unwrap(), Renewal::TicketDead));
    let begun = world.auth.begin_enrolment("zuid", &signing_in).await;
    assert!(matches!(begun.unwrap(), Enrolment::TicketDead));
    // And the other way round.
    let code = phone.code(world.clock.seconds());
    let verified = world.auth.verify_code("zuid", &managing, &code).await;
    assert!(matches!(verified.unwrap(), CodeVerification::TicketDead));
    let redeemed = world
        .auth
        .redeem_recovery_code("zuid", &managing, &recovery_codes[0])
        .await;
    assert!(matches!(
        redeemed.unwrap(),
        RecoveryCodeRedemption::TicketDead
    ));
    // Another tenant's page knows it not.
    let renamed = rename(&world, "noord", &managing, only, "x").await;
    assert_eq!(renamed, Renaming::TicketDead);
    assert_eq!(active(&world, &grant.account).await[0].name, None);
}

#[tokio::test]
async fn a_name_is_kept_as_typed_and_told_in_the_notice() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let only = active(&world, &grant.account).await[0].id;
    let ticket = open(&world, &grant).await;
    let odd = "<b>Zoë's “werk” \u{1f4f1}</b> ' OR 1=1 --";
    let renamed = rename(&world, "zuid", &ticket, only, odd).await;
    assert_eq!(renamed, Renaming::Renamed);
    assert_eq!(
        active(&world, &grant.account).await[0].name.as_deref(),
        Some(odd)
    );
    added(&world, &ticket, "tablet").await;
    world.deliver().await;
    let removed = world.auth.remove_authenticator("zuid", &ticket, only).await;
    assert!(matches!(removed.unwrap(), Removal::Removed { .. }));
    let mails = world.deliver().await;
    assert!(mails[0].text().contains(odd), "{}", mails[0].text());
    assert!(!mails[0].html().contains("<b>Zo"), "it is escaped");
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
    let Renewal::Renewed(new) = world
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
            RecoveryCodeRedemption::Rejected
        ));
    }
    let code = new.codes()[0].expose();
    let redeemed = world.auth.redeem_recovery_code("zuid", &signing_in, code);
    assert!(matches!(
        redeemed.await.unwrap(),
        RecoveryCodeRedemption::SignedIn { remaining: 9, .. }
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
    let RecoveryCodeRedemption::SignedIn { grant: by_code, .. } = redeemed.unwrap() else {
        panic!("expected to be signed in");
    };
    let ticket = open(&world, &by_code).await;
    let new = scan(&world, &ticket).await;
    let lost = active(&world, &grant.account).await[0].id;
    let done = confirm(&world, &ticket, &new, &named("new").replacing(lost)).await;
    assert!(
        matches!(done, EnrolmentConfirmation::Replaced { .. }),
        "{done:?}"
    );
    world.advance(30);
    let refused = sign_in(&world, &phone).await;
    assert!(matches!(refused, CodeVerification::Rejected { .. }));
    let _ = granted(&world, &new).await;
}

#[tokio::test]
async fn two_tabs_that_each_remove_one_leave_one() {
    let world = Arc::new(World::new());
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    added(&world, &ticket, "tablet").await;
    let ids = active(&world, &grant.account).await;
    let mut tabs = tokio::task::JoinSet::new();
    for id in [ids[0].id, ids[1].id] {
        let (world, ticket) = (world.clone(), open(&world, &grant).await);
        tabs.spawn(async move {
            let removed = world.auth.remove_authenticator("zuid", &ticket, id).await;
            matches!(removed.unwrap(), Removal::Removed { left: 1, .. })
        });
    }
    let done = tabs.join_all().await;
    assert_eq!(done.into_iter().filter(|done| *done).count(), 1);
    assert_eq!(active(&world, &grant.account).await.len(), 1);
}

#[tokio::test]
async fn a_set_up_that_was_begun_before_a_removal_is_gone_after_it() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let (mine, theirs) = (open(&world, &grant).await, open(&world, &grant).await);
    added(&world, &mine, "tablet").await;
    let begun = scan(&world, &theirs).await;
    let lost = active(&world, &grant.account).await[0].id;
    let removed = world.auth.remove_authenticator("zuid", &mine, lost).await;
    assert!(matches!(removed.unwrap(), Removal::Removed { .. }));
    let confirmed = confirm(&world, &theirs, &begun, &named("theirs")).await;
    assert!(
        matches!(confirmed, EnrolmentConfirmation::TicketDead),
        "{confirmed:?}"
    );
    assert_eq!(active(&world, &grant.account).await.len(), 1);
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
        .forget_second_factor("zuid", &grant.account)
        .await;
    assert_ne!(epoch.unwrap(), grant.epoch);
    assert!(!stands(&world, &grant).await);
    assert_eq!(subjects(&world).await.len(), 1, "the owner is told");
    let summary = world.auth.second_factor("zuid", &grant.account).await;
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
    assert!(matches!(old.unwrap(), CodeVerification::TicketDead));
    let new = scan(&world, &ticket).await;
    let done = confirm(&world, &ticket, &new, &NewAuthenticator::default()).await;
    assert!(
        matches!(done, EnrolmentConfirmation::SignedIn { .. }),
        "{done:?}"
    );
    world.advance(30);
    let ticket = world.verify_ticket("zuid", "demo").await;
    let old = &recovery_codes[0];
    let redeemed = world.auth.redeem_recovery_code("zuid", &ticket, old).await;
    assert!(matches!(
        redeemed.unwrap(),
        RecoveryCodeRedemption::Rejected
    ));
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
        &"x".repeat(65),
        &"x".repeat(1 << 20),
    ] {
        assert!(AuthenticatorName::parse(odd).is_err());
    }
}
