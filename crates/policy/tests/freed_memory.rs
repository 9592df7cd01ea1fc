//! No password is left in memory that was freed. A program for itself: it brings the allocator that looks.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_policy::{PolicyDraft, Subject};
use slotwerk_residue::Watch;

/// Composed and decomposed, with a letter that folds to two. No eight bytes of it occur anywhere else.
const COMPOSED: &str = "vK7#qZ2~pL9!\u{e9}wX4?Stra\u{df}e";
const DECOMPOSED: &str = "vK7#qZ2~pL9!e\u{301}wX4?Stra\u{df}e";

#[test]
fn judged_passwords() {
    let watch = Watch::begin();
    let subject = Subject::new().name("Gerritsen").unwrap();
    let folded = COMPOSED.to_lowercase().replace('\u{df}', "ss");
    for draft in [
        PolicyDraft::new().minimum_length(15),
        PolicyDraft::new().minimum_length(40),
    ] {
        let policy = draft
            .without_attributes(3)
            .without_words(["zeepaard"])
            .build()
            .unwrap();
        for typed in [COMPOSED, DECOMPOSED] {
            for secret in [typed, COMPOSED, &folded] {
                watch.leaves_nothing(secret.as_bytes(), || {
                    let verdict = policy.check(&subject, typed);
                    drop(verdict.accept());
                });
            }
        }
    }
}
