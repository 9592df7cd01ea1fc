#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! The browser's verdict is the server's: `evaluator.js` in Node against `Policy::check`.
//!
//! These tests need `node` on the path and fail without it. They are not run by default:
//! `cargo test -p slotwerk-policy --features browser --test browser_parity -- --ignored`.

mod common;

use common::{names, password, policy, subject};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use slotwerk_policy::{
    Blocklist, Class, EVALUATOR, MAX_BYTES, Policy, PolicyDraft, Requirement, State, Subject,
};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use unicode_normalization::UnicodeNormalization as _;

const PAIRS: usize = 6_000;

#[test]
#[ignore = "needs node"]
fn generated_policies_and_passwords_get_the_same_verdict_in_both() {
    let mut runner = TestRunner::default();
    let strategy = (policy(), names(), password());
    let cases: Vec<(Policy, Subject, String)> = (0..PAIRS)
        .map(|_| {
            let (policy, names, password) = strategy.new_tree(&mut runner).unwrap().current();
            (policy, subject(&names), password)
        })
        .collect();
    let tally = compare(&cases);
    // A generator that only made refused passwords would compare little: each rule has to go both ways.
    for code in [
        "minimum-length",
        "maximum-length",
        "minimum-uppercase",
        "minimum-lowercase",
        "minimum-letters",
        "minimum-digits",
        "minimum-symbols",
        "classes-present",
        "minimum-distinct",
        "maximum-run",
        "without-attributes",
    ] {
        for state in [State::Met, State::Unmet] {
            let seen = tally.get(&(code, state.as_str())).copied().unwrap_or(0);
            assert!(seen >= 50, "{code} was {state} only {seen} times");
        }
    }
}

#[test]
#[ignore = "needs node"]
fn the_edges_get_the_same_verdict_in_both() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .minimum_of_class(Class::Letter, 1)
        .maximum_run(256)
        .without_attributes(3)
        .build()
        .unwrap();
    let user = subject(&["Noor"]);
    let cases: Vec<_> = [
        String::new(),
        "a".repeat(256),
        "a".repeat(257),
        "a".repeat(MAX_BYTES),
        "a".repeat(MAX_BYTES + 1),
        "é".repeat(MAX_BYTES / 2),
        "é".repeat(MAX_BYTES / 2) + "a",
        "😀".repeat(MAX_BYTES / 4),
        "😀".repeat(MAX_BYTES / 4 + 1),
        "\u{1112}\u{1161}\u{11ab}".repeat(256),
        "e\u{301}".repeat(256),
        "\u{301}".repeat(256),
        "\u{1d160}".repeat(85),
        "\u{1d160}".repeat(86),
    ]
    .into_iter()
    .map(|password| (policy.clone(), user.clone(), password))
    .collect();
    compare(&cases);
}

/// Every code point, and the full decomposition of each that has one: normalisation, folding and classes.
#[test]
#[ignore = "needs node"]
fn every_code_point_is_normalised_folded_and_classed_alike() {
    let draft = PolicyDraft::new().minimum_length(8).without_attributes(3);
    let policy = Class::ALL
        .into_iter()
        .fold(draft, |draft, class| {
            // The two private-use neighbours are symbols, so the third symbol is the one in question.
            draft.minimum_of_class(class, if class == Class::Symbol { 3 } else { 1 })
        })
        .build()
        .unwrap();
    let single = every_code_point().map(String::from);
    let decomposed = every_code_point()
        .map(|c| std::iter::once(c).nfd().collect())
        .filter(|text: &String| text.chars().count() > 1);
    let spelt: Vec<String> = single.chain(decomposed).collect();
    let folded: Vec<String> = spelt.iter().map(|text| fold(text)).collect();

    let rules = policy.browser_rules_for(&subject(&["xxx"]));
    let answers = node(
        "sweep",
        &json!({"rules": rules, "spelt": spelt, "folded": folded}),
    );
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), spelt.len());

    let mut differing = Vec::new();
    for (text, answer) in spelt.iter().zip(answers) {
        let between = format!("\u{e000}{text}\u{e000}");
        let user = Subject::new().name(&between).unwrap();
        let verdict = policy.check(&user, &between);
        let initial = |r: &Requirement| r.state().as_str().chars().next().unwrap();
        let expected: String = verdict.requirements().iter().map(initial).collect();
        // Found by the server under its own folding, so the browser has to find it under the same.
        assert!(expected.ends_with('u'), "{text:?}");
        if answer != &expected {
            differing.push(format!("{} {answer} {expected}", text.escape_unicode()));
        }
    }
    assert!(
        differing.is_empty(),
        "{} differ: {differing:?}",
        differing.len()
    );
}

