//! What the types allow and what they give away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use common::{NOW, SCOPE, SELECTOR, issued, ring};
use slotwerk_reset::*;
use std::fmt::Display;

fn shared<T: Send + Sync + 'static>() {}

#[test]
fn every_public_type_can_cross_threads() {
    shared::<AccountHandle>();
    shared::<Credential<'static>>();
    shared::<IssueError>();
    shared::<Issued>();
    shared::<IssuedStoreless>();
    shared::<Lifetime>();
    shared::<LifetimeError>();
    shared::<Link>();
    shared::<LinkBuilder>();
    shared::<LinkError>();
    shared::<Purpose>();
    shared::<PurposeError>();
    shared::<Reason>();
    shared::<Refused>();
    shared::<SegmentError>();
    shared::<SelectorHash>();
    shared::<Token>();
    shared::<TokenScope<'static>>();
    shared::<Verified>();
    shared::<VerifiedStoreless>();
    shared::<WrongProof>();
    #[cfg(feature = "rand")]
    shared::<EntropyError>();
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
    assert!(implements!(SelectorHash: Clone) && implements!(Refused: Display));
    macro_rules! check {
        ($($secret:ty),*) => {$(
            assert!(!implements!($secret: Clone));
            assert!(!implements!($secret: PartialEq));
            assert!(!implements!($secret: Display));
            assert!(!implements!($secret: AsRef<str>));
        )*};
    }
    check!(Token, Link, Issued, IssuedStoreless);
}

#[test]
fn a_proof_cannot_be_copied_or_made_from_nothing() {
    assert!(!implements!(Verified: Clone) && !implements!(Verified: Default));
    assert!(!implements!(VerifiedStoreless: Clone) && !implements!(VerifiedStoreless: Default));
    assert!(!implements!(Verified: From<SelectorHash>));
}

/// Each proof is made at one place, the function that checks the token: no public function, trait or field
/// makes another.
#[test]
fn proofs_are_made_at_one_place() {
    let sources = [
        (
            "inspect.rs",
            include_str!("../src/inspect.rs"),
            "Verified",
            "pub fn inspect(",
        ),
        (
            "storeless.rs",
            include_str!("../src/storeless.rs"),
            "VerifiedStoreless",
            "pub fn inspect_storeless(",
        ),
    ];
    for (file, source, proof, maker) in sources {
        let code: String = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect();
        let (before, body) = code.split_once(maker).expect(file);
        let literal = |text: &str| {
            let declared = [" struct ", "impl ", " for ", "fn "];
            let lines = text
                .lines()
                .filter(|line| line.contains(&format!("{proof} {{")));
            lines
                .filter(|line| {
                    !declared.iter().any(|word| line.contains(word)) && !line.starts_with("impl")
                })
                .count()
        };
        assert_eq!(literal(body), 1, "{file}: {maker}");
        assert_eq!(literal(before), 0, "{file}: another place makes a {proof}");
        assert!(
            !code.contains("Self {") && !code.contains("-> Self"),
            "{file}: an impl makes a {proof}"
        );
        let fields = code
            .split_once(&format!("pub struct {proof} {{"))
            .expect(file)
            .1;
        let fields = fields.split_once('}').expect(file).0;
        assert!(
            !fields.contains("pub"),
            "{file}: a field of {proof} is not private"
        );
        let returning = code.matches(&format!("{proof}, ")).count()
            + code.matches(&format!("-> {proof}")).count();
        assert_eq!(returning, 1, "{file}: another function returns a {proof}");
    }
}

#[test]
fn nothing_printed_contains_the_token_or_its_selector() {
    let ring = ring();
    let issued = issued(&ring);
    let token = issued.token.expose().to_owned();
    let link = LinkBuilder::new("https://example.org")
        .unwrap()
        .link(&[], &issued.token)
        .unwrap();
    let verified = inspect(&ring, &SCOPE, &token, NOW).unwrap();
    let refused = inspect(&ring, &SCOPE, &token, NOW + 3600).unwrap_err();
    let printed = format!(
        "{issued:?} {link:?} {verified:?} {refused:?} {refused} {issued:#?} {:?}",
        issued.token
    );

    assert!(printed.contains("Token(..)") && printed.contains("Link(..)"));
    for run in token.as_bytes().windows(6) {
        assert!(
            !printed.contains(std::str::from_utf8(run).unwrap()),
            "{printed}"
        );
    }
    let selector = common::hex(&SELECTOR);
    let listed = format!("{SELECTOR:?}");
    assert!(
        !printed.contains(&selector) && !printed.contains(&listed[1..20]),
        "{printed}"
    );
}

/// What the store keeps is no part of the token, and what is in the token is not what the store keeps.
#[test]
fn the_stored_hash_is_not_in_the_token() {
    let issued = issued(&ring());
    let bytes = Base64UrlUnpadded::decode_vec(issued.token.expose()).unwrap();
    let stored = issued.selector_hash.as_bytes();
    assert!(
        !bytes
            .windows(8)
            .any(|run| stored.windows(8).any(|kept| kept == run))
    );
    assert_eq!(SelectorHash::from_bytes(*stored), issued.selector_hash);
}

#[cfg(feature = "rand")]
#[test]
fn generated_selectors_differ() {
    let (one, two) = (generate_selector().unwrap(), generate_selector().unwrap());
    assert!(one != two && one != [0; 16] && two != [0; 16]);
}
