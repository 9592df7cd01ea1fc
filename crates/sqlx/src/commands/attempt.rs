//! Attempt budgets: `slotwerk_throttle` decides, and the write is guarded by the row that was read.

use super::column::{time, unsigned};
use super::{audit, outbox};
use crate::connection::{Conn, End};
use crate::error::{Unreadable, overtaken};
use crate::statement::{Query, Statement, sql};
use slotwerk_store::{
    AttemptKey, AuditKind, BudgetChanges, BudgetWrite, ChargeAttempts, Charged, ClearAttempts,
    Result, SettleAttempt,
};
use slotwerk_throttle::{Allowance, State, Tally};
use std::collections::BTreeMap;

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &READ,
    &READ_SEVERAL,
    &LOOK,
    &INSERT,
    &UPDATE,
    &UPDATE_TWO,
    &SETTLE,
    &LIFT,
];

static READ: Statement = Statement::locking(
    "
    SELECT tat_ms, failures, recent, spent FROM slotwerk_attempts WHERE budget_key = $1",
);

/// How many budgets one statement reads.
const AT_ONCE: usize = 4;

// Sorted, so that row locks are never taken in a circle.
static READ_SEVERAL: Statement = Statement::locking(
    "
    SELECT budget_key, tat_ms, failures, recent, spent FROM slotwerk_attempts
     WHERE budget_key IN ($1, $2, $3, $4) ORDER BY budget_key",
);

static LOOK: Statement = Statement::new(
    "
    SELECT tat_ms, failures, recent, spent FROM slotwerk_attempts WHERE budget_key = $1",
);

