//! Jobs and their leases.

use super::fixture::{NOW, OTHER_TENANT, finish, id, job, job_ids, lease, queued};
use super::macros::{cases, ensure, ensure_eq};
use super::race::{TASKS, race};
use super::{CaseResult, Nodes};
use slotwerk_store::{Backlog, Enqueued, Id, Job, LeaseJobs, NewJob, PostponeJob, Store};
use std::collections::BTreeSet;

cases!(Outbox:
    a_job_waits_until_its_time,
    a_job_is_given_as_it_was_added,
    a_full_tenant_is_refused_and_others_are_not,
    a_job_added_twice_waits_once,
    a_finished_job_frees_its_place,
    leases_come_oldest_first_and_within_the_limit,
    a_crowd_of_one_tenant_delays_no_other,
    one_lease_goes_round_the_tenants,
    a_turn_passes_to_the_next_tenant_and_around,
    a_tenant_with_nothing_ready_is_passed_over,
    a_lease_hides_a_job_until_it_runs_out,
    a_lost_lease_neither_finishes_nor_postpones,
    a_postponed_job_comes_back_at_its_time,
    a_postponed_job_comes_back_as_it_is_now,
    racing_workers_share_no_job,
    racing_finishers_have_one_winner,
    requests_in_flight_may_exceed_capacity,
    backlog_counts_what_waits,
);

/// Puts a job back as it was.
pub(super) fn back(id: Id, attempt: u32, ready_at: u64) -> PostponeJob {
    PostponeJob {
        id,
        attempt,
        ready_at,
        payload: None,
        waited: false,
        note: None,
    }
}

pub(super) fn ids(jobs: &[Job]) -> Vec<Id> {
    jobs.iter().map(|job| job.id).collect()
}

async fn a_job_waits_until_its_time(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    queued(store, &job(1)).await?;
    let early = store.lease_jobs(&lease(NOW - 1, NOW + 60, 10)).await?;
    ensure!(early.is_empty(), "a job was leased a second early");
    let due = store.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    ensure_eq!(ids(&due), [id(1)], "leased at its second");
    Ok(())
}

async fn a_job_is_given_as_it_was_added(nodes: Nodes) -> CaseResult {
    let payload: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let added = NewJob {
        payload: payload.clone(),
        ..job(1)
    };
    queued(nodes.first(), &added).await?;
    let leased = nodes.second().lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    let [job] = leased.as_slice() else {
        ensure!(false, "{} jobs instead of one", leased.len());
        return Ok(());
    };
    ensure_eq!(job.tenant, added.tenant, "the tenant");
    ensure!(job.payload == payload, "the payload was changed");
    ensure_eq!(job.attempt, 1, "the first lease");
    Ok(())
}

async fn a_full_tenant_is_refused_and_others_are_not(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let small = |n| NewJob {
        capacity: 2,
        ..job(n)
    };
    for n in [1, 2] {
        ensure_eq!(store.enqueue(&small(n)).await?, Enqueued::Queued, "job {n}");
    }
    ensure_eq!(store.enqueue(&small(3)).await?, Enqueued::Full, "the third");
    let elsewhere = NewJob {
        tenant: OTHER_TENANT.to_owned(),
        ..small(4)
    };
    let other = store.enqueue(&elsewhere).await?;
    ensure_eq!(other, Enqueued::Queued, "another tenant's first");
    let closed = NewJob {
        capacity: 0,
        tenant: "leeg".to_owned(),
        ..job(5)
    };
    ensure_eq!(
        store.enqueue(&closed).await?,
        Enqueued::Full,
        "no allowance"
    );
    ensure_eq!(job_ids(store).await?, [id(1), id(2), id(4)], "what waits");
    Ok(())
}

async fn a_job_added_twice_waits_once(nodes: Nodes) -> CaseResult {
    for store in [nodes.first(), nodes.second()] {
        ensure_eq!(store.enqueue(&job(1)).await?, Enqueued::Queued, "the job");
    }
    ensure_eq!(job_ids(nodes.first()).await?, [id(1)], "what waits");
    Ok(())
}

