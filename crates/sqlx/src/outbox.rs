//! Jobs: added within an allowance, leased, finished or put back.

use crate::column::{bytes, time, unsigned};
use crate::error::fault;
use crate::transaction::End;
use slotwerk_store::{Enqueued, Id, Job, NewJob, Result};
use sqlx::{SqliteConnection, query, query_as, query_scalar};

const ENQUEUE: &str = "
    INSERT INTO slotwerk_outbox (id, tenant, payload, ready_at, attempt)
    SELECT $1, $2, $3, $4, 0
     WHERE (SELECT COUNT(*) FROM slotwerk_outbox WHERE tenant = $2) < $5
        ON CONFLICT (id) DO NOTHING";

const COUNT: &str = "SELECT COUNT(*) FROM slotwerk_outbox WHERE tenant = $1";

/// A job that was added before stays as it is, so that an `enqueue` whose answer was lost may be sent
/// again.
pub(crate) async fn enqueue(conn: &mut SqliteConnection, job: &NewJob) -> Result<End<Enqueued>> {
    let added = query(ENQUEUE)
        .bind(&job.id.0[..])
        .bind(&job.tenant)
        .bind(&job.payload)
        .bind(time(job.ready_at))
        .bind(i64::from(job.capacity))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if added.rows_affected() == 1 {
        return Ok(End::Commit(Enqueued::Queued));
    }
    let waiting: i64 = query_scalar(COUNT)
        .bind(&job.tenant)
        .fetch_one(conn)
        .await
        .map_err(fault)?;
    Ok(End::Rollback(if waiting < i64::from(job.capacity) {
        Enqueued::Queued
    } else {
        Enqueued::Full
    }))
}

const INSERT: &str = "
    INSERT INTO slotwerk_outbox (id, tenant, payload, ready_at, attempt)
    VALUES ($1, $2, $3, $4, 0)";

/// Queues what rides in a transition's own transaction: no allowance refuses it, and an id that is
/// taken fails the transition rather than lose the notice.
pub(crate) async fn insert(conn: &mut SqliteConnection, notice: Option<&NewJob>) -> Result<()> {
    if let Some(job) = notice {
        query(INSERT)
            .bind(&job.id.0[..])
            .bind(&job.tenant)
            .bind(&job.payload)
            .bind(time(job.ready_at))
            .execute(conn)
            .await
            .map_err(fault)?;
    }
    Ok(())
}

const READY: &str = "
    SELECT id, tenant, payload, attempt FROM slotwerk_outbox
     WHERE ready_at <= $1 AND attempt < 4294967295
     ORDER BY ready_at, id LIMIT $2";

const LEASE: &str = "
    UPDATE slotwerk_outbox SET ready_at = $3, attempt = attempt + 1
     WHERE id = $1 AND attempt = $2";

/// The attempt number is the guard: it names the lease, and taking it changes it.
pub(crate) async fn lease(
    conn: &mut SqliteConnection,
    now: u64,
    lease_until: u64,
    limit: u32,
) -> Result<End<Vec<Job>>> {
    let ready: Vec<(Vec<u8>, String, Vec<u8>, i64)> = query_as(READY)
        .bind(time(now))
        .bind(i64::from(limit))
        .fetch_all(&mut *conn)
        .await
        .map_err(fault)?;
    let mut leased = Vec::with_capacity(ready.len());
    for (id, tenant, payload, attempt) in ready {
        let taken = query(LEASE)
            .bind(&id)
            .bind(attempt)
            .bind(time(lease_until))
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
        if taken.rows_affected() == 1 {
            leased.push(Job {
                id: Id(bytes(id)?),
                tenant,
                payload,
                attempt: unsigned(attempt.saturating_add(1))?,
            });
        }
    }
    Ok(End::Commit(leased))
}

const FINISH: &str = "DELETE FROM slotwerk_outbox WHERE id = $1 AND attempt = $2";

pub(crate) async fn finish(conn: &mut SqliteConnection, id: Id, attempt: u32) -> Result<End<bool>> {
    let done = query(FINISH)
        .bind(&id.0[..])
        .bind(i64::from(attempt))
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(End::Commit(done.rows_affected() == 1))
}

const POSTPONE: &str = "UPDATE slotwerk_outbox SET ready_at = $3 WHERE id = $1 AND attempt = $2";

pub(crate) async fn postpone(
    conn: &mut SqliteConnection,
    id: Id,
    attempt: u32,
    ready_at: u64,
) -> Result<End<bool>> {
    let done = query(POSTPONE)
        .bind(&id.0[..])
        .bind(i64::from(attempt))
        .bind(time(ready_at))
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(End::Commit(done.rows_affected() == 1))
}
