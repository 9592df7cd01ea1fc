//! Authenticators: pending, confirmed, advanced.

use crate::column::{bytes, exact, time, unsigned};
use crate::error::fault;
use crate::ticket::{self, Needed};
use crate::transaction::End;
use crate::{audit, outbox, recovery};
use slotwerk_store::{
    AccountKey, AdvanceTotpStep, AuditKind, Authenticator, BeginEnrolment, ConfirmEnrolment,
    EnrolmentBegun, EnrolmentConfirmed, Id, PendingEnrolment, Result, Stage, StepAdvanced,
};
use sqlx::{SqliteConnection, query, query_as, query_scalar};

const ACTIVE: &str = "
    SELECT id, sealed, watermark, drift FROM slotwerk_authenticators
     WHERE tenant = $1 AND account = $2 ORDER BY number";

pub(crate) async fn active(
    conn: &mut SqliteConnection,
    account: &AccountKey,
) -> Result<Vec<Authenticator>> {
    let rows: Vec<(Vec<u8>, Vec<u8>, i64, i64)> = query_as(ACTIVE)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_all(conn)
        .await
        .map_err(fault)?;
    rows.into_iter()
        .map(|(id, sealed, watermark, drift)| {
            Ok(Authenticator {
                id: Id(bytes(id)?),
                sealed,
                watermark: unsigned(watermark)?,
                drift: unsigned(drift)?,
            })
        })
        .collect()
}

const PENDING: &str = "
    SELECT p.id, p.sealed, p.expires_at
      FROM slotwerk_pending_enrolments p
      LEFT JOIN slotwerk_credentials c ON c.tenant = p.tenant AND c.account = p.account
     WHERE p.tenant = $1 AND p.account = $2 AND p.expires_at > $3
       AND p.version = COALESCE(c.version, 0)";

pub(crate) async fn pending(
    conn: &mut SqliteConnection,
    account: &AccountKey,
    now: u64,
) -> Result<Option<PendingEnrolment>> {
    let row: Option<(Vec<u8>, Vec<u8>, i64)> = query_as(PENDING)
        .bind(account.tenant())
        .bind(account.account())
        .bind(time(now))
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    let Some((id, sealed, expires_at)) = row else {
        return Ok(None);
    };
    Ok(Some(PendingEnrolment {
        id: Id(bytes(id)?),
        sealed,
        expires_at: unsigned(expires_at)?,
    }))
}

const HAS_ACTIVE: &str = "
    SELECT COUNT(*) FROM slotwerk_authenticators WHERE tenant = $1 AND account = $2";

async fn has_active(conn: &mut SqliteConnection, account: &AccountKey) -> Result<bool> {
    let count: i64 = query_scalar(HAS_ACTIVE)
        .bind(account.tenant())
        .bind(account.account())
        .fetch_one(conn)
        .await
        .map_err(fault)?;
    Ok(count > 0)
}

// Takes the place of one that expired or was outlived, and of a live one that may not be resumed;
// otherwise the live one stays, and no row is changed.
const OFFER: &str = "
    INSERT INTO slotwerk_pending_enrolments (tenant, account, id, sealed, expires_at, version)
    SELECT $1, $2, $3, $4, $5, COALESCE((SELECT version FROM slotwerk_credentials
                                          WHERE tenant = $1 AND account = $2), 0)
     WHERE NOT EXISTS (SELECT 1 FROM slotwerk_authenticators WHERE tenant = $1 AND account = $2)
        ON CONFLICT (tenant, account) DO UPDATE
       SET id = excluded.id, sealed = excluded.sealed, expires_at = excluded.expires_at,
           version = excluded.version
     WHERE slotwerk_pending_enrolments.expires_at <= $6
        OR slotwerk_pending_enrolments.version <> excluded.version
        OR ($7 = 0 AND slotwerk_pending_enrolments.id <> excluded.id)";

