//! JSON: the places of what is refused, the bounds, and serde_json as the reference.

use super::places::{Read, answers, mutated, refuses};
use super::*;

const READ: Read = PolicyDraft::from_json;

#[track_caller]
fn refused_rule(rule: &str, message: &str) {
    let text =
        format!("{{\"version\": 1, \"rules\": [\n  {{\"rule\": \"not-breached\"}},\n  {rule}\n]}}");
    refuses(READ, &text, message);
}

#[test]
fn json_is_refused_at_the_place_that_is_wrong() {
    for (text, message) in [
        (
            "⟦{\"rules\": []}",
            "the policy has no field `version`; its value is 1",
        ),
        (
            "{\"rules\": [3], \"version\": ⟦2}",
            "there is no version the number 2; this reads version 1",
        ),
        (
            "{\"version\": ⟦\"1\", \"rules\": []}",
            "`version` must be a whole number from 0 to 65535; this is the text “1”",
        ),
        ("⟦{\"version\": 1}", "the policy has no field `rules`"),
        (
            "{\"version\": 1, ⟦\"minimum\": 8, \"rules\": []}",
            "a policy has no field `minimum`; it has `version`, `scope` and `rules`",
        ),
        (
            "{\"scope\": \"größe 😀\", ⟦\"x\": 8, \"version\": 1, \"rules\": []}",
            "a policy has no field `x`; it has `version`, `scope` and `rules`",
        ),
        (
            "{\"version\": 1,\r\n \"rules\": [],\r\n  ⟦\"rules\": []}",
            "field `rules` stands twice",
        ),
        (
            "{\"version\": 1, \"rules\": [], ⟦\"ver\\u0073ion\": 1}",
            "field `version` stands twice",
        ),
        (
            "{\"version\": 1, \"scope\": ⟦null, \"rules\": []}",
            "`scope` must be a text; this is nothing (`null`)",
        ),
        (
            "{\"version\": 1, \"scope\": ⟦\"\", \"rules\": []}",
            "the name of the policy's scope is empty or too long",
        ),
        (
            "{\"version\": 1, \"rules\": ⟦{\"rule\": \"not-breached\"}}",
            "`rules` must be a list with a table for each rule; this is a table",
        ),
        (
            "⟦[]",
            "a policy is a table with the fields `version` and `rules`; this is a list",
        ),
        (
            "{\"version\": 1, \"rules\": []} ⟦{}",
            "the policy ends before this; there must be nothing behind it",
        ),
        (
            "{\"version\": 1, \"rules\": [⟦",
            "the text ends here; expected a value",
        ),
        (
            "{\"version\": 1, \"rules\": []⟦",
            "the text ends here; expected `,` or `}`",
        ),
        (
            "{\"version\": 1, \"rules\": [],⟦}",
            "expected a field in double quotes here",
        ),
        ("{\"version\" ⟦1, \"rules\": []}", "expected `:` here"),
        (
            "{\"version\": 1 ⟦\"rules\": []}",
            "expected `,` or `}` here",
        ),
        (
            "{\"version\": ⟦one}",
            "expected a value here; texts stand in double quotes",
        ),
        ("{\"version\": ⟦01}", "a number does not begin with a zero"),
        ("{\"version\": 1.⟦}", "expected a digit here"),
        (
            "{\"version\": 1, ⟦\"scope: []}",
            "this text is not closed with `\"`",
        ),
        (
            "{\"version\": 1, \"scope\": \"a⟦\n\"}",
            "a text goes on over the end of its line, or holds a control character",
        ),
        (
            "{\"version\": 1, \"scope\": \"a⟦\0\"}",
            "a text goes on over the end of its line, or holds a control character",
        ),
        (
            "{\"version\": 1, \"scope\": \"é⟦\\ud83dx\"}",
            "this backslash stands for no character",
        ),
        (
            "{\"version\": 1, \"scope\": \"é⟦\\x\"}",
            "this backslash stands for no character",
        ),
        ("⟦\0", "expected a value here"),
        ("⟦", "the text ends here; expected a value"),
    ] {
        refuses(READ, text, message);
    }
}

