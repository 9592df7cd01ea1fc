//! Stored hashes that must not be acted on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_password::{ParseError, PasswordHash};

const GOOD: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";

fn reason(text: &str) -> String {
    match PasswordHash::parse(text) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => format!("{error:?}")
            .split(['(', ' '])
            .next()
            .unwrap()
            .to_owned(),
    }
}

fn rows() -> Vec<(&'static str, &'static str)> {
    include_str!("vectors/refused.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap())
        // With its feature on, each of these is read as the hash of another system.
        .filter(|(_, text)| {
            let argon2 = ["$argon2i$", "$argon2d$", "$argon2id$v=16$", "$argon2id$m="];
            let starts = |start: &&str| text.starts_with(*start);
            !(cfg!(feature = "argon2-foreign") && argon2.iter().any(starts)
                || cfg!(feature = "bcrypt") && text.starts_with("$2")
                || cfg!(feature = "scrypt") && text.starts_with("$scrypt"))
        })
        .collect()
}

#[test]
fn every_malicious_hash_is_refused_for_its_own_reason() {
    assert_eq!(reason(GOOD), "accepted");
    assert!(rows().len() > 35);
    for (expected, text) in rows() {
        assert_eq!(reason(text), expected, "{text}");
    }
}

#[test]
fn every_truncation_is_refused() {
    // An output may be shorter, down to 16 bytes: what the rest of it matches is then shorter too.
    let shortest = GOOD.len() - 43 + 22;
    for end in 0..shortest {
        assert_ne!(reason(&GOOD[..end]), "accepted", "{end}");
    }
}

#[test]
fn length_is_refused_before_content() {
    let padded = |len: usize| format!("{GOOD}{}", "A".repeat(len - GOOD.len()));
    assert_eq!(reason(&padded(PasswordHash::MAX_LEN)), "Output");
    assert_eq!(reason(&padded(PasswordHash::MAX_LEN + 1)), "TooLong");
    assert_eq!(reason(&padded(1_000_000)), "TooLong");
    assert_eq!(reason(&"$".repeat(1_000_000)), "TooLong");
    assert_eq!(
        reason(&GOOD.replace("19456", &"9".repeat(1_000_000))),
        "TooLong"
    );
}

#[test]
fn the_bounds_themselves_are_accepted() {
    for (from, to) in [
        ("m=19456", "m=1048576"),
        ("m=19456", "m=8"),
        ("t=2", "t=64"),
        ("p=1", "p=16"),
    ] {
        assert_eq!(reason(&GOOD.replace(from, to)), "accepted", "{to}");
    }
    let widest = format!(
        "$argon2id$v=19$m=1048576,t=64,p=16${}${}",
        "A".repeat(86),
        "A".repeat(86)
    );
    assert_eq!(reason(&widest), "accepted");
    assert_eq!(
        reason(&format!(
            "$argon2id$v=19$m=8,t=1,p=1${}${}",
            "A".repeat(11),
            "A".repeat(22)
        )),
        "accepted"
    );
}

#[test]
fn an_error_does_not_repeat_the_hash() {
    for (_, text) in rows() {
        let error: ParseError = PasswordHash::parse(text).unwrap_err();
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(
                !shown.contains("AAECAw") && !shown.contains("z6LMI6"),
                "{shown}"
            );
        }
    }
}
