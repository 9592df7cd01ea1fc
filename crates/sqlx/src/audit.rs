//! The audit trail, written in the transaction of what it tells of.

use crate::column::{bytes, name, time, unsigned};
use crate::error::fault;
use slotwerk_store::{AccountKey, AuditKind, AuditRow, Result, Subject};
use sqlx::{SqliteConnection, query, query_as};

const INSERT: &str = "
    INSERT INTO slotwerk_audit (tenant, happened_at, kind, subject) VALUES ($1, $2, $3, $4)";

pub(crate) async fn record(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    kind: AuditKind,
    subject: Subject,
    at: u64,
) -> Result<()> {
    record_in(conn, account.tenant(), kind, subject, at).await
}

/// Records what happened to somebody or something of a tenant that is no account.
pub(crate) async fn record_in(
    conn: &mut SqliteConnection,
    tenant: &str,
    kind: AuditKind,
    subject: Subject,
    at: u64,
) -> Result<()> {
    query(INSERT)
        .bind(tenant)
        .bind(time(at))
        .bind(kind.as_str())
        .bind(&subject.0[..])
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(())
}

const TRAIL: &str = "
    SELECT number, happened_at, kind, subject FROM slotwerk_audit
     WHERE tenant = $1 AND number > $2
     ORDER BY number LIMIT $3";

pub(crate) async fn trail(
    conn: &mut SqliteConnection,
    tenant: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<AuditRow>> {
    let rows: Vec<(i64, i64, String, Vec<u8>)> = query_as(TRAIL)
        .bind(tenant)
        .bind(time(after))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await
        .map_err(fault)?;
    rows.into_iter()
        .map(|(number, at, kind, subject)| {
            Ok(AuditRow {
                number: unsigned(number)?,
                at: unsigned(at)?,
                kind: name(AuditKind::from_name(&kind))?,
                subject: Subject(bytes(subject)?),
            })
        })
        .collect()
}
