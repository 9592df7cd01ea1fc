//! Attempt budgets: one statement charges, and its row count is the decision.

use crate::column::{time, unsigned};
use crate::error::fault;
use crate::transaction::End;
use slotwerk_store::{AttemptKey, ChargeAttempt, Charged, Result};
use slotwerk_throttle::State;
use sqlx::{SqliteConnection, query, query_as, query_scalar};
use std::time::Duration;

// $2 now, $3 refill, $4 capacity - refill, $5 latest - refill, $6 hard stop or NULL, $7 how long to keep. The rule of
// `slotwerk_throttle`: max(tat, now) + refill - now <= capacity is tat - now <= capacity - refill,
// because a burst is at least 1. Both operands of each sum are bounded, so none overflows: SQLite
// would go on in floating point.
const CHARGE: &str = "
    INSERT INTO slotwerk_attempts (budget_key, tat_ms, failures, keep_ms)
    VALUES ($1, $2 + $3, 1, $7)
        ON CONFLICT (budget_key) DO UPDATE
       SET tat_ms = CASE WHEN slotwerk_attempts.tat_ms > $2
                         THEN slotwerk_attempts.tat_ms ELSE $2 END + $3,
           failures = CASE WHEN slotwerk_attempts.failures < 4294967295
                           THEN slotwerk_attempts.failures + 1 ELSE 4294967295 END,
           keep_ms = $7
     WHERE slotwerk_attempts.tat_ms - $2 <= $4
       AND slotwerk_attempts.tat_ms <= $5
       AND ($6 IS NULL OR slotwerk_attempts.failures < $6)
 RETURNING failures";

const READ: &str = "SELECT tat_ms, failures FROM slotwerk_attempts WHERE budget_key = $1";

pub(crate) async fn charge(
    conn: &mut SqliteConnection,
    command: &ChargeAttempt,
) -> Result<End<Charged>> {
    let budget = &command.budget;
    let latest = State::LATEST_MS.saturating_sub(budget.refill_ms());
    if command.now_ms <= latest {
        let failures: Option<i64> = query_scalar(CHARGE)
            .bind(&command.key.0[..])
            .bind(time(command.now_ms))
            .bind(time(budget.refill_ms()))
            .bind(time(
                budget.capacity_ms().saturating_sub(budget.refill_ms()),
            ))
            .bind(time(latest))
            .bind(budget.hard_stop().map(i64::from))
            .bind(time(command.keep_ms()))
            .fetch_optional(&mut *conn)
            .await
            .map_err(fault)?;
        if let Some(failures) = failures {
            let failures = unsigned(failures)?;
            return Ok(End::Commit(Charged::Granted { failures }));
        }
    }
    let retry_after = retry_after(conn, command).await?;
    Ok(End::Rollback(Charged::Denied { retry_after }))
}

/// How long to wait, for a charge that the statement has denied.
async fn retry_after(
    conn: &mut SqliteConnection,
    command: &ChargeAttempt,
) -> Result<Option<Duration>> {
    let row: Option<(i64, i64)> = query_as(READ)
        .bind(&command.key.0[..])
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    let state = match row {
        Some((tat_ms, failures)) => Some(State {
            tat_ms: unsigned(tat_ms)?,
            failures: unsigned(failures)?,
        }),
        None => None,
    };
    Ok(command.budget.retry_after(state, command.now_ms))
}

const SETTLE: &str = "
    UPDATE slotwerk_attempts SET tat_ms = $2, failures = 0, keep_ms = 0 WHERE budget_key = $1";

pub(crate) async fn settle(
    conn: &mut SqliteConnection,
    key: AttemptKey,
    now_ms: u64,
) -> Result<End<()>> {
    query(SETTLE)
        .bind(&key.0[..])
        .bind(time(now_ms))
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(End::Commit(()))
}
