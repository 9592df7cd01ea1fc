#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! The texts of rules, states and refusals, ours and a host's.

mod common;
#[path = "texts/refusals.rs"]
mod refusals;

use proptest::prelude::*;
use slotwerk_policy::{
    CharacterSet, Class, ClassSet, Code, Language, PolicyDraft, Rule, SequenceKind, State, Texts,
    WhiteSpace, Words,
};
use std::collections::{BTreeMap, BTreeSet};

const BOTH: [Language; 2] = Language::ALL;

/// Rules that need more than themselves to become a policy, so that no vector holds them.
const MORE: [(Rule, &str, &str); 10] = [
    (
        Rule::NotBlocklisted { variants: true },
        "Geen veelgebruikt wachtwoord, ook niet met cijfers of tekens erbij",
        "Not a commonly used password, even with digits or symbols added",
    ),
    (
        Rule::MinimumStrength { score: 1 },
        "Moeilijk te raden: sterkte 1 van 4 of hoger",
        "Hard to guess: strength 1 of 4 or more",
    ),
    (
        Rule::MinimumStrength { score: 4 },
        "Moeilijk te raden: sterkte 4 van 4",
        "Hard to guess: strength 4 of 4",
    ),
    (
        Rule::MaximumAge { days: 1 },
        "Na 1 dag een nieuw wachtwoord",
        "A new password after 1 day",
    ),
    (
        Rule::MaximumAge { days: 90 },
        "Na 90 dagen een nieuw wachtwoord",
        "A new password after 90 days",
    ),
    (
        Rule::MinimumAge { hours: 1 },
        "Je huidige wachtwoord is minstens 1 uur oud",
        "Your current password is at least 1 hour old",
    ),
    (
        Rule::MinimumAge { hours: 24 },
        "Je huidige wachtwoord is minstens 24 uur oud",
        "Your current password is at least 24 hours old",
    ),
    (
        Rule::MinimumAge { hours: 36 },
        "Je huidige wachtwoord is minstens 36 uur oud",
        "Your current password is at least 36 hours old",
    ),
    (
        Rule::MinimumAge { hours: 48 },
        "Je huidige wachtwoord is minstens 2 dagen oud",
        "Your current password is at least 2 days old",
    ),
    (
        Rule::MinimumAge { hours: 720 },
        "Je huidige wachtwoord is minstens 30 dagen oud",
        "Your current password is at least 30 days old",
    ),
];

#[cfg(feature = "serde")]
fn vectors() -> Vec<(Rule, String, String)> {
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("vectors/texts.json")).unwrap();
    assert!(rows.len() > 60);
    let row = |row: serde_json::Value| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        (
            serde_json::from_value(row["rule"].clone()).unwrap(),
            text("nl"),
            text("en"),
        )
    };
    rows.into_iter().map(row).collect()
}

#[test]
fn texts_of_rules_that_need_more_are_as_listed() {
    for (rule, nl, en) in MORE {
        assert_eq!(rule.text(Language::Nl), nl);
        assert_eq!(rule.text(Language::En), en);
    }
}

#[cfg(feature = "serde")]
#[test]
fn texts_are_as_listed() {
    let mut codes: BTreeSet<Code> = MORE.iter().map(|(rule, ..)| rule.code()).collect();
    for (rule, nl, en) in vectors() {
        assert_eq!(rule.text(Language::Nl), nl);
        assert_eq!(rule.text(Language::En), en);
        codes.insert(rule.code());
    }
    assert_eq!(
        codes.into_iter().collect::<Vec<_>>(),
        Code::ALL,
        "a code without a text"
    );
}

#[test]
fn a_requirement_has_the_text_of_its_rule() {
    let policy = PolicyDraft::new()
        .minimum_length(9)
        .maximum_run(2)
        .build()
        .unwrap();
    for language in BOTH {
        for requirement in policy.requirements() {
            assert_eq!(
                requirement.text(language),
                requirement.rule().text(language)
            );
        }
    }
}

