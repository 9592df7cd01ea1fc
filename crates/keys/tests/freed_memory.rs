//! Nothing secret is left in memory that was freed. A program for itself: it brings the allocator that looks.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;

use hkdf::Hkdf;
use sha2::Sha256;
use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope};
use slotwerk_residue::Watch;

/// No eight bytes of it occur anywhere else.
const KEY: [u8; 32] = *b"\xd1\x5c\x83\x2f\xb6\x07\xe9\x4a\x70\x9d\x1e\xc3\x58\xf4\x26\x8b\
                         \x3f\xa2\x65\xd8\x11\xbe\x94\x4d\xe6\x39\xc7\x02\x7b\xaf\x50\x1d";
const KEY_TEXT: &str = "0VyDL7YH6UpwnR7DWPQmiz-iZdgRvpRN5jnHAnuvUB0";
const SCOPE: Scope<'static> = Scope::new("purpose", "tenant");

fn id(id: u16) -> KeyId {
    KeyId::new(id)
}

fn key() -> MasterKey {
    MasterKey::from_bytes(black_box(KEY))
}

fn other(fill: u8) -> MasterKey {
    MasterKey::from_bytes([fill; 32])
}

fn text() -> String {
    format!("1 active {KEY_TEXT}\n")
}

#[test]
fn master_keys() {
    let watch = Watch::begin();
    watch.leaves_nothing(&KEY, || drop(black_box(key())));
    watch.leaves_nothing(&KEY, || drop(KeyRing::new(id(1), key())));
    // A ring that grows moves its keys.
    watch.leaves_nothing(&KEY, || {
        let ring = KeyRing::new(id(1), key());
        let ring = (2..60).fold(ring, |ring, n| ring.rotate(id(n), other(n as u8)).unwrap());
        drop(black_box(ring));
    });
    watch.leaves_nothing(&KEY, || {
        let ring = KeyRing::new(id(1), key()).rotate(id(2), other(2)).unwrap();
        drop(black_box(ring.revoke(id(1)).unwrap()));
    });
    // A change that is refused drops the key and the ring.
    watch.leaves_nothing(&KEY, || {
        let ring = KeyRing::new(id(1), other(1));
        assert!(ring.rotate(id(1), key()).is_err());
        assert!(KeyRing::new(id(1), key()).revoke(id(1)).is_err());
    });
}

#[test]
fn key_text() {
    let watch = Watch::begin();
    let text = text();
    assert_eq!(*KeyRing::new(id(1), key()).to_text(), text);
    for secret in [&KEY[..], KEY_TEXT.as_bytes()] {
        watch.leaves_nothing(secret, || drop(KeyRing::parse(&text).unwrap()));
        watch.leaves_nothing(secret, || drop(KeyRing::new(id(1), key()).to_text()));
        for end in ["1 active x", "2 active x", "\u{e9}"] {
            let damaged = text.clone() + end;
            watch.leaves_nothing(secret, || assert!(KeyRing::parse(&damaged).is_err()));
            drop(damaged);
        }
        let revoked = text.replace("active", "revoked")
            + "2 active IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI";
        watch.leaves_nothing(secret, || drop(KeyRing::parse(&revoked).unwrap()));
    }
}

#[test]
fn derived_keys() {
    let watch = Watch::begin();
    let mut derived = [0; 32];
    let info = [
        &20_u64.to_be_bytes()[..],
        b"slotwerk/keys/v1/mac",
        &7_u64.to_be_bytes(),
        b"purpose",
        &6_u64.to_be_bytes(),
        b"tenant",
    ];
    Hkdf::<Sha256>::new(None, &KEY)
        .expand_multi_info(&info, &mut derived)
        .unwrap();
    let ring = KeyRing::new(id(1), key());
    assert_eq!(
        ring.derive_active(&SCOPE).1.mac(&[b"x"]),
        hmac(&derived, b"x")
    );
    // The key itself, and the state that a ring keeps, from which tags are made just as well.
    for secret in [derived, state(&derived, 0x36), state(&derived, 0x5c)] {
        watch.leaves_nothing(&secret, || {
            let ring = KeyRing::new(id(1), key());
            drop(black_box(ring.derive_active(&SCOPE)));
            black_box(ring.derive_active(&SCOPE).1.mac(&[b"x"]));
            // Enough other scopes to push it out of the ring's cache.
            for number in 0..5000 {
                ring.derive_active(&Scope::new("purpose", &number.to_string()));
            }
        });
        watch.leaves_nothing(&secret, || {
            let ring = KeyRing::new(id(1), key());
            ring.derive_active(&SCOPE);
            let ring = ring.rotate(id(2), other(2)).unwrap();
            drop(ring.revoke(id(1)).unwrap());
        });
    }
}

#[test]
fn sealed_plaintext() {
    let watch = Watch::begin();
    let secret = &KEY[..];
    let (nonce, next) = ([1; 24], [2; 24]);
    let ring = KeyRing::new(id(1), other(1));
    let sealed = ring.seal(&SCOPE, b"subject", nonce, secret).unwrap();
    watch.leaves_nothing(secret, || {
        drop(ring.seal(&SCOPE, b"subject", nonce, secret).unwrap());
    });
    watch.leaves_nothing(secret, || {
        drop(ring.open(&SCOPE, b"subject", &sealed).unwrap());
    });
    watch.leaves_nothing(secret, || {
        assert!(ring.open(&SCOPE, b"other", &sealed).is_err());
    });
    let ring = ring.rotate(id(2), other(2)).unwrap();
    watch.leaves_nothing(secret, || {
        drop(ring.reseal(&SCOPE, b"subject", next, &sealed).unwrap());
    });
}

#[cfg(feature = "files")]
#[test]
fn key_files() {
    let watch = Watch::begin();
    let path = std::env::temp_dir().join(format!("slotwerk-freed-{}", std::process::id()));
    for secret in [&KEY[..], KEY_TEXT.as_bytes()] {
        watch.leaves_nothing(secret, || {
            KeyRing::new(id(1), key()).save_file(&path).unwrap();
            drop(KeyRing::load_file(&path).unwrap());
            let ring = KeyRing::update_file(&path, |ring| ring.rotate(id(2), other(2)));
            drop(ring.unwrap());
        });
    }
    std::fs::remove_file(path).unwrap();
}

fn block(key: &[u8; 32], pad: u8) -> [u8; 64] {
    let mut block = [pad; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to ^= from;
    }
    block
}

/// SHA-256 after the padded key, in memory: one half of what an HMAC under it keeps.
fn state(key: &[u8; 32], pad: u8) -> [u8; 32] {
    let mut state = [
        0x6a09_e667_u32,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    sha2::compress256(&mut state, &[block(key, pad).into()]);
    let bytes: Vec<u8> = state.iter().flat_map(|word| word.to_ne_bytes()).collect();
    bytes.try_into().unwrap()
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    let message = [&(message.len() as u64).to_be_bytes(), message].concat();
    let inner = Sha256::digest([&block(key, 0x36)[..], &message].concat());
    Sha256::digest([&block(key, 0x5c)[..], &inner].concat()).into()
}
