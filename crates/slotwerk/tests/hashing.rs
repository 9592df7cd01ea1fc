//! A tenant that asks for costlier hashes than the service was built with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use futures_util::future::join_all;
use slotwerk::password::{Params, RaiseError};
use slotwerk::policy::{Code, PolicyDraft, Requirement, State};
use slotwerk::store::{AccountKey, Credential, MemoryStore, Store};
use slotwerk::{
    BuildError, ChangePasswordOutcome, EventKind, SetPasswordOutcome, SignInOutcome, Tenant,
};
use std::sync::Arc;
use support::{GOOD, NOBODY, OTHER, World, login, noord_with, password, zuid};

/// What the hasher of these tests was built with is 64 KiB and one pass.
const BASE: &str = "m=64,t=1,p=1";
const RAISED: &str = "m=64,t=3,p=1";

fn cost(m_kib: u32, t: u32) -> Params {
    Params::danger_weak(m_kib, t, 1).unwrap()
}

fn raised() -> Tenant {
    noord_with(PolicyDraft::new().not_reused(3, 0)).hashing(cost(64, 3))
}

async fn credential(store: &MemoryStore, tenant: &str) -> Credential {
    let key = AccountKey::new(tenant, "id-demo").unwrap();
    store.credential(&key).await.unwrap()
}

async fn stored(store: &MemoryStore, tenant: &str) -> String {
    credential(store, tenant).await.hash.expect("a password")
}

async fn sign_in(world: &World, text: &str) -> SignInOutcome {
    let demo = login("demo");
    let answer = world.auth.sign_in("noord", &demo, password(text), &NOBODY);
    answer.await.unwrap()
}

#[tokio::test]
async fn hashes_of_a_tenant_are_made_at_its_cost_and_those_of_others_are_not() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    world.auth.put_tenant(raised()).unwrap();
    for tenant in ["noord", "zuid"] {
        world.with_password(tenant, "demo").await;
    }
    assert!(stored(&store, "noord").await.contains(RAISED));
    assert!(stored(&store, "zuid").await.contains(BASE));

    let change =
        world
            .auth
            .change_password("noord", "id-demo", password(GOOD), password(OTHER), &NOBODY);
    let changed = change.await.unwrap();
    assert!(matches!(changed, ChangePasswordOutcome::Changed { .. }));
    assert!(stored(&store, "noord").await.contains(RAISED));
    let third = password("rode appel 93 Zon");
    let set = world.auth.set_password("noord", "id-demo", third);
    assert!(matches!(
        set.await.unwrap(),
        SetPasswordOutcome::Changed { .. }
    ));
    assert!(stored(&store, "noord").await.contains(RAISED));
    assert_eq!(world.count(EventKind::HashUpgraded), 0);
}

#[tokio::test]
async fn a_cheaper_hash_is_replaced_at_sign_in_once_and_sessions_go_on() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.with_password("noord", "demo").await;
    let old = credential(&store, "noord").await;
    assert!(old.hash.unwrap().contains(BASE));
    world.auth.put_tenant(raised()).unwrap();
    assert!(matches!(
        sign_in(&world, "guess").await,
        SignInOutcome::Rejected
    ));
    assert!(
        stored(&store, "noord").await.contains(BASE),
        "not by a guess"
    );

    // Each of them has read the old hash; one replacement takes its place.
    let answers = join_all((0..4).map(|_| sign_in(&world, GOOD))).await;
    for answer in answers {
        assert!(matches!(answer, SignInOutcome::SignedIn(_)), "{answer:?}");
    }
    assert_eq!(world.count(EventKind::HashUpgraded), 1);
    let new = credential(&store, "noord").await;
    assert_eq!((new.epoch, new.set_at), (old.epoch, old.set_at));
    assert!(new.hash.unwrap().contains(RAISED));
    assert!(matches!(
        sign_in(&world, GOOD).await,
        SignInOutcome::SignedIn(_)
    ));
    assert_eq!(world.count(EventKind::HashUpgraded), 1, "once");
}

#[tokio::test]
async fn earlier_passwords_are_compared_with_at_the_cost_they_were_made_at() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let base = noord_with(PolicyDraft::new().not_reused(3, 0));
    world.auth.put_tenant(base.clone()).unwrap();
    world.with_password("noord", "demo").await;
    world.auth.put_tenant(raised()).unwrap();
    let set = async |text: &str| {
        let set = world.auth.set_password("noord", "id-demo", password(text));
        match set.await.unwrap() {
            SetPasswordOutcome::Changed { .. } => Vec::new(),
            SetPasswordOutcome::RulesUnmet(all) => {
                let unmet = all.iter().filter(|r| r.state() == State::Unmet);
                unmet.map(Requirement::code).collect()
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(set(OTHER).await, []);
    assert_eq!(set(GOOD).await, [Code::NotReused]);
    // A tenant that asks for less again keeps what it has.
    world.auth.put_tenant(base).unwrap();
    assert_eq!(set(OTHER).await, [Code::NotReused]);
    assert!(matches!(
        sign_in(&world, OTHER).await,
        SignInOutcome::SignedIn(_)
    ));
    assert!(stored(&store, "noord").await.contains(RAISED));
    assert_eq!(world.count(EventKind::HashUnusable), 0);
}

#[tokio::test]
async fn a_cost_that_the_hasher_cannot_be_raised_to_is_refused_with_the_bound_it_breaks() {
    let world = World::new();
    let refused = |params| {
        let built = support::without_tenants()
            .tenant(zuid().hashing(params))
            .build();
        let put = world.auth.put_tenant(zuid().hashing(params));
        [built.unwrap_err(), put.unwrap_err()].map(|error| match error {
            BuildError::Hashing { tenant, source } if tenant == "zuid" => source,
            other => panic!("{other:?}"),
        })
    };
    for error in refused(cost(32, 1)) {
        assert!(
            matches!(
                error,
                RaiseError::Lower {
                    m_kib: 32,
                    t: 1,
                    floor_kib: 64,
                    floor_t: 1
                }
            ),
            "{error:?}"
        );
        assert!(error.to_string().contains("below the 64 KiB and 1 passes"));
    }
    for (m_kib, t) in [(128, 1), (64, 5)] {
        for error in refused(cost(m_kib, t)) {
            assert!(
                matches!(error, RaiseError::AboveCeiling { .. }),
                "{m_kib} {t}: {error:?}"
            );
        }
    }
    let kept = world.auth.tenant("zuid").await.unwrap();
    assert!(kept.settings().hashing.is_none());
    for (m_kib, t) in [(64, 1), (64, 4)] {
        world
            .auth
            .put_tenant(zuid().hashing(cost(m_kib, t)))
            .unwrap();
    }
}
