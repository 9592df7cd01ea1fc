//! A link or a session tells who holds it only a few times whether a guess was an earlier password, and a
//! comparison never costs more than the longest history.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use futures_util::FutureExt;
use futures_util::future::join_all;
use slotwerk::breach::OnFailure;
use slotwerk::password::{Hasher, Params};
use slotwerk::policy::{Code, PolicyDraft, Requirement, State};
use slotwerk::store::{AccountKey, MAX_HISTORY, MemoryStore, Store};
use slotwerk::throttle::Budget;
use slotwerk::{
    ChangePasswordOutcome, CompleteOutcome, EventKind, Limits, OpenOutcome, SecondFactor,
    SetPasswordOutcome, Throttled,
};
use std::sync::Arc;
use std::time::Duration;
use support::{
    AllTogether, FakeBreaches, GOOD, NOBODY, OTHER, OneWorker, SwitchPepper, World, noord_with,
    password, zuid,
};

const BURST: usize = 10;
const REFILL: u64 = 5 * 60;
const DAY: u64 = 86_400;

fn three() -> PolicyDraft {
    PolicyDraft::new().not_reused(3, 0)
}

/// `demo` of `noord` has the good password, under a rule about the last three.
async fn ruled(world: &World) {
    world.auth.put_tenant(noord_with(three())).unwrap();
    world.with_password("noord", "demo").await;
}

async fn reset(world: &World, token: &str, text: &str) -> CompleteOutcome {
    let done = world.auth.complete_reset("noord", token, password(text));
    done.await.unwrap()
}

async fn change(world: &World, from: &str, to: &str) -> ChangePasswordOutcome {
    let done =
        world
            .auth
            .change_password("noord", "id-demo", password(from), password(to), &NOBODY);
    done.await.unwrap()
}

fn only_reused(requirements: &[Requirement]) -> bool {
    let unmet = requirements.iter().filter(|r| r.state() == State::Unmet);
    unmet.map(Requirement::code).eq([Code::NotReused])
}

fn told_reused(answer: &CompleteOutcome) -> bool {
    matches!(answer, CompleteOutcome::RulesUnmet(unmet) if only_reused(unmet))
}

fn is_throttled(answer: &CompleteOutcome) -> bool {
    matches!(answer, CompleteOutcome::Throttled(Throttled::Wait(_)))
}

async fn is_open(world: &World, token: &str) -> bool {
    let seen = world.auth.inspect_reset("noord", token).await.unwrap();
    matches!(seen, OpenOutcome::Open(_))
}

#[tokio::test]
async fn forty_guesses_at_once_through_a_link_are_compared_ten_times_and_the_link_lives_on() {
    let world = World::new();
    ruled(&world).await;
    let token = world.mailed_token("noord", "demo").await;
    let answers = join_all((0..40).map(|_| reset(&world, &token, GOOD))).await;
    assert_eq!(answers.iter().filter(|a| told_reused(a)).count(), BURST);
    let waits: Vec<_> = answers
        .iter()
        .filter_map(|answer| match answer {
            CompleteOutcome::Throttled(Throttled::Wait(retry_after)) => Some(*retry_after),
            _ => None,
        })
        .collect();
    assert_eq!(waits.len(), 40 - BURST, "matches give nothing back");
    let told = world.count(EventKind::ReuseChecksUsedUp);
    assert_eq!(told, 40 - BURST, "the operator sees that somebody guesses");
    let asked_for = Duration::from_secs(1)..=Duration::from_secs(REFILL);
    assert!(waits.iter().all(|w| asked_for.contains(w)), "{waits:?}");
    assert!(is_open(&world, &token).await);
    // Whoever has nothing left is not told by a new password either.
    assert!(is_throttled(&reset(&world, &token, OTHER).await));

    world.advance(REFILL);
    assert!(told_reused(&reset(&world, &token, GOOD).await));
    assert!(
        is_throttled(&reset(&world, &token, GOOD).await),
        "one came back"
    );
    world.advance(REFILL);
    assert!(matches!(
        reset(&world, &token, OTHER).await,
        CompleteOutcome::Changed { .. }
    ));
}

