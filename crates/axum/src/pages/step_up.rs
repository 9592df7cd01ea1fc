//! "Confirm that it is you": password and code once more, from somebody who is signed in and wants to change
//! the second factor. Until that sign-in is finished, the session stays as it was.

use super::answer;
use super::arrival::signed_in;
use super::guards::must_be_signed_in;
use super::sign_in::refused;
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use slotwerk::password::Password;
use slotwerk::{Login, SignInOutcome};

const TEMPLATE: &str = "step_up.html";

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let login = own_login(visit).await?;
    let values = context! { problem => (), wait_seconds => 0, user => login.typed() };
    Ok(visit.page(StatusCode::OK, TEMPLATE, values))
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, check(&mut visit, form))
}

async fn check(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let typed = form.take("password")?;
    let login = own_login(visit).await?;
    let user: Value = context! { user => login.typed() };
    let unusable = |visit: &Visit, problem: &str| {
        let values = context! { problem, wait_seconds => 0, ..user.clone() };
        Ok(visit.page(StatusCode::UNPROCESSABLE_ENTITY, TEMPLATE, values))
    };
    if typed.is_empty() {
        return unusable(visit, "empty-password");
    }
    let Ok(password) = Password::new(typed.as_str()) else {
        return unusable(visit, "long-password");
    };
    let auth = visit.tenant_auth()?.clone();
    let answer = auth.sign_in(&login, password, &visit.client);
    let (ticket, next) = match answer.await? {
        SignInOutcome::Verify(step) => (step.ticket().clone(), "second-factor/verify"),
        SignInOutcome::Enrol(step) => (step.ticket().clone(), "second-factor"),
        SignInOutcome::SignedIn(grant) => return signed_in(visit, &grant).await,
        other => return Ok(refused(visit, TEMPLATE, &other, user)),
    };
    visit.flow.ticket = Some(ticket.expose().to_owned());
    visit.flow.step_up.get_or_insert_default();
    visit.redirect(next)
}

/// The login of the session's account: whose password this is about is not for the form to say.
async fn own_login(visit: &mut Visit) -> Result<Login, Refusal> {
    let signed_in = must_be_signed_in(visit).await?;
    let login = Login::parse(&signed_in.account().login);
    login.map_err(|_| Refusal::Elsewhere("sign-in?notice=over"))
}
