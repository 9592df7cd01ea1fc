//! A password that was taken away does not come back unnoticed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::password::PasswordHash;
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{
    AccessRevoked, AccountKey, Forget, MemoryStore, RevokeAccess, Store, Subject,
};
use slotwerk::{CompleteOutcome, ImportHashOutcome, SignInOutcome};
use std::sync::Arc;
use support::{GOOD, NOBODY, OTHER, World, login, noord_with, password};

fn demo() -> AccountKey {
    AccountKey::new("noord", "id-demo").unwrap()
}

/// `demo` of `noord` has the good password, under a rule about the last one only, and loses it. The
/// hash that it had.
async fn taken_away(world: &World, store: &MemoryStore) -> String {
    let rule = PolicyDraft::new().not_reused(1, 0);
    world.auth.put_tenant(noord_with(rule)).unwrap();
    world.with_password("noord", "demo").await;
    let hash = store.credential(&demo()).await.unwrap().hash.unwrap();
    let command = RevokeAccess {
        account: demo(),
        expected_epoch: Some(1),
        forget: Forget::Password,
        notice: None,
        subject: Subject([0; 32]),
        actor: None,
        reason: None,
        now: world.clock.seconds(),
    };
    let outcome = store.revoke_access(&command).await.unwrap();
    assert_eq!(outcome, AccessRevoked::Revoked { epoch: 2 });
    hash
}

async fn signs_in(world: &World, text: &str) -> bool {
    let demo = login("demo");
    let answer = world.auth.sign_in("noord", &demo, password(text), &NOBODY);
    !matches!(
        answer.await.unwrap(),
        SignInOutcome::Rejected | SignInOutcome::Throttled(_)
    )
}

#[tokio::test]
async fn it_signs_nobody_in_and_a_link_sets_another_one() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    taken_away(&world, &store).await;
    assert!(!signs_in(&world, GOOD).await);
    let token = world.mailed_token("noord", "demo").await;
    let reset = |text| world.auth.complete_reset("noord", &token, password(text));
    let same = reset(GOOD).await.unwrap();
    assert!(matches!(same, CompleteOutcome::RulesUnmet(_)), "{same:?}");
    let other = reset(OTHER).await.unwrap();
    assert!(
        matches!(other, CompleteOutcome::Changed { .. }),
        "{other:?}"
    );
    assert!(signs_in(&world, OTHER).await);
}

#[tokio::test]
async fn an_import_that_is_run_again_does_not_bring_it_back() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let hash = PasswordHash::parse(&taken_away(&world, &store).await).unwrap();
    let import = world.auth.import_hash("noord", "id-demo", &hash).await;
    assert_eq!(import.unwrap(), ImportHashOutcome::Kept);
    assert!(!signs_in(&world, GOOD).await);
}
