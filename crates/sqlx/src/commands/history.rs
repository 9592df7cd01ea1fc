//! Past passwords: retired in the transaction that replaces them, and no more kept than is asked for.

use super::column::{time, unsigned};
use crate::connection::Conn;
use crate::statement::{Statement, sql};
use slotwerk_store::{AccountKey, KeepHistory, MAX_HISTORY, PastPassword, Result};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&NEWEST, &RETIRE, &REMOVE_BEYOND];

static NEWEST: Statement = Statement::new(
    "
    SELECT hash, retired_at FROM slotwerk_password_history
     WHERE tenant = $1 AND account = $2 ORDER BY epoch DESC LIMIT $3",
);

pub(crate) async fn newest(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    limit: u16,
) -> Result<Vec<PastPassword>> {
    let rows: Vec<(String, i64)> = sql(&NEWEST)
        .account(account)
        .bind(i64::from(limit.min(MAX_HISTORY)))
        .all(conn)
        .await?;
    rows.into_iter()
        .map(|(hash, retired_at)| {
            Ok(PastPassword {
                hash,
                retired_at: unsigned(retired_at)?,
            })
        })
        .collect()
}

static RETIRE: Statement = Statement::new(
    "
    INSERT INTO slotwerk_password_history (tenant, account, epoch, hash, retired_at)
    SELECT tenant, account, epoch, hash, $4 FROM slotwerk_credentials
     WHERE tenant = $1 AND account = $2 AND epoch = $3 AND hash IS NOT NULL",
);

/// Puts the hash that stands under `epoch` into the history, if there is one and that is still the
/// epoch, and removes what `keep` does not keep. Comes before the hash is replaced, in the same
/// transaction: where the epoch turns out to have moved on, this is undone as well.
pub(crate) async fn retire(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    epoch: i64,
    keep: KeepHistory,
    now: u64,
) -> Result<()> {
    // A hash that would not stay is not written at all: pages and journals outlive a deletion.
    if keep.keeps(0, now) {
        sql(&RETIRE)
            .account(account)
            .bind(epoch)
            .bind(time(now))
            .run(conn)
            .await?;
    }
    // With no second to keep from, even one at the last second that a column holds is too old.
    let too_old = keep.since.checked_sub(1).map_or(-1, time);
    remove_beyond(conn, account, keep.last, too_old).await?;
    remove_beyond(conn, account, MAX_HISTORY, i64::MAX).await
}

// Read through a derived table, since MySQL does not read a table that it deletes from.
static REMOVE_BEYOND: Statement = Statement::new(
    "
    DELETE FROM slotwerk_password_history
     WHERE tenant = $1 AND account = $2 AND retired_at <= $4
       AND epoch <= (SELECT epoch FROM (SELECT epoch FROM slotwerk_password_history
                                             WHERE tenant = $1 AND account = $2
                                             ORDER BY epoch DESC LIMIT 1 OFFSET $3) AS surplus)",
);

/// Removes those with at least `newer` newer ones that were retired at `too_old` or before.
async fn remove_beyond(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    newer: u16,
    too_old: i64,
) -> Result<()> {
    sql(&REMOVE_BEYOND)
        .account(account)
        .bind(i64::from(newer))
        .bind(too_old)
        .run(conn)
        .await?;
    Ok(())
}
