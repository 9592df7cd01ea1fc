//! A mailed link: made, looked at, and refused where it does not belong.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_reset::{
    Lifetime, LinkBuilder, Purpose, TokenScope, generate_selector, inspect, issue,
};
use std::error::Error;
use std::time::{Duration, SystemTime};

fn main() -> Result<(), Box<dyn Error>> {
    let ring = KeyRing::new(KeyId::new(1), MasterKey::generate()?);
    let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
    let half_an_hour = Lifetime::new(Duration::from_secs(30 * 60))?;
    let scope = TokenScope::new(Purpose::PASSWORD_RESET, "noord");

    let issued = issue(&ring, &scope, now, half_an_hour, generate_selector()?)?;
    let builder = LinkBuilder::new("https://login.example")?;
    let link = builder.link(&["noord", "reset"], &issued.token)?;
    println!("mail this:  {}", link.expose());
    println!("store this: {:02x?}", issued.selector_hash.as_bytes());

    // The token comes back. Looking at it uses nothing up; that is the store's guarded write.
    let presented = issued.token.expose();
    let proof = inspect(&ring, &scope, presented, now)?;
    println!(
        "genuine: look its hash up ({})",
        proof.selector_hash_for(&scope)? == issued.selector_hash
    );

    // What an attacker may try. People read one message; the reason is for your events.
    let forged = presented.replacen(|_: char| true, "B", 1);
    let elsewhere = TokenScope::new(Purpose::PASSWORD_RESET, "zuid");
    let signing_in = TokenScope::new(Purpose::SIGN_IN, "noord");
    for (what, scope, text, at) in [
        ("altered", &scope, forged.as_str(), now),
        ("at another tenant", &elsewhere, presented, now),
        ("for another purpose", &signing_in, presented, now),
        ("after its time", &scope, presented, issued.expires_at),
    ] {
        if let Err(refused) = inspect(&ring, scope, text, at) {
            println!("{what}: {refused} ({:?})", refused.reason());
        }
    }
    Ok(())
}
