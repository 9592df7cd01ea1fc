//! Two codes in a row, for a person whose phone's clock is far off.

use super::verify::{minutes_ahead, problem, refused, signed_in, throttled, ticket};
use super::{answer, over};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use slotwerk::CodeVerification;

const TEMPLATE: &str = "clock.html";

pub(crate) async fn show(visit: Visit) -> Response {
    answer!(visit, look(&visit))
}

async fn look(visit: &Visit) -> Result<Response, Refusal> {
    match ticket(visit).await? {
        Some(_) => Ok(visit.page(StatusCode::OK, TEMPLATE, problem("", 0))),
        None => over(visit),
    }
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, resynchronise(&mut visit, form))
}

async fn resynchronise(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let (first, second) = (form.take("first")?, form.take("second")?);
    let Some(ticket) = ticket(visit).await? else {
        return over(visit);
    };
    if first.trim().is_empty() || second.trim().is_empty() {
        return Ok(refused(visit, TEMPLATE, problem("empty", 0)));
    }
    let tenant = visit.tenant_id()?;
    let verified = visit
        .portal
        .auth
        .resynchronise(tenant, &ticket, &first, &second);
    match verified.await? {
        CodeVerification::SignedIn { grant, clock } => {
            visit.person.clock = clock.and_then(minutes_ahead);
            signed_in(visit, grant).await
        }
        CodeVerification::Rejected { .. } => Ok(refused(visit, TEMPLATE, problem("wrong", 0))),
        CodeVerification::Malformed => Ok(refused(visit, TEMPLATE, problem("malformed", 0))),
        CodeVerification::Throttled { retry_after } => Ok(throttled(visit, TEMPLATE, retry_after)),
        CodeVerification::Spent => Ok(refused(visit, TEMPLATE, problem("spent", 0))),
        _ => over(visit),
    }
}
