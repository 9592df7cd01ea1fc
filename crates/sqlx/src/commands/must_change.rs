//! The mark that asks for a new password.

use super::{audit, credential, outbox};
use crate::connection::{Conn, End};
use crate::statement::{Statement, sql};
use slotwerk_store::{AuditKind, NewPasswordRequired, RequireNewPassword, Result};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&MARK];

// The mark is part of the guard, so that of two nodes one sets it and tells of it.
static MARK: Statement = Statement::new(
    "
    UPDATE slotwerk_credentials SET must_change = 1
     WHERE tenant = $1 AND account = $2 AND hash IS NOT NULL AND must_change = 0",
);

pub(crate) async fn require(
    conn: &mut Conn<'_>,
    command: &RequireNewPassword,
) -> Result<End<NewPasswordRequired>> {
    let account = &command.account;
    let marked = sql(&MARK).account(account).run(conn).await?;
    if marked != 1 {
        let current = credential::read(conn, account).await?;
        return Ok(End::Rollback(if current.hash.is_some() {
            NewPasswordRequired::Already
        } else {
            NewPasswordRequired::NoPassword
        }));
    }
    let act = audit::Act {
        kind: AuditKind::NewPasswordRequired,
        subject: command.subject,
        actor: command.actor,
        reason: command.reason.as_ref(),
        at: command.now,
    };
    audit::record_act(conn, account.tenant(), &act).await?;
    outbox::insert(conn, command.notice.as_ref()).await?;
    Ok(End::Commit(NewPasswordRequired::Required))
}
