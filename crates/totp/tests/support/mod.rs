//! What several test files share.
#![allow(dead_code, unreachable_pub)]

use core::time::Duration;
use proptest::prelude::*;
use slotwerk_totp::{Algorithm, Parameters, Secret, Window};

/// The secret of RFC 4226, appendix D, and its repetition up to other lengths.
pub fn rfc_secret(bytes: usize) -> Secret {
    let digits: Vec<u8> = b"1234567890".iter().copied().cycle().take(bytes).collect();
    Secret::from_bytes(&digits).unwrap()
}

/// The lines of a vector file, comments left out.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

pub fn algorithm(name: &str) -> Algorithm {
    Algorithm::from_name(name).unwrap()
}

pub fn secrets() -> impl Strategy<Value = Secret> {
    prop::collection::vec(any::<u8>(), 16..=64)
        .prop_map(|bytes| Secret::from_bytes(&bytes).unwrap())
}

pub fn parameters() -> impl Strategy<Value = Parameters> {
    let algorithms = prop::sample::select(vec!["SHA1", "SHA256", "SHA512"]);
    (algorithms, 6_u8..=8, 15_u64..=120).prop_map(|(name, digits, period)| {
        Parameters::new(algorithm(name), digits, Duration::from_secs(period)).unwrap()
    })
}

pub fn windows() -> impl Strategy<Value = Window> {
    (0_u8..=4).prop_map(|steps| Window::new(steps).unwrap())
}
