#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! What holds for every policy and every password.

mod common;

use common::{any_rule, draft, names, password, plausible_rules, policy, states, subject};
use proptest::prelude::*;
use slotwerk_policy::{Blocklist, Class, MAX_BYTES, PolicyError, Rule, State, Subject};
use unicode_normalization::UnicodeNormalization as _;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_panics(
        rules in proptest::collection::vec(any_rule(), 0..10),
        name in any::<String>(),
        password in any::<String>(),
        word in any::<String>(),
    ) {
        let mut draft = draft(&rules);
        if let Ok(list) = Blocklist::from_words([&word]) {
            draft = draft.blocklist(list);
        }
        if let Ok(policy) = draft.build() {
            let subject = Subject::new().user_name(&name).unwrap_or_default();
            let verdict = policy.check(&subject, &password);
            prop_assert_eq!(verdict.is_acceptable(), verdict.accept().is_ok());
        }
    }

    #[test]
    fn verdicts_list_what_the_policy_lists(policy in policy(), password in password()) {
        let before = policy.requirements();
        let verdict = policy.check(&Subject::new(), &password);
        let codes = |list: &[slotwerk_policy::Requirement]| list.iter().map(|r| r.code()).collect::<Vec<_>>();
        prop_assert_eq!(codes(&before), codes(verdict.requirements()));
        prop_assert!(codes(&before).is_sorted_by(|a, b| a < b), "each code once, in order");
        let rules: Vec<_> = verdict.requirements().iter().map(|r| r.rule().clone()).collect();
        prop_assert_eq!(&rules[..], policy.rules());
        let nothing = policy.check(&Subject::new(), "");
        prop_assert_eq!(&before[..], nothing.requirements());
        prop_assert!(!nothing.is_acceptable());
    }

    #[test]
    fn an_acceptable_verdict_is_one_with_every_requirement_met(policy in policy(), names in names(), password in password()) {
        let verdict = policy.check(&subject(&names), &password);
        let all_met = verdict.requirements().iter().all(|r| r.state() == State::Met);
        prop_assert_eq!(verdict.is_acceptable(), all_met);
        let before = states(verdict.requirements());
        match verdict.accept() {
            Ok(accepted) => {
                prop_assert!(all_met);
                prop_assert_eq!(accepted.expose(), password.nfc().collect::<String>());
            }
            Err(unmet) => {
                prop_assert!(!all_met);
                prop_assert_eq!(states(unmet.requirements()), before);
            }
        }
    }

    #[test]
    fn equivalent_spellings_get_the_same_verdict(policy in policy(), names in names(), password in password()) {
        let (composed, decomposed): (String, String) = (password.nfc().collect(), password.nfd().collect());
        prop_assume!(decomposed.len() <= MAX_BYTES);
        let subject = subject(&names);
        let expected = states(policy.check(&subject, &password).requirements());
        prop_assert_eq!(&states(policy.check(&subject, &composed).requirements()), &expected);
        prop_assert_eq!(&states(policy.check(&subject, &decomposed).requirements()), &expected);
    }

    /// ASCII never composes with what stands before it.
    #[test]
    fn typing_on_never_undoes_what_a_rule_asks_for(policy in policy(), password in password(), more in "[ -~]{1,6}") {
        let before = policy.check(&Subject::new(), &password);
        let after = policy.check(&Subject::new(), &format!("{password}{more}"));
        for (before, after) in before.requirements().iter().zip(after.requirements()) {
            let asks = before.code().as_str().starts_with("minimum-") || before.code().as_str() == "classes-present";
            match before.state() {
                State::Met if asks => prop_assert_eq!(after.state(), State::Met, "{}", before.code()),
                State::Unmet if !asks => prop_assert_eq!(after.state(), State::Unmet, "{}", before.code()),
                _ => {}
            }
        }
    }

    /// Raising a minimum or lowering a maximum never turns a refusal into an acceptance.
    #[test]
    fn a_stricter_number_never_accepts_more(rules in plausible_rules(), which in any::<prop::sample::Index>(), names in names(), password in password()) {
        let mut stricter = rules.clone();
        let index = which.index(rules.len());
        match &mut stricter[index] {
            Rule::MinimumLength { characters } | Rule::MinimumOfClass { characters, .. } | Rule::MinimumDistinct { characters } => *characters += 1,
            Rule::MaximumLength { characters } | Rule::MaximumRun { characters } => *characters -= 1,
            Rule::ClassesPresent { at_least, .. } => *at_least += 1,
            Rule::WithoutAttributes { shortest_part } => *shortest_part -= 1,
            _ => {}
        }
        if let (Ok(policy), Ok(stricter)) = (draft(&rules).build(), draft(&stricter).build()) {
            let subject = subject(&names);
            if stricter.check(&subject, &password).is_acceptable() {
                prop_assert!(policy.check(&subject, &password).is_acceptable());
            }
        }
    }

    /// Validation is not too lax: whatever it lets through, some password satisfies. Nor too strict: what it
    /// calls a contradiction needs more characters than the maximum.
    #[test]
    fn a_policy_builds_exactly_if_some_password_meets_it(rules in proptest::collection::vec(any_rule(), 1..8), plausible in plausible_rules(), use_plausible: bool) {
        let rules = if use_plausible { plausible } else { rules };
        match draft(&rules).build() {
            Ok(policy) => {
                let witness = witness(policy.rules());
                let verdict = policy.check(&Subject::new(), &witness);
                prop_assert!(verdict.is_acceptable(), "{:?} {:?}", witness, verdict);
            }
            Err(PolicyError::Contradiction { needed, allowed, .. }) => {
                let without_maximum: Vec<_> = rules.iter().filter(|r| !matches!(r, Rule::MaximumLength { .. })).cloned().collect();
                prop_assert!(needed > allowed);
                prop_assert!(witness(&without_maximum).chars().count() >= usize::from(needed));
            }
            Err(_) => {}
        }
    }
}

