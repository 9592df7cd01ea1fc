//! A writer that is killed at an arbitrary moment leaves whole transitions behind.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;
use crate::erasing::erase;
use crate::sessions::{rotate, session};

use common::{NOW, ann, begin, change, confirm_another, consume, furnish, job, link, ticket};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    AuditKind, AuditRow, BeginEnrolment, ConfirmEnrolment, EnrolmentConfirmed, Id, IssueReset,
    MAX_HISTORY, NewJob, OpenTicket, ResetConsumed, RotateSession, SessionCreated, SessionRotated,
    Stage, Store,
};
use slotwerk_testkit::conformance::block_on;
use std::process::{Child, Command, Stdio};

const PATH: &str = "SLOTWERK_CRASH_TEST_DATABASE";

fn numbered(epoch: u64) -> Id {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&epoch.to_be_bytes());
    Id(id)
}

fn start(name: &str, path: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("crash::{name}")])
        .env(PATH, path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Starts a writer and kills it once the account has this epoch.
async fn kill_at(store: &SqlStore, writer: &str, path: &str, epoch: u64) {
    let mut writer = start(writer, path);
    while store.credential(&ann()).await.unwrap().epoch < epoch {
        let running = writer.try_wait().unwrap().is_none();
        assert!(running, "the writer stopped by itself");
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
}

/// The writer, when this program is started by the test below; nothing otherwise.
#[test]
fn child() {
    let Ok(path) = std::env::var(PATH) else {
        return;
    };
    block_on(async {
        let store = SqlStore::connect(&path).await.unwrap();
        for epoch in 0..u64::MAX {
            let notice = NewJob {
                id: numbered(epoch),
                ..job(0)
            };
            let issue = IssueReset {
                epoch,
                ..link(1, epoch)
            };
            let _ = store.issue_reset(&issue).await.unwrap();
            let used = store.consume_reset(&consume(1, notice)).await.unwrap();
            assert!(matches!(used, ResetConsumed::Consumed { .. }));
        }
    });
}

#[test]
fn a_killed_writer_leaves_whole_transitions() {
    for transitions in [1, 7, 20] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("crash.db");
        let path = path.to_str().unwrap();
        block_on(async {
            let store = SqlStore::connect(path).await.unwrap();
            kill_at(&store, "child", path, transitions).await;

            let epoch = store.credential(&ann()).await.unwrap().epoch;
            assert!(epoch >= transitions);
            let trail = store.audit_trail("noord", 0, u32::MAX).await.unwrap();
            assert!(trail.iter().all(|row| row.kind == AuditKind::PasswordReset));
            assert_eq!(trail.len() as u64, epoch, "audit rows");
            let past = store.password_history(&ann(), u16::MAX).await.unwrap();
            let due = (epoch - 1).min(MAX_HISTORY.into());
            assert_eq!(past.len() as u64, due, "past passwords");
            let notices = store.lease_jobs(&common::lease(u32::MAX)).await.unwrap();
            assert_eq!(notices.len() as u64, epoch, "notices");
            // The link that the writer may have issued last is the only one there can be.
            let left = store.purge(u64::MAX / 2000, u32::MAX).await.unwrap();
            assert!(left <= 1, "{left} links");
        });
    }
}

/// Puts one authenticator after another in the place of the one before, when this program is started by
/// the test below; nothing otherwise.
#[test]
fn managing_child() {
    let Ok(path) = std::env::var(PATH) else {
        return;
    };
    block_on(async {
        let store = SqlStore::connect(&path).await.unwrap();
        let mut last = Id([1; 16]);
        for epoch in 0..u64::MAX {
            let open = OpenTicket {
                epoch,
                ..ticket(9, Stage::Manage, 0)
            };
            store.open_ticket(&open).await.unwrap();
            let mut offer = BeginEnrolment {
                stage: Stage::Manage,
                most_active: 1,
                mail: None,
                ..begin(9)
            };
            offer.offer.id = numbered(epoch);
            let _ = store.begin_enrolment(&offer).await.unwrap();
            let command = ConfirmEnrolment {
                enrolment: offer.offer.id,
                most_active: 0,
                replaces: Some(last),
                notice: Some(NewJob {
                    id: numbered(epoch),
                    ..job(0)
                }),
                ..confirm_another(0)
            };
            let outcome = store.confirm_enrolment(&command).await.unwrap();
            let epoch = epoch + 1;
            assert_eq!(outcome, EnrolmentConfirmed::Confirmed { epoch });
            last = offer.offer.id;
        }
    });
}

#[test]
fn a_killed_writer_leaves_one_authenticator() {
    for transitions in [1, 7, 20] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("crash.db");
        let path = path.to_str().unwrap();
        block_on(async {
            let store = SqlStore::connect(path).await.unwrap();
            furnish(&store).await;
            let before = store.audit_trail("noord", 0, u32::MAX).await.unwrap();
            kill_at(&store, "managing_child", path, transitions).await;

            let epoch = store.credential(&ann()).await.unwrap().epoch;
            assert!(epoch >= transitions);
            let active = store.authenticators(&ann()).await.unwrap();
            let ids: Vec<_> = active.iter().map(|active| active.id).collect();
            assert_eq!(ids, [numbered(epoch - 1)], "the last that was confirmed");
            let trail = store.audit_trail("noord", 0, u32::MAX).await.unwrap();
            assert_eq!((trail.len() - before.len()) as u64, epoch, "audit rows");
            assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
            let notices = store.lease_jobs(&common::lease(u32::MAX)).await.unwrap();
            let of_furnish = 3;
            assert_eq!(notices.len() as u64, of_furnish + epoch, "notices");
        });
    }
}

