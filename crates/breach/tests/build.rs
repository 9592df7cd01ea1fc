//! What a build writes, and what it refuses to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::fs;
use std::path::Path;

use common::{ABC, builder, key, names, number, open, written};
use proptest::prelude::*;
use slotwerk_breach::{BuildError, FilterBuilder, Fingerprint, Key, MAX_LABEL, Phase};

#[test]
fn nothing_to_build_from_is_refused_and_touches_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    fs::write(&path, "old").unwrap();
    for input in ["", "\n\r\n\n"] {
        let mut builder = builder();
        builder.add_words(input.as_bytes(), |_| ()).unwrap();
        assert!(matches!(
            builder.write(&path, |_| ()),
            Err(BuildError::Empty)
        ));
    }
    let mut builder = builder().minimum_count(2);
    builder.add_hashes(ABC.as_bytes(), |_| ()).unwrap();
    assert!(matches!(
        builder.write(&path, |_| ()),
        Err(BuildError::Empty)
    ));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(directory.path()), ["filter"]);
}

#[test]
fn places_that_cannot_be_written_are_typed_errors() {
    let directory = tempfile::tempdir().unwrap();
    for place in [
        directory.path().join("none/filter"),
        "/".into(),
        directory.path().join(".."),
    ] {
        let mut builder = builder();
        builder.add(&key(0)).unwrap();
        let result = builder.write(&place, |_| ());
        assert!(
            matches!(result, Err(BuildError::Io { .. })),
            "{}",
            place.display()
        );
    }
    let mut builder = builder().scratch_dir("/nonexistent/scratch").memory(0);
    let mut adding = (0..1_000_000).map(|at| builder.add(&key(at)));
    assert!(adding.any(|result| matches!(result, Err(BuildError::Io { .. }))));
    assert!(names(directory.path()).is_empty());
}

#[test]
fn labels_are_short_and_can_be_shown() {
    assert!(builder().label(&"x".repeat(MAX_LABEL)).is_ok());
    for label in [
        &"x".repeat(MAX_LABEL + 1),
        &"é".repeat(33),
        "a\nb",
        "\u{1b}[31m",
    ] {
        assert!(
            matches!(builder().label(label), Err(BuildError::Label)),
            "{label:?}"
        );
    }
}

#[test]
fn the_file_depends_on_the_set_alone() {
    let numbers: Vec<u64> = (0..200_000).map(number).collect();
    let build = |memory: usize, numbers: &mut dyn Iterator<Item = u64>| {
        let scratch = tempfile::tempdir().unwrap();
        let mut builder = FilterBuilder::new(Fingerprint::Bits16)
            .memory(memory)
            .scratch_dir(scratch.path());
        for number in numbers {
            builder.add(&Key::from_u64(number)).unwrap();
        }
        written(builder)
    };
    let all = || numbers.iter().copied();
    let in_memory = build(FilterBuilder::DEFAULT_MEMORY, &mut all());
    // 4 MiB hold 131,072 keys: these spill, the last two several times.
    assert!(in_memory == build(0, &mut all()), "spilled");
    assert!(
        in_memory == build(0, &mut all().rev().chain(all())),
        "other order, all of them twice"
    );
    let thrice = all().flat_map(|number| [number; 3]);
    assert!(
        in_memory == build(0, &mut thrice.into_iter()),
        "duplicates beside each other"
    );
    assert!(in_memory != build(0, &mut all().skip(1)), "one less");
}

#[test]
fn hashes_that_begin_alike_are_spread_over_all_shards() {
    // What one downloaded range looks like: the first 20 bits are the same.
    let mut builder = FilterBuilder::new(Fingerprint::Bits16);
    for at in 0..250_000 {
        builder
            .add(&Key::from_u64(0xabcde << 44 | number(at) >> 20))
            .unwrap();
    }
    let filter = open(&written(builder));
    assert_eq!(filter.shards(), 4);
    // No shard has more than its share and a little: reading one takes in no more than that.
    let filter = filter.cache_bytes(usize::MAX);
    assert!(
        filter
            .contains(&Key::from_u64(0xabcde << 44 | number(0) >> 20))
            .unwrap()
    );
    let share = filter.file_length() as usize / 4;
    assert!(
        filter.cached_bytes() < share * 11 / 10,
        "{} of {share}",
        filter.cached_bytes()
    );
}

