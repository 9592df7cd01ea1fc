//! Style and scripts, in the binary. The evaluator comes with the policy crate.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

const STYLE: &str = include_str!("../../static/portal.css");
const PASSWORD: &str = include_str!("../../static/password.js");
const COPY: &str = include_str!("../../static/copy.js");
const ONCE: &str = include_str!("../../static/once.js");
const PRINT: &str = include_str!("../../static/print.js");

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [(&str, &str, &str); 6] = [
    ("/static/portal.css", CSS, STYLE),
    ("/static/password.js", JAVASCRIPT, PASSWORD),
    ("/static/once.js", JAVASCRIPT, ONCE),
    ("/static/print.js", JAVASCRIPT, PRINT),
    ("/static/copy.js", JAVASCRIPT, COPY),
    (
        "/static/evaluator.js",
        JAVASCRIPT,
        slotwerk::policy::EVALUATOR,
    ),
];

pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let add =
        |router: Router<S>, (path, kind, text)| router.route(path, get(move || file(kind, text)));
    FILES.into_iter().fold(Router::new(), add)
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}
