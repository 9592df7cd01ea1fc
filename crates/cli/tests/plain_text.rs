//! Every option that names a text file, and every stream: marks, other encodings, line ends, NUL, and nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use support::{Ran, Scratch, fed, run};

const PASSWORD: &str = "blauwe fiets 42 Regen";
const KEYS: &str = "1 active ERERERERERERERERERERERERERERERERERERERERERE";
const TOML: &str = "version = 1\n[[rules]]\nrule = \"minimum-length\"\ncharacters = 8";
const JSON: &str = r#"{"version": 1, "rules": [{"rule": "minimum-length", "characters": 8}]}"#;

/// How a text may come from other platforms.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Plain,
    Mark,
    CrLf,
    BlankLines,
    MarkAndCrLf,
    Utf16Le,
    Utf16Be,
    Utf16LeUnmarked,
    Utf16BeUnmarked,
    Utf32Le,
    NulAtEnd,
    Empty,
}

use Form::*;

const READ: [Form; 5] = [Plain, Mark, CrLf, BlankLines, MarkAndCrLf];
const REJECTED: [(Form, &str); 6] = [
    (Utf16Le, "UTF-16"),
    (Utf16Be, "UTF-16"),
    (Utf16LeUnmarked, "NUL"),
    (Utf16BeUnmarked, "NUL"),
    (Utf32Le, "UTF-32"),
    (NulAtEnd, "NUL"),
];

impl Form {
    fn of(self, text: &str) -> Vec<u8> {
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| {
            text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>()
        };
        match self {
            Plain => text.into(),
            Mark => format!("\u{feff}{text}").into(),
            CrLf => format!("{}\r\n", text.replace('\n', "\r\n")).into(),
            BlankLines => format!("{text}\n\r\n\n").into(),
            MarkAndCrLf => format!("\u{feff}{text}\r\n").into(),
            Utf16Le => [&b"\xff\xfe"[..], &utf16(u16::to_le_bytes)].concat(),
            Utf16Be => [&b"\xfe\xff"[..], &utf16(u16::to_be_bytes)].concat(),
            Utf16LeUnmarked => utf16(u16::to_le_bytes),
            Utf16BeUnmarked => utf16(u16::to_be_bytes),
            Utf32Le => {
                let wide = text.chars().flat_map(|c| u32::from(c).to_le_bytes());
                [0xff, 0xfe, 0, 0].into_iter().chain(wide).collect()
            }
            NulAtEnd => format!("{text}\0").into(),
            Empty => Vec::new(),
        }
    }
}

/// Runs with the text in each form. `ends` says whether a run did what the plain text does.
fn every_form(text: &str, run: impl Fn(Form, &[u8]) -> Ran, good: impl Fn(&Ran) -> bool) {
    for form in READ {
        let ran = run(form, &form.of(text));
        assert!(good(&ran), "{form:?}: {} {}", ran.out, ran.err);
    }
    for (form, named) in REJECTED {
        let ran = run(form, &form.of(text));
        assert_eq!(ran.code, Some(3), "{form:?}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains(named), "{form:?}: {}", ran.err);
        assert!(ran.err.contains("UTF-8"), "what to do: {}", ran.err);
        assert!(!ran.err.contains(PASSWORD), "{form:?}: {}", ran.err);
    }
}

fn stored() -> String {
    let stored = fed(&["password", "hash"], PASSWORD).out;
    stored.trim_end().to_owned()
}

#[test]
fn policy_files() {
    let scratch = Scratch::new();
    for (name, text) in [("p.toml", TOML), ("p.json", JSON)] {
        let lint = |_: Form, bytes: &[u8]| {
            let file = scratch.file(name, bytes);
            run(&["policy", "explain", &file])
        };
        every_form(text, lint, |ran| ran.code == Some(0));
        assert_eq!(lint(Empty, b"").code, Some(3), "{name}");
    }
    let piped = |_: Form, bytes: &[u8]| fed(&["policy", "explain", "-"], bytes);
    every_form(TOML, piped, |ran| ran.code == Some(0));
}

#[test]
fn blocklists_of_a_policy() {
    let scratch = Scratch::new();
    let policy = scratch.file(
        "p.toml",
        format!("{TOML}\n[[rules]]\nrule = \"not-blocklisted\""),
    );
    let check = |_: Form, bytes: &[u8]| {
        let list = scratch.file("words", bytes);
        let args = ["policy", "check", &policy, "--blocklist", &list];
        fed(&args, "zeemeermin")
    };
    every_form("zeemeermin\nwalvis", check, |ran| ran.code == Some(1));
    let empty = check(Empty, b"");
    assert_eq!(empty.code, Some(3), "{}", empty.err);
    assert!(empty.err.contains("holds no word"), "{}", empty.err);
}

/// The fault of the issue: a word list in UTF-16 made a filter that finds nothing.
#[test]
fn word_lists_of_a_filter() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let build = |_: Form, bytes: &[u8]| {
        let words = scratch.file("words", bytes);
        let args = [
            "blocklist",
            "build",
            "--bits",
            "16",
            "-o",
            &filter,
            "--words",
            &words,
        ];
        let ran = run(&args);
        if ran.code != Some(0) {
            return ran;
        }
        fed(&["blocklist", "query", &filter], "zeemeermin")
    };
    every_form("zeemeermin\nwalvis", build, |ran| ran.code == Some(1));
    let empty = build(Empty, b"");
    assert_eq!(empty.code, Some(3), "{}", empty.err);
}

