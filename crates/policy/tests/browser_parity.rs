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

use common::{draft, names, password, plausible_rules, subject};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use slotwerk_policy::{
    Blocklist, CharacterSet, Characters, Class, Code, EVALUATOR, MAX_BYTES, Policy, PolicyDraft,
    Requirement, Rule, SequenceKind, State, Subject, WhiteSpace,
};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use unicode_normalization::UnicodeNormalization as _;

const CHUNKS: usize = 10;
const POLICIES_IN_A_CHUNK: usize = 200;
const PASSWORDS_FOR_A_POLICY: usize = 25;

/// One policy and one user, many passwords.
#[derive(Debug)]
struct Case {
    policy: Policy,
    subject: Subject,
    passwords: Vec<String>,
}

/// How often each code had each state.
type Tally = BTreeMap<(Code, &'static str), usize>;

#[test]
#[ignore = "needs node"]
fn generated_policies_and_passwords_get_the_same_verdict_in_both() {
    let mut runner = TestRunner::default();
    let mut tally = Tally::new();
    let mut pairs = 0;
    for _ in 0..CHUNKS {
        let cases: Vec<Case> = (0..POLICIES_IN_A_CHUNK)
            .map(|_| case().new_tree(&mut runner).unwrap().current())
            .collect();
        pairs += cases.iter().map(|case| case.passwords.len()).sum::<usize>();
        compare(&cases, &mut tally);
    }
    assert!(pairs >= 50_000, "{pairs}");
    // A generator that only made refused passwords would compare little: each rule has to go both ways. It
    // is pending where nothing is typed (what is forbidden) and above the ceiling (all but the maximum).
    for code in Code::ALL
        .into_iter()
        .filter(|&code| !is_for_the_server(code))
    {
        for state in [State::Met, State::Unmet, State::Pending] {
            let seen = tally.get(&(code, state.as_str())).copied().unwrap_or(0);
            assert!(seen >= 50, "{code} was {state} only {seen} times");
        }
    }
}

/// A policy with rules for the server among the others, a user, and passwords.
fn case() -> impl Strategy<Value = Case> {
    let passwords = prop_oneof![
        1 => Just(String::new()),
        1 => long(),
        24 => password(),
        12 => "[a-zA-Z0-9!-/:-@]{8,20}",
        2 => "[a-z ]{8,20}",
    ];
    let passwords = proptest::collection::vec(passwords, PASSWORDS_FOR_A_POLICY);
    let rules = (plausible_rules(), rules_for_the_server());
    let policy = rules.prop_filter_map("contradictory rules", |(rules, more)| {
        draft(&[rules, more].concat())
            .blocklist(Blocklist::from_words(["welkom0123"]).unwrap())
            .build()
            .ok()
    });
    (policy, names(), passwords).prop_map(|(policy, names, passwords)| Case {
        policy,
        subject: subject(&names),
        passwords,
    })
}

fn rules_for_the_server() -> impl Strategy<Value = Vec<Rule>> {
    let rules = vec![
        Rule::NotBreached {},
        Rule::NotReused { last: 5, days: 0 },
        Rule::MinimumAge { hours: 24 },
        Rule::MaximumAge { days: 90 },
    ];
    proptest::sample::subsequence(rules, 0..=4)
}

/// Texts about as long as the longest that are accepted, and as the longest that are looked at.
fn long() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "a",
        "aB3$",
        "é",
        "e\u{301}",
        "😀",
        "\u{958}",
        "\u{fb2c}",
        "\u{1d160}",
        "\u{ff37}w",
        "\u{1112}\u{1161}\u{11ab}",
        "\u{301}",
        "qwertyuiop",
        "n00r ",
    ]);
    (piece, any::<bool>(), 0_usize..12).prop_map(|(piece, in_bytes, n)| {
        if in_bytes {
            let bytes = MAX_BYTES - 6 + n;
            let filler = "x".repeat(bytes % piece.len());
            piece.repeat(bytes / piece.len()) + &filler
        } else {
            piece.repeat((250 + n).div_ceil(piece.nfc().count()))
        }
    })
}

