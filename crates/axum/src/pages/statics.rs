//! Style and scripts, in the binary. The evaluator comes with the policy crate.

use crate::brand_style::brand_style;
use crate::visit::Visit;
use crate::web::Web;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const STYLE: &str = include_str!("../../static/portal.css");
const PASSWORD: &str = include_str!("../../static/password.js");
const COPY: &str = include_str!("../../static/copy.js");
const ONCE: &str = include_str!("../../static/once.js");
const PROBLEM: &str = include_str!("../../static/problem.js");
const COUNTDOWN: &str = include_str!("../../static/countdown.js");
const REVEAL: &str = include_str!("../../static/reveal.js");
const PRINT: &str = include_str!("../../static/print.js");

const ICON: &str = include_str!("../../static/favicon.svg");

const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [(&str, &str, &str); 9] = [
    ("/static/password.js", JAVASCRIPT, PASSWORD),
    ("/static/once.js", JAVASCRIPT, ONCE),
    ("/static/problem.js", JAVASCRIPT, PROBLEM),
    ("/static/countdown.js", JAVASCRIPT, COUNTDOWN),
    ("/static/reveal.js", JAVASCRIPT, REVEAL),
    ("/static/favicon.svg", SVG, ICON),
    ("/static/print.js", JAVASCRIPT, PRINT),
    ("/static/copy.js", JAVASCRIPT, COPY),
    (
        "/static/evaluator.js",
        JAVASCRIPT,
        slotwerk::policy::EVALUATOR,
    ),
];

pub(crate) fn router<S>() -> Router<S>
where
    Web: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    let add =
        |router: Router<S>, (path, kind, text)| router.route(path, get(move || file(kind, text)));
    let style = Router::new().route("/static/portal.css", get(style));
    FILES.into_iter().fold(style, add)
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}

/// The built-in style, then the host's.
async fn style(State(web): State<Web>) -> impl IntoResponse {
    ([(CONTENT_TYPE, CSS)], [STYLE, web.style()].concat())
}

/// The colours of a tenant.
pub(crate) async fn brand(visit: Visit) -> Response {
    let colours = visit.tenant_auth().map(|auth| {
        let colour = auth.settings().brand().colour();
        ([(CONTENT_TYPE, CSS)], brand_style(colour)).into_response()
    });
    colours.unwrap_or_else(|refusal| visit.refused(refusal))
}
