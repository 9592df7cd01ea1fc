//! Tenants that a node loads from the host's table when it needs them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use slotwerk::policy::PolicyDraft;
use slotwerk::{EventKind, Fault, Limits, MailProblem, Tenant};
use support::{Table, With, World, renamed, zuid};

const HOUR: u64 = 60 * 60;

/// A world that knows `noord` and `zuid`, and finds the others in the table.
fn world(table: &Table) -> World {
    World::put_together(|builder| builder.tenant_source(table.source()))
}

fn west() -> Tenant {
    renamed("west", "West")
}

#[tokio::test]
async fn tenant_is_loaded_at_first_use() {
    let table = Table::of([west()]);
    let world = world(&table);
    assert_eq!(table.asked(), 0, "nothing at start");
    assert_eq!(world.auth.tenant("west").await.unwrap().id(), "west");
    assert_eq!(world.auth.tenant("noord").await.unwrap().id(), "noord");
    assert_eq!(table.asked(), 1);
    world.with_password("west", "demo").await;
    assert_eq!(table.asked(), 1, "kept for a minute");
}

#[tokio::test]
async fn service_starts_without_tenants() {
    let source = Table::of([west()]).source();
    let auth = support::without_tenants().tenant_source(source).build();
    assert!(auth.unwrap().tenant("west").await.is_ok());
    assert!(support::without_tenants().build().is_err());
}

#[tokio::test]
async fn requests_share_one_load() {
    let table = Table::of([west()]);
    let world = world(&table);
    let found = join_all((0..50).map(|_| world.auth.tenant("west"))).await;
    assert!(found.iter().all(Result::is_ok));
    assert_eq!(table.asked(), 1);
}

#[tokio::test]
async fn dropped_request_leaves_its_load() {
    let table = Table::of([west()]);
    let world = world(&table);
    let mut first = Box::pin(world.auth.tenant("west"));
    assert!((&mut first).now_or_never().is_none());
    drop(first);
    assert!(world.auth.tenant("west").await.is_ok());
}

#[tokio::test]
async fn unknown_tenant_is_asked_for_again() {
    let table = Table::default();
    let world = world(&table);
    for _ in 0..2 {
        let answer = world.auth.tenant("west").await;
        assert!(matches!(answer, Err(Fault::UnknownTenant)));
    }
    table.put(west());
    assert!(world.auth.tenant("west").await.is_ok());
    assert_eq!(table.asked(), 3);
}

#[tokio::test]
async fn impossible_ids_never_reach_the_source() {
    let table = Table::default();
    let world = world(&table);
    for id in ["", "West", "a/b", "..", "a'--", &"w".repeat(65)] {
        let answer = world.auth.tenant(id).await;
        assert!(matches!(answer, Err(Fault::UnknownTenant)), "{id}");
    }
    assert_eq!(table.asked(), 0);
}

#[tokio::test]
async fn changed_settings_hold_after_a_minute() {
    let table = Table::of([west()]);
    let world = world(&table);
    let language = async |world: &World| {
        let west = world.auth.tenant("west").await.unwrap();
        west.settings().language().to_owned()
    };
    assert_eq!(language(&world).await, "nl");
    table.put(west().with(|tenant| tenant.language("en")));
    world.advance(59);
    assert_eq!(language(&world).await, "nl");
    world.advance(1);
    assert_eq!(language(&world).await, "en");
    // At once on a node that takes it out.
    table.put(west().with(|tenant| tenant.language("fr")));
    assert!(world.auth.remove_tenant("west"));
    assert_eq!(language(&world).await, "fr");
}

#[tokio::test]
async fn deleted_tenant_ends_within_a_minute() {
    let table = Table::of([west()]);
    let world = world(&table);
    assert!(world.auth.tenant("west").await.is_ok());
    table.delete("west");
    world.advance(60);
    let gone = world.auth.tenant("west").await;
    assert!(matches!(gone, Err(Fault::UnknownTenant)));
}

#[tokio::test]
async fn removal_during_a_load_holds() {
    let table = Table::of([west()]);
    let world = world(&table);
    let mut before = Box::pin(world.auth.tenant("west"));
    assert!((&mut before).now_or_never().is_none());
    table.put(west().with(|tenant| tenant.language("en")));
    world.auth.remove_tenant("west");
    assert!(before.await.is_ok());
    let now = world.auth.tenant("west").await.unwrap();
    assert_eq!(now.settings().language(), "en");
    assert_eq!(table.asked(), 2, "the load of before was not kept");
}

#[tokio::test]
async fn outage_of_an_hour_is_survived() {
    let table = Table::of([west()]);
    let world = world(&table);
    assert!(world.auth.tenant("west").await.is_ok());
    table.break_down(true);
    world.advance(60);
    assert!(world.auth.tenant("west").await.is_ok(), "as it was");
    assert_eq!(world.count(EventKind::TenantSourceFailed), 1);
    let asked = table.asked();
    assert!(world.auth.tenant("west").await.is_ok());
    assert_eq!(table.asked(), asked, "left alone for a moment");
    world.advance(5);
    assert!(world.auth.tenant("west").await.is_ok());
    assert_eq!(table.asked(), asked + 1);
    world.advance(HOUR);
    let fault = world.auth.tenant("west").await.unwrap_err();
    assert!(matches!(fault, Fault::TenantSource(_)), "{fault}");
    let never = world.auth.tenant("oost").await.unwrap_err();
    assert!(matches!(never, Fault::TenantSource(_)), "{never}");
    table.break_down(false);
    assert!(world.auth.tenant("west").await.is_ok());
}

