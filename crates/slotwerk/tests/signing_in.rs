//! Sign-in with a password: one answer to strangers, charged before it is checked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::password::{Hasher, Params, Verification};
use slotwerk::store::{
    AccountKey, BudgetChanges, ChangePassword, KeepHistory, MemoryStore, Store, Subject,
};
use slotwerk::{EventKind, Factor, Limits, RejectedSignIn, SecondFactor, SignInOutcome, Throttled};
use std::sync::Arc;
use std::time::Duration;
use support::{GOOD, NOBODY, OneWorker, World, login, password, tenant_of};

fn rejected(why: RejectedSignIn) -> EventKind {
    EventKind::SignInRejected(why)
}

#[tokio::test]
async fn unknown_disabled_passwordless_and_wrong_get_the_same_answers_in_the_same_order() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let mut answers = Vec::new();
    for name in ["demo", "other", "disabled", "nobody"] {
        let mut seen = Vec::new();
        for _ in 0..7 {
            seen.push(format!(
                "{:?}",
                world
                    .auth
                    .sign_in("noord", &login(name), password("guess"), &NOBODY)
                    .await
                    .unwrap()
            ));
        }
        answers.push(seen);
    }
    assert!(
        answers.iter().all(|seen| *seen == answers[0]),
        "{answers:#?}"
    );
    assert_eq!(answers[0][4], "Rejected", "five are looked at");
    assert_eq!(answers[0][5], "Throttled(Wait(30s))", "the sixth waits");
    for why in [
        RejectedSignIn::WrongPassword,
        RejectedSignIn::NoPassword,
        RejectedSignIn::Disabled,
        RejectedSignIn::UnknownAccount,
    ] {
        assert_eq!(
            world.count(rejected(why)),
            5,
            "{why:?}: the event tells the true reason"
        );
    }
}

#[tokio::test]
async fn whoever_signs_in_needs_the_hashing_pool() {
    let pool = OneWorker::new();
    let world = World::hashing_with(pool.hasher.clone());
    world.with_password("noord", "demo").await;
    // The one worker is taken after the sign-in has looked whether it is free.
    let taken = pool.clone();
    world.people.on_find(move || taken.occupy());
    for (name, why) in [
        ("demo", "a hash to check"),
        ("other", "no password"),
        ("disabled", "disabled"),
        ("nobody", "nobody"),
    ] {
        pool.wait().await;
        let before = world.count(EventKind::Busy);
        let guess = password("guess");
        let answer = world
            .auth
            .sign_in("noord", &login(name), guess, &NOBODY)
            .await;
        assert!(
            matches!(answer, Ok(SignInOutcome::Busy)),
            "{why}: {answer:?}"
        );
        assert_eq!(world.count(EventKind::Busy), before + 1, "{why}");
    }
}

#[tokio::test]
async fn a_full_hashing_pool_uses_up_nobodys_attempts() {
    let pool = OneWorker::new();
    let world = World::hashing_with(pool.hasher.clone());
    world.with_password("noord", "demo").await;
    let sign_in = |name, text: &str| {
        let (name, text) = (login(name), password(text));
        let auth = world.auth.clone();
        async move { auth.sign_in("noord", &name, text, &NOBODY).await.unwrap() }
    };
    pool.occupy();
    for name in ["demo", "nobody"] {
        for _ in 0..10 {
            let answer = sign_in(name, "guess").await;
            assert!(matches!(answer, SignInOutcome::Busy), "{name}: {answer:?}");
        }
    }
    pool.wait().await;
    // All five attempts are still there, for both.
    for name in ["demo", "nobody"] {
        for n in 1..=5 {
            let answer = sign_in(name, "guess").await;
            let looked_at = matches!(answer, SignInOutcome::Rejected);
            assert!(looked_at, "attempt {n} of {name}: {answer:?}");
        }
    }
    assert_eq!(world.count(rejected(RejectedSignIn::Throttled)), 0);
}

#[tokio::test]
async fn a_disabled_account_is_refused_with_the_right_password_too() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    world.people.disable_demo();
    let answer = world
        .auth
        .sign_in("noord", &login("demo"), password(GOOD), &NOBODY)
        .await
        .unwrap();
    assert!(matches!(answer, SignInOutcome::Rejected));
    assert_eq!(world.count(rejected(RejectedSignIn::Disabled)), 1);
}

