//! "This was not me", from a mail: what it does, and a button. Looking changes nothing.

use super::answer;
use crate::form::Submission;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{NotMeEffect, NotMeToken, OpenNotMe, OpenNotMeOutcome, ReportOutcome};

const TEMPLATE: &str = "not_me.html";

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let Some(link) = open(visit).await? else {
        return Ok(dead(visit));
    };
    let values = context! { state => "ask", effect => name(link.effect()), user => link.login() };
    Ok(visit.page(StatusCode::OK, TEMPLATE, values))
}

pub(crate) async fn submit(submission: Submission) -> Response {
    let Submission { mut visit, .. } = submission;
    answer!(visit, report(&mut visit))
}

async fn report(visit: &mut Visit) -> Result<Response, Refusal> {
    let Some(link) = open(visit).await? else {
        return Ok(dead(visit));
    };
    match link.report().await? {
        ReportOutcome::Done(effect) => {
            let values = context! { state => "done", effect => name(effect), user => () };
            Ok(visit.page(StatusCode::OK, TEMPLATE, values))
        }
        ReportOutcome::Invalid => Ok(dead(visit)),
    }
}

/// A live link. The language is the account's, and only a live link tells it.
async fn open(visit: &mut Visit) -> Result<Option<OpenNotMe>, Refusal> {
    let (handle, token) = (visit.variable("handle")?, visit.variable("token")?);
    let token = NotMeToken::from_path(&format!("{handle}/{token}"));
    let recovery = visit.tenant_auth()?.recovery();
    match recovery.open_not_me(&token).await? {
        OpenNotMeOutcome::Open(link) => {
            visit.speak(link.locale());
            Ok(Some(link))
        }
        OpenNotMeOutcome::Invalid => Ok(None),
    }
}

/// Gone, whatever the reason: expired, outlived, or never one of ours.
fn dead(visit: &Visit) -> Response {
    let values = context! { state => "dead", effect => (), user => () };
    visit.page(StatusCode::GONE, TEMPLATE, values)
}

fn name(effect: NotMeEffect) -> &'static str {
    match effect {
        NotMeEffect::LinksEnd => "links",
        NotMeEffect::AccountLocks => "account",
    }
}
