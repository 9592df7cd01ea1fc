//! Enrolments: begun, resumed, confirmed.

use super::column::{bytes, exact, flag, latest, name, time, unsigned};
use super::ticket::{self, Needed};
use super::{attempt, audit, credential, factor, outbox, recovery};
use crate::connection::{Conn, End};
use crate::error::Unreadable;
use crate::error::overtaken;
use crate::statement::{Statement, sql};
use slotwerk_store::{
    AccountKey, AuditKind, AuthenticatorKind, BeginEnrolment, ConfirmEnrolment, EnrolmentBegun,
    EnrolmentConfirmed, Id, MailState, PendingEnrolment, Result, Stage, TokenHash,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&PENDING, &MAKE_ROOM, &OFFER, &ACTIVATE, &UNPEND];

static PENDING: Statement = Statement::new(
    "
    SELECT p.id, p.kind, p.sealed, p.ticket, p.shared, p.expires_at, p.ordinal, p.mail
      FROM slotwerk_pending_enrolments p
      LEFT JOIN slotwerk_credentials c ON c.tenant = p.tenant AND c.account = p.account
     WHERE p.tenant = $1 AND p.account = $2 AND p.expires_at > $3
       AND p.epoch = COALESCE(c.epoch, 0)",
);

type Row = (Vec<u8>, String, Vec<u8>, Vec<u8>, i64, i64, i64, String);

pub(crate) async fn pending(
    conn: &mut Conn<'_>,
    account: &AccountKey,
    now: u64,
) -> Result<Option<PendingEnrolment>> {
    let row: Option<Row> = sql(&PENDING)
        .account(account)
        .bind(time(now))
        .optional(conn)
        .await?;
    let Some((id, kind, sealed, ticket, shared, expires_at, ordinal, mail)) = row else {
        return Ok(None);
    };
    Ok(Some(PendingEnrolment {
        id: Id(bytes(id)?),
        kind: AuthenticatorKind::from_name(&kind).map_err(Unreadable::Kind)?,
        sealed,
        ticket: TokenHash(bytes(ticket)?),
        shared: flag(shared)?,
        mail: name(MailState::named(&mail))?,
        expires_at: unsigned(expires_at)?,
        ordinal: unsigned(ordinal)?,
    }))
}

// Removes one that expired, belongs to an earlier epoch or expires too late to be believed, and a live one that may
// not be resumed.
static MAKE_ROOM: Statement = Statement::new(
    "
    DELETE FROM slotwerk_pending_enrolments
     WHERE tenant = $1 AND account = $2
       AND (expires_at <= $3 OR expires_at > $4 OR epoch <> $5 OR kind <> $6
            OR (ticket <> $7 AND (shared = 0 OR $8 = 0)))",
);