/// Every rule in range, with its numbers at their ends.
fn sound_rule() -> impl Strategy<Value = Rule> {
    let below = || proptest::option::of(prop_oneof![Just(9_u16), Just(15), Just(256)]);
    let n = || prop_oneof![Just(1_u16), Just(2), 1_u16..=256, Just(256)];
    let words = proptest::collection::vec("[a-zé🚲\u{202e}\u{200b} ]{3,64}", 1..20);
    let text = proptest::collection::vec(any::<char>(), 1..200);
    let at_least = (common::classes(), any::<proptest::sample::Index>(), below());
    prop_oneof![
        n().prop_map(|n| Rule::MinimumLength {
            characters: n.max(8)
        }),
        n().prop_map(|n| Rule::MaximumLength {
            characters: n.max(8)
        }),
        (common::class(), n(), below()).prop_map(|(class, characters, below)| {
            Rule::MinimumOfClass {
                class,
                characters,
                below,
            }
        }),
        at_least.prop_map(|(classes, index, below)| Rule::ClassesPresent {
            classes,
            at_least: 1 + u16::try_from(index.index(usize::from(classes.len()))).unwrap(),
            below,
        }),
        n().prop_map(|n| Rule::MinimumDistinct {
            characters: n.max(2)
        }),
        (any::<bool>(), proptest::option::of(common::classes()), text).prop_map(
            |(printable_ascii, classes, text)| Rule::AllowedCharacters {
                set: CharacterSet {
                    printable_ascii,
                    ..CharacterSet::of_classes(classes.unwrap_or_default())
                        .and(&text.iter().collect::<String>())
                },
            }
        ),
        proptest::collection::vec(any::<char>(), 1..200).prop_map(|text| {
            Rule::ForbiddenCharacters {
                characters: slotwerk_policy::Characters::new(&text.iter().collect::<String>()),
            }
        }),
        n().prop_map(|n| Rule::MaximumRun { characters: n }),
        (2_u16..=32).prop_map(|n| Rule::WithoutRepeatedBlock { shortest: n }),
        (
            proptest::sample::select(SequenceKind::ALL.to_vec()),
            2_u16..=64
        )
            .prop_map(|(kind, characters)| Rule::MaximumSequence { kind, characters }),
        words.prop_map(|words| Rule::WithoutWords {
            words: words.into_iter().collect()
        }),
        any::<bool>().prop_map(|variants| Rule::NotBlocklisted { variants }),
        Just(Rule::NotBreached {}),
        (1_u16..=4).prop_map(|score| Rule::MinimumStrength { score }),
        (0_u16..=24, prop_oneof![0_u16..3, Just(3650)])
            .prop_filter("switched off", |(last, days)| last + days > 0)
            .prop_map(|(last, days)| Rule::NotReused { last, days }),
        (1_u16..=720).prop_map(|hours| Rule::MinimumAge { hours }),
        (1_u16..=3650).prop_map(|days| Rule::MaximumAge { days }),
    ]
}

/// Whether a number and the noun behind it agree, in the words that our texts use.
fn agrees(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', ',', ':', '?', ')']).collect();
    words.windows(2).all(|pair| {
        let one = pair[0] == "1";
        match pair[1] {
            "tekens" | "letters" | "cijfers" | "dagen" | "wachtwoorden" | "characters"
            | "digits" | "hours" | "days" | "passwords" | "andere" | "others" | "hoofdletters"
            | "symbols" => !one,
            "dag" | "hour" | "day" | "cijfer" | "digit" | "hoofdletter" | "symbol" | "ander"
            | "other" => one || pair[0].parse::<u16>().is_err(),
            _ => true,
        }
    })
}

proptest! {
    #[test]
    fn every_text_fits_on_a_line(rule in sound_rule()) {
        for language in BOTH {
            let text = rule.text(language);
            let length = text.chars().count();
            prop_assert!((8..=Rule::MAX_TEXT_CHARACTERS).contains(&length), "{}: {}", length, text);
            prop_assert!(!text.contains("  ") || matches!(rule, Rule::WithoutWords { .. }), "{}", text);
            prop_assert!(!text.ends_with([' ', ',', ':']), "{}", text);
            // No code of ours, and nothing that moves the text around it.
            prop_assert!(!text.contains(['`', '_', '\u{202e}', '\u{200b}', '\n', '\0'])
                || matches!(rule, Rule::ForbiddenCharacters { .. } | Rule::AllowedCharacters { .. }), "{}", text);
            prop_assert!(!text.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')), "{}", text);
            if !matches!(rule, Rule::WithoutWords { .. } | Rule::ForbiddenCharacters { .. } | Rule::AllowedCharacters { .. }) {
                prop_assert!(agrees(&text), "{}", text);
            }
        }
        prop_assert_ne!(rule.text(Language::Nl), rule.text(Language::En));
    }

    #[test]
    fn no_two_codes_share_a_text(one in sound_rule(), other in sound_rule()) {
        if one.code() != other.code() {
            for language in BOTH {
                prop_assert_ne!(one.text(language), other.text(language));
            }
        }
    }

    /// Rules that cannot be built have texts too.
    #[test]
    fn no_rule_makes_a_text_panic(rule in common::any_rule()) {
        for language in BOTH {
            prop_assert!(!rule.text(language).is_empty());
        }
    }
}

#[test]
fn the_check_of_plurals_bites() {
    assert!(
        agrees("Minstens 1 cijfer") && agrees("At least 2 digits") && agrees("de afgelopen dag")
    );
    assert!(!agrees("Minstens 1 cijfers") && !agrees("At least 2 digit"));
    assert!(!agrees("Anders dan je laatste 1 wachtwoorden"));
}

#[test]
fn no_two_codes_share_a_text_where_they_say_almost_the_same() {
    let mut known: BTreeMap<String, Code> = BTreeMap::new();
    for class in Class::ALL {
        let classes: ClassSet = [class].into_iter().collect();
        for rule in [
            Rule::MinimumOfClass {
                class,
                characters: 1,
                below: None,
            },
            Rule::MinimumOfClass {
                class,
                characters: 1,
                below: Some(15),
            },
            Rule::ClassesPresent {
                classes,
                at_least: 1,
                below: None,
            },
            Rule::ClassesPresent {
                classes,
                at_least: 1,
                below: Some(15),
            },
            Rule::WhiteSpace {
                allowed: WhiteSpace::Nowhere,
            },
            Rule::ForbiddenCharacters {
                characters: slotwerk_policy::Characters::new(" "),
            },
            Rule::MaximumRun { characters: 1 },
            Rule::MinimumDistinct { characters: 2 },
        ] {
            for language in BOTH {
                let code = *known.entry(rule.text(language)).or_insert(rule.code());
                assert_eq!(code, rule.code(), "{}", rule.text(language));
            }
        }
    }
}

#[test]
fn names_are_each_codes_own() {
    for language in BOTH {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name(language)).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }
    for code in Code::ALL {
        assert_ne!(code.name(Language::Nl), code.name(Language::En));
    }
}

