//! A worker's knowledge of jobs: wrong times, waits, tenants to skip, and the state of mails.

use super::fixture::{NOW, OTHER_TENANT, ann, begin, finish, id, job, lease, queued, ticket};
use super::macros::{cases, ensure, ensure_eq};
use super::outbox::{aged, back, ids};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    FinishJob, Id, LONGEST_LEASE_SECS, LONGEST_PAUSE_SECS, LeaseJobs, MailNote, MailState, NewJob,
    PostponeJob, Stage,
};

cases!(Outbox:
    far_start_is_disbelieved,
    far_lease_is_disbelieved,
    future_creation_becomes_now,
    waits_are_counted_apart,
    skipped_tenant_keeps_its_jobs,
    mail_state_follows_the_job,
);

/// How far clocks may differ, in seconds.
const TOLERANCE: u64 = 60;

/// Longer than any lease or pause, and shorter than both together.
const SOON: u64 = LONGEST_PAUSE_SECS;

async fn far_start_is_disbelieved(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let latest = NOW + LONGEST_PAUSE_SECS + TOLERANCE;
    let starting = |n, ready_at| NewJob { ready_at, ..job(n) };
    queued(store, &starting(1, latest)).await?;
    queued(store, &starting(2, latest + 1)).await?;
    queued(store, &starting(3, NOW + 365 * 86_400)).await?;
    let two = store.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    let mut found = ids(&two);
    found.sort_unstable();
    ensure_eq!(found, [id(2), id(3)], "beyond the bound");
    ensure!(two.iter().all(|job| job.ran_ahead), "nothing is reported");
    for job in &two {
        store.postpone_job(&back(job.id, 1, latest + 1)).await?;
    }
    let again = nodes.second().lease_jobs(&lease(NOW, NOW, 10)).await?;
    ensure_eq!(again.len(), 2, "postponed beyond the bound");
    let third = store.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    ensure!(!third.iter().any(|job| job.ran_ahead), "reported twice");
    let due = store.lease_jobs(&lease(latest, latest + 60, 10)).await?;
    let due: Vec<Id> = due
        .iter()
        .filter(|job| !job.ran_ahead)
        .map(|job| job.id)
        .collect();
    ensure!(due.contains(&id(1)), "within the bound, at its second");
    Ok(())
}

async fn far_lease_is_disbelieved(nodes: Nodes) -> CaseResult {
    let (ahead, right) = (nodes.first(), nodes.second());
    let latest = NOW + LONGEST_LEASE_SECS + TOLERANCE;
    queued(ahead, &job(1)).await?;
    queued(ahead, &job(2)).await?;
    ahead.lease_jobs(&lease(NOW, latest, 1)).await?;
    ahead.lease_jobs(&lease(NOW, latest + 1, 1)).await?;
    let found = right.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    ensure_eq!(ids(&found), [id(2)], "beyond the bound");
    let attempts: Vec<(u32, bool)> = found.iter().map(|j| (j.attempt, j.ran_ahead)).collect();
    ensure_eq!(attempts, [(2, true)], "its attempt, and the report");
    let lost = ahead.finish_job(&finish(id(2), 1)).await?;
    ensure!(!lost, "the disbelieved lease still finished the job");
    // A pause may be longer than a lease.
    let held = right.postpone_job(&back(id(2), 2, NOW + SOON)).await?;
    ensure!(held, "the new lease was not held");
    let paused = right.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    ensure!(paused.is_empty(), "a pause was taken for a lease");
    Ok(())
}

async fn future_creation_becomes_now(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (n, created_at) in [
        (1, NOW - 500),
        (2, NOW + TOLERANCE),
        (3, NOW + TOLERANCE + 1),
    ] {
        queued(
            store,
            &NewJob {
                created_at,
                ..job(n)
            },
        )
        .await?;
    }
    let seen: Vec<(u64, bool)> = nodes
        .second()
        .lease_jobs(&lease(NOW, NOW, 10))
        .await?
        .iter()
        .map(|job| (job.created_at, job.ran_ahead))
        .collect();
    let due = [(NOW - 500, false), (NOW, false), (NOW, true)];
    ensure_eq!(seen, due, "creation, and whether a clock ran ahead");
    let later = store.lease_jobs(&lease(NOW + 90, NOW + 90, 10)).await?;
    let seen: Vec<u64> = later.iter().map(|job| job.created_at).collect();
    ensure_eq!(seen, [NOW - 500, NOW, NOW], "corrected by the lease");
    Ok(())
}

