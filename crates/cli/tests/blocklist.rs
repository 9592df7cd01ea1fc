//! `blocklist build`, `query`, `info` and `verify`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use std::fs;
use support::{Ran, Scratch, fed, feed, run, slotwerk};

fn build(filter: &str, more: &[&str]) -> Ran {
    let args = ["blocklist", "build", "--bits", "32", "--output", filter];
    run(&[&args[..], more].concat())
}

#[test]
fn a_filter_is_built_queried_described_and_verified() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let inputs = [
        "--hashes",
        "hashes.txt",
        "--words",
        "breached.txt",
        "--label",
        "test data",
    ];
    let ran = build(&filter, &inputs);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(
        ran.out
            .starts_with("hashes.txt: lines 2, keys 2, left out 0\n"),
        "{}",
        ran.out
    );
    // hunter2 is in both.
    assert!(
        ran.out.contains(&format!("{filter}: keys 4, bytes ")),
        "{}",
        ran.out
    );

    for (password, code, text) in [
        ("hunter2", 1, "in the filter\n"),
        ("hunter2\n", 1, "in the filter\n"),
        ("abc", 1, "in the filter\n"),
        ("correct horse battery staple", 1, "in the filter\n"),
        ("Hunter2", 0, "not in the filter\n"),
        ("hunter2 ", 0, "not in the filter\n"),
        ("", 0, "not in the filter\n"),
    ] {
        let ran = fed(&["blocklist", "query", &filter], password);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(code), text),
            "{password:?}"
        );
    }
    assert_eq!(
        fed(&["blocklist", "query", &filter, "--cache", "0"], "abc").code,
        Some(1)
    );
    let found = fed(&["blocklist", "query", &filter, "--json"], "abc").json(1);
    assert_eq!(found["found"], true);

    let info = run(&["blocklist", "info", &filter, "--json"]).json(0);
    assert_eq!(info["keys"], 4);
    assert_eq!(info["bits"], 32);
    assert_eq!(info["label"], "test data");
    assert_eq!(info["built_at"], 1_700_000_000);
    assert_eq!(info["file_length"], fs::metadata(&filter).unwrap().len());
    assert_eq!(info["digest"].as_str().unwrap().len(), 64);
    assert_eq!(info["verified"], false);
    assert!(
        ran.out.contains(info["digest"].as_str().unwrap()),
        "{}",
        ran.out
    );
    let people = run(&["blocklist", "info", &filter]).out;
    assert!(
        people.contains("label test data\nbuilt at 2023-11-14T22:13:20Z\nkeys 4\n"),
        "{people}"
    );
    let verified = run(&["blocklist", "verify", &filter, "--json"]).json(0);
    assert_eq!(verified["verified"], true);
    let dutch = run(&["blocklist", "verify", &filter, "--lang", "nl"]);
    assert!(
        dutch
            .out
            .ends_with("gaaf: elk deel heeft zijn controlegetal\n"),
        "{}",
        dutch.out
    );
}

#[test]
fn hashes_can_be_asked_for() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    build(&filter, &["--words", "breached.txt"]);
    let query = ["blocklist", "query", &filter, "--sha1"];
    // SHA-1 of hunter2, and of abc.
    assert_eq!(
        fed(&query, "f3bbbd66a63d4bf1747940578ec3d0103530e21d").code,
        Some(1)
    );
    assert_eq!(
        fed(&query, "A9993E364706816ABA3E25717850C26C9CD0D89D\n").code,
        Some(0)
    );
    let ran = fed(&query, "hunter2");
    ran.failed(
        3,
        "slotwerk: <stdin>: this is not a SHA-1 in 40 hexadecimal digits",
    );
}

#[test]
fn rare_hashes_are_left_out() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let ran = build(
        &filter,
        &["--hashes", "hashes.txt", "--minimum-count", "3", "--json"],
    );
    let built = ran.json(0);
    assert_eq!(built["inputs"][0]["left_out"], 1);
    assert_eq!(built["keys"], 1);
    assert_eq!(
        fed(&["blocklist", "query", &filter], "hunter2").code,
        Some(0)
    );
    assert_eq!(fed(&["blocklist", "query", &filter], "abc").code, Some(1));
}

