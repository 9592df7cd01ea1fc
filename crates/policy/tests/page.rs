#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! What goes into the page: rules as JSON, the evaluator's source, attributes of the field.

mod common;

use common::{draft, subject};
use serde_json::{Value, json};
use slotwerk_policy::{Blocklist, Class, EVALUATOR, PolicyDraft, Rule, Subject};

#[test]
fn the_rules_hold_what_a_browser_can_decide_and_no_more() {
    let policy = PolicyDraft::new()
        .minimum_length(12)
        .minimum_of_class(Class::Digit, 2)
        .classes_present(1, [Class::Symbol, Class::Uppercase])
        .minimum_distinct(6)
        .maximum_run(3)
        .without_attributes(4)
        .blocklist(Blocklist::from_words(["geheim-woord"]).unwrap())
        .build()
        .unwrap();
    let rules: Value = serde_json::from_str(&policy.browser_rules()).unwrap();
    let mut expected = json!({"version": 1, "ceiling": 4096, "rules": [
        {"code": "minimum-length", "characters": 12},
        {"code": "maximum-length", "characters": 256},
        {"code": "minimum-digits", "class": "digit", "characters": 2},
        {"code": "classes-present", "classes": ["uppercase", "symbol"], "atLeast": 1},
        {"code": "minimum-distinct", "characters": 6},
        {"code": "maximum-run", "characters": 3},
        {"code": "without-attributes", "pending": true},
        {"code": "not-blocklisted", "pending": true},
    ]});
    assert_eq!(rules, expected);

    let subject = subject(&["Noor de Vries"]);
    let rules: Value = serde_json::from_str(&policy.browser_rules_for(&subject)).unwrap();
    expected["rules"][6] = json!({"code": "without-attributes", "words": ["noor", "vries"]});
    assert_eq!(rules, expected);
    assert!(!rules.to_string().contains("geheim"));
}

#[test]
fn a_name_cannot_break_out_of_the_page() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .without_attributes(3)
        .build()
        .unwrap();
    let name = "</script><!--<img src=x onerror=alert(1)>&amp;\"'\\\u{2028}\u{2029}";
    let subject = Subject::new().name(name).unwrap().user_name(name).unwrap();
    let rules = policy.browser_rules_for(&subject);
    for c in ['<', '>', '&', '\u{2028}', '\u{2029}'] {
        assert!(!rules.contains(c), "{c:?} in {rules}");
    }
    let words: Value = serde_json::from_str(&rules).unwrap();
    let words = words["rules"][2]["words"].as_array().unwrap().clone();
    assert!(words.contains(&json!("script")), "{words:?}");

    // There the separators took the signs away. With short parts they stay, and have to be escaped.
    let odd = Subject::new().name("a<b>c&d").unwrap();
    let rules = policy.browser_rules_for(&odd);
    assert!(rules.contains("a\\u003cb\\u003ec\\u0026d"), "{rules}");
}

#[test]
fn the_evaluator_runs_under_a_strict_content_security_policy() {
    for forbidden in [
        "eval(",
        "Function(",
        "RegExp",
        "import",
        "document",
        "window",
        "innerHTML",
        "setTimeout",
        "http",
    ] {
        assert!(!EVALUATOR.contains(forbidden), "{forbidden}");
    }
    assert!(EVALUATOR.contains("export function evaluate(rules, password)"));
    assert!(
        EVALUATOR.is_ascii(),
        "readable whatever charset it is served with"
    );
}

#[test]
fn a_password_manager_is_told_what_its_grammar_can_say() {
    let rows: Vec<Value> =
        serde_json::from_str(include_str!("vectors/password-rules.json")).unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let rules: Vec<Rule> = serde_json::from_value(row["rules"].clone()).unwrap();
        let attributes = draft(&rules).build().unwrap().html_attributes();
        let value = row["value"].as_str().unwrap().to_owned();
        let expected = vec![
            ("autocomplete", "new-password".to_owned()),
            ("passwordrules", value),
        ];
        assert_eq!(attributes, expected);
    }
}

#[test]
fn the_field_gets_no_length_attributes_because_html_counts_otherwise() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .maximum_length(64)
        .build()
        .unwrap();
    let names: Vec<_> = policy
        .html_attributes()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert!(!names.contains(&"maxlength") && !names.contains(&"minlength"));

    // Accepted, although `maxlength="64"` would have cut it off and `minlength="8"` would refuse it.
    let long = "😀".repeat(64);
    let short = "\u{958}".repeat(4);
    assert_eq!(
        (long.encode_utf16().count(), short.encode_utf16().count()),
        (128, 4)
    );
    for password in [long, short] {
        assert!(
            policy.check(&Subject::new(), &password).is_acceptable(),
            "{password}"
        );
    }
}
