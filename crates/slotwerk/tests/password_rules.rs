//! Rules about facts that the policy cannot know: earlier passwords, ages, breaches; and what a sign-in tells
//! about the password it was made with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::breach::OnFailure;
use slotwerk::policy::{Code, PolicyDraft, Requirement, Rule, State};
use slotwerk::store::MemoryStore;
use slotwerk::{
    BuildError, ChangePasswordOutcome, CompleteOutcome, EventKind, OpenOutcome, PasswordStanding,
    RejectedSignIn, SecondFactor, SetPasswordOutcome, SignInOutcome, Throttled,
};
use std::sync::Arc;
use support::{
    Calls, FakeBreaches, GOOD, NOBODY, OTHER, World, epoch_of, login, noord_with, password, zuid,
};

const DAY: u64 = 86_400;
const THIRD: &str = "rode appel 93 Zon";

fn unmet(requirements: &[Requirement]) -> Vec<Code> {
    let unmet = requirements.iter().filter(|r| r.state() == State::Unmet);
    unmet.map(Requirement::code).collect()
}

async fn set(auth: &Calls, text: &str) -> Vec<Code> {
    match auth
        .set_password("noord", "id-demo", password(text))
        .await
        .unwrap()
    {
        SetPasswordOutcome::Changed { .. } => Vec::new(),
        SetPasswordOutcome::RulesUnmet(requirements) => unmet(&requirements),
        other => panic!("{other:?}"),
    }
}

async fn change(auth: &Calls, from: &str, to: &str) -> ChangePasswordOutcome {
    auth.change_password("noord", "id-demo", password(from), password(to), &NOBODY)
        .await
        .unwrap()
}

