//! Sessions. The row is the permission; the join with the epoch ends it.

use crate::column::{bytes, exact, time, unsigned};
use crate::error::{Unreadable, fault};
use crate::transaction::End;
use crate::{audit, credential};
use slotwerk_store::{
    AccountKey, AuditKind, CreateSession, EndSessions, Result, RotateSession, Session,
    SessionCreated, SessionData, SessionRotated, SessionTouched, TOUCH_INTERVAL, TokenHash,
    TouchSession, latest_session_end, latest_touch,
};
use sqlx::{SqliteConnection, query, query_as, query_scalar};

// Those whose time is up, and those that a clock wrote which ran ahead. A session that a bump of the epoch has
// just ended stays: it may be about to be rotated.
const CORRECT: &str = "
    DELETE FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2
       AND (expires_at <= $3 OR touched_at <= $3 - idle_secs OR expires_at > $4 OR touched_at > $5)";

const CREATE: &str = "
    INSERT INTO slotwerk_sessions
           (token, tenant, account, epoch, data, created_at, touched_at, expires_at, idle_secs, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)";

// The youngest that has no room beside the new one.
const SURPLUS: &str = "
    SELECT created_at, token FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2 AND epoch = $3 AND token <> $4
     ORDER BY created_at DESC, token DESC LIMIT 1 OFFSET $5";

const EVICT: &str = "
    DELETE FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2 AND epoch = $3 AND token <> $4
       AND (created_at < $5 OR (created_at = $5 AND token <= $6))";

pub(crate) async fn create(
    conn: &mut SqliteConnection,
    command: &CreateSession,
) -> Result<End<SessionCreated>> {
    let (account, epoch) = (&command.account, exact(command.epoch)?);
    if credential::lock(conn, account).await? != epoch {
        return Ok(End::Rollback(SessionCreated::Stale));
    }
    query(CORRECT)
        .bind(account.tenant())
        .bind(account.account())
        .bind(time(command.now))
        .bind(time(latest_session_end(command.now)))
        .bind(time(latest_touch(command.now)))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    let idle_end = command.now.saturating_add(command.idle_secs);
    query(CREATE)
        .bind(&command.token.0[..])
        .bind(account.tenant())
        .bind(account.account())
        .bind(epoch)
        .bind(command.data.as_bytes())
        .bind(time(command.now))
        .bind(time(command.expires_at))
        .bind(time(command.idle_secs))
        .bind(time(idle_end.min(command.expires_at)))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    let pushed_out = evict(conn, command, epoch).await?;
    Ok(End::Commit(SessionCreated::Created { pushed_out }))
}

