//! The session of the person, and the other sessions.

use super::body::{NoFields, SessionChoice};
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::mode::Mode;
use super::next::Next;
use super::problem::Problem;
use super::responses::{Guarded, Known, Reading};
use crate::device;
use crate::headers::clear_site_data;
use axum::response::Response;
use serde::Serialize;
use slotwerk::ListedSession;
use std::cmp::Reverse;
use utoipa::ToSchema;

/// The person who is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionAnswer {
    /// The user name.
    login: String,
    /// The id of the account in the directory of the service.
    account_id: String,
    /// When the password was entered (Unix time).
    signed_in_at: u64,
    /// When a second factor was shown (Unix time).
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor_at: Option<u64>,
    /// Whether the second factor is recent enough for a risky act.
    has_recent_second_factor: bool,
    /// `good`, or why the person should choose a new password. Later versions may add values.
    #[schema(example = "good")]
    password_standing: &'static str,
    /// How many recovery codes are left.
    recovery_codes_left: u32,
}

/// The sessions of the person.
#[derive(Serialize, ToSchema)]
#[schema(as = Sessions)]
struct SessionList {
    /// This session first, then by the last use.
    sessions: Vec<SessionItem>,
}

/// One session.
#[derive(Serialize, ToSchema)]
struct SessionItem {
    id: String,
    /// Whether it is the session of this request.
    is_current: bool,
    /// When it began (Unix time).
    began_at: u64,
    /// When it was used last (Unix time).
    used_at: u64,
    /// The browser, if it is known.
    browser: Option<String>,
    /// The operating system, if it is known.
    system: Option<String>,
}

/// How many sessions an operation has ended.
#[derive(Serialize, ToSchema)]
struct SessionsEnded {
    ended: u64,
}

/// Says who is signed in.
#[utoipa::path(
    get, path = "/session", operation_id = "getSession", tag = "session",
    responses((status = 200, description = "The session.", body = Answered<SessionAnswer>), Reading, Known)
)]
pub(crate) async fn show(mut caller: Caller) -> Response {
    respond!(caller, current(&mut caller))
}

async fn current(caller: &mut Caller) -> Result<SessionAnswer, Problem> {
    let session = caller.session().await?;
    let state = session.state();
    Ok(SessionAnswer {
        login: session.account().login.clone(),
        account_id: session.account().id.clone(),
        signed_in_at: state.password_at(),
        second_factor_at: state.second_factor_at(),
        has_recent_second_factor: session.has_recent_second_factor(),
        password_standing: state.standing().as_str(),
        recovery_codes_left: session.second_factor().await?.recovery_codes_left,
    })
}

/// Ends the session of the request, and forgets the flow.
#[utoipa::path(
    post, path = "/sign-out", operation_id = "signOut", tag = "session", request_body = NoFields,
    responses((status = 200, description = "Signed out.", body = Answered<Next>), Guarded)
)]
pub(crate) async fn sign_out(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    let answer = respond!(caller, leave(&mut caller));
    match caller.mode {
        Mode::Browser if answer.status().is_success() => clear_site_data(answer),
        _ => answer,
    }
}

async fn leave(caller: &mut Caller) -> Result<Next, Problem> {
    let session = caller.visit.signed_in().await?;
    caller.visit.forget().await?;
    if let Some(session) = session {
        let hooks = caller.visit.web.hooks();
        hooks
            .signed_out(caller.visit.tenant_id()?, session.account())
            .await;
    }
    Ok(Next::step("sign_in"))
}

/// Lists the sessions of the person.
#[utoipa::path(
    get, path = "/sessions", operation_id = "listSessions", tag = "session",
    responses((status = 200, description = "The sessions.", body = Answered<SessionList>), Reading, Known)
)]
pub(crate) async fn list(mut caller: Caller) -> Response {
    respond!(caller, listed(&mut caller))
}

async fn listed(caller: &mut Caller) -> Result<SessionList, Problem> {
    caller.session().await?;
    let mut listed = caller.visit.kept_session()?.list().await?;
    listed.sort_by_key(|one| (!one.is_current, Reverse(one.used_at)));
    Ok(SessionList {
        sessions: listed.iter().map(item).collect(),
    })
}

fn item(one: &ListedSession) -> SessionItem {
    let device = device::from_kept(&one.data);
    SessionItem {
        id: one.id().to_string(),
        is_current: one.is_current,
        began_at: one.began_at,
        used_at: one.used_at,
        browser: device.browser.map(|browser| browser.name().to_owned()),
        system: device.system.map(|system| system.name().to_owned()),
    }
}

/// Ends another session of the person. Use `signOut` for the session of the request.
#[utoipa::path(
    post, path = "/sessions/end", operation_id = "endSession", tag = "session", request_body = SessionChoice,
    responses((status = 200, description = "Ended.", body = Answered<SessionsEnded>), Guarded, Known)
)]
pub(crate) async fn end(call: Call<SessionChoice>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, end_one(&mut caller, body))
}

async fn end_one(caller: &mut Caller, body: SessionChoice) -> Result<SessionsEnded, Problem> {
    caller.session().await?;
    let kept = caller.visit.kept_session()?;
    let listed = kept.list().await?;
    let mut others = listed.iter().filter(|one| !one.is_current);
    let chosen = others.find(|one| one.id().to_string() == body.id);
    match chosen {
        Some(one) if kept.end_listed(one).await? => Ok(SessionsEnded { ended: 1 }),
        _ => Err(ErrorCode::UnknownSession.into()),
    }
}

/// Ends all other sessions of the person.
#[utoipa::path(
    post, path = "/sessions/end-others", operation_id = "endOtherSessions", tag = "session", request_body = NoFields,
    responses((status = 200, description = "Ended.", body = Answered<SessionsEnded>), Guarded, Known)
)]
pub(crate) async fn end_others(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, end_all_others(&mut caller))
}

async fn end_all_others(caller: &mut Caller) -> Result<SessionsEnded, Problem> {
    caller.session().await?;
    let ended = caller.visit.kept_session()?.end_others().await?;
    Ok(SessionsEnded { ended })
}
