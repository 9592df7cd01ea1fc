//! Whether the time of an answer tells known accounts from unknown ones: Welch's t-test over interleaved
//! samples in random order, at a cost far below any approved one, where a difference shows best.
//!
//! After Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (DATE 2017): the slowest
//! samples are cropped at a percentile of both classes together, since they say more about the machine than
//! about the code, and |t| above 4.5 counts as a difference. Reported for all samples and for the fastest
//! 90 % and 50 %. The last comparison is one that must be told apart, or the test sees nothing.

use std::hint::black_box;
use std::time::Instant;

use rand::seq::SliceRandom as _;
use slotwerk_benches::{measuring, median, percentile};
use slotwerk_password::{Hasher, Params, Password, PasswordHash, Verification};

const SALT: [u8; 16] = *b"sixteen-byte-slt";
const RIGHT: &str = "correct horse battery staple";
const WRONG: &str = "correct horse battery stable";
const WRONG_SHORTER: &str = "horse";
const THRESHOLD: f64 = 4.5;

fn main() {
    let each = if measuring() { 20_000 } else { 20 };
    let live = Params::danger_weak(128, 1, 1).expect("in bounds");
    let dearer = Params::danger_weak(128, 2, 1).expect("in bounds");
    let stored_at = |params| {
        let hasher = Hasher::builder().params(params).build().expect("memory");
        hasher.hash_blocking(password(RIGHT), SALT).expect("room")
    };
    let (today, dearer) = (stored_at(live), stored_at(dearer));
    let hasher = Hasher::builder()
        .params(live)
        .workers(1)
        .build()
        .expect("memory");

    let wrong = || refused(&hasher, &today, WRONG);
    let shorter = || refused(&hasher, &today, WRONG_SHORTER);
    let unknown = || decoy(&hasher, WRONG);
    let unknown_shorter = || decoy(&hasher, WRONG_SHORTER);
    let one_more_pass = || refused(&hasher, &dearer, WRONG);
    compare("known / unknown account", each, wrong, unknown);
    compare(
        "known / unknown account, shorter guess",
        each,
        shorter,
        unknown_shorter,
    );
    compare("wrong of the right length / shorter", each, wrong, shorter);
    compare("the same / the same", each, unknown, unknown);
    compare(
        "control: one more pass / unknown account",
        each,
        one_more_pass,
        unknown,
    );
}

fn password(text: &str) -> Password {
    Password::new(text).expect("short")
}

/// Nanoseconds until the answer for an account that exists.
fn refused(hasher: &Hasher, stored: &PasswordHash, guess: &str) -> f64 {
    let guess = password(black_box(guess));
    let began = Instant::now();
    let verdict = hasher.verify_blocking(guess, stored, SALT).expect("room");
    let elapsed = began.elapsed();
    assert!(matches!(verdict, Verification::Rejected));
    elapsed.as_nanos() as f64
}

/// Nanoseconds until the answer for an account that does not.
fn decoy(hasher: &Hasher, guess: &str) -> f64 {
    let guess = password(black_box(guess));
    let began = Instant::now();
    hasher.verify_decoy_blocking(guess).expect("room");
    began.elapsed().as_nanos() as f64
}

fn compare(what: &str, each: usize, first: impl Fn() -> f64, second: impl Fn() -> f64) {
    let mut order = [vec![false; each], vec![true; each]].concat();
    order.shuffle(&mut rand::rng());
    let mut classes = [Vec::with_capacity(each), Vec::with_capacity(each)];
    for is_second in order {
        let sample = if is_second { second() } else { first() };
        classes[usize::from(is_second)].push(sample);
    }
    let pooled = classes.concat();
    let t = [100.0, 90.0, 50.0].map(|percent| {
        let limit = percentile(&pooled, percent);
        let cropped = |class: &[f64]| class.iter().copied().filter(|s| *s <= limit).collect();
        welch(cropped(&classes[0]), cropped(&classes[1]))
    });
    let verdict = if t.iter().all(|t| t.abs() < THRESHOLD) {
        "not told apart"
    } else {
        "told apart"
    };
    println!(
        "password_timing/{what}: medians {:.2} and {:.2} µs, {} samples, t {:+.1}, fastest 90 % {:+.1}, fastest 50 % {:+.1}: {verdict}",
        median(&classes[0]) / 1e3,
        median(&classes[1]) / 1e3,
        pooled.len(),
        t[0],
        t[1],
        t[2]
    );
}

/// Welch's t for two samples of unequal variance.
fn welch(first: Vec<f64>, second: Vec<f64>) -> f64 {
    let [(mean_a, error_a), (mean_b, error_b)] = [first, second].map(|class| {
        let count = class.len() as f64;
        let mean = class.iter().sum::<f64>() / count;
        let variance = class.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    (mean_a - mean_b) / (error_a + error_b).sqrt()
}
