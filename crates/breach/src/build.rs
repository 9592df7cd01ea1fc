//! Building a filter file.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::format::{self, Entry, Header};
use crate::lines::{Lines, hash_and_count};
use crate::output::Output;
use crate::parts::{PARTS, Parts};
use crate::shard::{self, Fingerprint, Shard};
use crate::{BuildError, Key};

/// Lines between two reports of progress.
const REPORT_EVERY: u64 = 1 << 16;

/// How far a build or a verification has come.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// How much of it is done, in the unit of the phase.
    pub done: u64,
    /// How much there is to do, where that is known.
    pub total: Option<u64>,
}

/// What is being done, and what [`Progress`] counts meanwhile.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading input; in bytes, of a total that the caller may know.
    Reading,
    /// Sorting; in parts, of 256.
    Sorting,
    /// Building and writing shards; in keys.
    Building,
    /// Reading a filter to verify it; in bytes.
    Verifying,
}

/// What one input gave.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Lines read.
    pub lines: u64,
    /// Keys added, those included that were there already.
    pub keys: u64,
    /// Lines left out: empty ones, and hashes below the minimum count.
    pub left_out: u64,
}

/// What was built.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Distinct keys.
    pub keys: u64,
    /// Length of the file, in bytes.
    pub file_length: u64,
    /// What [`Filter::open_pinned`](crate::Filter::open_pinned) takes.
    pub digest: [u8; 32],
}

/// Builds a filter file from public `HASH:COUNT` text and word lists.
///
/// The same set of passwords makes the same file, byte for byte, whatever the order, the duplicates
/// and the memory were, provided that fingerprint, label and time are the same too.
///
/// ```
/// use slotwerk_breach::{Filter, FilterBuilder, Fingerprint, Key};
///
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("breached.slwb");
///
/// let mut builder = FilterBuilder::new(Fingerprint::Bits32)
///     .label("two well-known ones")?
///     .built_at(1_700_000_000);
/// builder.add_words(&b"hunter2\n"[..], |_| ())?;
/// builder.add_hashes(&b"A9993E364706816ABA3E25717850C26C9CD0D89D:7\r\n"[..], |_| ())?;
/// let built = builder.write(&path, |progress| println!("{progress:?}"))?;
/// assert_eq!(built.keys, 2);
///
/// let filter = Filter::open(&path)?;
/// assert!(filter.contains(&Key::of_password("hunter2"))?);
/// assert!(filter.contains(&Key::of_password("abc"))?);
/// assert!(!filter.contains(&Key::of_password("correct horse battery staple"))?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Memory
///
/// At most what [`memory`](Self::memory) allows, and besides that about 50 bytes for each key of the
/// largest shard: 6 MiB for real sets, and never more than 52 MiB.
pub struct FilterBuilder {
    fingerprint: Fingerprint,
    label: String,
    built_at: u64,
    minimum_count: u64,
    memory: usize,
    scratch: Option<PathBuf>,
    parts: Option<Parts>,
}

impl FilterBuilder {
    /// What [`memory`](Self::memory) is when nothing is said, in bytes: 256 MiB. Enough for four
    /// thousand million keys.
    pub const DEFAULT_MEMORY: usize = 256 << 20;

    /// Less memory than this is taken for this, in bytes: 4 MiB.
    pub const LEAST_MEMORY: usize = 4 << 20;

    /// A builder with nothing in it.
    pub fn new(fingerprint: Fingerprint) -> Self {
        Self {
            fingerprint,
            label: String::new(),
            built_at: 0,
            minimum_count: 1,
            memory: Self::DEFAULT_MEMORY,
            scratch: None,
            parts: None,
        }
    }

