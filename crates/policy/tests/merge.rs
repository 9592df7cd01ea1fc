#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! Scopes merged: a password meets the result exactly if it meets each of them.

mod common;

use common::{draft, password, plausible_rules};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use slotwerk_policy::{
    Awaited, Blocklist, CharacterSet, Characters, Class, ClassSet, Code, Policy, PolicyDraft,
    PolicyError, Rule, SequenceKind, State, Subject, Verdict, WhiteSpace,
};
use std::collections::BTreeSet;
use std::time::Duration;

/// The rules of a scope.
#[derive(Debug, Clone)]
struct Part {
    scope: Option<&'static str>,
    rules: Vec<Rule>,
}

impl Part {
    fn draft(&self) -> PolicyDraft {
        let draft = draft(&self.rules);
        match self.scope {
            Some(name) => draft.scope(name),
            None => draft,
        }
    }
}

/// A minimum length and some of many other rules, so that three of them can often be met together.
fn part() -> impl Strategy<Value = Part> {
    let facts = (
        proptest::option::of((0_u16..4, select(vec![0_u16, 30, 365]))),
        proptest::option::of(1_u16..4),
        proptest::option::of(1_u16..4),
        any::<bool>(),
    );
    let facts = facts.prop_map(|(reused, young, old, breached)| {
        let mut rules = Vec::new();
        let reused = reused.filter(|(last, days)| last + days > 0);
        rules.extend(reused.map(|(last, days)| Rule::NotReused { last, days }));
        rules.extend(young.map(|hours| Rule::MinimumAge { hours }));
        rules.extend(old.map(|days| Rule::MaximumAge { days }));
        rules.extend(breached.then_some(Rule::NotBreached {}));
        rules
    });
    let scope = select(vec![None, Some("groep"), Some("noord"), Some("platform")]);
    (scope, plausible_rules(), facts, any::<u64>()).prop_map(|(scope, rules, facts, chosen)| Part {
        scope,
        rules: rules
            .into_iter()
            .chain(facts)
            .enumerate()
            .filter(|(i, _)| *i == 0 || chosen >> i & 1 == 1)
            .map(|(_, rule)| rule)
            .collect(),
    })
}

/// The rules with the scopes they come from, and the witness.
type Told = (Vec<(Rule, Vec<String>)>, String);

/// All that can be told apart of a policy, or of the refusal to make one.
fn told(draft: PolicyDraft) -> Result<Told, PolicyError> {
    let policy = draft.build()?;
    let origins = policy
        .origins()
        .map(|(rule, origins)| (rule.clone(), origins.map(str::to_owned).collect()));
    Ok((origins.collect(), policy.witness().to_owned()))
}

/// For each code, whether all rules of that code are met.
fn families(verdict: &Verdict) -> Vec<(Code, bool)> {
    let list = verdict.requirements();
    let is_met = |code| {
        let mut those = list.iter().filter(|r| r.code() == code);
        those.all(|r| r.state() != State::Unmet)
    };
    Code::ALL
        .into_iter()
        .map(|code| (code, is_met(code)))
        .collect()
}

