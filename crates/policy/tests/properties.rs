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
use slotwerk_policy::{
    Awaited, Blocklist, Characters, Code, Fact, MAX_BYTES, PolicyDraft, Rule, State, Subject,
    Verdict, WhiteSpace,
};
use std::time::Duration;
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
        prop_assert!(codes(&before).is_sorted(), "in the order of the codes");
        let rules: Vec<_> = verdict.requirements().iter().map(|r| r.rule()).collect();
        prop_assert!(rules.is_sorted_by(|a, b| a < b), "each rule once, in order");
        prop_assert_eq!(rules, policy.rules().filter(|r| r.code() != Code::MaximumAge).collect::<Vec<_>>());
        prop_assert_eq!(policy.rules().cloned().collect::<Vec<_>>(), policy.origins().map(|(rule, _)| rule.clone()).collect::<Vec<_>>());
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
            use Code::{AllowedCharacters, ForbiddenCharacters, MaximumLength, MaximumRun, WithoutRepeatedBlock, WithoutWords};
            let code = before.code();
            let asks = code.as_str().starts_with("minimum-") || code == Code::ClassesPresent;
            let forbids_for_good = code.as_str().starts_with("maximum-")
                || [AllowedCharacters, ForbiddenCharacters, MaximumLength, MaximumRun, WithoutRepeatedBlock, WithoutWords].contains(&code);
            match before.state() {
                State::Met if asks => prop_assert_eq!(after.state(), State::Met, "{}", before.code()),
                State::Unmet if forbids_for_good => prop_assert_eq!(after.state(), State::Unmet, "{}", code),
                _ => {}
            }
        }
    }

    /// Raising a minimum, lowering a maximum or widening a rule never turns a refusal into an acceptance.
    #[test]
    fn a_stricter_number_never_accepts_more(
        rules in plausible_rules(),
        extra in proptest::option::of(prop_oneof![
            (1_u16..4).prop_map(|score| Rule::MinimumStrength { score }),
            Just(Rule::NotBlocklisted { variants: false }),
        ]),
        which in any::<prop::sample::Index>(),
        widen in any::<bool>(),
        names in names(),
        password in password(),
    ) {
        let mut rules = rules;
        if let Some(rule) = extra {
            rules.retain(|known| known.code() != rule.code());
            rules.push(rule);
        }
        let mut stricter = rules.clone();
        let index = which.index(rules.len());
        match &mut stricter[index] {
            Rule::MinimumLength { characters } | Rule::MinimumDistinct { characters } => *characters += 1,
            Rule::MaximumLength { characters } | Rule::MaximumRun { characters } | Rule::MaximumSequence { characters, .. } => *characters -= 1,
            // The number, or the lengths that it holds for.
            Rule::MinimumOfClass { characters, below, .. } => match below {
                Some(below) if widen => *below += 1,
                _ => *characters += 1,
            },
            Rule::ClassesPresent { at_least, below, .. } => match below {
                Some(below) if widen => *below += 1,
                _ => *at_least += 1,
            },
            Rule::WithoutAttributes { shortest_part } => *shortest_part -= 1,
            Rule::WithoutRepeatedBlock { shortest } => *shortest -= 1,
            Rule::MinimumStrength { score } => *score += 1,
            Rule::WhiteSpace { allowed } => *allowed = WhiteSpace::Nowhere,
            Rule::ForbiddenCharacters { characters } => *characters = Characters::new(&format!("{}x", characters.as_str())),
            Rule::WithoutWords { words } => *words = words.iter().chain(["rvi", "aaa"]).collect(),
            Rule::NotBlocklisted { variants } => *variants = true,
            _ => {}
        }
        let build = |rules: &[Rule]| match rules.iter().any(|rule| rule.code() == Code::NotBlocklisted) {
            true => draft(rules).blocklist(Blocklist::from_words(["noor", "vries", "aaaa"]).unwrap()).build(),
            false => draft(rules).build(),
        };
        if let (Ok(policy), Ok(stricter)) = (build(&rules), build(&stricter)) {
            let subject = subject(&names);
            let code = rules[index].code();
            let is_met = |verdict: &Verdict| {
                let mut states = verdict.requirements().iter().filter(|r| r.code() == code);
                states.any(|r| r.state() == State::Met)
            };
            // Short texts too: they break rules that a whole password seldom breaks.
            let start = |n: usize| -> String { password.chars().take(n).collect() };
            let (three, six) = (start(3), start(6));
            for password in [password.as_str(), &three, &six, policy.witness(), stricter.witness()] {
                let [lax, strict] = [&policy, &stricter].map(|p| p.check(&subject, password));
                prop_assert!(is_met(&lax) || !is_met(&strict), "{code:?} of {password:?}");
                prop_assert!(lax.is_acceptable() || !strict.is_acceptable(), "{password:?}");
            }
        }
    }

    /// What is settled afterwards is the answer to a question that was open, and to no other.
    #[test]
    fn settling_only_answers_what_is_pending(
        rules in prop_oneof![plausible_rules(), Just(vec![Rule::MinimumLength { characters: 8 }])],
        more in proptest::sample::subsequence(vec![
            Rule::NotBreached {},
            Rule::NotReused { last: 5, days: 0 },
            Rule::MinimumAge { hours: 24 },
        ], 0..=3),
        password in prop_oneof![4 => password(), 1 => Just(String::new()), 1 => Just("a1".repeat(MAX_BYTES))],
        fact in fact(),
        then in fact(),
    ) {
        let rules = [rules, more].concat();
        let built = draft(&rules).build();
        prop_assume!(built.is_ok());
        let policy = built.unwrap();
        let check = || policy.check(&Subject::new(), &password);
        let before = check();
        let unjudged = password.is_empty() || before.too_long().is_some();
        // What is awaited is what is pending, each once, and nothing of what was not judged.
        let awaited: Vec<Awaited> = before.awaits().collect();
        let pending = before.requirements().iter().filter(|r| r.state() == State::Pending).count();
        prop_assert_eq!(awaited.len(), if unjudged { 0 } else { pending });
        prop_assert_eq!(before.is_refused(), before.requirements().iter().any(|r| r.state() == State::Unmet));
        let after = check().settle(fact);
        for (before, after) in before.requirements().iter().zip(after.requirements()) {
            prop_assert_eq!(before.rule(), after.rule());
            let expected = match (before.rule(), fact) {
                _ if unjudged || before.state() != State::Pending => before.state(),
                (Rule::NotBreached {}, Fact::Breached(is)) | (Rule::NotReused { .. }, Fact::Reused(is)) => met(!is),
                (Rule::MinimumAge { .. }, Fact::Age(age)) => met(age.is_none_or(|age| age.as_secs() >= 24 * 3600)),
                _ => State::Pending,
            };
            prop_assert_eq!(after.state(), expected, "{} {:?}", before.code(), fact);
        }
        // The first fact stands, whatever is said afterwards.
        let same = std::mem::discriminant(&fact) == std::mem::discriminant(&then);
        let again = check().settle(fact).settle(then);
        if same {
            prop_assert_eq!(again.requirements(), after.requirements());
        }
        let turned = check().settle(then).settle(fact);
        if !same {
            prop_assert_eq!(again.requirements(), turned.requirements());
        }
        let is_pending = again.requirements().iter().any(|r| r.state() == State::Pending);
        prop_assert!(!(again.is_acceptable() && (is_pending || unjudged || again.is_refused())));
        prop_assert_eq!(again.is_acceptable(), again.accept().is_ok());
    }
}

