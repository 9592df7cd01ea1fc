//! The key text: what is read, what is refused, and that refusals never quote it.
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
use slotwerk_keys::{KeyId, KeyRing, KeyRingError, KeyState, LineProblem, MasterKey, Scope};
use std::fmt::Write as _;

/// 32 bytes of 0x11, 0x22 and 0x33.
const K1: &str = "ERERERERERERERERERERERERERERERERERERERERERE";
const K2: &str = "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI";
const K3: &str = "MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM";

fn line(line: usize, problem: LineProblem) -> KeyRingError {
    KeyRingError::Line { line, problem }
}

#[test]
fn reads_what_it_documents() {
    let text = format!(
        "# ring\r\n\r\n 7\tretired {K1} # old\n65535 active {K2}\n0 revoked\n3 revoked {K3}"
    );
    let ring = KeyRing::parse(&text).unwrap();
    assert_eq!(ring.usable().collect::<Vec<_>>(), [id(65535), id(7)]);
    assert_eq!(ring.revoked().collect::<Vec<_>>(), [id(0), id(3)]);
    // The key of a revoked line is gone.
    assert_eq!(
        *ring.to_text(),
        format!("65535 active {K2}\n7 retired {K1}\n0 revoked\n3 revoked\n")
    );
}

#[test]
fn reads_the_key_that_is_written_there() {
    let scope = Scope::new("p", "t");
    let read = KeyRing::parse(&format!("1 active {K1}")).unwrap();
    assert_eq!(
        read.derive_active(&scope).1.mac(&[]),
        ring(1, 0x11).derive_active(&scope).1.mac(&[])
    );
}

#[test]
fn refuses_each_wrong_line_by_its_number() {
    use LineProblem::*;
    let cases = [
        ("1".to_owned(), Fields),
        ("1 active".to_owned(), Fields),
        ("1 retired".to_owned(), Fields),
        (format!("1 active {K2} extra"), Fields),
        (format!("active 1 {K2}"), Id),
        (format!("+1 active {K2}"), Id),
        (format!("-1 active {K2}"), Id),
        (format!("01 active {K2}"), Id),
        (format!("0x1 active {K2}"), Id),
        (format!("65536 active {K2}"), Id),
        (format!("\u{661} active {K2}"), Id),
        (format!("\u{feff}1 active {K2}"), Id),
        (format!("1 Active {K2}"), State),
        (format!("1 enabled {K2}"), State),
        (format!("1 {K2} active"), State),
        (format!("1 retired {}", &K2[1..]), Key),
        (format!("1 retired {K2}A"), Key),
        (format!("1 retired {K2}="), Key),
        (format!("1 retired {}J", &K2[1..]), Key), // trailing bits set: not the one spelling
        (format!("1 retired +{}", &K2[1..]), Key),
        (format!("1 retired /{}", &K2[1..]), Key),
        (format!("1 retired \u{e9}{}", &K2[2..]), Key),
        ("1 revoked no-key".to_owned(), Key),
        (
            "1 retired AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            Placeholder,
        ),
        (format!("9 retired {K2}"), DuplicateId),
        ("9 revoked".to_owned(), DuplicateId),
        ("8 revoked".to_owned(), DuplicateId),
        (format!("8 retired {K2}"), DuplicateId),
        (format!("1 retired {K1}"), DuplicateKey),
        (format!("1 active {K2}"), SecondActive),
    ];
    for (wrong, problem) in cases {
        let text = format!("8 revoked\n9 active {K1}\n# a comment\n{wrong}\n7 retired {K3}\n");
        assert_eq!(
            KeyRing::parse(&text).unwrap_err(),
            line(4, problem),
            "{wrong}"
        );
    }
}

/// A key that leaked is revoked; under another id it would go on.
#[test]
fn revoked_keys_stay_revoked() {
    for (first, second) in [
        (format!("1 revoked {K1}"), format!("2 active {K1}")),
        (format!("2 active {K1}"), format!("1 revoked {K1}")),
        (format!("1 revoked {K1}"), format!("2 retired {K1}")),
        (format!("2 retired {K1}"), format!("1 revoked {K1}")),
        (
            format!("1 revoked {K1} # leaked"),
            format!("  2\tactive\t{K1}"),
        ),
    ] {
        for between in ["", "5 revoked\n", "# nothing\n\n"] {
            let text = format!("{first}\n{between}{second}\n9 retired {K3}\n");
            let number = 2 + between.lines().count();
            assert_eq!(
                KeyRing::parse(&text).unwrap_err(),
                line(number, LineProblem::DuplicateKey),
                "{text}"
            );
        }
    }
    // Two revoked ids of one key: neither does anything.
    let text = format!("1 revoked {K1}\n2 revoked {K1}\n3 active {K2}\n");
    assert_eq!(KeyRing::parse(&text).unwrap().revoked().count(), 2);
}

