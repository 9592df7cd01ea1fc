#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! What the types promise.

use slotwerk_policy::{
    Accepted, Blocklist, BlocklistError, Class, ClassSet, Code, Language, Parameter, Policy,
    PolicyDraft, PolicyError, Requirement, Rule, State, Subject, SubjectError, TooLong, Unmet,
    Verdict,
};

#[test]
fn public_types_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Accepted>();
    crosses::<Blocklist>();
    crosses::<BlocklistError>();
    crosses::<Class>();
    crosses::<ClassSet>();
    crosses::<Code>();
    crosses::<Language>();
    crosses::<Parameter>();
    crosses::<Policy>();
    crosses::<PolicyDraft>();
    crosses::<PolicyError>();
    crosses::<Requirement>();
    crosses::<Rule>();
    crosses::<State>();
    crosses::<Subject>();
    crosses::<SubjectError>();
    crosses::<TooLong>();
    crosses::<Unmet>();
    crosses::<Verdict>();
}

#[test]
fn nothing_prints_the_password_or_the_user() {
    let policy = PolicyDraft::new()
        .minimum_length(8)
        .without_attributes(4)
        .blocklist(Blocklist::from_words(["lijstwoord"]).unwrap())
        .build()
        .unwrap();
    let subject = Subject::new().name("Gerritsen").unwrap();
    let good = policy.check(&subject, "zeepaardje");
    let bad = policy.check(&subject, "gerritsen lijstwoord");
    let mut printed = format!("{policy:?} {subject:?} {good:?} {bad:?}");
    printed += &format!("{:?}", good.accept().unwrap());
    let unmet = bad.accept().unwrap_err();
    printed += &format!("{unmet:?} {unmet}");
    let long = policy.check(&subject, &"zeepaardje".repeat(500));
    printed += &format!("{long:?} {}", long.too_long().unwrap());
    printed += &Subject::new()
        .name(&"Gerritsen".repeat(60))
        .unwrap_err()
        .to_string();
    for secret in ["zeepaardje", "gerritsen", "lijstwoord"] {
        assert!(
            !printed.to_lowercase().contains(secret),
            "{secret} in {printed}"
        );
    }
}

#[test]
fn languages_are_found_by_tag() {
    for (tag, expected) in [
        ("nl", Some(Language::Nl)),
        ("nl-NL", Some(Language::Nl)),
        ("NL_be", Some(Language::Nl)),
        ("en-Latn-GB", Some(Language::En)),
        ("EN", Some(Language::En)),
        ("fy-NL", None),
        ("nld", None),
        ("", None),
        ("-nl", None),
    ] {
        assert_eq!(Language::from_tag(tag), expected, "{tag}");
    }
    for language in [Language::Nl, Language::En] {
        assert_eq!(Language::from_tag(language.tag()), Some(language));
        let states = [State::Met, State::Unmet, State::Pending].map(|state| state.text(language));
        assert!(states[0] != states[1] && states[1] != states[2] && states[0] != states[2]);
    }
}

/// Hosts translate, store and style by these strings.
#[test]
fn codes_are_stable() {
    let policy = Class::ALL
        .into_iter()
        .fold(PolicyDraft::new(), |draft, class| {
            draft.minimum_of_class(class, 1)
        })
        .minimum_length(8)
        .classes_present(1, [Class::Digit])
        .minimum_distinct(2)
        .maximum_run(2)
        .without_attributes(3)
        .blocklist(Blocklist::from_words(["welkom01"]).unwrap())
        .build()
        .unwrap();
    let codes: Vec<_> = policy
        .requirements()
        .iter()
        .map(|r| r.code().to_string())
        .collect();
    assert_eq!(
        codes,
        [
            "minimum-length",
            "maximum-length",
            "minimum-uppercase",
            "minimum-lowercase",
            "minimum-letters",
            "minimum-digits",
            "minimum-symbols",
            "classes-present",
            "minimum-distinct",
            "maximum-run",
            "without-attributes",
            "not-blocklisted",
        ]
    );
}

#[test]
fn a_list_that_is_supplied_is_used_once() {
    let list = Blocklist::from_words(["welkom01"]).unwrap();
    let draft = PolicyDraft::new()
        .minimum_length(8)
        .rule(Rule::NotBlocklisted { variants: false });
    assert_eq!(
        draft.clone().build().unwrap_err(),
        PolicyError::BlocklistMissing
    );
    let policy = draft
        .blocklist(list.clone())
        .blocklist(list)
        .build()
        .unwrap();
    assert_eq!(policy.rules().count(), 3);
    assert!(!policy.check(&Subject::new(), "Welkom01").is_acceptable());
}