#[test]
fn a_rule_in_json_is_refused_at_the_place_that_is_wrong() {
    for (rule, message) in [
        (
            "⟦3",
            "a rule is a table with the field `rule`; this is the number 3",
        ),
        (
            "⟦{\"characters\": 8}",
            "a rule needs the field `rule`, its name",
        ),
        (
            "{\"rule\": ⟦8}",
            "`rule` must be a text; this is the number 8",
        ),
        (
            "{\"rule\": ⟦\"maximum-runs\", \"pattern\": \".*\"}",
            "there is no rule `maximum-runs`; did you mean `maximum-run`?",
        ),
        (
            "{\"rule\": \"maximum-run\", ⟦\"charaters\": 3}",
            "rule `maximum-run` has no field `charaters`; it has `characters`",
        ),
        (
            "{⟦\"charaters\": 3, \"rule\": \"maximum-run\"}",
            "rule `maximum-run` has no field `charaters`; it has `characters`",
        ),
        (
            "{\"rule\": \"not-breached\", ⟦\"é\\u001b[31m\": true}",
            "rule `not-breached` has no field `é\\u{1b}[31m`, nor any other",
        ),
        (
            "⟦{\"rule\": \"minimum-of-class\", \"class\": \"digit\"}",
            "rule `minimum-of-class` needs the field `characters`",
        ),
        (
            "{\"rule\": \"minimum-of-class\", \"class\": ⟦\"vowel\", \"characters\": 1}",
            "there is no class `vowel`; there are `uppercase`, `lowercase`, `letter`, `digit` and `symbol`",
        ),
        (
            "{\"rule\": \"minimum-of-class\", \"class\": \"digit\", \"characters\": 1, \"below\": ⟦null}",
            "`below` must be a whole number from 0 to 65535; this is nothing (`null`)",
        ),
        (
            "{\"rule\": \"classes-present\", \"classes\": [\"digit\", ⟦\"digit\"], \"at_least\": 1}",
            "class `digit` is named twice",
        ),
        (
            "{\"rule\": \"classes-present\", \"classes\": [⟦[]], \"at_least\": 1}",
            "each of `classes` must be a text; this is a list",
        ),
        (
            "{\"rule\": \"classes-present\", \"classes\": ⟦\"digit\", \"at_least\": 1}",
            "`classes` must be a list of classes; this is the text “digit”",
        ),
        (
            "{\"rule\": \"white-space\", \"allowed\": ⟦\"outside\"}",
            "there is no place for white space `outside`; there are `inside` and `nowhere`",
        ),
        (
            "{\"rule\": \"maximum-sequence\", \"kind\": ⟦\"dvorak\", \"characters\": 4}",
            "there is no kind of sequence `dvorak`; there are `alphabetical`, `numerical`, `qwerty`, `azerty` and `qwertz`",
        ),
        (
            "{\"rule\": \"without-words\", \"words\": [\"arbo\", ⟦7]}",
            "each of `words` must be a text; this is the number 7",
        ),
        (
            "{\"rule\": \"without-words\", \"words\": ⟦{}}",
            "`words` must be a list of texts; this is a table",
        ),
        (
            "{\"rule\": \"not-blocklisted\", \"variants\": ⟦1}",
            "`variants` must be `true` or `false`; this is the number 1",
        ),
        (
            "{\"rule\": \"forbidden-characters\", \"characters\": ⟦[\"a\"]}",
            "`characters` must be a text; this is a list",
        ),
        (
            "{\"rule\": \"maximum-run\", \"characters\": 3, ⟦\"characters\": 3}",
            "field `characters` stands twice",
        ),
        (
            "{\"rule\": \"maximum-run\", ⟦\"rule\": \"maximum-run\", \"characters\": 3}",
            "field `rule` stands twice",
        ),
    ] {
        refused_rule(rule, message);
    }
    for number in [
        "-8",
        "8.5",
        "8.0",
        "65536",
        "65544",
        "1e1",
        "-0",
        "99999999999999999999",
    ] {
        refused_rule(
            &format!("{{\"rule\": \"maximum-run\", \"characters\": ⟦{number}}}"),
            &format!(
                "`characters` must be a whole number from 0 to 65535; this is the number {number}"
            ),
        );
    }
    let unknown = "there is no rule `pattern`; there are `minimum-length`, `maximum-length`, `minimum-of-class`, \
        `classes-present`, `minimum-distinct`, `allowed-characters`, `forbidden-characters`, `white-space`, \
        `maximum-run`, `without-repeated-block`, `maximum-sequence`, `without-attributes`, `without-words`, \
        `not-blocklisted`, `not-breached`, `minimum-strength`, `not-reused`, `minimum-age` and `maximum-age`";
    refused_rule("{\"rule\": ⟦\"pattern\", \"pattern\": \".*\"}", unknown);
}

