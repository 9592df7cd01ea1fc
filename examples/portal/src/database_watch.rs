//! Answers with a page when the database is out of order, and reports a file that is gone or a server that is away.

use crate::pool::{Pool, on_each};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use slotwerk_axum::{Away, Web};
use slotwerk_sqlx::{FileChanged, SqlStore};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// How often a portal without requests looks at its database file.
const EVERY: Duration = Duration::from_secs(5);

/// How often it asks a server, and how long the server may take.
const SERVER_EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub(crate) struct DatabaseWatch {
    store: SqlStore,
    /// The one connection to a server that the watch keeps for itself, so that busy requests do not look like a
    /// database that is away. `None` for SQLite.
    server: Option<Pool>,
    place: Arc<str>,
    reported: Arc<Mutex<Option<FileChanged>>>,
    away: Arc<AtomicBool>,
    doubt: Arc<Notify>,
}

impl DatabaseWatch {
    pub(crate) fn new(store: SqlStore, server: Option<Pool>, place: &str) -> Self {
        Self {
            store,
            server,
            place: place.into(),
            reported: Arc::default(),
            away: Arc::default(),
            doubt: Arc::default(),
        }
    }

    pub(crate) fn asks_a_server(&self) -> bool {
        self.server.is_some()
    }

    /// A request found the database away, which may have happened since the last look.
    pub(crate) fn look_now(&self) {
        self.doubt.notify_one();
    }

    /// Looks as long as the portal runs.
    pub(crate) async fn keep_looking(self) {
        loop {
            let every = match &self.server {
                Some(server) => {
                    let answers = answers(server).await;
                    if let Some(line) = self.server_news(answers) {
                        crate::complain(&line);
                    }
                    SERVER_EVERY
                }
                None => {
                    self.is_there().await;
                    EVERY
                }
            };
            // Whichever comes first.
            let _ = timeout(every, self.doubt.notified()).await;
        }
    }

    fn server_news(&self, answers: bool) -> Option<String> {
        if self.away.swap(!answers, Ordering::Relaxed) != answers {
            return None;
        }
        let place = &self.place;
        Some(if answers {
            format!("the database {place}: it answers again")
        } else {
            format!("the database {place}: no answer; every page answers 503 until it is back")
        })
    }

    /// Whether the database can be used, as far as is known: an SQLite file is the one that was opened, a server
    /// answered when it was asked last. A change is one line in the log.
    pub(crate) async fn is_there(&self) -> bool {
        if self.server.is_some() {
            return !self.away.load(Ordering::Relaxed);
        }
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

/// Whether a server answers in time.
async fn answers(server: &Pool) -> bool {
    let asking = async {
        on_each!(server, connections => sqlx::query("SELECT 1").execute(connections).await.map(drop))
    };
    matches!(timeout(PATIENCE, asking).await, Ok(Ok(())))
}

/// Lets a request through if the database is there. Otherwise answers with the page for that.
pub(crate) async fn answer_for_faults(
    State((watch, web)): State<(DatabaseWatch, Web)>,
    request: Request,
    next: Next,
) -> Response {
    if !watch.is_there().await {
        return web.away_page(request).await;
    }
    let answer = next.run(request).await;
    if answer.extensions().get::<Away>().is_some() {
        watch.look_now();
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{self, Start};
    use crate::tenants;
    use axum::Router;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use slotwerk::Auth;
    use tower::ServiceExt;

    async fn watch(directory: &tempfile::TempDir) -> DatabaseWatch {
        let url = format!(
            "sqlite:{}",
            directory.path().join("portal.sqlite").display()
        );
        let (store, _) = database::open(&url, Start::New).await.unwrap();
        DatabaseWatch::new(store, None, "portal.sqlite")
    }

    async fn answer(watch: &DatabaseWatch, path: &str) -> (StatusCode, String) {
        let noord = tenants::noord().unwrap();
        let test = Auth::for_tests().unwrap();
        test.auth.put_tenant(noord.clone()).unwrap();
        let web = Web::builder(test.auth.clone()).database_comes_back(watch.asks_a_server());
        let web = web.build().unwrap();
        web.plain_pages().learn(&noord);
        let state = (watch.clone(), web);
        let router = Router::new()
            .fallback(|| async { "a page" })
            .layer(from_fn_with_state(state, answer_for_faults));
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

    #[tokio::test]
    async fn server_is_reported_away_and_back() {
        let directory = tempfile::tempdir().unwrap();
        let (_, pool) = database::open("sqlite::memory:", Start::New).await.unwrap();
        let watch = DatabaseWatch {
            server: Some(pool.clone()),
            ..watch(&directory).await
        };
        assert!(answers(&pool).await);
        assert_eq!(watch.server_news(true), None);
        assert!(watch.server_news(false).unwrap().contains("no answer"));
        assert_eq!(watch.server_news(false), None);
        let (status, page) = answer(&watch, "/noord/sign-in").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            page.contains("We kunnen even niet bij onze gegevens")
                && page.contains("href=\"&#x2f;noord&#x2f;sign-in\"")
        );
        assert!(watch.server_news(true).unwrap().contains("again"));
        let (status, _) = answer(&watch, "/noord/sign-in").await;
        assert_eq!(status, StatusCode::OK);
    }
}
