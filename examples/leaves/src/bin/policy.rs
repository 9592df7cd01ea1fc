//! A tenant's password rules: the list for a page, and the verdict on what somebody types.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_policy::{Blocklist, Class, Language, PolicyDraft, State, Subject};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // Rules contradict each other here and now, or never.
    let ours = Blocklist::from_words(["correct horse 1"])?;
    let policy = PolicyDraft::recommended()
        .minimum_of_class(Class::Digit, 1)
        .blocklist(Blocklist::common().and(&ours))
        .build()?;
    println!("The rules, as a page lists them:");
    for requirement in policy.requirements() {
        println!("  - {}", requirement.text(Language::En));
    }

    // What is known of the person must not be in the password.
    let subject = Subject::new().user_name("n.devries")?;
    for typed in [
        "devries 2026",
        "aaaaaaaaaaaaaaa",
        "Correct Horse 1",
        "elf blauwe fietsen 7",
    ] {
        match policy.check(&subject, typed).accept() {
            // The evidence is what a hasher should ask for, rather than a bare text.
            Ok(accepted) => println!("{:?} is accepted", accepted.expose()),
            Err(unmet) => {
                println!("{typed:?} is refused:");
                let open = unmet.requirements().iter();
                for requirement in open.filter(|rule| rule.state() == State::Unmet) {
                    println!("  - {}", requirement.text(Language::En));
                }
            }
        }
    }
    Ok(())
}
