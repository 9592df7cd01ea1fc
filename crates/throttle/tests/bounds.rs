//! Ranges of the configuration, and what every public type promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use slotwerk_throttle::{
    Allowance, Backoff, Budget, BudgetError, Decision, Named, Refusal, Row, Ruling, State, Tally,
    TooGenerous,
};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_burst_is_one_to_a_thousand() {
    assert_eq!(Budget::new(0, SECOND), Err(BudgetError::Burst(0)));
    assert_eq!(Budget::new(1_001, SECOND), Err(BudgetError::Burst(1_001)));
    assert_eq!(Budget::new(1, SECOND).unwrap().burst(), 1);
    assert_eq!(Budget::new(1_000, SECOND).unwrap().burst(), 1_000);
}

#[test]
fn a_refill_is_a_millisecond_to_thirty_days() {
    let month = Duration::from_secs(30 * 86_400);
    for refill in [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_micros(999),
        Duration::from_micros(1_500),
        month + Duration::from_millis(1),
        Duration::MAX,
    ] {
        assert_eq!(Budget::new(1, refill), Err(BudgetError::Refill(refill)));
    }
    let short = Budget::new(1, Duration::from_millis(1)).unwrap();
    assert_eq!(short.refill_ms(), 1);
    let long = Budget::new(1_000, month).unwrap();
    assert_eq!(long.refill_ms(), 2_592_000_000);
    assert_eq!(long.capacity_ms(), 2_592_000_000_000);
}

#[test]
fn a_hard_stop_is_one_to_a_hundred() {
    let budget = Budget::new(5, SECOND).unwrap();
    assert_eq!(budget.hard_stop(), None);
    for refused in [0, 101, u32::MAX] {
        assert_eq!(
            budget.with_hard_stop(refused),
            Err(BudgetError::HardStop(refused))
        );
    }
    for stop in [1, 100] {
        let stopped = budget.with_hard_stop(stop).unwrap();
        assert_eq!(stopped.hard_stop(), Some(stop));
        assert_eq!(stopped.burst(), 5);
        assert_eq!(stopped.refill_ms(), 1_000);
    }
}

#[test]
fn delays_are_a_millisecond_to_a_day_and_follow_at_most_99_free_failures() {
    let day = Duration::from_secs(86_400);
    let ms = Duration::from_millis(1);
    for free in [100, u32::MAX] {
        assert_eq!(Backoff::new(free, ms, day), Err(BudgetError::Free(free)));
    }
    for cap in [day + ms, Duration::MAX, Duration::from_micros(1_500)] {
        assert_eq!(Backoff::new(0, ms, cap), Err(BudgetError::Cap(cap)));
    }
    for base in [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_micros(1_500),
        3 * ms,
        Duration::MAX,
    ] {
        assert_eq!(Backoff::new(0, base, 2 * ms), Err(BudgetError::Base(base)));
    }
    // A cap of nothing leaves no room for a base.
    assert_eq!(
        Backoff::new(0, ms, Duration::ZERO),
        Err(BudgetError::Base(ms))
    );
    let widest = Backoff::new(99, ms, day).unwrap();
    assert_eq!(
        (widest.free(), widest.base_ms(), widest.cap_ms()),
        (99, 1, 86_400_000)
    );
    let flat = Backoff::new(0, day, day).unwrap();
    assert_eq!(
        (flat.free(), flat.base_ms(), flat.cap_ms()),
        (0, 86_400_000, 86_400_000)
    );
    let budget = Budget::new(5, SECOND).unwrap();
    assert_eq!(budget.backoff(), None);
    let delayed = budget.with_backoff(widest).with_hard_stop(7).unwrap();
    assert_eq!(delayed.backoff(), Some(widest));
    assert_eq!((delayed.burst(), delayed.hard_stop()), (5, Some(7)));
}

#[test]
fn a_lifetime_cap_is_one_to_a_hundred_thousand() {
    let budget = Budget::new(5, SECOND).unwrap();
    let allowance = Allowance::from(budget);
    assert_eq!(allowance, Allowance::new(budget));
    assert_eq!((allowance.budget(), allowance.lifetime()), (budget, None));
    for refused in [0, 100_001, u32::MAX] {
        assert_eq!(
            allowance.with_lifetime(refused),
            Err(BudgetError::Lifetime(refused))
        );
    }
    for most in [1, 100_000] {
        assert_eq!(
            allowance.with_lifetime(most).unwrap().lifetime(),
            Some(most)
        );
    }
}

#[test]
fn errors_name_the_range() {
    let texts = [
        BudgetError::Burst(0).to_string(),
        BudgetError::Refill(Duration::ZERO).to_string(),
        BudgetError::HardStop(101).to_string(),
        BudgetError::Free(100).to_string(),
        BudgetError::Base(Duration::ZERO).to_string(),
        BudgetError::Cap(Duration::from_secs(90_000)).to_string(),
        BudgetError::Lifetime(0).to_string(),
    ];
    assert_eq!(
        texts,
        [
            "a burst is 1 to 1000 attempts, not 0",
            "a refill is 1 ms to 30 days in whole milliseconds, not 0ns",
            "a hard stop is 1 to 100 consecutive failures, not 101",
            "at most 99 failures go without delay, not 100",
            "a first delay is 1 ms up to the last delay in whole milliseconds, not 0ns",
            "a last delay is at most 24 hours in whole milliseconds, not 90000s",
            "a lifetime cap is 1 to 100000 failures, not 0",
        ]
    );
}

#[test]
fn public_types_cross_threads() {
    fn assert_send_sync<T: Send + Sync + 'static>() {}
    assert_send_sync::<Budget>();
    assert_send_sync::<BudgetError>();
    assert_send_sync::<Decision>();
    assert_send_sync::<State>();
    assert_send_sync::<TooGenerous>();
    assert_send_sync::<Backoff>();
    assert_send_sync::<Allowance>();
    assert_send_sync::<Tally>();
    assert_send_sync::<Ruling>();
    assert_send_sync::<Refusal>();
    assert_send_sync::<Named<'static>>();
    assert_send_sync::<Row>();
}
