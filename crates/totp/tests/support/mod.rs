//! What several test files share.
#![allow(dead_code, unreachable_pub)]

use core::time::Duration;
use proptest::prelude::*;
use slotwerk_totp::{
    Accepted, Algorithm, Code, Hint, Parameters, Progress, Search, Secret, Verdict, Window,
};

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

/// The text that a line of a vector file stands for, with the escapes of Rust.
pub fn unescaped(line: &str) -> String {
    let mut parts = line.split('\\');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (character, rest) = match part.strip_prefix("u{") {
            Some(rest) => {
                let (point, rest) = rest.split_once('}').unwrap();
                let point = u32::from_str_radix(point, 16).unwrap();
                (char::from_u32(point).unwrap(), rest)
            }
            None => {
                let at = "trn0".find(&part[..1]).unwrap();
                (['\t', '\r', '\n', '\0'][at], &part[1..])
            }
        };
        text.push(character);
        text.push_str(rest);
    }
    text
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

/// Reads the text as a page does, then verifies it. A malformed code is no guess, so it has no hint.
pub fn verify(
    secret: &Secret,
    params: &Parameters,
    window: Window,
    progress: &Progress,
    text: &str,
    now: u64,
) -> Verdict {
    match Code::parse(text, params) {
        Ok(code) => slotwerk_totp::verify(secret, params, window, progress, &code, now),
        Err(_) => Verdict::Rejected(Hint::None),
    }
}

/// Reads both texts as a page does, then looks for the pair.
pub fn resynchronise(
    secret: &Secret,
    params: &Parameters,
    search: Search,
    progress: &Progress,
    first: &str,
    second: &str,
    now: u64,
) -> Option<Accepted> {
    let (first, second) = (Code::parse(first, params), Code::parse(second, params));
    let (first, second) = (first.ok()?, second.ok()?);
    slotwerk_totp::resynchronise(secret, params, search, progress, &first, &second, now)
}
