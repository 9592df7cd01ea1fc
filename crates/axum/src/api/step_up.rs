//! Confirming who the person is, before a change of the second factor.

use super::body::{NoFields, OwnPassword};
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::next::Next;
use super::problem::Problem;
use super::responses::{Guarded, Judged, Known};
use super::sign_in::{outcome, ticket};
use axum::response::Response;
use serde::Serialize;
use slotwerk::{Login, SignInOutcome};
use utoipa::ToSchema;

/// Whether a step-up is needed.
#[derive(Serialize, ToSchema)]
struct StepUpStatus {
    /// Whether the person must step up before an operation that changes the second factor. True also for a person who has
    /// no authenticator: `POST /authenticators/add/begin` says how that person goes on.
    is_needed: bool,
    /// Whether the second factor is recent enough for the service's own risky acts.
    has_recent_second_factor: bool,
}

/// Says beforehand whether a step-up is needed.
#[utoipa::path(
    post, path = "/step-up/status", operation_id = "getStepUpStatus", tag = "step-up", request_body = NoFields,
    responses((status = 200, description = "The status.", body = Answered<StepUpStatus>), Guarded, Known)
)]
pub(crate) async fn status(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, look(&mut caller))
}

async fn look(caller: &mut Caller) -> Result<StepUpStatus, Problem> {
    let (session, managing) = caller.managing().await?;
    Ok(StepUpStatus {
        is_needed: managing.is_none(),
        has_recent_second_factor: session.has_recent_second_factor(),
    })
}

/// Checks the password of the person who is signed in. The code follows, as in a sign-in.
#[utoipa::path(
    post, path = "/step-up/begin", operation_id = "beginStepUp", tag = "step-up", request_body = OwnPassword,
    responses((status = 200, description = "What comes next.", body = Answered<Next>), Guarded, Known, Judged)
)]
pub(crate) async fn begin(call: Call<OwnPassword>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, check(&mut caller, body))
}

async fn check(caller: &mut Caller, body: OwnPassword) -> Result<Next, Problem> {
    let session = caller.session().await?;
    let login = Login::parse(&session.account().login).map_err(|_| ErrorCode::SessionEnded)?;
    let outcome = outcome(caller, &login, &body.password).await?;
    if let SignInOutcome::SignedIn(grant) = &outcome {
        return Next::signed_in(caller, grant).await;
    }
    let (next, ticket) = ticket(&outcome).ok_or_else(|| outcome.rejection())?;
    caller.visit.flow.ticket = Some(ticket.expose().to_owned());
    caller.visit.flow.step_up.get_or_insert_default();
    Ok(Next::step(next))
}
