//! `password rewrap`: a stream of stored hashes under the active key.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;
use support::{Ran, Scratch, fed, run, slotwerk};

const OLD: &str = "1 active ERERERERERERERERERERERERERERERERERERERERERE\n";
const NEW: &str = "2 active IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n\
                   1 retired ERERERERERERERERERERERERERERERERERERERERERE\n";
const GONE: &str = "2 active IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n1 revoked\n";
/// Of "password" with salt "somesalt", from the tests of libargon2 (src/test.c, 64 MiB, 2 passes).
const PLAIN: &str = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ\
                     $CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

fn rewrap(keys: &str, more: &[&str], input: impl AsRef<[u8]>) -> Ran {
    fed(
        &[&["password", "rewrap", "--pepper-keys", keys], more].concat(),
        input,
    )
}

/// Also takes what is not wrapped yet.
fn import(keys: &str, more: &[&str], input: impl AsRef<[u8]>) -> Ran {
    rewrap(keys, &[&["--import-plain"], more].concat(), input)
}

/// Owners and hashes.
fn rows(text: &str) -> Vec<(&str, &str)> {
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines()
        .map(|line| line.rsplit_once('\t').unwrap())
        .collect()
}

#[test]
fn hashes_are_wrapped_rotated_and_then_left_alone() {
    let scratch = Scratch::new();
    let (old, new) = (scratch.secret("old", OLD), scratch.secret("new", NEW));
    let input = format!("noord\tnoor\t{PLAIN}\nnoord\tbert\t{PLAIN}\n\t\t{PLAIN}\n");
    let first = import(&old, &[], &input);
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert_eq!(
        first.err,
        "lines 3, changed 3, unchanged 0, left out 0; active key 1\n"
    );
    let wrapped = rows(&first.out);
    let owners: Vec<&str> = wrapped.iter().map(|row| row.0).collect();
    assert_eq!(owners, ["noord\tnoor", "noord\tbert", "\t"]);
    for (_, hash) in &wrapped {
        assert!(hash.starts_with("$slotwerk-pepper$v=1$k=1$"), "{hash}");
    }
    assert_ne!(wrapped[0].1, wrapped[1].1);

    // Half of it again, with a hash that is new.
    let mixed = format!("{}zuid\tnoor\t{PLAIN}\n", first.out);
    let again = import(&old, &[], &mixed);
    assert_eq!(
        again.err,
        "lines 4, changed 1, unchanged 3, left out 0; active key 1\n"
    );
    assert!(
        again.out.starts_with(&first.out),
        "unchanged lines are printed unchanged"
    );
    let changed = import(&old, &["--changed-only"], &mixed);
    assert_eq!(rows(&changed.out).len(), 1);
    assert!(changed.out.starts_with("zuid\tnoor\t$slotwerk-pepper$"));

    let rotated = rewrap(&new, &["--lang", "nl"], &again.out);
    assert_eq!(
        rotated.err,
        "regels 4, veranderd 4, onveranderd 0, weggelaten 0; actieve sleutel 2\n"
    );
    for (_, hash) in rows(&rotated.out) {
        assert!(hash.starts_with("$slotwerk-pepper$v=1$k=2$"), "{hash}");
    }
    let twice = rewrap(&new, &[], &rotated.out);
    assert_eq!(twice.out, rotated.out, "doing it twice changes nothing");
    assert_eq!(rewrap(&new, &["--changed-only"], &rotated.out).out, "");

    // After all that it is the same password, for the same account.
    let (_, hash) = rows(&rotated.out)[0];
    let verify = |account: &str, password: &str| {
        let owner = ["--tenant", "noord", "--account", account];
        let args = ["password", "verify", hash, "--pepper-keys", &new];
        fed(&[&args[..], &owner].concat(), password).code
    };
    assert_eq!(verify("noor", "password"), Some(0));
    assert_eq!(verify("noor", "Password"), Some(1));
    assert_eq!(verify("bert", "password"), Some(3));
}

