//! Sign-in tickets. The row is the permission: finishing the sign-in deletes it.

use super::column::{exact, latest, name, time, unsigned};
use super::{attempt, credential};
use crate::connection::{Conn, End};
use crate::error::Unreadable;
use crate::statement::{Removed, Statement, sql};
use crate::value::StoredId;
use slotwerk_store::{
    AccountKey, CLOCK_TOLERANCE, OpenTicket, PasswordStanding, Result, Stage, Ticket, TokenHash,
};

/// Every statement of this file.
pub(crate) static ALL: &[&Statement] = &[&OPEN, &SETTING_UP, &OF_ACCOUNT, &END, &FIND, &SPEND];

static OPEN: Statement = Statement::new(
    "
    INSERT INTO slotwerk_tickets
           (token, tenant, account, stage, standing, epoch, expires_at, opened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

static SETTING_UP: Statement = Statement::new(
    "
    SELECT ticket FROM slotwerk_pending_enrolments
     WHERE tenant = $1 AND account = $2 AND expires_at > $3",
);

static OF_ACCOUNT: Statement = Statement::new(
    "
    SELECT token, stage, expires_at, opened_at FROM slotwerk_tickets
     WHERE tenant = $1 AND account = $2",
);

static END: Statement = Statement::new("DELETE FROM slotwerk_tickets WHERE token = $1");

pub(crate) async fn open(conn: &mut Conn<'_>, command: &OpenTicket) -> Result<End<()>> {
    credential::lock_row(conn, &command.account).await?;
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
    for token in surplus(conn, command, &setting_up.unwrap_or_default()).await? {
        sql(&END).bind(&token).run(conn).await?;
    }
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
    attempt::change(conn, &command.budgets, command.now).await?;
    Ok(End::Commit(()))
}

/// The tickets that must go for the new one: every ticket that a clock wrote which ran ahead, and in the stage of the new
/// one all but the newest. The ticket of a set-up stays.
///
/// It reads all tickets of the account, which are few. For the same condition in SQL, MariaDB makes a temporary table each
/// time.
async fn surplus(
    conn: &mut Conn<'_>,
    command: &OpenTicket,
    setting_up: &[u8],
) -> Result<Vec<Vec<u8>>> {
    let rows: Vec<(Vec<u8>, String, i64, i64)> =
        sql(&OF_ACCOUNT).account(&command.account).all(conn).await?;
    let (mut ended, mut of_stage) = (Vec::new(), Vec::new());
    let right_clock = time(command.now.saturating_add(CLOCK_TOLERANCE));
    for (token, stage, expires_at, opened_at) in rows {
        if expires_at > latest(command.now) {
            ended.push(token);
        } else if stage == command.stage.as_str() && token != setting_up {
            // A time that only a clock can have written that ran ahead counts as the oldest.
            let opened_at = if opened_at > right_clock {
                0
            } else {
                opened_at
            };
            of_stage.push((opened_at, token));
        }
    }
    of_stage.sort_unstable_by(|one, other| other.cmp(one));
    // The new one always stays, beside one less than may live.
    let room = command.max_live.saturating_sub(1) as usize;
    ended.extend(of_stage.into_iter().skip(room).map(|(_, token)| token));
    Ok(ended)
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

macro_rules! spend {
    ($returning:literal) => {
        concat!(
            "
    DELETE FROM slotwerk_tickets
     WHERE token = $1 AND tenant = $2 AND account = $3 AND stage = $4
       AND expires_at > $5 AND expires_at <= $6
       AND epoch = COALESCE((SELECT epoch FROM slotwerk_credentials
                              WHERE tenant = $2 AND account = $3), 0)",
            $returning
        )
    };
}

// MySQL returns no rows of a DELETE, and takes this clause for a comment. MariaDB reads it.
static SPEND: Statement =
    Statement::new(spend!(" RETURNING epoch")).mysql(spend!(" /*M! RETURNING epoch */"));

/// Spends a ticket. The credential epoch it was live under, or nothing if it is not live.
///
/// Whoever raises the epoch deletes the tickets of the account in the same transaction, and waits for this one.
pub(crate) async fn spend(conn: &mut Conn<'_>, needed: &Needed<'_>) -> Result<Option<u64>> {
    let spend = sql(&SPEND)
        .bind(&needed.token.0[..])
        .account(needed.account)
        .bind(needed.stage.as_str())
        .bind(time(needed.now))
        .bind(latest(needed.now));
    let epoch: i64 = match spend.removed(conn).await? {
        Removed::Row(epoch) => epoch,
        Removed::Unseen => credential::epoch(conn, needed.account).await?,
        Removed::Nothing => return Ok(None),
    };
    unsigned(epoch).map(Some)
}

/// Whether a ticket is live for this account and stage. Changes nothing: whoever writes on the strength
/// of it holds the lock of the credential, so that the epoch stays.
pub(crate) async fn is_live(conn: &mut Conn<'_>, needed: &Needed<'_>) -> Result<bool> {
    let found = find(conn, needed.account.tenant(), needed.token, needed.now).await?;
    Ok(found.is_some_and(|t| t.account == *needed.account && t.stage == needed.stage))
}
