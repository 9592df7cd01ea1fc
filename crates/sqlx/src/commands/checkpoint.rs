//! Checkpoints over the audit trail. Every statement goes along an index.

use super::column::{bytes, exact, time, unsigned};
use crate::connection::{Conn, End};
use crate::statement::{Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{
    AuditRecord, AuditSealed, AuditTenants, Checkpoint, Id, MAX_CHECKPOINT_PAGE, Result, SealAudit,
    SealedAudit, Subject, UnsealedAudit,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &NEXT_UNSEALED,
    &NEXT_TENANT,
    &NEXT_CHAIN,
    &UNSEALED,
    &SEALED,
    &CHAIN,
    &LAST,
    &LAST_MAC,
    &ADD,
    &COVER,
    &REMOVED_THROUGH,
    &REMOVE,
];

// Steps from tenant to tenant along the index, so the number of their rows costs nothing.
static NEXT_UNSEALED: Statement = Statement::new(
    "
    SELECT tenant FROM slotwerk_audit
     WHERE checkpoint IS NULL AND tenant > $1 AND happened_at <= $2
     ORDER BY tenant LIMIT 1",
);

static NEXT_TENANT: Statement =
    Statement::new("SELECT tenant FROM slotwerk_audit WHERE tenant > $1 ORDER BY tenant LIMIT 1");

// Retention may have removed every row of a tenant.
static NEXT_CHAIN: Statement = Statement::new(
    "SELECT tenant FROM slotwerk_audit_checkpoints WHERE tenant > $1 ORDER BY tenant LIMIT 1",
);

pub(crate) async fn tenants(conn: &mut Conn<'_>, command: &AuditTenants) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    while found.len() < command.limit.into() {
        let after = found.last().or(command.after.as_ref());
        let after = after.map_or("", String::as_str);
        let next: Option<StoredId> = match command.unsealed_until {
            Some(until) => {
                let next = sql(&NEXT_UNSEALED).id(after).bind(time(until));
                next.optional(conn).await?
            }
            None => {
                let row: Option<StoredId> = sql(&NEXT_TENANT).id(after).optional(conn).await?;
                let chain: Option<StoredId> = sql(&NEXT_CHAIN).id(after).optional(conn).await?;
                [row, chain]
                    .into_iter()
                    .flatten()
                    .min_by(|a, b| a.0.cmp(&b.0))
            }
        };
        match next {
            Some(next) => found.push(next.0),
            None => break,
        }
    }
    Ok(found)
}

static UNSEALED: Statement = Statement::new(
    "
    SELECT number, happened_at, kind, subject, id, actor, reason, checkpoint FROM slotwerk_audit
     WHERE tenant = $1 AND checkpoint IS NULL AND happened_at <= $2
       AND happened_at >= $3 AND (happened_at > $3 OR id > $4)
     ORDER BY happened_at, id LIMIT $5",
);

type Row = (
    i64,
    i64,
    String,
    Vec<u8>,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<String>,
    Option<i64>,
);

pub(crate) async fn unsealed(
    conn: &mut Conn<'_>,
    command: &UnsealedAudit,
) -> Result<Vec<AuditRecord>> {
    let (at, id) = match &command.after {
        Some((at, id)) => (time(*at), &id.0[..]),
        // Shorter than any id, and so before all of them.
        None => (0, &[][..]),
    };
    let rows: Vec<Row> = sql(&UNSEALED)
        .id(&command.tenant)
        .bind(time(command.until))
        .bind(at)
        .bind(id)
        .bind(i64::from(command.rows()))
        .all(conn)
        .await?;
    rows.into_iter().map(read).collect()
}

static SEALED: Statement = Statement::new(
    "
    SELECT number, happened_at, kind, subject, id, actor, reason, checkpoint FROM slotwerk_audit
     WHERE tenant = $1 AND checkpoint >= $2
       AND (checkpoint > $2 OR happened_at > $3 OR (happened_at = $3 AND id > $4))
     ORDER BY checkpoint, happened_at, id LIMIT $5",
);

