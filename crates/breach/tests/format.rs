//! FORMAT.md: known files byte for byte, and a second reader that knows nothing but that page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{filter_of, number};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use slotwerk_breach::{Filter, FilterBuilder, Fingerprint, Key};

const VECTORS: [(&str, Fingerprint); 2] = [
    ("bits16.slwb", Fingerprint::Bits16),
    ("bits32.slwb", Fingerprint::Bits32),
];

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn words(name: &str) -> Vec<String> {
    let text = fs::read_to_string(vectors().join(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The key as the page has it.
fn sha1_key(password: &str) -> u64 {
    let digest = Sha1::digest(password);
    digest[..8]
        .iter()
        .fold(0, |key, &byte| key << 8 | u64::from(byte))
}

/// Reads little-endian numbers.
fn at(bytes: &[u8], offset: usize, length: usize) -> u64 {
    let field = &bytes[offset..offset + length];
    field
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Asks a file for a key, by the page.
fn holds(file: &[u8], key: u64) -> bool {
    assert_eq!(file[..8], [0x89, 0x53, 0x4c, 0x57, 0x42, 0x0d, 0x0a, 0x1a]);
    assert_eq!(at(file, 8, 2), 1);
    let (width, shard_bits) = (at(file, 10, 1) / 8, at(file, 11, 1));
    assert_eq!(at(file, 32, 8), file.len() as u64);
    let directory = 128..128 + (40 << shard_bits);
    let mut shard = &file[directory.end + 32..];
    assert_eq!(
        Sha256::digest(&file[..directory.end])[..],
        file[directory.end..][..32]
    );

    let place = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let wanted = u128::from(place) << shard_bits >> 64;
    for number in 0..1 << shard_bits {
        let entry = &file[directory.start + 40 * number..][..40];
        let (this, rest) = shard.split_at(at(entry, 0, 4) as usize);
        if number as u128 == wanted {
            assert_eq!(Sha256::digest(this)[..], entry[8..]);
            shard = this;
            break;
        }
        shard = rest;
    }

    let mut h = place.wrapping_add(at(shard, 0, 8));
    h = (h ^ h >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ h >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^= h >> 33;
    let (s, c) = (at(shard, 8, 4), at(shard, 16, 4));
    let h0 = ((u128::from(h) * u128::from(c)) >> 64) as u64;
    let places = [
        h0,
        (h0 + s) ^ (h >> 18 & (s - 1)),
        (h0 + 2 * s) ^ (h & (s - 1)),
    ];
    let sum = places
        .map(|place| at(shard, 20 + (place * width) as usize, width as usize))
        .iter()
        .fold(0, |sum, fingerprint| sum ^ fingerprint);
    sum == (h ^ h >> 32) & ((1 << (8 * width)) - 1)
}

#[test]
fn the_vectors_are_built_again_byte_for_byte() {
    for (name, fingerprint) in VECTORS {
        let directory = tempfile::tempdir().unwrap();
        let built = directory.path().join(name);
        let builder = FilterBuilder::new(fingerprint)
            .label("test vector")
            .unwrap();
        let mut builder = builder.built_at(1_700_000_000);
        builder
            .add_words(words("members.txt").join("\n").as_bytes(), |_| ())
            .unwrap();
        builder.write(&built, |_| ()).unwrap();
        assert!(
            fs::read(built).unwrap() == fs::read(vectors().join(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn the_vectors_hold_their_members_and_no_stranger() {
    for (name, fingerprint) in VECTORS {
        let path = vectors().join(name);
        let (filter, file) = (Filter::open(&path).unwrap(), fs::read(&path).unwrap());
        filter.verify(|_| ()).unwrap();
        assert_eq!(filter.fingerprint(), fingerprint);
        assert_eq!(
            (filter.label(), filter.built_at()),
            ("test vector", 1_700_000_000)
        );
        assert_eq!(filter.len(), 7);
        for (list, expected) in [("members.txt", true), ("strangers.txt", false)] {
            for word in words(list) {
                let answer = filter.contains(&Key::of_password(&word)).unwrap();
                assert_eq!(
                    (answer, holds(&file, sha1_key(&word))),
                    (expected, expected),
                    "{word}"
                );
            }
        }
    }
}

#[test]
fn a_second_reader_agrees_over_many_shards_false_positives_included() {
    let (_directory, path) = filter_of(Fingerprint::Bits16, 250_000);
    let (filter, file) = (Filter::open(&path).unwrap(), fs::read(&path).unwrap());
    let mut wrong = 0;
    // Each question checks the shard's sum by that reader too, so few of them; then those that the
    // filter is wrong about.
    for at in (0..250_000).step_by(10_000).chain(250_000..250_020) {
        let key = number(at);
        assert_eq!(
            filter.contains(&Key::from_u64(key)).unwrap(),
            holds(&file, key),
            "{at}"
        );
    }
    for at in 1 << 40..(1 << 40) + 300_000 {
        let key = number(at);
        if filter.contains(&Key::from_u64(key)).unwrap() {
            assert!(holds(&file, key), "{at}");
            wrong += 1;
        }
    }
    assert!(wrong > 0, "nothing was compared");
}
