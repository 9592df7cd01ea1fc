//! The accounts with a second factor, and the audit trail.

use super::body::{DeskFactorsPage, DeskTrailPage};
use super::entry::{account, enter};
use crate::api::call::{Answered, Call, Caller, respond};
use crate::api::code::ErrorCode;
use crate::api::problem::Problem;
use crate::api::responses::{Guarded, Known};
use crate::desk::{DeskAct, Named, ReadRow, read_trail};
use axum::response::Response;
use serde::Serialize;
use slotwerk::TrailPosition;
use utoipa::ToSchema;

/// Accounts of a page.
const ACCOUNTS: u16 = 100;

/// The accounts with a second factor.
#[derive(Serialize, ToSchema)]
struct DeskFactors {
    accounts: Vec<DeskFactorsItem>,
    /// How many accounts of the tenant have an authenticator.
    total_accounts: u64,
    /// The value of `after` for the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The second factor of an account.
#[derive(Serialize, ToSchema)]
struct DeskFactorsItem {
    /// The id of the account in the directory of the service.
    account_id: String,
    /// The user name, if the directory knows the account.
    login: Option<String>,
    /// How many authenticators are active.
    authenticators: u32,
    /// How many recovery codes are left.
    recovery_codes_left: u32,
}

/// A page of the audit trail.
#[derive(Serialize, ToSchema)]
struct DeskTrail {
    /// Newest first.
    rows: Vec<DeskTrailRow>,
    /// The value of `before` for the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A row of the audit trail. The trail stores keyed hashes: a row has a login name where the service names the person, and
/// the beginning of the hash elsewhere.
#[derive(Serialize, ToSchema)]
struct DeskTrailRow {
    /// When (Unix time).
    at: u64,
    /// The act. Later versions may add values.
    #[schema(example = "sessions-ended")]
    act: &'static str,
    /// The user name of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    about_login: Option<String>,
    /// The beginning of the hash of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    about_mark: Option<String>,
    /// The user name of the actor. Absent if the person did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_login: Option<String>,
    /// The beginning of the hash of the actor.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_mark: Option<String>,
    /// The reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Lists the accounts that have a second factor.
#[utoipa::path(
    post, path = "/desk/second-factors", operation_id = "deskListSecondFactors", tag = "help desk",
    request_body = DeskFactorsPage,
    responses((status = 200, description = "A page of them.", body = Answered<DeskFactors>), Guarded, Known)
)]
pub(crate) async fn second_factors(call: Call<DeskFactorsPage>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, factors(&mut caller, body))
}

async fn factors(caller: &mut Caller, body: DeskFactorsPage) -> Result<DeskFactors, Problem> {
    let desk = enter(caller, DeskAct::ListSecondFactors).await?;
    let admin = desk.admin();
    let found = admin
        .second_factors(body.after.as_deref(), ACCOUNTS)
        .await?;
    let is_full = found.accounts.len() >= usize::from(ACCOUNTS);
    let mut accounts = Vec::new();
    for one in found.accounts {
        let known = admin.account(&one.account).await?;
        accounts.push(DeskFactorsItem {
            account_id: one.account,
            login: known.map(|account| account.login),
            authenticators: one.authenticators,
            recovery_codes_left: one.recovery_codes,
        });
    }
    let last = accounts.last().filter(|_| is_full);
    Ok(DeskFactors {
        next: last.map(|last| last.account_id.clone()),
        total_accounts: found.total_accounts,
        accounts,
    })
}

/// Reads the audit trail of the tenant, or about one account.
#[utoipa::path(
    post, path = "/desk/trail", operation_id = "deskReadTrail", tag = "help desk", request_body = DeskTrailPage,
    responses((status = 200, description = "A page of it.", body = Answered<DeskTrail>), Guarded, Known)
)]
pub(crate) async fn trail(call: Call<DeskTrailPage>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, rows(&mut caller, body))
}

async fn rows(caller: &mut Caller, body: DeskTrailPage) -> Result<DeskTrail, Problem> {
    let desk = enter(caller, DeskAct::ReadTrail).await?;
    let about = match &body.account_id {
        Some(id) => Some(account(&desk, id).await?),
        None => None,
    };
    let before: Option<TrailPosition> = match &body.before {
        Some(text) => Some(text.parse().map_err(|_| ErrorCode::InvalidBody)?),
        None => None,
    };
    let (rows, next) = read_trail(&desk, about.as_ref(), before).await?;
    Ok(DeskTrail {
        rows: rows.into_iter().map(DeskTrailRow::from).collect(),
        next: next.map(|next| next.to_string()),
    })
}

impl From<ReadRow> for DeskTrailRow {
    fn from(row: ReadRow) -> Self {
        let (about_login, about_mark) = parts(Some(row.about));
        let (actor_login, actor_mark) = parts(row.actor);
        Self {
            at: row.at,
            act: row.kind.as_str(),
            about_login,
            about_mark,
            actor_login,
            actor_mark,
            reason: row.reason,
        }
    }
}

/// The login name, or the beginning of the hash.
fn parts(named: Option<Named>) -> (Option<String>, Option<String>) {
    match named {
        Some(Named::Login(login)) => (Some(login), None),
        Some(Named::Mark(mark)) => (None, Some(mark)),
        Some(Named::Tenant) | None => (None, None),
    }
}
