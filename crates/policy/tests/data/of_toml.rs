//! TOML: the places of what is refused, the bounds, and JSON as the reference.

use super::places::{Read, answers, mutated, refuses};
use super::*;

const READ: Read = PolicyDraft::from_toml;

#[test]
fn toml_is_refused_at_the_place_that_is_wrong() {
    for (text, message) in [
        ("⟦", "the policy has no field `version`; its value is 1"),
        (
            "⟦rules = []\n",
            "the policy has no field `version`; its value is 1",
        ),
        (
            "rules = [3]\nversion = ⟦2\n",
            "there is no version the number 2; this reads version 1",
        ),
        (
            "version = ⟦\"1\"\n",
            "`version` must be a whole number from 0 to 65535; this is the text “1”",
        ),
        (
            "⟦version.major = 1\nrules = []\n",
            "`version` must be a whole number from 0 to 65535; this is a table",
        ),
        (
            "version = ⟦2026-01-01\nrules = []\n",
            "`version` must be a whole number from 0 to 65535; this is a date or time",
        ),
        ("⟦version = 1\n", "the policy has no field `rules`"),
        (
            "scope = \"größe 😀\"\r\nrules = []\r\nversion = 1\r\n⟦minimum = 8\r\n",
            "a policy has no field `minimum`; it has `version`, `scope` and `rules`",
        ),
        (
            "version = 1\nrules = []\n⟦\"é\".minimum = 8\n",
            "a policy has no field `é`; it has `version`, `scope` and `rules`",
        ),
        (
            "version = 1\n⟦[rules]\nrule = \"not-breached\"\n",
            "`rules` must be a list with a table for each rule; this is a table",
        ),
        (
            "version = 1\nscope = ⟦1\nrules = []\n",
            "`scope` must be a text; this is the number 1",
        ),
        (
            "version = 1\nscope = ⟦\"\"\nrules = []\n",
            "the name of the policy's scope is empty or too long",
        ),
        (
            "version = 1\n  ⟦[[rules]]\n  characters = 8\n",
            "a rule needs the field `rule`, its name",
        ),
        (
            "version = 1\n[[rules]]\nrule = ⟦\"maximum-runs\"\n",
            "there is no rule `maximum-runs`; did you mean `maximum-run`?",
        ),
        (
            "version = 1\n[[rules]]\n⟦charaters = 8\nrule = \"maximum-run\"\n",
            "rule `maximum-run` has no field `charaters`; it has `characters`",
        ),
        (
            "version = 1\n[[rules]]\nrule = \"maximum-run\"\n⟦characters.at = 8\n",
            "`characters` must be a whole number from 0 to 65535; this is a table",
        ),
        (
            "version = 1\n[[rules]]\nrule = \"maximum-run\"\ncharacters = 8\n[rules.⟦limit]\nx = 1\n",
            "rule `maximum-run` has no field `limit`; it has `characters`",
        ),
        (
            "version = 1\nrules = [{ rule = \"not-breached\" }, ⟦{ rule = \"maximum-run\" }]\n",
            "rule `maximum-run` needs the field `characters`",
        ),
        (
            "version = 1\nrules = [\n  # é 😀\n  { \"rule\" = \"maximum-run\", 'characters' = ⟦-8 },\n]\n",
            "`characters` must be a whole number from 0 to 65535; this is the number -8",
        ),
        (
            "version = 1\nrules = [{ rule = \"without-words\", words = [\"é\", \"😀\", ⟦3] }]\n",
            "each of `words` must be a text; this is the number 3",
        ),
        (
            "version = 1\n[[rules]]\nrule = \"maximum-run\"\ncharacters = ⟦8.0\n",
            "`characters` must be a whole number from 0 to 65535; this is the number 8.0",
        ),
        (
            "version = 1\n[[rules]]\nrule = \"maximum-run\"\ncharacters = ⟦65_544\n",
            "`characters` must be a whole number from 0 to 65535; this is the number 65544",
        ),
        (
            "version = 1\n[[rules]]\nrule = \"maximum-run\"\ncharacters = ⟦300\n",
            "`characters` of rule `maximum-run` is 300; it must be from 1 to 256",
        ),
        (
            "version = 1\n[[rules]]\nrule = \"not-breached\"\n[[rules]]\nrule = ⟦\"not-breached\"\n",
            "the policy has rule `not-breached` twice",
        ),
        // The first in the document, not in the alphabet.
        (
            "version = 1\nrules = []\n⟦zeta = 1\nalpha = 1\n",
            "a policy has no field `zeta`; it has `version`, `scope` and `rules`",
        ),
        // What the parser itself finds.
        ("version = 1\n⟦version = 1\nrules = []\n", "duplicate key"),
        (
            "version = 1\n[[rules]]\nrule = \"not-breached\"\n⟦rule = \"not-breached\"\n",
            "duplicate key",
        ),
        ("version = 1\nrules = [⟦\n", "unclosed array, expected `]`"),
    ] {
        refuses(READ, text, message);
    }
}