#[test]
fn hash_lists_of_a_filter() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let abc = "A9993E364706816ABA3E25717850C26C9CD0D89D:3";
    let build = |_: Form, bytes: &[u8]| {
        let hashes = scratch.file("hashes", bytes);
        let args = [
            "blocklist",
            "build",
            "--bits",
            "16",
            "-o",
            &filter,
            "--hashes",
            &hashes,
        ];
        let ran = run(&args);
        if ran.code != Some(0) {
            return ran;
        }
        fed(&["blocklist", "query", &filter], "abc")
    };
    every_form(abc, build, |ran| ran.code == Some(1));
    assert_eq!(build(Empty, b"").code, Some(3));
    assert_eq!(build(Plain, format!("{abc} \t\n").as_bytes()).code, Some(1));
}

#[test]
fn password_files() {
    let scratch = Scratch::new();
    let stored = stored();
    let verify = |_: Form, bytes: &[u8]| {
        let file = scratch.file("password", bytes);
        run(&["password", "verify", &stored, "--password-file", &file])
    };
    every_form(PASSWORD, verify, |ran| ran.code == Some(0));
    let piped = |_: Form, bytes: &[u8]| fed(&["password", "verify", &stored], bytes);
    every_form(PASSWORD, piped, |ran| ran.code == Some(0));
    assert_eq!(verify(Empty, b"").code, Some(1), "the empty password");
    for other in [
        format!(" {PASSWORD}"),
        format!("{PASSWORD} "),
        format!("{PASSWORD} \r\n"),
        format!("{PASSWORD}\t"),
        format!("\n{PASSWORD}"),
        PASSWORD.replace(' ', "  "),
    ] {
        let ran = verify(Plain, other.as_bytes());
        assert_eq!(ran.code, Some(1), "its spaces are its own: {other:?}");
    }
}

#[test]
fn passwords_to_check_and_query() {
    let scratch = Scratch::new();
    let policy = scratch.file("p.toml", TOML);
    let check = |_: Form, bytes: &[u8]| {
        let file = scratch.file("password", bytes);
        run(&["policy", "check", &policy, "--password-file", &file])
    };
    every_form(PASSWORD, check, |ran| ran.code == Some(0));
    assert_eq!(check(Empty, b"").code, Some(1));

    let filter = scratch.path("f.slwb");
    let words = scratch.file("words", PASSWORD);
    run(&[
        "blocklist",
        "build",
        "--bits",
        "16",
        "-o",
        &filter,
        "--words",
        &words,
    ]);
    let query = |_: Form, bytes: &[u8]| {
        let file = scratch.file("password", bytes);
        run(&["blocklist", "query", &filter, "--password-file", &file])
    };
    every_form(PASSWORD, query, |ran| ran.code == Some(1));
    assert_eq!(query(Empty, b"").code, Some(0));
}

#[test]
fn hash_files() {
    let scratch = Scratch::new();
    let stored = stored();
    let verify = |_: Form, bytes: &[u8]| {
        let file = scratch.file("stored", bytes);
        fed(&["password", "verify", "--hash-file", &file], PASSWORD)
    };
    every_form(&stored, verify, |ran| ran.code == Some(0));
    let padded = verify(Plain, format!("\n  {stored}\t \n").as_bytes());
    assert_eq!(padded.code, Some(0), "{}", padded.err);
    for empty in ["", "\n", " \r\n"] {
        let ran = verify(Empty, empty.as_bytes());
        assert_eq!(ran.code, Some(3));
        assert!(ran.err.contains("no stored hash"), "{}", ran.err);
    }
    // Both on standard input: the password's line, then the hash.
    let both = |_: Form, bytes: &[u8]| fed(&["password", "verify", "-"], bytes);
    let text = format!("{PASSWORD}\n{stored}");
    every_form(&text, both, |ran| ran.code == Some(0));
}