/// A shortest password for `rules`, all of whose characters differ. Tries every choice of classes.
fn witness(rules: &[Rule]) -> String {
    let choices = (0_u32..32).map(|bits| {
        let chosen = |class: Class| bits >> class as u32 & 1;
        let mut need = [0_usize; 5];
        for class in Class::ALL {
            need[class as usize] = chosen(class) as usize;
        }
        let (mut total, mut enough) = (0, true);
        for rule in rules {
            match *rule {
                Rule::MinimumOfClass { class, characters } => {
                    need[class as usize] = need[class as usize].max(usize::from(characters));
                }
                Rule::MinimumLength { characters } | Rule::MinimumDistinct { characters } => {
                    total = total.max(usize::from(characters));
                }
                Rule::ClassesPresent { classes, at_least } => {
                    enough = classes.iter().map(chosen).sum::<u32>() >= u32::from(at_least);
                }
                _ => {}
            }
        }
        let [upper, lower, letter, digit, symbol] = need;
        let mut text = String::new();
        let mut add = |n: usize, fits: fn(char) -> bool| {
            let plain =
                ('!'..='\u{33ff}').filter(|&c| std::iter::once(c).nfd().eq([c]) && !is_mark(c));
            text.extend(plain.filter(|&c| fits(c)).take(n));
        };
        add(upper, |c| Class::Uppercase.contains(c) && !c.is_numeric());
        add(lower, |c| Class::Lowercase.contains(c) && !c.is_numeric());
        add(letter.saturating_sub(upper + lower), is_caseless);
        add(digit, |c| c.is_numeric() && !c.is_alphabetic());
        add(symbol, |c| Class::Symbol.contains(c));
        let rest = total
            .saturating_sub(upper + lower + letter.saturating_sub(upper + lower) + digit + symbol);
        // Ideographs from further on, so that no character repeats.
        text.extend(('\u{4e00}'..).take(rest));
        (enough, text)
    });
    let fitting = choices.filter(|(enough, _)| *enough).map(|(_, text)| text);
    fitting
        .min_by_key(|text| text.chars().count())
        .unwrap_or_default()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase() && !c.is_numeric()
}
