//! Forgot password: the request for a link. The answer is the same whoever asks.

use super::answer;
use crate::form::{Attempt, Form, LostToken};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{Login, LoginError};

const TEMPLATE: &str = "forgot.html";

pub(crate) async fn show(visit: Visit) -> Response {
    match visit.tenant_id() {
        Ok(_) => page(&visit, StatusCode::OK, "", None, false),
        Err(refusal) => visit.refused(refusal),
    }
}

pub(crate) async fn submit(Attempt { visit, form }: Attempt) -> Response {
    answer!(visit, request(&visit, form))
}

async fn request(visit: &Visit, form: Result<Form, LostToken>) -> Result<Response, Refusal> {
    let mut form = match form {
        Ok(form) => form,
        Err(LostToken { login }) => {
            let forbidden = StatusCode::FORBIDDEN;
            return Ok(page(visit, forbidden, &login, Some("lost"), false));
        }
    };
    let typed = form.take("login")?;
    let login = match Login::parse(&typed) {
        Ok(login) => login,
        Err(LoginError::Empty) => {
            return Ok(page(
                visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                "",
                Some("empty-login"),
                false,
            ));
        }
        Err(_) => {
            return Ok(page(
                visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                &typed,
                Some("bad-login"),
                false,
            ));
        }
    };
    let recovery = visit.tenant_auth()?.recovery();
    match recovery.request(&login, &visit.client).await {
        Ok(_) => Ok(page(visit, StatusCode::OK, login.typed(), None, true)),
        Err(fault) => visit.typed_again(fault.into(), |status, problem| {
            page(visit, status, &typed, Some(problem), false)
        }),
    }
}

fn page(
    visit: &Visit,
    status: StatusCode,
    login: &str,
    problem: Option<&str>,
    sent: bool,
) -> Response {
    visit.page(status, TEMPLATE, context! { login, problem, sent })
}
