#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! Policies and requirements as data.

mod common;

use proptest::prelude::*;
use serde_json::json;
use slotwerk_policy::{Blocklist, Class, PolicyDraft, PolicyError, Rule, Subject};

#[test]
fn a_policy_reads_as_documented() {
    let data = json!({"version": 1, "rules": [
        {"rule": "not-blocklisted"},
        {"rule": "without-attributes", "shortest_part": 4},
        {"rule": "maximum-run", "characters": 3},
        {"rule": "minimum-distinct", "characters": 6},
        {"rule": "classes-present", "classes": ["uppercase", "lowercase", "symbol"], "at_least": 2},
        {"rule": "minimum-of-class", "class": "digit", "characters": 1},
        {"rule": "maximum-length", "characters": 128},
        {"rule": "minimum-length", "characters": 12},
    ]});
    let draft: PolicyDraft = serde_json::from_value(data.clone()).unwrap();
    assert_eq!(serde_json::to_value(&draft).unwrap(), data);
    assert_eq!(
        draft.clone().build().unwrap_err(),
        PolicyError::BlocklistMissing
    );
    let policy = draft
        .blocklist(Blocklist::from_words(["welkom01"]).unwrap())
        .build()
        .unwrap();
    assert_eq!(
        policy.rules(),
        [
            Rule::MinimumLength { characters: 12 },
            Rule::MaximumLength { characters: 128 },
            Rule::MinimumOfClass {
                class: Class::Digit,
                characters: 1
            },
            Rule::ClassesPresent {
                classes: [Class::Uppercase, Class::Lowercase, Class::Symbol]
                    .into_iter()
                    .collect(),
                at_least: 2,
            },
            Rule::MinimumDistinct { characters: 6 },
            Rule::MaximumRun { characters: 3 },
            Rule::WithoutAttributes { shortest_part: 4 },
            Rule::NotBlocklisted {},
        ]
    );
}

#[test]
fn requirements_are_written_with_code_parameters_and_state() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .minimum_of_class(Class::Digit, 2)
        .classes_present(1, [Class::Symbol, Class::Uppercase])
        .without_attributes(4)
        .build()
        .unwrap();
    let verdict = policy.check(&Subject::new(), "abcdefgh1");
    assert_eq!(
        serde_json::to_value(verdict.requirements()).unwrap(),
        json!([
            {"code": "minimum-length", "parameters": {"characters": 8}, "state": "met"},
            {"code": "maximum-length", "parameters": {"characters": 256}, "state": "met"},
            {"code": "minimum-digits", "parameters": {"characters": 2}, "state": "unmet"},
            {"code": "classes-present", "parameters": {"at_least": 1, "classes": ["uppercase", "symbol"]}, "state": "unmet"},
            {"code": "without-attributes", "parameters": {"shortest_part": 4}, "state": "met"},
        ])
    );
}

proptest! {
    #[test]
    fn any_draft_survives_writing_and_reading(rules in proptest::collection::vec(common::any_rule(), 0..12)) {
        let draft = common::draft(&rules);
        let text = serde_json::to_string(&draft).unwrap();
        let read: PolicyDraft = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.rules(), draft.rules());
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,60}|[\\{\\}\\[\\]\":,a-z0-9-]{0,60}") {
        let _ = serde_json::from_str::<PolicyDraft>(&text).map(PolicyDraft::build);
    }
}
