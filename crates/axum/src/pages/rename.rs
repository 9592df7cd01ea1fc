//! Another name for an authenticator.

use super::answer;
use super::authenticators::{GONE, id_in, own, problem_with_name, shown};
use super::guards::{managing, step_up};
use crate::destination::Destination;
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{ActiveAuthenticator, AuthenticatorName, RenameOutcome, StepError};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let id = id_in(visit)?;
    let (signed_in, _) = managing(visit, Destination::Rename(id.to_string())).await?;
    let one = own(&signed_in, id).await?;
    let name = one.name.clone().unwrap_or_default();
    Ok(page(visit, StatusCode::OK, &one, &name, None))
}

pub(crate) async fn submit(submission: Submission) -> Response {
    let Submission { mut visit, form } = submission;
    answer!(visit, rename(&mut visit, form))
}

async fn rename(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let id = id_in(visit)?;
    let typed = form.take("name")?;
    let here = Destination::Rename(id.to_string());
    let (signed_in, step) = managing(visit, here.clone()).await?;
    let name = match AuthenticatorName::parse(&typed) {
        Ok(name) => name,
        Err(error) => {
            let one = own(&signed_in, id).await?;
            let problem = Some(problem_with_name(error));
            let unusable = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(page(visit, unusable, &one, &typed, problem));
        }
    };
    match step.rename(id, &name).await {
        Ok(RenameOutcome::Renamed) => visit.redirect("authenticators?notice=renamed"),
        Ok(RenameOutcome::Unknown) => Err(GONE),
        Err(StepError::TicketInvalid) => Err(step_up(visit, here)),
        Err(error) => Err(error.into()),
    }
}

fn page(
    visit: &Visit,
    status: StatusCode,
    one: &ActiveAuthenticator,
    typed: &str,
    problem: Option<&str>,
) -> Response {
    let values = context! { authenticator => shown(visit, one), typed, problem };
    visit.page(status, "rename.html", values)
}