#[test]
fn lists_come_from_standard_input_too() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let args = [
        "blocklist",
        "build",
        "--bits",
        "16",
        "--output",
        &filter,
        "--words",
        "-",
    ];
    assert_eq!(fed(&args, "een\r\ntwee\n\ndrie").code, Some(0));
    let query = ["blocklist", "query", &filter, "--each-line"];
    let ran = fed(&query, "een\ntwee\ndrie\nvier\n");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(1), "in the filter: 3 of 4\n")
    );
    assert_eq!(fed(&query, "vier\nvijf\n").code, Some(0));

    let ran = fed(&[&query[..], &["--json"]].concat(), "een\nvier\n");
    let lines: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0], serde_json::json!({"line": 1, "found": true}));
    assert_eq!(lines[1], serde_json::json!({"line": 2, "found": false}));
    assert_eq!(
        lines[2]["summary"],
        serde_json::json!({"lines": 2, "found": 1, "malformed": 0})
    );

    let twice = [&args[..], &["--hashes", "-"]].concat();
    fed(&twice, "").failed(2, "slotwerk: only one of the inputs can be standard input");
}

#[test]
fn words_in_another_encoding_are_taken_as_they_are() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let words = scratch.file("latin1", b"caf\xe9 aan de gracht\ngewoon\n");
    assert_eq!(build(&filter, &["--words", &words]).code, Some(0));
    let query = ["blocklist", "query", &filter, "--each-line"];
    assert_eq!(
        fed(&query, b"caf\xe9 aan de gracht\n").out,
        "in the filter: 1 of 1\n"
    );
    assert_eq!(
        fed(&query, "café aan de gracht\n").out,
        "in the filter: 0 of 1\n"
    );
}

#[test]
fn the_longest_word_has_4096_bytes() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let longest = "x".repeat(4096);
    let words = scratch.file("words", format!("{longest}\r\n"));
    assert_eq!(build(&filter, &["--words", &words]).code, Some(0));
    assert_eq!(
        fed(&["blocklist", "query", &filter], &longest).code,
        Some(1)
    );
    // A longer one is never looked up, which is not the same as not found.
    let ran = fed(&["blocklist", "query", &filter], format!("{longest}x"));
    ran.failed(
        3,
        "slotwerk: <stdin>: the password is longer than 4096 bytes",
    );
    let words = scratch.file("words", format!("kort\n{longest}x\n"));
    let message = format!("slotwerk: {words}:2: the line is longer than 4096 bytes");
    build(&filter, &["--words", &words]).failed(3, &message);
    let hash = "A9993E364706816ABA3E25717850C26C9CD0D89D";
    let words = scratch.file("words", format!("{hash}\n{hash}{}\n", " ".repeat(4057)));
    build(&filter, &["--hashes", &words]).failed(3, &message);
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_line() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let words = scratch.file("words", "\u{feff}een\n\u{feff}twee\n");
    assert_eq!(build(&filter, &["--words", &words]).code, Some(0));
    let query = ["blocklist", "query", &filter, "--each-line", "--json"];
    let ran = fed(&query, "\u{feff}een\neen\ntwee\n\u{feff}twee\n");
    let found: Vec<bool> = ran
        .out
        .lines()
        .map(|line| line.contains("\"found\":true"))
        .collect();
    assert_eq!(found[..4], [true, true, false, true]);
}

#[test]
fn the_same_input_makes_the_same_file() {
    let scratch = Scratch::new();
    let files = [scratch.path("a"), scratch.path("b"), scratch.path("c")];
    build(&files[0], &["--words", "breached.txt"]);
    build(&files[1], &["--words", "breached.txt", "--memory", "4"]);
    let args = [
        "blocklist",
        "build",
        "--bits",
        "32",
        "--words",
        "breached.txt",
        "--output",
        &files[2],
    ];
    feed(slotwerk(&args).env("SOURCE_DATE_EPOCH", "1700000001"), "");
    let bytes = files.map(|file| fs::read(file).unwrap());
    assert_eq!(bytes[0], bytes[1]);
    assert_ne!(bytes[0], bytes[2], "another time");
}

