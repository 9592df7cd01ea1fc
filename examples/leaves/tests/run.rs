//! Every program runs, and shows what its README says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::process::Command;

fn run(program: &str) -> String {
    let output = Command::new(program).output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    assert!(errors.is_empty(), "{program}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The rest of the line that begins so.
fn after<'a>(text: &'a str, label: &str) -> &'a str {
    text.lines()
        .find_map(|line| line.strip_prefix(label))
        .unwrap_or_else(|| panic!("no line begins with {label:?} in:\n{text}"))
        .trim()
}

#[test]
fn policy_lists_the_rules_and_tells_good_from_bad() {
    let text = run(env!("CARGO_BIN_EXE_policy"));
    assert!(text.contains("  - At least 15 characters\n"), "{text}");
    let refused: Vec<&str> = text
        .lines()
        .filter(|l| l.ends_with("is refused:"))
        .collect();
    assert_eq!(refused.len(), 3, "{text}");
    assert!(
        text.ends_with("\"elf blauwe fietsen 7\" is accepted\n"),
        "{text}"
    );
}

#[test]
fn password_welcomes_the_right_one_only_and_upgrades() {
    let text = run(env!("CARGO_BIN_EXE_password"));
    assert_eq!(after(&text, "\"elf blauwe fietsen\":"), "welcome");
    assert_eq!(after(&text, "\"twaalf blauwe fietsen\":"), "no");
    let old = after(&text, "store this:");
    let new = after(&text, "store this instead:");
    assert!(old.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{old}");
    assert!(new.starts_with("$argon2id$v=19$m=38912,t=2,p=1$"), "{new}");
}

#[test]
fn reset_makes_a_link_and_refuses_four_others() {
    let text = run(env!("CARGO_BIN_EXE_reset"));
    let link = after(&text, "mail this:");
    let token = link.strip_prefix("https://login.example/noord/reset/");
    assert_eq!(token.map(str::len), Some(75), "{link}");
    assert!(text.contains("genuine: look its hash up (true)"));
    for refused in [
        "altered",
        "at another tenant",
        "for another purpose",
        "after its time",
    ] {
        after(&text, &format!("{refused}: "));
    }
}

#[test]
fn totp_accepts_the_code_once() {
    let text = run(env!("CARGO_BIN_EXE_totp"));
    let uri = after(&text, "draw this as a QR symbol:");
    assert!(
        uri.starts_with("otpauth://totp/Noord:n.devries?secret="),
        "{uri}"
    );
    let code = after(&text, "the code of now:");
    assert!(
        code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );
    assert!(after(&text, "first time:").starts_with("accepted"));
    assert_eq!(after(&text, "second time:"), "refused, WaitForNext");
}

#[test]
fn qr_draws_a_symbol_with_its_quiet_zone() {
    let text = run(env!("CARGO_BIN_EXE_qr"));
    let drawn: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    assert!(drawn.len() > 20, "{text}");
    let width = drawn[0].chars().count();
    assert!(drawn.iter().all(|line| line.chars().count() == width));
    assert!(text.contains("modules wide, for otpauth://totp/"), "{text}");
    assert!(after(&text, "PNG:").ends_with("bytes"));
}

#[test]
fn recovery_spends_a_code_once() {
    let text = run(env!("CARGO_BIN_EXE_recovery"));
    let codes = text.lines().filter(|line| line.starts_with("  ")).count();
    assert_eq!(codes, 10);
    assert!(text.contains(": accepted, 9 left\n"), "{text}");
    assert!(text.contains(": refused, 9 left\n"), "{text}");
    assert!(
        text.ends_with("\"not a code\": not a recovery code\n"),
        "{text}"
    );
}

#[test]
fn throttle_stops_a_guesser_at_a_hundred() {
    let text = run(env!("CARGO_BIN_EXE_throttle"));
    assert!(text.contains("\nafter 100 attempts: no more"), "{text}");
    assert!(text.contains("granted again (true)"), "{text}");
    assert!(
        text.contains("at start-up, the second is refused:"),
        "{text}"
    );
}

#[test]
fn keys_seals_rotates_and_revokes() {
    let text = run(env!("CARGO_BIN_EXE_keys"));
    assert_eq!(after(&text, "here:"), "\"the secret\"");
    assert_ne!(after(&text, "in another account's row:"), "\"the secret\"");
    assert_ne!(after(&text, "at another tenant:"), "\"the secret\"");
    assert_eq!(
        after(&text, "key 2 active; what key 1 sealed opens:"),
        "true"
    );
    assert_eq!(after(&text, "key 1 revoked:"), "key id 1 is revoked");
    assert_eq!(after(&text, "read back:"), "active key 2");
}

#[test]
fn two_runs_share_no_secret() {
    for (program, label) in [
        (env!("CARGO_BIN_EXE_totp"), "draw this as a QR symbol:"),
        (env!("CARGO_BIN_EXE_reset"), "mail this:"),
        (env!("CARGO_BIN_EXE_password"), "store this:"),
    ] {
        let (one, two) = (run(program), run(program));
        assert_ne!(after(&one, label), after(&two, label), "{program}");
    }
}
