//! `keys …`: the life of a ring in its file, and everything that a file can be instead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use serde_json::{Value, json};
use std::fs;
use support::{Ran, Scratch, fed, restrict, run};

const ONE: &str = "1 active ERERERERERERERERERERERERERERERERERERERERERE\n";
const TWO: &str = "2 active IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n\
                   1 retired ERERERERERERERERERERERERERERERERERERERERERE\n";

fn keys(command: &str, file: &str, more: &[&str]) -> Ran {
    run(&[&["keys", command, file], more].concat())
}

/// Ended well, and said this on standard output alone.
#[track_caller]
fn said(ran: &Ran, text: &str) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(ran.out.trim_end(), text);
}

/// Number and word of each line of the file.
fn states(file: &str) -> Vec<(u16, String)> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| {
            let mut words = line.split(' ');
            let id = words.next().unwrap().parse().unwrap();
            (id, words.next().unwrap().to_owned())
        })
        .collect()
}

fn words(states: &[(u16, &str)]) -> Vec<(u16, String)> {
    let owned = |(id, state): &(u16, &str)| (*id, (*state).to_owned());
    states.iter().map(owned).collect()
}

#[test]
fn a_ring_goes_through_its_whole_life() {
    let scratch = Scratch::new();
    let file = &scratch.path("keys.txt");
    said(
        &keys("new", file, &[]),
        &format!("{file}: made, with key 1"),
    );
    let first = fs::read_to_string(file).unwrap();
    assert!(first.starts_with("1 active ") && first.len() == 53, "a key");

    let ran = keys("prepare", file, &[]);
    assert!(ran.out.contains("key 2 verifies and opens"), "{}", ran.out);
    assert_eq!(states(file), words(&[(1, "active"), (2, "retired")]));
    let ran = keys("list", file, &[]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (
            Some(0),
            "    1 active\n    2 retired, newer than the active key: prepared, or taken back\n\
             the next key will be 3\n"
        )
    );

    // A third one would be known to no node: it has to be asked for.
    let before = fs::read(file).unwrap();
    keys("rotate", file, &[]).failed(
        2,
        &format!(
            "slotwerk: {file}: key 2 is newer than the active key: make it active with --to 2, or make another one with --new"
        ),
    );
    assert_eq!(fs::read(file).unwrap(), before);
    let ran = keys("rotate", file, &["--to", "2"]);
    assert!(ran.out.contains("key 2 is active. Key 1 is retired: "));
    assert_eq!(states(file), words(&[(2, "active"), (1, "retired")]));
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(&first[9..52]), "the first key is the same");

    let ran = keys("rotate", file, &[]);
    assert!(ran.out.contains("key 3 is active. Key 2 is retired: "));
    // Taken back, and out of use again.
    let ran = keys("retire", file, &["3", "--to", "2"]);
    assert!(ran.out.contains("key 2 is active. Key 3 is retired: "));
    let ran = keys("rotate", file, &["--new"]);
    assert!(ran.out.contains("key 4 is active. Key 2 is retired: "));

    let ran = keys("revoke", file, &["1", "--yes", "--lose-sealed"]);
    assert!(
        ran.out.contains("key 1 is revoked: links, tickets and"),
        "{}",
        ran.out
    );
    let all = [
        (4, "active"),
        (2, "retired"),
        (3, "retired"),
        (1, "revoked"),
    ];
    assert_eq!(states(file), words(&all));
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains(&first[9..52]), "the material is gone");
}

#[test]
fn programs_get_numbers_and_states() {
    let scratch = Scratch::new();
    let file = &scratch.secret("keys.txt", format!("{TWO}0 revoked\n"));
    let document = |command: &str, changed: bool, active: u16, next: u16, all: Value| {
        json!({
            "version": 1,
            "command": command,
            "file": file,
            "changed": changed,
            "active": active,
            "next": next,
            "keys": all,
        })
    };
    let key = |id: u16, state: &str, newer: bool| json!({"id": id, "state": state, "newer": newer});
    let before = json!([
        key(2, "active", false),
        key(1, "retired", false),
        key(0, "revoked", false),
    ]);
    assert_eq!(
        keys("list", file, &["--json"]).json(0),
        document("keys list", false, 2, 3, before)
    );
    let ran = keys("rotate", file, &["--to", "1", "--json"]);
    let after = json!([
        key(1, "active", false),
        key(2, "retired", true),
        key(0, "revoked", false),
    ]);
    assert_eq!(
        ran.json(0),
        document("keys rotate", true, 1, 3, after.clone())
    );
    let ran = keys("retire", file, &["2", "--to", "1", "--json"]);
    assert_eq!(ran.json(0), document("keys retire", false, 1, 3, after));
    for (command, more) in [
        ("prepare", &[][..]),
        ("rotate", &["--new"]),
        ("revoke", &["2", "--yes", "--lose-sealed"]),
    ] {
        let ran = keys(command, file, &[more, &["--json"]].concat());
        let document = ran.json(0);
        assert_eq!(document["command"], format!("keys {command}"));
        assert_eq!(document["changed"], true);
    }
    let new = &scratch.path("new.txt");
    let document = keys("new", new, &["--json"]).json(0);
    assert_eq!(document["keys"], json!([key(1, "active", false)]));
}

