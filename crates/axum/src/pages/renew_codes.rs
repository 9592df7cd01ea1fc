//! New recovery codes in the place of the earlier ones, after a page that says what it does.

use super::guards::{managing, step_up};
use super::{answer, recovery_codes};
use crate::destination::Destination;
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{Managing, RenewOutcome, Session, StepError};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let (signed_in, step) = managing(visit, Destination::RecoveryCodes).await?;
    page(visit, &signed_in, &step, StatusCode::OK, None).await
}

async fn page(
    visit: &Visit,
    session: &Session,
    step: &Managing,
    status: StatusCode,
    problem: Option<&str>,
) -> Result<Response, Refusal> {
    let remaining = session.second_factor().await?.recovery_codes_left;
    let once = step.recovery_codes_mark().await?;
    let values = context! { remaining, once, problem };
    Ok(visit.page(status, "renew_codes.html", values))
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, renew(&mut visit, form))
}

/// A page makes one set, however often its form is sent: the codes on paper must not become invalid without a word.
async fn renew(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let once = form.take("once")?;
    let (signed_in, step) = managing(visit, Destination::RecoveryCodes).await?;
    match step.renew_recovery_codes_of(&once).await {
        Ok(RenewOutcome::Renewed(codes)) => {
            let user = &signed_in.account().login;
            Ok(recovery_codes::page(visit, user, &codes, true))
        }
        Ok(RenewOutcome::OtherCodes) => visit.redirect("authenticators?notice=codes"),
        Ok(RenewOutcome::Busy) => {
            let unavailable = StatusCode::SERVICE_UNAVAILABLE;
            page(visit, &signed_in, &step, unavailable, Some("busy")).await
        }
        Err(StepError::TicketInvalid) => Err(step_up(visit, Destination::RecoveryCodes)),
        Err(error) => Err(error.into()),
    }
}
