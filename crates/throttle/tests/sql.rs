//! The statement in the crate documentation decides as `charge` does.
//!
//! The functions below are that statement's expressions, term by term, over signed 64-bit columns
//! with overflow as an error, as in PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use proptest::prelude::*;
use slotwerk_throttle::{Backoff, Budget, Decision, State};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    tat: i64,
    failures: i64,
}

/// The new `tat` of a row that has `failures` already, as written for a budget with delays.
fn delayed(tat: i64, now: i64, failures: i64, budget: &Budget) -> i64 {
    let refill = i64::try_from(budget.refill_ms()).unwrap();
    let capacity = i64::try_from(budget.capacity_ms()).unwrap();
    let paced = tat.max(now).checked_add(refill).unwrap();
    let Some(delays) = budget.backoff() else {
        return paced;
    };
    let free = i64::from(delays.free());
    if failures < free {
        return paced;
    }
    let base = i64::try_from(delays.base_ms()).unwrap();
    let factor = 1_i64.checked_shl(u32::try_from((failures - free).min(27)).unwrap());
    let delay = base.checked_mul(factor.unwrap()).unwrap();
    let delay = delay.min(i64::try_from(delays.cap_ms()).unwrap());
    paced.max(
        now.checked_add(capacity - refill)
            .unwrap()
            .checked_add(delay)
            .unwrap(),
    )
}

/// The row after the upsert, or `None` if it affected no row.
fn upsert(row: Option<Row>, budget: &Budget, now: i64) -> Option<Row> {
    let refill = i64::try_from(budget.refill_ms()).unwrap();
    let capacity = i64::try_from(budget.capacity_ms()).unwrap();
    let Some(row) = row else {
        let paced = now.checked_add(refill).unwrap();
        let first = budget
            .backoff()
            .map_or(0, |delays| delays.after(1).as_millis());
        let first = i64::try_from(first).unwrap();
        return Some(Row {
            tat: if first == 0 {
                paced
            } else {
                paced.max(now + capacity - refill + first)
            },
            failures: 1,
        });
    };
    let paced = row.tat.checked_sub(now).unwrap() <= capacity - refill;
    let alive = budget
        .hard_stop()
        .is_none_or(|stop| row.failures < i64::from(stop));
    (paced && alive).then(|| Row {
        tat: delayed(row.tat, now, row.failures, budget),
        failures: if row.failures < 4_294_967_295 {
            row.failures + 1
        } else {
            4_294_967_295
        },
    })
}

fn as_row(state: State) -> Row {
    Row {
        tat: i64::try_from(state.tat_ms).unwrap(),
        failures: i64::from(state.failures),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn the_upsert_agrees_with_charge(
        burst in 1u32..=1_000,
        refill in prop_oneof![1u64..=1_000, 1u64..=2_592_000_000],
        stop in proptest::option::of(1u32..=100),
        delays in proptest::option::of((0u32..=99, 1u64..=86_400_000, 1u64..=86_400_000)),
        now in 1_600_000_000_000u64..=4_000_000_000_000,
        ahead in prop_oneof![
            -5_000_000_000i64..=5_000_000_000,
            -2_000i64..=2_000,
        ],
        failures in prop_oneof![0u32..=101, Just(u32::MAX)],
        at_the_edge in -1i64..=1,
        edge: bool,
        stored: bool,
    ) {
        let mut budget = Budget::new(burst, Duration::from_millis(refill)).unwrap();
        if let Some(stop) = stop {
            budget = budget.with_hard_stop(stop).unwrap();
        }
        if let Some((free, one, other)) = delays {
            let (base, cap) = (Duration::from_millis(one.min(other)), Duration::from_millis(one.max(other)));
            budget = budget.with_backoff(Backoff::new(free, base, cap).unwrap());
        }
        let tolerance = i64::try_from(budget.capacity_ms() - refill).unwrap();
        let ahead = if edge { tolerance + at_the_edge } else { ahead };
        let tat_ms = now.checked_add_signed(ahead).unwrap();
        let state = stored.then_some(State { tat_ms, failures });
        let affected = upsert(state.map(as_row), &budget, i64::try_from(now).unwrap());
        match budget.charge(state, now) {
            Decision::Granted { next } => prop_assert_eq!(affected, Some(as_row(next))),
            Decision::Denied { .. } => prop_assert_eq!(affected, None),
        }
    }
}
