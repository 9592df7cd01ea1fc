//! How findings are put into words, and in what order.

use super::{built, list};
use slotwerk_policy::{
    CharacterSet, Class, ClassSet, Concern, Document, Finding, Language, LintContext, PolicyDraft,
    Rule, Severity, WhiteSpace,
};
use std::collections::{BTreeMap, BTreeSet};

/// One finding of every concern, each with its clauses.
fn every_finding() -> Vec<Finding> {
    let classes: ClassSet = [Class::Letter].into_iter().collect();
    let list = list(1, 15);
    let all = PolicyDraft::new()
        .scope("noord")
        .minimum_length(14)
        .maximum_length(40)
        .minimum_of_class(Class::Digit, 1)
        .rule(Rule::MinimumOfClass {
            class: Class::Letter,
            characters: 1,
            below: Some(20),
        })
        .rule(Rule::ClassesPresent {
            classes,
            at_least: 1,
            below: Some(12),
        })
        .rule(Rule::AllowedCharacters {
            set: CharacterSet::of_classes(
                Class::ALL
                    .into_iter()
                    .filter(|c| *c != Class::Symbol)
                    .collect(),
            ),
        })
        .rule(Rule::WhiteSpace {
            allowed: WhiteSpace::Inside,
        })
        .maximum_run(3)
        .without_attributes(4)
        .without_words(["arbo"])
        .rule(Rule::NotBlocklisted { variants: true })
        .blocklist(list.clone())
        .not_reused(5, 365)
        .rule(Rule::MinimumAge { hours: 1 })
        .rule(Rule::MaximumAge { days: 1 });
    #[cfg(feature = "strength")]
    let all = all.rule(Rule::MinimumStrength { score: 3 });
    let all = built(all);
    let mut findings = all.lint(&LintContext::only_factor().blocklist(&list));
    findings.extend(all.lint(&LintContext::only_factor()));
    let bare = built(PolicyDraft::new().minimum_length(8));
    findings.extend(bare.lint(&LintContext::only_factor()));
    let numerals = built(super::letters_that_are_digits(8));
    findings.extend(numerals.lint(&LintContext::only_factor()));
    findings
}

#[test]
fn every_concern_has_its_own_texts_in_both_languages() {
    let findings = every_finding();
    let mut concerns: BTreeSet<Concern> = findings.iter().map(Finding::concern).collect();
    if !cfg!(feature = "strength") {
        concerns.insert(Concern::StrengthEstimated);
    }
    assert_eq!(concerns.into_iter().collect::<Vec<_>>(), Concern::ALL);
    let names: BTreeSet<&str> = Concern::ALL.iter().map(|c| c.as_str()).collect();
    assert_eq!(names.len(), Concern::ALL.len());

    for language in Language::ALL {
        let mut texts = BTreeMap::new();
        for finding in &findings {
            let text = finding.text(language);
            assert!(text.ends_with('.') && text.chars().count() <= 300, "{text}");
            assert!(text.chars().next().unwrap().is_uppercase(), "{text}");
            assert!(!text.contains("  ") && !text.contains(" 1 days"), "{text}");
            let known = texts.insert(text, finding.concern());
            assert!(
                known.is_none_or(|known| known == finding.concern()),
                "{finding:?}"
            );
        }
    }
    for finding in &findings {
        assert_ne!(finding.text(Language::Nl), finding.text(Language::En));
    }
}

#[test]
fn texts_name_the_numbers() {
    let findings = every_finding();
    for (concern, nl, en) in [
        (
            Concern::MaximumTooLow,
            "maximum is 40 tekens",
            "maximum is 40 characters",
        ),
        (Concern::MaximumAge, "na 1 dag", "after 1 day"),
        (Concern::MinimumAge, "het eerste uur", "the first hour"),
        (
            Concern::History,
            "de laatste 5 en die van 365 dagen",
            "the last 5 and those of 365 days",
        ),
        (Concern::BlocklistTooSmall, "Maar 1 woord", "Only 1 word"),
        (
            Concern::AsciiRefused,
            "Van de 94 letters, cijfers en leestekens van ASCII worden er 32",
            "Of the 94 letters, digits and symbols of ASCII, 32 are",
        ),
        (
            Concern::Composition,
            "korter dan 20 tekens",
            "shorter than 20 characters",
        ),
        (
            Concern::CompositionWithoutEffect,
            "onder 12 tekens",
            "below 12 characters",
        ),
    ] {
        for (language, expected) in [(Language::Nl, nl), (Language::En, en)] {
            let those = findings.iter().filter(|f| f.concern() == concern);
            let all: Vec<String> = those.map(|f| f.text(language)).collect();
            assert!(
                all.iter().any(|text| text.contains(expected)),
                "{expected}: {all:?}"
            );
        }
    }
}

#[test]
fn the_worst_come_first() {
    let findings = every_finding();
    let policy = built(PolicyDraft::new().minimum_length(8).maximum_run(3));
    let severities: Vec<Severity> = policy
        .lint(&LintContext::only_factor())
        .iter()
        .map(Finding::severity)
        .collect();
    assert!(severities.is_sorted_by(|a, b| a >= b) && severities[0] > *severities.last().unwrap());
    for finding in findings {
        let level = finding.clause().level();
        match finding.clause().document() {
            Document::Nist80063B4 => {
                assert_eq!((finding.clause().section(), level), ("3.1.1.2", None))
            }
            _ => assert!((1..=2).contains(&level.unwrap())),
        }
    }
}

#[test]
fn a_history_is_told_by_its_numbers() {
    for (last, days, nl, en) in [
        (1, 0, ": het huidige. ", ": the current one. "),
        (5, 0, ": de laatste 5. ", ": the last 5. "),
        (0, 1, ": die van 1 dag. ", ": those of 1 day. "),
        (
            1,
            30,
            ": het huidige en die van 30 dagen. ",
            ": the current one and those of 30 days. ",
        ),
    ] {
        let policy = built(PolicyDraft::new().minimum_length(15).not_reused(last, days));
        let findings = policy.lint(&LintContext::only_factor());
        let finding = findings
            .iter()
            .find(|f| f.concern() == Concern::History)
            .unwrap();
        assert!(
            finding.text(Language::Nl).contains(nl),
            "{}",
            finding.text(Language::Nl)
        );
        assert!(
            finding.text(Language::En).contains(en),
            "{}",
            finding.text(Language::En)
        );
    }
}
