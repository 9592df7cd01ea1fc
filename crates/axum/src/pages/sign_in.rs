//! Sign-in with user name and password.

use super::arrival::signed_in;
use super::{Asking, answer, asked, home, seconds, wait_page};
use crate::flow::Flow;
use crate::form::{Attempt, Form, LostToken};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk::password::Password;
use slotwerk::{Login, LoginError, SignInOutcome, Throttled};

const TEMPLATE: &str = "sign_in.html";

/// What the page can say besides.
const NOTICES: [&str; 5] = ["changed", "signed-out", "over", "set-up", "code"];

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    notice: Option<String>,
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, look(&mut visit, asking))
}

async fn look(visit: &mut Visit, asking: Asking<Asked>) -> Result<Response, Refusal> {
    visit.tenant_id()?;
    let notice = asked(asking)
        .notice
        .filter(|notice| NOTICES.contains(&notice.as_str()));
    // A form that was sent twice leads here, too. What counts is the session that the first has begun.
    if visit.signed_in().await?.is_some() {
        return visit.redirect(home::after(notice.as_deref().unwrap_or_default()));
    }
    Ok(page(visit, StatusCode::OK, context! { notice }))
}

pub(crate) async fn submit(attempt: Attempt) -> Response {
    let Attempt { mut visit, form } = attempt;
    answer!(visit, check(&mut visit, form))
}

async fn check(visit: &mut Visit, form: Result<Form, LostToken>) -> Result<Response, Refusal> {
    let mut form = match form {
        Ok(form) => form,
        Err(LostToken { login }) => {
            let values = context! { login => login.as_str(), problem => "lost" };
            return Ok(page(visit, StatusCode::FORBIDDEN, values));
        }
    };
    let typed = form.take("login")?;
    let password = form.take("password")?;
    let unusable = |visit: &Visit, problem: &str| {
        let both_empty = problem == "empty-login" && password.is_empty();
        let values = context! { login => typed.as_str(), problem, both_empty };
        Ok(page(visit, StatusCode::UNPROCESSABLE_ENTITY, values))
    };
    let login = match Login::parse(&typed) {
        Ok(login) => login,
        Err(LoginError::Empty) => return unusable(visit, "empty-login"),
        Err(_) => return unusable(visit, "bad-login"),
    };
    if password.is_empty() {
        return unusable(visit, "empty-password");
    }
    let Ok(password) = Password::new(password.as_str()) else {
        return unusable(visit, "long-password");
    };
    let auth = visit.tenant_auth()?.clone();
    let answer = auth.sign_in(&login, password, &visit.client);
    let outcome = match answer.await {
        Ok(outcome) => outcome,
        Err(fault) => {
            return visit.typed_again(fault.into(), |status, problem| {
                page(visit, status, context! { login => typed.as_str(), problem })
            });
        }
    };
    let (ticket, account) = match &outcome {
        SignInOutcome::Enrol(step) => (step.ticket(), step.account()),
        SignInOutcome::Verify(step) => (step.ticket(), step.account()),
        SignInOutcome::SignedIn(grant) => {
            // The person who was here before may speak another language.
            visit.start_over().await?;
            return signed_in(visit, grant).await;
        }
        other => {
            let own = context! { login => typed.as_str(), notice => () };
            return Ok(refused(visit, TEMPLATE, other, own));
        }
    };
    let (ticket, locale) = (ticket.expose().to_owned(), account.locale.clone());
    let (shown, return_to) = (visit.flow.shown.clone(), visit.flow.return_to.clone());
    visit.forget().await?;
    visit.flow = Flow {
        ticket: Some(ticket),
        locale,
        shown,
        return_to,
        ..Flow::default()
    };
    visit.redirect("second-factor")
}

fn page(visit: &Visit, status: StatusCode, own: Value) -> Response {
    let nothing = context! { login => "", problem => (), wait_seconds => 0, notice => () };
    visit.page(status, TEMPLATE, context! { ..own, ..nothing })
}

/// The same page, with what keeps the sign-in from going on. `own` is what the page holds besides.
pub(super) fn refused(
    visit: &Visit,
    template: &str,
    answer: &SignInOutcome,
    own: Value,
) -> Response {
    let say = |problem: &str, wait_seconds: u64| context! { problem, wait_seconds, ..own.clone() };
    let (status, problem) = match answer {
        SignInOutcome::Throttled(Throttled::Wait(wait)) => {
            return wait_page(visit, *wait, template, say("throttled", seconds(*wait)));
        }
        SignInOutcome::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, "locked"),
        SignInOutcome::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
    };
    visit.page(status, template, say(problem, 0))
}
