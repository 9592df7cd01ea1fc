//! Active authenticators: advanced, renamed, removed.

use super::column::{bytes, exact, time, unsigned};
use super::ticket::{self, Needed};
use super::{attempt, audit, credential, outbox, recovery};
use crate::connection::{Conn, End};
use crate::statement::{Statement, sql};
use slotwerk_store::{
    AccountKey, AdvanceTotpStep, AuditKind, Authenticator, AuthenticatorKind, AuthenticatorRemoved,
    AuthenticatorRenamed, Id, RemoveAuthenticator, RenameAuthenticator, Result, Stage,
    StepAdvanced,
};
use slotwerk_store::{MoveWatermark, WatermarkMoved};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &ACTIVE,
    &NEXT_ORDINAL,
    &COUNT,
    &ADVANCE,
    &MOVE,
    &RENAME,
    &REMOVE,
    &REMOVE_ALL,
];

static ACTIVE: Statement = Statement::new(
    "
    SELECT id, kind, sealed, watermark, drift, disbelieved, ordinal, name, added_at, used_at
      FROM slotwerk_authenticators
     WHERE tenant = $1 AND account = $2",
);

type Row = (
    Vec<u8>,
    String,
    Vec<u8>,
    i64,
    i64,
    Option<i64>,
    i64,
    Option<String>,
    i64,
    i64,
);

pub(crate) async fn active(
    conn: &mut Conn<'_>,
    account: &AccountKey,
) -> Result<Vec<Authenticator>> {
    let rows: Vec<Row> = sql(&ACTIVE).account(account).all(conn).await?;
    let mut found: Vec<Authenticator> =
        rows.into_iter().map(authenticator).collect::<Result<_>>()?;
    // Sorted here, since a server would make a temporary table.
    found.sort_unstable_by_key(|one| (one.added_at, one.ordinal, one.id.0));
    Ok(found)
}

fn authenticator(row: Row) -> Result<Authenticator> {
    let (id, kind, sealed, watermark, drift, disbelieved, ordinal, name, added_at, used_at) = row;
    Ok(Authenticator {
        id: Id(bytes(id)?),
        kind: AuthenticatorKind::from_name(&kind),
        sealed,
        watermark: unsigned(watermark)?,
        drift: unsigned(drift)?,
        disbelieved: disbelieved.map(unsigned).transpose()?,
        ordinal: unsigned(ordinal)?,
        name,
        added_at: unsigned(added_at)?,
        used_at: unsigned(used_at)?,
    })
}

static NEXT_ORDINAL: Statement = Statement::new(
    "
    SELECT COALESCE(MAX(ordinal), 0) + 1 FROM slotwerk_authenticators
     WHERE tenant = $1 AND account = $2",
);

/// The ordinal of a further authenticator. It holds as long as the account's lock is held.
pub(crate) async fn next_ordinal(conn: &mut Conn<'_>, account: &AccountKey) -> Result<u32> {
    let next: i64 = sql(&NEXT_ORDINAL).account(account).one(conn).await?;
    unsigned(next)
}

static COUNT: Statement = Statement::new(
    "
    SELECT COUNT(*) FROM slotwerk_authenticators
     WHERE tenant = $1 AND account = $2 AND id <> $3",
);

/// How many authenticators are active, the one of these bytes aside.
pub(crate) async fn count(conn: &mut Conn<'_>, account: &AccountKey, aside: &[u8]) -> Result<u32> {
    let count: i64 = sql(&COUNT).account(account).bind(aside).one(conn).await?;
    unsigned(count)
}

static ADVANCE: Statement = Statement::new(
    "
    UPDATE slotwerk_authenticators SET watermark = $4, drift = $5, used_at = $6
     WHERE tenant = $1 AND account = $2 AND id = $3 AND kind = 'totp' AND watermark < $4
       AND (disbelieved IS NULL OR disbelieved <> $4)",
);

pub(crate) async fn advance_step(
    conn: &mut Conn<'_>,
    command: &AdvanceTotpStep,
) -> Result<End<StepAdvanced>> {
    let account = &command.account;
    let needed = Needed {
        token: command.ticket,
        account,
        stage: Stage::Verify,
        now: command.now,
    };
    let Some(epoch) = ticket::spend(conn, &needed).await? else {
        return Ok(End::Rollback(StepAdvanced::TicketInvalid));
    };
    let advanced = sql(&ADVANCE)
        .account(account)
        .bind(&command.authenticator.0[..])
        .bind(exact(command.step)?)
        .bind(i64::from(command.drift))
        .bind(time(command.now))
        .run(conn)
        .await?;
    if advanced != 1 {
        return Ok(End::Rollback(StepAdvanced::Replayed));
    }
    let kind = if command.resynchronised {
        AuditKind::AuthenticatorResynchronised
    } else {
        AuditKind::CodeAccepted
    };
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(StepAdvanced::Advanced { epoch }))
}