#[tokio::test]
async fn two_hundred_parallel_guesses_are_checked_five_times() {
    let world = Arc::new(World::new());
    world.with_password("noord", "demo").await;
    let mut guesses = tokio::task::JoinSet::new();
    for n in 0..200 {
        let world = world.clone();
        guesses.spawn(async move {
            world
                .auth
                .sign_in(
                    "noord",
                    &login("demo"),
                    password(&format!("guess {n}")),
                    &NOBODY,
                )
                .await
                .unwrap();
        });
    }
    // Started last, so that the attempts have been charged.
    let right = {
        let world = world.clone();
        tokio::spawn(async move {
            let name = login("demo");
            let answer = world.auth.sign_in("noord", &name, password(GOOD), &NOBODY);
            answer.await.unwrap()
        })
    };
    guesses.join_all().await;
    let right = right.await.unwrap();
    assert!(matches!(right, SignInOutcome::Throttled(_)), "{right:?}");
    assert_eq!(world.count(rejected(RejectedSignIn::WrongPassword)), 5);
    assert_eq!(world.count(rejected(RejectedSignIn::Throttled)), 196);
}

#[tokio::test]
async fn spelling_a_login_name_differently_does_not_buy_attempts() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    for name in ["demo", "Demo", "DEMO", " demo", "dEmo", "deMo", "demO"] {
        let _ = world
            .auth
            .sign_in("noord", &login(name), password("guess"), &NOBODY)
            .await
            .unwrap();
    }
    assert_eq!(world.count(rejected(RejectedSignIn::WrongPassword)), 5);
    for name in ["nobody", "Nobody", "NOBODY", "nobodY", " nobody", "nObody"] {
        let _ = world
            .auth
            .sign_in("noord", &login(name), password("guess"), &NOBODY)
            .await
            .unwrap();
    }
    assert_eq!(world.count(rejected(RejectedSignIn::UnknownAccount)), 5);
}

#[tokio::test]
async fn success_costs_no_attempt() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    for _ in 0..4 {
        let _ = world
            .auth
            .sign_in("noord", &login("demo"), password("guess"), &NOBODY)
            .await
            .unwrap();
    }
    for _ in 0..20 {
        world.enrol_ticket("noord", "demo").await;
    }
    assert_eq!(world.count(rejected(RejectedSignIn::Throttled)), 0);
}

#[tokio::test]
async fn one_account_out_of_attempts_does_not_slow_another_nor_another_tenant() {
    let world = World::new();
    for (tenant, name) in [("noord", "demo"), ("noord", "other"), ("zuid", "demo")] {
        world.with_password(tenant, name).await;
    }
    for _ in 0..10 {
        let _ = world
            .auth
            .sign_in("noord", &login("demo"), password("guess"), &NOBODY)
            .await
            .unwrap();
    }
    world.enrol_ticket("noord", "other").await;
    world.enrol_ticket("zuid", "demo").await;
}

#[tokio::test]
async fn a_password_of_one_tenant_is_nothing_at_another() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let answer = world
        .auth
        .sign_in("zuid", &login("demo"), password(GOOD), &NOBODY)
        .await
        .unwrap();
    assert!(matches!(answer, SignInOutcome::Rejected));
}

#[tokio::test]
async fn where_no_second_factor_is_required_the_password_is_enough_until_one_is_enrolled() {
    let world = World::new();
    let relaxed = support::zuid().second_factor(SecondFactor::WhenEnrolled);
    world.with_password("zuid", "other").await;
    world.enrolled("demo").await;
    world.auth.put_tenant(relaxed).unwrap();
    let answer = world
        .auth
        .sign_in("zuid", &login("other"), password(GOOD), &NOBODY)
        .await
        .unwrap();
    let SignInOutcome::SignedIn(grant) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (tenant_of(&grant).as_str(), grant.account()),
        ("zuid", "id-other")
    );
    assert_eq!(world.count(EventKind::SignedIn(Factor::PasswordOnly)), 1);
    world.verify_ticket("zuid", "demo").await;
}

/// A store whose one account has this hash.
async fn store_with(hash: &str) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let command = ChangePassword {
        account: AccountKey::new("noord", "id-demo").unwrap(),
        expected_epoch: 0,
        hash: hash.to_owned(),
        recheck: false,
        keep: KeepHistory::NOTHING,
        notice: None,
        subject: Subject([0; 32]),
        now: support::NOON,
        budgets: BudgetChanges::default(),
    };
    let _ = store.change_password(&command).await.unwrap();
    store
}

