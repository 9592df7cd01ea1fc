//! Shared by the test files: reading vectors, and generating policies and passwords.
#![allow(dead_code, unreachable_pub)]

use proptest::prelude::*;
use proptest::sample::{Index, select};
use slotwerk_policy::{
    Class, ClassSet, Policy, PolicyDraft, PolicyError, Requirement, Rule, State, Subject,
};

pub fn subject(names: &[impl AsRef<str>]) -> Subject {
    names.iter().fold(Subject::new(), |subject, name| {
        subject.name(name.as_ref()).unwrap()
    })
}

pub fn states(requirements: &[Requirement]) -> Vec<(&'static str, State)> {
    requirements
        .iter()
        .map(|r| (r.code().as_str(), r.state()))
        .collect()
}

pub fn draft(rules: &[Rule]) -> PolicyDraft {
    rules
        .iter()
        .cloned()
        .fold(PolicyDraft::new(), PolicyDraft::rule)
}

pub fn class() -> impl Strategy<Value = Class> {
    select(Class::ALL.to_vec())
}

pub fn classes() -> impl Strategy<Value = ClassSet> {
    proptest::collection::vec(class(), 1..=5).prop_map(ClassSet::from_iter)
}

/// Any rule at all, sensible or not.
pub fn any_rule() -> impl Strategy<Value = Rule> {
    let n = prop_oneof![0_u16..40, 240_u16..270, any::<u16>()];
    (0_usize..8, n, class(), classes()).prop_map(|(kind, n, class, classes)| match kind {
        0 => Rule::MinimumLength { characters: n },
        1 => Rule::MaximumLength { characters: n },
        2 => Rule::MinimumOfClass {
            class,
            characters: n,
        },
        3 => Rule::ClassesPresent {
            classes,
            at_least: n % 8,
        },
        4 => Rule::MinimumDistinct { characters: n },
        5 => Rule::MaximumRun { characters: n },
        6 => Rule::WithoutAttributes {
            shortest_part: n % 12,
        },
        _ => Rule::NotBlocklisted {},
    })
}

/// Rules that each make sense, with limits low enough for short passwords to meet or miss them. They may
/// still contradict each other.
pub fn plausible_rules() -> impl Strategy<Value = Vec<Rule>> {
    use proptest::option::of;
    let per_class = proptest::collection::vec(of(1_u16..5), 5);
    (
        8_u16..14,
        of(10_u16..30),
        per_class,
        of((classes(), any::<Index>())),
        of(2_u16..12),
        of(1_u16..4),
        of(3_u16..6),
    )
        .prop_map(
            |(minimum, maximum, per_class, present, distinct, run, part)| {
                let mut rules = vec![Rule::MinimumLength {
                    characters: minimum,
                }];
                rules.extend(maximum.map(|characters| Rule::MaximumLength { characters }));
                for (class, characters) in Class::ALL.into_iter().zip(per_class) {
                    rules.extend(
                        characters.map(|characters| Rule::MinimumOfClass { class, characters }),
                    );
                }
                rules.extend(present.map(|(classes, index)| Rule::ClassesPresent {
                    classes,
                    at_least: 1 + u16::try_from(index.index(usize::from(classes.len()))).unwrap(),
                }));
                rules.extend(distinct.map(|characters| Rule::MinimumDistinct { characters }));
                rules.extend(run.map(|characters| Rule::MaximumRun { characters }));
                rules.extend(part.map(|shortest_part| Rule::WithoutAttributes { shortest_part }));
                rules
            },
        )
}

pub fn policy() -> impl Strategy<Value = Policy> {
    plausible_rules().prop_filter_map("contradictory rules", |rules| match draft(&rules).build() {
        Ok(policy) => Some(policy),
        Err(PolicyError::Contradiction { .. }) => None,
        Err(other) => panic!("{other}"),
    })
}

/// Names short and odd enough to turn up in the passwords below.
pub fn names() -> impl Strategy<Value = Vec<String>> {
    let name = select(vec![
        "Noor",
        "de Vries",
        "Straße",
        "İstanbul",
        "Ὀδυσσεύς",
        "aaaa",
        "e\u{301}e\u{301}e\u{301}",
        "\u{10400}\u{10401}\u{10402}",
        "Jan-Willem",
        "</script>",
        "ﬃﬃ",
        "Bo",
        "",
    ]);
    proptest::collection::vec(name.prop_map(str::to_owned), 0..4)
}

/// Passwords of every kind that could be counted, classified, composed or folded differently.
pub fn password() -> impl Strategy<Value = String> {
    let latin = "[a-zA-Z0-9!-/:-@ ]{1,6}";
    let special = select(vec![
        "é",
        "e\u{301}",
        "\u{212b}",
        "A\u{30a}",
        "\u{958}",
        "\u{fb2c}",
        "\u{1d160}",
        "\u{344}",
        "\u{1112}\u{1161}\u{11ab}",
        "\u{ac00}\u{11a8}",
        "\u{301}\u{323}",
        "q\u{323}\u{301}",
        "\u{345}",
        "ﬃ",
        "ß",
        "ẞ",
        "İ",
        "ı",
        "ς",
        "Σ",
        "ΐ",
        "ǅ",
        "Ⅷ",
        "Ⓐ",
        "ª",
        "²",
        "½",
        "٣",
        "७",
        "字",
        "\u{ff57}",
        "\u{ff37}",
        "\u{ff17}",
        "\u{ff01}",
        "\u{3000}",
        "\u{a0}",
        "\u{85}",
        "\u{200b}",
        "\u{200d}",
        "\u{feff}",
        "\u{fffd}",
        "\u{2028}",
        "\0",
        "😀",
        "👩\u{200d}🔬",
        "🇳🇱",
        "𝒜",
        "𝟘",
        "𐐀",
        "𐐨",
        "\u{1e900}",
        "\u{10ffff}",
        "\u{e000}",
        "\u{fdd0}",
        "noor",
        "NOOR",
        "STRASSE",
        "vries",
        "i\u{307}stanbul",
        "ΟΔΥΣΣΕΎΣ",
        "janwillem",
        "</SCRIPT>",
        "FFIFFI",
        "aaaa",
        "\\u003c",
        "\"",
    ]);
    let piece = prop_oneof![
        3 => latin.prop_map(|s: String| s),
        3 => special.prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => (any::<char>(), 1_usize..5).prop_map(|(c, n)| String::from(c).repeat(n)),
        1 => ("[\u{41}-\u{24f}\u{370}-\u{5ff}]", "[\u{300}-\u{36f}]{1,3}").prop_map(|(base, marks)| base + &marks),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}
