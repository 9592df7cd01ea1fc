//! Sealed values: read page by page along the keys of their tables, and replaced one by one.

use super::column::{bytes, name};
use crate::connection::{Conn, End};
use crate::statement::{Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{
    AccountKey, Id, ReplaceSealed, Result, SealedPage, SealedReplaced, SealedRow, SealedValue,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &ENROLMENTS,
    &AUTHENTICATORS,
    &JOBS,
    &REPLACE_ENROLMENT,
    &REPLACE_AUTHENTICATOR,
    &REPLACE_JOB,
];

// MariaDB and MySQL read the whole table for a comparison of rows, and go along the key for these conditions. The
// others do the opposite.
static ENROLMENTS: Statement = Statement::new(
    "
    SELECT tenant, account, id, sealed FROM slotwerk_pending_enrolments
     WHERE (tenant, account) > ($1, $2) ORDER BY tenant, account LIMIT $3",
)
.mysql(
    "
    SELECT tenant, account, id, sealed FROM slotwerk_pending_enrolments
     WHERE tenant > $1 OR (tenant = $1 AND account > $2) ORDER BY tenant, account LIMIT $3",
);

static AUTHENTICATORS: Statement = Statement::new(
    "
    SELECT tenant, account, id, sealed FROM slotwerk_authenticators
     WHERE (tenant, account, id) > ($1, $2, $3) ORDER BY tenant, account, id LIMIT $4",
)
.mysql(
    "
    SELECT tenant, account, id, sealed FROM slotwerk_authenticators
     WHERE tenant > $1 OR (tenant = $1 AND account > $2)
        OR (tenant = $1 AND account = $2 AND id > $3)
     ORDER BY tenant, account, id LIMIT $4",
);

static JOBS: Statement = Statement::new(
    "
    SELECT id, tenant, payload FROM slotwerk_outbox WHERE id > $1 ORDER BY id LIMIT $2",
);

/// Reads on in the next table where one ends. No id is empty, so that every row comes after the empty ones.
pub(crate) async fn page(conn: &mut Conn<'_>, command: &SealedPage) -> Result<Vec<SealedValue>> {
    let rows = usize::from(command.rows());
    let mut page = Vec::with_capacity(rows);
    let after = command.after.as_ref();
    if let None | Some(SealedRow::Enrolment { .. }) = after {
        page.extend(enrolments(conn, after, rows).await?);
    }
    if page.len() < rows && !matches!(after, Some(SealedRow::Job { .. })) {
        page.extend(authenticators(conn, after, rows - page.len()).await?);
    }
    if page.len() < rows {
        page.extend(jobs(conn, after, rows - page.len()).await?);
    }
    Ok(page)
}

type OfAccount = (StoredId, StoredId, Vec<u8>, Vec<u8>);

async fn enrolments(
    conn: &mut Conn<'_>,
    after: Option<&SealedRow>,
    limit: usize,
) -> Result<Vec<SealedValue>> {
    let (tenant, account) = match after {
        Some(SealedRow::Enrolment { account, .. }) => (account.tenant(), account.account()),
        _ => ("", ""),
    };
    let found = sql(&ENROLMENTS).id(tenant).id(account).bind(limit as i64);
    let found: Vec<OfAccount> = found.all(conn).await?;
    let row = |(account, id)| SealedRow::Enrolment { account, id };
    found
        .into_iter()
        .map(|found| of_account(found, row))
        .collect()
}

async fn authenticators(
    conn: &mut Conn<'_>,
    after: Option<&SealedRow>,
    limit: usize,
) -> Result<Vec<SealedValue>> {
    let (tenant, account, id) = match after {
        Some(SealedRow::Authenticator { account, id }) => {
            (account.tenant(), account.account(), &id.0[..])
        }
        _ => ("", "", &[][..]),
    };
    let found: Vec<OfAccount> = sql(&AUTHENTICATORS)
        .id(tenant)
        .id(account)
        .bind(id)
        .bind(limit as i64)
        .all(conn)
        .await?;
    let row = |(account, id)| SealedRow::Authenticator { account, id };
    found
        .into_iter()
        .map(|found| of_account(found, row))
        .collect()
}

fn of_account(
    (StoredId(tenant), StoredId(account), id, sealed): OfAccount,
    row: impl FnOnce((AccountKey, Id)) -> SealedRow,
) -> Result<SealedValue> {
    let account = name(AccountKey::new(tenant, account).ok())?;
    Ok(SealedValue {
        row: row((account, Id(bytes(id)?))),
        sealed,
    })
}

async fn jobs(
    conn: &mut Conn<'_>,
    after: Option<&SealedRow>,
    limit: usize,
) -> Result<Vec<SealedValue>> {
    let id = match after {
        Some(SealedRow::Job { id, .. }) => &id.0[..],
        _ => &[][..],
    };
    let found: Vec<(Vec<u8>, StoredId, Vec<u8>)> =
        sql(&JOBS).bind(id).bind(limit as i64).all(conn).await?;
    let value = |(id, StoredId(tenant), sealed)| {
        let id = Id(bytes(id)?);
        let row = SealedRow::Job { id, tenant };
        Ok(SealedValue { row, sealed })
    };
    found.into_iter().map(value).collect()
}

static REPLACE_ENROLMENT: Statement = Statement::new(
    "
    UPDATE slotwerk_pending_enrolments SET sealed = $5
     WHERE tenant = $1 AND account = $2 AND id = $3 AND sealed = $4",
);
static REPLACE_AUTHENTICATOR: Statement = Statement::new(
    "
    UPDATE slotwerk_authenticators SET sealed = $5
     WHERE tenant = $1 AND account = $2 AND id = $3 AND sealed = $4",
);
static REPLACE_JOB: Statement = Statement::new(
    "
    UPDATE slotwerk_outbox SET payload = $4 WHERE id = $1 AND tenant = $2 AND payload = $3",
);

/// The bytes are the guard. Attempt and lease of a job stay, so that the worker that holds it finishes it as before.
pub(crate) async fn replace(
    conn: &mut Conn<'_>,
    command: &ReplaceSealed,
) -> Result<End<SealedReplaced>> {
    let query = match &command.row {
        SealedRow::Enrolment { account, id } => {
            sql(&REPLACE_ENROLMENT).account(account).bind(&id.0[..])
        }
        SealedRow::Authenticator { account, id } => {
            sql(&REPLACE_AUTHENTICATOR).account(account).bind(&id.0[..])
        }
        SealedRow::Job { id, tenant } => sql(&REPLACE_JOB).bind(&id.0[..]).id(tenant),
    };
    let replaced = query
        .bind(&command.expected)
        .bind(&command.replacement)
        .run(conn)
        .await?;
    Ok(if replaced == 1 {
        End::Commit(SealedReplaced::Replaced)
    } else {
        End::Rollback(SealedReplaced::Stale)
    })
}
