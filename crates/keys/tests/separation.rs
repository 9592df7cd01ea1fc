//! No two scopes, keys or lists of parts stand in for one another.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{id, key, ring};
use proptest::prelude::*;
use slotwerk_keys::{KeyRing, MacMismatch, OpenError, Scope};
use std::collections::HashSet;

/// Pairs that run together to the same text, and some that differ in a hair.
const SCOPES: [(&str, &str); 12] = [
    ("a", "bc"),
    ("ab", "c"),
    ("abc", ""),
    ("", "abc"),
    ("", ""),
    ("a\0", "bc"),
    ("a", "\0bc"),
    ("a", "Bc"),
    ("a", "bc "),
    ("bc", "a"),
    ("a\0\0\0\0\0\0\0\u{2}bc", ""),
    ("a", "b\u{ad}c"),
];

#[test]
fn every_scope_has_its_own_tag_key() {
    let ring = ring(1, 0x11);
    for (made_at, made) in SCOPES.iter().enumerate() {
        let tag = ring
            .derive_active(&Scope::new(made.0, made.1))
            .1
            .mac(&[b"x"]);
        for (tried_at, tried) in SCOPES.iter().enumerate() {
            let key = ring.derive(id(1), &Scope::new(tried.0, tried.1)).unwrap();
            let verdict = key.verify_mac(&[b"x"], &tag);
            let expected = if made_at == tried_at {
                Ok(())
            } else {
                Err(MacMismatch)
            };
            assert_eq!(verdict, expected, "{made:?} at {tried:?}");
        }
    }
}

/// A ring that has been asked before, by many at once, says what one that is asked for the first time says.
#[test]
fn asking_again_and_from_many_threads_gives_the_same_key() {
    let tag = |ring: &KeyRing, number, (purpose, tenant)| {
        let key = ring.derive(id(number), &Scope::new(purpose, tenant));
        key.unwrap().mac(&[b"x"])
    };
    let two = || ring(1, 0x11).rotate(id(2), key(0x22)).unwrap();
    let shared = two();
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                for _ in 0..20 {
                    for scope in SCOPES {
                        for number in [1, 2] {
                            assert_eq!(tag(&shared, number, scope), tag(&two(), number, scope));
                        }
                    }
                }
            });
        }
    });
    // A rotation changes nothing under the key that was active.
    let before = tag(&shared, 2, ("a", "bc"));
    let rotated = shared.rotate(id(3), key(0x33)).unwrap();
    assert_eq!(tag(&rotated, 2, ("a", "bc")), before);
}

#[test]
fn every_scope_has_its_own_sealing_key() {
    let ring = ring(1, 0x11);
    for (made_at, made) in SCOPES.iter().enumerate() {
        let sealed = ring
            .seal(&Scope::new(made.0, made.1), b"s", [7; 24], b"x")
            .unwrap();
        for (tried_at, tried) in SCOPES.iter().enumerate() {
            let opened = ring
                .open(&Scope::new(tried.0, tried.1), b"s", &sealed)
                .map(|x| x.to_vec());
            let expected = if made_at == tried_at {
                Ok(b"x".to_vec())
            } else {
                Err(OpenError::Forged)
            };
            assert_eq!(opened, expected, "{made:?} at {tried:?}");
        }
    }
}

#[test]
fn every_master_key_has_its_own_derived_keys() {
    let scope = Scope::new("p", "t");
    let mut tags = HashSet::new();
    for bit in 0..256 {
        let mut bytes = [0x11; 32];
        bytes[bit / 8] ^= 1 << (bit % 8);
        let ring = slotwerk_keys::KeyRing::new(id(1), slotwerk_keys::MasterKey::from_bytes(bytes));
        assert!(tags.insert(ring.derive_active(&scope).1.mac(&[])));
    }
}

#[test]
fn parts_cannot_be_moved_across_their_borders() {
    let lists: [&[&[u8]]; 9] = [
        &[],
        &[b""],
        &[b"", b""],
        &[b"abc"],
        &[b"ab", b"c"],
        &[b"a", b"bc"],
        &[b"abc", b""],
        &[b"", b"abc"],
        &[b"a", b"b", b"c"],
    ];
    let ring = ring(1, 0x11);
    let (_, key) = ring.derive_active(&Scope::new("p", "t"));
    let tags: HashSet<[u8; 32]> = lists.iter().map(|parts| key.mac(parts)).collect();
    assert_eq!(tags.len(), lists.len());
}

#[test]
fn every_changed_bit_of_a_tag_is_noticed() {
    let ring = ring(1, 0x11);
    let (_, key) = ring.derive_active(&Scope::new("p", "t"));
    let tag = key.mac(&[b"x"]);
    key.verify_mac(&[b"x"], &tag).unwrap();
    for bit in 0..256 {
        let mut changed = tag;
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            key.verify_mac(&[b"x"], &changed),
            Err(MacMismatch),
            "bit {bit}"
        );
    }
}

proptest! {
    #[test]
    fn different_scopes_never_share_a_key(a in "[ab]{0,3}", b in "[ab]{0,3}", c in "[ab]{0,3}", d in "[ab]{0,3}") {
        let ring = ring(1, 0x11);
        let one = ring.derive_active(&Scope::new(&a, &b)).1.mac(&[]);
        let two = ring.derive_active(&Scope::new(&c, &d)).1.mac(&[]);
        prop_assert_eq!(one == two, (a, b) == (c, d));
    }

    #[test]
    fn different_parts_never_share_a_tag(
        one in prop::collection::vec(prop::collection::vec(0u8..2, 0..3), 0..4),
        two in prop::collection::vec(prop::collection::vec(0u8..2, 0..3), 0..4),
    ) {
        let ring = ring(1, 0x11);
    let (_, key) = ring.derive_active(&Scope::new("p", "t"));
        let tag = |parts: &[Vec<u8>]| key.mac(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        prop_assert_eq!(tag(&one) == tag(&two), one == two);
    }
}

#[test]
fn rotation_changes_what_is_made_and_keeps_what_was() {
    let scope = Scope::new("p", "t");
    let old = ring(1, 0x11);
    let (_, old_key) = old.derive_active(&scope);
    let old_tag = old_key.mac(&[b"x"]);
    let new = old.rotate(id(2), key(0x22)).unwrap();
    let (made_with, new_key) = new.derive_active(&scope);
    assert_eq!(made_with, id(2));
    assert_eq!(new_key.verify_mac(&[b"x"], &old_tag), Err(MacMismatch));
    new.derive(id(1), &scope)
        .unwrap()
        .verify_mac(&[b"x"], &old_tag)
        .unwrap();
}
