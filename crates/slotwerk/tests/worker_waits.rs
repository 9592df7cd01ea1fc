//! Mails that wait for their tenant: to be registered on a node, or to have a budget again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::MemoryStore;
use slotwerk::throttle::Budget;
use slotwerk::{EventKind, Limits, MailProblem, Tenant};
use std::sync::Arc;
use std::time::Duration;
use support::{World, renamed, ring};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

fn west() -> Tenant {
    renamed("west", "West")
}

/// A node that knows the tenant `west`, and one that does not.
fn two_nodes() -> (World, World) {
    let informed = World::new();
    let other = informed.node_with(ring());
    informed.auth.put_tenant(west()).unwrap();
    (informed, other)
}

#[tokio::test]
async fn informed_node_sends_the_mail() {
    let (informed, other) = two_nodes();
    informed.request("west", "demo").await;
    assert!(other.deliver().await.is_empty());
    assert_eq!(other.postponed(), [MailProblem::UnregisteredTenant]);
    informed.advance(1);
    assert_eq!(other.auth.work_outbox().await.unwrap(), 0, "left to others");
    assert_eq!(informed.deliver().await.len(), 1);
    assert_eq!(informed.abandoned(), []);
}

#[tokio::test]
async fn tenant_registered_late_loses_nothing() {
    let (informed, other) = two_nodes();
    informed.request("west", "demo").await;
    for _ in 0..40 {
        other.deliver().await;
        other.advance(61);
    }
    assert_eq!(other.postponed().len(), 40, "a look each minute");
    other.deliver().await;
    other.auth.put_tenant(west()).unwrap();
    other.advance(1);
    // None of these waits was one of the 13 attempts.
    other.mailer.fail_transiently(12);
    for _ in 0..13 {
        other.deliver().await;
        other.advance(15 * 60);
    }
    assert_eq!(other.mailer.sent().len(), 1);
    assert_eq!(other.abandoned(), []);
}

#[tokio::test]
async fn unregistered_tenant_delays_no_other() {
    let (informed, other) = two_nodes();
    for n in 0..50 {
        informed.request("west", &format!("name{n}")).await;
    }
    informed.request("noord", "demo").await;
    informed.request("zuid", "demo").await;
    for _ in 0..3 {
        assert_eq!(other.auth.work_outbox().await.unwrap(), 1);
    }
    let left = other.auth.work_outbox().await.unwrap();
    assert_eq!(left, 0, "the other jobs of west are left to others");
    assert_eq!(other.mailer.sent().len(), 2);
    assert_eq!(other.postponed().len(), 1);
}

#[tokio::test]
async fn unregistered_tenant_ends_after_a_week() {
    let (informed, other) = two_nodes();
    informed.request("west", "demo").await;
    for _ in 0..7 {
        other.deliver().await;
        other.advance(DAY - 1);
    }
    assert_eq!(other.abandoned(), []);
    other.advance(7);
    other.deliver().await;
    assert_eq!(other.abandoned(), [MailProblem::UnregisteredTenant]);
    other.advance(DAY);
    assert_eq!(informed.auth.work_outbox().await.unwrap(), 0, "it is gone");
}

#[tokio::test]
async fn many_unregistered_tenants_delay_nobody() {
    let (informed, other) = two_nodes();
    for n in 0..150 {
        let tenant = renamed(&format!("t{n}"), &format!("T{n}"));
        informed.auth.put_tenant(tenant).unwrap();
        informed.request(&format!("t{n}"), "demo").await;
    }
    informed.request("zuid", "demo").await;
    assert_eq!(other.deliver().await.len(), 1);
    assert_eq!(other.postponed().len(), 150, "each looked at once");
    assert_eq!(informed.abandoned(), []);
    informed.advance(60);
    assert_eq!(informed.deliver().await.len(), 150);
}

#[tokio::test]
async fn tenant_budget_is_waited_for() {
    let mut limits = Limits::default();
    limits.tenant_mails = Budget::new(1, Duration::from_secs(DAY)).unwrap();
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world.request("noord", "demo").await;
    world.request("noord", "other").await;
    world.request("zuid", "demo").await;
    assert_eq!(world.deliver().await.len(), 2, "one of each tenant");
    for _ in 0..26 {
        world.advance(HOUR);
        world.deliver().await;
    }
    assert_eq!(world.mailer.sent().len(), 3);
    assert_eq!(world.abandoned(), []);
    assert!(world.count(EventKind::ResetDelayedTenant) > 13);
    let only = |problem: &MailProblem| *problem == MailProblem::TenantBudget;
    assert!(world.postponed().iter().all(only));
}

#[tokio::test]
async fn tenant_budget_ends_after_a_week() {
    let mut limits = Limits::default();
    limits.tenant_mails = Budget::new(1, Duration::from_secs(8 * DAY)).unwrap();
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world.request("noord", "demo").await;
    world.request("noord", "other").await;
    for _ in 0..8 {
        world.deliver().await;
        world.advance(DAY);
    }
    assert_eq!(world.mailer.sent().len(), 1);
    assert_eq!(world.abandoned(), [MailProblem::TenantBudget]);
}
