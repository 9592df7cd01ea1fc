//! `blocklist build`: from hashes and word lists to a filter file.

use crate::args::Build;
use crate::blocklist::hex;
use crate::context::Context;
use crate::failure::{Answer, Failure, os};
use crate::input::{self, Line, Lines, nfc};
use crate::output::Output;
use crate::progress::{Progress, Unit};
use crate::texts::{self, Text};
use serde_json::json;
use slotwerk_breach::{BuildError, Built, FilterBuilder, Key, MAX_LABEL, MAX_LINE, Phase};
use std::cell::Cell;
use std::fmt::Display;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Lines between two reports of progress.
const REPORT_EVERY: u64 = 1 << 14;

/// What one file gave.
struct Given<'a> {
    path: &'a Path,
    kind: &'static str,
    lines: u64,
    keys: u64,
    left_out: u64,
}

pub(crate) fn run(context: &Context, args: &Build) -> Result<Answer, Failure> {
    let named = args.hashes.iter().chain(&args.words);
    if named.filter(|path| input::is_stdin(path)).count() > 1 {
        return Err(Failure::usage(context.say(texts::STDIN_TWICE, &[])));
    }
    let mut builder = FilterBuilder::new(args.bits)
        .memory((args.memory as usize).saturating_mul(1 << 20))
        .minimum_count(args.minimum_count)
        .built_at(now())
        .label(&args.label)
        .map_err(|_| Failure::usage(context.say(texts::LABEL, &[&MAX_LABEL])))?;
    if let Some(scratch) = &args.scratch {
        builder = builder.scratch_dir(scratch);
    }
    let mut given = Vec::new();
    for path in &args.hashes {
        given.push(add_hashes(context, &mut builder, path)?);
    }
    for path in &args.words {
        given.push(add_words(context, &mut builder, path)?);
    }
    let built = write(context, builder, args)?;
    report(context, args, &given, &built)?;
    Ok(Answer::Yes)
}

/// Seconds since the Unix epoch; `SOURCE_DATE_EPOCH` where it is set, for files that can be made again
/// byte for byte.
fn now() -> u64 {
    let said = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok());
    let clock = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    };
    said.unwrap_or_else(clock)
}

fn add_hashes<'a>(
    context: &Context,
    builder: &mut FilterBuilder,
    path: &'a Path,
) -> Result<Given<'a>, Failure> {
    input::refuse_terminal(context, path)?;
    let source = input::open(context, path)?;
    let progress = reading(context, path, source.length);
    let fault = Cell::new(false);
    let reader = Watched {
        reader: source.reader,
        fault: &fault,
    };
    let added = builder.add_hashes(BufReader::with_capacity(1 << 16, reader), |at| {
        progress.at(at.done);
    });
    drop(progress);
    let added = added.map_err(|error| match error {
        BuildError::Malformed { line } => {
            Failure::input(context.say(texts::NOT_A_HASH, &[])).at(path, line, 0)
        }
        BuildError::LineTooLong { line } => line_too_long(context).at(path, line, 0),
        // Reading failed, or writing what did not fit the memory.
        BuildError::Io { source, .. } if fault.take() => input::unreadable(context, path, &source),
        other => refused(context, &other),
    })?;
    Ok(Given {
        path,
        kind: "hashes",
        lines: added.lines,
        keys: added.keys,
        left_out: added.left_out,
    })
}

/// Words are brought to NFC, since that is what is looked up; what is not UTF-8 is taken as it is.
fn add_words<'a>(
    context: &Context,
    builder: &mut FilterBuilder,
    path: &'a Path,
) -> Result<Given<'a>, Failure> {
    input::refuse_terminal(context, path)?;
    let source = input::open(context, path)?;
    let progress = reading(context, path, source.length);
    let mut lines = Lines::new(source.reader);
    let mut given = Given {
        path,
        kind: "words",
        lines: 0,
        keys: 0,
        left_out: 0,
    };
    while let Some(line) = lines
        .next()
        .map_err(|e| input::unreadable(context, path, &e))?
    {
        let key = match line {
            Line::TooLong => return Err(line_too_long(context).at(path, given.lines + 1, 0)),
            Line::Nul => return Err(input::nul_in(context, path, given.lines + 1)),
            Line::Whole(b"") => None,
            Line::Whole(line) => Some(match std::str::from_utf8(line) {
                Ok(word) if !word.is_ascii() => Key::of_password(&nfc(word)),
                _ => Key::of_bytes(line),
            }),
        };
        given.lines += 1;
        match key {
            Some(key) => {
                builder
                    .add(&key)
                    .map_err(|error| refused(context, &error))?;
                given.keys += 1;
            }
            None => given.left_out += 1,
        }
        if given.lines.is_multiple_of(REPORT_EVERY) {
            progress.at(lines.bytes);
        }
    }
    Ok(given)
}

