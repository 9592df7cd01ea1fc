//! `slotwerk audit verify | export | prune` on the database of a service that goes on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::KeyRing;
use slotwerk::mail::{Brand, Mail, Mailer, SendError};
use slotwerk::password::Hasher;
use slotwerk::policy::PolicyDraft;
use slotwerk::{Account, Auth, Directory, DirectoryError, Login, Tenant};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    AccountKey, AuditReason, AuditSealed, Checkpoint, Forget, RevokeAccess, SealAudit, Store,
    Subject,
};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{SystemTime, UNIX_EPOCH};
use support::{Ran, Scratch, run, slotwerk};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

const DAY: u64 = 24 * 60 * 60;

struct Nobody;

#[slotwerk::async_trait]
impl Directory for Nobody {
    async fn find(&self, _: &str, _: &Login) -> Result<Option<Account>, DirectoryError> {
        Ok(None)
    }

    async fn get(&self, _: &str, _: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(None)
    }
}

#[slotwerk::async_trait]
impl Mailer for Nobody {
    async fn send(&self, _: &Mail) -> Result<(), SendError> {
        Ok(())
    }
}

/// A service with one row at each of two tenants, both covered by a checkpoint.
struct Service {
    auth: Auth,
    store: SqlStore,
    database: String,
    keys: String,
}

impl Service {
    fn new(scratch: &Scratch) -> Self {
        let keys = scratch.path("keys.txt");
        assert_eq!(run(&["keys", "new", &keys]).code, Some(0));
        let database = scratch.path("service.db");
        let store = RUNTIME.block_on(SqlStore::connect(&database)).unwrap();
        let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
        let brand = Brand::new("Noord", "#1f5f8b").unwrap();
        let noord = Tenant::builder("noord", brand, policy, "Noord");
        let auth = Auth::builder()
            .store(Arc::new(store.clone()))
            .directory(Arc::new(Nobody))
            .mailer(Arc::new(Nobody))
            .keys(KeyRing::load_file(Path::new(&keys)).unwrap())
            .hasher(Hasher::builder().workers(1).build().unwrap())
            .public_url("https://login.example")
            .tenant(noord.build().unwrap())
            .build()
            .unwrap();
        let service = Self {
            auth,
            store,
            database,
            keys,
        };
        service.told("noord", now() - 3 * DAY);
        service.told("zuid", now() - 200);
        service.seal();
        service
    }

    fn told(&self, tenant: &str, at: u64) {
        let command = RevokeAccess {
            account: AccountKey::new(tenant, "42").unwrap(),
            expected_epoch: None,
            forget: Forget::Nothing,
            notice: None,
            subject: Subject([0xab; 32]),
            actor: None,
            reason: Some(AuditReason::new("=\"lost\", phone").unwrap()),
            now: at,
        };
        let told = RUNTIME.block_on(self.store.revoke_access(&command));
        let _ = told.unwrap();
    }

    fn seal(&self) {
        let worker = self.auth.worker();
        RUNTIME.block_on(worker.seal_audit()).unwrap();
    }

    /// A checkpoint by somebody without the keys.
    fn forge(&self) {
        let last = RUNTIME.block_on(self.store.last_checkpoint("noord"));
        let last = last.unwrap().unwrap();
        let forged = SealAudit {
            tenant: "noord".to_owned(),
            last: Some((last.number, last.mac)),
            checkpoint: Checkpoint {
                number: 2,
                removed_through: 1,
                ..last
            },
            rows: Vec::new(),
        };
        let sealed = RUNTIME.block_on(self.store.seal_audit(&forged));
        assert_eq!(sealed.unwrap(), AuditSealed::Sealed);
    }

    fn run(&self, command: &str, more: &[&str]) -> Ran {
        let mut args = vec!["audit", command, "--database", &self.database];
        if command != "export" {
            args.extend(["--keys", &self.keys]);
        }
        args.extend(more);
        run(&args)
    }

