//! A second administrator approves the reset of a second factor.

use super::super::answer;
use super::account::shown;
use super::{enter_from, links};
use crate::desk::{ApproveOutcome, Desk, DeskAct, Reference, Request};
use crate::form::Submission;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let (desk, sealed) = presented(visit).await?;
    let Some(request) = desk.requested_reset(&sealed).await? else {
        return page(visit, &desk, None, "approval-over").await;
    };
    if request.requester.id == desk.person.id {
        return page(visit, &desk, None, "own-request").await;
    }
    if request.account.id == desk.person.id {
        return page(visit, &desk, None, "own").await;
    }
    let request = values(visit, &desk, &request, &sealed)?;
    page(visit, &desk, Some(request), "").await
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
        ApproveOutcome::Invalid => page(visit, &desk, None, "approval-over").await,
        ApproveOutcome::OwnRequest => page(visit, &desk, None, "own-request").await,
        ApproveOutcome::OwnAccount => page(visit, &desk, None, "own").await,
    }
}

async fn presented(visit: &mut Visit) -> Result<(Desk, String), Refusal> {
    let sealed = visit.variable("approval")?.to_owned();
    let back = format!("approve/{sealed}");
    let desk = enter_from(visit, DeskAct::ResetSecondFactor, &back).await?;
    Ok((desk, sealed))
}

fn values(visit: &Visit, desk: &Desk, request: &Request, sealed: &str) -> Result<Value, Refusal> {
    Ok(context! {
        account => shown(desk, &request.account)?,
        requester => request.requester.login.as_str(),
        reason => request.reason.as_str(),
        until => visit.local_time(request.until),
        sealed,
    })
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    request: Option<Value>,
    problem: &str,
) -> Result<Response, Refusal> {
    let status = match problem {
        "" => StatusCode::OK,
        "approval-over" => StatusCode::GONE,
        _ => StatusCode::FORBIDDEN,
    };
    let problem = (!problem.is_empty()).then_some(problem);
    let values = context! { links => links(desk).await?, request, problem };
    Ok(visit.page(status, "desk/approve.html", values))
}