pub(crate) async fn sealed(conn: &mut Conn<'_>, command: &SealedAudit) -> Result<Vec<AuditRecord>> {
    let (checkpoint, at, id) = match &command.after {
        Some((checkpoint, at, id)) => (time(*checkpoint), time(*at), &id.0[..]),
        None => (i64::MIN, 0, &[][..]),
    };
    let rows: Vec<Row> = sql(&SEALED)
        .id(&command.tenant)
        .bind(checkpoint)
        .bind(at)
        .bind(id)
        .bind(i64::from(command.rows()))
        .all(conn)
        .await?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<AuditRecord> {
    let (number, at, kind, subject, id, actor, reason, checkpoint) = row;
    Ok(AuditRecord {
        checkpoint: checkpoint.map(unsigned).transpose()?,
        number: unsigned(number)?,
        id: Id(bytes(id)?),
        at: unsigned(at)?,
        kind,
        subject: Subject(bytes(subject)?),
        actor: actor.map(bytes).transpose()?.map(Subject),
        reason,
    })
}

macro_rules! checkpoints {
    ($rest:literal) => {
        concat!(
            "SELECT number, previous, sealed_at, newest, removed_through, entries, key_id, mac
               FROM slotwerk_audit_checkpoints WHERE tenant = $1 ",
            $rest
        )
    };
}

static CHAIN: Statement = Statement::new(checkpoints!("AND number > $2 ORDER BY number LIMIT $3"));

static LAST: Statement = Statement::new(checkpoints!("ORDER BY number DESC LIMIT 1"));

type Stored = (i64, Vec<u8>, i64, i64, i64, Vec<u8>, i64, Vec<u8>);

pub(crate) async fn chain(
    conn: &mut Conn<'_>,
    tenant: &str,
    after: u64,
    limit: u16,
) -> Result<Vec<Checkpoint>> {
    let rows: Vec<Stored> = sql(&CHAIN)
        .id(tenant)
        .bind(time(after))
        .bind(i64::from(limit.clamp(1, MAX_CHECKPOINT_PAGE)))
        .all(conn)
        .await?;
    rows.into_iter().map(checkpoint).collect()
}

pub(crate) async fn last(conn: &mut Conn<'_>, tenant: &str) -> Result<Option<Checkpoint>> {
    let row: Option<Stored> = sql(&LAST).id(tenant).optional(conn).await?;
    row.map(checkpoint).transpose()
}

fn checkpoint(row: Stored) -> Result<Checkpoint> {
    let (number, previous, sealed_at, newest, removed_through, entries, key, mac) = row;
    Ok(Checkpoint {
        number: unsigned(number)?,
        previous: bytes(previous)?,
        sealed_at: unsigned(sealed_at)?,
        newest: unsigned(newest)?,
        removed_through: unsigned(removed_through)?,
        entries,
        key: unsigned(key)?,
        mac: bytes(mac)?,
    })
}

static LAST_MAC: Statement = Statement::new(
    "SELECT number, mac FROM slotwerk_audit_checkpoints WHERE tenant = $1 ORDER BY number DESC LIMIT 1",
);

// Of two transactions that have read the same last checkpoint, the primary key lets one add the next.
static ADD: Statement = Statement::insert_if_absent(
    "
    INSERT INTO slotwerk_audit_checkpoints
        (tenant, number, previous, sealed_at, newest, removed_through, entries, key_id, mac)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

/// How many rows one statement marks.
const AT_ONCE: usize = 16;

static COVER: Statement = Statement::new(
    "
    UPDATE slotwerk_audit SET checkpoint = $1
     WHERE tenant = $2 AND checkpoint IS NULL
       AND number IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
);

pub(crate) async fn seal(conn: &mut Conn<'_>, command: &SealAudit) -> Result<End<AuditSealed>> {
    let last: Option<(i64, Vec<u8>)> = sql(&LAST_MAC).id(&command.tenant).optional(conn).await?;
    let expected = match command.last {
        Some((number, mac)) => Some((exact(number)?, mac.to_vec())),
        None => None,
    };
    if last != expected {
        return Ok(End::Rollback(AuditSealed::Stale));
    }
    let next = &command.checkpoint;
    let added = sql(&ADD)
        .id(&command.tenant)
        .bind(exact(next.number)?)
        .bind(&next.previous[..])
        .bind(time(next.sealed_at))
        .bind(time(next.newest))
        .bind(exact(next.removed_through)?)
        .bind(&next.entries)
        .bind(i64::from(next.key))
        .bind(&next.mac[..])
        .run(conn)
        .await?;
    if added == 0 {
        return Ok(End::Rollback(AuditSealed::Stale));
    }
    for some in command.rows.chunks(AT_ONCE) {
        let mut cover = sql(&COVER).bind(exact(next.number)?).id(&command.tenant);
        // The last one stands in for those that are not there.
        for n in 0..AT_ONCE {
            let row = some.get(n).or(some.last()).copied().unwrap_or_default();
            cover = cover.bind(exact(row)?);
        }
        if cover.run(conn).await? != some.len() as u64 {
            return Ok(End::Rollback(AuditSealed::Stale));
        }
    }
    Ok(End::Commit(AuditSealed::Sealed))
}

static REMOVED_THROUGH: Statement = Statement::new(
    "
    SELECT removed_through FROM slotwerk_audit_checkpoints WHERE tenant = $1
     ORDER BY number DESC LIMIT 1",
);

// MySQL does not read a table that it deletes from, and limits the DELETE itself. The role of a service may not run it.
pub(crate) static REMOVE: Statement = Statement::new(
    "
    DELETE FROM slotwerk_audit WHERE number IN (
        SELECT number FROM slotwerk_audit WHERE tenant = $1 AND checkpoint <= $2
         ORDER BY checkpoint LIMIT $3)",
)
.mysql(
    "
    DELETE FROM slotwerk_audit WHERE tenant = $1 AND checkpoint <= $2
     ORDER BY checkpoint LIMIT $3",
);

pub(crate) async fn remove(conn: &mut Conn<'_>, tenant: &str, limit: u32) -> Result<End<u64>> {
    let through: Option<i64> = sql(&REMOVED_THROUGH).id(tenant).optional(conn).await?;
    let Some(through) = through.filter(|through| *through > 0) else {
        return Ok(End::Rollback(0));
    };
    let gone = sql(&REMOVE)
        .id(tenant)
        .bind(through)
        .bind(i64::from(limit))
        .run(conn)
        .await?;
    Ok(End::Commit(gone))
}
