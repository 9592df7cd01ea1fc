//! The symbol of an `otpauth` URI at level M: ours and the qrcode crate with its defaults.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use slotwerk_qr::{Level, Symbol};
use slotwerk_totp::{OtpauthUri, Parameters, Secret};

fn benches(c: &mut Criterion) {
    let secret = Secret::from_entropy(*b"12345678901234567890");
    let uri = OtpauthUri::new(
        &secret,
        &Parameters::ISSUED,
        "Arbo Noord",
        "noor.devries@example.com",
    )
    .expect("good names");
    let text = uri.expose();

    let ours = Symbol::encode(text, Level::M).expect("fits");
    let theirs =
        qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).expect("fits");
    println!(
        "{} characters; modules: slotwerk {}, qrcode {}; bytes of PNG: slotwerk {}",
        text.len(),
        ours.width(),
        theirs.width(),
        ours.png(4).expect("a picture").len()
    );

    let mut group = c.benchmark_group("qr_symbol/encode");
    group.bench_function("slotwerk", |b| {
        b.iter(|| Symbol::encode(black_box(text), Level::M).expect("fits"));
    });
    group.bench_function("qrcode", |b| {
        b.iter(|| {
            qrcode::QrCode::with_error_correction_level(black_box(text), qrcode::EcLevel::M)
                .expect("fits")
        });
    });
    group.finish();

    let mut group = c.benchmark_group("qr_symbol/draw");
    group.bench_function("slotwerk PNG", |b| {
        b.iter(|| ours.png(4).expect("a picture"))
    });
    group.bench_function("slotwerk HTML table", |b| {
        b.iter(|| ours.html_table(4).expect("a table"));
    });
    group.finish();
}

criterion_group! {
    name = qr_symbol;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(qr_symbol);
