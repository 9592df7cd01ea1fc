//! The ring in files and in the environment: what is loaded, what is refused, what is left behind.
#![cfg(all(feature = "files", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{id, key, ring};
use slotwerk_keys::{FileStep, KeyFileCheck, KeyFileError, KeyRing, KeyRingError, LineProblem};
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, ffi::OsStr};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("slotwerk-files-{}-{count}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn with(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn refusal(path: &Path) -> KeyFileError {
    KeyRing::load_file(path).unwrap_err()
}

fn io(step: FileStep, kind: ErrorKind) -> KeyFileError {
    KeyFileError::Io { step, kind }
}

#[test]
fn what_is_saved_loads_again() {
    let folder = Folder::new();
    let path = folder.at("keys");
    let rings = ring(1, 1).rotate(id(2), key(2)).unwrap();
    rings.save_file(&path).unwrap();
    assert_eq!(
        KeyRing::load_file(&path).unwrap().to_text(),
        rings.to_text()
    );
    ring(3, 3).save_file(&path).unwrap();
    assert_eq!(KeyRing::load_file(&path).unwrap().active(), id(3));
}

#[test]
fn a_saved_file_is_its_owners_alone_even_where_an_open_one_was() {
    let folder = Folder::new();
    let path = folder.with("keys", b"");
    fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    ring(1, 1).save_file(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    let fresh = folder.at("fresh");
    ring(1, 1).create_file(&fresh).unwrap();
    assert_eq!(fs::metadata(&fresh).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(fs::metadata(&fresh).unwrap().nlink(), 1);
}

#[test]
fn a_file_open_to_anybody_else_in_any_way_is_refused() {
    let folder = Folder::new();
    let path = folder.with("keys", ring(1, 1).to_text().as_bytes());
    for mode in 0..0o777 {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let loaded = KeyRing::load_file(&path);
        if mode & 0o077 != 0 {
            assert_eq!(loaded.unwrap_err(), KeyFileError::Exposed, "{mode:o}");
        } else if mode & 0o400 != 0 {
            assert_eq!(loaded.unwrap().active(), id(1), "{mode:o}");
        }
    }
}

#[test]
fn what_is_no_regular_file_is_refused_without_waiting_for_it() {
    let folder = Folder::new();
    let pipe = folder.at("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    // Opening a pipe that nobody writes to would never return.
    assert_eq!(refusal(&pipe), KeyFileError::NotAFile);
    assert_eq!(refusal(&folder.0), KeyFileError::NotAFile);
    assert_eq!(refusal(Path::new("/dev/zero")), KeyFileError::NotAFile);
    for path in [pipe.as_path(), &folder.0] {
        assert_eq!(ring(1, 1).save_file(path), Err(KeyFileError::NotAFile));
        assert_eq!(ring(1, 1).create_file(path), Err(KeyFileError::Exists));
    }
    assert_eq!(ring(1, 1).save_file("/"), Err(KeyFileError::NotAFile));
    assert_eq!(
        refusal(&folder.at("absent")),
        io(FileStep::Open, ErrorKind::NotFound)
    );
}

#[test]
fn a_link_is_read_by_the_same_rules_and_never_replaced() {
    let folder = Folder::new();
    let path = folder.with("keys", ring(1, 1).to_text().as_bytes());
    let link = folder.at("link");
    symlink(&path, &link).unwrap();
    assert_eq!(KeyRing::load_file(&link).unwrap().active(), id(1));
    assert_eq!(ring(2, 2).save_file(&link), Err(KeyFileError::Symlink));
    assert_eq!(ring(2, 2).create_file(&link), Err(KeyFileError::Exists));
    assert_eq!(
        KeyRing::update_file(&link, Ok).unwrap_err(),
        KeyFileError::Symlink
    );
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    assert_eq!(refusal(&link), KeyFileError::Exposed);

    // One that stands for nothing is no place for a new ring either.
    let dangling = folder.at("dangling");
    symlink(folder.at("elsewhere"), &dangling).unwrap();
    assert_eq!(ring(2, 2).create_file(&dangling), Err(KeyFileError::Exists));
    assert_eq!(ring(2, 2).save_file(&dangling), Err(KeyFileError::Symlink));
    assert!(!folder.at("elsewhere").exists());
}

#[test]
fn a_link_laid_where_the_new_file_goes_is_not_written_through() {
    let folder = Folder::new();
    let victim = folder.with("victim", b"as it was");
    symlink(&victim, folder.at(".keys.new")).unwrap();
    ring(1, 1).save_file(folder.at("keys")).unwrap();
    assert_eq!(fs::read(victim).unwrap(), b"as it was");
}

#[test]
fn a_file_is_read_up_to_a_bound() {
    let folder = Folder::new();
    let mut text = ring(1, 1).to_text().as_bytes().to_vec();
    text.resize(KeyRing::MAX_TEXT, b'#');
    let path = folder.with("keys", &text);
    assert_eq!(KeyRing::load_file(&path).unwrap().active(), id(1));
    text.push(b'#');
    let path = folder.with("keys", &text);
    let limit = KeyRing::MAX_TEXT;
    assert_eq!(
        refusal(&path),
        KeyFileError::Ring(KeyRingError::TextTooLong { limit })
    );
}

#[test]
fn a_file_of_something_else_is_refused_without_a_word_of_it() {
    let folder = Folder::new();
    let path = folder.with("not-utf8", b"1 active \xff\xfe");
    assert_eq!(refusal(&path), KeyFileError::NotUtf8);
    let path = folder.with("password-hunter2", b"\nhunter2\n");
    let line = KeyRingError::Line {
        line: 2,
        problem: LineProblem::Fields,
    };
    let refused = refusal(&path);
    assert_eq!(refused, KeyFileError::Ring(line));
    assert!(!format!("{refused} {refused:?}").contains("hunter"));
    let absent = refusal(&folder.at("hunter2"));
    assert_eq!(absent.to_string(), "opening the key file: entity not found");
}

#[test]
fn a_first_ring_is_never_written_over_another() {
    let folder = Folder::new();
    let path = folder.at("keys");
    ring(1, 1).create_file(&path).unwrap();
    assert_eq!(ring(2, 2).create_file(&path), Err(KeyFileError::Exists));
    assert_eq!(KeyRing::load_file(&path).unwrap().active(), id(1));
    assert_eq!(
        ring(1, 1).create_file(folder.at("no/such/folder/keys")),
        Err(io(FileStep::Lock, ErrorKind::NotFound))
    );
}

#[test]
fn a_change_that_is_refused_changes_nothing() {
    let folder = Folder::new();
    let path = folder.with(
        "keys",
        b"# by hand\n1 active ERERERERERERERERERERERERERERERERERERERERERE",
    );
    let before = fs::read(&path).unwrap();
    assert_eq!(
        KeyRing::update_file(&path, |ring| ring.revoke(id(1))).unwrap_err(),
        KeyFileError::Ring(KeyRingError::ActiveId(id(1)))
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    let ring = KeyRing::update_file(&path, |ring| ring.rotate(id(2), key(2))).unwrap();
    assert_eq!(ring.active(), id(2));
    assert_eq!(KeyRing::load_file(&path).unwrap().to_text(), ring.to_text());
    fs::set_permissions(&path, Permissions::from_mode(0o604)).unwrap();
    assert_eq!(
        KeyRing::update_file(&path, Ok).unwrap_err(),
        KeyFileError::Exposed
    );
}

/// Mode 0600 says nothing of whose 0600 it is.
#[test]
fn another_users_file_is_refused() {
    let folder = Folder::new();
    let path = folder.with("keys", ring(1, 1).to_text().as_bytes());
    let link = folder.at("link");
    symlink(&path, &link).unwrap();
    assert_eq!(KeyRing::load_file(&path).unwrap().active(), id(1));
    // Only root can give a file away; as another user `a_third_user_is_no_owner` shows it.
    if fs::metadata(&path).unwrap().uid() != 0 {
        return;
    }
    for other in [1, 1000, 4321, 65_534] {
        for mode in [0o600, 0o400, 0o640, 0o000] {
            chown(&path, Some(other), None).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(refusal(&path), KeyFileError::NotOurs, "{other} {mode:o}");
            assert_eq!(refusal(&link), KeyFileError::NotOurs, "{other} {mode:o}");
        }
    }
    // A group is no owner.
    chown(&path, Some(0), Some(1000)).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert_eq!(KeyRing::load_file(&path).unwrap().active(), id(1));
}

#[test]
fn saving_for_a_service_leaves_it_the_owner() {
    let folder = Folder::new();
    let path = folder.at("keys");
    ring(1, 1).save_file(&path).unwrap();
    let own = fs::metadata(&path).unwrap();
    // Only root can give a file away, and only for root is there something to lose.
    let owner = if own.uid() == 0 {
        (4321, 8765)
    } else {
        (own.uid(), own.gid())
    };
    chown(&path, Some(owner.0), Some(owner.1)).unwrap();
    KeyRing::update_file(&path, |ring| ring.rotate(id(2), key(2))).unwrap();
    let saved = fs::metadata(&path).unwrap();
    assert_eq!((saved.uid(), saved.gid()), owner);
    assert_eq!(saved.mode() & 0o7777, 0o600);
}

const RING: &str = "SLOTWERK_KEYS_TEST_RING";

/// Runs the named test in a process of its own with the variable set: setting it here would not be
/// safe beside other threads.
fn in_a_process_with(value: &OsStr, test: &str) {
    let ran = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("files::{test}"), "--include-ignored"])
        .env(RING, value)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_ring_loads_from_the_environment() {
    if env::var_os(RING).is_some() {
        let ring = KeyRing::load_env(RING).unwrap();
        assert_eq!(ring.usable().collect::<Vec<_>>(), [id(2), id(1)]);
        return;
    }
    assert_eq!(KeyRing::load_env(RING).unwrap_err(), KeyFileError::NotSet);
    assert_eq!(KeyRing::load_env("").unwrap_err(), KeyFileError::NotSet);
    assert_eq!(KeyRing::load_env("A=\0").unwrap_err(), KeyFileError::NotSet);
    let text = ring(1, 1).rotate(id(2), key(2)).unwrap().to_text();
    in_a_process_with(
        OsStr::new(text.as_str()),
        "a_ring_loads_from_the_environment",
    );
}

#[test]
fn a_variable_of_something_else_is_refused_without_a_word_of_it() {
    if env::var_os(RING).is_some() {
        let refused = KeyRing::load_env(RING).unwrap_err();
        assert_eq!(refused, KeyFileError::NotUtf8);
        assert_eq!(refused.to_string(), "the key text is not UTF-8");
        return;
    }
    let refused = KeyRing::load_env("CARGO_PKG_NAME").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "line 1: expected an id, a state and a key, separated by blanks"
    );
    in_a_process_with(
        OsStr::from_bytes(b"1 active \xff"),
        "a_variable_of_something_else_is_refused_without_a_word_of_it",
    );
}

/// Editors on Windows put a mark before UTF-8, end lines with CR LF, or write UTF-16.
#[test]
fn text_of_other_platforms() {
    let folder = Folder::new();
    let text = "1 active ERERERERERERERERERERERERERERERERERERERERERE";
    for good in [
        format!("\u{feff}{text}"),
        format!("\u{feff}# a comment\r\n{text}\r\n\r\n"),
        format!("{text} \t\n\n"),
    ] {
        let path = folder.with("keys", good.as_bytes());
        let ring = KeyRing::load_file(path).unwrap();
        assert_eq!(ring.active(), id(1), "{good:?}");
    }
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, due) in [
        ([b"\xff\xfe", &utf16[..]].concat(), KeyFileError::Utf16),
        (b"\xfe\xff\x001".to_vec(), KeyFileError::Utf16),
        (utf16, KeyFileError::Nul),
        (format!("{text}\0").into_bytes(), KeyFileError::Nul),
        (
            format!("\u{feff}\u{feff}{text}").into_bytes(),
            KeyFileError::Ring(KeyRingError::Line {
                line: 1,
                problem: LineProblem::Id,
            }),
        ),
        (Vec::new(), KeyFileError::Ring(KeyRingError::NoActive)),
    ] {
        let path = folder.with("keys", &bytes);
        assert_eq!(refusal(&path), due, "{bytes:x?}");
    }
}

#[test]
fn missing_file_is_found_missing() {
    let folder = Folder::new();
    assert!(KeyRing::find_file(folder.at("keys")).unwrap().is_none());
    let path = folder.with("keys", ring(1, 1).to_text().as_bytes());
    assert!(KeyRing::find_file(&path).unwrap().is_some());
    let junk = folder.with("junk", b"no ring");
    assert!(KeyRing::find_file(junk).is_err());
}

#[cfg(feature = "rand")]
#[test]
fn generated_file_is_private() {
    let folder = Folder::new();
    let path = folder.at("new").join("keys");
    let made = KeyRing::generate_file(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        *made.to_text(),
        *KeyRing::load_file(&path).unwrap().to_text()
    );
    let again = KeyRing::generate_file(&path).unwrap();
    assert_eq!(*made.to_text(), *again.to_text(), "the first one stays");
    let below = folder.with("file", b"").join("keys");
    let error = KeyRing::generate_file(below).unwrap_err();
    assert_eq!(error, io(FileStep::Folder, ErrorKind::AlreadyExists));
}

#[test]
fn lost_key_in_use_is_noticed() {
    let folder = Folder::new();
    let before = ring(1, 1);
    let path = folder.with("keys", before.to_text().as_bytes());
    let check = KeyFileCheck::new(&path, &before);
    check.run().unwrap();
    let rotated = before.rotate(id(2), key(2)).unwrap();
    folder.with("keys", rotated.to_text().as_bytes());
    check.run().unwrap();
    let revoked = rotated.revoke(id(1)).unwrap();
    folder.with("keys", revoked.to_text().as_bytes());
    assert_eq!(check.run(), Err(KeyFileError::OtherKey));
    let other = KeyRing::new(id(1), key(9));
    folder.with("keys", other.to_text().as_bytes());
    assert_eq!(check.run(), Err(KeyFileError::OtherKey));
    fs::remove_file(&path).unwrap();
    assert!(check.run().is_err());
}
