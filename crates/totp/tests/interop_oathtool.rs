//! The same codes as oathtool (OATH Toolkit), for random secrets, times and parameters.
//!
//! Run with `cargo test -p slotwerk-totp --test interop_oathtool -- --ignored`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use slotwerk_totp::{Algorithm, Parameters, Progress, Secret, Window, code_at, verify};
use std::process::Command;
use support::{parameters, secrets};

fn oathtool(secret: &Secret, params: &Parameters, now: u64) -> String {
    let base32 = secret.to_base32();
    let mode = match params.algorithm() {
        Algorithm::Sha256 => "--totp=SHA256",
        Algorithm::Sha512 => "--totp=SHA512",
        _ => "--totp=SHA1",
    };
    let output = Command::new("oathtool")
        .args([mode, "--base32", &base32])
        .args(["--digits", &params.digits().to_string()])
        .args([
            "--time-step-size",
            &format!("{}s", params.period().as_secs()),
        ])
        .args(["--now", &format!("@{now}")])
        .env("TZ", "UTC")
        .output()
        .expect("oathtool must start");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "oathtool failed: {complaint}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
#[ignore = "needs oathtool"]
fn four_hundred_random_codes_agree() {
    // Asked first, so that its absence is one plain failure and not a case to shrink.
    let version = Command::new("oathtool").arg("--version").output();
    version.expect("oathtool must be installed for this test");

    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::with_cases(400), rng);
    let cases = (secrets(), parameters(), 0..20_000_000_000_u64);
    runner
        .run(&cases, |(secret, params, now)| {
            let theirs = oathtool(&secret, &params, now);
            assert_eq!(*code_at(&secret, &params, params.step_at(now)), theirs);
            let (window, progress) = (Window::STRICT, Progress::default());
            let verdict = verify(&secret, &params, window, &progress, &theirs, now);
            assert_eq!(verdict.accepted().unwrap().step(), params.step_at(now));
            Ok(())
        })
        .unwrap();
}
