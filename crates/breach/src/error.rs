//! What can go wrong with a filter file. None of these carries a line, a password or a hash.

use std::io;

use thiserror::Error;

/// Why a filter was not built. The old file, if there was one, is untouched.
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum BuildError {
    /// Reading the input, or writing the output or a temporary file, failed.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// A line is longer than [`MAX_LINE`](crate::MAX_LINE) bytes. No more than that was read of it.
    #[error("line {line} is longer than {} bytes", crate::MAX_LINE)]
    LineTooLong {
        /// Counted from 1, in this input.
        line: u64,
    },
    /// A line is not a SHA-1 in 40 hexadecimal digits with an optional `:COUNT`.
    #[error("line {line} is not a SHA-1 in 40 hexadecimal digits with an optional :COUNT")]
    Malformed {
        /// Counted from 1, in this input.
        line: u64,
    },
    /// There is nothing to build from: such a filter would find no password breached.
    #[error("there are no passwords to build a filter from")]
    Empty,
    /// The label is longer than [`MAX_LABEL`](crate::MAX_LABEL) bytes or has control characters.
    #[error(
        "the label is longer than {} bytes or has control characters",
        crate::MAX_LABEL
    )]
    Label,
    /// A 256th part of the keys does not fit half the memory allowed.
    #[error("{needed} bytes of memory are needed and {allowed} are allowed")]
    Memory {
        /// What [`FilterBuilder::memory`](crate::FilterBuilder::memory) has to be at the least.
        needed: u64,
        /// What it is.
        allowed: u64,
    },
    /// The keys are so unlike hashes that one shard would get more than a million of them. Real sets
    /// never do this; a hand-made list of chosen hashes could.
    #[error("the keys are not distributed as hashes are: shard {shard} would hold {keys}")]
    Skewed {
        /// The shard.
        shard: u32,
        /// Its keys.
        keys: u64,
    },
    /// There are more keys than the format can hold (about 120 thousand million).
    #[error("too many keys: {0}")]
    TooMany(u64),
    /// No filter was found for the keys of one shard, or the one found does not hold all of them.
    #[error("no filter could be constructed for shard {shard}")]
    Construction {
        /// The shard.
        shard: u32,
    },
}

impl BuildError {
    /// For `map_err`.
    pub(crate) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

/// Why a filter file was not opened or a query not answered. Never a verdict.
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum FilterError {
    /// The file could not be read.
    #[error("the filter could not be read: {0}")]
    Io(#[from] io::Error),
    /// Not a filter file: something else, a directory, a device or a pipe.
    #[error("not a filter file")]
    NotAFilter,
    /// Made by a newer version.
    #[error("version {0} of the format is not known here")]
    Version(u16),
    /// Cut off, or something was appended.
    #[error("the filter file is {actual} bytes long and should be {expected}")]
    Length {
        /// What the header says.
        expected: u64,
        /// What the file is.
        actual: u64,
    },
    /// The header or the directory was altered, or contradicts itself.
    #[error("the header of the filter is damaged")]
    DamagedHeader,
    /// A shard was altered, or contradicts itself.
    ///
    /// The number follows from the password that was asked for: it is worth as many bits of the
    /// password's hash as the filter has shard bits. Log it apart from the user, or log
    /// [`BreachFault::Damaged`](crate::BreachFault::Damaged), which leaves it out.
    #[error("shard {shard} of the filter is damaged")]
    Damaged {
        /// Counted from 0.
        shard: u32,
    },
    /// A sound filter, but not the one that was asked for.
    #[error("the filter is not the one that was pinned")]
    OtherFilter,
}
