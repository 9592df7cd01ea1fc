//! `--pepper-keys`: hashes under a pepper, and the file of its keys.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use support::{Ran, Scratch, fed, restrict};

const PASSWORD: &str = "Zeemeermin op de fiets";

const KEYS: &str = "1 active ERERERERERERERERERERERERERERERERERERERERERE\n";
const TWO_KEYS: &str = "2 active IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n\
                        1 retired ERERERERERERERERERERERERERERERERERERERERERE\n";

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
fn a_wrapped_hash_opens_for_its_owner_and_its_keys() {
    let scratch = Scratch::new();
    let keys = scratch.secret("keys", KEYS);
    let of = |keys: &str, tenant: &str, account: &str| -> Vec<String> {
        let args = [
            "--pepper-keys",
            keys,
            "--tenant",
            tenant,
            "--account",
            account,
        ];
        args.map(str::to_owned).to_vec()
    };
    let noor = of(&keys, "noord", "noor");
    let noor: Vec<&str> = noor.iter().map(String::as_str).collect();
    // A costly one: under a pepper that is seen only when it is open.
    let costly = ["--memory-kib", "32768", "--passes", "9"];
    let stored = hash(&[&noor[..], &costly].concat());
    assert!(stored.starts_with("$slotwerk-pepper$v=1$k=1$"), "{stored}");
    let ran = verify(&[&[stored.as_str()], &noor[..]].concat(), PASSWORD);
    assert_eq!(
        (ran.code, ran.out.lines().count()),
        (Some(0), 1),
        "{}{}",
        ran.out,
        ran.err
    );
    let ran = verify(&[&[stored.as_str()], &noor[..]].concat(), "x");
    assert_eq!(ran.code, Some(1), "{}", ran.err);

    verify(&[&stored], PASSWORD).failed(
        2,
        "slotwerk: the hash is wrapped under a pepper: name its keys with --pepper-keys FILE",
    );
    for (tenant, account) in [("noord", "bert"), ("zuid", "noor"), ("", "")] {
        let args = of(&keys, tenant, account);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        verify(&[&[stored.as_str()], &args[..]].concat(), PASSWORD).failed(
            3,
            "slotwerk: the wrapped hash was altered, or is another account's or key's",
        );
    }
    let others = scratch.secret("others", &TWO_KEYS[..TWO_KEYS.find('\n').unwrap()]);
    let args = of(&others, "noord", "noor");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    verify(&[&[stored.as_str()], &args[..]].concat(), PASSWORD)
        .failed(3, "slotwerk: the keys have no usable key 1");

    // A replacement is due under a newer key, and for a hash that is not wrapped.
    let both = scratch.secret("both", TWO_KEYS);
    let args = of(&both, "noord", "noor");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    for old in [stored, hash(&[])] {
        let ran = verify(
            &[&[old.as_str(), "--replacement"], &args[..]].concat(),
            PASSWORD,
        );
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(
            ran.out.starts_with("$slotwerk-pepper$v=1$k=2$"),
            "{}",
            ran.out
        );
        let new = ran.out.trim_end();
        let ran = verify(&[&[new, "--replacement"], &args[..]].concat(), PASSWORD);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    }
    // All three or none.
    for args in [
        &["--pepper-keys", &keys][..],
        &["--tenant", "noord"],
        &["--account", "noor"],
    ] {
        assert_eq!(
            fed(&[&["password", "hash"], args].concat(), "x").code,
            Some(2),
            "{args:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn keys_that_others_can_read_are_refused() {
    let scratch = Scratch::new();
    let keys = scratch.secret("keys", KEYS);
    let args = ["password", "rewrap", "--pepper-keys", &keys];
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o777] {
        restrict(&keys, mode);
        let message =
            format!("slotwerk: {keys}: others than its owner have access to the keys: chmod 600");
        fed(&args, "").failed(3, &message);
        let dutch = fed(&[&args[..], &["--lang", "nl"]].concat(), "");
        assert!(
            dutch.err.contains("anderen dan de eigenaar"),
            "{}",
            dutch.err
        );
    }
    for mode in [0o600, 0o400] {
        restrict(&keys, mode);
        assert_eq!(fed(&args, "").code, Some(0), "{mode:o}");
    }
}

#[test]
fn keys_that_are_no_keys_are_refused_by_line() {
    let scratch = Scratch::new();
    let key = "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI";
    for (content, place, en, nl) in [
        (
            String::new(),
            "",
            "no key is active",
            "geen sleutel is actief (active)",
        ),
        (
            format!("{KEYS}2 active"),
            ":2",
            "expected an id, a state and a key, separated by blanks",
            "hier hoort een nummer",
        ),
        (
            format!("02 active {key}"),
            ":1",
            "the id must be a number from 0 to 65535 without sign or leading zeros",
            "het nummer moet",
        ),
        (
            format!("2 spare {key}"),
            ":1",
            "the state must be active, retired or revoked",
            "de toestand moet",
        ),
        (
            format!("2 active {}", &key[1..]),
            ":1",
            "the key must be 32 bytes as 43 characters of unpadded base64url",
            "de sleutel moet",
        ),
        (
            format!("2 active {}", "A".repeat(43)),
            ":1",
            "the key is all zeros: a placeholder, not a key",
            "de sleutel is niets dan nullen",
        ),
        (
            format!("{KEYS}1 retired {key}"),
            ":2",
            "the id was already given",
            "het nummer is al eerder gegeven",
        ),
        (
            format!("{KEYS}{}", KEYS.replace("1 active", "2 retired")),
            ":2",
            "the key was already given under another id",
            "de sleutel is al eerder gegeven",
        ),
        (
            format!("{KEYS}2 active {key}"),
            ":2",
            "there is already an active key",
            "er is al een actieve sleutel",
        ),
        (
            "#".repeat(1 << 20),
            "",
            "the file is longer than 262144 bytes",
            "het bestand is langer dan",
        ),
    ] {
        let keys = scratch.secret("keys", &content);
        let args = ["password", "rewrap", "--pepper-keys", &keys];
        fed(&args, "").failed(3, &format!("slotwerk: {keys}{place}: {en}"));
        let dutch = fed(&[&args[..], &["--lang", "nl"]].concat(), "");
        assert!(
            dutch
                .err
                .starts_with(&format!("slotwerk: {keys}{place}: {nl}")),
            "{}",
            dutch.err
        );
    }
    for (bytes, en) in [
        ([0xff, 0xfe, 0], "this is UTF-16: save it as UTF-8"),
        ([b'1', 0xff, 0xfe], "this is not UTF-8"),
    ] {
        let keys = scratch.file("binary", bytes);
        restrict(&keys, 0o600);
        fed(&["password", "rewrap", "--pepper-keys", &keys], "")
            .failed(3, &format!("slotwerk: {keys}: {en}"));
    }
    fed(&["password", "rewrap", "--pepper-keys", "-"], KEYS).failed(
        2,
        "slotwerk: keys are in a file of their own, not on standard input",
    );
    let ran = fed(
        &["password", "rewrap", "--pepper-keys", &scratch.path("")],
        "",
    );
    assert!(
        ran.code == Some(3) && ran.err.contains("it is not a regular file"),
        "{}",
        ran.err
    );
}