/// The key whose place among the shards is this number: the multiplier of FORMAT.md, undone.
fn key_at(place: u64) -> Key {
    Key::from_u64(place.wrapping_mul(0xf1de_83e1_9937_733d))
}

#[test]
fn keys_chosen_to_meet_in_one_shard_are_refused_and_not_swallowed() {
    let mut builder = builder().memory(64 << 20);
    for place in 0..1_100_000_u64 {
        builder.add(&key_at(number(place) >> 20)).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let result = builder.write(directory.path().join("filter"), |_| ());
    assert!(
        matches!(
            result,
            Err(BuildError::Skewed {
                shard: 0,
                keys: 1_100_000
            })
        ),
        "{result:?}"
    );
    assert!(names(directory.path()).is_empty());

    let mut builder = FilterBuilder::new(Fingerprint::Bits32).memory(0);
    for place in 0..300_000_u64 {
        builder.add(&key_at(number(place) >> 20)).unwrap();
    }
    let result = builder.write(directory.path().join("filter"), |_| ());
    let (needed, allowed) = (300_000 * 16, FilterBuilder::LEAST_MEMORY as u64);
    assert!(
        matches!(result, Err(BuildError::Memory { needed: n, allowed: a }) if n == needed && a == allowed),
        "{result:?}"
    );
    assert!(names(directory.path()).is_empty());
}

#[test]
fn progress_goes_through_all_phases_to_the_end_of_each() {
    let directory = tempfile::tempdir().unwrap();
    let text: String = (0..140_000)
        .map(|at| format!("{:016x}{at:024x}:1\n", number(at)))
        .collect();
    let mut seen = Vec::new();
    let mut builder = builder();
    builder
        .add_hashes(text.as_bytes(), |progress| seen.push(progress))
        .unwrap();
    builder
        .write(directory.path().join("filter"), |progress| {
            seen.push(progress)
        })
        .unwrap();
    let last = |phase| {
        let mut of_phase = seen.iter().filter(|progress| progress.phase == phase);
        assert!(of_phase.clone().is_sorted_by_key(|progress| progress.done));
        of_phase
            .next_back()
            .map(|progress| (progress.done, progress.total))
    };
    assert!(
        seen.iter()
            .filter(|progress| progress.phase == Phase::Reading)
            .count()
            > 2
    );
    assert_eq!(last(Phase::Reading), Some((text.len() as u64, None)));
    assert_eq!(last(Phase::Sorting), Some((256, Some(256))));
    assert_eq!(last(Phase::Building), Some((140_000, Some(140_000))));
}

#[cfg(unix)]
#[test]
fn others_may_read_the_file_as_the_umask_says() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (plain, filter) = (
        directory.path().join("plain"),
        directory.path().join("filter"),
    );
    fs::write(&plain, "").unwrap();
    let mut builder = builder();
    builder.add(&key(0)).unwrap();
    builder.write(&filter, |_| ()).unwrap();
    assert_eq!(mode(&filter), mode(&plain));
}

proptest! {
    /// A set of any size below some hundreds holds all that was put into it.
    #[test]
    fn sets_hold_what_was_put_into_them(numbers in proptest::collection::vec(any::<u64>(), 1..300)) {
        let mut builder = FilterBuilder::new(Fingerprint::Bits16);
        for &number in &numbers {
            builder.add(&Key::from_u64(number)).unwrap();
        }
        let filter = open(&written(builder));
        for number in numbers {
            prop_assert!(filter.contains(&Key::from_u64(number)).unwrap());
        }
    }
}
