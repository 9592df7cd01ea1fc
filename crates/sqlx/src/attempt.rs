//! Attempt budgets: one statement charges, and whether it changed a row is the decision.

use crate::column::{time, unsigned};
use crate::error::fault;
use crate::transaction::End;
use slotwerk_store::{AttemptKey, ChargeAttempt, Charged, Result};
use slotwerk_throttle::{Allowance, Refusal, Ruling, State, Tally};
use sqlx::{SqliteConnection, query, query_as, query_scalar};
use std::time::Duration;

// The rule of `slotwerk_throttle`, with tolerance = capacity - refill, on which max(tat, now) + refill
// - now <= capacity is tat - now <= tolerance. The delay after one more failure is 0 up to the free
// ones, and MIN($9, $8 << MIN(failures - $7, 27)) beyond.
//
// $1 key, $2 now, $3 refill, $4 tolerance, $5 the tat of a new row, $6 how long to keep, $7 failures
// without delay, $8 first delay, $9 longest delay, $10 hard stop, $11 lifetime, $12 latest - refill,
// $13 latest - tolerance. The last two keep each sum within the column: SQLite would go on in floating
// point. A delay has left its shift at 27 doublings, and is below 2^54 by then.
const CHARGE: &str = "
    INSERT INTO slotwerk_attempts AS held (budget_key, tat_ms, failures, spent, keep_ms)
    VALUES ($1, $5, 1, 1, $6)
        ON CONFLICT (budget_key) DO UPDATE
       SET tat_ms = MAX(MAX(held.tat_ms, $2) + $3,
                        CASE WHEN held.failures < $7 THEN 0
                             ELSE $2 + $4 + MIN($9, $8 << MIN(held.failures - $7, 27)) END),
           failures = MIN(held.failures + 1, 4294967295),
           spent = MIN(held.spent + 1, 4294967295),
           keep_ms = $6
     WHERE held.tat_ms - $2 <= $4
       AND held.tat_ms <= $12
       AND held.failures < $10
       AND held.spent < $11
       AND (held.failures < $7 OR $2 <= $13 - MIN($9, $8 << MIN(held.failures - $7, 27)))
 RETURNING failures";

/// More failures than a column counts: a limit that is never reached.
const NEVER: i64 = 1 << 32;

pub(crate) async fn charge(
    conn: &mut SqliteConnection,
    command: &ChargeAttempt,
) -> Result<End<Charged>> {
    let allowance = &command.allowance;
    // What a new row would hold is the least that any row would: where that is beyond the last
    // instant, nothing is granted.
    if let Ruling::Granted { next } = allowance.charge(None, command.now_ms) {
        let budget = allowance.budget();
        let tolerance = budget.capacity_ms().saturating_sub(budget.refill_ms());
        let (free, base, cap) = budget.backoff().map_or((NEVER, 0, 0), |delays| {
            let free = i64::from(delays.free());
            (free, delays.base_ms(), delays.cap_ms())
        });
        let failures: Option<i64> = query_scalar(CHARGE)
            .bind(&command.key.0[..])
            .bind(time(command.now_ms))
            .bind(time(budget.refill_ms()))
            .bind(time(tolerance))
            .bind(time(next.state.tat_ms))
            .bind(time(command.keep_ms()))
            .bind(free)
            .bind(time(base))
            .bind(time(cap))
            .bind(budget.hard_stop().map_or(NEVER, i64::from))
            .bind(allowance.lifetime().map_or(NEVER, i64::from))
            .bind(time(State::LATEST_MS.saturating_sub(budget.refill_ms())))
            .bind(time(State::LATEST_MS.saturating_sub(tolerance)))
            .fetch_optional(&mut *conn)
            .await
            .map_err(fault)?;
        if let Some(failures) = failures {
            let failures = unsigned(failures)?;
            return Ok(End::Commit(Charged::Granted { failures }));
        }
    }
    let tally = read(conn, command.key).await?;
    let refusal = refusal(allowance, tally, command.now_ms);
    Ok(End::Rollback(Charged::Denied { refusal }))
}

const READ: &str = "SELECT tat_ms, failures, spent FROM slotwerk_attempts WHERE budget_key = $1";

async fn read(conn: &mut SqliteConnection, key: AttemptKey) -> Result<Option<Tally>> {
    let row: Option<(i64, i64, i64)> = query_as(READ)
        .bind(&key.0[..])
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    row.map(|(tat_ms, failures, spent)| {
        let state = State {
            tat_ms: unsigned(tat_ms)?,
            failures: unsigned(failures)?,
        };
        let spent = unsigned(spent)?;
        Ok(Tally { state, spent })
    })
    .transpose()
}

/// Why the statement has denied a charge.
fn refusal(allowance: &Allowance, tally: Option<Tally>, now_ms: u64) -> Refusal {
    match allowance.charge(tally, now_ms) {
        Ruling::Denied { refusal } => refusal,
        // Where the two differ, the statement has decided.
        Ruling::Granted { .. } => Refusal::Wait(Duration::ZERO),
    }
}

// What the row says goes first, since MySQL reads what it has just set.
const SETTLE: &str = "
    UPDATE slotwerk_attempts
       SET keep_ms = CASE WHEN spent > $3 THEN keep_ms ELSE 0 END,
           spent = CASE WHEN spent > $3 THEN spent - $3 ELSE 0 END,
           tat_ms = $2, failures = 0
     WHERE budget_key = $1";

/// Gives a budget back, and takes `succeeded` attempts off those spent.
async fn restore(
    conn: &mut SqliteConnection,
    key: AttemptKey,
    now_ms: u64,
    succeeded: i64,
) -> Result<End<()>> {
    query(SETTLE)
        .bind(&key.0[..])
        .bind(time(now_ms))
        .bind(succeeded)
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(End::Commit(()))
}

pub(crate) async fn settle(
    conn: &mut SqliteConnection,
    key: AttemptKey,
    now_ms: u64,
) -> Result<End<()>> {
    restore(conn, key, now_ms, 1).await
}

pub(crate) async fn lift(
    conn: &mut SqliteConnection,
    key: AttemptKey,
    now_ms: u64,
) -> Result<End<()>> {
    restore(conn, key, now_ms, 0).await
}