/// What a browser sends for half a surrogate pair is U+FFFD.
#[test]
#[ignore = "needs node"]
fn half_a_surrogate_pair_is_judged_as_the_server_receives_it() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .minimum_of_class(Class::Symbol, 2)
        .minimum_distinct(7)
        .maximum_run(1)
        .build()
        .unwrap();
    // `node` is handed the escapes as they are; Rust's strings cannot hold them.
    let rules = serde_json::to_string(&policy.browser_rules()).unwrap();
    let data = format!("[[{rules},\"abcdef\\ud800\\udc00\\udc00\\ud800\\ud801\"]]");
    let answers = node_with("pairs", &data);
    let received = "abcdef\u{10000}\u{fffd}\u{fffd}\u{fffd}";
    let verdict = policy.check(&Subject::new(), received);
    assert_eq!(answers[0], json!(states(verdict.requirements())));
}

#[test]
#[ignore = "needs node"]
fn the_blocklist_is_left_to_the_server() {
    let list = Blocklist::from_words(["welkom0123"]).unwrap();
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .without_attributes(4)
        .blocklist(list)
        .build()
        .unwrap();
    let data = json!([[policy.browser_rules(), "welkom0123"]]);
    let expected = json!([[
        ["minimum-length", "met"],
        ["maximum-length", "met"],
        ["without-attributes", "pending"],
        ["not-blocklisted", "pending"],
    ]]);
    assert_eq!(node("pairs", &data), expected);
}

/// Planes 0 to 3 and 14. The others are private use or have nothing assigned, and behave alike throughout.
fn every_code_point() -> impl Iterator<Item = char> {
    ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{effff}')
}

/// The crate's normalisation and folding, written out once more with the standard library.
fn fold(text: &str) -> String {
    text.nfc()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}

fn states(requirements: &[Requirement]) -> Vec<(&'static str, &'static str)> {
    requirements
        .iter()
        .map(|r| (r.code().as_str(), r.state().as_str()))
        .collect()
}

/// Compares every verdict, and counts how often each code had each state.
fn compare(cases: &[(Policy, Subject, String)]) -> BTreeMap<(&'static str, &'static str), usize> {
    let pairs: Vec<_> = cases
        .iter()
        .map(|(policy, subject, password)| (policy.browser_rules_for(subject), password))
        .collect();
    let answers = node("pairs", &json!(pairs));
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), cases.len());
    let mut tally = BTreeMap::new();
    for ((policy, subject, password), answer) in cases.iter().zip(answers) {
        let expected = states(policy.check(subject, password).requirements());
        assert_eq!(
            answer,
            &json!(expected),
            "{password:?} under {}",
            policy.browser_rules_for(subject)
        );
        for state in expected {
            *tally.entry(state).or_default() += 1;
        }
    }
    tally
}

fn node(kind: &str, data: &Value) -> Value {
    node_with(kind, &data.to_string())
}

fn node_with(kind: &str, data: &str) -> Value {
    let evaluator = serde_json::to_string(EVALUATOR).unwrap();
    let job = format!(r#"{{"kind":"{kind}","evaluator":{evaluator},"data":{data}}}"#);
    let mut node = Command::new("node")
        // What a Content-Security-Policy without 'unsafe-eval' forbids, forbidden here too.
        .arg("--disallow-code-generation-from-strings")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/driver.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs `node` on the path");
    node.stdin
        .take()
        .unwrap()
        .write_all(job.as_bytes())
        .unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "node failed: {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}
