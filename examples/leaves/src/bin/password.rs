//! Argon2id in fixed memory: hash, verify, and replace a weaker hash at sign-in.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_password::{Hasher, Params, Password, PasswordHash, Verification, generate_salt};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // Two workers own two memories for good: that is all that hashing will ever take.
    let hasher = Hasher::builder().workers(2).queue(64).build()?;
    println!("hashing takes {} KiB, whatever comes", hasher.memory_kib());

    let stored = hasher.hash_blocking(Password::new("elf blauwe fietsen")?, generate_salt()?)?;
    println!("store this: {}", stored.as_str());

    // Later: the stored text comes from a database, and is read as carefully as any input.
    let stored = PasswordHash::parse(stored.as_str())?;
    for typed in ["elf blauwe fietsen", "twaalf blauwe fietsen"] {
        let salt = generate_salt()?; // for a replacement, should there be one
        match hasher.verify_blocking(Password::new(typed)?, &stored, salt)? {
            Verification::Verified { .. } => println!("{typed:?}: welcome"),
            _ => println!("{typed:?}: no"),
        }
    }
    // Nobody has this name: the same work, so that the time tells nothing.
    hasher.verify_decoy_blocking(Password::new("whatever")?)?;
    println!("unknown user: no, after the same work");

    // A year on, the parameters are raised; the next sign-in brings a stronger hash along.
    let raised = Params::new(2 * hasher.params().m_kib(), 2, 1)?;
    let stronger = Hasher::builder().params(raised).workers(1).build()?;
    let again = Password::new("elf blauwe fietsen")?;
    if let Verification::Verified {
        replacement: Some(hash),
        ..
    } = stronger.verify_blocking(again, &stored, generate_salt()?)?
    {
        println!("store this instead: {}", hash.as_str());
    }
    Ok(())
}
