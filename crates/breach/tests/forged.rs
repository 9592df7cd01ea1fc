//! Files with right checksums that lie about themselves: refused, without a panic.
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

use common::{ENTRY, HEADER, Sample, is_refused, key, sample, seal, shards_at};
use proptest::prelude::*;
use slotwerk_breach::{Filter, FilterError, Fingerprint};

#[test]
fn headers_that_lie_are_refused_whatever_their_checksum() {
    let sample = sample(Fingerprint::Bits16, 250_000);
    let refused = |at, field: &[u8]| match sample.forged(at, field) {
        Err(error) => error,
        Ok(_) => panic!("accepted: {field:?} at {at}"),
    };
    assert!(
        sample.forged(24, &7_u64.to_le_bytes()).is_ok(),
        "the time may be any"
    );
    assert!(matches!(refused(0, b"SLWB"), FilterError::NotAFilter));
    assert!(matches!(refused(8, &[2, 0]), FilterError::Version(2)));
    for bits in [0, 8, 17, 24, 32, 64, 255] {
        refused(10, &[bits]);
    }
    for shard_bits in (0..=255).filter(|&bits| bits != 2) {
        refused(11, &[shard_bits]);
    }
    for label in [65, 255] {
        refused(12, &[label]);
    }
    refused(12, &[1, 0, 0, 0]); // a zero byte is no text
    refused(13, &[1]);
    refused(40, b"x"); // beyond the label's length
    refused(127, &[1]);
    for keys in [0, 1, 120_001, 249_999, 250_001, 1 << 40, u64::MAX] {
        refused(16, &keys.to_le_bytes());
    }
    for length in [0, HEADER as u64, sample.bytes.len() as u64 - 1, u64::MAX] {
        let error = refused(32, &length.to_le_bytes());
        assert!(matches!(error, FilterError::Length { .. }), "{length}");
    }
    for label in [&b"\x04\xff\xfe\xfd\xfc"[..], b"\x04\xf0\x9f\x94\n"] {
        let mut bytes = sample.bytes.clone();
        bytes[12] = label[0];
        bytes[40..44].copy_from_slice(&label[1..]);
        seal(&mut bytes);
        assert!(matches!(
            sample.open(&bytes),
            Err(FilterError::DamagedHeader)
        ));
    }
}

#[test]
fn directories_that_lie_are_refused_whatever_their_checksum() {
    let sample = sample(Fingerprint::Bits16, 250_000);
    let entry = |shard: usize, field: usize| HEADER + shard * ENTRY + field;
    let read = |at: usize| u32::from_le_bytes(sample.bytes[at..at + 4].try_into().unwrap());
    for length in [
        0,
        1,
        19,
        20,
        21,
        22,
        u32::MAX,
        u32::MAX - 1,
        read(entry(1, 0)) + 2,
    ] {
        let opened = sample.forged(entry(1, 0), &length.to_le_bytes());
        assert!(
            matches!(opened, Err(FilterError::DamagedHeader)),
            "length {length}"
        );
    }
    for keys in [0, 1, read(entry(1, 4)) + 1, u32::MAX] {
        let opened = sample.forged(entry(1, 4), &keys.to_le_bytes());
        assert!(
            matches!(opened, Err(FilterError::DamagedHeader)),
            "{keys} keys"
        );
    }
    // Sums that are right, of parts that cannot be: an odd length, keys without bytes, bytes without
    // keys, more keys than fingerprints.
    let lengths = read(entry(0, 0)) + read(entry(1, 0));
    let keys = read(entry(0, 4)) + read(entry(1, 4));
    for (field, first, sum) in [
        (0, read(entry(0, 0)) - 1, lengths),
        (0, 0, lengths),
        (4, 0, keys),
        (4, keys, keys),
    ] {
        let mut bytes = sample.bytes.clone();
        for (shard, value) in [(0, first), (1, sum - first)] {
            bytes[entry(shard, field)..][..4].copy_from_slice(&value.to_le_bytes());
        }
        seal(&mut bytes);
        let opened = sample.open(&bytes);
        assert!(
            matches!(opened, Err(FilterError::DamagedHeader)),
            "{field}: {first} of {sum}"
        );
    }
    // Possible ones, whose checksums are then over other bytes.
    let mut bytes = sample.bytes.clone();
    let (first, second) = (read(entry(0, 0)), read(entry(1, 0)));
    bytes[entry(0, 0)..entry(0, 4)].copy_from_slice(&(first - 2).to_le_bytes());
    bytes[entry(1, 0)..entry(1, 4)].copy_from_slice(&(second + 2).to_le_bytes());
    seal(&mut bytes);
    let filter = sample.open(&bytes).unwrap();
    assert!(matches!(
        filter.verify(|_| ()),
        Err(FilterError::Damaged { shard: 0 })
    ));
}

#[test]
fn shards_that_would_lead_outside_are_refused_whatever_their_checksum() {
    let sample = sample(Fingerprint::Bits32, 1000);
    let shard = shards_at(&sample.bytes);
    for field in [8, 12, 16] {
        for value in [0, 1, 3, 5, 1 << 20, 1 << 31, u32::MAX - 1, u32::MAX] {
            let filter = sample
                .forged(shard + field, &u32::to_le_bytes(value))
                .unwrap();
            for at in 0..50 {
                let answer = filter.contains(&key(at));
                assert!(
                    matches!(answer, Err(FilterError::Damaged { shard: 0 })),
                    "{field} {value}"
                );
            }
        }
    }
}

fn ask_everything(path: &Path) {
    let Ok(filter) = Filter::open(path) else {
        return;
    };
    let _ = filter.verify(|_| ());
    for at in 0..100 {
        let _ = filter.contains(&key(at));
    }
    let _ = (filter.bits_per_key(), filter.label(), format!("{filter:?}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Changed at random, cut or lengthened at random, with checksums made right or not: opened,
    /// verified and asked without a panic; and without right checksums, refused.
    #[test]
    fn forged_files_are_opened_or_refused_without_a_panic(
        wide in any::<bool>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        in_head in any::<bool>(),
        length in proptest::option::of(any::<prop::sample::Index>()),
        sealed in any::<bool>(),
    ) {
        static SAMPLES: std::sync::OnceLock<[Sample; 2]> = std::sync::OnceLock::new();
        let samples = SAMPLES.get_or_init(|| {
            [sample(Fingerprint::Bits16, 60), sample(Fingerprint::Bits32, 60)]
        });
        let sample = &samples[usize::from(wide)];
        let mut bytes = sample.bytes.clone();
        let range = if in_head { shards_at(&bytes) + 20 } else { bytes.len() };
        for (at, value) in changes {
            bytes[at.index(range)] = value;
        }
        if let Some(length) = length {
            bytes.resize(length.index(2 * sample.bytes.len()), 0);
            if let Some(field) = bytes.get_mut(32..40).filter(|_| sealed) {
                let length = sample.bytes.len() as u64;
                field.copy_from_slice(&length.to_le_bytes());
            }
        }
        let unchanged = bytes == sample.bytes;
        if sealed && bytes.len() > HEADER {
            seal(&mut bytes);
        }
        fs::write(&sample.path, &bytes).unwrap();
        ask_everything(&sample.path);
        if !sealed && !unchanged {
            prop_assert!(is_refused(Filter::open(&sample.path)));
        }
    }
}
