//! The symbol of an `otpauth` URI at level M, and its PNG at 8 pixels a module: ours, the qrcode crate with
//! its defaults, fast_qr, qrcodegen and qrcodegen-image, which totp-rs is built on, and segno, if
//! `SLOTWERK_PYTHON` names a Python that has it.

use std::hint::black_box;
use std::process::Command;

use criterion::{Criterion, criterion_group, criterion_main};
use fast_qr::{ECL, QRBuilder};
use qrcode::{EcLevel, QrCode};
use qrcodegen_image::qrcodegen::{self, QrCodeEcc};
use slotwerk_benches::measuring;
use slotwerk_qr::{Compression, Level, Symbol};
use slotwerk_totp::{OtpauthUri, Parameters, Secret};

const PX: u32 = 8;

fn ours(text: &str) -> Symbol {
    Symbol::encode(text, Level::M).expect("fits")
}

fn png(symbol: &Symbol, compression: Compression) -> Vec<u8> {
    symbol.png_with(PX, compression).expect("a picture")
}

fn by_qrcode(text: &str) -> QrCode {
    QrCode::with_error_correction_level(text, EcLevel::M).expect("fits")
}

fn by_fast_qr(text: &str) -> fast_qr::QRCode {
    QRBuilder::new(text).ecl(ECL::M).build().expect("fits")
}

fn by_qrcodegen(text: &str) -> qrcodegen::QrCode {
    qrcodegen::QrCode::encode_text(text, QrCodeEcc::Medium).expect("fits")
}

fn by_totp_rs(text: &str) -> Vec<u8> {
    qrcodegen_image::draw_png(text).expect("a picture")
}

fn benches(c: &mut Criterion) {
    let secret = Secret::from_entropy(b"12345678901234567890");
    let uri = OtpauthUri::new(
        &secret,
        &Parameters::ISSUED,
        "Arbo Noord",
        "noor.devries@example.com",
    )
    .expect("good names");
    let text = uri.expose();
    let symbol = ours(text);

    println!(
        "{} characters; modules: slotwerk {}, qrcode {}, fast_qr {}, qrcodegen {}",
        text.len(),
        symbol.width(),
        by_qrcode(text).width(),
        by_fast_qr(text).size,
        by_qrcodegen(text).size(),
    );
    println!(
        "bytes of PNG: slotwerk small {}, fast {}; totp-rs {}; of HTML table {}, SVG {}, text {}",
        png(&symbol, Compression::Small).len(),
        png(&symbol, Compression::Fast).len(),
        by_totp_rs(text).len(),
        symbol.html_table(PX).expect("a table").len(),
        symbol.svg().len(),
        symbol.text().len(),
    );
    segno(text);

    let mut group = c.benchmark_group("qr_symbol/encode");
    group.bench_function("slotwerk", |b| b.iter(|| ours(black_box(text))));
    group.bench_function("qrcode", |b| b.iter(|| by_qrcode(black_box(text))));
    group.bench_function("fast_qr", |b| b.iter(|| by_fast_qr(black_box(text))));
    group.bench_function("qrcodegen", |b| b.iter(|| by_qrcodegen(black_box(text))));
    group.finish();

    // From the symbol on, and from the text on: totp-rs does both at once.
    let mut group = c.benchmark_group("qr_symbol/png");
    for (name, compression) in [("small", Compression::Small), ("fast", Compression::Fast)] {
        group.bench_function(format!("slotwerk {name}"), |b| {
            b.iter(|| png(black_box(&symbol), compression));
        });
        group.bench_function(format!("slotwerk {name}, with the symbol"), |b| {
            b.iter(|| png(&ours(black_box(text)), compression));
        });
    }
    group.bench_function("totp-rs, with the symbol", |b| {
        b.iter(|| by_totp_rs(black_box(text)));
    });
    group.finish();

    let mut group = c.benchmark_group("qr_symbol/draw");
    group.bench_function("slotwerk HTML table", |b| {
        b.iter(|| symbol.html_table(PX).expect("a table"));
    });
    group.bench_function("slotwerk SVG", |b| b.iter(|| symbol.svg()));
    group.finish();
}

/// Timed inside its own process, so that starting Python does not count.
fn segno(text: &str) {
    let Some(python) = std::env::var_os("SLOTWERK_PYTHON").filter(|_| measuring()) else {
        println!("segno: not measured; SLOTWERK_PYTHON names a Python that has it");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/segno_png.py");
    let output = Command::new(python)
        .args([script, text])
        .output()
        .expect("SLOTWERK_PYTHON starts");
    assert!(output.status.success(), "{output:?}");
    println!("segno: {}", String::from_utf8_lossy(&output.stdout).trim());
}

criterion_group! {
    name = qr_symbol;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(qr_symbol);
