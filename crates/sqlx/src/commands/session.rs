//! Sessions. The row is the permission; the join with the epoch ends it.

use super::column::{bytes, exact, time, unsigned};
use super::{audit, credential, outbox};
use crate::connection::{Conn, End};
use crate::error::Unreadable;
use crate::statement::{Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{
    AccountKey, AuditKind, CreateSession, EndSessions, Result, RotateSession, Session,
    SessionCreated, SessionData, SessionRotated, SessionTouched, TOUCH_INTERVAL, TokenHash,
    TouchSession, latest_session_end, latest_touch,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &CORRECT,
    &CREATE,
    &SURPLUS,
    &EVICT,
    &FIND,
    &LIST,
    &TOUCH,
    &END_FAR,
    &ROTATE,
    &DELETE_SUPERSEDED,
    &SUPERSEDE,
    &END,
    &LIVE,
    &END_ALL,
];

// Those whose time is up, and those that a clock wrote which ran ahead. A session that a bump of the epoch has
// just ended stays: it may be about to be rotated.
static CORRECT: Statement = Statement::new("
    DELETE FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2
       AND (expires_at <= $3 OR touched_at <= $3 - idle_secs OR expires_at > $4 OR touched_at > $5)");

static CREATE: Statement = Statement::new("
    INSERT INTO slotwerk_sessions
           (token, tenant, account, epoch, data, created_at, touched_at, expires_at, idle_secs, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)");

// The youngest that has no room beside the new one.
static SURPLUS: Statement = Statement::new(
    "
    SELECT created_at, token FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2 AND epoch = $3 AND token <> $4
     ORDER BY created_at DESC, token DESC LIMIT 1 OFFSET $5",
);

static EVICT: Statement = Statement::new(
    "
    DELETE FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2 AND epoch = $3 AND token <> $4
       AND (created_at < $5 OR (created_at = $5 AND token <= $6))",
);

pub(crate) async fn create(
    conn: &mut Conn<'_>,
    command: &CreateSession,
) -> Result<End<SessionCreated>> {
    let (account, epoch) = (&command.account, exact(command.epoch)?);
    if credential::lock(conn, account).await? != epoch {
        return Ok(End::Rollback(SessionCreated::Stale));
    }
    sql(&CORRECT)
        .account(account)
        .bind(time(command.now))
        .bind(time(latest_session_end(command.now)))
        .bind(time(latest_touch(command.now)))
        .run(conn)
        .await?;
    let idle_end = command.now.saturating_add(command.idle_secs);
    sql(&CREATE)
        .bind(&command.token.0[..])
        .account(account)
        .bind(epoch)
        .bind(command.data.as_bytes())
        .bind(time(command.now))
        .bind(time(command.expires_at))
        .bind(time(command.idle_secs))
        .bind(time(idle_end.min(command.expires_at)))
        .run(conn)
        .await?;
    let pushed_out = evict(conn, command, epoch).await?;
    Ok(End::Commit(SessionCreated::Created { pushed_out }))
}

/// Deletes the oldest sessions beyond the limit, the new one aside.
async fn evict(conn: &mut Conn<'_>, command: &CreateSession, epoch: i64) -> Result<u64> {
    let (account, token) = (&command.account, &command.token.0[..]);
    let surplus: Option<(i64, Vec<u8>)> = sql(&SURPLUS)
        .account(account)
        .bind(epoch)
        .bind(token)
        .bind(i64::from(command.max_live.max(1)) - 1)
        .optional(conn)
        .await?;
    let Some((created_at, last)) = surplus else {
        return Ok(0);
    };
    let evicted = sql(&EVICT)
        .account(account)
        .bind(epoch)
        .bind(token)
        .bind(created_at)
        .bind(&last)
        .run(conn)
        .await?;
    Ok(evicted)
}

macro_rules! live {
    ($one:literal) => {
        concat!(
            "
    SELECT s.token, s.account, s.epoch, s.data, s.created_at, s.touched_at, s.expires_at, s.idle_secs
      FROM slotwerk_sessions s
      LEFT JOIN slotwerk_credentials c ON c.tenant = s.tenant AND c.account = s.account
     WHERE s.tenant = $1 AND ",
            $one,
            " AND s.ends_at > $3 AND s.expires_at <= $4 AND s.touched_at <= $5
       AND s.epoch = COALESCE(c.epoch, 0)
     ORDER BY s.created_at, s.token"
        )
    };
}

static FIND: Statement = Statement::new(live!("s.token = $2"));
static LIST: Statement = Statement::new(live!("s.account = $2"));

type Row = (Vec<u8>, StoredId, i64, Vec<u8>, i64, i64, i64, i64);

pub(crate) async fn find(
    conn: &mut Conn<'_>,
    tenant: &str,
    token: TokenHash,
    now: u64,
) -> Result<Option<Session>> {
    let row: Option<Row> = sql(&FIND)
        .id(tenant)
        .bind(&token.0[..])
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .optional(conn)
        .await?;
    row.map(|row| session(tenant, row)).transpose()
}

pub(crate) async fn list(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    now: u64,
) -> Result<Vec<Session>> {
    let rows: Vec<Row> = sql(&LIST)
        .account(account)
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .all(conn)
        .await?;
    let read = |row| session(account.tenant(), row);
    rows.into_iter().map(read).collect()
}

fn session(tenant: &str, row: Row) -> Result<Session> {
    let (token, StoredId(account), epoch, data, created_at, touched_at, expires_at, idle_secs) =
        row;
    Ok(Session {
        token: TokenHash(bytes(token)?),
        account: AccountKey::new(tenant, account).map_err(|_| Unreadable::Name)?,
        epoch: unsigned(epoch)?,
        data: SessionData::new(data).map_err(|_| Unreadable::Length)?,
        created_at: unsigned(created_at)?,
        touched_at: unsigned(touched_at)?,
        expires_at: unsigned(expires_at)?,
        idle_secs: unsigned(idle_secs)?,
    })
}

// Within the guard the absolute end lies ahead, so that neither the difference nor the sum goes beyond a number.
static TOUCH: Statement = Statement::new(
    "
    UPDATE slotwerk_sessions
       SET touched_at = $4, data = COALESCE($8, data),
           ends_at = CASE WHEN expires_at - $4 < idle_secs THEN expires_at ELSE $4 + idle_secs END
     WHERE token = $1 AND tenant = $2 AND account = $3
       AND ends_at > $4 AND expires_at <= $5 AND touched_at <= $6 AND epoch = $7",
);

static END_FAR: Statement = Statement::new(
    "
    DELETE FROM slotwerk_sessions
     WHERE token = $1 AND tenant = $2 AND account = $3 AND (expires_at > $4 OR touched_at > $5)",
);

pub(crate) async fn touch(
    conn: &mut Conn<'_>,
    command: &TouchSession,
) -> Result<End<SessionTouched>> {
    let (account, now) = (&command.account, command.now);
    let epoch = credential::epoch(conn, account).await?;
    let interval = time(TOUCH_INTERVAL);
    let touched = sql(&TOUCH)
        .bind(&command.token.0[..])
        .account(account)
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(now).saturating_sub(interval))
        .bind(epoch)
        .bind(command.data.as_ref().map(SessionData::as_bytes))
        .run(conn)
        .await?;
    if touched == 1 {
        return Ok(End::Commit(SessionTouched::Touched));
    }
    let found = find(conn, account.tenant(), command.token, now).await?;
    if found.is_some_and(|session| session.account == *account) {
        return Ok(End::Rollback(SessionTouched::Recent));
    }
    sql(&END_FAR)
        .bind(&command.token.0[..])
        .account(account)
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .run(conn)
        .await?;
    Ok(End::Commit(SessionTouched::Over))
}

// The old id is gone with the write, so that of several calls one finds it. Its own times are asked for and not
// ends_at, which is 0 where the epoch has moved on.
static ROTATE: Statement = Statement::new(
    "
    UPDATE slotwerk_sessions
       SET token = $5, epoch = $6, data = $7, expires_at = $8, idle_secs = $9, ends_at = $10,
           touched_at = $11
     WHERE token = $1 AND tenant = $2 AND account = $3 AND epoch = $4
       AND expires_at > $11 AND touched_at > $11 - idle_secs
       AND expires_at <= $12 AND touched_at <= $13",
);

static DELETE_SUPERSEDED: Statement = Statement::new(
    "
    DELETE FROM slotwerk_sessions WHERE tenant = $1 AND account = $2 AND ends_at = 0",
);

pub(crate) async fn rotate(
    conn: &mut Conn<'_>,
    command: &RotateSession,
) -> Result<End<SessionRotated>> {
    let (account, now) = (&command.account, command.now);
    let epoch = exact(command.epoch)?;
    if credential::lock(conn, account).await? != epoch {
        return Ok(End::Rollback(SessionRotated::Stale));
    }
    let idle_end = now.saturating_add(command.idle_secs);
    let rotated = sql(&ROTATE)
        .bind(&command.from.0[..])
        .account(account)
        .bind(exact(command.from_epoch)?)
        .bind(&command.to.0[..])
        .bind(epoch)
        .bind(command.data.as_bytes())
        .bind(time(command.expires_at))
        .bind(time(command.idle_secs))
        .bind(time(idle_end.min(command.expires_at)))
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .run(conn)
        .await?;
    if rotated != 1 {
        return Ok(End::Rollback(SessionRotated::Over));
    }
    credential::for_account(conn, &DELETE_SUPERSEDED, account).await?;
    Ok(End::Commit(SessionRotated::Rotated))
}

static SUPERSEDE: Statement = Statement::new(
    "
    UPDATE slotwerk_sessions SET ends_at = 0 WHERE tenant = $1 AND account = $2",
);

/// Ends the sessions of an account whose epoch moves on. Those that the bump before has ended go.
pub(crate) async fn supersede(conn: &mut Conn<'_>, account: &AccountKey) -> Result<()> {
    credential::for_account(conn, &DELETE_SUPERSEDED, account).await?;
    credential::for_account(conn, &SUPERSEDE, account).await?;
    Ok(())
}

static END: Statement = Statement::new(
    "
    DELETE FROM slotwerk_sessions WHERE token = $1 AND tenant = $2 AND account = $3",
);

pub(crate) async fn end(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    token: TokenHash,
) -> Result<End<bool>> {
    let ended = sql(&END)
        .bind(&token.0[..])
        .account(account)
        .run(conn)
        .await?;
    Ok(End::Commit(ended == 1))
}

static LIVE: Statement = Statement::new(
    "
    SELECT COUNT(*) FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2 AND token <> $3
       AND ends_at > $4 AND expires_at <= $5 AND touched_at <= $6 AND epoch = $7",
);

static END_ALL: Statement = Statement::new(
    "
    DELETE FROM slotwerk_sessions WHERE tenant = $1 AND account = $2 AND token <> $3",
);

pub(crate) async fn end_all(conn: &mut Conn<'_>, command: &EndSessions) -> Result<End<u64>> {
    let (account, now) = (&command.account, command.now);
    let epoch = credential::lock(conn, account).await?;
    let except = command
        .except
        .as_ref()
        .map_or(&[][..], |token| &token.0[..]);
    let live: i64 = sql(&LIVE)
        .account(account)
        .bind(except)
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .bind(epoch)
        .one(conn)
        .await?;
    let ended = sql(&END_ALL)
        .account(account)
        .bind(except)
        .run(conn)
        .await?;
    if ended == 0 {
        return Ok(End::Rollback(0));
    }
    if live > 0 {
        let act = audit::Act {
            kind: AuditKind::SessionsEnded,
            subject: command.subject,
            actor: command.actor,
            reason: command.reason.as_ref(),
            at: now,
        };
        audit::record_act(conn, account.tenant(), &act).await?;
        outbox::insert(conn, command.notice.as_ref()).await?;
    }
    Ok(End::Commit(unsigned(live)?))
}