#[test]
fn lines_that_do_not_open_are_left_out_and_told_by_number() {
    let scratch = Scratch::new();
    let (old, new) = (scratch.secret("old", OLD), scratch.secret("new", NEW));
    let wrapped = import(&old, &[], format!("noord\tnoor\t{PLAIN}\n")).out;
    let stranger = wrapped.replace("noor\t", "bert\t");
    let mut altered = wrapped.trim_end().to_owned().into_bytes();
    let at = altered.len() - 20;
    altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
    let input = [
        format!("a\tb\t{PLAIN}\r\n").as_bytes(),
        stranger.as_bytes(),
        &altered,
        b"\n",
        b"caf\xe9\tb\tc\n",
        b"\n",
        b"a\tb\tc\td\n",
        b"a\tb\tZeemeermin\n",
        &b"x".repeat(1 << 20),
        b"\n",
        wrapped.replace("$k=1$", "$k=7$").as_bytes(),
        b"\0\x1b[2J\t\t\n",
        format!("a\tc\t{PLAIN}").as_bytes(),
    ]
    .concat();
    let ran = import(&new, &[], &input);
    assert_eq!(ran.code, Some(3));
    let owners: Vec<&str> = rows(&ran.out).iter().map(|row| row.0).collect();
    assert_eq!(owners, ["a\tb", "a\tc"], "the rest goes on");
    let other = "the wrapped hash was altered, or is another account's or key's";
    let fields = "the line is not a tenant, an account and a hash with tabs between them";
    let kind = "this is not a stored hash of a kind that is known here";
    let nul = "there is a NUL byte in it: this is UTF-16 or no text; save it as UTF-8";
    let told = [
        format!("slotwerk: <stdin>:2: {other}"),
        format!("slotwerk: <stdin>:3: {other}"),
        "slotwerk: <stdin>:4: this is not UTF-8".to_owned(),
        format!("slotwerk: <stdin>:5: {fields}"),
        format!("slotwerk: <stdin>:6: {fields}"),
        format!("slotwerk: <stdin>:7: {kind}"),
        "slotwerk: <stdin>:8: the line is longer than 4096 bytes".to_owned(),
        format!("slotwerk: <stdin>:9: {other}"),
        format!("slotwerk: <stdin>:10: {nul}"),
        "lines 11, changed 2, unchanged 0, left out 9; active key 2".to_owned(),
        "slotwerk: <stdin>:2: lines that were left out, since they could not be wrapped: 9; this is the first".to_owned(),
    ];
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines, told);
    let dutch = import(&new, &["--lang", "nl"], &input);
    assert!(
        dutch.err.contains("<stdin>:5: de regel is geen tenant, "),
        "{}",
        dutch.err
    );
    assert!(dutch.err.contains("weggelaten zijn"), "{}", dutch.err);

    let json = import(&new, &["--json"], &input);
    assert_eq!(json.code, Some(3));
    let lines: Vec<serde_json::Value> = json
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 12);
    assert_eq!(
        (
            &lines[0]["line"],
            &lines[0]["account"],
            &lines[0]["changed"]
        ),
        (&1.into(), &"b".into(), &true.into())
    );
    assert_eq!(lines[0]["stored"], PLAIN, "for compare-and-swap");
    let faults: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["fault"].as_str())
        .collect();
    let codes = [
        "not-authentic",
        "not-authentic",
        "not-utf8",
        "fields",
        "fields",
        "not-a-hash",
        "too-long",
        "not-authentic",
        "nul",
    ];
    assert_eq!(faults, codes);
    let summary = serde_json::json!({"lines": 11, "changed": 2, "unchanged": 0, "failed": 9});
    assert_eq!(lines[11]["summary"], summary);
    assert_eq!(lines[11]["active_key"], 2);
    let error: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(error["error"]["line"], 2);
}

#[test]
fn a_key_that_is_gone_is_named() {
    let scratch = Scratch::new();
    let (old, gone) = (scratch.secret("old", OLD), scratch.secret("gone", GONE));
    let wrapped = import(&old, &[], format!("a\tb\t{PLAIN}\n")).out;
    let ran = rewrap(&gone, &[], &wrapped);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert!(
        ran.err
            .starts_with("slotwerk: <stdin>:1: the keys have no usable key 1\n"),
        "{}",
        ran.err
    );
    // With the wrong keys every line is one; the first hundred are told.
    let ran = rewrap(&gone, &[], wrapped.repeat(150));
    assert_eq!(ran.err.lines().count(), 102, "{}", ran.err);
    assert!(ran.err.contains("left out 150; "), "{}", ran.err);
    let ran = rewrap(&gone, &["--json"], wrapped.repeat(150));
    assert_eq!(ran.out.matches("unknown-key").count(), 150);
}

