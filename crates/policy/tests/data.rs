#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! Policies and requirements as data.

mod common;
#[cfg(feature = "json")]
#[path = "data/of_json.rs"]
mod of_json;
#[cfg(feature = "toml")]
#[path = "data/of_toml.rs"]
mod of_toml;
#[cfg(any(feature = "json", feature = "toml"))]
#[path = "data/places.rs"]
mod places;

use proptest::prelude::*;
use serde_json::{Value, json};
use slotwerk_policy::{
    Blocklist, CharacterSet, Characters, Class, PolicyDraft, PolicyError, Rule, SequenceKind,
    Subject, WhiteSpace,
};

/// One rule of each kind.
fn every_rule() -> (Value, Vec<Rule>) {
    let data = json!([
        {"rule": "minimum-length", "characters": 12},
        {"rule": "maximum-length", "characters": 128},
        {"rule": "minimum-of-class", "class": "digit", "characters": 1, "below": 15},
        {"rule": "classes-present", "classes": ["uppercase", "lowercase", "symbol"], "at_least": 2},
        {"rule": "minimum-distinct", "characters": 6},
        {"rule": "allowed-characters", "printable_ascii": true, "classes": ["letter"], "characters": "€"},
        {"rule": "forbidden-characters", "characters": "\"\\"},
        {"rule": "white-space", "allowed": "inside"},
        {"rule": "maximum-run", "characters": 3},
        {"rule": "without-repeated-block", "shortest": 3},
        {"rule": "maximum-sequence", "kind": "qwerty", "characters": 4},
        {"rule": "without-attributes", "shortest_part": 4},
        {"rule": "without-words", "words": ["arbodienst", "verzuim"]},
        {"rule": "not-blocklisted", "variants": true},
        {"rule": "not-breached"},
        {"rule": "minimum-strength", "score": 3},
        {"rule": "not-reused", "last": 5, "days": 365},
        {"rule": "minimum-age", "hours": 24},
        {"rule": "maximum-age", "days": 365},
    ]);
    let three = [Class::Uppercase, Class::Lowercase, Class::Symbol];
    let rules = vec![
        Rule::MinimumLength { characters: 12 },
        Rule::MaximumLength { characters: 128 },
        Rule::MinimumOfClass {
            class: Class::Digit,
            characters: 1,
            below: Some(15),
        },
        Rule::ClassesPresent {
            classes: three.into_iter().collect(),
            at_least: 2,
            below: None,
        },
        Rule::MinimumDistinct { characters: 6 },
        Rule::AllowedCharacters {
            set: CharacterSet {
                printable_ascii: true,
                ..CharacterSet::of_classes([Class::Letter].into_iter().collect()).and("€")
            },
        },
        Rule::ForbiddenCharacters {
            characters: Characters::new("\"\\"),
        },
        Rule::WhiteSpace {
            allowed: WhiteSpace::Inside,
        },
        Rule::MaximumRun { characters: 3 },
        Rule::WithoutRepeatedBlock { shortest: 3 },
        Rule::MaximumSequence {
            kind: SequenceKind::Qwerty,
            characters: 4,
        },
        Rule::WithoutAttributes { shortest_part: 4 },
        Rule::WithoutWords {
            words: ["arbodienst", "verzuim"].into_iter().collect(),
        },
        Rule::NotBlocklisted { variants: true },
        Rule::NotBreached {},
        Rule::MinimumStrength { score: 3 },
        Rule::NotReused { last: 5, days: 365 },
        Rule::MinimumAge { hours: 24 },
        Rule::MaximumAge { days: 365 },
    ];
    (data, rules)
}

fn rules_of(draft: &PolicyDraft) -> Vec<Rule> {
    draft.rules().cloned().collect()
}

#[test]
fn every_rule_reads_and_is_written_as_documented() {
    let (data, rules) = every_rule();
    let data = json!({"version": 1, "scope": "noord", "rules": data});
    // A `Value` sorts its keys, so that `rule` is often not the first.
    let draft: PolicyDraft = serde_json::from_value(data.clone()).unwrap();
    assert_eq!(rules_of(&draft), rules);
    assert_eq!(serde_json::to_value(&draft).unwrap(), data);
}

#[test]
fn a_policy_that_was_read_is_built_like_any_other() {
    let data = json!({"version": 1, "rules": [
        {"rule": "not-blocklisted"},
        {"rule": "minimum-length", "characters": 12},
        {"rule": "not-reused", "last": 3},
    ]});
    let draft: PolicyDraft = serde_json::from_value(data).unwrap();
    assert_eq!(
        draft.clone().build().unwrap_err(),
        PolicyError::BlocklistMissing
    );
    let list = Blocklist::from_words(["welkom01"]).unwrap();
    let policy = draft.blocklist(list).build().unwrap();
    assert_eq!(
        policy.rules().cloned().collect::<Vec<_>>(),
        [
            Rule::MinimumLength { characters: 12 },
            Rule::MaximumLength { characters: 256 },
            Rule::NotBlocklisted { variants: false },
            Rule::NotReused { last: 3, days: 0 },
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
        .without_words(["arbo"])
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
            {"code": "without-words", "parameters": {"words": ["arbo"]}, "state": "met"},
        ])
    );
}

/// The formats of other crates are held to the same: here serde_json, without places.
#[test]
fn numbers_are_whole_in_every_format() {
    let read = |number: &str| {
        let rule = format!("{{\"characters\": {number}, \"rule\": \"maximum-run\"}}");
        serde_json::from_str::<Rule>(&rule)
    };
    assert_eq!(read("8").unwrap(), Rule::MaximumRun { characters: 8 });
    for number in [
        "8.0", "8.5", "-8", "-0", "65536", "1e1", "true", "null", "\"8\"", "[8]",
    ] {
        let error = read(number).unwrap_err().to_string();
        assert!(
            error.starts_with("`characters` must be a whole number"),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn any_draft_survives_writing_and_reading(rules in proptest::collection::vec(common::any_rule(), 0..12)) {
        let draft = common::draft(&rules);
        let text = serde_json::to_string(&draft).unwrap();
        let read: PolicyDraft = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(rules_of(&read), rules);
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,60}|[\\{\\}\\[\\]\":,a-z0-9-]{0,60}") {
        let _ = serde_json::from_str::<PolicyDraft>(&text).map(PolicyDraft::build);
    }
}
