//! `blocklist query`: is a password in a filter?

use crate::args::Query;
use crate::blocklist::{contains, open_cached};
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::input::{self, Line, Lines, Password, nfc};
use crate::output::Output;
use crate::progress::{Progress, Unit};
use crate::texts;
use serde_json::json;
use slotwerk_breach::{Filter, Key};
use slotwerk_policy::MAX_BYTES;
use std::path::{Path, PathBuf};

/// Lines between two reports of progress.
const REPORT_EVERY: u64 = 1 << 10;

pub(crate) fn run(context: &Context, args: &Query) -> Result<Answer, Failure> {
    let stdin = PathBuf::from("-");
    let path = args.password_file.as_ref().unwrap_or(&stdin);
    let filter = open_cached(context, &args.filter, args.cache)?;
    if args.each_line {
        stream(context, args, &filter, path)
    } else {
        once(context, args, &filter, path)
    }
}

fn once(context: &Context, args: &Query, filter: &Filter, path: &Path) -> Result<Answer, Failure> {
    let found = match input::password(context, path)? {
        Password::Text(text) => match key(&text, args.sha1) {
            Some(key) => contains(context, filter, &args.filter, &key)?,
            None => return Err(Failure::input(context.say(texts::NOT_SHA1, &[])).at(path, 0, 0)),
        },
        Password::TooLong if args.sha1 => {
            return Err(Failure::input(context.say(texts::NOT_SHA1, &[])).at(path, 0, 0));
        }
        // Not "not found": it was never looked up.
        Password::TooLong => {
            let message = context.say(texts::PASSWORD_TOO_LONG, &[&MAX_BYTES]);
            return Err(Failure::input(message).at(path, 0, 0));
        }
    };
    let mut output = Output::new(context);
    if context.json {
        output.json(&json!({"version": 1, "command": "blocklist query", "found": found}))?;
    } else {
        let text = if found {
            texts::FOUND
        } else {
            texts::NOT_FOUND
        };
        output.line(&context.say(text, &[]))?;
    }
    output.finish()?;
    Ok(Answer::of(!found))
}

/// `None` if it should be a SHA-1 and is not.
fn key(text: &str, is_sha1: bool) -> Option<Key> {
    if is_sha1 {
        Key::from_sha1_hex(text).ok()
    } else {
        Some(Key::of_password(&nfc(text)))
    }
}

fn stream(
    context: &Context,
    args: &Query,
    filter: &Filter,
    path: &Path,
) -> Result<Answer, Failure> {
    input::refuse_terminal(context, path)?;
    let source = input::open(context, path)?;
    let doing = context.say(texts::CHECKING, &[]);
    let progress = Progress::new(context, doing, Unit::Bytes, source.length);
    let mut lines = Lines::new(source.reader);
    let mut output = Output::new(context);
    let (mut count, mut found, mut malformed, mut first_malformed) = (0_u64, 0_u64, 0_u64, 0);
    while let Some(line) = lines
        .next()
        .map_err(|e| input::unreadable(context, path, &e))?
    {
        count += 1;
        // Of a line in another encoding the bytes are looked up, as they were put in.
        let key = match line {
            Line::Whole(line) => match std::str::from_utf8(line) {
                Ok(text) => key(text, args.sha1),
                Err(_) if args.sha1 => None,
                Err(_) => Some(Key::of_bytes(line)),
            },
            Line::TooLong | Line::Nul => None,
        };
        let is_found = match &key {
            Some(key) => contains(context, filter, &args.filter, key)?,
            None => false,
        };
        found += u64::from(is_found);
        if key.is_none() {
            malformed += 1;
            first_malformed = if malformed == 1 {
                count
            } else {
                first_malformed
            };
        }
        if context.json {
            output.json(&json!({"line": count, "found": key.map(|_| is_found)}))?;
        }
        if count.is_multiple_of(REPORT_EVERY) {
            progress.at(lines.bytes);
        }
    }
    drop(progress);
    if context.json {
        output.json(&json!({
            "version": 1,
            "command": "blocklist query",
            "summary": {"lines": count, "found": found, "malformed": malformed},
        }))?;
    } else {
        output.line(&context.say(texts::FOUND_OF, &[&found, &count]))?;
    }
    output.finish()?;
    if malformed > 0 {
        let message = context.say(texts::LINES_MALFORMED, &[&malformed]);
        return Err(Failure::input(message).at(path, first_malformed, 0));
    }
    Ok(Answer::of(found == 0))
}
