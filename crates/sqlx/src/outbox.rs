//! Jobs: added within an allowance, leased, finished or put back.

use crate::column::{bytes, flag, time, unsigned};
use crate::error::fault;
use crate::transaction::End;
use slotwerk_store::{
    Backlog, Enqueued, FinishJob, Id, Job, LeaseJobs, MailNote, NewJob, PostponeJob, Result,
};
use sqlx::{SqliteConnection, query, query_as, query_scalar};

const ENQUEUE: &str = "
    INSERT INTO slotwerk_outbox (id, tenant, payload, ready_at, created_at, attempt)
    SELECT $1, $2, $3, $4, $6, 0
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
        .bind(time(job.created_at))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if added.rows_affected() == 1 {
        take_note(conn, job.note.as_ref()).await?;
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
    INSERT INTO slotwerk_outbox (id, tenant, payload, ready_at, created_at, attempt)
    VALUES ($1, $2, $3, $4, $5, 0)";

/// Queues what rides in a transition's own transaction: no allowance refuses it, and an id that is
/// taken fails the transition rather than lose the notice.
pub(crate) async fn insert(conn: &mut SqliteConnection, notice: Option<&NewJob>) -> Result<()> {
    if let Some(job) = notice {
        query(INSERT)
            .bind(&job.id.0[..])
            .bind(&job.tenant)
            .bind(&job.payload)
            .bind(time(job.ready_at))
            .bind(time(job.created_at))
            .execute(conn)
            .await
            .map_err(fault)?;
    }
    Ok(())
}

const NOTE: &str = "
    UPDATE slotwerk_pending_enrolments SET mail = $4
     WHERE tenant = $1 AND account = $2 AND id = $3";

async fn take_note(conn: &mut SqliteConnection, note: Option<&MailNote>) -> Result<()> {
    if let Some(note) = note {
        query(NOTE)
            .bind(note.account.tenant())
            .bind(note.account.account())
            .bind(&note.enrolment.0[..])
            .bind(note.state.name())
            .execute(conn)
            .await
            .map_err(fault)?;
    }
    Ok(())
}

// Two statements, so that each goes along the index.
const CORRECT: [&str; 2] = [
    "UPDATE slotwerk_outbox SET ready_at = $1, ran_ahead = 1
      WHERE held = 0 AND ready_at > $2",
    "UPDATE slotwerk_outbox SET ready_at = $1, held = 0, ran_ahead = 1
      WHERE held = 1 AND ready_at > $2",
];

/// Makes jobs ready whose time no right clock can have written.
async fn correct(conn: &mut SqliteConnection, command: &LeaseJobs) -> Result<()> {
    let latest = [command.latest_ready_at(), command.latest_lease_end()];
    for (statement, latest) in CORRECT.into_iter().zip(latest) {
        query(statement)
            .bind(time(command.now))
            .bind(time(latest))
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
    }
    Ok(())
}

/// Tenants with a job that is ready, in the order of their bytes. Steps from tenant to tenant along the
/// index, so that it costs nothing how many jobs each of them has.
macro_rules! ready_tenants {
    ($from:literal) => {
        concat!(
            "
    WITH RECURSIVE waiting (tenant) AS (
        SELECT MIN(tenant) FROM slotwerk_outbox ",
            $from,
            "
         UNION ALL
        SELECT (SELECT MIN(later.tenant) FROM slotwerk_outbox later
                 WHERE later.tenant > waiting.tenant)
          FROM waiting WHERE waiting.tenant IS NOT NULL)
    SELECT tenant FROM waiting
     WHERE EXISTS (SELECT 1 FROM slotwerk_outbox ready
                    WHERE ready.tenant = waiting.tenant AND ready.ready_at <= $1
                      AND ready.attempt < 4294967295)
     LIMIT $2"
        )
    };
}

const FROM_THE_FIRST: &str = ready_tenants!("");
const FROM_THE_NEXT: &str = ready_tenants!("WHERE tenant > $3");

/// The tenants whose turn it is, no more of them than jobs are asked for.
async fn in_turn(conn: &mut SqliteConnection, command: &LeaseJobs) -> Result<Vec<String>> {
    let most = command.limit as usize;
    // Enough to still have so many when the skipped ones are left out.
    let rows = i64::from(command.limit).saturating_add(command.skip.len() as i64);
    let has_a_turn = |tenant: &String| !command.skip.contains(tenant);
    let mut tenants: Vec<String> = Vec::new();
    if let Some(after) = &command.after {
        tenants = query_scalar(FROM_THE_NEXT)
            .bind(time(command.now))
            .bind(rows)
            .bind(after)
            .fetch_all(&mut *conn)
            .await
            .map_err(fault)?;
        tenants.retain(has_a_turn);
    }
    if tenants.len() < most {
        let first: Vec<String> = query_scalar(FROM_THE_FIRST)
            .bind(time(command.now))
            .bind(rows)
            .fetch_all(conn)
            .await
            .map_err(fault)?;
        let after = command.after.as_ref();
        let around = |tenant: &String| after.is_none_or(|after| tenant <= after);
        let around = first.into_iter().take_while(around);
        tenants.extend(around.filter(has_a_turn));
    }
    tenants.truncate(most);
    Ok(tenants)
}

/// Where a tenant's turn has come to, in the order of its jobs.
struct Place {
    tenant: String,
    ready_at: i64,
    id: Vec<u8>,
}

const NEXT: &str = "
    SELECT id, ready_at, payload, attempt, waits, created_at, ran_ahead FROM slotwerk_outbox
     WHERE tenant = $1 AND ready_at <= $2 AND (ready_at, id) > ($3, $4) AND attempt < 4294967295
     ORDER BY ready_at, id LIMIT 1";

type Columns = (Vec<u8>, i64, Vec<u8>, i64, i64, i64, i64);

struct Ready {
    id: Vec<u8>,
    ready_at: i64,
    payload: Vec<u8>,
    attempt: i64,
    waits: i64,
    created_at: i64,
    ran_ahead: i64,
}

impl From<Columns> for Ready {
    fn from(columns: Columns) -> Self {
        let (id, ready_at, payload, attempt, waits, created_at, ran_ahead) = columns;
        Self {
            id,
            ready_at,
            payload,
            attempt,
            waits,
            created_at,
            ran_ahead,
        }
    }
}

/// The jobs to lease, in turn. Nothing is written before the last of them is chosen: a lease that runs
/// out at once would bring a job back into its own round.
async fn choose(conn: &mut SqliteConnection, command: &LeaseJobs) -> Result<Vec<(String, Ready)>> {
    let begin = |tenant| Place {
        tenant,
        ready_at: -1,
        id: Vec::new(),
    };
    let tenants = in_turn(conn, command).await?;
    let mut round: Vec<Place> = tenants.into_iter().map(begin).collect();
    let mut chosen = Vec::new();
    while !round.is_empty() {
        let mut again = Vec::with_capacity(round.len());
        for place in round {
            if chosen.len() == command.limit as usize {
                return Ok(chosen);
            }
            let next: Option<Columns> = query_as(NEXT)
                .bind(&place.tenant)
                .bind(time(command.now))
                .bind(place.ready_at)
                .bind(&place.id)
                .fetch_optional(&mut *conn)
                .await
                .map_err(fault)?;
            if let Some(job) = next.map(Ready::from) {
                again.push(Place {
                    ready_at: job.ready_at,
                    id: job.id.clone(),
                    tenant: place.tenant.clone(),
                });
                chosen.push((place.tenant, job));
            }
        }
        round = again;
    }
    Ok(chosen)
}

const LEASE: &str = "
    UPDATE slotwerk_outbox
       SET ready_at = $3, attempt = attempt + 1, held = 1, ran_ahead = 0,
           created_at = CASE WHEN created_at > $4 THEN $4 ELSE created_at END
     WHERE id = $1 AND attempt = $2";

/// The attempt number is the guard: it names the lease, and taking it changes it.
pub(crate) async fn lease(
    conn: &mut SqliteConnection,
    command: &LeaseJobs,
) -> Result<End<Vec<Job>>> {
    correct(conn, command).await?;
    let mut leased = Vec::new();
    for (tenant, row) in choose(conn, command).await? {
        let taken = query(LEASE)
            .bind(&row.id)
            .bind(row.attempt)
            .bind(time(command.lease_until))
            .bind(time(command.now))
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
        if taken.rows_affected() == 1 {
            let created_at: u64 = unsigned(row.created_at)?;
            let ahead = created_at > command.latest_created_at();
            leased.push(Job {
                id: Id(bytes(row.id)?),
                tenant,
                payload: row.payload,
                attempt: unsigned(row.attempt.saturating_add(1))?,
                waits: unsigned(row.waits)?,
                created_at: created_at.min(command.now),
                ran_ahead: flag(row.ran_ahead)? || ahead,
            });
        }
    }
    Ok(End::Commit(leased))
}

const FINISH: &str = "DELETE FROM slotwerk_outbox WHERE id = $1 AND attempt = $2";

pub(crate) async fn finish(conn: &mut SqliteConnection, command: &FinishJob) -> Result<End<bool>> {
    let done = query(FINISH)
        .bind(&command.id.0[..])
        .bind(i64::from(command.attempt))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if done.rows_affected() != 1 {
        return Ok(End::Rollback(false));
    }
    take_note(conn, command.note.as_ref()).await?;
    Ok(End::Commit(true))
}

const POSTPONE: &str = "
    UPDATE slotwerk_outbox
       SET ready_at = $3, payload = COALESCE($4, payload), waits = waits + $5, held = 0
     WHERE id = $1 AND attempt = $2";

pub(crate) async fn postpone(
    conn: &mut SqliteConnection,
    command: &PostponeJob,
) -> Result<End<bool>> {
    let done = query(POSTPONE)
        .bind(&command.id.0[..])
        .bind(i64::from(command.attempt))
        .bind(time(command.ready_at))
        .bind(&command.payload)
        .bind(i64::from(command.waited))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if done.rows_affected() != 1 {
        return Ok(End::Rollback(false));
    }
    take_note(conn, command.note.as_ref()).await?;
    Ok(End::Commit(true))
}

// In one statement, so that all of it is of the same moment.
const BACKLOG: &str = "
    SELECT (SELECT COUNT(*) FROM slotwerk_outbox WHERE held = 0)
         + (SELECT COUNT(*) FROM slotwerk_outbox WHERE held = 1 AND ready_at <= $1),
           (SELECT MIN(ready_at) FROM slotwerk_outbox WHERE held = 0 AND ready_at <= $1),
           (SELECT MIN(ready_at) FROM slotwerk_outbox WHERE held = 1 AND ready_at <= $1)";

pub(crate) async fn backlog(conn: &mut SqliteConnection, now: u64) -> Result<Backlog> {
    let (waiting, free, run_out): (i64, Option<i64>, Option<i64>) = query_as(BACKLOG)
        .bind(time(now))
        .fetch_one(conn)
        .await
        .map_err(fault)?;
    let oldest = free.into_iter().chain(run_out).min();
    Ok(Backlog {
        waiting: unsigned(waiting)?,
        oldest_ready_at: oldest.map(unsigned).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{BACKLOG, CORRECT, FROM_THE_FIRST, FROM_THE_NEXT, NEXT};
    use crate::SqliteStore;
    use sqlx::{AssertSqlSafe, Row};

    /// A crowd of jobs must not make a lease slow, so no step of it may go through all of them.
    #[test]
    fn a_lease_goes_along_the_index_only() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let store = SqliteStore::connect(":memory:").await.unwrap();
            let [early, late] = CORRECT;
            for statement in [early, late, FROM_THE_FIRST, FROM_THE_NEXT, NEXT, BACKLOG] {
                let explain = format!("EXPLAIN QUERY PLAN {statement}");
                let plan = sqlx::query(AssertSqlSafe(explain))
                    .fetch_all(&store.writer)
                    .await
                    .unwrap();
                let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
                let table = |step: &&String| {
                    ["slotwerk_outbox", "later", "ready"]
                        .iter()
                        .any(|name| step.split(' ').nth(1) == Some(name))
                };
                let of_table: Vec<_> = steps.iter().filter(table).collect();
                assert!(!of_table.is_empty(), "{steps:?}");
                for step in of_table {
                    let indexed =
                        step.starts_with("SEARCH") && step.contains("INDEX slotwerk_outbox_");
                    assert!(indexed, "{step} in {steps:?}");
                }
                let sorted = steps.iter().any(|step| step.contains("TEMP B-TREE"));
                assert!(!sorted, "{steps:?}");
            }
        });
    }
}