async fn waits_are_counted_apart(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    queued(store, &job(1)).await?;
    let mut seen = Vec::new();
    for (attempt, waited) in [(1, true), (2, false), (3, true), (4, true)] {
        for job in nodes.second().lease_jobs(&lease(NOW, NOW, 1)).await? {
            seen.push((job.attempt, job.waits));
        }
        let command = PostponeJob {
            waited,
            ..back(id(1), attempt, NOW)
        };
        ensure!(store.postpone_job(&command).await?, "lease {attempt}");
    }
    ensure_eq!(seen, [(1, 0), (2, 1), (3, 1), (4, 2)], "attempts and waits");
    Ok(())
}

async fn skipped_tenant_keeps_its_jobs(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (tenant, n) in [("aa", 1), ("mm", 2), ("zz", 3), ("zz", 4)] {
        queued(store, &aged(tenant, n, 10)).await?;
    }
    let skipping = |skip: &[&str], after: Option<&str>, limit| LeaseJobs {
        skip: skip.iter().map(|tenant| (*tenant).to_owned()).collect(),
        after: after.map(str::to_owned),
        ..lease(NOW, NOW + 60, limit)
    };
    let all = ["aa", "mm", "zz", OTHER_TENANT];
    let none = store.lease_jobs(&skipping(&all, None, 9)).await?;
    ensure_eq!(ids(&none), [], "every tenant skipped");
    let one = store.lease_jobs(&skipping(&["aa", "mm"], None, 1)).await?;
    ensure_eq!(ids(&one), [id(3)], "the first that is not skipped");
    let around = store.lease_jobs(&skipping(&["zz"], Some("aa"), 9)).await?;
    ensure_eq!(ids(&around), [id(2), id(1)], "around, without the last");
    let rest = nodes.second().lease_jobs(&skipping(&[], None, 9)).await?;
    ensure_eq!(ids(&rest), [id(4)], "what was skipped is still there");
    Ok(())
}

async fn mail_state_follows_the_job(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let note = |n, state| {
        Some(MailNote {
            account: ann.clone(),
            enrolment: id(n),
            state,
        })
    };
    store.open_ticket(&ticket(&ann, 7, Stage::Enrol)).await?;
    let mut command = begin(&ann, 7, 1);
    command.offer.mail = MailState::Unsent;
    command.mail = None;
    let _ = store.begin_enrolment(&command).await?;
    let other = nodes.second();
    let state = || async {
        let pending = other.pending_enrolment(&ann, NOW + 1).await?;
        Ok::<_, super::Mismatch>(pending.map(|pending| pending.mail))
    };
    ensure_eq!(state().await?, Some(MailState::Unsent), "as offered");
    let mail = NewJob {
        note: note(1, MailState::Queued),
        ..job(1)
    };
    queued(store, &mail).await?;
    ensure_eq!(state().await?, Some(MailState::Queued), "queued");
    store.lease_jobs(&lease(NOW, NOW, 1)).await?;
    let delayed = PostponeJob {
        note: note(1, MailState::Delayed),
        ..back(id(1), 1, NOW)
    };
    store.postpone_job(&delayed).await?;
    ensure_eq!(state().await?, Some(MailState::Delayed), "postponed");
    store.lease_jobs(&lease(NOW, NOW, 1)).await?;
    let done = |attempt, note| FinishJob {
        note,
        ..finish(id(1), attempt)
    };
    let lost = store
        .finish_job(&done(1, note(1, MailState::Failed)))
        .await?;
    ensure!(!lost, "a lost lease finished the job");
    ensure_eq!(state().await?, Some(MailState::Delayed), "a lost lease");
    store.finish_job(&done(2, note(1, MailState::Sent))).await?;
    ensure_eq!(state().await?, Some(MailState::Sent), "finished");
    for (n, told) in (2..).zip(MailState::ALL) {
        queued(
            store,
            &NewJob {
                note: note(1, told),
                ..job(n)
            },
        )
        .await?;
        ensure_eq!(state().await?, Some(told), "each state comes back");
    }
    let elsewhere = NewJob {
        note: note(9, MailState::Sent),
        ..job(9)
    };
    queued(store, &elsewhere).await?;
    let due = Some(MailState::Failed);
    ensure_eq!(state().await?, due, "a note for another enrolment");
    Ok(())
}
