//! Reset links. The row is the permission: using a link deletes it.

use crate::column::{bytes, exact, latest, time, unsigned};
use crate::credential::NewPassword;
use crate::error::{Unreadable, fault};
use crate::transaction::End;
use crate::{attempt, audit, credential, outbox};
use slotwerk_store::{
    AccountKey, AuditKind, ConsumeReset, IssueReset, LinksRevoked, OpenReset, ResetConsumed,
    ResetIssued, Result, RevokeLinks, TokenHash,
};
use sqlx::{SqliteConnection, query, query_as, query_scalar};

const ISSUE: &str = "
    INSERT INTO slotwerk_resets (token, tenant, account, job, epoch, binding, expires_at)
    SELECT $1, $2, $3, $4, $5, $6, $7
     WHERE COALESCE((SELECT epoch FROM slotwerk_credentials
                      WHERE tenant = $2 AND account = $3), 0) = $5
       AND (SELECT COUNT(DISTINCT job) FROM slotwerk_resets
             WHERE tenant = $2 AND account = $3 AND expires_at > $8 AND expires_at <= $10
               AND job <> $4) < $9";

// Rows of a clock that ran ahead.
const CORRECT: &str = "
    DELETE FROM slotwerk_resets WHERE tenant = $1 AND account = $2 AND expires_at > $3";

pub(crate) async fn issue(
    conn: &mut SqliteConnection,
    command: &IssueReset,
) -> Result<End<ResetIssued>> {
    let issued_under = exact(command.epoch)?;
    let issued = query(ISSUE)
        .bind(&command.token.0[..])
        .bind(command.account.tenant())
        .bind(command.account.account())
        .bind(&command.job.0[..])
        .bind(issued_under)
        .bind(&command.binding[..])
        .bind(time(command.expires_at))
        .bind(time(command.now))
        .bind(i64::from(command.max_live))
        .bind(latest(command.now))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if issued.rows_affected() == 1 {
        query(CORRECT)
            .bind(command.account.tenant())
            .bind(command.account.account())
            .bind(latest(command.now))
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
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
    let current = credential::epoch(conn, &command.account).await?;
    Ok(End::Rollback(if current == issued_under {
        ResetIssued::TooMany
    } else {
        ResetIssued::Stale
    }))
}

const OF_JOB: &str = "
    SELECT COUNT(*) FROM slotwerk_resets WHERE tenant = $1 AND account = $2 AND job = $3";

async fn is_first_of_its_job(conn: &mut SqliteConnection, command: &IssueReset) -> Result<bool> {
    let links: i64 = query_scalar(OF_JOB)
        .bind(command.account.tenant())
        .bind(command.account.account())
        .bind(&command.job.0[..])
        .fetch_one(conn)
        .await
        .map_err(fault)?;
    Ok(links == 1)
}

const FIND: &str = "
    SELECT r.account, r.binding, r.expires_at
      FROM slotwerk_resets r
      LEFT JOIN slotwerk_credentials c ON c.tenant = r.tenant AND c.account = r.account
     WHERE r.token = $1 AND r.tenant = $2 AND r.expires_at > $3 AND r.expires_at <= $4
       AND r.epoch = COALESCE(c.epoch, 0)";

pub(crate) async fn find(
    conn: &mut SqliteConnection,
    tenant: &str,
    token: TokenHash,
    now: u64,
) -> Result<Option<OpenReset>> {
    let row: Option<(String, Vec<u8>, i64)> = query_as(FIND)
        .bind(&token.0[..])
        .bind(tenant)
        .bind(time(now))
        .bind(latest(now))
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    let Some((account, binding, expires_at)) = row else {
        return Ok(None);
    };
    Ok(Some(OpenReset {
        account: AccountKey::new(tenant, account).map_err(|_| Unreadable::Name)?,
        binding: bytes(binding)?,
        expires_at: unsigned(expires_at)?,
    }))
}

const CONSUME: &str = "
    DELETE FROM slotwerk_resets
     WHERE token = $1 AND tenant = $2 AND account = $3 AND binding = $4
       AND expires_at > $5 AND expires_at <= $7 AND epoch = $6";

pub(crate) async fn consume(
    conn: &mut SqliteConnection,
    command: &ConsumeReset,
) -> Result<End<ResetConsumed>> {
    let account = &command.account;
    let current = credential::epoch(conn, account).await?;
    let used = query(CONSUME)
        .bind(&command.token.0[..])
        .bind(account.tenant())
        .bind(account.account())
        .bind(&command.binding[..])
        .bind(time(command.now))
        .bind(current)
        .bind(latest(command.now))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if used.rows_affected() != 1 {
        return Ok(End::Rollback(ResetConsumed::Invalid));
    }
    let new = NewPassword {
        hash: &command.hash,
        recheck: command.recheck,
        keep: command.keep,
        now: command.now,
    };
    let Some(epoch) = credential::set_password(conn, account, current, &new).await? else {
        return Ok(End::Rollback(ResetConsumed::Invalid));
    };
    let kind = AuditKind::PasswordReset;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(ResetConsumed::Consumed { epoch }))
}

const LIVE: &str = "
    SELECT COUNT(*) FROM slotwerk_resets
     WHERE tenant = $1 AND account = $2 AND expires_at > $3 AND expires_at <= $5 AND epoch = $4";

/// Also deletes what has expired by this clock: by another node's it may live yet.
pub(crate) async fn revoke(
    conn: &mut SqliteConnection,
    command: &RevokeLinks,
) -> Result<End<LinksRevoked>> {
    let account = &command.account;
    let expected = exact(command.expected_epoch)?;
    if credential::epoch(conn, account).await? != expected {
        return Ok(End::Rollback(LinksRevoked::Stale));
    }
    let live: i64 = query_scalar(LIVE)
        .bind(account.tenant())
        .bind(account.account())
        .bind(time(command.now))
        .bind(expected)
        .bind(latest(command.now))
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    credential::for_account(conn, credential::KILL_RESETS, account).await?;
    if live > 0 {
        let kind = AuditKind::LinksRevoked;
        audit::record(conn, account, kind, command.subject, command.now).await?;
    }
    let links = unsigned(live)?;
    Ok(End::Commit(LinksRevoked::Revoked { links }))
}
