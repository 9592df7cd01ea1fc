//! Reading the export of Google Authenticator.
#![cfg(feature = "migration")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use base64ct::{Base64, Encoding};
use proptest::prelude::*;
use slotwerk_totp::{Export, ExportError, Parameters, Refusal, SecretError};
use support::{algorithm, lines};

const VECTORS: &str = include_str!("vectors/export.txt");

fn rows(kind: &str) -> Vec<Vec<&str>> {
    let rows: Vec<Vec<&str>> = lines(VECTORS)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|row| row[0] == kind)
        .collect();
    assert!(!rows.is_empty(), "{kind}");
    rows
}

fn parse(bytes: &[u8]) -> Result<Export, ExportError> {
    let data = Base64::encode_string(bytes).replace('+', "%2B");
    Export::parse(&format!("otpauth-migration://offline?data={data}"))
}

/// A field of bytes, of fewer than 128.
fn bytes(field: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap();
    assert!(length < 128);
    [&[field << 3 | 2, length], value].concat()
}

fn number(field: u8, value: u8) -> Vec<u8> {
    vec![field << 3, value]
}

fn entry() -> Vec<u8> {
    let fields = [
        bytes(1, b"abcdefghijklmnopqrst"),
        bytes(2, b"Noord:jan"),
        bytes(3, b"Noord"),
        number(4, 1),
        number(5, 1),
        number(6, 2),
    ];
    fields.concat()
}

fn export(entry: &[u8]) -> Vec<u8> {
    [bytes(1, entry), number(2, 1), number(3, 1), number(4, 0)].concat()
}

#[test]
fn read_as_the_vectors_say() {
    for row in rows("ok") {
        let [_, issuer, account, name, digits, uri] = row[..] else {
            panic!("{row:?}");
        };
        let export = Export::parse(uri).unwrap();
        let [Ok(read)] = export.entries() else {
            panic!("{uri}");
        };
        assert_eq!(read.issuer().unwrap_or("-"), issuer, "{uri}");
        assert_eq!(read.account(), account, "{uri}");
        assert_eq!(read.parameters().algorithm(), algorithm(name), "{uri}");
        assert_eq!(read.parameters().digits().to_string(), digits, "{uri}");
        assert_eq!(read.parameters().period().as_secs(), 30);
        assert_eq!(read.secret().expose(), b"abcdefghijklmnopqrst");
        assert_eq!((export.number(), export.total()), (1, 1));
    }
}

#[test]
fn accounts_that_cannot_be_used_are_refused_by_name() {
    for row in rows("refused") {
        let [_, reason, issuer, account, uri] = row[..] else {
            panic!("{row:?}");
        };
        let entries = Export::parse(uri).unwrap().into_entries();
        let [Err(refused)] = &entries[..] else {
            panic!("{uri}");
        };
        assert_eq!(format!("{:?}", refused.reason()), reason, "{uri}");
        assert_eq!(refused.issuer(), Some(issuer), "{uri}");
        assert_eq!(refused.account(), account, "{uri}");
    }
}

#[test]
fn one_refused_account_leaves_the_others() {
    // The last byte is the type.
    let mut counter_based = entry();
    *counter_based.last_mut().unwrap() = 1;
    let both = [bytes(1, &counter_based), export(&entry())].concat();
    let export = parse(&both).unwrap();
    let [Err(refused), Ok(read)] = export.entries() else {
        panic!("{export:?}");
    };
    assert_eq!(refused.reason(), &Refusal::CounterBased);
    assert_eq!(read.account(), "jan");
}

#[test]
fn the_symbol_that_the_app_itself_drew_is_read() {
    let export = Export::parse(rows("app")[0][1]).unwrap();
    let [Err(refused), Ok(read)] = export.entries() else {
        panic!("{export:?}");
    };
    let short = SecretError::TooShort { bytes: 10 };
    assert_eq!(refused.reason(), &Refusal::Secret(short));
    assert_eq!(refused.issuer(), None);
    assert_eq!(refused.account(), "totp@authenticationtest.com");
    assert_eq!((read.issuer(), read.account()), (None, "test-account"));
    assert_eq!(read.parameters(), &Parameters::ISSUED);
    let base32 = read.secret().to_base32();
    assert_eq!(*base32, "4OWWKH4IFOARZABD7K6RQ3JPFBFLHC5I");
    assert_eq!((export.number(), export.total()), (1, 1));
    assert_eq!(export.batch_id(), -2_115_321_764);
}

#[test]
fn refused_as_the_vectors_say() {
    for row in rows("bad") {
        let [_, error, uri] = row[..] else {
            panic!("{row:?}");
        };
        assert_eq!(
            format!("{:?}", Export::parse(uri).unwrap_err()),
            error,
            "{uri}"
        );
    }
    let (long, megabyte) = ("A".repeat(4097), "A".repeat(1 << 20));
    for text in [&long, &megabyte] {
        assert_eq!(Export::parse(text).unwrap_err(), ExportError::TooLong);
    }
}

