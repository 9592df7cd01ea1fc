//! A set from issuing to its end, with a store in memory that does what the documentation asks of one: remove the
//! row of the account whose digest is among those of the typed code, and say whether there was one. What is shown
//! is that digests serve such a store; real stores are held to it by the suite for stores.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_recovery::{CodeSet, Digest, RecoveryCode, StretchedCode};
use std::cell::RefCell;
use std::collections::HashSet;
use zeroize::Zeroizing;

struct Store {
    ring: KeyRing,
    rows: RefCell<HashSet<Digest>>,
}

impl Store {
    fn new() -> Self {
        Self {
            ring: KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x42; 32])),
            rows: RefCell::default(),
        }
    }

    /// In one transaction: the old set goes, the new one comes.
    fn issue(&self, set: &CodeSet) {
        let codes = set.codes().iter();
        let digests = codes.map(|code| slowly(code).digest(&self.ring, "noord", "jan"));
        self.rows.replace(digests.collect());
    }

    /// How many are left, if this one was there.
    fn spend(&self, typed: &str) -> Option<usize> {
        let code = RecoveryCode::parse(typed).ok()?;
        let sought = slowly(&code).digests(&self.ring, "noord", "jan");
        let mut rows = self.rows.borrow_mut();
        let spent = sought.iter().any(|digest| rows.remove(digest));
        spent.then_some(rows.len())
    }
}

/// The password hash, cheap enough for thousands of codes. The salt is one for the set.
fn slowly(code: &RecoveryCode) -> StretchedCode {
    let params = argon2::Params::new(8, 1, 1, Some(32)).unwrap();
    let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
    let mut out = Zeroizing::new([0; 32]);
    argon2::Argon2::new(algorithm, version, params)
        .hash_password_into(&code.hash_input(), b"salt of this set", out.as_mut_slice())
        .unwrap();
    StretchedCode::from_bytes(out)
}

fn set(first: u8) -> CodeSet {
    let entropy = core::array::from_fn(|place| first.wrapping_add(u8::try_from(place).unwrap()));
    CodeSet::from_entropy(&entropy).unwrap()
}

/// Upper and lower case, with hyphens, spaces, neither, and the letters for which digits are mistaken.
fn spellings(code: &RecoveryCode) -> Vec<String> {
    let shown = code.expose();
    vec![
        shown.to_owned(),
        shown.to_lowercase(),
        shown.replace('-', ""),
        shown.replace('-', " ").to_lowercase(),
        shown.replace('-', "\u{2013}"),
        shown.replace('0', "O").replace('1', "l"),
        shown.replace('0', "o").replace('1', "I"),
        format!("  {shown}\r\n"),
        format!("3. {shown}."),
        format!("\u{201c}{}\u{201d}", shown.replace('-', "\u{200b}")),
    ]
}

#[test]
fn each_code_is_used_once() {
    let (store, set) = (Store::new(), set(0));
    store.issue(&set);
    assert_eq!(set.codes().len(), 10);
    for (place, code) in set.codes().iter().enumerate() {
        assert_eq!(store.spend(code.expose()), Some(9 - place));
        assert_eq!(store.spend(code.expose()), None);
    }
}

#[test]
fn used_code_in_every_spelling() {
    let (store, set) = (Store::new(), set(0));
    for code in set.codes() {
        for first in spellings(code) {
            store.issue(&set);
            assert_eq!(store.spend(&first), Some(9), "{first:?}");
            for again in spellings(code) {
                assert_eq!(store.spend(&again), None, "{first:?} {again:?}");
            }
        }
    }
}

#[test]
fn new_set_ends_the_old_one() {
    let (store, old, new) = (Store::new(), set(0), set(100));
    store.issue(&old);
    let unspent_before = store.spend(old.codes()[0].expose());
    assert_eq!(unspent_before, Some(9));
    store.issue(&new);
    for code in old.codes() {
        for typed in spellings(code) {
            assert_eq!(store.spend(&typed), None);
        }
    }
    for (place, code) in new.codes().iter().enumerate() {
        assert_eq!(store.spend(code.expose()), Some(9 - place));
    }
}
