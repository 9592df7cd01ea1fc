//! The choice of the second factor, after the password.

use super::app_links::app;
use super::{answer, over, over_with, seconds, wait_page};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{EnrolmentOutcome, Step, StepError, Throttled};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, page(&mut visit))
}

async fn page(visit: &mut Visit) -> Result<Response, Refusal> {
    let step = match sign_in_in_flight(visit).await? {
        Some(Step::Enrol(_)) => "enrol",
        Some(_) => "verify",
        None => return over(visit).await,
    };
    let values = context! { step, app => app(visit)? };
    Ok(visit.page(StatusCode::OK, "factor.html", values))
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, choose(&mut visit, form))
}

async fn choose(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    if form.take("factor")?.as_str() != "app" {
        return Err(Refusal::BadForm);
    }
    match sign_in_in_flight(visit).await? {
        Some(Step::Enrol(step)) => match step.begin().await {
            // Over, or nearly: it could not be finished.
            Err(StepError::TicketInvalid) => over_with(visit, "set-up").await,
            Err(error) => Err(error.into()),
            Ok(EnrolmentOutcome::Throttled(Throttled::Wait(wait))) => {
                let wait_seconds = seconds(wait);
                let app = app(visit)?;
                let values =
                    context! { step => "enrol", problem => "throttled", wait_seconds, app };
                Ok(wait_page(visit, wait, "factor.html", values))
            }
            Ok(_) => visit.redirect("second-factor/enrol"),
        },
        Some(_) => visit.redirect("second-factor/verify"),
        None => over(visit).await,
    }
}

/// The step of a sign-in that waits for its second factor.
pub(crate) async fn sign_in_in_flight(visit: &Visit) -> Result<Option<Step>, Refusal> {
    visit.step(visit.flow.ticket.as_ref()).await
}