#[test]
fn refuses_a_text_without_an_active_key() {
    for text in ["", "# nothing", "1 revoked", &format!("1 retired {K1}")] {
        assert_eq!(
            KeyRing::parse(text).unwrap_err(),
            KeyRingError::NoActive,
            "{text}"
        );
    }
}

#[test]
fn refuses_more_than_it_holds() {
    let long = "#".repeat(KeyRing::MAX_TEXT + 1);
    let limit = KeyRing::MAX_TEXT;
    assert_eq!(
        KeyRing::parse(&long).unwrap_err(),
        KeyRingError::TextTooLong { limit }
    );
    assert_eq!(
        KeyRing::parse(&long[1..]).unwrap_err(),
        KeyRingError::NoActive
    );

    let many: String = (0..=KeyRing::MAX_REVOKED)
        .map(|id| format!("{id} revoked\n"))
        .collect();
    let refused = KeyRing::parse(&many).unwrap_err();
    assert_eq!(
        refused,
        line(KeyRing::MAX_REVOKED + 1, LineProblem::TooMany)
    );

    let mut text = format!("9999 active {K1}\n");
    for number in 0..KeyRing::MAX_USABLE {
        writeln!(
            text,
            "{number} retired {number:0>42}A",
            number = 1000 + number
        )
        .unwrap();
    }
    let refused = KeyRing::parse(&text).unwrap_err();
    assert_eq!(refused, line(KeyRing::MAX_USABLE + 1, LineProblem::TooMany));
}

/// Every way of damaging a good text, one character at a time: whatever comes out quotes no run of it.
#[test]
fn no_error_quotes_the_text() {
    let key = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k";
    let text = format!("1 active {key}\n2 retired {K2}\n");
    let mut refused = 0;
    for at in 0..text.len() {
        for with in ["", "!", " ", "\n", "\u{e9}", "AA"] {
            let mut changed = text.clone();
            changed.replace_range(at..=at, with);
            if let Err(error) = KeyRing::parse(&changed) {
                refused += 1;
                let said = format!("{error} {error:?}");
                for run in key.as_bytes().windows(4).chain(K2.as_bytes().windows(4)) {
                    assert!(!said.contains(std::str::from_utf8(run).unwrap()), "{said}");
                }
            }
        }
    }
    assert!(
        refused > 400,
        "only {refused} of the damaged texts were refused"
    );
}

fn rings() -> impl Strategy<Value = KeyRing> {
    let keys = prop::collection::btree_map(any::<u16>(), any::<[u8; 32]>(), 1..20);
    (keys, any::<u64>()).prop_map(|(keys, revoke)| {
        let mut ring: Option<KeyRing> = None;
        for (number, mut bytes) in keys {
            bytes[..2].copy_from_slice(&number.to_be_bytes());
            bytes[2] = 1;
            let key = MasterKey::from_bytes(bytes);
            ring = Some(match ring {
                None => KeyRing::new(id(number), key),
                Some(ring) => ring.rotate(id(number), key).unwrap(),
            });
        }
        let ring = ring.unwrap();
        let retired: Vec<KeyId> = ring.usable().skip(1).collect();
        retired
            .into_iter()
            .enumerate()
            .fold(ring, |ring, (at, id)| {
                if revoke >> (at % 64) & 1 == 1 {
                    ring.revoke(id).unwrap()
                } else {
                    ring
                }
            })
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same_ring(ring in rings()) {
        let text = ring.to_text();
        let again = KeyRing::parse(&text).unwrap();
        prop_assert_eq!(&*again.to_text(), &*text);
        prop_assert_eq!(ring.usable().collect::<Vec<_>>(), again.usable().collect::<Vec<_>>());
        prop_assert_eq!(ring.revoked().collect::<Vec<_>>(), again.revoked().collect::<Vec<_>>());
        let scope = Scope::new("p", "t");
        for id in ring.usable() {
            let tag = ring.derive(id, &scope).unwrap().mac(&[b"x"]);
            prop_assert!(again.derive(id, &scope).unwrap().verify_mac(&[b"x"], &tag).is_ok());
        }
        for id in ring.revoked() {
            prop_assert_eq!(again.state(id), Some(KeyState::Revoked));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[0-9a-z #\n\t\u{0}\u{e9}-]{0,200}") {
        let _ = KeyRing::parse(&text);
    }

    #[test]
    fn no_line_makes_it_panic(id in ".{0,6}", state in "active|retired|revoked|.{0,8}", key in ".{0,50}") {
        let _ = KeyRing::parse(&format!("{id} {state} {key}"));
    }
}

#[test]
fn writing_fits_what_was_set_aside_for_it() {
    // Growing the text would leave a copy of the keys behind: the capacity must not have changed.
    let ring = ring(65535, 0x11).rotate(id(65534), key(0x22)).unwrap();
    let text = ring.to_text();
    assert!(text.capacity() <= 2 * 60, "grew to {}", text.capacity());
    assert_eq!(text.lines().count(), 2);
}
