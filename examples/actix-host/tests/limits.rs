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

/// The start, the settings and the user table: as long as in a host with ready-made pages.
const START: [&str; 2] = ["main.rs", "users.rs"];

/// The lines of code of each file.
fn files() -> Vec<(String, usize)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = fs::read_dir(source).unwrap().map(Result::unwrap);
    let counted = entries.map(|entry| {
        let text = fs::read_to_string(entry.path()).unwrap();
        let lines = text.lines().map(str::trim);
        let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
        (entry.file_name().into_string().unwrap(), code.count())
    });
    counted.collect()
}

#[test]
fn service_stays_small() {
    let (start, api): (Vec<_>, Vec<_>) = files()
        .into_iter()
        .partition(|(name, _)| START.contains(&name.as_str()));
    let sum = |files: &[(String, usize)]| files.iter().map(|(_, lines)| lines).sum::<usize>();
    assert!((60..=90).contains(&sum(&start)), "{start:?}");
    assert!((300..=415).contains(&sum(&api)), "{api:?}");
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
