//! Reset links. The row is the permission: using a link deletes it.

use super::column::{bytes, exact, latest, time, unsigned};
use super::credential::NewPassword;
use super::{attempt, audit, credential, outbox};
use crate::connection::{Conn, End};
use crate::error::Unreadable;
use crate::statement::{Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{
    AccountKey, AuditKind, ConsumeReset, IssueReset, LinksRevoked, OpenReset, ResetConsumed,
    ResetIssued, Result, RevokeLinks, TokenHash,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &ISSUE,
    &CORRECT,
    &LOCK_LINKS,
    &LOCK_OLD_LINKS,
    &OF_JOB,
    &FIND,
    &CONSUME,
    &LIVE,
];

static ISSUE: Statement = Statement::new(
    "
    INSERT INTO slotwerk_resets (token, tenant, account, job, epoch, binding, expires_at)
    SELECT $1, $2, $3, $4, $5, $6, $7 FROM (SELECT 1 AS one) AS one
     WHERE (SELECT COUNT(DISTINCT job) FROM slotwerk_resets
             WHERE tenant = $2 AND account = $3 AND expires_at > $8 AND expires_at <= $10
               AND job <> $4) < $9",
);

// Rows of a clock that ran ahead.
static CORRECT: Statement = Statement::new(
    "
    DELETE FROM slotwerk_resets WHERE tenant = $1 AND account = $2 AND expires_at > $3",
);

// The row goes with the last link. The credential cannot serve: a name without an account is sent through here as well,
// and must leave none.
static LOCK_LINKS: Statement = Statement::new(
    "
    INSERT INTO slotwerk_link_locks (tenant, account, locked, expires_at) VALUES ($1, $2, 0, $3)
        ON CONFLICT (tenant, account) DO UPDATE
       SET locked = slotwerk_link_locks.locked + 1, expires_at = excluded.expires_at",
)
.mysql(
    "
    INSERT INTO slotwerk_link_locks (tenant, account, locked, expires_at) VALUES ($1, $2, 0, $3)
        ON DUPLICATE KEY UPDATE locked = locked + 1, expires_at = $3",
);

/// Takes the lock under which the links of an account are counted.
async fn lock_links(conn: &mut Conn<'_>, command: &IssueReset) -> Result<()> {
    sql(&LOCK_LINKS)
        .account(&command.account)
        .bind(time(command.expires_at.max(command.now)))
        .run(conn)
        .await?;
    Ok(())
}

static LOCK_OLD_LINKS: Statement = Statement::new(
    "
    UPDATE slotwerk_link_locks SET locked = locked + 1 WHERE tenant = $1 AND account = $2",
);

pub(crate) async fn issue(conn: &mut Conn<'_>, command: &IssueReset) -> Result<End<ResetIssued>> {
    let issued_under = exact(command.epoch)?;
    lock_links(conn, command).await?;
    if credential::epoch(conn, &command.account).await? != issued_under {
        return Ok(End::Rollback(ResetIssued::Stale));
    }
    let issued = sql(&ISSUE)
        .bind(&command.token.0[..])
        .account(&command.account)
        .bind(&command.job.0[..])
        .bind(issued_under)
        .bind(&command.binding[..])
        .bind(time(command.expires_at))
        .bind(time(command.now))
        .bind(i64::from(command.max_live))
        .bind(latest(command.now))
        .run(conn)
        .await?;
    if issued == 1 {
        sql(&CORRECT)
            .account(&command.account)
            .bind(latest(command.now))
            .run(conn)
            .await?;
        if let Some(invited) = &command.invited
            && is_first_of_its_job(conn, command).await?
        {
            let act = audit::Act {
                kind: AuditKind::Invited,
                subject: invited.subject,
                actor: invited.actor,
                reason: invited.reason.as_ref(),
                at: command.now,
            };
            audit::record_act(conn, command.account.tenant(), &act).await?;
        }
        return Ok(End::Commit(ResetIssued::Issued));
    }
    Ok(End::Rollback(ResetIssued::TooMany))
}

static OF_JOB: Statement = Statement::new(
    "
    SELECT COUNT(*) FROM slotwerk_resets WHERE tenant = $1 AND account = $2 AND job = $3",
);

async fn is_first_of_its_job(conn: &mut Conn<'_>, command: &IssueReset) -> Result<bool> {
    let links: i64 = sql(&OF_JOB)
        .account(&command.account)
        .bind(&command.job.0[..])
        .one(conn)
        .await?;
    Ok(links == 1)
}

static FIND: Statement = Statement::new(
    "
    SELECT r.account, r.binding, r.expires_at
      FROM slotwerk_resets r
      LEFT JOIN slotwerk_credentials c ON c.tenant = r.tenant AND c.account = r.account
     WHERE r.token = $1 AND r.tenant = $2 AND r.expires_at > $3 AND r.expires_at <= $4
       AND r.epoch = COALESCE(c.epoch, 0)",
);

pub(crate) async fn find(
    conn: &mut Conn<'_>,
    tenant: &str,
    token: TokenHash,
    now: u64,
) -> Result<Option<OpenReset>> {
    let row: Option<(StoredId, Vec<u8>, i64)> = sql(&FIND)
        .bind(&token.0[..])
        .id(tenant)
        .bind(time(now))
        .bind(latest(now))
        .optional(conn)
        .await?;
    let Some((StoredId(account), binding, expires_at)) = row else {
        return Ok(None);
    };
    Ok(Some(OpenReset {
        account: AccountKey::new(tenant, account).map_err(|_| Unreadable::Name)?,
        binding: bytes(binding)?,
        expires_at: unsigned(expires_at)?,
    }))
}

static CONSUME: Statement = Statement::new(
    "
    DELETE FROM slotwerk_resets
     WHERE token = $1 AND tenant = $2 AND account = $3 AND binding = $4
       AND expires_at > $5 AND expires_at <= $7 AND epoch = $6",
);

pub(crate) async fn consume(
    conn: &mut Conn<'_>,
    command: &ConsumeReset,
) -> Result<End<ResetConsumed>> {
    let account = &command.account;
    let current = credential::lock(conn, account).await?;
    let used = sql(&CONSUME)
        .bind(&command.token.0[..])
        .account(account)
        .bind(&command.binding[..])
        .bind(time(command.now))
        .bind(current)
        .bind(latest(command.now))
        .run(conn)
        .await?;
    if used != 1 {
        return Ok(End::Rollback(ResetConsumed::Invalid));
    }
    let new = NewPassword {
        hash: &command.hash,
        recheck: command.recheck,
        keep: command.keep,
        now: command.now,
    };
    let epoch = credential::set_password(conn, account, current, &new).await?;
    let kind = AuditKind::PasswordReset;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(ResetConsumed::Consumed { epoch }))
}

static LIVE: Statement = Statement::new(
    "
    SELECT COUNT(*) FROM slotwerk_resets
     WHERE tenant = $1 AND account = $2 AND expires_at > $3 AND expires_at <= $5 AND epoch = $4",
);

/// Also deletes what has expired by this clock: by another node's it may live yet.
pub(crate) async fn revoke(
    conn: &mut Conn<'_>,
    command: &RevokeLinks,
) -> Result<End<LinksRevoked>> {
    let account = &command.account;
    let expected = exact(command.expected_epoch)?;
    credential::for_account(conn, &LOCK_OLD_LINKS, account).await?;
    if credential::epoch(conn, account).await? != expected {
        return Ok(End::Rollback(LinksRevoked::Stale));
    }
    let live: i64 = sql(&LIVE)
        .account(account)
        .bind(time(command.now))
        .bind(expected)
        .bind(latest(command.now))
        .one(conn)
        .await?;
    credential::for_account(conn, &credential::KILL_RESETS, account).await?;
    if live > 0 {
        let kind = AuditKind::LinksRevoked;
        audit::record(conn, account, kind, command.subject, command.now).await?;
    }
    let links = unsigned(live)?;
    Ok(End::Commit(LinksRevoked::Revoked { links }))
}
