//! Housekeeping: what can no longer matter goes.

use crate::column::{latest, time};
use crate::error::fault;
use crate::transaction::End;
use slotwerk_store::{Result, latest_session_end, latest_touch};
use slotwerk_throttle::YEAR;
use sqlx::{SqliteConnection, query};

// Past its expiry, or with one that no right clock can have written.
const EXPIRED: [&str; 3] = [
    "DELETE FROM slotwerk_resets WHERE expires_at <= $1 OR expires_at > $2",
    "DELETE FROM slotwerk_tickets WHERE expires_at <= $1 OR expires_at > $2",
    "DELETE FROM slotwerk_pending_enrolments WHERE expires_at <= $1 OR expires_at > $2",
];

// Sessions whose time is up, that a change of the epoch has ended, or that a clock wrote which ran ahead.
const ENDED: &str = "
    DELETE FROM slotwerk_sessions WHERE ends_at <= $1 OR expires_at > $2 OR touched_at > $3";

// Whole again, and past the time that its failures count.
const FORGETTABLE: &str = "DELETE FROM slotwerk_attempts WHERE tat_ms <= $1 - keep_ms";

// An arrival time that is more than a year too far ahead comes from a wrong clock. The first condition
// is there for the index. The second keeps the sum below the time that stands there.
const PULL_IN: &str = "
    UPDATE slotwerk_attempts SET tat_ms = $1 + reach_ms
     WHERE tat_ms > $2 AND tat_ms - reach_ms > $2";

pub(crate) async fn purge(conn: &mut SqliteConnection, now: u64) -> Result<End<u64>> {
    let mut gone = 0;
    for delete in EXPIRED {
        let expired = query(delete)
            .bind(time(now))
            .bind(latest(now))
            .execute(&mut *conn)
            .await;
        gone += expired.map_err(fault)?.rows_affected();
    }
    let ended = query(ENDED)
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .execute(&mut *conn)
        .await;
    gone += ended.map_err(fault)?.rows_affected();
    let now_ms = time(now.saturating_mul(1000));
    let forgotten = query(FORGETTABLE).bind(now_ms).execute(&mut *conn).await;
    gone += forgotten.map_err(fault)?.rows_affected();
    let year_ms = u64::try_from(YEAR.as_millis()).unwrap_or(u64::MAX);
    query(PULL_IN)
        .bind(now_ms)
        .bind(now_ms.saturating_add(time(year_ms)))
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(End::Commit(gone))
}
