//! Checking passwords: never a panic, one verdict whatever the normal form, and nothing accepted that
//! breaks a rule counted here a second time.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_policy::{Blocklist, Class, Language, MAX_BYTES, Policy, PolicyDraft, State, Subject};
use unicode_normalization::UnicodeNormalization as _;

static POLICIES: LazyLock<[Policy; 2]> = LazyLock::new(|| {
    let words =
        Blocklist::from_words(["welkom0123", "Geheim!Geheim", "zomer-2026"]).expect("words");
    let strict = PolicyDraft::new()
        .minimum_length(10)
        .maximum_length(64)
        .minimum_of_class(Class::Digit, 1)
        .minimum_of_class(Class::Uppercase, 1)
        .classes_present(
            3,
            [
                Class::Uppercase,
                Class::Lowercase,
                Class::Digit,
                Class::Symbol,
            ],
        )
        .minimum_distinct(5)
        .maximum_run(3)
        .without_attributes(4)
        .blocklist(words);
    let plain = PolicyDraft::new().minimum_length(8);
    [strict, plain].map(|draft| draft.build().expect("no contradiction"))
});

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    password: &'a str,
    /// Repeats it, now and then to beyond the limits on length.
    times: u8,
    user_name: &'a str,
    name: &'a str,
    drafted: Option<Drafted>,
}

/// A policy that somebody configured; most are refused.
#[derive(Debug, arbitrary::Arbitrary)]
struct Drafted {
    minimum: u16,
    maximum: u16,
    digits: u16,
    distinct: u16,
    run: u16,
    shortest_part: u16,
}

fuzz_target!(|input: Input<'_>| {
    let mut subject = Subject::new();
    if let Ok(more) = subject.clone().user_name(input.user_name) {
        subject = more;
    }
    if let Ok(more) = subject.clone().name(input.name) {
        subject = more;
    }
    let times = match input.times {
        0..=253 => 1 + usize::from(input.times % 3),
        _ => MAX_BYTES / input.password.len().max(1) + usize::from(input.times % 2),
    };
    let password = input.password.repeat(times);

    for policy in POLICIES.iter().chain(&drafted(input.drafted)) {
        check(policy, &subject, &password);
    }
});

fn drafted(input: Option<Drafted>) -> Option<Policy> {
    let input = input?;
    PolicyDraft::new()
        .minimum_length(input.minimum)
        .maximum_length(input.maximum)
        .minimum_of_class(Class::Digit, input.digits)
        .minimum_distinct(input.distinct)
        .maximum_run(input.run)
        .without_attributes(input.shortest_part)
        .build()
        .ok()
}

fn check(policy: &Policy, subject: &Subject, password: &str) {
    let verdict = policy.check(subject, password);
    assert_eq!(verdict.requirements().len(), policy.rules().count());
    for requirement in verdict.requirements() {
        for language in [Language::En, Language::Nl] {
            assert!(!requirement.text(language).is_empty());
        }
    }
    assert_eq!(verdict.too_long().is_some(), password.len() > MAX_BYTES);
    let states: Vec<State> = verdict.requirements().iter().map(|r| r.state()).collect();
    let debug = format!("{verdict:?}");
    let acceptable = verdict.is_acceptable();
    let accepted = verdict.accept();
    assert_eq!(accepted.is_ok(), acceptable);

    let composed: String = password.nfc().collect();
    // The same characters in another form. Short ones only: normalising is most of the work.
    if password.len() <= 256 {
        let decomposed: String = password.nfd().collect();
        for form in [&composed, &decomposed] {
            let other = policy.check(subject, form);
            let others: Vec<State> = other.requirements().iter().map(|r| r.state()).collect();
            assert_eq!(others, states, "the verdict depends on the normal form");
        }
    }
    let Ok(accepted) = accepted else {
        return;
    };
    assert_eq!(accepted.expose(), composed);
    assert!(password.len() <= MAX_BYTES && !password.is_empty());
    if password.len() >= 16 {
        assert!(
            !debug.contains(password),
            "the password is in the debug text"
        );
    }

    let length = composed.chars().count();
    let [strict, _] = &*POLICIES;
    if std::ptr::eq(policy, strict) {
        assert!((10..=64).contains(&length));
        assert!(composed.chars().any(char::is_numeric));
        assert!(composed.chars().any(char::is_uppercase));
        let characters: Vec<char> = composed.chars().collect();
        assert!(
            characters
                .windows(4)
                .all(|four| four.iter().any(|c| *c != four[0]))
        );
        let lower = composed.to_lowercase();
        assert!(!["welkom0123", "geheim!geheim", "zomer-2026"].contains(&lower.as_str()));
    }
}
