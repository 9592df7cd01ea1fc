//! Attempt budgets: the arithmetic of `slotwerk-throttle`, as one atomic step.

use super::delays::{delaying, living};
use super::fixture::{job_ids, notice};
use super::macros::{cases, ensure, ensure_eq};
use super::race::{TASKS, race};
use super::{CaseResult, Mismatch, Nodes};
use crate::entropy::mix;
use slotwerk_store::{
    AttemptKey, AuditKind, AuditReason, ChargeAttempts, Charged, ClearAttempts, SettleAttempt,
    Store, Subject,
};
use slotwerk_throttle::{Allowance, Budget, Receipt, Refusal, Ruling, State, Tally};
use std::collections::BTreeMap;
use std::time::Duration;

cases!(Attempt:
    a_burst_is_granted_and_the_next_waits,
    a_hard_stop_ends_only_with_a_settlement,
    a_settlement_gives_one_attempt_back,
    a_settlement_leaves_later_attempts,
    a_time_from_a_wrong_clock_is_corrected,
    counts_outlast_a_wrong_clock,
    cleared_budgets_are_whole,
    a_clearing_is_told_once,
    clearing_names_the_actor,
    budgets_are_read_in_their_order,
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

/// A command with one charge.
#[derive(Clone, Copy, Debug)]
pub(super) struct SingleCharge {
    pub(super) key: AttemptKey,
    pub(super) allowance: Allowance,
    pub(super) now_ms: u64,
}

pub(super) fn charge(key: u8, allowance: impl Into<Allowance>, now_ms: u64) -> SingleCharge {
    SingleCharge {
        key: AttemptKey::durable([key; 32]),
        allowance: allowance.into(),
        now_ms,
    }
}

/// Charges one budget. The answer is `None` if there is not exactly one.
pub(super) async fn charged(
    store: &dyn Store,
    charge: &SingleCharge,
) -> slotwerk_store::Result<Option<Charged>> {
    let command = ChargeAttempts::one(charge.key, charge.allowance, charge.now_ms);
    let answers = store.charge_attempts(&command).await?;
    Ok(match answers[..] {
        [answer] => Some(answer),
        _ => None,
    })
}

/// The answer to a charge, without its receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Granted {
        failures: u32,
    },
    Denied {
        refusal: Refusal,
    },
    /// No answer, or several, to one charge.
    Miscounted,
}

impl From<Charged> for Answer {
    fn from(charged: Charged) -> Self {
        match charged {
            Charged::Granted { receipt } => Self::Granted {
                failures: receipt.after.failures,
            },
            Charged::Denied { refusal } => Self::Denied { refusal },
        }
    }
}

/// Charges, for the answer alone.
pub(super) async fn answer(
    store: &dyn Store,
    command: &SingleCharge,
) -> slotwerk_store::Result<Answer> {
    let answer = charged(store, command).await?;
    Ok(answer.map_or(Answer::Miscounted, Into::into))
}

/// Charges an attempt that has to be granted.
pub(super) async fn receipt(
    store: &dyn Store,
    command: &SingleCharge,
) -> Result<Receipt, Mismatch> {
    match charged(store, command).await? {
        Some(Charged::Granted { receipt }) => Ok(receipt),
        other => Err(Mismatch(format!("not granted: {other:?}"))),
    }
}

pub(super) fn settlement(charge: &SingleCharge, receipt: Receipt) -> SettleAttempt {
    SettleAttempt {
        key: charge.key,
        allowance: charge.allowance,
        receipt,
    }
}

pub(super) const fn denied(retry_after_ms: u64) -> Answer {
    Answer::Denied {
        refusal: Refusal::Wait(Duration::from_millis(retry_after_ms)),
    }
}

const STOPPED: Answer = Answer::Denied {
    refusal: Refusal::Stopped,
};

async fn a_burst_is_granted_and_the_next_waits(nodes: Nodes) -> CaseResult {
    let three = budget(3, 1000)?;
    for (failures, store) in [(1, nodes.first()), (2, nodes.second()), (3, nodes.first())] {
        let outcome = answer(store, &charge(1, three, NOW_MS)).await?;
        ensure_eq!(outcome, Answer::Granted { failures }, "within the burst");
    }
    let store = nodes.second();
    for (later, wait) in [(0, 1000), (999, 1)] {
        let command = charge(1, three, NOW_MS + later);
        let outcome = answer(store, &command).await?;
        ensure_eq!(outcome, denied(wait), "{later} ms later");
    }
    let command = charge(1, three, NOW_MS + 1000);
    let outcome = answer(store, &command).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 4 }, "one refill later");
    Ok(())
}

