//! Removing an authenticator, after a page that says what it does.

use super::answer;
use super::authenticators::{GONE, id_in, is_last, shown};
use super::guards::{managing, step_up};
use crate::destination::Destination;
use crate::form::Submission;
use crate::known_browser;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{AuthenticatorId, RemoveOutcome, Session, StepError};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let id = id_in(visit)?;
    let (signed_in, _) = managing(visit, Destination::Remove(id.to_string())).await?;
    page(visit, &signed_in, id, StatusCode::OK).await
}

pub(crate) async fn submit(submission: Submission) -> Response {
    let Submission { mut visit, .. } = submission;
    answer!(visit, remove(&mut visit))
}

async fn remove(visit: &mut Visit) -> Result<Response, Refusal> {
    let id = id_in(visit)?;
    let here = Destination::Remove(id.to_string());
    let (signed_in, step) = managing(visit, here.clone()).await?;
    match step.remove(id).await {
        Ok(RemoveOutcome::Removed { grant, .. }) => {
            // Every session is over, this one too: it goes on as a new one.
            visit.begin_session(&grant).await?;
            known_browser::remember(visit, &grant);
            visit.redirect("authenticators?notice=removed")
        }
        Ok(RemoveOutcome::Last) => page(visit, &signed_in, id, StatusCode::CONFLICT).await,
        Ok(RemoveOutcome::Unknown) => Err(GONE),
        Err(StepError::TicketInvalid) => Err(step_up(visit, here)),
        Err(error) => Err(error.into()),
    }
}

/// What it does, and a button; or, for the last one, why it has to stay.
async fn page(
    visit: &Visit,
    session: &Session,
    id: AuthenticatorId,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let active = session.second_factor().await?.authenticators;
    let one = active.iter().find(|one| one.id == id).ok_or(GONE)?;
    let last = is_last(visit, active.len())?;
    let values = context! { authenticator => shown(visit, one), last };
    Ok(visit.page(status, "remove.html", values))
}
