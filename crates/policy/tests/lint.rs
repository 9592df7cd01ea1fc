#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! Findings by clause: each has a policy that it is made of, and one that it is not.

#[path = "lint/told.rs"]
mod told;

use slotwerk_policy::{
    Blocklist, CharacterSet, Characters, Class, ClassSet, Concern, Finding, Language, LintContext,
    Policy, PolicyDraft, Rule, SequenceKind, Severity, WhiteSpace,
};

/// `n` words of `length` characters.
fn list(n: usize, length: usize) -> Blocklist {
    Blocklist::from_words((0..n).map(|i| format!("{i:0>length$}"))).unwrap()
}

/// What both documents ask for, and nothing else.
fn model(list: &Blocklist) -> PolicyDraft {
    PolicyDraft::recommended()
        .blocklist(list.clone())
        .without_words(["arbodienst"])
        .not_breached()
}

fn built(draft: PolicyDraft) -> Policy {
    draft.build().unwrap()
}

/// "severity concern section", in the order in which they are given.
fn told(findings: &[Finding]) -> Vec<String> {
    let each = findings.iter();
    each.map(|f| format!("{} {} {}", f.severity(), f.concern(), f.clause().section()))
        .collect()
}

/// The model with one rule more, without what the model itself is told.
#[track_caller]
fn assert_told(rule: Rule, expected: &[&str]) {
    let list = list(3_000, 15);
    let context = LintContext::only_factor().blocklist(&list);
    let before = told(&built(model(&list)).lint(&context));
    // The same rule from another scope would be merged; a rule of the model is replaced.
    let policy = built(model(&list).merge(PolicyDraft::new().scope("noord").rule(rule.clone())));
    let after = policy.lint(&context);
    let code = rule.code();
    let about: Vec<Finding> = after.iter().filter(|f| f.code() == code).cloned().collect();
    assert_eq!(told(&about), expected, "{rule:?}");
    let others: Vec<Finding> = after.iter().filter(|f| f.code() != code).cloned().collect();
    for line in told(&others) {
        assert!(before.contains(&line), "{rule:?}: {line}");
    }
    for finding in about {
        assert_eq!(finding.rule(), Some(&rule));
        assert_eq!(finding.origins().collect::<Vec<_>>(), ["noord"]);
    }
}

const COMPOSITION: [&str; 2] = [
    "violation composition 3.1.1.2",
    "violation composition 6.2.5",
];

#[test]
fn a_policy_that_meets_both_documents_has_no_violation_and_no_warning() {
    let list = list(3_000, 15);
    for context in [
        LintContext::only_factor(),
        LintContext::within_multi_factor(),
    ] {
        let findings = built(model(&list)).lint(&context.blocklist(&list));
        assert_eq!(
            told(&findings),
            [
                "advice parts-compared 3.1.1.2",
                "advice parts-compared 3.1.1.2"
            ]
        );
    }
}

#[test]
fn the_recommended_policy_has_no_violation() {
    let list = list(3_000, 15);
    let draft = PolicyDraft::recommended();
    assert!(draft.clone().build().is_err(), "the host supplies the list");
    let findings =
        built(draft.blocklist(list.clone())).lint(&LintContext::only_factor().blocklist(&list));
    assert_eq!(
        told(&findings),
        [
            "warning no-context-words 6.1.2",
            "warning no-context-words 6.2.11",
            "warning no-breach-check 6.2.12",
            "advice parts-compared 3.1.1.2",
        ]
    );
}

/// Long passwords that everybody thinks of.
#[cfg(feature = "common-passwords")]
#[test]
fn recommended_refuses_long_common_passwords() {
    let recommended = built(PolicyDraft::recommended().blocklist(Blocklist::common()));
    let length_alone = built(PolicyDraft::new().minimum_length(15));
    for common in [
        "aaaaaaaaaaaaaaa",
        "passwordpassword",
        "PasswordPassword",
        "111111111111111",
        "qwertyuiopasdfg",
        "iloveyouiloveyou",
        "password12345678",
    ] {
        let subject = slotwerk_policy::Subject::new();
        assert!(
            length_alone.check(&subject, common).is_acceptable(),
            "control: {common}"
        );
        assert!(recommended.check(&subject, common).is_refused(), "{common}");
    }
    let subject = slotwerk_policy::Subject::new();
    let good = recommended.check(&subject, "vier fietsen in de schuur");
    assert!(good.is_acceptable());
}

