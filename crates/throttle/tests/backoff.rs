//! Rising delays: what each failure costs, alone and beside the pace of the budget.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::HashMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use slotwerk_throttle::{Backoff, Budget, Decision, State, YEAR};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The waits that NIST SP 800-63B-4 §3.2.2 names, 30 seconds up to an hour, after four free failures.
fn nist() -> Budget {
    let delays = Backoff::new(4, ms(30_000), ms(3_600_000)).unwrap();
    Budget::new(5, ms(1_000))
        .unwrap()
        .with_hard_stop(100)
        .unwrap()
        .with_backoff(delays)
}

/// The instants at which somebody who never waits longer than he must is granted an attempt.
fn impatient(budget: &Budget, most: usize) -> Vec<u64> {
    let (mut state, mut now, mut times) = (None, 1_000_000, Vec::new());
    while times.len() < most {
        match budget.charge(state, now) {
            Decision::Granted { next, .. } => {
                state = Some(next);
                times.push(now);
            }
            Decision::Denied {
                retry_after: Some(wait),
            } => now += u64::try_from(wait.as_millis()).unwrap(),
            Decision::Denied { retry_after: None } => break,
        }
    }
    times
}

#[test]
fn the_waits_are_those_of_the_standard_and_end_at_a_hundred() {
    let times = impatient(&nist(), 1_000);
    let waits: Vec<u64> = times.windows(2).map(|w| (w[1] - w[0]) / 1_000).collect();
    assert_eq!(
        waits[..12],
        [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1_920, 3_600]
    );
    assert!(waits[12..].iter().all(|wait| *wait == 3_600));
    assert_eq!(times.len(), 100);
}

#[test]
fn success_keeps_delays() {
    let budget = nist();
    let (mut state, mut now) = (None, 1_000_000);
    for _ in 0..20 {
        now += 4_000_000;
        let Decision::Granted { next, .. } = budget.charge(state, now) else {
            panic!("refused after more than the longest delay");
        };
        state = Some(next);
    }
    assert_eq!(budget.retry_after(state, now), Some(ms(3_600_000)));
    now += 3_600_000;
    let Decision::Granted { next, receipt } = budget.charge(state, now) else {
        panic!("refused after the delay");
    };
    let settled = budget.settle(next, &receipt);
    let failures = 0;
    assert_eq!(
        Some(settled),
        state.map(|state| State { failures, ..state })
    );
    // The next wrong attempt waits as long as without the success.
    assert_eq!(budget.retry_after(Some(settled), now), Some(Duration::ZERO));
    let Decision::Granted { next, .. } = budget.charge(Some(settled), now) else {
        panic!("refused after the delay");
    };
    assert_eq!(budget.retry_after(Some(next), now), Some(ms(3_600_000)));
}

#[test]
fn lift_ends_delays() {
    let budget = nist();
    let lifted = budget.lift(1_000_000);
    let mut state = Some(lifted);
    for _ in 0..5 {
        let Decision::Granted { next, .. } = budget.charge(state, 1_000_000) else {
            panic!("the free failures are back");
        };
        state = Some(next);
    }
    assert_eq!(budget.retry_after(state, 1_000_000), Some(ms(30_000)));
}

#[test]
fn time_ends_delays() {
    // Twelve failures until the longest delay, each worth an hour.
    let budget = nist();
    assert_eq!(budget.backoff().unwrap().level(), 12);
    assert_eq!(budget.forgotten_after_ms(), 12 * 3_600_000);
    let state = State {
        tat_ms: 1_000_000,
        failures: 30,
        recent: 30,
    };
    let whole = 1_000_000 + 12 * 3_600_000;
    for (now, recent) in [(whole - 1, 31), (whole, 1)] {
        let Decision::Granted { next, .. } = budget.charge(Some(state), now) else {
            panic!("refused when whole");
        };
        assert_eq!((next.failures, next.recent), (31, recent), "at {now}");
    }
}

