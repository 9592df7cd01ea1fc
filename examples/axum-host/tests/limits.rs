//! The service stays as small as the README of the project says, and is the one that it shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fs;
use std::path::Path;

const MAIN: &str = include_str!("../src/main.rs");
const MANIFEST: &str = include_str!("../Cargo.toml");
const README: &str = include_str!("../../../README.md");

/// The code blocks of the README that begin with this line.
fn blocks(begin: &str) -> Vec<&str> {
    let parts = README.split(begin).skip(1);
    parts.filter_map(|part| part.split("```").next()).collect()
}

#[test]
fn service_fits_ninety_lines() {
    let lines = MAIN.lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let count = code.count();
    assert!((60..=90).contains(&count), "{count} lines of code");
}

#[test]
fn service_is_one_file() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(source).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["main.rs"]);
    assert!(!MAIN.contains("include"), "code from elsewhere");
}

#[test]
fn readme_shows_the_service() {
    assert_eq!(blocks("```rs\n"), [MAIN]);
}

/// Each dependency of the service, with the same features.
#[test]
fn readme_shows_the_dependencies() {
    let shown: toml::Table = blocks("```toml\n")[0].parse().unwrap();
    let used: toml::Table = MANIFEST.parse().unwrap();
    let (shown, used) = (&shown["dependencies"], &used["dependencies"]);
    let names = |table: &toml::Value| -> Vec<String> {
        table.as_table().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(shown), names(used));
    for name in names(used) {
        let features = |table: &toml::Value| table[&name].get("features").cloned();
        assert_eq!(features(shown), features(used), "{name}");
    }
}
