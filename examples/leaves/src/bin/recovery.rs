//! Recovery codes: ten to print, ten digests to keep, one to redeem.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_password::{Hasher, generate_salt};
use slotwerk_recovery::{CodeSet, RecoveryCode, StretchedCode};
use std::collections::HashSet;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let ring = KeyRing::new(KeyId::new(1), MasterKey::generate()?);
    let set = CodeSet::generate()?;
    println!("Shown once, to print or write down:");
    for code in set.codes() {
        println!("  {}", code.expose());
    }
    // Argon2id under a salt of the set; `how` is stored as text beside the digests.
    let hasher = Hasher::builder().workers(1).build()?;
    let how = hasher.stretching(generate_salt()?);
    let slowly = |code: &RecoveryCode| {
        let made = hasher.stretch_blocking(code.hash_input(), &how);
        made.map(StretchedCode::from_bytes)
    };
    // All that is kept: keyed digests, which neither a dump nor the key alone turns back.
    let mut stored = HashSet::new();
    for code in set.codes() {
        stored.insert(slowly(code)?.digest(&ring, "noord", "42"));
    }

    let Some(first) = set.codes().first() else {
        return Err("a set has ten codes".into());
    };
    let sloppy = format!("1. {}", first.expose().to_lowercase().replace('-', " "));
    for typed in [sloppy.as_str(), sloppy.as_str(), "not a code"] {
        let Ok(code) = RecoveryCode::parse(typed) else {
            println!("{typed:?}: not a recovery code");
            continue;
        };
        // One digest per usable key, so that codes outlive a rotation. A store removes in one
        // statement; whether it removed a row is the answer.
        let digests = slowly(&code)?.digests(&ring, "noord", "42");
        let spent = digests.iter().any(|digest| stored.remove(digest));
        println!(
            "{typed:?}: {}, {} left",
            if spent { "accepted" } else { "refused" },
            stored.len()
        );
    }
    Ok(())
}
