//! One code checked within a window of one step either side: ours, totp-rs and pyotp.
//!
//! They do not do the same work. The others compute until a step matches; ours computes every step of the
//! window and one before it, whichever matches, so that the work tells nothing. pyotp measures itself, in
//! the Python that SLOTWERK_PYTHON names.

use std::hint::black_box;
use std::process::Command;

use criterion::{Criterion, criterion_group, criterion_main};
use slotwerk_totp::{
    Code, Parameters, Progress, Search, Secret, Verdict, Window, code_at, resynchronise, verify,
};

const SECRET: [u8; 20] = *b"12345678901234567890";
const NOW: u64 = 1_790_000_010;

fn benches(c: &mut Criterion) {
    let secret = Secret::from_entropy(&SECRET);
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
    peer_in_python(&codes);

    for (name, code) in codes {
        let mut group = c.benchmark_group(format!("totp_verify/{name}"));
        let progress = Progress::default();
        let window = Window::default();
        let parsed = Code::parse(&code, &params).expect("six digits");
        let check = || {
            verify(
                &secret,
                &params,
                window,
                &progress,
                black_box(&parsed),
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

    // Two codes in a row, ten minutes or an hour either side of a clock that no drift is known of.
    let mut group = c.benchmark_group("totp_verify/resynchronise");
    let pair = [0, 1].map(|after| {
        let shown = code_at(&secret, &params, NOW / 30 + 9 + after);
        Code::parse(&shown, &params).expect("six digits")
    });
    for search in [Search::default(), Search::HOUR] {
        let progress = Progress::default();
        let look = || {
            let [first, second] = &pair;
            resynchronise(
                &secret,
                &params,
                search,
                &progress,
                first,
                second,
                black_box(NOW),
            )
        };
        assert!(look().is_some());
        group.bench_function(format!("{} steps", search.steps()), |b| b.iter(look));
    }
    group.finish();
}

/// Left out, and said to be, where there is none.
fn peer_in_python(codes: &[(&str, String); 2]) {
    let Some(python) = std::env::var_os("SLOTWERK_PYTHON") else {
        println!("totp_verify/pyotp: left out, SLOTWERK_PYTHON is not set");
        return;
    };
    for (name, code) in codes {
        let status = Command::new(&python)
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/peers/pyotp_verify.py"
            ))
            .args([name, code.as_str(), &NOW.to_string()])
            .status();
        if !status.is_ok_and(|status| status.success()) {
            println!("totp_verify/pyotp: left out, it did not run");
        }
    }
}

criterion_group! {
    name = totp_verify;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(totp_verify);
