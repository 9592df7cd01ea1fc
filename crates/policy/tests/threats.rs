#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! `THREATS.md` and `README.md` name only tests that exist.

use std::fs;
use std::path::Path;

#[test]
fn every_test_named_in_threats_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = ["THREATS.md", "README.md"]
        .map(|file| fs::read_to_string(root.join(file)).unwrap())
        .concat();
    let named: Vec<(&str, &str)> = text
        .split('`')
        .filter_map(|quoted| quoted.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs"))
        .collect();
    assert!(named.len() >= 60, "only {} tests are named", named.len());
    for (file, test) in named {
        let source =
            fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let (before, _) = source
            .split_once(&format!("fn {test}("))
            .unwrap_or_else(|| panic!("{file} has no test `{test}`"));
        // Either marked as a test right above, or inside proptest's macro, which wants the mark as well.
        let marked = before.rfind("#[test]").expect("a mark before the function");
        assert!(
            !before[marked..].contains("fn "),
            "{file}: `{test}` is no test"
        );
    }
}
