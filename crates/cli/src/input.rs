//! Reading passwords, policies and lists: bounded, and wiped where it can be a secret.
//!
//! Every text comes through [`open`], which skips a UTF-8 mark and rejects UTF-16 by name. NUL bytes are
//! rejected where the text is used. Line ends are LF or CR LF. The rest depends on the kind:
//!
//! - A **password** keeps every space, also leading and trailing ones. Line ends after it are dropped.
//! - A **stored hash** loses all white space around it.
//! - A **line of a stream or list** loses its line end, and keeps its spaces.
//! - A **policy** is JSON or TOML, which have rules of their own.

mod plain_text;

pub(crate) use plain_text::has_nul;

use crate::context::Context;
use crate::failure::{Failure, os};
use crate::texts;
use plain_text::{NotPlainText, PlainText};
use slotwerk_policy::MAX_BYTES;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Room for what is read at a time, in bytes.
const ROOM: usize = 64 * 1024;

/// Bytes of blank lines that may follow a password.
const ROOM_FOR_LINE_ENDS: usize = 64;

/// `-` is standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// Opens a text file, or standard input for `-`. A directory is an error here, not at the first read.
pub(crate) fn open(context: &Context, path: &Path) -> Result<Source, Failure> {
    if is_stdin(path) {
        return Ok(Source {
            reader: Box::new(PlainText::new(stdin())),
            length: None,
        });
    }
    let opened = File::open(path).and_then(|file| {
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let length = metadata.is_file().then_some(metadata.len());
        Ok(Source {
            reader: Box::new(PlainText::new(file)),
            length,
        })
    });
    opened.map_err(|error| unreadable(context, path, &error))
}

pub(crate) struct Source {
    pub(crate) reader: Box<dyn Read>,
    /// In bytes; of a pipe it is not known.
    pub(crate) length: Option<u64>,
}

pub(crate) fn unreadable(context: &Context, path: &Path, error: &io::Error) -> Failure {
    let reason = error.get_ref().and_then(|inner| inner.downcast_ref());
    let message = match reason {
        Some(reason) => context.say(
            match reason {
                NotPlainText::Utf16 => texts::IS_UTF16,
                NotPlainText::Utf32 => texts::IS_UTF32,
                NotPlainText::Nul => texts::HAS_NUL,
            },
            &[],
        ),
        None => context.say(texts::UNREADABLE, &[&os(context, error)]),
    };
    Failure::input(message).at(path, 0, 0)
}

/// A NUL byte, with its line where that is known.
pub(crate) fn nul_in(context: &Context, path: &Path, line: u64) -> Failure {
    Failure::input(context.say(texts::HAS_NUL, &[])).at(path, line, 0)
}

/// The reason of a reader that looks for NUL bytes itself.
pub(crate) fn nul_error() -> io::Error {
    NotPlainText::Nul.into()
}

/// Standard input without the standard library's buffer, which is never wiped.
#[cfg(unix)]
fn stdin() -> Box<dyn Read> {
    use std::os::fd::AsFd as _;
    match io::stdin().as_fd().try_clone_to_owned() {
        Ok(fd) => Box::new(File::from(fd)),
        Err(_) => Box::new(io::stdin()),
    }
}

#[cfg(not(unix))]
fn stdin() -> Box<dyn Read> {
    Box::new(io::stdin())
}

/// A whole text file of at most `most` bytes.
pub(crate) fn text(context: &Context, path: &Path, most: usize) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let reader = open(context, path)?.reader;
    reader
        .take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(context, path, &error))?;
    if bytes.len() > most {
        return Err(Failure::input(context.say(texts::FILE_TOO_LONG, &[&most])).at(path, 0, 0));
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        let before = bytes.iter().take(at);
        let line = before.filter(|&&byte| byte == b'\n').count() as u64 + 1;
        return Err(nul_in(context, path, line));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let line_start = before
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |at| at + 1);
        let line = before.iter().filter(|&&b| b == b'\n').count() as u64 + 1;
        let column = (valid - line_start) as u64 + 1;
        Failure::input(context.say(texts::NOT_UTF8, &[])).at(path, line, column)
    })
}

/// What was read as a password.
pub(crate) enum Password {
    Text(Zeroizing<String>),
    /// More than [`MAX_BYTES`] bytes; no more than that was read.
    TooLong,
}

/// The whole of a file, of standard input, or a line typed at the terminal, without echo.
pub(crate) fn password(context: &Context, path: &Path) -> Result<Password, Failure> {
    if is_stdin(path) && io::stdin().is_terminal() {
        return prompted(context);
    }
    let bytes = secret(context, path, MAX_BYTES + ROOM_FOR_LINE_ENDS)?;
    as_password(context, path, without_line_ends(&bytes))
}

fn as_password(context: &Context, path: &Path, bytes: &[u8]) -> Result<Password, Failure> {
    if bytes.len() > MAX_BYTES {
        return Ok(Password::TooLong);
    }
    if has_nul(bytes) {
        return Err(nul_in(context, path, 0));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Password::Text(Zeroizing::new(text.to_owned()))),
        // Where it stops being UTF-8 would tell something of the password.
        Err(_) => Err(Failure::input(context.say(texts::PASSWORD_NOT_UTF8, &[])).at(path, 0, 0)),
    }
}