#[test]
fn key_files() {
    let scratch = Scratch::new();
    let list = |_: Form, bytes: &[u8]| {
        let file = scratch.secret("keys", bytes);
        run(&["keys", "list", &file])
    };
    every_form(
        KEYS,
        |form, bytes| {
            let ran = list(form, bytes);
            // The text names no encoding that the key file has no word for.
            if form == Utf32Le {
                assert!(ran.err.contains("UTF-16"), "{}", ran.err);
                return Ran {
                    err: format!("UTF-32 {}", ran.err),
                    ..ran
                };
            }
            ran
        },
        |ran| ran.code == Some(0),
    );
    assert_eq!(list(Empty, b"").code, Some(3));

    let wrapped = |_: Form, bytes: &[u8]| {
        let file = scratch.secret("pepper", bytes);
        let line = format!("noord\tjan\t{}\n", stored());
        fed(
            &[
                "password",
                "rewrap",
                "--import-plain",
                "--pepper-keys",
                &file,
            ],
            line,
        )
    };
    for form in READ {
        let ran = wrapped(form, &form.of(KEYS));
        assert_eq!(ran.code, Some(0), "{form:?}: {}", ran.err);
    }
    for (form, _) in REJECTED {
        let ran = wrapped(form, &form.of(KEYS));
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{form:?}");
    }
}

/// In a stream each line has its own verdict; one with a NUL byte is counted and named, and the rest goes on.
#[test]
fn streams_go_on_after_a_nul() {
    let scratch = Scratch::new();
    let policy = scratch.file("p.toml", TOML);
    let check = ["policy", "check", &policy, "--each-line"];
    let lines = "\u{feff}blauwe fiets\r\ngroene\0trein\r\nrode appel\r\n";
    let ran = fed(&check, lines);
    assert_eq!(ran.code, Some(3));
    assert!(ran.out.contains("2 accepted"), "{}", ran.out);
    assert!(ran.err.contains("<stdin>:2: "), "{}", ran.err);
    assert!(ran.err.contains("NUL"), "{}", ran.err);

    let filter = scratch.path("f.slwb");
    let words = scratch.file("words", "rode appel\n");
    run(&[
        "blocklist",
        "build",
        "--bits",
        "16",
        "-o",
        &filter,
        "--words",
        &words,
    ]);
    let ran = fed(&["blocklist", "query", &filter, "--each-line"], lines);
    assert_eq!(ran.code, Some(3));
    assert!(ran.out.contains("1 of 3"), "{}", ran.out);
    assert!(ran.err.contains("<stdin>:2: "), "{}", ran.err);

    let keys = scratch.secret("keys", KEYS);
    let hash = stored();
    let lines =
        format!("\u{feff}noord\tjan\t{hash}\r\nno\0ord\tjan\t{hash}\r\nnoord\tpiet\t{hash}\r\n");
    let rewrap = [
        "password",
        "rewrap",
        "--import-plain",
        "--pepper-keys",
        &keys,
    ];
    let ran = fed(&rewrap, lines);
    assert_eq!(ran.code, Some(3));
    let owners: Vec<&str> = ran.out.lines().map(|line| &line[..10]).collect();
    assert_eq!(owners, ["noord\tjan\t", "noord\tpiet"]);
    assert!(
        ran.err.contains("<stdin>:2: there is a NUL byte"),
        "{}",
        ran.err
    );
    for form in [Utf16Le, Utf16Be] {
        for args in [&check[..], &["password", "rewrap", "--pepper-keys", &keys]] {
            let ran = fed(args, form.of("een\ntwee\n"));
            assert_eq!(ran.code, Some(3));
            assert!(ran.err.contains("UTF-16"), "{}", ran.err);
        }
    }
}

#[test]
fn dutch_names_the_encoding_too() {
    let ran = fed(&["password", "hash", "--lang", "nl"], Utf16Le.of(PASSWORD));
    ran.failed(3, "slotwerk: <stdin>: dit is UTF-16: sla het op als UTF-8");
}
