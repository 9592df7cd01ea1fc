//! An operator clears budgets: of an account, a login name, an address, a tenant.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::{KeyId, MasterKey};
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{AuditKind, MemoryStore, Store};
use slotwerk::throttle::Budget;
use slotwerk::{
    BudgetsOf, Client, CodeOutcome, EventKind, Fault, Limits, SignInOutcome, Throttled,
};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use support::{Enrolled, GOOD, NOBODY, World, login, noord_with, password, ring};

async fn peopled(store: Arc<MemoryStore>, limits: Limits) -> World {
    let world = World::with(store, limits);
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.with_password("noord", "demo").await;
    world
}

async fn looked_at(world: &World, name: &str, client: &Client) -> bool {
    let name = login(name);
    let answer = world
        .auth
        .sign_in("noord", &name, password("guess"), client);
    let answer = answer.await.unwrap();
    matches!(answer, SignInOutcome::Rejected)
}

async fn used_up(world: &World, name: &str, client: &Client) {
    while looked_at(world, name, client).await {}
}

async fn kinds(store: &MemoryStore) -> Vec<AuditKind> {
    let trail = store.audit_trail("noord", 0, 100).await.unwrap();
    trail.iter().map(|row| row.kind).collect()
}

#[tokio::test]
async fn cleared_account_starts_afresh() {
    let store = Arc::new(MemoryStore::new());
    let world = peopled(store.clone(), Limits::default()).await;
    for _ in 0..100 {
        looked_at(&world, "demo", &NOBODY).await;
        world.advance(900);
    }
    let demo = BudgetsOf::Account("id-demo");
    assert!(
        !looked_at(&world, "demo", &NOBODY).await,
        "at the hard stop"
    );
    assert!(world.auth.clear_budgets("noord", demo).await.unwrap() > 0);
    for _ in 0..5 {
        assert!(looked_at(&world, "demo", &NOBODY).await);
    }
    assert!(!looked_at(&world, "demo", &NOBODY).await, "five at once");
    assert_eq!(world.count(EventKind::BudgetsCleared), 1);
    assert!(kinds(&store).await.contains(&AuditKind::BudgetsCleared));
}

#[tokio::test]
async fn cleared_login_starts_afresh() {
    let store = Arc::new(MemoryStore::new());
    let world = peopled(store.clone(), Limits::default()).await;
    for name in ["demo", "nobody"] {
        used_up(&world, name, &NOBODY).await;
        let name_of = login(name);
        let cleared = world
            .auth
            .clear_budgets("noord", BudgetsOf::Login(&name_of));
        assert!(cleared.await.unwrap() > 0);
        assert!(looked_at(&world, name, &NOBODY).await, "{name}");
    }
}

#[tokio::test]
async fn cleared_address_starts_afresh() {
    let mut limits = Limits::default();
    limits.client_sign_ins = Budget::new(3, Duration::from_secs(3_600)).unwrap();
    let world = peopled(Arc::new(MemoryStore::new()), limits).await;
    for (text, cleared) in [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.8", "::ffff:192.0.2.8"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
    ] {
        let client = Client::at(text.parse().unwrap());
        for n in 0..3 {
            assert!(looked_at(&world, &format!("{text}{n}"), &client).await);
        }
        assert!(!looked_at(&world, "another", &client).await);
        let address: IpAddr = cleared.parse().unwrap();
        let whose = BudgetsOf::Client(address);
        assert_eq!(world.auth.clear_budgets("noord", whose).await.unwrap(), 1);
        assert!(looked_at(&world, &format!("{text}x"), &client).await);
    }
}

#[tokio::test]
async fn cleared_tenant_mails_again() {
    let mut limits = Limits::default();
    limits.tenant_mails = Budget::new(1, Duration::from_secs(86_400)).unwrap();
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    for name in ["demo", "other"] {
        world.request("noord", name).await;
    }
    assert_eq!(world.deliver().await.len(), 1);
    let whose = BudgetsOf::Tenant;
    assert_eq!(world.auth.clear_budgets("zuid", whose).await.unwrap(), 0);
    assert_eq!(world.auth.clear_budgets("noord", whose).await.unwrap(), 1);
    world.advance(3_600);
    assert_eq!(world.deliver().await.len(), 1);
}

#[tokio::test]
async fn cleared_codes_keep_their_lifetime() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let wrong = async || {
        let ticket = world.verify_ticket("zuid", "demo").await;
        let code = phone.code(world.clock.seconds() + 40 * 86_400);
        world
            .auth
            .verify_code("zuid", &ticket, &code)
            .await
            .unwrap()
    };
    let mut failures = 0;
    loop {
        match wrong().await {
            CodeOutcome::Rejected { .. } => failures += 1,
            CodeOutcome::Throttled(Throttled::Exhausted) => break,
            CodeOutcome::Throttled(_) => {
                let demo = BudgetsOf::Account("id-demo");
                assert!(world.auth.clear_budgets("zuid", demo).await.unwrap() > 0);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(failures, 300, "as many as without clearing");
}

/// A node that has not rotated yet charges under the older key.
#[tokio::test]
async fn budgets_of_every_key_are_cleared() {
    let world = peopled(Arc::new(MemoryStore::new()), Limits::default()).await;
    let key = MasterKey::from_bytes([7; 32]);
    let rotated = ring().rotate(KeyId::new(2), key).unwrap();
    let ahead = world.node_with(rotated);
    ahead
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    for node in [&world, &ahead] {
        used_up(node, "demo", &NOBODY).await;
    }
    let demo = BudgetsOf::Account("id-demo");
    assert!(ahead.auth.clear_budgets("noord", demo).await.unwrap() >= 2);
    for node in [&world, &ahead] {
        assert!(looked_at(node, "demo", &NOBODY).await);
    }
}

#[tokio::test]
async fn others_budgets_stay() {
    let world = peopled(Arc::new(MemoryStore::new()), Limits::default()).await;
    for name in ["demo", "other"] {
        used_up(&world, name, &NOBODY).await;
    }
    let demo = BudgetsOf::Account("id-demo");
    world.auth.clear_budgets("noord", demo).await.unwrap();
    assert!(!looked_at(&world, "other", &NOBODY).await);
    let unregistered = world.auth.clear_budgets("west", demo).await;
    assert!(matches!(unregistered, Err(Fault::UnknownTenant)));
    let name = login("demo");
    let signed_in = world.auth.sign_in("noord", &name, password(GOOD), &NOBODY);
    assert!(matches!(
        signed_in.await.unwrap(),
        SignInOutcome::SignedIn(_)
    ));
}
