//! Hashes under a pepper: who may open them, and what happens when the key changes or is away.
#![cfg(all(feature = "pepper", feature = "danger-weak-params"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_password::{
    BuildError, HashError, Hasher, Owner, Params, ParseError, Password, PasswordHash, Pepper,
    PepperFault, PepperKeyId, RingPepper, Verification,
};
use zeroize::Zeroizing;

const SALT: [u8; 16] = [0x5a; 16];

fn ring(active: u16) -> KeyRing {
    let mut ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([1; 32]));
    for id in 2..=active {
        ring = ring
            .rotate(KeyId::new(id), MasterKey::from_bytes([id as u8; 32]))
            .unwrap();
    }
    ring
}

fn over(ring: KeyRing) -> RingPepper {
    let count = AtomicU64::new(0);
    RingPepper::with_nonces(ring, move || {
        let mut nonce = [0; 24];
        nonce[..8].copy_from_slice(&count.fetch_add(1, Ordering::SeqCst).to_le_bytes());
        Some(nonce)
    })
}

fn weak(m: u32, t: u32) -> Params {
    Params::danger_weak(m, t, 1).unwrap()
}

fn plain() -> Hasher {
    Hasher::builder()
        .params(weak(64, 2))
        .workers(1)
        .build()
        .unwrap()
}

fn peppered(pepper: impl Pepper + 'static) -> Hasher {
    peppered_by(Arc::new(pepper))
}

fn peppered_by(pepper: Arc<dyn Pepper>) -> Hasher {
    Hasher::builder()
        .params(weak(64, 2))
        .workers(1)
        .pepper(pepper)
        .build()
        .unwrap()
}

/// Accepts nothing but wrapped hashes, of Anna.
fn required(pepper: impl Pepper + 'static) -> Hasher {
    Hasher::builder()
        .params(weak(64, 2))
        .workers(1)
        .pepper(Arc::new(pepper))
        .pepper_required()
        .build()
        .unwrap()
        .owned_by(anna())
}