#[test]
#[ignore = "needs node"]
fn the_edges_get_the_same_verdict_in_both() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .minimum_of_class(Class::Letter, 1)
        .maximum_run(256)
        .without_repeated_block(32)
        .maximum_sequence(SequenceKind::Alphabetical, 25)
        .without_attributes(3)
        .build()
        .unwrap();
    let passwords = [
        String::new(),
        " ".to_owned(),
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
        // The dearest there is: nothing in it is repeated, so every block is tried.
        (0..1_024).map(|n| format!("{n:04x}")).collect(),
        "abcdefghijklmnopqrstuvwxyz".to_owned(),
        "ZYXWVUTSRQPONMLKJIHGFEDCBa".to_owned(),
        "abcdefghijklmnopqrstuvwxy-z".to_owned(),
        // Blocks of 31 and of 32.
        "0123456789abcdef0123456789abcde".repeat(2),
        "0123456789abcdef0123456789abcdeF0123456789ABCDEF0123456789abcdef".to_owned(),
        // Folded, `ß` is two letters: only then is this a block of 32 that stands twice.
        format!("{0}ß{0}SS", "0123456789abcdefghijklmnopqrtu"),
    ];
    let case = Case {
        policy,
        subject: subject(&["Noor"]),
        passwords: passwords.into(),
    };
    compare(&[case], &mut Tally::new());
}

/// Every code point, and the full decomposition of each that has one: normalisation, folding, leet speak,
/// classes, white space.
#[test]
#[ignore = "needs node"]
fn every_code_point_is_normalised_folded_and_classed_alike() {
    let every_class = Class::ALL
        .into_iter()
        .fold(PolicyDraft::new(), |draft, class| {
            // The four private-use neighbours are symbols, so the fifth symbol is the one in question.
            draft.minimum_of_class(class, if class == Class::Symbol { 5 } else { 1 })
        });
    let allowed = |classes: &[Class]| Rule::AllowedCharacters {
        set: CharacterSet::of_classes(classes.iter().copied().collect()).and("\u{e000}"),
    };
    let ascii = CharacterSet::printable_ascii().and("\u{e000}é");
    let drafts = [
        every_class.without_attributes(3),
        // Digits are in each of them, so that there are passwords that meet them all.
        draft(&[
            allowed(&[Class::Digit, Class::Uppercase]),
            allowed(&[Class::Digit, Class::Lowercase]),
            allowed(&[Class::Digit, Class::Letter]),
            allowed(&[Class::Digit, Class::Symbol]),
            Rule::AllowedCharacters { set: ascii },
        ]),
        draft(&[
            allowed(&[Class::Letter, Class::Symbol]),
            Rule::WhiteSpace {
                allowed: WhiteSpace::Nowhere,
            },
            Rule::ForbiddenCharacters {
                characters: Characters::new("\u{1112}\u{1161}\u{11ab} \u{212b}\u{10400}\u{fb2c}A"),
            },
        ]),
    ];
    let policies = drafts.map(|draft| draft.minimum_length(8).build().unwrap());

    let single = every_code_point().map(String::from);
    let decomposed = every_code_point()
        .map(|c| std::iter::once(c).nfd().collect())
        .filter(|text: &String| text.chars().count() > 1);
    let spelt: Vec<String> = single.chain(decomposed).collect();
    let words: Vec<String> = spelt.iter().map(|text| skeleton(text)).collect();

    let user = subject(&["xxx"]);
    let rules = policies.each_ref().map(|p| p.browser_rules_for(&user));
    let answers = node(
        "sweep",
        &json!({"policies": rules, "spelt": spelt, "words": words}),
    );
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), spelt.len());

    let mut differing = Vec::new();
    for (text, answer) in spelt.iter().zip(answers) {
        let between = format!("\u{e000}\u{e000}{text}\u{e000}\u{e000}");
        let user = Subject::new().name(&between).unwrap();
        let expected = policies.each_ref().map(|p| initials(p, &user, &between));
        // Found by the server under its own folding, so the browser has to find it under the same.
        assert!(expected[0].ends_with('u'), "{text:?}");
        if answer != &expected.join(" ") {
            differing.push(format!("{} {answer} {expected:?}", text.escape_unicode()));
        }
    }
    assert!(
        differing.is_empty(),
        "{} differ: {differing:?}",
        differing.len()
    );
}

