//! `slotwerk keys reseal` and `keys revoke` on the database of a service that goes on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::budgets::Service;
use crate::support;

use serde_json::json;
use slotwerk::Client;
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{MAX_SEALED_PAGE, ReplaceSealed, SealedPage, SealedValue, Store};
use std::fs;
use std::path::Path;
use support::{Ran, Scratch, run};

/// A service whose outbox holds forty mails under key 1. Its key file is rotated to key 2.
fn rotated(scratch: &Scratch) -> Service {
    let service = Service::new(scratch);
    service.requests("", &Client::unknown());
    assert_eq!(run(&["keys", "rotate", &service.keys]).code, Some(0));
    service
}

fn reseal(service: &Service, more: &[&str]) -> Ran {
    let args = ["keys", "reseal", &service.keys, "--database"];
    run(&[&args[..], &[&service.database], more].concat())
}

fn revoke(service: &Service, more: &[&str]) -> Ran {
    let args = ["keys", "revoke", &service.keys, "1", "--yes"];
    run(&[&args[..], more].concat())
}

/// Puts something else in the place of every sealed value.
fn write_over(service: &Service) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = SqlStore::connect(&service.database).await.unwrap();
        let all = SealedPage {
            after: None,
            limit: MAX_SEALED_PAGE,
        };
        for SealedValue { row, sealed } in store.sealed_page(&all).await.unwrap() {
            let command = ReplaceSealed {
                row,
                expected: sealed,
                replacement: b"something else".to_vec(),
            };
            let _ = store.replace_sealed(&command).await.unwrap();
        }
        store.close().await;
    });
}

#[test]
fn resealed_service_loses_its_old_key() {
    let scratch = Scratch::new();
    let service = rotated(&scratch);
    let ran = reseal(&service, &[]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "values 40: sealed again 40, under key 2 already 0, changed meanwhile 0, left as they were 0\n\
         no key but 2 seals anything\n"
    );
    // The next run only reads the values that an earlier one has sealed.
    let ran = reseal(&service, &["--json"]).json(0);
    let summary = json!({
        "values": 40, "resealed": 0, "unchanged": 40, "stale": 0, "unreadable": 0,
    });
    assert_eq!(ran["summary"], summary);
    let counts = json!([{"id": 2, "authenticators": 0, "set_ups": 0, "mails": 40}]);
    assert_eq!(ran["sealed_under"], counts);
    let ran = revoke(&service, &["--database", &service.database]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("key 1 is revoked"), "{}", ran.out);
}

#[test]
fn needed_key_is_not_revoked() {
    let scratch = Scratch::new();
    let service = rotated(&scratch);
    let keys = fs::read(&service.keys).unwrap();
    let ran = revoke(&service, &["--database", &service.database]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(
        ran.err
            .starts_with("key 1 still seals authenticators 0, set-ups 0, mails 40\n"),
        "{}",
        ran.err
    );
    let told = revoke(&service, &["--database", &service.database, "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    let counts = json!({"authenticators": 0, "set_ups": 0, "mails": 40});
    assert_eq!(
        (&told["changed"], &told["sealed"]),
        (&json!(false), &counts)
    );
    revoke(&service, &[]).failed(
        2,
        "slotwerk: name the database of the service with --database, so that no stored secret is lost; or accept the loss with --lose-sealed",
    );
    let both = revoke(
        &service,
        &["--database", &service.database, "--lose-sealed"],
    );
    assert_eq!(both.code, Some(2), "{}", both.err);
    assert_eq!(fs::read(&service.keys).unwrap(), keys, "nothing changed");
    let ran = revoke(&service, &["--lose-sealed"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // Too late: the mails say which key they need, and stay.
    let ran = reseal(&service, &[]);
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    assert!(ran.out.contains("key 1 still seals"), "{}", ran.out);
}

#[test]
fn unreadable_values_are_reported() {
    let scratch = Scratch::new();
    let service = rotated(&scratch);
    let other = scratch.path("other.txt");
    assert_eq!(run(&["keys", "new", &other]).code, Some(0));
    let args = ["keys", "reseal", &other, "--database", &service.database];
    let ran = run(&args);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let line = "slotwerk: mail of noord: it does not open with key 1: that is another key, or the value was changed\n";
    assert_eq!(ran.err.matches(line).count(), 40, "{}", ran.err);
    let last = format!(
        "slotwerk: {}: values that cannot be opened, and were left as they were: 40\n",
        service.database
    );
    assert!(ran.err.ends_with(&last), "{}", ran.err);
    let ran = run(&[&args[..], &["--json"]].concat());
    let lines: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 40 + 1);
    for (field, due) in [
        ("kind", json!("mail")),
        ("tenant", json!("noord")),
        ("account", json!(null)),
        ("fault", json!("does-not-open")),
        ("key", json!(1)),
    ] {
        assert_eq!(lines[0][field], due, "{field}");
    }
    // With the right keys all of them are there.
    assert!(reseal(&service, &[]).out.contains("sealed again 40"));
    write_over(&service);
    let ran = reseal(&service, &[]);
    assert_eq!(ran.code, Some(3), "{}", ran.out);
    let last = "values that are not sealed: authenticators 0, set-ups 0, mails 40\n";
    assert!(ran.out.ends_with(last), "{}", ran.out);
}

#[test]
fn database_may_be_named_outside_the_arguments() {
    let scratch = Scratch::new();
    let service = rotated(&scratch);
    let args = ["keys", "reseal", &service.keys];
    assert_eq!(run(&args).code, Some(2));
    let mut command = support::slotwerk(&args);
    let output = command.env("SLOTWERK_DATABASE_URL", &service.database);
    let output = output.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let revoke = ["keys", "revoke", &service.keys, "1", "--yes"];
    let mut command = support::slotwerk(&revoke);
    let output = command.env("SLOTWERK_DATABASE_URL", scratch.path("missing.db"));
    assert_eq!(output.output().unwrap().status.code(), Some(3));
    let mut command = support::slotwerk(&revoke);
    let output = command.env("SLOTWERK_DATABASE_URL", &service.database);
    assert_eq!(output.output().unwrap().status.code(), Some(0));
}

#[test]
fn missing_database_is_never_made() {
    let scratch = Scratch::new();
    let service = rotated(&scratch);
    let keys = fs::read(&service.keys).unwrap();
    let missing = scratch.path("missing.db");
    let text = scratch.file("text.db", "this is no database, but a text of some length");
    for database in [&missing, &text] {
        let ran = run(&["keys", "reseal", &service.keys, "--database", database]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{}", ran.err);
        let ran = revoke(&service, &["--database", database]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{}", ran.err);
    }
    assert!(!Path::new(&missing).exists());
    assert_eq!(fs::read(&service.keys).unwrap(), keys);
}