#[test]
fn a_rule_that_can_never_be_built_is_refused_where_it_stands() {
    for (rule, message) in [
        (
            "{\"rule\": \"maximum-run\", \"characters\": ⟦0}",
            "`characters` of rule `maximum-run` is 0; it must be from 1 to 256",
        ),
        (
            "{\"at_least\": ⟦3, \"rule\": \"classes-present\", \"classes\": [\"digit\", \"letter\"]}",
            "rule `classes-present` asks for 3 classes out of 2",
        ),
        (
            "{\"rule\": \"without-words\", \"words\": ⟦[\"arbo\", \"ab\"]}",
            "`words` of rule `without-words` is 2; it must be from 3 to 64",
        ),
        (
            "{\"rule\": ⟦\"not-breached\"}",
            "the policy has rule `not-breached` twice",
        ),
        (
            "⟦{\"rule\": \"not-reused\"}",
            "`last` of rule `not-reused` is 0; it must be from 1 to 24",
        ),
    ] {
        refused_rule(rule, message);
    }
    let error = READ("{\"version\":1,\"rules\":[{\"rule\":\"minimum-length\",\"characters\":7}]}")
        .unwrap_err();
    assert!(matches!(
        error.refused,
        Some(PolicyError::OutOfRange { value: 7, .. })
    ));
    let error = READ("{\"version\":1,\"rules\":[{\"rule\":\"minimum-length\"}]}").unwrap_err();
    assert_eq!(error.refused, None);
}

