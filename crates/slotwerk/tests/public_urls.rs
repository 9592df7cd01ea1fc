//! The addresses of links: one service, own domains, subdomains and paths.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::{Auth, BuildError, TenantError};
use support::{With, World, link_in, noord, renamed, without_tenants, zuid};

/// The links "set a password" and "this was not me" in a mail of `noord`, up to their tokens.
async fn links(world: &World) -> [String; 2] {
    world.request("noord", "demo").await;
    let mail = world.deliver().await.pop().unwrap();
    let before = |page: &str| {
        let link = link_in(&mail, page);
        let at = link.find(page).unwrap();
        link[..at + page.len()].to_owned()
    };
    [before("/reset/"), before("/not-me/")]
}

async fn links_of(service: &'static str, own: Option<&'static str>) -> [String; 2] {
    let world = World::put_together(|builder| builder.public_url(service));
    if let Some(own) = own {
        let noord = noord().with(|tenant| tenant.public_url(own));
        world.auth.put_tenant(noord).unwrap();
    }
    links(&world).await
}

#[tokio::test]
async fn id_follows_the_services_address() {
    for (service, start) in [
        ("https://login.example", "https://login.example/noord"),
        ("https://www.example/in/", "https://www.example/in/noord"),
        (
            "https://{tenant}.login.example",
            "https://noord.login.example",
        ),
        (
            "https://login.example/{tenant}/in",
            "https://login.example/noord/in",
        ),
    ] {
        let expected = ["/reset/", "/not-me/"].map(|page| format!("{start}{page}"));
        assert_eq!(links_of(service, None).await, expected, "{service}");
    }
}

#[tokio::test]
async fn own_address_has_no_id() {
    for own in [
        "https://inloggen.noord.example",
        "https://www.noord.example/in",
    ] {
        let expected = ["/reset/", "/not-me/"].map(|page| format!("{own}{page}"));
        let found = links_of("https://login.example", Some(own)).await;
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn changed_settings_keep_the_address() {
    let world = World::new();
    let own = "https://inloggen.noord.example";
    let noord = noord().with(|tenant| tenant.public_url(own));
    let again = noord.with(|tenant| tenant.language("en"));
    world.auth.put_tenant(again).unwrap();
    assert!(links(&world).await[0].starts_with(own));
}

#[test]
fn tenants_addresses_are_enough() {
    let built = |tenants: Vec<slotwerk::Tenant>| {
        let mut builder = Auth::builder();
        for tenant in tenants {
            builder = builder.tenant(tenant);
        }
        support::whole(builder).build()
    };
    let own = |tenant: slotwerk::Tenant, url: &str| tenant.with(|it| it.public_url(url));
    let noord = own(noord(), "https://noord.example");
    assert!(built(vec![noord.clone()]).is_ok());
    let refused = built(vec![noord, zuid()]).unwrap_err();
    assert!(
        matches!(refused, BuildError::Missing("public_url")),
        "{refused}"
    );
}

#[test]
fn unusable_addresses_are_rejected() {
    for url in [
        "http://login.example",
        "ftp://login.example",
        "https://",
        "login",
    ] {
        let own = zuid().into_builder().public_url(url).build();
        assert!(matches!(own, Err(TenantError::PublicUrl(_))), "{url}");
    }
    for url in ["http://{tenant}.example", "https://{tenant}.example?a=b"] {
        let service = without_tenants().public_url(url).tenant(zuid()).build();
        assert!(matches!(service, Err(BuildError::PublicUrl(_))), "{url}");
    }
    // With the longest id the address is longer than 512 bytes.
    let service = without_tenants()
        .public_url(format!("https://login.example/{:a<460}/{{tenant}}", ""))
        .tenant(renamed(&"n".repeat(64), "N"));
    assert!(matches!(service.build(), Err(BuildError::PublicUrl(_))));
}
