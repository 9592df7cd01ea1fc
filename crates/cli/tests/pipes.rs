//! Streams: long ones, broken ones, and those that somebody stops reading.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};
use support::{Scratch, fed, run, slotwerk};

const CHECK: [&str; 4] = ["policy", "check", "noord.json", "--each-line"];

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_stream_gives_a_summary_by_rule() {
    let input = "wachtwoord1234\nEen heel lang wachtwoord 42\r\nkort1\n\nAAAA bbbb cccc 12";
    let ran = fed(&CHECK, input);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "           5 lines\n\
        \u{20}          2 accepted\n\
        \u{20}          3 refused\n\
        \u{20}          0 undecided\n\
         Not met, by rule:\n\
        \u{20}          2 At least 14 characters [noord]\n\
        \u{20}          0 At most 256 characters (not judged: 1)\n\
        \u{20}          2 At least 2 digits [noord]\n\
        \u{20}          1 The same character at most 3 times in a row [noord] (not judged: 1)\n\
        \u{20}          0 Without the words “arbodienst” and “verzuim” [noord] (not judged: 1)\n"
    );
    let dutch = fed(&[&CHECK[..], &["--lang", "nl"]].concat(), input);
    assert!(
        dutch.out.contains("           3 geweigerd\n"),
        "{}",
        dutch.out
    );
    assert!(
        dutch.out.contains("(niet beoordeeld: 1)\n"),
        "{}",
        dutch.out
    );
    assert_eq!(fed(&CHECK, "wachtwoord1234\n").code, Some(0));
    assert_eq!(fed(&CHECK, "").code, Some(0), "nothing was refused");
}

#[test]
fn programs_get_a_line_for_each_and_a_summary() {
    let args = [&CHECK[..], &["--json"]].concat();
    let ran = fed(&args, "wachtwoord1234\nkort1\n");
    assert_eq!(ran.code, Some(1));
    let lines = lines(&ran.out);
    assert_eq!(lines.len(), 3);
    let expected =
        serde_json::json!({"line": 1, "outcome": "accepted", "unmet": [], "pending": []});
    assert_eq!(lines[0], expected);
    let expected =
        serde_json::json!({"line": 2, "outcome": "refused", "unmet": [0, 2], "pending": []});
    assert_eq!(lines[1], expected);
    assert_eq!(lines[2]["version"], 1);
    assert_eq!(lines[2]["summary"]["refused"], 1);
    assert_eq!(lines[2]["requirements"][2]["code"], "minimum-digits");
    assert_eq!(lines[2]["requirements"][2]["unmet"], 1);
}

#[test]
fn a_stream_is_looked_up_in_a_filter() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    run(&[
        "blocklist",
        "build",
        "--words",
        "breached.txt",
        "--bits",
        "32",
        "-o",
        &filter,
    ]);
    let check = [
        "policy",
        "check",
        "outside.toml",
        "--common",
        "--each-line",
        "--breach",
        &filter,
    ];
    // Breached, known to nobody, and too short to be looked up.
    let input = "correct horse battery staple\neen lang wachtwoord 42\nhunter2\n";
    let ran = fed(
        &[&check[..], &["--new-account", "--cache", "0"]].concat(),
        input,
    );
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out
            .starts_with("           3 lines\n           1 accepted\n           2 refused\n")
    );
    let line = "           1 Not known from a data breach [outside] (not judged: 1)\n";
    assert!(ran.out.contains(line), "{}", ran.out);
    let ran = fed(&check, input);
    assert!(ran.out.contains("           1 undecided\n"), "{}", ran.out);
}

#[test]
fn lines_that_are_not_utf8_are_counted_and_end_in_an_error() {
    let ran = fed(&CHECK, b"wachtwoord1234\ncaf\xe9\nkort\n\xff\n");
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.out
            .starts_with("           4 lines\n           1 accepted\n"),
        "{}",
        ran.out
    );
    assert_eq!(
        ran.err,
        "slotwerk: <stdin>:2: lines that are not UTF-8 or hold a NUL byte, and were not judged: 2; this is the first\n"
    );
    let ran = fed(&[&CHECK[..], &["--json"]].concat(), b"\xff\n");
    assert_eq!(lines(&ran.out)[0]["outcome"], "not-utf8");
}

#[test]
fn a_line_of_a_megabyte_is_refused_like_any_other() {
    let long = "wachtwoord".repeat(100_000);
    let ran = fed(
        &[&CHECK[..], &["--json"]].concat(),
        format!("a\n{long}\nwachtwoord1234\n"),
    );
    assert_eq!(ran.code, Some(1));
    let lines = lines(&ran.out);
    assert_eq!(lines.len(), 4);
    let outcomes: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["outcome"].as_str())
        .collect();
    assert_eq!(outcomes, ["refused", "refused", "accepted"]);
    assert_eq!(
        lines[1]["unmet"],
        serde_json::json!([1]),
        "the maximum length"
    );
}

