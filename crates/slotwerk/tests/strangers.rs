//! A stranger who guesses at a name sees the same waits whether or not its owner signs in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::policy::PolicyDraft;
use slotwerk::{
    ChangePasswordOutcome, Client, CodeOutcome, RecoveryCodeOutcome, SignInOutcome, Throttled,
};
use std::time::Duration;
use support::{Enrolled, GOOD, NOBODY, OTHER, World, login, noord_with, password};

async fn peopled() -> World {
    let world = World::new();
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.with_password("noord", "demo").await;
    world
}

async fn sign_in(world: &World, name: &str, text: &str, client: &Client) -> SignInOutcome {
    let name = login(name);
    let answer = world.auth.sign_in("noord", &name, password(text), client);
    answer.await.unwrap()
}

async fn owner_signs_in(world: &World) -> bool {
    let answer = sign_in(world, "demo", GOOD, &NOBODY).await;
    matches!(answer, SignInOutcome::SignedIn(_))
}

/// Twenty guesses at an account whose owner signs in before and after each, and at a name nobody has.
async fn looks_the_same(seconds: u64) {
    let world = peopled().await;
    let mut signed_in = 0;
    for guess in 1..=20 {
        signed_in += u32::from(owner_signs_in(&world).await);
        let known = sign_in(&world, "demo", "guess", &NOBODY).await;
        let unknown = sign_in(&world, "nobody", "guess", &NOBODY).await;
        assert_eq!(
            format!("{known:?}"),
            format!("{unknown:?}"),
            "guess {guess}, one each {seconds} s"
        );
        signed_in += u32::from(owner_signs_in(&world).await);
        world.advance(seconds);
    }
    assert!(signed_in > 3, "the owner signed in {signed_in} times");
}

#[tokio::test]
async fn owner_success_changes_no_wait() {
    for seconds in [0, 1, 10, 30, 47, 120, 900, 3_600, 3 * 3_600, 86_400] {
        looks_the_same(seconds).await;
    }
}

/// Four wrong guesses, then the owner signs in: one more, as for a name nobody has.
#[tokio::test]
async fn success_gives_back_its_own_attempt() {
    for name in ["demo", "nobody"] {
        let world = peopled().await;
        for _ in 0..4 {
            sign_in(&world, name, "guess", &NOBODY).await;
        }
        for _ in 0..3 {
            assert!(owner_signs_in(&world).await);
        }
        let mut looked_at = 0;
        while let SignInOutcome::Rejected = sign_in(&world, name, "guess", &NOBODY).await {
            looked_at += 1;
        }
        assert_eq!(looked_at, 1, "{name}");
    }
}

/// A hundred failures in a row end it for an account whose owner stays away; a success starts the count
/// afresh and nothing else.
#[tokio::test]
async fn success_resets_hard_stop() {
    let world = peopled().await;
    for _ in 0..99 {
        sign_in(&world, "demo", "guess", &NOBODY).await;
        world.advance(900);
    }
    assert!(owner_signs_in(&world).await);
    for _ in 0..2 {
        let answer = sign_in(&world, "demo", "guess", &NOBODY).await;
        let looked_at = matches!(answer, SignInOutcome::Rejected);
        assert!(looked_at, "{answer:?}");
        let wait = sign_in(&world, "demo", "guess", &NOBODY).await;
        let longest = Duration::from_secs(900);
        assert!(
            matches!(wait, SignInOutcome::Throttled(Throttled::Wait(wait)) if wait == longest),
            "{wait:?}"
        );
        world.advance(900);
    }
}

/// An owner who mistypes once a week never waits.
#[tokio::test]
async fn weekly_typo_never_waits() {
    let world = peopled().await;
    for week in 0..60 {
        let typo = sign_in(&world, "demo", "typo", &NOBODY).await;
        let looked_at = matches!(typo, SignInOutcome::Rejected);
        assert!(looked_at, "week {week}: {typo:?}");
        if week % 2 == 0 {
            assert!(owner_signs_in(&world).await, "week {week}");
        }
        world.advance(7 * 86_400);
    }
}

