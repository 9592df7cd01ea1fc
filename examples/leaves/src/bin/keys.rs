//! Keys of a multi-tenant service: derive, seal, rotate, revoke.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope, generate_nonce};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let ring = KeyRing::new(KeyId::new(1), MasterKey::generate()?);
    // A key of its own for each purpose and tenant.
    let scope = Scope::new("totp-secret", "noord");
    let sealed = ring.seal(&scope, b"account-42", generate_nonce()?, b"the secret")?;
    println!("sealed under key 1, {} bytes", sealed.len());

    // Another account's row, another tenant's key: neither opens it.
    let elsewhere = Scope::new("totp-secret", "zuid");
    for (what, scope, subject) in [
        ("here", &scope, "account-42"),
        ("in another account's row", &scope, "account-43"),
        ("at another tenant", &elsewhere, "account-42"),
    ] {
        match ring.open(scope, subject.as_bytes(), &sealed) {
            Ok(plain) => println!("{what}: {:?}", String::from_utf8_lossy(&plain)),
            Err(refused) => println!("{what}: {refused}"),
        }
    }

    // Routine: a new key makes new values, the old one still opens. After a leak: the end, at once.
    let ring = ring.rotate(KeyId::new(2), MasterKey::generate()?)?;
    let opens = ring.open(&scope, b"account-42", &sealed).is_ok();
    println!(
        "key {} active; what key 1 sealed opens: {opens}",
        ring.active()
    );
    let ring = ring.revoke(KeyId::new(1))?;
    if let Err(fault) = ring.open(&scope, b"account-42", &sealed) {
        println!("key 1 revoked: {fault}");
    }

    // The ring as text, for a secret store; reading it back is strict.
    let text = ring.to_text();
    println!("the text has {} lines", text.lines().count());
    let again = KeyRing::parse(&text)?;
    println!("read back: active key {}", again.active());
    Ok(())
}
