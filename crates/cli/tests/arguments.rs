//! What is wrong with the arguments, told in the user's language, and values that are not text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use std::ffi::OsString;
use support::{Scratch, data, fed, feed, run, slotwerk};

#[test]
fn wrong_arguments_are_explained_in_the_users_language() {
    for (args, en, nl) in [
        (
            &["polcy"][..],
            "unknown command polcy; did you mean policy?",
            "onbekende opdracht polcy; bedoelde je policy?",
        ),
        (
            &["frobnicate"],
            "unknown command frobnicate",
            "onbekende opdracht frobnicate",
        ),
        (
            &["policy", "generate", "x", "--cuont", "3"],
            "unexpected argument --cuont; did you mean --count?",
            "onbekend argument --cuont; bedoelde je --count?",
        ),
        (
            &["schema", "print", "--dialect", "postgre"],
            "--dialect <sqlite|postgres|mysql> cannot be postgre; did you mean postgres?",
            "--dialect <sqlite|postgres|mysql> kan niet postgre zijn; bedoelde je postgres?",
        ),
        (
            &["policy", "check"],
            "missing: <POLICY>...",
            "er ontbreekt: <BELEID>...",
        ),
        (
            &["policy", "explain", "x", "--no"],
            "unexpected argument --no; did you mean --no-progress?",
            "onbekend argument --no; bedoelde je --no-progress?",
        ),
        (
            &[
                "policy",
                "lint",
                "x",
                "--single-factor",
                "--with-second-factor",
            ],
            "--single-factor and --with-second-factor do not go together",
            "--single-factor en --with-second-factor gaan niet samen",
        ),
        (
            &[
                "blocklist",
                "build",
                "--bits",
                "8",
                "--words",
                "x",
                "-o",
                "y",
            ],
            "--bits <16|32> cannot be 8",
            "--bits <16|32> kan niet 8 zijn",
        ),
        (
            &["policy", "generate", "x", "--count", "0"],
            "--count <N> cannot be 0",
            "--count <N> kan niet 0 zijn",
        ),
    ] {
        let ran = run(args);
        ran.failed(
            2,
            &format!("slotwerk: {en}\nFor more information, try --help."),
        );
        let ran = run(&[&["--lang", "nl"], args].concat());
        ran.failed(2, &format!("slotwerk: {nl}\nZie --help voor meer uitleg."));
        let ran = run(&[&["--json"], args].concat());
        let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(
            (ran.code, &error["error"]["kind"]),
            (Some(2), &"usage".into())
        );
        assert_eq!(error["error"]["message"], en);
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8_do_no_harm() {
    use std::os::unix::ffi::OsStringExt as _;
    let strange = OsString::from_vec(b"caf\xe9".to_vec());
    for args in [
        &["policy", "explain"][..],
        &["blocklist", "info"],
        &["policy", "explain", "--lang"],
    ] {
        let ran = feed(slotwerk(args).arg(&strange), "");
        assert!(matches!(ran.code, Some(2 | 3)), "{args:?} {}", ran.err);
    }
    let ran = feed(
        slotwerk(&["policy", "check", "platform.toml", "--name"]).arg(&strange),
        "x",
    );
    assert_eq!(ran.code, Some(2));
    // Another folder, so that the data of the tests is not found by chance.
    let ran = feed(
        slotwerk(&["policy", "explain", "."]).current_dir(data()),
        "",
    );
    assert_eq!(ran.code, Some(3));
}

#[test]
fn attributes_are_bounded() {
    let long = "x".repeat(600);
    let ran = fed(&["policy", "check", "platform.toml", "--name", &long], "x");
    ran.failed(
        2,
        "slotwerk: a name or address has 600 bytes; at most 512 are compared",
    );
    let names = ["--name", "Noor"].repeat(17);
    let ran = fed(
        &[&["policy", "check", "platform.toml"], &names[..]].concat(),
        "x",
    );
    ran.failed(2, "slotwerk: at most 16 names and addresses can be given");
}

#[test]
fn only_one_input_can_be_standard_input() {
    let message = "slotwerk: only one of the inputs can be standard input";
    fed(&["policy", "explain", "-", "-"], "").failed(2, message);
    fed(&["policy", "explain", "-", "--blocklist", "-"], "").failed(2, message);
    fed(&["policy", "check", "-"], "").failed(2, message);
    let policy = std::fs::read(data().join("platform.toml")).unwrap();
    let scratch = Scratch::new();
    let password = scratch.file("password", "een lang wachtwoord");
    let ran = fed(
        &["policy", "check", "-", "--password-file", &password],
        policy,
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn bare_command_shows_help() {
    for (args, usage, command) in [
        (&[][..], "Usage: slotwerk ", "policy"),
        (&["keys"], "Usage: slotwerk keys ", "rotate"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.contains(usage), "{}", ran.err);
        assert!(ran.err.contains(command), "{}", ran.err);
        let ran = run(&[&["--json"], args].concat());
        let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(error["error"]["message"], "a command is missing");
        assert_eq!(ran.code, Some(2));
    }
}

#[test]
fn help_has_examples() {
    let ran = run(&["keys", "retire", "--help"]);
    let example = "Examples:\n  slotwerk keys retire /etc/portal/keys.txt 2 --to 1\n";
    assert!(ran.out.contains(example), "{}", ran.out);
    let ran = run(&["--lang", "nl", "keys", "retire", "--help"]);
    assert!(
        ran.out.contains("Voorbeelden:\n  slotwerk keys"),
        "{}",
        ran.out
    );
}