    /// Number and tag of the last checkpoint of the first tenant.
    fn mark(&self) -> String {
        let report = self.run("verify", &["--tenant", "noord", "--json"]).json(0);
        report["tenants"][0]["end"].as_str().unwrap().to_owned()
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

#[test]
fn untouched_trail_is_intact() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    let ran = service.run("verify", &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let mark = service.mark();
    let start = format!(
        "noord: intact
  rows 1, checkpoints 1, removed by retention 0, not covered yet 0
  last checkpoint {mark}
  rows that were covered more than an hour after they were written: 1
zuid: intact
"
    );
    assert!(ran.out.starts_with(&start), "{}", ran.out);
    let ran = service.run("verify", &["--tenant", "noord", "--expect", &mark]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    let report = service.run("verify", &["--json"]).json(0);
    assert_eq!(report["verdict"], "intact");
    assert_eq!(report["tenants"].as_array().unwrap().len(), 2);
}

#[test]
fn forgery_ends_with_5() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    service.forge();
    let ran = service.run("verify", &[]);
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    assert!(ran.out.starts_with("noord: ALTERED\n"), "{}", ran.out);
    let found = "  checkpoint 2 was altered or forged\n";
    assert!(ran.out.contains(found), "{}", ran.out);
    let report = service.run("verify", &["--json"]).json(5);
    let finding = &report["tenants"][0]["findings"][0];
    assert_eq!(finding["finding"], "checkpoint_altered");
    assert_eq!(finding["checkpoint"], 2);
    let ran = service.run("verify", &["--tenant", "zuid"]);
    assert_eq!(ran.code, Some(0), "the other tenant");
}

#[test]
fn missing_expected_checkpoint_ends_with_5() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    let other = format!("1:{}", "0a".repeat(32));
    let ran = service.run("verify", &["--tenant", "noord", "--expect", &other]);
    assert_eq!(ran.code, Some(5), "{}", ran.out);
    let found = format!("  the chain does not contain checkpoint {other}\n");
    assert!(ran.out.contains(&found), "{}", ran.out);
}

#[test]
fn overdue_rows_end_with_1() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    service.told("noord", now() - DAY);
    let ran = service.run("verify", &[]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let overdue = "more than ten minutes: 1.";
    assert!(ran.out.contains(overdue), "{}", ran.out);
    let report = service.run("verify", &["--json"]).json(1);
    assert_eq!(report["verdict"], "unproven");
}

#[test]
fn export_has_every_row() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    service.told("noord", now());
    let ran = service.run("export", &["--format", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let rows: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row["tenant"].as_str().unwrap(), row["checkpoint"].as_u64()))
        .collect();
    assert_eq!(
        seen,
        [("noord", Some(1)), ("noord", None), ("zuid", Some(1))]
    );
    assert_eq!(rows[0]["kind"], "access-revoked");
    assert_eq!(rows[0]["subject"], "ab".repeat(32));
    assert_eq!(rows[0]["reason"], "=\"lost\", phone");
    let ran = service.run("export", &["--format", "csv", "--tenant", "zuid"]);
    let lines: Vec<&str> = ran.out.split("\r\n").collect();
    let header = "tenant,number,id,at,kind,subject,actor,reason,checkpoint";
    assert_eq!((lines.len(), lines[0]), (3, header));
    let end = format!(
        "\"access-revoked\",{},,\"'=\"\"lost\"\", phone\",1",
        "ab".repeat(32)
    );
    assert!(lines[1].starts_with("\"zuid\",2,"), "{}", lines[1]);
    assert!(lines[1].ends_with(&end), "{}", lines[1]);
}

#[test]
fn pruned_rows_leave_the_chain_intact() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    let ran = service.run("prune", &["--tenant", "noord", "--keep-days", "4"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "noord: 0 rows removed\n")
    );
    let ran = service.run("prune", &["--tenant", "noord", "--keep-days", "2"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let mark = service.mark();
    let due = format!("noord: 1 rows removed\n  last checkpoint {mark}\n");
    assert_eq!(ran.out, due);
    let report = service
        .run("verify", &["--tenant", "noord", "--json"])
        .json(0);
    assert_eq!(report["tenants"][0]["removed"], 1);
}

#[test]
fn wrong_uses_change_nothing() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    let missing = scratch.path("no.db");
    let keys = ["--keys", &service.keys];
    let ran = run(&[&["audit", "verify"][..], &keys].concat());
    assert_eq!(ran.code, Some(2), "no database");
    assert!(ran.err.contains("SLOTWERK_DATABASE_URL"), "{}", ran.err);
    let ran = run(&[&["audit", "verify", "--database", &missing][..], &keys].concat());
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(!Path::new(&missing).exists());
    let ran = service.run("verify", &["--tenant", "noord", "--expect", "1"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    let ran = service.run("verify", &["--expect", &service.mark()]);
    assert_eq!(ran.code, Some(2), "a mark of no tenant");
}

#[test]
fn address_comes_from_the_environment() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    let output = slotwerk(&["audit", "verify", "--keys", &service.keys])
        .env("SLOTWERK_DATABASE_URL", &service.database)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
}
