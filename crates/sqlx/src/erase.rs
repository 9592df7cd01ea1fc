//! Erasing an account: every row of it goes, and its epoch stays.

use crate::column::unsigned;
use crate::error::fault;
use crate::transaction::End;
use crate::{audit, credential};
use slotwerk_store::{AccountErased, AuditKind, EraseAccount, Result};
use sqlx::{SqliteConnection, query};

// Tickets come before authenticators, as in every command.
const ROWS: [&str; 7] = [
    "DELETE FROM slotwerk_resets WHERE tenant = $1 AND account = $2",
    "DELETE FROM slotwerk_tickets WHERE tenant = $1 AND account = $2",
    "DELETE FROM slotwerk_pending_enrolments WHERE tenant = $1 AND account = $2",
    "DELETE FROM slotwerk_sessions WHERE tenant = $1 AND account = $2",
    "DELETE FROM slotwerk_authenticators WHERE tenant = $1 AND account = $2",
    "DELETE FROM slotwerk_recovery_codes WHERE tenant = $1 AND account = $2",
    "DELETE FROM slotwerk_password_history WHERE tenant = $1 AND account = $2",
];

const BUDGET: &str = "DELETE FROM slotwerk_attempts WHERE budget_key = $1";

// The row stays for its epoch alone.
const TOMBSTONE: &str = "
    UPDATE slotwerk_credentials
       SET hash = NULL, set_at = NULL, recheck = 0, must_change = 0, epoch = epoch + 1
     WHERE tenant = $1 AND account = $2";

pub(crate) async fn erase(
    conn: &mut SqliteConnection,
    command: &EraseAccount,
) -> Result<End<AccountErased>> {
    let account = &command.account;
    let locked = credential::lock(conn, account).await?;
    credential::for_account(conn, TOMBSTONE, account).await?;
    let mut rows = 0;
    for delete in ROWS {
        rows += credential::for_account(conn, delete, account).await?;
    }
    // In the order of the keys, so that two commands cannot wait for each other.
    let mut keys = command.budgets.clone();
    keys.sort_unstable();
    for key in keys {
        let gone = query(BUDGET).bind(&key.0[..]).execute(&mut *conn).await;
        rows += gone.map_err(fault)?.rows_affected();
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