async fn a_hard_stop_ends_only_with_a_settlement(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let two = stopping(budget(1000, 1)?, 2)?;
    let command = charge(1, two, NOW_MS);
    let first = answer(store, &command).await?;
    ensure_eq!(first, Answer::Granted { failures: 1 }, "before the stop");
    let last = receipt(store, &command).await?;
    let years = NOW_MS + 100 * 365 * 86_400_000;
    for now_ms in [NOW_MS, years] {
        let outcome = answer(store, &charge(1, two, now_ms)).await?;
        ensure_eq!(outcome, STOPPED, "at the stop");
    }
    store.settle_attempt(&settlement(&command, last)).await?;
    let outcome = answer(nodes.second(), &charge(1, two, years)).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "after a success");
    Ok(())
}

async fn a_settlement_gives_one_attempt_back(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let command = charge(1, budget(3, 60_000)?, NOW_MS);
    for failures in [1, 2] {
        let outcome = answer(store, &command).await?;
        ensure_eq!(outcome, Answer::Granted { failures }, "somebody else's");
    }
    for round in 0..5 {
        let own = receipt(store, &command).await?;
        let outcome = answer(store, &command).await?;
        ensure_eq!(outcome, denied(60_000), "while it is looked at");
        let settle = settlement(&command, own);
        nodes.second().settle_attempt(&settle).await?;
        let failures = own.after.failures;
        let due = if round == 0 { 3 } else { 1 };
        ensure_eq!(failures, due, "failures in a row in round {round}");
    }
    let outcome = answer(store, &command).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "the third");
    let outcome = answer(nodes.second(), &command).await?;
    ensure_eq!(outcome, denied(60_000), "the fourth");
    Ok(())
}

async fn a_settlement_leaves_later_attempts(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let command = charge(1, stopping(budget(4, 60_000)?, 9)?, NOW_MS);
    let own = receipt(store, &command).await?;
    for failures in [2, 3] {
        let outcome = answer(nodes.second(), &command).await?;
        ensure_eq!(outcome, Answer::Granted { failures }, "charged since");
    }
    store.settle_attempt(&settlement(&command, own)).await?;
    for failures in [3, 4] {
        let outcome = answer(store, &command).await?;
        ensure_eq!(outcome, Answer::Granted { failures }, "after the success");
    }
    let outcome = answer(nodes.second(), &command).await?;
    ensure_eq!(outcome, denied(60_000), "at the end of the burst");
    Ok(())
}

async fn a_time_from_a_wrong_clock_is_corrected(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let three = budget(3, 60_000)?;
    let reach = three.reach_ms() + 60_000;
    for (key, ahead) in [(1, 86_400_000), (2, 365 * 86_400_000)] {
        for _ in 0..3 {
            receipt(store, &charge(key, three, NOW_MS + ahead)).await?;
        }
        let right = charge(key, three, NOW_MS);
        let corrected = receipt(nodes.second(), &right).await?;
        ensure!(corrected.clock_ran_ahead, "the receipt says nothing of it");
        let outcome = answer(store, &right).await?;
        ensure_eq!(outcome, denied(60_000), "after the one that is granted");
        let next = receipt(store, &charge(key, three, NOW_MS + 60_000)).await?;
        ensure!(!next.clock_ran_ahead, "the time was not corrected");
    }
    // Just as far ahead as an honest clock may be, and a millisecond more.
    let one = budget(1, 60_000)?;
    for (key, beyond, due) in [(3, 0, false), (4, 1, true)] {
        receipt(store, &charge(key, one, NOW_MS + 60_000 + beyond)).await?;
        let outcome = charged(store, &charge(key, one, NOW_MS)).await?;
        let granted = matches!(outcome, Some(Charged::Granted { .. }));
        ensure_eq!(granted, due, "{beyond} ms beyond {reach}");
    }
    Ok(())
}

