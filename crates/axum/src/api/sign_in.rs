//! Sign-in with user name and password.

use super::body::Credentials;
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::next::Next;
use super::problem::Problem;
use super::responses::{Guarded, Judged, Known};
use crate::flow::Flow;
use axum::response::Response;
use slotwerk::password::Password;
use slotwerk::{Login, SignInOutcome, Ticket};

/// Checks user name and password, and says which step comes next. Ends the session that the request presents.
#[utoipa::path(
    post, path = "/sign-in", operation_id = "signIn", tag = "sign-in", request_body = Credentials,
    responses((status = 200, description = "What comes next.", body = Answered<Next>), Guarded, Known, Judged)
)]
pub(crate) async fn sign_in(call: Call<Credentials>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, check(&mut caller, body))
}

async fn check(caller: &mut Caller, body: Credentials) -> Result<Next, Problem> {
    let login = Login::parse(&body.login).map_err(|_| ErrorCode::LoginMalformed)?;
    let outcome = outcome(caller, &login, &body.password).await?;
    let (next, ticket, account) = match &outcome {
        SignInOutcome::Enrol(step) => ("enrol", step.ticket(), step.account()),
        SignInOutcome::Verify(step) => ("verify", step.ticket(), step.account()),
        SignInOutcome::SignedIn(grant) => {
            caller.visit.forget().await?;
            return Next::signed_in(caller, grant).await;
        }
        rejected => return Err(rejected.rejection().into()),
    };
    let flow = Flow {
        ticket: Some(ticket.expose().to_owned()),
        locale: account.locale.clone(),
        shown: caller.visit.flow.shown.clone(),
        return_to: caller.visit.flow.return_to.clone(),
        ..Flow::default()
    };
    caller.visit.forget().await?;
    caller.visit.flow = flow;
    Ok(Next::step(next))
}

/// What a password brings.
pub(super) async fn outcome(
    caller: &Caller,
    login: &Login,
    typed: &str,
) -> Result<SignInOutcome, Problem> {
    let password = password(typed)?;
    let auth = caller.visit.tenant_auth()?;
    Ok(auth.sign_in(login, password, &caller.visit.client).await?)
}

/// A password that can be looked at.
pub(super) fn password(typed: &str) -> Result<Password, Problem> {
    if typed.is_empty() {
        return Err(ErrorCode::PasswordEmpty.into());
    }
    Password::new(typed).map_err(|_| ErrorCode::PasswordTooLong.into())
}

/// The ticket of the step that an outcome brings, and the name of the step.
pub(super) fn ticket(outcome: &SignInOutcome) -> Option<(&'static str, &Ticket)> {
    match outcome {
        SignInOutcome::Enrol(step) => Some(("enrol", step.ticket())),
        SignInOutcome::Verify(step) => Some(("verify", step.ticket())),
        _ => None,
    }
}
