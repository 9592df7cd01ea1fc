//! "This was not me": what a mail's reader can end, and what nobody else can.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::Mail;
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{ErrorKind, MemoryStore, Store};
use slotwerk::{
    CompleteOutcome, EventKind, Fault, NotMeEffect, OpenNotMeOutcome, OpenOutcome, ReportOutcome,
    SignInOutcome,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;
use support::{
    GOOD, NOBODY, OTHER, World, epoch_of, login, noord_with, password, report_in, side_by_side,
    token_in, unguarded,
};

const LOCKED: ReportOutcome = ReportOutcome::Done(NotMeEffect::AccountLocks);
const ENDED: ReportOutcome = ReportOutcome::Done(NotMeEffect::LinksEnd);

/// A mail with a link for `demo` of `noord`, who has the good password and signs in with it alone.
async fn link_mail(world: &World) -> Mail {
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.with_password("noord", "demo").await;
    world.request("noord", "demo").await;
    world.deliver().await.remove(0)
}

/// The notice that a reset by somebody else has caused.
async fn notice_of_a_change(world: &World) -> Mail {
    let mail = link_mail(world).await;
    reset(world, &mail, OTHER).await;
    world.deliver().await.remove(0)
}

/// Uses the link of a mail.
async fn reset(world: &World, mail: &Mail, text: &str) {
    let token = token_in(mail);
    let done = world.auth.complete_reset("noord", &token, password(text));
    assert!(matches!(
        done.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
}

async fn report(world: &World, (handle, token): &(String, String)) -> ReportOutcome {
    world
        .auth
        .report_not_me("noord", handle, token)
        .await
        .unwrap()
}

async fn inspect(world: &World, (handle, token): &(String, String)) -> Option<NotMeEffect> {
    match world
        .auth
        .inspect_not_me("noord", handle, token)
        .await
        .unwrap()
    {
        OpenNotMeOutcome::Open(open) => {
            assert_eq!(open.login(), "demo");
            Some(open.effect())
        }
        _ => None,
    }
}

async fn opens(world: &World, token: &str) -> bool {
    let seen = world.auth.inspect_reset("noord", token).await.unwrap();
    matches!(seen, OpenOutcome::Open(_))
}

async fn sign_in(world: &World, text: &str) -> SignInOutcome {
    let name = login("demo");
    let answer = world.auth.sign_in("noord", &name, password(text), &NOBODY);
    answer.await.unwrap()
}

async fn signs_in(world: &World, text: &str) -> bool {
    matches!(sign_in(world, text).await, SignInOutcome::SignedIn(_))
}

async fn epoch(world: &World, text: &str) -> u64 {
    match sign_in(world, text).await {
        SignInOutcome::SignedIn(grant) => epoch_of(&grant),
        other => panic!("expected to be signed in, got {other:?}"),
    }
}

#[tokio::test]
async fn under_a_link_it_ends_the_links_and_nothing_else() {
    let world = World::new();
    let mail = link_mail(&world).await;
    let earlier = token_in(&mail);
    let later = world.mailed_token("noord", "demo").await;
    let epoch = epoch(&world, GOOD).await;
    let link = report_in(&mail);
    assert_eq!(inspect(&world, &link).await, Some(NotMeEffect::LinksEnd));
    assert_eq!(report(&world, &link).await, ENDED);
    for token in [&earlier, &later] {
        assert!(!opens(&world, token).await);
    }
    assert!(signs_in(&world, GOOD).await);
    assert!(
        world
            .auth
            .session_stands("noord", "id-demo", epoch)
            .await
            .unwrap()
    );
    assert_eq!(world.count(EventKind::NotMe(NotMeEffect::LinksEnd)), 1);
    // The owner is not kept from asking.
    let next = world.mailed_token("noord", "demo").await;
    assert!(opens(&world, &next).await);
}

#[tokio::test]
async fn under_a_notice_it_locks_the_account_until_a_mailed_link_unlocks_it() {
    let world = World::new();
    let notice = notice_of_a_change(&world).await;
    let waiting = world.mailed_token("noord", "demo").await;
    let epoch = epoch(&world, OTHER).await;
    let link = report_in(&notice);
    assert_eq!(
        inspect(&world, &link).await,
        Some(NotMeEffect::AccountLocks)
    );
    assert_eq!(report(&world, &link).await, LOCKED);
    assert!(!signs_in(&world, OTHER).await && !signs_in(&world, GOOD).await);
    assert!(
        !world
            .auth
            .session_stands("noord", "id-demo", epoch)
            .await
            .unwrap()
    );
    assert!(!opens(&world, &waiting).await);
    // A second press finds nothing left.
    assert_eq!(report(&world, &link).await, ReportOutcome::Invalid);
    assert_eq!(world.count(EventKind::NotMe(NotMeEffect::AccountLocks)), 1);
    world.with_password("noord", "demo").await;
    assert!(signs_in(&world, GOOD).await);
}

#[tokio::test]
async fn it_never_takes_the_second_factor_away() {
    let world = World::new();
    world.enrolled("demo").await;
    let token = world.mailed_token("zuid", "demo").await;
    let done = world.auth.complete_reset("zuid", &token, password(OTHER));
    assert!(matches!(
        done.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
    let (handle, token) = report_in(&world.deliver().await[0]);
    let done = world.auth.report_not_me("zuid", &handle, &token).await;
    assert_eq!(done.unwrap(), LOCKED);
    world.with_password("zuid", "demo").await;
    world.verify_ticket("zuid", "demo").await;
}

#[tokio::test]
async fn every_notice_and_every_set_up_mail_can_be_reported() {
    let world = World::new();
    // A link, a change, a mailed set-up: the guide's way.
    world.request("noord", "demo").await;
    let mail = world.deliver().await.remove(0);
    reset(&world, &mail, GOOD).await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        let effect = inspect(&world, &report_in(mail)).await;
        assert_eq!(effect, Some(NotMeEffect::AccountLocks), "{}", mail.kind());
    }
    // What was reported from the one mail is over for the other.
    assert_eq!(report(&world, &report_in(&mails[1])).await, LOCKED);
    assert_eq!(inspect(&world, &report_in(&mails[0])).await, None);
    let seen = world.auth.inspect_ticket("noord", &ticket).await.unwrap();
    assert!(seen.is_none(), "the sign-in is over");
}

#[tokio::test]
async fn looking_at_it_fifty_times_reports_nothing() {
    let world = World::new();
    let notice = notice_of_a_change(&world).await;
    for _ in 0..50 {
        assert!(inspect(&world, &report_in(&notice)).await.is_some());
    }
    assert!(signs_in(&world, OTHER).await);
}

#[tokio::test]
async fn it_dies_with_the_next_password_and_with_its_time() {
    let world = World::new();
    let notice = notice_of_a_change(&world).await;
    let link = report_in(&notice);
    world.advance(7 * 86_400 - 1);
    assert!(inspect(&world, &link).await.is_some());
    world.advance(1);
    assert!(inspect(&world, &link).await.is_none());
    assert_eq!(report(&world, &link).await, ReportOutcome::Invalid);

    let world = World::new();
    let link = report_in(&notice_of_a_change(&world).await);
    world.with_password("noord", "demo").await;
    assert!(inspect(&world, &link).await.is_none());
    assert_eq!(report(&world, &link).await, ReportOutcome::Invalid);
    assert!(
        signs_in(&world, GOOD).await,
        "an old mail cannot lock the owner out again"
    );

    // Under a link it lives as long as the link.
    let world = World::new();
    let link = report_in(&link_mail(&world).await);
    world.advance(30 * 60 - 1);
    assert!(inspect(&world, &link).await.is_some());
    world.advance(1);
    assert!(inspect(&world, &link).await.is_none());
}

/// What two reports of the same link at once are told, in either order.
async fn two_reports(store: Arc<dyn Store>) -> [ReportOutcome; 2] {
    let world = World::on(store);
    let link = report_in(&notice_of_a_change(&world).await);
    let (first, second) = tokio::join!(report(&world, &link), report(&world, &link));
    let mut both = [first, second];
    both.sort_by_key(|answer| *answer != LOCKED);
    both
}

#[tokio::test]
async fn of_two_reports_at_once_one_locks() {
    let both = two_reports(side_by_side()).await;
    assert_eq!(both, [LOCKED, ReportOutcome::Invalid]);
    assert_eq!(two_reports(unguarded()).await, [LOCKED; 2], "the control");
}

#[tokio::test]
async fn a_link_that_ends_links_locks_no_account_and_no_other_token_is_one() {
    let world = World::new();
    let link = link_mail(&world).await;
    let (links_handle, links_token) = report_in(&link);
    reset(&world, &link, GOOD).await;
    let (handle, token) = report_in(&world.deliver().await[0]);
    let reset = world.mailed_token("noord", "demo").await;
    for (handle, token) in [
        (&handle, &links_token),
        (&links_handle, &token),
        (&handle, &reset),
        (&handle, &handle),
        (&token, &token),
    ] {
        let dead = world.auth.report_not_me("noord", handle, token).await;
        assert_eq!(dead.unwrap(), ReportOutcome::Invalid);
    }
    // Nor at the other tenant, nor is it a link for a password.
    let elsewhere = world.auth.report_not_me("zuid", &handle, &token).await;
    assert_eq!(elsewhere.unwrap(), ReportOutcome::Invalid);
    assert!(!opens(&world, &token).await && !opens(&world, &links_token).await);
    assert!(signs_in(&world, GOOD).await);
    assert_eq!(
        report(&world, &(handle, token)).await,
        LOCKED,
        "the control"
    );
}

#[tokio::test]
async fn somebody_elses_handle_opens_nothing_for_a_token() {
    let world = World::new();
    let (handle, token) = report_in(&notice_of_a_change(&world).await);
    // Both accounts are at the same epoch, so that only the account tells the tokens apart.
    world.with_password("noord", "other").await;
    world.request("noord", "other").await;
    let mail = world.deliver().await.remove(0);
    reset(&world, &mail, OTHER).await;
    let (others, _) = report_in(&world.deliver().await[0]);
    let swapped = (others, token.clone());
    assert_eq!(report(&world, &swapped).await, ReportOutcome::Invalid);
    let own = inspect(&world, &(handle, token)).await;
    assert!(own.is_some(), "a negative control");
}

#[tokio::test]
async fn a_forged_link_is_refused_without_asking_the_store() {
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::with(faulty.clone(), slotwerk::Limits::default());
    let (handle, token) = report_in(&notice_of_a_change(&world).await);
    let before = (faulty.calls(), world.people.look_ups());
    let flipped = |at: usize| {
        let mut bytes = handle.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let mut forged: Vec<String> = (0..handle.len()).map(flipped).collect();
    forged.extend(["", "A", "../x"].map(str::to_owned));
    forged.push(handle[1..].to_owned());
    forged.push(format!("{handle}A"));
    forged.push("A".repeat(100_000));
    for handle in forged {
        assert_eq!(
            report(&world, &(handle, token.clone())).await,
            ReportOutcome::Invalid
        );
    }
    assert_eq!((faulty.calls(), world.people.look_ups()), before);
    assert!(inspect(&world, &(handle, token)).await.is_some());
    assert!(faulty.calls() > before.0, "the control");
}

#[tokio::test]
async fn trouble_is_a_fault_and_changes_nothing() {
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::with(faulty.clone(), slotwerk::Limits::default());
    let (handle, token) = report_in(&notice_of_a_change(&world).await);
    for call in 1..=2 {
        faulty.fail_call(call, Strike::Before, ErrorKind::Unavailable);
        let answer = world.auth.report_not_me("noord", &handle, &token).await;
        assert!(matches!(answer, Err(Fault::Store(_))), "{answer:?}");
    }
    world.people.break_down();
    let answer = world.auth.report_not_me("noord", &handle, &token).await;
    assert!(matches!(answer, Err(Fault::Directory(_))), "{answer:?}");
    world.people.recover();
    assert!(signs_in(&world, OTHER).await);
    let unknown = world.auth.report_not_me("west", &handle, &token).await;
    assert!(matches!(unknown, Err(Fault::UnknownTenant)));
    assert_eq!(report(&world, &(handle, token)).await, LOCKED);
}

#[tokio::test]
async fn what_it_opens_shows_no_person_in_print() {
    let world = World::new();
    let (handle, token) = report_in(&notice_of_a_change(&world).await);
    assert!(!handle.contains("demo") && !token.contains("demo"));
    let seen = world.auth.inspect_not_me("noord", &handle, &token).await;
    let text = format!("{:?} {}", seen.unwrap(), world.events_as_text());
    assert!(
        !text.contains("\"demo") && !text.contains(&token) && !text.contains(&handle),
        "{text}"
    );
}
