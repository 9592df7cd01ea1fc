//! Values that a host seals for the browser, and keys of the host's own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::Fault;
use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use support::{World, ring};

const HOUR: u64 = 60 * 60;
const YEAR: u64 = 365 * 24 * HOUR;
const VALUE: &[u8] = b"a ticket and a language";

async fn seal(world: &World) -> String {
    let tenant = world.auth.tenant("zuid").await.unwrap();
    tenant.seal_host_value("flow", VALUE).unwrap()
}

async fn open_as(world: &World, tenant: &str, name: &str, sealed: &str) -> Option<Vec<u8>> {
    let tenant = world.auth.tenant(tenant).await.unwrap();
    let opened = tenant.open_host_value(name, sealed);
    opened.map(|value| value.to_vec())
}

async fn opens(world: &World, sealed: &str) -> bool {
    match open_as(world, "zuid", "flow", sealed).await {
        Some(value) => value == VALUE,
        None => false,
    }
}

/// A ring whose second key is active.
fn rotated() -> KeyRing {
    let key = MasterKey::from_bytes([8; 32]);
    ring().rotate(KeyId::new(2), key).unwrap()
}

#[tokio::test]
async fn sealed_value_opens_again() {
    let world = World::new();
    let sealed = seal(&world).await;
    assert!(opens(&world, &sealed).await);
    assert!(opens(&world, &sealed).await, "as often as it is presented");
    assert!(opens(&world.node_with(ring()), &sealed).await, "on a node");
    let fits_a_cookie = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(sealed.chars().all(fits_a_cookie), "{sealed}");

    let tenant = world.auth.tenant("zuid").await.unwrap();
    let empty = tenant.seal_host_value("flow", b"").unwrap();
    assert_eq!(
        open_as(&world, "zuid", "flow", &empty).await,
        Some(Vec::new())
    );
}

#[tokio::test]
async fn sealed_values_look_different() {
    let world = World::new();
    assert_ne!(seal(&world).await, seal(&world).await);
}

#[tokio::test]
async fn value_is_not_readable() {
    let tenant = World::new().auth.tenant("zuid").await.unwrap();
    let (one, other) = (vec![b'a'; 300], vec![b'b'; 300]);
    let sealed = |value: &[u8]| tenant.seal_host_value("flow", value).unwrap();
    for value in [&one, &other] {
        let text = sealed(value);
        // In Base64, a run of equal bytes shows as a run of four characters.
        assert!(!text.contains("YWFhYWFh") && !text.contains("YmJiYmJi"));
    }
}

#[tokio::test]
async fn other_tenants_value_is_rejected() {
    let world = World::new();
    let sealed = seal(&world).await;
    assert!(open_as(&world, "zuid", "flow", &sealed).await.is_some());
    assert_eq!(open_as(&world, "noord", "flow", &sealed).await, None);
}

#[tokio::test]
async fn other_names_value_is_rejected() {
    let world = World::new();
    let sealed = seal(&world).await;
    for name in ["", "flo", "flow2", "FLOW", "session"] {
        assert_eq!(open_as(&world, "zuid", name, &sealed).await, None, "{name}");
    }
}

#[tokio::test]
async fn altered_value_is_rejected() {
    let world = World::new();
    let sealed = seal(&world).await;
    for at in 0..sealed.len() {
        let mut altered = sealed.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'Q' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(!opens(&world, &altered).await, "{at}");
    }
    let (cut, longer) = (&sealed[..sealed.len() - 4], format!("{sealed}AAAA"));
    for odd in ["", "A", "é", " ", &"A".repeat(1 << 20), cut, &longer] {
        assert!(!opens(&world, odd).await);
    }
}

#[tokio::test]
async fn value_expires_by_the_clock() {
    let world = World::new();
    let sealed = seal(&world).await;
    world.advance(12 * HOUR - 1);
    assert!(opens(&world, &sealed).await);
    world.advance(1);
    assert!(!opens(&world, &sealed).await);
}

/// A right clock disbelieves the time of a clock that ran ahead.
#[tokio::test]
async fn value_from_a_clock_ahead() {
    for (ahead, is_valid) in [(60, true), (61, false), (YEAR, false)] {
        let world = World::new();
        let now = world.clock.seconds();
        world.clock.set(now + ahead);
        let sealed = seal(&world).await;
        assert!(opens(&world, &sealed).await, "there");
        world.clock.set(now);
        assert_eq!(opens(&world, &sealed).await, is_valid, "{ahead}");
    }
}

#[tokio::test]
async fn revoked_key_ends_values() {
    let world = World::new();
    let sealed = seal(&world).await;
    let node = |keys: KeyRing| world.node_with(keys);
    assert!(opens(&node(rotated()), &sealed).await, "retired");
    let revoked = rotated().revoke(KeyId::new(1)).unwrap();
    assert!(!opens(&node(revoked), &sealed).await);
}

#[tokio::test]
async fn value_too_long_is_a_fault() {
    let tenant = World::new().auth.tenant("zuid").await.unwrap();
    let sealed = tenant.seal_host_value("flow", &vec![0; 2 << 20]);
    assert!(matches!(sealed, Err(Fault::Unusable(_))), "{sealed:?}");
}

#[tokio::test]
async fn sealing_needs_entropy() {
    let world = World::new();
    let tenant = world.auth.tenant("zuid").await.unwrap();
    world.entropy.fail(true);
    let sealed = tenant.seal_host_value("flow", VALUE);
    assert!(matches!(sealed, Err(Fault::Entropy(_))), "{sealed:?}");
}

#[test]
fn host_keys_differ_by_name() {
    let world = World::new();
    let key = |name| world.auth.host_key(name);
    assert_eq!(*key("csrf"), *key("csrf"));
    assert_eq!(*world.node_with(ring()).auth.host_key("csrf"), *key("csrf"));
    for other in ["", "csrf2", "CSRF"] {
        assert_ne!(*key(other), *key("csrf"), "{other}");
    }
    assert_ne!(*key("csrf"), [0; 32]);
}

#[test]
fn host_keys_follow_the_active_key() {
    let world = World::new();
    let rotated = world.node_with(rotated());
    assert_ne!(*rotated.auth.host_key("csrf"), *world.auth.host_key("csrf"));
}
