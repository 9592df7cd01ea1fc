//! What is on the disk after a failure or a death at every step.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use super::*;
use crate::key::{KeyId, MasterKey};
use std::env;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

fn ring(first: u16) -> KeyRing {
    let key = |fill: u16| {
        let mut bytes = [0x5a; 32];
        bytes[..2].copy_from_slice(&fill.to_be_bytes());
        MasterKey::from_bytes(bytes)
    };
    let ring = KeyRing::new(KeyId::new(first), key(first));
    (first + 1..first + 4).fold(ring, |ring, id| {
        ring.rotate(KeyId::new(id), key(id)).unwrap()
    })
}

struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("slotwerk-keys-{}-{count}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn ring(&self) -> PathBuf {
        self.0.join("keys")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Four lines over an existing file: every step once, writing four times.
const STEPS: [FileStep; 8] = [
    FileStep::Create,
    FileStep::Own,
    FileStep::Write,
    FileStep::Write,
    FileStep::Write,
    FileStep::Write,
    FileStep::Flush,
    FileStep::Publish,
];

#[test]
fn the_new_file_is_flushed_before_it_takes_the_name_and_the_folder_after() {
    let folder = TempFolder::new();
    ring(1).save_file(folder.ring()).unwrap();
    let mut seen = Vec::new();
    let path = folder.ring();
    let place = Place::lock(&path).unwrap();
    let mut record = |step| {
        seen.push(step);
        Ok(())
    };
    place
        .put(&ring(9).to_text(), Over::Anything, &mut record)
        .unwrap();
    assert_eq!(seen, [&STEPS[..], &[FileStep::FlushFolder]].concat());
}

#[test]
fn a_failure_at_any_step_leaves_the_old_ring_and_nothing_else() {
    for (fail_at, step) in STEPS.into_iter().enumerate() {
        let folder = TempFolder::new();
        let path = folder.ring();
        ring(1).save_file(&path).unwrap();
        let before = fs::read(&path).unwrap();

        let mut at = 0;
        let mut fail = |_| {
            at += 1;
            if at > fail_at {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        };
        let place = Place::lock(&path).unwrap();
        let kind = io::ErrorKind::StorageFull;
        assert_eq!(
            place.put(&ring(9).to_text(), Over::Anything, &mut fail),
            Err(KeyFileError::Io { step, kind })
        );
        assert_eq!(fs::read(&path).unwrap(), before, "{step:?}");
        assert_eq!(folder.names(), ["keys"], "{step:?}");
    }
}

#[test]
fn a_failure_at_any_step_of_a_first_ring_leaves_nothing() {
    // Without an old file there is no owner to take over.
    for fail_at in 0..STEPS.len() - 1 {
        for over in [Over::Anything, Over::Nothing] {
            let folder = TempFolder::new();
            let path = folder.ring();
            let mut at = 0;
            let mut fail = |_| {
                at += 1;
                if at > fail_at {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                Ok(())
            };
            let place = Place::lock(&path).unwrap();
            assert!(place.put(&ring(9).to_text(), over, &mut fail).is_err());
            assert_eq!(folder.names(), [""; 0], "{fail_at}");
        }
    }
}

const DIE_AT: &str = "SLOTWERK_KEYS_TEST_DIE_AT";
const DIE_ON: &str = "SLOTWERK_KEYS_TEST_DIE_ON";

/// The part of the process that dies: this same test, started again with a step to die at.
fn die(at: usize) {
    let path = PathBuf::from(env::var_os(DIE_ON).unwrap());
    let place = Place::lock(&path).unwrap();
    let mut seen = 0;
    let mut leave = |_| {
        seen += 1;
        if seen > at {
            // Without unwinding: nothing is dropped, as when the process is killed.
            std::process::exit(70);
        }
        Ok(())
    };
    let _ = place.put(&ring(9).to_text(), Over::Anything, &mut leave);
}

#[test]
fn a_process_that_dies_at_any_step_leaves_a_whole_ring_and_no_lock() {
    if let Ok(at) = env::var(DIE_AT) {
        return die(at.parse().unwrap());
    }
    let (old, new) = (ring(1).to_text(), ring(9).to_text());
    for at in 0..=STEPS.len() {
        let folder = TempFolder::new();
        let path = folder.ring();
        ring(1).save_file(&path).unwrap();
        let died = Command::new(env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("files::save::tests::a_process_that_dies_at_any_step_leaves_a_whole_ring_and_no_lock")
            .env(DIE_AT, at.to_string())
            .env(DIE_ON, &path)
            .output()
            .unwrap();
        assert_eq!(died.status.code(), Some(70), "step {at} was not reached");
        let expected = if at < STEPS.len() { &old } else { &new };
        assert_eq!(&KeyRing::load_file(&path).unwrap().to_text(), expected);
        // What it left behind is in nobody's way, and goes.
        let left = folder.names();
        assert_eq!(left.len() > 1, (1..STEPS.len()).contains(&at), "{left:?}");
        ring(20).save_file(&path).unwrap();
        assert_eq!(folder.names(), ["keys"]);
        assert_eq!(
            KeyRing::load_file(&path).unwrap().to_text(),
            ring(20).to_text()
        );
    }
}

#[test]
fn a_second_writer_in_the_folder_is_refused() {
    let folder = TempFolder::new();
    let path = folder.ring();
    ring(1).save_file(&path).unwrap();
    let inside = KeyRing::update_file(&path, |before| {
        assert_eq!(ring(9).save_file(&path), Err(KeyFileError::Busy));
        assert_eq!(ring(9).create_file(&path), Err(KeyFileError::Busy));
        let nested = KeyRing::update_file(&path, Ok).unwrap_err();
        assert_eq!(nested, KeyFileError::Busy);
        Ok(before)
    });
    assert_eq!(inside.unwrap().to_text(), ring(1).to_text());
    // And free again afterwards.
    ring(9).save_file(&path).unwrap();
}

#[test]
fn a_new_file_is_never_one_that_was_there() {
    let folder = TempFolder::new();
    let (taken, link) = (folder.0.join("taken"), folder.0.join("link"));
    fs::write(&taken, "as it was").unwrap();
    std::os::unix::fs::symlink(folder.0.join("elsewhere"), &link).unwrap();
    for path in [&taken, &link] {
        assert_eq!(create(path).unwrap_err(), KeyFileError::Busy);
    }
    assert_eq!(fs::read(&taken).unwrap(), b"as it was");
    assert_eq!(folder.names(), ["link", "taken"]);
}
