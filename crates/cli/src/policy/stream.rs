//! `policy check --each-line`: any number of passwords, in bounded memory.

use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::input::{self, Line, Lines};
use crate::output::Output;
use crate::policy::check::{Judge, Outcome, with_origins, without_state};
use crate::progress::{Progress, Unit};
use crate::texts;
use serde_json::{Value, json};
use slotwerk_policy::{State, Verdict};
use std::path::Path;

#[derive(Default)]
struct Totals {
    lines: u64,
    accepted: u64,
    refused: u64,
    undecided: u64,
    not_utf8: u64,
    first_not_utf8: u64,
    /// Of each line of the checklist, how often it was unmet and how often pending.
    rules: Vec<(u64, u64)>,
}

/// Lines between two reports of progress.
const REPORT_EVERY: u64 = 1 << 10;

pub(crate) fn run(context: &Context, judge: &Judge, path: &Path) -> Result<Answer, Failure> {
    input::refuse_terminal(context, path)?;
    let source = input::open(context, path)?;
    let doing = context.say(texts::CHECKING, &[]);
    let progress = Progress::new(context, doing, Unit::Bytes, source.length);
    let mut lines = Lines::new(source.reader);
    let mut output = Output::new(context);
    let mut totals = Totals {
        rules: vec![(0, 0); judge.policy.requirements().len()],
        ..Totals::default()
    };
    while let Some(line) = lines
        .next()
        .map_err(|e| input::unreadable(context, path, &e))?
    {
        let verdict = match line {
            Line::TooLong => Some(judge.verdict_on_too_long()),
            Line::Nul => None,
            Line::Whole(bytes) => match std::str::from_utf8(bytes) {
                Ok(password) => Some(judge.verdict(context, password, false)?),
                Err(_) => None,
            },
        };
        totals.count(verdict.as_ref());
        if context.json {
            output.json(&json_line(totals.lines, verdict.as_ref()))?;
        }
        if totals.lines.is_multiple_of(REPORT_EVERY) {
            progress.at(lines.bytes);
        }
    }
    drop(progress);
    if context.json {
        output.json(&totals.as_json(context, judge))?;
    } else {
        totals.show(context, judge, &mut output)?;
    }
    output.finish()?;
    if totals.not_utf8 > 0 {
        let message = context.say(texts::LINES_NOT_UTF8, &[&totals.not_utf8]);
        return Err(Failure::input(message).at(path, totals.first_not_utf8, 0));
    }
    Ok(Answer::of(totals.accepted == totals.lines))
}

/// Codes can stand twice in a policy, so requirements go by their place in it.
fn json_line(number: u64, verdict: Option<&Verdict>) -> Value {
    let Some(verdict) = verdict else {
        return json!({"line": number, "outcome": "not-utf8", "unmet": [], "pending": []});
    };
    let places = |state: State| -> Vec<usize> {
        let all = verdict.requirements().iter().enumerate();
        all.filter(|(_, r)| r.state() == state)
            .map(|(place, _)| place)
            .collect()
    };
    json!({
        "line": number,
        "outcome": Outcome::of(verdict).as_str(),
        "unmet": places(State::Unmet),
        "pending": places(State::Pending),
    })
}

impl Totals {
    fn count(&mut self, verdict: Option<&Verdict>) {
        self.lines += 1;
        let Some(verdict) = verdict else {
            self.not_utf8 += 1;
            if self.not_utf8 == 1 {
                self.first_not_utf8 = self.lines;
            }
            return;
        };
        match Outcome::of(verdict) {
            Outcome::Accepted => self.accepted += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Undecided => self.undecided += 1,
        }
        for ((unmet, pending), requirement) in self.rules.iter_mut().zip(verdict.requirements()) {
            match requirement.state() {
                State::Unmet => *unmet += 1,
                State::Pending => *pending += 1,
                _ => {}
            }
        }
    }

    fn as_json(&self, context: &Context, judge: &Judge) -> Value {
        let requirements = judge.policy.requirements();
        let rules = requirements
            .iter()
            .zip(&self.rules)
            .map(|(requirement, (unmet, pending))| {
                let mut value = without_state(context, requirement);
                if let Some(fields) = value.as_object_mut() {
                    fields.insert("unmet".to_owned(), (*unmet).into());
                    fields.insert("pending".to_owned(), (*pending).into());
                }
                value
            });
        json!({
            "version": 1,
            "command": "policy check",
            "summary": {
                "lines": self.lines,
                "accepted": self.accepted,
                "refused": self.refused,
                "undecided": self.undecided,
                "not_utf8": self.not_utf8,
            },
            "requirements": rules.collect::<Vec<_>>(),
        })
    }

    fn show(&self, context: &Context, judge: &Judge, output: &mut Output) -> Result<(), Failure> {
        let counts = [
            (texts::LINES, self.lines),
            (texts::LINES_ACCEPTED, self.accepted),
            (texts::LINES_REFUSED, self.refused),
            (texts::LINES_UNDECIDED, self.undecided),
        ];
        for (text, count) in counts {
            output.line(&format!("{count:>12} {}", context.say(text, &[])))?;
        }
        output.line(&context.say(texts::UNMET_BY_RULE, &[]))?;
        let requirements = judge.policy.requirements();
        for (requirement, (unmet, pending)) in requirements.iter().zip(&self.rules) {
            let text = requirement.text(context.language);
            let mut line = with_origins(format!("{unmet:>12} {text}"), requirement.origins());
            if *pending > 0 {
                line.push_str(&context.say(texts::NOT_JUDGED, &[pending]));
            }
            output.line(&line)?;
        }
        Ok(())
    }
}
