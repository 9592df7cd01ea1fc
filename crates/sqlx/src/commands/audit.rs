//! The audit trail, written in the transaction of what it tells of.

use super::column::{bytes, name, time, unsigned};
use crate::connection::Conn;
use crate::error::Unreadable;
use crate::statement::{Statement, sql};
use slotwerk_store::{
    AccountKey, AuditKind, AuditPage, AuditReason, AuditRow, Id, Result, Subject,
};
use std::cmp::Reverse;

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&INSERT, &TRAIL, &PAGE, &PAGE_OF_SUBJECTS];

macro_rules! insert {
    ($random_id:literal) => {
        concat!(
            "
    INSERT INTO slotwerk_audit (tenant, happened_at, kind, subject, actor, reason, id)
    VALUES ($1, $2, $3, $4, $5, $6, ",
            $random_id,
            ")"
        )
    };
}

// The id is random, so that the nodes of a service need not agree on a number.
static INSERT: Statement = Statement::new(insert!("randomblob(16)"))
    .postgres(insert!("uuid_send(gen_random_uuid())"))
    .mysql(insert!("RANDOM_BYTES(16)"));

/// What somebody did to a subject, and why.
pub(crate) struct Act<'a> {
    pub(crate) kind: AuditKind,
    pub(crate) subject: Subject,
    pub(crate) actor: Option<Subject>,
    pub(crate) reason: Option<&'a AuditReason>,
    pub(crate) at: u64,
}

pub(crate) async fn record(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    kind: AuditKind,
    subject: Subject,
    at: u64,
) -> Result<()> {
    record_in(conn, account.tenant(), kind, subject, at).await
}

/// Records what happened to somebody or something of a tenant that is no account.
pub(crate) async fn record_in(
    conn: &mut Conn<'_>,
    tenant: &str,
    kind: AuditKind,
    subject: Subject,
    at: u64,
) -> Result<()> {
    let act = Act {
        kind,
        subject,
        actor: None,
        reason: None,
        at,
    };
    record_act(conn, tenant, &act).await
}

pub(crate) async fn record_act(conn: &mut Conn<'_>, tenant: &str, act: &Act<'_>) -> Result<()> {
    sql(&INSERT)
        .id(tenant)
        .bind(time(act.at))
        .bind(act.kind.as_str())
        .bind(&act.subject.0[..])
        .bind(act.actor.as_ref().map(|actor| &actor.0[..]))
        .bind(act.reason.map(AuditReason::as_str))
        .run(conn)
        .await?;
    Ok(())
}

static TRAIL: Statement = Statement::new(
    "
    SELECT number, happened_at, kind, subject, id, actor, reason FROM slotwerk_audit
     WHERE tenant = $1 AND number > $2
     ORDER BY number LIMIT $3",
);

type Row = (
    i64,
    i64,
    String,
    Vec<u8>,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<String>,
);

pub(crate) async fn trail(
    conn: &mut Conn<'_>,
    tenant: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<AuditRow>> {
    let rows: Vec<Row> = sql(&TRAIL)
        .id(tenant)
        .bind(time(after))
        .bind(i64::from(limit))
        .all(conn)
        .await?;
    rows.into_iter().map(read).collect()
}

fn read((number, at, kind, subject, id, actor, reason): Row) -> Result<AuditRow> {
    Ok(AuditRow {
        number: unsigned(number)?,
        id: Id(bytes(id)?),
        at: unsigned(at)?,
        kind: name(AuditKind::from_name(&kind))?,
        subject: Subject(bytes(subject)?),
        actor: actor.map(bytes).transpose()?.map(Subject),
        reason: reason
            .map(|text| AuditReason::new(text).map_err(|_| Unreadable::Name))
            .transpose()?,
    })
}

static PAGE: Statement = Statement::new(
    "
    SELECT number, happened_at, kind, subject, id, actor, reason FROM slotwerk_audit
     WHERE tenant = $1 AND happened_at <= $2 AND (happened_at < $2 OR id < $3)
     ORDER BY happened_at DESC, id DESC LIMIT $4",
);

/// How many subjects one statement asks for.
const AT_ONCE: usize = 8;

static PAGE_OF_SUBJECTS: Statement = Statement::new(
    "
    SELECT number, happened_at, kind, subject, id, actor, reason FROM slotwerk_audit
     WHERE tenant = $1 AND happened_at <= $2 AND (happened_at < $2 OR id < $3)
       AND subject IN ($5, $6, $7, $8, $9, $10, $11, $12)
     ORDER BY happened_at DESC, id DESC LIMIT $4",
);

pub(crate) async fn page(conn: &mut Conn<'_>, command: &AuditPage) -> Result<Vec<AuditRow>> {
    let (before, id) = match &command.before {
        Some((at, id)) => (time(*at), id.0.to_vec()),
        // Longer than any id, and so after all of them.
        None => (i64::MAX, vec![u8::MAX; 17]),
    };
    let Some(subjects) = &command.subjects else {
        let rows: Vec<Row> = sql(&PAGE)
            .id(&command.tenant)
            .bind(before)
            .bind(&id)
            .bind(i64::from(command.rows()))
            .all(conn)
            .await?;
        return rows.into_iter().map(read).collect();
    };
    let mut subjects = subjects.clone();
    subjects.sort_unstable();
    subjects.dedup();
    let mut page = Vec::new();
    for some in subjects.chunks(AT_ONCE) {
        let mut statement = sql(&PAGE_OF_SUBJECTS)
            .id(&command.tenant)
            .bind(before)
            .bind(&id)
            .bind(i64::from(command.rows()));
        // The last one stands in for those that are not there.
        for n in 0..AT_ONCE {
            let subject = some.get(n).or(some.last());
            statement = statement.bind(subject.map(|subject| &subject.0[..]));
        }
        let rows: Vec<Row> = statement.all(conn).await?;
        for row in rows {
            page.push(read(row)?);
        }
    }
    page.sort_by_key(|row| Reverse((row.at, row.id)));
    page.truncate(command.rows().into());
    Ok(page)
}
