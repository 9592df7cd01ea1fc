//! What budgets are worth, and the check that refuses the generous ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use proptest::prelude::*;
use slotwerk_throttle::{Budget, TooGenerous, YEAR, guess_probability};

const SIX_DIGITS: u64 = 1_000_000;
/// The code of this step, the one before and the one after.
const WINDOW_OF_ONE: u32 = 3;

fn five_per_quarter() -> Budget {
    Budget::new(5, Duration::from_secs(15 * 60 / 5)).unwrap()
}

fn close(got: f64, want: f64, relative: f64) -> bool {
    (got - want).abs() <= want * relative
}

#[test]
fn five_tries_hit_with_fifteen_in_a_million() {
    let p = guess_probability(5, WINDOW_OF_ONE, SIX_DIGITS);
    assert!(close(p, 1.5e-5, 1e-4), "{p:e}");
}

#[test]
fn a_hundred_tries_hit_with_three_in_ten_thousand() {
    let p = guess_probability(100, WINDOW_OF_ONE, SIX_DIGITS);
    assert!(close(p, 3e-4, 1e-3), "{p:e}");
}

#[test]
fn five_per_quarter_of_an_hour_is_41_percent_a_year() {
    // Fixed windows: 365 × 96 quarters of five tries each.
    let windows = guess_probability(365 * 96 * 5, WINDOW_OF_ONE, SIX_DIGITS);
    assert_eq!(format!("{windows:.2}"), "0.41");
    // The budget with the same rate: one try per three minutes, and one burst besides.
    assert_eq!(five_per_quarter().most_tries(YEAR, 0), 365 * 96 * 5 + 5);
    let paced = five_per_quarter().guess_probability_per_year(WINDOW_OF_ONE, SIX_DIGITS);
    assert_eq!(format!("{paced:.2}"), "0.41");
    assert!(paced > windows);
}

#[test]
fn a_hard_stop_caps_the_year() {
    let stopped = five_per_quarter().with_hard_stop(100).unwrap();
    assert_eq!(stopped.most_tries(YEAR, 0), 100);
    assert_eq!(stopped.most_tries(Duration::ZERO, 0), 5);
    assert_eq!(stopped.most_tries(Duration::from_secs(180), 0), 6);
    let p = stopped.guess_probability_per_year(WINDOW_OF_ONE, SIX_DIGITS);
    assert!(close(p, 3e-4, 1e-3), "{p:e}");
    // Nothing is lost where the pace is the tighter of the two.
    let slow = Budget::new(1, Duration::from_secs(30 * 86_400)).unwrap();
    let slow = slow.with_hard_stop(100).unwrap();
    assert_eq!(slow.most_tries(YEAR, 0), 13);
}

#[test]
fn every_success_of_the_owner_counts_as_a_fresh_burst() {
    let budget = Budget::new(5, Duration::from_secs(3_600)).unwrap();
    let hour = Duration::from_secs(3_600);
    assert_eq!(budget.most_tries(hour, 0), 6);
    assert_eq!(budget.most_tries(hour, 3), 4 * 5 + 1);
    let stopped = budget.with_hard_stop(4).unwrap();
    assert_eq!(stopped.most_tries(hour, 3), 4 * 4);
}

#[test]
fn within_refuses_a_pace_without_a_stop() {
    let refused = five_per_quarter().within(0.001, WINDOW_OF_ONE, SIX_DIGITS);
    let Err(TooGenerous::Above {
        probability,
        limit,
        tries,
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert!((0.40..0.42).contains(&probability));
    assert!(close(limit, 0.001, 1e-15));
    assert_eq!(tries, 175_205);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "175205 tries a year guess right with probability 4.1e-1, above 1.0e-3"
    );

    let stopped = five_per_quarter().with_hard_stop(100).unwrap();
    assert_eq!(
        stopped.within(0.001, WINDOW_OF_ONE, SIX_DIGITS).unwrap(),
        stopped
    );
    assert!(stopped.within(0.0002, WINDOW_OF_ONE, SIX_DIGITS).is_err());
}

#[test]
fn within_refuses_a_limit_that_limits_nothing() {
    let budget = Budget::new(1, Duration::from_secs(86_400)).unwrap();
    for limit in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e-9, 1.0, 3.0] {
        let refused = budget.within(limit, 1, u64::MAX).unwrap_err();
        assert!(
            matches!(refused, TooGenerous::NotALimit { .. }),
            "{limit}: {refused}"
        );
    }
    // The ends that do count: nothing may be guessable, and it is not when nothing is accepted.
    assert!(budget.within(0.0, 0, SIX_DIGITS).is_ok());
    assert!(budget.within(0.0, 1, SIX_DIGITS).is_err());
    assert!(budget.within(0.999_999, 1, u64::MAX).is_ok());
}

