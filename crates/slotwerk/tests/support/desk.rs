//! The help desk of the tests: who calls, a small tenant to call about, and sessions in its store.

use super::{World, noord_with};
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{
    AccountKey, CreateSession, MemoryStore, SessionCreated, SessionData, TokenHash,
};
use slotwerk::{AuditReason, By, Limits, TenantAuth};
use std::sync::Arc;

/// The person at the help desk.
pub(crate) fn desk() -> By {
    let reason = AuditReason::new("ticket 4711").unwrap();
    By::new("desk-17").unwrap().because(reason)
}

/// A world whose tenant `noord` asks for no second factor, with its handle.
pub(crate) async fn small(limits: Limits) -> (World, TenantAuth) {
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    let tenant = noord_with(PolicyDraft::new());
    world.auth.put_tenant(tenant).unwrap();
    let handle = world.auth.tenant("noord").await.unwrap();
    (world, handle)
}

/// A session of this account that a store keeps.
pub(crate) async fn keep_session(world: &World, tenant: &str, account: &str, epoch: u64, n: u8) {
    let now = world.clock.seconds();
    let command = CreateSession {
        token: TokenHash([n; 32]),
        account: AccountKey::new(tenant, account).unwrap(),
        epoch,
        data: SessionData::new("secret of the host").unwrap(),
        expires_at: now + 86_400,
        idle_secs: 3_600,
        max_live: 10,
        now,
    };
    let created = world.auth.store.create_session(&command).await.unwrap();
    assert!(matches!(created, SessionCreated::Created { .. }));
}