#[test]
fn the_longer_of_pace_and_delay_counts() {
    // A pace of a minute, delays of ten seconds doubling: the delay overtakes at the fourth.
    let delays = Backoff::new(1, ms(10_000), ms(200_000)).unwrap();
    let budget = Budget::new(1, ms(60_000)).unwrap().with_backoff(delays);
    let times = impatient(&budget, 9);
    let waits: Vec<u64> = times.windows(2).map(|w| (w[1] - w[0]) / 1_000).collect();
    assert_eq!(waits, [60, 60, 60, 60, 80, 160, 200, 200]);
}

#[test]
fn the_best_a_year_of_guessing_does_against_the_standards_waits() {
    // The stop comes after less than four days: 95 waits, of which 88 are an hour.
    let budget = nist();
    assert_eq!(budget.most_tries(YEAR, 0), 100);
    assert_eq!(budget.most_tries(Duration::ZERO, 0), 5);
    assert_eq!(budget.most_tries(ms(29_999), 0), 5);
    assert_eq!(budget.most_tries(ms(30_000), 0), 6);
    assert_eq!(budget.most_tries(ms(3_600_000), 0), 11);
    assert_eq!(budget.most_tries(ms(3_600_000), 1), 2 * 10 + 1);
    // Twelve within 3810 s of doubling waits, then one an hour.
    let day = 12 + (86_400 - 3_810) / 3_600;
    assert_eq!(budget.most_tries(ms(86_400_000), 0), day);
    let endless = Budget::new(5, ms(1_000))
        .unwrap()
        .with_backoff(budget.backoff().unwrap());
    assert_eq!(
        endless.most_tries(YEAR, 0),
        12 + (31_536_000 - 3_810) / 3_600
    );
}

#[test]
fn delays_outlive_a_whole_budget() {
    let delays = Backoff::new(1, ms(10), ms(20)).unwrap();
    let budget = Budget::new(1, ms(1)).unwrap();
    let row = State {
        tat_ms: 5,
        failures: 1,
        recent: 1,
    };
    assert!(budget.forgettable(row, 5));
    let delayed = budget.with_backoff(delays);
    // The third failure is the first with the longest delay: 3 x 20 ms.
    assert_eq!(delayed.forgotten_after_ms(), 60);
    assert!(!delayed.forgettable(row, 64));
    assert!(delayed.forgettable(row, 65));
    let lifted = delayed.lift(5);
    assert!(delayed.forgettable(lifted, 5));
    assert!(!delayed.forgettable(lifted, 4));
}

#[test]
fn the_end_of_the_type_is_refused_rather_than_uncounted() {
    let delays = Backoff::new(0, Backoff::MAX_CAP, Backoff::MAX_CAP).unwrap();
    let budget = Budget::new(1, ms(1)).unwrap().with_backoff(delays);
    let day = 86_400_000;
    let last = State::LATEST_MS - day;
    let Decision::Granted { next, .. } = budget.charge(None, last) else {
        panic!("the last instant that can be counted");
    };
    assert_eq!(next.tat_ms, State::LATEST_MS);
    for now in [last + 1, State::LATEST_MS, u64::MAX - day, u64::MAX] {
        assert_eq!(
            budget.charge(None, now),
            Decision::Denied { retry_after: None },
            "{now}"
        );
    }
}

/// Small enough to try everything.
fn small() -> impl Strategy<Value = Budget> {
    (
        1u32..=3,
        1u64..=4,
        prop::option::of(1u32..=6),
        prop::option::weighted(0.8, (0u32..=4, 1u64..=4, 0u64..=5)),
    )
        .prop_map(|(burst, refill, stop, delays)| {
            let mut budget = Budget::new(burst, ms(refill)).unwrap();
            if let Some(stop) = stop {
                budget = budget.with_hard_stop(stop).unwrap();
            }
            if let Some((free, base, more)) = delays {
                budget =
                    budget.with_backoff(Backoff::new(free, ms(base), ms(base + more)).unwrap());
            }
            budget
        })
}

