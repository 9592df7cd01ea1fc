//! What the types allow and what they give away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{id, key};
use slotwerk_keys::*;
use std::fmt::Display;

fn shared<T: Send + Sync + 'static>() {}

#[test]
fn every_public_type_can_cross_threads() {
    shared::<DerivedKey<'static>>();
    shared::<KeyFault>();
    shared::<KeyId>();
    shared::<KeyRing>();
    shared::<KeyRingError>();
    shared::<KeyState>();
    shared::<LineProblem>();
    shared::<MacMismatch>();
    shared::<MasterKey>();
    shared::<OpenError>();
    shared::<ResealError>();
    shared::<Scope<'static>>();
    shared::<SealError>();
    #[cfg(feature = "rand")]
    shared::<EntropyError>();
    #[cfg(feature = "files")]
    {
        shared::<KeyFileError>();
        shared::<FileStep>();
    }
}

trait Fallback {
    const ANSWER: bool = false;
}

impl<T: ?Sized> Fallback for T {}

/// `true` when the type implements the trait: the inherent constant, where it applies, hides the
/// fallback.
macro_rules! implements {
    ($type:ty: $bound:path) => {{
        struct Probe<T: ?Sized>(#[allow(dead_code)] std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $bound> Probe<T> {
            const ANSWER: bool = true;
        }
        <Probe<$type>>::ANSWER
    }};
}

#[test]
fn secrets_cannot_be_copied_compared_or_printed() {
    // The probe itself works: it finds what is there.
    assert!(
        implements!(KeyId: Clone) && implements!(KeyId: Display) && implements!(KeyId: PartialEq)
    );
    macro_rules! check {
        ($($secret:ty),*) => {$(
            assert!(!implements!($secret: Clone));
            assert!(!implements!($secret: PartialEq));
            assert!(!implements!($secret: Display));
            assert!(!implements!($secret: AsRef<[u8]>));
        )*};
    }
    check!(MasterKey, DerivedKey<'static>, KeyRing);
}

#[test]
fn debug_shows_ids_and_nothing_else() {
    let ring = KeyRing::new(id(1), key(0x11))
        .rotate(id(2), key(0x22))
        .unwrap();
    let ring = ring
        .rotate(id(3), key(0x33))
        .unwrap()
        .revoke(id(1))
        .unwrap();
    assert_eq!(
        format!("{ring:?}"),
        "KeyRing { active: KeyId(3), retired: [KeyId(2)], revoked: {KeyId(1)} }"
    );
    assert_eq!(format!("{:?}", key(0x11)), "MasterKey(..)");
    assert_eq!(
        format!("{:#?}", ring.derive_active(&Scope::new("p", "t")).1),
        "DerivedKey(..)"
    );
}

fn said<E: std::error::Error>(error: E) -> String {
    let source = error
        .source()
        .map(|source| source.to_string())
        .unwrap_or_default();
    format!("{error} {source}")
}

#[test]
fn errors_name_ids_and_nothing_else() {
    assert_eq!(said(KeyFault::Unknown(id(7))).trim(), "key id 7 is unknown");
    assert_eq!(
        said(OpenError::Key(KeyFault::Revoked(id(7)))).trim(),
        "key id 7 is revoked"
    );
    assert_eq!(
        said(OpenError::Forged).trim(),
        "the sealed value is not genuine here"
    );
    assert_eq!(
        said(MacMismatch).trim(),
        "the authentication tag does not match"
    );
    let duplicate = KeyRing::new(id(7), key(9))
        .rotate(id(8), key(9))
        .unwrap_err();
    assert_eq!(
        said(duplicate).trim(),
        "this key is already in the ring, as id 7"
    );
}

#[cfg(feature = "rand")]
#[test]
fn generated_keys_and_nonces_differ() {
    let tag = |key| {
        KeyRing::new(id(1), key)
            .derive_active(&Scope::new("p", "t"))
            .1
            .mac(&[])
    };
    let zero = tag(key(0));
    let one = tag(MasterKey::generate().unwrap());
    let two = tag(MasterKey::generate().unwrap());
    assert!(one != two && one != zero && two != zero);
    let (one, two) = (generate_nonce().unwrap(), generate_nonce().unwrap());
    assert!(one != two && one != [0; 24]);
}