#[test]
fn what_protocol_buffers_allow_and_the_app_does_not_write_is_refused() {
    let good = export(&entry());
    assert!(parse(&good).is_ok());
    let with = |more: Vec<u8>| parse(&export(&[entry(), more].concat())).unwrap_err();
    assert_eq!(with(number(4, 1)), ExportError::DuplicateField);
    assert_eq!(
        with(bytes(1, b"abcdefghijklmnopqrst")),
        ExportError::DuplicateField
    );
    assert_eq!(with(number(9, 30)), ExportError::UnknownField);
    assert_eq!(with(bytes(9, b"")), ExportError::UnknownField);
    assert_eq!(with(number(8, 1)), ExportError::Malformed);
    assert_eq!(with(bytes(7, b"1")), ExportError::Malformed);
    // Of other wire types, also the group that no length bounds.
    assert_eq!(with(vec![7 << 3 | 5, 0, 0, 0, 0]), ExportError::Malformed);
    assert_eq!(with(vec![7 << 3 | 3]), ExportError::Malformed);
    // A name that is no text, a length beyond the end, a number that never ends.
    assert_eq!(with(bytes(8, &[0xff])), ExportError::Malformed);
    assert_eq!(with(vec![8 << 3 | 2, 1]), ExportError::Malformed);
    assert_eq!(
        with(vec![8 << 3 | 2, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        ExportError::Malformed
    );
    assert_eq!(with(vec![7 << 3, 0xff]), ExportError::Malformed);
    // What would be the secret, or its length, if only the lower 32 bits were read.
    let secret = b"abcdefghijklmnopqrst";
    let nameless = [bytes(2, b"Noord:jan"), number(6, 2)].concat();
    for head in [
        &[0x8a, 0x80, 0x80, 0x80, 0x10, 20][..],
        &[0x0a, 0x94, 0x80, 0x80, 0x80, 0x10],
        &[0x0a, 0x94, 0x00],
    ] {
        let disguised = [head, secret, &nameless].concat();
        assert_eq!(
            parse(&export(&disguised)).unwrap_err(),
            ExportError::Malformed
        );
    }
    let plain = [&[0x0a, 20][..], secret, &nameless].concat();
    assert!(parse(&export(&plain)).is_ok());
    // And what would be 1 if only the lower 64 were.
    let beyond = [&[7 << 3, 0x81][..], &[0x80; 8], &[0x02]].concat();
    assert_eq!(with(beyond), ExportError::Malformed);
    assert_eq!(
        with([&[7 << 3][..], &[0xff; 11], &[0]].concat()),
        ExportError::Malformed
    );

    let also = |more: Vec<u8>| parse(&[good.clone(), more].concat()).unwrap_err();
    assert_eq!(also(number(2, 1)), ExportError::DuplicateField);
    assert_eq!(also(number(6, 1)), ExportError::UnknownField);
    assert_eq!(also(vec![0, 0]), ExportError::UnknownField);
    // Numbers that would be small ones if their upper bits were dropped.
    let large = |field: u8| vec![field << 3, 0x81, 0x80, 0x80, 0x80, 0x10];
    assert_eq!(also(large(5)), ExportError::Malformed);
    // More symbols than there can be accounts for.
    let of = |total: &[u8]| parse(&[bytes(1, &entry()), vec![3 << 3], total.to_vec()].concat());
    assert_eq!(of(&[0xe8, 0x07]).unwrap().total(), Export::MAX_TOTAL);
    assert_eq!(of(&[0xe9, 0x07]).unwrap_err(), ExportError::Malformed);
    let version = [bytes(1, &entry()), large(2)].concat();
    assert_eq!(parse(&version).unwrap_err(), ExportError::Malformed);
}

#[test]
fn cut_short_anywhere_it_is_refused_or_says_less() {
    let good = export(&entry());
    for length in 0..good.len() {
        // The last three fields, of two bytes each, may be missing.
        let complete = good.len() - length <= 6 && (good.len() - length).is_multiple_of(2);
        assert_eq!(parse(&good[..length]).is_ok(), complete, "{length}");
    }
}

#[test]
fn nothing_printed_contains_the_secret_or_the_names() {
    let export = parse(&export(&entry())).unwrap();
    let mut printed = format!("{export:?} {export:#?} {:?}", export.entries());
    for row in rows("refused").iter().chain(&rows("bad")) {
        match Export::parse(row[row.len() - 1]) {
            Ok(export) => {
                let refused = export.entries()[0].as_ref().unwrap_err();
                printed += &format!("{export:?} {refused:?} {refused:#?} {}", refused.reason());
            }
            Err(error) => printed += &format!("{error} {error:?}"),
        }
    }
    for leak in ["abcd", "97, 98", "MFRG", "Noord", "jan", "Zuid", "YWJj"] {
        assert!(!printed.contains(leak), "{leak} in {printed}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        mut damaged in Just(export(&entry())),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        random in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        for (place, byte) in damage {
            let place = place.index(damaged.len());
            damaged[place] = byte;
        }
        for bytes in [damaged, random] {
            if let Ok(export) = parse(&bytes) {
                prop_assert!((1..=export.total()).contains(&export.number()));
                prop_assert!(!export.entries().is_empty());
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), data in "[A-Za-z0-9+/=%]{0,80}") {
        let _ = Export::parse(&text);
        let _ = Export::parse(&format!("otpauth-migration://offline?data={data}"));
    }
}
