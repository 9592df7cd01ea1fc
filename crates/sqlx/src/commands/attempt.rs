//! Attempt budgets: `slotwerk_throttle` decides, and the write is guarded by the row that was read.

use super::audit;
use super::column::{time, unsigned};
use crate::connection::{Conn, End};
use crate::error::overtaken;
use crate::statement::{Statement, sql};
use slotwerk_store::{
    AttemptKey, AuditKind, BudgetChanges, BudgetWrite, ChargeAttempts, Charged, ClearAttempts,
    Result, SettleAttempt,
};
use slotwerk_throttle::{Allowance, State, Tally};
use std::collections::BTreeMap;

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&READ, &LOOK, &INSERT, &UPDATE, &LIFT];

static READ: Statement = Statement::locking(
    "
    SELECT tat_ms, failures, recent, spent FROM slotwerk_attempts WHERE budget_key = $1",
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

static UPDATE: Statement = Statement::new(
    "
    UPDATE slotwerk_attempts
       SET tat_ms = $2, failures = $3, recent = $4, spent = $5, keep_ms = $6, reach_ms = $7
     WHERE budget_key = $1
       AND tat_ms = $8 AND failures = $9 AND recent = $10 AND spent = $11",
);

pub(crate) async fn charge(
    conn: &mut Conn<'_>,
    command: &ChargeAttempts,
) -> Result<End<Vec<Charged>>> {
    let mut tallies = BTreeMap::new();
    // In the order of the keys, so that row locks are never taken in a circle.
    for key in command.keys() {
        if let Some(tally) = read(conn, key).await? {
            tallies.insert(key, tally);
        }
    }
    let decision = command.decide(&tallies);
    if decision.writes.is_empty() {
        return Ok(End::Rollback(decision.charged));
    }
    for (key, BudgetWrite { allowance, tally }) in decision.writes {
        write(conn, key, &allowance, tallies.get(&key).copied(), tally).await?;
    }
    Ok(End::Commit(decision.charged))
}

pub(crate) async fn settle(conn: &mut Conn<'_>, command: &SettleAttempt) -> Result<End<()>> {
    settled(conn, command).await?;
    Ok(End::Commit(()))
}

async fn settled(conn: &mut Conn<'_>, command: &SettleAttempt) -> Result<()> {
    let Some(tally) = read(conn, command.key).await? else {
        return Ok(());
    };
    let allowance = &command.allowance;
    let settled = allowance.settle(tally, &command.receipt);
    write(conn, command.key, allowance, Some(tally), settled).await
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

fn tally((tat_ms, failures, recent, spent): (i64, i64, i64, i64)) -> Result<Tally> {
    let state = State {
        tat_ms: unsigned(tat_ms)?,
        failures: unsigned(failures)?,
        recent: unsigned(recent)?,
    };
    let spent = unsigned(spent)?;
    Ok(Tally { state, spent })
}

/// Writes a row, unless it is not the one that was read.
async fn write(
    conn: &mut Conn<'_>,
    key: AttemptKey,
    allowance: &Allowance,
    read: Option<Tally>,
    next: Tally,
) -> Result<()> {
    let statement = sql(if read.is_some() { &UPDATE } else { &INSERT })
        .bind(&key.0[..])
        .bind(time(next.state.tat_ms))
        .bind(i64::from(next.state.failures))
        .bind(i64::from(next.state.recent))
        .bind(i64::from(next.spent))
        .bind(time(allowance.keep_ms(&next)))
        .bind(time(allowance.budget().reach_ms()));
    let statement = match read {
        None => statement,
        Some(read) => statement
            .bind(time(read.state.tat_ms))
            .bind(i64::from(read.state.failures))
            .bind(i64::from(read.state.recent))
            .bind(i64::from(read.spent)),
    };
    match statement.run(conn).await? {
        0 => Err(overtaken()),
        _ => Ok(()),
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
