//! After a restore: everything that was issued before it ends.

use crate::connection::{Conn, End};
use crate::database::AfterRestore;
use crate::statement::{Statement, sql};
use slotwerk_store::Result;

/// Further than any account's epoch can have moved on since the backup.
const STEP: i64 = 1_000_000;

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[
    &RAISE,
    &LINKS,
    &LINK_LOCKS,
    &TICKETS,
    &ENROLMENTS,
    &SESSIONS,
];

static RAISE: Statement = Statement::new("UPDATE slotwerk_credentials SET epoch = epoch + $1");
static LINKS: Statement = Statement::new("DELETE FROM slotwerk_resets");
static LINK_LOCKS: Statement = Statement::new("DELETE FROM slotwerk_link_locks");
static TICKETS: Statement = Statement::new("DELETE FROM slotwerk_tickets");
static ENROLMENTS: Statement = Statement::new("DELETE FROM slotwerk_pending_enrolments");
static SESSIONS: Statement = Statement::new("DELETE FROM slotwerk_sessions");

/// In one transaction. The accounts come first, as in every command.
pub(crate) async fn end_everything(conn: &mut Conn<'_>) -> Result<End<AfterRestore>> {
    let accounts = sql(&RAISE).bind(STEP).run(conn).await?;
    let links = sql(&LINKS).run(conn).await?;
    sql(&LINK_LOCKS).run(conn).await?;
    let done = AfterRestore {
        accounts,
        links,
        tickets: sql(&TICKETS).run(conn).await?,
        enrolments: sql(&ENROLMENTS).run(conn).await?,
        sessions: sql(&SESSIONS).run(conn).await?,
    };
    Ok(End::Commit(done))
}
