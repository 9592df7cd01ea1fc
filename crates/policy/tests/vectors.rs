#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! Known answers, read from `tests/vectors/`.

mod common;

use common::{draft, subject};
use serde_json::Value;
use slotwerk_policy::{Blocklist, Language, PolicyDraft, Rule, State};

fn rows(text: &str) -> Vec<Value> {
    let rows: Vec<Value> = serde_json::from_str(text).unwrap();
    assert!(!rows.is_empty());
    rows
}

fn strings(value: &Value) -> Vec<&str> {
    let list = value.as_array().unwrap();
    list.iter().map(|item| item.as_str().unwrap()).collect()
}

fn rules(value: &Value) -> Vec<Rule> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn verdicts_are_as_listed() {
    for row in rows(include_str!("vectors/verdicts.json")) {
        let note = &row["note"];
        let mut draft = draft(&rules(&row["rules"]));
        let words = strings(&row["blocklist"]);
        if !words.is_empty() {
            draft = draft.blocklist(Blocklist::from_words(words).unwrap());
        }
        let policy = draft
            .build()
            .unwrap_or_else(|error| panic!("{note}: {error}"));
        let password = row["password"].as_str().unwrap();
        let verdict = policy.check(&subject(&strings(&row["names"])), password);
        let of_state = |state| {
            let those = verdict
                .requirements()
                .iter()
                .filter(move |r| r.state() == state);
            those.map(|r| r.code().as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of_state(State::Unmet), strings(&row["unmet"]), "{note}");
        assert!(of_state(State::Pending).is_empty(), "{note}");
        let expected = strings(&row["unmet"]).is_empty();
        assert_eq!(verdict.is_acceptable(), expected, "{note}");
        assert_eq!(verdict.accept().is_ok(), expected, "{note}");
    }
}

#[test]
fn contradictory_policies_are_refused() {
    for row in rows(include_str!("vectors/refused.json")) {
        let error = draft(&rules(&row["rules"])).build().unwrap_err();
        assert_eq!(
            error.to_string(),
            row["error"].as_str().unwrap(),
            "{}",
            row["note"]
        );
    }
}

#[test]
fn what_is_not_understood_is_not_read() {
    for row in rows(include_str!("vectors/unreadable.json")) {
        let read = serde_json::from_str::<PolicyDraft>(row["data"].as_str().unwrap());
        assert!(read.is_err(), "{}: {read:?}", row["note"]);
    }
}

#[test]
fn texts_are_as_listed() {
    for row in rows(include_str!("vectors/texts.json")) {
        let rule: Rule = serde_json::from_value(row["rule"].clone()).unwrap();
        let mut draft = PolicyDraft::new();
        if rule == (Rule::NotBlocklisted { variants: false }) {
            draft = draft.blocklist(Blocklist::from_words(["welkom01"]).unwrap());
        } else {
            draft = draft.rule(rule.clone());
        }
        if !matches!(rule, Rule::MinimumLength { .. }) {
            draft = draft.minimum_length(8);
        }
        let requirements = draft.build().unwrap().requirements();
        let requirement = requirements.iter().find(|r| *r.rule() == rule).unwrap();
        for (language, name) in [(Language::En, "en"), (Language::Nl, "nl")] {
            let text = requirement.text(language);
            assert_eq!(text, row[name].as_str().unwrap());
            assert!(text.chars().count() <= 80, "too long for one line: {text}");
        }
    }
}
