#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! Two promises that hang on Unicode's tables, proved over every code point.

use slotwerk_policy::{Code, MAX_BYTES, MAX_CHARACTERS, Policy, PolicyDraft, State, Subject};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization as _;

/// So that a password above the byte ceiling is above every maximum length as well, and refusing it as too
/// long is the truth.
#[test]
fn no_acceptable_password_is_above_the_byte_ceiling() {
    // The longest way to write one fully decomposed character.
    let mut longest: HashMap<char, usize> = HashMap::new();
    for c in '\0'..=char::MAX {
        let mut decomposed = std::iter::once(c).nfd();
        if let (Some(only), None) = (decomposed.next(), decomposed.next()) {
            let bytes = longest.entry(only).or_default();
            *bytes = c.len_utf8().max(*bytes);
        }
    }
    let written_out = |c: char| {
        std::iter::once(c)
            .nfd()
            .map(|part| longest[&part])
            .sum::<usize>()
    };
    let mut worst = 0;
    for c in '\0'..=char::MAX {
        // Writing a character as such is never longer than writing its parts at their longest.
        assert!(c.len_utf8() <= written_out(c), "{c:?}");
        if std::iter::once(c).nfc().eq([c]) {
            worst = worst.max(written_out(c));
        }
    }
    assert!((6..=12).contains(&worst), "{worst} bytes for one character");
    assert!(usize::from(MAX_CHARACTERS) * worst <= MAX_BYTES);
}

#[test]
fn above_the_ceiling_a_password_is_refused_unseen() {
    let policy = policy();
    let password = "a1".repeat(MAX_BYTES / 2) + "b";
    let verdict = policy.check(&Subject::new(), &password);
    let too_long = verdict.too_long().unwrap();
    assert_eq!(
        (too_long.bytes, too_long.ceiling),
        (MAX_BYTES + 1, MAX_BYTES)
    );
    for requirement in verdict.requirements() {
        let expected = match requirement.code() {
            Code::MaximumLength => State::Unmet,
            _ => State::Pending,
        };
        assert_eq!(requirement.state(), expected, "{}", requirement.code());
    }
    assert!(!verdict.is_acceptable());
    let unmet = verdict.accept().unwrap_err();
    assert_eq!(unmet.too_long(), Some(too_long));
    assert_eq!(unmet.requirements().len(), policy.rules().count());
}

#[test]
fn at_the_ceiling_a_password_is_judged() {
    let verdict = policy().check(&Subject::new(), &"a1".repeat(MAX_BYTES / 2));
    assert!(verdict.too_long().is_none());
    let unmet: Vec<_> = verdict
        .requirements()
        .iter()
        .filter(|r| r.state() != State::Met)
        .collect();
    assert_eq!(
        unmet.iter().map(|r| r.code()).collect::<Vec<_>>(),
        [Code::MaximumLength]
    );
}

/// 256 characters in their longest spelling are accepted: nothing is cut off on the way.
#[test]
fn the_longest_password_is_accepted_whole() {
    let spelt = "\u{1112}\u{1161}\u{11ab}".repeat(usize::from(MAX_CHARACTERS));
    let policy = PolicyDraft::new().minimum_length(8).build().unwrap();
    let accepted = policy.check(&Subject::new(), &spelt).accept().unwrap();
    assert_eq!(accepted.expose(), "한".repeat(256));
}

fn policy() -> Policy {
    PolicyDraft::new()
        .minimum_length(8)
        .maximum_run(1)
        .build()
        .unwrap()
}
