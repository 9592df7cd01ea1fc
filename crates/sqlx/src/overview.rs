//! Who of a tenant has a second factor.

use crate::column::unsigned;
use crate::error::fault;
use slotwerk_store::{AccountFactors, ListSecondFactors, Result, SecondFactors};
use sqlx::{SqliteConnection, query_as};

const TOTALS: &str = "
    SELECT COUNT(DISTINCT account), COUNT(*) FROM slotwerk_authenticators WHERE tenant = $1";

// No id is empty, so that every one comes after the empty text.
const ACCOUNTS: &str = "
    SELECT a.account, COUNT(*),
           (SELECT COUNT(*) FROM slotwerk_recovery_codes r
             WHERE r.tenant = $1 AND r.account = a.account)
      FROM slotwerk_authenticators a
     WHERE a.tenant = $1 AND a.account > $2
     GROUP BY a.account ORDER BY a.account LIMIT $3";

/// Within one read transaction, so that the totals are of the same moment.
pub(crate) async fn second_factors(
    conn: &mut SqliteConnection,
    command: &ListSecondFactors,
) -> Result<SecondFactors> {
    let (accounts, authenticators): (i64, i64) = query_as(TOTALS)
        .bind(&command.tenant)
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    let page: Vec<(String, i64, i64)> = query_as(ACCOUNTS)
        .bind(&command.tenant)
        .bind(command.after.as_deref().unwrap_or_default())
        .bind(i64::from(command.rows()))
        .fetch_all(conn)
        .await
        .map_err(fault)?;
    let read = |(account, authenticators, codes): (String, i64, i64)| {
        Ok(AccountFactors {
            account,
            authenticators: unsigned(authenticators)?,
            recovery_codes: unsigned(codes)?,
        })
    };
    Ok(SecondFactors {
        accounts: page.into_iter().map(read).collect::<Result<_>>()?,
        total_accounts: unsigned(accounts)?,
        total_authenticators: unsigned(authenticators)?,
    })
}
