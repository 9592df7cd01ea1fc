//! New recovery codes in the place of the earlier ones, after a page that says what it does.

use super::step_up::{first, managing};
use super::{answer, recovery_codes};
use crate::destination::Destination;
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use sha2::{Digest, Sha256};
use slotwerk::{RenewOutcome, Session, StepError};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let (signed_in, _) = managing(visit, Destination::RecoveryCodes).await?;
    page(visit, &signed_in, StatusCode::OK, None).await
}

async fn page(
    visit: &Visit,
    session: &Session,
    status: StatusCode,
    problem: Option<&str>,
) -> Result<Response, Refusal> {
    let remaining = session.second_factor().await?.recovery_codes_left;
    let values = context! { remaining, once => once(visit), problem };
    Ok(visit.page(status, "renew_codes.html", values))
}

/// Ties the form to the id of the session, which each renewal changes. A page that is loaded again after its renewal
/// renews nothing: otherwise it would make the codes on paper invalid without a word.
fn once(visit: &Visit) -> Option<String> {
    let token = visit.session_token()?;
    Some(format!("{:x}", Sha256::digest(token.expose())))
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, renew(&mut visit, form))
}

async fn renew(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let presented = form.take("once")?;
    let (signed_in, step) = managing(visit, Destination::RecoveryCodes).await?;
    // Of several forms that were sent at once, one gets the new id.
    let is_first = once(visit).as_deref() == Some(presented.as_str());
    if !is_first || !visit.renew_session_id().await? {
        return visit.redirect("authenticators?notice=codes");
    }
    match step.renew_recovery_codes().await {
        Ok(RenewOutcome::Renewed(codes)) => {
            let user = &signed_in.account().login;
            Ok(recovery_codes::page(visit, user, &codes, true))
        }
        Ok(RenewOutcome::Busy) => {
            let unavailable = StatusCode::SERVICE_UNAVAILABLE;
            page(visit, &signed_in, unavailable, Some("busy")).await
        }
        Err(StepError::TicketInvalid) => Err(first(visit, Destination::RecoveryCodes)),
        Err(error) => Err(error.into()),
    }
}