#[test]
fn toml_is_bounded() {
    let error = READ(&format!("version = 1\n{}", "[[rules]]\n".repeat(10_000))).unwrap_err();
    assert_eq!((error.line, error.column), (66, 1));
    let refusal = PolicyError::TooManyRules {
        rules: 10_000,
        most: 64,
    };
    assert_eq!(error.refused, Some(refusal));
    let large = "\n".repeat(PolicyDraft::MAX_DATA_BYTES);
    assert_eq!(READ(&large).unwrap_err().line, 1);
    assert_eq!(READ(&(large + "\n")).unwrap_err().line, 0);
    for deep in [
        "[", "{a=", "[[", "x=[", "x={a=", "a.", "[a.", "x=\0", "x='''",
    ] {
        answers(READ, &deep.repeat(20_000));
        answers(READ, &format!("x={}", deep.repeat(20_000)));
    }
}

/// A policy as TOML, from the same data as its JSON.
fn toml(rules: &Value, inline: bool) -> String {
    fn value(data: &Value) -> String {
        match data {
            Value::Array(list) => {
                let list: Vec<String> = list.iter().map(value).collect();
                format!("[{}]", list.join(", "))
            }
            other => other.to_string(),
        }
    }
    let mut text = "version = 1\nscope = 'noord'\n".to_owned();
    let mut tables = Vec::new();
    for rule in rules.as_array().unwrap() {
        let fields = rule.as_object().unwrap().iter();
        let fields: Vec<String> = fields
            .map(|(key, v)| format!("{key} = {}", value(v)))
            .collect();
        if inline {
            tables.push(format!("{{ {} }}", fields.join(", ")));
        } else {
            text += &format!("\n[[rules]]\n{}\n", fields.join("\n"));
        }
    }
    if inline {
        text += &format!("rules = [\n  {},\n]\n", tables.join(",\n  "));
    }
    text
}

#[test]
fn every_rule_reads_from_toml() {
    let (data, rules) = every_rule();
    for inline in [false, true] {
        let text = toml(&data, inline);
        assert_eq!(rules_of(&READ(&text).unwrap()), rules);
        assert_eq!(rules_of(&READ(&text.replace('\n', "\r\n")).unwrap()), rules);
    }
    let text = "version = 0x1\nrules = [{ rule = \"maximum-run\", characters = 0b1_0 }]";
    assert_eq!(
        rules_of(&READ(text).unwrap()),
        [Rule::MaximumRun { characters: 2 }]
    );
}

proptest! {
    #[test]
    fn toml_says_what_json_says(rules in common::plausible_rules(), inline in any::<bool>()) {
        let data = serde_json::to_value(&rules).unwrap();
        prop_assert_eq!(rules_of(&READ(&toml(&data, inline)).unwrap()), rules);
    }

    #[test]
    fn reading_never_panics(
        altered in any::<bool>().prop_flat_map(|inline| mutated(toml(&every_rule().0, inline))),
        text in "\\PC{0,60}|[\\{\\}\\[\\]\"':=.,#a-z0-9\r\n-]{0,60}",
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        answers(READ, &altered);
        answers(READ, &text);
        answers(READ, &String::from_utf8_lossy(&bytes));
    }
}
