//! `password hash` and `password verify`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use support::{Ran, Scratch, fed, run};

const PASSWORD: &str = "Zeemeermin op de fiets";

const KEYS: &str = "1 active ERERERERERERERERERERERERERERERERERERERERERE\n";

fn hash(args: &[&str]) -> String {
    let ran = fed(&[&["password", "hash"], args].concat(), PASSWORD);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.out.lines().count(), 1);
    ran.out.trim_end().to_owned()
}

fn verify(args: &[&str], password: &str) -> Ran {
    fed(&[&["password", "verify"], args].concat(), password)
}

#[test]
fn what_is_hashed_is_verified_and_nothing_else_is() {
    let stored = hash(&[]);
    assert!(
        stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{stored}"
    );
    assert_ne!(stored, hash(&[]), "a salt of its own");
    let ran = verify(&[&stored], PASSWORD);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out, "verified: it is the password of this hash\n");
    // Line ends after it are no part of it, of either kind: no form can send them. Nor is a UTF-8 mark before it.
    assert_eq!(verify(&[&stored], &format!("{PASSWORD}\n")).code, Some(0));
    assert_eq!(verify(&[&stored], &format!("{PASSWORD}\r\n")).code, Some(0));
    assert_eq!(verify(&[&stored], &format!("{PASSWORD}\n\n")).code, Some(0));
    let marked = format!("\u{feff}{PASSWORD}");
    assert_eq!(verify(&[&stored], &marked).code, Some(0));
    for other in [
        "",
        "\n",
        &PASSWORD[1..],
        &format!("{PASSWORD} "),
        &format!("\n{PASSWORD}"),
        &format!("\u{feff}{marked}"),
        &PASSWORD.to_lowercase(),
    ] {
        let ran = verify(&[&stored], other);
        assert_eq!(ran.code, Some(1), "{other:?} {}", ran.err);
        assert_eq!(ran.out, "rejected: it is not the password of this hash\n");
    }
    let ran = verify(&[&stored, "--lang", "nl"], "x");
    assert_eq!(
        ran.out,
        "klopt niet: het is niet het wachtwoord van deze hash\n"
    );
    let json = verify(&[&stored, "--json"], "x").json(1);
    assert_eq!(
        (&json["verified"], &json["version"]),
        (&false.into(), &1.into())
    );
}

#[test]
fn a_composed_password_is_the_same_as_a_decomposed_one() {
    let ran = fed(&["password", "hash"], "caf\u{e9} op zee");
    let stored = ran.out.trim_end();
    assert_eq!(verify(&[stored], "cafe\u{301} op zee").code, Some(0));
    assert_eq!(verify(&[stored], "cafe op zee").code, Some(1));
}

#[test]
fn a_replacement_is_told_and_given_when_the_hash_is_weaker() {
    let stored = hash(&[]);
    let today = ["--memory-kib", "65536", "--passes", "2"];
    let asked = [&[stored.as_str()], &today[..]].concat();
    let ran = verify(&asked, PASSWORD);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out
            .lines()
            .nth(1)
            .unwrap()
            .starts_with("a replacement is due: "),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains('$'), "it is shown only when asked for");
    let json = verify(&[&asked[..], &["--json"]].concat(), PASSWORD).json(0);
    assert_eq!(json["replacement_due"], true);
    assert_eq!(json["replacement"], serde_json::Value::Null);

    let with = [&asked[..], &["--replacement"]].concat();
    let ran = verify(&with, PASSWORD);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let replacement = ran.out.strip_suffix('\n').unwrap();
    assert!(
        replacement.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"),
        "{replacement}"
    );
    assert!(ran.err.starts_with("verified: "), "{}", ran.err);
    let json = verify(&[&with[..], &["--json"]].concat(), PASSWORD).json(0);
    assert!(
        json["replacement"]
            .as_str()
            .unwrap()
            .starts_with("$argon2id$")
    );

    // It is good, and costs more than the parameters by default: then it stays.
    let ran = verify(&[replacement, "--replacement"], PASSWORD);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    // Nobody gets a hash of a wrong password.
    let ran = verify(&with, "iets anders");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.starts_with("rejected: "), "{}", ran.err);
}

