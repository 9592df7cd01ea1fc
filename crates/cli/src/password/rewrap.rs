//! `password rewrap`: the stored hashes of a whole database under the active key of a pepper.

use crate::args::Rewrap;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::input::{self, Line, Lines};
use crate::output::{Output, plain};
use crate::password::{fault_text, hash_refused, pepper};
use crate::progress::{Progress, Unit};
use crate::texts;
use serde_json::{Value, json};
use slotwerk_password::{
    HashError, Owner, ParseError, PasswordHash, Pepper as _, PepperFault, RingPepper,
};
use slotwerk_policy::MAX_BYTES;
use std::io::{self, Write as _};
use std::path::Path;

/// Lines between two reports of progress.
const REPORT_EVERY: u64 = 1 << 10;
/// Faults that are told one by one. With the wrong keys every line is one; `--json` tells them all.
const MOST_TOLD: usize = 100;

pub(crate) fn run(context: &Context, args: &Rewrap) -> Result<Answer, Failure> {
    let path = Path::new("-");
    let pepper = pepper(context, &args.pepper_keys)?;
    input::refuse_terminal(context, path)?;
    let source = input::open(context, path)?;
    let doing = context.say(texts::WRAPPING, &[]);
    let progress = Progress::new(context, doing, Unit::Bytes, source.length);
    let mut lines = Lines::new(source.reader);
    let mut output = Output::new(context);
    let mut totals = Totals::default();
    while let Some(line) = lines
        .next()
        .map_err(|error| input::unreadable(context, path, &error))?
    {
        totals.lines += 1;
        let outcome = rewrap(&pepper, line, args.import_plain);
        totals.count(context, &outcome);
        match &outcome {
            Ok(done) if done.new.is_none() && args.changed_only => {}
            Ok(done) => done.write(context, &mut output, totals.lines)?,
            Err(fault) if context.json => {
                output.json(&json!({"line": totals.lines, "fault": fault.code()}))?;
            }
            Err(_) => {}
        }
        if totals.lines.is_multiple_of(REPORT_EVERY) {
            progress.at(lines.bytes);
        }
    }
    drop(progress);
    if context.json {
        output.json(&totals.as_json(pepper.active().get()))?;
    }
    output.finish()?;
    totals.tell(context, pepper.active().get())
}

/// A line that is under the active key now.
struct Done<'a> {
    tenant: &'a str,
    account: &'a str,
    old: &'a str,
    /// `None` if it was so already.
    new: Option<PasswordHash>,
}

fn rewrap<'a>(pepper: &RingPepper, line: Line<'a>, import_plain: bool) -> Result<Done<'a>, Fault> {
    let line = match line {
        Line::Whole(line) => line,
        Line::TooLong => return Err(Fault::TooLong),
        Line::Nul => return Err(Fault::Nul),
    };
    let line = std::str::from_utf8(line).map_err(|_| Fault::NotUtf8)?;
    let mut fields = line.split('\t');
    let (Some(tenant), Some(account), Some(old), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(Fault::Fields);
    };
    let stored = PasswordHash::parse(old).map_err(Fault::Hash)?;
    let owner = Owner::new(tenant, account);
    let new = if import_plain {
        stored.import(pepper, &owner)
    } else {
        stored.rewrap(pepper, &owner)
    };
    let new = new.map_err(|error| match error {
        HashError::Pepper { key, fault } => Fault::Pepper(fault, key.get()),
        _ => Fault::Pepper(PepperFault::Unavailable, 0),
    })?;
    Ok(Done {
        tenant,
        account,
        old,
        new,
    })
}

impl Done<'_> {
    fn write(&self, context: &Context, output: &mut Output, number: u64) -> Result<(), Failure> {
        let hash = self.new.as_ref().map_or(self.old, PasswordHash::as_str);
        if context.json {
            return output.json(&json!({
                "line": number,
                "tenant": self.tenant,
                "account": self.account,
                "changed": self.new.is_some(),
                "stored": self.old,
                "hash": hash,
            }));
        }
        for piece in [self.tenant, "\t", self.account, "\t", hash, "\n"] {
            output.raw(piece.as_bytes())?;
        }
        Ok(())
    }
}

/// Why a line was left out.
enum Fault {
    TooLong,
    Nul,
    NotUtf8,
    Fields,
    Hash(ParseError),
    /// With the key that was asked for.
    Pepper(PepperFault, u32),
}

impl Fault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::Nul => "nul",
            Self::NotUtf8 => "not-utf8",
            Self::Fields => "fields",
            Self::Hash(_) => "not-a-hash",
            Self::Pepper(PepperFault::UnknownKey, _) => "unknown-key",
            Self::Pepper(PepperFault::NotAuthentic, _) => "not-authentic",
            Self::Pepper(PepperFault::NotWrapped, _) => "not-wrapped",
            Self::Pepper(..) => "unavailable",
        }
    }

    fn text(&self, context: &Context) -> String {
        match self {
            Self::TooLong => context.say(texts::LINE_TOO_LONG, &[&MAX_BYTES]),
            Self::Nul => context.say(texts::HAS_NUL, &[]),
            Self::NotUtf8 => context.say(texts::NOT_UTF8, &[]),
            Self::Fields => context.say(texts::LINE_FIELDS, &[]),
            Self::Hash(error) => hash_refused(context, error),
            Self::Pepper(fault, key) => fault_text(context, *fault, key),
        }
    }
}

#[derive(Default)]
struct Totals {
    lines: u64,
    changed: u64,
    unchanged: u64,
    failed: u64,
    first_failed: u64,
    /// The first of them.
    told: Vec<String>,
}

impl Totals {
    fn count(&mut self, context: &Context, outcome: &Result<Done, Fault>) {
        match outcome {
            Ok(done) if done.new.is_some() => self.changed += 1,
            Ok(_) => self.unchanged += 1,
            Err(fault) => {
                self.failed += 1;
                if self.failed == 1 {
                    self.first_failed = self.lines;
                }
                if self.told.len() < MOST_TOLD {
                    let text = format!("slotwerk: <stdin>:{}: {}", self.lines, fault.text(context));
                    self.told.push(text);
                }
            }
        }
    }

    fn as_json(&self, active: u32) -> Value {
        json!({
            "version": 1,
            "command": "password rewrap",
            "active_key": active,
            "summary": {
                "lines": self.lines,
                "changed": self.changed,
                "unchanged": self.unchanged,
                "failed": self.failed,
            },
        })
    }

    /// The counts, and the lines that were left out; all on standard error.
    fn tell(self, context: &Context, active: u32) -> Result<Answer, Failure> {
        if !context.json {
            let mut stderr = io::stderr().lock();
            let counts: [&dyn std::fmt::Display; 5] = [
                &self.lines,
                &self.changed,
                &self.unchanged,
                &self.failed,
                &active,
            ];
            for text in &self.told {
                // Beside the point for whoever closed standard error.
                let _ = writeln!(stderr, "{}", plain(text));
            }
            let _ = writeln!(stderr, "{}", context.say(texts::REWRAPPED, &counts));
        }
        if self.failed > 0 {
            let message = context.say(texts::LINES_NOT_WRAPPED, &[&self.failed]);
            return Err(Failure::input(message).at(Path::new("-"), self.first_failed, 0));
        }
        Ok(Answer::Yes)
    }
}