fn some_passwords(policies: &[&Policy], password: String) -> Vec<String> {
    let mut passwords = vec![password];
    for policy in policies {
        let witness = policy.witness();
        let shorter: String = witness.chars().skip(1).collect();
        passwords.extend([
            format!("{witness}a1"),
            format!("{witness}{shorter}"),
            shorter,
        ]);
        passwords.push(witness.to_owned());
    }
    passwords
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn merging_is_associative_commutative_and_idempotent(a in part(), b in part(), c in part()) {
        let [a, b, c] = [a.draft(), b.draft(), c.draft()];
        let expected = told(a.clone().merge(b.clone()).merge(c.clone()));
        for other in [
            a.clone().merge(b.clone().merge(c.clone())),
            b.clone().merge(a.clone()).merge(c.clone()),
            c.clone().merge(b.clone()).merge(a.clone()),
            b.clone().merge(c.clone().merge(a.clone())),
            a.clone().merge(b.clone()).merge(c.clone()).merge(a.clone()),
            a.clone().merge(b.clone()).merge(c.clone().merge(b.clone())),
            PolicyDraft::new().merge(a.clone()).merge(b.clone()).merge(PolicyDraft::new()).merge(c.clone()),
        ] {
            prop_assert_eq!(&told(other), &expected);
        }
        prop_assert_eq!(told(a.clone().merge(a.clone())), told(a.clone()));
        prop_assert_eq!(told(a.clone().merge(PolicyDraft::new())), told(a));
    }

    #[test]
    fn a_password_meets_the_merger_exactly_if_it_meets_each_part(a in part(), b in part(), password in password()) {
        let (one, two) = (a.draft().build(), b.draft().build());
        let merged = a.draft().merge(b.draft()).build();
        prop_assume!(one.is_ok() && two.is_ok());
        let (one, two) = (one.unwrap(), two.unwrap());
        if let Ok(merged) = merged {
            for password in some_passwords(&[&one, &two, &merged], password) {
                let check = |policy: &Policy| policy.check(&Subject::new().name("noor vries").unwrap(), &password);
                let [one, two, merged] = [&one, &two, &merged].map(check);
                for ((one, two), merged) in families(&one).into_iter().zip(families(&two)).zip(families(&merged)) {
                    prop_assert_eq!(merged.1, one.1 && two.1, "{} {:?}", merged.0, password);
                }
                // And so it only tightens.
                prop_assert_eq!(merged.is_refused(), one.is_refused() || two.is_refused());
            }
        } else {
            for password in some_passwords(&[&one, &two], password) {
                let accepts = |policy: &Policy| !policy.check(&Subject::new(), &password).is_refused();
                prop_assert!(!(accepts(&one) && accepts(&two)), "{:?} meets both", password);
            }
        }
    }

    /// Each rule comes from exactly the scopes that ask for it as it stands, or for a part of a list.
    #[test]
    fn each_rule_names_the_scopes_that_ask_for_it(parts in proptest::collection::vec(part(), 1..4)) {
        let merged = parts.iter().map(Part::draft).reduce(PolicyDraft::merge).unwrap().build();
        prop_assume!(merged.is_ok());
        let policy = merged.unwrap();
        for (rule, origins) in policy.origins() {
            let asks = |asked: &&Rule| match (rule, *asked) {
                (Rule::ForbiddenCharacters { .. } | Rule::WithoutWords { .. }, _) => asked.code() == rule.code(),
                (Rule::NotReused { last: most, days: longest }, Rule::NotReused { last, days }) => (last == most || days == longest) && !parts.iter().flat_map(|part| &part.rules).any(|other| {
                    matches!(other, Rule::NotReused { last: l, days: d } if l >= last && d >= days && (l, d) != (last, days))
                }),
                _ => *asked == rule,
            };
            let expected: BTreeSet<&str> = parts.iter().filter(|part| part.rules.iter().any(|rule| asks(&rule))).filter_map(|part| part.scope).collect();
            prop_assert_eq!(origins.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>(), "{:?}", rule);
        }
        // No rule is there that nobody asked for, nor is one left out that is not implied by another.
        for asked in parts.iter().flat_map(|part| &part.rules) {
            prop_assert!(policy.rules().any(|rule| rule.code() == asked.code()), "{:?}", asked);
        }
        let mut strictest: Vec<&Rule> = policy.rules().collect();
        strictest.dedup_by_key(|rule| rule.code());
        let most = |code| strictest.iter().find(|rule| rule.code() == code).and_then(|rule| number(rule));
        for code in Code::ALL {
            let asked = parts.iter().flat_map(|part| &part.rules).filter(|rule| rule.code() == code).filter_map(number);
            let expected = if lower_is_stricter(code) { asked.min() } else { asked.max() };
            if let Some(expected) = expected {
                prop_assert_eq!(most(code), Some(expected), "{}", code);
                prop_assert_eq!(policy.rules().filter(|rule| rule.code() == code).count(), 1, "{}", code);
            }
        }
    }

    /// Whatever it is merged with, and however often.
    #[test]
    fn a_fault_in_one_part_is_never_hidden(a in part(), b in part(), fault in faults(), place in 0..3, by_name in any::<bool>()) {
        let (rules, error) = fault;
        let scope = if by_name { Some("noord") } else { None };
        let faulty = Part { scope, rules }.draft();
        prop_assert_eq!(told(faulty.clone()).unwrap_err(), error.clone());
        let merged = match place {
            0 => faulty.merge(a.draft()).merge(b.draft()),
            1 => a.draft().merge(faulty).merge(b.draft()),
            _ => a.draft().merge(b.draft().merge(faulty)),
        };
        prop_assert_eq!(merged.clone().build().unwrap_err(), error.clone());
        prop_assert_eq!(merged.clone().merge(merged).minimum_length(20).build().unwrap_err(), error);
    }
}

