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
    let (tenant, account) = (visit.tenant_id()?, &session.account().id);
    let remaining = session.second_factor().await?.recovery_codes_left;
    let once = visit.portal.renewals.ask(tenant, account).await?;
    let values = context! { remaining, once, problem };
    Ok(visit.page(status, "renew_codes.html", values))
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, renew(&mut visit, form))
}

/// Each page that asks is good for one set, however often its button is pressed: who loads the codes once more
/// would otherwise make those on paper, or on the page, worthless without knowing.
async fn renew(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let once = form.take("once")?;
    let (signed_in, step) = managing(visit, Destination::RecoveryCodes).await?;
    let renewals = visit.portal.renewals.clone();
    let claimed = renewals.claim(visit.tenant_id()?, &signed_in.account().id, &once);
    if !claimed.await? {
        return visit.redirect("authenticators?notice=codes");
    }
    match step.renew_recovery_codes().await {
        Ok(RenewOutcome::Renewed(codes)) => {
            recovery_codes::page(visit, &signed_in.account().id, &codes, true).await
        }
        Ok(RenewOutcome::Busy) => {
            let unavailable = StatusCode::SERVICE_UNAVAILABLE;
            page(visit, &signed_in, unavailable, Some("busy")).await
        }
        Err(StepError::TicketInvalid) => Err(first(visit, Destination::RecoveryCodes).await?),
        Err(error) => Err(error.into()),
    }
}
