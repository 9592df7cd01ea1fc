//! `slotwerk schema …` and `slotwerk database after-restore`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk_sqlx::{Dialect, SqlStore, schema_sql};
use slotwerk_store::{AccountKey, Forget, RevokeAccess, Store, Subject};
use support::{Scratch, run};
use tokio::runtime::Runtime;

fn revoke(account: &AccountKey) -> RevokeAccess {
    RevokeAccess {
        account: account.clone(),
        expected_epoch: None,
        forget: Forget::Nothing,
        notice: None,
        subject: Subject([1; 32]),
        actor: None,
        reason: None,
        now: 1_700_000_000,
    }
}

#[test]
fn after_restore_raises_every_epoch() {
    let scratch = Scratch::new();
    let path = scratch.path("service.db");
    let runtime = Runtime::new().unwrap();
    let ann = AccountKey::new("noord", "ann").unwrap();
    let epoch = || async {
        let store = SqlStore::connect(&path).await.unwrap();
        let epoch = store.credential(&ann).await.unwrap().epoch;
        store.close().await;
        epoch
    };
    runtime.block_on(async {
        let store = SqlStore::connect(&path).await.unwrap();
        let _ = store.revoke_access(&revoke(&ann)).await.unwrap();
        store.close().await;
    });
    let unconfirmed = run(&["database", "after-restore", "--database", &path]);
    assert_eq!(unconfirmed.code, Some(2), "{}", unconfirmed.err);
    assert!(unconfirmed.err.contains("--yes"));
    assert_eq!(runtime.block_on(epoch()), 1);
    let done = run(&["database", "after-restore", "--database", &path, "--yes"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(
        done.out.contains("ended for 1 accounts: 0 links"),
        "{}",
        done.out
    );
    assert_eq!(runtime.block_on(epoch()), 1_000_001);
    let json = run(&[
        "--json",
        "database",
        "after-restore",
        "--database",
        &path,
        "--yes",
    ]);
    assert!(json.out.contains("\"accounts\":1"), "{}", json.out);
}

#[test]
fn absent_database_is_not_made() {
    let scratch = Scratch::new();
    let path = scratch.path("none.db");
    let answer = run(&["database", "after-restore", "--database", &path, "--yes"]);
    assert_eq!(answer.code, Some(3));
    assert!(!std::path::Path::new(&path).exists());
    let answer = run(&["database", "after-restore", "--yes"]);
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.err.contains("SLOTWERK_DATABASE_URL"),
        "{}",
        answer.err
    );
}

#[test]
fn server_errors_hold_no_password() {
    let address = "postgres://portal:s3cret@127.0.0.1:1/auth";
    let answer = run(&["database", "after-restore", "--database", address, "--yes"]);
    assert_eq!(answer.code, Some(3));
    assert!(
        answer.err.contains("postgres://127.0.0.1:1/auth"),
        "{}",
        answer.err
    );
    assert!(!answer.err.contains("s3cret"), "{}", answer.err);
}

#[test]
fn schema_is_printed_whole() {
    for (name, dialect) in [
        ("sqlite", Dialect::Sqlite),
        ("postgres", Dialect::Postgres),
        ("mysql", Dialect::Mysql),
    ] {
        let printed = run(&["schema", "print", "--dialect", name]);
        assert_eq!(printed.code, Some(0));
        assert_eq!(printed.out.trim_end(), schema_sql(dialect, 0).trim_end());
        let none = run(&["schema", "print", "--dialect", name, "--after", "999999"]);
        assert_eq!((none.code, none.out.as_str()), (Some(0), ""));
    }
}

#[test]
fn grants_name_the_role() {
    let printed = run(&["schema", "grants", "--dialect", "mysql", "--role", "portal"]);
    assert_eq!(printed.code, Some(0));
    let audit = "GRANT SELECT, INSERT ON slotwerk_audit TO 'portal'@'%';";
    assert!(printed.out.contains(audit), "{}", printed.out);
    let wrong = run(&[
        "schema",
        "grants",
        "--dialect",
        "mysql",
        "--role",
        "x'; DROP",
    ]);
    assert_eq!(wrong.code, Some(2));
    assert_eq!(wrong.out, "");
}