/// White space of every kind at the beginning, inside and at the end.
#[test]
#[ignore = "needs node"]
fn white_space_is_found_at_the_same_places() {
    let policy = |allowed| {
        let draft = PolicyDraft::new().minimum_length(8);
        draft.rule(Rule::WhiteSpace { allowed }).build().unwrap()
    };
    let white = every_code_point().filter(|c| c.is_whitespace());
    let around = [
        '\u{180e}', '\u{200b}', '\u{2060}', '\u{feff}', '\0', '\u{1f}',
    ];
    let characters: Vec<char> = white.chain(around).collect();
    assert!(characters.len() > 25);
    let passwords = characters.iter().flat_map(|c| {
        [
            format!("{c}a"),
            format!("a{c}a"),
            format!("a{c}"),
            format!("{c}"),
        ]
    });
    let passwords: Vec<String> = passwords.collect();
    let cases = [WhiteSpace::Inside, WhiteSpace::Nowhere].map(|allowed| Case {
        policy: policy(allowed),
        subject: Subject::new(),
        passwords: passwords.clone(),
    });
    compare(&cases, &mut Tally::new());
}

/// Every two and every three neighbours of each keyboard, across, down, and where they only seem to be.
#[test]
#[ignore = "needs node"]
fn sequences_are_as_long_in_both() {
    let keys: Vec<char> = (' '..='~').chain("²³§èéçà°ùµ£¨ß´öäüÖÄÜ".chars()).collect();
    let mut passwords: Vec<String> = Vec::new();
    for &one in &keys {
        for &two in &keys {
            passwords.push(format!("{one}{two}"));
            passwords.push(format!("{one}{two}{one}"));
            // Three in a row in code points are three in a row on some keyboards only.
            let next = char::from_u32(2 * u32::from(two) - u32::from(one).min(u32::from(two)));
            passwords.extend(next.map(|three| format!("{one}{two}{three}")));
        }
    }
    let cases: Vec<Case> = SequenceKind::ALL
        .into_iter()
        .flat_map(|kind| [2, 3].map(|characters| (kind, characters)))
        .map(|(kind, characters)| Case {
            policy: PolicyDraft::new()
                .minimum_length(8)
                .maximum_sequence(kind, characters)
                .build()
                .unwrap(),
            subject: Subject::new(),
            passwords: passwords.clone(),
        })
        .collect();
    compare(&cases, &mut Tally::new());
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
    let data = format!("[[{rules},[\"abcdef\\ud800\\udc00\\udc00\\ud800\\ud801\"]]]");
    let answers = node_with("verdicts", &data);
    let received = "abcdef\u{10000}\u{fffd}\u{fffd}\u{fffd}";
    let expected = initials(&policy, &Subject::new(), received);
    assert_eq!(answers[0][1], json!([expected]));
}

#[test]
#[ignore = "needs node"]
fn what_only_the_server_can_tell_is_left_to_it() {
    let mut draft = PolicyDraft::new()
        .minimum_length(8)
        .without_attributes(4)
        .blocklist(Blocklist::from_words(["welkom0123"]).unwrap())
        .not_breached()
        .not_reused(5, 0)
        .rule(Rule::MinimumAge { hours: 24 })
        .rule(Rule::MaximumAge { days: 90 });
    let mut codes = vec![
        "minimum-length",
        "maximum-length",
        "without-attributes",
        "not-blocklisted",
        "not-breached",
        "not-reused",
        "minimum-age",
    ];
    let [mut empty, mut typed] = ["upppppp", "mmppppp"].map(str::to_owned);
    if cfg!(feature = "strength") {
        draft = draft.rule(Rule::MinimumStrength { score: 3 });
        codes.insert(5, "minimum-strength");
        // It is asked for, so before anything is typed it is unmet.
        empty.insert(5, 'u');
        typed.insert(5, 'p');
    }
    let policy = draft.build().unwrap();
    assert_eq!(initials(&policy, &Subject::new(), ""), empty);
    let data = json!([[policy.browser_rules(), ["", "welkom0123"]]]);
    assert_eq!(node("verdicts", &data), json!([[codes, [empty, typed]]]));
}

