//! Attempt budgets: the arithmetic of `slotwerk-throttle`, as one atomic step.

use super::delays::{delaying, living};
use super::macros::{cases, ensure_eq};
use super::race::{TASKS, race};
use super::{CaseResult, Mismatch, Nodes};
use crate::entropy::mix;
use slotwerk_store::{AttemptKey, ChargeAttempt, Charged};
use slotwerk_throttle::{Allowance, Budget, Refusal, Ruling, State, Tally};
use std::collections::BTreeMap;
use std::time::Duration;

cases!(Attempt:
    a_burst_is_granted_and_the_next_waits,
    a_hard_stop_ends_only_with_a_settlement,
    a_settlement_gives_the_whole_budget_back,
    budgets_do_not_share_attempts,
    an_instant_beyond_the_last_is_denied,
    charges_follow_the_arithmetic_of_the_throttle,
    racing_attempts_spend_no_more_than_the_burst,
    racing_attempts_stop_at_the_hard_stop,
);

pub(super) const NOW_MS: u64 = super::fixture::NOW * 1000;

pub(super) fn budget(burst: u32, refill_ms: u64) -> Result<Budget, Mismatch> {
    Budget::new(burst, Duration::from_millis(refill_ms)).map_err(|e| Mismatch(e.to_string()))
}

pub(super) fn stopping(budget: Budget, after: u32) -> Result<Budget, Mismatch> {
    budget
        .with_hard_stop(after)
        .map_err(|e| Mismatch(e.to_string()))
}

pub(super) fn charge(key: u8, allowance: impl Into<Allowance>, now_ms: u64) -> ChargeAttempt {
    ChargeAttempt {
        key: AttemptKey([key; 32]),
        allowance: allowance.into(),
        now_ms,
    }
}

pub(super) fn denied(retry_after_ms: u64) -> Charged {
    Charged::Denied {
        refusal: Refusal::Wait(Duration::from_millis(retry_after_ms)),
    }
}

const STOPPED: Charged = Charged::Denied {
    refusal: Refusal::Stopped,
};

async fn a_burst_is_granted_and_the_next_waits(nodes: Nodes) -> CaseResult {
    let three = budget(3, 1000)?;
    for (failures, store) in [(1, nodes.first()), (2, nodes.second()), (3, nodes.first())] {
        let outcome = store.charge_attempt(&charge(1, three, NOW_MS)).await?;
        ensure_eq!(outcome, Charged::Granted { failures }, "within the burst");
    }
    let store = nodes.second();
    for (later, wait) in [(0, 1000), (999, 1)] {
        let command = charge(1, three, NOW_MS + later);
        let outcome = store.charge_attempt(&command).await?;
        ensure_eq!(outcome, denied(wait), "{later} ms later");
    }
    let command = charge(1, three, NOW_MS + 1000);
    let outcome = store.charge_attempt(&command).await?;
    ensure_eq!(
        outcome,
        Charged::Granted { failures: 4 },
        "one refill later"
    );
    Ok(())
}

async fn a_hard_stop_ends_only_with_a_settlement(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let two = stopping(budget(1000, 1)?, 2)?;
    for failures in [1, 2] {
        let outcome = store.charge_attempt(&charge(1, two, NOW_MS)).await?;
        ensure_eq!(outcome, Charged::Granted { failures }, "before the stop");
    }
    let years = NOW_MS + 100 * 365 * 86_400_000;
    for now_ms in [NOW_MS, years] {
        let outcome = store.charge_attempt(&charge(1, two, now_ms)).await?;
        ensure_eq!(outcome, STOPPED, "at the stop");
    }
    store.settle_attempt(AttemptKey([1; 32]), years).await?;
    let outcome = nodes
        .second()
        .charge_attempt(&charge(1, two, years))
        .await?;
    ensure_eq!(outcome, Charged::Granted { failures: 1 }, "after a success");
    Ok(())
}

async fn a_settlement_gives_the_whole_budget_back(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let key = AttemptKey([1; 32]);
    let two = budget(2, 60_000)?;
    // Settling what was never charged leaves the budget whole as well.
    store.settle_attempt(key, NOW_MS).await?;
    for round in 0..3 {
        for failures in [1, 2] {
            let outcome = store.charge_attempt(&charge(1, two, NOW_MS)).await?;
            let due = Charged::Granted { failures };
            ensure_eq!(outcome, due, "charged in round {round}");
        }
        let outcome = store.charge_attempt(&charge(1, two, NOW_MS)).await?;
        ensure_eq!(outcome, denied(60_000), "the third of round {round}");
        nodes.second().settle_attempt(key, NOW_MS).await?;
    }
    Ok(())
}

async fn budgets_do_not_share_attempts(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let one = budget(1, 60_000)?;
    for key in [1, 2] {
        let outcome = store.charge_attempt(&charge(key, one, NOW_MS)).await?;
        ensure_eq!(outcome, Charged::Granted { failures: 1 }, "key {key}");
    }
    store.settle_attempt(AttemptKey([1; 32]), NOW_MS).await?;
    let outcome = store.charge_attempt(&charge(2, one, NOW_MS)).await?;
    ensure_eq!(outcome, denied(60_000), "key 2 after key 1 was settled");
    Ok(())
}

