//! Session commands that fail at any of their writes have not happened at all.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, all_or_nothing, ann, change, subject};
use slotwerk_store::{
    CreateSession, EndSessions, RotateSession, SessionCreated, SessionData, SessionRotated,
    SessionTouched, Store, TokenHash, TouchSession,
};
use slotwerk_testkit::conformance::block_on;

pub(crate) fn session(n: u8, epoch: u64) -> CreateSession {
    CreateSession {
        token: TokenHash([n; 32]),
        account: ann(),
        epoch,
        data: SessionData::new([n]).unwrap(),
        expires_at: NOW + 86_400,
        idle_secs: 3600,
        max_live: 2,
        now: NOW,
    }
}

pub(crate) fn rotate(from: u8, to: u8, epoch: u64) -> RotateSession {
    RotateSession {
        from: TokenHash([from; 32]),
        to: TokenHash([to; 32]),
        account: ann(),
        from_epoch: 0,
        epoch,
        data: SessionData::default(),
        expires_at: NOW + 86_400,
        idle_secs: 3600,
        now: NOW + 1,
    }
}

async fn begin(store: &dyn Store, n: u8) {
    let created = store.create_session(&session(n, 0)).await.unwrap();
    assert!(matches!(created, SessionCreated::Created { .. }));
}

#[test]
fn creation_is_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let writes = [
            "INSERT ON slotwerk_credentials",
            "INSERT ON slotwerk_sessions",
        ];
        let command = session(1, 0);
        all_or_nothing(&database, &writes, || store.create_session(&command)).await;
        begin(store, 2).await;
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "INSERT ON slotwerk_sessions",
            "DELETE ON slotwerk_sessions",
        ];
        let command = session(3, 0);
        all_or_nothing(&database, &writes, || store.create_session(&command)).await;
    });
}

#[test]
fn touch_is_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        begin(store, 1).await;
        let command = TouchSession {
            token: TokenHash([1; 32]),
            account: ann(),
            data: Some(SessionData::default()),
            now: NOW + 60,
        };
        let writes = ["UPDATE ON slotwerk_sessions"];
        all_or_nothing(&database, &writes, || store.touch_session(&command)).await;
    });
}

#[test]
fn rotation_is_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        begin(store, 1).await;
        begin(store, 2).await;
        let _ = store.change_password(&change(0)).await.unwrap();
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "UPDATE ON slotwerk_sessions",
            "DELETE ON slotwerk_sessions",
        ];
        let command = rotate(1, 3, 1);
        all_or_nothing(&database, &writes, || store.rotate_session(&command)).await;
    });
}

#[test]
fn bump_ends_sessions_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        begin(store, 1).await;
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "UPDATE ON slotwerk_sessions",
            "INSERT ON slotwerk_audit",
        ];
        let command = change(0);
        all_or_nothing(&database, &writes, || store.change_password(&command)).await;
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_sessions",
            "INSERT ON slotwerk_audit",
        ];
        let command = change(1);
        all_or_nothing(&database, &writes, || store.change_password(&command)).await;
    });
}

#[test]
fn ends_are_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        begin(store, 1).await;
        begin(store, 2).await;
        let writes = ["DELETE ON slotwerk_sessions"];
        let (account, token) = (ann(), TokenHash([1; 32]));
        all_or_nothing(&database, &writes, || store.end_session(&account, token)).await;
        let command = EndSessions {
            account: ann(),
            except: None,
            subject: subject(),
            actor: Some(subject()),
            reason: None,
            now: NOW,
            notice: None,
        };
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_sessions",
            "INSERT ON slotwerk_audit",
        ];
        all_or_nothing(&database, &writes, || store.end_sessions(&command)).await;
    });
}

/// A refusal undoes the row that the lock made.
#[test]
fn refusals_leave_no_trace() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let before = database.contents().await;
        let created = store.create_session(&session(1, 1)).await.unwrap();
        assert_eq!(created, SessionCreated::Stale);
        for (epoch, due) in [(0, SessionRotated::Over), (1, SessionRotated::Stale)] {
            let rotated = store.rotate_session(&rotate(1, 2, epoch)).await.unwrap();
            assert_eq!(rotated, due);
        }
        let touch = TouchSession {
            token: TokenHash([1; 32]),
            account: ann(),
            data: None,
            now: NOW,
        };
        let touched = store.touch_session(&touch).await.unwrap();
        assert_eq!(touched, SessionTouched::Over);
        assert_eq!(database.contents().await, before);
    });
}

/// A row that a transaction left which read the old epoch and wrote after the new one was set.
#[test]
fn session_of_an_older_epoch_is_over() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        begin(store, 1).await;
        let find = || store.find_session("noord", TokenHash([1; 32]), NOW);
        assert!(find().await.unwrap().is_some(), "a negative control");
        database
            .run("UPDATE slotwerk_credentials SET epoch = 1")
            .await;
        assert_eq!(find().await.unwrap(), None);
        assert!(store.list_sessions(&ann(), NOW).await.unwrap().is_empty());
    });
}

#[test]
fn tampered_session_is_corrupt() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        begin(store, 1).await;
        for tampered in ["data = zeroblob(4097)", "idle_secs = -1", "created_at = -1"] {
            let sql = format!("UPDATE slotwerk_sessions SET {tampered}");
            database.run(&sql).await;
            let found = store.find_session("noord", TokenHash([1; 32]), NOW).await;
            let fault = found.unwrap_err();
            assert_eq!(
                fault.kind(),
                slotwerk_store::ErrorKind::Corrupt,
                "{tampered}"
            );
            database
                .run("UPDATE slotwerk_sessions SET data = x'', idle_secs = 9, created_at = 0")
                .await;
        }
    });
}
