//! Housekeeping: rows that can no longer matter are deleted, a batch at a time.

use super::column::{latest, time};
use crate::connection::{Conn, End};
use crate::statement::{Query, Statement, sql};
use slotwerk_store::{Result, latest_session_end, latest_touch};
use slotwerk_throttle::YEAR;

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &EXPIRED[0][0],
    &EXPIRED[0][1],
    &EXPIRED[1][0],
    &EXPIRED[1][1],
    &EXPIRED[2][0],
    &EXPIRED[2][1],
    &ENDED,
    &ENDS_TOO_LATE,
    &TOUCHED_TOO_LATE,
    &LINK_LOCKS[0],
    &LINK_LOCKS[1],
    &FORGETTABLE,
    &PULL_IN,
];

/// Deletes at most so many rows of a table as the last argument says.
///
/// PostgreSQL leaves out the rows that another transaction has locked. MySQL does not read a table that it deletes
/// from, and limits the DELETE itself.
macro_rules! delete {
    ($table:literal, $key:literal, $over:literal, $limit:literal) => {
        Statement::new(delete!(@chosen $table, $key, $over, $limit, ""))
            .postgres(delete!(@chosen $table, $key, $over, $limit, " FOR UPDATE SKIP LOCKED"))
            .mysql(concat!("DELETE FROM ", $table, " WHERE ", $over, " LIMIT ", $limit))
    };
    (@chosen $table:literal, $key:literal, $over:literal, $limit:literal, $locks:literal) => {
        concat!(
            "DELETE FROM ", $table, " WHERE (", $key, ") IN (SELECT ", $key, " FROM ", $table,
            " WHERE ", $over, " LIMIT ", $limit, $locks, ")"
        )
    };
}

/// Two statements for a table, so that each goes along the index: past the expiry, and with an expiry that only a clock
/// that ran ahead can have written.
macro_rules! expired {
    ($table:literal, $key:literal) => {
        [
            delete!($table, $key, "expires_at <= $1", "$2"),
            delete!($table, $key, "expires_at > $1", "$2"),
        ]
    };
}

static EXPIRED: [[Statement; 2]; 3] = [
    expired!("slotwerk_resets", "token"),
    expired!("slotwerk_tickets", "token"),
    expired!("slotwerk_pending_enrolments", "tenant, account"),
];

// Their time is up, or a change of the epoch has ended them.
static ENDED: Statement = delete!("slotwerk_sessions", "token", "ends_at <= $1", "$2");
// A clock that ran ahead wrote these two.
static ENDS_TOO_LATE: Statement = delete!("slotwerk_sessions", "token", "expires_at > $1", "$2");
static TOUCHED_TOO_LATE: Statement = delete!("slotwerk_sessions", "token", "touched_at > $1", "$2");

// They go with the last link, and count as no row of the contract.
static LINK_LOCKS: [Statement; 2] = expired!("slotwerk_link_locks", "tenant, account");

// Whole again, and past the time that its failures count. The first condition is there for the index.
static FORGETTABLE: Statement = delete!(
    "slotwerk_attempts",
    "budget_key",
    "tat_ms <= $1 AND tat_ms <= $1 - keep_ms",
    "$2"
);

// An arrival time that is more than a year too far ahead comes from a wrong clock. The first condition
// is there for the index. The second keeps the sum below the time that stands there.
static PULL_IN: Statement = Statement::new(
    "UPDATE slotwerk_attempts SET tat_ms = $1 + reach_ms
      WHERE budget_key IN (SELECT budget_key FROM slotwerk_attempts
                            WHERE tat_ms > $2 AND tat_ms - reach_ms > $2 LIMIT $3)",
)
.mysql(
    "UPDATE slotwerk_attempts SET tat_ms = $1 + reach_ms
      WHERE tat_ms > $2 AND tat_ms - reach_ms > $2 LIMIT $3",
);

/// Goes through the tables until the batch is full. A table beyond its end is left for the next batch.
pub(crate) async fn purge(conn: &mut Conn<'_>, now: u64, limit: u32) -> Result<End<u64>> {
    let now_ms = time(now.saturating_mul(1000));
    let mut batch = Batch { left: limit.into() };
    for [past, too_late] in &EXPIRED {
        batch.change(conn, sql(past).bind(time(now))).await?;
        batch.change(conn, sql(too_late).bind(latest(now))).await?;
    }
    batch.change(conn, sql(&ENDED).bind(time(now))).await?;
    let latest_end = time(latest_session_end(now));
    batch
        .change(conn, sql(&ENDS_TOO_LATE).bind(latest_end))
        .await?;
    let latest_touch = time(latest_touch(now));
    batch
        .change(conn, sql(&TOUCHED_TOO_LATE).bind(latest_touch))
        .await?;
    batch.change(conn, sql(&FORGETTABLE).bind(now_ms)).await?;
    let gone = u64::from(limit).saturating_sub(batch.left);
    let [past, too_late] = &LINK_LOCKS;
    batch.change(conn, sql(past).bind(time(now))).await?;
    batch.change(conn, sql(too_late).bind(latest(now))).await?;
    let year_ms = u64::try_from(YEAR.as_millis()).unwrap_or(u64::MAX);
    let far = sql(&PULL_IN)
        .bind(now_ms)
        .bind(now_ms.saturating_add(time(year_ms)));
    batch.change(conn, far).await?;
    Ok(End::Commit(gone))
}

/// The rows that one purge may still change.
struct Batch {
    left: u64,
}

impl Batch {
    /// Runs a statement whose last argument is the most rows that it may change.
    async fn change<'q>(&mut self, conn: &mut Conn<'_>, statement: Query<'q>) -> Result<()> {
        if self.left == 0 {
            return Ok(());
        }
        let rows = statement.bind(time(self.left)).run(conn).await?;
        self.left = self.left.saturating_sub(rows);
        Ok(())
    }
}
