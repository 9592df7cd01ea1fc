//! The outbox serves the tenants in turn.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk_mail::Mail;
use support::World;

#[tokio::test]
async fn a_crowd_of_one_tenant_does_not_delay_anothers_mail() {
    let world = World::new();
    for _ in 0..50 {
        world.request("noord", "nobody").await;
    }
    world.request("zuid", "demo").await;
    // The clone is what a host gives to another task: they share whose turn it is.
    let other = world.auth.clone();
    assert_eq!(world.auth.work_outbox().await.unwrap(), 1);
    assert_eq!(other.work_outbox().await.unwrap(), 1);
    let sent: Vec<Mail> = world.mailer.sent();
    assert_eq!(sent.len(), 1, "the mail of the tenant with one request");
}