/// Wrong codes before an accepted one still count towards the pace.
#[tokio::test]
async fn accepted_code_gives_back_one_attempt() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let code = async |text: &str| {
        let ticket = world.verify_ticket("zuid", "demo").await;
        world.auth.verify_code("zuid", &ticket, text).await.unwrap()
    };
    let wrong = phone.code(world.clock.seconds() + 86_400);
    for _ in 0..4 {
        code(&wrong).await;
    }
    let right = code(&phone.code(world.clock.seconds())).await;
    assert!(matches!(right, CodeOutcome::SignedIn { .. }), "{right:?}");
    let fifth = code(&wrong).await;
    assert!(matches!(fifth, CodeOutcome::Rejected { .. }), "{fifth:?}");
    let sixth = code(&wrong).await;
    assert!(
        matches!(sixth, CodeOutcome::Throttled(Throttled::Wait(_))),
        "{sixth:?}"
    );
}

/// Wrong recovery codes before an accepted one still count towards the pace.
#[tokio::test]
async fn accepted_recovery_code_returns_one_attempt() {
    let world = World::new();
    let Enrolled { recovery_codes, .. } = world.enrolled("demo").await;
    let redeem = async |code: &str| {
        let ticket = world.verify_ticket("zuid", "demo").await;
        let answer = world.auth.redeem_recovery_code("zuid", &ticket, code);
        answer.await.unwrap()
    };
    let wrong = "0000-0000-0000-0000";
    for _ in 0..4 {
        redeem(wrong).await;
    }
    let right = redeem(&recovery_codes[0]).await;
    assert!(
        matches!(right, RecoveryCodeOutcome::SignedIn { .. }),
        "{right:?}"
    );
    let fifth = redeem(wrong).await;
    assert!(matches!(fifth, RecoveryCodeOutcome::Rejected), "{fifth:?}");
    let sixth = redeem(wrong).await;
    assert!(
        matches!(sixth, RecoveryCodeOutcome::Throttled(_)),
        "{sixth:?}"
    );
}

/// A stranger's wrong sign-ins do not keep the signed-in owner from another password.
#[tokio::test]
async fn known_browser_changes_password_under_attack() {
    let world = peopled().await;
    let SignInOutcome::SignedIn(grant) = sign_in(&world, "demo", GOOD, &NOBODY).await else {
        panic!("expected to be signed in");
    };
    let device = world.auth.known_browser(&grant).await.unwrap();
    let browser = Client::unknown().with_known_browser(device.expose());
    for _ in 0..6 {
        sign_in(&world, "demo", "guess", &NOBODY).await;
    }
    let change = |from, to, client| {
        let auth = &world.auth;
        auth.change_password("noord", "id-demo", password(from), password(to), client)
    };
    let stranger = change(GOOD, OTHER, &NOBODY).await.unwrap();
    assert!(
        matches!(
            stranger,
            ChangePasswordOutcome::Throttled(Throttled::Wait(_))
        ),
        "a browser that is not known: {stranger:?}"
    );
    // The browser's own budget is charged: five wrong ones end it.
    for _ in 0..5 {
        let wrong = change("guess", OTHER, &browser).await.unwrap();
        assert!(
            matches!(wrong, ChangePasswordOutcome::Rejected),
            "{wrong:?}"
        );
    }
    let throttled = change(GOOD, OTHER, &browser).await.unwrap();
    assert!(
        matches!(
            throttled,
            ChangePasswordOutcome::Throttled(Throttled::Wait(_))
        ),
        "{throttled:?}"
    );
    world.advance(30);
    let changed = change(GOOD, OTHER, &browser).await.unwrap();
    assert!(
        matches!(changed, ChangePasswordOutcome::Changed { .. }),
        "{changed:?}"
    );
}
