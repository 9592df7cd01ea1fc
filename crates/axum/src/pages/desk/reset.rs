//! Resets the second factor of an account, after a page that says what it does and asks for the reason.

use super::super::answer;
use super::account::shown;
use super::entry::enter_from;
use crate::desk::{Desk, DeskAct, RequestOutcome, typed_reason};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::Account;

const TEMPLATE: &str = "desk/reset.html";

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let (desk, account) = chosen(visit).await?;
    page(visit, &desk, &account, None, "").await
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, reset(&mut visit, form))
}

async fn reset(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let (desk, account) = chosen(visit).await?;
    let typed = form.take("reason")?;
    let reason = match typed_reason(&typed) {
        Ok(Some(reason)) => reason,
        Ok(None) => return page(visit, &desk, &account, Some("no-reason"), &typed).await,
        Err(_) => return page(visit, &desk, &account, Some("reason"), &typed).await,
    };
    match desk.request_reset(&account, reason).await? {
        RequestOutcome::Reset => {
            let reference = visit.variable("account")?;
            visit.redirect(&format!("desk/account/{reference}?notice=reset"))
        }
        RequestOutcome::NeedsApproval { sealed, until } => {
            let values = context! {
                account => shown(&desk, &account)?,
                approval => sealed,
                until => visit.local_time(until),
            };
            Ok(visit.page(StatusCode::OK, "desk/requested.html", values))
        }
        RequestOutcome::OwnAccount => page(visit, &desk, &account, Some("own"), &typed).await,
        RequestOutcome::ReasonTooLong => page(visit, &desk, &account, Some("reason"), &typed).await,
    }
}

async fn chosen(visit: &mut Visit) -> Result<(Desk, Account), Refusal> {
    let reference = visit.variable("account")?.to_owned();
    let back = format!("account/{reference}/reset");
    let desk = enter_from(visit, DeskAct::ResetSecondFactor, &back).await?;
    let account = desk.referred(&reference).await?;
    Ok((desk, account))
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    account: &Account,
    problem: Option<&str>,
    reason: &str,
) -> Result<Response, Refusal> {
    let is_own = account.id == desk.person.id;
    let problem = if is_own { Some("own") } else { problem };
    let status = match problem {
        Some("own") => StatusCode::FORBIDDEN,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let values = context! {
        account => shown(desk, account)?,
        problem,
        reason,
    };
    Ok(visit.page(status, TEMPLATE, values))
}
