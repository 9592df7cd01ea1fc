//! The head of a filter file: header, directory and their checksum. `FORMAT.md` has it in words.

use sha2::{Digest as _, Sha256};

use crate::FilterError;
use crate::shard::{Fingerprint, is_plausible};

pub(crate) const MAGIC: [u8; 8] = *b"\x89SLWB\r\n\x1a";
pub(crate) const VERSION: u16 = 1;
pub(crate) const HEADER: usize = 128;
pub(crate) const ENTRY: usize = 4 + 4 + 32;
pub(crate) const CHECKSUM: usize = 32;
/// A million shards: a directory of 40 MiB.
const MAX_SHARD_BITS: u8 = 20;

/// At most so many keys in a shard, on average; at least half of that when there are more shards than
/// one. Between these the parameters of a binary fuse filter do not jump, so that all shards of a
/// file construct equally well: the nearest jumps are at 37 and 124 thousand keys.
const KEYS_PER_SHARD: u64 = 120_000;

/// A label holds at most this many bytes.
pub const MAX_LABEL: usize = 64;

/// The first 128 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) shard_bits: u8,
    pub(crate) keys: u64,
    /// Seconds since the Unix epoch, as the builder was told.
    pub(crate) built_at: u64,
    pub(crate) file_length: u64,
    pub(crate) label: String,
}

/// One shard in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) offset: u64,
    pub(crate) length: u32,
    pub(crate) keys: u32,
    pub(crate) sha256: [u8; 32],
}

impl Header {
    /// Header, directory and checksum together.
    pub(crate) const fn head_length(shard_bits: u8) -> u64 {
        (HEADER + CHECKSUM + (ENTRY << shard_bits)) as u64
    }

    /// The shard of a key. The caller's `shard_bits` is at most [`MAX_SHARD_BITS`].
    #[inline]
    pub(crate) const fn shard_of(shard_bits: u8, spread: u64) -> u32 {
        // Two steps, for a shift by 64 is none.
        ((spread >> 32) >> (32 - shard_bits as u32)) as u32
    }

    fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let label = self.label.as_bytes();
        let fields: [&[u8]; 8] = [
            &MAGIC,
            &VERSION.to_le_bytes(),
            &[self.fingerprint.bits(), self.shard_bits],
            &[label.len().min(MAX_LABEL) as u8, 0, 0, 0],
            &self.keys.to_le_bytes(),
            &self.built_at.to_le_bytes(),
            &self.file_length.to_le_bytes(),
            label.get(..MAX_LABEL).unwrap_or(label),
        ];
        for (to, from) in bytes.iter_mut().zip(fields.into_iter().flatten()) {
            *to = *from;
        }
        bytes
    }

    /// Reads the header and holds it against the length of the file, before anything of the size that
    /// it claims is read or allocated.
    pub(crate) fn parse(bytes: &[u8; HEADER], file_length: u64) -> Result<Self, FilterError> {
        let mut rest = Fields(bytes);
        if rest.take()? != MAGIC {
            return Err(FilterError::NotAFilter);
        }
        let version = u16::from_le_bytes(rest.take()?);
        if version != VERSION {
            return Err(FilterError::Version(version));
        }
        let [bits, shard_bits] = rest.take()?;
        let [label_length, zeros @ ..]: [u8; 4] = rest.take()?;
        let keys = u64::from_le_bytes(rest.take()?);
        let built_at = u64::from_le_bytes(rest.take()?);
        let expected = u64::from_le_bytes(rest.take()?);
        let label: [u8; MAX_LABEL] = rest.take()?;
        let (label, padding) = label
            .split_at_checked(label_length.into())
            .ok_or(FilterError::DamagedHeader)?;
        if expected != file_length {
            return Err(FilterError::Length {
                expected,
                actual: file_length,
            });
        }
        let fingerprint = Fingerprint::from_bits(bits).ok_or(FilterError::DamagedHeader)?;
        let mut unused = zeros.iter().chain(padding).chain(rest.0);
        // A fingerprint or more for each key, and shards as keys: so the file is much longer than
        // the directory in memory, whatever somebody wrote into it.
        if unused.any(|&byte| byte != 0)
            || keys == 0
            || keys > file_length / fingerprint.bytes() as u64
            || self::shard_bits(keys) != Some(shard_bits)
            || Self::head_length(shard_bits) > file_length
        {
            return Err(FilterError::DamagedHeader);
        }
        Ok(Self {
            fingerprint,
            shard_bits,
            keys,
            built_at,
            file_length,
            label: label_text(label).ok_or(FilterError::DamagedHeader)?,
        })
    }
}

