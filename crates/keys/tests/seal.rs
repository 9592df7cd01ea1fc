//! Sealed values: nothing but the original, in its own place, opens.
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
use slotwerk_keys::{
    KeyFault, KeyRing, MAX_PLAINTEXT, MAX_SUBJECT, OpenError, SEALED_OVERHEAD, Scope, SealError,
};

const SCOPE: Scope<'_> = Scope::new("totp-secret", "tenant-a");
const NONCE: [u8; 24] = [0x5a; 24];

fn sealed() -> (KeyRing, Vec<u8>) {
    let ring = ring(0x0102, 0x11).rotate(id(0x0103), key(0x22)).unwrap();
    let sealed = ring
        .seal(&SCOPE, b"account-7", NONCE, b"the secret")
        .unwrap();
    (ring, sealed)
}

#[test]
fn opens_where_it_belongs() {
    let (ring, sealed) = sealed();
    assert_eq!(
        *ring.open(&SCOPE, b"account-7", &sealed).unwrap(),
        b"the secret"
    );
    assert_eq!(sealed.len(), b"the secret".len() + SEALED_OVERHEAD);
    assert_eq!(KeyRing::sealed_under(&sealed), Some(id(0x0103)));
    // The plaintext is not in it.
    assert!(
        !sealed
            .windows(4)
            .any(|run| b"the secret".windows(4).any(|plain| plain == run))
    );
}

#[test]
fn every_flipped_bit_is_refused() {
    let (ring, sealed) = sealed();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refused = ring.open(&SCOPE, b"account-7", &changed).unwrap_err();
        let expected = match bit / 8 {
            0 => OpenError::Malformed,
            // One of these flips names the other key of the ring, which must not open it either.
            1 | 2 if changed[1..3] == [1, 2] => OpenError::Forged,
            1 | 2 => OpenError::Key(KeyFault::Unknown(id(u16::from_be_bytes([
                changed[1], changed[2],
            ])))),
            _ => OpenError::Forged,
        };
        assert_eq!(refused, expected, "bit {bit}");
    }
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let (ring, sealed) = sealed();
    for length in 0..sealed.len() {
        assert!(
            ring.open(&SCOPE, b"account-7", &sealed[..length]).is_err(),
            "first {length}"
        );
        assert!(
            ring.open(&SCOPE, b"account-7", &sealed[sealed.len() - length..])
                .is_err(),
            "last {length}"
        );
        if length < SEALED_OVERHEAD {
            let refused = ring
                .open(&SCOPE, b"account-7", &sealed[..length])
                .unwrap_err();
            assert_eq!(refused, OpenError::Malformed, "first {length}");
        }
    }
    for byte in 0..=u8::MAX {
        let after = [&sealed[..], &[byte]].concat();
        assert_eq!(
            ring.open(&SCOPE, b"account-7", &after).unwrap_err(),
            OpenError::Forged
        );
        let before = [&[byte], &sealed[..]].concat();
        assert!(ring.open(&SCOPE, b"account-7", &before).is_err());
    }
}

#[test]
fn another_tenant_purpose_or_subject_is_refused() {
    let (ring, sealed) = sealed();
    let places: [(Scope<'_>, &[u8]); 9] = [
        (Scope::new("totp-secret", "tenant-b"), b"account-7"),
        (Scope::new("totp-secret", ""), b"account-7"),
        (Scope::new("totp-secrettenant-a", ""), b"account-7"),
        (Scope::new("outbox", "tenant-a"), b"account-7"),
        (Scope::new("tenant-a", "totp-secret"), b"account-7"),
        (SCOPE, b"account-8"),
        (SCOPE, b""),
        (SCOPE, b"account-7\0"),
        (SCOPE, b"account-"),
    ];
    for (scope, subject) in places {
        assert_eq!(
            ring.open(&scope, subject, &sealed).unwrap_err(),
            OpenError::Forged,
            "{scope:?}"
        );
    }
}

#[test]
fn the_same_key_under_another_id_does_not_open() {
    // A rename in the header is a change like any other, although the key is the same.
    let (_, mut sealed) = sealed();
    sealed[2] = 0x04;
    let renamed = ring(0x0104, 0x22);
    assert_eq!(
        renamed.open(&SCOPE, b"account-7", &sealed).unwrap_err(),
        OpenError::Forged
    );
}

#[test]
fn two_nonces_give_two_values_and_one_gives_one() {
    let (ring, sealed) = sealed();
    assert_ne!(
        ring.seal(&SCOPE, b"account-7", [0x5b; 24], b"the secret")
            .unwrap(),
        sealed
    );
    assert_eq!(
        ring.seal(&SCOPE, b"account-7", NONCE, b"the secret")
            .unwrap(),
        sealed
    );
}

#[test]
fn lengths_are_bounded_on_both_sides() {
    let ring = ring(1, 0x11);
    let longest = vec![7; MAX_PLAINTEXT];
    let sealed = ring
        .seal(&SCOPE, &[1; MAX_SUBJECT], NONCE, &longest)
        .unwrap();
    assert_eq!(
        *ring.open(&SCOPE, &[1; MAX_SUBJECT], &sealed).unwrap(),
        longest
    );

    let too_long = vec![7; MAX_PLAINTEXT + 1];
    assert_eq!(
        ring.seal(&SCOPE, b"s", NONCE, &too_long),
        Err(SealError::TooLong)
    );
    assert_eq!(
        ring.seal(&SCOPE, &[1; MAX_SUBJECT + 1], NONCE, b"x"),
        Err(SealError::SubjectTooLong)
    );
    assert_eq!(
        ring.open(&SCOPE, &[1; MAX_SUBJECT + 1], &sealed)
            .unwrap_err(),
        OpenError::Malformed
    );
    let too_long = vec![1; MAX_PLAINTEXT + SEALED_OVERHEAD + 1];
    assert_eq!(
        ring.open(&SCOPE, b"s", &too_long).unwrap_err(),
        OpenError::Malformed
    );
}

proptest! {
    #[test]
    fn what_was_sealed_opens(
        master: [u8; 32], purpose: String, tenant: String, subject: Vec<u8>, nonce: [u8; 24], plaintext: Vec<u8>,
    ) {
        let ring = KeyRing::new(id(1), slotwerk_keys::MasterKey::from_bytes(master));
        let scope = Scope::new(&purpose, &tenant);
        let sealed = ring.seal(&scope, &subject, nonce, &plaintext).unwrap();
        prop_assert_eq!(&*ring.open(&scope, &subject, &sealed).unwrap(), &plaintext);
    }

    #[test]
    fn nothing_made_up_opens(mut junk in prop::collection::vec(any::<u8>(), 0..200), versioned: bool) {
        if versioned && junk.len() >= 3 {
            junk[..3].copy_from_slice(&[1, 0, 1]);
        }
        prop_assert!(ring(1, 0x11).open(&SCOPE, b"s", &junk).is_err());
    }
}