static INSERT: Statement = Statement::insert_if_absent(
    "
    INSERT INTO slotwerk_attempts
           (budget_key, tat_ms, failures, recent, spent, keep_ms, reach_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

// `+ 0` keeps the server from the index by time, where many rows may stand at one moment.
static UPDATE: Statement = Statement::new(
    "
    UPDATE slotwerk_attempts
       SET tat_ms = $2, failures = $3, recent = $4, spent = $5, keep_ms = $6, reach_ms = $7
     WHERE budget_key = $1
       AND tat_ms + 0 = $8 AND failures = $9 AND recent = $10 AND spent = $11",
);

static UPDATE_TWO: Statement = Statement::new(
    "
    UPDATE slotwerk_attempts
       SET tat_ms   = CASE budget_key WHEN $1 THEN $2  ELSE $13 END,
           failures = CASE budget_key WHEN $1 THEN $3  ELSE $14 END,
           recent   = CASE budget_key WHEN $1 THEN $4  ELSE $15 END,
           spent    = CASE budget_key WHEN $1 THEN $5  ELSE $16 END,
           keep_ms  = CASE budget_key WHEN $1 THEN $6  ELSE $17 END,
           reach_ms = CASE budget_key WHEN $1 THEN $7  ELSE $18 END
     WHERE budget_key IN ($1, $12)
       AND tat_ms + 0 = CASE budget_key WHEN $1 THEN $8 ELSE $19 END
       AND failures = CASE budget_key WHEN $1 THEN $9   ELSE $20 END
       AND recent   = CASE budget_key WHEN $1 THEN $10  ELSE $21 END
       AND spent    = CASE budget_key WHEN $1 THEN $11  ELSE $22 END",
);

pub(crate) async fn charge(
    conn: &mut Conn<'_>,
    command: &ChargeAttempts,
) -> Result<End<Vec<Charged>>> {
    let keys: Vec<AttemptKey> = command.keys().into_iter().collect();
    let tallies = read_all(conn, &keys).await?;
    let decision = command.decide(&tallies);
    if decision.writes.is_empty() {
        return Ok(End::Rollback(decision.charged));
    }
    write_all(conn, &tallies, &decision.writes).await?;
    Ok(End::Commit(decision.charged))
}

/// The budget of a command that charges no other.
pub(crate) fn only_key(command: &ChargeAttempts) -> Option<AttemptKey> {
    let keys = command.keys();
    keys.first().copied().filter(|_| keys.len() == 1)
}

/// Charges one budget by a read and one guarded write, outside of any transaction. Nothing if another command has changed
/// the row between the two: [`charge`] then waits for its turn.
pub(crate) async fn charge_alone(
    conn: &mut Conn<'_>,
    command: &ChargeAttempts,
    key: AttemptKey,
) -> Result<Option<Vec<Charged>>> {
    let row = sql(&LOOK).bind(&key.0[..]).optional(conn).await?;
    let read = row.map(tally).transpose()?;
    let decision = command.decide(&read.map(|tally| (key, tally)).into_iter().collect());
    for (key, BudgetWrite { allowance, tally }) in decision.writes {
        let write = writing(&key, &allowance, read, tally);
        if write.run_alone(conn).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(decision.charged))
}

pub(crate) async fn settle(conn: &mut Conn<'_>, command: &SettleAttempt) -> Result<End<()>> {
    settled(conn, command).await?;
    Ok(End::Commit(()))
}

async fn settled(conn: &mut Conn<'_>, command: &SettleAttempt) -> Result<()> {
    if settled_last(conn, command).await? {
        return Ok(());
    }
    let Some(tally) = read(conn, command.key).await? else {
        return Ok(());
    };
    let allowance = &command.allowance;
    let settled = allowance.settle(tally, &command.receipt);
    write(conn, command.key, allowance, Some(tally), settled).await
}

// Where the attempt was the last one that was charged: the whole state is the one of its receipt. MySQL reads what it has
// just set, so that `spent` comes last.
static SETTLE: Statement = Statement::new(
    "
    UPDATE slotwerk_attempts
       SET tat_ms = $2, failures = $3, recent = $4, reach_ms = $5,
           keep_ms = CASE WHEN spent > 1 THEN $6 ELSE $7 END,
           spent = CASE WHEN spent > 0 THEN spent - 1 ELSE 0 END
     WHERE budget_key = $1 AND tat_ms + 0 = $8 AND failures = $9 AND recent = $10",
);

/// Settles an attempt if none was charged after it. Otherwise changes nothing.
async fn settled_last(conn: &mut Conn<'_>, command: &SettleAttempt) -> Result<bool> {
    let SettleAttempt {
        allowance, receipt, ..
    } = command;
    let charged = receipt.after;
    let settled = |spent| {
        let state = charged;
        allowance.settle(Tally { state, spent }, receipt)
    };
    // Until when the row is kept depends on whether failures are left.
    let (some_left, none_left) = (settled(2), settled(1));
    let next = none_left.state;
    let changed = sql(&SETTLE)
        .bind(&command.key.0[..])
        .bind(time(next.tat_ms))
        .bind(i64::from(next.failures))
        .bind(i64::from(next.recent))
        .bind(time(allowance.budget().reach_ms()))
        .bind(time(allowance.keep_ms(&some_left)))
        .bind(time(allowance.keep_ms(&none_left)))
        .bind(time(charged.tat_ms))
        .bind(i64::from(charged.failures))
        .bind(i64::from(charged.recent));
    Ok(changed.run(conn).await? > 0)
}

/// The last step of a command that succeeds: whoever holds a budget waits for no other row.
pub(crate) async fn change(conn: &mut Conn<'_>, changes: &BudgetChanges, now: u64) -> Result<()> {
    for key in changes.keys() {
        for settle in changes.settle.iter().filter(|settle| settle.key == key) {
            settled(conn, settle).await?;
        }
        if changes.lift.contains(&key) {
            lifted(conn, key, now.saturating_mul(1000)).await?;
        }
    }
    Ok(())
}

/// A budget, whose row is locked from here on.
async fn read(conn: &mut Conn<'_>, key: AttemptKey) -> Result<Option<Tally>> {
    let row = sql(&READ).bind(&key.0[..]).optional(conn).await?;
    row.map(tally).transpose()
}

/// Several budgets in the order of their keys. Their rows are locked from here on.
async fn read_all(conn: &mut Conn<'_>, keys: &[AttemptKey]) -> Result<BTreeMap<AttemptKey, Tally>> {
    let mut tallies = BTreeMap::new();
    for some in keys.chunks(AT_ONCE) {
        if let [key] = some[..] {
            tallies.extend(read(conn, key).await?.map(|tally| (key, tally)));
            continue;
        }
        let mut statement = sql(&READ_SEVERAL);
        // The last one stands in for those that are not there.
        for n in 0..AT_ONCE {
            let key = some.get(n).or(some.last());
            statement = statement.bind(key.map(|key| &key.0[..]));
        }
        let rows: Vec<(Vec<u8>, i64, i64, i64, i64)> = statement.all(conn).await?;
        for (found, tat_ms, failures, recent, spent) in rows {
            let key = some.iter().find(|key| key.0[..] == found[..]);
            let key = key.ok_or(Unreadable::Length)?;
            tallies.insert(*key, tally((tat_ms, failures, recent, spent))?);
        }
    }
    Ok(tallies)
}

fn tally((tat_ms, failures, recent, spent): (i64, i64, i64, i64)) -> Result<Tally> {
    let state = State {
        tat_ms: unsigned(tat_ms)?,
        failures: unsigned(failures)?,
        recent: unsigned(recent)?,
    };
    let spent = unsigned(spent)?;
    Ok(Tally { state, spent })
}

/// Writes several rows, unless one is not as it was read.
async fn write_all(
    conn: &mut Conn<'_>,
    read: &BTreeMap<AttemptKey, Tally>,
    writes: &BTreeMap<AttemptKey, BudgetWrite>,
) -> Result<()> {
    let (known, new): (Vec<_>, Vec<_>) =
        writes.iter().partition(|(key, _)| read.contains_key(*key));
    // These rows are locked already, so that two may be written at once.
    for some in known.chunks(2) {
        let mut statement = sql(if some.len() == 2 {
            &UPDATE_TWO
        } else {
            &UPDATE
        });
        for (key, BudgetWrite { allowance, tally }) in some {
            statement = values(statement, key, allowance, read.get(*key).copied(), *tally);
        }
        let expected = u64::try_from(some.len()).unwrap_or(u64::MAX);
        if statement.run(conn).await? != expected {
            return Err(overtaken());
        }
    }
    for (key, BudgetWrite { allowance, tally }) in new {
        write(conn, *key, allowance, None, *tally).await?;
    }
    Ok(())
}

/// Writes a row, unless it is not the one that was read.
async fn write(
    conn: &mut Conn<'_>,
    key: AttemptKey,
    allowance: &Allowance,
    read: Option<Tally>,
    next: Tally,
) -> Result<()> {
    match writing(&key, allowance, read, next).run(conn).await? {
        0 => Err(overtaken()),
        _ => Ok(()),
    }
}

fn writing<'q>(
    key: &'q AttemptKey,
    allowance: &Allowance,
    read: Option<Tally>,
    next: Tally,
) -> Query<'q> {
    let statement = sql(if read.is_some() { &UPDATE } else { &INSERT });
    values(statement, key, allowance, read, next)
}

