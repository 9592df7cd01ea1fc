//! A success gives back its own attempt, and changes nothing that a stranger could see.
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
use slotwerk_throttle::{Allowance, Backoff, Budget, Decision, Receipt, Ruling, State};

const NOW: u64 = 1_700_000_000_000;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn charged(budget: &Budget, state: Option<State>, now: u64) -> (State, Receipt) {
    match budget.charge(state, now) {
        Decision::Granted { next, receipt } => (next, receipt),
        denied @ Decision::Denied { .. } => panic!("{denied:?}"),
    }
}

fn five_a_minute() -> Budget {
    Budget::new(5, ms(60_000))
        .unwrap()
        .with_hard_stop(100)
        .unwrap()
}

#[test]
fn success_gives_back_one_attempt() {
    let budget = five_a_minute();
    let mut state = None;
    for _ in 0..4 {
        state = Some(charged(&budget, state, NOW).0);
    }
    let (next, receipt) = charged(&budget, state, NOW);
    let settled = budget.settle(next, &receipt);
    let failures = 0;
    assert_eq!(
        Some(settled),
        state.map(|state| State { failures, ..state })
    );
    let (next, _) = charged(&budget, Some(settled), NOW);
    assert_eq!(budget.retry_after(Some(next), NOW), Some(ms(60_000)));
}

#[test]
fn others_attempts_are_not_given_back() {
    let budget = five_a_minute();
    let (own, receipt) = charged(&budget, None, NOW);
    let mut state = own;
    for _ in 0..4 {
        state = charged(&budget, Some(state), NOW).0;
    }
    let settled = budget.settle(state, &receipt);
    assert_eq!((settled.failures, settled.recent), (4, 4));
    let (next, _) = charged(&budget, Some(settled), NOW);
    assert_eq!(budget.retry_after(Some(next), NOW), Some(ms(60_000)));
}

#[test]
fn attempt_before_pause_stays_counted() {
    let budget = five_a_minute();
    let (own, receipt) = charged(&budget, None, NOW);
    // The budget was whole in between: the first attempt has come back by time.
    let (other, _) = charged(&budget, Some(own), NOW + 600_000);
    assert_eq!(budget.settle(other, &receipt).tat_ms, other.tat_ms);
}

#[test]
fn parallel_successes_leave_nothing_behind() {
    let delays = Backoff::new(4, ms(30_000), ms(900_000)).unwrap();
    let budget = Budget::new(5, ms(15_000)).unwrap().with_backoff(delays);
    let budget = budget.with_hard_stop(100).unwrap();
    // Five at once; the fifth starts a delay. Every order of the answers.
    for order in orders(vec![0, 1, 2, 3, 4]) {
        let (mut state, mut receipts) = (None, Vec::new());
        for _ in 0..5 {
            let (next, receipt) = charged(&budget, state, NOW);
            state = Some(next);
            receipts.push(receipt);
        }
        for of in &order {
            state = state.map(|state| budget.settle(state, &receipts[*of]));
        }
        let left = state.unwrap();
        assert_eq!((left.tat_ms, left.recent), (NOW, 0), "{order:?}");
    }
}

fn orders(of: Vec<usize>) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in &of {
        let rest = of.iter().copied().filter(|one| one != first).collect();
        for mut order in orders(rest) {
            order.insert(0, *first);
            all.push(order);
        }
    }
    all
}

#[test]
fn lifetime_loses_one_a_success() {
    let allowance = Allowance::new(five_a_minute()).with_lifetime(9).unwrap();
    let (mut tally, mut last) = (None, None);
    for _ in 0..3 {
        let Ruling::Granted { next, receipt } = allowance.charge(tally, NOW) else {
            panic!("within the burst");
        };
        (tally, last) = (Some(next), Some(receipt));
    }
    let settled = allowance.settle(tally.unwrap(), &last.unwrap());
    assert_eq!(settled.spent, 2);
}