#[test]
fn a_line_is_too_long_from_one_byte_on() {
    let scratch = Scratch::new();
    let policy = scratch.file(
        "p.json",
        r#"{"version":1,"rules":[{"rule":"minimum-length","characters":8}]}"#,
    );
    let args = ["policy", "check", &policy, "--each-line", "--json"];
    for end in ["", "\n", "\r\n"] {
        // The last one puts the line across the end of what is read at a time.
        for before in ["", "x\n", &format!("{}\n", "y".repeat(64_000))] {
            for (length, pending) in [
                (4095, 0),
                (4096, 0),
                (4097, 1),
                (4098, 1),
                (4099, 1),
                (70_000, 1),
            ] {
                let ran = fed(
                    &args,
                    format!(
                        "{before}{}{end}",
                        "é".repeat(length / 2) + &"a".repeat(length % 2)
                    ),
                );
                let lines = lines(&ran.out);
                let last = &lines[lines.len() - 2];
                // Beyond the ceiling nothing but the length is judged.
                assert_eq!(
                    last["pending"].as_array().unwrap().len(),
                    pending,
                    "{length} {end:?}"
                );
                assert_eq!(last["line"], before.lines().count() + 1);
            }
        }
    }
}

#[test]
fn a_password_of_a_megabyte_is_refused() {
    let long = "wachtwoord".repeat(100_000);
    let ran = fed(&["policy", "check", "noord.json"], &long);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(
        ran.out.contains("✗ At most 256 characters\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("? At least 2 digits [noord]\n"),
        "{}",
        ran.out
    );

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
    // It was never looked up.
    assert_eq!(fed(&["blocklist", "query", &filter], &long).code, Some(3));
    let words = scratch.file("words", format!("kort\n{long}\n"));
    run(&[
        "blocklist",
        "build",
        "--words",
        &words,
        "--bits",
        "16",
        "-o",
        &filter,
    ])
    .failed(
        3,
        &format!("slotwerk: {words}:2: the line is longer than 4096 bytes"),
    );
}

/// The most memory that a running child has had, in kB.
#[cfg(target_os = "linux")]
fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Feeds `count` times `piece` and returns the most memory this took, in kB, the output and the code.
#[cfg(target_os = "linux")]
fn flooded(args: &[&str], piece: &[u8], count: usize) -> (u64, String, Option<i32>) {
    let mut command = slotwerk(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..count {
        stdin.write_all(piece).unwrap();
    }
    // The pipe holds 64 kB at most: nearly all of it has been read by now.
    let peak = peak(&child);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    (
        peak,
        String::from_utf8(output.stdout).unwrap(),
        output.status.code(),
    )
}

#[cfg(target_os = "linux")]
#[test]
fn a_stream_of_any_length_takes_the_same_memory() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let line = |length| [b"x".repeat(length), b"\n".to_vec()].concat();
    let build = [
        "blocklist",
        "build",
        "--words",
        "-",
        "--bits",
        "16",
        "-o",
        &filter,
        "--memory",
        "4",
    ];

    // A program that does nothing takes 5 MB or so.
    let (peak, out, code) = flooded(&CHECK, &line(15).repeat(1_000), 20);
    assert!(
        code == Some(1) && out.starts_with("       20000 lines\n"),
        "{out}"
    );
    assert!(peak < 30_000, "{peak} kB");
    let (peak, out, code) = flooded(&CHECK, &line(4_999).repeat(200), 60);
    assert!(
        code == Some(1) && out.starts_with("       12000 lines\n"),
        "{out}"
    );
    assert!(peak < 30_000, "60 MB in lines: {peak} kB");
    let (peak, out, code) = flooded(&CHECK, &b"x".repeat(1_000_000), 60);
    assert!(
        code == Some(1) && out.starts_with("           1 lines\n"),
        "{out}"
    );
    assert!(peak < 30_000, "60 MB in one line: {peak} kB");
    let (peak, out, code) = flooded(&build, &line(999).repeat(1_000), 60);
    assert!(
        code == Some(0) && out.contains("keys 60000, left out 0"),
        "{out}"
    );
    assert!(peak < 40_000, "a list of 60 MB: {peak} kB");
}

/// Reads one line and closes the pipe; what is on standard error, and the code.
fn cut_short(args: &[&str], input: &str) -> (String, Option<i32>) {
    let mut command = slotwerk(args);
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let feeder = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(!first.is_empty());
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    feeder.join().unwrap();
    (err, child.wait().unwrap().code())
}

#[test]
fn a_closed_pipe_ends_quietly_and_never_as_a_yes() {
    let check = [&CHECK[..], &["--json"]].concat();
    let input = "wachtwoord1234\n".repeat(20_000);
    assert_eq!(cut_short(&check, &input), (String::new(), Some(4)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = || {
        Stdio::from(
            std::fs::File::options()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        )
    };
    for args in [
        &["policy", "explain", "platform.toml"][..],
        &["--json", "policy", "explain", "platform.toml"],
        &["--help"],
    ] {
        let output = slotwerk(args).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
        // Nobody hears it, but it ends in order.
        let output = slotwerk(args)
            .stdout(full())
            .stderr(full())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(4), "{args:?}");
    }
}
