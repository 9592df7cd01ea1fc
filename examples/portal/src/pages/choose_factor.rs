//! The choice of the second factor, after the password.

use super::{answer, over, over_with, seconds, wait_page};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{EnrolmentOutcome, Step, StepError, Throttled};

pub(crate) async fn show(visit: Visit) -> Response {
    answer!(visit, page(&visit))
}

async fn page(visit: &Visit) -> Result<Response, Refusal> {
    let step = match sign_in_in_flight(visit).await? {
        Some(Step::Enrol(_)) => "enrol",
        Some(_) => "verify",
        None => return over(visit),
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
        Some(Step::Enrol(step)) => match step.begin().await {
            // Over, or nearly: it could not be finished.
            Err(StepError::TicketInvalid) => over_with(visit, "set-up"),
            Err(error) => Err(error.into()),
            Ok(EnrolmentOutcome::Throttled(Throttled::Wait(wait))) => {
                let wait_seconds = seconds(wait);
                let values = context! { step => "enrol", problem => "throttled", wait_seconds };
                Ok(wait_page(visit, wait, "factor.html", values))
            }
            Ok(_) => visit.redirect("second-factor/enrol"),
        },
        Some(_) => visit.redirect("second-factor/verify"),
        None => over(visit),
    }
}

/// The step of a sign-in that waits for its second factor.
pub(crate) async fn sign_in_in_flight(visit: &Visit) -> Result<Option<Step>, Refusal> {
    visit.step(visit.person.ticket.as_ref()).await
}
