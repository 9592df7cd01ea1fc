//! The key file of a pepper: text as `KeyRing::parse` reads it, for its owner's eyes only.

use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::texts;
use slotwerk_keys::{KeyRing, KeyRingError, LineProblem};
use slotwerk_password::RingPepper;
use std::fs::File;
use std::io;
use std::path::Path;

pub(crate) fn pepper(context: &Context, path: &Path) -> Result<RingPepper, Failure> {
    // Standard input is for the password or the lines.
    if input::is_stdin(path) {
        return Err(Failure::usage(context.say(texts::STDIN_TWICE, &[])));
    }
    let unreadable = |error: io::Error| input::unreadable(context, path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    // Of the file that is open, not of what the name may stand for a moment later.
    if is_exposed(&metadata) {
        return Err(Failure::input(context.say(texts::KEYS_EXPOSED, &[])).at(path, 0, 0));
    }
    let text = input::secret_of(file, KeyRing::MAX_TEXT).map_err(unreadable)?;
    let text = std::str::from_utf8(&text)
        // Where it stops being UTF-8 would tell something of the keys.
        .map_err(|_| Failure::input(context.say(texts::NOT_UTF8, &[])).at(path, 0, 0))?;
    let ring = KeyRing::parse(text).map_err(|error| refused(context, path, &error))?;
    Ok(RingPepper::new(ring))
}

/// Whether others than its owner may do anything with it. A pipe is nobody else's.
#[cfg(unix)]
fn is_exposed(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.is_file() && metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_exposed(_: &std::fs::Metadata) -> bool {
    false
}

fn refused(context: &Context, path: &Path, error: &KeyRingError) -> Failure {
    let (message, line) = match error {
        KeyRingError::Line { line, problem } => (line_refused(context, *problem), *line as u64),
        KeyRingError::NoActive => (context.say(texts::KEYS_NONE_ACTIVE, &[]), 0),
        KeyRingError::TextTooLong { limit } => (context.say(texts::FILE_TOO_LONG, &[limit]), 0),
        other => (other.to_string(), 0),
    };
    Failure::input(message).at(path, line, 0)
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
