//! What several test files need.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use slotwerk_breach::{Filter, FilterBuilder, FilterError, Fingerprint, Key};
use tempfile::TempDir;

pub(crate) const HEADER: usize = 128;
pub(crate) const ENTRY: usize = 40;

/// The `at`th number of SplitMix64 (Steele, Lea and Flood 2014) from 0.
pub(crate) fn number(at: u64) -> u64 {
    let mut z = at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

pub(crate) fn key(at: u64) -> Key {
    Key::from_u64(number(at))
}

/// A directory with one filter of the first keys in it.
pub(crate) fn filter_of(fingerprint: Fingerprint, keys: u64) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    let mut builder = FilterBuilder::new(fingerprint).scratch_dir(directory.path());
    for at in 0..keys {
        builder.add(&key(at)).unwrap();
    }
    builder.write(&path, |_| ()).unwrap();
    (directory, path)
}

/// A filter of a few words.
pub(crate) fn filter_of_words(words: &str) -> (TempDir, Filter) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    let mut builder = FilterBuilder::new(Fingerprint::Bits32);
    builder.add_words(words.as_bytes(), |_| ()).unwrap();
    builder.write(&path, |_| ()).unwrap();
    let filter = Filter::open(&path).unwrap();
    (directory, filter)
}

/// Names of all that is in a directory.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Where the shards begin, by the header.
pub(crate) fn shards_at(file: &[u8]) -> usize {
    HEADER + (ENTRY << file[11].min(20)) + 32
}

/// Makes all checksums right again, as a forger would, as far as the directory leads inside the file.
pub(crate) fn seal(file: &mut [u8]) {
    let shards = shards_at(file);
    if shards > file.len() {
        return;
    }
    let mut at = shards;
    for entry in (HEADER..shards - 32).step_by(ENTRY) {
        let length = u32::from_le_bytes(file[entry..entry + 4].try_into().unwrap()) as usize;
        let Some(shard) = file.get(at..at + length) else {
            break;
        };
        let sum = Sha256::digest(shard);
        file[entry + 8..entry + 40].copy_from_slice(&sum);
        at += length;
    }
    let sum = Sha256::digest(&file[..shards - 32]);
    file[shards - 32..shards].copy_from_slice(&sum);
}

/// A small filter as bytes, and a place to put changed ones.
pub(crate) struct Sample {
    _directory: TempDir,
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn sample(fingerprint: Fingerprint, keys: u64) -> Sample {
    let (directory, path) = filter_of(fingerprint, keys);
    let bytes = fs::read(&path).unwrap();
    Sample {
        _directory: directory,
        path,
        bytes,
    }
}

impl Sample {
    pub(crate) fn open(&self, bytes: &[u8]) -> Result<Filter, FilterError> {
        fs::write(&self.path, bytes).unwrap();
        Filter::open(&self.path)
    }

    /// With one field of the header changed and all checksums right.
    pub(crate) fn forged(&self, at: usize, field: &[u8]) -> Result<Filter, FilterError> {
        let mut bytes = self.bytes.clone();
        bytes[at..at + field.len()].copy_from_slice(field);
        seal(&mut bytes);
        self.open(&bytes)
    }
}

/// Opening or asking for everything refuses it.
pub(crate) fn is_refused(opened: Result<Filter, FilterError>) -> bool {
    opened.and_then(|filter| filter.verify(|_| ())).is_err()
}

/// SHA-1 of "abc", from the examples of FIPS 180-4.
pub(crate) const ABC: &str = "A9993E364706816ABA3E25717850C26C9CD0D89D";

pub(crate) fn builder() -> FilterBuilder {
    FilterBuilder::new(Fingerprint::Bits32)
}

/// The bytes of the filter that this builder writes.
pub(crate) fn written(builder: FilterBuilder) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    builder.write(&path, |_| ()).unwrap();
    assert_eq!(names(directory.path()), ["filter"]);
    fs::read(path).unwrap()
}

pub(crate) fn open(bytes: &[u8]) -> Filter {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    fs::write(&path, bytes).unwrap();
    Filter::open(path).unwrap()
}