/// A page may hold an older evaluator than its rules.
#[test]
#[ignore = "needs node"]
fn a_rule_of_a_code_that_is_not_known_is_left_to_the_server() {
    let policy = PolicyDraft::new().minimum_length(8).build().unwrap();
    let mut rules: Value = serde_json::from_str(&policy.browser_rules()).unwrap();
    let list = rules["rules"].as_array_mut().unwrap();
    for code in ["minimum-rhymes", "constructor", "__proto__", ""] {
        list.push(json!({"code": code, "demand": true, "characters": 1}));
    }
    let data = json!([[rules.to_string(), ["abcdefgh", ""]]]);
    assert_eq!(node("verdicts", &data)[0][1], json!(["mmpppp", "upuuuu"]));
}

/// Planes 0 to 3 and 14. The others are private use or have nothing assigned, and behave alike throughout.
fn every_code_point() -> impl Iterator<Item = char> {
    ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{effff}')
}

/// The crate's normalisation, folding and undoing of leet speak where there is a letter, written out once more with the standard
/// library.
fn skeleton(text: &str) -> String {
    let ignorable = |c: &char| {
        "\u{ad}\u{34f}\u{61c}\u{3164}\u{feff}\u{ffa0}".contains(*c)
            || [
                (0x115f, 0x1160),
                (0x17b4, 0x17b5),
                (0x180b, 0x180f),
                (0x200b, 0x200f),
                (0x202a, 0x202e),
                (0x2060, 0x206f),
                (0xfe00, 0xfe0f),
                (0xfff0, 0xfff8),
                (0x1bca0, 0x1bca3),
                (0x1d173, 0x1d17a),
                (0xe0000, 0xe0fff),
            ]
            .iter()
            .any(|&(first, last)| (first..=last).contains(&u32::from(*c)))
    };
    let folded = text
        .nfc()
        .filter(|c| !ignorable(c))
        .map(|c| match u32::from(c) {
            n @ 0xff01..=0xff5e => char::from_u32(n - 0xfee0).unwrap(),
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfc();
    let folded: String = folded.collect();
    if !folded.contains(char::is_alphabetic) {
        return folded;
    }
    folded
        .chars()
        .map(
            |c| match "0o1i2z3e4a5s6g7t8b9g!i|ili€e@a$s+t".split_once(c) {
                Some((before, after)) if before.chars().count() % 2 == 0 => {
                    after.chars().next().unwrap()
                }
                _ => c,
            },
        )
        .collect()
}

/// What the browser cannot know. Before anything is typed, and above the ceiling, nobody needs to know it.
fn is_for_the_server(code: Code) -> bool {
    use Code as C;
    matches!(
        code,
        C::NotBlocklisted
            | C::NotBreached
            | C::MinimumStrength
            | C::NotReused
            | C::MinimumAge
            | C::MaximumAge
    )
}

/// What the browser has to answer, by what the server does.
fn expected(policy: &Policy, subject: &Subject, password: &str) -> Vec<(Code, State)> {
    let state = |r: &Requirement| match r.state() {
        State::Met | State::Unmet if is_for_the_server(r.code()) && !password.is_empty() => {
            State::Pending
        }
        state => state,
    };
    let verdict = policy.check(subject, password);
    let requirements = verdict.requirements().iter();
    requirements.map(|r| (r.code(), state(r))).collect()
}

fn initials(policy: &Policy, subject: &Subject, password: &str) -> String {
    let expected = expected(policy, subject, password).into_iter();
    expected
        .map(|(_, state)| state.as_str().chars().next().unwrap())
        .collect()
}

/// Compares every verdict.
fn compare(cases: &[Case], tally: &mut Tally) {
    let rules = |case: &Case| case.policy.browser_rules_for(&case.subject);
    let data: Vec<_> = cases
        .iter()
        .map(|case| (rules(case), &case.passwords))
        .collect();
    let answers = node("verdicts", &json!(data));
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(answers) {
        let requirements = case.policy.requirements();
        let codes: Vec<_> = requirements.iter().map(|r| r.code().as_str()).collect();
        assert_eq!(answer[0], json!(codes));
        let verdicts = answer[1].as_array().unwrap();
        assert_eq!(verdicts.len(), case.passwords.len());
        for (password, verdict) in case.passwords.iter().zip(verdicts) {
            let wanted = initials(&case.policy, &case.subject, password);
            assert_eq!(verdict, &wanted, "{password:?} under {}", rules(case));
            for (code, state) in expected(&case.policy, &case.subject, password) {
                *tally.entry((code, state.as_str())).or_default() += 1;
            }
        }
    }
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