static MOVE: Statement = Statement::new(
    "
    UPDATE slotwerk_authenticators SET watermark = $5, disbelieved = $6
     WHERE tenant = $1 AND account = $2 AND id = $3 AND kind = 'totp' AND watermark = $4",
);

pub(crate) async fn move_watermark(
    conn: &mut Conn<'_>,
    command: &MoveWatermark,
) -> Result<End<WatermarkMoved>> {
    let moved = sql(&MOVE)
        .account(&command.account)
        .bind(&command.authenticator.0[..])
        .bind(exact(command.expected)?)
        .bind(exact(command.watermark)?)
        .bind(command.disbelieved.map(exact).transpose()?)
        .run(conn)
        .await?;
    Ok(if moved == 1 {
        End::Commit(WatermarkMoved::Moved)
    } else {
        End::Rollback(WatermarkMoved::Stale)
    })
}

static RENAME: Statement = Statement::new(
    "
    UPDATE slotwerk_authenticators SET name = $4
     WHERE tenant = $1 AND account = $2 AND id = $3",
);

pub(crate) async fn rename(
    conn: &mut Conn<'_>,
    command: &RenameAuthenticator,
) -> Result<End<AuthenticatorRenamed>> {
    let account = &command.account;
    credential::lock(conn, account).await?;
    let needed = Needed {
        token: command.ticket,
        account,
        stage: Stage::Manage,
        now: command.now,
    };
    if !ticket::is_live(conn, &needed).await? {
        return Ok(End::Rollback(AuthenticatorRenamed::TicketInvalid));
    }
    let renamed = sql(&RENAME)
        .account(account)
        .bind(&command.authenticator.0[..])
        .bind(&command.name)
        .run(conn)
        .await?;
    if renamed != 1 {
        return Ok(End::Rollback(AuthenticatorRenamed::Unknown));
    }
    let kind = AuditKind::AuthenticatorRenamed;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    Ok(End::Commit(AuthenticatorRenamed::Renamed))
}

static REMOVE: Statement = Statement::new(
    "
    DELETE FROM slotwerk_authenticators WHERE tenant = $1 AND account = $2 AND id = $3",
);

/// Deletes an active authenticator. Comes after its account's tickets: a code that is being accepted
/// has its ticket first and the authenticator second, and two orders would be a deadlock.
pub(crate) async fn delete(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    authenticator: Id,
) -> Result<bool> {
    let deleted = sql(&REMOVE)
        .account(account)
        .bind(&authenticator.0[..])
        .run(conn)
        .await?;
    Ok(deleted == 1)
}

static REMOVE_ALL: Statement = Statement::new(
    "
    DELETE FROM slotwerk_authenticators WHERE tenant = $1 AND account = $2",
);

/// Deletes every authenticator, after the account's tickets like [`delete`].
pub(crate) async fn delete_all(conn: &mut Conn<'_>, account: &AccountKey) -> Result<()> {
    credential::for_account(conn, &REMOVE_ALL, account).await?;
    Ok(())
}

pub(crate) async fn remove(
    conn: &mut Conn<'_>,
    command: &RemoveAuthenticator,
) -> Result<End<AuthenticatorRemoved>> {
    let account = &command.account;
    let locked = credential::lock(conn, account).await?;
    let needed = Needed {
        token: command.ticket,
        account,
        stage: Stage::Manage,
        now: command.now,
    };
    if !ticket::is_live(conn, &needed).await? {
        return Ok(End::Rollback(AuthenticatorRemoved::TicketInvalid));
    }
    let epoch = credential::bump(conn, account, locked).await?;
    if !delete(conn, account, command.authenticator).await? {
        return Ok(End::Rollback(AuthenticatorRemoved::Unknown));
    }
    let left = count(conn, account, &[]).await?;
    if left == 0 && !command.last_may_go {
        return Ok(End::Rollback(AuthenticatorRemoved::Last));
    }
    if left == 0 {
        recovery::clear(conn, account).await?;
    }
    let kind = AuditKind::AuthenticatorRemoved;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    Ok(End::Commit(AuthenticatorRemoved::Removed { left, epoch }))
}
