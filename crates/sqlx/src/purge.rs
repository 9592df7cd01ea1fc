//! Housekeeping: what can no longer matter goes, a batch at a time.

use crate::column::{latest, time};
use crate::error::fault;
use crate::transaction::End;
use slotwerk_store::{Result, latest_session_end, latest_touch};
use slotwerk_throttle::YEAR;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Sqlite, SqliteConnection, query, query::Query};

/// Deletes at most so many rows of a table as the last argument says.
macro_rules! delete {
    ($table:literal, $over:literal, $limit:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE rowid IN (SELECT rowid FROM ",
            $table,
            " WHERE ",
            $over,
            " LIMIT ",
            $limit,
            ")"
        )
    };
}

// Past its expiry, or with one that no right clock can have written.
const EXPIRED: [&str; 3] = [
    delete!(
        "slotwerk_resets",
        "expires_at <= $1 OR expires_at > $2",
        "$3"
    ),
    delete!(
        "slotwerk_tickets",
        "expires_at <= $1 OR expires_at > $2",
        "$3"
    ),
    delete!(
        "slotwerk_pending_enrolments",
        "expires_at <= $1 OR expires_at > $2",
        "$3"
    ),
];

// Sessions whose time is up, that a change of the epoch has ended, or that a clock wrote which ran ahead.
const ENDED: &str = delete!(
    "slotwerk_sessions",
    "ends_at <= $1 OR expires_at > $2 OR touched_at > $3",
    "$4"
);

// Whole again, and past the time that its failures count.
const FORGETTABLE: &str = delete!("slotwerk_attempts", "tat_ms <= $1 - keep_ms", "$2");

// An arrival time that is more than a year too far ahead comes from a wrong clock. The first condition
// is there for the index. The second keeps the sum below the time that stands there.
const PULL_IN: &str = "
    UPDATE slotwerk_attempts SET tat_ms = $1 + reach_ms
     WHERE rowid IN (SELECT rowid FROM slotwerk_attempts
                      WHERE tat_ms > $2 AND tat_ms - reach_ms > $2 LIMIT $3)";

/// Goes through the tables until the batch is full. A table beyond its end is left for the next batch.
pub(crate) async fn purge(conn: &mut SqliteConnection, now: u64, limit: u32) -> Result<End<u64>> {
    let now_ms = time(now.saturating_mul(1000));
    let mut batch = Batch {
        conn,
        left: limit.into(),
    };
    for delete in EXPIRED {
        let expired = query(delete).bind(time(now)).bind(latest(now));
        batch.change(expired).await?;
    }
    let ended = query(ENDED)
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)));
    batch.change(ended).await?;
    batch.change(query(FORGETTABLE).bind(now_ms)).await?;
    let gone = u64::from(limit).saturating_sub(batch.left);
    let year_ms = u64::try_from(YEAR.as_millis()).unwrap_or(u64::MAX);
    let far = query(PULL_IN)
        .bind(now_ms)
        .bind(now_ms.saturating_add(time(year_ms)));
    batch.change(far).await?;
    Ok(End::Commit(gone))
}

/// The rows that one purge may still change.
struct Batch<'a> {
    conn: &'a mut SqliteConnection,
    left: u64,
}

impl Batch<'_> {
    /// Runs a statement whose last argument is the most rows that it may change.
    async fn change<'q>(&mut self, statement: Query<'q, Sqlite, SqliteArguments>) -> Result<()> {
        if self.left == 0 {
            return Ok(());
        }
        let changed = statement.bind(time(self.left)).execute(&mut *self.conn);
        let rows = changed.await.map_err(fault)?.rows_affected();
        self.left = self.left.saturating_sub(rows);
        Ok(())
    }
}