/// The number of rules that have no other parameter.
fn number(rule: &Rule) -> Option<u16> {
    match *rule {
        Rule::MinimumLength { characters }
        | Rule::MaximumLength { characters }
        | Rule::MinimumDistinct { characters }
        | Rule::MaximumRun { characters }
        | Rule::MaximumSequence { characters, .. } => Some(characters),
        Rule::WithoutRepeatedBlock { shortest } => Some(shortest),
        Rule::WithoutAttributes { shortest_part } => Some(shortest_part),
        Rule::MinimumAge { hours } => Some(hours),
        Rule::MaximumAge { days } => Some(days),
        _ => None,
    }
}

fn lower_is_stricter(code: Code) -> bool {
    !matches!(
        code,
        Code::MinimumLength | Code::MinimumDistinct | Code::MinimumAge
    )
}

fn faults() -> impl Strategy<Value = (Vec<Rule>, PolicyError)> {
    let minimum = |characters| Rule::MinimumLength { characters };
    let run = |characters| Rule::MaximumRun { characters };
    let many = |n| (0..n).map(|_| run(1)).collect::<Vec<_>>();
    select(vec![
        (
            vec![minimum(8), minimum(12)],
            PolicyError::Duplicate {
                code: Code::MinimumLength,
            },
        ),
        (
            vec![minimum(8), run(2), run(2)],
            PolicyError::Duplicate {
                code: Code::MaximumRun,
            },
        ),
        (
            many(65),
            PolicyError::TooManyRules {
                rules: 65,
                most: 64,
            },
        ),
        (
            vec![
                minimum(8),
                Rule::MinimumAge { hours: 0 },
                Rule::NotBreached {},
            ],
            Rule::MinimumAge { hours: 0 },
        )
            .into_fault("hours", 0, 1, 720),
        (vec![minimum(8), run(0)], run(0)).into_fault("characters", 0, 1, 256),
        (vec![minimum(7)], minimum(7)).into_fault("characters", 7, 8, 256),
    ])
}

trait IntoFault {
    fn into_fault(
        self,
        parameter: &'static str,
        value: usize,
        lowest: usize,
        highest: usize,
    ) -> (Vec<Rule>, PolicyError);
}

impl IntoFault for (Vec<Rule>, Rule) {
    fn into_fault(
        self,
        parameter: &'static str,
        value: usize,
        lowest: usize,
        highest: usize,
    ) -> (Vec<Rule>, PolicyError) {
        // The error cannot be written down from outside; what it says can be compared.
        let error = PolicyDraft::new().rule(self.1).build().unwrap_err();
        let code = self.0.iter().find_map(|rule| {
            PolicyDraft::new()
                .rule(rule.clone())
                .build()
                .err()
                .filter(|e| *e == error)
                .map(|_| rule.code())
        });
        assert_eq!(
            error.to_string(),
            format!(
                "`{parameter}` of rule `{}` is {value}; it must be from {lowest} to {highest}",
                code.unwrap()
            )
        );
        (self.0, error)
    }
}

#[test]
fn a_scope_without_a_good_name_is_refused_wherever_it_is_merged() {
    let good = || PolicyDraft::new().minimum_length(8);
    for name in ["", &"n".repeat(65)] {
        assert_eq!(
            good().scope(name).build().unwrap_err(),
            PolicyError::ScopeName
        );
        assert_eq!(
            good().merge(good().scope(name)).build().unwrap_err(),
            PolicyError::ScopeName
        );
        assert_eq!(
            good()
                .scope(name)
                .merge(good())
                .scope("goed")
                .build()
                .unwrap_err(),
            PolicyError::ScopeName
        );
    }
    assert!(good().scope(&"n".repeat(64)).build().is_ok());
}

