//! Signed in, and out again.

use super::{Asking, answer, asked};
use crate::desk_gate::DeskAct;
use crate::form::Submission;
use crate::headers::clear_site_data;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use serde::Deserialize;
use slotwerk::Account;

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    notice: Option<String>,
}

/// Home below the tenant's address, for somebody whose sign-in turned out to be finished: with what may have
/// been missed.
pub(crate) fn after(notice: &str) -> &'static str {
    match notice {
        "set-up" => "?notice=set-up",
        _ => "",
    }
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, page(&mut visit, asking))
}

async fn page(visit: &mut Visit, asking: Asking<Asked>) -> Result<Response, Refusal> {
    let Some(signed_in) = visit.signed_in().await? else {
        return visit.redirect("sign-in");
    };
    let user = signed_in.account().login.as_str();
    let summary = signed_in.second_factor().await?;
    let has_app = !summary.authenticators.is_empty();
    let remaining = has_app.then_some(summary.recovery_codes_left);
    let desk = works_at_the_desk(visit, signed_in.account()).await?;
    // Said once.
    let clock = visit.flow.clock.take();
    let notice = asked(asking)
        .notice
        .filter(|notice| ["changed", "set-up", "recovered"].contains(&notice.as_str()));
    let standing = signed_in.state().standing().as_str();
    Ok(visit.page(
        StatusCode::OK,
        "home.html",
        context! { user, remaining, notice, standing, clock, desk },
    ))
}

/// Leads on from the recovery codes of a first sign-in, to the page that the person asked for.
pub(crate) async fn go_on(mut visit: Visit) -> Response {
    answer!(visit, async { visit.arrive() })
}

/// Whether the page links to the help desk.
async fn works_at_the_desk(visit: &Visit, person: &Account) -> Result<bool, Refusal> {
    let Some(gate) = visit.web.desk_gate() else {
        return Ok(false);
    };
    let allowed = gate.allows(visit.tenant_id()?, person, DeskAct::Find).await;
    allowed.map_err(Refusal::Away)
}

pub(crate) async fn sign_out(Submission { mut visit, .. }: Submission) -> Response {
    answer!(visit, leave(&mut visit))
}

async fn leave(visit: &mut Visit) -> Result<Response, Refusal> {
    let session = visit.signed_in().await?;
    visit.forget().await?;
    if let Some(session) = session {
        let hooks = visit.web.hooks();
        hooks
            .signed_out(visit.tenant_id()?, session.account())
            .await;
    }
    let answer = visit.redirect("sign-in?notice=signed-out")?;
    Ok(clear_site_data(answer))
}
