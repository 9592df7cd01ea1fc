//! A key text from its first key on: prepared, rotated, retired, revoked, listed.
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
use slotwerk_keys::{KeyId, KeyRing, KeyRingError, KeyState, MasterKey, Scope};
use std::collections::BTreeMap;

const SCOPE: Scope<'_> = Scope::new("p", "t");

fn listing(ring: &KeyRing) -> String {
    let words: Vec<String> = ring
        .states()
        .map(|(id, state)| format!("{id} {state}"))
        .collect();
    words.join(", ")
}

#[test]
fn a_text_goes_through_its_whole_life() {
    let mut text = ring(1, 1).to_text();
    let mut change = |change: &dyn Fn(KeyRing) -> Result<KeyRing, KeyRingError>| {
        let ring = change(KeyRing::parse(&text).unwrap()).unwrap();
        text = ring.to_text();
        let again = KeyRing::parse(&text).unwrap();
        assert_eq!(listing(&again), listing(&ring));
        listing(&ring)
    };
    assert_eq!(change(&Ok), "1 active");
    assert_eq!(
        change(&|ring| ring.rotate(id(2), key(2))),
        "2 active, 1 retired"
    );
    assert_eq!(
        change(&|ring| ring.prepare(id(3), key(3))),
        "2 active, 3 retired, 1 retired"
    );
    assert_eq!(
        change(&|ring| ring.retire(id(2), id(3))),
        "3 active, 2 retired, 1 retired"
    );
    assert_eq!(
        change(&|ring| ring.revoke(id(1))),
        "3 active, 2 retired, 1 revoked"
    );
    assert_eq!(
        change(&|ring| ring.retire(id(3), id(2))),
        "2 active, 3 retired, 1 revoked"
    );
}

#[test]
fn a_listing_has_every_id_once_and_nothing_of_the_keys() {
    let ring = ring(1, 0x11).rotate(id(2), key(0x22)).unwrap();
    let ring = ring.rotate(id(3), key(0x33)).unwrap();
    let ring = ring.revoke(id(1)).unwrap();
    assert_eq!(
        ring.states().collect::<Vec<_>>(),
        [
            (id(3), KeyState::Active),
            (id(2), KeyState::Retired),
            (id(1), KeyState::Revoked),
        ]
    );
    for (id, state) in ring.states() {
        assert_eq!(ring.state(id), Some(state));
    }
}

#[test]
fn a_retired_key_is_still_good_for_what_it_made() {
    let before = ring(1, 1).prepare(id(2), key(2)).unwrap();
    let (under, made) = before.derive_active(&SCOPE);
    assert_eq!(under, id(1));
    let tag = made.mac(&[b"x"]);
    let after = before.retire(id(1), id(2)).unwrap();
    assert_eq!(after.derive_active(&SCOPE).0, id(2));
    let old = after.derive(id(1), &SCOPE).unwrap();
    assert_eq!(old.verify_mac(&[b"x"], &tag), Ok(()));
    // The key went with its id.
    let new = ring(9, 2).derive_active(&SCOPE).1.mac(&[b"x"]);
    assert_eq!(after.derive_active(&SCOPE).1.mac(&[b"x"]), new);
}

#[test]
fn retiring_twice_changes_nothing() {
    let ring = ring(1, 1).prepare(id(2), key(2)).unwrap();
    let ring = ring.prepare(id(3), key(3)).unwrap();
    let once = ring.retire(id(1), id(2)).unwrap();
    let text = once.to_text();
    assert_eq!(once.retire(id(1), id(2)).unwrap().to_text(), text);
}

#[test]
fn only_the_active_key_is_retired_and_only_for_a_key_that_can_take_over() {
    let three = || {
        let ring = ring(1, 1).rotate(id(2), key(2)).unwrap();
        let ring = ring.rotate(id(3), key(3)).unwrap();
        ring.rotate(id(4), key(4)).unwrap().revoke(id(1)).unwrap()
    };
    let cases = [
        ((4, 1), KeyRingError::NotRetired(id(1))),
        ((4, 4), KeyRingError::NotRetired(id(4))),
        ((4, 9), KeyRingError::UnknownId(id(9))),
        ((9, 3), KeyRingError::UnknownId(id(9))),
        ((3, 2), KeyRingError::NotActive(id(3))),
        ((1, 2), KeyRingError::NotActive(id(1))),
        ((1, 4), KeyRingError::NotActive(id(1))),
        ((3, 1), KeyRingError::NotActive(id(3))),
    ];
    for ((old, new), expected) in cases {
        let refused = three().retire(id(old), id(new)).unwrap_err();
        assert_eq!(refused, expected, "{old} for {new}");
    }
    assert_eq!(
        KeyRingError::NotRetired(id(4)).to_string(),
        "key id 4 is not a retired key, so it cannot become active"
    );
}

