//! The longest that a request may take, and the page for one that takes longer. It is made without the session
//! and the store, which may be what it waits for.

use crate::language::Language;
use crate::page::{Common, Pages, TenantName};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use minijinja::context;
use slotwerk::Tenant;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Hashing has a queue of its own with a shorter answer.
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct Deadline {
    pages: Pages,
    tenants: Arc<[Tenant]>,
}

impl Deadline {
    pub(crate) fn new(pages: Pages, tenants: &[Tenant]) -> Self {
        let tenants = tenants.into();
        Self { pages, tenants }
    }

    async fn keep(
        &self,
        path: &str,
        headers: &HeaderMap,
        answer: impl Future<Output = Response>,
    ) -> Response {
        match timeout(LONGEST, answer).await {
            Ok(answer) => answer,
            Err(_) => self.too_busy(path, headers),
        }
    }

    fn too_busy(&self, path: &str, headers: &HeaderMap) -> Response {
        let id = path.split('/').nth(1).unwrap_or_default();
        let tenant = self.tenants.iter().find(|tenant| tenant.id == id);
        let name = tenant.map(TenantName::from);
        let common = Common {
            language: Language::asked_for(headers)
                .or_else(|| Language::from_tag(&tenant?.language))
                .unwrap_or(Language::En),
            tenant: name.as_ref(),
            csrf: "",
            stepping_up: false,
        };
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let own = context! { status => status.as_u16(), kind => "busy" };
        self.pages.answer(status, "error.html", &common, own)
    }
}

pub(crate) async fn in_time(
    State(deadline): State<Deadline>,
    request: Request,
    next: Next,
) -> Response {
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    deadline.keep(&path, &headers, next.run(request)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenants;
    use crate::texts::Texts;
    use axum::http::header::ACCEPT_LANGUAGE;
    use axum::response::IntoResponse;
    use std::future::{pending, ready};

    fn deadline() -> Deadline {
        let pages = Pages::load(Texts::load().unwrap(), false).unwrap();
        Deadline::new(pages, &[tenants::noord().unwrap()])
    }

    async fn text(answer: Response) -> String {
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        String::from_utf8(body.unwrap().to_vec()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_is_answered_with_a_page() {
        let (deadline, nobody) = (deadline(), HeaderMap::new());
        let answer = deadline.keep("/noord/sign-in", &nobody, pending()).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let page = text(answer).await;
        assert!(page.contains("Het is even te druk") && page.contains("Arbodienst Noord"));

        let mut english = HeaderMap::new();
        english.insert(ACCEPT_LANGUAGE, "en".parse().unwrap());
        let page = text(deadline.keep("/noord/", &english, pending()).await).await;
        assert!(page.contains("We are too busy just now") && page.contains("Arbodienst Noord"));
        let page = text(deadline.keep("/mailbox", &nobody, pending()).await).await;
        assert!(page.contains("We are too busy just now") && !page.contains("Arbodienst"));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_ends_in_time_is_answered_as_it_is() {
        let answer = ready(StatusCode::OK.into_response());
        let answer = deadline().keep("/noord/", &HeaderMap::new(), answer).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(text(answer).await.is_empty());
    }
}
