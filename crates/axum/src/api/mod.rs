//! The flow as a JSON API for single-page and native apps: the same steps and guards as the pages.

mod app_part;
mod authenticators;
mod body;
mod call;
mod code;
mod csrf;
mod desk;
mod document;
mod material;
mod mode;
mod next;
mod password;
mod problem;
mod requirement;
mod reset;
mod responses;
mod second_factor;
mod secret;
mod session;
mod set_up;
mod sign_in;
mod step_up;
mod typed_code;

use crate::deadline::LONGEST;
use crate::web::Web;
use axum::error_handling::HandleErrorLayer;
use axum::response::Response;
use axum::routing::any;
use axum::{BoxError, Router};
use code::ErrorCode;
use problem::Problem;
use std::time::Duration;
use tower::ServiceBuilder;
use tower::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations, to mount below a prefix.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(web: &Web) -> Router<S> {
    let (router, _) = operations(web.desk_gate().is_some()).split_for_parts();
    let router = router
        // The fallback of a nested router cannot stand below a variable part of the path.
        .route("/{*rest}", any(no_operation))
        .method_not_allowed_fallback(no_method)
        .with_state(web.clone());
    in_time(router)
}

/// Answers with a problem when an operation takes too long. The deadline of the pages comes a second later.
fn in_time<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let longest = LONGEST.saturating_sub(Duration::from_secs(1));
    router.layer(
        ServiceBuilder::new()
            .layer(HandleErrorLayer::new(too_slow))
            .layer(TimeoutLayer::new(longest)),
    )
}

async fn too_slow(_: BoxError) -> Response {
    Problem::new(ErrorCode::Busy).answer(None)
}

/// The operations with their part of the document, the help desk's included or not.
fn operations(has_desk: bool) -> OpenApiRouter<Web> {
    let operations = OpenApiRouter::with_openapi(document::Header::openapi())
        .routes(routes!(csrf::token))
        .routes(routes!(document::show))
        .routes(routes!(reset::request))
        .routes(routes!(reset::inspect))
        .routes(routes!(reset::complete))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(second_factor::state))
        .routes(routes!(set_up::begin))
        .routes(routes!(set_up::resend))
        .routes(routes!(set_up::confirm))
        .routes(routes!(second_factor::verify))
        .routes(routes!(second_factor::verify_two))
        .routes(routes!(second_factor::recovery_code))
        .routes(routes!(session::show))
        .routes(routes!(session::sign_out))
        .routes(routes!(session::list))
        .routes(routes!(session::end))
        .routes(routes!(session::end_others))
        .routes(routes!(password::requirements))
        .routes(routes!(password::change))
        .routes(routes!(step_up::status))
        .routes(routes!(step_up::begin))
        .routes(routes!(authenticators::list))
        .routes(routes!(authenticators::rename))
        .routes(routes!(authenticators::remove))
        .routes(routes!(authenticators::begin_add))
        .routes(routes!(authenticators::confirm_add))
        .routes(routes!(authenticators::begin_replace))
        .routes(routes!(authenticators::confirm_replace))
        .routes(routes!(authenticators::renew_recovery_codes));
    match has_desk {
        true => operations.merge(desk::operations()),
        false => operations,
    }
}

async fn no_operation() -> Response {
    Problem::new(ErrorCode::NotFound).answer(None)
}

async fn no_method() -> Response {
    Problem::new(ErrorCode::MethodNotAllowed).answer(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use axum::http::header::CONTENT_TYPE;
    use axum::routing::get;
    use std::future::pending;
    use tower::ServiceExt;

    #[tokio::test(start_paused = true)]
    async fn slow_operation_gets_a_problem() {
        let router = Router::new().route("/", get(pending::<()>));
        let begun = tokio::time::Instant::now();
        let request = Request::get("/").body(Body::empty()).unwrap();
        let answer = in_time(router).oneshot(request).await.unwrap();
        assert!(begun.elapsed() < LONGEST);
        assert_eq!(answer.status().as_u16(), 503);
        assert_eq!(answer.headers()[CONTENT_TYPE], problem::PROBLEM_JSON);
    }
}
