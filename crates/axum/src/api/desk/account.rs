//! Finds an account, and says why it cannot sign in.

use super::body::{DeskAccountChoice, DeskSearch};
use super::entry::{account, enter};
use crate::api::call::{Answered, Call, Caller, respond};
use crate::api::code::ErrorCode;
use crate::api::problem::Problem;
use crate::api::responses::{Guarded, Judged, Known};
use crate::desk::{DeskAct, Obstacle, obstacles};
use crate::language::Language;
use axum::response::Response;
use serde::Serialize;
use slotwerk::{Account, AccountSession, Login};
use slotwerk_words::Arg;
use utoipa::ToSchema;

/// An account.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskAccount {
    /// The id of the account in the directory of the service.
    account_id: String,
    /// The user name.
    login: String,
    /// Whether the account may sign in.
    is_enabled: bool,
}

/// An account, and why it cannot sign in.
#[derive(Serialize, ToSchema)]
struct DeskReport {
    #[serde(flatten)]
    account: DeskAccount,
    /// The reasons. None: nothing is known that keeps the person from signing in.
    obstacles: Vec<DeskObstacle>,
    /// Whether there is a password.
    has_password: bool,
    /// Whether the next sign-in asks for a new password.
    must_change_password: bool,
    /// How many authenticators are active.
    authenticators: usize,
    /// How many recovery codes are left.
    recovery_codes_left: u32,
    /// Whether an authenticator waits for its first code.
    is_setting_up: bool,
    /// The sessions, oldest first.
    sessions: Vec<DeskSession>,
}

/// One reason why a person cannot sign in.
#[derive(Serialize, ToSchema)]
struct DeskObstacle {
    /// The stable code, such as `password` or `disabled`. Later versions may add codes.
    #[schema(example = "password")]
    code: &'static str,
    /// The problem and the remedy, in the language of the request.
    text: String,
    /// The seconds after which it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_after_seconds: Option<u64>,
}

/// A session of an account.
#[derive(Serialize, ToSchema)]
struct DeskSession {
    /// When it began (Unix time).
    began_at: u64,
    /// When it was used last (Unix time).
    used_at: u64,
    /// When it ends unless it is used (Unix time).
    ends_at: u64,
}

impl From<&Account> for DeskAccount {
    fn from(account: &Account) -> Self {
        Self {
            account_id: account.id.clone(),
            login: account.login.clone(),
            is_enabled: account.enabled,
        }
    }
}

impl From<AccountSession> for DeskSession {
    fn from(session: AccountSession) -> Self {
        Self {
            began_at: session.created_at,
            used_at: session.used_at,
            ends_at: session.ends_at,
        }
    }
}

/// Finds an account by its user name.
#[utoipa::path(
    post, path = "/desk/find", operation_id = "deskFindAccount", tag = "help desk", request_body = DeskSearch,
    responses((status = 200, description = "The account.", body = Answered<DeskAccount>), Guarded, Known, Judged)
)]
pub(crate) async fn find(call: Call<DeskSearch>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, found(&mut caller, body))
}

async fn found(caller: &mut Caller, body: DeskSearch) -> Result<DeskAccount, Problem> {
    let desk = enter(caller, DeskAct::Find).await?;
    let login = Login::parse(&body.login).map_err(|_| ErrorCode::LoginMalformed)?;
    let found = desk.admin().find(&login).await?;
    let account = found.ok_or(ErrorCode::UnknownAccount)?;
    Ok(DeskAccount::from(&account))
}

/// Shows an account, its sessions, and why it cannot sign in.
#[utoipa::path(
    post, path = "/desk/account", operation_id = "deskShowAccount", tag = "help desk",
    request_body = DeskAccountChoice,
    responses((status = 200, description = "The account.", body = Answered<DeskReport>), Guarded, Known)
)]
pub(crate) async fn show(call: Call<DeskAccountChoice>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, report(&mut caller, body))
}

async fn report(caller: &mut Caller, body: DeskAccountChoice) -> Result<DeskReport, Problem> {
    let desk = enter(caller, DeskAct::Find).await?;
    let account = account(&desk, &body.account_id).await?;
    let report = desk.admin().why_no_sign_in(&account.id, None).await?;
    let sessions = desk.admin().sessions(&account.id).await?;
    let obstacles = obstacles(&report).into_iter();
    let obstacles = obstacles.map(|one| DeskObstacle::new(&one, &caller.visit.language));
    Ok(DeskReport {
        account: DeskAccount::from(&account),
        obstacles: obstacles.collect::<Result<_, _>>()?,
        has_password: report.has_password,
        must_change_password: report.must_change_password,
        authenticators: report.authenticators,
        recovery_codes_left: report.recovery_codes_left,
        is_setting_up: report.set_up.is_some(),
        sessions: sessions.into_iter().map(DeskSession::from).collect(),
    })
}

impl DeskObstacle {
    fn new(one: &Obstacle, language: &Language) -> Result<Self, Problem> {
        let minutes = one.wait_seconds.unwrap_or_default().div_ceil(60);
        let minutes = Arg::from(u32::try_from(minutes).unwrap_or(u32::MAX));
        let text = language.text(one.text, &[]);
        let help = language.text(one.help, &[("minutes", minutes)]);
        let (Ok(text), Ok(help)) = (text, help) else {
            return Err(ErrorCode::Fault.into());
        };
        Ok(Self {
            code: one.code,
            text: format!("{text} {help}"),
            ends_after_seconds: one.wait_seconds,
        })
    }
}
