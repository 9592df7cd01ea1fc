//! The counters of the service, for Prometheus.

use crate::web::Web;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use slotwerk::{Backlog, Counters};
use std::time::Duration;
use tokio::time::timeout;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How long the store may take to count the outbox.
const PATIENCE: Duration = Duration::from_secs(3);

impl Web {
    /// `GET /metrics`, in the text format of OpenMetrics, which Prometheus reads. Feature `metrics`.
    ///
    /// No other router has this route. Serve it at an address that only the monitoring reaches: the counts show when
    /// accounts are under attack. Its labels are the names and reasons of events. No label names a tenant or an account.
    ///
    /// | Metric | Meaning |
    /// |---|---|
    /// | `slotwerk_events_total{event, reason}` | events of this process, such as `sign_in_rejected` for `throttled` |
    /// | `slotwerk_hashes_total` | jobs of the hashing pool that are done |
    /// | `slotwerk_hashing_seconds_total` | the time that they took |
    /// | `slotwerk_hashes_in_flight`, `slotwerk_hashes_waiting` | jobs accepted and not done, and those that wait for a worker |
    /// | `slotwerk_open_connections` | open connections of [`Web::serve`] |
    /// | `slotwerk_outbox_waiting` | mails that wait, of all processes |
    /// | `slotwerk_outbox_oldest_ready_timestamp_seconds` | since when the oldest of them could be sent |
    ///
    /// The last two are missing while the store does not answer. The last one is also missing if no mail is ready.
    ///
    /// ```
    /// # async fn serve(web: slotwerk_axum::Web) -> std::io::Result<()> {
    /// let inside = tokio::net::TcpListener::bind("127.0.0.1:9464").await?;
    /// let metrics = axum::serve(inside, web.metrics_router());
    /// # metrics.await
    /// # }
    /// ```
    pub fn metrics_router(&self) -> Router {
        let web = self.clone();
        let show = move || {
            let web = web.clone();
            async move { web.metrics().await }
        };
        Router::new().route("/metrics", get(show))
    }

    async fn metrics(&self) -> Response {
        // A store that does not answer must not hide the counts of this process.
        let worker = self.auth().worker();
        let backlog = timeout(PATIENCE, worker.backlog()).await;
        let backlog = backlog.ok().and_then(Result::ok);
        let registry = registry(&self.auth().counters(), self.open_connections(), backlog);
        let mut text = String::new();
        match encode(&mut text, &registry) {
            Ok(()) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// The names and values of one event.
type Labels = [(&'static str, &'static str); 2];

fn registry(counters: &Counters, connections: usize, backlog: Option<Backlog>) -> Registry {
    let events = Family::<Labels, Counter>::default();
    for event in &counters.events {
        let labels = [
            ("event", event.name),
            ("reason", event.reason.unwrap_or_default()),
        ];
        events.get_or_create(&labels).inc_by(event.count);
    }
    let hashing = &counters.hashing;
    let gauge = |number: usize| ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX));
    let mut all = Registry::with_prefix("slotwerk");
    all.register(
        "events",
        "Events of this process by name and reason",
        events,
    );
    let computed = ConstCounter::new(hashing.computed);
    all.register("hashes", "Jobs of the hashing pool that are done", computed);
    all.register_with_unit(
        "hashing",
        "Time that those jobs took, all workers together",
        Unit::Seconds,
        ConstCounter::new(hashing.computing.as_secs_f64()),
    );
    all.register(
        "hashes_in_flight",
        "Jobs of the hashing pool that are accepted and not done",
        gauge(hashing.in_flight),
    );
    all.register(
        "hashes_waiting",
        "Jobs of the hashing pool that wait for a worker",
        gauge(hashing.waiting),
    );
    all.register("open_connections", "Open connections", gauge(connections));
    if let Some(backlog) = backlog {
        all.register(
            "outbox_waiting",
            "Mails that wait in the outbox, of all processes",
            ConstGauge::new(i64::try_from(backlog.waiting).unwrap_or(i64::MAX)),
        );
        if let Some(at) = backlog.oldest_ready_at {
            all.register_with_unit(
                "outbox_oldest_ready_timestamp",
                "Time from which the oldest waiting mail could be sent",
                Unit::Seconds,
                ConstGauge::new(i64::try_from(at).unwrap_or(i64::MAX)),
            );
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use slotwerk::password::Password;
    use slotwerk::{Auth, Client, Login, TestAuth};
    use tower::ServiceExt;

    async fn ask(router: Router) -> (StatusCode, String) {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn after_a_guess() -> Web {
        let test = Auth::for_tests().unwrap();
        let tenant = test.auth.tenant(TestAuth::TENANT).await.unwrap();
        let (login, client) = (Login::parse("anna").unwrap(), Client::unknown());
        let wrong = Password::new("guess").unwrap();
        tenant.sign_in(&login, wrong, &client).await.unwrap();
        let recovery = tenant.recovery();
        recovery.request(&login, &client).await.unwrap();
        Web::builder(test.auth.clone()).build().unwrap()
    }

    #[tokio::test]
    async fn events_and_outbox_are_counted() {
        let (status, text) = ask(after_a_guess().await.metrics_router()).await;
        assert_eq!(status, StatusCode::OK);
        for line in [
            "slotwerk_events_total{event=\"sign_in_rejected\",reason=\"unknown_account\"} 1",
            "slotwerk_events_total{event=\"reset_requested\",reason=\"\"} 1",
            "slotwerk_hashes_total 1",
            "slotwerk_hashes_waiting 0",
            "slotwerk_open_connections 0",
            "slotwerk_outbox_waiting 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        let seconds = "slotwerk_hashing_seconds_total ";
        assert!(text.contains(seconds), "{text}");
        assert!(text.ends_with("# EOF\n"), "{text}");
    }

    #[tokio::test]
    async fn labels_name_nobody() {
        let (_, text) = ask(after_a_guess().await.metrics_router()).await;
        for name in ["anna", TestAuth::TENANT, "tenant=", "account="] {
            assert!(!text.contains(name), "{name}\n{text}");
        }
    }

    #[tokio::test]
    async fn public_router_has_no_metrics() {
        let (status, text) = ask(after_a_guess().await.router()).await;
        assert_ne!(status, StatusCode::OK);
        assert!(!text.contains("slotwerk_events"), "{text}");
    }
}
