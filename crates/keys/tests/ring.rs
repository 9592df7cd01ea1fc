//! Rotation, revocation, and what each state still allows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{id, key, ring};
use slotwerk_keys::{
    KeyFault, KeyId, KeyRing, KeyRingError, KeyState, MasterKey, OpenError, Scope,
};

const SCOPE: Scope<'_> = Scope::new("p", "t");

fn three() -> KeyRing {
    ring(1, 1)
        .rotate(id(2), key(2))
        .unwrap()
        .rotate(id(3), key(3))
        .unwrap()
}

#[test]
fn the_newest_key_is_active_and_the_others_follow_youngest_first() {
    let ring = three();
    assert_eq!(ring.active(), id(3));
    assert_eq!(ring.usable().collect::<Vec<KeyId>>(), [id(3), id(2), id(1)]);
    assert_eq!(ring.state(id(3)), Some(KeyState::Active));
    assert_eq!(ring.state(id(2)), Some(KeyState::Retired));
    assert_eq!(ring.state(id(9)), None);
}

#[test]
fn a_retired_key_opens_and_verifies() {
    let before = ring(1, 1);
    let sealed = before.seal(&SCOPE, b"s", [7; 24], b"x").unwrap();
    let tag = before.derive_active(&SCOPE).1.mac(&[b"x"]);
    let after = three();
    assert_eq!(*after.open(&SCOPE, b"s", &sealed).unwrap(), b"x");
    after
        .derive(id(1), &SCOPE)
        .unwrap()
        .verify_mac(&[b"x"], &tag)
        .unwrap();
}

#[test]
fn a_revoked_key_does_nothing_and_is_named() {
    let sealed = ring(1, 1).seal(&SCOPE, b"s", [7; 24], b"x").unwrap();
    let ring = three().revoke(id(1)).unwrap();
    let fault = KeyFault::Revoked(id(1));
    assert_eq!(
        ring.open(&SCOPE, b"s", &sealed).unwrap_err(),
        OpenError::Key(fault)
    );
    assert_eq!(ring.derive(id(1), &SCOPE).unwrap_err(), fault);
    assert_eq!(ring.state(id(1)), Some(KeyState::Revoked));
    assert_eq!(ring.usable().collect::<Vec<_>>(), [id(3), id(2)]);
    assert_eq!(ring.revoked().collect::<Vec<_>>(), [id(1)]);
}

#[test]
fn an_unknown_key_is_named_and_no_other_is_tried() {
    // Ring 9 has the very key that sealed the value, under another id.
    let sealed = ring(1, 1).seal(&SCOPE, b"s", [7; 24], b"x").unwrap();
    let ring = ring(9, 1);
    let fault = KeyFault::Unknown(id(1));
    assert_eq!(
        ring.open(&SCOPE, b"s", &sealed).unwrap_err(),
        OpenError::Key(fault)
    );
    assert_eq!(ring.derive(id(1), &SCOPE).unwrap_err(), fault);
}

#[test]
fn an_id_is_never_used_twice_not_even_a_revoked_one() {
    let ring = three().revoke(id(1)).unwrap();
    assert_eq!(
        ring.rotate(id(1), key(9)).unwrap_err(),
        KeyRingError::DuplicateId(id(1))
    );
    assert_eq!(
        three().rotate(id(2), key(9)).unwrap_err(),
        KeyRingError::DuplicateId(id(2))
    );
    assert_eq!(
        three().rotate(id(3), key(9)).unwrap_err(),
        KeyRingError::DuplicateId(id(3))
    );
}

#[test]
fn a_key_is_never_held_under_two_ids() {
    assert_eq!(
        three().rotate(id(4), key(3)).unwrap_err(),
        KeyRingError::DuplicateKey(id(3))
    );
    assert_eq!(
        three().rotate(id(4), key(1)).unwrap_err(),
        KeyRingError::DuplicateKey(id(1))
    );
}

#[test]
fn the_active_key_and_unknown_ids_cannot_be_revoked() {
    assert_eq!(
        three().revoke(id(3)).unwrap_err(),
        KeyRingError::ActiveId(id(3))
    );
    assert_eq!(
        three().revoke(id(9)).unwrap_err(),
        KeyRingError::UnknownId(id(9))
    );
}

#[test]
fn revoking_twice_changes_nothing() {
    let ring = three().revoke(id(1)).unwrap().revoke(id(1)).unwrap();
    assert_eq!(ring.revoked().collect::<Vec<_>>(), [id(1)]);
}

/// A key that differs for every number.
fn numbered(number: u16) -> MasterKey {
    let mut bytes = [0xaa; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    MasterKey::from_bytes(bytes)
}

#[test]
fn a_ring_holds_a_bounded_number_of_usable_keys() {
    let mut ring = KeyRing::new(id(0), numbered(0));
    for number in 1..KeyRing::MAX_USABLE as u16 {
        ring = ring.rotate(id(number), numbered(number)).unwrap();
    }
    assert_eq!(ring.usable().count(), KeyRing::MAX_USABLE);
    let full = KeyRingError::TooMany {
        limit: KeyRing::MAX_USABLE,
    };
    assert_eq!(ring.rotate(id(999), numbered(999)).unwrap_err(), full);
}

#[test]
fn a_ring_remembers_a_bounded_number_of_revoked_ids() {
    let most = KeyRing::MAX_REVOKED as u16;
    let mut ring = KeyRing::new(id(0), numbered(0));
    for number in 1..=most {
        ring = ring.rotate(id(number), numbered(number)).unwrap();
        ring = ring.revoke(id(number - 1)).unwrap();
    }
    assert_eq!(ring.revoked().count(), KeyRing::MAX_REVOKED);
    let ring = ring.rotate(id(most + 1), numbered(most + 1)).unwrap();
    let full = KeyRingError::TooMany {
        limit: KeyRing::MAX_REVOKED,
    };
    assert_eq!(ring.revoke(id(most)).unwrap_err(), full);
}