async fn a_finished_job_frees_its_place(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let single = |n| NewJob {
        capacity: 1,
        ..job(n)
    };
    queued(store, &single(1)).await?;
    store.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    let beside = store.enqueue(&single(2)).await?;
    ensure_eq!(beside, Enqueued::Full, "beside a leased job");
    ensure!(
        store.finish_job(&finish(id(1), 1)).await?,
        "the lease was not held"
    );
    let twice = store.finish_job(&finish(id(1), 1)).await?;
    ensure!(!twice, "a job was finished twice");
    let after = store.enqueue(&single(2)).await?;
    ensure_eq!(after, Enqueued::Queued, "after a finished job");
    Ok(())
}

async fn leases_come_oldest_first_and_within_the_limit(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (n, age) in [(1, 10), (2, 30), (3, 20)] {
        let ready_at = NOW - age;
        queued(store, &NewJob { ready_at, ..job(n) }).await?;
    }
    let two = store.lease_jobs(&lease(NOW, NOW + 60, 2)).await?;
    ensure_eq!(ids(&two), [id(2), id(3)], "the two oldest");
    let rest = store.lease_jobs(&lease(NOW, NOW + 60, 2)).await?;
    ensure_eq!(ids(&rest), [id(1)], "the rest");
    Ok(())
}

/// A job of `tenant`, added `age` seconds before now.
pub(super) fn aged(tenant: &str, n: u8, age: u64) -> NewJob {
    NewJob {
        tenant: tenant.to_owned(),
        ready_at: NOW - age,
        ..job(n)
    }
}

/// What one worker takes in `leases` leases of one job each, and remembers between them.
async fn worked_off(store: &dyn Store, leases: usize) -> Result<Vec<Id>, super::Mismatch> {
    let (mut after, mut taken) = (None, Vec::new());
    for _ in 0..leases {
        let command = LeaseJobs {
            after: after.take(),
            ..lease(NOW, NOW + 60, 1)
        };
        for job in store.lease_jobs(&command).await? {
            taken.push(job.id);
            after = Some(job.tenant);
        }
    }
    Ok(taken)
}

async fn a_crowd_of_one_tenant_delays_no_other(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    // Older than the others' jobs, and its name comes first.
    for n in 1..=40 {
        queued(store, &aged("aa", n, 1000)).await?;
    }
    for (tenant, n) in [("mm", 50), ("zz", 60)] {
        queued(store, &aged(tenant, n, 1)).await?;
        queued(store, &aged(tenant, n + 1, 0)).await?;
    }
    let taken = worked_off(nodes.second(), 8).await?;
    let due = [1, 50, 60, 2, 51, 61, 3, 4].map(id);
    ensure_eq!(taken, due, "one job each in turn");
    Ok(())
}

async fn one_lease_goes_round_the_tenants(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (tenant, n, age) in [
        ("aa", 1, 90),
        ("aa", 2, 80),
        ("aa", 3, 70),
        ("aa", 4, 60),
        ("mm", 5, 10),
        ("zz", 6, 1),
        ("zz", 7, 2),
    ] {
        queued(store, &aged(tenant, n, age)).await?;
    }
    let after = |after: &str, limit| LeaseJobs {
        after: Some(after.to_owned()),
        ..lease(NOW, NOW + 60, limit)
    };
    let five = store.lease_jobs(&after("aa", 5)).await?;
    ensure_eq!(ids(&five), [5, 7, 1, 6, 2].map(id), "the first five");
    let rest = store.lease_jobs(&after("aa", 5)).await?;
    ensure_eq!(ids(&rest), [3, 4].map(id), "the rest");
    Ok(())
}

async fn a_turn_passes_to_the_next_tenant_and_around(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (tenant, n) in [("B", 1), ("a", 2), ("b", 3), ("é", 4)] {
        queued(store, &aged(tenant, n, 0)).await?;
    }
    for (after, due) in [
        (None, 1),
        (Some(""), 1),
        (Some("A"), 1),
        (Some("B"), 2),
        (Some("B2"), 2),
        (Some("a"), 3),
        (Some("b"), 4),
        (Some("é"), 1),
        (Some("日"), 1),
    ] {
        let command = LeaseJobs {
            after: after.map(str::to_owned),
            ..lease(NOW, NOW + 60, 1)
        };
        let leased = nodes.second().lease_jobs(&command).await?;
        ensure_eq!(ids(&leased), [id(due)], "after {after:?}");
        for job in leased {
            store.postpone_job(&back(job.id, job.attempt, NOW)).await?;
        }
    }
    Ok(())
}