async fn counts_outlast_a_wrong_clock(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ahead = NOW_MS + 365 * 86_400_000;
    let stops = stopping(budget(1000, 1)?, 2)?;
    let ends = living(budget(1000, 1)?, 2)?;
    for key in [1, 2] {
        let allowance = if key == 1 { stops.into() } else { ends };
        receipt(store, &charge(key, allowance, ahead)).await?;
        receipt(nodes.second(), &charge(key, allowance, NOW_MS)).await?;
        let outcome = answer(store, &charge(key, allowance, NOW_MS)).await?;
        let refusal = if key == 1 {
            Refusal::Stopped
        } else {
            Refusal::Spent
        };
        ensure_eq!(outcome, Answer::Denied { refusal }, "key {key}");
    }
    Ok(())
}

pub(super) fn clearing(keys: &[u8]) -> ClearAttempts {
    ClearAttempts {
        tenant: super::fixture::TENANT.to_owned(),
        keys: keys
            .iter()
            .map(|key| AttemptKey::durable([*key; 32]))
            .collect(),
        subject: Subject([9; 32]),
        actor: None,
        reason: None,
        now_ms: NOW_MS,
        notice: None,
    }
}

async fn cleared_budgets_are_whole(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let allowance = living(stopping(budget(2, 60_000)?, 2)?, 3)?;
    for key in [1, 2, 3] {
        for failures in [1, 2] {
            let outcome = answer(store, &charge(key, allowance, NOW_MS)).await?;
            ensure_eq!(outcome, Answer::Granted { failures }, "key {key}");
        }
    }
    let cleared = nodes.second().clear_attempts(&clearing(&[1, 2, 7])).await?;
    ensure_eq!(cleared, 2, "rows cleared");
    for key in [1, 2] {
        let command = charge(key, allowance, NOW_MS);
        let outcome = answer(store, &command).await?;
        ensure_eq!(outcome, Answer::Granted { failures: 1 }, "key {key}");
        let outcome = answer(store, &command).await?;
        let refusal = Refusal::Spent;
        ensure_eq!(outcome, Answer::Denied { refusal }, "the lifetime stays");
    }
    let outcome = answer(store, &charge(3, allowance, NOW_MS)).await?;
    ensure_eq!(outcome, STOPPED, "a budget that was not named");
    Ok(())
}

async fn a_clearing_is_told_once(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let noticed = |n| ClearAttempts {
        notice: notice(n),
        ..clearing(&[1, 2])
    };
    let nothing = store.clear_attempts(&noticed(1)).await?;
    ensure_eq!(nothing, 0, "rows cleared of none");
    let trail = store.audit_trail(super::fixture::TENANT, 0, 9).await?;
    ensure_eq!(trail.len(), 0, "rows of the trail before");
    for key in [1, 2] {
        receipt(store, &charge(key, budget(5, 1000)?, NOW_MS)).await?;
    }
    store.clear_attempts(&noticed(2)).await?;
    let jobs: Vec<_> = notice(2).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, jobs, "the notices");
    let trail = nodes.second().audit_trail(super::fixture::TENANT, 0, 9);
    let trail = trail.await?;
    let told: Vec<_> = trail
        .iter()
        .map(|row| (row.kind, row.subject, row.at))
        .collect();
    let due = [(AuditKind::BudgetsCleared, Subject([9; 32]), NOW_MS / 1000)];
    ensure_eq!(told, due, "the trail");
    Ok(())
}

async fn clearing_names_the_actor(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    receipt(store, &charge(1, budget(5, 1000)?, NOW_MS)).await?;
    let command = ClearAttempts {
        actor: Some(Subject([4; 32])),
        reason: Some(AuditReason::new("the clock was wrong")?),
        ..clearing(&[1])
    };
    store.clear_attempts(&command).await?;
    let trail = nodes.second().audit_trail(super::fixture::TENANT, 0, 9);
    let trail = trail.await?;
    let told: Vec<_> = trail.iter().map(|row| (row.actor, &row.reason)).collect();
    ensure_eq!(told, [(command.actor, &command.reason)], "the trail");
    Ok(())
}

