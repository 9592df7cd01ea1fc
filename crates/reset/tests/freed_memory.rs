//! No token is left in memory that was freed. A program for itself: it brings the allocator that looks.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;
use std::time::Duration;

use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_reset::{Issued, Lifetime, LinkBuilder, Purpose, TokenScope, inspect, issue};
use slotwerk_residue::Watch;

const NOW: u64 = 1_790_000_000;
/// No eight bytes of it occur anywhere else.
const SELECTOR: [u8; 16] = *b"\xd1\x5c\x83\x2f\xb6\x07\xe9\x4a\x70\x9d\x1e\xc3\x58\xf4\x26\x8b";
const SCOPE: TokenScope<'static> = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");

fn ring() -> KeyRing {
    KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]))
}

fn issued(ring: &KeyRing) -> Issued {
    let lifetime = Lifetime::new(Duration::from_secs(3600)).unwrap();
    issue(ring, &SCOPE, NOW, lifetime, black_box(SELECTOR)).unwrap()
}

/// The selector as it is, and the token whose text it stands in.
fn secrets() -> [Vec<u8>; 2] {
    let token = issued(&ring()).token;
    [SELECTOR.to_vec(), token.expose().as_bytes().to_vec()]
}

#[test]
fn new_tokens() {
    let watch = Watch::begin();
    let ring = ring();
    for secret in secrets() {
        watch.leaves_nothing(&secret, || drop(issued(&ring)));
    }
}

#[test]
fn presented_tokens() {
    let watch = Watch::begin();
    let ring = ring();
    let token = issued(&ring).token;
    for secret in secrets() {
        watch.leaves_nothing(&secret, || {
            drop(inspect(&ring, &SCOPE, token.expose(), NOW).unwrap())
        });
        watch.leaves_nothing(&secret, || {
            assert!(inspect(&ring, &SCOPE, token.expose(), NOW + 7200).is_err());
            let elsewhere = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-b");
            assert!(inspect(&ring, &elsewhere, token.expose(), NOW).is_err());
        });
    }
}

#[test]
fn links() {
    let watch = Watch::begin();
    let ring = ring();
    for address in [
        "https://example.org",
        "https://example.org/a/long/path/to/the/portal",
    ] {
        let links = LinkBuilder::new(address).unwrap();
        for secret in secrets() {
            watch.leaves_nothing(&secret, || {
                let token = issued(&ring).token;
                drop(links.link(&["tenant-a", "reset"], &token));
            });
        }
    }
}
