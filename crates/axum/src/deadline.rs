//! The longest that a request may take, and the page for one that takes longer. It is made without the session
//! and the store, which may be what it waits for.

use crate::away::retry_later;
use crate::plain_page::PlainPages;
use axum::error_handling::HandleErrorLayer;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::{BoxError, Router};
use std::time::Duration;
use tower::ServiceBuilder;
use tower::timeout::TimeoutLayer;

/// Hashing has a queue of its own with a shorter answer.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);

pub(crate) fn in_time(router: Router, pages: PlainPages) -> Router {
    // There is no other error than that it took too long.
    let answer = move |uri: Uri, headers: HeaderMap, _: BoxError| {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let answer = retry_later(pages.answer(status, "busy", uri.path(), &headers));
        async { answer }
    };
    router.layer(
        ServiceBuilder::new()
            .layer(HandleErrorLayer::new(answer))
            .layer(TimeoutLayer::new(LONGEST)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pages::plain_pages;
    use axum::body::Body;
    use axum::http::Request;
    use axum::http::header::{ACCEPT_LANGUAGE, RETRY_AFTER};
    use axum::routing::get;
    use std::future::pending;
    use tower::ServiceExt;

    async fn answer(path: &str, language: Option<&str>) -> (StatusCode, String) {
        let router = Router::new()
            .route("/noord/at-once", get(|| async { "at once" }))
            .fallback(pending::<()>);
        let router = in_time(router, plain_pages());
        let mut request = Request::get(path);
        if let Some(language) = language {
            request = request.header(ACCEPT_LANGUAGE, language);
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let status = answer.status();
        let retry = answer.headers().contains_key(RETRY_AFTER);
        assert_eq!(retry, status == StatusCode::SERVICE_UNAVAILABLE);
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        (status, String::from_utf8(body.unwrap().to_vec()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_is_answered_with_a_page() {
        let begun = tokio::time::Instant::now();
        let (status, page) = answer("/noord/sign-in", None).await;
        assert_eq!(begun.elapsed().as_secs(), 30);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.contains("Het is even te druk") && page.contains("Arbodienst Noord"));
        let (_, page) = answer("/noord/", Some("en")).await;
        assert!(page.contains("We are too busy just now") && page.contains("Arbodienst Noord"));
        let (_, page) = answer("/mailbox", None).await;
        assert!(page.contains("We are too busy just now") && !page.contains("Arbodienst"));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_ends_in_time_is_answered_as_it_is() {
        let (status, text) = answer("/noord/at-once", None).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "at once"));
    }
}