#[test]
fn the_limit_itself_is_still_within() {
    let budget = Budget::new(1, Duration::from_secs(86_400)).unwrap();
    let exact = budget.guess_probability_per_year(1, SIX_DIGITS);
    assert!(budget.within(exact, 1, SIX_DIGITS).is_ok());
    assert!(budget.within(exact.next_down(), 1, SIX_DIGITS).is_err());
}

#[test]
fn a_space_without_room_is_always_guessed() {
    for (accepted, space) in [(1, 0), (1, 1), (3, 3), (3, 2), (u32::MAX, 1)] {
        assert!(close(guess_probability(1, accepted, space), 1.0, 0.0));
    }
    assert!(guess_probability(0, 3, 0).abs() == 0.0);
    assert!(guess_probability(u64::MAX, 0, 0).abs() == 0.0);
    assert!(guess_probability(u64::MAX, 0, 10).abs() == 0.0);
    assert!(close(guess_probability(u64::MAX, 1, 2), 1.0, 0.0));
}

#[test]
fn tiny_chances_keep_their_digits() {
    // The naive 1 - (1 - p)^n is exactly zero here.
    let p = guess_probability(1, 1, u64::MAX);
    assert!(close(p, 5.421_010_862_427_522e-20, 1e-12), "{p:e}");
    assert!(1.0 - (1.0 - p) == 0.0);
}

proptest! {
    #[test]
    fn a_probability_is_one(tries: u64, accepted: u32, space: u64) {
        let p = guess_probability(tries, accepted, space);
        prop_assert!((0.0..=1.0).contains(&p), "{p}");
    }

    #[test]
    fn more_tries_never_guess_less(
        a: u64,
        b: u64,
        accepted in 0u32..100,
        space: u64,
    ) {
        let (few, many) = (a.min(b), a.max(b));
        prop_assert!(
            guess_probability(few, accepted, space) <= guess_probability(many, accepted, space)
        );
    }

    #[test]
    fn the_chance_stays_below_the_sum_of_the_tries(
        tries in 1u64..1_000_000,
        accepted in 1u32..100,
        space in 1_000u64..u64::MAX,
    ) {
        let sum = tries as f64 * f64::from(accepted) / space as f64;
        let p = guess_probability(tries, accepted, space);
        prop_assert!(p <= sum * (1.0 + 1e-12));
        // And within half the square of it, as documented; misses below one half.
        prop_assume!(f64::from(accepted) / (space as f64) < 1e-3);
        prop_assert!(p >= sum - sum * sum * 0.501 - sum * 1e-3);
    }

    #[test]
    fn a_tighter_budget_is_never_likelier_to_be_guessed(
        burst in 1u32..=1_000,
        less in 0u32..1_000,
        refill in 1u64..=2_592_000_000,
        more in 0u64..=2_592_000_000,
        stop in 1u32..=100,
    ) {
        let loose = Budget::new(burst, Duration::from_millis(refill)).unwrap();
        let smaller = Budget::new(burst.saturating_sub(less).max(1), Duration::from_millis(refill)).unwrap();
        let slower = Budget::new(burst, Duration::from_millis((refill + more).min(2_592_000_000))).unwrap();
        let stopped = loose.with_hard_stop(stop).unwrap();
        let p = loose.guess_probability_per_year(3, SIX_DIGITS);
        for tight in [smaller, slower, stopped] {
            prop_assert!(tight.guess_probability_per_year(3, SIX_DIGITS) <= p);
            prop_assert!(tight.most_tries(YEAR, 0) <= loose.most_tries(YEAR, 0));
        }
    }

    #[test]
    fn most_tries_never_overflows(
        burst in 1u32..=1_000,
        refill in 1u64..=2_592_000_000,
        seconds: u64,
        successes: u32,
    ) {
        let budget = Budget::new(burst, Duration::from_millis(refill)).unwrap();
        let tries = budget.most_tries(Duration::new(seconds, 999_999_999), successes);
        prop_assert!(tries >= u64::from(burst));
    }
}
