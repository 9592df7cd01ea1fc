//! What THREATS.md claims is tested, is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[test]
fn every_test_named_in_the_threat_model_exists() {
    let threats = include_str!("../THREATS.md");
    let mut named = 0;
    for quoted in threats.split('`').skip(1).step_by(2) {
        let Some((file, test)) = quoted.split_once(".rs::") else {
            continue;
        };
        let path = format!("{}/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no file {file}.rs"));
        let at = source
            .find(&format!("fn {test}("))
            .unwrap_or_else(|| panic!("no test {quoted}"));
        let attribute = source[..at].trim_end().ends_with("#[test]");
        assert!(attribute, "{quoted} is not a test");
        named += 1;
    }
    assert!(named > 20, "{named}");
}
