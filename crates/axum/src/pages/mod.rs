//! The pages, one file for each step of the flow.

mod arrival;
pub(crate) mod authenticators;
pub(crate) mod change;
pub(crate) mod choose_factor;
pub(crate) mod clock;
pub(crate) mod desk;
pub(crate) mod enrol;
pub(crate) mod forgot;
mod guards;
pub(crate) mod home;
pub(crate) mod not_me;
pub(crate) mod recovery;
pub(crate) mod recovery_codes;
pub(crate) mod remove;
pub(crate) mod rename;
pub(crate) mod renew_codes;
pub(crate) mod reset;
pub(crate) mod rules;
pub(crate) mod sessions;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod statics;
pub(crate) mod step_up;
pub(crate) mod verify;

use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use minijinja::Value;
use std::time::Duration;

/// Runs a handler and answers with its page, or with the page about its refusal.
macro_rules! answer {
    ($visit:ident, $body:expr) => {{
        let result: Result<axum::response::Response, crate::refusal::Refusal> = $body.await;
        $visit.answer(result)
    }};
}
pub(crate) use answer;

/// What stands behind the question mark, which may be nonsense.
pub(crate) type Asking<T> = Result<Query<T>, QueryRejection>;

/// A question that cannot be read was not asked.
pub(crate) fn asked<T: Default>(asking: Asking<T>) -> T {
    asking.map(|Query(asked)| asked).unwrap_or_default()
}

/// Whole seconds to wait, rounded up: never a moment too early.
pub(crate) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A page that asks to wait, with the header that says so to programs.
pub(crate) fn wait_page(visit: &Visit, wait: Duration, template: &str, own: Value) -> Response {
    let mut response = visit.page(StatusCode::TOO_MANY_REQUESTS, template, own);
    if let Ok(value) = HeaderValue::from_str(&seconds(wait).to_string()) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// Leads on from a sign-in that is over. A person who is signed in meanwhile, and only loads its last page again, goes
/// home; a person who steps up begins that again.
pub(crate) async fn over(visit: &mut Visit) -> Result<Response, Refusal> {
    over_with(visit, "over").await
}

/// The same, with another notice: for a form that was sent twice, or too late.
pub(crate) async fn over_with(visit: &mut Visit, notice: &str) -> Result<Response, Refusal> {
    if visit.flow.step_up.is_some() {
        return visit.redirect("step-up");
    }
    if visit.signed_in().await?.is_some() {
        return visit.redirect(home::after(notice));
    }
    visit.redirect(&format!("sign-in?notice={notice}"))
}