static OFFER: Statement = Statement::insert_if_absent(
    "
    INSERT INTO slotwerk_pending_enrolments
           (tenant, account, id, sealed, ticket, expires_at, epoch, shared, ordinal, mail,
            kind)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

pub(crate) async fn begin(
    conn: &mut Conn<'_>,
    command: &BeginEnrolment,
) -> Result<End<EnrolmentBegun>> {
    let (account, offer) = (&command.account, &command.offer);
    let Some(most) = command.stage.most_active(command.most_active) else {
        return Ok(End::Rollback(EnrolmentBegun::TicketInvalid));
    };
    let epoch = credential::lock(conn, account).await?;
    let needed = Needed {
        token: offer.ticket,
        account,
        stage: command.stage,
        now: command.now,
    };
    if !ticket::is_live(conn, &needed).await? {
        return Ok(End::Rollback(EnrolmentBegun::TicketInvalid));
    }
    let offer = PendingEnrolment {
        ordinal: factor::next_ordinal(conn, account).await?,
        ..offer.clone()
    };
    if factor::count(conn, account, &[]).await? > most {
        return Ok(End::Rollback(EnrolmentBegun::TooMany));
    }
    sql(&MAKE_ROOM)
        .account(account)
        .bind(time(command.now))
        .bind(latest(command.now))
        .bind(epoch)
        .bind(offer.kind.as_str())
        .bind(&offer.ticket.0[..])
        .bind(i64::from(offer.shared))
        .run(conn)
        .await?;
    let offered = sql(&OFFER)
        .account(account)
        .bind(&offer.id.0[..])
        .bind(&offer.sealed)
        .bind(&offer.ticket.0[..])
        .bind(time(offer.expires_at))
        .bind(epoch)
        .bind(i64::from(offer.shared))
        .bind(i64::from(offer.ordinal))
        .bind(offer.mail.name())
        .bind(offer.kind.as_str())
        .run(conn)
        .await?;
    if offered == 1 {
        outbox::insert(conn, command.mail.as_ref()).await?;
        return Ok(End::Commit(EnrolmentBegun::Begun(offer)));
    }
    // The lock of the account keeps the one that stays.
    let pending = pending(conn, account, command.now).await?;
    let pending = pending.ok_or_else(overtaken)?;
    Ok(End::Rollback(EnrolmentBegun::Resumed(pending)))
}

static ACTIVATE: Statement = Statement::new("
    INSERT INTO slotwerk_authenticators
           (tenant, account, id, kind, sealed, watermark, drift, ordinal, name, added_at, used_at)
    SELECT tenant, account, id, kind, sealed, $6, $7, ordinal, $8, $4, $4 FROM slotwerk_pending_enrolments
     WHERE tenant = $1 AND account = $2 AND id = $3 AND expires_at > $4 AND expires_at <= $11
       AND epoch = $5
       AND (SELECT COUNT(*) FROM slotwerk_authenticators
             WHERE tenant = $1 AND account = $2 AND id <> $9) <= $10");

static UNPEND: Statement = Statement::new(
    "
    DELETE FROM slotwerk_pending_enrolments WHERE tenant = $1 AND account = $2 AND id = $3",
);

pub(crate) async fn confirm(
    conn: &mut Conn<'_>,
    command: &ConfirmEnrolment,
) -> Result<End<EnrolmentConfirmed>> {
    let account = &command.account;
    let Some(most) = command.stage.most_active(command.most_active) else {
        return Ok(End::Rollback(EnrolmentConfirmed::TicketInvalid));
    };
    let locked = credential::lock(conn, account).await?;
    if !admits(conn, command).await? {
        return Ok(End::Rollback(EnrolmentConfirmed::TicketInvalid));
    }
    // Who has no second factor yet to show sets no active one aside.
    let aside = command.replaces.filter(|_| command.stage != Stage::Enrol);
    let aside = aside.as_ref().map_or(&[][..], |id| &id.0[..]);
    let activated = sql(&ACTIVATE)
        .account(account)
        .bind(&command.enrolment.0[..])
        .bind(time(command.now))
        .bind(locked)
        .bind(exact(command.step)?)
        .bind(i64::from(command.drift))
        .bind(&command.name)
        .bind(aside)
        .bind(i64::from(most))
        .bind(latest(command.now))
        .run(conn)
        .await?;
    if activated != 1 {
        let fits = factor::count(conn, account, aside).await? <= most;
        return Ok(End::Rollback(if fits {
            EnrolmentConfirmed::Gone
        } else {
            EnrolmentConfirmed::TooMany
        }));
    }
    let unpended = sql(&UNPEND)
        .account(account)
        .bind(&command.enrolment.0[..])
        .run(conn)
        .await?;
    if unpended != 1 {
        return Ok(End::Rollback(EnrolmentConfirmed::Gone));
    }
    let epoch = if command.revokes || command.replaces.is_some() {
        credential::bump(conn, account, locked).await?
    } else {
        unsigned(locked)?
    };
    let kind = if let Some(replaced) = command.replaces {
        // By now the new one is active: it does not replace itself.
        let other = replaced != command.enrolment;
        if !other || !factor::delete(conn, account, replaced).await? {
            return Ok(End::Rollback(EnrolmentConfirmed::NothingToReplace));
        }
        AuditKind::AuthenticatorReplaced
    } else {
        AuditKind::AuthenticatorAdded
    };
    if let Some(codes) = &command.recovery_codes {
        recovery::replace(conn, account, codes).await?;
    }
    audit::record(conn, account, kind, command.subject, command.now).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(EnrolmentConfirmed::Confirmed { epoch }))
}

/// Whether the ticket allows it. That of a sign-in is spent with it.
async fn admits(conn: &mut Conn<'_>, command: &ConfirmEnrolment) -> Result<bool> {
    let needed = Needed {
        token: command.ticket,
        account: &command.account,
        stage: command.stage,
        now: command.now,
    };
    if command.stage == Stage::Enrol {
        return Ok(ticket::spend(conn, &needed).await?.is_some());
    }
    ticket::is_live(conn, &needed).await
}
