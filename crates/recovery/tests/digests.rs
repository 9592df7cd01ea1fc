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
use slotwerk_recovery::{Digest, RecoveryCode, StretchedCode, decoy_salt};
use std::collections::HashSet;
use zeroize::Zeroizing;

fn ring(id: u16, byte: u8) -> KeyRing {
    KeyRing::new(KeyId::new(id), MasterKey::from_bytes([byte; 32]))
}

fn rotated() -> KeyRing {
    let next = MasterKey::from_bytes([0x22; 32]);
    ring(1, 0x11).rotate(KeyId::new(2), next).unwrap()
}

fn code(text: &str) -> RecoveryCode {
    RecoveryCode::parse(text).unwrap()
}

/// As if these bytes were the output of the password hash.
fn stretched(bytes: [u8; 32]) -> StretchedCode {
    StretchedCode::from_bytes(Zeroizing::new(bytes))
}

fn argon2id(code: &RecoveryCode, salt: &[u8], memory: u32, passes: u32) -> StretchedCode {
    let params = argon2::Params::new(memory, passes, 1, Some(32)).unwrap();
    let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
    let mut out = Zeroizing::new([0; 32]);
    argon2::Argon2::new(algorithm, version, params)
        .hash_password_into(&code.hash_input(), salt, out.as_mut_slice())
        .unwrap();
    StretchedCode::from_bytes(out)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split(' ').collect())
}

fn named(name: &str) -> &str {
    if name == "-" { "" } else { name }
}

const CODE: &str = "0123-4567-89AB-CDEF";

#[test]
fn stretched_digests_match_the_vectors() {
    let mut seen = HashSet::new();
    for row in rows(include_str!("vectors/stretched.txt")) {
        let [byte, tenant, account, text, salt, memory, passes, expected] = row[..] else {
            panic!("{row:?}");
        };
        let ring = ring(1, from_hex(byte)[0]);
        let (memory, passes) = (memory.parse().unwrap(), passes.parse().unwrap());
        let stretched = argon2id(&code(text), &from_hex(salt), memory, passes);
        let digest = stretched.digest(&ring, named(tenant), named(account));
        assert_eq!(hex(digest.as_bytes()), expected, "{row:?}");
        seen.insert(digest);
    }
    assert_eq!(seen.len(), 9, "every column changes the digest");
}

#[test]
fn unstretched_digests_match_the_vectors() {
    let mut seen = HashSet::new();
    for row in rows(include_str!("vectors/unstretched.txt")) {
        let [byte, tenant, account, text, expected] = row[..] else {
            panic!("{row:?}");
        };
        let ring = ring(1, from_hex(byte)[0]);
        let digests = code(text).unstretched_digests(&ring, named(tenant), named(account));
        let [digest] = digests[..] else {
            panic!("{digests:?}");
        };
        assert_eq!(hex(digest.as_bytes()), expected, "{row:?}");
        seen.insert(digest);
    }
    assert_eq!(seen.len(), 8);
}

/// A digest of the code itself must not pass for a digest of the stretched code.
#[test]
fn stretched_and_unstretched_never_meet() {
    let ring = ring(1, 0x11);
    let unstretched = code(CODE).unstretched_digests(&ring, "noord", "jan");
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&code(CODE).hash_input());
    assert_ne!(stretched(bytes).digests(&ring, "noord", "jan"), unstretched);
}

#[test]
fn rotation_keeps_codes_revocation_ends_them() {
    let stored = stretched([7; 32]).digest(&ring(1, 0x11), "noord", "jan");
    let sought = stretched([7; 32]).digests(&rotated(), "noord", "jan");
    let active = stretched([7; 32]).digest(&rotated(), "noord", "jan");
    assert_eq!(sought, [active, stored]);
    assert_ne!(active, stored);

    let revoked = rotated().revoke(KeyId::new(1)).unwrap();
    assert_eq!(
        stretched([7; 32]).digests(&revoked, "noord", "jan"),
        [active]
    );

    let old = code(CODE).unstretched_digests(&ring(1, 0x11), "noord", "jan");
    let sought = code(CODE).unstretched_digests(&rotated(), "noord", "jan");
    assert_eq!((sought.len(), sought[1]), (2, old[0]));
    let sought = code(CODE).unstretched_digests(&revoked, "noord", "jan");
    assert!(!sought.contains(&old[0]));
}

#[test]
fn other_account_or_tenant_is_unknown() {
    let ring = ring(1, 0x11);
    let stored = stretched([7; 32]).digest(&ring, "noord", "jan");
    let old = code(CODE).unstretched_digests(&ring, "noord", "jan");
    // The last two move a letter across a border.
    for (tenant, account) in [
        ("zuid", "jan"),
        ("noord", "piet"),
        ("noor", "djan"),
        ("noordj", "an"),
    ] {
        let sought = stretched([7; 32]).digests(&ring, tenant, account);
        assert!(!sought.contains(&stored), "{tenant} {account}");
        let sought = code(CODE).unstretched_digests(&ring, tenant, account);
        assert!(!sought.contains(&old[0]), "{tenant} {account}");
    }
    // An account whose name ends as the code begins has no code in common either.
    let moved = code("1234-5670-89AB-CDEF").unstretched_digests(&ring, "noord", "jan0");
    assert_ne!(moved, old);
}

#[test]
fn every_spelling_is_hashed_alike() {
    for typed in [
        "0123456789abcdef",
        "ol23 4567 89ab cdef",
        "OI23–4567–89AB–CDEF",
        "3. ０１２３ 4567\u{200b}89AB CDEF.",
    ] {
        assert_eq!(*code(typed).hash_input(), b"0123456789ABCDEF");
    }
}

#[test]
fn decoy_salt_depends_on_the_account() {
    let salt = decoy_salt(&ring(1, 0x42), "noord", "account-1");
    // HMAC-SHA-256 over lp(account), as in vectors/stretched.txt, purpose "recovery-code-decoy-salt".
    assert_eq!(hex(&salt), "1865b8fac2b69208bf3d09b5b38d7f24");
    assert_eq!(salt, decoy_salt(&ring(1, 0x42), "noord", "account-1"));
    for other in [
        decoy_salt(&ring(1, 0x42), "noord", "account-2"),
        decoy_salt(&ring(1, 0x42), "zuid", "account-1"),
        decoy_salt(&ring(1, 0x43), "noord", "account-1"),
    ] {
        assert_ne!(other, salt);
    }
}

#[test]
fn printed_values_show_four_bytes_at_most() {
    let digest = Digest::from_bytes(core::array::from_fn(|place| u8::try_from(place).unwrap()));
    assert_eq!(format!("{digest:?}"), "Digest(00010203..)");
    assert_eq!(format!("{:?}", stretched([7; 32])), "StretchedCode(..)");
}

proptest! {
    #[test]
    fn equal_digests_mean_equal_account_tenant_and_code(
        one in ("[ab]{0,3}", "[ab]{0,3}", 0_u8..3),
        two in ("[ab]{0,3}", "[ab]{0,3}", 0_u8..3),
    ) {
        let ring = ring(1, 0x11);
        let digest = |(tenant, account, byte): &(String, String, u8)| {
            stretched([*byte; 32]).digest(&ring, tenant, account)
        };
        prop_assert_eq!(digest(&one) == digest(&two), one == two);
    }

    #[test]
    fn a_stored_digest_is_taken_up_unchanged(bytes in any::<[u8; 32]>()) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(digest.as_bytes(), &bytes);
    }
}
