//! Erasing an account: every row of it goes, and its epoch stays.

use super::column::unsigned;
use super::{audit, credential};
use crate::connection::{Conn, End};
use crate::statement::{Statement, sql};
use slotwerk_store::{AccountErased, AuditKind, EraseAccount, Result};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &ROWS[0], &ROWS[1], &ROWS[2], &ROWS[3], &ROWS[4], &ROWS[5], &ROWS[6], &LINK_LOCK, &BUDGET,
    &TOMBSTONE,
];

// Tickets come before authenticators, as in every command.
static ROWS: [Statement; 7] = [
    Statement::new("DELETE FROM slotwerk_resets WHERE tenant = $1 AND account = $2"),
    Statement::new("DELETE FROM slotwerk_tickets WHERE tenant = $1 AND account = $2"),
    Statement::new("DELETE FROM slotwerk_pending_enrolments WHERE tenant = $1 AND account = $2"),
    Statement::new("DELETE FROM slotwerk_sessions WHERE tenant = $1 AND account = $2"),
    Statement::new("DELETE FROM slotwerk_authenticators WHERE tenant = $1 AND account = $2"),
    Statement::new("DELETE FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2"),
    Statement::new("DELETE FROM slotwerk_password_history WHERE tenant = $1 AND account = $2"),
];

static LINK_LOCK: Statement =
    Statement::new("DELETE FROM slotwerk_link_locks WHERE tenant = $1 AND account = $2");

static BUDGET: Statement = Statement::new("DELETE FROM slotwerk_attempts WHERE budget_key = $1");

// The row stays for its epoch alone.
static TOMBSTONE: Statement = Statement::new(
    "
    UPDATE slotwerk_credentials
       SET hash = NULL, set_at = NULL, recheck = 0, must_change = 0, epoch = epoch + 1
     WHERE tenant = $1 AND account = $2",
);

pub(crate) async fn erase(
    conn: &mut Conn<'_>,
    command: &EraseAccount,
) -> Result<End<AccountErased>> {
    let account = &command.account;
    let locked = credential::lock(conn, account).await?;
    credential::for_account(conn, &TOMBSTONE, account).await?;
    let mut rows = 0;
    for delete in &ROWS {
        rows += credential::for_account(conn, delete, account).await?;
    }
    credential::for_account(conn, &LINK_LOCK, account).await?;
    // In the order of the keys, so that two commands cannot wait for each other.
    let mut keys = command.budgets.clone();
    keys.sort_unstable();
    for key in keys {
        rows += sql(&BUDGET).bind(&key.0[..]).run(conn).await?;
    }
    let act = audit::Act {
        kind: AuditKind::AccountErased,
        subject: command.subject,
        actor: command.actor,
        reason: command.reason.as_ref(),
        at: command.now,
    };
    audit::record_act(conn, account.tenant(), &act).await?;
    let epoch = unsigned(locked.saturating_add(1))?;
    Ok(End::Commit(AccountErased { epoch, rows }))
}
