//! A filter file, opened.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::cache::Cache;
use crate::file::SharedFile;
use crate::format::{self, Entry, HEADER, Header};
use crate::shard::{Fingerprint, Shard};
use crate::{FilterError, Key, Phase, Progress};

/// A filter file, of which only the directory and the shards asked for lately are in memory.
///
/// Cheap to share: put it in an `Arc`. Replace the file by a new one (which is what
/// [`FilterBuilder::write`](crate::FilterBuilder::write) does) and open it again; an open filter goes
/// on with the old one. A file that is overwritten in place is noticed as damage.
pub struct Filter {
    file: SharedFile,
    header: Header,
    entries: Vec<Entry>,
    digest: [u8; 32],
    cache: Cache,
}

impl Filter {
    /// What is kept in memory if nothing else is said, in bytes: 64 MiB.
    pub const DEFAULT_CACHE: usize = 64 << 20;

    /// Opens a filter file: reads its header and its directory, at most 40 MiB, and checks them.
    ///
    /// That the file is one that *you* built only [`open_pinned`](Self::open_pinned) can tell.
    ///
    /// # Errors
    ///
    /// [`FilterError`]: the file cannot be read, is something else, of a newer version, cut off,
    /// appended to or altered in what was read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FilterError> {
        // Opening a pipe would wait for a writer.
        if !fs::metadata(&path)?.is_file() {
            return Err(FilterError::NotAFilter);
        }
        let file = File::open(&path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() < HEADER as u64 {
            return Err(FilterError::NotAFilter);
        }
        let file = SharedFile::new(file);
        let mut first = [0; HEADER];
        file.read_exact_at(&mut first, 0)?;
        let header = Header::parse(&first, metadata.len())?;
        // Now known to be no longer than the file, and no more than 40 MiB.
        let mut head = vec![0; Header::head_length(header.shard_bits) as usize];
        file.read_exact_at(&mut head, 0)?;
        if head.first_chunk() != Some(&first) {
            return Err(FilterError::DamagedHeader);
        }
        let (entries, digest) = format::parse_directory(&header, &head)?;
        let cache = Cache::new(entries.len(), Self::DEFAULT_CACHE);
        Ok(Self {
            file,
            header,
            entries,
            digest,
            cache,
        })
    }

    /// Opens a filter file if it is the one with this [digest](Self::digest).
    ///
    /// The digest covers every byte of the file: header and directory by itself, each shard through
    /// its checksum in the directory.
    ///
    /// # Errors
    ///
    /// [`FilterError::OtherFilter`] if it is another one, and all of [`open`](Self::open).
    pub fn open_pinned(path: impl AsRef<Path>, digest: [u8; 32]) -> Result<Self, FilterError> {
        let filter = Self::open(path)?;
        if filter.digest != digest {
            return Err(FilterError::OtherFilter);
        }
        Ok(filter)
    }

    /// How many bytes of shards to keep in memory. None at all is fine, and reads about 300 kB (16
    /// bits) or 600 kB (32 bits) from the file for each question.
    ///
    /// Besides that there is one shard in memory for each thread that is reading one.
    #[must_use]
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.cache = Cache::new(self.entries.len(), bytes);
        self
    }

    /// Whether the password with this key is in the set.
    ///
    /// `false` is certain. `true` is wrong for one password in 65,536 or in 4,294,967,296 that is not
    /// in the set, by the [fingerprint](Self::fingerprint).
    ///
    /// If the shard is not in memory it is read and checked here and now, which takes about a
    /// millisecond from a local disk.
    ///
    /// # Errors
    ///
    /// [`FilterError::Io`] and [`FilterError::Damaged`]; never a verdict in place of one.
    pub fn contains(&self, key: &Key) -> Result<bool, FilterError> {
        let spread = key.spread();
        let number = Header::shard_of(self.header.shard_bits, spread);
        self.cache
            .ask(number, |shard| shard.contains(spread), || self.load(number))
            .unwrap_or(Err(FilterError::Damaged { shard: number }))
    }

    /// Reads and checks the whole file, one shard at a time, whatever is in memory already.
    ///
    /// # Errors
    ///
    /// [`FilterError::Io`], or [`FilterError::Damaged`] for the first shard that is.
    pub fn verify(&self, mut progress: impl FnMut(Progress)) -> Result<(), FilterError> {
        let total = Some(self.header.file_length);
        for (number, entry) in (0..).zip(&self.entries) {
            self.load(number)?;
            let done = entry.offset + u64::from(entry.length);
            progress(Progress {
                phase: Phase::Verifying,
                done,
                total,
            });
        }
        Ok(())
    }

    fn load(&self, number: u32) -> Result<Shard, FilterError> {
        let damaged = FilterError::Damaged { shard: number };
        let Some(entry) = self.entries.get(number as usize) else {
            return Err(damaged);
        };
        let mut bytes = vec![0; entry.length as usize];
        self.file.read_exact_at(&mut bytes, entry.offset)?;
        if <[u8; 32]>::from(Sha256::digest(&bytes)) != entry.sha256 {
            return Err(damaged);
        }
        Shard::decode(self.header.fingerprint, &bytes).ok_or(damaged)
    }

    /// How many passwords are in the set.
    // A filter is never empty: opening refuses one that would be.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        self.header.keys
    }

    /// 16 or 32 bits of each key.
    pub fn fingerprint(&self) -> Fingerprint {
        self.header.fingerprint
    }

    /// Length of the file in bits by the number of passwords.
    pub fn bits_per_key(&self) -> f64 {
        self.header.file_length as f64 * 8.0 / self.header.keys as f64
    }

    /// Into how many pieces the set is cut.
    pub fn shards(&self) -> usize {
        self.entries.len()
    }

    /// Length of the file, in bytes.
    pub fn file_length(&self) -> u64 {
        self.header.file_length
    }

    /// What the builder said about where the passwords come from.
    pub fn label(&self) -> &str {
        &self.header.label
    }

    /// When the builder said that it was built, in seconds since the Unix epoch; 0 if it did not.
    pub fn built_at(&self) -> u64 {
        self.header.built_at
    }

    /// The SHA-256 over header and directory, which hold the SHA-256 of every shard. To write down
    /// after a build, for [`open_pinned`](Self::open_pinned).
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Bytes of shards in memory now.
    pub fn cached_bytes(&self) -> usize {
        self.cache.bytes()
    }
}

impl fmt::Debug for Filter {
    /// Says nothing about which shards were asked for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}
