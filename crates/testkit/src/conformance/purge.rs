//! Housekeeping.

use super::attempt::{Answer, answer, budget, charge, denied, receipt, settlement, stopping};
use super::delays::{delaying, living};
use super::fixture::{
    ALL, HOUR, NOW, Seen, TENANT, ann, begin, bob, issued, job, job_ids, link, link_lives,
    other_ann, password, queued, ticket, ticket_lives, token, told,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::managed;
use super::session::{DAY, created, listed, session};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccountKey, AttemptKey, CreateSession, EnrolmentBegun, IssueReset, Stage, Store,
};
use slotwerk_throttle::{Allowance, Refusal, YEAR};

cases!(Purge:
    a_purge_takes_what_has_expired_and_counts_it,
    a_purge_takes_nothing_that_lives,
    a_purge_keeps_what_is_set_waits_or_is_told,
    a_purge_lifts_no_refusal,
    a_purge_leaves_delays_and_lifetimes,
    a_purge_goes_by_the_last_charge,
    a_purge_takes_budgets_that_say_nothing_any_more,
    a_purge_keeps_no_far_budget_for_ever,
    purge_keeps_its_batch,
    purge_of_sessions_keeps_its_batch,
    purge_of_budgets_keeps_its_batch,
);

/// How many rows each batch took, until one was not full.
async fn batches(store: &dyn Store, now: u64, limit: u32) -> Seen<Vec<u64>> {
    let mut taken = Vec::new();
    for _ in 0..9 {
        let gone = store.purge(now, limit).await?;
        taken.push(gone);
        if gone < u64::from(limit) {
            break;
        }
    }
    Ok(taken)
}

async fn a_purge_takes_what_has_expired_and_counts_it(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (account, n) in [(ann()?, 1), (bob()?, 2), (other_ann()?, 3)] {
        issued(store, &link(&account, n)).await?;
        store
            .open_ticket(&ticket(&account, n, Stage::Enrol))
            .await?;
        let begun = store.begin_enrolment(&begin(&account, n, n)).await?;
        ensure!(
            matches!(begun, EnrolmentBegun::Begun(_)),
            "an offer was refused"
        );
        let pass = ticket(&account, 0x70 + n, Stage::Manage);
        store.open_ticket(&pass).await?;
    }
    ensure_eq!(
        store.purge(NOW + HOUR - 1, ALL).await?,
        0,
        "gone a second early"
    );
    let gone = nodes.second().purge(NOW + HOUR, ALL).await?;
    ensure_eq!(gone, 12, "gone of three links, enrolments, and two tickets");
    ensure_eq!(
        store.purge(NOW + HOUR, ALL).await?,
        0,
        "gone the second time"
    );
    Ok(())
}

async fn a_purge_takes_nothing_that_lives(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    issued(store, &link(&ann, 1)).await?;
    store.open_ticket(&ticket(&ann, 1, Stage::Enrol)).await?;
    let begun = store.begin_enrolment(&begin(&ann, 1, 1)).await?;
    ensure!(
        matches!(begun, EnrolmentBegun::Begun(_)),
        "an offer was refused"
    );
    nodes.second().purge(NOW + HOUR - 1, ALL).await?;
    ensure!(link_lives(store, &ann, 1).await?, "a live link went");
    ensure!(ticket_lives(store, &ann, 1).await?, "a live ticket went");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure!(pending.is_some(), "a live enrolment went");
    Ok(())
}

async fn a_purge_keeps_what_is_set_waits_or_is_told(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    managed(store, 2).await?;
    password(store, &ann, "kept").await?;
    queued(store, &job(1)).await?;
    let active = store.authenticators(&ann).await?;
    let trail = told(store, super::fixture::TENANT).await?;
    store.purge(NOW + 100 * 365 * 86_400, ALL).await?;
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("kept"), "the hash");
    ensure_eq!(credential.epoch, 1, "the epoch");
    ensure_eq!(active.len(), 2, "authenticators before");
    ensure_eq!(store.authenticators(&ann).await?, active, "authenticators");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    ensure_eq!(job_ids(store).await?.len(), 1, "jobs");
    let after = told(store, super::fixture::TENANT).await?;
    ensure_eq!(after, trail, "the trail");
    Ok(())
}

async fn a_purge_lifts_no_refusal(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let slow = budget(1, 3_600_000)?;
    let stopping = stopping(budget(1, 1)?, 1)?;
    let delayed = delaying(slow, 1, 1, 1)?;
    let ended = living(budget(1000, 1)?, 1)?;
    let used_up = [
        charge(1, slow, NOW * 1000),
        charge(2, stopping, NOW * 1000),
        charge(3, delayed, NOW * 1000),
        charge(4, ended, NOW * 1000),
    ];
    for command in &used_up {
        let outcome = answer(store, command).await?;
        ensure_eq!(outcome, Answer::Granted { failures: 1 }, "the first");
    }
    store.purge(NOW + 1, ALL).await?;
    for command in used_up {
        let outcome = answer(store, &command).await?;
        let denied = matches!(outcome, Answer::Denied { .. });
        ensure!(denied, "a purge gave an attempt back: {command:?}");
    }
    Ok(())
}