/// Platform, tenant and group, with every family of rules.
#[test]
fn three_levels_are_one_policy() {
    let some = |classes: &[Class]| -> ClassSet { classes.iter().copied().collect() };
    let of = |class, characters, below| Rule::MinimumOfClass {
        class,
        characters,
        below,
    };
    let present = |classes, at_least, below| Rule::ClassesPresent {
        classes,
        at_least,
        below,
    };
    let allowed = |set| Rule::AllowedCharacters { set };
    use Class::{Digit, Lowercase, Symbol, Uppercase};
    let platform = PolicyDraft::new()
        .scope("platform")
        .minimum_length(12)
        .maximum_length(128)
        .rule(of(Digit, 1, None))
        .rule(present(
            some(&[Uppercase, Lowercase, Digit, Symbol]),
            3,
            Some(15),
        ))
        .maximum_run(4)
        .maximum_sequence(SequenceKind::Qwerty, 4)
        .without_words(["slotwerk"])
        .not_reused(5, 0)
        .rule(allowed(CharacterSet::printable_ascii().and("é")));
    let tenant = PolicyDraft::new()
        .scope("noord")
        .minimum_length(10)
        .maximum_length(64)
        .rule(of(Digit, 2, Some(20)))
        .rule(present(
            some(&[Uppercase, Lowercase, Digit, Symbol]),
            2,
            None,
        ))
        .maximum_run(3)
        .maximum_sequence(SequenceKind::Qwerty, 4)
        .without_words(["noord", "verzuim"])
        .not_reused(3, 365)
        .rule(Rule::WhiteSpace {
            allowed: WhiteSpace::Inside,
        })
        .rule(allowed(CharacterSet::printable_ascii()));
    let group = PolicyDraft::new()
        .scope("beheer")
        .rule(of(Digit, 1, Some(30)))
        .rule(of(Digit, 2, Some(16)))
        .maximum_sequence(SequenceKind::Alphabetical, 3)
        .maximum_run(3)
        .without_words(["verzuim"])
        .not_reused(4, 100)
        .not_breached()
        .rule(Rule::WhiteSpace {
            allowed: WhiteSpace::Nowhere,
        });
    let policy = platform.merge(tenant).merge(group).build().unwrap();
    let lines: Vec<String> = policy
        .origins()
        .map(|(rule, origins)| {
            let parameters: Vec<String> = rule
                .parameters()
                .iter()
                .map(|(name, value)| format!("{name}={value:?}"))
                .collect();
            format!(
                "{} {} {}",
                rule.code(),
                parameters.join(" "),
                origins.collect::<Vec<_>>().join(",")
            )
        })
        .collect();
    let expected = [
        "minimum-length characters=Count(12) platform",
        "maximum-length characters=Count(64) noord",
        "minimum-digits characters=Count(1) platform",
        "minimum-digits characters=Count(2) below=Count(20) noord",
        "classes-present at_least=Count(2) classes=Classes({Uppercase, Lowercase, Digit, Symbol}) noord",
        "classes-present at_least=Count(3) classes=Classes({Uppercase, Lowercase, Digit, Symbol}) below=Count(15) platform",
        "allowed-characters printable_ascii=Flag(true) classes=Classes({}) characters=Text(\"\") noord",
        "white-space allowed=Place(Nowhere) beheer",
        "maximum-run characters=Count(3) beheer,noord",
        "maximum-alphabetical characters=Count(3) beheer",
        "maximum-qwerty characters=Count(4) noord,platform",
        "without-words words=Words(Words([\"noord\", \"slotwerk\", \"verzuim\"])) beheer,noord,platform",
        "not-breached  beheer",
        "not-reused last=Count(5) days=Count(365) noord,platform",
    ];
    assert_eq!(lines, expected);
    let awaited: Vec<Awaited> = policy
        .check(&Subject::new(), policy.witness())
        .awaits()
        .collect();
    assert_eq!(
        awaited,
        [Awaited::Breach, Awaited::History { last: 5, days: 365 }]
    );
}

/// What a tenant relaxes stays as strict as the platform has it.
#[test]
fn a_lower_scope_cannot_relax() {
    let platform = || {
        PolicyDraft::new()
            .scope("platform")
            .minimum_length(15)
            .rule(Rule::MaximumAge { days: 30 })
    };
    let lax = PolicyDraft::new()
        .scope("noord")
        .minimum_length(8)
        .rule(Rule::MaximumAge { days: 3650 });
    let policy = platform().merge(lax.clone()).build().unwrap();
    assert!(policy.check(&Subject::new(), "fietsen schuur").is_refused());
    assert!(
        policy
            .check(&Subject::new(), "fietsen schuren")
            .is_acceptable()
    );
    assert_eq!(policy.maximum_age(), Some(Duration::from_hours(30 * 24)));
    assert_eq!(
        lax.merge(platform()).build().unwrap().maximum_age(),
        policy.maximum_age()
    );
}

