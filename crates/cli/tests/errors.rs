//! Error texts: what, where and what to do, each said once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use std::collections::HashSet;
use support::{Scratch, fed};

/// Three words in a row that stand in a text twice, or an option that does.
fn repeated(line: &str) -> Option<String> {
    let words: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || ":,()".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let mut seen = HashSet::new();
    let options = words.iter().filter(|word| word.starts_with("--"));
    let options = options.map(|word| (*word).to_owned());
    let phrases = words.windows(3).map(|three| three.join(" "));
    options
        .chain(phrases)
        .find(|phrase| !seen.insert(phrase.clone()))
}

#[test]
fn no_error_repeats_a_phrase() {
    assert!(repeated("the key file X: the key file is open").is_some());
    let scratch = Scratch::new();
    let missing = scratch.path("missing");
    let empty = scratch.file("empty", "");
    let utf16 = scratch.file("utf16", b"\xff\xfea\0");
    let nul = scratch.file("nul", b"a\0b");
    let latin = scratch.file("latin", b"caf\xe9");
    let below = scratch.path("empty/below");
    let folder = scratch.path("");
    let output = scratch.path("f.slwb");
    let open_keys = scratch.file("open", "1 active x");
    support::restrict(&open_keys, 0o644);
    let no_keys = scratch.secret("none", "x\n");
    let inputs = [
        &missing, &empty, &utf16, &nul, &latin, &below, &folder, &open_keys, &no_keys,
    ];
    let mut tried = 0;
    for input in inputs {
        let hash = format!("--hash-file={input}");
        let password = format!("--password-file={input}");
        let keys = format!("--pepper-keys={input}");
        let (words, hashes) = (format!("--words={input}"), format!("--hashes={input}"));
        let list = format!("--blocklist={input}");
        let build = ["blocklist", "build", "--bits=16", "-o", &output];
        for args in [
            vec!["policy", "check", input],
            vec!["policy", "lint", input],
            vec!["policy", "explain", input],
            vec!["policy", "generate", input],
            vec!["policy", "check", "platform.toml", &list],
            vec!["policy", "check", "short.toml", &password],
            [&build[..], &[&words]].concat(),
            [&build[..], &[&hashes]].concat(),
            vec!["blocklist", "query", input],
            vec!["blocklist", "info", input],
            vec!["blocklist", "verify", input],
            vec!["password", "hash", &password],
            vec!["password", "verify", &hash],
            vec!["password", "rewrap", &keys],
            vec!["keys", "list", input],
            vec!["keys", "rotate", input],
            vec!["keys", "revoke", input, "1", "--yes"],
        ] {
            for lang in ["en", "nl"] {
                let ran = fed(&[&args[..], &["--lang", lang]].concat(), "welkom");
                if matches!(ran.code, Some(0 | 1)) {
                    continue;
                }
                tried += 1;
                assert!(matches!(ran.code, Some(2..=4)), "{args:?}: {}", ran.err);
                let line = ran.err.trim_end().replace(input.as_str(), "FILE");
                assert_eq!(repeated(&line), None, "{args:?}: {line}");
                assert!(line.starts_with("slotwerk: "), "{args:?}: {line}");
            }
        }
    }
    assert!(tried > 200, "{tried}");
}