    /// Where temporary files go when the keys do not fit the memory: 8 bytes for each line of input.
    /// Otherwise they go where the system puts such files, which may be memory itself.
    ///
    /// Temporary files have no name where the system allows it (Linux does), so that nothing of them
    /// stays however a build ends. To be set before input is added.
    #[must_use]
    pub fn scratch_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.scratch = Some(path.into());
        self
    }

    /// How many bytes of memory to use. To be set before input is added.
    ///
    /// A 256th part of the keys is sorted at a time, and that has to fit half of this.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes.max(Self::LEAST_MEMORY);
        self
    }

    /// Leaves out hashes that were seen less often. 1 if nothing is said: a count of 0 marks the
    /// padding of downloaded ranges. A hash without a count counts as seen once.
    #[must_use]
    pub fn minimum_count(mut self, count: u64) -> Self {
        self.minimum_count = count;
        self
    }

    /// Where the passwords come from, as the file will say.
    ///
    /// # Errors
    ///
    /// [`BuildError::Label`] if it is longer than [`MAX_LABEL`](crate::MAX_LABEL) bytes or has control
    /// characters.
    pub fn label(mut self, label: &str) -> Result<Self, BuildError> {
        self.label = format::label_text(label.as_bytes()).ok_or(BuildError::Label)?;
        Ok(self)
    }

    /// When the filter was made, as the file will say, in seconds since the Unix epoch. There is no
    /// clock in here.
    #[must_use]
    pub fn built_at(mut self, seconds: u64) -> Self {
        self.built_at = seconds;
        self
    }

    /// Adds one key.
    ///
    /// # Errors
    ///
    /// [`BuildError::Io`] if a temporary file could not be written.
    pub fn add(&mut self, key: &Key) -> Result<(), BuildError> {
        let (memory, scratch) = (self.memory, &mut self.scratch);
        let parts = self
            .parts
            .get_or_insert_with(|| Parts::new(memory, scratch.take()));
        parts.push(key.spread())
    }

    /// Adds the hashes of public `HASH:COUNT` text: on each line a SHA-1 in 40 hexadecimal digits of
    /// either case, with `:COUNT` or without. Empty lines are left out.
    ///
    /// # Errors
    ///
    /// [`BuildError::Malformed`] and [`BuildError::LineTooLong`] with the number of the line,
    /// [`BuildError::Io`]. What was read before stays added; begin again with a new builder.
    pub fn add_hashes(
        &mut self,
        reader: impl BufRead,
        progress: impl FnMut(Progress),
    ) -> Result<Added, BuildError> {
        let minimum = self.minimum_count;
        self.add_lines(reader, progress, |line| {
            let (key, count) = hash_and_count(line)?;
            Some((count >= minimum).then_some(key))
        })
    }

    /// Adds the passwords of a word list, one on each line. Empty lines are left out.
    ///
    /// A line is taken as the bytes that it is: in any encoding, with its blanks. Passwords of old
    /// breaches that are not UTF-8 do no harm, but a service that takes UTF-8 never asks for them.
    /// Nothing is normalised: for words outside ASCII the list should be in the form that is asked
    /// for, which in this family is NFC.
    ///
    /// # Errors
    ///
    /// [`BuildError::LineTooLong`] with the number of the line, [`BuildError::Io`]. What was read
    /// before stays added; begin again with a new builder.
    pub fn add_words(
        &mut self,
        reader: impl BufRead,
        progress: impl FnMut(Progress),
    ) -> Result<Added, BuildError> {
        self.add_lines(reader, progress, |line| Some(Some(Key::of_bytes(line))))
    }

    /// `key` says `None` to a malformed line and `Some(None)` to one to leave out.
    fn add_lines(
        &mut self,
        reader: impl BufRead,
        mut progress: impl FnMut(Progress),
        key: impl Fn(&[u8]) -> Option<Option<Key>>,
    ) -> Result<Added, BuildError> {
        let mut lines = Lines::new(reader);
        let mut added = Added::default();
        let mut report = |done| {
            progress(Progress {
                phase: Phase::Reading,
                done,
                total: None,
            })
        };
        while let Some(line) = lines.next()? {
            let found = if line.is_empty() {
                Some(None)
            } else {
                key(line)
            };
            match found {
                None => return Err(BuildError::Malformed { line: lines.number }),
                Some(None) => added.left_out += 1,
                Some(Some(key)) => {
                    self.add(&key)?;
                    added.keys += 1;
                }
            }
            if lines.number.is_multiple_of(REPORT_EVERY) {
                report(lines.bytes);
            }
        }
        report(lines.bytes);
        added.lines = lines.number;
        Ok(added)
    }

    /// Builds the filter and puts it at `path`, in place of what was there.
    ///
    /// It is written beside that place, brought to disk and moved there in one step: at any moment
    /// there is the old file or the new one. A build that fails removes what it wrote; what a killed
    /// one left is removed by the next build for the same place.
    ///
    /// # Errors
    ///
    /// [`BuildError`]; the old file is untouched, except that an [`Io`](BuildError::Io) while the
    /// directory is brought to disk can come after the move.
    pub fn write(
        self,
        path: impl AsRef<Path>,
        mut progress: impl FnMut(Progress),
    ) -> Result<Built, BuildError> {
        let mut parts = self.parts.ok_or(BuildError::Empty)?;
        let mut output = Output::create(path.as_ref()).map_err(BuildError::io(CREATING))?;
        let keys = parts.sort(|done| {
            let total = Some(PARTS as u64);
            progress(Progress {
                phase: Phase::Sorting,
                done: done as u64,
                total,
            });
        })?;

        let shard_bits = format::shard_bits(keys).ok_or(BuildError::TooMany(keys))?;
        let mut writer = ShardWriter {
            fingerprint: self.fingerprint,
            output: &mut output,
            entries: Vec::new(),
            offset: Header::head_length(shard_bits),
        };
        let mut done = 0;
        for shard in shards(shard_bits, parts.into_sorted()) {
            let shard = shard?;
            writer.write(&shard)?;
            done += shard.len() as u64;
            progress(Progress {
                phase: Phase::Building,
                done,
                total: Some(keys),
            });
        }

        let (entries, file_length) = (writer.entries, writer.offset);
        let header = Header {
            fingerprint: self.fingerprint,
            shard_bits,
            keys,
            built_at: self.built_at,
            file_length,
            label: self.label,
        };
        let (head, digest) = format::encode_head(&header, &entries);
        output.write_at(0, &head).map_err(BuildError::io(WRITING))?;
        output.finish().map_err(BuildError::io(WRITING))?;
        Ok(Built {
            keys,
            file_length,
            digest,
        })
    }
}