/// Binds the values of a row, and those that were read.
fn values<'q>(
    statement: Query<'q>,
    key: &'q AttemptKey,
    allowance: &Allowance,
    read: Option<Tally>,
    next: Tally,
) -> Query<'q> {
    let statement = statement
        .bind(&key.0[..])
        .bind(time(next.state.tat_ms))
        .bind(i64::from(next.state.failures))
        .bind(i64::from(next.state.recent))
        .bind(i64::from(next.spent))
        .bind(time(allowance.keep_ms(&next)))
        .bind(time(allowance.budget().reach_ms()));
    match read {
        None => statement,
        Some(read) => statement
            .bind(time(read.state.tat_ms))
            .bind(i64::from(read.state.failures))
            .bind(i64::from(read.state.recent))
            .bind(i64::from(read.spent)),
    }
}

// MySQL reads what it has just set: nothing here is read after it was set.
static LIFT: Statement = Statement::new(
    "
    UPDATE slotwerk_attempts
       SET keep_ms = CASE WHEN spent > 0 THEN keep_ms ELSE 0 END,
           tat_ms = $2, failures = 0, recent = 0
     WHERE budget_key = $1",
);

/// Whether there was a budget to lift.
async fn lifted(conn: &mut Conn<'_>, key: AttemptKey, now_ms: u64) -> Result<bool> {
    let lifted = sql(&LIFT).bind(&key.0[..]).bind(time(now_ms));
    Ok(lifted.run(conn).await? > 0)
}

pub(crate) async fn lift(conn: &mut Conn<'_>, key: AttemptKey, now_ms: u64) -> Result<End<()>> {
    lifted(conn, key, now_ms).await?;
    Ok(End::Commit(()))
}

pub(crate) async fn clear(conn: &mut Conn<'_>, command: &ClearAttempts) -> Result<End<u64>> {
    let mut cleared = 0;
    let mut keys = command.keys.clone();
    keys.sort_unstable();
    for key in keys {
        cleared += u64::from(lifted(conn, key, command.now_ms).await?);
    }
    if cleared == 0 {
        return Ok(End::Rollback(0));
    }
    let act = audit::Act {
        kind: AuditKind::BudgetsCleared,
        subject: command.subject,
        actor: command.actor,
        reason: command.reason.as_ref(),
        at: command.now_ms / 1000,
    };
    audit::record_act(conn, &command.tenant, &act).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    Ok(End::Commit(cleared))
}

/// Reads budgets as they are.
pub(crate) async fn tallies(
    conn: &mut Conn<'_>,
    keys: &[AttemptKey],
) -> Result<Vec<Option<Tally>>> {
    let mut tallies = Vec::with_capacity(keys.len());
    for key in keys {
        let row = sql(&LOOK).bind(&key.0[..]).optional(conn).await?;
        tallies.push(row.map(tally).transpose()?);
    }
    Ok(tallies)
}
