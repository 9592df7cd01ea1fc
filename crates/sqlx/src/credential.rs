//! Password hashes and the epoch that everything issued under them depends on.

use crate::column::{exact, flag, time, unsigned};
use crate::error::fault;
use crate::transaction::End;
use crate::{attempt, audit, factor, history, outbox, recovery, session};
use slotwerk_store::{
    AccessRevoked, AccountKey, AuditKind, ChangePassword, ClearRecheck, Credential, ErrorKind,
    Forget, HashReplaced, KeepHistory, PasswordChanged, RecheckCleared, ReplaceHash, Result,
    RevokeAccess, StoreError,
};
use sqlx::{SqliteConnection, query, query_as, query_scalar};

const READ: &str = "
    SELECT hash, epoch, set_at, recheck, must_change FROM slotwerk_credentials
     WHERE tenant = $1 AND account = $2";

type Row = (Option<String>, i64, Option<i64>, i64, i64);

pub(crate) async fn read(conn: &mut SqliteConnection, account: &AccountKey) -> Result<Credential> {
    let row: Option<Row> = query_as(READ)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    row.map_or_else(
        || Ok(Credential::default()),
        |(hash, epoch, set_at, recheck, must_change)| {
            Ok(Credential {
                hash,
                epoch: unsigned(epoch)?,
                set_at: set_at.map(unsigned).transpose()?,
                recheck: flag(recheck)?,
                must_change: flag(must_change)?,
            })
        },
    )
}

const EPOCH: &str = "
    SELECT epoch FROM slotwerk_credentials WHERE tenant = $1 AND account = $2";

/// The epoch as a column value; 0 for an account never seen.
pub(crate) async fn epoch(conn: &mut SqliteConnection, account: &AccountKey) -> Result<i64> {
    let epoch: Option<i64> = query_scalar(EPOCH)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    Ok(epoch.unwrap_or(0))
}

// Changes nothing but the count of locks: a cluster that certifies rows sees no write that changes nothing. Where
// rows have locks, it holds this one until the transaction ends, and reads what was committed last: whatever counts an account's rows before
// it writes, or relies on a ticket that stays, does so under this lock. Every other writer of the epoch
// needs the same row.
const LOCK: &str = "
    INSERT INTO slotwerk_credentials (tenant, account, hash, set_at, recheck, epoch)
    VALUES ($1, $2, NULL, NULL, 0, 0)
        ON CONFLICT (tenant, account) DO UPDATE SET locked = slotwerk_credentials.locked + 1";

/// Locks the credential of an account; its epoch, which stays until the transaction ends.
pub(crate) async fn lock(conn: &mut SqliteConnection, account: &AccountKey) -> Result<i64> {
    for_account(conn, LOCK, account).await?;
    epoch(conn, account).await
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
    let expected = exact(command.expected_epoch)?;
    let new = NewPassword {
        hash: &command.hash,
        recheck: command.recheck,
        keep: command.keep,
        now: command.now,
    };
    let Some(epoch) = set_password(conn, &command.account, expected, &new).await? else {
        return Ok(End::Rollback(PasswordChanged::Stale));
    };
    let (account, kind) = (&command.account, AuditKind::PasswordChanged);
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(PasswordChanged::Changed { epoch }))
}

const SET_HASH: &str = "
    UPDATE slotwerk_credentials
       SET hash = $3, set_at = $5, recheck = $6, must_change = 0, epoch = epoch + 1
     WHERE tenant = $1 AND account = $2 AND epoch = $4";

const FIRST_HASH: &str = "
    INSERT INTO slotwerk_credentials (tenant, account, hash, set_at, recheck, epoch)
    VALUES ($1, $2, $3, $4, $5, 1)
        ON CONFLICT (tenant, account) DO NOTHING";

/// What [`set_password`] sets.
pub(crate) struct NewPassword<'a> {
    pub(crate) hash: &'a str,
    pub(crate) recheck: bool,
    pub(crate) keep: KeepHistory,
    pub(crate) now: u64,
}