#[tokio::test]
async fn clock_set_back_loads_again() {
    let table = Table::of([west()]);
    let world = world(&table);
    world.advance(365 * 24 * HOUR);
    assert!(world.auth.tenant("west").await.is_ok());
    world.clock.set(support::NOON);
    table.delete("west");
    let gone = world.auth.tenant("west").await;
    assert!(matches!(gone, Err(Fault::UnknownTenant)));
}

#[tokio::test]
async fn unfit_tenant_is_a_fault() {
    let rules = PolicyDraft::new().minimum_length(15).not_breached();
    let unfit = west().with(|tenant| tenant.policy(rules.build().unwrap()));
    let table = Table::of([unfit]);
    let world = world(&table);
    let fault = world.auth.tenant("west").await.unwrap_err();
    assert!(matches!(fault, Fault::Tenant(_)), "{fault}");
    assert_eq!(world.count(EventKind::TenantUnfit), 1);
}

/// A row that was edited into something unusable does not stop its tenant.
#[tokio::test]
async fn unfit_row_leaves_the_settings() {
    let table = Table::of([west()]);
    let world = world(&table);
    assert!(world.auth.tenant("west").await.is_ok());
    let rules = PolicyDraft::new().minimum_length(15).not_breached();
    table.put(west().with(|tenant| tenant.policy(rules.build().unwrap())));
    world.advance(60);
    for _ in 0..2 {
        assert!(world.auth.tenant("west").await.is_ok(), "as it was");
    }
    assert_eq!(world.count(EventKind::TenantUnfit), 1);
    world.advance(HOUR);
    let fault = world.auth.tenant("west").await.unwrap_err();
    assert!(matches!(fault, Fault::Tenant(_)), "{fault}");
}

#[tokio::test]
async fn registered_tenant_outlives_a_load() {
    for in_table in [true, false] {
        let table = Table::of(in_table.then(west));
        let world = world(&table);
        let mut before = Box::pin(world.auth.tenant("west"));
        assert!((&mut before).now_or_never().is_none());
        let registered = west().with(|tenant| tenant.language("en"));
        world.auth.put_tenant(registered).unwrap();
        let _ = before.await;
        let now = world.auth.tenant("west").await.unwrap();
        assert_eq!(now.settings().language(), "en", "in the table: {in_table}");
    }
}

#[tokio::test]
async fn other_tenants_id_is_a_fault() {
    let table = Table::default();
    table.put_as("oost", west());
    let world = world(&table);
    let fault = world.auth.tenant("oost").await.unwrap_err();
    assert!(matches!(fault, Fault::Unusable(_)), "{fault}");
    assert!(matches!(
        world.auth.tenant("west").await,
        Err(Fault::UnknownTenant)
    ));
}

#[tokio::test]
async fn shared_issuer_is_reported() {
    let table = Table::of([renamed("west", "Zuid"), renamed("oost", "Oost")]);
    let world = world(&table);
    assert!(world.auth.tenant("oost").await.is_ok());
    assert_eq!(world.count(EventKind::IssuerShared), 0);
    assert!(world.auth.tenant("west").await.is_ok());
    assert_eq!(world.count(EventKind::IssuerShared), 1);
    // A registered tenant may not take an issuer that is in use.
    assert!(world.auth.put_tenant(renamed("berg", "Oost")).is_err());
    world.auth.remove_tenant("oost");
    assert!(world.auth.put_tenant(renamed("berg", "Oost")).is_ok());
    world.auth.remove_tenant("zuid");
    assert!(world.auth.put_tenant(zuid()).is_err(), "west has it still");
}

#[tokio::test]
async fn worker_loads_a_jobs_tenant() {
    let table = Table::of([west()]);
    let world = world(&table);
    world.request("west", "demo").await;
    assert!(world.auth.remove_tenant("west"));
    assert_eq!(world.deliver().await.len(), 1);
    assert_eq!(table.asked(), 2);
}

#[tokio::test]
async fn failing_source_costs_no_mail() {
    let table = Table::of([west()]);
    let world = world(&table);
    world.request("west", "demo").await;
    world.auth.remove_tenant("west");
    table.break_down(true);
    // Longer than the attempts of a mail would last.
    for _ in 0..40 {
        assert!(world.deliver().await.is_empty());
        world.advance(901);
    }
    assert!(world.postponed().len() > 13);
    let problem = |found: &MailProblem| *found == MailProblem::TenantSourceFault;
    assert!(world.postponed().iter().all(problem));
    table.break_down(false);
    assert_eq!(world.deliver().await.len(), 1);
    assert_eq!(world.abandoned(), []);
}

#[tokio::test]
async fn longest_kept_tenant_makes_room() {
    let ids = ["a", "b", "c"];
    let table = Table::of(ids.map(|id| renamed(id, id)));
    let mut limits = Limits::default();
    limits.loaded_tenants = 2;
    let world = World::put_together_within(limits, |builder| builder.tenant_source(table.source()));
    for id in ids {
        assert!(world.auth.tenant(id).await.is_ok());
        world.advance(1);
    }
    for (id, loads) in [("b", 3), ("c", 3), ("a", 4), ("c", 4), ("b", 5)] {
        assert!(world.auth.tenant(id).await.is_ok());
        assert_eq!(table.asked(), loads, "{id}");
    }
    // Registered ones take no room and stay.
    assert!(world.auth.tenant("noord").await.is_ok());
}
