//! What is stored and looked up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use proptest::prelude::*;
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_recovery::{CodeSet, Digest, RecoveryCode};
use std::collections::HashSet;

fn ring(id: u16, byte: u8) -> KeyRing {
    KeyRing::new(KeyId::new(id), MasterKey::from_bytes([byte; 32]))
}

fn code(text: &str) -> RecoveryCode {
    RecoveryCode::parse(text).unwrap()
}

const CODE: &str = "0123-4567-89AB-CDEF";

#[test]
fn digests_are_as_the_vectors_say() {
    let mut seen = HashSet::new();
    let rows = include_str!("vectors/digests.txt").lines();
    for line in rows.filter(|line| !line.starts_with('#')) {
        let row: Vec<&str> = line.split(' ').collect();
        let [byte, tenant, account, text, expected] = row[..] else {
            panic!("{line}");
        };
        let named = |name| if name == "-" { "" } else { name };
        let ring = ring(1, u8::from_str_radix(byte, 16).unwrap());
        let digest = code(text).digest(&ring, named(tenant), named(account));
        let hex: String = digest
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected, "{line}");
        seen.insert(digest);
    }
    assert_eq!(seen.len(), 8);
}

#[test]
fn after_a_rotation_old_codes_are_found_and_new_ones_use_the_new_key() {
    let stored = code(CODE).digest(&ring(1, 0x11), "noord", "jan");
    let rotated = ring(1, 0x11)
        .rotate(KeyId::new(2), MasterKey::from_bytes([0x22; 32]))
        .unwrap();
    let sought = code(CODE).digests(&rotated, "noord", "jan");
    assert_eq!(
        sought,
        [code(CODE).digest(&rotated, "noord", "jan"), stored]
    );
    assert_ne!(sought[0], stored);

    // A revoked key finds nothing any more.
    let revoked = rotated.revoke(KeyId::new(1)).unwrap();
    assert_eq!(code(CODE).digests(&revoked, "noord", "jan"), sought[..1]);
}

#[test]
fn a_code_of_another_account_or_tenant_is_not_found() {
    let ring = ring(1, 0x11);
    let stored = code(CODE).digest(&ring, "noord", "jan");
    assert!(code(CODE).digests(&ring, "noord", "jan").contains(&stored));
    // The last two move a letter across a border.
    for (tenant, account) in [
        ("zuid", "jan"),
        ("noord", "piet"),
        ("noor", "djan"),
        ("noordj", "an"),
    ] {
        assert!(!code(CODE).digests(&ring, tenant, account).contains(&stored));
    }
    // Nor does an account whose name ends as the code begins have a code in common.
    let moved = code("1234-5670-89AB-CDEF").digest(&ring, "noord", "jan0");
    assert_ne!(moved, stored);
}

#[test]
fn every_spelling_has_the_same_digest() {
    let ring = ring(1, 0x11);
    let stored = code(CODE).digest(&ring, "noord", "jan");
    for typed in [
        "0123456789abcdef",
        "ol23 4567 89ab cdef",
        "OI23–4567–89AB–CDEF",
    ] {
        assert_eq!(code(typed).digests(&ring, "noord", "jan"), [stored]);
    }
}

#[test]
fn a_set_digests_each_of_its_codes() {
    let ring = ring(1, 0x11);
    let entropy = core::array::from_fn(|place| u8::try_from(place).unwrap());
    let set = CodeSet::from_entropy(&entropy).unwrap();
    let digests = set.digests(&ring, "noord", "jan");
    assert_eq!(digests.len(), CodeSet::CODES);
    assert_eq!(digests.iter().collect::<HashSet<_>>().len(), CodeSet::CODES);
    for (code, digest) in set.codes().iter().zip(&digests) {
        assert_eq!(code.digest(&ring, "noord", "jan"), *digest);
    }
}

#[test]
fn a_printed_digest_shows_four_bytes() {
    let digest = Digest::from_bytes(core::array::from_fn(|place| u8::try_from(place).unwrap()));
    assert_eq!(format!("{digest:?}"), "Digest(00010203..)");
}

proptest! {
    #[test]
    fn equal_digests_mean_equal_account_tenant_and_code(
        one in ("[ab]{0,3}", "[ab]{0,3}", 0_usize..3),
        two in ("[ab]{0,3}", "[ab]{0,3}", 0_usize..3),
    ) {
        let codes = ["0000-0000-0000-0000", "0000-0000-0000-0001", "A000-0000-0000-0000"];
        let ring = ring(1, 0x11);
        let digest = |(tenant, account, place): &(String, String, usize)| {
            code(codes[*place]).digest(&ring, tenant, account)
        };
        prop_assert_eq!(digest(&one) == digest(&two), one == two);
    }

    #[test]
    fn a_stored_digest_is_taken_up_unchanged(bytes in any::<[u8; 32]>()) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(digest.as_bytes(), &bytes);
    }
}
