//! No password and no hash is left in memory that was freed. A program for itself: it brings the allocator
//! that looks.
#![cfg(all(
    target_os = "linux",
    feature = "danger-weak-params",
    feature = "pepper"
))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;
use std::sync::Arc;

use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_password::{Hasher, Owner, Params, Password, PasswordHash, RingPepper};
use slotwerk_residue::Watch;

/// Of no other text here are eight bytes in a row the same.
const TYPED: &str = "vK7#qZ2~pL9!wX4?";
/// Decomposed, and so hashed in two forms.
const ACCENTED: &str = "re\u{301}my-vK7#qZ2~pL9!";
const SALT: [u8; 16] = [7; 16];

/// The threads end with the last clone, and so does their memory.
fn hasher(pepper: bool) -> Hasher {
    let builder = Hasher::builder()
        .params(Params::danger_weak(64, 2, 1).unwrap())
        .workers(1);
    let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([1; 32]));
    let builder = match pepper {
        true => builder.pepper(Arc::new(RingPepper::with_nonces(ring, || Some([3; 24])))),
        false => builder,
    };
    builder
        .build()
        .unwrap()
        .owned_by(Owner::new("noord", "anna"))
}

fn end(hasher: &Hasher) {
    let mut ended = std::pin::pin!(hasher.shut_down());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    while ended.as_mut().poll(&mut context).is_pending() {
        std::thread::yield_now();
    }
}

fn password(text: &str) -> Password {
    Password::new(black_box(text)).unwrap()
}

#[test]
fn passwords() {
    let watch = Watch::begin();
    for text in [TYPED, ACCENTED] {
        let composed = text.replace("e\u{301}", "\u{e9}");
        for secret in [text, &composed] {
            let secret = secret.as_bytes();
            watch.leaves_nothing(secret, || drop(password(text)));
            let owned = text.to_owned();
            watch.leaves_nothing(secret, move || drop(Password::new(owned).unwrap()));
            for pepper in [false, true] {
                watch.leaves_nothing(secret, || {
                    let hasher = hasher(pepper);
                    let stored = hasher.hash_blocking(password(text), SALT).unwrap();
                    drop(
                        hasher
                            .verify_blocking(password(text), &stored, SALT)
                            .unwrap(),
                    );
                    hasher.verify_decoy_blocking(password(text)).unwrap();
                    drop(hasher.hash(password(text), SALT));
                    end(&hasher);
                    assert!(hasher.hash_blocking(password(text), SALT).is_err());
                });
            }
        }
    }
}

/// An attacker guesses against the hash, so it is wiped too, also where a pepper hides it at rest.
#[test]
fn hashes() {
    let watch = Watch::begin();
    let plain = hasher(false).hash_blocking(password(TYPED), SALT).unwrap();
    let output = plain.as_str().rsplit('$').next().unwrap();
    for secret in [output.as_bytes(), &decoded(output)] {
        for pepper in [false, true] {
            watch.leaves_nothing(secret, || {
                let hasher = hasher(pepper);
                let stored = hasher.hash_blocking(password(TYPED), SALT).unwrap();
                drop(PasswordHash::parse(stored.as_str()).unwrap());
                drop(hasher.import_blocking(&plain).unwrap());
                drop(
                    hasher
                        .verify_blocking(password(TYPED), &stored, SALT)
                        .unwrap(),
                );
                drop(
                    hasher
                        .verify_blocking(password("wrong"), &stored, SALT)
                        .unwrap(),
                );
                end(&hasher);
            });
        }
        watch.leaves_nothing(secret, || {
            drop(PasswordHash::parse(plain.as_str()).unwrap())
        });
    }
}

fn decoded(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bits = text
        .bytes()
        .flat_map(|c| (0..6).rev().map(move |n| value(c) >> n & 1));
    let bits: Vec<u8> = bits.collect();
    let bytes = bits.chunks_exact(8);
    bytes
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit))
        .collect()
}
