//! Every test that THREATS.md names exists.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[test]
fn every_test_named_in_the_threat_model_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let threats = std::fs::read_to_string(root.join("THREATS.md")).unwrap();
    let mut named = 0;
    for quoted in threats.split('`').skip(1).step_by(2) {
        let Some((file, test)) = quoted.split_once(".rs::") else {
            continue;
        };
        let path = root.join(format!("{file}.rs"));
        let source = std::fs::read_to_string(path).unwrap_or_else(|_| panic!("no file {file}.rs"));
        assert!(source.contains(&format!("fn {test}(")), "no test {quoted}");
        named += 1;
    }
    assert!(named >= 20, "only {named} tests are named");
}
