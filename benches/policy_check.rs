//! A password judged by a strict policy with a blocklist of 100,000 words: one of the usual length, and
//! one as long as is looked at.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use slotwerk_policy::{Blocklist, Class, MAX_BYTES, PolicyDraft, Subject};

fn benches(c: &mut Criterion) {
    let words =
        Blocklist::from_words((0..100_000).map(|n| format!("wachtwoord{n}"))).expect("words");
    let policy = PolicyDraft::new()
        .minimum_length(12)
        .maximum_length(128)
        .minimum_of_class(Class::Digit, 1)
        .classes_present(
            3,
            [
                Class::Uppercase,
                Class::Lowercase,
                Class::Digit,
                Class::Symbol,
            ],
        )
        .minimum_distinct(6)
        .maximum_run(3)
        .without_attributes(4)
        .blocklist(words)
        .build()
        .expect("no contradiction");
    let subject = Subject::new()
        .user_name("n.devries")
        .and_then(|s| s.name("Noor de Vries"))
        .expect("short names");

    let good = "Sloten-9-maken";
    assert!(policy.check(&subject, good).is_acceptable());
    let longest = "é".repeat(MAX_BYTES / 2);
    assert!(!policy.check(&subject, &longest).is_acceptable());

    let mut group = c.benchmark_group("policy_check");
    group.bench_function("14 characters", |b| {
        b.iter(|| policy.check(&subject, black_box(good)));
    });
    group.bench_function("4096 bytes", |b| {
        b.iter(|| policy.check(&subject, black_box(&longest)));
    });
    group.finish();
}

criterion_group! {
    name = policy_check;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(policy_check);
