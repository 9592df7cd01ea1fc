//! Bits to text, and text as people type it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use proptest::prelude::*;
use slotwerk_recovery::{CodeSet, DuplicateCode, Malformed, RecoveryCode};

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// A set whose codes start with the given bits; the others only fill up.
fn set_of(bits: &[[u8; 10]]) -> CodeSet {
    let fill = (0..).map(|number: u8| [0x77, number, 1, 2, 3, 4, 5, 6, 7, 8]);
    let fill = fill.filter(|fill| !bits.contains(fill));
    let entropy: Vec<u8> = bits
        .iter()
        .copied()
        .chain(fill)
        .take(10)
        .flatten()
        .collect();
    CodeSet::from_entropy(&entropy.try_into().unwrap()).unwrap()
}

fn bits_of(hex: &str) -> [u8; 10] {
    core::array::from_fn(|place| u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).unwrap())
}

#[test]
fn bits_are_written_as_the_vectors_say() {
    let mut seen = 0;
    for line in lines(include_str!("vectors/codes.txt")) {
        let (hex, text) = line.split_once(' ').unwrap();
        assert_eq!(set_of(&[bits_of(hex)]).codes()[0].expose(), text);
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn every_bit_has_its_symbol() {
    let zero = "0000-0000-0000-0000";
    for bit in 0..80 {
        let mut bits = [0; 10];
        bits[bit / 8] = 0x80 >> (bit % 8);
        let mut expected = zero.to_owned();
        let place = bit / 5 + bit / 20;
        let symbol = ["G", "8", "4", "2", "1"][bit % 5];
        expected.replace_range(place..=place, symbol);
        assert_eq!(set_of(&[bits]).codes()[0].expose(), expected);
    }
}

/// Puts the character U+XXXX in the place of each `{XXXX}`.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('{');
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let (hex, rest) = part.split_once('}').unwrap();
        plain.push(char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap());
        plain.push_str(rest);
    }
    plain
}

#[test]
fn typed_codes_match_the_vectors() {
    let (mut good, mut bad) = (0, 0);
    for line in lines(include_str!("vectors/typed.txt")) {
        let (expected, typed) = line.split_once('\t').unwrap();
        let typed = typed.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
        let read = RecoveryCode::parse(&unescaped(typed));
        if expected == "bad" {
            assert_eq!(read.err(), Some(Malformed), "{typed}");
            bad += 1;
        } else {
            let code = read.unwrap_or_else(|_| panic!("{typed} is rejected"));
            assert_eq!(code.expose(), expected, "{typed}");
            good += 1;
        }
    }
    assert_eq!((good, bad), (71, 44));
}

#[test]
fn control_characters_and_overlong_texts() {
    let code = "0123-4567-89AB-CDEF";
    assert!(RecoveryCode::parse(&format!("\t{code}\r\n")).is_ok());
    for bad in [
        format!("{code}\0"),
        format!("\0{code}"),
        format!("{code}\u{7f}"),
    ] {
        assert_eq!(RecoveryCode::parse(&bad).unwrap_err(), Malformed);
    }
    for filler in [" ", "\u{200b}", "."] {
        let room = (128 - code.len()) / filler.len();
        let padded = |count: usize| format!("{}{code}", filler.repeat(count));
        assert!(RecoveryCode::parse(&padded(room)).is_ok(), "{filler:?}");
        for count in [room + 1, 1_000_000] {
            let read = RecoveryCode::parse(&padded(count));
            assert_eq!(read.unwrap_err(), Malformed, "{filler:?}");
        }
    }
}

#[test]
fn a_set_with_two_equal_codes_is_refused() {
    let distinct: [u8; 100] = core::array::from_fn(|place| u8::try_from(place).unwrap());
    assert!(CodeSet::from_entropy(&distinct).is_ok());
    for first in 0..10 {
        for second in first + 1..10 {
            let mut entropy = distinct;
            entropy.copy_within(first * 10..first * 10 + 10, second * 10);
            assert_eq!(CodeSet::from_entropy(&entropy).unwrap_err(), DuplicateCode);
            // Control: one bit makes the difference.
            entropy[second * 10 + 9] ^= 1;
            assert!(CodeSet::from_entropy(&entropy).is_ok());
        }
    }
    assert_eq!(CodeSet::from_entropy(&[0; 100]).unwrap_err(), DuplicateCode);
}

#[test]
fn nothing_printed_contains_a_code() {
    let set = set_of(&[]);
    let code = RecoveryCode::parse("0123-4567-89AB-CDEF").unwrap();
    let mut printed = format!("{set:?} {set:#?} {code:?} {code:#?}");
    for typed in ["0123-4567-89AB-CDE", "0123-4567-89AB-CDEU"] {
        let error = RecoveryCode::parse(typed).unwrap_err();
        printed += &format!("{error} {error:?}");
    }
    assert!(!printed.contains("0123") && !printed.contains("89AB"));
    for code in set.codes() {
        assert!(!printed.contains(&code.expose()[..4]));
    }
}

#[cfg(feature = "rand")]
#[test]
fn generated_sets_have_ten_codes_and_differ() {
    let (one, two) = (CodeSet::generate().unwrap(), CodeSet::generate().unwrap());
    assert_eq!(one.codes().len(), CodeSet::CODES);
    for code in one.codes() {
        assert!(
            two.codes()
                .iter()
                .all(|other| other.expose() != code.expose())
        );
    }
}

/// Respells a code as people might, by the given choices.
fn respell(code: &str, choices: &[u8]) -> String {
    let mut text = String::new();
    for (symbol, choice) in code.chars().zip(choices.iter().cycle()) {
        match (symbol, choice % 4) {
            ('-', 0) => {}
            ('-', 1) => text.push(' '),
            ('-', _) => text.push_str(" - "),
            ('0', 1) => text.push('O'),
            ('0', 2) => text.push('o'),
            ('1', 1) => text.push('I'),
            ('1', 2) => text.push('l'),
            ('1', 3) => text.push('L'),
            (symbol, 0) => text.push(symbol.to_ascii_lowercase()),
            (symbol, _) => text.push(symbol),
        }
    }
    text
}

proptest! {
    #[test]
    fn a_code_is_read_back_however_it_is_spelt(
        bits in any::<[u8; 10]>(),
        choices in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let set = set_of(&[bits]);
        let shown = set.codes()[0].expose();
        for typed in [shown, &respell(shown, &choices)] {
            let read = RecoveryCode::parse(typed).unwrap();
            prop_assert_eq!(read.expose(), shown);
        }
    }

    #[test]
    fn different_bits_are_different_codes(one in any::<[u8; 10]>(), bit in 0_usize..80) {
        let mut two = one;
        two[bit / 8] ^= 1 << (bit % 8);
        let set = set_of(&[one, two]);
        prop_assert_ne!(set.codes()[0].expose(), set.codes()[1].expose());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9A-Za-z \\-]{14,22}|\\PC{0,40}") {
        if let Ok(code) = RecoveryCode::parse(&text) {
            let shown = code.expose();
            prop_assert_eq!(shown.len(), 19);
            let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ-";
            prop_assert!(shown.chars().all(|symbol| alphabet.contains(symbol)));
        }
    }
}