pub(crate) async fn begin_enrolment(
    conn: &mut SqliteConnection,
    command: &BeginEnrolment,
) -> Result<End<EnrolmentBegun>> {
    let account = &command.account;
    let live = ticket::is_live(
        conn,
        &Needed {
            token: command.ticket,
            account,
            stage: Stage::Enrol,
            now: command.now,
        },
    )
    .await?;
    if !live {
        return Ok(End::Rollback(EnrolmentBegun::TicketDead));
    }
    let offered = query(OFFER)
        .bind(account.tenant())
        .bind(account.account())
        .bind(&command.offer.id.0[..])
        .bind(&command.offer.sealed)
        .bind(time(command.offer.expires_at))
        .bind(time(command.now))
        .bind(i64::from(command.resume))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if offered.rows_affected() == 1 {
        outbox::insert(conn, command.mail.as_ref()).await?;
        return Ok(End::Commit(EnrolmentBegun::Begun(command.offer.clone())));
    }
    Ok(End::Rollback(
        match pending(conn, account, command.now).await? {
            Some(pending) if !has_active(conn, account).await? => EnrolmentBegun::Resumed(pending),
            _ => EnrolmentBegun::AlreadyActive,
        },
    ))
}

const ACTIVATE: &str = "
    INSERT INTO slotwerk_authenticators (tenant, account, id, sealed, watermark, drift)
    SELECT tenant, account, id, sealed, $5, $6 FROM slotwerk_pending_enrolments
     WHERE tenant = $1 AND account = $2 AND id = $3 AND expires_at > $4
       AND version = COALESCE((SELECT version FROM slotwerk_credentials
                                WHERE tenant = $1 AND account = $2), 0)
       AND NOT EXISTS (SELECT 1 FROM slotwerk_authenticators WHERE tenant = $1 AND account = $2)";

const UNPEND: &str = "
    DELETE FROM slotwerk_pending_enrolments WHERE tenant = $1 AND account = $2 AND id = $3";

pub(crate) async fn confirm_enrolment(
    conn: &mut SqliteConnection,
    command: &ConfirmEnrolment,
) -> Result<End<EnrolmentConfirmed>> {
    let account = &command.account;
    let needed = Needed {
        token: command.ticket,
        account,
        stage: Stage::Enrol,
        now: command.now,
    };
    let Some(version) = ticket::spend(conn, &needed).await? else {
        return Ok(End::Rollback(EnrolmentConfirmed::TicketDead));
    };
    let activated = query(ACTIVATE)
        .bind(account.tenant())
        .bind(account.account())
        .bind(&command.enrolment.0[..])
        .bind(time(command.now))
        .bind(exact(command.step)?)
        .bind(i64::from(command.drift))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if activated.rows_affected() != 1 {
        return Ok(End::Rollback(if has_active(conn, account).await? {
            EnrolmentConfirmed::AlreadyActive
        } else {
            EnrolmentConfirmed::Gone
        }));
    }
    let unpended = query(UNPEND)
        .bind(account.tenant())
        .bind(account.account())
        .bind(&command.enrolment.0[..])
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if unpended.rows_affected() != 1 {
        return Ok(End::Rollback(EnrolmentConfirmed::Gone));
    }
    recovery::replace(conn, account, &command.recovery_codes).await?;
    let kind = AuditKind::AuthenticatorAdded;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    Ok(End::Commit(EnrolmentConfirmed::Confirmed { version }))
}

const ADVANCE: &str = "
    UPDATE slotwerk_authenticators SET watermark = $4, drift = $5
     WHERE tenant = $1 AND account = $2 AND id = $3 AND watermark < $4";

pub(crate) async fn advance_step(
    conn: &mut SqliteConnection,
    command: &AdvanceTotpStep,
) -> Result<End<StepAdvanced>> {
    let account = &command.account;
    let needed = Needed {
        token: command.ticket,
        account,
        stage: Stage::Verify,
        now: command.now,
    };
    let Some(version) = ticket::spend(conn, &needed).await? else {
        return Ok(End::Rollback(StepAdvanced::TicketDead));
    };
    let advanced = query(ADVANCE)
        .bind(account.tenant())
        .bind(account.account())
        .bind(&command.authenticator.0[..])
        .bind(exact(command.step)?)
        .bind(i64::from(command.drift))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    if advanced.rows_affected() != 1 {
        return Ok(End::Rollback(StepAdvanced::Replayed));
    }
    let kind = AuditKind::CodeAccepted;
    audit::record(conn, account, kind, command.subject, command.now).await?;
    Ok(End::Commit(StepAdvanced::Advanced { version }))
}