#[test]
fn rows_stay_while_they_count() {
    let delays = Backoff::new(4, ms(30_000), ms(900_000)).unwrap();
    let paced = Budget::new(5, ms(15_000)).unwrap();
    let year = 365 * 86_400_000;
    let forgotten = 10 * 900_000;
    let stopping = paced.with_hard_stop(100).unwrap();
    let living = Allowance::new(paced).with_lifetime(9).unwrap();
    for (allowance, failed, settled) in [
        (Allowance::new(paced), 0, 0),
        (paced.with_backoff(delays).into(), forgotten, forgotten),
        (stopping.into(), year, 0),
        (stopping.with_backoff(delays).into(), year, forgotten),
        (living, year, year),
    ] {
        let Ruling::Granted { next: failure, .. } = allowance.charge(None, NOW) else {
            panic!("the first");
        };
        assert_eq!(allowance.keep_ms(&failure), failed, "{allowance:?}");
        let Ruling::Granted { next, receipt } = allowance.charge(Some(failure), NOW) else {
            panic!("the second");
        };
        let after = allowance.settle(next, &receipt);
        assert_eq!(allowance.keep_ms(&after), settled, "{allowance:?}");
    }
}

fn budgets() -> impl Strategy<Value = Budget> {
    (
        1u32..=8,
        1u64..=100_000,
        prop::option::of((0u32..=6, 1u64..=100_000, 0u64..=900_000)),
    )
        .prop_map(|(burst, refill, delays)| {
            let budget = Budget::new(burst, ms(refill)).unwrap();
            delays.map_or(budget, |(free, base, more)| {
                budget.with_backoff(Backoff::new(free, ms(base), ms(base + more)).unwrap())
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// A stranger's grants and waits are the same, whether an owner signs in in between or nobody does.
    #[test]
    fn stranger_sees_no_success(
        budget in budgets(),
        events in vec((prop_oneof![Just(0u64), 0u64..=200_000, 0u64..=20_000_000], any::<bool>()), 1..80),
    ) {
        let (mut visited, mut alone, mut now) = (None, None, NOW);
        for (gap, owner) in events {
            now += gap;
            if owner {
                if let Decision::Granted { next, receipt } = budget.charge(visited, now) {
                    visited = Some(budget.settle(next, &receipt));
                }
                continue;
            }
            prop_assert_eq!(budget.retry_after(visited, now), budget.retry_after(alone, now));
            if let Decision::Granted { next, .. } = budget.charge(visited, now) {
                visited = Some(next);
            }
            if let Decision::Granted { next, .. } = budget.charge(alone, now) {
                alone = Some(next);
            }
        }
    }

    /// With any attempts between a charge and its success, nobody gets more than if the owner had stayed
    /// away.
    #[test]
    fn late_success_grants_nothing_extra(
        burst in 1u32..=8,
        refill in 100u64..=100_000,
        before in 0usize..8,
        between in 0usize..8,
        after in vec(0u64..=100_000, 1..12),
    ) {
        let budget = Budget::new(burst, ms(refill)).unwrap();
        let (mut visited, mut alone, mut now) = (None, None, NOW);
        let try_once = |state: &mut Option<State>, now| match budget.charge(*state, now) {
            Decision::Granted { next, .. } => *state = Some(next),
            Decision::Denied { .. } => {}
        };
        for _ in 0..before {
            try_once(&mut visited, now);
            try_once(&mut alone, now);
        }
        let Decision::Granted { next, receipt } = budget.charge(visited, now) else {
            return Ok(());
        };
        visited = Some(next);
        // An attempt that the owner's held back in this moment is lost to the stranger.
        for _ in 0..between {
            if let Decision::Granted { next, .. } = budget.charge(visited, now) {
                visited = Some(next);
                try_once(&mut alone, now);
            }
        }
        visited = visited.map(|state| budget.settle(state, &receipt));
        for gap in after {
            now += gap;
            prop_assert!(budget.retry_after(visited, now) >= budget.retry_after(alone, now));
            try_once(&mut visited, now);
            try_once(&mut alone, now);
        }
    }
}