#[cfg(feature = "common-passwords")]
#[test]
fn the_list_that_ships_is_large_enough_for_every_minimum_up_to_15() {
    let list = Blocklist::common();
    assert_eq!(list.len_at_least(0), list.len());
    for minimum in 8..=15 {
        let draft = PolicyDraft::new()
            .minimum_length(minimum)
            .blocklist(list.clone());
        let findings = built(draft).lint(&LintContext::only_factor().blocklist(&list));
        assert!(
            findings
                .iter()
                .all(|f| f.concern() != Concern::BlocklistTooSmall),
            "{minimum}"
        );
    }
    let more = list
        .clone()
        .and(&Blocklist::from_words(["welkom01", "arbodienst te noord"]).unwrap());
    assert_eq!(
        more.len_at_least(8),
        list.len_at_least(8) + 1,
        "a word on both lists counts once"
    );
}

#[test]
fn the_minimum_depends_on_what_else_people_sign_in_with() {
    let list = list(3_000, 15);
    let of = |minimum: u16, context: LintContext<'_>| {
        let draft = PolicyDraft::new()
            .minimum_length(minimum)
            .blocklist(list.clone());
        let mut findings = built(draft).lint(&context);
        findings.retain(|f| f.concern() == Concern::MinimumTooLow);
        told(&findings)
    };
    let only = LintContext::only_factor;
    let both = [
        "violation minimum-too-low 3.1.1.2",
        "warning minimum-too-low 6.2.1",
    ];
    assert_eq!(of(8, only()), both);
    assert_eq!(of(14, only()), both);
    assert!(of(15, only()).is_empty());
    assert_eq!(of(8, LintContext::within_multi_factor()), [both[1]]);
    assert!(of(15, LintContext::within_multi_factor()).is_empty());
}

#[test]
fn a_low_maximum_is_told() {
    let told = [
        "violation maximum-too-low 6.2.9",
        "warning maximum-too-low 3.1.1.2",
    ];
    assert_told(Rule::MaximumLength { characters: 63 }, &told);
    assert_told(Rule::MaximumLength { characters: 64 }, &[]);
}

#[test]
fn composition_is_told_unless_it_never_holds() {
    let classes: ClassSet = Class::ALL.into_iter().collect();
    for class in Class::ALL {
        let rule = |below| Rule::MinimumOfClass {
            class,
            characters: 1,
            below,
        };
        assert_told(rule(None), &COMPOSITION);
        assert_told(rule(Some(16)), &COMPOSITION);
        assert_told(
            rule(Some(15)),
            &["advice composition-without-effect 3.1.1.2"],
        );
    }
    let rule = |below| Rule::ClassesPresent {
        classes,
        at_least: 1,
        below,
    };
    assert_told(rule(None), &COMPOSITION);
    assert_told(
        rule(Some(15)),
        &["advice composition-without-effect 3.1.1.2"],
    );
}

#[test]
fn characters_that_are_refused_are_told() {
    let allowed = |set| Rule::AllowedCharacters { set };
    let all: ClassSet = [Class::Letter, Class::Digit, Class::Symbol]
        .into_iter()
        .collect();
    let limited = "violation characters-limited 6.2.5";
    let (ascii, space, unicode) = (
        "warning ascii-refused 3.1.1.2",
        "warning space-refused 3.1.1.2",
        "warning unicode-refused 3.1.1.2",
    );
    assert_told(allowed(CharacterSet::of_classes(all).and(" ")), &[]);
    assert_told(allowed(CharacterSet::of_classes(all)), &[limited, space]);
    assert_told(
        allowed(CharacterSet::printable_ascii()),
        &[limited, unicode],
    );
    let digits: ClassSet = [Class::Digit].into_iter().collect();
    assert_told(
        allowed(CharacterSet::of_classes(digits)),
        &[limited, ascii, space, unicode],
    );

    let forbidden = |text: &str| Rule::ForbiddenCharacters {
        characters: Characters::new(text),
    };
    assert_told(forbidden("<"), &[limited, ascii]);
    assert_told(forbidden(" "), &[limited, space]);
    assert_told(forbidden("é"), &[limited, unicode]);
    assert_told(forbidden("\0\t\u{7f}"), &[]);

    let white_space = |allowed| Rule::WhiteSpace { allowed };
    assert_told(white_space(WhiteSpace::Nowhere), &[limited, space]);
    assert_told(
        white_space(WhiteSpace::Inside),
        &["advice space-at-ends-refused 3.1.1.2"],
    );
}