#[test]
fn plain_hashes_need_import_plain() {
    let scratch = Scratch::new();
    let old = scratch.secret("old", OLD);
    let planted = format!("a\tb\t{PLAIN}\n");
    let wrapped = import(&old, &[], &planted).out;
    let ran = rewrap(&old, &[], format!("{wrapped}{planted}"));
    assert_eq!((ran.code, &ran.out), (Some(3), &wrapped));
    assert!(
        ran.err
            .starts_with("slotwerk: <stdin>:2: the stored hash is not wrapped\n"),
        "{}",
        ran.err
    );
}

#[test]
fn current_hashes_are_opened_too() {
    let scratch = Scratch::new();
    let old = scratch.secret("old", OLD);
    let input = format!("a\tb\t{PLAIN}\na\tc\t{PLAIN}\n");
    let wrapped = import(&old, &[], &input).out;
    assert_eq!(rewrap(&old, &[], &wrapped).out, wrapped);
    let swapped = wrapped.replace("a\tb\t", "a\td\t");
    let damaged = wrapped.replacen("$k=1$", "$k=1$AAAA", 1);
    let kept = wrapped.lines().nth(1).unwrap().to_owned() + "\n";
    for text in [swapped, damaged] {
        for ran in [rewrap(&old, &[], &text), import(&old, &[], &text)] {
            assert_eq!((ran.code, &ran.out), (Some(3), &kept), "{}", ran.err);
            assert!(
                ran.err.contains("the wrapped hash was altered"),
                "{}",
                ran.err
            );
        }
    }
}

#[test]
fn nothing_in_gives_nothing_out() {
    let scratch = Scratch::new();
    let old = scratch.secret("old", OLD);
    let ran = run(&["password", "rewrap", "--pepper-keys", &old]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert_eq!(
        ran.err,
        "lines 0, changed 0, unchanged 0, left out 0; active key 1\n"
    );
    run(&["password", "rewrap"]).failed(
        2,
        "slotwerk: missing: --pepper-keys <FILE>\nFor more information, try --help.",
    );
}

#[test]
fn a_closed_pipe_ends_the_rewrapping_quietly() {
    let scratch = Scratch::new();
    let old = scratch.secret("old", OLD);
    let args = [
        "password",
        "rewrap",
        "--pepper-keys",
        &old,
        "--import-plain",
    ];
    let mut command = slotwerk(&args);
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || {
        let _ = stdin.write_all(format!("a\tb\t{PLAIN}\n").repeat(5_000).as_bytes());
    });
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.starts_with("a\tb\t$slotwerk-pepper$"), "{first}");
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    feeder.join().unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(4), ""));
}

/// The most memory that a running child has had, in kB, after `count` times `piece`.
#[cfg(target_os = "linux")]
fn flooded(keys: &str, piece: &[u8], count: usize) -> (u64, String, Option<i32>) {
    let mut command = slotwerk(&["password", "rewrap", "--pepper-keys", keys]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..count {
        stdin.write_all(piece).unwrap();
    }
    // The pipe holds 64 kB at most: nearly all of it has been read by now.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak = line.trim().trim_end_matches(" kB").parse().unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    (
        peak,
        String::from_utf8(output.stderr).unwrap(),
        output.status.code(),
    )
}

#[cfg(target_os = "linux")]
#[test]
fn any_number_of_lines_is_rewrapped_in_the_same_memory() {
    let scratch = Scratch::new();
    let old = scratch.secret("old", OLD);
    let wrapped = import(&old, &[], format!("noord\tnoor\t{PLAIN}\n")).out;
    let (peak, err, code) = flooded(&old, wrapped.repeat(1_000).as_bytes(), 200);
    assert!(
        code == Some(0) && err.contains("unchanged 200000, "),
        "{err}"
    );
    assert!(peak < 30_000, "50 MB in lines: {peak} kB");
    let (peak, err, code) = flooded(&old, &b"a\tb\tc\n".repeat(1_000), 200);
    assert!(
        code == Some(3) && err.contains("left out 200000; "),
        "{err}"
    );
    assert!(peak < 30_000, "faults: {peak} kB");
    let (peak, err, code) = flooded(&old, &b"x".repeat(1_000_000), 60);
    assert!(
        code == Some(3) && err.starts_with("slotwerk: <stdin>:1: "),
        "{err}"
    );
    assert!(peak < 30_000, "60 MB in one line: {peak} kB");
}
