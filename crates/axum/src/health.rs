//! Answers for load balancers and supervisors: whether the process lives, and whether it can do its work.

use crate::watch::Watch;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::fmt::{Debug, Display, Formatter, Result as FmtResult};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// The longest that one check may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// The routes `/healthz` and `/readyz`.
///
/// `GET /healthz` answers 200 while the process lives. `GET /readyz` answers 200 if every check succeeds, or 503 with the
/// reason of the first check that does not. Neither takes a session or sets a cookie. The reasons are public, and the
/// causes are in the log only.
///
/// ```
/// use axum::Router;
/// use slotwerk_axum::{Health, Watch};
///
/// # async fn ping() -> Result<(), std::io::Error> { Ok(()) }
/// let database = Watch::builder("the database", ping).build();
/// let health = Health::new()
///     .watch("database: away", &database)
///     .check("disk: full", || async { Err("3 bytes are left") });
/// let app: Router = Router::new().merge(health.routes());
/// ```
#[derive(Default)]
#[must_use = "nothing is answered without the routes"]
pub struct Health {
    checks: Vec<Check>,
    /// The reason that the log has already.
    reported: Mutex<Option<&'static str>>,
}

struct Check {
    reason: &'static str,
    probe: Box<dyn Fn() -> Answer + Send + Sync>,
}

/// The cause of a failure. `None` if the log has it from elsewhere.
type Answer = Pin<Box<dyn Future<Output = Result<(), Option<String>>> + Send>>;

impl Health {
    /// Ready as long as the process lives.
    pub fn new() -> Self {
        Self::default()
    }

    /// Not ready for this reason while the watched thing does not work. The watch itself logs the cause.
    pub fn watch(mut self, reason: &'static str, watch: &Watch) -> Self {
        let watch = watch.clone();
        self.checks.push(Check {
            reason,
            probe: Box::new(move || {
                let watch = watch.clone();
                Box::pin(async move { watch.works().await.then_some(()).ok_or(None) })
            }),
        });
        self
    }

    /// Not ready for this reason if the check fails or takes longer than 3 seconds. Its error is the cause for the log.
    pub fn check<F, A, E>(mut self, reason: &'static str, check: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        self.checks.push(Check {
            reason,
            probe: Box::new(move || {
                let answer = check();
                Box::pin(async move { answer.await.map_err(|cause| Some(cause.to_string())) })
            }),
        });
        self
    }

    /// The routes. Put them beside the router of [`Web::watched`](crate::Web::watched), not into it.
    pub fn routes<S>(self) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let health = Arc::new(self);
        let ready = move || {
            let health = Arc::clone(&health);
            async move { health.answer().await }
        };
        Router::new()
            .route("/healthz", get(|| async { "alive\n" }))
            .route("/readyz", get(ready))
    }

    async fn answer(&self) -> Response {
        match self.problem().await {
            None => "ready\n".into_response(),
            Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
        }
    }

    async fn problem(&self) -> Option<&'static str> {
        for check in &self.checks {
            let answer = timeout(PATIENCE, (check.probe)()).await;
            let answer = answer.unwrap_or_else(|_| Err(Some("no answer in time".to_owned())));
            if let Err(cause) = answer {
                self.report(check.reason, cause);
                return Some(check.reason);
            }
        }
        self.lock_reported().take();
        None
    }

    /// One line for a reason, however often somebody asks.
    fn report(&self, reason: &'static str, cause: Option<String>) {
        let before = self.lock_reported().replace(reason);
        if let (true, Some(cause)) = (before != Some(reason), cause) {
            tracing::warn!("not ready: {reason}: {cause}");
        }
    }

    fn lock_reported(&self) -> std::sync::MutexGuard<'_, Option<&'static str>> {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Debug for Health {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        let reasons = self.checks.iter().map(|check| check.reason);
        f.debug_list().entries(reasons).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use std::future::{pending, ready};
    use tower::ServiceExt;

    async fn ask(health: Health, path: &str) -> (StatusCode, String) {
        let router: Router = health.routes();
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    const UNREADY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

    #[tokio::test]
    async fn first_failed_check_is_named() {
        let fine = || ready(Ok::<_, String>(()));
        let health = || Health::new().check("one: away", fine);
        let ready_answer = (StatusCode::OK, "ready\n".to_owned());
        assert_eq!(ask(health(), "/readyz").await, ready_answer);
        let failing = health()
            .check("two: away", || ready(Err("secret-cause")))
            .check("three: away", || ready(Err("another")));
        let answer = ask(failing, "/readyz").await;
        assert_eq!(answer, (UNREADY, "two: away\n".to_owned()));
    }

    #[tokio::test]
    async fn life_needs_no_check() {
        let failing = Health::new().check("one: away", || ready(Err("cause")));
        let answer = ask(failing, "/healthz").await;
        assert_eq!(answer, (StatusCode::OK, "alive\n".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn silent_check_is_unready() {
        let silent = Health::new().check("one: away", pending::<Result<(), String>>);
        assert_eq!(ask(silent, "/readyz").await.0, UNREADY);
    }

    #[tokio::test]
    async fn watched_problem_is_unready() {
        let watch = Watch::builder("it", || ready(Err("gone"))).build();
        watch.look().await;
        let answer = ask(Health::new().watch("it: away", &watch), "/readyz").await;
        assert_eq!(answer, (UNREADY, "it: away\n".to_owned()));
    }
}
