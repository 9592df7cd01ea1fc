//! Delays that rise with the failures, a cap for a whole life, and what gives them back.

use super::attempt::{
    Answer, NOW_MS, answer, budget, charge, denied, receipt, settlement, stopping,
};
use super::macros::{cases, ensure_eq};
use super::race::{TASKS, race};
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::AttemptKey;
use slotwerk_throttle::{Allowance, Backoff, Budget, Refusal, State};
use std::time::Duration;

cases!(Attempt:
    each_failure_in_a_row_waits_longer,
    the_first_failure_may_have_to_wait,
    a_recovery_ends_the_delays,
    a_success_leaves_the_delays,
    time_ends_the_delays,
    a_delay_beyond_the_last_instant_is_denied,
    a_lifetime_outlives_successes,
    a_success_counts_against_no_lifetime,
    a_recovery_gives_back_all_but_the_lifetime,
    what_was_never_charged_has_nothing_to_give_back,
    a_changed_allowance_holds_at_once,
    racing_failures_wait_for_the_first_of_them,
    racing_attempts_end_at_the_lifetime,
);

pub(super) fn delaying(
    budget: Budget,
    free: u32,
    base_ms: u64,
    cap_ms: u64,
) -> Result<Budget, Mismatch> {
    let (base, cap) = (
        Duration::from_millis(base_ms),
        Duration::from_millis(cap_ms),
    );
    let delays = Backoff::new(free, base, cap).map_err(|e| Mismatch(e.to_string()))?;
    Ok(budget.with_backoff(delays))
}

pub(super) fn living(budget: Budget, lifetime: u32) -> Result<Allowance, Mismatch> {
    Allowance::new(budget)
        .with_lifetime(lifetime)
        .map_err(|e| Mismatch(e.to_string()))
}

const SPENT: Answer = Answer::Denied {
    refusal: Refusal::Spent,
};

const STOPPED: Answer = Answer::Denied {
    refusal: Refusal::Stopped,
};

const KEY: AttemptKey = AttemptKey::durable([1; 32]);

async fn each_failure_in_a_row_waits_longer(nodes: Nodes) -> CaseResult {
    // Fast enough that only the delays are seen: 1 s, 2 s, 4 s, and 5 s from then on.
    let delayed = delaying(budget(1000, 1)?, 2, 1000, 5000)?;
    let mut now_ms = NOW_MS;
    for (failures, wait) in (1..).zip([0, 0, 1000, 2000, 4000, 5000, 5000]) {
        let store = if failures % 2 == 0 {
            nodes.first()
        } else {
            nodes.second()
        };
        let outcome = answer(store, &charge(1, delayed, now_ms)).await?;
        ensure_eq!(outcome, Answer::Granted { failures }, "failure {failures}");
        if wait > 0 {
            for (later, left) in [(0, wait), (wait - 1, 1)] {
                let command = charge(1, delayed, now_ms + later);
                let outcome = answer(store, &command).await?;
                ensure_eq!(outcome, denied(left), "{later} ms after failure {failures}");
            }
        }
        now_ms += wait;
    }
    Ok(())
}

async fn the_first_failure_may_have_to_wait(nodes: Nodes) -> CaseResult {
    let delayed = delaying(budget(10, 10)?, 0, 700, 700)?;
    let outcome = answer(nodes.first(), &charge(1, delayed, NOW_MS)).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "the first");
    for (later, left) in [(0, 700), (699, 1)] {
        let command = charge(1, delayed, NOW_MS + later);
        let outcome = answer(nodes.second(), &command).await?;
        ensure_eq!(outcome, denied(left), "{later} ms later");
    }
    let command = charge(1, delayed, NOW_MS + 700);
    let outcome = answer(nodes.second(), &command).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 2 }, "700 ms later");
    Ok(())
}

async fn a_recovery_ends_the_delays(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let delayed = delaying(budget(10, 10)?, 1, 60_000, 3_600_000)?;
    for round in 0..4 {
        for failures in [1, 2] {
            let outcome = answer(store, &charge(1, delayed, NOW_MS)).await?;
            let due = Answer::Granted { failures };
            ensure_eq!(outcome, due, "charged in round {round}");
        }
        let outcome = answer(store, &charge(1, delayed, NOW_MS)).await?;
        ensure_eq!(outcome, denied(60_000), "the third of round {round}");
        nodes.second().lift_attempt(KEY, NOW_MS).await?;
    }
    Ok(())
}

