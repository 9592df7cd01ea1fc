//! The promises of the budget, over random configurations and arrivals.
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
use slotwerk_throttle::{Budget, Decision, State};

fn budgets() -> impl Strategy<Value = Budget> {
    (
        1u32..=20,
        prop_oneof![1u64..=50, 1u64..=2_592_000_000],
        proptest::option::of(1u32..=100),
    )
        .prop_map(|(burst, refill, stop)| {
            let budget = Budget::new(burst, Duration::from_millis(refill)).unwrap();
            stop.map_or(budget, |stop| budget.with_hard_stop(stop).unwrap())
        })
}

fn unstopped() -> impl Strategy<Value = Budget> {
    (1u32..=20, 1u64..=50)
        .prop_map(|(burst, refill)| Budget::new(burst, Duration::from_millis(refill)).unwrap())
}

/// Instants that reach both ends of the type and everything between.
fn instants() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        0u64..=10_000,
        (u64::MAX - 10_000)..=u64::MAX,
        (State::LATEST_MS - 10_000)..=(State::LATEST_MS + 10_000),
        1_600_000_000_000u64..=2_000_000_000_000,
    ]
}

fn states() -> impl Strategy<Value = Option<State>> {
    let count = || prop_oneof![0u32..=120, Just(u32::MAX), any::<u32>()];
    proptest::option::of(
        (instants(), count(), count()).prop_map(|(tat_ms, failures, recent)| State {
            tat_ms,
            failures,
            recent,
        }),
    )
}

/// The latest arrival time that can be true at `now`.
fn latest(budget: &Budget, now: u64) -> u64 {
    now.saturating_add(budget.reach_ms()).saturating_add(60_000)
}

/// The instants of the granted attempts among `arrivals`, given as gaps from one to the next.
fn granted(budget: &Budget, start: u64, gaps: &[u64]) -> Vec<u64> {
    let mut state = None;
    let mut now = start;
    let mut times = Vec::new();
    for gap in gaps {
        now += gap;
        if let Decision::Granted { next, .. } = budget.charge(state, now) {
            state = Some(next);
            times.push(now);
        }
    }
    times
}

fn is_granted(decision: Decision) -> bool {
    matches!(decision, Decision::Granted { .. })
}