fn write(context: &Context, builder: FilterBuilder, args: &Build) -> Result<Built, Failure> {
    let mut phase: Option<(Phase, Progress)> = None;
    let built = builder.write(&args.output, |at| {
        let current = match phase.take() {
            Some((known, bar)) if known == at.phase => bar,
            _ => {
                let doing: Text = match at.phase {
                    Phase::Sorting => texts::SORTING,
                    _ => texts::BUILDING,
                };
                Progress::new(context, context.say(doing, &[]), Unit::Things, at.total)
            }
        };
        current.at(at.done);
        phase = Some((at.phase, current));
    });
    drop(phase);
    built.map_err(|error| refused(context, &error))
}

fn reading(context: &Context, path: &Path, length: Option<u64>) -> Progress {
    let doing = context.say(texts::READING, &[&path.display()]);
    Progress::new(context, doing, Unit::Bytes, length)
}

fn line_too_long(context: &Context) -> Failure {
    Failure::input(context.say(texts::LINE_TOO_LONG, &[&MAX_LINE]))
}

/// What is wrong with neither this line nor that.
fn refused(context: &Context, error: &BuildError) -> Failure {
    match error {
        BuildError::Io { source, .. } => {
            Failure::output(context.say(texts::FILTER_NOT_WRITTEN, &[&os(context, source)]))
        }
        BuildError::Empty => Failure::input(context.say(texts::NOTHING_TO_BUILD, &[])),
        BuildError::Memory { needed, .. } => {
            Failure::usage(context.say(texts::MORE_MEMORY, &[&needed.div_ceil(1 << 20)]))
        }
        BuildError::Skewed { .. } => Failure::input(context.say(texts::SKEWED, &[])),
        BuildError::TooMany(keys) => Failure::input(context.say(texts::TOO_MANY_KEYS, &[keys])),
        other => Failure::output(other.to_string()),
    }
}

fn report(context: &Context, args: &Build, given: &[Given], built: &Built) -> Result<(), Failure> {
    let bits_per_key = built.file_length as f64 * 8.0 / built.keys as f64;
    let mut output = Output::new(context);
    if context.json {
        let inputs = given.iter().map(|one| {
            json!({
                "file": one.path.display().to_string(),
                "kind": one.kind,
                "lines": one.lines,
                "keys": one.keys,
                "left_out": one.left_out,
            })
        });
        output.json(&json!({
            "version": 1,
            "command": "blocklist build",
            "file": args.output.display().to_string(),
            "inputs": inputs.collect::<Vec<_>>(),
            "keys": built.keys,
            "bits": args.bits.bits(),
            "bits_per_key": bits_per_key,
            "file_length": built.file_length,
            "digest": hex(&built.digest),
        }))?;
    } else {
        for one in given {
            let values: [&dyn Display; 4] =
                [&one.path.display(), &one.lines, &one.keys, &one.left_out];
            output.line(&context.say(texts::INPUT_GAVE, &values))?;
        }
        let bits_per_key = format!("{bits_per_key:.1}");
        let path = args.output.display();
        let values: [&dyn Display; 4] = [&path, &built.keys, &built.file_length, &bits_per_key];
        output.line(&context.say(texts::BUILT, &values))?;
        output.line(&context.say(texts::DIGEST, &[&hex(&built.digest)]))?;
    }
    output.finish()
}

/// A reader that rejects NUL bytes, and remembers whether it was reading that failed.
struct Watched<'a, R> {
    reader: R,
    fault: &'a Cell<bool>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = self.reader.read(buffer);
        if let Ok(count) = read
            && input::has_nul(buffer.get(..count).unwrap_or_default())
        {
            read = Err(input::nul_error());
        }
        let failed = |error: &io::Error| error.kind() != io::ErrorKind::Interrupted;
        self.fault.set(read.as_ref().is_err_and(failed));
        read
    }
}