/// Sets a password if the epoch is still `expected`, retires the one before it, and kills what was
/// issued under that epoch. The new epoch, or nothing if it had moved on.
pub(crate) async fn set_password(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    expected: i64,
    new: &NewPassword<'_>,
) -> Result<Option<u64>> {
    history::retire(conn, account, expected, new.keep, new.now).await?;
    let changed = query(SET_HASH)
        .bind(account.tenant())
        .bind(account.account())
        .bind(new.hash)
        .bind(expected)
        .bind(time(new.now))
        .bind(i64::from(new.recheck))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    let mut rows = changed.rows_affected();
    if rows == 0 && expected == 0 {
        let created = query(FIRST_HASH)
            .bind(account.tenant())
            .bind(account.account())
            .bind(new.hash)
            .bind(time(new.now))
            .bind(i64::from(new.recheck))
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

pub(crate) const KILL_RESETS: &str =
    "DELETE FROM slotwerk_resets WHERE tenant = $1 AND account = $2";
const KILL_TICKETS: &str = "DELETE FROM slotwerk_tickets WHERE tenant = $1 AND account = $2";
const KILL_PENDING: &str = "
    DELETE FROM slotwerk_pending_enrolments WHERE tenant = $1 AND account = $2";

async fn kill_issued(conn: &mut SqliteConnection, account: &AccountKey) -> Result<()> {
    for kill in [KILL_RESETS, KILL_TICKETS, KILL_PENDING] {
        for_account(conn, kill, account).await?;
    }
    session::supersede(conn, account).await
}

/// Runs a statement about one account; how many rows it changed.
pub(crate) async fn for_account(
    conn: &mut SqliteConnection,
    statement: &'static str,
    account: &AccountKey,
) -> Result<u64> {
    let done = query(statement)
        .bind(account.tenant())
        .bind(account.account())
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(done.rows_affected())
}

// The mark is part of the guard, so that of two nodes one takes it away.
const CLEAR_RECHECK: &str = "
    UPDATE slotwerk_credentials SET recheck = 0
     WHERE tenant = $1 AND account = $2 AND epoch = $3 AND recheck = 1";

pub(crate) async fn clear_recheck(
    conn: &mut SqliteConnection,
    command: &ClearRecheck,
) -> Result<End<RecheckCleared>> {
    let cleared = query(CLEAR_RECHECK)
        .bind(command.account.tenant())
        .bind(command.account.account())
        .bind(exact(command.epoch)?)
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(if cleared.rows_affected() == 1 {
        End::Commit(RecheckCleared::Cleared)
    } else {
        End::Rollback(RecheckCleared::Stale)
    })
}

const REVOKE: &str = "
    UPDATE slotwerk_credentials SET epoch = epoch + 1
     WHERE tenant = $1 AND account = $2 AND epoch = $3";

const FORGET: &str = "
    UPDATE slotwerk_credentials
       SET epoch = epoch + 1, hash = NULL, set_at = NULL, recheck = 0, must_change = 0
     WHERE tenant = $1 AND account = $2 AND epoch = $3";

const FIRST_VERSION: &str = "
    INSERT INTO slotwerk_credentials (tenant, account, hash, set_at, recheck, epoch)
    VALUES ($1, $2, NULL, NULL, 0, 1)
        ON CONFLICT (tenant, account) DO NOTHING";

/// Moves on from the epoch that [`lock`] gave, and kills what was issued under it. The new epoch.
pub(crate) async fn bump(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    locked: i64,
) -> Result<u64> {
    let bumped = query(REVOKE)
        .bind(account.tenant())
        .bind(account.account())
        .bind(locked)
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if bumped.rows_affected() != 1 {
        return Err(StoreError::new(ErrorKind::Conflict));
    }
    kill_issued(conn, account).await?;
    unsigned(locked.saturating_add(1))
}

pub(crate) async fn revoke_access(
    conn: &mut SqliteConnection,
    command: &RevokeAccess,
) -> Result<End<AccessRevoked>> {
    let account = &command.account;
    let expected = match command.expected_epoch {
        Some(expected) => exact(expected)?,
        // Locked, so that it is still this one below.
        None => lock(conn, account).await?,
    };
    let (statement, kind) = match command.forget {
        Forget::Nothing => (REVOKE, AuditKind::AccessRevoked),
        Forget::Password => {
            let everything = KeepHistory::EVERYTHING;
            history::retire(conn, account, expected, everything, command.now).await?;
            (FORGET, AuditKind::PasswordForgotten)
        }
        Forget::SecondFactor => (REVOKE, AuditKind::SecondFactorForgotten),
    };
    let revoked = query(statement)
        .bind(account.tenant())
        .bind(account.account())
        .bind(expected)
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    let mut rows = revoked.rows_affected();
    if rows == 0 && expected == 0 {
        rows = for_account(conn, FIRST_VERSION, account).await?;
    }
    if rows != 1 {
        return Ok(End::Rollback(AccessRevoked::Stale));
    }
    kill_issued(conn, account).await?;
    if command.forget == Forget::SecondFactor {
        factor::delete_all(conn, account).await?;
        recovery::clear(conn, account).await?;
    }
    let act = audit::Act {
        kind,
        subject: command.subject,
        actor: command.actor,
        reason: command.reason.as_ref(),
        at: command.now,
    };
    audit::record_act(conn, account.tenant(), &act).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    let epoch = unsigned(expected.saturating_add(1))?;
    Ok(End::Commit(AccessRevoked::Revoked { epoch }))
}
