#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! A policy that can be met has a witness; one that is refused cannot be met, and its clash is as small as can be.

mod common;

use common::{any_rule, draft, plausible_rules};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use slotwerk_policy::{
    Blocklist, CharacterSet, Characters, Class, ClassSet, Code, Policy, PolicyDraft, PolicyError,
    Rule, SequenceKind, State, Subject, WhiteSpace, Why,
};
use std::cell::Cell;
use unicode_normalization::UnicodeNormalization as _;

fn build(rules: &[Rule], blocklist: Option<&Blocklist>) -> Result<Policy, PolicyError> {
    let draft = draft(rules);
    match blocklist {
        Some(list) if rules.iter().any(|r| r.code() == Code::NotBlocklisted) => {
            draft.blocklist(list.clone()).build()
        }
        _ => draft.build(),
    }
}

/// Whether the policy accepts the password as far as it can tell.
fn accepts(policy: &Policy, password: &str) -> bool {
    let verdict = policy.check(&Subject::new(), password);
    verdict.requirements().iter().all(|r| {
        let from_outside = matches!(
            r.rule(),
            Rule::NotBreached {} | Rule::NotReused { .. } | Rule::MinimumAge { .. }
        );
        r.state()
            == if from_outside {
                State::Pending
            } else {
                State::Met
            }
    })
}

/// Each rule of the clash is needed for it: without it, the others can be met. The limits of every policy, 8
/// and 256 characters, take the place of a length that is left out.
fn assert_minimal(clash: &[Rule], blocklist: Option<&Blocklist>) {
    let mut whole = clash.to_vec();
    if !whole.iter().any(|r| r.code() == Code::MinimumLength) {
        whole.push(Rule::MinimumLength { characters: 8 });
    }
    let error = build(&whole, blocklist).unwrap_err();
    assert!(
        matches!(error, PolicyError::Contradiction { .. }),
        "{error}"
    );
    for left_out in clash {
        let mut rest: Vec<Rule> = whole
            .iter()
            .filter(|&rule| rule != left_out)
            .cloned()
            .collect();
        if left_out.code() == Code::MinimumLength {
            rest.push(Rule::MinimumLength { characters: 8 });
        }
        match build(&rest, blocklist) {
            Ok(policy) => assert!(accepts(&policy, policy.witness())),
            Err(PolicyError::Undecided)
                if rest.iter().any(|r| r.code() == Code::MinimumStrength) => {}
            Err(error) => panic!("{clash:?} without {left_out:?}: {error}"),
        }
    }
}