#[test]
fn rules_that_no_clause_asks_for_are_advice() {
    let pattern = ["advice patterns-refused 3.1.1.2"];
    assert_told(Rule::MinimumDistinct { characters: 6 }, &pattern);
    assert_told(Rule::MaximumRun { characters: 3 }, &pattern);
    assert_told(Rule::WithoutRepeatedBlock { shortest: 3 }, &pattern);
    for kind in SequenceKind::ALL {
        assert_told(
            Rule::MaximumSequence {
                kind,
                characters: 4,
            },
            &pattern,
        );
    }
    assert_told(
        Rule::NotReused { last: 5, days: 0 },
        &["advice history 3.1.1.2"],
    );
    #[cfg(feature = "strength")]
    assert_told(
        Rule::MinimumStrength { score: 3 },
        &["advice strength-estimated 3.1.1.2"],
    );
}

/// All letters, all digits, in as many characters as given for each.
fn letters_that_are_digits(longest: u16) -> PolicyDraft {
    PolicyDraft::new()
        .minimum_length(8)
        .maximum_length(longest)
        .minimum_of_class(Class::Letter, 8)
        .minimum_of_class(Class::Digit, 8)
}

#[test]
fn a_policy_that_nobody_can_type_a_password_for_is_told() {
    let of = |draft: PolicyDraft| {
        let mut findings = built(draft).lint(&LintContext::only_factor());
        findings.retain(|f| f.concern() == Concern::HardToType);
        findings
    };
    // Only Roman numerals and the like are both.
    let findings = of(letters_that_are_digits(8).scope("noord"));
    assert_eq!(told(&findings), ["warning hard-to-type 3.1.1.2"]);
    assert_eq!(findings[0].code().as_str(), "minimum-letters");
    assert_eq!(findings[0].origins().collect::<Vec<_>>(), ["noord"]);
    assert!(of(letters_that_are_digits(16)).is_empty());
    let only = |text: &str| {
        let set = CharacterSet::default().and(text);
        PolicyDraft::new()
            .minimum_length(8)
            .rule(Rule::AllowedCharacters { set })
    };
    assert!(of(only("é ñ")).is_empty());
    let findings = of(only("→⇒"));
    assert_eq!(findings[0].code().as_str(), "allowed-characters");
}

#[test]
fn ages_are_told() {
    assert_told(
        Rule::MinimumAge { hours: 24 },
        &["warning minimum-age 6.2.2"],
    );
    let rotation = [
        "violation maximum-age 3.1.1.2",
        "violation maximum-age 6.2.10",
    ];
    assert_told(Rule::MaximumAge { days: 365 }, &rotation);
}

