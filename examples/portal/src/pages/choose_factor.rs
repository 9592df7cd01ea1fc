//! The choice of the second factor, after the password.

use super::{answer, over, over_with, seconds, wait_page};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{Enrolment, NextStep};

pub(crate) async fn show(visit: Visit) -> Response {
    answer!(visit, page(&visit))
}

async fn page(visit: &Visit) -> Result<Response, Refusal> {
    let Some((_, step)) = sign_in_in_flight(visit).await? else {
        return over(visit);
    };
    let step = if step == NextStep::Enrol {
        "enrol"
    } else {
        "verify"
    };
    Ok(visit.page(StatusCode::OK, "factor.html", context! { step }))
}

pub(crate) async fn submit(Submission { visit, form }: Submission) -> Response {
    answer!(visit, choose(&visit, form))
}

async fn choose(visit: &Visit, mut form: Form) -> Result<Response, Refusal> {
    if form.take("factor")?.as_str() != "app" {
        return Err(Refusal::BadForm);
    }
    match sign_in_in_flight(visit).await? {
        Some((ticket, NextStep::Enrol)) => {
            match visit
                .portal
                .auth
                .begin_enrolment(visit.tenant_id()?, &ticket)
                .await?
            {
                // Over, or nearly: it could not be finished.
                Enrolment::TicketDead => over_with(visit, "set-up"),
                Enrolment::Throttled { retry_after } => {
                    let wait_seconds = seconds(retry_after);
                    let values = context! { step => "enrol", problem => "throttled", wait_seconds };
                    Ok(wait_page(visit, retry_after, "factor.html", values))
                }
                _ => visit.redirect("second-factor/enrol"),
            }
        }
        Some(_) => visit.redirect("second-factor/verify"),
        None => over(visit),
    }
}

/// The ticket of a sign-in that waits for its second factor, and what it asks for.
pub(crate) async fn sign_in_in_flight(
    visit: &Visit,
) -> Result<Option<(String, NextStep)>, Refusal> {
    let Some(ticket) = visit.person.ticket.clone() else {
        return Ok(None);
    };
    let step = visit
        .portal
        .auth
        .inspect_ticket(visit.tenant_id()?, &ticket)
        .await?;
    Ok(step.map(|step| (ticket, step)))
}