#[test]
fn json_is_bounded() {
    let rules = vec![r#"{"rule": "not-breached"}"#; 10_000].join(",\n");
    let error = READ(&format!("{{\"version\": 1, \"rules\": [\n{rules}]}}")).unwrap_err();
    assert_eq!((error.line, error.column), (66, 1));
    let refusal = PolicyError::TooManyRules {
        rules: 10_000,
        most: 64,
    };
    assert_eq!(error.refused, Some(refusal));

    let large = " ".repeat(PolicyDraft::MAX_DATA_BYTES);
    assert_eq!(READ(&large).unwrap_err().line, 1);
    let error = READ(&(large + " ")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 0, column 0: the text has 1048577 bytes; at most 1048576 are read"
    );

    for opening in ["[", "{\"a\":"] {
        let error = READ(&opening.repeat(100_000)).unwrap_err();
        assert_eq!(
            error.message,
            "lists and tables are nested more than 16 deep"
        );
        assert_eq!((error.line, error.column), (1, 16 * opening.len() + 1));
    }
    // Every key is compared with the others: that must not take the square of their number.
    let keys: String = (0..60_000).map(|n| format!("\"k{n}\": 1, ")).collect();
    let error = READ(&format!("{{{keys}\"k0\": 1}}")).unwrap_err();
    assert_eq!(error.message, "field `k0` stands twice");
    let long = "é".repeat(100_000);
    let error = READ(&format!("{{\"version\": 1, \"{long}\": 1}}")).unwrap_err();
    assert!(
        error
            .message
            .starts_with(&format!("a policy has no field `{}…`", "é".repeat(40)))
    );
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = "\u{feff}{\"version\": 1, \"rules\": []}";
    assert_eq!(READ(text).unwrap().rules().count(), 0);
    let error = READ("\u{feff}{\"version\": 3}").unwrap_err();
    assert_eq!((error.line, error.column), (1, 13));
}

/// The characters that are read from what stands between the quotes.
fn characters(written: &str) -> Option<String> {
    let rule = format!("{{\"rule\": \"forbidden-characters\", \"characters\": \"{written}\"}}");
    let draft = READ(&format!("{{\"version\": 1, \"rules\": [{rule}]}}")).ok()?;
    match draft.rules().next() {
        Some(Rule::ForbiddenCharacters { characters }) => Some(characters.as_str().to_owned()),
        _ => None,
    }
}

#[test]
fn escapes_stand_for_the_characters_of_the_standard() {
    for (written, expected) in [
        ("é", "é"),
        ("\\\"", "\""),
        (r"\\", "\\"),
        (r"\/", "/"),
        (r"\b\f\n\r\t", "\u{8}\t\n\u{c}\r"),
        (r"\u00e9", "é"),
        (r"\u00E9", "é"),
        (r"\u0000", "\0"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud800\udc00", "\u{10000}"),
        (r"\uDBFF\uDFFF", "\u{10ffff}"),
        (r"\ud7ff\ue000", "\u{d7ff}\u{e000}"),
        ("\u{7f}", "\u{7f}"),
    ] {
        assert_eq!(characters(written).as_deref(), Some(expected), "{written}");
    }
    for written in [
        r"\ud83d",
        r"\ude00",
        r"\ud83d\u0041",
        r"\ud83dx",
        r"\ud83d\n",
        r"\udc00\ud800",
        r"\u00g0",
        r"\u00",
        r"\x41",
        r"\'",
        r"\U0041",
        "\u{1f}",
        "\u{0}",
        "\n",
    ] {
        assert_eq!(characters(written), None, "{written:?}");
    }
}

fn every_rule_as_text() -> String {
    let (rules, _) = every_rule();
    let data = json!({"version": 1, "scope": "no\"ord é", "rules": rules});
    serde_json::to_string_pretty(&data).unwrap()
}

#[test]
fn every_rule_reads_from_json() {
    let draft = READ(&every_rule_as_text()).unwrap();
    assert_eq!(rules_of(&draft), every_rule().1);
}

proptest! {
    /// serde_json is the reference: what it reads we read, and the same; what it refuses we refuse.
    #[test]
    fn our_json_is_serde_jsons(text in mutated(every_rule_as_text())) {
        answers(READ, &text);
        let ours = READ(&text);
        let theirs = serde_json::from_str::<PolicyDraft>(&text);
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => {
                prop_assert_eq!(serde_json::to_value(ours).unwrap(), serde_json::to_value(theirs).unwrap());
            }
            (Err(ours), Ok(_)) => prop_assert!(ours.refused.is_some(), "{}", ours),
            (Err(_), Err(_)) => {}
            (Ok(_), Err(theirs)) => prop_assert!(false, "{}", theirs),
        }
    }

    /// The same for small texts of nothing but syntax.
    #[test]
    fn our_syntax_is_serde_jsons(text in "[\\[\\]{}\":,0-2eE+.tnu\\\\ -]{0,12}|\"[\\\\u0dD8cCa\"/bn]{0,16}\"|-?0?[0-9]{0,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?") {
        let wrapped = format!("{{\"version\": 1, \"rules\": [{text}]}}");
        let is_json = serde_json::from_str::<Value>(&wrapped).is_ok();
        answers(READ, &wrapped);
        // What is well formed gets as far as the rules.
        let is_read = READ(&wrapped).is_ok_and(|draft| draft.rules().count() == 0)
            || READ(&wrapped).is_err_and(|e| e.message.starts_with("a rule "));
        prop_assert_eq!(is_read, is_json, "{:?}", READ(&wrapped));
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,60}|[\\{\\}\\[\\]\":,a-z0-9-]{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        answers(READ, &text);
        answers(READ, &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn sound_rules_survive_writing_and_reading(rules in common::plausible_rules()) {
        let text = serde_json::to_string(&common::draft(&rules)).unwrap();
        prop_assert_eq!(rules_of(&READ(&text).unwrap()), rules);
    }
}
