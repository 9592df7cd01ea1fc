#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! What goes into the page: rules as JSON, the evaluator's source, attributes of the field.

mod common;
mod manager;

use common::{draft, policy, subject};
use manager::Rules;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use slotwerk_policy::{
    Blocklist, CharacterSet, Characters, Class, Code, EVALUATOR, Policy, PolicyDraft, Rule,
    SequenceKind, State, Subject, WhiteSpace,
};
use unicode_normalization::UnicodeNormalization as _;

#[test]
fn the_rules_hold_what_a_browser_can_decide_and_no_more() {
    let letters = [Class::Letter].into_iter().collect();
    let policy = PolicyDraft::new()
        .minimum_length(12)
        .minimum_of_class(Class::Digit, 2)
        .composition_only_below(15)
        .classes_present(1, [Class::Symbol, Class::Uppercase])
        .minimum_distinct(6)
        .rule(Rule::AllowedCharacters {
            set: CharacterSet::of_classes(letters).and("0123456789<&+e\u{301}"),
        })
        .rule(Rule::ForbiddenCharacters {
            characters: Characters::new("\"\\<"),
        })
        .rule(Rule::WhiteSpace {
            allowed: WhiteSpace::Inside,
        })
        .maximum_run(3)
        .without_repeated_block(4)
        .maximum_sequence(SequenceKind::Numerical, 3)
        .without_attributes(4)
        .without_words(["Verzuim01"])
        .blocklist(Blocklist::from_words(["geheim-woord"]).unwrap())
        .not_breached()
        .not_reused(17, 1234)
        .rule(Rule::MinimumAge { hours: 23 })
        .rule(Rule::MaximumAge { days: 777 })
        .build()
        .unwrap();
    let text = policy.browser_rules();
    let rules: Value = serde_json::from_str(&text).unwrap();
    let mut expected = json!({
        "version": 1,
        "ceiling": 4096,
        "leet": ["0123456789!|l€@$+", "oizeasgtbgiiieast"],
        "rules": [
            {"code": "minimum-length", "demand": true, "characters": 12},
            {"code": "maximum-length", "characters": 256},
            {"code": "minimum-digits", "demand": true, "class": "digit", "characters": 2, "below": 15},
            {"code": "classes-present", "demand": true, "classes": ["uppercase", "symbol"], "atLeast": 1},
            {"code": "minimum-distinct", "demand": true, "characters": 6},
            {"code": "allowed-characters", "printableAscii": false, "classes": ["letter"],
                "characters": "&+0123456789<é"},
            {"code": "forbidden-characters", "characters": "\"<\\"},
            {"code": "white-space", "allowed": "inside"},
            {"code": "maximum-run", "characters": 3},
            {"code": "without-repeated-block", "shortest": 4},
            {"code": "maximum-numerical", "characters": 3,
                "rows": [["0123456789", ""], ["", ""], ["", ""], ["", ""]]},
            {"code": "without-attributes", "pending": true},
            {"code": "without-words", "words": ["verzuimoi"]},
            {"code": "not-blocklisted", "pending": true},
            {"code": "not-breached", "pending": true},
            {"code": "not-reused", "pending": true},
            {"code": "minimum-age", "pending": true},
        ],
    });
    assert_eq!(rules, expected);
    for withheld in ["geheim", "1234", "17", "23", "777"] {
        assert!(
            !text.replace("0123456789", "").contains(withheld),
            "{withheld}"
        );
    }

    let subject = subject(&["Noor de Vr13s"]);
    let rules: Value = serde_json::from_str(&policy.browser_rules_for(&subject)).unwrap();
    expected["rules"][11] = json!({"code": "without-attributes", "words": ["noor", "vries"]});
    assert_eq!(rules, expected);
}

#[test]
fn the_rules_stand_in_the_order_of_the_list_by_which_they_are_matched() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .classes_present(1, [Class::Digit, Class::Symbol])
        .classes_present(2, [Class::Uppercase, Class::Lowercase, Class::Letter])
        .maximum_sequence(SequenceKind::Qwerty, 4)
        .rule(Rule::MaximumAge { days: 90 })
        .build()
        .unwrap();
    let rules: Value = serde_json::from_str(&policy.browser_rules()).unwrap();
    let rules = rules["rules"].as_array().unwrap();
    let requirements = policy.requirements();
    assert_eq!(rules.len(), requirements.len());
    for (rule, requirement) in rules.iter().zip(&requirements) {
        assert_eq!(rule["code"], requirement.code().as_str());
    }
    let twice = requirements
        .iter()
        .filter(|r| r.code() == Code::ClassesPresent);
    assert_eq!(twice.count(), 2);
}