/// The most grants from `state` at `now` until `end`, over every order of trying, waiting and
/// `successes` of the owner.
fn best(
    known: &mut HashMap<(Option<State>, u64, u32), u64>,
    budget: &Budget,
    state: Option<State>,
    now: u64,
    end: u64,
    successes: u32,
) -> u64 {
    if let Some(found) = known.get(&(state, now, successes)) {
        return *found;
    }
    let mut most = 0;
    if let Decision::Granted { next, .. } = budget.charge(state, now) {
        most = 1 + best(known, budget, Some(next), now, end, successes);
    }
    if now < end {
        most = most.max(best(known, budget, state, now + 1, end, successes));
    }
    if successes > 0 {
        let lifted = Some(budget.lift(now));
        most = most.max(best(known, budget, lifted, now, end, successes - 1));
        if let Decision::Granted { next, receipt } = budget.charge(state, now) {
            let settled = Some(budget.settle(next, &receipt));
            most = most.max(best(known, budget, settled, now, end, successes - 1));
        }
    }
    known.insert((state, now, successes), most);
    most
}

fn budgets() -> impl Strategy<Value = Budget> {
    (
        1u32..=20,
        prop_oneof![1u64..=50, 1u64..=2_592_000_000],
        prop::option::of(1u32..=100),
        (0u32..=99, 1u64..=100_000, 0u64..=86_300_000),
    )
        .prop_map(|(burst, refill, stop, (free, base, more))| {
            let delays = Backoff::new(free, ms(base), ms(base + more)).unwrap();
            let budget = Budget::new(burst, ms(refill)).unwrap().with_backoff(delays);
            stop.map_or(budget, |stop| budget.with_hard_stop(stop).unwrap())
        })
}

