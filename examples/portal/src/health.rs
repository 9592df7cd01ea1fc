//! Answers for load balancers and supervisors: whether the process lives, and whether it can do its work.

use crate::database_watch::DatabaseWatch;
use crate::key_check::check_value;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use slotwerk::keys::{KeyId, KeyRing};
use slotwerk_sqlx::SqlStore;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use tokio::time::timeout;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub(crate) struct Health {
    pub(crate) store: SqlStore,
    pub(crate) watch: DatabaseWatch,
    pub(crate) keys: KeysInUse,
    pub(crate) mail: MailState,
}

/// Whether the mail server could be used when it was tried last. `true` for the local mailbox.
#[derive(Clone, Debug)]
pub(crate) struct MailState(Arc<AtomicBool>);

impl Default for MailState {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl MailState {
    /// Returns what it was before.
    pub(crate) fn set(&self, works: bool) -> bool {
        self.0.swap(works, Ordering::Relaxed)
    }
}

/// The key file, and which key the process writes with.
#[derive(Clone)]
pub(crate) struct KeysInUse {
    path: PathBuf,
    active: KeyId,
    check: Option<Vec<u8>>,
}

impl KeysInUse {
    pub(crate) fn new(path: PathBuf, keys: &KeyRing) -> Self {
        let active = keys.active();
        Self {
            path,
            active,
            check: check_value(keys, active),
        }
    }

    /// Whether the file can be read and holds that key. A restart would fail without it, or lose what is sealed.
    fn are_in_file(&self) -> bool {
        let ring = KeyRing::load_file(&self.path);
        ring.is_ok_and(|ring| check_value(&ring, self.active) == self.check)
    }
}

impl Health {
    /// Why the node should get no requests now.
    async fn problem(&self) -> Option<&'static str> {
        if !self.watch.is_there().await {
            return Some("database: away");
        }
        let asking = self.store.check_ready(SystemTime::now());
        match timeout(PATIENCE, asking).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                self.watch.look_now();
                crate::complain(&format!("not ready: the database: {error}"));
                return Some("database: no answer, or its clock differs");
            }
            Err(_) => return Some("database: no answer in time"),
        }
        let keys = self.keys.clone();
        let in_file = tokio::task::spawn_blocking(move || keys.are_in_file()).await;
        if !in_file.unwrap_or(false) {
            return Some("key file: unreadable, or without the key in use");
        }
        if !self.mail.0.load(Ordering::Relaxed) {
            return Some("mail server: cannot be used");
        }
        None
    }
}

/// The process lives. It looks at nothing else.
pub(crate) async fn healthz() -> &'static str {
    "alive\n"
}

/// 200 if the node can do its work, or 503 with the reason.
pub(crate) async fn readyz(State(health): State<Health>) -> Response {
    match health.problem().await {
        None => "ready\n".into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{self, Start};
    use crate::key_file;

    async fn health(directory: &tempfile::TempDir) -> Health {
        let file = directory.path().join("portal.sqlite");
        let url = format!("sqlite:{}", file.display());
        let (store, _) = database::open(&url, Start::New).await.unwrap();
        let path = directory.path().join("keys");
        let keys = key_file::make(&path).unwrap();
        Health {
            watch: DatabaseWatch::new(store.clone(), None, "portal.sqlite"),
            store,
            keys: KeysInUse::new(path, &keys),
            mail: MailState::default(),
        }
    }

    async fn answer(health: &Health) -> (StatusCode, String) {
        let answer = readyz(State(health.clone())).await;
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        (status, String::from_utf8(body.unwrap().to_vec()).unwrap())
    }

    async fn expect_unready(health: &Health, why: &str) {
        let (status, text) = answer(health).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.starts_with(why), "{text}");
    }

    #[tokio::test]
    async fn each_missing_part_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let health = health(&directory).await;
        assert_eq!(
            answer(&health).await,
            (StatusCode::OK, "ready\n".to_owned())
        );

        let keys = directory.path().join("keys");
        let kept = std::fs::read(&keys).unwrap();
        std::fs::remove_file(&keys).unwrap();
        expect_unready(&health, "key file").await;
        key_file::make(&keys).unwrap();
        expect_unready(&health, "key file").await;
        std::fs::write(&keys, kept).unwrap();
        assert_eq!(answer(&health).await.0, StatusCode::OK);

        assert!(health.mail.set(false));
        expect_unready(&health, "mail server").await;
        assert!(!health.mail.set(true));
        assert_eq!(answer(&health).await.0, StatusCode::OK);

        let file = directory.path().join("portal.sqlite");
        std::fs::rename(&file, directory.path().join("elsewhere")).unwrap();
        expect_unready(&health, "database").await;
    }
}