/// What a failure means for the next one goes no sooner than the failure itself.
async fn a_purge_leaves_delays_and_lifetimes(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let delayed = delaying(budget(1000, 1)?, 1, 1000, 9000)?;
    let two = living(budget(1000, 1)?, 2)?;
    // Key 2 has failed once, key 3 once before it succeeded, and key 4 once before a recovery.
    for (key, allowance, charges) in [
        (1, delayed.into(), 1),
        (2, two, 1),
        (3, two, 2),
        (4, two, 1),
    ] {
        let command = charge(key, allowance, NOW * 1000);
        for failures in 1..=charges {
            let charged = receipt(store, &command).await?;
            ensure_eq!(charged.after.failures, failures, "key {key}");
            if failures == 2 {
                store.settle_attempt(&settlement(&command, charged)).await?;
            }
        }
    }
    store
        .lift_attempt(AttemptKey::durable([4; 32]), NOW * 1000)
        .await?;
    // The sixth failure has the longest delay, so delays count for 54 seconds.
    ensure_eq!(delayed.forgotten_after_ms(), 54_000, "by the arithmetic");
    let gone = nodes.second().purge(NOW + 54, ALL).await?;
    ensure_eq!(gone, 0, "gone while the delays count");
    let command = charge(1, delayed, (NOW + 54) * 1000);
    let outcome = answer(store, &command).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 2 }, "the failure");
    let outcome = answer(store, &command).await?;
    ensure_eq!(outcome, denied(1000), "the delay");
    let later = NOW + YEAR.as_secs() - 1;
    let gone = nodes.second().purge(later, ALL).await?;
    ensure_eq!(gone, 1, "gone within the year");
    for (key, failures) in [(2, 2), (3, 1), (4, 1)] {
        let command = charge(key, two, later * 1000);
        let outcome = answer(store, &command).await?;
        ensure_eq!(
            outcome,
            Answer::Granted { failures },
            "the last of key {key}"
        );
        let outcome = answer(store, &command).await?;
        let refusal = Refusal::Spent;
        ensure_eq!(outcome, Answer::Denied { refusal }, "the end of key {key}");
    }
    Ok(())
}

async fn a_purge_goes_by_the_last_charge(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let paced = budget(1000, 1)?;
    let stopping = stopping(paced, 2)?;
    // Key 1 begins without a stop, key 2 succeeds in between, and key 3 ends without one.
    for (key, charged) in [
        (1, [paced, stopping]),
        (2, [stopping, stopping]),
        (3, [stopping, paced]),
    ] {
        for allowance in charged {
            let command = charge(key, allowance, NOW * 1000);
            let charged = receipt(store, &command).await?;
            if key == 2 {
                store.settle_attempt(&settlement(&command, charged)).await?;
            }
        }
    }
    let again = charge(2, stopping, NOW * 1000);
    let outcome = answer(store, &again).await?;
    ensure_eq!(outcome, Answer::Granted { failures: 1 }, "after a success");
    let gone = nodes.second().purge(NOW + 86_400, ALL).await?;
    ensure_eq!(gone, 1, "gone of the one without a stop");
    for (key, due) in [(1, None), (2, Some(2))] {
        let command = charge(key, stopping, (NOW + 86_400) * 1000);
        let outcome = answer(store, &command).await?;
        let due = match due {
            Some(failures) => Answer::Granted { failures },
            None => Answer::Denied {
                refusal: Refusal::Stopped,
            },
        };
        ensure_eq!(outcome, due, "key {key} after the purge");
    }
    Ok(())
}

