#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![cfg(feature = "generate")]

mod common;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use slotwerk_policy::{
    Blocklist, CharacterSet, Characters, Class, GenerateError, Generated, PasswordGenerator,
    Policy, PolicyDraft, Rule, SequenceKind, State, Subject, WhiteSpace,
};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// The same bytes for the same seed (SplitMix64), so that no statistical test can fail by chance.
fn seeded(seed: u64) -> impl FnMut(&mut [u8]) -> Result<(), Infallible> {
    let mut state = seed;
    move |bytes| {
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

fn only(characters: &str) -> Rule {
    Rule::AllowedCharacters {
        set: CharacterSet::default().and(characters),
    }
}

/// Whether no rule is broken; facts from outside may be wanting.
fn accepts(policy: &Policy, subject: &Subject, text: &str) -> bool {
    !policy.check(subject, text).is_refused()
}

/// Every text of `length` characters out of `alphabet` that the policy accepts: all beginnings are
/// continued with all characters, unless what a rule forbids is in them already.
fn all_accepted(policy: &Policy, alphabet: &str, length: u16) -> Vec<String> {
    let mut texts = vec![String::new()];
    for _ in 0..length {
        let longer = texts
            .iter()
            .flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}")));
        texts = longer.filter(|text| !is_hopeless(policy, text)).collect();
    }
    texts.retain(|text| accepts(policy, &Subject::new(), text));
    texts
}

fn is_hopeless(policy: &Policy, beginning: &str) -> bool {
    let verdict = policy.check(&Subject::new(), beginning);
    verdict.requirements().iter().any(|r| {
        let stays = matches!(
            r.rule(),
            Rule::MaximumRun { .. } | Rule::WithoutWords { .. }
        );
        stays && r.state() == State::Unmet
    })
}

/// How many standard deviations the chi-square statistic of `draws` lies above its mean, if all of
/// `expected` are equally likely. Anything outside `expected` is a fault by itself.
fn unevenness(expected: &[String], draws: impl Iterator<Item = String>) -> f64 {
    let mut counts: BTreeMap<&str, u32> = expected.iter().map(|text| (text.as_str(), 0)).collect();
    let mut total = 0.0;
    for draw in draws {
        *counts
            .get_mut(draw.as_str())
            .expect("one that the policy accepts") += 1;
        total += 1.0;
    }
    let mean = total / counts.len() as f64;
    assert!(mean >= 10.0, "too few draws for the statistic: {mean}");
    let square = |&n: &u32| (f64::from(n) - mean).powi(2) / mean;
    let freedom = counts.len() as f64 - 1.0;
    (counts.values().map(square).sum::<f64>() - freedom) / (2.0 * freedom).sqrt()
}

/// Policies that leave few enough passwords to count, each with its alphabet and length.
fn countable() -> Vec<(&'static str, Policy, &'static str, u16)> {
    let of = |name, draft: PolicyDraft, alphabet, length| {
        let draft = draft.minimum_length(8).rule(only(alphabet));
        (name, draft.build().unwrap(), alphabet, length)
    };
    let draft = PolicyDraft::new;
    let hardly_any_digit = Rule::MinimumOfClass {
        class: Class::Digit,
        characters: 7,
        below: Some(9),
    };
    let sure = Class::Digit;
    let each = [
        Class::Uppercase,
        Class::Lowercase,
        Class::Digit,
        Class::Symbol,
    ];
    let listed = Blocklist::from_words(["abababab", "aaaabbbb", "bbbbbbbb"]).unwrap();
    let inside = Rule::WhiteSpace {
        allowed: WhiteSpace::Inside,
    };
    vec![
        of("everything", draft(), "ab", 8),
        of("no run", draft().maximum_run(1), "abc", 8),
        of(
            "runs, in pieces",
            draft().maximum_run(2).minimum_of_class(sure, 11),
            "a1",
            17,
        ),
        of(
            "no run, in pieces",
            draft()
                .maximum_run(1)
                .minimum_distinct(3)
                .without_words(["aba", "bcb", "cac"]),
            "abc",
            17,
        ),
        of(
            "blocks",
            draft().without_repeated_block(2).minimum_of_class(sure, 4),
            "aB1",
            8,
        ),
        of(
            "distinct",
            draft().minimum_distinct(3).minimum_of_class(sure, 6),
            "a12",
            8,
        ),
        of(
            "a few of each",
            draft()
                .minimum_of_class(sure, 2)
                .minimum_of_class(Class::Uppercase, 4),
            "aB1",
            8,
        ),
        of(
            "nearly all digits",
            draft().minimum_of_class(sure, 6),
            "abcd1",
            8,
        ),
        of("all but one", draft().rule(hardly_any_digit), "aB!1", 8),
        of(
            "both cases",
            draft()
                .minimum_of_class(Class::Letter, 7)
                .minimum_of_class(Class::Uppercase, 5),
            "aB1",
            8,
        ),
        of(
            "k of n",
            draft().classes_present(3, each).minimum_of_class(sure, 5),
            "aB!1",
            8,
        ),
        of(
            "a sequence",
            draft()
                .maximum_sequence(SequenceKind::Alphabetical, 2)
                .minimum_of_class(sure, 5),
            "abc1",
            8,
        ),
        of(
            "a word",
            draft()
                .without_words(["abba", "bab"])
                .minimum_of_class(sure, 4),
            "ab1",
            8,
        ),
        of("listed", draft().blocklist(listed), "ab", 8),
        of(
            "space inside",
            draft().rule(inside).minimum_distinct(2),
            "a ",
            8,
        ),
        of(
            "other scripts",
            draft().minimum_of_class(Class::Symbol, 7),
            "é字😀",
            8,
        ),
        of(
            "a mark that joins",
            draft().minimum_of_class(Class::Symbol, 5),
            "\u{301}ef",
            8,
        ),
    ]
}

#[test]
fn every_password_is_as_likely_as_any_other() {
    for (index, (name, policy, alphabet, length)) in countable().into_iter().enumerate() {
        let expected = all_accepted(&policy, alphabet, length);
        let generator = PasswordGenerator::new(&policy).length(length);
        let mut fill = seeded(index as u64);
        let draws = (0..12 * expected.len().max(40))
            .map(|_| generator.generate(&mut fill).unwrap().expose().to_owned());
        let deviation = unevenness(&expected, draws);
        assert!(deviation < 4.0, "{name}: {deviation}");
    }
}

#[test]
fn the_same_statistic_finds_a_biased_sampler() {
    let (_, policy, alphabet, length) = countable().swap_remove(6);
    let expected = all_accepted(&policy, alphabet, length);
    let mut fill = seeded(1);
    let mut byte = || {
        let mut byte = [0];
        fill(&mut byte).unwrap();
        usize::from(byte[0])
    };
    // What many generators do: first what is asked for, then anything, then a shuffle.
    let mut one_that_shuffles = || {
        let mut text: Vec<char> = "11BBBB".chars().collect();
        while text.len() < 8 {
            text.push(['a', 'B', '1'][byte() % 3]);
        }
        for place in (1..8).rev() {
            text.swap(place, byte() % (place + 1));
        }
        text.iter().collect::<String>()
    };
    let draws = 12 * expected.len();
    let deviation = unevenness(&expected, (0..draws).map(|_| one_that_shuffles()));
    assert!(deviation > 20.0, "{deviation}");

    // A remainder that favours some characters a little: 8 values over 3 characters.
    let mut one_by_remainder = || loop {
        let text: String = (0..8).map(|_| ['a', 'B', '1'][byte() % 8 % 3]).collect();
        if accepts(&policy, &Subject::new(), &text) {
            return text;
        }
    };
    let draws = 12 * expected.len();
    let deviation = unevenness(&expected, (0..draws).map(|_| one_by_remainder()));
    assert!(deviation > 8.0, "{deviation}");
}

#[test]
fn the_entropy_is_never_more_than_there_is() {
    let mut exact = 0;
    for (name, policy, alphabet, length) in countable() {
        let truth = (all_accepted(&policy, alphabet, length).len() as f64).log2();
        let claimed = PasswordGenerator::new(&policy)
            .length(length)
            .entropy_bits()
            .unwrap();
        assert!(claimed <= truth, "{name}: {claimed} of {truth}");
        exact += u32::from(claimed > truth - 0.001);
    }
    // Composition and distinct characters are counted, not estimated.
    assert!(exact >= 6, "{exact}");
}

/// Rules that leave few of the texts over three characters.
fn tight_rules() -> impl Strategy<Value = Vec<Rule>> {
    use proptest::option::weighted;
    use proptest::sample::select;
    let minimum = (common::class(), 1_u16..6);
    let minima = proptest::collection::vec(minimum, 0..3);
    let present = weighted(0.3, (common::classes(), any::<prop::sample::Index>()));
    let repeats = (
        weighted(0.3, 1_u16..4),
        weighted(0.3, 2_u16..5),
        weighted(0.3, 2_u16..4),
    );
    let kinds = select(SequenceKind::ALL.to_vec());
    let sequence = weighted(0.4, (kinds, 2_u16..4));
    let words = select(vec!["aba", "a1", "qw", "111", "b0b", "aab1"]);
    let words = weighted(0.4, proptest::collection::vec(words, 1..3));
    (minima, present, repeats, sequence, words).prop_map(
        |(minima, present, repeats, sequence, words)| {
            let mut rules: BTreeMap<_, Rule> = BTreeMap::new();
            let mut add = |rule: Rule| {
                rules.insert(rule.code(), rule);
            };
            for (class, characters) in minima {
                add(Rule::MinimumOfClass {
                    class,
                    characters,
                    below: None,
                });
            }
            if let Some((classes, index)) = present {
                let at_least = 1 + u16::try_from(index.index(usize::from(classes.len()))).unwrap();
                add(Rule::ClassesPresent {
                    classes,
                    at_least,
                    below: None,
                });
            }
            repeats
                .0
                .into_iter()
                .for_each(|characters| add(Rule::MaximumRun { characters }));
            repeats
                .1
                .into_iter()
                .for_each(|shortest| add(Rule::WithoutRepeatedBlock { shortest }));
            repeats
                .2
                .into_iter()
                .for_each(|characters| add(Rule::MinimumDistinct { characters }));
            if let Some((kind, characters)) = sequence {
                add(Rule::MaximumSequence { kind, characters });
            }
            if let Some(words) = words {
                let words = words.into_iter().filter(|word| word.len() > 2).collect();
                add(Rule::WithoutWords { words });
            }
            rules.into_values().collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(3), ..ProptestConfig::with_cases(60) })]

    #[test]
    fn no_more_entropy_is_claimed_than_brute_force_finds(
        rules in tight_rules(),
        alphabet in prop::sample::select(vec!["ab1", "aB1", "a1!", "qwe", "a4@", "12a", "aA", "éÉ1"]),
        length in 8_u16..10,
    ) {
        let draft = rules.into_iter().fold(PolicyDraft::new(), PolicyDraft::rule);
        let draft = draft.minimum_length(8).rule(only(alphabet));
        let Ok(policy) = draft.build() else {
            return Ok(());
        };
        let accepted = all_accepted(&policy, alphabet, length);
        let generator = PasswordGenerator::new(&policy).length(length);
        match generator.entropy_bits() {
            Ok(claimed) if claimed > 0.0 => {
                let truth = (accepted.len() as f64).log2();
                prop_assert!(claimed <= truth, "{claimed} of {truth} {policy:?}");
            }
            Ok(_) => {}
            Err(GenerateError::TooLittle) => prop_assert!(accepted.is_empty(), "{policy:?}"),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
        if !accepted.is_empty() {
            let made = generator.generate(seeded(u64::from(length)));
            let text = made.map(|made| made.expose().to_owned());
            prop_assert!(text.as_ref().is_ok_and(|text| accepted.contains(text)), "{text:?} {policy:?}");
        }
    }
}

/// The property that everything here is for.
fn makes_what_the_policy_accepts(policy: &Policy, seed: u64) -> Result<Generated, GenerateError> {
    let subject = common::subject(&["Noor de Vries", "abc", "Aa1"]);
    let generator = PasswordGenerator::new(policy).subject(&subject);
    let password = generator.generate(seeded(seed))?;
    let text = password.expose();
    assert!(accepts(policy, &subject, text), "{policy:?}");
    // Pending are facts from outside only.
    for requirement in policy.check(&subject, text).requirements() {
        let is_fact = matches!(
            requirement.rule(),
            Rule::NotBreached {} | Rule::NotReused { .. } | Rule::MinimumAge { .. }
        );
        assert_eq!(requirement.state() == State::Pending, is_fact);
    }
    assert_eq!(generator.entropy_bits()?, password.entropy_bits());
    let again = PasswordGenerator::new(policy)
        .subject(&subject)
        .generate(seeded(seed))?;
    assert_eq!(again.expose(), text, "the same bytes, the same password");
    Ok(password)
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(3), ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_password_meets_its_policy(policy in common::policy(), seed: u64) {
        match makes_what_the_policy_accepts(&policy, seed) {
            Ok(_) => {}
            // Then there is no such password on a keyboard: the policy's own witness is none either.
            Err(GenerateError::TooLittle) => prop_assert!(!policy.witness().is_ascii(), "{policy:?}"),
            Err(error) => prop_assert!(false, "{error} {policy:?}"),
        }
    }
}

#[test]
fn hard_policies_are_met_too() {
    let draft = PolicyDraft::new;
    let digits = only("0123456789");
    let each = [
        Class::Uppercase,
        Class::Lowercase,
        Class::Digit,
        Class::Symbol,
    ];
    let a_quarter = |draft: PolicyDraft, n| {
        each.into_iter()
            .fold(draft, |draft, class| draft.minimum_of_class(class, n))
    };
    let policies = [
        draft().minimum_length(8).rule(digits.clone()),
        draft()
            .minimum_length(8)
            .maximum_length(10)
            .rule(digits.clone())
            .minimum_distinct(10),
        draft()
            .minimum_length(64)
            .rule(digits.clone())
            .maximum_run(1)
            .without_repeated_block(2),
        draft().minimum_length(256).rule(digits).maximum_run(1),
        draft().minimum_length(256).minimum_distinct(90),
        a_quarter(draft().minimum_length(8).maximum_length(8), 2),
        a_quarter(draft().minimum_length(64).maximum_length(64), 16),
        a_quarter(draft().minimum_length(256).maximum_run(2), 64),
        draft()
            .minimum_length(256)
            .minimum_of_class(Class::Digit, 256),
        draft()
            .minimum_length(8)
            .minimum_of_class(Class::Digit, 200)
            .minimum_of_class(Class::Letter, 50),
        draft()
            .minimum_length(8)
            .classes_present(4, each)
            .composition_only_below(12),
        draft().minimum_length(200).rule(only("ab")).maximum_run(2),
        draft()
            .minimum_length(8)
            .rule(only("ab1"))
            .minimum_of_class(Class::Digit, 4)
            .maximum_run(1),
        draft()
            .minimum_length(8)
            .rule(only("éß😀字"))
            .minimum_of_class(Class::Symbol, 2),
        draft()
            .minimum_length(12)
            .rule(Rule::ForbiddenCharacters {
                characters: Characters::new("0123456789"),
            })
            .minimum_of_class(Class::Digit, 1),
        draft()
            .minimum_length(8)
            .rule(Rule::MinimumAge { hours: 24 })
            .not_breached()
            .not_reused(5, 0),
    ];
    for (seed, draft) in policies.into_iter().enumerate() {
        let policy = draft.build().unwrap();
        let made = makes_what_the_policy_accepts(&policy, seed as u64);
        assert!(made.is_ok(), "{made:?} {policy:?}");
    }
}

#[test]
fn the_length_is_enough_for_80_bits_within_the_policy() {
    let length = |draft: PolicyDraft| {
        let policy = draft.build().unwrap();
        let made = PasswordGenerator::new(&policy).generate(seeded(1)).unwrap();
        (made.expose().chars().count(), made.entropy_bits())
    };
    let draft = PolicyDraft::new;
    for (draft, characters, bits) in [
        (draft().minimum_length(8), 13, 13.0 * 94_f64.log2()),
        (draft().minimum_length(15), 15, 15.0 * 94_f64.log2()),
        (
            draft().minimum_length(8).maximum_length(10),
            10,
            10.0 * 94_f64.log2(),
        ),
        (
            draft().minimum_length(8).rule(only("0123456789")),
            25,
            25.0 * 10_f64.log2(),
        ),
        (
            draft().minimum_length(8).rule(only("abc")),
            51,
            51.0 * 3_f64.log2(),
        ),
    ] {
        let (found, claimed) = length(draft);
        assert_eq!(found, characters);
        assert!(
            claimed <= bits && claimed > bits - 0.001,
            "{claimed} of {bits}"
        );
    }
}

#[test]
fn usual_rules_cost_little_of_the_entropy() {
    let each = [
        Class::Uppercase,
        Class::Lowercase,
        Class::Digit,
        Class::Symbol,
    ];
    let usual = each
        .into_iter()
        .fold(PolicyDraft::new().minimum_length(13), |draft, class| {
            draft.minimum_of_class(class, 1)
        })
        .minimum_distinct(8)
        .maximum_run(2)
        .without_repeated_block(3)
        .without_attributes(4)
        .without_words(["arbodienst"])
        .blocklist(Blocklist::from_words(["welkom2026"]).unwrap());
    let sequences = SequenceKind::ALL.into_iter();
    let usual = sequences.fold(usual, |draft, kind| draft.maximum_sequence(kind, 3));
    let policy = usual.build().unwrap();
    let subject = common::subject(&["Noor de Vries", "Jan-Willem"]);
    let generator = PasswordGenerator::new(&policy).subject(&subject);
    let lost = 13.0 * 94_f64.log2() - generator.entropy_bits().unwrap();
    // Composition alone takes 0.46 bits.
    assert!((0.3..0.6).contains(&lost), "{lost}");
}

#[cfg(feature = "strength")]
#[test]
fn an_estimate_of_strength_costs_a_bit_or_leaves_no_bound() {
    let bits = |alphabet: &str, length: u16| {
        let draft = PolicyDraft::new().minimum_length(8).rule(only(alphabet));
        let policy = draft
            .rule(Rule::MinimumStrength { score: 3 })
            .build()
            .unwrap();
        let generator = PasswordGenerator::new(&policy).length(length);
        generator.entropy_bits().unwrap()
    };
    let digits = bits("0123456789", 20);
    assert!(
        (20.0 * 10_f64.log2() - 1.0 - digits).abs() < 0.001,
        "{digits}"
    );
    // Too short for the estimator, and so few characters that chance looks like a pattern.
    assert!(bits("0123456789", 9) <= 0.0);
    assert!(bits("abcd", 20) <= 0.0);
}

#[test]
fn lookalikes_and_attributes_are_left_out() {
    let policy = PolicyDraft::new().minimum_length(64).build().unwrap();
    let generator = PasswordGenerator::new(&policy).without_lookalikes();
    let mut fill = seeded(5);
    for _ in 0..50 {
        let password = generator.generate(&mut fill).unwrap();
        assert!(
            !password
                .expose()
                .contains(['0', 'O', '1', 'l', 'I', '|', ' '])
        );
        assert!(password.entropy_bits() <= 64.0 * 88_f64.log2());
    }
    let only_those = PolicyDraft::new()
        .minimum_length(8)
        .rule(only("0O1lI|"))
        .build()
        .unwrap();
    let error = PasswordGenerator::new(&only_those)
        .without_lookalikes()
        .generate(seeded(1))
        .unwrap_err();
    assert!(matches!(error, GenerateError::TooLittle), "{error}");

    // Of 8 letters a and b nearly all contain one of these; those that do not are found.
    let draft = PolicyDraft::new()
        .minimum_length(8)
        .maximum_length(8)
        .rule(only("ab"));
    let policy = draft.without_attributes(3).build().unwrap();
    let subject = common::subject(&["abab", "bab", "aab"]);
    let generator = PasswordGenerator::new(&policy).subject(&subject);
    for _ in 0..50 {
        let password = generator.generate(&mut fill).unwrap();
        assert!(accepts(&policy, &subject, password.expose()));
    }
}

#[test]
fn a_length_that_the_policy_refuses_is_refused() {
    let policy = PolicyDraft::new()
        .minimum_length(12)
        .maximum_length(20)
        .build()
        .unwrap();
    for asked in [0, 11, 21, u16::MAX] {
        let error = PasswordGenerator::new(&policy)
            .length(asked)
            .generate(seeded(1))
            .unwrap_err();
        let GenerateError::Length {
            shortest: 12,
            longest: 20,
            ..
        } = error
        else {
            panic!("{error}");
        };
    }
    let made = PasswordGenerator::new(&policy)
        .length(20)
        .generate(seeded(1))
        .unwrap();
    assert_eq!(made.expose().len(), 20);
}

#[test]
fn a_failing_source_gives_no_password() {
    let policy = PolicyDraft::new().minimum_length(64).build().unwrap();
    let generator = PasswordGenerator::new(&policy);
    // The second block fails.
    let mut good = seeded(1);
    let mut blocks = 0;
    let error = generator
        .generate(|bytes: &mut [u8]| {
            blocks += 1;
            if blocks > 1 {
                return Err(std::io::Error::other("the device is gone"));
            }
            good(bytes).map_err(|never| match never {})
        })
        .unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the device is gone");
    assert!(matches!(error, GenerateError::Entropy(_)));

    for byte in [0, 0x55, 0xff] {
        let error = generator
            .generate(|bytes: &mut [u8]| {
                bytes.fill(byte);
                Ok::<_, Infallible>(())
            })
            .unwrap_err();
        assert!(matches!(error, GenerateError::EntropyStuck), "{error}");
    }
}

#[test]
fn what_cannot_be_found_ends() {
    // 40 characters without a repeated block over two letters: there are none beyond 3.
    let policy = PolicyDraft::new().minimum_length(8).build().unwrap();
    let mut tick = 0_u8;
    let two_bytes = |bytes: &mut [u8]| {
        // Never a byte that stands for a character.
        bytes.fill(0xff);
        tick = tick.wrapping_add(1);
        bytes[0] = 0xfe;
        Ok::<_, Infallible>(())
    };
    let error = PasswordGenerator::new(&policy)
        .generate(two_bytes)
        .unwrap_err();
    assert!(matches!(error, GenerateError::NoneFound), "{error}");
}

#[test]
fn nothing_shows_the_password() {
    let policy = PolicyDraft::new().minimum_length(12).build().unwrap();
    let generator = PasswordGenerator::new(&policy).subject(&common::subject(&["Noor"]));
    let made = generator.generate(seeded(1)).unwrap();
    let shown = format!("{made:?}");
    assert!(
        shown.starts_with("Generated { entropy_bits: 85.") && shown.ends_with(", .. }"),
        "{shown}"
    );
    assert!(!shown.contains(made.expose()) && !format!("{generator:?}").contains("Noor"));
}

#[test]
fn types_cross_threads() {
    fn is_free<T: Send + Sync + 'static>() {}
    is_free::<PasswordGenerator>();
    is_free::<Generated>();
    is_free::<GenerateError>();
}
