//! Signed in, and out again.

use super::answer;
use crate::form::Submission;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, page(&mut visit))
}

async fn page(visit: &mut Visit) -> Result<Response, Refusal> {
    let tenant = visit.tenant_id()?.to_owned();
    let Some(signed_in) = visit.signed_in().await? else {
        return visit.redirect("sign-in");
    };
    let account = visit
        .portal
        .users
        .by_id(&tenant, &signed_in.account)
        .await?;
    let user = account.map(|account| account.login).unwrap_or_default();
    let remaining = visit
        .portal
        .auth
        .recovery_codes_left(&tenant, &signed_in.account)
        .await?;
    Ok(visit.page(StatusCode::OK, "home.html", context! { user, remaining }))
}

pub(crate) async fn sign_out(Submission { mut visit, .. }: Submission) -> Response {
    answer!(visit, leave(&mut visit))
}

async fn leave(visit: &mut Visit) -> Result<Response, Refusal> {
    visit.forget().await?;
    visit.redirect("sign-in?notice=signed-out")
}
