//! The published vectors of RFC 4226 and RFC 6238.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use core::time::Duration;
use slotwerk_totp::{Parameters, Progress, Window, code_at};
use support::{algorithm, lines, rfc_secret, verify};

#[test]
fn rfc_4226_appendix_d() {
    let secret = rfc_secret(20);
    let mut seen = 0;
    for line in lines(include_str!("vectors/rfc4226-appendix-d.txt")) {
        let (counter, code) = line.split_once(' ').unwrap();
        let counter = counter.parse().unwrap();
        assert_eq!(*code_at(&secret, &Parameters::ISSUED, counter), code);
        seen += 1;
    }
    assert_eq!(seen, 10);
}

#[test]
fn rfc_6238_appendix_b_with_erratum_2866() {
    let mut seen = 0;
    for line in lines(include_str!("vectors/rfc6238-appendix-b.txt")) {
        let [time, name, bytes, code] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let time: u64 = time.parse().unwrap();
        let secret = rfc_secret(bytes.parse().unwrap());
        let params = Parameters::new(algorithm(name), 8, Duration::from_secs(30)).unwrap();
        assert_eq!(*code_at(&secret, &params, params.step_at(time)), code);

        let check = |secret| {
            let progress = Progress::default();
            verify(secret, &params, Window::STRICT, &progress, code, time).accepted()
        };
        assert_eq!(check(&secret).unwrap().step(), time / 30);
        // The uncorrected text of the RFC uses the 20-byte secret throughout: no code may fit it.
        assert_eq!(check(&rfc_secret(20)).is_some(), name == "SHA1");
        seen += 1;
    }
    assert_eq!(seen, 18);
}

#[test]
fn leading_zeros_are_kept() {
    let params = Parameters::new(algorithm("SHA1"), 8, Duration::from_secs(30)).unwrap();
    let secret = rfc_secret(20);
    let check = |code| {
        let progress = Progress::default();
        verify(
            &secret,
            &params,
            Window::STRICT,
            &progress,
            code,
            1_111_111_109,
        )
        .accepted()
    };
    assert!(check("07081804").is_some());
    assert!(check("7081804").is_none());
    assert!(check("007081804").is_none());
}