/// Deletes the oldest sessions beyond the limit, the new one aside.
async fn evict(conn: &mut SqliteConnection, command: &CreateSession, epoch: i64) -> Result<u64> {
    let (account, token) = (&command.account, &command.token.0[..]);
    let surplus: Option<(i64, Vec<u8>)> = query_as(SURPLUS)
        .bind(account.tenant())
        .bind(account.account())
        .bind(epoch)
        .bind(token)
        .bind(i64::from(command.max_live.max(1)) - 1)
        .fetch_optional(&mut *conn)
        .await
        .map_err(fault)?;
    let Some((created_at, last)) = surplus else {
        return Ok(0);
    };
    let evicted = query(EVICT)
        .bind(account.tenant())
        .bind(account.account())
        .bind(epoch)
        .bind(token)
        .bind(created_at)
        .bind(last)
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(evicted.rows_affected())
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

const FIND: &str = live!("s.token = $2");
const LIST: &str = live!("s.account = $2");

type Row = (Vec<u8>, String, i64, Vec<u8>, i64, i64, i64, i64);

pub(crate) async fn find(
    conn: &mut SqliteConnection,
    tenant: &str,
    token: TokenHash,
    now: u64,
) -> Result<Option<Session>> {
    let row: Option<Row> = query_as(FIND)
        .bind(tenant)
        .bind(&token.0[..])
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    row.map(|row| session(tenant, row)).transpose()
}

pub(crate) async fn list(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    now: u64,
) -> Result<Vec<Session>> {
    let rows: Vec<Row> = query_as(LIST)
        .bind(account.tenant())
        .bind(account.account())
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .fetch_all(conn)
        .await
        .map_err(fault)?;
    let read = |row| session(account.tenant(), row);
    rows.into_iter().map(read).collect()
}

fn session(tenant: &str, row: Row) -> Result<Session> {
    let (token, account, epoch, data, created_at, touched_at, expires_at, idle_secs) = row;
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
const TOUCH: &str = "
    UPDATE slotwerk_sessions
       SET touched_at = $4, data = COALESCE($8, data),
           ends_at = CASE WHEN expires_at - $4 < idle_secs THEN expires_at ELSE $4 + idle_secs END
     WHERE token = $1 AND tenant = $2 AND account = $3
       AND ends_at > $4 AND expires_at <= $5 AND touched_at <= $6 AND epoch = $7";

const END_FAR: &str = "
    DELETE FROM slotwerk_sessions
     WHERE token = $1 AND tenant = $2 AND account = $3 AND (expires_at > $4 OR touched_at > $5)";

pub(crate) async fn touch(
    conn: &mut SqliteConnection,
    command: &TouchSession,
) -> Result<End<SessionTouched>> {
    let (account, now) = (&command.account, command.now);
    let epoch = credential::epoch(conn, account).await?;
    let interval = time(TOUCH_INTERVAL);
    let touched = query(TOUCH)
        .bind(&command.token.0[..])
        .bind(account.tenant())
        .bind(account.account())
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(now).saturating_sub(interval))
        .bind(epoch)
        .bind(command.data.as_ref().map(SessionData::as_bytes))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if touched.rows_affected() == 1 {
        return Ok(End::Commit(SessionTouched::Touched));
    }
    let found = find(conn, account.tenant(), command.token, now).await?;
    if found.is_some_and(|session| session.account == *account) {
        return Ok(End::Rollback(SessionTouched::Recent));
    }
    query(END_FAR)
        .bind(&command.token.0[..])
        .bind(account.tenant())
        .bind(account.account())
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(End::Commit(SessionTouched::Over))
}

// The old id is gone with the write, so that of several calls one finds it. Its own times are asked for and not
// ends_at, which is 0 where the epoch has moved on.
const ROTATE: &str = "
    UPDATE slotwerk_sessions
       SET token = $5, epoch = $6, data = $7, expires_at = $8, idle_secs = $9, ends_at = $10,
           touched_at = $11
     WHERE token = $1 AND tenant = $2 AND account = $3 AND epoch = $4
       AND expires_at > $11 AND touched_at > $11 - idle_secs
       AND expires_at <= $12 AND touched_at <= $13";

const DELETE_SUPERSEDED: &str = "
    DELETE FROM slotwerk_sessions WHERE tenant = $1 AND account = $2 AND ends_at = 0";

pub(crate) async fn rotate(
    conn: &mut SqliteConnection,
    command: &RotateSession,
) -> Result<End<SessionRotated>> {
    let (account, now) = (&command.account, command.now);
    let epoch = exact(command.epoch)?;
    if credential::lock(conn, account).await? != epoch {
        return Ok(End::Rollback(SessionRotated::Stale));
    }
    let idle_end = now.saturating_add(command.idle_secs);
    let rotated = query(ROTATE)
        .bind(&command.from.0[..])
        .bind(account.tenant())
        .bind(account.account())
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
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if rotated.rows_affected() != 1 {
        return Ok(End::Rollback(SessionRotated::Over));
    }
    credential::for_account(conn, DELETE_SUPERSEDED, account).await?;
    Ok(End::Commit(SessionRotated::Rotated))
}

const SUPERSEDE: &str = "
    UPDATE slotwerk_sessions SET ends_at = 0 WHERE tenant = $1 AND account = $2";

/// Ends the sessions of an account whose epoch moves on. Those that the bump before has ended go.
pub(crate) async fn supersede(conn: &mut SqliteConnection, account: &AccountKey) -> Result<()> {
    credential::for_account(conn, DELETE_SUPERSEDED, account).await?;
    credential::for_account(conn, SUPERSEDE, account).await?;
    Ok(())
}

const END: &str = "
    DELETE FROM slotwerk_sessions WHERE token = $1 AND tenant = $2 AND account = $3";

pub(crate) async fn end(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    token: TokenHash,
) -> Result<End<bool>> {
    let ended = query(END)
        .bind(&token.0[..])
        .bind(account.tenant())
        .bind(account.account())
        .execute(conn)
        .await
        .map_err(fault)?;
    Ok(End::Commit(ended.rows_affected() == 1))
}

const LIVE: &str = "
    SELECT COUNT(*) FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2 AND token <> $3
       AND ends_at > $4 AND expires_at <= $5 AND touched_at <= $6 AND epoch = $7";

const END_ALL: &str = "
    DELETE FROM slotwerk_sessions WHERE tenant = $1 AND account = $2 AND token <> $3";

pub(crate) async fn end_all(
    conn: &mut SqliteConnection,
    command: &EndSessions,
) -> Result<End<u64>> {
    let (account, now) = (&command.account, command.now);
    let epoch = credential::lock(conn, account).await?;
    let except = command
        .except
        .as_ref()
        .map_or(&[][..], |token| &token.0[..]);
    let live: i64 = query_scalar(LIVE)
        .bind(account.tenant())
        .bind(account.account())
        .bind(except)
        .bind(time(now))
        .bind(time(latest_session_end(now)))
        .bind(time(latest_touch(now)))
        .bind(epoch)
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    let ended = query(END_ALL)
        .bind(account.tenant())
        .bind(account.account())
        .bind(except)
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if ended.rows_affected() == 0 {
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
    }
    Ok(End::Commit(unsigned(live)?))
}
