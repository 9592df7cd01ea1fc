//! `slotwerk budgets clear` in the database of a service that goes on.
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
use slotwerk::{Account, Auth, Client, Directory, DirectoryError, Event, EventKind, Login, Tenant};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{AuditKind, Store};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use support::{Scratch, run};
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// A service that knows nobody: requests for a link are counted all the same.
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

pub(crate) struct Service {
    auth: Auth,
    store: SqlStore,
    accepted: Arc<AtomicU32>,
    pub(crate) database: String,
    pub(crate) keys: String,
}

impl Service {
    pub(crate) fn new(scratch: &Scratch) -> Self {
        let keys = scratch.path("keys.txt");
        assert_eq!(run(&["keys", "new", &keys]).code, Some(0));
        let database = scratch.path("service.db");
        let store = RUNTIME.block_on(SqlStore::connect(&database)).unwrap();
        let accepted = Arc::new(AtomicU32::new(0));
        let heard = accepted.clone();
        let auth = Auth::builder()
            .store(Arc::new(store.clone()))
            .directory(Arc::new(Nobody))
            .mailer(Arc::new(Nobody))
            .keys(KeyRing::load_file(Path::new(&keys)).unwrap())
            .hasher(Hasher::builder().workers(1).build().unwrap())
            .public_url("https://login.example")
            .tenant(noord())
            .events(Arc::new(move |event: &Event| {
                if event.kind == EventKind::ResetRequested {
                    heard.fetch_add(1, Ordering::SeqCst);
                }
            }))
            .build()
            .unwrap();
        Self {
            auth,
            store,
            accepted,
            database,
            keys,
        }
    }

    /// How many of forty requests are accepted.
    pub(crate) fn requests(&self, name: &str, client: &Client) -> u32 {
        let before = self.accepted.load(Ordering::SeqCst);
        for n in 0..40 {
            // Another name each time, if there is no name to count.
            let name = if name.is_empty() {
                format!("name{n}{before}")
            } else {
                name.to_owned()
            };
            let name = Login::parse(&name).unwrap();
            let tenant = RUNTIME.block_on(self.auth.tenant("noord")).unwrap();
            let recovery = tenant.recovery();
            RUNTIME.block_on(recovery.request(&name, client)).unwrap();
        }
        self.accepted.load(Ordering::SeqCst) - before
    }

    fn clear(&self, more: &[&str]) -> support::Ran {
        let mut args = vec!["budgets", "clear", "--database", &self.database];
        args.extend(["--keys", &self.keys, "--tenant", "noord"]);
        args.extend(more);
        run(&args)
    }
}

#[test]
fn cleared_login_may_ask_again() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    let nobody = Client::unknown();
    assert_eq!(service.requests("anna", &nobody), 10);
    assert_eq!(service.requests("anna", &nobody), 0);
    let other = service.clear(&["--login", "berta"]);
    assert_eq!(other.code, Some(1));
    assert_eq!(other.out, "noord: there was no budget to clear\n");
    let ran = service.clear(&["--login", "ANNA"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.out, "noord: 1 budgets cleared\n");
    assert_eq!(service.requests("anna", &nobody), 10);
    let trail = RUNTIME.block_on(service.store.audit_trail("noord", 0, 9));
    let kinds: Vec<_> = trail.unwrap().iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [AuditKind::BudgetsCleared]);
}

#[test]
fn cleared_address_may_ask_again() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    let office = Client::at([198, 51, 100, 4].into());
    assert_eq!(service.requests("", &office), 30);
    assert_eq!(service.requests("", &office), 0);
    let ran = service.clear(&["--address", "198.51.100.4", "--json"]);
    let told = ran.json(0);
    assert_eq!(told["command"], "budgets clear");
    assert_eq!(
        (&told["tenant"], &told["cleared"]),
        (&"noord".into(), &1.into())
    );
    assert_eq!(service.requests("", &office), 30);
}

#[test]
fn wrong_uses_change_nothing() {
    let scratch = Scratch::new();
    let service = Service::new(&scratch);
    assert_eq!(service.requests("anna", &Client::unknown()), 10);
    for wrong in [
        &["--login", "anna", "--account", "1"][..],
        &["--login", "anna", "--address", "192.0.2.1"],
        &["--address", "192.0.2.300"],
        &["--login", ""],
    ] {
        let ran = service.clear(wrong);
        assert_eq!(ran.code, Some(2), "{wrong:?}: {}", ran.err);
    }
    let missing = scratch.path("missing.db");
    let args = [
        "--database",
        &missing,
        "--keys",
        &service.keys,
        "--tenant",
        "noord",
    ];
    let ran = run(&[&["budgets", "clear"][..], &args].concat());
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(ran.err.contains("no such file"), "{}", ran.err);
    assert!(!Path::new(&missing).exists(), "no database is made");
    let text = scratch.file("text.db", "this is no database, but a text of some length");
    let args = [
        "--database",
        &text,
        "--keys",
        &service.keys,
        "--tenant",
        "noord",
    ];
    let ran = run(&[&["budgets", "clear"][..], &args].concat());
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert_eq!(service.requests("anna", &Client::unknown()), 0);
}

fn noord() -> Tenant {
    let brand = Brand::new("Noord", "#205080").unwrap();
    let rules = PolicyDraft::new().minimum_length(15).build().unwrap();
    Tenant::builder("noord", brand, rules, "Noord")
        .build()
        .unwrap()
}
