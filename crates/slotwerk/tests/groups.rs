//! Groups of accounts under rules of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::breach::OnFailure;
use slotwerk::policy::{Code, Policy, PolicyDraft, Requirement, Rule, State};
use slotwerk::store::{AccountKey, MemoryStore, Store};
use slotwerk::{
    BuildError, ChangePasswordOutcome, CompleteOutcome, Fault, OpenOutcome, PasswordStanding,
    SetPasswordOutcome, SignInOutcome, Tenant,
};
use std::sync::Arc;
use support::{
    Calls, FakeBreaches, GOOD, LONG_NAME, NOBODY, OTHER, World, login, noord_with, password,
};

const DAY: u64 = 86_400;
/// Long enough for the group; the others are not.
const LONG: &str = "blauwe fiets 42 Regen en dan nog wat";
const LONGER: &str = "groene trein 17 Wind en dan nog meer";

/// A tenant's plain rules, and stricter or at least other ones for its administrators.
fn with_group(group: PolicyDraft) -> Tenant {
    let group: Policy = group.minimum_length(30).build().unwrap();
    noord_with(PolicyDraft::new()).group_policy("beheer", group)
}

/// `demo` is an administrator, `other` is not.
fn world_with(group: PolicyDraft) -> World {
    let world = World::new();
    world.auth.put_tenant(with_group(group)).unwrap();
    world.people.put_in_group("demo", "beheer");
    world
}

fn unmet(requirements: &[Requirement]) -> Vec<Code> {
    let unmet = requirements.iter().filter(|r| r.state() == State::Unmet);
    unmet.map(Requirement::code).collect()
}

async fn set(auth: &Calls, name: &str, text: &str) -> Vec<Code> {
    let id = format!("id-{name}");
    let done = auth.set_password("noord", &id, password(text));
    match done.await.unwrap() {
        SetPasswordOutcome::Changed { .. } => Vec::new(),
        SetPasswordOutcome::RulesUnmet(requirements) => unmet(&requirements),
        other => panic!("{other:?}"),
    }
}

async fn change(auth: &Calls, name: &str, from: &str, to: &str) -> Vec<Code> {
    let id = format!("id-{name}");
    let done = auth.change_password("noord", &id, password(from), password(to), &NOBODY);
    match done.await.unwrap() {
        ChangePasswordOutcome::Changed { .. } => Vec::new(),
        ChangePasswordOutcome::RulesUnmet(requirements) => unmet(&requirements),
        other => panic!("{other:?}"),
    }
}