#[test]
fn malformed_hashes_are_named_by_file_and_line() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let good = fs::read_to_string(support::data().join("hashes.txt")).unwrap();
    let bad = scratch.file("bad", format!("{good}hunter2\n"));
    let text = "this is not a SHA-1 in 40 hexadecimal digits with an optional :COUNT";
    build(&filter, &["--hashes", &bad]).failed(3, &format!("slotwerk: {bad}:3: {text}"));
    assert!(fs::metadata(&filter).is_err(), "nothing was written");

    let json = build(&filter, &["--hashes", &bad, "--json"]);
    let error: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(json.out, "");
    assert_eq!(error["error"]["kind"], "input");
    assert_eq!(error["error"]["file"], bad);
    assert_eq!(error["error"]["line"], 3);
    assert!(error["error"]["column"].is_null());
    assert!(
        !json.err.contains("hunter2"),
        "a line of a list of passwords is not shown"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn failed_write_keeps_the_old_filter() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    assert_eq!(build(&filter, &["--hashes", "hashes.txt"]).code, Some(0));
    let old = fs::read(&filter).unwrap();
    let program = env!("CARGO_BIN_EXE_slotwerk");
    let command = format!("{program} blocklist build --bits 32 --words breached.txt");
    // Each write to a file fails, as on a full disk.
    let shell = format!("trap '' XFSZ; ulimit -f 0; exec {command} --output {filter}");
    let output = std::process::Command::new("sh")
        .args(["-c", &shell])
        .current_dir(support::data())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert_eq!(fs::read(&filter).unwrap(), old);
    let files = fs::read_dir(scratch.path("")).unwrap();
    assert_eq!(files.count(), 1, "nothing is left beside the filter");
}

#[test]
fn a_list_of_nothing_makes_no_filter() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let empty = scratch.file("empty", "\n\n");
    let ran = build(&filter, &["--words", &empty]);
    ran.failed(3, "slotwerk: there are no passwords to build a filter from");
}

#[test]
fn an_output_that_cannot_be_written_is_told_apart() {
    let scratch = Scratch::new();
    let nowhere = scratch.path("no/such/folder/f.slwb");
    let ran = build(&nowhere, &["--words", "breached.txt"]);
    ran.failed(
        4,
        "slotwerk: the filter cannot be written: no such file or directory",
    );
    let file = scratch.file("file", "");
    let ran = build(&format!("{file}/f"), &["--words", "breached.txt"]);
    ran.failed(
        4,
        "slotwerk: the filter cannot be written: a part of the path is not a directory",
    );
}

#[test]
fn a_filter_that_was_cut_altered_or_is_something_else_is_refused() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    build(&filter, &["--words", "breached.txt"]);
    let sound = fs::read(&filter).unwrap();

    let cut = scratch.file("cut", &sound[..sound.len() - 1]);
    let mut altered = sound.clone();
    *altered.last_mut().unwrap() ^= 1;
    let altered = scratch.file("altered", altered);
    let mut header = sound.clone();
    header[20] ^= 1;
    let header = scratch.file("header", header);
    let other = scratch.file("other", "x".repeat(1000));
    let folder = scratch.path("");

    for (file, part) in [
        (&cut, "cut off or added to"),
        (&header, ""),
        (&other, "not a filter file"),
        (&folder, ""),
    ] {
        for command in ["info", "verify", "query"] {
            let ran = fed(&["blocklist", command, file], "hunter2");
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (Some(3), ""),
                "{command} {file}"
            );
            assert!(ran.err.contains(part), "{command} {file}: {}", ran.err);
        }
    }
    // The header is sound: only reading the shard shows it.
    assert_eq!(run(&["blocklist", "info", &altered]).code, Some(0));
    run(&["blocklist", "verify", &altered]).failed(
        3,
        &format!("slotwerk: {altered}: shard 0 of the filter is damaged"),
    );
    let ran = fed(&["blocklist", "query", &altered], "hunter2");
    ran.failed(3, &format!("slotwerk: {altered}: the filter is damaged"));
    let check = [
        "policy",
        "check",
        "outside.toml",
        "--common",
        "--breach",
        &altered,
    ];
    assert_eq!(
        fed(&check, "een lang wachtwoord 42").code,
        Some(3),
        "never a verdict in its place"
    );
    run(&["blocklist", "verify", &scratch.path("none")]).failed(
        3,
        &format!(
            "slotwerk: {}: cannot be read: no such file or directory",
            scratch.path("none")
        ),
    );
}