async fn budgets_are_read_in_their_order(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let allowance = Allowance::from(budget(5, 1000)?);
    let mut tallies = BTreeMap::new();
    for (key, now_ms) in [(1, NOW_MS), (3, NOW_MS + 7)] {
        receipt(store, &charge(key, allowance, now_ms)).await?;
        if let Ruling::Granted { next, .. } = allowance.charge(None, now_ms) {
            tallies.insert(key, next);
        }
    }
    let keys = [3, 2, 1, 3];
    let due = keys.map(|key| tallies.get(&key).copied());
    let keys = keys.map(|key| AttemptKey::durable([key; 32]));
    for _ in 0..2 {
        let read = nodes.second().budgets(&keys).await?;
        ensure_eq!(read, due, "budgets as they are");
    }
    let nothing = store.budgets(&[]).await?;
    ensure!(nothing.is_empty(), "budgets that nobody asked for");
    Ok(())
}

async fn budgets_do_not_share_attempts(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let one = budget(1, 60_000)?;
    let first = receipt(store, &charge(1, one, NOW_MS)).await?;
    receipt(store, &charge(2, one, NOW_MS)).await?;
    let settle = settlement(&charge(1, one, NOW_MS), first);
    store.settle_attempt(&settle).await?;
    let outcome = answer(store, &charge(2, one, NOW_MS)).await?;
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
        let outcome = answer(store, &charge(1, two, now_ms)).await?;
        ensure_eq!(outcome, STOPPED, "at {now_ms}");
    }
    let last = charge(1, two, State::LATEST_MS - 1000);
    let outcome = answer(store, &last).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "the last one");
    let outcome = answer(store, &last).await?;
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
    // Grants that are not settled yet.
    let mut granted: Vec<(u8, Allowance, Receipt)> = Vec::new();
    let mut now_ms = NOW_MS;
    for turn in 0..1_500_u64 {
        let roll = mix(turn ^ 0x51_07_3e);
        now_ms = match roll % 8 {
            0 => now_ms.saturating_sub(roll >> 32 & 0x3ff),
            1 | 2 => now_ms,
            3 if roll >> 44 & 3 == 0 => State::LATEST_MS - (roll >> 32 & 0xfff),
            3 => NOW_MS + (roll >> 32 & 0x3) * 100_000_000_000,
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
            (0..=4, _) if !granted.is_empty() => {
                let among = usize::try_from(roll >> 24 & 0xff).unwrap_or(0) % granted.len();
                let (key, allowance, receipt) = granted.swap_remove(among);
                let command = charge(key, allowance, now_ms);
                store.settle_attempt(&settlement(&command, receipt)).await?;
                if let Some(tally) = model.get_mut(&key) {
                    *tally = allowance.settle(*tally, &receipt);
                }
            }
            (5, tally) => {
                store
                    .lift_attempt(AttemptKey::durable([key; 32]), now_ms)
                    .await?;
                model.extend(tally.map(|tally| (key, allowance.lift(Some(tally), now_ms))));
            }
            _ => {
                let due = match allowance.charge(tally, now_ms) {
                    Ruling::Granted { next, receipt } => {
                        model.insert(key, next);
                        granted.push((key, allowance, receipt));
                        Charged::Granted { receipt }
                    }
                    Ruling::Denied { refusal } => Charged::Denied { refusal },
                };
                let command = charge(key, allowance, now_ms);
                let outcome = charged(store, &command).await?;
                ensure_eq!(outcome, Some(due), "turn {turn}, {allowance:?} at {now_ms}");
            }
        }
    }
    Ok(())
}

async fn racing_attempts_spend_no_more_than_the_burst(nodes: Nodes) -> CaseResult {
    let five = budget(5, 60_000)?;
    let outcomes = race(&nodes, move |store, _| async move {
        answer(&*store, &charge(1, five, NOW_MS)).await
    })
    .await?;
    let mut granted: Vec<u32> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Answer::Granted { failures } => Some(*failures),
            _ => None,
        })
        .collect();
    granted.sort_unstable();
    ensure_eq!(granted, [1, 2, 3, 4, 5], "the counts handed out");
    Ok(())
}

async fn racing_attempts_stop_at_the_hard_stop(nodes: Nodes) -> CaseResult {
    let four = stopping(budget(1000, 1)?, 4)?;
    let outcomes = race(&nodes, move |store, _| async move {
        answer(&*store, &charge(1, four, NOW_MS)).await
    })
    .await?;
    let stopped = outcomes.iter().filter(|o| **o == STOPPED).count();
    ensure_eq!(stopped, TASKS - 4, "attempts stopped");
    Ok(())
}
