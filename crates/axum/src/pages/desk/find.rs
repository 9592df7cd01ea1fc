//! Finds an account by its user name.

use super::super::answer;
use super::{enter, links};
use crate::desk::{Desk, DeskAct, Reference};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::Login;

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let desk = enter(visit, DeskAct::Find).await?;
    page(visit, &desk, "", None).await
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, find(&mut visit, form))
}

async fn find(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let desk = enter(visit, DeskAct::Find).await?;
    let typed = form.take("login")?;
    if typed.trim().is_empty() {
        return page(visit, &desk, &typed, Some("empty-login")).await;
    }
    let found = match Login::parse(&typed) {
        Ok(login) => desk.admin().find(&login).await?,
        Err(_) => None,
    };
    match found {
        Some(account) => {
            let reference = Reference::to(&desk, &account.id)?;
            visit.redirect(&format!("desk/account/{reference}"))
        }
        None => page(visit, &desk, &typed, Some("unknown-login")).await,
    }
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    login: &str,
    problem: Option<&str>,
) -> Result<Response, Refusal> {
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let values = context! { links => links(desk).await?, login, problem };
    Ok(visit.page(status, "desk/find.html", values))
}
