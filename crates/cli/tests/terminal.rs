//! What happens at a terminal. `script` of util-linux makes one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![cfg(target_os = "linux")]

mod support;

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use support::{data, run};

/// What a terminal shows in which `command` runs, and its exit code; `typed` is typed when the prompt is there.
fn at_terminal(command: &str, prompt: &str, typed: &str) -> (String, Option<i32>) {
    let program = env!("CARGO_BIN_EXE_slotwerk");
    let mut child = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &format!("{program} {command}"),
            "/dev/null",
        ])
        .current_dir(data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of util-linux is needed");
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut shown = String::new();
    let mut piece = [0; 1024];
    let mut is_typed = false;
    loop {
        let count = stdout.read(&mut piece).unwrap_or(0);
        if count == 0 {
            break;
        }
        shown.push_str(&String::from_utf8_lossy(&piece[..count]));
        if !is_typed && shown.ends_with(prompt) {
            is_typed = true;
            writeln!(stdin, "{typed}").unwrap();
        }
    }
    (shown, child.wait().unwrap().code())
}

#[test]
#[ignore = "needs `script` of util-linux"]
fn a_typed_password_is_not_shown() {
    let check = "policy check platform.toml";
    let (shown, code) = at_terminal(check, "Password: ", "Zeemeermin op de fiets");
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.starts_with("Password: ") && shown.contains("accepted"),
        "{shown}"
    );
    assert!(!shown.contains("Zeemeermin"), "{shown}");
    let (shown, code) = at_terminal(&format!("{check} --lang nl"), "Wachtwoord: ", "Zeemeermin");
    assert_eq!(code, Some(1), "{shown}");
    assert!(!shown.contains("Zeemeermin"), "{shown}");
}

#[test]
#[ignore = "needs `script` of util-linux"]
fn lines_are_not_read_from_a_terminal() {
    let (shown, code) = at_terminal("policy check platform.toml --each-line", "\0", "");
    assert_eq!(code, Some(2), "{shown}");
    let (shown, code) = at_terminal(
        "blocklist build --words - --bits 16 -o /nowhere/f",
        "\0",
        "",
    );
    assert!(code == Some(2) && shown.contains("pipe them"), "{shown}");
}

#[test]
#[ignore = "needs `script` of util-linux"]
fn progress_is_shown_at_a_terminal_only() {
    let build = "blocklist build --words breached.txt --bits 16 -o /dev/null/none";
    let (shown, code) = at_terminal(build, "\0", "");
    assert!(
        code == Some(4) && shown.contains("reading breached.txt"),
        "{shown:?}"
    );
    let (shown, _) = at_terminal(&format!("{build} --no-progress"), "\0", "");
    assert!(!shown.contains("reading breached.txt"), "{shown:?}");
    let ran = run(&build.split(' ').collect::<Vec<_>>());
    assert!(!ran.err.contains("reading"), "{}", ran.err);
}