#[test]
fn a_name_or_a_word_cannot_break_out_of_the_page() {
    let markup = "</script><!--<img src=x onerror=alert(1)>&amp;\"'\\\u{2028}\u{2029}";
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .rule(Rule::ForbiddenCharacters {
            characters: Characters::new(markup),
        })
        .without_attributes(3)
        .without_words(["<script>", "a\u{2028}&b"])
        .maximum_sequence(SequenceKind::Qwertz, 3)
        .build()
        .unwrap();
    let subject = Subject::new()
        .name(markup)
        .unwrap()
        .user_name(markup)
        .unwrap();
    let rules = policy.browser_rules_for(&subject);
    for c in ['<', '>', '&', '\u{2028}', '\u{2029}'] {
        assert!(!rules.contains(c), "{c:?} in {rules}");
    }
    let parsed: Value = serde_json::from_str(&rules).unwrap();
    let words = |code: &str| {
        let rules = parsed["rules"].as_array().unwrap();
        let rule = rules.iter().find(|rule| rule["code"] == code).unwrap();
        rule["words"].as_array().unwrap().clone()
    };
    assert!(words("without-attributes").contains(&json!("script")));
    assert!(words("without-words").contains(&json!("<script>")));

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

fn attribute(policy: &Policy, name: &str) -> Option<String> {
    let attributes = policy.html_attributes();
    let mut values = attributes.into_iter().filter(|(key, _)| *key == name);
    let value = values.next().map(|(_, value)| value);
    assert!(values.next().is_none(), "{name} stands twice");
    value
}

#[test]
fn a_password_manager_is_told_what_its_grammar_can_say() {
    let rows: Vec<Value> =
        serde_json::from_str(include_str!("vectors/password-rules.json")).unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let rules: Vec<Rule> = serde_json::from_value(row["rules"].clone()).unwrap();
        let policy = draft(&rules).build().unwrap();
        let value = attribute(&policy, "passwordrules");
        assert_eq!(value.as_deref(), row["value"].as_str(), "{}", row["note"]);
        let rest = policy.html_attributes().into_iter().map(|(name, _)| name);
        let rest: Vec<_> = rest.filter(|&name| name != "passwordrules").collect();
        assert_eq!(rest, ["autocomplete", "minlength", "maxlength"]);
    }
}