async fn an_instant_beyond_the_last_is_denied(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let two = budget(2, 1000)?;
    for now_ms in [
        u64::MAX,
        State::LATEST_MS + 1,
        State::LATEST_MS,
        State::LATEST_MS - 999,
    ] {
        let outcome = store.charge_attempt(&charge(1, two, now_ms)).await?;
        ensure_eq!(outcome, STOPPED, "at {now_ms}");
    }
    let last = charge(1, two, State::LATEST_MS - 1000);
    let outcome = store.charge_attempt(&last).await?;
    ensure_eq!(outcome, Charged::Granted { failures: 1 }, "the last one");
    let outcome = store.charge_attempt(&last).await?;
    ensure_eq!(outcome, STOPPED, "the one after the last");
    Ok(())
}

/// A model test: what the store answers against what the pure arithmetic does with the same sequence.
/// Clocks run on, stand still and step back; allowances change between calls, as settings do.
async fn charges_follow_the_arithmetic_of_the_throttle(nodes: Nodes) -> CaseResult {
    let allowances: [Allowance; 10] = [
        budget(1, 1)?.into(),
        budget(3, 700)?.into(),
        stopping(budget(5, 250)?, 4)?.into(),
        stopping(budget(1000, 1)?, 100)?.into(),
        budget(1000, 30 * 86_400_000)?.into(),
        delaying(budget(1, 1)?, 0, 60, 300)?.into(),
        delaying(budget(20, 10)?, 3, 40, 86_400_000)?.into(),
        living(budget(1000, 1)?, 9)?,
        living(delaying(budget(9, 50)?, 1, 86_400_000, 86_400_000)?, 12)?,
        living(stopping(delaying(budget(4, 90)?, 2, 7, 900)?, 6)?, 30)?,
    ];
    let mut model: BTreeMap<u8, Tally> = BTreeMap::new();
    let mut now_ms = NOW_MS;
    for turn in 0..1_500_u64 {
        let roll = mix(turn ^ 0x51_07_3e);
        now_ms = match roll % 8 {
            0 => now_ms.saturating_sub(roll >> 32 & 0x3ff),
            1 | 2 => now_ms,
            3 => State::LATEST_MS - (roll >> 32 & 0xfff),
            4 => NOW_MS + (roll >> 32 & 0xffff),
            _ => now_ms.saturating_add(roll >> 32 & 0x1ff),
        };
        let key = (roll >> 8 & 3) as u8;
        let store = if roll >> 10 & 1 == 0 {
            nodes.first()
        } else {
            nodes.second()
        };
        let pick = usize::try_from(roll >> 16 & 0xff).unwrap_or(0) % allowances.len();
        let Some(allowance) = allowances.get(pick).copied() else {
            continue;
        };
        let tally = model.get(&key).copied();
        match (roll >> 11 & 0x1f, tally) {
            (0 | 1, tally) => {
                store.settle_attempt(AttemptKey([key; 32]), now_ms).await?;
                model.extend(tally.map(|tally| (key, allowance.settle(Some(tally), now_ms))));
            }
            (2, tally) => {
                store.lift_attempt(AttemptKey([key; 32]), now_ms).await?;
                model.extend(tally.map(|tally| (key, allowance.lift(Some(tally), now_ms))));
            }
            _ => {
                let due = match allowance.charge(tally, now_ms) {
                    Ruling::Granted { next } => {
                        model.insert(key, next);
                        let failures = next.state.failures;
                        Charged::Granted { failures }
                    }
                    Ruling::Denied { refusal } => Charged::Denied { refusal },
                };
                let command = charge(key, allowance, now_ms);
                let outcome = store.charge_attempt(&command).await?;
                ensure_eq!(outcome, due, "turn {turn}, {allowance:?} at {now_ms}");
            }
        }
    }
    Ok(())
}

async fn racing_attempts_spend_no_more_than_the_burst(nodes: Nodes) -> CaseResult {
    let five = budget(5, 60_000)?;
    let outcomes = race(&nodes, move |store, _| async move {
        store.charge_attempt(&charge(1, five, NOW_MS)).await
    })
    .await?;
    let mut granted: Vec<u32> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Charged::Granted { failures } => Some(*failures),
            Charged::Denied { .. } => None,
        })
        .collect();
    granted.sort_unstable();
    ensure_eq!(granted, [1, 2, 3, 4, 5], "the counts handed out");
    Ok(())
}

async fn racing_attempts_stop_at_the_hard_stop(nodes: Nodes) -> CaseResult {
    let four = stopping(budget(1000, 1)?, 4)?;
    let outcomes = race(&nodes, move |store, _| async move {
        store.charge_attempt(&charge(1, four, NOW_MS)).await
    })
    .await?;
    let stopped = outcomes.iter().filter(|o| **o == STOPPED).count();
    ensure_eq!(stopped, TASKS - 4, "attempts stopped");
    Ok(())
}
