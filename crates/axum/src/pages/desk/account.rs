//! One account: its state, why it cannot sign in, and what helps.

use super::super::{Asking, answer, asked};
use super::entry::{enter, links};
use crate::desk::{Desk, DeskAct, Obstacle, Reference, obstacles};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk::{Account, AccountSession};

const NOTICES: [&str; 8] = [
    "unlocked",
    "not-locked",
    "ended",
    "no-sessions",
    "required",
    "required-already",
    "invited",
    "reset",
];

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    notice: Option<String>,
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, look(&mut visit, asking))
}

async fn look(visit: &mut Visit, asking: Asking<Asked>) -> Result<Response, Refusal> {
    let desk = enter(visit, DeskAct::Find).await?;
    let account = desk.referred(visit.variable("account")?).await?;
    let notice = asked(asking).notice;
    let notice = notice.filter(|notice| NOTICES.contains(&notice.as_str()));
    page(
        visit,
        &desk,
        &account,
        Said {
            notice,
            ..Said::default()
        },
    )
    .await
}

/// The notice or problem on the page.
#[derive(Default)]
pub(super) struct Said<'a> {
    pub(super) notice: Option<String>,
    pub(super) problem: Option<&'a str>,
    /// The reason that was typed.
    pub(super) reason: &'a str,
}

pub(super) async fn page(
    visit: &Visit,
    desk: &Desk,
    account: &Account,
    said: Said<'_>,
) -> Result<Response, Refusal> {
    let report = desk.admin().why_no_sign_in(&account.id, None).await?;
    let sessions = desk.admin().sessions(&account.id).await?;
    let sessions: Vec<Value> = sessions.iter().map(|one| session(visit, one)).collect();
    let obstacles: Vec<Value> = obstacles(&report).iter().map(obstacle).collect();
    let values = context! {
        links => links(desk).await?,
        account => shown(desk, account)?,
        obstacles,
        sessions,
        has_password => report.has_password,
        must_change => report.must_change_password,
        authenticators => report.authenticators,
        recovery_codes => report.recovery_codes_left,
        setting_up => report.set_up.is_some(),
        may => allowed(desk, account).await?,
        notice => said.notice,
        problem => said.problem,
        reason => said.reason,
    };
    let status = match said.problem {
        Some("reason") => StatusCode::UNPROCESSABLE_ENTITY,
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::OK,
    };
    Ok(visit.page(status, "desk/account.html", values))
}

/// An account as templates see it.
pub(super) fn shown(desk: &Desk, account: &Account) -> Result<Value, Refusal> {
    Ok(context! {
        reference => Reference::to(desk, &account.id)?,
        login => account.login.as_str(),
        enabled => account.enabled,
        own => account.id == desk.person.id,
    })
}

/// The acts that the administrator may do with this account.
async fn allowed(desk: &Desk, account: &Account) -> Result<Value, Refusal> {
    let is_own = account.id == desk.person.id;
    Ok(context! {
        unlock => desk.may(DeskAct::Unlock).await?,
        end_sessions => desk.may(DeskAct::EndSessions).await?,
        require_password => desk.may(DeskAct::RequireNewPassword).await?,
        invite => desk.may(DeskAct::Invite).await?,
        reset => !is_own && desk.may(DeskAct::ResetSecondFactor).await?,
        trail => desk.may(DeskAct::ReadTrail).await?,
    })
}

fn session(visit: &Visit, one: &AccountSession) -> Value {
    context! {
        began => visit.local_time(one.created_at),
        used => visit.local_time(one.used_at),
        ends => visit.local_time(one.ends_at),
    }
}

fn obstacle(one: &Obstacle) -> Value {
    // Whole minutes, rounded up.
    let minutes = one.wait_seconds.map(|seconds| seconds.div_ceil(60));
    context! { text => one.text, help => one.help, minutes }
}
