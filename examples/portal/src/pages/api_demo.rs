//! A page whose script signs people in over the JSON API.

use crate::portal::Portal;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use slotwerk_axum::Visit;

const SCRIPT: &str = include_str!("../../static/api-demo.js");

/// The policy of the other pages, and requests to this host.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'",
);

pub(crate) async fn show(
    tenant: Result<Path<String>, PathRejection>,
    State(portal): State<Portal>,
    visit: Visit,
) -> Response {
    let id = tenant.map(|Path(id)| id).unwrap_or_default();
    if portal.web.auth().tenant(&id).await.is_err() {
        return visit.not_found();
    }
    let mut page = visit.page(StatusCode::OK, "api-demo.html", context! {});
    page.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    page
}

pub(crate) async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}
