//! One code checked within a window of one step either side: ours and totp-rs.
//!
//! The two do not do the same work. totp-rs computes until a step matches; ours computes every step of
//! the window and one before it, whichever matches, so that the time tells nothing.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use slotwerk_totp::{Parameters, Progress, Secret, Verdict, Window, code_at, verify};

const SECRET: [u8; 20] = *b"12345678901234567890";
const NOW: u64 = 1_790_000_010;

fn benches(c: &mut Criterion) {
    let secret = Secret::from_entropy(SECRET);
    let params = Parameters::ISSUED;
    let peer = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::new_stack(SECRET))
        .with_skew(1)
        .build()
        .expect("good parameters");
    let codes = [
        ("current", code_at(&secret, &params, NOW / 30).to_string()),
        ("wrong", "000000".to_owned()),
    ];

    for (name, code) in codes {
        let mut group = c.benchmark_group(format!("totp_verify/{name}"));
        let progress = Progress::default();
        let window = Window::default();
        let check = || {
            verify(
                &secret,
                &params,
                window,
                &progress,
                black_box(&code),
                black_box(NOW),
            )
        };
        let genuine = matches!(check(), Verdict::Accepted(_));
        assert_eq!(genuine, name == "current");
        assert_eq!(peer.check(&code, NOW).is_some(), genuine);

        group.bench_function("slotwerk", |b| b.iter(check));
        group.bench_function("totp-rs", |b| {
            b.iter(|| peer.check(black_box(&code), black_box(NOW)));
        });
        group.finish();
    }
}

criterion_group! {
    name = totp_verify;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(totp_verify);
