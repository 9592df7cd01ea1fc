//! Moving sealed values to the active key.
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
    KeyFault, KeyId, KeyRing, MAX_PLAINTEXT, MAX_SUBJECT, MasterKey, ResealError, Scope,
};

const SCOPE: Scope<'_> = Scope::new("totp-secret", "tenant-a");
const OLD: [u8; 24] = [0x5a; 24];
const NEW: [u8; 24] = [0x5b; 24];

fn sealed() -> Vec<u8> {
    ring(7, 1)
        .seal(&SCOPE, b"account-7", OLD, b"the secret")
        .unwrap()
}

fn rotated() -> KeyRing {
    ring(7, 1).rotate(id(8), key(2)).unwrap()
}

fn reseal(ring: &KeyRing, sealed: &[u8]) -> Result<Option<Vec<u8>>, ResealError> {
    ring.reseal(&SCOPE, b"account-7", NEW, sealed)
}

#[test]
fn a_value_moves_to_the_active_key_and_outlives_the_old_one() {
    let moved = reseal(&rotated(), &sealed()).unwrap().unwrap();
    assert_eq!(KeyRing::sealed_under(&moved), Some(id(8)));
    // Exactly what sealing it anew would give: same scope, same subject, the nonce that was handed in.
    let anew = rotated().seal(&SCOPE, b"account-7", NEW, b"the secret");
    assert_eq!(moved, anew.unwrap());
    let after = rotated().revoke(id(7)).unwrap();
    assert_eq!(
        *after.open(&SCOPE, b"account-7", &moved).unwrap(),
        b"the secret"
    );
}

#[test]
fn a_value_under_the_active_key_stays() {
    assert_eq!(reseal(&ring(7, 1), &sealed()), Ok(None));
    let moved = reseal(&rotated(), &sealed()).unwrap().unwrap();
    assert_eq!(reseal(&rotated(), &moved), Ok(None));
}

#[test]
fn a_lost_revoked_or_wrong_key_is_named_by_its_id_alone() {
    let lost = reseal(&ring(8, 2), &sealed()).unwrap_err();
    assert_eq!(lost, ResealError::Key(KeyFault::Unknown(id(7))));
    assert_eq!(lost.to_string(), "key id 7 is unknown");

    let revoked = reseal(&rotated().revoke(id(7)).unwrap(), &sealed()).unwrap_err();
    assert_eq!(revoked, ResealError::Key(KeyFault::Revoked(id(7))));
    assert_eq!(revoked.to_string(), "key id 7 is revoked");

    // Another key under the id, retired or active.
    let other = ring(7, 9).rotate(id(8), key(2)).unwrap();
    for wrong in [other, ring(7, 9)] {
        let refused = reseal(&wrong, &sealed()).unwrap_err();
        assert_eq!(refused, ResealError::WrongKey(id(7)));
        assert_eq!(
            format!("{refused} {refused:?}"),
            "the value sealed under key id 7 does not open WrongKey(KeyId(7))"
        );
    }
}

#[test]
fn a_value_moves_only_where_it_belongs() {
    let ring = rotated();
    for (scope, subject) in [
        (Scope::new("totp-secret", "tenant-b"), &b"account-7"[..]),
        (Scope::new("outbox", "tenant-a"), b"account-7"),
        (SCOPE, b"account-8"),
    ] {
        assert_eq!(
            ring.reseal(&scope, subject, NEW, &sealed()),
            Err(ResealError::WrongKey(id(7)))
        );
    }
    let long = [1; MAX_SUBJECT + 1];
    assert_eq!(
        ring.reseal(&SCOPE, &long, NEW, &sealed()),
        Err(ResealError::Malformed)
    );
}

#[test]
fn a_forged_value_is_not_taken_for_one_that_is_there_already() {
    let ring = ring(7, 1);
    let sealed = sealed();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refused = reseal(&ring, &changed).unwrap_err();
        let expected = match bit / 8 {
            0 => ResealError::Malformed,
            1 | 2 => {
                let id = KeyRing::sealed_under(&changed).unwrap();
                ResealError::Key(KeyFault::Unknown(id))
            }
            _ => ResealError::WrongKey(id(7)),
        };
        assert_eq!(refused, expected, "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(reseal(&ring, &sealed[..length]).is_err());
    }
}

#[test]
fn the_longest_value_moves() {
    let longest = vec![7; MAX_PLAINTEXT];
    let sealed = ring(7, 1).seal(&SCOPE, b"s", OLD, &longest).unwrap();
    let moved = rotated().reseal(&SCOPE, b"s", NEW, &sealed);
    let moved = moved.unwrap().unwrap();
    assert_eq!(*rotated().open(&SCOPE, b"s", &moved).unwrap(), longest);
}

proptest! {
    #[test]
    fn whatever_key_a_value_is_under_it_moves_unchanged(
        fills in prop::collection::btree_set(1u8.., 2..12),
        under: prop::sample::Index,
        plaintext: Vec<u8>,
        subject: Vec<u8>,
    ) {
        let fills: Vec<u8> = fills.into_iter().collect();
        let mut rings = (0..fills.len()).map(|count| {
            fills[..=count].iter().enumerate().skip(1).fold(
                KeyRing::new(id(0), MasterKey::from_bytes([fills[0]; 32])),
                |ring, (number, fill)| {
                    ring.rotate(KeyId::new(number as u16), key(*fill)).unwrap()
                },
            )
        });
        let then = rings.clone().nth(under.index(fills.len())).unwrap();
        let now = rings.next_back().unwrap();
        let sealed = then.seal(&SCOPE, &subject, OLD, &plaintext).unwrap();
        match now.reseal(&SCOPE, &subject, NEW, &sealed).unwrap() {
            None => prop_assert_eq!(then.active(), now.active()),
            Some(moved) => {
                prop_assert_ne!(then.active(), now.active());
                prop_assert_eq!(KeyRing::sealed_under(&moved), Some(now.active()));
                prop_assert_eq!(&*now.open(&SCOPE, &subject, &moved).unwrap(), &plaintext);
            }
        }
    }
}