#[test]
fn a_prepared_key_is_held_to_the_rules_of_a_rotated_one() {
    let ring = || {
        let ring = ring(1, 1).rotate(id(2), key(2)).unwrap();
        ring.revoke(id(1)).unwrap()
    };
    for taken in [1, 2] {
        assert_eq!(
            ring().prepare(id(taken), key(9)).unwrap_err(),
            KeyRingError::DuplicateId(id(taken))
        );
    }
    assert_eq!(
        ring().prepare(id(3), key(2)).unwrap_err(),
        KeyRingError::DuplicateKey(id(2))
    );
    let mut full = KeyRing::new(id(0), numbered(0));
    for number in 1..KeyRing::MAX_USABLE as u16 {
        full = full.prepare(id(number), numbered(number)).unwrap();
    }
    let limit = KeyRing::MAX_USABLE;
    assert_eq!(
        full.prepare(id(999), numbered(999)).unwrap_err(),
        KeyRingError::TooMany { limit }
    );
}

#[test]
fn the_next_id_follows_the_highest_ever_seen() {
    assert_eq!(ring(0, 1).next_id(), id(1));
    assert_eq!(ring(7, 1).next_id(), id(8));
    let ring7 = ring(9, 1).rotate(id(3), key(2)).unwrap();
    assert_eq!(ring7.next_id(), id(10));
    // The highest is revoked, and still counts, also through text.
    let revoked = ring7.revoke(id(9)).unwrap();
    assert_eq!(revoked.next_id(), id(10));
    assert_eq!(
        KeyRing::parse(&revoked.to_text()).unwrap().next_id(),
        id(10)
    );
    // At the end of the numbers, the lowest that was never used.
    let last = ring(1, 1).rotate(id(u16::MAX), key(2)).unwrap();
    assert_eq!(last.revoke(id(1)).unwrap().next_id(), id(2));
}

/// A key that differs for every number.
fn numbered(number: u16) -> MasterKey {
    let mut bytes = [0xaa; 32];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    MasterKey::from_bytes(bytes)
}

#[derive(Clone, Debug)]
enum Change {
    Rotate(Option<u16>),
    Prepare(Option<u16>),
    Retire(usize, usize),
    Revoke(usize),
}

fn changes() -> impl Strategy<Value = Change> {
    let number = || prop::option::of(prop_oneof![0u16..8, 65_530..=u16::MAX]);
    prop_oneof![
        number().prop_map(Change::Rotate),
        number().prop_map(Change::Prepare),
        (0usize..8, 0usize..8).prop_map(|(old, new)| Change::Retire(old, new)),
        (0usize..8).prop_map(Change::Revoke),
    ]
}

proptest! {
    /// Whatever is done to a ring, through text each time: an id never stands for a second key, a
    /// revoked one stays revoked, and one key is active.
    #[test]
    fn no_id_is_ever_used_for_a_second_key(changes in prop::collection::vec(changes(), 1..60)) {
        let mut text = KeyRing::new(id(1), numbered(0)).to_text();
        let mut owners: BTreeMap<KeyId, u16> = BTreeMap::from([(id(1), 0)]);
        let mut dead: Vec<KeyId> = Vec::new();
        for (serial, change) in (1u16..).zip(changes) {
            let ring = KeyRing::parse(&text).unwrap();
            let ids: Vec<KeyId> = ring.states().map(|(id, _)| id).collect();
            let next = ring.next_id();
            prop_assert!(!owners.contains_key(&next));
            let result = match change {
                Change::Rotate(number) | Change::Prepare(number) => {
                    let new = number.map_or(next, KeyId::new);
                    let taken = owners.contains_key(&new);
                    let result = if matches!(change, Change::Rotate(_)) {
                        ring.rotate(new, numbered(serial))
                    } else {
                        ring.prepare(new, numbered(serial))
                    };
                    prop_assert_eq!(result.is_err(), taken);
                    owners.entry(new).or_insert(serial);
                    result
                }
                Change::Retire(old, new) => {
                    ring.retire(ids[old % ids.len()], ids[new % ids.len()])
                }
                Change::Revoke(at) => {
                    let id = ids[at % ids.len()];
                    let result = ring.revoke(id);
                    if result.is_ok() && !dead.contains(&id) {
                        dead.push(id);
                    }
                    result
                }
            };
            let Ok(ring) = result else { continue };
            for (id, state) in ring.states() {
                prop_assert_eq!(state == KeyState::Revoked, dead.contains(&id));
                if state != KeyState::Revoked {
                    let expected = KeyRing::new(id, numbered(owners[&id]));
                    let tag = expected.derive_active(&SCOPE).1.mac(&[]);
                    let key = ring.derive(id, &SCOPE).unwrap();
                    prop_assert!(key.verify_mac(&[], &tag).is_ok(), "{} changed its key", id);
                }
            }
            prop_assert_eq!(ring.states().count(), owners.len());
            text = ring.to_text();
        }
    }
}