async fn standing(world: &World, text: &str) -> PasswordStanding {
    match world
        .auth
        .sign_in("noord", &login("demo"), password(text), &NOBODY)
        .await
        .unwrap()
    {
        SignInOutcome::SignedIn(grant) => grant.standing(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_last_passwords_are_refused_the_current_one_included_and_older_ones_are_not() {
    let world = World::new();
    let rules = PolicyDraft::new().not_reused(2, 0);
    world.auth.put_tenant(noord_with(rules)).unwrap();
    let reused = [Code::NotReused];
    assert_eq!(set(&world.auth, GOOD).await, []);
    assert_eq!(set(&world.auth, GOOD).await, reused, "the current one");
    assert_eq!(set(&world.auth, OTHER).await, []);
    assert_eq!(set(&world.auth, GOOD).await, reused, "the one before");
    assert_eq!(set(&world.auth, THIRD).await, []);
    assert_eq!(set(&world.auth, GOOD).await, [], "the third from the end");
}

#[tokio::test]
async fn passwords_in_use_within_the_days_are_refused_and_older_ones_are_not() {
    let world = World::new();
    let rules = PolicyDraft::new().not_reused(0, 30);
    world.auth.put_tenant(noord_with(rules)).unwrap();
    let reused = [Code::NotReused];
    assert_eq!(set(&world.auth, GOOD).await, []);
    world.advance(100 * DAY);
    assert_eq!(set(&world.auth, GOOD).await, reused, "still in use");
    assert_eq!(set(&world.auth, OTHER).await, []);
    world.advance(30 * DAY);
    assert_eq!(set(&world.auth, GOOD).await, reused, "in use 30 days ago");
    world.advance(1);
    assert_eq!(set(&world.auth, GOOD).await, []);
}

#[tokio::test]
async fn a_link_refuses_an_earlier_password_and_stays_alive() {
    let world = World::new();
    let rules = PolicyDraft::new().not_reused(3, 0);
    world.auth.put_tenant(noord_with(rules)).unwrap();
    world.with_password("noord", "demo").await;
    let token = world.mailed_token("noord", "demo").await;
    let tried = world.auth.complete_reset("noord", &token, password(GOOD));
    let CompleteOutcome::RulesUnmet(requirements) = tried.await.unwrap() else {
        panic!("an earlier password was accepted")
    };
    assert_eq!(unmet(&requirements), [Code::NotReused]);
    let open = world.auth.inspect_reset("noord", &token).await.unwrap();
    assert!(matches!(open, OpenOutcome::Open(_)));
    let tried = world.auth.complete_reset("noord", &token, password(OTHER));
    assert!(matches!(
        tried.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
}

#[tokio::test]
async fn without_a_rule_about_earlier_passwords_none_are_kept() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let kept = async || {
        use slotwerk::store::{AccountKey, Store};
        let key = AccountKey::new("noord", "id-demo").unwrap();
        store.password_history(&key, 64).await.unwrap().len()
    };
    let rules = PolicyDraft::new().not_reused(9, 0);
    world.auth.put_tenant(noord_with(rules)).unwrap();
    for text in [GOOD, OTHER, THIRD] {
        assert_eq!(set(&world.auth, text).await, []);
    }
    assert_eq!(kept().await, 2);
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    assert_eq!(set(&world.auth, GOOD).await, []);
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn a_minimum_age_holds_for_a_wish_and_not_for_a_forgotten_password() {
    let world = World::new();
    let rules = PolicyDraft::new().rule(Rule::MinimumAge { hours: 24 });
    world.auth.put_tenant(noord_with(rules)).unwrap();
    world.with_password("noord", "demo").await;
    world.advance(DAY - 1);
    let ChangePasswordOutcome::RulesUnmet(requirements) = change(&world.auth, GOOD, OTHER).await
    else {
        panic!("changed too soon")
    };
    assert_eq!(unmet(&requirements), [Code::MinimumAge]);
    let token = world.mailed_token("noord", "demo").await;
    let reset = world.auth.complete_reset("noord", &token, password(OTHER));
    assert!(matches!(
        reset.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
    world.advance(DAY);
    let changed = change(&world.auth, OTHER, GOOD).await;
    assert!(
        matches!(changed, ChangePasswordOutcome::Changed { .. }),
        "{changed:?}"
    );
}

#[tokio::test]
async fn a_change_asks_for_the_current_password_and_is_charged_like_a_sign_in() {
    let world = World::new();
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.with_password("noord", "demo").await;
    for _ in 0..5 {
        let wrong = change(&world.auth, "guess", OTHER).await;
        assert!(
            matches!(wrong, ChangePasswordOutcome::Rejected),
            "{wrong:?}"
        );
    }
    let charged = change(&world.auth, GOOD, OTHER).await;
    assert!(
        matches!(
            charged,
            ChangePasswordOutcome::Throttled(Throttled::Wait(_))
        ),
        "the right one is not looked at either: {charged:?}"
    );
    let wrong = EventKind::SignInRejected(RejectedSignIn::WrongPassword);
    assert_eq!(world.count(wrong), 5);
    let demo = login("demo");
    let same_budget = world.auth.sign_in("noord", &demo, password(GOOD), &NOBODY);
    assert!(matches!(
        same_budget.await.unwrap(),
        SignInOutcome::Throttled(Throttled::Wait(_))
    ));
    world.advance(3_600);
    let ChangePasswordOutcome::Changed { grant, .. } = change(&world.auth, GOOD, OTHER).await
    else {
        panic!("the budget is back")
    };
    assert!(
        world
            .auth
            .session_stands("noord", "id-demo", epoch_of(&grant))
            .await
            .unwrap()
    );
    assert!(
        !world
            .auth
            .session_stands("noord", "id-demo", epoch_of(&grant) - 1)
            .await
            .unwrap()
    );
    assert_eq!(world.deliver().await.len(), 1, "the person is told");
}

#[tokio::test]
async fn a_change_on_a_disabled_or_unknown_account_changes_nothing() {
    let world = World::new();
    for account in ["id-disabled", "id-nobody"] {
        let session = world.auth.session("noord", account).await.unwrap();
        assert!(session.is_none(), "{session:?}");
    }
}

#[tokio::test]
async fn a_policy_about_breaches_does_not_build_without_somebody_who_knows() {
    let world = World::new();
    let refused = world
        .auth
        .put_tenant(noord_with(PolicyDraft::new().not_breached()));
    assert!(
        matches!(&refused, Err(BuildError::BreachCheckMissing(tenant)) if tenant == "noord"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_breached_password_is_refused_and_the_cheap_rules_are_asked_first() {
    let breaches = FakeBreaches::default();
    breaches.leak(GOOD);
    let world = World::asking(&breaches, OnFailure::Refuse, false);
    let rules = PolicyDraft::new().not_breached();
    world.auth.put_tenant(noord_with(rules)).unwrap();
    assert_eq!(set(&world.auth, "kort").await, [Code::MinimumLength]);
    assert_eq!(
        breaches.asked(),
        0,
        "a password refused anyway goes nowhere"
    );
    assert_eq!(set(&world.auth, GOOD).await, [Code::NotBreached]);
    assert_eq!(set(&world.auth, OTHER).await, []);
    assert_eq!(breaches.asked(), 2);
}

#[tokio::test]
async fn no_answer_about_breaches_is_a_choice_of_the_host_and_never_a_verdict() {
    for (choice, accepts) in [
        (OnFailure::Refuse, false),
        (OnFailure::Accept, true),
        (OnFailure::AcceptAndCheckAgain, true),
    ] {
        let breaches = FakeBreaches::default();
        breaches.set_down(true);
        let world = World::asking(&breaches, choice, false);
        let rules = PolicyDraft::new().not_breached();
        world.auth.put_tenant(noord_with(rules)).unwrap();
        let token = world.mailed_token("noord", "demo").await;
        let answer = world.auth.complete_reset("noord", &token, password(GOOD));
        let answer = answer.await.unwrap();
        assert_eq!(world.count(EventKind::BreachCheckFailed), 1);
        if accepts {
            assert!(
                matches!(answer, CompleteOutcome::Changed { .. }),
                "{answer:?}"
            );
        } else {
            assert!(
                matches!(answer, CompleteOutcome::CheckUnavailable),
                "{answer:?}"
            );
            let open = world.auth.inspect_reset("noord", &token).await.unwrap();
            assert!(matches!(open, OpenOutcome::Open(_)), "the link lives on");
            let set = world.auth.set_password("noord", "id-demo", password(GOOD));
            assert!(matches!(
                set.await.unwrap(),
                SetPasswordOutcome::CheckUnavailable
            ));
        }
    }
}

#[tokio::test]
async fn what_was_accepted_unchecked_is_looked_at_again_at_sign_in_until_there_is_an_answer() {
    let breaches = FakeBreaches::default();
    breaches.set_down(true);
    let world = World::asking(&breaches, OnFailure::AcceptAndCheckAgain, false);
    let rules = PolicyDraft::new().not_breached();
    world.auth.put_tenant(noord_with(rules)).unwrap();
    assert_eq!(set(&world.auth, GOOD).await, []);
    assert_eq!(standing(&world, GOOD).await, PasswordStanding::Good);
    assert_eq!(
        breaches.asked(),
        2,
        "asked at sign-in, and there was no answer"
    );

    breaches.set_down(false);
    breaches.leak(GOOD);
    for _ in 0..2 {
        assert_eq!(standing(&world, GOOD).await, PasswordStanding::Breached);
    }
    let told = EventKind::PasswordStanding(PasswordStanding::Breached);
    assert_eq!(world.count(told), 2);

    assert_eq!(set(&world.auth, OTHER).await, []);
    let asked = breaches.asked();
    assert_eq!(standing(&world, OTHER).await, PasswordStanding::Good);
    assert_eq!(
        breaches.asked(),
        asked,
        "this one was checked when it was set"
    );
}

#[tokio::test]
async fn an_answer_at_sign_in_clears_the_mark() {
    let breaches = FakeBreaches::default();
    breaches.set_down(true);
    let world = World::asking(&breaches, OnFailure::AcceptAndCheckAgain, false);
    let rules = PolicyDraft::new().not_breached();
    world.auth.put_tenant(noord_with(rules)).unwrap();
    assert_eq!(set(&world.auth, GOOD).await, []);
    breaches.set_down(false);
    for _ in 0..2 {
        assert_eq!(standing(&world, GOOD).await, PasswordStanding::Good);
    }
    assert_eq!(
        breaches.asked(),
        2,
        "once when set, once at the first sign-in"
    );
}

#[tokio::test]
async fn a_check_at_every_sign_in_finds_what_leaked_since() {
    let breaches = FakeBreaches::default();
    let world = World::asking(&breaches, OnFailure::Refuse, true);
    let rules = PolicyDraft::new().not_breached();
    world.auth.put_tenant(noord_with(rules)).unwrap();
    assert_eq!(set(&world.auth, GOOD).await, []);
    assert_eq!(standing(&world, GOOD).await, PasswordStanding::Good);
    breaches.leak(GOOD);
    assert_eq!(standing(&world, GOOD).await, PasswordStanding::Breached);
    breaches.set_down(true);
    assert_eq!(
        standing(&world, GOOD).await,
        PasswordStanding::Good,
        "no answer keeps nobody out"
    );
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    let asked = breaches.asked();
    standing(&world, GOOD).await;
    assert_eq!(breaches.asked(), asked, "these rules do not ask");
}

#[tokio::test]
async fn a_password_expires_at_its_maximum_age_and_a_wrong_one_tells_nothing() {
    let world = World::new();
    let rules = PolicyDraft::new().rule(Rule::MaximumAge { days: 30 });
    world.auth.put_tenant(noord_with(rules)).unwrap();
    assert_eq!(set(&world.auth, GOOD).await, []);
    world.advance(30 * DAY - 1);
    assert_eq!(standing(&world, GOOD).await, PasswordStanding::Good);
    world.advance(1);
    assert_eq!(standing(&world, GOOD).await, PasswordStanding::Expired);
    let demo = login("demo");
    let wrong = world
        .auth
        .sign_in("noord", &demo, password("guess"), &NOBODY);
    assert!(matches!(wrong.await.unwrap(), SignInOutcome::Rejected));
    let told = EventKind::PasswordStanding(PasswordStanding::Expired);
    assert_eq!(world.count(told), 1);
    assert!(matches!(
        change(&world.auth, GOOD, OTHER).await,
        ChangePasswordOutcome::Changed { .. }
    ));
    assert_eq!(standing(&world, OTHER).await, PasswordStanding::Good);
}

#[tokio::test]
async fn tightened_rules_are_noticed_at_sign_in_and_keep_nobody_out() {
    let world = World::new();
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    assert_eq!(set(&world.auth, GOOD).await, []);
    assert_eq!(standing(&world, GOOD).await, PasswordStanding::Good);
    let rules = PolicyDraft::new().minimum_distinct(20);
    world.auth.put_tenant(noord_with(rules)).unwrap();
    assert_eq!(standing(&world, GOOD).await, PasswordStanding::Unfit);
}

/// The standing found at the password travels with the ticket to the end of the sign-in.
#[tokio::test]
async fn the_second_factor_does_not_lose_what_the_password_showed() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    assert_eq!(enrolled.grant.standing(), PasswordStanding::Good);
    let stricter = PolicyDraft::new().minimum_length(60).build().unwrap();
    let mut tenant = zuid();
    tenant.policy = stricter;
    tenant.second_factor = SecondFactor::Required;
    world.auth.put_tenant(tenant).unwrap();
    let ticket = world.verify_ticket("zuid", "demo").await;
    let code = enrolled.phone.code(world.clock.seconds());
    match world
        .auth
        .verify_code("zuid", &ticket, &code)
        .await
        .unwrap()
    {
        slotwerk::CodeOutcome::SignedIn { grant, .. } => {
            assert_eq!(grant.standing(), PasswordStanding::Unfit);
        }
        other => panic!("{other:?}"),
    }
    let ticket = world.verify_ticket("zuid", "demo").await;
    let spent = world
        .auth
        .redeem_recovery_code("zuid", &ticket, &enrolled.recovery_codes[0]);
    match spent.await.unwrap() {
        slotwerk::RecoveryCodeOutcome::SignedIn { grant, .. } => {
            assert_eq!(grant.standing(), PasswordStanding::Unfit);
        }
        other => panic!("{other:?}"),
    }
}
