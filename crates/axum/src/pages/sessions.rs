//! The sessions of a person: where they are signed in, and ending one or all others.

use super::guards::must_be_signed_in;
use super::{Asking, answer, asked};
use crate::device::Device;
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk::ListedSession;

const NOTICES: [&str; 3] = ["ended", "ended-all", "over"];

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    notice: Option<String>,
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, page(&mut visit, asking))
}

async fn page(visit: &mut Visit, asking: Asking<Asked>) -> Result<Response, Refusal> {
    must_be_signed_in(visit).await?;
    let mut listed = visit.kept_session()?.list().await?;
    // This session first, then by the last use.
    listed.sort_by_key(|one| (!one.is_current, std::cmp::Reverse(one.used_at)));
    let sessions: Vec<Value> = listed.iter().map(|one| shown(visit, one)).collect();
    let notice = asked(asking)
        .notice
        .filter(|notice| NOTICES.contains(&notice.as_str()));
    let values = context! { sessions, notice };
    Ok(visit.page(StatusCode::OK, "sessions.html", values))
}

fn shown(visit: &Visit, one: &ListedSession) -> Value {
    let device = Device::from_kept(&one.data);
    context! {
        id => one.id().to_string(),
        current => one.is_current,
        browser => device.browser,
        system => device.system,
        began => visit.local_time(one.began_at),
        used => visit.local_time(one.used_at),
    }
}

pub(crate) async fn end(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, end_one(&mut visit, form))
}

/// Ends one. The one of this browser has a button of its own: signing out.
async fn end_one(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let id = form.take("id")?;
    must_be_signed_in(visit).await?;
    let kept = visit.kept_session()?;
    let listed = kept.list().await?;
    let chosen = listed
        .iter()
        .find(|one| !one.is_current && one.id().to_string() == id.as_str());
    let ended = match chosen {
        Some(one) => kept.end_listed(one).await?,
        None => false,
    };
    visit.redirect(if ended {
        "sessions?notice=ended"
    } else {
        "sessions?notice=over"
    })
}

pub(crate) async fn end_others(Submission { mut visit, .. }: Submission) -> Response {
    answer!(visit, end_all(&mut visit))
}

async fn end_all(visit: &mut Visit) -> Result<Response, Refusal> {
    must_be_signed_in(visit).await?;
    visit.kept_session()?.end_others().await?;
    visit.redirect("sessions?notice=ended-all")
}