async fn a_success_leaves_the_delays(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let delayed = delaying(budget(10, 10)?, 1, 60_000, 3_600_000)?;
    for _ in 0..2 {
        receipt(store, &charge(1, delayed, NOW_MS)).await?;
    }
    let later = charge(1, delayed, NOW_MS + 60_000);
    for round in 0..3 {
        let own = receipt(store, &later).await?;
        let outcome = answer(store, &later).await?;
        ensure_eq!(outcome, denied(120_000), "while it is looked at");
        let settle = settlement(&later, own);
        nodes.second().settle_attempt(&settle).await?;
        ensure_eq!(own.after.recent, 3, "in round {round}");
    }
    let outcome = answer(store, &later).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "the next failure");
    let outcome = answer(nodes.second(), &later).await?;
    ensure_eq!(outcome, denied(120_000), "its delay");
    Ok(())
}

async fn time_ends_the_delays(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    // The second failure has the longest delay, so the delays are forgotten after two of them.
    let delayed = delaying(budget(1, 1000)?, 1, 60_000, 60_000)?;
    ensure_eq!(delayed.forgotten_after_ms(), 120_000, "by the arithmetic");
    for (key, beyond, wait) in [(1, -1, 60_000), (2, 0, 1000)] {
        receipt(store, &charge(key, delayed, NOW_MS)).await?;
        receipt(store, &charge(key, delayed, NOW_MS + 1000)).await?;
        // Whole a minute later.
        let whole = NOW_MS + 1000 + 60_000 + 120_000;
        let now_ms = whole.saturating_add_signed(beyond);
        receipt(nodes.second(), &charge(key, delayed, now_ms)).await?;
        let outcome = answer(store, &charge(key, delayed, now_ms)).await?;
        ensure_eq!(
            outcome,
            denied(wait),
            "{beyond} ms after they are forgotten"
        );
    }
    Ok(())
}

async fn a_delay_beyond_the_last_instant_is_denied(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let free = delaying(budget(1, 1)?, 1, 1000, 1000)?;
    let never = delaying(budget(1, 1)?, 0, 1000, 1000)?;
    for now_ms in [u64::MAX, State::LATEST_MS, State::LATEST_MS - 999] {
        let outcome = answer(store, &charge(1, never, now_ms)).await?;
        ensure_eq!(outcome, STOPPED, "the first, delayed, at {now_ms}");
    }
    // One that goes without delay still fits; the next one, whose delay does not, is denied.
    let last = State::LATEST_MS - 500;
    let outcome = answer(store, &charge(1, free, last)).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "without delay");
    for later in [1, 499, 500] {
        let outcome = answer(store, &charge(1, free, last + later)).await?;
        ensure_eq!(outcome, STOPPED, "delayed, {later} ms later");
    }
    let fitting = State::LATEST_MS - 1000;
    let outcome = answer(store, &charge(2, never, fitting)).await?;
    ensure_eq!(
        outcome,
        Answer::Granted { failures: 1 },
        "a delay that fits"
    );
    Ok(())
}

async fn a_lifetime_outlives_successes(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let three = living(budget(1000, 1)?, 3)?;
    let mut now_ms = NOW_MS;
    // Each round is one failure and then a success.
    for round in 1..=2 {
        let command = charge(1, three, now_ms);
        let failure = receipt(store, &command).await?;
        let success = receipt(store, &command).await?;
        let failures = (failure.after.failures, success.after.failures);
        ensure_eq!(failures, (1, 2), "charged in round {round}");
        let settle = settlement(&command, success);
        nodes.second().settle_attempt(&settle).await?;
        now_ms += 86_400_000;
    }
    let outcome = answer(store, &charge(1, three, now_ms)).await?;
    ensure_eq!(
        outcome,
        Answer::Granted { failures: 1 },
        "the third failure"
    );
    let years = now_ms + 100 * 365 * 86_400_000;
    for at in [now_ms, years] {
        let outcome = answer(nodes.second(), &charge(1, three, at)).await?;
        ensure_eq!(outcome, SPENT, "at the end");
    }
    Ok(())
}

