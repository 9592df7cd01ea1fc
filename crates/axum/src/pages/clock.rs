//! Two codes in a row, for a person whose phone's clock is far off.

use super::arrival::signed_in;
use super::verify::{minutes_ahead, problem, refused, throttled, verification};
use super::{answer, over};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use slotwerk::{Code, CodeOutcome, StepError};

const TEMPLATE: &str = "clock.html";

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    match verification(visit).await? {
        Some(_) => Ok(visit.page(StatusCode::OK, TEMPLATE, problem("", 0))),
        None => over(visit).await,
    }
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, resynchronise(&mut visit, form))
}

async fn resynchronise(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let (first, second) = (form.take("first")?, form.take("second")?);
    let Some(step) = verification(visit).await? else {
        return over(visit).await;
    };
    if first.trim().is_empty() || second.trim().is_empty() {
        return Ok(refused(visit, TEMPLATE, problem("empty", 0)));
    }
    let (Ok(first), Ok(second)) = (Code::parse(&first), Code::parse(&second)) else {
        return Ok(refused(visit, TEMPLATE, problem("malformed", 0)));
    };
    let verified = match step.two_codes(&first, &second).await {
        Err(StepError::TicketInvalid) => return over(visit).await,
        verified => verified?,
    };
    match verified {
        CodeOutcome::SignedIn { grant, clock } => {
            visit.flow.clock = clock.and_then(minutes_ahead);
            signed_in(visit, &grant).await
        }
        CodeOutcome::Rejected { .. } => Ok(refused(visit, TEMPLATE, problem("wrong", 0))),
        CodeOutcome::Throttled(why) => Ok(throttled(visit, TEMPLATE, why)),
    }
}
