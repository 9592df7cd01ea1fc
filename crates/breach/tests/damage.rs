//! Files that were cut, changed or exchanged: refused, and never a verdict.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::fs;

use common::{HEADER, is_refused, key, sample, seal, shards_at};
use slotwerk_breach::{BreachCheck as _, BreachFault, Filter, FilterError, Fingerprint};

#[test]
fn a_changed_byte_anywhere_is_refused() {
    for fingerprint in [Fingerprint::Bits16, Fingerprint::Bits32] {
        let sample = sample(fingerprint, 20);
        assert!(!is_refused(sample.open(&sample.bytes)), "unchanged");
        for at in 0..sample.bytes.len() {
            for change in [1, 0x80, 0xff] {
                let mut bytes = sample.bytes.clone();
                bytes[at] ^= change;
                let filter = sample.open(&bytes);
                if at < shards_at(&sample.bytes) {
                    assert!(filter.is_err(), "byte {at} of the head");
                    continue;
                }
                // In the only shard: no question gets an answer, whichever way it would go.
                let filter = filter.unwrap();
                for asked in [0, 1, 1000, 1001] {
                    let answer = filter.contains(&key(asked));
                    assert!(
                        matches!(answer, Err(FilterError::Damaged { shard: 0 })),
                        "byte {at}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_file_of_any_other_length_is_refused() {
    let sample = sample(Fingerprint::Bits16, 20);
    for length in 0..sample.bytes.len() {
        let error = sample.open(&sample.bytes[..length]).unwrap_err();
        match length < HEADER {
            true => assert!(matches!(error, FilterError::NotAFilter), "{length}"),
            false => assert!(
                matches!(error, FilterError::Length { actual, .. } if actual == length as u64)
            ),
        }
    }
    for more in [1, 2, 40, 4096] {
        let longer = [sample.bytes.clone(), vec![0; more]].concat();
        assert!(
            matches!(sample.open(&longer), Err(FilterError::Length { .. })),
            "{more} more"
        );
    }
    let twice = sample.bytes.repeat(2);
    assert!(matches!(
        sample.open(&twice),
        Err(FilterError::Length { .. })
    ));
}

#[test]
fn damage_in_one_shard_is_told_for_that_shard_alone() {
    let sample = sample(Fingerprint::Bits16, 250_000);
    let filter = sample.open(&sample.bytes).unwrap();
    assert_eq!(filter.shards(), 4);
    let mut bytes = sample.bytes.clone();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let filter = sample.open(&bytes).unwrap();
    let (mut sound, mut damaged) = (0, 0);
    for at in 0..400 {
        match filter.contains(&key(at)) {
            Ok(answer) => sound += u32::from(answer),
            Err(FilterError::Damaged { shard: 3 }) => damaged += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(sound + damaged, 400);
    assert!((50..150).contains(&damaged), "{damaged}");
    assert!(matches!(
        filter.verify(|_| ()),
        Err(FilterError::Damaged { shard: 3 })
    ));
}

#[test]
fn a_file_that_changes_while_it_is_open_is_noticed() {
    let sample = sample(Fingerprint::Bits16, 1000);
    let filter = sample.open(&sample.bytes).unwrap().cache_bytes(0);
    assert!(filter.contains(&key(1)).unwrap());
    let mut bytes = sample.bytes.clone();
    bytes[shards_at(&sample.bytes) + 100] ^= 1;
    fs::write(&sample.path, &bytes).unwrap();
    assert!(matches!(
        filter.contains(&key(1)),
        Err(FilterError::Damaged { shard: 0 })
    ));
}

#[test]
fn only_the_pinned_filter_opens() {
    let ours = sample(Fingerprint::Bits16, 20);
    let digest = ours.open(&ours.bytes).unwrap().digest();
    assert!(Filter::open_pinned(&ours.path, digest).is_ok());
    // Sound in itself, but of other passwords.
    let theirs = sample(Fingerprint::Bits16, 21);
    assert!(Filter::open(&theirs.path).is_ok());
    let opened = Filter::open_pinned(&theirs.path, digest);
    assert!(matches!(opened, Err(FilterError::OtherFilter)));
    // A forged shard with all checksums made right again.
    let mut bytes = ours.bytes.clone();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    seal(&mut bytes);
    assert!(
        !is_refused(ours.open(&bytes)),
        "the checksums alone cannot tell"
    );
    assert!(matches!(
        Filter::open_pinned(&ours.path, digest),
        Err(FilterError::OtherFilter)
    ));
}

#[test]
fn what_is_no_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(
        Filter::open(directory.path()),
        Err(FilterError::NotAFilter)
    ));
    let missing = Filter::open(directory.path().join("none"));
    assert!(matches!(missing, Err(FilterError::Io(_))));
    let text = directory.path().join("text");
    fs::write(
        &text,
        "A9993E364706816ABA3E25717850C26C9CD0D89D:1\n".repeat(9),
    )
    .unwrap();
    assert!(matches!(Filter::open(&text), Err(FilterError::NotAFilter)));
    #[cfg(unix)]
    assert!(matches!(
        Filter::open("/dev/zero"),
        Err(FilterError::NotAFilter)
    ));
}

/// Opening a pipe for reading waits for somebody who writes: it must not come to that.
#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    assert!(matches!(Filter::open(&pipe), Err(FilterError::NotAFilter)));
}

#[tokio::test]
async fn a_fault_of_the_filter_says_nothing_of_the_password() {
    let sample = sample(Fingerprint::Bits16, 250_000);
    let mut bytes = sample.bytes.clone();
    let shards = shards_at(&bytes);
    bytes[shards..]
        .iter_mut()
        .step_by(1000)
        .for_each(|byte| *byte ^= 1);
    let filter = sample.open(&bytes).unwrap();
    for password in ["one", "two", "three", "four", "five", "six"] {
        // The same whichever shard it is.
        let fault = filter.is_breached(password).await.unwrap_err();
        assert_eq!(fault, BreachFault::Damaged);
        assert_eq!(format!("{fault:?}"), "Damaged");
    }
    let filter = sample.open(&sample.bytes).unwrap();
    fs::OpenOptions::new()
        .write(true)
        .open(&sample.path)
        .unwrap()
        .set_len(0)
        .unwrap();
    let fault = filter.is_breached("one").await.unwrap_err();
    assert!(matches!(fault, BreachFault::Unreadable(_)));
}
