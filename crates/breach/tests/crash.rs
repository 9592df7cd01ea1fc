//! Builds that end before their time: the old file or the new one, and nothing beside it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::env;
use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, abort};

use common::{key, names};
use slotwerk_breach::{Filter, FilterBuilder, Fingerprint, Phase, Progress};

/// What tells a copy of this test program to build, and where to die.
const CHILD: &str = "BREACH_TEST_BUILD";

/// Enough to spill with the least memory, and for two shards.
const KEYS: u64 = 140_000;

/// Where a build is stopped: by the name of a phase, and at its first report or its last.
const POINTS: [&str; 5] = ["reading", "sorting", "sorted", "building", "built"];

fn is_at(point: &str, progress: Progress) -> bool {
    let last = progress.total == Some(progress.done);
    match point {
        "reading" => progress.phase == Phase::Reading,
        "sorting" => progress.phase == Phase::Sorting,
        "sorted" => progress.phase == Phase::Sorting && last,
        "building" => progress.phase == Phase::Building,
        "built" => progress.phase == Phase::Building && last,
        _ => false,
    }
}

fn build(path: &Path, from: u64, mut at: impl FnMut(Progress)) {
    let mut builder = FilterBuilder::new(Fingerprint::Bits16)
        .memory(0)
        .scratch_dir(path.parent().unwrap());
    for number in from..from + KEYS {
        builder.add(&key(number)).unwrap();
    }
    builder.add_words(&b"word\n"[..], &mut at).unwrap();
    builder.write(path, &mut at).unwrap();
}

fn holds(path: &Path, from: u64) -> bool {
    let filter = Filter::open(path).unwrap();
    filter.verify(|_| ()).unwrap();
    (from..from + 100).all(|at| filter.contains(&key(at)).unwrap())
}

/// Builds over an old file in a process that aborts at `point`. Returns the place.
fn killed_at(directory: &Path, point: &str) -> PathBuf {
    let path = directory.join("filter");
    build(&path, 0, |_| ());
    let status = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "a_killed_build_leaves_the_old_file",
            "--nocapture",
        ])
        .env(CHILD, format!("{point}:{}", path.display()))
        .output()
        .unwrap()
        .status;
    assert!(!status.success(), "{point}: the build was not killed");
    path
}

#[test]
fn a_killed_build_leaves_the_old_file() {
    if let Ok(order) = env::var(CHILD) {
        let (point, path) = order.split_once(':').unwrap();
        build(Path::new(path), KEYS, |progress| {
            if is_at(point, progress) {
                abort();
            }
        });
        return;
    }
    for point in POINTS {
        let directory = tempfile::tempdir().unwrap();
        let path = killed_at(directory.path(), point);
        assert!(holds(&path, 0), "{point}");
        // The output that was being written; temporary files have no name to leave behind.
        let left = names(directory.path());
        let partial = left
            .iter()
            .filter(|name| name.ends_with(".partial"))
            .count();
        assert_eq!(
            partial,
            usize::from(point != "reading"),
            "{point}: {left:?}"
        );
        assert_eq!(left.len(), 1 + partial, "{point}: {left:?}");

        // The next build removes it, and only it.
        fs::write(directory.path().join(".filter.txt"), "").unwrap();
        fs::write(directory.path().join("other.partial"), "").unwrap();
        build(&path, KEYS, |_| ());
        assert!(holds(&path, KEYS) && !holds(&path, 0));
        assert_eq!(
            names(directory.path()),
            [".filter.txt", "filter", "other.partial"]
        );
    }
}

#[test]
fn a_build_that_panics_leaves_the_old_file_and_nothing_else() {
    for point in POINTS {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("filter");
        build(&path, 0, |_| ());
        let result = catch_unwind(AssertUnwindSafe(|| {
            build(&path, KEYS, |progress| {
                assert!(!is_at(point, progress), "on purpose")
            });
        }));
        assert!(result.is_err());
        assert!(holds(&path, 0), "{point}");
        assert_eq!(names(directory.path()), ["filter"], "{point}");
    }
}

#[test]
fn a_build_does_not_remove_what_another_one_is_writing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    let mut others = 0;
    build(&path, 0, |progress| {
        if is_at("built", progress) {
            build(&path, KEYS, |_| ());
            assert!(holds(&path, KEYS));
            others += 1;
        }
    });
    assert_eq!(others, 1);
    assert!(holds(&path, 0), "the one that ends last stays");
    assert_eq!(names(directory.path()), ["filter"]);
}

#[test]
fn a_stale_file_is_known_by_its_lock() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    let [held, stale] = [".filter.aaaaaa.partial", ".filter.bbbbbb.partial"];
    let file = File::create(directory.path().join(held)).unwrap();
    file.try_lock().unwrap();
    fs::write(directory.path().join(stale), "").unwrap();
    build(&path, 0, |_| ());
    assert_eq!(names(directory.path()), [held, "filter"]);
}
