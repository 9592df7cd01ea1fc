//! Policies from data: never a panic, and what builds has a password that meets it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use slotwerk_policy::{Blocklist, PolicyDraft, Subject};

fuzz_target!(|text: &str| {
    for read in [PolicyDraft::from_json(text), PolicyDraft::from_toml(text)] {
        let Ok(draft) = read else {
            continue;
        };
        let words = Blocklist::from_words(["welkom0123"]).expect("words");
        let Ok(policy) = draft.blocklist(words).build() else {
            continue;
        };
        let verdict = policy.check(&Subject::new(), policy.witness());
        assert!(
            !verdict.is_refused(),
            "the witness breaks a rule: {verdict:?}"
        );
    }
});