/// Each scope's list is looked in. A rule about variants holds for all of them, which is the one thing that
/// makes the merger stricter than its parts.
#[test]
fn blocklists_are_put_together() {
    let list = |word: &str| Blocklist::from_words([word]).unwrap();
    let platform = || {
        PolicyDraft::new()
            .scope("platform")
            .minimum_length(8)
            .blocklist(list("wachtwoord"))
    };
    let tenant = |variants| {
        let draft = PolicyDraft::new().scope("noord").minimum_length(8);
        draft
            .rule(Rule::NotBlocklisted { variants })
            .blocklist(list("fietsenstalling"))
    };
    let accepted = |draft: PolicyDraft, password: &str| {
        draft
            .build()
            .unwrap()
            .check(&Subject::new(), password)
            .is_acceptable()
    };
    for (password, one, two, with_variants, both, both_with_variants) in [
        ("Wachtwoord", false, true, true, false, false),
        ("Fietsenstalling", true, false, false, false, false),
        ("Fietsenstalling1", true, true, false, true, false),
        ("W8woord Fietsen", true, true, true, true, true),
        ("Wachtwoord1", true, true, true, true, false),
    ] {
        assert_eq!(accepted(platform(), password), one, "{password}");
        assert_eq!(accepted(tenant(false), password), two, "{password}");
        assert_eq!(
            accepted(tenant(true), password),
            with_variants,
            "{password}"
        );
        for merged in [
            platform().merge(tenant(false)),
            tenant(false).merge(platform()),
        ] {
            assert_eq!(accepted(merged, password), both, "{password}");
        }
        for merged in [
            platform().merge(tenant(true)),
            tenant(true).merge(platform()),
        ] {
            assert_eq!(accepted(merged, password), both_with_variants, "{password}");
        }
    }
}

proptest! {
    /// However they are nested, drafts of one rule each make the policy that all the rules make together.
    #[test]
    fn one_document_or_many_scopes_make_one_policy(part in part(), order in subsequence((0_usize..64).collect::<Vec<_>>(), 64)) {
        let singles = part.rules.iter().map(|rule| Part { scope: part.scope, rules: vec![rule.clone()] }.draft());
        let mut singles: Vec<PolicyDraft> = singles.collect();
        singles.sort_by_key(|draft| draft.rules().next().map(|rule| order[rule.code() as usize] ^ 5));
        let merged = singles.into_iter().reduce(PolicyDraft::merge).unwrap();
        prop_assert_eq!(told(merged), told(part.draft()));
    }
}

/// Lists grow when they are merged, up to four times what one document may hold.
#[test]
fn merged_lists_are_bounded() {
    let scope = |scopes: u32, words: u32| {
        (0..scopes).fold(PolicyDraft::new().minimum_length(8), |all, scope| {
            let words = (0..words).map(|n| format!("woord-{scope}-{n}"));
            all.merge(PolicyDraft::new().without_words(words))
        })
    };
    assert!(scope(4, 256).build().is_ok());
    let refusal = PolicyError::OutOfRange {
        code: Code::WithoutWords,
        parameter: "words",
        value: 1_280,
        lowest: 1,
        highest: 1_024,
    };
    assert_eq!(scope(5, 256).build().unwrap_err(), refusal);

    let forbidden = |scopes: u32| {
        (0..scopes).fold(PolicyDraft::new().minimum_length(8), |all, scope| {
            let first = 0x4e00 + 256 * scope;
            let text: String = (first..first + 256).filter_map(char::from_u32).collect();
            let characters = Characters::new(&text);
            all.merge(PolicyDraft::new().rule(Rule::ForbiddenCharacters { characters }))
        })
    };
    assert!(forbidden(4).build().is_ok());
    assert!(matches!(
        forbidden(5).build(),
        Err(PolicyError::OutOfRange {
            value: 1_280,
            highest: 1_024,
            ..
        })
    ));
}