async fn a_success_counts_against_no_lifetime(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let one = living(budget(1000, 1)?, 1)?;
    for day in 0..20 {
        let command = charge(1, one, NOW_MS + day * 86_400_000);
        let own = receipt(store, &command).await?;
        ensure_eq!(own.after.failures, 1, "on day {day}");
        nodes
            .second()
            .settle_attempt(&settlement(&command, own))
            .await?;
    }
    Ok(())
}

async fn a_recovery_gives_back_all_but_the_lifetime(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let allowance = living(stopping(budget(2, 60_000)?, 2)?, 5)?;
    for round in 0..2 {
        for failures in [1, 2] {
            let outcome = answer(store, &charge(1, allowance, NOW_MS)).await?;
            let due = Answer::Granted { failures };
            ensure_eq!(outcome, due, "charged in round {round}");
        }
        let outcome = answer(store, &charge(1, allowance, NOW_MS)).await?;
        ensure_eq!(outcome, STOPPED, "the third of round {round}");
        nodes.second().lift_attempt(KEY, NOW_MS).await?;
    }
    let outcome = answer(store, &charge(1, allowance, NOW_MS)).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "the fifth");
    store.lift_attempt(KEY, NOW_MS).await?;
    let outcome = answer(nodes.second(), &charge(1, allowance, NOW_MS)).await?;
    ensure_eq!(outcome, SPENT, "the sixth");
    Ok(())
}

async fn what_was_never_charged_has_nothing_to_give_back(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let one = living(budget(1000, 1)?, 1)?;
    let other = receipt(store, &charge(2, one, NOW_MS)).await?;
    for _ in 0..3 {
        let settle = settlement(&charge(1, one, NOW_MS), other);
        store.settle_attempt(&settle).await?;
        store.lift_attempt(KEY, NOW_MS).await?;
    }
    let outcome = answer(nodes.second(), &charge(1, one, NOW_MS)).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "the first");
    let outcome = answer(nodes.second(), &charge(1, one, NOW_MS)).await?;
    ensure_eq!(outcome, SPENT, "the second");
    Ok(())
}

async fn a_changed_allowance_holds_at_once(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let plain = budget(1000, 1)?;
    for failures in 1..=4 {
        let outcome = answer(store, &charge(1, plain, NOW_MS)).await?;
        ensure_eq!(outcome, Answer::Granted { failures }, "without limits");
    }
    // Counted all along, though nothing asked for it.
    let outcome = answer(store, &charge(1, living(plain, 4)?, NOW_MS)).await?;
    ensure_eq!(outcome, SPENT, "under a lifetime of four");
    let delayed = delaying(plain, 3, 500, 500)?;
    let outcome = answer(store, &charge(1, delayed, NOW_MS)).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 5 }, "under delays");
    let outcome = answer(store, &charge(1, delayed, NOW_MS)).await?;
    ensure_eq!(outcome, denied(500), "in the delay");
    Ok(())
}

async fn racing_failures_wait_for_the_first_of_them(nodes: Nodes) -> CaseResult {
    let delayed = delaying(budget(1000, 1)?, 0, 60_000, 60_000)?;
    let outcomes = race(&nodes, move |store, _| async move {
        answer(&*store, &charge(1, delayed, NOW_MS)).await
    })
    .await?;
    let waiting = outcomes.iter().filter(|o| **o == denied(60_000)).count();
    ensure_eq!(waiting, TASKS - 1, "attempts that have to wait");
    Ok(())
}

async fn racing_attempts_end_at_the_lifetime(nodes: Nodes) -> CaseResult {
    let five = living(budget(1000, 1)?, 5)?;
    let outcomes = race(&nodes, move |store, _| async move {
        answer(&*store, &charge(1, five, NOW_MS)).await
    })
    .await?;
    let spent = outcomes.iter().filter(|o| **o == SPENT).count();
    ensure_eq!(spent, TASKS - 5, "attempts beyond the lifetime");
    Ok(())
}