fn anna() -> Owner {
    Owner::new("noord", "anna")
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

fn verify(hasher: &Hasher, text: &str, stored: &PasswordHash) -> Result<Verification, HashError> {
    hasher.verify_blocking(password(text), stored, [7; 16])
}

/// The replacement; panics unless the password was right.
fn replacement(verdict: Result<Verification, HashError>) -> Option<PasswordHash> {
    match verdict {
        Ok(Verification::Verified { replacement, .. }) => replacement,
        other => panic!("{other:?}"),
    }
}

fn pepper_fault(verdict: Result<Verification, HashError>) -> (u32, PepperFault) {
    match verdict {
        Err(HashError::Pepper { key, fault }) => (key.get(), fault),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_stored_text_shows_the_key_and_nothing_of_the_hash() {
    let hasher = peppered(over(ring(1))).owned_by(anna());
    let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
    assert!(stored.as_str().starts_with("$slotwerk-pepper$v=1$k=1$"));
    assert!(stored.as_str().len() <= PasswordHash::MAX_WRAPPED_LEN);
    assert_eq!(stored.pepper_key(), Some(PepperKeyId::new(1)));
    assert_eq!(stored.params(), None);
    assert!(!stored.is_weaker_than(&Params::default()));
    let debug = format!("{stored:?} {hasher:?}");
    assert!(!debug.contains(&stored.as_str()[25..]), "{debug}");
    let read = PasswordHash::parse(stored.as_str()).unwrap();
    assert!(replacement(verify(&hasher, "right", &read)).is_none());
    assert!(matches!(
        verify(&hasher, "wrong", &read),
        Ok(Verification::Rejected)
    ));
}

#[test]
fn a_stolen_database_without_the_key_has_nothing_to_guess_against() {
    let stored = peppered(over(ring(1)))
        .owned_by(anna())
        .hash_blocking(password("right"), SALT)
        .unwrap();
    let fault = pepper_fault(verify(&plain(), "right", &stored));
    assert_eq!(fault, (1, PepperFault::UnknownKey));
    let another = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([9; 32]));
    let guess = peppered(over(another)).owned_by(anna());
    let fault = pepper_fault(verify(&guess, "right", &stored));
    assert_eq!(fault, (1, PepperFault::NotAuthentic));
}

#[test]
fn a_hash_copied_to_another_account_or_tenant_does_not_open() {
    let hasher = peppered(over(ring(1)));
    let mine = hasher.owned_by(Owner::new("noord", "mallory"));
    let stored = mine.hash_blocking(password("mine"), SALT).unwrap();
    for owner in [
        anna(),
        Owner::new("zuid", "mallory"),
        Owner::new("noordm", "allory"),
        Owner::default(),
    ] {
        let fault = pepper_fault(verify(&hasher.owned_by(owner), "mine", &stored));
        assert_eq!(fault, (1, PepperFault::NotAuthentic));
    }
    assert!(replacement(verify(&mine, "mine", &stored)).is_none());
}

#[test]
fn a_plain_hash_is_wrapped_at_sign_in_and_one_under_an_old_key_anew() {
    let stored = plain().hash_blocking(password("right"), SALT).unwrap();
    let first = peppered(over(ring(1))).owned_by(anna());
    let wrapped = replacement(verify(&first, "right", &stored)).unwrap();
    assert_eq!(wrapped.pepper_key(), Some(PepperKeyId::new(1)));
    let second = peppered(over(ring(2))).owned_by(anna());
    let moved = replacement(verify(&second, "right", &wrapped)).unwrap();
    assert_eq!(moved.pepper_key(), Some(PepperKeyId::new(2)));
    assert!(replacement(verify(&second, "right", &moved)).is_none());
    // A node that was not told of the new key yet cannot open it, and does not say "wrong".
    let fault = pepper_fault(verify(&first, "right", &moved));
    assert_eq!(fault, (2, PepperFault::UnknownKey));
}

#[test]
fn a_weaker_hash_under_the_pepper_is_replaced_at_todays_cost() {
    let pepper = Arc::new(over(ring(1)));
    let build = |params| {
        Hasher::builder()
            .params(params)
            .workers(1)
            .pepper(Arc::clone(&pepper) as Arc<dyn Pepper>)
            .build()
            .unwrap()
            .owned_by(anna())
    };
    let old = build(weak(32, 1))
        .hash_blocking(password("right"), SALT)
        .unwrap();
    let live = build(weak(64, 2));
    let fresh = replacement(verify(&live, "right", &old)).unwrap();
    assert!(replacement(verify(&live, "right", &fresh)).is_none());
    // Above the ceiling, which only shows once it is open.
    let dear = build(weak(64, 9))
        .hash_blocking(password("right"), SALT)
        .unwrap();
    assert_eq!(
        verify(&live, "right", &dear).err(),
        Some(HashError::TooCostly { m_kib: 64, t: 9 })
    );
}

#[test]
fn rewrapping_needs_no_password_and_changes_no_answer() {
    let stored = plain().hash_blocking(password("right"), SALT).unwrap();
    let (first, second) = (over(ring(1)), over(ring(2)));
    let wrapped = stored.import(&first, &anna()).unwrap().unwrap();
    assert!(wrapped.rewrap(&first, &anna()).unwrap().is_none());
    let moved = wrapped.rewrap(&second, &anna()).unwrap().unwrap();
    assert_eq!(moved.pepper_key(), Some(PepperKeyId::new(2)));
    assert!(
        wrapped
            .rewrap(&second, &Owner::new("noord", "bert"))
            .is_err()
    );

    let after = peppered(over(ring(2).revoke(KeyId::new(1)).unwrap())).owned_by(anna());
    assert!(replacement(verify(&after, "right", &moved)).is_none());
    assert!(matches!(
        verify(&after, "wrong", &moved),
        Ok(Verification::Rejected)
    ));
    let fault = pepper_fault(verify(&after, "right", &wrapped));
    assert_eq!(fault, (1, PepperFault::UnknownKey));
}

#[test]
fn once_required_a_planted_plain_hash_is_refused() {
    let planted = plain()
        .hash_blocking(password("mallory's own"), SALT)
        .unwrap();
    let build = |required: bool| {
        let builder = Hasher::builder()
            .params(weak(64, 2))
            .workers(1)
            .pepper(Arc::new(over(ring(1))));
        let builder = if required {
            builder.pepper_required()
        } else {
            builder
        };
        builder.build().unwrap().owned_by(anna())
    };
    assert!(replacement(verify(&build(false), "mallory's own", &planted)).is_some());
    let fault = pepper_fault(verify(&build(true), "mallory's own", &planted));
    assert_eq!(fault, (1, PepperFault::NotWrapped));
    let nothing = Hasher::builder().pepper_required().build();
    assert!(matches!(nothing, Err(BuildError::NoPepper)));
}

/// The finding: a planted hash was refused, then verified after a rewrap.
#[test]
fn rewrapping_never_launders_planted_hashes() {
    let planted = plain()
        .hash_blocking(password("mallory's own"), SALT)
        .unwrap();
    let not_wrapped = |key| {
        Some(HashError::Pepper {
            key: PepperKeyId::new(key),
            fault: PepperFault::NotWrapped,
        })
    };
    for number in [1, 2] {
        let refused = planted.rewrap(&over(ring(number)), &anna());
        assert_eq!(refused.err(), not_wrapped(number.into()));
    }
    let hasher = required(over(ring(1)));
    assert_eq!(hasher.wrap_blocking(&planted).err(), not_wrapped(1));
    // An import says that it is one.
    let imported = planted.import(&over(ring(1)), &anna()).unwrap().unwrap();
    assert!(replacement(verify(&hasher, "mallory's own", &imported)).is_none());
    let imported = hasher.import_blocking(&planted).unwrap().unwrap();
    assert!(replacement(verify(&hasher, "mallory's own", &imported)).is_none());
    // Until all are wrapped, a plain hash is as good as any, as at a sign-in.
    let lenient = peppered(over(ring(1))).owned_by(anna());
    assert!(lenient.wrap_blocking(&planted).unwrap().is_some());
}

/// The finding: the number on a damaged value was believed.
#[test]
fn damaged_hashes_never_count_as_current() {
    let hasher = peppered(over(ring(1))).owned_by(anna());
    let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
    let text = stored.as_str().to_owned();
    let bert = Owner::new("noord", "bert");
    let damaged = text.replace("$k=1$", "$k=1$AAAA");
    let cut = text[..text.len() - 8].to_owned();
    let claimed = text.replace("$k=1$", "$k=2$");
    for (text, owner, number) in [
        (&damaged, anna(), 1),
        (&cut, anna(), 1),
        (&text, bert, 1),
        (&text, Owner::new("zuid", "anna"), 1),
        (&claimed, anna(), 2),
    ] {
        let read = PasswordHash::parse(text).unwrap();
        let not_authentic = Some(HashError::Pepper {
            key: PepperKeyId::new(number.into()),
            fault: PepperFault::NotAuthentic,
        });
        for pepper in [over(ring(number)), over(ring(2))] {
            assert_eq!(read.rewrap(&pepper, &owner).err(), not_authentic, "{text}");
            assert_eq!(read.import(&pepper, &owner).err(), not_authentic, "{text}");
        }
        let hasher = peppered(over(ring(number))).owned_by(owner);
        assert_eq!(hasher.wrap_blocking(&read).err(), not_authentic, "{text}");
    }
    assert_eq!(
        stored.rewrap(&over(ring(1)), &anna()).unwrap().map(|_| ()),
        None
    );
}

/// A pepper that is somewhere else: it counts what it is asked, and can be out of reach. Its
/// encryption is none, which is enough to count by.
#[derive(Default)]
struct Module {
    wrapped: AtomicU64,
    unwrapped: AtomicU64,
    away: AtomicBool,
    inner: Mutex<Option<Vec<u8>>>,
}

impl Pepper for Module {
    fn active(&self) -> PepperKeyId {
        PepperKeyId::new(0)
    }

    fn wrap(&self, hash: &[u8], _: &Owner) -> Result<(PepperKeyId, Vec<u8>), PepperFault> {
        if self.away.load(Ordering::SeqCst) {
            return Err(PepperFault::Unavailable);
        }
        self.wrapped.fetch_add(1, Ordering::SeqCst);
        Ok((PepperKeyId::new(0), hash.to_vec()))
    }

    fn unwrap(
        &self,
        _: PepperKeyId,
        wrapped: &[u8],
        _: &Owner,
    ) -> Result<Zeroizing<Vec<u8>>, PepperFault> {
        if self.away.load(Ordering::SeqCst) {
            return Err(PepperFault::Unavailable);
        }
        self.unwrapped.fetch_add(1, Ordering::SeqCst);
        let instead = self.inner.lock().unwrap().clone();
        Ok(Zeroizing::new(instead.unwrap_or_else(|| wrapped.to_vec())))
    }
}

#[test]
fn an_unreachable_pepper_is_a_fault_for_known_and_unknown_alike() {
    let module = Arc::new(Module::default());
    let hasher = peppered_by(Arc::clone(&module) as Arc<dyn Pepper>);
    let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
    let bare = plain().hash_blocking(password("right"), SALT).unwrap();
    hasher.verify_decoy_blocking(password("x")).unwrap();
    module.away.store(true, Ordering::SeqCst);
    let key = PepperKeyId::new(0);
    let away = Some(HashError::Pepper {
        key,
        fault: PepperFault::Unavailable,
    });
    assert_eq!(verify(&hasher, "right", &stored).err(), away);
    assert_eq!(verify(&hasher, "wrong", &stored).err(), away);
    assert_eq!(verify(&hasher, "right", &bare).err(), away);
    assert_eq!(hasher.verify_decoy_blocking(password("x")).err(), away);
    assert_eq!(hasher.hash_blocking(password("x"), SALT).err(), away);
    assert_eq!(stored.rewrap(&*module, &anna()).err(), away);
    assert_eq!(bare.import(&*module, &anna()).err(), away);
}

#[test]
fn known_unknown_and_unwrapped_accounts_ask_the_pepper_equally_often() {
    let module = Arc::new(Module::default());
    let hasher = peppered_by(Arc::clone(&module) as Arc<dyn Pepper>);
    let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
    let bare = plain().hash_blocking(password("right"), SALT).unwrap();
    // The first makes what there is to open for nobody.
    hasher.verify_decoy_blocking(password("x")).unwrap();
    let asked = |call: &dyn Fn()| {
        let count = || {
            (
                module.wrapped.load(Ordering::SeqCst),
                module.unwrapped.load(Ordering::SeqCst),
            )
        };
        let before = count();
        call();
        (count().0 - before.0, count().1 - before.1)
    };
    let known = asked(&|| drop(verify(&hasher, "wrong", &stored).unwrap()));
    let unwrapped = asked(&|| drop(verify(&hasher, "wrong", &bare).unwrap()));
    let unknown = asked(&|| hasher.verify_decoy_blocking(password("wrong")).unwrap());
    assert_eq!([known, unwrapped, unknown], [(0, 1); 3]);
}

#[test]
fn what_comes_out_of_the_wrapping_is_data_from_outside_too() {
    let module = Arc::new(Module::default());
    let hasher = peppered_by(Arc::clone(&module) as Arc<dyn Pepper>);
    let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
    let nested = stored.as_str().as_bytes().to_vec();
    let greedy = b"$argon2id$v=19$m=4294967295,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc".to_vec();
    for inside in [nested, greedy, vec![0xff; 97], Vec::new()] {
        *module.inner.lock().unwrap() = Some(inside);
        let fault = pepper_fault(verify(&hasher, "right", &stored));
        assert_eq!(fault, (0, PepperFault::NotAuthentic));
    }
    *module.inner.lock().unwrap() = None;
    assert!(replacement(verify(&hasher, "right", &stored)).is_none());
}

#[test]
fn without_nonces_nothing_is_wrapped_and_a_right_password_still_passes() {
    let dry = || peppered(RingPepper::with_nonces(ring(1), || None)).owned_by(anna());
    let refused = dry().hash_blocking(password("right"), SALT);
    assert!(matches!(
        refused,
        Err(HashError::Pepper {
            fault: PepperFault::Unavailable,
            ..
        })
    ));
    let wrapped = peppered(over(ring(1)))
        .owned_by(anna())
        .hash_blocking(password("right"), SALT)
        .unwrap();
    assert!(replacement(verify(&dry(), "right", &wrapped)).is_none());
}

#[test]
fn malformed_wrappings_are_refused() {
    let long = "A".repeat(60);
    for text in [
        "$slotwerk-pepper$".to_owned(),
        "$slotwerk-pepper$v=2$k=1$AAAA".to_owned(),
        format!("$slotwerk-pepper$v=1$k=01${long}"),
        format!("$slotwerk-pepper$v=1$k=+1${long}"),
        format!("$slotwerk-pepper$v=1$k=4294967296${long}"),
        format!("$slotwerk-pepper$v=1$k=${long}"),
        format!("$slotwerk-pepper$v=1$k=1${long}="),
        format!("$slotwerk-pepper$v=1$k=1${long}$x"),
        format!("$slotwerk-pepper$v=1$k=1${}", "A".repeat(40)),
        format!("$slotwerk-pepper$v=1$k=1${}", "A".repeat(700)),
    ] {
        assert_eq!(
            PasswordHash::parse(&text).err(),
            Some(ParseError::Wrapping),
            "{text}"
        );
    }
    let endless = format!("$slotwerk-pepper$v=1$k=1${}", "A".repeat(1_000_000));
    assert_eq!(
        PasswordHash::parse(&endless).err(),
        Some(ParseError::TooLong)
    );
    assert!(PasswordHash::parse(&format!("$slotwerk-pepper$v=1$k=0${long}")).is_ok());
}

proptest! {
    #[test]
    fn no_changed_byte_opens(at in 0usize..1000, bit in 0u8..6) {
        let hasher = peppered(over(ring(1))).owned_by(anna());
        let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
        let mut text = stored.as_str().as_bytes().to_vec();
        let at = 25 + at % (text.len() - 25);
        text[at] ^= 1 << bit;
        let Ok(text) = String::from_utf8(text) else { return Ok(()) };
        if let Ok(read) = PasswordHash::parse(&text) {
            let fault = verify(&hasher, "right", &read);
            let refused = matches!(fault, Err(HashError::Pepper { .. }));
            prop_assert!(refused, "{:?}", fault);
        }
    }
}