/// The first line of standard input, as a password, and what is after it, up to `most` bytes and one more.
pub(crate) fn password_and_rest(
    context: &Context,
    most: usize,
) -> Result<(Password, Zeroizing<Vec<u8>>), Failure> {
    let path = Path::new("-");
    refuse_terminal(context, path)?;
    let bytes = secret(context, path, MAX_BYTES + 2 + most)?;
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let (line, rest) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
    let password = as_password(context, path, without_line_end(line))?;
    Ok((password, Zeroizing::new(rest.to_vec())))
}

/// A whole file, or one byte more than `most` of it, in memory that is wiped and has not grown.
pub(crate) fn secret(
    context: &Context,
    path: &Path,
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    secret_of(open(context, path)?.reader, most).map_err(|error| unreadable(context, path, &error))
}

pub(crate) fn secret_of(mut reader: impl Read, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; most + 1]);
    let mut length = 0;
    loop {
        match reader.read(bytes.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

fn prompted(context: &Context) -> Result<Password, Failure> {
    let terminal = console::Term::stderr();
    if !terminal.is_term() {
        return Err(Failure::usage(context.say(texts::PIPE_THE_PASSWORD, &[])));
    }
    let typed = terminal
        .write_str(&context.say(texts::PROMPT, &[]))
        .and_then(|()| terminal.read_secure_line())
        .map_err(|error| unreadable(context, Path::new("-"), &error))?;
    let typed = Zeroizing::new(typed);
    Ok(if typed.len() > MAX_BYTES {
        Password::TooLong
    } else {
        Password::Text(typed)
    })
}

/// Drops blank lines after a password, which editors leave.
fn without_line_ends(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b'\n' | b'\r'] = bytes {
        bytes = rest;
    }
    bytes
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// In NFC, as everything in this family that is hashed or looked up.
pub(crate) fn nfc(text: &str) -> Zeroizing<String> {
    // NFC is at most three times as long in UTF-8, so nothing is left behind by growing.
    let mut normal = Zeroizing::new(String::with_capacity(3 * text.len()));
    normal.extend(text.nfc());
    normal
}

/// The lines of a reader, without LF or CR LF, in bounded memory for any length. Wiped when dropped.
pub(crate) struct Lines<R> {
    reader: R,
    chunk: Zeroizing<Vec<u8>>,
    /// What of the chunk has been read and not yet handed out.
    start: usize,
    end: usize,
    /// The beginning of a line that the chunk ended in.
    begun: Zeroizing<Vec<u8>>,
    /// Lines handed out so far.
    pub(crate) number: u64,
    /// Bytes taken so far.
    pub(crate) bytes: u64,
}

/// One of them.
pub(crate) enum Line<'a> {
    Whole(&'a [u8]),
    /// More than [`MAX_BYTES`] bytes; they were passed over.
    TooLong,
    /// It holds a NUL byte: no text has one.
    Nul,
}

/// A line and its end.
const LONGEST: usize = MAX_BYTES + 2;

impl<R: Read> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            chunk: Zeroizing::new(vec![0; ROOM]),
            start: 0,
            end: 0,
            begun: Zeroizing::new(Vec::with_capacity(LONGEST + 1)),
            number: 0,
            bytes: 0,
        }
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.begun.clear();
        let mut total = 0;
        let (from, to) = loop {
            if self.start == self.end && !self.fill()? {
                if total == 0 {
                    return Ok(None);
                }
                break (self.start, self.start);
            }
            let rest = self.chunk.get(self.start..self.end).unwrap_or_default();
            if let Some(at) = rest.iter().position(|&byte| byte == b'\n') {
                let from = self.start;
                self.start += at + 1;
                break (from, self.start);
            }
            total += rest.len();
            let room = (LONGEST + 1).saturating_sub(self.begun.len());
            self.begun
                .extend_from_slice(rest.get(..room).unwrap_or(rest));
            self.start = self.end;
        };
        let tail = self.chunk.get(from..to).unwrap_or_default();
        total += tail.len();
        self.number += 1;
        self.bytes += total as u64;
        let line = if self.begun.is_empty() {
            tail
        } else {
            let room = (LONGEST + 1).saturating_sub(self.begun.len());
            self.begun
                .extend_from_slice(tail.get(..room).unwrap_or(tail));
            self.begun.as_slice()
        };
        let line = if total > LONGEST {
            line
        } else {
            without_line_end(line)
        };
        Ok(Some(if line.len() > MAX_BYTES {
            Line::TooLong
        } else if has_nul(line) {
            Line::Nul
        } else {
            Line::Whole(line)
        }))
    }

    /// Whether there is more.
    fn fill(&mut self) -> io::Result<bool> {
        loop {
            match self.reader.read(&mut self.chunk) {
                Ok(count) => {
                    (self.start, self.end) = (0, count);
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A stream of passwords is piped, not typed: they would be seen.
pub(crate) fn refuse_terminal(context: &Context, path: &Path) -> Result<(), Failure> {
    if is_stdin(path) && io::stdin().is_terminal() {
        return Err(Failure::usage(context.say(texts::PIPE_THE_LINES, &[])));
    }
    Ok(())
}
