//! The address by which password managers find the page to change a password
//! (<https://w3c.github.io/webappsec-change-password-url/>).

use super::answer;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::response::Response;

/// Leads to the page. A person who is not signed in signs in first, and gets there after it.
pub(crate) async fn change_password(visit: Visit) -> Response {
    answer!(visit, lead(&visit))
}

async fn lead(visit: &Visit) -> Result<Response, Refusal> {
    visit.redirect("password")
}