async fn a_tenant_with_nothing_ready_is_passed_over(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (tenant, n, ready_at) in [("aa", 1, NOW), ("mm", 2, NOW + 1), ("zz", 3, NOW)] {
        let job = NewJob {
            ready_at,
            ..aged(tenant, n, 0)
        };
        queued(store, &job).await?;
    }
    let after = |limit| LeaseJobs {
        after: Some("aa".to_owned()),
        ..lease(NOW, NOW + 60, limit)
    };
    ensure_eq!(ids(&store.lease_jobs(&after(0)).await?), [], "a limit of 0");
    let one = store.lease_jobs(&after(1)).await?;
    ensure_eq!(ids(&one), [id(3)], "the one after the one that waits");
    let all = store.lease_jobs(&after(9)).await?;
    ensure_eq!(ids(&all), [id(1)], "what is left");
    Ok(())
}

async fn a_lease_hides_a_job_until_it_runs_out(nodes: Nodes) -> CaseResult {
    queued(nodes.first(), &job(1)).await?;
    nodes.first().lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    let held = nodes
        .second()
        .lease_jobs(&lease(NOW + 59, NOW + 99, 10))
        .await?;
    ensure!(held.is_empty(), "a leased job was leased again");
    let again = nodes
        .second()
        .lease_jobs(&lease(NOW + 60, NOW + 99, 10))
        .await?;
    let attempts: Vec<u32> = again.iter().map(|job| job.attempt).collect();
    ensure_eq!(attempts, [2], "the attempt after a lease that ran out");
    Ok(())
}

async fn a_lost_lease_neither_finishes_nor_postpones(nodes: Nodes) -> CaseResult {
    let (slow, quick) = (nodes.first(), nodes.second());
    queued(slow, &job(1)).await?;
    slow.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    quick.lease_jobs(&lease(NOW + 60, NOW + 120, 10)).await?;
    let finished = slow.finish_job(&finish(id(1), 1)).await?;
    ensure!(!finished, "a lost lease finished the job");
    let postponed = slow.postpone_job(&back(id(1), 1, NOW)).await?;
    ensure!(!postponed, "a lost lease postponed the job");
    let held = slow.lease_jobs(&lease(NOW + 61, NOW + 180, 10)).await?;
    ensure!(held.is_empty(), "the new lease was broken");
    let finished = quick.finish_job(&finish(id(1), 2)).await?;
    ensure!(finished, "the new lease was not held");
    let unknown = slow.finish_job(&finish(id(9), 1)).await?
        || slow.postpone_job(&back(id(9), 1, NOW)).await?;
    ensure!(!unknown, "a job that never was, was held");
    Ok(())
}

async fn a_postponed_job_comes_back_at_its_time(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    queued(store, &job(1)).await?;
    store.lease_jobs(&lease(NOW, NOW + 60, 10)).await?;
    let held = store.postpone_job(&back(id(1), 1, NOW + 300)).await?;
    ensure!(held, "the lease was not held");
    let early = store.lease_jobs(&lease(NOW + 299, NOW + 360, 10)).await?;
    ensure!(early.is_empty(), "a postponed job came back early");
    let due = store.lease_jobs(&lease(NOW + 300, NOW + 360, 10)).await?;
    ensure_eq!(ids(&due), [id(1)], "at its time");
    Ok(())
}

async fn a_postponed_job_comes_back_as_it_is_now(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    queued(store, &job(1)).await?;
    let given = store.lease_jobs(&lease(NOW, NOW, 1)).await?;
    let mut due: Vec<u8> = given.iter().flat_map(|job| job.payload.clone()).collect();
    for (attempt, now_is) in [
        (1, None),
        (2, Some(vec![7; 5000])),
        (3, None),
        (4, Some(vec![])),
    ] {
        let command = PostponeJob {
            payload: now_is.clone(),
            ..back(id(1), attempt, NOW)
        };
        // Nothing is taken from a worker that does not hold it.
        let strange = PostponeJob {
            attempt: attempt + 1,
            payload: Some(vec![9]),
            ..command.clone()
        };
        store.postpone_job(&strange).await?;
        store.postpone_job(&command).await?;
        due = now_is.unwrap_or(due);
        let again = nodes.second().lease_jobs(&lease(NOW, NOW, 1)).await?;
        let found: Vec<&Vec<u8>> = again.iter().map(|job| &job.payload).collect();
        ensure!(found == [&due], "the payload after lease {attempt}");
    }
    Ok(())
}

