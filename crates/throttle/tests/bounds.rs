//! Ranges of the configuration, and what every public type promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use slotwerk_throttle::{Budget, BudgetError, Decision, State, TooGenerous};

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
fn errors_name_the_range() {
    let texts = [
        BudgetError::Burst(0).to_string(),
        BudgetError::Refill(Duration::ZERO).to_string(),
        BudgetError::HardStop(101).to_string(),
    ];
    assert_eq!(
        texts,
        [
            "a burst is 1 to 1000 attempts, not 0",
            "a refill is 1 ms to 30 days in whole milliseconds, not 0ns",
            "a hard stop is 1 to 100 consecutive failures, not 101",
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
}
