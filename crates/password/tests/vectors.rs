//! Hashes made by others verify here, and ours are theirs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use base64ct::{Base64Unpadded, Encoding};
use slotwerk_password::{Hasher, Params, Password, PasswordHash, Verification};

const SALT: [u8; 16] = [0x5a; 16];

fn rows(file: &'static str) -> Vec<Vec<&'static str>> {
    let rows: Vec<Vec<_>> = file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(rows.len() > 5 && rows.iter().all(|row| row.len() == 3));
    rows
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn hasher(ceiling: Params) -> Hasher {
    Hasher::builder()
        .workers(1)
        .queue(0)
        .stored_ceiling(ceiling)
        .build()
        .unwrap()
}

fn accepts(hasher: &Hasher, password: &str, stored: &str) -> bool {
    let stored = PasswordHash::parse(stored).unwrap();
    let password = Password::new(password).unwrap();
    match hasher.verify_blocking(password, &stored, SALT).unwrap() {
        Verification::Verified { replacement, .. } => {
            assert_eq!(
                replacement.is_some(),
                stored.is_weaker_than(&hasher.params())
            );
            true
        }
        _ => false,
    }
}

/// The same stored hash with one bit of its output changed.
fn altered(stored: &str) -> String {
    let (head, tail) = stored.rsplit_once('$').unwrap();
    let mut output = Base64Unpadded::decode_vec(tail).unwrap();
    output[0] ^= 0x80;
    format!("{head}${}", Base64Unpadded::encode_string(&output))
}

#[test]
fn hashes_of_the_reference_implementation_verify() {
    let hasher = hasher(Params::new(262_144, 2, 1).unwrap());
    for row in rows(include_str!("vectors/reference-argon2id.tsv")) {
        let (password, tag, stored) = (row[0], from_hex(row[1]), row[2]);
        assert!(stored.ends_with(&format!("${}", Base64Unpadded::encode_string(&tag))));
        assert!(accepts(&hasher, password, stored), "{stored}");
        assert!(!accepts(&hasher, password, &altered(stored)), "{stored}");
    }
}

#[test]
fn hashes_of_argon2_cffi_verify() {
    let hasher = hasher(Params::new(65_536, 3, 1).unwrap());
    for row in rows(include_str!("vectors/argon2-cffi.tsv")) {
        let (password, stored) = (String::from_utf8(from_hex(row[1])).unwrap(), row[2]);
        assert!(accepts(&hasher, &password, stored), "{}", row[0]);
        assert!(!accepts(&hasher, &password, &altered(stored)), "{}", row[0]);
        assert!(
            !accepts(&hasher, &format!("{password} "), stored),
            "{}",
            row[0]
        );
    }
}

#[test]
fn our_hash_is_byte_for_byte_that_of_libargon2() {
    let rows = rows(include_str!("vectors/argon2-cffi.tsv"));
    let profiles = [
        ("owasp-1", 47_104, 1),
        ("owasp-2", 19_456, 2),
        ("owasp-3", 12_288, 3),
    ];
    for (profile, m, t) in profiles {
        let row = rows.iter().find(|row| row[0] == profile).unwrap();
        let params = Params::new(m, t, 1).unwrap();
        let hasher = Hasher::builder().params(params).workers(1).build().unwrap();
        let password = Password::new(String::from_utf8(from_hex(row[1])).unwrap()).unwrap();
        let salt = std::array::from_fn(|at| at as u8);
        assert_eq!(
            hasher.hash_blocking(password, salt).unwrap().as_str(),
            row[2]
        );
    }
}

#[test]
fn a_decomposed_spelling_matches_either_hash_a_composed_one_only_its_own() {
    let rows = rows(include_str!("vectors/argon2-cffi.tsv"));
    let stored = |profile: &str| rows.iter().find(|row| row[0] == profile).unwrap()[2];
    let hasher = hasher(Params::default());
    let (composed, decomposed) = ("caf\u{e9} \u{1e69}", "cafe\u{301} s\u{323}\u{307}");
    assert!(accepts(&hasher, composed, stored("nfc")));
    assert!(accepts(&hasher, decomposed, stored("nfc")));
    assert!(accepts(&hasher, decomposed, stored("nfd")));
    assert!(!accepts(&hasher, composed, stored("nfd")));
}
