//! Finds an account by its user name.

use super::super::answer;
use super::entry::{enter, links};
use crate::desk::{Desk, DeskAct, Reference};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::Login;

/// The other pages that one may begin with.
const OTHERS: [(DeskAct, &str); 3] = [
    (DeskAct::ListSecondFactors, "desk/second-factors"),
    (DeskAct::ReadTrail, "desk/trail"),
    (DeskAct::SeeRules, "desk/rules"),
];

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

/// The first page of the desk. An administrator who may not find accounts goes to the first page that is allowed.
async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    match enter(visit, DeskAct::Find).await {
        Ok(desk) => page(visit, &desk, "", None).await,
        Err(Refusal::DeskNotAllowed) => {
            for (act, page) in OTHERS {
                if Desk::enter(visit, act).await.is_ok() {
                    return visit.redirect(page);
                }
            }
            Err(Refusal::DeskNotAllowed)
        }
        Err(refusal) => Err(refusal),
    }
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
