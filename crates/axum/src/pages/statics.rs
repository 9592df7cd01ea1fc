//! Style and scripts, in the binary. The evaluator comes with the policy crate.

use crate::brand_style::brand_style;
use crate::web::Web;
use axum::Router;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use slotwerk::Fault;

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

/// A logo is a picture: as a page of its own it loads and runs nothing.
const LOGO_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

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
    let style = Router::new()
        .route("/static/portal.css", get(style))
        .route("/static/brand/{tenant}", get(brand))
        .route("/static/brand/{tenant}/logo", get(logo));
    FILES.into_iter().fold(style, add)
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}

/// The built-in style, then the host's.
async fn style(State(web): State<Web>) -> impl IntoResponse {
    ([(CONTENT_TYPE, CSS)], [STYLE, web.style()].concat())
}

/// The colours of a tenant. An unregistered one, or one whose settings cannot be read now, has the built-in colours.
async fn brand(State(web): State<Web>, Path(tenant): Path<String>) -> impl IntoResponse {
    let style = match web.auth().tenant(&tenant).await {
        Ok(tenant) => brand_style(tenant.settings().brand().colour()),
        Err(Fault::UnknownTenant) => String::new(),
        Err(fault) => {
            tracing::error!("{fault}");
            String::new()
        }
    };
    ([(CONTENT_TYPE, CSS)], style)
}

/// The logo of a tenant.
async fn logo(State(web): State<Web>, Path(tenant): Path<String>) -> Response {
    let tenant = match web.auth().tenant(&tenant).await {
        Ok(tenant) => tenant,
        Err(Fault::UnknownTenant) => return StatusCode::NOT_FOUND.into_response(),
        Err(fault) => {
            tracing::error!("{fault}");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let Some(logo) = tenant.settings().brand().logo() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, logo.media_type()),
        (CONTENT_SECURITY_POLICY, LOGO_POLICY),
    ];
    (headers, logo.bytes().to_vec()).into_response()
}
