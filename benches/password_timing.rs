//! Whether the time of an answer tells known accounts from unknown ones, at a cost far below any approved
//! one, where a difference shows best. The last comparison is one that must be told apart, or the test sees
//! nothing. See `welch.rs` for the test.

use std::hint::black_box;
use std::time::Instant;

use slotwerk_benches::measuring;
use slotwerk_benches::welch::compare;
use slotwerk_password::{Hasher, Params, Password, PasswordHash, Verification};

const SALT: [u8; 16] = *b"sixteen-byte-slt";
const RIGHT: &str = "correct horse battery staple";
const WRONG: &str = "correct horse battery stable";
const WRONG_SHORTER: &str = "horse";

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
    compare(
        "password_timing/known / unknown account",
        each,
        wrong,
        unknown,
    );
    compare(
        "password_timing/known / unknown account, shorter guess",
        each,
        shorter,
        unknown_shorter,
    );
    compare(
        "password_timing/wrong of the right length / shorter",
        each,
        wrong,
        shorter,
    );
    compare(
        "password_timing/the same / the same",
        each,
        unknown,
        unknown,
    );
    compare(
        "password_timing/control: one more pass / unknown account",
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
