//! A password judged by every rule that needs no fact from outside, the estimate of zxcvbn aside; next to
//! zxcvbn, and next to Django's validators if `SLOTWERK_PYTHON` names a Python that has Django.

use std::hint::black_box;
use std::process::Command;

use criterion::{Criterion, criterion_group, criterion_main};
use slotwerk_policy::{
    Blocklist, CharacterSet, Characters, Class, MAX_BYTES, Policy, PolicyDraft, Rule, SequenceKind,
    Subject, WhiteSpace,
};

/// 20 characters, acceptable under every rule below.
const PASSWORD: &str = "Sloten-9 maken, 3x d";

fn every_rule() -> Policy {
    let classes = [
        Class::Uppercase,
        Class::Lowercase,
        Class::Digit,
        Class::Symbol,
    ];
    let draft = classes
        .into_iter()
        .fold(PolicyDraft::new(), |draft, class| {
            draft.minimum_of_class(class, 1)
        });
    let draft = SequenceKind::ALL
        .into_iter()
        .fold(draft, |draft, kind| draft.maximum_sequence(kind, 3));
    draft
        .minimum_length(12)
        .maximum_length(128)
        .classes_present(3, classes)
        .minimum_distinct(6)
        .rule(Rule::AllowedCharacters {
            set: CharacterSet::of_classes(Class::ALL.into_iter().collect()).and(" "),
        })
        .rule(Rule::ForbiddenCharacters {
            characters: Characters::new("\"\\"),
        })
        .rule(Rule::WhiteSpace {
            allowed: WhiteSpace::Inside,
        })
        .maximum_run(3)
        .without_repeated_block(3)
        .without_attributes(4)
        .without_words(["arbodienst", "noord", "verzuim", "bedrijfsarts"])
        .rule(Rule::NotBlocklisted { variants: true })
        .blocklist(Blocklist::common())
        .build()
        .expect("no contradiction")
}

fn benches(c: &mut Criterion) {
    let policy = every_rule();
    let subject = Subject::new()
        .user_name("n.devries")
        .and_then(|s| s.mail_address("noor.devries@noord.example"))
        .and_then(|s| s.name("Noor de Vries"))
        .expect("short names");
    assert_eq!(PASSWORD.chars().count(), 20);
    assert!(policy.check(&subject, PASSWORD).is_acceptable());
    let longest = "é".repeat(MAX_BYTES / 2);
    assert!(!policy.check(&subject, &longest).is_acceptable());

    let mut group = c.benchmark_group("policy_check");
    group.bench_function("slotwerk, 20 characters", |b| {
        b.iter(|| policy.check(&subject, black_box(PASSWORD)));
    });
    group.bench_function("zxcvbn, 20 characters", |b| {
        b.iter(|| {
            zxcvbn::zxcvbn(
                black_box(PASSWORD),
                &["n.devries", "noor.devries", "Noor de Vries"],
            )
        });
    });
    group.bench_function("slotwerk, 4096 bytes", |b| {
        b.iter(|| policy.check(&subject, black_box(&longest)));
    });
    group.finish();
    django();
}

/// Not Rust, so not criterion: the script times itself and prints its figure in the same run.
fn django() {
    let Some(python) = std::env::var_os("SLOTWERK_PYTHON") else {
        println!("policy_check/django: not measured, SLOTWERK_PYTHON is not set");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/django_validators.py");
    let status = Command::new(python)
        .args([script, PASSWORD])
        .status()
        .expect("a Python to run");
    assert!(status.success(), "the peer failed: {status}");
}

criterion_group! {
    name = policy_check;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(policy_check);
