//! Password hashes and the version that everything issued under them depends on.

use crate::column::{exact, unsigned};
use crate::error::fault;
use crate::transaction::End;
use crate::{audit, outbox};
use slotwerk_store::{
    AccountKey, AuditKind, ChangePassword, Credential, HashReplaced, PasswordChanged, ReplaceHash,
    Result, RevokeAccess,
};
use sqlx::{SqliteConnection, query, query_as, query_scalar};

const READ: &str = "
    SELECT hash, version FROM slotwerk_credentials WHERE tenant = $1 AND account = $2";

pub(crate) async fn read(conn: &mut SqliteConnection, account: &AccountKey) -> Result<Credential> {
    let row: Option<(Option<String>, i64)> = query_as(READ)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    row.map_or_else(
        || Ok(Credential::default()),
        |(hash, version)| {
            Ok(Credential {
                hash,
                version: unsigned(version)?,
            })
        },
    )
}

const VERSION: &str = "
    SELECT version FROM slotwerk_credentials WHERE tenant = $1 AND account = $2";

/// The version as a column value; 0 for an account never seen.
pub(crate) async fn version(conn: &mut SqliteConnection, account: &AccountKey) -> Result<i64> {
    let version: Option<i64> = query_scalar(VERSION)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    Ok(version.unwrap_or(0))
}

const REPLACE_HASH: &str = "
    UPDATE slotwerk_credentials SET hash = $4
     WHERE tenant = $1 AND account = $2 AND hash = $3";

pub(crate) async fn replace_hash(
    conn: &mut SqliteConnection,
    command: &ReplaceHash,
) -> Result<End<HashReplaced>> {
    let replaced = query(REPLACE_HASH)
        .bind(command.account.tenant())
        .bind(command.account.account())
        .bind(&command.expected)
        .bind(&command.replacement)
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(if replaced.rows_affected() == 1 {
        End::Commit(HashReplaced::Replaced)
    } else {
        End::Rollback(HashReplaced::Stale)
    })
}

pub(crate) async fn change_password(
    conn: &mut SqliteConnection,
    command: &ChangePassword,
) -> Result<End<PasswordChanged>> {
    let expected = exact(command.expected_version)?;
    let Some(version) = set_password(conn, &command.account, expected, &command.hash).await? else {
        return Ok(End::Rollback(PasswordChanged::Stale));
    };
    let (account, kind) = (&command.account, AuditKind::PasswordChanged);
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    Ok(End::Commit(PasswordChanged::Changed { version }))
}

const SET_HASH: &str = "
    UPDATE slotwerk_credentials SET hash = $3, version = version + 1
     WHERE tenant = $1 AND account = $2 AND version = $4";

const FIRST_HASH: &str = "
    INSERT INTO slotwerk_credentials (tenant, account, hash, version) VALUES ($1, $2, $3, 1)
        ON CONFLICT (tenant, account) DO NOTHING";

/// Sets a hash if the version is still `expected`, and kills what was issued under that version.
/// The new version, or nothing if it had moved on.
pub(crate) async fn set_password(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    expected: i64,
    hash: &str,
) -> Result<Option<u64>> {
    let changed = query(SET_HASH)
        .bind(account.tenant())
        .bind(account.account())
        .bind(hash)
        .bind(expected)
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    let mut rows = changed.rows_affected();
    if rows == 0 && expected == 0 {
        let created = query(FIRST_HASH)
            .bind(account.tenant())
            .bind(account.account())
            .bind(hash)
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
        rows = created.rows_affected();
    }
    if rows != 1 {
        return Ok(None);
    }
    kill_issued(conn, account).await?;
    unsigned(expected.saturating_add(1)).map(Some)
}

const KILL_RESETS: &str = "DELETE FROM slotwerk_resets WHERE tenant = $1 AND account = $2";
const KILL_TICKETS: &str = "DELETE FROM slotwerk_tickets WHERE tenant = $1 AND account = $2";
const KILL_PENDING: &str = "
    DELETE FROM slotwerk_pending_enrolments WHERE tenant = $1 AND account = $2";

async fn kill_issued(conn: &mut SqliteConnection, account: &AccountKey) -> Result<()> {
    for kill in [KILL_RESETS, KILL_TICKETS, KILL_PENDING] {
        for_account(conn, kill, account).await?;
    }
    Ok(())
}

async fn for_account(
    conn: &mut SqliteConnection,
    statement: &'static str,
    account: &AccountKey,
) -> Result<()> {
    query(statement)
        .bind(account.tenant())
        .bind(account.account())
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(())
}

const BUMP: &str = "
    INSERT INTO slotwerk_credentials (tenant, account, hash, version) VALUES ($1, $2, NULL, 1)
        ON CONFLICT (tenant, account) DO UPDATE
       SET version = slotwerk_credentials.version + 1";

pub(crate) async fn revoke_access(
    conn: &mut SqliteConnection,
    command: &RevokeAccess,
) -> Result<End<u64>> {
    let account = &command.account;
    for_account(conn, BUMP, account).await?;
    kill_issued(conn, account).await?;
    let kind = AuditKind::AccessRevoked;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    let version = version(conn, account).await?;
    Ok(End::Commit(unsigned(version)?))
}
