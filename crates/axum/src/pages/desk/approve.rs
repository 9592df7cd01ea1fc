//! A second administrator approves the reset of a second factor.

use super::super::answer;
use super::account::shown;
use super::entry::enter_from;
use crate::desk::{ApproveOutcome, Desk, DeskAct, Reference};
use crate::form::Submission;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

const TEMPLATE: &str = "desk/approve.html";

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let (desk, sealed) = presented(visit).await?;
    let Some(request) = desk.requested_reset(&sealed).await? else {
        return Ok(refused(visit, "approval-over"));
    };
    if request.requester.id == desk.person.id {
        return Ok(refused(visit, "own-request"));
    }
    if request.account.id == desk.person.id {
        return Ok(refused(visit, "own"));
    }
    let values = context! {
        account => shown(&desk, &request.account)?,
        requester => request.requester.login.as_str(),
        reason => request.reason.as_str(),
        until => visit.local_time(request.until),
        sealed,
    };
    let values = context! { request => values, problem => () };
    Ok(visit.page(StatusCode::OK, TEMPLATE, values))
}

pub(crate) async fn submit(Submission { mut visit, .. }: Submission) -> Response {
    answer!(visit, approve(&mut visit))
}

async fn approve(visit: &mut Visit) -> Result<Response, Refusal> {
    let (desk, sealed) = presented(visit).await?;
    match desk.approve_reset(&sealed).await? {
        ApproveOutcome::Reset(account) => {
            let reference = Reference::to(&desk, &account.id)?;
            visit.redirect(&format!("desk/account/{reference}?notice=reset"))
        }
        ApproveOutcome::Invalid => Ok(refused(visit, "approval-over")),
        ApproveOutcome::OwnRequest => Ok(refused(visit, "own-request")),
        ApproveOutcome::OwnAccount => Ok(refused(visit, "own")),
    }
}

async fn presented(visit: &mut Visit) -> Result<(Desk, String), Refusal> {
    let sealed = visit.variable("approval")?.to_owned();
    let back = format!("approve/{sealed}");
    let desk = enter_from(visit, DeskAct::ResetSecondFactor, &back).await?;
    Ok((desk, sealed))
}

/// The page about a request that this administrator cannot approve.
fn refused(visit: &Visit, problem: &str) -> Response {
    let status = match problem {
        "approval-over" => StatusCode::GONE,
        _ => StatusCode::FORBIDDEN,
    };
    let values = context! { request => (), problem };
    visit.page(status, TEMPLATE, values)
}
