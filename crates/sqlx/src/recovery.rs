//! Recovery codes. The row is the permission: spending a code deletes it.

use crate::column::unsigned;
use crate::error::fault;
use crate::ticket::{self, Needed};
use crate::transaction::End;
use crate::{attempt, audit, credential, outbox};
use slotwerk_store::{
    AccountKey, AuditKind, CodeDigest, HashedCodes, RecoveryCodeSpent, RecoveryCodesRenewed,
    RenewRecoveryCodes, Result, SpendRecoveryCode, Stage,
};
use sqlx::{SqliteConnection, query, query_scalar};

const CLEAR: &str = "DELETE FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2";

const INSERT: &str = "
    INSERT INTO slotwerk_recovery_codes (tenant, account, digest, hashing) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, account, digest) DO NOTHING";

pub(crate) async fn clear(conn: &mut SqliteConnection, account: &AccountKey) -> Result<()> {
    credential::for_account(conn, CLEAR, account).await?;
    Ok(())
}

/// Under the lock of the credential: of two sets at once, one would be added to the other.
pub(crate) async fn replace(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    codes: &HashedCodes,
) -> Result<()> {
    clear(conn, account).await?;
    for code in &codes.digests {
        query(INSERT)
            .bind(account.tenant())
            .bind(account.account())
            .bind(&code.0[..])
            .bind(&codes.hashing)
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
    }
    Ok(())
}

const HASHING: &str = "
    SELECT hashing FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2 LIMIT 1";

/// Every row of a set has the same: they are written and replaced together.
pub(crate) async fn hashing(
    conn: &mut SqliteConnection,
    account: &AccountKey,
) -> Result<Option<String>> {
    let row: Option<Option<String>> = query_scalar(HASHING)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    Ok(row.flatten())
}

const SPEND: &str = "
    DELETE FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2 AND digest = $3";

pub(crate) async fn spend(
    conn: &mut SqliteConnection,
    command: &SpendRecoveryCode,
) -> Result<End<RecoveryCodeSpent>> {
    let account = &command.account;
    let needed = Needed {
        token: command.ticket,
        account,
        stage: Stage::Verify,
        now: command.now,
    };
    let Some(epoch) = ticket::spend(conn, &needed).await? else {
        return Ok(End::Rollback(RecoveryCodeSpent::TicketInvalid));
    };
    if !spend_one(conn, account, &command.digests).await? {
        return Ok(End::Rollback(RecoveryCodeSpent::Unknown));
    }
    let kind = AuditKind::RecoveryCodeSpent;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    let remaining = left(conn, account).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(RecoveryCodeSpent::Spent { remaining, epoch }))
}

/// The digests name one code under several keys, so the first that is found is the one spent.
async fn spend_one(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    digests: &[CodeDigest],
) -> Result<bool> {
    for digest in digests {
        let spent = query(SPEND)
            .bind(account.tenant())
            .bind(account.account())
            .bind(&digest.0[..])
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
        if spent.rows_affected() == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) async fn renew(
    conn: &mut SqliteConnection,
    command: &RenewRecoveryCodes,
) -> Result<End<RecoveryCodesRenewed>> {
    let account = &command.account;
    credential::lock(conn, account).await?;
    let needed = Needed {
        token: command.ticket,
        account,
        stage: Stage::Manage,
        now: command.now,
    };
    if !ticket::is_live(conn, &needed).await? {
        return Ok(End::Rollback(RecoveryCodesRenewed::TicketInvalid));
    }
    replace(conn, account, &command.recovery_codes).await?;
    let kind = AuditKind::RecoveryCodesRenewed;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(RecoveryCodesRenewed::Renewed))
}

const LEFT: &str = "
    SELECT COUNT(*) FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2";

pub(crate) async fn left(conn: &mut SqliteConnection, account: &AccountKey) -> Result<u32> {
    let count: i64 = query_scalar(LEFT)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_one(conn)
        .await
        .map_err(fault)?;
    unsigned(count)
}
