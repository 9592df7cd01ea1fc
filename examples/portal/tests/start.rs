//! A start that fails: one line that says what, where and what to do, without repeating itself, and an exit code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const KEY: &str = "1 active ERERERERERERERERERERERERERERERERERERERERERE";

/// Wrong options, as in the operator's tool.
const USAGE: i32 = 2;
/// The options are right, and something on this machine is in the way.
const FAILED: i32 = 1;

/// The options of a good start, with these put in or exchanged.
fn start(dir: &Path, changes: &[(&str, &str)]) -> (Option<i32>, String) {
    let database = format!("sqlite://{}", dir.join("good.sqlite").display());
    let keys = dir.join("good-keys");
    let mut options = vec![
        ("--listen", "127.0.0.1:0"),
        ("--database-url", database.as_str()),
        ("--keys", keys.to_str().unwrap()),
    ];
    for change in changes {
        options.retain(|(name, _)| *name != change.0);
        options.push(*change);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    for (name, value) in options {
        command.arg(name);
        if !value.is_empty() {
            command.arg(value);
        }
    }
    let ended = command
        .env_clear()
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(ended.stdout.is_empty(), "{changes:?}");
    let line = String::from_utf8(ended.stderr).unwrap();
    (ended.status.code(), line.trim_end().to_owned())
}

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
fn repetitions_are_found() {
    for doubled in [
        "portal: --keys: the key file X: the key file is open to others",
        "portal: --database-url: --database-url must begin with sqlite:",
        "portal: --database-url: the database cannot be opened: the database cannot be opened",
    ] {
        assert!(repeated(doubled).is_some(), "{doubled}");
    }
    assert_eq!(
        repeated("portal: --keys X: the key file is open to others"),
        None
    );
}

#[test]
fn each_wrong_start_is_one_line() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let file = |name: &str, content: &[u8]| -> String {
        let path = dir.join(name);
        fs::write(&path, content).unwrap();
        restrict(&path);
        path.to_str().unwrap().to_owned()
    };
    let junk = file("junk", b"neither a database nor a directory nor a key\n");
    let directory = dir.join("directory");
    fs::create_dir(&directory).unwrap();
    let directory = directory.to_str().unwrap();
    let missing = dir.join("missing");
    let missing = missing.to_str().unwrap();
    let utf16 = file("utf16", b"\xff\xfe1\0 \0a\0");
    let unmarked = file("unmarked", b"1\0 \0a\0");
    let exposed = file("exposed", KEY.as_bytes());
    expose(Path::new(&exposed));
    let below = format!("{junk}/keys");
    let database = |place: &str| format!("sqlite://{place}");
    let (of_junk, of_directory) = (database(&junk), database(directory));
    let of_nothing = database(&format!("{missing}/x/portal.sqlite"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken
        .local_addr()
        .map(|at| (taken, at.to_string()))
        .unwrap();
    let half = file("half", b"12x");
    let empty = file("empty", b"");

    for (option, value, code, says) in [
        ("--frobnicate", "", USAGE, "--frobnicate"),
        ("serve", "", USAGE, "serve"),
        ("--listen", "nergens", USAGE, "--listen"),
        ("--listen", "127.0.0.1:99999", USAGE, "--listen"),
        ("--listen", &taken.1, FAILED, &taken.1),
        ("--redis-url", "nergens", USAGE, "redis://"),
        ("--database-url", "oracle://x", USAGE, "sqlite:"),
        ("--database-url", "postgres://x:y", FAILED, "postgres://"),
        ("--database-url", &of_junk, FAILED, &junk),
        ("--database-url", &of_directory, FAILED, directory),
        ("--database-url", &of_nothing, FAILED, missing),
        ("--keys", &junk, FAILED, "line 1"),
        ("--keys", directory, FAILED, "regular file"),
        ("--keys", &exposed, FAILED, "0600"),
        ("--keys", &utf16, FAILED, "save it as UTF-8"),
        ("--keys", &unmarked, FAILED, "save it as UTF-8"),
        ("--keys", &below, FAILED, &below),
        ("--smtp-url", "nergens", USAGE, "smtp"),
        ("--smtp-url", "gopher://127.0.0.1", USAGE, "smtp"),
        ("--public-url", "nergens", USAGE, "--public-url"),
        ("--public-url", "http://elders.example", USAGE, "https"),
        (
            "--trusted-proxies",
            "10.0.0.0/8,x",
            USAGE,
            "--trusted-proxies",
        ),
        ("--breach-filter", missing, FAILED, missing),
        ("--breach-filter", &junk, FAILED, "not a filter file"),
        ("--outbox-dir", &below, FAILED, "--outbox-dir"),
        ("--clock-file", missing, FAILED, missing),
        ("--clock-file", directory, FAILED, directory),
        ("--clock-file", &half, FAILED, "seconds since 1970"),
        ("--clock-file", &empty, FAILED, "seconds since 1970"),
        ("--clock-file", &utf16, FAILED, "UTF-8"),
        ("--clock-file", &unmarked, FAILED, "UTF-8"),
    ] {
        let (ended, line) = start(dir, &[(option, value)]);
        assert_eq!(ended, Some(code), "{option} {value}: {line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.starts_with("portal: "), "{line}");
        assert!(line.contains(says), "{option} {value}: {line}");
        assert!(line.contains(option), "where: {line}");
        assert_eq!(repeated(&line), None, "{line}");
    }
}

#[test]
fn tenant_is_added_to_a_used_database() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let database = format!("sqlite://{}", dir.join("good.sqlite").display());
    let rules = dir.join("rules.toml");
    fs::write(&rules, include_str!("../policies/noord.toml")).unwrap();
    let add = |id: &str, name: &str| {
        let ended = Command::new(env!("CARGO_BIN_EXE_portal"))
            .args([
                "add-tenant",
                id,
                "--name",
                name,
                "--database-url",
                &database,
            ])
            .args(["--rules".as_ref(), rules.as_os_str()])
            .env_clear()
            .current_dir(dir)
            .output()
            .unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        (ended.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, line) = add("west", "West");
    assert_eq!(code, Some(FAILED), "{line}");
    assert!(line.contains("start one on it first"), "{line}");
    // The portal makes its database before it reads this option.
    let (code, line) = start(dir, &[("--smtp-url", "nergens")]);
    assert_eq!(code, Some(USAGE), "{line}");
    for (id, name, code, says) in [
        ("west", "West", Some(0), "west: West"),
        ("west", "Arbodienst West", Some(0), "west: Arbodienst West"),
        ("noord", "Noord", Some(FAILED), "noord"),
        ("West", "West", Some(FAILED), "id"),
        ("oost", "", Some(FAILED), "name"),
    ] {
        let (ended, line) = add(id, name);
        assert_eq!(ended, code, "{id}: {line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains(says), "{id}: {line}");
        assert_eq!(repeated(&line), None, "{line}");
    }
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn restrict(path: &Path) {
    mode(path, 0o600);
}

#[cfg(unix)]
fn expose(path: &Path) {
    mode(path, 0o644);
}
