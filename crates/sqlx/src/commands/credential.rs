//! Password hashes and the epoch that everything issued under them depends on.

use super::column::{exact, flag, time, unsigned};
use super::{attempt, audit, factor, history, outbox, recovery, session};
use crate::connection::{Conn, End};
use crate::dialect::Dialect;
use crate::error::overtaken;
use crate::statement::{Statement, sql};
use slotwerk_store::{
    AccessRevoked, AccountKey, AuditKind, ChangePassword, ClearRecheck, Credential, Forget,
    HashReplaced, KeepHistory, PasswordChanged, RecheckCleared, ReplaceHash, Result, RevokeAccess,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &READ,
    &EPOCH,
    &LOCK,
    &CREATE,
    &REPLACE_HASH,
    &SET_HASH,
    &KILL_RESETS,
    &KILL_TICKETS,
    &KILL_PENDING,
    &CLEAR_RECHECK,
    &REVOKE,
    &FORGET,
];

static READ: Statement = Statement::new(
    "
    SELECT hash, epoch, set_at, recheck, must_change FROM slotwerk_credentials
     WHERE tenant = $1 AND account = $2",
);

type Row = (Option<String>, i64, Option<i64>, i64, i64);

pub(crate) async fn read(conn: &mut Conn<'_>, account: &AccountKey) -> Result<Credential> {
    let row: Option<Row> = sql(&READ).account(account).optional(conn).await?;
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

static EPOCH: Statement = Statement::new(
    "
    SELECT epoch FROM slotwerk_credentials WHERE tenant = $1 AND account = $2",
);

/// The epoch as a column value; 0 for an account never seen.
pub(crate) async fn epoch(conn: &mut Conn<'_>, account: &AccountKey) -> Result<i64> {
    let epoch: Option<i64> = sql(&EPOCH).account(account).optional(conn).await?;
    Ok(epoch.unwrap_or(0))
}

macro_rules! count_lock {
    ($returning:literal) => {
        concat!(
            "
    UPDATE slotwerk_credentials SET locked = locked + 1
     WHERE tenant = $1 AND account = $2",
            $returning
        )
    };
}

// Changes the count of locks: a cluster that certifies rows sees neither locks nor writes that change nothing. PostgreSQL
// has no such cluster, and a lock alone costs it less. MySQL returns no rows of an UPDATE.
static LOCK: Statement = Statement::new(count_lock!(" RETURNING epoch"))
    .postgres(
        "
    SELECT epoch FROM slotwerk_credentials WHERE tenant = $1 AND account = $2 FOR UPDATE",
    )
    .mysql(count_lock!(""));

// The row of an account that has none yet. Of two commands at once, the second one waits and finds it.
static CREATE: Statement = Statement::new(
    "
    INSERT INTO slotwerk_credentials (tenant, account, hash, set_at, recheck, epoch)
    VALUES ($1, $2, NULL, NULL, 0, 0)
        ON CONFLICT (tenant, account) DO UPDATE SET locked = slotwerk_credentials.locked + 1",
)
.mysql(
    "
    INSERT INTO slotwerk_credentials (tenant, account, hash, set_at, recheck, epoch)
    VALUES ($1, $2, NULL, NULL, 0, 0)
        ON DUPLICATE KEY UPDATE locked = locked + 1",
);

/// Locks the credential of an account. Returns its epoch, which stays until the transaction ends.
///
/// Every command that counts rows of an account, or relies on a ticket that stays, takes this lock first. So does every
/// writer of the epoch. The statements after it read the latest commits.
pub(crate) async fn lock(conn: &mut Conn<'_>, account: &AccountKey) -> Result<i64> {
    match lock_row(conn, account).await? {
        Some(epoch) => Ok(epoch),
        None => epoch(conn, account).await,
    }
}

/// As [`lock`]. The epoch only where the lock reads it anyway.
pub(crate) async fn lock_row(conn: &mut Conn<'_>, account: &AccountKey) -> Result<Option<i64>> {
    let (epoch, is_locked) = if conn.dialect() == Dialect::Mysql {
        (None, for_account(conn, &LOCK, account).await? > 0)
    } else {
        let epoch: Option<i64> = sql(&LOCK).account(account).optional(conn).await?;
        (epoch, epoch.is_some())
    };
    if !is_locked {
        for_account(conn, &CREATE, account).await?;
    }
    Ok(epoch)
}

static REPLACE_HASH: Statement = Statement::new(
    "
    UPDATE slotwerk_credentials SET hash = $4
     WHERE tenant = $1 AND account = $2 AND hash = $3",
);

pub(crate) async fn replace_hash(
    conn: &mut Conn<'_>,
    command: &ReplaceHash,
) -> Result<End<HashReplaced>> {
    let replaced = sql(&REPLACE_HASH)
        .account(&command.account)
        .bind(&command.expected)
        .bind(&command.replacement)
        .run(conn)
        .await?;
    Ok(if replaced == 1 {
        End::Commit(HashReplaced::Replaced)
    } else {
        End::Rollback(HashReplaced::Stale)
    })
}

pub(crate) async fn change_password(
    conn: &mut Conn<'_>,
    command: &ChangePassword,
) -> Result<End<PasswordChanged>> {
    let expected = exact(command.expected_epoch)?;
    if lock(conn, &command.account).await? != expected {
        return Ok(End::Rollback(PasswordChanged::Stale));
    }
    let new = NewPassword {
        hash: &command.hash,
        recheck: command.recheck,
        keep: command.keep,
        now: command.now,
    };
    let epoch = set_password(conn, &command.account, expected, &new).await?;
    let (account, kind) = (&command.account, AuditKind::PasswordChanged);
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(PasswordChanged::Changed { epoch }))
}

