//! The table, the years in words, and both for programs.

use super::settings::Configuration;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Output;
use crate::texts;
use humantime::format_duration;
use serde_json::{Value, json};
use slotwerk_throttle::{Labels, Named, Row, SPANS, table};
use std::path::Path;
use std::time::Duration;

/// The year's place among [`SPANS`].
const YEAR: usize = 4;

pub(crate) struct Report<'a> {
    pub(crate) all: &'a [Configuration],
    pub(crate) named: &'a [Named<'a>],
    /// In the user's language.
    pub(crate) labels: Labels<'a>,
    pub(crate) within: Option<f64>,
    /// For each, whether it is within that.
    pub(crate) judged: &'a [Option<bool>],
    pub(crate) svg: Option<&'a Path>,
}

impl Report<'_> {
    pub(crate) fn write(&self, context: &Context) -> Result<(), Failure> {
        let mut output = Output::new(context);
        if context.json {
            output.json(&self.as_json())?;
        } else {
            self.show(context, &mut output)?;
        }
        output.finish()
    }

    fn show(&self, context: &Context, output: &mut Output) -> Result<(), Failure> {
        for (number, one) in (1..).zip(self.all) {
            output.line(&format!(
                "{}{}: {}",
                self.mark(number, " "),
                one.name,
                described(context, &self.labels, one)
            ))?;
        }
        for line in self.lines(context) {
            output.line(&line)?;
        }
        for ((one, rows), judged) in self.all.iter().zip(self.rows()).zip(self.judged) {
            let chance = rows.get(YEAR).map_or(1.0, |row| row.probability);
            let words = self.labels.chance_in_words(chance);
            let limit = self.within.unwrap_or_default();
            output.line(&match judged {
                None => context.say(texts::YEAR_CHANCE, &[&one.name, &words]),
                Some(true) => context.say(texts::YEAR_WITHIN, &[&one.name, &words, &limit]),
                Some(false) => context.say(texts::YEAR_ABOVE, &[&one.name, &words, &limit]),
            })?;
            if one.allowance.budget().hard_stop().is_none() {
                output.line(&context.say(texts::NO_HARD_STOP, &[&one.name]))?;
            }
        }
        if let Some(path) = self.svg {
            output.line(&context.say(texts::CHART_WRITTEN, &[&path.display()]))?;
        }
        Ok(())
    }

    /// The number of a configuration, where there are several.
    fn mark(&self, number: usize, after: &str) -> String {
        if self.all.len() > 1 {
            format!("{number}{after}")
        } else {
            String::new()
        }
    }

    /// A line for each span, with two columns for each configuration, as wide as they have to be.
    fn lines(&self, context: &Context) -> Vec<String> {
        let mut columns = vec![vec![String::new()]];
        if let Some(first) = columns.first_mut() {
            first.extend(self.labels.spans.map(str::to_owned));
        }
        for (number, rows) in (1..).zip(self.rows()) {
            let head = |text| format!("{}{}", self.mark(number, ": "), context.say(text, &[]));
            let mut tries = vec![head(texts::THROTTLE_TRIES)];
            let mut chances = vec![head(texts::THROTTLE_CHANCE)];
            for row in rows {
                tries.push(self.labels.grouped(row.tries));
                chances.push(self.labels.chance_in_words(row.probability));
            }
            columns.extend([tries, chances]);
        }
        let width = |column: &Vec<String>| column.iter().map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = columns
            .iter()
            .map(|column| width(column).unwrap_or(0))
            .collect();
        (0..=SPANS.len())
            .map(|line| {
                let cells = columns.iter().zip(&widths).enumerate();
                let cells = cells.map(|(at, (column, &width))| {
                    let cell = column.get(line).map_or("", String::as_str);
                    if at == 0 {
                        format!("{cell:<width$}")
                    } else {
                        format!("{cell:>width$}")
                    }
                });
                cells.collect::<Vec<_>>().join("  ")
            })
            .collect()
    }

    /// The rows of each configuration.
    fn rows(&self) -> Vec<Vec<Row>> {
        let rows = table(self.named);
        rows.chunks(SPANS.len()).map(<[Row]>::to_vec).collect()
    }

    fn as_json(&self) -> Value {
        let all = self.all.iter().zip(self.rows()).zip(self.judged);
        let all = all.map(|((one, rows), judged)| {
            let budget = one.allowance.budget();
            let spans = rows.iter().map(|row| {
                json!({
                    "span": row.span,
                    "seconds": row.window.as_secs(),
                    "tries": row.tries,
                    "probability": row.probability,
                })
            });
            json!({
                "name": one.name,
                "burst": budget.burst(),
                "refill_ms": budget.refill_ms(),
                "hard_stop": budget.hard_stop(),
                "backoff": budget.backoff().map(|backoff| json!({
                    "free": backoff.free(),
                    "first_ms": backoff.base_ms(),
                    "last_ms": backoff.cap_ms(),
                })),
                "lifetime": one.allowance.lifetime(),
                "codes": one.settings.codes,
                "accepted": one.settings.accepted,
                "successes": one.settings.successes,
                "spans": spans.collect::<Vec<_>>(),
                "probability_per_year": rows.get(YEAR).map(|row| row.probability),
                "within": judged,
            })
        });
        json!({
            "version": 1,
            "command": "throttle explain",
            "within": self.within,
            "svg": self.svg.map(|path| path.display().to_string()),
            "configurations": all.collect::<Vec<_>>(),
        })
    }
}

fn described(context: &Context, labels: &Labels<'_>, one: &Configuration) -> String {
    let budget = one.allowance.budget();
    let time = |millis| format_duration(Duration::from_millis(millis));
    let refill = time(budget.refill_ms());
    let mut parts = vec![context.say(texts::THROTTLE_PACE, &[&budget.burst(), &refill])];
    if let Some(backoff) = budget.backoff() {
        let (first, last) = (time(backoff.base_ms()), time(backoff.cap_ms()));
        parts.push(context.say(texts::THROTTLE_BACKOFF, &[&backoff.free(), &first, &last]));
    }
    if let Some(stop) = budget.hard_stop() {
        parts.push(context.say(texts::THROTTLE_STOP, &[&stop]));
    }
    let number = |number: u64| labels.grouped(number);
    if let Some(lifetime) = one.allowance.lifetime() {
        let lifetime = number(u64::from(lifetime));
        parts.push(context.say(texts::THROTTLE_LIFE, &[&lifetime]));
    }
    let (accepted, codes) = (
        number(u64::from(one.settings.accepted)),
        number(one.settings.codes),
    );
    parts.push(context.say(texts::THROTTLE_CODES, &[&accepted, &codes]));
    if one.settings.successes > 0 {
        let successes = number(u64::from(one.settings.successes));
        parts.push(context.say(texts::THROTTLE_SUCCESSES, &[&successes]));
    }
    parts.join(", ")
}