proptest! {
    #[test]
    fn no_window_holds_more_than_burst_and_refills(
        budget in unstopped(),
        start in 0u64..=2_000_000_000_000,
        gaps in vec(prop_oneof![3 => Just(0u64), 3 => 0u64..=5, 1 => 0u64..=500], 1..120),
    ) {
        let times = granted(&budget, start, &gaps);
        for (i, from) in times.iter().enumerate() {
            for (j, to) in times.iter().enumerate().skip(i) {
                let held = (j - i + 1) as u64;
                let bound = u64::from(budget.burst()) + (to - from) / budget.refill_ms();
                prop_assert!(held <= bound, "{held} in {} ms", to - from);
                prop_assert_eq!(bound, budget.most_tries(Duration::from_millis(to - from), 0));
            }
        }
    }

    #[test]
    fn a_fresh_budget_grants_its_whole_burst_at_once(budget in unstopped(), now in 0u64..=2_000_000_000_000) {
        let times = granted(&budget, now, &[0; 40]);
        prop_assert_eq!(times.len(), budget.burst() as usize);
    }

    #[test]
    fn a_steady_pace_is_never_refused(budget in unstopped(), now in 0u64..=2_000_000_000_000) {
        let gaps = [budget.refill_ms(); 200];
        prop_assert_eq!(granted(&budget, now, &gaps).len(), gaps.len());
    }

    #[test]
    fn a_clock_that_jumps_about_grants_nothing_extra(
        budget in unstopped(),
        nows in vec(1_000_000u64..=1_000_400, 1..200),
    ) {
        let mut state = None;
        let mut count = 0u64;
        for now in &nows {
            if let Decision::Granted { next, .. } = budget.charge(state, *now) {
                state = Some(next);
                count += 1;
            }
        }
        let span = nows.iter().max().unwrap() - nows.iter().min().unwrap();
        prop_assert!(count <= budget.most_tries(Duration::from_millis(span), 0));
    }

    #[test]
    fn owners_successes_are_covered_by_the_bound(
        budget in budgets(),
        events in vec((0u64..=40, prop::bool::weighted(0.1)), 1..200),
    ) {
        let (mut state, mut now, mut count, mut successes) = (None, 1_000u64, 0u64, 0u32);
        for (gap, success) in &events {
            now += gap;
            if let Decision::Granted { next, receipt } = budget.charge(state, now) {
                state = Some(next);
                if *success {
                    state = Some(budget.settle(next, &receipt));
                    successes += 1;
                } else {
                    count += 1;
                }
            }
        }
        prop_assert!(count <= budget.most_tries(Duration::from_millis(now - 1_000), successes));
    }

    #[test]
    fn hard_stop_is_a_lifetime_cap(
        burst in 1u32..=20,
        stop in 1u32..=100,
        gaps in vec(0u64..=1_000, 150..300),
    ) {
        let budget = Budget::new(burst, Duration::from_millis(1)).unwrap().with_hard_stop(stop).unwrap();
        // Every arrival a full refill after the last: only the stop can refuse.
        let gaps: Vec<u64> = gaps.iter().map(|gap| gap + 1).collect();
        prop_assert_eq!(granted(&budget, 5, &gaps).len(), stop as usize);
    }

    #[test]
    fn nothing_panics_and_a_grant_is_exactly_the_rule(
        budget in budgets(),
        state in states(),
        now in instants(),
    ) {
        let before = state.unwrap_or(State { tat_ms: now, failures: 0, recent: 0 });
        let disbelieved = before.tat_ms > latest(&budget, now);
        let tat = if disbelieved {
            u128::from(now) + u128::from(budget.capacity_ms() - budget.refill_ms())
        } else {
            u128::from(before.tat_ms)
        };
        // The published rule, in arithmetic too wide to overflow.
        let base = tat.max(u128::from(now));
        let next_tat = base + u128::from(budget.refill_ms());
        let conforms = next_tat - u128::from(now) <= u128::from(budget.capacity_ms())
            && budget.hard_stop().is_none_or(|stop| before.failures < stop)
            && next_tat <= u128::from(State::LATEST_MS);
        match budget.charge(state, now) {
            Decision::Granted { next, receipt } => {
                prop_assert!(conforms);
                prop_assert_eq!(receipt.clock_ran_ahead, disbelieved);
                prop_assert_eq!(receipt.after, next);
                prop_assert_eq!(u128::from(next.tat_ms), next_tat);
                prop_assert_eq!(next.failures, before.failures.saturating_add(1));
            }
            Decision::Denied { .. } => prop_assert!(!conforms),
        }
    }

    #[test]
    fn retry_after_is_exact(budget in budgets(), state in states(), now in instants()) {
        match budget.charge(state, now) {
            Decision::Granted { .. } => {
                prop_assert_eq!(budget.retry_after(state, now), Some(Duration::ZERO));
            }
            Decision::Denied { retry_after: Some(wait) } => {
                prop_assert_eq!(budget.retry_after(state, now), Some(wait));
                let wait = u64::try_from(wait.as_millis()).unwrap();
                prop_assert!(wait > 0);
                let at = budget.charge(state, now + wait);
                let early = budget.charge(state, now + wait - 1);
                prop_assert!(is_granted(at), "{at:?}");
                let one = Some(Duration::from_millis(1));
                prop_assert_eq!(early, Decision::Denied { retry_after: one });
            }
            Decision::Denied { retry_after: None } => {
                prop_assert_eq!(budget.retry_after(state, now), None);
                for later in [now, now.saturating_add(budget.capacity_ms()), u64::MAX] {
                    let retry_after = None;
                    prop_assert_eq!(budget.charge(state, later), Decision::Denied { retry_after });
                }
            }
        }
    }

    #[test]
    fn waiting_never_turns_a_grant_into_a_refusal(
        budget in budgets(),
        state in states(),
        now in 0u64..=2_000_000_000_000,
        later in 0u64..=2_000_000_000_000,
    ) {
        let believed = state.filter(|state| state.tat_ms <= latest(&budget, now));
        if let (Some(state), Decision::Granted { .. }) = (believed, budget.charge(state, now)) {
            let decision = budget.charge(Some(state), now + later);
            prop_assert!(is_granted(decision));
        }
    }

    #[test]
    fn a_larger_budget_grants_whatever_a_smaller_one_does(
        burst in 1u32..=999,
        refill in 1u64..=2_592_000_000,
        state in states(),
        now in instants(),
    ) {
        let small = Budget::new(burst, Duration::from_millis(refill)).unwrap();
        let large = Budget::new(burst + 1, Duration::from_millis(refill)).unwrap();
        let state = state.filter(|state| state.tat_ms <= latest(&small, now));
        let small = small.charge(state, now);
        if is_granted(small) {
            prop_assert_eq!(large.charge(state, now), small);
        }
    }

    #[test]
    fn a_later_arrival_time_or_more_failures_never_help(
        budget in budgets(),
        tat_ms in instants(),
        worse_by in 0u64..=10_000_000_000,
        failures in 0u32..=120,
        now in instants(),
    ) {
        let state = State { tat_ms, failures, recent: failures };
        let worse = State {
            tat_ms: tat_ms.saturating_add(worse_by).min(latest(&budget, now)),
            failures: failures + 1,
            recent: failures + 1,
        };
        if tat_ms > worse.tat_ms {
            return Ok(());
        }
        if let Decision::Granted { .. } = budget.charge(Some(worse), now) {
            prop_assert!(is_granted(budget.charge(Some(state), now)));
        }
    }

    #[test]
    fn refusals_in_between_change_nothing(
        budget in budgets(),
        gaps in vec(0u64..=30, 1..60),
        floods in vec(0usize..4, 60),
    ) {
        // One run with extra attempts right after every refusal, one without.
        let (mut state, mut flooded, mut now) = (None, None, 1_000_000u64);
        for (gap, flood) in gaps.iter().zip(floods) {
            now += gap;
            if let Decision::Granted { next, .. } = budget.charge(state, now) {
                state = Some(next);
            }
            match budget.charge(flooded, now) {
                Decision::Granted { next, .. } => flooded = Some(next),
                denied @ Decision::Denied { .. } => {
                    for _ in 0..flood {
                        prop_assert_eq!(budget.charge(flooded, now), denied);
                    }
                }
            }
        }
        prop_assert_eq!(state, flooded);
    }

    #[test]
    fn a_lift_restores_the_whole_burst(budget in budgets(), now in 0u64..=2_000_000_000_000) {
        let lifted = budget.lift(now);
        prop_assert_eq!(lifted, State { tat_ms: now, failures: 0, recent: 0 });
        let mut state = Some(lifted);
        let first = budget.hard_stop().map_or(budget.burst(), |stop| stop.min(budget.burst()));
        for _ in 0..first {
            let Decision::Granted { next, .. } = budget.charge(state, now) else {
                panic!("refused within the burst");
            };
            state = Some(next);
        }
        prop_assert!(!is_granted(budget.charge(state, now)));
    }

    #[test]
    fn a_lift_fits_the_column_at_any_instant(budget in budgets(), now in instants()) {
        prop_assert!(budget.lift(now).tat_ms <= State::LATEST_MS);
    }

    #[test]
    fn forgetting_a_row_grants_nothing_extra(budget in budgets(), state in states(), now in instants()) {
        if let Some(state) = state && budget.forgettable(state, now) {
            match (budget.charge(Some(state), now), budget.charge(None, now)) {
                (
                    Decision::Granted { next: kept, .. },
                    Decision::Granted { next: fresh, .. },
                ) => {
                    prop_assert_eq!(kept.tat_ms, fresh.tat_ms);
                    prop_assert!(budget.hard_stop().is_none() || kept.failures == fresh.failures);
                }
                (kept, fresh) => prop_assert_eq!(kept, fresh),
            }
        }
    }
}

