//! No recovery code is left in memory that was freed. A program for itself: it brings the allocator that looks.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_recovery::{CodeSet, RecoveryCode};
use slotwerk_residue::Watch;

const CODE: &str = "7K3P-QV9M-X2WD-ZT6H";
const TYPED: &str = "7k3p qv9m x2wd zt6h";

#[test]
fn typed_codes() {
    let watch = Watch::begin();
    for secret in [CODE.as_bytes(), TYPED.as_bytes(), b"7K3PQV9MX2WDZT6H"] {
        watch.leaves_nothing(secret, || {
            let code = RecoveryCode::parse(TYPED).unwrap();
            assert_eq!(code.expose(), CODE);
        });
        for wrong in [
            "7k3p qv9m x2wd zt6h 7",
            "7k3p qv9m x2wd zt6",
            "7k3p qv9m x2wd zt6u",
        ] {
            watch.leaves_nothing(secret, || assert!(RecoveryCode::parse(wrong).is_err()));
        }
    }
}

#[test]
fn new_sets() {
    let watch = Watch::begin();
    let entropy: [u8; 100] = std::array::from_fn(|n| (n * n * 7 + n * 13 + 5) as u8);
    let shown: Vec<String> = CodeSet::from_entropy(&entropy)
        .unwrap()
        .codes()
        .iter()
        .map(|code| code.expose().to_owned())
        .collect();
    watch.leaves_nothing(&entropy, || drop(CodeSet::from_entropy(&entropy).unwrap()));
    for code in &shown {
        watch.leaves_nothing(code.as_bytes(), || {
            drop(CodeSet::from_entropy(&entropy).unwrap());
        });
    }
}
