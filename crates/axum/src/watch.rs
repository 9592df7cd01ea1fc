//! Watches something that the service needs, such as its database or its mail server.

use crate::away::Away;
use crate::web::Web;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use std::fmt::{Debug, Display, Formatter, Result as FmtResult};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Asks again and again whether something works, and logs each change once.
///
/// The host says how to ask, so that the watch knows no database and no mail server. A problem is a warning of `tracing`.
/// The end of the problem is an information.
///
/// ```
/// use slotwerk_axum::Watch;
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let watch = Watch::builder("the database", || async { Err("no answer") })
///     .every(Duration::from_secs(1))
///     .meanwhile("every page answers 503 until it is back")
///     .build();
/// // tokio::spawn(watch.clone().run());
/// assert!(watch.works().await, "nobody has asked yet");
/// watch.look().await;
/// assert!(!watch.works().await);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// [`Web::watched`] answers with a page while the database does not work, and [`Health`](crate::Health) reports it.
#[derive(Clone)]
pub struct Watch(Arc<Inner>);

struct Inner {
    settings: Settings,
    /// The problem that was reported last.
    problem: Mutex<Option<String>>,
    doubt: Notify,
}

struct Settings {
    what: String,
    meanwhile: Option<String>,
    back: String,
    every: Duration,
    patience: Duration,
    at_each_request: bool,
    probe: Box<dyn Fn() -> Answer + Send + Sync>,
}

/// The problem, if there is one.
type Answer = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// The settings of a [`Watch`].
#[must_use = "nothing is watched until build() is called"]
pub struct WatchBuilder(Settings);

impl Watch {
    /// Watches `what`, such as `the database`. Each line of the log begins with it. `probe` asks whether it works; its
    /// error says why it does not, and must be fit for a log.
    pub fn builder<F, A, E>(what: impl Into<String>, probe: F) -> WatchBuilder
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        WatchBuilder(Settings {
            what: what.into(),
            meanwhile: None,
            back: "it answers again".to_owned(),
            every: Duration::from_secs(5),
            patience: Duration::from_secs(3),
            at_each_request: false,
            probe: Box::new(move || {
                let answer = probe();
                Box::pin(async move { answer.await.err().map(|problem| problem.to_string()) })
            }),
        })
    }

    /// Asks at once, and then again and again, for as long as the service runs.
    pub async fn run(self) {
        loop {
            self.look().await;
            // Until the time has come, or a request is in doubt.
            let _ = timeout(self.0.settings.every, self.0.doubt.notified()).await;
        }
    }

    /// Asks now, and logs a change.
    pub async fn look(&self) {
        let settings = &self.0.settings;
        let problem = timeout(settings.patience, (settings.probe)()).await;
        let problem = problem.unwrap_or_else(|_| Some("no answer in time".to_owned()));
        if let Some(news) = self.news(problem) {
            news.log();
        }
    }

    /// Asks soon, in [`run`](Self::run): somebody found that it does not work.
    pub fn doubt(&self) {
        self.0.doubt.notify_one();
    }

    /// Whether it worked at the last look, or with [`WatchBuilder::at_each_request`] whether it works now.
    pub async fn works(&self) -> bool {
        if self.0.settings.at_each_request {
            self.look().await;
        }
        self.known().is_none()
    }

    /// The problem, if there was one at the last look.
    fn known(&self) -> Option<String> {
        let problem = self.0.problem.lock();
        problem.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn news(&self, problem: Option<String>) -> Option<News> {
        let known = self.0.problem.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if *known == problem {
            return None;
        }
        known.clone_from(&problem);
        let Settings { what, back, .. } = &self.0.settings;
        Some(match (problem, &self.0.settings.meanwhile) {
            (None, _) => News::Works(format!("{what}: {back}")),
            (Some(problem), None) => News::Fails(format!("{what}: {problem}")),
            (Some(problem), Some(meanwhile)) => {
                News::Fails(format!("{what}: {problem}; {meanwhile}"))
            }
        })
    }
}

/// A line for the log.
#[derive(Debug, PartialEq, Eq)]
enum News {
    Works(String),
    Fails(String),
}

impl News {
    fn log(self) {
        match self {
            Self::Works(line) => tracing::info!("{line}"),
            Self::Fails(line) => tracing::warn!("{line}"),
        }
    }
}

impl WatchBuilder {
    /// The time between two looks. Default: 5 seconds.
    pub fn every(mut self, every: Duration) -> Self {
        self.0.every = every;
        self
    }

    /// The longest that an answer may take. Default: 3 seconds.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.0.patience = patience;
        self
    }

    /// The consequence until it works again, for the log.
    pub fn meanwhile(mut self, meanwhile: impl Into<String>) -> Self {
        self.0.meanwhile = Some(meanwhile.into());
        self
    }

    /// The line of the log when it works again. Default: "it answers again".
    pub fn when_back(mut self, back: impl Into<String>) -> Self {
        self.0.back = back.into();
        self
    }

    /// Asks at each request, too. For a question that costs almost nothing, such as one for a file.
    pub fn at_each_request(mut self) -> Self {
        self.0.at_each_request = true;
        self
    }

    /// The watch. It asks nothing until [`Watch::run`] or [`Watch::look`].
    #[must_use]
    pub fn build(self) -> Watch {
        Watch(Arc::new(Inner {
            settings: self.0,
            problem: Mutex::default(),
            doubt: Notify::new(),
        }))
    }
}

