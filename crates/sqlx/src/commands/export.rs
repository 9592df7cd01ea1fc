//! What is known of an account, without secrets.

use super::column::{name, unsigned};
use super::{audit, credential, recovery};
use crate::connection::Conn;
use crate::error::Unreadable;
use crate::statement::{Record, Statement, sql};
use slotwerk_store::{
    AccountExport, AccountKey, AuditPage, ExportAccount, ExportedAuthenticator, ExportedEnrolment,
    ExportedSession, ExportedTicket, MAX_AUDIT_PAGE, MailState, PasswordStanding, Result,
    SessionData, Stage,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &PAST,
    &LINKS,
    &TICKETS,
    &ENROLMENT,
    &AUTHENTICATORS,
    &SESSIONS,
];

static PAST: Statement = Statement::new(
    "
    SELECT retired_at FROM slotwerk_password_history
     WHERE tenant = $1 AND account = $2 ORDER BY epoch DESC",
);
static LINKS: Statement = Statement::new(
    "
    SELECT expires_at FROM slotwerk_resets
     WHERE tenant = $1 AND account = $2 ORDER BY expires_at",
);
static TICKETS: Statement = Statement::new(
    "
    SELECT stage, standing, expires_at FROM slotwerk_tickets
     WHERE tenant = $1 AND account = $2 ORDER BY expires_at, stage",
);
static ENROLMENT: Statement = Statement::new(
    "
    SELECT mail, expires_at FROM slotwerk_pending_enrolments
     WHERE tenant = $1 AND account = $2",
);
static AUTHENTICATORS: Statement = Statement::new(
    "
    SELECT name, added_at, used_at FROM slotwerk_authenticators
     WHERE tenant = $1 AND account = $2 ORDER BY added_at, ordinal, id",
);
static SESSIONS: Statement = Statement::new(
    "
    SELECT created_at, touched_at, expires_at, data FROM slotwerk_sessions
     WHERE tenant = $1 AND account = $2 ORDER BY created_at, token",
);

async fn rows<R: Record>(
    conn: &mut Conn<'_>,
    statement: &'static Statement,
    account: &AccountKey,
) -> Result<Vec<R>> {
    sql(statement).account(account).all(conn).await
}

async fn times(
    conn: &mut Conn<'_>,
    statement: &'static Statement,
    account: &AccountKey,
) -> Result<Vec<u64>> {
    let times: Vec<i64> = rows(conn, statement, account).await?;
    times.into_iter().map(unsigned).collect()
}

/// Within one read transaction, so that all parts are of one moment.
pub(crate) async fn export(conn: &mut Conn<'_>, command: &ExportAccount) -> Result<AccountExport> {
    let account = &command.account;
    let credential = credential::read(conn, account).await?;
    let trail = AuditPage {
        tenant: account.tenant().to_owned(),
        subjects: Some(command.subjects.clone()),
        before: None,
        limit: MAX_AUDIT_PAGE,
    };
    Ok(AccountExport {
        epoch: credential.epoch,
        has_password: credential.hash.is_some(),
        password_set_at: credential.set_at,
        recheck: credential.recheck,
        must_change: credential.must_change,
        past_passwords: times(conn, &PAST, account).await?,
        links: times(conn, &LINKS, account).await?,
        tickets: tickets(conn, account).await?,
        enrolment: enrolment(conn, account).await?,
        authenticators: authenticators(conn, account).await?,
        recovery_codes: recovery::left(conn, account).await?,
        sessions: sessions(conn, account).await?,
        audit: audit::page(conn, &trail).await?,
    })
}

async fn tickets(conn: &mut Conn<'_>, account: &AccountKey) -> Result<Vec<ExportedTicket>> {
    let found: Vec<(String, String, i64)> = rows(conn, &TICKETS, account).await?;
    let read = |(stage, standing, expires_at): (String, String, i64)| {
        Ok(ExportedTicket {
            stage: name(Stage::from_name(&stage))?,
            standing: name(PasswordStanding::from_name(&standing))?,
            expires_at: unsigned(expires_at)?,
        })
    };
    found.into_iter().map(read).collect()
}

async fn enrolment(conn: &mut Conn<'_>, account: &AccountKey) -> Result<Option<ExportedEnrolment>> {
    let found: Vec<(String, i64)> = rows(conn, &ENROLMENT, account).await?;
    let read = |(mail, expires_at): (String, i64)| {
        Ok(ExportedEnrolment {
            mail: name(MailState::named(&mail))?,
            expires_at: unsigned(expires_at)?,
        })
    };
    found.into_iter().next().map(read).transpose()
}

async fn authenticators(
    conn: &mut Conn<'_>,
    account: &AccountKey,
) -> Result<Vec<ExportedAuthenticator>> {
    let found: Vec<(Option<String>, i64, i64)> = rows(conn, &AUTHENTICATORS, account).await?;
    let read = |(name, added_at, used_at): (Option<String>, i64, i64)| {
        Ok(ExportedAuthenticator {
            name,
            added_at: unsigned(added_at)?,
            used_at: unsigned(used_at)?,
        })
    };
    found.into_iter().map(read).collect()
}

async fn sessions(conn: &mut Conn<'_>, account: &AccountKey) -> Result<Vec<ExportedSession>> {
    let found: Vec<(i64, i64, i64, Vec<u8>)> = rows(conn, &SESSIONS, account).await?;
    let read = |(created_at, touched_at, expires_at, data): (i64, i64, i64, Vec<u8>)| {
        Ok(ExportedSession {
            created_at: unsigned(created_at)?,
            touched_at: unsigned(touched_at)?,
            expires_at: unsigned(expires_at)?,
            data: SessionData::new(data).map_err(|_| Unreadable::Length)?,
        })
    };
    found.into_iter().map(read).collect()
}
