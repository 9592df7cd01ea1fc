//! The lifetime of an authenticator, beside its budget.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use slotwerk_throttle::{
    Allowance, Backoff, Budget, Decision, Refusal, Ruling, State, Tally, TooGenerous, YEAR,
};

const NOW: u64 = 1_700_000_000_000;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn granted(ruling: Ruling) -> Tally {
    match ruling {
        Ruling::Granted { next, .. } => next,
        Ruling::Denied { refusal } => panic!("{refusal:?}"),
    }
}

fn denied(ruling: Ruling) -> Refusal {
    match ruling {
        Ruling::Denied { refusal } => refusal,
        Ruling::Granted { next, .. } => panic!("{next:?}"),
    }
}

fn allowance(lifetime: u32) -> Allowance {
    let budget = Budget::new(2, ms(60_000)).unwrap();
    Allowance::new(budget.with_hard_stop(3).unwrap())
        .with_lifetime(lifetime)
        .unwrap()
}

#[test]
fn each_refusal_says_what_helps() {
    let allowance = allowance(4);
    let mut tally = None;
    for _ in 0..2 {
        tally = Some(granted(allowance.charge(tally, NOW)));
    }
    assert_eq!(
        denied(allowance.charge(tally, NOW + 1)),
        Refusal::Wait(ms(59_999))
    );
    let third = granted(allowance.charge(tally, NOW + 60_000));
    let later = NOW + 86_400_000;
    assert_eq!(
        denied(allowance.charge(Some(third), later)),
        Refusal::Stopped
    );
    // Recovery lifts the stop, and not the failures of its life: one is left.
    let lifted = allowance.lift(Some(third), later);
    assert_eq!((lifted.state.failures, lifted.spent), (0, 3));
    let last = granted(allowance.charge(Some(lifted), later));
    assert_eq!(denied(allowance.charge(Some(last), later)), Refusal::Spent);
    let lifted = allowance.lift(Some(last), later);
    assert_eq!(
        denied(allowance.charge(Some(lifted), u64::MAX)),
        Refusal::Spent
    );
}

#[test]
fn a_success_is_no_failure() {
    let allowance = allowance(2);
    let mut tally = None;
    for day in 0..1_000 {
        let now = NOW + day * 86_400_000;
        let Ruling::Granted { next, receipt } = allowance.charge(tally, now) else {
            panic!("denied on day {day}");
        };
        tally = Some(allowance.settle(next, &receipt));
    }
    assert_eq!(tally.map(|tally| tally.spent), Some(0));
    // A lift gives back no failure that was never charged.
    assert_eq!(allowance.lift(None, NOW).spent, 0);
}

#[test]
fn a_guess_between_every_two_sign_ins_ends_at_the_cap() {
    let allowance = allowance(50);
    let mut tally = None;
    let mut guesses = 0;
    for day in 0..1_000 {
        let now = NOW + day * 86_400_000;
        let Ruling::Granted { next, .. } = allowance.charge(tally, now) else {
            break;
        };
        guesses += 1;
        let Ruling::Granted { next, receipt } = allowance.charge(Some(next), now) else {
            break;
        };
        tally = Some(allowance.settle(next, &receipt));
    }
    assert_eq!(guesses, 50);
    // Without the cap the budget never ends it.
    assert_eq!(allowance.budget().most_tries(YEAR, 365), 366 * 3);
    assert_eq!(allowance.most_tries(YEAR, 365), 50);
}

#[test]
fn a_spent_tally_is_never_forgotten() {
    let tally = |failures, spent| Tally {
        state: State {
            tat_ms: 5,
            failures,
            recent: failures,
        },
        spent,
    };
    assert!(!allowance(9).forgettable(tally(0, 1), u64::MAX));
    assert!(!allowance(9).forgettable(tally(1, 0), u64::MAX));
    assert!(!allowance(9).forgettable(tally(0, 0), 4));
    assert!(allowance(9).forgettable(tally(0, 0), 5));
    let budget = Budget::new(1, ms(1)).unwrap();
    assert!(Allowance::new(budget).forgettable(tally(7, 7), 5));
}