/// Made-up names and passing clients must not stay for ever.
async fn a_purge_takes_budgets_that_say_nothing_any_more(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let paced = budget(1, 60_000)?;
    let paced_delays = delaying(paced, 9, 1, 1)?;
    let counting: [(u8, Allowance); 6] = [
        (2, stopping(paced, 5)?.into()),
        (3, stopping(paced, 5)?.into()),
        (4, paced_delays.into()),
        (5, living(paced, 5)?),
        (6, living(paced, 5)?),
        (7, living(paced, 5)?),
    ];
    for (key, allowance) in [(1, paced.into())].into_iter().chain(counting) {
        let command = charge(key, allowance, NOW * 1000);
        let charged = receipt(store, &command).await?;
        ensure_eq!(charged.after.failures, 1, "budget {key}");
        if [3, 6].contains(&key) {
            store.settle_attempt(&settlement(&command, charged)).await?;
        }
    }
    let lifted = AttemptKey::durable([7; 32]);
    store.lift_attempt(lifted, NOW * 1000).await?;
    let year = YEAR.as_secs();
    let purge = |at| nodes.second().purge(at, ALL);
    ensure_eq!(purge(NOW - 1).await?, 0, "gone before anything is whole");
    ensure_eq!(purge(NOW).await?, 2, "gone of the settled ones");
    ensure_eq!(purge(NOW + 59).await?, 0, "gone a second early");
    ensure_eq!(purge(NOW + 60).await?, 1, "gone of the one without a count");
    let delays = paced_delays.forgotten_after_ms() / 1000;
    let forgotten = NOW + 60 + delays;
    ensure_eq!(purge(forgotten - 1).await?, 0, "gone while delays count");
    ensure_eq!(purge(forgotten).await?, 1, "gone of the forgotten delays");
    ensure_eq!(purge(NOW + year - 1).await?, 0, "gone within the year");
    ensure_eq!(purge(NOW + year).await?, 1, "gone of the lifted one");
    ensure_eq!(purge(NOW + year + 59).await?, 0, "gone within their year");
    ensure_eq!(purge(NOW + year + 60).await?, 2, "gone after the year");
    Ok(())
}

/// A clock that was far ahead leaves rows behind. They go a while after an honest clock is back, and not
/// before.
async fn a_purge_keeps_no_far_budget_for_ever(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let paced = budget(2, 60_000)?;
    let year = YEAR.as_secs();
    let century = (NOW + 100 * year) * 1000;
    receipt(store, &charge(1, paced, century)).await?;
    receipt(store, &charge(2, stopping(paced, 5)?, century)).await?;
    receipt(store, &charge(3, paced, (NOW + year) * 1000)).await?;
    let purge = |at| nodes.second().purge(at, ALL);
    ensure_eq!(purge(NOW).await?, 0, "gone at once");
    ensure_eq!(purge(NOW + 119).await?, 0, "gone within the reach");
    ensure_eq!(purge(NOW + 120).await?, 1, "gone after the reach");
    let later = (NOW + 120) * 1000;
    let counted = receipt(store, &charge(2, stopping(paced, 5)?, later)).await?;
    ensure_eq!(counted.after.failures, 2, "failures in a row");
    ensure_eq!(purge(NOW + year + 59).await?, 0, "gone within the year");
    let late = purge(NOW + 2 * year).await?;
    ensure_eq!(late, 2, "gone in the end");
    Ok(())
}

async fn purge_keeps_its_batch(nodes: Nodes) -> CaseResult {
    let (store, late) = (nodes.first(), NOW + 2 * HOUR);
    for n in 1..=4 {
        let account = AccountKey::new(TENANT, format!("account {n}"))?;
        issued(store, &link(&account, n)).await?;
        let open = ticket(&account, n, Stage::Enrol);
        store.open_ticket(&open).await?;
        let begun = store.begin_enrolment(&begin(&account, n, n)).await?;
        let is_begun = matches!(begun, EnrolmentBegun::Begun(_));
        ensure!(is_begun, "an offer was refused");
    }
    let lives = IssueReset {
        expires_at: late + 1,
        ..link(&bob()?, 9)
    };
    issued(store, &lives).await?;
    ensure_eq!(store.purge(late, 0).await?, 0, "gone of a batch of none");
    let seen = batches(nodes.second(), late, 5).await?;
    ensure_eq!(seen, [5, 5, 2], "gone of 4 links, tickets and enrolments");
    let found = store.find_reset(TENANT, token(9), late).await?;
    ensure!(found.is_some(), "a live link went");
    Ok(())
}

async fn purge_of_sessions_keeps_its_batch(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    for n in 1..=6 {
        created(store, &session(&ann, n)).await?;
    }
    let lives = CreateSession {
        expires_at: NOW + 3 * DAY,
        idle_secs: 3 * DAY,
        ..session(&bob, 7)
    };
    created(store, &lives).await?;
    let late = NOW + 2 * DAY;
    let seen = batches(nodes.second(), late, 3).await?;
    ensure_eq!(seen, [3, 3, 0], "gone of 6 sessions");
    ensure_eq!(listed(store, &bob, late).await?, [7], "the list");
    Ok(())
}

async fn purge_of_budgets_keeps_its_batch(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let paced = budget(1, 60_000)?;
    for key in 1..=7 {
        let charged = receipt(store, &charge(key, paced, NOW * 1000)).await?;
        ensure_eq!(charged.after.failures, 1, "budget {key}");
    }
    let seen = batches(nodes.second(), NOW + HOUR, 4).await?;
    ensure_eq!(seen, [4, 3], "gone of 7 budgets");
    Ok(())
}