/// Whether the grammar of `passwordrules` has something to say about the rule.
fn is_within_the_grammar(rule: &Rule) -> bool {
    !matches!(
        rule,
        Rule::WithoutRepeatedBlock { .. }
            | Rule::MaximumSequence { .. }
            | Rule::WithoutAttributes { .. }
            | Rule::WithoutWords { .. }
            | Rule::NotBlocklisted { .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_a_password_manager_makes_from_the_grammar_meets_the_policy(
        policy in policy(), seeds in proptest::array::uniform10(any::<u64>())
    ) {
        if let Some(value) = attribute(&policy, "passwordrules") {
            let rules = Rules::parse(&value);
            for password in seeds.map(|seed| rules.password(seed)) {
                for requirement in policy.check(&Subject::new(), &password).requirements() {
                    let is_met = requirement.state() == State::Met;
                    prop_assert!(
                        is_met || !is_within_the_grammar(requirement.rule()),
                        "{password:?} made from {value}: {:?}", requirement.rule()
                    );
                }
            }
        }
    }

    /// A text that is accepted is neither refused for being short nor cut off.
    #[test]
    fn the_length_attributes_never_stand_in_the_way_of_an_accepted_password(
        minimum in 8_u16..40, more in 0_u16..60, pieces in proptest::collection::vec(piece(), 1..60)
    ) {
        let policy = of_lengths(minimum, minimum + more);
        let within = shortest(&policy)..=longest(&policy);
        // As much of the text as the policy accepts, so that both edges are reached.
        let mut text = String::new();
        for piece in pieces.iter().cycle().take(300) {
            let longer = text.clone() + piece;
            if longer.nfc().count() > usize::from(minimum + more) {
                break;
            }
            text = longer;
            if policy.check(&Subject::new(), &text).is_acceptable() {
                let units = text.encode_utf16().count();
                prop_assert!(within.contains(&units), "{text:?}");
            }
        }
    }

    /// Browsers cut at `maxlength`, or one unit before it where they would split a surrogate pair.
    #[test]
    fn what_is_left_of_a_text_that_was_cut_off_is_never_accepted(
        maximum in 8_u16..40,
        alike in any::<bool>(),
        mut pieces in proptest::collection::vec(piece(), 1..60),
    ) {
        let policy = of_lengths(8, maximum);
        // Each character in as many units as one can take.
        if alike {
            pieces.truncate(1);
        }
        // Of nothing but empty pieces, a thousand units would never come together.
        prop_assume!(pieces.iter().any(|piece| !piece.is_empty()));
        let units: Vec<u16> = pieces.iter().cycle().flat_map(|piece| piece.encode_utf16()).take(1_000).collect();
        for left in [longest(&policy) - 1, longest(&policy)] {
            let text = String::from_utf16_lossy(&units[..left]);
            let verdict = policy.check(&Subject::new(), &text);
            prop_assert_eq!(verdict.requirements()[1].state(), State::Unmet, "{:?}", text);
        }
    }
}

fn of_lengths(minimum: u16, maximum: u16) -> Policy {
    let draft = PolicyDraft::new()
        .minimum_length(minimum)
        .maximum_length(maximum);
    draft.build().unwrap()
}

fn shortest(policy: &Policy) -> usize {
    attribute(policy, "minlength").unwrap().parse().unwrap()
}

fn longest(policy: &Policy) -> usize {
    attribute(policy, "maxlength").unwrap().parse().unwrap()
}

/// Texts with the most and the fewest characters for their length, and everything between.
fn piece() -> impl Strategy<Value = String> {
    let extreme = select(vec![
        "\u{fb2c}",
        "\u{fb2c}\u{fb2c}\u{fb2c}",
        "\u{958}",
        "\u{1121e}\u{1121e}\u{11129}",
        "\u{1611e}\u{1611e}\u{1611f}",
        "\u{1611e}\u{1611e}\u{1611f}\u{1611e}\u{1611e}\u{1611f}",
        "\u{16121}\u{1611f}",
        "\u{16126}",
        "\u{16d67}\u{16d67}\u{16d68}",
        "\u{3b1}\u{313}\u{300}\u{345}",
        "\u{1f82}",
        "\u{1f82}\u{328}",
        "\u{1d160}",
        "\u{1112}\u{1161}\u{11ab}",
        "o\u{31b}\u{323}\u{302}",
        "\u{1ed9}\u{328}",
        "\u{2f800}",
        "a",
        "😀",
    ]);
    let range = proptest::char::range;
    let letter = proptest::option::of(prop_oneof![
        range('A', '\u{24f}'),
        range('\u{370}', '\u{5ff}')
    ]);
    let mark = proptest::collection::vec(range('\u{300}', '\u{36f}'), 0..=3);
    prop_oneof![
            4 => extreme.prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
    1 => (letter, mark).prop_map(|(letter, marks)| letter.into_iter().chain(marks).collect()),
        ]
}

/// `minlength`: how many characters come of one UTF-16 unit at most.
///
/// The NFD of a text is the decompositions of its code points one after the other, with the marks put in
/// order; its NFC has one character fewer for every composition. So no unit gives more than the
/// longest decomposition has for its units. Where that is four, the letter and its first mark compose in
/// every text: order puts only marks of a lower class between them, which do not keep them apart, and
/// if such a mark composes with the letter first, that too is one fewer. The letter itself composes with
/// nothing before it, so no composition is counted twice.
#[test]
fn a_typed_unit_becomes_at_most_three_characters() {
    let decompositions = || every_code_point().map(|c| (c, decomposed(c)));
    let mut composes_backwards = vec![false; 0x11_0000];
    for (_, parts) in decompositions() {
        for &part in &parts[1..] {
            composes_backwards[part as usize] = true;
        }
    }
    let mut most = 0;
    for (c, parts) in decompositions() {
        let mut characters = parts.len();
        if characters > 3 * c.len_utf16() {
            assert!(!composes_backwards[parts[0] as usize], "{c:?}");
            assert_eq!(parts[..2].iter().copied().nfc().count(), 1, "{c:?}");
            characters -= 1;
        }
        most = most.max(characters.div_ceil(c.len_utf16()));
    }
    assert_eq!(most, 3);
    // As many as that are reached, so a greater `minlength` would refuse this.
    let policy = of_lengths(9, 64);
    let text = "\u{fb2c}".repeat(3);
    assert!(policy.check(&Subject::new(), &text).is_acceptable());
    assert_eq!((shortest(&policy), text.encode_utf16().count()), (3, 3));
    assert_eq!(shortest(&of_lengths(8, 64)), 3);
    assert_eq!(shortest(&of_lengths(10, 64)), 4);
}

/// `maxlength`: in how many UTF-16 units one character can be typed.
///
/// A part of a decomposition is typed as itself, or as a share of a code point that it is a part of. The
/// most that each part can take, added up for each character that NFC leaves as it is, bounds every spelling.
#[test]
fn a_character_is_typed_in_at_most_six_units() {
    // Shares are of halves, thirds and quarters.
    const WHOLE: usize = 12;
    let mut share = vec![0; 0x11_0000];
    for c in every_code_point() {
        let parts = decomposed(c);
        for &part in &parts {
            share[part as usize] = (WHOLE * c.len_utf16() / parts.len()).max(share[part as usize]);
        }
    }
    let in_nfc = every_code_point().filter(|&c| [c].into_iter().nfc().eq([c]));
    let units = |c| {
        let shares = decomposed(c).into_iter().map(|part| share[part as usize]);
        shares.sum::<usize>().div_ceil(WHOLE)
    };
    let (most, character) = in_nfc.map(|c| (units(c), c)).max().unwrap();
    assert_eq!(most, 6, "{character:?}");
    // As many as that are reached, so a smaller `maxlength` would cut this off.
    let policy = of_lengths(8, 64);
    let text: String = "\u{16126}".repeat(64).nfd().collect();
    assert!(policy.check(&Subject::new(), &text).is_acceptable());
    assert_eq!((longest(&policy), text.encode_utf16().count()), (386, 384));
    // Nor is there room for less: what is left of more of them has one character too many.
    let units: Vec<u16> = text.encode_utf16().cycle().take(1_000).collect();
    for left in [longest(&policy) - 1, longest(&policy)] {
        let text = String::from_utf16_lossy(&units[..left]);
        assert_eq!(text.nfc().count(), 65);
        assert!(!policy.check(&Subject::new(), &text).is_acceptable());
    }
}

/// Planes 0 to 3 and 14. The others are private use or have nothing assigned, and stand for themselves.
fn every_code_point() -> impl Iterator<Item = char> {
    ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{effff}')
}

fn decomposed(c: char) -> Vec<char> {
    [c].into_iter().nfd().collect()
}

/// Otherwise the property about generated passwords would compare nothing.
#[test]
fn nearly_every_plausible_policy_can_be_told_to_a_password_manager() {
    let mut runner = TestRunner::deterministic();
    let policies = (0..200).map(|_| policy().new_tree(&mut runner).unwrap().current());
    let told = policies.filter(|policy| attribute(policy, "passwordrules").is_some());
    assert!(told.count() >= 180);
}

#[test]
fn the_generator_of_these_tests_obeys_the_grammar() {
    let rules = Rules::parse(
        "minlength: 4; maxlength: 4; required: [-,;]; required: digit, [a]]; max-consecutive: 1; allowed: [x];",
    );
    for seed in 0..200 {
        let password = rules.password(seed);
        assert_eq!(password.chars().count(), 4, "{password}");
        assert!(password.contains(['-', ',', ';']), "{password}");
        assert!(password.contains(|c: char| c.is_ascii_digit() || c == 'a' || c == ']'));
        assert!(!password.contains("xx") && !password.contains(['b', ' ']));
    }
}
