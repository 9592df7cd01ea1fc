//! Sessions stand only for accounts that the directory knows and has not disabled.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::Fault;
use support::World;

#[tokio::test]
async fn unknown_account_has_no_session() {
    let world = World::new();
    let stands = async |account: &str, epoch| {
        let stands = world.auth.session_stands("zuid", account, epoch);
        stands.await.unwrap()
    };
    // The store has none of them, so that each is at epoch 0.
    assert!(stands("id-demo", 0).await, "a control");
    for nobody in ["x", "demo", "id-nobody", "ID-DEMO", "id-demo ", "k7f"] {
        for epoch in [0, 1] {
            assert!(!stands(nobody, epoch).await, "{nobody:?} {epoch}");
        }
    }
    assert!(!stands("id-disabled", 0).await);
}

#[tokio::test]
async fn disabled_account_has_no_session() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let stands = async |epoch| world.auth.session_stands("zuid", "id-demo", epoch).await;
    assert!(stands(1).await.unwrap());
    world.people.disable_demo();
    assert!(!stands(1).await.unwrap());
    // A directory that is away is a fault and no verdict; an old epoch needs no directory.
    world.people.break_down();
    assert!(matches!(stands(1).await, Err(Fault::Directory(_))));
    assert!(!stands(0).await.unwrap());
}
