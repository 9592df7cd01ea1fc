//! The service runs to its end, and stays as small as it says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::process::Command;

#[test]
fn a_person_gets_from_a_forgotten_password_to_a_sign_in_with_a_code() {
    let output = Command::new(env!("CARGO_BIN_EXE_slotwerk-embed"))
        .output()
        .expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut rest = text.as_str();
    for next in [
        "event: ResetRequested",
        "https://login.example/noord/reset/",
        "event: PasswordRejected",
        "new password: RulesUnmet(",
        "event: PasswordReset",
        "new password: Changed",
        "event: EnrolmentBegun",
        "event: AuthenticatorAdded",
        "set up: SignedIn",
        "event: SignedIn(Totp)",
        "verified: SignedIn { grant: Grant",
        "--- An authenticator app was added to your Noord account",
    ] {
        let Some((_, after)) = rest.split_once(next) else {
            panic!("{next:?} does not come in its turn in:\n{text}")
        };
        rest = after;
    }
}

#[test]
fn the_service_takes_sixty_lines() {
    let lines = include_str!("../src/main.rs").lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let count = code.count();
    assert!((40..=60).contains(&count), "{count} lines of code");
}
