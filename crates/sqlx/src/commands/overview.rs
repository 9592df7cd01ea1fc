//! Who of a tenant has a second factor.

use super::column::unsigned;
use crate::connection::Conn;
use crate::statement::{Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{AccountFactors, ListSecondFactors, Result, SecondFactors};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&TOTALS, &ACCOUNTS];

static TOTALS: Statement = Statement::new(
    "
    SELECT COUNT(DISTINCT account), COUNT(*) FROM slotwerk_authenticators WHERE tenant = $1",
);

// No id is empty, so that every one comes after the empty text.
static ACCOUNTS: Statement = Statement::new(
    "
    SELECT a.account, COUNT(*),
           (SELECT COUNT(*) FROM slotwerk_recovery_codes r
             WHERE r.tenant = $1 AND r.account = a.account)
      FROM slotwerk_authenticators a
     WHERE a.tenant = $1 AND a.account > $2
     GROUP BY a.account ORDER BY a.account LIMIT $3",
);

/// Within one read transaction, so that the totals are of the same moment.
pub(crate) async fn second_factors(
    conn: &mut Conn<'_>,
    command: &ListSecondFactors,
) -> Result<SecondFactors> {
    let (accounts, authenticators): (i64, i64) = sql(&TOTALS).id(&command.tenant).one(conn).await?;
    let page: Vec<(StoredId, i64, i64)> = sql(&ACCOUNTS)
        .id(&command.tenant)
        .id(command.after.as_deref().unwrap_or_default())
        .bind(i64::from(command.rows()))
        .all(conn)
        .await?;
    let read = |(StoredId(account), authenticators, codes): (StoredId, i64, i64)| {
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