#[tokio::test]
async fn guesses_that_miss_are_charged_like_those_that_hit() {
    const GUESSES: usize = 40;
    let check = Arc::new(AllTogether::new(GUESSES));
    let world = World::asking_on(Arc::new(MemoryStore::new()), check, OnFailure::Refuse);
    ruled(&world).await;
    let rules = three().not_breached();
    world.auth.put_tenant(noord_with(rules)).unwrap();
    let token = world.mailed_token("noord", "demo").await;
    let guess = |n: usize| match n % 2 {
        0 => GOOD.to_owned(),
        _ => format!("blauwe fiets {n} Regen"),
    };
    let guesses: Vec<String> = (0..GUESSES).map(guess).collect();
    let answers = join_all(guesses.iter().map(|text| reset(&world, &token, text))).await;
    let throttled = answers.iter().filter(|a| is_throttled(a)).count();
    assert_eq!(throttled, GUESSES - BURST);
    let changed = |a: &&CompleteOutcome| matches!(a, CompleteOutcome::Changed { .. });
    assert_eq!(answers.iter().filter(changed).count(), 1);
}

/// One after the other, so that each guess ends before the next one is charged.
#[tokio::test]
async fn missed_guesses_stay_charged() {
    let world = World::new();
    ruled(&world).await;
    let mut current = GOOD.to_owned();
    for n in 0..BURST {
        let next = format!("blauwe fiets {n} Regen");
        let changed = change(&world, &current, &next).await;
        assert!(
            matches!(changed, ChangePasswordOutcome::Changed { .. }),
            "{n}: {changed:?}"
        );
        current = next;
    }
    let last = change(&world, &current, OTHER).await;
    assert!(
        matches!(last, ChangePasswordOutcome::Throttled(_)),
        "{last:?}"
    );
}

#[tokio::test]
async fn who_hangs_up_after_being_charged_gets_nothing_back() {
    let world = World::new();
    ruled(&world).await;
    let token = world.mailed_token("noord", "demo").await;
    for _ in 0..BURST {
        // One poll goes past the charge as far as the pool.
        let _ = reset(&world, &token, GOOD).boxed_local().now_or_never();
    }
    assert!(is_throttled(&reset(&world, &token, GOOD).await));
}

#[tokio::test]
async fn a_session_has_the_same_few_comparisons_and_shares_them_with_the_links() {
    let mut limits = Limits::default();
    limits.password_attempts = Budget::new(100, Duration::from_secs(60)).unwrap();
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    ruled(&world).await;
    let answers = join_all((0..40).map(|_| change(&world, GOOD, GOOD))).await;
    let told = |a: &&ChangePasswordOutcome| matches!(a, ChangePasswordOutcome::RulesUnmet(u) if only_reused(u));
    let throttled = |a: &&ChangePasswordOutcome| matches!(a, ChangePasswordOutcome::Throttled(Throttled::Wait(retry_after)) if !retry_after.is_zero());
    assert_eq!(answers.iter().filter(told).count(), BURST);
    assert_eq!(answers.iter().filter(throttled).count(), 40 - BURST);
    let token = world.mailed_token("noord", "demo").await;
    assert!(is_throttled(&reset(&world, &token, GOOD).await));

    world.advance(REFILL);
    let changed = change(&world, GOOD, OTHER).await;
    assert!(
        matches!(changed, ChangePasswordOutcome::Changed { .. }),
        "{changed:?}"
    );
}

#[tokio::test]
async fn one_account_that_is_throttled_slows_no_other_and_no_other_tenant() {
    let world = World::new();
    ruled(&world).await;
    world.with_password("noord", "other").await;
    let mut other_tenant = zuid();
    other_tenant.second_factor = SecondFactor::WhenEnrolled;
    other_tenant.policy = three().minimum_length(15).build().unwrap();
    world.auth.put_tenant(other_tenant).unwrap();
    world.with_password("zuid", "demo").await;
    let token = world.mailed_token("noord", "demo").await;
    for _ in 0..=BURST {
        let _ = reset(&world, &token, GOOD).await;
    }
    assert!(is_throttled(&reset(&world, &token, GOOD).await));
    for (tenant, name) in [("noord", "other"), ("zuid", "demo")] {
        let token = world.mailed_token(tenant, name).await;
        let answer = world.auth.complete_reset(tenant, &token, password(GOOD));
        assert!(told_reused(&answer.await.unwrap()), "{tenant} {name}");
    }
}

#[tokio::test]
async fn the_host_is_not_charged() {
    let world = World::new();
    ruled(&world).await;
    for _ in 0..3 * BURST {
        let set = world.auth.set_password("noord", "id-demo", password(GOOD));
        let SetPasswordOutcome::RulesUnmet(unmet) = set.await.unwrap() else {
            panic!("an earlier password was set")
        };
        assert!(only_reused(&unmet));
    }
    let token = world.mailed_token("noord", "demo").await;
    assert!(told_reused(&reset(&world, &token, GOOD).await));
}

/// A world in which one comparison is all there is.
fn with_one_comparison() -> World {
    let mut limits = Limits::default();
    limits.reuse_checks = Budget::new(1, Duration::from_secs(REFILL)).unwrap();
    World::with(Arc::new(MemoryStore::new()), limits)
}