/// Signs in, takes a new session id and is erased, over and over, when this program is started by the test below;
/// nothing otherwise.
#[test]
fn erasing_child() {
    let Ok(path) = std::env::var(PATH) else {
        return;
    };
    block_on(async {
        let store = SqlStore::connect(&path).await.unwrap();
        for epoch in (0..u64::MAX).step_by(2) {
            let _ = store.change_password(&change(epoch)).await.unwrap();
            let created = store.create_session(&session(1, epoch + 1)).await;
            assert!(matches!(created, Ok(SessionCreated::Created { .. })));
            let rotation = RotateSession {
                from_epoch: epoch + 1,
                ..rotate(1, 2, epoch + 1)
            };
            let rotated = store.rotate_session(&rotation).await.unwrap();
            assert_eq!(rotated, SessionRotated::Rotated);
            let erased = store.erase_account(&erase()).await.unwrap();
            assert_eq!(erased.epoch, epoch + 2);
        }
    });
}

#[test]
fn killed_writer_leaves_whole_erasures() {
    for transitions in [1, 7, 20] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("crash.db");
        let path = path.to_str().unwrap();
        block_on(async {
            let store = SqlStore::connect(path).await.unwrap();
            kill_at(&store, "erasing_child", path, transitions).await;

            let credential = store.credential(&ann()).await.unwrap();
            let is_erased = credential.epoch % 2 == 0;
            assert_eq!(credential.hash.is_none(), is_erased);
            let sessions = store.list_sessions(&ann(), NOW).await.unwrap();
            let most = usize::from(!is_erased);
            assert!(sessions.len() <= most, "{} sessions", sessions.len());
            let past = store.password_history(&ann(), u16::MAX).await.unwrap();
            assert_eq!(past.len(), 0, "an erasure leaves no past password");
            let trail = store.audit_trail("noord", 0, u32::MAX).await.unwrap();
            let erasures = |row: &&AuditRow| row.kind == AuditKind::AccountErased;
            let erasures = trail.iter().filter(erasures).count() as u64;
            assert_eq!(erasures, credential.epoch / 2, "audit rows");
        });
    }
}
