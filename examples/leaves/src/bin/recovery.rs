//! Recovery codes: ten to print, ten digests to keep, one to redeem.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_recovery::{CodeSet, RecoveryCode};
use std::collections::HashSet;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let ring = KeyRing::new(KeyId::new(1), MasterKey::generate()?);
    let set = CodeSet::generate()?;
    println!("Shown once, to print or write down:");
    for code in set.codes() {
        println!("  {}", code.expose());
    }
    // All that is kept: keyed digests, which neither a dump nor the key alone turns back.
    let mut stored: HashSet<_> = set.digests(&ring, "noord", "42").into_iter().collect();

    let Some(first) = set.codes().first() else {
        return Err("a set has ten codes".into());
    };
    let sloppy = first.expose().to_lowercase().replace('-', " ");
    for typed in [sloppy.as_str(), sloppy.as_str(), "not a code"] {
        let Ok(code) = RecoveryCode::parse(typed) else {
            println!("{typed:?}: not a recovery code");
            continue;
        };
        // One digest per usable key, so that codes outlive a rotation. A store removes in one
        // statement; whether it removed a row is the answer.
        let digests = code.digests(&ring, "noord", "42");
        let spent = digests.iter().any(|digest| stored.remove(digest));
        println!(
            "{typed:?}: {}, {} left",
            if spent { "accepted" } else { "refused" },
            stored.len()
        );
    }
    Ok(())
}
