//! Past passwords, past the store: what is written, and what the columns themselves forbid.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, change};
use slotwerk_store::{ChangePassword, ErrorKind, KeepHistory, MAX_HISTORY, PasswordChanged, Store};
use slotwerk_testkit::conformance::block_on;

/// The epoch is part of the key, so that no epoch retires two passwords, whatever else fails.
#[test]
fn a_version_that_has_retired_a_password_retires_no_other() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let _ = store.change_password(&change(0)).await.unwrap();
        let planted = "INSERT INTO slotwerk_password_history VALUES ('noord', 'ann', 1, 'x', 0)";
        database.run(planted).await;
        let before = database.contents().await;
        let fault = store.change_password(&change(1)).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Conflict);
        assert_eq!(database.contents().await, before);
    });
}

#[test]
fn a_hash_that_would_not_stay_is_not_written() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let _ = store.change_password(&change(0)).await.unwrap();
        let trigger = "CREATE TRIGGER fail BEFORE INSERT ON slotwerk_password_history
                       BEGIN SELECT RAISE(ABORT, 'written'); END";
        database.run(trigger).await;
        let outcome = store.change_password(&change(1)).await;
        assert!(outcome.is_err(), "a negative control");
        let too_old = KeepHistory {
            last: 0,
            since: NOW + 3,
        };
        for (epoch, keep) in [(1, KeepHistory::NOTHING), (2, too_old)] {
            let command = ChangePassword {
                keep,
                ..change(epoch)
            };
            let outcome = store.change_password(&command).await.unwrap();
            let epoch = epoch + 1;
            assert_eq!(outcome, PasswordChanged::Changed { epoch });
        }
    });
}

/// A clock beyond the last second that a column holds is clamped, and "nothing" is still nothing.
#[test]
fn at_the_end_of_time_nothing_is_kept_that_should_not_be() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let last = i64::MAX.unsigned_abs();
        let at_the_end = |epoch, keep| ChangePassword {
            now: u64::MAX,
            keep,
            ..change(epoch)
        };
        for epoch in 0..4 {
            let command = at_the_end(epoch, change(epoch).keep);
            let _ = store.change_password(&command).await.unwrap();
        }
        let past = store.password_history(&ann(), 9).await.unwrap();
        let retired: Vec<_> = past.iter().map(|past| past.retired_at).collect();
        assert_eq!(retired, [last; 3]);
        for (epoch, since, left) in [(4, last, 4), (5, u64::MAX, 0)] {
            let command = at_the_end(epoch, KeepHistory { last: 0, since });
            let _ = store.change_password(&command).await.unwrap();
            let past = store.password_history(&ann(), 9).await.unwrap();
            assert_eq!(past.len(), left, "kept since {since}");
        }
    });
}

/// Rows that another version of this crate, or somebody else, left beyond the bound.
#[test]
fn more_rows_than_the_bound_are_neither_read_nor_kept() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        for epoch in 0..2 {
            let _ = store.change_password(&change(epoch)).await.unwrap();
        }
        database
            .run(
                "WITH RECURSIVE n(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < 199)
                 INSERT INTO slotwerk_password_history SELECT 'noord', 'ann', n, 'old', 0 FROM n",
            )
            .await;
        let past = store.password_history(&ann(), u16::MAX).await.unwrap();
        assert_eq!(past.len(), usize::from(MAX_HISTORY));
        let _ = store.change_password(&change(2)).await.unwrap();
        let rows = database.contents().await;
        let kept = rows
            .iter()
            .filter(|row| row.starts_with("slotwerk_password_history:"));
        assert_eq!(kept.count(), usize::from(MAX_HISTORY));
    });
}