async fn standing(world: &World, name: &str, text: &str) -> PasswordStanding {
    let name = login(name);
    let answer = world.auth.sign_in("noord", &name, password(text), &NOBODY);
    match answer.await.unwrap() {
        SignInOutcome::SignedIn(grant) => grant.standing(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_groups_rules_judge_at_reset_change_and_setting_and_nobody_else() {
    let world = world_with(PolicyDraft::new());
    let too_short = [Code::MinimumLength];
    for (name, refused) in [("demo", too_short.as_slice()), ("other", [].as_slice())] {
        let token = world.mailed_token("noord", name).await;
        let reset = world.auth.complete_reset("noord", &token, password(GOOD));
        match reset.await.unwrap() {
            CompleteOutcome::Changed { .. } => assert!(refused.is_empty()),
            CompleteOutcome::RulesUnmet(requirements) => assert_eq!(unmet(&requirements), refused),
            other => panic!("{other:?}"),
        }
        assert_eq!(set(&world.auth, name, GOOD).await, refused, "{name}");
        assert_eq!(set(&world.auth, name, LONG).await, [], "{name}");
        assert_eq!(change(&world.auth, name, LONG, OTHER).await, refused);
    }
    assert_eq!(change(&world.auth, "demo", LONG, LONGER).await, []);
}

#[tokio::test]
async fn the_pages_show_the_groups_rules_before_anything_is_typed() {
    let world = world_with(PolicyDraft::new().maximum_run(2));
    let tenants = noord_with(PolicyDraft::new()).policy;
    let groups = with_group(PolicyDraft::new().maximum_run(2)).group_policies["beheer"].clone();
    let codes = |shown: &[Requirement]| shown.iter().map(Requirement::code).collect::<Vec<_>>();
    assert_ne!(
        codes(&groups.requirements()),
        codes(&tenants.requirements())
    );
    for (name, policy) in [("demo", &groups), ("other", &tenants)] {
        let token = world.mailed_token("noord", name).await;
        let seen = world.auth.inspect_reset("noord", &token).await.unwrap();
        let OpenOutcome::Open(link) = seen else {
            panic!("{seen:?}")
        };
        let id = format!("id-{name}");
        let rules = world.auth.password_rules("noord", &id).await.unwrap();
        let rules = rules.expect("an account");
        let expected = codes(&policy.requirements());
        for shown in [link.requirements(), rules.requirements()] {
            assert_eq!(codes(&shown), expected, "{name}");
        }
        for shown in [link.policy(), rules.policy()] {
            assert_eq!(shown.html_attributes(), policy.html_attributes());
            assert_eq!(codes(&shown.requirements()), expected);
        }
        assert_eq!(link.browser_rules(), rules.browser_rules());
        let long = link.browser_rules().contains("30");
        assert_eq!(long, name == "demo", "{}", link.browser_rules());
        for accepts in [link.would_accept(GOOD), rules.would_accept(GOOD)] {
            assert_eq!(accepts, name == "other");
        }
    }
}

#[tokio::test]
async fn an_example_is_offered_only_if_the_person_may_have_it() {
    let world = World::new();
    let rules = PolicyDraft::new().without_attributes(4).not_reused(3, 0);
    world.auth.put_tenant(noord_with(rules)).unwrap();
    let token = world.mailed_token("noord", LONG_NAME).await;
    let seen = world.auth.inspect_reset("noord", &token).await.unwrap();
    let OpenOutcome::Open(link) = seen else {
        panic!("{seen:?}")
    };
    let rules = world.auth.password_rules("noord", "k7f3").await.unwrap();
    let rules = rules.expect("an account");
    for (phrase, good) in [
        ("regen fiets lantaarn wolk", true),
        ("regen gebruikersnaam lantaarn wolk", false),
        ("regen Lange lantaarn wolk", false),
        ("kort", false),
    ] {
        assert_eq!(link.would_accept(phrase), good, "{phrase}");
        assert_eq!(rules.would_accept(phrase), good, "{phrase}");
    }
    // The same words are nobody's name here.
    let others = world.auth.password_rules("noord", "id-demo").await.unwrap();
    assert!(
        others
            .unwrap()
            .would_accept("regen gebruikersnaam lantaarn wolk")
    );
}

#[tokio::test]
async fn a_sign_in_tells_how_the_password_stands_under_the_groups_rules() {
    let world = world_with(PolicyDraft::new().rule(Rule::MaximumAge { days: 30 }));
    world.people.take_out_of_groups("demo");
    for name in ["demo", "other"] {
        assert_eq!(set(&world.auth, name, GOOD).await, []);
        assert_eq!(standing(&world, name, GOOD).await, PasswordStanding::Good);
    }
    world.people.put_in_group("demo", "beheer");
    assert_eq!(
        standing(&world, "demo", GOOD).await,
        PasswordStanding::Unfit
    );
    assert_eq!(change(&world.auth, "demo", GOOD, LONG).await, []);
    assert_eq!(standing(&world, "demo", LONG).await, PasswordStanding::Good);
    world.advance(30 * DAY);
    assert_eq!(
        standing(&world, "demo", LONG).await,
        PasswordStanding::Expired
    );
    assert_eq!(
        standing(&world, "other", GOOD).await,
        PasswordStanding::Good
    );
}

#[tokio::test]
async fn breaches_are_asked_about_where_the_groups_rules_say_so() {
    let breaches = FakeBreaches::default();
    breaches.leak(LONG);
    let world = World::asking(&breaches, OnFailure::Refuse, true);
    let tenant = with_group(PolicyDraft::new().not_breached());
    world.auth.put_tenant(tenant).unwrap();
    world.people.put_in_group("demo", "beheer");
    assert_eq!(set(&world.auth, "other", LONG).await, []);
    assert_eq!(
        standing(&world, "other", LONG).await,
        PasswordStanding::Good
    );
    assert_eq!(breaches.asked(), 0);
    assert_eq!(set(&world.auth, "demo", LONG).await, [Code::NotBreached]);
    assert_eq!(set(&world.auth, "demo", LONGER).await, []);
    breaches.leak(LONGER);
    let found = standing(&world, "demo", LONGER).await;
    assert_eq!(found, PasswordStanding::Breached);
}

#[tokio::test]
async fn the_groups_rule_decides_what_is_kept_and_compared() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let tenant = with_group(PolicyDraft::new().not_reused(3, 0));
    world.auth.put_tenant(tenant).unwrap();
    world.people.put_in_group("demo", "beheer");
    let kept = async |name: &str| {
        let key = AccountKey::new("noord", format!("id-{name}")).unwrap();
        store.password_history(&key, 64).await.unwrap().len()
    };
    for name in ["demo", "other"] {
        for n in 0..5 {
            let text = format!("{LONG} {n}");
            assert_eq!(set(&world.auth, name, &text).await, []);
        }
    }
    assert_eq!((kept("demo").await, kept("other").await), (2, 0));
    let earlier = format!("{LONG} 3");
    assert_eq!(set(&world.auth, "demo", &earlier).await, [Code::NotReused]);
    assert_eq!(set(&world.auth, "other", &earlier).await, []);
    // Who leaves the group leaves its rule, and with the next password what was kept for it.
    world.people.take_out_of_groups("demo");
    assert_eq!(set(&world.auth, "demo", &earlier).await, []);
    assert_eq!(kept("demo").await, 0);
}

#[tokio::test]
async fn a_group_nobody_knows_the_rules_of_sets_no_password_and_keeps_nobody_out() {
    let world = world_with(PolicyDraft::new());
    world.people.take_out_of_groups("demo");
    world.with_password("noord", "demo").await;
    let token = world.mailed_token("noord", "demo").await;
    world.people.put_in_group("demo", "onbekend");
    let (auth, is_fault) = (&world.auth, |f: Fault| matches!(f, Fault::Unusable(_)));
    let new = || password(LONG);
    let set = auth.set_password("noord", "id-demo", new()).await;
    assert!(is_fault(set.unwrap_err()));
    let changed = auth.change_password("noord", "id-demo", password(GOOD), new(), &NOBODY);
    assert!(is_fault(changed.await.unwrap_err()));
    let reset = auth.complete_reset("noord", &token, new()).await;
    assert!(is_fault(reset.unwrap_err()));
    let seen = auth.inspect_reset("noord", &token).await;
    assert!(is_fault(seen.unwrap_err()));
    let rules = auth.password_rules("noord", "id-demo").await;
    assert!(is_fault(rules.unwrap_err()));

    assert!(auth.session_stands("noord", "id-demo", 1).await.unwrap());
    assert_eq!(standing(&world, "demo", GOOD).await, PasswordStanding::Good);
    // And once it is known, the link that was mailed before is as good as ever.
    world.people.put_in_group("demo", "beheer");
    let reset = auth.complete_reset("noord", &token, new()).await.unwrap();
    assert!(
        matches!(reset, CompleteOutcome::Changed { .. }),
        "{reset:?}"
    );
}

#[tokio::test]
async fn a_group_whose_rules_ask_about_breaches_needs_somebody_who_knows() {
    let tenant = || with_group(PolicyDraft::new().not_breached());
    let missing = |error: &BuildError| matches!(error, BuildError::BreachCheckMissing(tenant) if tenant == "noord");
    let built = support::without_tenants().tenant(tenant()).build();
    assert!(missing(&built.unwrap_err()));
    let put = World::new().auth.put_tenant(tenant());
    assert!(missing(&put.unwrap_err()));

    let check = Arc::new(FakeBreaches::default());
    let builder = support::without_tenants().breach_check(check, OnFailure::Refuse);
    assert!(builder.tenant(tenant()).build().is_ok());
}

#[tokio::test]
async fn a_check_at_every_sign_in_needs_a_check_and_may_be_asked_for_before_it_is_named() {
    let without = support::without_tenants()
        .tenant(noord_with(PolicyDraft::new()))
        .breach_check_at_every_sign_in();
    let refused = without.build().unwrap_err();
    assert!(
        matches!(refused, BuildError::Missing("breach_check")),
        "{refused:?}"
    );
    for asked_first in [false, true] {
        let breaches = FakeBreaches::default();
        let check = Arc::new(breaches.clone());
        let store = Arc::new(MemoryStore::new());
        let builder = support::without_tenants().store(store.clone());
        let builder = if asked_first {
            let builder = builder.breach_check_at_every_sign_in();
            builder.breach_check(check, OnFailure::Refuse)
        } else {
            let builder = builder.breach_check(check, OnFailure::Refuse);
            builder.breach_check_at_every_sign_in()
        };
        let rules = noord_with(PolicyDraft::new().not_breached());
        let auth = builder.tenant(rules).build().unwrap();
        let auth = Calls { auth, store };
        assert_eq!(set(&auth, "demo", GOOD).await, []);
        let before = breaches.asked();
        let demo = login("demo");
        let answer = auth.sign_in("noord", &demo, password(GOOD), &NOBODY);
        assert!(matches!(answer.await.unwrap(), SignInOutcome::SignedIn(_)));
        assert_eq!(breaches.asked(), before + 1, "asked first: {asked_first}");
    }
}