#[test]
fn the_hash_comes_from_a_file_or_the_line_after_the_password() {
    let scratch = Scratch::new();
    let stored = hash(&[]);
    for content in [
        stored.clone(),
        format!("{stored}\n"),
        format!("{stored}\r\n"),
    ] {
        let file = scratch.file("stored", &content);
        let ran = verify(&["--hash-file", &file], PASSWORD);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        for end in ["\n", "\r\n"] {
            for dash in [&["-"][..], &["--hash-file", "-"]] {
                let ran = verify(dash, &format!("{PASSWORD}{end}{content}"));
                assert_eq!(ran.code, Some(0), "{}", ran.err);
                let ran = verify(dash, &format!("{PASSWORD}x{end}{content}"));
                assert_eq!(ran.code, Some(1), "{}", ran.err);
            }
        }
    }
    let password = scratch.file("password", PASSWORD);
    let ran = verify(&["-", "--password-file", &password], &stored);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let missing = "slotwerk: <stdin>: there is no stored hash";
    verify(&["-"], PASSWORD).failed(3, missing);
    verify(&["-"], &format!("{PASSWORD}\n")).failed(3, missing);
    verify(&["-"], "").failed(3, missing);
    verify(&["--hash-file", &scratch.path("none")], "x").failed(
        3,
        &format!(
            "slotwerk: {}: cannot be read: no such file or directory",
            scratch.path("none")
        ),
    );
    // One of the two, not both and not neither.
    assert_eq!(verify(&[], "x").code, Some(2));
    assert_eq!(verify(&[&stored, "--hash-file", "x"], "x").code, Some(2));
}