#[test]
fn a_host_replaces_what_it_likes() {
    let rule = Rule::MinimumDistinct { characters: 6 };
    let other = Rule::NotBreached {};
    let texts = Texts::new(Language::Nl)
        .replace(Code::MinimumDistinct, |rule| match rule {
            Rule::MinimumDistinct { characters } => Some(format!("{characters} andere")),
            _ => None,
        })
        .replace_state(State::Met, "in orde");
    assert_eq!(texts.of_rule(&rule), "6 andere");
    assert_eq!(texts.of_rule(&other), other.text(Language::Nl));
    assert_eq!(texts.of_state(State::Met), "in orde");
    assert_eq!(texts.of_state(State::Unmet), "nog niet voldaan");

    // The last goes first; where it has nothing, the one before.
    let later = texts
        .clone()
        .replace(Code::MinimumDistinct, |_| None)
        .replace_all(|rule| matches!(rule, Rule::NotBreached {}).then(|| "Niet gelekt".to_owned()))
        .replace_state(State::Met, String::from("klaar"));
    assert_eq!(later.of_rule(&rule), "6 andere");
    assert_eq!(later.of_rule(&other), "Niet gelekt");
    assert_eq!(later.of_state(State::Met), "klaar");
    let last = later
        .clone()
        .replace(Code::NotBreached, |_| Some("Geen lek".to_owned()));
    assert_eq!(last.of_rule(&other), "Geen lek");
    // What was cloned is not changed by it.
    assert_eq!(texts.of_rule(&other), other.text(Language::Nl));
    assert_eq!(texts.of_state(State::Met), "in orde");
    assert_eq!(later.language(), Language::Nl);
}

#[test]
fn a_language_that_we_do_not_have_is_a_hosts_to_write() {
    let frisian = Texts::new(Language::En).replace_all(|rule| {
        let numbers: Vec<String> = rule
            .parameters()
            .iter()
            .map(|(_, p)| format!("{p:?}"))
            .collect();
        Some(format!("Frysk {} {}", rule.code(), numbers.join(" ")))
    });
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .without_words(["fryslân"])
        .build()
        .unwrap();
    for requirement in policy.requirements() {
        assert!(frisian.of(&requirement).starts_with("Frysk "));
    }
}

#[test]
fn texts_cross_threads() {
    fn crosses<T: Send + Sync + Clone + 'static>() {}
    crosses::<Texts>();
    let shown = format!("{:?}", Texts::new(Language::Nl).replace_all(|_| None));
    assert_eq!(shown, "Texts { language: Nl, replacements: 1, .. }");
}

/// A tenant's words are shown to its users, so they must not do more than be read.
#[test]
fn a_words_text_is_only_the_word() {
    let words: Words = ["arbo\u{202e}", "\u{2066}x", "dienst", "<b>vet</b>"]
        .into_iter()
        .collect();
    let rule = Rule::WithoutWords { words };
    assert_eq!(
        rule.text(Language::Nl),
        "Zonder de woorden “<b>vet</b>”, “arbo”, “dienst” en “x”"
    );
    let rule = Rule::WithoutWords {
        words: ["\u{7}abc"].into_iter().collect(),
    };
    assert_eq!(
        rule.text(Language::Nl),
        "Zonder bepaalde woorden van je organisatie"
    );
    assert_eq!(
        rule.text(Language::En),
        "Without certain words of your organisation"
    );
}