/// The work is what this shows: an answer without a hash would come at once.
#[tokio::test]
async fn unusable_hash_needs_the_hashing_pool() {
    let pool = OneWorker::new();
    let world = World::hashing_on(store_with("plain").await, pool.hasher.clone());
    let taken = pool.clone();
    world.people.on_find(move || taken.occupy());
    let sign_in = || {
        let (auth, guess) = (world.auth.clone(), password("guess"));
        async move { auth.sign_in("noord", &login("demo"), guess, &NOBODY).await }
    };
    let answer = sign_in().await;
    assert!(matches!(answer, Ok(SignInOutcome::Busy)), "{answer:?}");
    world.people.on_find(|| {});
    pool.wait().await;
    let answer = sign_in().await;
    let rejected = matches!(answer, Ok(SignInOutcome::Rejected));
    assert!(rejected, "a negative control: {answer:?}");
}

#[tokio::test]
async fn a_weaker_hash_is_replaced_at_sign_in_and_sessions_go_on() {
    let weak = Hasher::builder()
        .params(Params::danger_weak(32, 1, 1).unwrap())
        .workers(1)
        .build()
        .unwrap();
    let old = weak.hash_blocking(password(GOOD), [3; 16]).unwrap();
    let store = store_with(old.as_str()).await;
    let world = World::on(store.clone());
    world.enrol_ticket("noord", "demo").await;
    assert_eq!(world.count(EventKind::HashUpgraded), 1);
    let account = AccountKey::new("noord", "id-demo").unwrap();
    let now = store.credential(&account).await.unwrap();
    assert_eq!(now.epoch, 1, "the epoch stays");
    let stored = slotwerk::password::PasswordHash::parse(&now.hash.unwrap()).unwrap();
    let check = support::hasher()
        .verify_blocking(password(GOOD), &stored, [4; 16])
        .unwrap();
    assert!(matches!(
        check,
        Verification::Verified {
            replacement: None,
            ..
        }
    ));
    world.enrol_ticket("noord", "demo").await;
    assert_eq!(world.count(EventKind::HashUpgraded), 1, "once");
}

#[tokio::test]
async fn a_stored_hash_that_nobody_can_verify_refuses_like_a_wrong_password() {
    for bad in [
        "",
        "plain",
        "$argon2id$v=19$m=4194304,t=4294967295,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
    ] {
        let world = World::on(store_with(bad).await);
        let answer = world
            .auth
            .sign_in("noord", &login("demo"), password(GOOD), &NOBODY)
            .await
            .unwrap();
        assert!(matches!(answer, SignInOutcome::Rejected), "{bad}");
        assert_eq!(world.count(EventKind::HashUnusable), 1, "{bad}");
    }
}

#[tokio::test]
async fn a_ticket_expires_and_dies_with_a_password_change() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    world.advance(15 * 60 - 1);
    assert!(
        world
            .auth
            .inspect_ticket("noord", &ticket)
            .await
            .unwrap()
            .is_some()
    );
    world.advance(1);
    assert!(
        world
            .auth
            .inspect_ticket("noord", &ticket)
            .await
            .unwrap()
            .is_none()
    );
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world
        .auth
        .set_password("noord", "id-demo", password(support::OTHER))
        .await
        .unwrap();
    assert!(
        world
            .auth
            .inspect_ticket("noord", &ticket)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn tickets_of_one_account_are_bounded() {
    let mut limits = Limits::default();
    limits.live_tickets = 3;
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world.with_password("noord", "demo").await;
    let mut tickets = Vec::new();
    for _ in 0..4 {
        tickets.push(world.enrol_ticket("noord", "demo").await);
    }
    assert!(
        world
            .auth
            .inspect_ticket("noord", &tickets[0])
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        world
            .auth
            .inspect_ticket("noord", &tickets[1])
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn the_hard_stop_holds_after_a_long_wait() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    for _ in 0..100 {
        let _ = world
            .auth
            .sign_in("noord", &login("demo"), password("guess"), &NOBODY)
            .await
            .unwrap();
        world.advance(900);
    }
    world.clock.advance(Duration::from_secs(365 * 86_400));
    let answer = world
        .auth
        .sign_in("noord", &login("demo"), password(GOOD), &NOBODY)
        .await
        .unwrap();
    assert!(
        matches!(answer, SignInOutcome::Throttled(Throttled::Locked)),
        "{answer:?}"
    );
}
