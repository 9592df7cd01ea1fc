//! Sign-in tickets. The row is the permission: finishing the sign-in deletes it.

use super::column::{exact, latest, name, time, unsigned};
use super::{attempt, credential};
use crate::connection::{Conn, End};
use crate::error::Unreadable;
use crate::statement::{Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{
    AccountKey, CLOCK_TOLERANCE, OpenTicket, PasswordStanding, Result, Stage, Ticket, TokenHash,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&OPEN, &CORRECT, &SETTING_UP, &EVICT, &FIND, &SPEND];

static OPEN: Statement = Statement::new(
    "
    INSERT INTO slotwerk_tickets
           (token, tenant, account, stage, standing, epoch, expires_at, opened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

// Rows of a clock that ran ahead.
static CORRECT: Statement = Statement::new(
    "
    DELETE FROM slotwerk_tickets WHERE tenant = $1 AND account = $2 AND expires_at > $3",
);

static SETTING_UP: Statement = Statement::new(
    "
    SELECT ticket FROM slotwerk_pending_enrolments
     WHERE tenant = $1 AND account = $2 AND expires_at > $3",
);

// Those beyond the newest $3, the one just opened ($6) and that of a set-up ($5) aside. A time that only a clock
// can have written that ran ahead counts as the oldest.
// Read through a derived table, since MySQL does not read a table that it deletes from.
static EVICT: Statement = Statement::new("
    DELETE FROM slotwerk_tickets
     WHERE tenant = $1 AND account = $2 AND stage = $4
       AND token <> $5 AND token <> $6
       AND token IN (SELECT token FROM (SELECT token FROM slotwerk_tickets
                                         WHERE tenant = $1 AND account = $2 AND stage = $4
                                           AND token <> $5 AND token <> $6
                                         ORDER BY CASE WHEN opened_at > $7 THEN 0 ELSE opened_at END DESC,
                                                  token DESC
                                         LIMIT 4294967295 OFFSET $3) AS surplus)");

pub(crate) async fn open(conn: &mut Conn<'_>, command: &OpenTicket) -> Result<End<()>> {
    credential::lock(conn, &command.account).await?;
    sql(&CORRECT)
        .account(&command.account)
        .bind(latest(command.now))
        .run(conn)
        .await?;
    sql(&OPEN)
        .bind(&command.token.0[..])
        .account(&command.account)
        .bind(command.stage.as_str())
        .bind(command.standing.as_str())
        .bind(exact(command.epoch)?)
        .bind(time(command.expires_at))
        .bind(time(command.now))
        .run(conn)
        .await?;
    // Sign-ins with the password alone must not push out a set-up.
    let setting_up: Option<Vec<u8>> = if command.stage == Stage::Enrol {
        sql(&SETTING_UP)
            .account(&command.account)
            .bind(time(command.now))
            .optional(conn)
            .await?
    } else {
        None
    };
    // The one just opened always stays, beside one less than may live.
    sql(&EVICT)
        .account(&command.account)
        .bind(i64::from(command.max_live.saturating_sub(1)))
        .bind(command.stage.as_str())
        .bind(&setting_up.unwrap_or_default())
        .bind(&command.token.0[..])
        .bind(time(command.now.saturating_add(CLOCK_TOLERANCE)))
        .run(conn)
        .await?;
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(()))
}

static FIND: Statement = Statement::new(
    "
    SELECT t.account, t.stage, t.standing, t.epoch, t.expires_at
      FROM slotwerk_tickets t
      LEFT JOIN slotwerk_credentials c ON c.tenant = t.tenant AND c.account = t.account
     WHERE t.token = $1 AND t.tenant = $2 AND t.expires_at > $3 AND t.expires_at <= $4
       AND t.epoch = COALESCE(c.epoch, 0)",
);

pub(crate) async fn find(
    conn: &mut Conn<'_>,
    tenant: &str,
    token: TokenHash,
    now: u64,
) -> Result<Option<Ticket>> {
    let row: Option<(StoredId, String, String, i64, i64)> = sql(&FIND)
        .bind(&token.0[..])
        .id(tenant)
        .bind(time(now))
        .bind(latest(now))
        .optional(conn)
        .await?;
    let Some((StoredId(account), stage, standing, epoch, expires_at)) = row else {
        return Ok(None);
    };
    Ok(Some(Ticket {
        account: AccountKey::new(tenant, account).map_err(|_| Unreadable::Name)?,
        stage: name(Stage::from_name(&stage))?,
        standing: name(PasswordStanding::from_name(&standing))?,
        epoch: unsigned(epoch)?,
        expires_at: unsigned(expires_at)?,
    }))
}

/// What a ticket has to be, for a command to go on.
pub(crate) struct Needed<'a> {
    pub(crate) token: TokenHash,
    pub(crate) account: &'a AccountKey,
    pub(crate) stage: Stage,
    pub(crate) now: u64,
}

static SPEND: Statement = Statement::new(
    "
    DELETE FROM slotwerk_tickets
     WHERE token = $1 AND tenant = $2 AND account = $3 AND stage = $4
       AND expires_at > $5 AND expires_at <= $7 AND epoch = $6",
);

/// Spends a ticket. The credential epoch it was live under, or nothing if it is not live.
pub(crate) async fn spend(conn: &mut Conn<'_>, needed: &Needed<'_>) -> Result<Option<u64>> {
    let current = credential::epoch(conn, needed.account).await?;
    let spent = sql(&SPEND)
        .bind(&needed.token.0[..])
        .account(needed.account)
        .bind(needed.stage.as_str())
        .bind(time(needed.now))
        .bind(current)
        .bind(latest(needed.now))
        .run(conn)
        .await?;
    if spent != 1 {
        return Ok(None);
    }
    unsigned(current).map(Some)
}

/// Whether a ticket is live for this account and stage. Changes nothing: whoever writes on the strength
/// of it holds the lock of the credential, so that the epoch stays.
pub(crate) async fn is_live(conn: &mut Conn<'_>, needed: &Needed<'_>) -> Result<bool> {
    let found = find(conn, needed.account.tenant(), needed.token, needed.now).await?;
    Ok(found.is_some_and(|t| t.account == *needed.account && t.stage == needed.stage))
}
