//! Input that is missing, unreadable, malformed or out to do harm, and secrets that must not be shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use std::fmt::Write as _;
use support::{Scratch, fed, run};

#[test]
fn an_error_in_a_policy_has_file_line_and_column() {
    for (file, place) in [
        ("unknown-field.toml", "6:1"),
        ("unknown-field.json", "4:50"),
    ] {
        let text = "rule `minimum-length` has no field `maximum`";
        let ran = run(&["policy", "explain", file]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
        assert!(
            ran.err
                .starts_with(&format!("slotwerk: {file}:{place}: {text}")),
            "{}",
            ran.err
        );
        let ran = run(&["policy", "lint", file, "--json"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
        let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        let (line, column) = place.split_once(':').unwrap();
        assert_eq!(error["version"], 1);
        assert_eq!(error["error"]["kind"], "input");
        assert_eq!(error["error"]["file"], file);
        assert_eq!(error["error"]["line"].to_string(), line);
        assert_eq!(error["error"]["column"].to_string(), column);
        assert!(
            error["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with(text),
            "{error}"
        );
    }
}

#[test]
fn a_contradiction_names_the_rules() {
    for command in ["explain", "lint", "check", "generate"] {
        let ran = fed(&["policy", command, "contradiction.toml"], "");
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{command}");
        assert!(
            ran.err.starts_with("slotwerk: contradiction.toml: "),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains("20") && ran.err.contains("10"),
            "{}",
            ran.err
        );
    }
    // Each sound by itself: no file is to blame.
    let scratch = Scratch::new();
    let least =
        r#"{"version":1,"scope":"een","rules":[{"rule":"minimum-length","characters":30}]}"#;
    let most = r#"{"version":1,"scope":"twee","rules":[{"rule":"minimum-of-class","class":"digit","characters":2},{"rule":"minimum-length","characters":8},{"rule":"maximum-length","characters":20}]}"#;
    let (least, most) = (
        scratch.file("least.json", least),
        scratch.file("most.json", most),
    );
    let ran = run(&["policy", "explain", &least, &most]);
    assert_eq!(ran.code, Some(3));
    assert!(
        !ran.err.contains("least.json") && ran.err.contains("een"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("digits"), "not one of them: {}", ran.err);
}

#[test]
fn files_that_cannot_be_read_are_told_apart() {
    let scratch = Scratch::new();
    let none = scratch.path("none.toml");
    let folder = scratch.path("");
    let no_such = "cannot be read: no such file or directory";
    let is_folder = "cannot be read: it is a directory";
    for (file, text) in [(&none, no_such), (&folder, is_folder)] {
        let message = format!("slotwerk: {file}: {text}");
        let policy = ["policy", "explain", file];
        let list = ["policy", "explain", "platform.toml", "--blocklist", file];
        let password = ["policy", "check", "platform.toml", "--password-file", file];
        let lines = [&password[..], &["--each-line"]].concat();
        let words = [
            "blocklist",
            "build",
            "--bits",
            "16",
            "-o",
            "x",
            "--words",
            file,
        ];
        let hashes = [
            "blocklist",
            "build",
            "--bits",
            "16",
            "-o",
            "x",
            "--hashes",
            file,
        ];
        for args in [&policy[..], &list, &password, &lines, &words, &hashes] {
            run(args).failed(3, &message);
        }
    }
    let dutch = run(&["policy", "explain", &none, "--lang", "nl"]);
    dutch.failed(
        3,
        &format!("slotwerk: {none}: kan niet gelezen worden: dit bestand of deze map bestaat niet"),
    );
}

/// This file can be opened, and reading it fails, for root too.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_it_is_read() {
    let file = "/proc/self/mem";
    let policy = ["policy", "explain", file];
    let list = ["policy", "explain", "platform.toml", "--blocklist", file];
    let password = ["policy", "check", "platform.toml", "--password-file", file];
    let lines = [&password[..], &["--each-line"]].concat();
    let words = [
        "blocklist",
        "build",
        "--bits",
        "16",
        "-o",
        "x",
        "--words",
        file,
    ];
    let hashes = [
        "blocklist",
        "build",
        "--bits",
        "16",
        "-o",
        "x",
        "--hashes",
        file,
    ];
    for args in [&policy[..], &list, &password, &lines, &words, &hashes] {
        let ran = run(args);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(3), ""),
            "{args:?}: {}",
            ran.err
        );
        assert!(
            ran.err
                .starts_with("slotwerk: /proc/self/mem: cannot be read: "),
            "{}",
            ran.err
        );
    }
}

#[test]
fn text_that_is_not_utf8_is_refused_where_it_stands() {
    let scratch = Scratch::new();
    let policy = scratch.file("p.toml", b"version = 1\nscope = \"caf\xe9\"\n");
    run(&["policy", "explain", &policy])
        .failed(3, &format!("slotwerk: {policy}:2:13: this is not UTF-8"));
    let list = scratch.file("list", b"een\ntwe\xe9\n");
    run(&["policy", "explain", "platform.toml", "--blocklist", &list])
        .failed(3, &format!("slotwerk: {list}:2:4: this is not UTF-8"));
    // Of a password the place would say something.
    let ran = fed(&["policy", "check", "platform.toml"], b"geheim caf\xe9");
    ran.failed(3, "slotwerk: <stdin>: the password is not UTF-8");
}

#[test]
fn ten_thousand_rules_are_too_many() {
    let scratch = Scratch::new();
    let rule = r#"{"rule":"minimum-length","characters":12}"#;
    let rules = vec![rule; 10_000].join(",");
    let json = scratch.file("p.json", format!("{{\"version\":1,\"rules\":[{rules}]}}"));
    let rule = "[[rules]]\nrule = \"minimum-length\"\ncharacters = 12\n";
    let toml = scratch.file("p.toml", format!("version = 1\n{}", rule.repeat(10_000)));
    for policy in [json, toml] {
        for command in ["explain", "lint", "check", "generate"] {
            let ran = fed(&["policy", command, &policy], "x");
            assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{command}");
            assert!(
                ran.err.starts_with(&format!("slotwerk: {policy}:")),
                "{}",
                ran.err
            );
            assert!(
                ran.err.contains("10000") && ran.err.contains("64"),
                "{}",
                ran.err
            );
        }
    }
}

#[test]
fn policies_that_are_large_deep_or_strange_are_refused() {
    let scratch = Scratch::new();
    let start = "{\"version\":1,\"rules\":";
    let sound = r#"[{"rule":"minimum-length","characters":8}]"#;
    // A policy by all but its length: a byte more than a file may have.
    let room = 1024 * 1024 - start.len() - sound.len();
    let mut strange = vec![
        scratch.file(
            "large.json",
            format!("{start}{sound}{}}}", " ".repeat(room)),
        ),
        scratch.file("deep.json", format!("{start}{}", "[".repeat(500_000))),
        scratch.file("deep.toml", format!("version = {}", "[".repeat(500_000))),
        scratch.file("empty.json", ""),
        scratch.file("empty.toml", ""),
        scratch.file("none", ""),
        scratch.file("null.json", "null"),
        scratch.file("binary.json", [0; 1000]),
        scratch.file("binary.toml", [0; 1000]),
    ];
    for version in ["0", "2", "-1", "1.0", "\"1\"", "99999999999999999999"] {
        let text = format!("{{\"version\":{version},\"rules\":{sound}}}");
        strange.push(scratch.file(&format!("version{}.json", strange.len()), text));
    }
    for rule in [
        r#"{"rule":"unknown"}"#,
        r#"{"rule":"minimum-length"}"#,
        r#"{"rule":"minimum-length","characters":7}"#,
        r#"{"rule":"minimum-length","characters":70000}"#,
        r#"{"rule":"minimum-length","characters":-1}"#,
        r#"{"rule":"minimum-length","characters":12,"characters":12}"#,
        "7",
    ] {
        let text = format!("{start}[{rule}]}}");
        strange.push(scratch.file(&format!("rule{}.json", strange.len()), text));
    }
    for policy in strange {
        let ran = run(&["policy", "explain", &policy]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(3), ""),
            "{policy}: {}",
            ran.err
        );
        assert!(
            ran.err.starts_with(&format!("slotwerk: {policy}:")),
            "{policy}: {}",
            ran.err
        );
        assert!(ran.err.len() < 1_000, "{policy}: {} bytes", ran.err.len());
    }
}

#[test]
fn a_file_cannot_steer_the_terminal() {
    let scratch = Scratch::new();
    let text = r#"{"version":1,"scope":"a\u001b[2J\u009b1m\u202e\nb","rules":[{"rule":"minimum-length","characters":12}]}"#;
    let policy = scratch.file("p.json", text);
    let shown = "a\\u{1b}[2J\\u{9b}1m\\u{202e}\\u{a}b";
    let ran = run(&["policy", "explain", &policy]);
    assert!(
        ran.out
            .starts_with(&format!("At least 12 characters [{shown}]\n")),
        "{:?}",
        ran.out
    );
    let ran = run(&["policy", "explain", &policy, "--json"]);
    assert!(
        !ran.out.contains(['\u{1b}', '\u{9b}', '\u{202e}']),
        "{:?}",
        ran.out
    );
    let origin = &ran.json(0)["requirements"][0]["origins"][0];
    assert_eq!(origin, "a\u{1b}[2J\u{9b}1m\u{202e}\nb");

    let ran = run(&["policy", "explain", "\u{1b}[2J"]);
    assert!(
        ran.err.starts_with("slotwerk: \\u{1b}[2J: "),
        "{:?}",
        ran.err
    );
    let ran = run(&["policy", "explain", "--\u{1b}[2J"]);
    assert!(
        ran.code == Some(2) && !ran.err.contains('\u{1b}'),
        "{:?}",
        ran.err
    );
}

#[test]
fn no_password_is_ever_shown() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    run(&[
        "blocklist",
        "build",
        "--words",
        "breached.txt",
        "--bits",
        "16",
        "-o",
        &filter,
    ]);
    let policies = ["platform.toml", "noord.json"];
    let mut shown = String::new();
    for password in [
        "Zeemeermin",
        "Zeemeermin 2026 en meer",
        "Zeemeermin\u{feff}\u{1b}[2J",
    ] {
        for each_line in [&[][..], &["--each-line"]] {
            for json in [&[][..], &["--json"]] {
                let check = [&["policy", "check"], &policies[..], each_line, json].concat();
                let query = [&["blocklist", "query", &filter], each_line, json].concat();
                let sha1 = [&query[..], &["--sha1"]].concat();
                for args in [check, query, sha1] {
                    for input in [
                        password.as_bytes().to_vec(),
                        [password.as_bytes(), b"\xff"].concat(),
                    ] {
                        let ran = fed(&args, input);
                        assert!(ran.code.is_some_and(|code| code <= 3), "{args:?}");
                        write!(shown, "{}{}", ran.out, ran.err).unwrap();
                    }
                }
            }
        }
    }
    assert!(shown.len() > 5_000);
    assert!(!shown.to_lowercase().contains("zeemeermin"), "{shown}");
}
