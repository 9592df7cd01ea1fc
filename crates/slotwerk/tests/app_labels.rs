//! Names in the app: no two authenticators of an account have the same one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::totp::OtpauthUri;
use slotwerk::{EnrolmentOutcome, RemoveOutcome};
use support::managing::{active, added, confirm, granted, named, open, scan};
use support::{Enrolled, World};

/// The account name in the URI of what is pending, and as the host shows it.
async fn offered(world: &World, ticket: &str) -> String {
    let begun = world.auth.begin_enrolment("zuid", ticket).await.unwrap();
    let EnrolmentOutcome::OnScreen(material) = begun else {
        panic!("expected material, got {begun:?}");
    };
    let parsed = OtpauthUri::parse(material.uri.expose()).unwrap();
    assert_eq!(parsed.account(), material.account_name);
    assert_eq!(parsed.issuer(), Some("Zuid"));
    material.account_name
}

#[tokio::test]
async fn second_authenticator_has_another_label() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    assert_eq!(offered(&world, &ticket).await, "demo (2)");
    // The same on every page of the set-up.
    assert_eq!(offered(&world, &ticket).await, "demo (2)");
    let seen = world.auth.inspect_enrolment("zuid", &ticket).await.unwrap();
    let Some(EnrolmentOutcome::OnScreen(material)) = seen else {
        panic!("expected material");
    };
    assert_eq!(material.account_name, "demo (2)");
    let again = world.auth.resend_enrolment("zuid", &ticket).await.unwrap();
    let EnrolmentOutcome::OnScreen(material) = again else {
        panic!("expected material");
    };
    assert_eq!(material.account_name, "demo (2)");
    let phone = scan(&world, &ticket).await;
    let done = confirm(&world, &ticket, &phone, &named("tablet")).await;
    assert!(matches!(done, slotwerk::ConfirmOutcome::Added));
    let listed = active(&world, "id-demo").await;
    let listed: Vec<_> = listed
        .iter()
        .map(|one| (one.name.as_deref(), one.account_name.as_str()))
        .collect();
    assert_eq!(listed, [(None, "demo"), (Some("tablet"), "demo (2)")]);
}

#[tokio::test]
async fn labels_differ_after_removals() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    for name in ["tablet", "laptop"] {
        // They are listed by time.
        world.advance(30);
        added(&world, &ticket, name).await;
    }
    let middle = active(&world, "id-demo").await[1].id;
    let removed = world.auth.remove_authenticator("zuid", &ticket, middle);
    let removed = removed.await.unwrap();
    assert!(
        matches!(removed, RemoveOutcome::Removed { .. }),
        "{removed:?}"
    );
    let ticket = open(&world, &granted(&world, &phone).await).await;
    assert_eq!(offered(&world, &ticket).await, "demo (4)");
    world.advance(30);
    added(&world, &ticket, "watch").await;
    let names: Vec<_> = active(&world, "id-demo")
        .await
        .into_iter()
        .map(|one| one.account_name)
        .collect();
    assert_eq!(names, ["demo", "demo (3)", "demo (4)"]);
}

#[tokio::test]
async fn replacement_has_another_label() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let phone = scan(&world, &ticket).await;
    assert_eq!(offered(&world, &ticket).await, "demo (2)");
    let old = active(&world, "id-demo").await[0].id;
    let new = slotwerk::NewAuthenticator::default().replacing(old);
    let done = confirm(&world, &ticket, &phone, &new).await;
    let replaced = matches!(done, slotwerk::ConfirmOutcome::Replaced { .. });
    assert!(replaced, "{done:?}");
    let listed = active(&world, "id-demo").await;
    assert_eq!(listed[0].account_name, "demo (2)");
}

#[tokio::test]
async fn mails_name_the_authenticator() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let second = scan(&world, &ticket).await;
    let done = confirm(&world, &ticket, &second, &Default::default()).await;
    assert!(matches!(done, slotwerk::ConfirmOutcome::Added));
    let mails = world.deliver().await;
    assert!(mails[0].text().contains("demo (2)"), "{}", mails[0].text());
    let first = active(&world, "id-demo").await[0].id;
    let removed = world.auth.remove_authenticator("zuid", &ticket, first);
    assert!(matches!(
        removed.await.unwrap(),
        RemoveOutcome::Removed { .. }
    ));
    let mails = world.deliver().await;
    let text = mails[0].text();
    assert!(!text.contains("demo (2)"), "the other one: {text}");
    drop(phone);
}
