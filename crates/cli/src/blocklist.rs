//! `slotwerk blocklist …`

pub(crate) mod build;
pub(crate) mod info;
pub(crate) mod query;

use crate::context::Context;
use crate::failure::{Failure, os};
use crate::texts;
use slotwerk_breach::{Filter, FilterError, Key};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn open(context: &Context, path: &Path) -> Result<Filter, Failure> {
    Filter::open(path).map_err(|error| unsound(context, path, &error))
}

/// Opens a filter of which at most so many MiB are kept in memory.
pub(crate) fn open_cached(context: &Context, path: &Path, cache: u32) -> Result<Filter, Failure> {
    let bytes = usize::try_from(cache)
        .unwrap_or(usize::MAX)
        .saturating_mul(1 << 20);
    Ok(open(context, path)?.cache_bytes(bytes))
}

pub(crate) fn contains(
    context: &Context,
    filter: &Filter,
    path: &Path,
    key: &Key,
) -> Result<bool, Failure> {
    filter.contains(key).map_err(|error| match error {
        // Which shard it is tells of the password.
        FilterError::Damaged { .. } => {
            Failure::input(context.say(texts::FILTER_DAMAGED, &[])).at(path, 0, 0)
        }
        other => unsound(context, path, &other),
    })
}

pub(crate) fn unsound(context: &Context, path: &Path, error: &FilterError) -> Failure {
    let message = match error {
        FilterError::Io(error) => context.say(texts::UNREADABLE, &[&os(context, error)]),
        FilterError::NotAFilter => context.say(texts::NOT_A_FILTER, &[]),
        FilterError::Version(version) => context.say(texts::FILTER_VERSION, &[version]),
        FilterError::Length { expected, actual } => {
            context.say(texts::FILTER_LENGTH, &[actual, expected])
        }
        FilterError::DamagedHeader => context.say(texts::FILTER_HEADER, &[]),
        FilterError::Damaged { shard } => context.say(texts::FILTER_SHARD, &[shard]),
        other => other.to_string(),
    };
    Failure::input(message).at(path, 0, 0)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
