//! Answers with a page when the database is out of order, and reports a file that is gone.

use crate::plain_page::PlainPages;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::Response;
use slotwerk_sqlx::{FileChanged, SqlStore};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often a portal without requests looks at its database file.
const EVERY: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(crate) struct DatabaseWatch {
    store: SqlStore,
    place: Arc<str>,
    pages: PlainPages,
    reported: Arc<Mutex<Option<FileChanged>>>,
}

impl DatabaseWatch {
    pub(crate) fn new(store: SqlStore, place: &str, pages: PlainPages) -> Self {
        Self {
            store,
            place: place.into(),
            pages,
            reported: Arc::default(),
        }
    }

    /// Looks as long as the portal runs.
    pub(crate) async fn keep_looking(self) {
        loop {
            self.is_there().await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Whether the database file is the one that was opened. A change is one line in the log.
    async fn is_there(&self) -> bool {
        let changed = self.store.check_file().await.err();
        if let Some(line) = self.news(changed) {
            crate::complain(&line);
        }
        changed.is_none()
    }

    fn news(&self, changed: Option<FileChanged>) -> Option<String> {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if *reported == changed {
            return None;
        }
        *reported = changed;
        let place = &self.place;
        Some(match changed {
            Some(changed) => format!(
                "the database {place}: {changed}; every page answers 503 until it is back (after a restore, \
                 restart the portal)"
            ),
            None => format!("the database {place}: the file is back"),
        })
    }
}

/// Lets a request through if the database file is there, and gives a failure without a page its page.
///
/// The session layer answers with an empty 500 when it cannot save a session, on a full disk, say.
pub(crate) async fn answer_for_faults(
    State(watch): State<DatabaseWatch>,
    request: Request,
    next: Next,
) -> Response {
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    let page = |status| watch.pages.answer(status, "fault", &path, &headers);
    if !watch.is_there().await {
        return page(StatusCode::SERVICE_UNAVAILABLE);
    }
    let answer = next.run(request).await;
    let status = answer.status();
    if status == StatusCode::INTERNAL_SERVER_ERROR && !answer.headers().contains_key(CONTENT_TYPE) {
        crate::complain("a session could not be saved; its request was answered with a fault");
        return page(status);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{self, Start};
    use crate::page::Pages;
    use crate::tenants;
    use crate::texts::Texts;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn watch(directory: &tempfile::TempDir) -> DatabaseWatch {
        let url = format!(
            "sqlite:{}",
            directory.path().join("portal.sqlite").display()
        );
        let (store, _) = database::open(&url, Start::New).await.unwrap();
        let pages = Pages::load(Texts::load().unwrap(), false).unwrap();
        let pages = PlainPages::new(pages, &[tenants::noord().unwrap()]);
        DatabaseWatch::new(store, "portal.sqlite", pages)
    }

    async fn answer(watch: &DatabaseWatch, path: &str) -> (StatusCode, String) {
        let empty = || async { StatusCode::INTERNAL_SERVER_ERROR };
        let router = Router::new()
            .route("/noord/unsaved", get(empty))
            .fallback(|| async { "a page" })
            .layer(from_fn_with_state(watch.clone(), answer_for_faults));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        (status, String::from_utf8(body.unwrap().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn lost_file_is_answered_with_503() {
        let directory = tempfile::tempdir().unwrap();
        let watch = watch(&directory).await;
        let (status, page) = answer(&watch, "/noord/sign-in").await;
        assert_eq!((status, page.as_str()), (StatusCode::OK, "a page"));
        let (file, elsewhere) = (
            directory.path().join("portal.sqlite"),
            directory.path().join("elsewhere"),
        );
        std::fs::rename(&file, &elsewhere).unwrap();
        let (status, page) = answer(&watch, "/noord/sign-in").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.contains("Er ging iets mis bij ons") && page.contains("Arbodienst Noord"));
        std::fs::rename(&elsewhere, &file).unwrap();
        let (status, _) = answer(&watch, "/noord/sign-in").await;
        assert_eq!(status, StatusCode::OK);
    }

    #[tokio::test]
    async fn failure_without_a_page_gets_one() {
        let directory = tempfile::tempdir().unwrap();
        let watch = watch(&directory).await;
        let (status, page) = answer(&watch, "/noord/unsaved").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.contains("Er ging iets mis bij ons"));
    }

    #[tokio::test]
    async fn each_change_is_reported_once() {
        let directory = tempfile::tempdir().unwrap();
        let watch = watch(&directory).await;
        assert_eq!(watch.news(None), None);
        let line = watch.news(Some(FileChanged::Missing)).unwrap();
        assert!(line.contains("portal.sqlite: the database file is missing"));
        assert_eq!(watch.news(Some(FileChanged::Missing)), None);
        assert!(watch.news(Some(FileChanged::Replaced)).is_some());
        assert!(watch.news(None).unwrap().contains("back"));
        assert_eq!(watch.news(None), None);
    }
}