/// The logarithm of the number of shards for so many keys; `None` if the format cannot hold them.
pub(crate) fn shard_bits(keys: u64) -> Option<u8> {
    (0..=MAX_SHARD_BITS).find(|&bits| keys >> bits <= KEYS_PER_SHARD)
}

/// The whole head, and its digest.
pub(crate) fn encode_head(header: &Header, entries: &[Entry]) -> (Vec<u8>, [u8; 32]) {
    let mut head = Vec::with_capacity(HEADER + ENTRY * entries.len() + CHECKSUM);
    head.extend(header.encode());
    for entry in entries {
        head.extend(entry.length.to_le_bytes());
        head.extend(entry.keys.to_le_bytes());
        head.extend(entry.sha256);
    }
    let digest = <[u8; 32]>::from(Sha256::digest(&head));
    head.extend(digest);
    (head, digest)
}

/// Checks the checksum and reads the directory. `head` begins with the header that was parsed.
pub(crate) fn parse_directory(
    header: &Header,
    head: &[u8],
) -> Result<(Vec<Entry>, [u8; 32]), FilterError> {
    let (covered, checksum) = head
        .split_last_chunk::<CHECKSUM>()
        .ok_or(FilterError::DamagedHeader)?;
    if <[u8; 32]>::from(Sha256::digest(covered)) != *checksum {
        return Err(FilterError::DamagedHeader);
    }
    let mut rest = Fields(covered.get(HEADER..).unwrap_or_default());
    let mut entries = Vec::with_capacity(rest.0.len() / ENTRY);
    let (mut offset, mut keys) = (Header::head_length(header.shard_bits), 0);
    while !rest.0.is_empty() {
        let entry = Entry {
            offset,
            length: u32::from_le_bytes(rest.take()?),
            keys: u32::from_le_bytes(rest.take()?),
            sha256: rest.take()?,
        };
        if !is_plausible(header.fingerprint, entry.keys, entry.length) {
            return Err(FilterError::DamagedHeader);
        }
        // At most 2^20 shards of less than 2^23 bytes: no sum overflows.
        offset += u64::from(entry.length);
        keys += u64::from(entry.keys);
        entries.push(entry);
    }
    if offset != header.file_length || keys != header.keys {
        return Err(FilterError::DamagedHeader);
    }
    Ok((entries, *checksum))
}

/// A label that can be shown as it is.
pub(crate) fn label_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    (text.len() <= MAX_LABEL && !text.contains(char::is_control)).then(|| text.to_owned())
}

/// Bytes still to be read.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], FilterError> {
        let (field, rest) = self
            .0
            .split_first_chunk()
            .ok_or(FilterError::DamagedHeader)?;
        self.0 = rest;
        Ok(*field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(keys: u64, shard_bits: u8, file_length: u64) -> Header {
        Header {
            fingerprint: Fingerprint::Bits16,
            shard_bits,
            keys,
            built_at: 0,
            file_length,
            label: String::new(),
        }
    }

    /// Before the directory is read, and so before it is allocated.
    #[test]
    fn a_header_whose_keys_cannot_be_in_the_file_is_refused_by_itself() {
        let parsed = |header: &Header| Header::parse(&header.encode(), header.file_length);
        let sound = header(1_000_000, 4, 2_500_000);
        assert_eq!(parsed(&sound).ok().as_ref(), Some(&sound));
        for wrong in [
            header(1_000_000, 4, 1_999_999),
            header(1_000_000, 5, 2_500_000),
            header(1_000_000, 3, 2_500_000),
            // A directory of 40 MiB, in a file of little more.
            header(100_000_000_000, 20, Header::head_length(20) + 1),
            header(0, 0, 2_500_000),
            header(10, 0, 199),
        ] {
            assert!(
                matches!(parsed(&wrong), Err(FilterError::DamagedHeader)),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn shards_grow_in_number_with_the_keys() {
        assert_eq!((shard_bits(1), shard_bits(120_000)), (Some(0), Some(0)));
        assert_eq!(shard_bits(120_001), Some(1));
        assert_eq!(shard_bits(240_001), Some(1), "rounded down");
        assert_eq!(shard_bits(240_002), Some(2));
        assert_eq!(shard_bits(1_000_000_000), Some(14));
        assert_eq!(shard_bits(u64::MAX), None);
    }
}
