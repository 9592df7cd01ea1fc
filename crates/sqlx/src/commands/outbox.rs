//! Jobs: added within an allowance, leased, finished or put back.

use super::column::{bytes, flag, time, unsigned};
use crate::connection::{Conn, End};
use crate::dialect::Dialect;
use crate::statement::{Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{
    Backlog, Enqueued, FinishJob, Id, Job, LeaseJobs, MailNote, NewJob, PostponeJob, Result,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &ENQUEUE,
    &COUNT,
    &INSERT,
    &NOTE,
    &TIMES,
    &CORRECT[0],
    &CORRECT[1],
    &READY_TENANTS,
    &NEXT,
    &LEASE,
    &FINISH,
    &POSTPONE,
    &BACKLOG,
];

static ENQUEUE: Statement = Statement::insert_if_absent(
    "
    INSERT INTO slotwerk_outbox (id, tenant, payload, ready_at, created_at, attempt)
    SELECT $1, $2, $3, $4, $6, 0 FROM (SELECT 1 AS one) AS one
     WHERE (SELECT COUNT(*) FROM slotwerk_outbox WHERE tenant = $2) < $5",
);

static COUNT: Statement = Statement::new("SELECT COUNT(*) FROM slotwerk_outbox WHERE tenant = $1");

/// A job that was added before stays as it is, so that an `enqueue` whose answer was lost may be sent
/// again.
pub(crate) async fn enqueue(conn: &mut Conn<'_>, job: &NewJob) -> Result<End<Enqueued>> {
    let added = sql(&ENQUEUE)
        .bind(&job.id.0[..])
        .id(&job.tenant)
        .bind(&job.payload)
        .bind(time(job.ready_at))
        .bind(i64::from(job.capacity))
        .bind(time(job.created_at))
        .run(conn)
        .await?;
    if added == 1 {
        take_note(conn, job.note.as_ref()).await?;
        return Ok(End::Commit(Enqueued::Queued));
    }
    let waiting: i64 = sql(&COUNT).id(&job.tenant).one(conn).await?;
    Ok(End::Rollback(if waiting < i64::from(job.capacity) {
        Enqueued::Queued
    } else {
        Enqueued::Full
    }))
}

static INSERT: Statement = Statement::new(
    "
    INSERT INTO slotwerk_outbox (id, tenant, payload, ready_at, created_at, attempt)
    VALUES ($1, $2, $3, $4, $5, 0)",
);

/// Queues what rides in a transition's own transaction: no allowance refuses it, and an id that is
/// taken fails the transition rather than lose the notice.
pub(crate) async fn insert(conn: &mut Conn<'_>, notice: Option<&NewJob>) -> Result<()> {
    if let Some(job) = notice {
        sql(&INSERT)
            .bind(&job.id.0[..])
            .id(&job.tenant)
            .bind(&job.payload)
            .bind(time(job.ready_at))
            .bind(time(job.created_at))
            .run(conn)
            .await?;
    }
    Ok(())
}

static NOTE: Statement = Statement::new(
    "
    UPDATE slotwerk_pending_enrolments SET mail = $4
     WHERE tenant = $1 AND account = $2 AND id = $3",
);

async fn take_note(conn: &mut Conn<'_>, note: Option<&MailNote>) -> Result<()> {
    if let Some(note) = note {
        sql(&NOTE)
            .account(&note.account)
            .bind(&note.enrolment.0[..])
            .bind(note.state.name())
            .run(conn)
            .await?;
    }
    Ok(())
}

// One step along the index for each.
static TIMES: Statement = Statement::new(
    "
    SELECT (SELECT MIN(ready_at) FROM slotwerk_outbox WHERE held = 0),
           (SELECT MAX(ready_at) FROM slotwerk_outbox WHERE held = 0),
           (SELECT MIN(ready_at) FROM slotwerk_outbox WHERE held = 1),
           (SELECT MAX(ready_at) FROM slotwerk_outbox WHERE held = 1)",
);

// Two statements, so that each goes along the index.
static CORRECT: [Statement; 2] = [
    Statement::new(
        "UPDATE slotwerk_outbox SET ready_at = $1, ran_ahead = 1
      WHERE held = 0 AND ready_at > $2",
    ),
    Statement::new(
        "UPDATE slotwerk_outbox SET ready_at = $1, held = 0, ran_ahead = 1
      WHERE held = 1 AND ready_at > $2",
    ),
];

/// Makes jobs ready whose time no right clock can have written. Whether any job is ready.
async fn correct(conn: &mut Conn<'_>, command: &LeaseJobs) -> Result<bool> {
    type Bounds = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);
    let (first_free, last_free, first_leased, last_leased): Bounds = sql(&TIMES).one(conn).await?;
    let now = time(command.now);
    let latest = [command.latest_ready_at(), command.latest_lease_end()].map(time);
    if last_free.is_none_or(|last| last <= latest[0])
        && last_leased.is_none_or(|last| last <= latest[1])
    {
        return Ok([first_free, first_leased]
            .into_iter()
            .flatten()
            .any(|first| first <= now));
    }
    for (statement, latest) in CORRECT.iter().zip(latest) {
        sql(statement).bind(now).bind(latest).run(conn).await?;
    }
    Ok(true)
}

