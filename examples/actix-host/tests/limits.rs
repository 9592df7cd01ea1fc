//! The service stays small, and uses nothing of Slotwerk but the facade.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fs;
use std::path::Path;

/// The lines of code of all files.
fn lines_of_code() -> usize {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(source).unwrap().map(Result::unwrap);
    let counted = files.map(|file| {
        let text = fs::read_to_string(file.path()).unwrap();
        let lines = text.lines().map(str::trim);
        let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
        code.count()
    });
    counted.sum()
}

#[test]
fn service_stays_small() {
    let lines = lines_of_code();
    assert!((300..=350).contains(&lines), "{lines}");
}

#[test]
fn service_uses_the_facade_alone() {
    let manifest = include_str!("../Cargo.toml");
    let (_, rest) = manifest.split_once("[dependencies]").unwrap();
    let (own, _) = rest.split_once("[dev-dependencies]").unwrap();
    let ours = own.lines().filter(|line| line.starts_with("slotwerk"));
    let names: Vec<_> = ours.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["slotwerk"]);
}
