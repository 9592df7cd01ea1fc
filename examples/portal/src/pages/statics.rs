//! Style and scripts, in the binary. The evaluator comes with the policy crate.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

const STYLE: &str = include_str!("../../static/portal.css");
const PASSWORD: &str = include_str!("../../static/password.js");
const COPY: &str = include_str!("../../static/copy.js");
const ONCE: &str = include_str!("../../static/once.js");
const PRINT: &str = include_str!("../../static/print.js");

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, CSS)], STYLE)
}

pub(crate) async fn password() -> impl IntoResponse {
    ([(CONTENT_TYPE, JAVASCRIPT)], PASSWORD)
}

pub(crate) async fn copy() -> impl IntoResponse {
    ([(CONTENT_TYPE, JAVASCRIPT)], COPY)
}

pub(crate) async fn once() -> impl IntoResponse {
    ([(CONTENT_TYPE, JAVASCRIPT)], ONCE)
}

pub(crate) async fn print() -> impl IntoResponse {
    ([(CONTENT_TYPE, JAVASCRIPT)], PRINT)
}

pub(crate) async fn evaluator() -> impl IntoResponse {
    ([(CONTENT_TYPE, JAVASCRIPT)], slotwerk::policy::EVALUATOR)
}
