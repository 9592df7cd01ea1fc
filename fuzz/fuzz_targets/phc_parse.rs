//! Reading stored hashes: never a panic, and nothing out of bounds gets through, since what it says is
//! what verifying will cost.
#![no_main]

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_password::{Params, PasswordHash};

const SALT: &str = "AAECAwQFBgcICQoLDA0ODw";
const OUTPUT: &str = "z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";

#[derive(Debug, arbitrary::Arbitrary)]
enum Input<'a> {
    /// Anything at all.
    Raw(&'a str),
    /// Costs, in a text that is right otherwise.
    Costs { m: u32, t: u32, p: u32 },
    /// Salt and output, in a text that is right otherwise.
    Fields { salt: &'a str, output: &'a str },
    /// One place of a good text replaced by another text.
    Edited { at: u8, skip: u8, by: &'a str },
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Raw(text) => {
        check(text);
    }
    Input::Costs { m, t, p } => {
        let good = (1..=Params::MAX_T).contains(&t)
            && (1..=Params::MAX_P).contains(&p)
            && (p.saturating_mul(8)..=Params::MAX_M_KIB).contains(&m);
        let accepted = check(&format!("$argon2id$v=19$m={m},t={t},p={p}${SALT}${OUTPUT}"));
        assert_eq!(accepted, good);
    }
    Input::Fields { salt, output } => {
        if check(&format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${output}")) {
            // 8 to 64 and 16 to 64 bytes in base64 without padding.
            assert!((11..=86).contains(&salt.len()));
            assert!((22..=86).contains(&output.len()));
        }
    }
    Input::Edited { at, skip, by } => {
        let good = format!("$argon2id$v=19$m=19456,t=2,p=1${SALT}${OUTPUT}");
        let at = usize::from(at).min(good.len());
        let end = (at + usize::from(skip)).min(good.len());
        check(&format!("{}{by}{}", &good[..at], &good[end..]));
    }
});

/// Whether it was accepted.
fn check(text: &str) -> bool {
    let Ok(hash) = PasswordHash::parse(text) else {
        return false;
    };
    assert_eq!(hash.as_str(), text, "another spelling of the same hash");
    // A hash under a pepper shows its cost once it is unwrapped.
    if text.starts_with("$slotwerk-pepper$v=1$k=") {
        assert!(text.is_ascii() && text.len() <= PasswordHash::MAX_WRAPPED_LEN);
    } else {
        assert!(text.is_ascii() && text.len() <= PasswordHash::MAX_LEN);
        assert!(text.starts_with("$argon2id$v=19$m="));
    }
    assert!(!format!("{hash:?}").contains(text.rsplit('$').next().expect("five signs")));
    let _ = hash.is_weaker_than(&Params::default());
    true
}