async fn racing_workers_share_no_job(nodes: Nodes) -> CaseResult {
    for n in 0..20 {
        queued(nodes.first(), &job(n)).await?;
    }
    let leases = race(&nodes, |store, _| async move {
        store.lease_jobs(&lease(NOW, NOW + 60, 3)).await
    })
    .await?;
    let all: Vec<Id> = leases.iter().flat_map(|lease| ids(lease)).collect();
    let distinct: BTreeSet<Id> = all.iter().copied().collect();
    ensure_eq!(all.len(), distinct.len(), "jobs leased, counted twice");
    ensure_eq!(distinct.len(), 20, "jobs leased");
    Ok(())
}

async fn racing_finishers_have_one_winner(nodes: Nodes) -> CaseResult {
    queued(nodes.first(), &job(1)).await?;
    nodes.first().lease_jobs(&lease(NOW, NOW + 60, 1)).await?;
    let finished = race(&nodes, |store, _| async move {
        store.finish_job(&finish(id(1), 1)).await
    })
    .await?;
    let winners = finished.iter().filter(|finished| **finished).count();
    ensure_eq!(winners, 1, "tasks that finished the job");
    Ok(())
}

/// Not an exact count: that would need one row that every request writes.
async fn requests_in_flight_may_exceed_capacity(nodes: Nodes) -> CaseResult {
    let request = |n| NewJob {
        capacity: 5,
        ..job(n)
    };
    let outcomes = race(&nodes, move |store, n| async move {
        store.enqueue(&request(n)).await
    })
    .await?;
    let queued = outcomes.iter().filter(|o| **o == Enqueued::Queued).count();
    ensure!(queued >= 5, "of {TASKS} requests, {queued} were queued");
    let late = nodes.second().enqueue(&request(99)).await?;
    ensure_eq!(late, Enqueued::Full, "a request after them");
    let waiting = job_ids(nodes.first()).await?.len();
    ensure_eq!(waiting, queued, "jobs that wait");
    Ok(())
}

async fn backlog_counts_what_waits(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let backlog = |waiting, oldest_ready_at| Backlog {
        waiting,
        oldest_ready_at,
    };
    let seen = |now| nodes.second().outbox_backlog(now);
    ensure_eq!(seen(NOW).await?, Backlog::default(), "without any job");
    for (tenant, n, age) in [(OTHER_TENANT, 1, 20), ("aa", 2, 10), ("zz", 3, 0)] {
        queued(store, &aged(tenant, n, age)).await?;
    }
    ensure_eq!(seen(NOW - 21).await?, backlog(3, None), "none is ready");
    let due = backlog(3, Some(NOW - 20));
    ensure_eq!(seen(NOW - 20).await?, due, "at the second of the first");
    ensure_eq!(seen(NOW).await?, due, "all are ready");
    let held = store.lease_jobs(&lease(NOW, NOW + 60, 2)).await?;
    ensure_eq!(ids(&held), [id(2), id(1)], "leased");
    let due = backlog(1, Some(NOW));
    ensure_eq!(seen(NOW + 59).await?, due, "two are held");
    let due = backlog(3, Some(NOW));
    ensure_eq!(seen(NOW + 60).await?, due, "the leases have run out");
    store.finish_job(&finish(id(1), 1)).await?;
    store.postpone_job(&back(id(2), 1, NOW + 30)).await?;
    let due = backlog(2, Some(NOW));
    ensure_eq!(seen(NOW).await?, due, "one finished, one put back");
    store.lease_jobs(&lease(NOW, NOW + 60, 9)).await?;
    ensure_eq!(seen(NOW + 29).await?, backlog(1, None), "a pause");
    let due = backlog(1, Some(NOW + 30));
    ensure_eq!(seen(NOW + 30).await?, due, "its end");
    Ok(())
}
