//! Codes as people type and paste them, and texts that are not codes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use core::time::Duration;
use proptest::prelude::*;
use slotwerk_totp::{
    Algorithm, Code, MalformedCode, Parameters, Progress, Verdict, Window, code_at, verify,
};
use support::{lines, rfc_secret, unescaped};

const VECTORS: &str = include_str!("vectors/codes.txt");

fn texts(kind: &str) -> Vec<String> {
    let rows = lines(VECTORS).filter_map(|line| line.split_once('\t'));
    let texts: Vec<String> = rows
        .filter(|(of, _)| *of == kind)
        .map(|(_, text)| unescaped(text))
        .collect();
    assert!(texts.len() > 30, "{kind}");
    texts
}

/// The code of RFC 4226's counter 1 is 287082; at second 30 it is current.
fn is_accepted(code: &Code) -> bool {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let before = Progress::default();
    verify(&secret, &params, Window::STRICT, &before, code, 30)
        .accepted()
        .is_some()
}

#[test]
fn spellings_of_one_code() {
    for text in texts("ok") {
        let code = Code::parse(&text, &Parameters::ISSUED);
        assert!(is_accepted(&code.unwrap()), "{text:?}");
    }
}

#[test]
fn anything_else_is_malformed() {
    let padded = format!("{}287082", " ".repeat(59));
    let megabyte = "287082".repeat(180_000);
    for text in texts("bad")
        .into_iter()
        .chain([String::new(), padded, megabyte])
    {
        let malformed = Code::parse(&text, &Parameters::ISSUED).unwrap_err();
        assert_eq!(malformed, MalformedCode { digits: 6 }, "{text:?}");
    }
}

#[test]
fn the_parameters_say_how_many_digits() {
    for digits in 6..=8_u8 {
        let params = Parameters::new(Algorithm::Sha1, digits, Duration::from_secs(30)).unwrap();
        for typed in 5..=9 {
            let text = "0".repeat(typed);
            let read = Code::parse(&text, &params);
            assert_eq!(
                read.is_ok(),
                typed == usize::from(digits),
                "{digits} {typed}"
            );
        }
    }
}

#[test]
fn code_of_other_parameters() {
    let (secret, before) = (rfc_secret(20), Progress::default());
    let eight = Parameters::new(Algorithm::Sha1, 8, Duration::from_secs(30)).unwrap();
    // The last six of eight digits are the code of six digits, and a leading zero adds nothing.
    let step = (0..1_000)
        .find(|&step| code_at(&secret, &eight, step).starts_with("00"))
        .unwrap();
    let long = Code::parse(&code_at(&secret, &eight, step), &eight).unwrap();
    let check = |params| {
        let verdict = verify(&secret, params, Window::STRICT, &before, &long, step * 30);
        matches!(verdict, Verdict::Accepted(_))
    };
    assert!(check(&eight), "a control");
    assert!(!check(&Parameters::ISSUED));
}

#[test]
fn codes_are_never_printed() {
    let code = Code::parse("287082", &Parameters::ISSUED).unwrap();
    assert_eq!(format!("{code:?}"), "Code(..)");
    let malformed = Code::parse("2870820", &Parameters::ISSUED).unwrap_err();
    for printed in [malformed.to_string(), format!("{malformed:?}")] {
        assert!(!printed.contains("2870"), "{printed}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_malformed(text in any::<String>()) {
        let digits = text.chars().filter(|c| c.is_numeric()).count();
        prop_assert!(digits == 6 || Code::parse(&text, &Parameters::ISSUED).is_err(), "{:?}", text);
    }

    #[test]
    fn separators_change_nothing(
        number in 0_u32..1_000_000,
        gaps in prop::collection::vec("[ \u{a0}\u{200b}\u{2060}-]{0,2}", 5),
        end in "[.,]?[ \u{200b}]{0,2}",
    ) {
        let text = format!("{number:06}");
        let mut typed = String::new();
        for (place, digit) in text.chars().enumerate() {
            typed.push(digit);
            typed.push_str(gaps.get(place).map_or("", String::as_str));
        }
        typed.push_str(&end);
        prop_assert!(Code::parse(&typed, &Parameters::ISSUED).is_ok(), "{:?}", typed);
    }
}