#[tokio::test]
async fn nothing_is_charged_where_there_is_nothing_to_compare_with() {
    let world = with_one_comparison();
    // The first password of all.
    ruled(&world).await;
    let token = world.mailed_token("noord", "demo").await;
    assert!(told_reused(&reset(&world, &token, GOOD).await));
    assert!(is_throttled(&reset(&world, &token, GOOD).await));
}

#[tokio::test]
async fn nothing_is_charged_without_a_rule_about_earlier_passwords() {
    let world = with_one_comparison();
    let plain = noord_with(PolicyDraft::new());
    world.auth.put_tenant(plain).unwrap();
    world.with_password("noord", "demo").await;
    for text in [OTHER, GOOD, GOOD] {
        let token = world.mailed_token("noord", "demo").await;
        let done = reset(&world, &token, text).await;
        assert!(matches!(done, CompleteOutcome::Changed { .. }), "{done:?}");
    }
}

#[tokio::test]
async fn nothing_is_charged_when_a_cheaper_rule_has_refused() {
    let breaches = FakeBreaches::default();
    let world = World::asking(&breaches, OnFailure::Refuse, false);
    let rules = three().not_breached();
    world.auth.put_tenant(noord_with(rules)).unwrap();
    world.with_password("noord", "demo").await;
    breaches.leak(OTHER);
    let token = world.mailed_token("noord", "demo").await;
    for text in ["kort", OTHER] {
        for _ in 0..2 * BURST {
            let refused = reset(&world, &token, text).await;
            assert!(matches!(refused, CompleteOutcome::RulesUnmet(_)));
        }
    }
    breaches.set_down(true);
    for _ in 0..2 * BURST {
        let refused = reset(&world, &token, GOOD).await;
        assert!(matches!(refused, CompleteOutcome::CheckUnavailable));
    }
    breaches.set_down(false);
    assert!(told_reused(&reset(&world, &token, GOOD).await));
}

#[tokio::test]
async fn a_full_pool_uses_up_nobodys_comparisons() {
    let one = OneWorker::new();
    let world = World::hashing_with(one.hasher.clone());
    ruled(&world).await;
    let token = world.mailed_token("noord", "demo").await;
    one.occupy();
    for _ in 0..2 * BURST {
        let busy = reset(&world, &token, GOOD).await;
        assert!(matches!(busy, CompleteOutcome::Busy), "{busy:?}");
    }
    one.wait().await;
    assert!(told_reused(&reset(&world, &token, GOOD).await));
}

/// The longest that is kept, under the rule that keeps the most.
#[tokio::test]
async fn a_new_password_is_compared_with_25_at_most_whatever_the_rule_about_days() {
    let pepper = SwitchPepper::new();
    let hasher = Hasher::builder()
        .params(Params::danger_weak(64, 1, 1).unwrap())
        .workers(1)
        .pepper(Arc::new(pepper.clone()))
        .build()
        .unwrap();
    let store = Arc::new(MemoryStore::new());
    let world = World::hashing_on(store.clone(), hasher);
    let rules = PolicyDraft::new().not_reused(24, 3_650);
    world.auth.put_tenant(noord_with(rules)).unwrap();
    let compared = async |text: String| {
        let (wrapped, opened) = pepper.counted();
        let set = world.auth.set_password("noord", "id-demo", password(&text));
        let set = set.await.unwrap();
        assert!(matches!(set, SetPasswordOutcome::Changed { .. }), "{set:?}");
        let counted = pepper.counted();
        assert_eq!(counted.0 - wrapped, 1, "and the new one is hashed once");
        counted.1 - opened
    };
    let nth = |n: usize| format!("blauwe fiets {n} Regen");
    for n in 0..40 {
        world.advance(DAY);
        let at_most = usize::from(MAX_HISTORY) + 1;
        assert_eq!(compared(nth(n)).await, n.min(at_most), "the password {n}");
    }
    let key = AccountKey::new("noord", "id-demo").unwrap();
    let kept = store.password_history(&key, 1_000).await.unwrap();
    assert_eq!(kept.len(), usize::from(MAX_HISTORY));
    let before = pepper.counted().1;
    let token = world.mailed_token("noord", "demo").await;
    // The oldest that is kept: current, and 24 before it.
    assert!(told_reused(&reset(&world, &token, &nth(15)).await));
    assert_eq!(pepper.counted().1 - before, 25);
    let forgotten = reset(&world, &token, &nth(14)).await;
    assert!(
        matches!(forgotten, CompleteOutcome::Changed { .. }),
        "{forgotten:?}"
    );
}
