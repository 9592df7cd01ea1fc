//! What happens at a terminal. `script` of util-linux makes one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![cfg(target_os = "linux")]

use crate::support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use support::{Scratch, data, run};

/// What a terminal shows in which `command` runs, and its exit code. If something is to be typed, that is done
/// when the program reads without echo: what is typed before that is thrown away.
fn at_terminal(command: &str, typed: Option<&str>) -> (String, Option<i32>) {
    typing_at_terminal(command, typed, reads_without_echo)
}

/// The same, typing as soon as `is_ready`.
fn typing_at_terminal(
    command: &str,
    typed: Option<&str>,
    is_ready: impl Fn(u32) -> bool,
) -> (String, Option<i32>) {
    let program = env!("CARGO_BIN_EXE_slotwerk");
    let command = format!("exec {program} {command}");
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`script` of util-linux is needed");
    let mut stdin = child.stdin.take().unwrap();
    if let Some(typed) = typed {
        while !is_ready(child.id()) {
            assert!(
                child.try_wait().unwrap().is_none(),
                "it ended without asking"
            );
            std::thread::yield_now();
        }
        writeln!(stdin, "{typed}").unwrap();
    }
    let mut shown = Vec::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_end(&mut shown)
        .unwrap();
    // Open until now: `script` takes an end for the end of the session.
    drop(stdin);
    (
        String::from_utf8_lossy(&shown).into_owned(),
        child.wait().unwrap().code(),
    )
}

/// Whether the program that `script` runs has put its terminal to that.
fn reads_without_echo(script: u32) -> bool {
    let children = fs::read_to_string(format!("/proc/{script}/task/{script}/children"));
    let Some(program) = children
        .ok()
        .and_then(|pids| pids.split(' ').next().map(str::to_owned))
    else {
        return false;
    };
    let Ok(terminal) = fs::File::open(format!("/proc/{program}/fd/0")) else {
        return false;
    };
    let said = Command::new("stty")
        .arg("-a")
        .stdin(terminal)
        .stderr(Stdio::null())
        .output();
    let said = said.expect("`stty` of coreutils is needed").stdout;
    String::from_utf8_lossy(&said)
        .split([' ', '\n'])
        .any(|word| word == "-echo")
}

#[test]
#[ignore = "needs `script` of util-linux"]
fn a_typed_password_is_not_shown() {
    let check = "policy check platform.toml";
    let (shown, code) = at_terminal(check, Some("Zeemeermin op de fiets"));
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.starts_with("Password: ") && shown.contains("accepted"),
        "{shown}"
    );
    assert!(!shown.contains("Zeemeermin"), "{shown}");
    let (shown, code) = at_terminal(&format!("{check} --lang nl"), Some("Zeemeermin"));
    assert_eq!(code, Some(1), "{shown}");
    assert!(!shown.contains("Zeemeermin"), "{shown}");
    let (shown, code) = at_terminal("password hash", Some("Zeemeermin"));
    assert!(code == Some(0) && shown.contains("$argon2id$"), "{shown}");
    assert!(!shown.contains("Zeemeermin"), "{shown}");
}

#[test]
#[ignore = "needs `script` of util-linux"]
fn lines_are_not_read_from_a_terminal() {
    let (shown, code) = at_terminal("policy check platform.toml --each-line", None);
    assert_eq!(code, Some(2), "{shown}");
    let (shown, code) = at_terminal("password verify -", None);
    assert!(code == Some(2) && shown.contains("pipe them"), "{shown}");
    let (shown, code) = at_terminal("blocklist build --words - --bits 16 -o /nowhere/f", None);
    assert!(code == Some(2) && shown.contains("pipe them"), "{shown}");
}

#[test]
#[ignore = "needs `script` of util-linux"]
fn progress_is_shown_at_a_terminal_only() {
    let build = "blocklist build --words breached.txt --bits 16 -o /dev/null/none";
    let (shown, code) = at_terminal(build, None);
    assert!(
        code == Some(4) && shown.contains("reading breached.txt"),
        "{shown:?}"
    );
    let (shown, _) = at_terminal(&format!("{build} --no-progress"), None);
    assert!(!shown.contains("reading breached.txt"), "{shown:?}");
    let ran = run(&build.split(' ').collect::<Vec<_>>());
    assert!(!ran.err.contains("reading"), "{}", ran.err);
}

#[test]
#[ignore = "needs `script` of util-linux"]
fn revoking_is_asked_for_by_the_number_of_the_key() {
    const KEYS: &str = "12 active IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n\
                        11 retired ERERERERERERERERERERERERERERERERERERERERERE\n";
    let scratch = Scratch::new();
    let file = scratch.secret("keys.txt", KEYS);
    let revoke = |more: &str, typed| {
        let command = format!("keys revoke {file} 11 --lose-sealed {more}");
        // What is read with echo is kept for it, also before it asks.
        typing_at_terminal(&command, Some(typed), |_| true)
    };
    let long = "1".repeat(200);
    for wrong in ["", "y", "yes", "1", "111", "12", "1 1", &long] {
        let (shown, code) = revoke("", wrong);
        assert_eq!(code, Some(1), "{wrong}: {shown}");
        assert!(shown.contains("Type 11 to revoke it: "), "{shown}");
        assert!(shown.contains("have to be set up again"), "{shown}");
        assert!(shown.contains("nothing was revoked"), "{shown}");
        assert_eq!(fs::read_to_string(&file).unwrap(), KEYS);
    }
    let (shown, code) = revoke("--lang nl", "nee");
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("Typ 11 om die in te trekken: "), "{shown}");
    assert!(shown.contains("er is niets ingetrokken"), "{shown}");
    let (shown, code) = revoke("", " 11 ");
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("key 11 is revoked"), "{shown}");
    assert!(!shown.contains("ERER"), "{shown}");
    let now = fs::read_to_string(&file).unwrap();
    assert!(now.ends_with("11 revoked\n"), "no key");

    // Nobody is asked what makes no difference, or cannot be.
    for (id, code, text) in [
        ("11", 0, "so already"),
        ("12", 2, "is active"),
        ("9", 2, "no key 9"),
    ] {
        let (shown, ended) = at_terminal(&format!("keys revoke {file} {id}"), None);
        assert!(ended == Some(code) && shown.contains(text), "{shown}");
        assert!(!shown.contains("Type "), "{shown}");
    }
}