const CREATING: &str = "creating the output";
const WRITING: &str = "writing the output";

/// Recuts the 256 sorted parts into shards, all of them in order, empty ones included.
fn shards(
    shard_bits: u8,
    mut parts: impl Iterator<Item = Result<Vec<u64>, BuildError>>,
) -> impl Iterator<Item = Result<Vec<u64>, BuildError>> {
    let (mut keys, mut taken): (Vec<u64>, usize) = (Vec::new(), 0);
    let mut part_at = 0;
    (0..1_u32 << shard_bits).map(move |shard| {
        // The last part that has keys of this shard.
        let last_part = ((u64::from(shard) + 1) * PARTS as u64 - 1) >> shard_bits;
        while part_at <= last_part {
            keys.drain(..taken);
            taken = 0;
            let part = parts.next().unwrap_or(Ok(Vec::new()))?;
            if keys.is_empty() {
                keys = part;
            } else {
                keys.extend(part);
            }
            part_at += 1;
        }
        let rest = keys.get(taken..).unwrap_or_default();
        let count = rest.partition_point(|&key| Header::shard_of(shard_bits, key) <= shard);
        taken += count;
        Ok(rest.get(..count).unwrap_or_default().to_vec())
    })
}

struct ShardWriter<'a> {
    fingerprint: Fingerprint,
    output: &'a mut Output,
    entries: Vec<Entry>,
    offset: u64,
}

impl ShardWriter<'_> {
    fn write(&mut self, keys: &[u64]) -> Result<(), BuildError> {
        let shard = self.entries.len() as u32;
        if keys.len() > shard::MAX_KEYS as usize {
            return Err(BuildError::Skewed {
                shard,
                keys: keys.len() as u64,
            });
        }
        let built = Shard::build(self.fingerprint, keys);
        let bytes = built.ok_or(BuildError::Construction { shard })?.encode();
        self.output
            .write_at(self.offset, &bytes)
            .map_err(BuildError::io(WRITING))?;
        // Both lengths are bounded by the greatest shard.
        let entry = Entry {
            offset: self.offset,
            length: bytes.len() as u32,
            keys: keys.len() as u32,
            sha256: Sha256::digest(&bytes).into(),
        };
        self.offset += u64::from(entry.length);
        self.entries.push(entry);
        Ok(())
    }
}
