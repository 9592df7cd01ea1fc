//! The address by which password managers find the page to change a password
//! (<https://w3c.github.io/webappsec-change-password-url/>).

use super::answer;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::response::Response;

/// Leads to the page. A person who is not signed in signs in first, and comes back here after it.
pub(crate) async fn change_password(mut visit: Visit) -> Response {
    answer!(visit, lead(&mut visit))
}

async fn lead(visit: &mut Visit) -> Result<Response, Refusal> {
    if visit.signed_in().await?.is_some() {
        return visit.redirect("password");
    }
    visit.remember_address();
    visit.redirect("sign-in")
}
