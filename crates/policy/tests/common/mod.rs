//! Shared by the test files: reading vectors, and generating policies and passwords.
#![allow(dead_code, unreachable_pub)]

use proptest::prelude::*;
use proptest::sample::{Index, select};
use slotwerk_policy::{
    CharacterSet, Characters, Class, ClassSet, Policy, PolicyDraft, PolicyError, Requirement, Rule,
    SequenceKind, State, Subject, WhiteSpace,
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
    let below = proptest::option::of(prop_oneof![8_u16..30, any::<u16>()]);
    let kind = select(SequenceKind::ALL.to_vec());
    let place = select(vec![WhiteSpace::Inside, WhiteSpace::Nowhere]);
    let text = select(vec!["", "abc", "e\u{301}0", "arbo", "0123456789", "😀 "]);
    (0_usize..19, n, class(), classes(), below, kind, place, text).prop_map(
        |(variant, n, class, classes, below, kind, allowed, text)| match variant {
            0 => Rule::MinimumLength { characters: n },
            1 => Rule::MaximumLength { characters: n },
            2 => Rule::MinimumOfClass {
                class,
                characters: n,
                below,
            },
            3 => Rule::ClassesPresent {
                classes,
                at_least: n % 8,
                below,
            },
            4 => Rule::MinimumDistinct { characters: n },
            5 => Rule::MaximumRun { characters: n },
            6 => Rule::WithoutAttributes {
                shortest_part: n % 12,
            },
            7 => Rule::AllowedCharacters {
                set: CharacterSet::of_classes(classes).and(text),
            },
            8 => Rule::ForbiddenCharacters {
                characters: Characters::new(text),
            },
            9 => Rule::WhiteSpace { allowed },
            10 => Rule::WithoutRepeatedBlock { shortest: n % 40 },
            11 => Rule::MaximumSequence {
                kind,
                characters: n % 70,
            },
            12 => Rule::WithoutWords {
                words: [text].into_iter().collect(),
            },
            13 => Rule::NotBreached {},
            14 => Rule::NotReused {
                last: n % 30,
                days: n,
            },
            15 => Rule::MinimumAge { hours: n },
            16 => Rule::MaximumAge { days: n },
            17 => Rule::MinimumStrength { score: n % 6 },
            _ => Rule::NotBlocklisted {
                variants: n % 2 == 0,
            },
        },
    )
}

/// Rules that each make sense, with limits low enough for short passwords to meet or miss them. They may
/// still contradict each other.
pub fn plausible_rules() -> impl Strategy<Value = Vec<Rule>> {
    use proptest::option::{of, weighted};
    let per_class = proptest::collection::vec(of((1_u16..5, below())), 5);
    let lengths = (8_u16..14, of(10_u16..30));
    let composition = (per_class, of((classes(), any::<Index>(), below())));
    let repeats = (of(2_u16..12), of(1_u16..4), weighted(0.3, 2_u16..5));
    let sequences = proptest::collection::vec(weighted(0.2, 2_u16..5), 5);
    let characters = (
        weighted(0.1, allowed()),
        weighted(0.2, select(vec!["\"\\", "aeiou", "é😀", "0"])),
        weighted(0.3, select(vec![WhiteSpace::Inside, WhiteSpace::Nowhere])),
    );
    let words = (
        of(3_u16..6),
        weighted(
            0.3,
            select(vec![
                vec!["noor"],
                vec!["verzuim", "arbo"],
                vec!["ＷＷＷ", "ﬃ"],
                vec!["123", "７８９"],
            ]),
        ),
    );
    (lengths, composition, repeats, sequences, characters, words).prop_map(
        |(lengths, composition, repeats, sequences, characters, words)| {
            let mut rules = vec![Rule::MinimumLength {
                characters: lengths.0,
            }];
            rules.extend(
                lengths
                    .1
                    .map(|characters| Rule::MaximumLength { characters }),
            );
            for (class, minimum) in Class::ALL.into_iter().zip(composition.0) {
                rules.extend(minimum.map(|(characters, below)| Rule::MinimumOfClass {
                    class,
                    characters,
                    below,
                }));
            }
            rules.extend(
                composition
                    .1
                    .map(|(classes, index, below)| Rule::ClassesPresent {
                        classes,
                        at_least: 1 + u16::try_from(index.index(usize::from(classes.len())))
                            .unwrap(),
                        below,
                    }),
            );
            rules.extend(
                repeats
                    .0
                    .map(|characters| Rule::MinimumDistinct { characters }),
            );
            rules.extend(repeats.1.map(|characters| Rule::MaximumRun { characters }));
            rules.extend(
                repeats
                    .2
                    .map(|shortest| Rule::WithoutRepeatedBlock { shortest }),
            );
            for (kind, longest) in SequenceKind::ALL.into_iter().zip(sequences) {
                rules.extend(longest.map(|characters| Rule::MaximumSequence { kind, characters }));
            }
            rules.extend(characters.0.map(|set| Rule::AllowedCharacters { set }));
            rules.extend(characters.1.map(|text| Rule::ForbiddenCharacters {
                characters: Characters::new(text),
            }));
            rules.extend(characters.2.map(|allowed| Rule::WhiteSpace { allowed }));
            rules.extend(
                words
                    .0
                    .map(|shortest_part| Rule::WithoutAttributes { shortest_part }),
            );
            rules.extend(words.1.map(|words| Rule::WithoutWords {
                words: words.into_iter().collect(),
            }));
            rules
        },
    )
}

/// A condition on the length, now and then.
fn below() -> impl Strategy<Value = Option<u16>> {
    proptest::option::weighted(0.3, 9_u16..20)
}

fn allowed() -> impl Strategy<Value = CharacterSet> {
    let letters: ClassSet = [Class::Letter].into_iter().collect();
    let all: ClassSet = Class::ALL.into_iter().collect();
    select(vec![
        CharacterSet::printable_ascii(),
        CharacterSet::printable_ascii().and("éß😀"),
        CharacterSet::of_classes(letters).and("0123456789 !"),
        CharacterSet::of_classes(all),
        CharacterSet::of_classes(all).and(" \u{a0}"),
    ])
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
        "1985",
        "no\u{200b}or",
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
        "ｎｏｏｒ",
        "no\u{200b}or",
        "n\u{ad}oo\u{fe0f}r",
        "e\u{200d}\u{301}",
        "\u{2060}",
        "\u{e0100}",
        "1985",
        "19\u{200c}85",
        "ize",
        "l0l",
        "N00r",
        "vr!3s",
        "V€rzu|m",
        "@rb0",
        "qwertz",
        "azerty",
        "1qaz",
        "fedcba",
        "9876",
        "&é\"'(",
        "öäü",
        "abcabc",
        "éÉéÉ",
        " ",
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