fn rules_of(clash: &[slotwerk_policy::Clash]) -> Vec<Rule> {
    clash.iter().map(|clash| clash.rule.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_plausible_policy_has_a_witness_or_a_minimal_clash(rules in plausible_rules()) {
        match draft(&rules).build() {
            Ok(policy) => prop_assert!(accepts(&policy, policy.witness()), "{policy:?} {:?}", policy.witness()),
            Err(PolicyError::Contradiction { clash, .. }) => assert_minimal(&rules_of(&clash), None),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However little sense the rules make, and whatever their numbers.
    #[test]
    fn any_policy_has_a_witness_or_an_error(rules in proptest::collection::vec(any_rule(), 1..8), minimum in prop_oneof![8_u16..30, 8_u16..=256]) {
        let lowest = Rule::MinimumLength { characters: 8 };
        let is_sensible = |rule: &Rule| build(&[lowest.clone(), rule.clone()], None).is_ok();
        let mut rules: Vec<Rule> = rules.into_iter().filter(is_sensible).collect();
        rules.push(Rule::MinimumLength { characters: minimum });
        match draft(&rules).build() {
            Ok(policy) => prop_assert!(accepts(&policy, policy.witness()), "{policy:?} {:?}", policy.witness()),
            Err(PolicyError::Contradiction { clash, .. }) => assert_minimal(&rules_of(&clash), None),
            Err(PolicyError::Duplicate { .. }) => {}
            // Of few characters, it takes too many estimates to find out.
            Err(PolicyError::Undecided) if rules.iter().any(|r| r.code() == Code::MinimumStrength) => {}
            Err(other) => prop_assert!(false, "{rules:?} {other}"),
        }
    }
}

/// Few enough characters and lengths to try every password there is.
#[derive(Debug, Clone)]
struct Small {
    lengths: std::ops::RangeInclusive<u16>,
    characters: Vec<char>,
    rules: Vec<Rule>,
    blocklist: Option<Vec<String>>,
}

impl Small {
    /// Every password of the right length.
    fn passwords(&self) -> impl Iterator<Item = String> {
        let n = self.characters.len();
        self.lengths.clone().flat_map(move |length| {
            (0..n.pow(length.into())).map(move |mut number| {
                let mut password = String::new();
                for _ in 0..length {
                    password.push(self.characters[number % n]);
                    number /= n;
                }
                password
            })
        })
    }
}

/// Characters that are of several classes, fold together, fold to several, combine, or stand side by side.
fn small() -> impl Strategy<Value = Small> {
    let alphabet = select(vec![
        "a", "1", " ", "ab", "a1", "aB", "a ", "1!", "abc", "a1!", "aA1", "12a", "ab ", "Ⅷa",
        "Ⅷⅷ1", "ßs", "qaz", "é1", "o0", "l1i", "😀a", "İi", "字〇", "②2b",
    ]);
    let mut rule = vec![];
    for class in Class::ALL {
        for characters in 1..=9 {
            for below in [None, Some(9)] {
                rule.push(Rule::MinimumOfClass {
                    class,
                    characters,
                    below,
                });
            }
        }
    }
    let of = prop_oneof![
        4 => select(rule),
        2 => (common::classes(), 1_u16..4, select(vec![None, Some(9)])).prop_map(|(classes, n, below)| Rule::ClassesPresent { classes, at_least: n.min(classes.len()), below }),
        2 => (2_u16..5).prop_map(|characters| Rule::MinimumDistinct { characters }),
        1 => select(vec!["a", "1", "A ", "ⅷ"]).prop_map(|text| Rule::ForbiddenCharacters { characters: Characters::new(text) }),
        2 => select(vec![WhiteSpace::Inside, WhiteSpace::Nowhere]).prop_map(|allowed| Rule::WhiteSpace { allowed }),
        4 => (1_u16..9).prop_map(|characters| Rule::MaximumRun { characters }),
        4 => (2_u16..6).prop_map(|shortest| Rule::WithoutRepeatedBlock { shortest }),
        3 => (select(SequenceKind::ALL.to_vec()), 2_u16..4).prop_map(|(kind, characters)| Rule::MaximumSequence { kind, characters }),
        3 => proptest::collection::vec("[abB01lis!]{3}|aaa|111|a1a|bbb|ss1|ﬃ a", 1..6).prop_map(|words| Rule::WithoutWords { words: words.into_iter().collect() }),
    ];
    let rules = proptest::collection::vec(of, 1..6);
    let listed = proptest::option::weighted(0.3, (any::<bool>(), any::<u64>(), any::<bool>()));
    (alphabet, rules, 8_u16..=9, 8_u16..=9, listed).prop_map(
        |(alphabet, rules, one, two, listed)| {
            let set = CharacterSet::default().and(alphabet);
            // Three characters give 6,561 passwords of 8 and 19,683 of 9: not each time.
            let characters = set.characters.len();
            let lengths = if characters > 2 && rules.len() % 3 > 0 {
                8..=8
            } else {
                one.min(two)..=one.max(two)
            };
            let mut small = Small {
                lengths: lengths.clone(),
                characters: set.characters.as_str().chars().collect(),
                rules: vec![
                    Rule::MinimumLength {
                        characters: *lengths.start(),
                    },
                    Rule::MaximumLength {
                        characters: *lengths.end(),
                    },
                    Rule::AllowedCharacters { set },
                ],
                blocklist: None,
            };
            for rule in rules {
                // Of two rules about the same thing, one document holds only one.
                if !small
                    .rules
                    .iter()
                    .any(|known| is_about_the_same(known, &rule))
                {
                    small.rules.push(rule);
                }
            }
            if let Some((variants, seed, nearly_all)) = listed {
                small.rules.push(Rule::NotBlocklisted { variants });
                // Every password but a few, or about one in two.
                let odds = if nearly_all { 4_000 } else { 2 };
                let mut state = seed;
                let passwords: Vec<String> = small
                    .passwords()
                    .filter(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        (state >> 33) % odds != 0
                    })
                    .collect();
                small.blocklist = Some(passwords);
            }
            small
        },
    )
}

fn is_about_the_same(one: &Rule, other: &Rule) -> bool {
    let both = draft(&[one.clone(), other.clone()]).build();
    matches!(both, Err(PolicyError::Duplicate { .. }))
}

/// The answer against every password there is.
#[test]
fn on_small_alphabets_the_answer_is_that_of_brute_force() {
    let (met, refused, undecided) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = ProptestConfig {
        failure_persistence: None,
        // The same policies each time: now and then one is beyond what the search can decide.
        rng_seed: RngSeed::Fixed(2),
        ..ProptestConfig::with_cases(80)
    };
    proptest!(config, |(small in small())| {
        let list = small.blocklist.as_ref().filter(|words| !words.is_empty());
        let list = list.map(|words| Blocklist::from_words(words).unwrap());
        let mut rules = small.rules.clone();
        if list.is_none() {
            rules.retain(|rule| rule.code() != Code::NotBlocklisted);
        }
        match build(&rules, list.as_ref()) {
            Ok(policy) => {
                prop_assert!(accepts(&policy, policy.witness()), "{:?}", policy.witness());
                met.set(met.get() + 1);
            }
            Err(PolicyError::Contradiction { clash, .. }) => {
                // A policy that does not build cannot be asked, so one for each rule is.
                let judges = judges(&rules[3..], list.as_ref());
                // What becomes something else by normalising is not made of these characters, nor as long.
                let is_stable = |password: &String| password.nfc().eq(password.chars());
                for password in small.passwords().filter(is_stable) {
                    prop_assert!(!judges.iter().all(|judge| accepts(judge, &password)), "{password:?} meets {rules:?}");
                }
                assert_minimal(&rules_of(&clash), list.as_ref());
                refused.set(refused.get() + 1);
            }
            Err(PolicyError::Undecided) => undecided.set(undecided.get() + 1),
            Err(other) => prop_assert!(false, "{rules:?} {other}"),
        }
    });
    let (met, refused) = (met.get(), refused.get());
    assert!(undecided.get() <= 1, "{} undecided", undecided.get());
    assert!(met >= 20 && refused >= 20, "{met} met, {refused} refused");
}

/// A policy for each of the rules, which together say what the rules say; the lengths and the characters of
/// the passwords are right already.
fn judges(rules: &[Rule], list: Option<&Blocklist>) -> Vec<Policy> {
    let lowest = || Rule::MinimumLength { characters: 8 };
    let alone = |rule: &Rule| build(&[lowest(), rule.clone()], list).unwrap();
    rules.iter().map(alone).collect()
}

/// Where brute force cannot go, arithmetic knows the answer.
#[test]
fn limits_are_met_exactly() {
    let letters = |n| Rule::MinimumOfClass {
        class: Class::Letter,
        characters: n,
        below: None,
    };
    let digits = |n, below| Rule::MinimumOfClass {
        class: Class::Digit,
        characters: n,
        below,
    };
    let symbols = |n| Rule::MinimumOfClass {
        class: Class::Symbol,
        characters: n,
        below: None,
    };
    let minimum = |n| Rule::MinimumLength { characters: n };
    let maximum = |n| Rule::MaximumLength { characters: n };
    let only = |text: &str| Rule::AllowedCharacters {
        set: CharacterSet::default().and(text),
    };
    let letters_and = |text: &str| {
        let letters = [Class::Letter].into_iter().collect();
        Rule::AllowedCharacters {
            set: CharacterSet::of_classes(letters).and(text),
        }
    };
    let run = |n| Rule::MaximumRun { characters: n };
    let block = |n| Rule::WithoutRepeatedBlock { shortest: n };
    let ascii = || Rule::AllowedCharacters {
        set: CharacterSet::printable_ascii(),
    };
    let distinct = |n| Rule::MinimumDistinct { characters: n };
    for (can_be_met, rules) in [
        (true, vec![minimum(8), letters(128), symbols(128)]),
        (false, vec![minimum(8), letters(128), symbols(129)]),
        // A Roman numeral is a letter and a digit, unless it may not occur.
        (
            true,
            vec![minimum(8), maximum(8), letters(8), digits(8, None)],
        ),
        (
            false,
            vec![
                minimum(8),
                maximum(15),
                letters(8),
                digits(8, None),
                ascii(),
            ],
        ),
        (
            true,
            vec![
                minimum(8),
                maximum(16),
                letters(8),
                digits(8, None),
                ascii(),
            ],
        ),
        // From 15 characters on nothing is asked, so that is the way out.
        (
            false,
            vec![minimum(8), maximum(14), symbols(1), digits(14, Some(15))],
        ),
        (
            true,
            vec![minimum(8), maximum(15), symbols(1), digits(14, Some(15))],
        ),
        (true, vec![minimum(95), ascii(), distinct(95)]),
        (false, vec![minimum(96), ascii(), distinct(96)]),
        // One symbol only, thrice, and eight others.
        (
            true,
            vec![
                minimum(8),
                maximum(11),
                symbols(3),
                distinct(9),
                letters_and("!"),
            ],
        ),
        (
            false,
            vec![
                minimum(8),
                maximum(10),
                symbols(3),
                distinct(9),
                letters_and("!"),
            ],
        ),
        (true, vec![minimum(256), distinct(256)]),
        // Binary words without a repeated block of 2 have at most 18 characters, those without one of 3 never
        // end (Entringer, Jackson and Schatz 1974); three letters do without any (Thue 1906).
        (true, vec![minimum(18), only("ab"), block(2)]),
        (false, vec![minimum(19), only("ab"), block(2)]),
        (true, vec![minimum(256), only("ab"), block(3)]),
        (true, vec![minimum(256), only("abc"), block(2), run(1)]),
        (false, vec![minimum(8), only("ab"), block(2), run(1)]),
        (false, vec![minimum(8), only("ß"), run(7)]),
        // `ß` is `ss` where case makes no difference: two of them are a repeated block.
        (false, vec![minimum(8), only("ß"), block(2)]),
        (
            true,
            vec![minimum(8), maximum(8), only("a1"), run(1), digits(4, None)],
        ),
        (
            false,
            vec![minimum(8), maximum(8), only("a1"), run(1), digits(5, None)],
        ),
        (
            true,
            vec![minimum(8), only("a1"), run(2), digits(171, None)],
        ),
        (
            false,
            vec![minimum(8), only("ab1"), run(2), digits(172, None)],
        ),
    ] {
        let built = draft(&rules).build();
        match &built {
            Ok(policy) => assert!(accepts(policy, policy.witness()), "{rules:?}"),
            Err(PolicyError::Contradiction { clash, .. }) => assert_minimal(&rules_of(clash), None),
            Err(other) => panic!("{rules:?} {other}"),
        }
        assert_eq!(built.is_ok(), can_be_met, "{rules:?}");
    }
}

#[test]
fn a_clash_says_which_rules_whence_and_why() {
    let platform = || PolicyDraft::new().scope("platform").minimum_length(8);
    let letters: ClassSet = [Class::Letter].into_iter().collect();
    for (tenant, expected, text) in [
        (
            PolicyDraft::new()
                .maximum_length(10)
                .minimum_of_class(Class::Digit, 12)
                .minimum_distinct(4),
            Why::Room {
                needed: 12,
                allowed: 10,
            },
            "`maximum-length` (noord) and `minimum-digits` (noord) cannot be met together: they need 12 \
             characters, and at most 10 are allowed",
        ),
        (
            PolicyDraft::new()
                .minimum_of_class(Class::Digit, 1)
                .rule(Rule::AllowedCharacters {
                    set: CharacterSet::of_classes(letters),
                })
                .rule(Rule::AllowedCharacters {
                    set: CharacterSet::printable_ascii(),
                }),
            Why::NoCharacterLeft {
                class: Some(Class::Digit),
            },
            "`minimum-digits` (noord), `allowed-characters` (noord) and `allowed-characters` (noord) cannot be met \
             together: no character of class `digit` is allowed",
        ),
        (
            PolicyDraft::new()
                .rule(Rule::AllowedCharacters {
                    set: CharacterSet::default().and("a "),
                })
                .rule(Rule::ForbiddenCharacters {
                    characters: Characters::new("a"),
                })
                .rule(Rule::WhiteSpace {
                    allowed: WhiteSpace::Nowhere,
                }),
            Why::NoCharacterLeft { class: None },
            "`allowed-characters` (noord), `forbidden-characters` (noord) and `white-space` (noord) cannot be met \
             together: no character is allowed",
        ),
        (
            PolicyDraft::new()
                .minimum_distinct(4)
                .rule(Rule::AllowedCharacters {
                    set: CharacterSet::default().and("abc"),
                }),
            Why::Variety { needed: 4, left: 3 },
            "`minimum-distinct` (noord) and `allowed-characters` (noord) cannot be met together: they need 4 different \
             characters, and only 3 are allowed",
        ),
        (
            PolicyDraft::new()
                .minimum_length(20)
                .maximum_run(2)
                .without_repeated_block(2)
                .rule(Rule::AllowedCharacters {
                    set: CharacterSet::default().and("ab"),
                }),
            Why::NothingLeft {
                shortest: 20,
                longest: 256,
            },
            "`minimum-length` (noord), `allowed-characters` (noord) and `without-repeated-block` (noord) cannot be \
             met together: every password of 20 to 256 characters breaks one of them",
        ),
    ] {
        let error = platform().merge(tenant.scope("noord")).build().unwrap_err();
        assert_eq!(error.to_string(), text);
        let PolicyError::Contradiction { clash, why } = error else {
            panic!("{error}")
        };
        assert_eq!(why, expected);
        assert!(clash.iter().all(|clash| clash.origins == ["noord"]));
    }
    let both = platform().maximum_length(64).scope("platform");
    let same = PolicyDraft::new().scope("noord").maximum_length(64);
    let group = PolicyDraft::new().minimum_of_class(Class::Symbol, 65);
    let error = both.merge(same).merge(group).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`maximum-length` (noord, platform) and `minimum-symbols` cannot be met together: they need 65 characters, \
         and at most 64 are allowed"
    );
}

/// What it is not told about does not keep a policy from being built.
#[test]
fn facts_from_outside_are_taken_to_be_good() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .without_attributes(3)
        .not_breached()
        .not_reused(24, 3650)
        .rule(Rule::MinimumAge { hours: 720 })
        .rule(Rule::MaximumAge { days: 1 })
        .build()
        .unwrap();
    assert!(accepts(&policy, policy.witness()));
}