fn met(is_met: bool) -> State {
    if is_met { State::Met } else { State::Unmet }
}

fn fact() -> impl Strategy<Value = Fact> {
    let hours = prop_oneof![Just(0), Just(24 * 3600 - 1), Just(24 * 3600), any::<u64>()];
    prop_oneof![
        any::<bool>().prop_map(Fact::Breached),
        any::<bool>().prop_map(Fact::Reused),
        proptest::option::of(hours.prop_map(Duration::from_secs)).prop_map(Fact::Age),
    ]
}

/// What is not seen, and what only looks wider, hides no word; and a word without letters is no letters.
#[test]
fn a_disguised_word_is_found_and_an_innocent_one_is_not() {
    let list = Blocklist::from_words(["welkom567890", "g\u{200b}eheim"]).unwrap();
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .without_words(["arbo", "123"])
        .without_attributes(4)
        .blocklist(list.clone())
        .build()
        .unwrap();
    let subject = Subject::new().name("Noor de Vries").unwrap();
    let subject = subject.name("1985").unwrap();
    let refused = |password: &str| -> Vec<&'static str> {
        let verdict = policy.check(&subject, password);
        let open = verdict.requirements().iter();
        open.filter(|r| r.state() != State::Met)
            .map(|r| r.code().as_str())
            .collect()
    };
    for (password, expected) in [
        ("ar\u{200b}bo-fietst-hard", "without-words"),
        ("ａｒｂｏ-fietst-hard", "without-words"),
        ("@r\u{ad}b0-fietst-hard", "without-words"),
        ("fietst-1\u{2060}2\u{fe0f}3-hard", "without-words"),
        ("fietst-１２３-hard", "without-words"),
        ("n\u{200c}o\u{200d}or-fietst-hard", "without-attributes"),
        ("ｖｒ１３ｓ-fietst-hard", "without-attributes"),
        ("fietst-1985-hard", "without-attributes"),
        ("\u{feff}WELKOM567890", "not-blocklisted"),
        ("ｗｅｌｋｏｍ567890", "not-blocklisted"),
    ] {
        assert_eq!(refused(password), [expected], "{password:?}");
    }
    assert!(list.contains("geheim"));
    for password in ["organize-de-fiets", "een-igbs-fietst", "lzeize-fietst"] {
        assert!(refused(password).is_empty(), "{password}");
    }
    // What is hashed stays as it was typed.
    let typed = "fi\u{200b}ｅts-in-de-schuur";
    let verdict = policy.check(&subject, typed);
    assert_eq!(verdict.accept().unwrap().expose(), typed);
}
