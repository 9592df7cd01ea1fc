//! Housekeeping.

use super::fixture::{
    HOUR, NOW, ann, begin, bob, enrolled, issued, job, job_ids, link, link_lives, other_ann,
    password, queued, ticket, ticket_lives, told,
};
use super::macros::{cases, ensure, ensure_eq};
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{AttemptKey, ChargeAttempt, Charged, EnrolmentBegun, Stage};
use slotwerk_throttle::Budget;
use std::time::Duration;

cases!(Purge:
    a_purge_takes_what_has_expired_and_counts_it,
    a_purge_takes_nothing_that_lives,
    a_purge_keeps_what_is_set_waits_or_is_told,
    a_purge_lifts_no_refusal,
    a_purge_takes_budgets_that_say_nothing_any_more,
);

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
    }
    ensure_eq!(store.purge(NOW + HOUR - 1).await?, 0, "gone a second early");
    let gone = nodes.second().purge(NOW + HOUR).await?;
    ensure_eq!(gone, 9, "gone of three links, tickets and enrolments");
    ensure_eq!(store.purge(NOW + HOUR).await?, 0, "gone the second time");
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
    nodes.second().purge(NOW + HOUR - 1).await?;
    ensure!(link_lives(store, &ann, 1).await?, "a live link went");
    ensure!(ticket_lives(store, &ann, 1).await?, "a live ticket went");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure!(pending.is_some(), "a live enrolment went");
    Ok(())
}

async fn a_purge_keeps_what_is_set_waits_or_is_told(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    enrolled(store, &ann).await?;
    password(store, &ann, "kept").await?;
    queued(store, &job(1)).await?;
    let trail = told(store, super::fixture::TENANT).await?;
    store.purge(NOW + 100 * 365 * 86_400).await?;
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("kept"), "the hash");
    ensure_eq!(credential.version, 1, "the version");
    ensure_eq!(store.authenticators(&ann).await?.len(), 1, "authenticators");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    ensure_eq!(job_ids(store).await?.len(), 1, "jobs");
    let after = told(store, super::fixture::TENANT).await?;
    ensure_eq!(after, trail, "the trail");
    Ok(())
}

async fn a_purge_lifts_no_refusal(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let invalid = |e: slotwerk_throttle::BudgetError| Mismatch(e.to_string());
    let slow = Budget::new(1, Duration::from_secs(3600)).map_err(invalid)?;
    let stopping = Budget::new(1, Duration::from_millis(1))
        .and_then(|budget| budget.with_hard_stop(1))
        .map_err(invalid)?;
    let spent = |key, budget| ChargeAttempt {
        key: AttemptKey([key; 32]),
        budget,
        now_ms: NOW * 1000,
    };
    for command in [spent(1, slow), spent(2, stopping)] {
        let outcome = store.charge_attempt(&command).await?;
        ensure_eq!(outcome, Charged::Granted { failures: 1 }, "the first");
    }
    store.purge(NOW + 1).await?;
    for command in [spent(1, slow), spent(2, stopping)] {
        let outcome = store.charge_attempt(&command).await?;
        let denied = matches!(outcome, Charged::Denied { .. });
        ensure!(denied, "a purge gave an attempt back: {command:?}");
    }
    Ok(())
}

/// Made-up names and passing clients must not stay for ever.
async fn a_purge_takes_budgets_that_say_nothing_any_more(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let invalid = |e: slotwerk_throttle::BudgetError| Mismatch(e.to_string());
    let paced = Budget::new(1, Duration::from_secs(60)).map_err(invalid)?;
    let stopping = paced.with_hard_stop(5).map_err(invalid)?;
    for (key, budget) in [(1, paced), (2, stopping), (3, stopping)] {
        let command = ChargeAttempt {
            key: AttemptKey([key; 32]),
            budget,
            now_ms: NOW * 1000,
        };
        let outcome = store.charge_attempt(&command).await?;
        ensure_eq!(outcome, Charged::Granted { failures: 1 }, "budget {key}");
    }
    let settled = AttemptKey([3; 32]);
    store.settle_attempt(settled, NOW * 1000).await?;
    let year = slotwerk_throttle::YEAR.as_secs();
    let purge = |at| nodes.second().purge(at);
    ensure_eq!(purge(NOW - 1).await?, 0, "gone before anything is whole");
    ensure_eq!(purge(NOW).await?, 1, "gone of the settled one");
    ensure_eq!(purge(NOW + 59).await?, 0, "gone a second early");
    ensure_eq!(purge(NOW + 60).await?, 1, "gone of the one without a stop");
    ensure_eq!(purge(NOW + year + 59).await?, 0, "gone within the year");
    ensure_eq!(purge(NOW + year + 60).await?, 1, "gone after the year");
    Ok(())
}