#[test]
fn a_file_is_never_replaced_by_a_new_one_and_its_owner_alone_can_open_it() {
    let scratch = Scratch::new();
    for (name, content) in [("ring", ONE), ("other", "something else"), ("empty", "")] {
        let file = &scratch.file(name, content);
        keys("new", file, &[]).failed(
            4,
            &format!("slotwerk: {file}: there is a file already, and it is not replaced"),
        );
        assert_eq!(fs::read_to_string(file).unwrap(), content);
    }
    let nowhere = &scratch.path("none/keys.txt");
    keys("new", nowhere, &[]).failed(
        4,
        &format!(
            "slotwerk: {nowhere}: the keys cannot be written, and are as they were: no such file or directory"
        ),
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = &scratch.path("made");
        let mode = || fs::metadata(file).unwrap().permissions().mode() & 0o777;
        keys("new", file, &[]);
        assert_eq!(mode(), 0o600);
        keys("rotate", file, &[]);
        assert_eq!(mode(), 0o600);
    }
}

#[test]
fn what_is_so_already_is_said_and_not_written_anew() {
    let scratch = Scratch::new();
    let content = format!("# turned in May\n{TWO}0 revoked # it leaked\n");
    let file = &scratch.secret("keys.txt", &content);
    for (command, more) in [
        ("rotate", &["--to", "2"][..]),
        ("retire", &["1", "--to", "2"]),
        ("revoke", &["0"]),
        ("revoke", &["0", "--yes"]),
    ] {
        said(
            &keys(command, file, more),
            &format!("{file}: it is so already; nothing was changed"),
        );
    }
    assert_eq!(fs::read_to_string(file).unwrap(), content);
}

#[test]
fn a_change_that_cannot_be_is_refused_by_the_number_of_the_key() {
    let scratch = Scratch::new();
    let content = format!("{TWO}0 revoked\n");
    let file = &scratch.secret("keys.txt", &content);
    for (command, more, en, nl) in [
        (
            "revoke",
            &["9", "--yes"][..],
            "there is no key 9",
            "er is geen sleutel 9",
        ),
        (
            "revoke",
            &["9"],
            "there is no key 9",
            "er is geen sleutel 9",
        ),
        (
            "revoke",
            &["2", "--yes"],
            "key 2 is active and cannot be revoked: rotate first",
            "sleutel 2 is actief en kan niet ingetrokken worden: wissel eerst (rotate)",
        ),
        (
            "rotate",
            &["--to", "9"],
            "there is no key 9",
            "er is geen sleutel 9",
        ),
        (
            "rotate",
            &["--to", "0"],
            "key 0 cannot become active: that is for another key, prepared or retired",
            "sleutel 0 kan niet actief worden: dat kan een andere, klaargezette of uitgediende sleutel",
        ),
        (
            "retire",
            &["1", "--to", "1"],
            "key 1 is not the active key",
            "sleutel 1 is niet de actieve sleutel",
        ),
        (
            "retire",
            &["2", "--to", "2"],
            "key 2 cannot become active: that is for another key, prepared or retired",
            "sleutel 2 kan niet actief worden: dat kan een andere, klaargezette of uitgediende sleutel",
        ),
        (
            "retire",
            &["2", "--to", "9"],
            "there is no key 9",
            "er is geen sleutel 9",
        ),
    ] {
        keys(command, file, more).failed(2, &format!("slotwerk: {file}: {en}"));
        let dutch = keys(command, file, &[more, &["--lang", "nl"]].concat());
        dutch.failed(2, &format!("slotwerk: {file}: {nl}"));
    }
    keys("revoke", file, &["1", "--lose-sealed"]).failed(
        2,
        "slotwerk: revoking cannot be undone: confirm it with --yes",
    );
    fed(&["keys", "revoke", file, "1", "--lose-sealed"], "1\n").failed(
        2,
        "slotwerk: revoking cannot be undone: confirm it with --yes",
    );
    for wrong in [
        &["retire", file, "2"][..],
        &["revoke", file],
        &["revoke", file, "65536"],
        &["revoke", file, "-1"],
        &["revoke", file, "x"],
        &["rotate", file, "--to", "1", "--new"],
        &["rotate"],
    ] {
        let ran = run(&[&["keys"], wrong].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{wrong:?}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), content);
}