#[test]
fn hashes_that_are_no_hashes_are_refused_by_the_part_that_is_wrong() {
    let scratch = Scratch::new();
    let stored = hash(&[]);
    // White space around it is dropped in a file, and is a part of an argument.
    let spaced = verify(&[&format!("{stored} ")], PASSWORD);
    assert_eq!(spaced.code, Some(3), "{}", spaced.err);
    let unknown = "this is not a stored hash of a kind that is known here";
    let damaged = "salt or output of the stored hash was cut off or altered";
    for (text, en) in [
        ("Zeemeermin".to_owned(), unknown),
        (stored.replace("argon2id", "argon2x"), unknown),
        (
            stored.replace("v=19", "v=18"),
            "the stored hash is of an unknown version of Argon2",
        ),
        (
            stored.replace("m=19456", "m=4294967295"),
            "memory of 4294967295 KiB is outside 8 to 1048576 KiB",
        ),
        (
            stored.replace("t=2", "t=4294967295"),
            "passes 4294967295 are outside 1 to 64",
        ),
        (
            stored.replace("t=2", "t=-2"),
            "the parameters of the stored hash cannot be read",
        ),
        (stored[..stored.len() - 30].to_owned(), damaged),
        (format!("{} ", &stored[..stored.len() - 30]), damaged),
        (format!("{stored} x"), damaged),
        (
            "$slotwerk-pepper$v=1$k=1$x".to_owned(),
            "the stored hash starts as a wrapped one and does not go on as one",
        ),
    ] {
        verify(&[&text], PASSWORD).failed(3, &format!("slotwerk: {en}"));
        let file = scratch.file("stored", &text);
        verify(&["--hash-file", &file], PASSWORD).failed(3, &format!("slotwerk: {file}: {en}"));
        let dutch = verify(&[&text, "--lang", "nl"], PASSWORD);
        assert!(
            dutch.code == Some(3) && !dutch.err.contains(en),
            "{}",
            dutch.err
        );
    }
    for content in ["x".repeat(1 << 20).into_bytes(), [0xff, 0, 0x1b].repeat(9)] {
        let file = scratch.file("stored", content);
        let ran = verify(&["--hash-file", &file], PASSWORD);
        assert!(
            ran.code == Some(3) && !ran.err.contains("xx"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn strange_passwords_are_refused_or_taken_as_they_are() {
    let refused = |input: &[u8]| fed(&["password", "hash"], input);
    refused(b"").failed(3, "slotwerk: <stdin>: the password is empty");
    refused(b"\r\n").failed(3, "slotwerk: <stdin>: the password is empty");
    run(&["password", "hash", "--lang", "nl"])
        .failed(3, "slotwerk: <stdin>: het wachtwoord is leeg");
    // People cannot type it, and UTF-16 is full of it.
    let nul = "there is a NUL byte in it: this is UTF-16 or no text; save it as UTF-8";
    refused(b"a\0b").failed(3, &format!("slotwerk: <stdin>: {nul}"));
    refused(b"caf\xe9").failed(3, "slotwerk: <stdin>: the password is not UTF-8");
    let long = "slotwerk: <stdin>: the password is longer than 4096 bytes";
    refused(&b"x".repeat(4097)).failed(3, long);
    refused(&b"x".repeat(1 << 20)).failed(3, long);
    for password in ["x".repeat(4096), "a\nb".to_owned(), " ".to_owned()] {
        let stored = refused(password.as_bytes()).out;
        assert_eq!(verify(&[stored.trim_end()], &password).code, Some(0));
        let cut = &password[..password.len() - 1];
        assert_eq!(
            verify(&[stored.trim_end()], cut).code,
            Some(1),
            "every byte counts"
        );
    }
    let stored = hash(&[]);
    verify(&[&stored], &"x".repeat(1 << 20)).failed(3, long);
    verify(&["-"], &"x".repeat(1 << 20)).failed(3, long);
}

#[test]
fn parameters_below_the_floor_are_refused() {
    for (args, en) in [
        (
            ["--memory-kib", "12287", "--passes", "3"],
            "12287 KiB with passes 3 is below what is approved (OWASP ASVS 5.0 11.4.2): at least 12288 KiB",
        ),
        (
            ["--memory-kib", "19456", "--passes", "1"],
            "19456 KiB with passes 1 is below what is approved (OWASP ASVS 5.0 11.4.2): at least 47104 KiB",
        ),
        (
            ["--memory-kib", "19456", "--passes", "65"],
            "passes 65 are outside 1 to 64",
        ),
        (
            ["--memory-kib", "4194304", "--passes", "3"],
            "memory of 4194304 KiB is outside 8 to 1048576 KiB",
        ),
    ] {
        fed(&[&["password", "hash"], &args[..]].concat(), "x")
            .failed(2, &format!("slotwerk: {en}"));
    }
    let stored = hash(&["--memory-kib", "12288", "--passes", "3"]);
    assert!(stored.contains("$m=12288,t=3,p=1$"), "{stored}");
}

#[test]
fn no_secret_is_ever_shown() {
    let scratch = Scratch::new();
    let keys = scratch.secret("keys", format!("{KEYS}Zeemeermin"));
    let mut shown = String::new();
    for password in [
        "Zeemeermin",
        "Zeemeermin\nZeemeermin",
        "Zeemeermin\tZeemeermin\t$Zeemeermin\n",
    ] {
        for input in [
            password.as_bytes().to_vec(),
            [password.as_bytes(), b"\xff"].concat(),
        ] {
            for json in [&[][..], &["--json"]] {
                let sound = scratch.secret("sound", KEYS);
                for args in [
                    &["password", "hash"][..],
                    &["password", "verify", "-"],
                    &["password", "verify", "--hash-file", &keys],
                    &["password", "rewrap", "--pepper-keys", &keys],
                    &["password", "rewrap", "--pepper-keys", &sound],
                ] {
                    let ran = fed(&[args, json].concat(), &input);
                    assert!(ran.code.is_some_and(|code| code <= 3), "{args:?}");
                    shown.push_str(&ran.out);
                    shown.push_str(&ran.err);
                }
            }
        }
    }
    assert!(shown.len() > 2_000, "{}", shown.len());
    for secret in ["Zeemeermin", "zeemeermin", "ERERER"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