impl Debug for Watch {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        f.debug_struct("Watch")
            .field("what", &self.0.settings.what)
            .field("problem", &self.known())
            .finish_non_exhaustive()
    }
}

impl Web {
    /// Answers the requests to `router` with the page for it while the watched database does not work. If a request
    /// itself finds the database away, the watch asks at once.
    pub fn watched<S>(&self, router: Router<S>, database: &Watch) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let state = (self.clone(), database.clone());
        router.layer(from_fn_with_state(state, answer_while_away))
    }
}

async fn answer_while_away(
    State((web, database)): State<(Web, Watch)>,
    request: Request,
    next: Next,
) -> Response {
    if !database.works().await {
        return web.away_page(request).await;
    }
    let answer = next.run(request).await;
    if answer.extensions().get::<Away>().is_some() {
        database.doubt();
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use slotwerk::Auth;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use tower::ServiceExt;

    /// Something that can be switched off, and a count of the looks.
    #[derive(Clone, Default)]
    struct Switch(Arc<(AtomicBool, AtomicUsize)>);

    impl Switch {
        fn set_off(&self, off: bool) {
            self.0.0.store(off, Ordering::SeqCst);
        }

        fn asked(&self) -> usize {
            self.0.1.load(Ordering::SeqCst)
        }

        fn builder(&self) -> WatchBuilder {
            let switch = self.clone();
            Watch::builder("the database d", move || {
                let switch = switch.clone();
                async move {
                    switch.0.1.fetch_add(1, Ordering::SeqCst);
                    match switch.0.0.load(Ordering::SeqCst) {
                        true => Err("the file is missing"),
                        false => Ok(()),
                    }
                }
            })
        }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn each_change_is_reported_once() {
        let watch = Switch::default().builder().meanwhile("it waits").build();
        assert_eq!(watch.news(None), None);
        let missing = watch.news(some("missing"));
        let line = "the database d: missing; it waits".to_owned();
        assert_eq!(missing, Some(News::Fails(line)));
        assert_eq!(watch.news(some("missing")), None);
        assert!(watch.news(some("replaced")).is_some(), "another problem");
        let line = "the database d: it answers again".to_owned();
        assert_eq!(watch.news(None), Some(News::Works(line)));
        assert_eq!(watch.news(None), None);
    }

    #[tokio::test]
    async fn last_look_counts() {
        let switch = Switch::default();
        let watch = switch.builder().build();
        switch.set_off(true);
        assert!(watch.works().await);
        watch.look().await;
        assert!(!watch.works().await);
        assert_eq!(switch.asked(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_a_problem() {
        let watch = Watch::builder("it", std::future::pending::<Result<(), String>>).build();
        watch.look().await;
        assert_eq!(watch.known().as_deref(), Some("no answer in time"));
    }

    #[tokio::test(start_paused = true)]
    async fn doubt_shortens_the_wait() {
        let switch = Switch::default();
        let watch = switch.builder().every(Duration::from_secs(3600)).build();
        watch.doubt();
        let running = watch.run();
        // The clock is paused: it moves on only when every task waits.
        assert!(timeout(Duration::from_secs(60), running).await.is_err());
        assert_eq!(switch.asked(), 2, "at once, and after the doubt");
    }

    async fn answer(watch: &Watch) -> (StatusCode, String) {
        let web = Web::builder(Auth::for_tests().unwrap().auth.clone());
        let web = web.build().unwrap();
        let router = Router::new().fallback(|| async { "a page" });
        let request = Request::get("/noord/sign-in").body(Body::empty()).unwrap();
        let answer = web.watched(router, watch).oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn page_while_database_is_away() {
        let switch = Switch::default();
        let watch = switch.builder().at_each_request().build();
        let (status, page) = answer(&watch).await;
        assert_eq!((status, page.as_str()), (StatusCode::OK, "a page"));
        switch.set_off(true);
        let (status, page) = answer(&watch).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.contains("href=\"&#x2f;noord&#x2f;sign-in\""), "{page}");
        switch.set_off(false);
        assert_eq!(answer(&watch).await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn failed_request_raises_doubt() {
        let watch = Switch::default().builder().build();
        let web = Web::builder(Auth::for_tests().unwrap().auth.clone());
        let web = web.build().unwrap();
        let router =
            Router::new().fallback(|| async { crate::away::marked(Response::new(Body::empty())) });
        let request = Request::get("/").body(Body::empty()).unwrap();
        drop(web.watched(router, &watch).oneshot(request).await);
        // The doubt is kept for the next wait.
        let kept = timeout(Duration::ZERO, watch.0.doubt.notified()).await;
        assert!(kept.is_ok());
    }
}
