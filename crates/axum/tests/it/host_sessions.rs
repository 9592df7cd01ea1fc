//! The sessions of `tower-sessions` in the store of the facade.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::routing::get;
use serde_json::json;
use slotwerk::store::{MAX_SESSION_DATA, MemoryStore, Store};
use slotwerk::{Auth, TestAuth};
use slotwerk_axum::HostSessions;
use std::sync::Arc;
use tower::ServiceExt;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::Error;
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

struct Fixture {
    test: TestAuth,
    store: Arc<dyn Store>,
    sessions: HostSessions,
}

impl Fixture {
    fn new() -> Self {
        let test = Auth::for_tests().unwrap();
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let sessions = HostSessions::new(test.auth.clone(), store.clone(), TestAuth::TENANT);
        Self {
            test,
            store,
            sessions,
        }
    }

    /// A record that ends so many seconds from now.
    fn record(&self, text: &str, seconds: i64) -> Record {
        let now = i64::try_from(self.test.clock.seconds()).unwrap();
        let now = OffsetDateTime::from_unix_timestamp(now).unwrap();
        Record {
            id: Id::default(),
            data: [("text".to_owned(), json!(text))].into(),
            expiry_date: now + Duration::seconds(seconds),
        }
    }
}

#[tokio::test]
async fn session_is_created_saved_and_deleted() {
    let fixture = Fixture::new();
    let sessions = &fixture.sessions;
    let mut record = fixture.record("one", 600);
    assert_eq!(sessions.load(&record.id).await.unwrap(), None);
    sessions.create(&mut record).await.unwrap();
    assert_eq!(
        sessions.load(&record.id).await.unwrap(),
        Some(record.clone())
    );

    let changed = Record {
        id: record.id,
        ..fixture.record("two", 1200)
    };
    sessions.save(&changed).await.unwrap();
    assert_eq!(
        sessions.load(&record.id).await.unwrap(),
        Some(changed.clone())
    );
    sessions.delete(&record.id).await.unwrap();
    assert_eq!(sessions.load(&record.id).await.unwrap(), None);
    sessions.delete(&record.id).await.unwrap();
    let late = sessions.save(&changed).await;
    assert!(matches!(late, Err(Error::Backend(_))), "{late:?}");
    assert_eq!(sessions.load(&record.id).await.unwrap(), None);
}

#[tokio::test]
async fn session_ends_at_its_expiry() {
    let fixture = Fixture::new();
    let mut record = fixture.record("one", 600);
    fixture.sessions.create(&mut record).await.unwrap();
    fixture.test.clock.advance(300);
    let later = Record {
        id: record.id,
        ..fixture.record("two", 600)
    };
    fixture.sessions.save(&later).await.unwrap();
    fixture.test.clock.advance(599);
    assert!(fixture.sessions.load(&record.id).await.unwrap().is_some());
    fixture.test.clock.advance(1);
    assert_eq!(fixture.sessions.load(&record.id).await.unwrap(), None);
    let now = fixture.test.clock.seconds();
    assert_eq!(fixture.store.purge(now, 10).await.unwrap(), 1);
}

#[tokio::test]
async fn taken_id_is_never_overwritten() {
    let fixture = Fixture::new();
    let mut first = fixture.record("one", 600);
    fixture.sessions.create(&mut first).await.unwrap();
    let mut second = Record {
        id: first.id,
        ..fixture.record("two", 600)
    };
    fixture.sessions.create(&mut second).await.unwrap();
    assert_ne!(second.id, first.id);
    for record in [first, second] {
        let loaded = fixture.sessions.load(&record.id).await.unwrap();
        assert_eq!(loaded, Some(record));
    }
}

#[tokio::test]
async fn bounds_are_kept() {
    let fixture = Fixture::new();
    let mut long = fixture.record(&"x".repeat(MAX_SESSION_DATA), 600);
    let outcome = fixture.sessions.create(&mut long).await;
    assert!(matches!(outcome, Err(Error::Encode(_))), "{outcome:?}");
    let mut late = fixture.record("one", 32 * 24 * 60 * 60);
    let outcome = fixture.sessions.create(&mut late).await;
    assert!(matches!(outcome, Err(Error::Encode(_))), "{outcome:?}");

    // The default has room for all of them.
    for (sessions, kept) in [
        (fixture.sessions.clone().most(64), 1..=64),
        (fixture.sessions.clone(), 300..=300),
    ] {
        let mut records: Vec<_> = (0..300).map(|_| fixture.record("one", 600)).collect();
        let mut live = 0;
        for record in &mut records {
            sessions.create(record).await.unwrap();
        }
        for record in &records {
            live += usize::from(sessions.load(&record.id).await.unwrap().is_some());
        }
        assert!(kept.contains(&live), "{live}");
    }
}

#[tokio::test]
async fn each_tenant_has_its_own() {
    let fixture = Fixture::new();
    let mut record = fixture.record("one", 600);
    fixture.sessions.create(&mut record).await.unwrap();
    let others = HostSessions::new(fixture.test.auth.clone(), fixture.store.clone(), "other");
    assert_eq!(others.load(&record.id).await.unwrap(), None);
    others.delete(&record.id).await.unwrap();
    assert!(fixture.sessions.load(&record.id).await.unwrap().is_some());
}

/// Counts the visits of one browser.
async fn count(session: Session) -> String {
    let count: u32 = session.get("count").await.unwrap().unwrap_or_default();
    session.insert("count", count + 1).await.unwrap();
    count.to_string()
}

#[tokio::test]
async fn layer_keeps_values() {
    let fixture = Fixture::new();
    // The layer takes the time of the system.
    fixture.test.clock.set(
        OffsetDateTime::now_utc()
            .unix_timestamp()
            .try_into()
            .unwrap(),
    );
    let expiry = Expiry::OnInactivity(Duration::days(1));
    let layer = SessionManagerLayer::new(fixture.sessions.clone()).with_expiry(expiry);
    let router = Router::new().route("/", get(count)).layer(layer);
    let mut cookie = String::new();
    for visit in 0..3 {
        let request = Request::get("/").header(COOKIE, &cookie);
        let request = request.body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next();
            pair.unwrap().clone_into(&mut cookie);
        }
        let body = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
        assert_eq!(body, visit.to_string());
    }
}