// Tenants after $3 with a job that is ready, in the order of their bytes. It steps from tenant to tenant along the index,
// so that it costs nothing how many jobs each of them has. The inner ORDER BY is there for the index.
//
// MySQL would read the index from its start at each step. There the statement gives one tenant, and passes over the jobs
// of others that are not ready yet. It also names a tenant whose ready jobs have no attempts left: to look at each job
// here would read its row.
static READY_TENANTS: Statement = Statement::new(
    "
    WITH RECURSIVE waiting (tenant) AS (
        SELECT MIN(tenant) FROM slotwerk_outbox WHERE tenant > $3
         UNION ALL
        SELECT (SELECT MIN(later.tenant) FROM slotwerk_outbox later
                 WHERE later.tenant > waiting.tenant)
          FROM waiting WHERE waiting.tenant IS NOT NULL)
    SELECT tenant FROM waiting
     WHERE (SELECT 1 FROM slotwerk_outbox ready
             WHERE ready.tenant = waiting.tenant AND ready.ready_at <= $1
               AND ready.attempt < 4294967295
             ORDER BY ready.ready_at LIMIT 1) = 1
     LIMIT $2",
)
.mysql(
    "
    SELECT tenant FROM slotwerk_outbox WHERE ready_at <= $1 AND tenant > $3
     ORDER BY tenant, ready_at LIMIT $2",
);

/// The tenants with ready jobs, in turn: those after the last one that was served, then from the first one on.
struct Turns<'a> {
    command: &'a LeaseJobs,
    after: Option<String>,
    is_around: bool,
    has_ended: bool,
}

impl<'a> Turns<'a> {
    fn new(command: &'a LeaseJobs) -> Self {
        Self {
            command,
            after: command.after.clone(),
            is_around: command.after.is_none(),
            has_ended: false,
        }
    }

    /// As many more tenants as jobs are asked for, if there are so many.
    async fn next(&mut self, conn: &mut Conn<'_>) -> Result<Vec<String>> {
        let mut tenants = Vec::new();
        while tenants.len() < self.command.limit as usize && !self.has_ended {
            let found = self.page(conn).await?;
            let skip = &self.command.skip;
            tenants.extend(found.into_iter().filter(|tenant| !skip.contains(tenant)));
        }
        Ok(tenants)
    }

    async fn page(&mut self, conn: &mut Conn<'_>) -> Result<Vec<String>> {
        let rows = match conn.dialect() {
            Dialect::Mysql => 1,
            // Enough to still have so many when the skipped ones are left out.
            _ => self.command.limit as usize + self.command.skip.len(),
        };
        // No tenant has an empty id.
        let after = self.after.as_deref().unwrap_or_default();
        let page = sql(&READY_TENANTS)
            .bind(time(self.command.now))
            .bind(i64::try_from(rows).unwrap_or(i64::MAX))
            .id(after);
        let found: Vec<StoredId> = page.all(conn).await?;
        let is_last_page = found.len() < rows;
        let mut found: Vec<String> = found.into_iter().map(|StoredId(tenant)| tenant).collect();
        self.after = found.last().cloned();
        if self.is_around {
            self.has_ended = is_last_page;
            if let Some(served) = &self.command.after
                && let Some(end) = found.iter().position(|tenant| tenant > served)
            {
                found.truncate(end);
                self.has_ended = true;
            }
        } else if is_last_page {
            self.is_around = true;
            self.after = None;
        }
        Ok(found)
    }
}

/// Where a tenant's turn has come to, in the order of its jobs.
struct Place {
    tenant: String,
    ready_at: i64,
    id: Vec<u8>,
}

// A job that another worker is about to lease is left out.
static NEXT: Statement = Statement::locking_free(
    "
    SELECT id, ready_at, payload, attempt, waits, created_at, ran_ahead FROM slotwerk_outbox
     WHERE tenant = $1 AND ready_at <= $2 AND ready_at >= $3 AND (ready_at > $3 OR id > $4)
       AND attempt < 4294967295
     ORDER BY ready_at, id LIMIT 1",
);

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
async fn choose(conn: &mut Conn<'_>, command: &LeaseJobs) -> Result<Vec<(String, Ready)>> {
    let mut turns = Turns::new(command);
    let mut chosen = Vec::new();
    while chosen.len() < command.limit as usize {
        let tenants = turns.next(conn).await?;
        if tenants.is_empty() {
            break;
        }
        choose_from(conn, command, tenants, &mut chosen).await?;
    }
    Ok(chosen)
}

