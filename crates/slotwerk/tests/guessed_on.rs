//! A stranger guesses on and on: whoever has just set the password signs in with it all the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::policy::PolicyDraft;
use slotwerk::store::MemoryStore;
use slotwerk::{
    ChangePasswordOutcome, Client, CompleteOutcome, Event, EventKind, KnownBrowser, SignInOutcome,
    Throttled,
};
use slotwerk_testkit::{FakeEntropy, FakeMailer};
use std::sync::Arc;
use support::{
    Calls, GOOD, NOBODY, OTHER, World, login, noord_with, password, token_in, without_tenants,
};

const HOUR: u64 = 3_600;

/// `demo` of `noord` has the good password, and signs in with it alone.
async fn peopled() -> World {
    let world = World::new();
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.with_password("noord", "demo").await;
    world
}

async fn sign_in(auth: &Calls, text: &str, client: &Client) -> SignInOutcome {
    let demo = login("demo");
    let answer = auth.sign_in("noord", &demo, password(text), client);
    answer.await.unwrap()
}

async fn is_let_in(auth: &Calls, text: &str, client: &Client) -> bool {
    matches!(
        sign_in(auth, text, client).await,
        SignInOutcome::SignedIn(_)
    )
}

/// One wrong password a second: each attempt that comes back is taken at once.
async fn guess_on(world: &World, seconds: u64) {
    for _ in 0..seconds {
        world.advance(1);
        assert!(!is_let_in(&world.auth, "guess", &NOBODY).await);
    }
}

fn browser(token: &KnownBrowser) -> Client {
    Client::unknown().with_known_browser(token.expose())
}

/// The browser in which a link has set this password.
async fn reset(world: &World, text: &str) -> Client {
    let link = world.mailed_token("noord", "demo").await;
    let done = world
        .auth
        .complete_reset("noord", &link, password(text))
        .await;
    match done.unwrap() {
        CompleteOutcome::Changed {
            browser: Some(token),
        } => browser(&token),
        other => panic!("{other:?}"),
    }
}

async fn change(auth: &Calls, from: &str, to: &str) -> Option<KnownBrowser> {
    let changed = auth.change_password("noord", "id-demo", password(from), password(to), &NOBODY);
    match changed.await.unwrap() {
        ChangePasswordOutcome::Changed { browser, .. } => browser,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_browser_of_the_link_gets_in_and_no_other() {
    let world = peopled().await;
    guess_on(&world, HOUR).await;
    let known = reset(&world, OTHER).await;
    for _ in 0..3 {
        guess_on(&world, HOUR).await;
        assert!(
            !is_let_in(&world.auth, OTHER, &NOBODY).await,
            "the stranger has taken what there was"
        );
        assert!(is_let_in(&world.auth, OTHER, &known).await);
    }
}

#[tokio::test]
async fn the_browser_of_the_change_gets_in_and_not_by_what_it_had_before() {
    let world = peopled().await;
    let SignInOutcome::SignedIn(grant) = sign_in(&world.auth, GOOD, &NOBODY).await else {
        panic!("expected to be signed in");
    };
    let before = browser(&world.auth.known_browser(&grant).await.unwrap());
    let known = browser(&change(&world.auth, GOOD, OTHER).await.unwrap());
    guess_on(&world, 3 * HOUR).await;
    for shut_out in [&before, &NOBODY] {
        assert!(!is_let_in(&world.auth, OTHER, shut_out).await);
    }
    assert!(is_let_in(&world.auth, OTHER, &known).await);
}

#[tokio::test]
async fn who_used_a_link_before_the_owner_has_no_lane_left_to_guess_in() {
    let world = peopled().await;
    let reader = reset(&world, OTHER).await;
    let owner = reset(&world, GOOD).await;
    guess_on(&world, HOUR).await;
    let answer = sign_in(&world.auth, "guess", &reader).await;
    assert!(
        matches!(answer, SignInOutcome::Throttled(Throttled::Wait(_))),
        "it waits like anybody: {answer:?}"
    );
    // And the lane of a link has its end like any other.
    for n in 0..20 {
        let answer = sign_in(&world.auth, "guess", &owner).await;
        let looked_at = matches!(answer, SignInOutcome::Rejected);
        assert_eq!(looked_at, n < 5, "{n}: {answer:?}");
    }
}

#[tokio::test]
async fn a_password_is_set_even_if_no_token_can_be_made() {
    let (entropy, mailer) = (FakeEntropy::new(1), FakeMailer::new());
    let failing = entropy.clone();
    let store = Arc::new(MemoryStore::new());
    let auth = without_tenants()
        .store(store.clone())
        .tenant(noord_with(PolicyDraft::new()))
        .mailer(Arc::new(mailer.clone()))
        .entropy(entropy.handle())
        .events(Arc::new(move |event: &Event| {
            let set = [EventKind::PasswordReset, EventKind::PasswordChanged];
            failing.fail(set.contains(&event.kind));
        }))
        .build()
        .unwrap();
    let auth = Calls { auth, store };
    auth.request_reset("noord", &login("demo"), &NOBODY)
        .await
        .unwrap();
    assert_eq!(auth.work_outbox().await.unwrap(), 1);
    let link = token_in(&mailer.sent()[0]);
    let done = auth.complete_reset("noord", &link, password(GOOD)).await;
    assert!(
        matches!(done, Ok(CompleteOutcome::Changed { browser: None })),
        "{done:?}"
    );
    entropy.fail(false);
    assert!(is_let_in(&auth, GOOD, &NOBODY).await);
    assert!(change(&auth, GOOD, OTHER).await.is_none());
    entropy.fail(false);
    assert!(is_let_in(&auth, OTHER, &NOBODY).await);
}