#[test]
fn a_list_is_counted_at_the_lengths_of_the_policy() {
    let of = |list: &Blocklist, draft: PolicyDraft| {
        let policy = built(draft.blocklist(list.clone()));
        let findings = policy.lint(&LintContext::only_factor().blocklist(list));
        let found = findings
            .into_iter()
            .find(|f| f.concern() == Concern::BlocklistTooSmall);
        found.map(|f| {
            assert_eq!(
                (f.severity(), f.clause().section()),
                (Severity::Violation, "6.2.4")
            );
            f.text(Language::En)
        })
    };
    let fifteen = || PolicyDraft::new().minimum_length(15);
    assert_eq!(of(&list(3_000, 15), fifteen()), None);
    assert_eq!(
        of(&list(2_999, 15), fifteen()).unwrap(),
        "Only 2,999 words on the list can be a password here, with at least 15 characters. At least 3,000 must be \
         compared."
    );
    // Enough words, but no password can be one of them.
    assert!(
        of(&list(10_000, 14), fifteen())
            .unwrap()
            .starts_with("No word on the list")
    );
    assert!(
        of(&list(10_000, 17), fifteen().maximum_length(16))
            .unwrap()
            .starts_with("No word")
    );
    assert_eq!(of(&list(3_000, 16), fifteen().maximum_length(16)), None);
    // The same words twice are not twice the words.
    let twice = list(2_000, 15).and(&list(2_500, 15));
    assert_eq!(twice.len(), 4_500);
    assert_eq!(twice.len_at_least(15), 2_500);
    assert!(of(&twice, fifteen()).is_some());
    // "é" is one character of two bytes.
    let accents = Blocklist::from_words(["éééé", "eeee", "ee"]).unwrap();
    let counts: Vec<usize> = [0, 2, 3, 4, 5].map(|n| accents.len_at_least(n)).into();
    assert_eq!(counts, [3, 3, 2, 2, 0]);
}

#[test]
fn a_list_that_was_not_shown_is_told() {
    let policy = built(model(&list(1, 15)));
    let findings = policy.lint(&LintContext::only_factor());
    assert_eq!(told(&findings)[0], "warning blocklist-uncounted 6.2.4");
}

#[test]
fn variants_are_stricter_than_asked() {
    let told = ["advice variants-compared 3.1.1.2"];
    assert_told(Rule::NotBlocklisted { variants: true }, &told);
    assert_told(
        Rule::WithoutAttributes { shortest_part: 3 },
        &["advice parts-compared 3.1.1.2"],
    );
}

#[test]
fn what_is_missing_is_told() {
    let bare = built(PolicyDraft::new().minimum_length(15));
    let findings = bare.lint(&LintContext::only_factor());
    assert_eq!(
        told(&findings),
        [
            "violation no-context-words 6.2.11",
            "violation no-blocklist 3.1.1.2",
            "violation no-blocklist 6.2.4",
            "violation no-breach-check 6.2.12",
            "warning no-context-words 6.1.2",
            "advice no-attributes 3.1.1.2",
        ]
    );
    for finding in &findings {
        assert_eq!((finding.rule(), finding.origins().count()), (None, 0));
    }
    // A breached set may stand in for the list.
    let breached = built(PolicyDraft::new().minimum_length(15).not_breached());
    let findings = breached.lint(&LintContext::only_factor());
    let lists: Vec<String> = told(&findings)
        .into_iter()
        .filter(|t| t.contains("no-b"))
        .collect();
    assert_eq!(lists, ["warning no-blocklist 6.2.4"]);
}

#[test]
fn every_scope_that_asks_is_named() {
    let of = |scope: &str, n| {
        PolicyDraft::new()
            .scope(scope)
            .minimum_of_class(Class::Digit, n)
    };
    let policy = built(
        PolicyDraft::new()
            .scope("platform")
            .minimum_length(15)
            .merge(of("noord", 2))
            .merge(of("balie", 2))
            .merge(of("zuid", 1)),
    );
    let findings = policy.lint(&LintContext::only_factor());
    let worst = &findings[0];
    assert_eq!(worst.concern(), Concern::Composition);
    assert_eq!(worst.origins().collect::<Vec<_>>(), ["balie", "noord"]);
}

#[test]
fn findings_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Finding>();
    crosses::<LintContext<'static>>();
    crosses::<Concern>();
}

#[cfg(feature = "serde")]
#[test]
fn a_finding_is_written_as_documented() {
    let policy = built(PolicyDraft::new().scope("noord").minimum_length(8));
    let findings = policy.lint(&LintContext::within_multi_factor());
    assert_eq!(
        serde_json::to_value(
            findings
                .iter()
                .find(|f| f.concern() == Concern::MinimumTooLow)
        )
        .unwrap(),
        serde_json::json!({
            "severity": "warning",
            "concern": "minimum-too-low",
            "clause": {"document": "OWASP ASVS 5.0", "section": "6.2.1"},
            "code": "minimum-length",
            "missing": false,
            "origins": ["noord"],
        })
    );
}
