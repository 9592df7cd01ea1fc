//! A recovery code, for a person without the phone.

use super::arrival::signed_in;
use super::verify::{problem, throttled, verification};
use super::{answer, over};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{RecoveryCode, RecoveryCodeOutcome, StepError};

const TEMPLATE: &str = "recovery.html";

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    match verification(visit).await? {
        Some(_) => Ok(visit.page(
            StatusCode::OK,
            TEMPLATE,
            context! { problem => (), wait_seconds => 0 },
        )),
        None => over(visit).await,
    }
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, redeem(&mut visit, form))
}

async fn redeem(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let code = form.take("code")?;
    let Some(step) = verification(visit).await? else {
        return over(visit).await;
    };
    if code.trim().is_empty() {
        return Ok(visit.page(
            StatusCode::UNPROCESSABLE_ENTITY,
            TEMPLATE,
            problem("empty", 0),
        ));
    }
    let refuse = |problem_is| {
        let unusable = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(visit.page(unusable, TEMPLATE, problem(problem_is, 0)))
    };
    let Ok(code) = RecoveryCode::parse(&code) else {
        return refuse("malformed");
    };
    let redeemed = match step.recovery_code(&code).await {
        Err(StepError::TicketInvalid) => return over(visit).await,
        redeemed => redeemed?,
    };
    match redeemed {
        RecoveryCodeOutcome::SignedIn { grant, .. } => signed_in(visit, &grant).await,
        RecoveryCodeOutcome::Throttled(why) => Ok(throttled(visit, TEMPLATE, why)),
        RecoveryCodeOutcome::Busy => Ok(visit.page(
            StatusCode::SERVICE_UNAVAILABLE,
            TEMPLATE,
            problem("busy", 0),
        )),
        RecoveryCodeOutcome::Rejected => refuse("wrong"),
    }
}