#[test]
fn the_witness_is_the_same_each_time_and_can_be_typed_where_that_can_be() {
    let build = |draft: PolicyDraft| draft.build().unwrap().witness().to_owned();
    let usual = || {
        Class::ALL
            .into_iter()
            .fold(PolicyDraft::new().minimum_length(12), |draft, class| {
                draft.minimum_of_class(class, 2)
            })
            .maximum_run(2)
            .without_repeated_block(2)
            .maximum_sequence(SequenceKind::Qwerty, 3)
            .maximum_sequence(SequenceKind::Alphabetical, 3)
    };
    let witness = build(usual());
    assert_eq!(witness, build(usual()));
    assert!(witness.chars().all(|c| c.is_ascii_graphic()), "{witness}");
    let list = Blocklist::from_words([&witness]).unwrap();
    assert_ne!(
        witness.to_lowercase(),
        build(usual().blocklist(list)).to_lowercase()
    );
}

/// As many rules, words and limits as one policy can have, and more: the work is bounded.
#[test]
fn absurd_policies_get_an_answer() {
    let rules: Vec<Rule> = (0..10_000)
        .map(|n| Rule::MinimumLength { characters: n })
        .collect();
    let error = draft(&rules).build().unwrap_err();
    assert_eq!(
        error,
        PolicyError::TooManyRules {
            rules: 10_000,
            most: 64
        }
    );

    for below in [None, Some(u16::MAX)] {
        let error = draft(&[
            Rule::MinimumLength { characters: 8 },
            Rule::MinimumOfClass {
                class: Class::Digit,
                characters: u16::MAX,
                below,
            },
        ]);
        assert!(matches!(
            error.build(),
            Err(PolicyError::OutOfRange { value: 65_535, .. })
        ));
    }

    // Every condition on its own length, every class at its greatest.
    let mut conditions = vec![Rule::MinimumLength { characters: 8 }];
    for (step, class) in (0_u16..12).flat_map(|step| Class::ALL.map(|class| (step, class))) {
        conditions.push(Rule::MinimumOfClass {
            class,
            characters: 240 - 20 * step,
            below: Some(20 + 20 * step),
        });
    }
    let policy = draft(&conditions).build().unwrap();
    assert!(accepts(&policy, policy.witness()));

    // Words that leave two letters hardly anything, and nothing that brute force could end.
    let words = ["aaa", "bbb", "abab", "baba", "aabaab", "abbabb"];
    let error = PolicyDraft::new()
        .minimum_length(200)
        .without_words(words)
        .without_repeated_block(9)
        .rule(Rule::AllowedCharacters {
            set: CharacterSet::default().and("ab"),
        })
        .minimum_of_class(Class::Lowercase, 200)
        .build();
    match error {
        Ok(policy) => assert!(accepts(&policy, policy.witness())),
        Err(PolicyError::Contradiction { clash, .. }) => assert_minimal(&rules_of(&clash), None),
        Err(other) => assert_eq!(other, PolicyError::Undecided),
    }

    // 200 of one digit among letters without a repeated block: no argument here settles that.
    let error = PolicyDraft::new()
        .minimum_length(8)
        .without_repeated_block(3)
        .maximum_run(8)
        .minimum_of_class(Class::Digit, 220)
        .rule(Rule::AllowedCharacters {
            set: CharacterSet::default().and("ab1"),
        })
        .build()
        .unwrap_err();
    assert_eq!(error, PolicyError::Undecided);
}

#[cfg(feature = "strength")]
#[test]
fn a_strength_is_reached_or_shown_to_be_out_of_reach() {
    for (score, shortest) in [(1, 8), (2, 8), (3, 9), (4, 11)] {
        let strong = |maximum| {
            PolicyDraft::new()
                .minimum_length(8)
                .maximum_length(maximum)
                .rule(Rule::MinimumStrength { score })
        };
        let policy = strong(shortest).build().unwrap();
        assert!(accepts(&policy, policy.witness()), "{score}");
        if shortest > 8 {
            let error = strong(shortest - 1).build().unwrap_err();
            let PolicyError::Contradiction { clash, why } = error else {
                panic!("{error}")
            };
            assert_eq!(
                why,
                Why::Room {
                    needed: shortest,
                    allowed: shortest - 1
                }
            );
            assert_eq!(clash.len(), 2);
        }
    }
    let digits = CharacterSet::default().and("0123456789");
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .rule(Rule::MinimumStrength { score: 4 })
        .rule(Rule::AllowedCharacters { set: digits })
        .build()
        .unwrap();
    assert!(accepts(&policy, policy.witness()));
}
