//! A recovery code, for a person without the phone.

use super::verify::{problem, signed_in, throttled, ticket};
use super::{answer, over};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::RecoveryCodeRedemption;

const TEMPLATE: &str = "recovery.html";

pub(crate) async fn show(visit: Visit) -> Response {
    answer!(visit, look(&visit))
}

async fn look(visit: &Visit) -> Result<Response, Refusal> {
    match ticket(visit).await? {
        Some(_) => Ok(visit.page(
            StatusCode::OK,
            TEMPLATE,
            context! { problem => (), wait_seconds => 0 },
        )),
        None => over(visit),
    }
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, redeem(&mut visit, form))
}

async fn redeem(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let code = form.take("code")?;
    let Some(ticket) = ticket(visit).await? else {
        return over(visit);
    };
    if code.trim().is_empty() {
        return Ok(visit.page(
            StatusCode::UNPROCESSABLE_ENTITY,
            TEMPLATE,
            problem("empty", 0),
        ));
    }
    match visit
        .portal
        .auth
        .redeem_recovery_code(visit.tenant_id()?, &ticket, &code)
        .await?
    {
        RecoveryCodeRedemption::SignedIn { grant, .. } => signed_in(visit, grant).await,
        RecoveryCodeRedemption::Throttled { retry_after } => {
            Ok(throttled(visit, TEMPLATE, retry_after))
        }
        RecoveryCodeRedemption::Malformed => Ok(visit.page(
            StatusCode::UNPROCESSABLE_ENTITY,
            TEMPLATE,
            problem("malformed", 0),
        )),
        RecoveryCodeRedemption::Busy => Ok(visit.page(
            StatusCode::SERVICE_UNAVAILABLE,
            TEMPLATE,
            problem("busy", 0),
        )),
        RecoveryCodeRedemption::TicketDead => over(visit),
        _ => Ok(visit.page(
            StatusCode::UNPROCESSABLE_ENTITY,
            TEMPLATE,
            problem("wrong", 0),
        )),
    }
}