#[test]
fn a_full_ring_says_what_helps() {
    let scratch = Scratch::new();
    let file = &scratch.path("keys.txt");
    keys("new", file, &[]);
    for _ in 1..64 {
        assert_eq!(keys("rotate", file, &[]).code, Some(0));
    }
    for command in ["rotate", "prepare"] {
        keys(command, file, &[]).failed(
            3,
            &format!(
                "slotwerk: {file}: there is room for 64 such keys at most: revoke those whose last value has expired"
            ),
        );
    }
    let ran = keys("revoke", file, &["1", "--yes", "--lose-sealed"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(keys("rotate", file, &[]).code, Some(0));
}

const READING: [&[&str]; 5] = [
    &["list"],
    &["prepare"],
    &["rotate"],
    &["retire", "2", "--to", "1"],
    &["revoke", "1", "--yes", "--lose-sealed"],
];

/// Each command that reads a ring, on this file.
fn all(file: &str) -> Vec<Ran> {
    READING
        .iter()
        .map(|args| keys(args[0], file, &args[1..]))
        .collect()
}

#[test]
fn a_file_that_is_none_is_told_apart() {
    let scratch = Scratch::new();
    let none = &scratch.path("none");
    for ran in all(none) {
        ran.failed(
            3,
            &format!("slotwerk: {none}: cannot be read: no such file or directory"),
        );
    }
    let folder = &scratch.path("folder");
    fs::create_dir(folder).unwrap();
    for ran in all(folder) {
        ran.failed(
            3,
            &format!(
                "slotwerk: {folder}: it is not a regular file, but a directory, a pipe or a device"
            ),
        );
    }
    for command in ["list", "new", "rotate", "prepare"] {
        fed(&["keys", command, "-"], ONE).failed(
            2,
            "slotwerk: keys are in a file of their own, not on standard input",
        );
    }
    let binary = &scratch.secret("binary", [b'1', 0xff, 0xfe]);
    for ran in all(binary) {
        ran.failed(3, &format!("slotwerk: {binary}: this is not UTF-8"));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_a_link_or_a_file_that_is_open_to_others_is_refused() {
    let scratch = Scratch::new();
    let pipe = &scratch.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(pipe).status();
    assert!(made.unwrap().success());
    // Nobody writes to it: opening it would wait for ever.
    for ran in all(pipe) {
        ran.failed(
            3,
            &format!(
                "slotwerk: {pipe}: it is not a regular file, but a directory, a pipe or a device"
            ),
        );
    }
    let file = &scratch.secret("keys.txt", TWO);
    let link = &scratch.path("link");
    std::os::unix::fs::symlink(file, link).unwrap();
    assert_eq!(keys("list", link, &[]).code, Some(0), "reading follows it");
    for args in &READING[1..] {
        keys(args[0], link, &args[1..]).failed(
            3,
            &format!("slotwerk: {link}: it is a symbolic link: name the file that it stands for"),
        );
    }
    keys("new", link, &[]).failed(
        4,
        &format!("slotwerk: {link}: there is a file already, and it is not replaced"),
    );
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601] {
        restrict(file, mode);
        for ran in all(file) {
            ran.failed(
                3,
                &format!(
                    "slotwerk: {file}: others than its owner have access to the keys: chmod 600"
                ),
            );
        }
    }
    restrict(file, 0o600);
    assert_eq!(fs::read_to_string(file).unwrap(), TWO);
}

#[test]
fn a_wrong_line_is_told_by_its_number_and_never_shown() {
    let scratch = Scratch::new();
    let key = "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI";
    for (content, place, text) in [
        (
            format!("{ONE}# \n2 retired {key} Zeemeermin\n"),
            ":3",
            "expected an id, a state and a key, separated by blanks",
        ),
        (
            format!("{ONE}Zeemeermin retired {key}"),
            ":2",
            "the id must be a number from 0 to 65535 without sign or leading zeros",
        ),
        (
            format!("{ONE}2 Zeemeermin {key}"),
            ":2",
            "the state must be active, retired or revoked",
        ),
        (
            format!("{ONE}2 retired Zeemeermin"),
            ":2",
            "the key must be 32 bytes as 43 characters of unpadded base64url",
        ),
        (
            format!("{ONE}2 active {key}"),
            ":2",
            "there is already an active key",
        ),
        (format!("2 retired {key}"), "", "no key is active"),
        (
            "#".repeat(1 << 19),
            "",
            "the file is longer than 262144 bytes",
        ),
    ] {
        let file = &scratch.secret("keys.txt", &content);
        for ran in all(file) {
            ran.failed(3, &format!("slotwerk: {file}{place}: {text}"));
        }
        assert_eq!(fs::read_to_string(file).unwrap(), content);
    }
}

#[test]
fn no_key_is_ever_shown() {
    let scratch = Scratch::new();
    let mut shown = String::new();
    let file = &scratch.path("keys.txt");
    for args in [
        &["new"][..],
        &["prepare"],
        &["rotate"],
        &["rotate", "--new"],
        &["retire", "3", "--to", "2"],
        &["list"],
        &["revoke", "1", "--yes"],
        &["revoke", "1", "--yes", "--lose-sealed"],
        &["revoke", "9", "--yes"],
        &["revoke", "2", "--yes"],
    ] {
        for more in [&["--json"][..], &["--lang", "nl"]] {
            let ran = keys(args[0], file, &[&args[1..], more].concat());
            shown = shown + &ran.out + &ran.err;
            if !fs::exists(file).unwrap() {
                continue;
            }
            for line in fs::read_to_string(file).unwrap().lines() {
                // Whole, and any eight characters of it.
                let key = line.split(' ').nth(2).unwrap_or_default();
                for part in key.as_bytes().windows(8) {
                    let part = std::str::from_utf8(part).unwrap();
                    assert!(!shown.contains(part), "{args:?}");
                }
            }
        }
    }
    assert!(shown.len() > 1_500, "{shown}");
}

#[cfg(unix)]
#[test]
fn of_two_operators_at_once_the_second_is_refused() {
    let scratch = Scratch::new();
    let file = &scratch.secret("keys.txt", TWO);
    let folder = fs::File::open(scratch.path("")).unwrap();
    folder.lock().unwrap();
    let busy = format!("slotwerk: {file}: another process is changing keys in this folder");
    for args in &READING[1..] {
        keys(args[0], file, &args[1..]).failed(4, &busy);
    }
    let new = &scratch.path("new");
    keys("new", new, &[]).failed(
        4,
        &format!("slotwerk: {new}: another process is changing keys in this folder"),
    );
    assert_eq!(keys("list", file, &[]).code, Some(0), "reading goes on");
    assert_eq!(fs::read_to_string(file).unwrap(), TWO);
    drop(folder);
    // Whoever was not refused has made a key: none is lost, and none twice.
    let spawned: Vec<_> = (0..8)
        .map(|_| {
            let mut command = support::slotwerk(&["keys", "rotate", file]);
            command.stdout(std::process::Stdio::null());
            command.stderr(std::process::Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    let made = spawned
        .into_iter()
        .map(|mut child| child.wait().unwrap().code().unwrap())
        .inspect(|code| assert!([0, 4].contains(code), "{code}"))
        .filter(|code| *code == 0)
        .count();
    assert!(made > 0);
    assert_eq!(states(file).len(), 2 + made);
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_dies_while_it_writes_leaves_the_old_file() {
    use std::os::unix::process::ExitStatusExt as _;
    let scratch = Scratch::new();
    let file = &scratch.secret("keys.txt", TWO);
    let program = env!("CARGO_BIN_EXE_slotwerk");
    for args in [
        "rotate",
        "prepare",
        "retire 2 --to 1",
        "revoke 1 --yes --lose-sealed",
    ] {
        let (command, more) = args.split_once(' ').unwrap_or((args, ""));
        // The first byte that it writes to a file kills it (SIGXFSZ).
        let shell =
            format!("ulimit -c 0; ulimit -f 0; exec {program} keys {command} {file} {more}");
        let output = std::process::Command::new("sh")
            .args(["-c", &shell])
            .output()
            .unwrap();
        assert_eq!(output.status.signal(), Some(25), "{args}: {output:?}");
        assert!(output.stdout.is_empty());
        assert!(fs::exists(scratch.path(".keys.txt.new")).unwrap());
        assert_eq!(fs::read_to_string(file).unwrap(), TWO, "{args}");
    }
    // What was left behind is in nobody's way.
    assert_eq!(keys("rotate", file, &[]).code, Some(0));
    assert_eq!(
        states(file),
        words(&[(3, "active"), (2, "retired"), (1, "retired")])
    );
    assert!(!fs::exists(scratch.path(".keys.txt.new")).unwrap());
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs `strace`"]
fn a_process_that_dies_between_writing_and_renaming_leaves_the_old_file() {
    let scratch = Scratch::new();
    let file = &scratch.secret("keys.txt", TWO);
    let program = env!("CARGO_BIN_EXE_slotwerk");
    for (call, is_new) in [
        ("fsync", false),
        ("rename", false),
        // Of the folder: the file has its name by then.
        ("fsync:when=2", true),
    ] {
        let (name, when) = call.split_once(':').unwrap_or((call, "when=1"));
        let status = std::process::Command::new("strace")
            .args(["-f", "-o", "/dev/null"])
            .args(["-e", &format!("trace={name}")])
            .args(["-e", &format!("inject={name}:error=EIO:signal=KILL:{when}")])
            .args([program, "keys", "rotate", file])
            .status()
            .expect("`strace` is needed");
        assert_ne!(status.code(), Some(0), "{call}");
        let found = states(file);
        if is_new {
            assert_eq!(found.len(), 3, "{call}");
        } else {
            assert_eq!(fs::read_to_string(file).unwrap(), TWO, "{call}");
        }
    }
    assert_eq!(keys("rotate", file, &[]).code, Some(0));
    assert_eq!(states(file).len(), 4);
}

#[cfg(target_os = "linux")]
#[test]
fn a_change_whose_answer_does_not_arrive_is_no_yes_and_is_seen_in_the_list() {
    let scratch = Scratch::new();
    let file = &scratch.secret("keys.txt", TWO);
    let mut command = support::slotwerk(&["keys", "revoke", file, "1", "--yes", "--lose-sealed"]);
    let full = fs::File::create("/dev/full").unwrap();
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(states(file), words(&[(2, "active"), (1, "revoked")]));
    said(
        &keys("revoke", file, &["1", "--yes"]),
        &format!("{file}: it is so already; nothing was changed"),
    );
    let again = keys("revoke", file, &["1", "--yes", "--json"]).json(0);
    assert_eq!(again["changed"], false);
}

#[cfg(target_os = "linux")]
#[test]
fn keys_that_cannot_be_written_are_as_they_were() {
    let scratch = Scratch::new();
    let file = &scratch.secret("keys.txt", TWO);
    let program = env!("CARGO_BIN_EXE_slotwerk");
    let shell = format!("trap '' XFSZ; ulimit -f 0; exec {program} keys rotate {file}");
    let output = std::process::Command::new("sh")
        .args(["-c", &shell])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    let text = "the keys cannot be written, and are as they were: ";
    assert!(
        told.starts_with(&format!("slotwerk: {file}: {text}")),
        "{told}"
    );
    assert_eq!(fs::read_to_string(file).unwrap(), TWO);
    assert!(!fs::exists(scratch.path(".keys.txt.new")).unwrap());
}

/// Root looks after the files of services, and does not use their keys.
#[cfg(unix)]
#[test]
fn another_users_ring_is_only_managed() {
    use std::os::unix::fs::{MetadataExt as _, chown};

    let scratch = Scratch::new();
    let file = scratch.secret(
        "keys",
        "1 active ERERERERERERERERERERERERERERERERERERERERERE\n",
    );
    // Only root can give a file away.
    if std::fs::metadata(&file).unwrap().uid() != 0 {
        return;
    }
    chown(&file, Some(4321), Some(4321)).unwrap();
    for (command, more) in [
        ("list", &[][..]),
        ("rotate", &[]),
        ("rotate", &["--to", "1"]),
    ] {
        let ran = keys(command, &file, more);
        assert_eq!(ran.code, Some(0), "{command}: {}", ran.err);
        assert_eq!(std::fs::metadata(&file).unwrap().uid(), 4321, "{command}");
    }
    let message = format!(
        "slotwerk: {file}: the key file belongs to another user: its owner must be root or the user who runs this"
    );
    run(&["password", "rewrap", "--pepper-keys", &file]).failed(3, &message);
}