/// One job of each tenant, then the next one of each, until there are enough.
async fn choose_from(
    conn: &mut Conn<'_>,
    command: &LeaseJobs,
    tenants: Vec<String>,
    chosen: &mut Vec<(String, Ready)>,
) -> Result<()> {
    let begin = |tenant| Place {
        tenant,
        ready_at: -1,
        id: Vec::new(),
    };
    let mut round: Vec<Place> = tenants.into_iter().map(begin).collect();
    while !round.is_empty() {
        let mut again = Vec::with_capacity(round.len());
        for place in round {
            if chosen.len() == command.limit as usize {
                return Ok(());
            }
            let next: Option<Columns> = sql(&NEXT)
                .id(&place.tenant)
                .bind(time(command.now))
                .bind(place.ready_at)
                .bind(&place.id)
                .optional(conn)
                .await?;
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
    Ok(())
}

static LEASE: Statement = Statement::new(
    "
    UPDATE slotwerk_outbox
       SET ready_at = $3, attempt = attempt + 1, held = 1, ran_ahead = 0,
           created_at = CASE WHEN created_at > $4 THEN $4 ELSE created_at END
     WHERE id = $1 AND attempt = $2",
);

/// The attempt number is the guard: it names the lease, and taking it changes it.
pub(crate) async fn lease(conn: &mut Conn<'_>, command: &LeaseJobs) -> Result<End<Vec<Job>>> {
    if !correct(conn, command).await? {
        return Ok(End::Rollback(Vec::new()));
    }
    let mut leased = Vec::new();
    for (tenant, row) in choose(conn, command).await? {
        let taken = sql(&LEASE)
            .bind(&row.id)
            .bind(row.attempt)
            .bind(time(command.lease_until))
            .bind(time(command.now))
            .run(conn)
            .await?;
        if taken == 1 {
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

static FINISH: Statement =
    Statement::new("DELETE FROM slotwerk_outbox WHERE id = $1 AND attempt = $2");

pub(crate) async fn finish(conn: &mut Conn<'_>, command: &FinishJob) -> Result<End<bool>> {
    let done = sql(&FINISH)
        .bind(&command.id.0[..])
        .bind(i64::from(command.attempt))
        .run(conn)
        .await?;
    if done != 1 {
        return Ok(End::Rollback(false));
    }
    take_note(conn, command.note.as_ref()).await?;
    Ok(End::Commit(true))
}

static POSTPONE: Statement = Statement::new(
    "
    UPDATE slotwerk_outbox
       SET ready_at = $3, payload = COALESCE($4, payload), waits = waits + $5, held = 0
     WHERE id = $1 AND attempt = $2",
);

pub(crate) async fn postpone(conn: &mut Conn<'_>, command: &PostponeJob) -> Result<End<bool>> {
    let done = sql(&POSTPONE)
        .bind(&command.id.0[..])
        .bind(i64::from(command.attempt))
        .bind(time(command.ready_at))
        .bind(&command.payload)
        .bind(i64::from(command.waited))
        .run(conn)
        .await?;
    if done != 1 {
        return Ok(End::Rollback(false));
    }
    take_note(conn, command.note.as_ref()).await?;
    Ok(End::Commit(true))
}

// In one statement, so that all of it is of the same moment.
static BACKLOG: Statement = Statement::new(
    "
    SELECT (SELECT COUNT(*) FROM slotwerk_outbox WHERE held = 0)
         + (SELECT COUNT(*) FROM slotwerk_outbox WHERE held = 1 AND ready_at <= $1),
           (SELECT MIN(ready_at) FROM slotwerk_outbox WHERE held = 0 AND ready_at <= $1),
           (SELECT MIN(ready_at) FROM slotwerk_outbox WHERE held = 1 AND ready_at <= $1)",
);

pub(crate) async fn backlog(conn: &mut Conn<'_>, now: u64) -> Result<Backlog> {
    let (waiting, free, run_out): (i64, Option<i64>, Option<i64>) =
        sql(&BACKLOG).bind(time(now)).one(conn).await?;
    let oldest = free.into_iter().chain(run_out).min();
    Ok(Backlog {
        waiting: unsigned(waiting)?,
        oldest_ready_at: oldest.map(unsigned).transpose()?,
    })
}
