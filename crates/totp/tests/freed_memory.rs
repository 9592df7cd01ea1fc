//! No shared secret is left in memory that was freed. A program for itself: it brings the allocator that looks.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;

use slotwerk_residue::Watch;
use slotwerk_totp::{OtpauthUri, Parameters, Secret, code_at};

/// No eight bytes of it occur anywhere else.
const SECRET: [u8; 20] =
    *b"\xd1\x5c\x83\x2f\xb6\x07\xe9\x4a\x70\x9d\x1e\xc3\x58\xf4\x26\x8b\x3f\xa2\x65\xd8";
const BASE32: &str = "2FOIGL5WA7UUU4E5D3BVR5BGRM72EZOY";

fn secret() -> Secret {
    Secret::from_entropy(&black_box(SECRET))
}

fn spellings() -> [Vec<u8>; 3] {
    let grouped = secret().to_grouped().as_bytes().to_vec();
    [SECRET.to_vec(), BASE32.as_bytes().to_vec(), grouped]
}

#[test]
fn secrets() {
    let watch = Watch::begin();
    assert_eq!(*secret().to_base32(), BASE32);
    for spelling in spellings() {
        watch.leaves_nothing(&spelling, || drop(black_box(secret())));
        watch.leaves_nothing(&spelling, || drop(Secret::from_bytes(&SECRET).unwrap()));
        watch.leaves_nothing(&spelling, || drop(secret().to_base32()));
        watch.leaves_nothing(&spelling, || drop(secret().to_grouped()));
    }
}

#[test]
fn typed_secrets() {
    let watch = Watch::begin();
    let grouped = secret().to_grouped().to_lowercase();
    for spelling in spellings() {
        for typed in [BASE32, &grouped] {
            watch.leaves_nothing(&spelling, || drop(Secret::from_base32(typed).unwrap()));
            let wrong = format!("{typed}!");
            watch.leaves_nothing(&spelling, || assert!(Secret::from_base32(&wrong).is_err()));
            drop(wrong);
        }
    }
}

#[test]
fn codes() {
    let watch = Watch::begin();
    for spelling in spellings() {
        watch.leaves_nothing(&spelling, || {
            drop(code_at(&secret(), &Parameters::ISSUED, 59_666_667).to_string());
        });
    }
}

#[test]
fn addresses() {
    let watch = Watch::begin();
    let account = "anna@example.org";
    let uri = OtpauthUri::new(&secret(), &Parameters::ISSUED, "Example", account).unwrap();
    for spelling in spellings() {
        watch.leaves_nothing(&spelling, || {
            drop(OtpauthUri::new(&secret(), &Parameters::ISSUED, "Example", account).unwrap());
        });
        watch.leaves_nothing(&spelling, || drop(OtpauthUri::parse(uri.expose()).unwrap()));
        let wrong = uri.expose().to_owned() + "&x=y";
        watch.leaves_nothing(&spelling, || assert!(OtpauthUri::parse(&wrong).is_err()));
        drop(wrong);
    }
}