static SET_HASH: Statement = Statement::new(
    "
    UPDATE slotwerk_credentials
       SET hash = $3, set_at = $5, recheck = $6, must_change = 0, epoch = epoch + 1
     WHERE tenant = $1 AND account = $2 AND epoch = $4",
);

/// The password and its marks, for [`set_password`].
pub(crate) struct NewPassword<'a> {
    pub(crate) hash: &'a str,
    pub(crate) recheck: bool,
    pub(crate) keep: KeepHistory,
    pub(crate) now: u64,
}

/// Sets a password under the lock of the account, retires the one before it, and ends what was issued under `locked`,
/// the epoch that [`lock`] returned. Returns the new epoch.
pub(crate) async fn set_password(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    locked: i64,
    new: &NewPassword<'_>,
) -> Result<u64> {
    history::retire(conn, account, locked, new.keep, new.now).await?;
    let set = sql(&SET_HASH)
        .account(account)
        .bind(new.hash)
        .bind(locked)
        .bind(time(new.now))
        .bind(i64::from(new.recheck));
    if set.run(conn).await? != 1 {
        return Err(overtaken());
    }
    kill_issued(conn, account).await?;
    unsigned(locked.saturating_add(1))
}

pub(crate) static KILL_RESETS: Statement =
    Statement::new("DELETE FROM slotwerk_resets WHERE tenant = $1 AND account = $2");
static KILL_TICKETS: Statement =
    Statement::new("DELETE FROM slotwerk_tickets WHERE tenant = $1 AND account = $2");
static KILL_PENDING: Statement = Statement::new(
    "
    DELETE FROM slotwerk_pending_enrolments WHERE tenant = $1 AND account = $2",
);

async fn kill_issued(conn: &mut Conn<'_>, account: &AccountKey) -> Result<()> {
    for kill in [&KILL_RESETS, &KILL_TICKETS, &KILL_PENDING] {
        for_account(conn, kill, account).await?;
    }
    session::supersede(conn, account).await
}

/// Runs a statement about one account; how many rows it changed.
pub(crate) async fn for_account(
    conn: &mut Conn<'_>,
    statement: &'static Statement,
    account: &AccountKey,
) -> Result<u64> {
    let done = sql(statement).account(account).run(conn).await?;
    Ok(done)
}

// The mark is part of the guard, so that one of two nodes clears it.
static CLEAR_RECHECK: Statement = Statement::new(
    "
    UPDATE slotwerk_credentials SET recheck = 0
     WHERE tenant = $1 AND account = $2 AND epoch = $3 AND recheck = 1",
);

pub(crate) async fn clear_recheck(
    conn: &mut Conn<'_>,
    command: &ClearRecheck,
) -> Result<End<RecheckCleared>> {
    let cleared = sql(&CLEAR_RECHECK)
        .account(&command.account)
        .bind(exact(command.epoch)?)
        .run(conn)
        .await?;
    Ok(if cleared == 1 {
        End::Commit(RecheckCleared::Cleared)
    } else {
        End::Rollback(RecheckCleared::Stale)
    })
}

static REVOKE: Statement = Statement::new(
    "
    UPDATE slotwerk_credentials SET epoch = epoch + 1
     WHERE tenant = $1 AND account = $2 AND epoch = $3",
);

static FORGET: Statement = Statement::new(
    "
    UPDATE slotwerk_credentials
       SET epoch = epoch + 1, hash = NULL, set_at = NULL, recheck = 0, must_change = 0
     WHERE tenant = $1 AND account = $2 AND epoch = $3",
);

/// Moves on from the epoch that [`lock`] returned, and ends what was issued under it. Returns the new epoch.
pub(crate) async fn bump(conn: &mut Conn<'_>, account: &AccountKey, locked: i64) -> Result<u64> {
    move_on(conn, account, locked, &REVOKE).await
}

async fn move_on(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    locked: i64,
    statement: &'static Statement,
) -> Result<u64> {
    if sql(statement)
        .account(account)
        .bind(locked)
        .run(conn)
        .await?
        != 1
    {
        return Err(overtaken());
    }
    kill_issued(conn, account).await?;
    unsigned(locked.saturating_add(1))
}

pub(crate) async fn revoke_access(
    conn: &mut Conn<'_>,
    command: &RevokeAccess,
) -> Result<End<AccessRevoked>> {
    let account = &command.account;
    let expected = command.expected_epoch.map(exact).transpose()?;
    let locked = lock(conn, account).await?;
    if expected.is_some_and(|expected| expected != locked) {
        return Ok(End::Rollback(AccessRevoked::Stale));
    }
    let (statement, kind) = match command.forget {
        Forget::Nothing => (&REVOKE, AuditKind::AccessRevoked),
        Forget::Password => {
            let everything = KeepHistory::EVERYTHING;
            history::retire(conn, account, locked, everything, command.now).await?;
            (&FORGET, AuditKind::PasswordForgotten)
        }
        Forget::SecondFactor => (&REVOKE, AuditKind::SecondFactorForgotten),
    };
    let epoch = move_on(conn, account, locked, statement).await?;
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
    Ok(End::Commit(AccessRevoked::Revoked { epoch }))
}
