//! Budgets that may be lost, and budgets that guard a secret.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::{Durability, MemoryStore};
use slotwerk::throttle::{Allowance, Budget};
use slotwerk::{Client, Limits};
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;
use support::{GOOD, World, login, password};

fn office() -> Client {
    Client::at([192, 0, 2, 7].into())
}

struct Watched {
    world: World,
    store: Arc<FaultyStore>,
}

impl Watched {
    async fn new() -> Self {
        let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
        let world = World::on(store.clone());
        world.enrolled("demo").await;
        let _ = store.take_charges();
        Self { world, store }
    }

    /// The charges since the last call.
    fn charges(&self) -> Vec<(Durability, Allowance)> {
        let charges = self.store.take_charges().into_iter();
        charges
            .map(|charge| (charge.key.durability(), charge.allowance))
            .collect()
    }
}

fn durable(budget: Budget) -> (Durability, Allowance) {
    (Durability::Durable, budget.into())
}

fn lossy(budget: Budget) -> (Durability, Allowance) {
    (Durability::MayBeLost, budget.into())
}

/// A name that nobody has is counted where an account is counted: otherwise the time of the answer would differ.
#[tokio::test]
async fn unknown_names_count_like_accounts() {
    let watched = Watched::new().await;
    let limits = Limits::default();
    for name in ["demo", "nobody"] {
        let signed_in = watched
            .world
            .auth
            .sign_in("zuid", &login(name), password(GOOD), &office())
            .await;
        assert!(signed_in.is_ok());
        let due = [
            lossy(limits.client_sign_ins),
            durable(limits.password_attempts),
        ];
        assert_eq!(watched.charges(), due, "{name}");
    }
}

#[tokio::test]
async fn requests_charge_lossy_budgets() {
    let watched = Watched::new().await;
    let limits = Limits::default();
    for name in ["demo", "nobody"] {
        let requested = watched
            .world
            .auth
            .request_reset("zuid", &login(name), &office())
            .await;
        assert!(requested.is_ok());
        let due = [lossy(limits.client_requests), lossy(limits.name_requests)];
        assert_eq!(watched.charges(), due, "{name}");
        watched.world.deliver().await;
        let due = [durable(limits.reset_mails), lossy(limits.tenant_mails)];
        assert_eq!(watched.charges(), due, "the mail of {name}");
    }
}

#[tokio::test]
async fn codes_charge_durable_budgets() {
    let watched = Watched::new().await;
    let ticket = watched.world.verify_ticket("zuid", "demo").await;
    let _ = watched.charges();
    let code = watched.world.auth.verify_code("zuid", &ticket, "000000");
    assert!(code.await.is_ok());
    let charges = watched.charges();
    assert!(!charges.is_empty(), "a code is charged");
    for (durability, _) in charges {
        assert_eq!(durability, Durability::Durable);
    }
}
