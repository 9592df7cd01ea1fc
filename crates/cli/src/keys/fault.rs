//! Why there is no ring, or none was written, in the user's language. Names the file, the line or the
//! number of a key, and nothing that stands in the file.

use crate::context::Context;
use crate::failure::{Failure, os};
use crate::texts;
use slotwerk_keys::{FileStep, KeyFileError, KeyRingError, LineProblem};
use std::path::Path;

pub(super) fn refused(context: &Context, path: &Path, error: KeyFileError) -> Failure {
    let say = |text| context.say(text, &[]);
    let failure = match error {
        KeyFileError::NotAFile => Failure::input(say(texts::KEYS_NOT_A_FILE)),
        KeyFileError::Symlink => Failure::input(say(texts::KEYS_SYMLINK)),
        KeyFileError::NotOurs => Failure::input(say(texts::KEYS_NOT_OURS)),
        KeyFileError::Exposed => Failure::input(say(texts::KEYS_EXPOSED)),
        KeyFileError::Utf16 => Failure::input(say(texts::IS_UTF16)),
        KeyFileError::Nul => Failure::input(say(texts::HAS_NUL)),
        KeyFileError::NotUtf8 => Failure::input(say(texts::NOT_UTF8)),
        KeyFileError::Exists => Failure::output(say(texts::KEYS_EXIST)),
        KeyFileError::Busy => Failure::output(say(texts::KEYS_BUSY)),
        KeyFileError::Ring(KeyRingError::Line { line, problem }) => {
            let message = line_refused(context, problem);
            return Failure::input(message).at(path, line as u64, 0);
        }
        KeyFileError::Ring(error) => ring_refused(context, error),
        KeyFileError::Io { step, kind } => {
            let reason = os(context, &kind.into());
            match step {
                FileStep::Open | FileStep::Read => {
                    Failure::input(context.say(texts::UNREADABLE, &[&reason]))
                }
                FileStep::FlushFolder => {
                    Failure::output(context.say(texts::KEYS_NOT_FLUSHED, &[&reason]))
                }
                _ => Failure::output(context.say(texts::KEYS_NOT_WRITTEN, &[&reason])),
            }
        }
        other => Failure::input(other.to_string()),
    };
    failure.at(path, 0, 0)
}

fn ring_refused(context: &Context, error: KeyRingError) -> Failure {
    match error {
        KeyRingError::NoActive => Failure::input(context.say(texts::KEYS_NONE_ACTIVE, &[])),
        KeyRingError::TextTooLong { limit } => {
            Failure::input(context.say(texts::FILE_TOO_LONG, &[&limit]))
        }
        KeyRingError::TooMany { limit } => {
            Failure::input(context.say(texts::KEYS_ARE_FULL, &[&limit]))
        }
        KeyRingError::UnknownId(id) => Failure::usage(context.say(texts::KEYS_UNKNOWN_ID, &[&id])),
        KeyRingError::ActiveId(id) => Failure::usage(context.say(texts::KEYS_ACTIVE_ID, &[&id])),
        KeyRingError::NotActive(id) => Failure::usage(context.say(texts::KEYS_NOT_ACTIVE, &[&id])),
        KeyRingError::NotRetired(id) => {
            Failure::usage(context.say(texts::KEYS_NOT_RETIRED, &[&id]))
        }
        other => Failure::input(other.to_string()),
    }
}

fn line_refused(context: &Context, problem: LineProblem) -> String {
    let text = match problem {
        LineProblem::Fields => texts::KEYS_FIELDS,
        LineProblem::Id => texts::KEYS_ID,
        LineProblem::State => texts::KEYS_STATE,
        LineProblem::Key => texts::KEYS_KEY,
        LineProblem::Placeholder => texts::KEYS_PLACEHOLDER,
        LineProblem::DuplicateId => texts::KEYS_DUPLICATE_ID,
        LineProblem::DuplicateKey => texts::KEYS_DUPLICATE_KEY,
        LineProblem::SecondActive => texts::KEYS_SECOND_ACTIVE,
        LineProblem::TooMany => texts::KEYS_TOO_MANY,
        other => return other.to_string(),
    };
    context.say(text, &[])
}
