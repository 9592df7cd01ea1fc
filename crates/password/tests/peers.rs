//! The real peers make fresh hashes that verify here, and verify what is hashed here.
//!
//! Needs a Python with the packages of `tests/peers/requirements.txt` (its path in
//! SLOTWERK_PYTHON), and Node with what `npm ci` installs in `tests/peers`.
#![cfg(all(
    feature = "argon2-foreign",
    feature = "bcrypt",
    feature = "keycloak",
    feature = "pbkdf2",
    feature = "scrypt"
))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use slotwerk_password::{Hasher, Password, PasswordHash, Verification};

const SALT: [u8; 16] = [0x5a; 16];

fn passwords() -> Vec<String> {
    vec![
        "correct horse battery staple".to_owned(),
        "caf\u{e9}".to_owned(),
        "\u{1f469}\u{200d}\u{1f680} \u{1f510}".to_owned(),
        " spaces \t around ".to_owned(),
        "7".repeat(72),
        "7".repeat(73),
        "\u{e9}".repeat(36),
        "p\u{e4}ss ".repeat(200),
    ]
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Its lines of tab-separated fields. A peer that is not there is a failure.
fn run(command: &mut Command, input: &str) -> Vec<Vec<String>> {
    let mut child = command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{command:?}: {}", output.status);
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

fn python(mode: &str) -> Command {
    let interpreter = std::env::var_os("SLOTWERK_PYTHON").expect("SLOTWERK_PYTHON names a Python");
    let mut command = Command::new(interpreter);
    command.args(["peers.py", mode]);
    command
}

fn node(mode: &str) -> Command {
    let mut command = Command::new("node");
    command.args(["peers.mjs", mode]);
    command
}

fn accepts(hasher: &Hasher, password: &str, stored: &PasswordHash) -> bool {
    let password = Password::new(password).unwrap();
    let verdict = hasher.verify_blocking(password, stored, SALT).unwrap();
    matches!(verdict, Verification::Verified { .. })
}

#[test]
#[ignore = "needs python with argon2-cffi, bcrypt and django, and node"]
fn peers_verify_what_is_hashed_here_and_their_hashes_verify_here() {
    let hasher = Hasher::builder().workers(1).build().unwrap();
    let passwords = passwords();
    let by_hex: BTreeMap<String, &str> = passwords
        .iter()
        .map(|text| (hex(text), text.as_str()))
        .collect();

    let input: String = by_hex.keys().map(|line| format!("{line}\n")).collect();
    let mut made = run(&mut python("make"), &input);
    made.extend(run(&mut node("make"), &input));
    let mut forms = BTreeMap::<&str, usize>::new();
    for row in &made {
        let [form, password, stored] = &row[..] else {
            panic!("{row:?}")
        };
        let hash = if form.starts_with("keycloak:") {
            let (secret, credential) = stored.split_once(' ').unwrap();
            PasswordHash::from_keycloak(secret, credential).unwrap()
        } else {
            PasswordHash::parse(stored).unwrap_or_else(|error| panic!("{form} {stored}: {error}"))
        };
        let password = by_hex[password];
        assert!(accepts(&hasher, password, &hash), "{form} {password}");
        let other = format!(
            "x{}",
            &password[password.chars().next().unwrap().len_utf8()..]
        );
        assert!(!accepts(&hasher, &other, &hash), "{form} {password}");
        *forms.entry(form).or_default() += 1;
    }
    // bcrypt itself takes no more than 72 bytes, and its libraries refuse them; all else is
    // there for every password.
    let short = passwords.iter().filter(|text| text.len() <= 72).count();
    assert_eq!(forms.len(), 46, "{forms:?}");
    for (form, count) in &forms {
        let limited = form.starts_with("bcrypt:") || *form == "django:bcrypt";
        assert_eq!(
            *count,
            if limited { short } else { passwords.len() },
            "{form}"
        );
    }

    let mut ours = String::new();
    let mut expected = Vec::new();
    for (at, (shown, password)) in by_hex.iter().enumerate() {
        let salt = [u8::try_from(at).unwrap(); 16];
        let password = Password::new(*password).unwrap();
        let stored = hasher.hash_blocking(password, salt).unwrap();
        writeln!(ours, "{shown}\t{}", stored.as_str()).unwrap();
        writeln!(ours, "{}78\t{}", shown, stored.as_str()).unwrap();
        expected.extend(["yes", "no"]);
    }
    let mut verdicts = run(&mut python("check"), &ours);
    verdicts.extend(run(&mut node("check"), &ours));
    let peers: BTreeSet<&str> = verdicts.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(peers, BTreeSet::from(["argon2-cffi", "django", "node"]));
    for peer in peers {
        let said: Vec<&str> = verdicts
            .iter()
            .filter(|row| row[0] == peer)
            .map(|row| row[1].as_str())
            .collect();
        assert_eq!(said, expected, "{peer}");
    }
}
