//! Tenants that are added while the portal runs.

use crate::added_tenants::{AddedTenants, TenantRow};
use crate::database;
use slotwerk::TenantSource;
use slotwerk_sqlx::{Connect, HostConnections};

fn west() -> TenantRow {
    TenantRow {
        id: "west".to_owned(),
        name: "Arbodienst West".to_owned(),
        colour: "#2e6b3f".to_owned(),
        language: "nl".to_owned(),
        policy: include_str!("../../policies/noord.toml").to_owned(),
        mailed: false,
    }
}

async fn table() -> (HostConnections, AddedTenants) {
    let pool = Connect::to("sqlite::memory:").open().await.unwrap().host;
    database::create(&pool).await.unwrap();
    let tenants = AddedTenants::new(pool.clone());
    (pool, tenants)
}

#[tokio::test]
async fn added_tenant_is_loaded() {
    let (pool, tenants) = table().await;
    assert!(tenants.load("west").await.unwrap().is_none());
    west().store(&pool).await.unwrap();
    let tenant = tenants.load("west").await.unwrap().unwrap();
    assert_eq!(tenant.brand().name(), "Arbodienst West");
    let renamed = TenantRow {
        name: "West".to_owned(),
        ..west()
    };
    renamed.store(&pool).await.unwrap();
    let tenant = tenants.load("west").await.unwrap().unwrap();
    assert_eq!(tenant.brand().name(), "West");
    assert_eq!(tenants.ids().await.unwrap(), ["west"]);
}

#[tokio::test]
async fn unfit_tenant_is_rejected() {
    let (pool, tenants) = table().await;
    let reserved = TenantRow {
        id: "readyz".to_owned(),
        ..west()
    };
    let pale = TenantRow {
        colour: "pale".to_owned(),
        ..west()
    };
    let ruleless = TenantRow {
        policy: "no rules".to_owned(),
        ..west()
    };
    for row in [reserved, pale, ruleless] {
        assert!(row.store(&pool).await.is_err(), "{row:?}");
    }
    assert!(tenants.ids().await.unwrap().is_empty());
}
