//! The pages, one file for each step of the flow.

pub(crate) mod authenticators;
pub(crate) mod change;
pub(crate) mod choose_factor;
pub(crate) mod clock;
pub(crate) mod enrol;
pub(crate) mod forgot;
pub(crate) mod front;
pub(crate) mod home;
pub(crate) mod mail;
pub(crate) mod not_me;
pub(crate) mod recovery;
pub(crate) mod recovery_codes;
pub(crate) mod remove;
pub(crate) mod rename;
pub(crate) mod renew_codes;
pub(crate) mod reset;
pub(crate) mod rules;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod statics;
pub(crate) mod step_up;
pub(crate) mod verify;

use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use minijinja::Value;
use std::time::Duration;

/// Runs a handler and turns its refusal into a page.
macro_rules! answer {
    ($visit:ident, $body:expr) => {{
        let result: Result<axum::response::Response, crate::refusal::Refusal> = $body.await;
        match result {
            Ok(response) => response,
            Err(refusal) => refusal.page(&$visit),
        }
    }};
}
pub(crate) use answer;

/// The variable parts of an address, which may be nonsense.
pub(crate) type Parts<T> = Result<Path<T>, PathRejection>;

/// What stands behind the question mark, which may be nonsense.
pub(crate) type Asking<T> = Result<Query<T>, QueryRejection>;

/// An address that cannot be read leads nowhere.
pub(crate) fn parts<T>(address: Parts<T>) -> Result<T, Refusal> {
    address
        .map(|Path(parts)| parts)
        .map_err(|_| Refusal::NotFound)
}

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

/// Where a sign-in that is over leads to. Whoever is signed in meanwhile, and only loads its last page again,
/// is led home; whoever confirms who they are begins that again.
pub(crate) fn over(visit: &Visit) -> Result<Response, Refusal> {
    over_with(visit, "over")
}

/// The same, with another notice: for a form that was sent twice, or too late.
pub(crate) fn over_with(visit: &Visit, notice: &str) -> Result<Response, Refusal> {
    if visit.person.step_up.is_some() {
        return visit.redirect("step-up");
    }
    if visit.person.signed_in.is_some() {
        return visit.redirect(home::after(notice));
    }
    visit.redirect(&format!("sign-in?notice={notice}"))
}
