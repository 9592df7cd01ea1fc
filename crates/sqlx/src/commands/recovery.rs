//! Recovery codes. The row is the permission: spending a code deletes it.

use super::column::unsigned;
use super::ticket::{self, Needed};
use super::{attempt, audit, credential, outbox};
use crate::connection::{Conn, End};
use crate::statement::{Statement, sql};
use slotwerk_store::{
    AccountKey, AuditKind, CodeDigest, HashedCodes, RecoveryCodeSpent, RecoveryCodesRenewed,
    RenewRecoveryCodes, ReplacedCodes, Result, SpendRecoveryCode, Stage,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&CLEAR, &INSERT, &HASHING, &SPEND, &LEFT];

static CLEAR: Statement =
    Statement::new("DELETE FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2");

static INSERT: Statement = Statement::insert_if_absent(
    "
    INSERT INTO slotwerk_recovery_codes (tenant, account, digest, hashing) VALUES ($1, $2, $3, $4)",
);

pub(crate) async fn clear(conn: &mut Conn<'_>, account: &AccountKey) -> Result<()> {
    credential::for_account(conn, &CLEAR, account).await?;
    Ok(())
}

/// Under the lock of the credential: of two sets at once, one would be added to the other.
pub(crate) async fn replace(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    codes: &HashedCodes,
) -> Result<()> {
    clear(conn, account).await?;
    for code in &codes.digests {
        sql(&INSERT)
            .account(account)
            .bind(&code.0[..])
            .bind(&codes.hashing)
            .run(conn)
            .await?;
    }
    Ok(())
}

static HASHING: Statement = Statement::new(
    "
    SELECT hashing FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2 LIMIT 1",
);

/// Every row of a set has the same: they are written and replaced together.
pub(crate) async fn hashing(conn: &mut Conn<'_>, account: &AccountKey) -> Result<Option<String>> {
    let row: Option<Option<String>> = sql(&HASHING).account(account).optional(conn).await?;
    Ok(row.flatten())
}

static SPEND: Statement = Statement::new(
    "
    DELETE FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2 AND digest = $3",
);

pub(crate) async fn spend(
    conn: &mut Conn<'_>,
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
    conn: &mut Conn<'_>,
    account: &AccountKey,
    digests: &[CodeDigest],
) -> Result<bool> {
    for digest in digests {
        let spent = sql(&SPEND)
            .account(account)
            .bind(&digest.0[..])
            .run(conn)
            .await?;
        if spent == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) async fn renew(
    conn: &mut Conn<'_>,
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
    if let ReplacedCodes::Set(expected) = &command.replaces
        && *expected != hashing(conn, account).await?
    {
        return Ok(End::Rollback(RecoveryCodesRenewed::OtherSet));
    }
    replace(conn, account, &command.recovery_codes).await?;
    let kind = AuditKind::RecoveryCodesRenewed;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(RecoveryCodesRenewed::Renewed))
}

static LEFT: Statement = Statement::new(
    "
    SELECT COUNT(*) FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2",
);

pub(crate) async fn left(conn: &mut Conn<'_>, account: &AccountKey) -> Result<u32> {
    let count: i64 = sql(&LEFT).account(account).one(conn).await?;
    unsigned(count)
}