#[test]
fn within_counts_the_owners_successes_and_the_cap() {
    let budget = Budget::new(5, ms(60_000)).unwrap();
    let budget = budget.with_hard_stop(100).unwrap();
    let bare = Allowance::new(budget);
    assert_eq!(bare.within(0.001, 0, 3, 1_000_000), Ok(bare));
    let Err(TooGenerous::Above { tries, limit, .. }) = bare.within(0.001, 365, 3, 1_000_000) else {
        panic!("366 runs of a hundred");
    };
    assert_eq!(tries, 36_600);
    assert!((limit - 0.001).abs() < 1e-15);
    let capped = bare.with_lifetime(300).unwrap();
    assert_eq!(capped.within(0.001, 365, 3, 1_000_000), Ok(capped));
    assert!(capped.within(0.0008, 365, 3, 1_000_000).is_err());
    assert!(matches!(
        capped.within(f64::NAN, 0, 3, 1_000_000),
        Err(TooGenerous::NotALimit { .. })
    ));
    let p = capped.guess_probability_per_year(3, 1_000_000);
    assert!((p - bare.guess_probability_per_year(3, 1_000_000)).abs() < 1e-18);
}

proptest! {
    #[test]
    fn without_a_cap_it_decides_as_its_budget(
        burst in 1u32..=5,
        refill in 1u64..=100,
        stop in prop::option::of(1u32..=20),
        gaps in vec(0u64..=300, 1..80),
    ) {
        let mut budget = Budget::new(burst, ms(refill)).unwrap();
        if let Some(stop) = stop {
            budget = budget.with_hard_stop(stop).unwrap();
        }
        let budget = budget.with_backoff(Backoff::new(3, ms(20), ms(200)).unwrap());
        let allowance = Allowance::new(budget);
        let (mut state, mut tally, mut now) = (None, None, NOW);
        for gap in gaps {
            now += gap;
            match (budget.charge(state, now), allowance.charge(tally, now)) {
                (Decision::Granted { next, .. }, Ruling::Granted { next: counted, .. }) => {
                    prop_assert_eq!(next, counted.state);
                    prop_assert_eq!(next.failures, counted.spent);
                    state = Some(next);
                    tally = Some(counted);
                }
                (Decision::Denied { retry_after: Some(wait) }, Ruling::Denied { refusal }) => {
                    prop_assert_eq!(refusal, Refusal::Wait(wait));
                }
                (Decision::Denied { retry_after: None }, Ruling::Denied { refusal }) => {
                    prop_assert_eq!(refusal, Refusal::Stopped);
                }
                (one, other) => prop_assert!(false, "{one:?} but {other:?}"),
            }
        }
    }

    #[test]
    fn peek_answers_as_a_charge(
        burst in 1u32..=5,
        refill in 1u64..=1_000,
        stop in 1u32..=20,
        lifetime in 1u32..=30,
        events in vec((0u64..=3_000, prop::bool::weighted(0.2)), 1..100),
    ) {
        let budget = Budget::new(burst, ms(refill)).unwrap().with_hard_stop(stop).unwrap();
        let budget = budget.with_backoff(Backoff::new(3, ms(20), ms(200)).unwrap());
        let allowance = Allowance::new(budget).with_lifetime(lifetime).unwrap();
        let (mut tally, mut now) = (None, NOW);
        for (gap, success) in events {
            now += gap;
            let peeked = allowance.peek(tally, now);
            prop_assert_eq!(peeked, allowance.peek(tally, now));
            match allowance.charge(tally, now) {
                Ruling::Granted { next, receipt } => {
                    prop_assert_eq!(peeked, None);
                    tally = Some(if success { allowance.settle(next, &receipt) } else { next });
                }
                Ruling::Denied { refusal } => prop_assert_eq!(peeked, Some(refusal)),
            }
        }
    }

    #[test]
    fn no_life_holds_more_failures_than_the_cap(
        lifetime in 1u32..=30,
        events in vec((0u64..=100_000, prop::bool::weighted(0.3)), 1..300),
    ) {
        let budget = Budget::new(3, ms(1_000)).unwrap().with_hard_stop(5).unwrap();
        let allowance = Allowance::new(budget).with_lifetime(lifetime).unwrap();
        let (mut tally, mut now, mut failures, mut successes) = (None, NOW, 0, 0);
        for (gap, success) in events {
            now += gap;
            if let Ruling::Granted { next, receipt } = allowance.charge(tally, now) {
                tally = Some(next);
                if success {
                    successes += 1;
                    tally = Some(allowance.settle(next, &receipt));
                } else {
                    failures += 1;
                }
            }
            prop_assert_eq!(tally.map_or(0, |tally| tally.spent), failures);
        }
        prop_assert!(failures <= lifetime);
        prop_assert!(u64::from(failures) <= allowance.most_tries(ms(now - NOW), successes));
    }
}
