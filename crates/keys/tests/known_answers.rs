//! Known answers: the standards' own, and frozen ones from Python and libsodium.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use common::{array, hex, id, rows, text};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use proptest::prelude::*;
use sha2::Sha256;
use slotwerk_keys::{KeyRing, MasterKey, Scope};

#[test]
fn hmac_library_gives_the_answers_of_rfc_4231() {
    let cases = rows::<4>(include_str!("vectors/rfc4231.txt"));
    assert_eq!(cases.len(), 6);
    for [case, key, data, tag] in cases {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&hex(key)).unwrap();
        mac.update(&hex(data));
        assert_eq!(
            mac.finalize().into_bytes().to_vec(),
            hex(tag),
            "case {case}"
        );
    }
}

#[test]
fn hkdf_library_gives_the_answers_of_rfc_5869() {
    let cases = rows::<5>(include_str!("vectors/rfc5869.txt"));
    assert_eq!(cases.len(), 3);
    for [case, ikm, salt, info, okm] in cases {
        let mut out = vec![0; hex(okm).len()];
        Hkdf::<Sha256>::new(Some(&hex(salt)), &hex(ikm))
            .expand(&hex(info), &mut out)
            .unwrap();
        assert_eq!(out, hex(okm), "case {case}");
    }
}

#[test]
fn cipher_library_gives_the_answer_of_the_xchacha_draft() {
    let cases = rows::<5>(include_str!("vectors/xchacha.txt"));
    assert_eq!(cases.len(), 1);
    for [key, nonce, aad, plaintext, expected] in cases {
        let payload = Payload {
            msg: &hex(plaintext),
            aad: &hex(aad),
        };
        let sealed = XChaCha20Poly1305::new_from_slice(&hex(key))
            .unwrap()
            .encrypt(XNonce::from_slice(&hex(nonce)), payload)
            .unwrap();
        assert_eq!(sealed, hex(expected));
    }
}

#[test]
fn tags_are_those_that_python_makes() {
    let cases = rows::<6>(include_str!("vectors/derive.txt"));
    assert_eq!(cases.len(), 3 * 8 * 7);
    for [key_id, master, purpose, tenant, parts, tag] in cases {
        let key_id = id(key_id.parse().unwrap());
        let ring = KeyRing::new(key_id, MasterKey::from_bytes(array(master)));
        let (purpose, tenant) = (text(purpose), text(tenant));
        let scope = Scope::new(&purpose, &tenant);
        let parts: Vec<Vec<u8>> = match parts {
            "none" => Vec::new(),
            some => some.split(',').map(hex).collect(),
        };
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();

        let (active, key) = ring.derive_active(&scope);
        assert_eq!(active, key_id);
        assert_eq!(key.mac(&parts), array(tag));
        let key = ring.derive(key_id, &scope).unwrap();
        key.verify_mac(&parts, &array(tag)).unwrap();
    }
}

#[test]
fn sealed_values_are_those_that_libsodium_makes() {
    let cases = rows::<8>(include_str!("vectors/sealed.txt"));
    assert_eq!(cases.len(), 3 * 8 * 4);
    for [
        key_id,
        master,
        purpose,
        tenant,
        subject,
        nonce,
        plaintext,
        sealed,
    ] in cases
    {
        let ring = KeyRing::new(
            id(key_id.parse().unwrap()),
            MasterKey::from_bytes(array(master)),
        );
        let (purpose, tenant) = (text(purpose), text(tenant));
        let scope = Scope::new(&purpose, &tenant);
        let made = ring
            .seal(&scope, &hex(subject), array(nonce), &hex(plaintext))
            .unwrap();
        assert_eq!(made, hex(sealed));
        assert_eq!(
            *ring.open(&scope, &hex(subject), &hex(sealed)).unwrap(),
            hex(plaintext)
        );
    }
}

proptest! {
    /// The derivation written out in the crate is the library's HKDF, whatever goes in.
    #[test]
    fn derivation_is_hkdf(master: [u8; 32], purpose: String, tenant: String, parts: Vec<Vec<u8>>) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let ring = KeyRing::new(id(1), MasterKey::from_bytes(master));
        let tag = ring.derive_active(&Scope::new(&purpose, &tenant)).1.mac(&parts);

        let mut info = Vec::new();
        for part in ["slotwerk/keys/v1/mac", &purpose, &tenant] {
            info.extend_from_slice(&(part.len() as u64).to_be_bytes());
            info.extend_from_slice(part.as_bytes());
        }
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, &master).expand(&info, &mut key).unwrap();
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).unwrap();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        prop_assert_eq!(&tag[..], &mac.finalize().into_bytes()[..]);
    }
}
