//! Arrival times that only a wrong clock can have written.
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
    Allowance, Backoff, Budget, CLOCK_TOLERANCE, Decision, Refusal, Ruling, State, Tally,
};

const NOW: u64 = 1_700_000_000_000;
const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The shapes that services use: paced, stopping, delaying, slow, and one at a time.
fn shapes() -> [Budget; 6] {
    let budget = |burst, refill| Budget::new(burst, ms(refill)).unwrap();
    let delays = |free, base, cap| Backoff::new(free, ms(base), ms(cap)).unwrap();
    [
        budget(5, 900_000),
        budget(5, 15_000)
            .with_hard_stop(100)
            .unwrap()
            .with_backoff(delays(4, 30_000, 900_000)),
        budget(1_000, 1_000),
        budget(1, 60_000),
        budget(10, 300_000),
        budget(1, 1_000).with_backoff(delays(0, DAY, DAY)),
    ]
}

fn granted(budget: &Budget, state: Option<State>, now: u64) -> (State, bool) {
    match budget.charge(state, now) {
        Decision::Granted { next, receipt } => (next, receipt.clock_ran_ahead),
        denied @ Decision::Denied { .. } => panic!("{denied:?}"),
    }
}

#[test]
fn clock_ahead_grants_one_then_pace() {
    for budget in shapes() {
        for ahead in [DAY * 2, 30 * DAY, 365 * DAY, 100 * 365 * DAY] {
            let mut state = None;
            while let Decision::Granted { next, .. } = budget.charge(state, NOW + ahead) {
                state = Some(next);
            }
            let failures = state.unwrap().failures;
            let (next, clock_ran_ahead) = granted(&budget, state, NOW);
            assert!(clock_ran_ahead, "{budget:?}, {ahead} ms ahead");
            assert_eq!(next.failures, failures + 1, "failures in a row stay");
            let delay = budget
                .backoff()
                .map_or(Duration::ZERO, |backoff| backoff.after(failures + 1));
            let pace = ms(budget.refill_ms()).max(delay);
            assert_eq!(budget.retry_after(Some(next), NOW), Some(pace));
            let (_, again) = granted(&budget, Some(next), NOW + pace.as_millis() as u64);
            assert!(!again, "the charge has written the corrected time");
        }
    }
}

#[test]
fn bound_is_exact_to_the_millisecond() {
    for budget in shapes() {
        let delay = budget.backoff().map_or(0, |backoff| backoff.cap_ms());
        let reach = budget.capacity_ms() + delay;
        assert_eq!(budget.reach_ms(), reach);
        let latest = NOW + reach + CLOCK_TOLERANCE.as_millis() as u64;
        let at = |tat_ms| State {
            tat_ms,
            failures: 3,
            recent: 3,
        };
        let believed = budget.charge(Some(at(latest)), NOW);
        let wait = latest - (budget.capacity_ms() - budget.refill_ms()) - NOW;
        let retry_after = Some(ms(wait));
        assert_eq!(believed, Decision::Denied { retry_after });
        assert!(granted(&budget, Some(at(latest + 1)), NOW).1);
        assert!(granted(&budget, Some(at(State::LATEST_MS)), NOW).1);
    }
}

#[test]
fn stop_and_lifetime_outlast_disbelief() {
    let stopping = Budget::new(3, ms(1_000))
        .unwrap()
        .with_hard_stop(4)
        .unwrap();
    let state = State {
        tat_ms: NOW + 365 * DAY,
        failures: 4,
        recent: 4,
    };
    let denied = Decision::Denied { retry_after: None };
    assert_eq!(stopping.charge(Some(state), NOW), denied);
    let living = Allowance::new(stopping).with_lifetime(9).unwrap();
    for (failures, spent, due) in [(0, 9, Refusal::Spent), (4, 8, Refusal::Stopped)] {
        let state = State { failures, ..state };
        let ruling = living.charge(Some(Tally { state, spent }), NOW);
        assert_eq!(ruling, Ruling::Denied { refusal: due });
    }
    let state = State {
        failures: 3,
        ..state
    };
    let Ruling::Granted { next, receipt } = living.charge(Some(Tally { state, spent: 8 }), NOW)
    else {
        panic!("one attempt is left");
    };
    assert!(receipt.clock_ran_ahead);
    assert_eq!((next.state.failures, next.spent), (4, 9));
}

#[test]
fn success_gives_back_corrected_time() {
    let budget = Budget::new(5, ms(60_000)).unwrap();
    let state = State {
        tat_ms: NOW + 365 * DAY,
        failures: 2,
        recent: 2,
    };
    let Decision::Granted { next, receipt } = budget.charge(Some(state), NOW) else {
        panic!("one attempt is granted");
    };
    let settled = budget.settle(next, &receipt);
    assert_eq!(settled.tat_ms, NOW + 4 * 60_000);
    assert!(!granted(&budget, Some(settled), NOW).1);
}

fn budgets() -> impl Strategy<Value = Budget> {
    (
        1u32..=10,
        1u64..=300_000,
        prop::option::of((0u32..=6, 1u64..=100_000, 0u64..=1_000_000)),
    )
        .prop_map(|(burst, refill, delays)| {
            let budget = Budget::new(burst, ms(refill)).unwrap();
            delays.map_or(budget, |(free, base, more)| {
                budget.with_backoff(Backoff::new(free, ms(base), ms(base + more)).unwrap())
            })
        })
}

proptest! {
    /// Two nodes whose clocks are up to 60 s apart share one budget, and 60 s of refill.
    #[test]
    fn clocks_a_minute_apart_share_budget(
        budget in budgets(),
        apart in 0u64..=60_000,
        events in vec((prop_oneof![Just(0u64), 0u64..=400_000], any::<bool>()), 1..200),
    ) {
        let (mut state, mut now) = (None, NOW);
        let mut times = Vec::new();
        for (gap, ahead) in events {
            now += gap;
            let clock = if ahead { now + apart } else { now };
            if let Decision::Granted { next, receipt } = budget.charge(state, clock) {
                prop_assert!(!receipt.clock_ran_ahead);
                state = Some(next);
                times.push(now);
            }
        }
        for (i, from) in times.iter().enumerate() {
            for (j, to) in times.iter().enumerate().skip(i) {
                let held = (j - i + 1) as u64;
                let bound = u64::from(budget.burst()) + (to - from + apart) / budget.refill_ms();
                prop_assert!(held <= bound, "{held} in {} ms", to - from);
                prop_assert!(held <= budget.most_tries(ms(to - from + apart), 0));
            }
        }
    }

    /// However far the clock was ahead, nobody waits longer than a refill and the longest delay, and
    /// 60 s where the stored time could still be true.
    #[test]
    fn no_wait_outlasts_a_wrong_clock(
        budget in budgets(),
        ahead in prop_oneof![0u64..=2 * HOUR, 0u64..=400 * DAY],
        attempts in 1usize..30,
    ) {
        let mut state = None;
        for _ in 0..attempts {
            if let Decision::Granted { next, .. } = budget.charge(state, NOW + ahead) {
                state = Some(next);
            }
        }
        let delay = budget.backoff().map_or(0, |backoff| backoff.cap_ms());
        let most = ms(budget.refill_ms() + delay + 60_000);
        let wait = budget.retry_after(state, NOW);
        prop_assert!(wait.is_some_and(|wait| wait <= most), "{wait:?}");
    }
}