#[test]
fn failures_against_a_hard_stop_are_never_forgotten() {
    let budget = Budget::new(5, Duration::from_secs(60)).unwrap();
    let failed = State {
        tat_ms: 1_000,
        failures: 1,
        recent: 1,
    };
    assert!(budget.forgettable(failed, 1_000));
    assert!(!budget.forgettable(failed, 999));
    let stopped = budget.with_hard_stop(100).unwrap();
    assert!(!stopped.forgettable(failed, u64::MAX));
    assert!(stopped.forgettable(stopped.lift(2_000), 2_000));
}

#[test]
fn the_last_instants_are_refused_rather_than_uncounted() {
    // Were the sum to saturate, every attempt at the end of the type would find room.
    let budget = Budget::new(3, Duration::from_secs(1)).unwrap();
    for now in [
        u64::MAX,
        u64::MAX - 1,
        State::LATEST_MS,
        State::LATEST_MS - 999,
    ] {
        let retry_after = None;
        assert_eq!(budget.charge(None, now), Decision::Denied { retry_after });
    }
    let Decision::Granted { next, .. } = budget.charge(None, State::LATEST_MS - 1_000) else {
        panic!("the last instant that can be counted");
    };
    assert_eq!(
        next,
        State {
            tat_ms: State::LATEST_MS,
            failures: 1,
            recent: 1
        }
    );
}

#[test]
fn failures_saturate_without_a_hard_stop() {
    let budget = Budget::new(1, Duration::from_millis(1)).unwrap();
    let state = State {
        tat_ms: 10,
        failures: u32::MAX,
        recent: u32::MAX,
    };
    let Decision::Granted { next, .. } = budget.charge(Some(state), 10) else {
        panic!("refused without a hard stop");
    };
    assert_eq!((next.tat_ms, next.failures), (11, u32::MAX));
    let stopped = budget.with_hard_stop(100).unwrap();
    assert_eq!(
        stopped.charge(Some(state), 10),
        Decision::Denied { retry_after: None }
    );
}

/// The operator tightens the budget. A time from the old budget looks like a time from a wrong clock:
/// it counts as all of the new budget but one attempt.
#[test]
fn spent_larger_budget_spends_smaller() {
    let old = Budget::new(100, Duration::from_secs(60)).unwrap();
    let mut state = None;
    for _ in 0..100 {
        let Decision::Granted { next, .. } = old.charge(state, 0) else {
            panic!("refused within the burst");
        };
        state = Some(next);
    }
    let new = Budget::new(5, Duration::from_secs(60)).unwrap();
    let Decision::Granted { next, receipt } = new.charge(state, 0) else {
        panic!("one attempt is granted");
    };
    assert!(receipt.clock_ran_ahead);
    let wait = Some(Duration::from_secs(60));
    assert_eq!(new.retry_after(Some(next), 0), wait);
    // Where the old time could be true under the new budget, it still counts.
    let slightly = Budget::new(99, Duration::from_secs(60)).unwrap();
    let wait = Some(Duration::from_secs(2 * 60));
    assert_eq!(slightly.retry_after(state, 0), wait);
}
