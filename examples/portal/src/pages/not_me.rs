//! "This was not me", from a mail: what it does, and a button. Looking changes nothing.

use super::{Parts, answer, parts};
use crate::form::Submission;
use crate::language::Language;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{NotMeEffect, NotMeInspection, NotMeReport};

const TEMPLATE: &str = "not_me.html";

/// Tenant, handle and token.
type Address = Parts<(String, String, String)>;

pub(crate) async fn show(address: Address, mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit, address))
}

async fn look(visit: &mut Visit, address: Address) -> Result<Response, Refusal> {
    let (_, handle, token) = parts(address)?;
    let tenant = visit.tenant_id()?.to_owned();
    let auth = visit.portal.auth.clone();
    match auth.inspect_not_me(&tenant, &handle, &token).await? {
        NotMeInspection::Open(open) => {
            speak(visit, open.locale.as_deref());
            let values =
                context! { state => "ask", effect => name(open.effect), user => open.login };
            Ok(visit.page(StatusCode::OK, TEMPLATE, values))
        }
        _ => Ok(dead(visit)),
    }
}

pub(crate) async fn submit(address: Address, submission: Submission) -> Response {
    let Submission { mut visit, .. } = submission;
    answer!(visit, report(&mut visit, address))
}

async fn report(visit: &mut Visit, address: Address) -> Result<Response, Refusal> {
    let (_, handle, token) = parts(address)?;
    let tenant = visit.tenant_id()?.to_owned();
    let auth = visit.portal.auth.clone();
    // The language is the account's, and only a live link tells it.
    if let NotMeInspection::Open(open) = auth.inspect_not_me(&tenant, &handle, &token).await? {
        speak(visit, open.locale.as_deref());
    }
    match auth.report_not_me(&tenant, &handle, &token).await? {
        NotMeReport::Done(effect) => {
            let values = context! { state => "done", effect => name(effect), user => () };
            Ok(visit.page(StatusCode::OK, TEMPLATE, values))
        }
        _ => Ok(dead(visit)),
    }
}

fn speak(visit: &mut Visit, locale: Option<&str>) {
    if let Some(language) = locale.and_then(Language::from_tag) {
        visit.language = language;
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
        _ => "account",
    }
}