proptest! {
    /// Not only a bound: exactly what the best order of trying gets. Successes and recoveries are among
    /// the orders.
    #[test]
    fn most_tries_is_what_the_best_of_all_attackers_gets(
        budget in small(),
        window in 0u64..=14,
        successes in 0u32..=2,
    ) {
        let start = 1_000;
        let best = best(&mut HashMap::new(), &budget, None, start, start + window, successes);
        prop_assert_eq!(budget.most_tries(ms(window), successes), best);
    }

    /// Windows that are long enough to wait until the delays are forgotten, several times over.
    #[test]
    fn waiting_for_fresh_delays_never_pays(
        burst in 1u32..=3,
        refill in 1u64..=4,
        (free, base, more) in (0u32..=2, 1u64..=2, 0u64..=2),
        window in 0u64..=60,
    ) {
        let delays = Backoff::new(free, ms(base), ms(base + more)).unwrap();
        let budget = Budget::new(burst, ms(refill)).unwrap().with_backoff(delays);
        let start = 1_000;
        let best = best(&mut HashMap::new(), &budget, None, start, start + window, 0);
        prop_assert_eq!(budget.most_tries(ms(window), 0), best);
    }

    /// Whatever went before a window, and wherever it lies.
    #[test]
    fn no_window_holds_more_than_most_tries(
        budget in small(),
        gaps in vec((0u64..=6, prop::bool::weighted(0.1)), 1..80),
    ) {
        let (mut state, mut now) = (None, 1_000);
        let mut events: Vec<(u64, bool)> = Vec::new();
        for (gap, success) in gaps {
            now += gap;
            if let Decision::Granted { next, receipt } = budget.charge(state, now) {
                state = Some(next);
                if success {
                    state = Some(budget.settle(next, &receipt));
                }
                events.push((now, success));
            }
        }
        for from in 0..events.len() {
            let (mut tries, mut successes) = (0, 0);
            for (at, success) in &events[from..] {
                if *success { successes += 1 } else { tries += 1 }
                let window = ms(at - events[from].0);
                prop_assert!(tries <= budget.most_tries(window, successes));
            }
        }
    }

    #[test]
    fn delays_never_fall_and_never_pass_the_cap(
        free in 0u32..=99,
        base in 1u64..=86_400_000,
        more in 0u64..=86_400_000,
        failures: u32,
        then: u32,
    ) {
        let cap = (base + more).min(86_400_000);
        let delays = Backoff::new(free, ms(base), ms(cap)).unwrap();
        let (few, many) = (failures.min(then), failures.max(then));
        prop_assert!(delays.after(few) <= delays.after(many));
        prop_assert!(delays.after(many) <= ms(cap));
        prop_assert_eq!(delays.after(few).is_zero(), few <= free);
        prop_assert_eq!(delays.after(free + 1), ms(base));
        prop_assert_eq!(delays.after(u32::MAX), ms(cap));
        // Each is twice the one before, up to the cap.
        let small = failures % 200;
        if small > free {
            prop_assert_eq!(delays.after(small + 1), (2 * delays.after(small)).min(ms(cap)));
        }
    }

    #[test]
    fn retry_after_is_exact(
        budget in budgets(),
        steps in vec(prop_oneof![Just(None), (0u64..=100_000).prop_map(Some)], 1..60),
    ) {
        let (mut state, mut now) = (None, 1_700_000_000_000u64);
        for step in steps {
            match (budget.charge(state, now), step) {
                (Decision::Granted { next, .. }, _) => state = Some(next),
                (Decision::Denied { retry_after: Some(wait) }, step) => {
                    let wait = u64::try_from(wait.as_millis()).unwrap();
                    prop_assert!(wait > 0);
                    let granted = |at| matches!(budget.charge(state, at), Decision::Granted { .. });
                    prop_assert!(granted(now + wait));
                    prop_assert!(!granted(now + wait - 1));
                    now += step.unwrap_or(wait);
                }
                (Decision::Denied { retry_after: None }, _) => {
                    let failures = state.map_or(0, |s| s.failures);
                    prop_assert!(budget.hard_stop().is_some_and(|stop| failures >= stop));
                    break;
                }
            }
        }
    }

    #[test]
    fn delays_only_ever_take_away(
        budget in budgets(),
        events in vec((0u64..=200_000, prop::bool::weighted(0.05)), 1..100),
    ) {
        let mut plain = Budget::new(budget.burst(), ms(budget.refill_ms())).unwrap();
        if let Some(stop) = budget.hard_stop() {
            plain = plain.with_hard_stop(stop).unwrap();
        }
        let (mut state, mut now, mut last) = (None, 1_700_000_000_000u64, None);
        for (gap, success) in events {
            now += gap;
            if let Decision::Granted { next, receipt } = budget.charge(state, now) {
                // The plain budget would have granted it from the same state.
                let too = matches!(plain.charge(state, now), Decision::Granted { .. });
                prop_assert!(too);
                // And the delay after the failure before has been waited for.
                if let Some(last) = last {
                    let delay = budget.backoff().unwrap().after(receipt.before.recent);
                    prop_assert!(ms(now - last) >= delay);
                }
                if success {
                    state = Some(budget.settle(next, &receipt));
                } else {
                    last = Some(now);
                    state = Some(next);
                }
            }
        }
        prop_assert!(budget.most_tries(YEAR, 3) <= plain.most_tries(YEAR, 3));
    }

    #[test]
    fn nothing_panics_or_overflows(
        budget in budgets(),
        tat_ms: u64,
        failures: u32,
        recent: u32,
        now: u64,
        seconds: u64,
        successes: u32,
        other in (any::<u64>(), any::<u32>(), any::<u32>()),
    ) {
        let state = State { tat_ms, failures, recent };
        if let Decision::Granted { next, receipt } = budget.charge(Some(state), now) {
            prop_assert!(next.tat_ms <= State::LATEST_MS && next.tat_ms >= now);
            prop_assert!(next.failures > failures || failures == u32::MAX);
            let (tat_ms, failures, recent) = other;
            let settled = budget.settle(State { tat_ms, failures, recent }, &receipt);
            prop_assert!(settled.failures <= failures && settled.recent <= recent.max(receipt.before.recent));
        }
        prop_assert!(!budget.forgettable(state, now) || tat_ms <= now);
        let tries = budget.most_tries(Duration::new(seconds, 0), successes);
        prop_assert!(tries > u64::from(successes));
    }
}
