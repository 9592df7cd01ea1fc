//! What was measured and what is proposed, for people and for programs.

use super::choose::{Choice, Row};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Output;
use crate::texts;
use serde_json::{Value, json};
use std::time::Duration;

/// The longest bar of the chart, in columns.
const WIDTH: usize = 32;

pub(crate) struct Report<'a> {
    pub(crate) target: Duration,
    pub(crate) memory_mib: u32,
    pub(crate) samples: u16,
    pub(crate) most_kib: u32,
    pub(crate) rows: &'a [Row],
    pub(crate) choice: Choice,
    /// Workers that there would be if memory allowed.
    pub(crate) asked: usize,
    pub(crate) workers: usize,
    pub(crate) wait: Duration,
    pub(crate) queue: usize,
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
        let (target, samples) = (self.target.as_millis(), self.samples);
        let most_mib = self.most_kib / 1024;
        output.line(&context.say(
            texts::CALIBRATED,
            &[
                &target,
                &self.memory_mib,
                &self.workers,
                &most_mib,
                &samples,
            ],
        ))?;
        let [memory, passes, median] = [
            texts::COLUMN_MEMORY,
            texts::COLUMN_PASSES,
            texts::COLUMN_MEDIAN,
        ]
        .map(|text| context.say(text, &[]));
        output.line(&format!(
            "  {memory:>12} {passes:>7} {median:>11} {:>9}",
            "p95 ms"
        ))?;
        let longest = self.rows.iter().map(|row| row.median).max();
        let full = longest.unwrap_or_default().max(self.target);
        for row in self.rows {
            let mark = if row == &self.choice.row { '→' } else { ' ' };
            let line = format!(
                "{mark} {:>12} {:>7} {:>11} {:>9}  {}",
                row.params.m_kib(),
                row.params.t(),
                format!("{:.1}", ms(row.median)),
                format!("{:.1}", ms(row.p95)),
                bar(row.median, self.target, full),
            );
            output.line(line.trim_end())?;
        }
        output.line(&context.say(texts::CHART_TARGET, &[&target]))?;
        let row = self.choice.row;
        if !self.choice.is_within_target {
            output.line(&context.say(texts::TARGET_TOO_SHORT, &[&target]))?;
        }
        let (median, p95) = (
            format!("{:.1}", ms(row.median)),
            format!("{:.1}", ms(row.p95)),
        );
        output.line(&context.say(
            texts::PROPOSED,
            &[&row.params.m_kib(), &row.params.t(), &median, &p95],
        ))?;
        let pool_mib = self.pool_kib().div_ceil(1024);
        output.line(&context.say(texts::PROPOSED_POOL, &[&self.workers, &pool_mib]))?;
        if self.workers < self.asked {
            output.line(&context.say(texts::MEMORY_LIMITS, &[&self.workers, &self.asked]))?;
        }
        let wait = self.wait.as_millis();
        output.line(&context.say(texts::PROPOSED_QUEUE, &[&self.queue, &wait]))?;
        let rate = format!("{:.1}", self.rate());
        output.line(&context.say(texts::TO_EXPECT, &[&rate]))?;
        output.line(&self.rust())
    }

    fn as_json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "memory_kib": row.params.m_kib(),
                "passes": row.params.t(),
                "median_ms": rounded(ms(row.median)),
                "p95_ms": rounded(ms(row.p95)),
                "within_target": row.median <= self.target,
            })
        };
        let mut proposal = row(&self.choice.row);
        if let Some(fields) = proposal.as_object_mut() {
            fields.insert("workers".to_owned(), self.workers.into());
            fields.insert("queue".to_owned(), self.queue.into());
            let wait = u64::try_from(self.wait.as_millis()).unwrap_or(u64::MAX);
            fields.insert("deadline_ms".to_owned(), wait.into());
            fields.insert("pool_memory_kib".to_owned(), self.pool_kib().into());
            fields.insert("hashes_per_second".to_owned(), rounded(self.rate()).into());
            fields.insert("rust".to_owned(), self.rust().into());
        }
        json!({
            "version": 1,
            "command": "password calibrate",
            "target_ms": u64::try_from(self.target.as_millis()).unwrap_or(u64::MAX),
            "memory_mib": self.memory_mib,
            "memory_kib_per_hash": self.most_kib,
            "samples": self.samples,
            "measured": self.rows.iter().map(row).collect::<Vec<_>>(),
            "proposal": proposal,
        })
    }

    /// The line to paste.
    fn rust(&self) -> String {
        let params = self.choice.row.params;
        format!(
            "Hasher::builder().params(Params::new({}, {}, 1)?).workers({}).queue({}).deadline(Duration::from_millis({})).build()?",
            grouped(params.m_kib().into()),
            params.t(),
            self.workers,
            grouped(self.queue as u128),
            grouped(self.wait.as_millis()),
        )
    }

    fn pool_kib(&self) -> u64 {
        self.workers as u64 * u64::from(self.choice.row.params.m_kib())
    }

    /// Hashes a second, if no worker is in the way of another.
    fn rate(&self) -> f64 {
        self.workers as f64 / self.choice.row.median.as_secs_f64().max(1e-9)
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The time, and the target as a line where it is further to the right.
fn bar(time: Duration, target: Duration, full: Duration) -> String {
    let columns = |time: Duration| {
        let part = time.as_secs_f64() / full.as_secs_f64().max(1e-9);
        // At most `WIDTH`, since no time is longer than `full`.
        ((part * WIDTH as f64).round() as usize).clamp(1, WIDTH)
    };
    let (filled, line) = (columns(time), columns(target));
    let mut bar = "█".repeat(filled);
    if line > filled {
        bar.push_str(&" ".repeat(line - filled - 1));
        bar.push('|');
    }
    bar
}

/// `1_048_576`
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk_password::Params;

    #[test]
    fn bars_are_as_long_as_the_time_and_show_the_target() {
        let s = Duration::from_secs;
        assert_eq!(bar(s(8), s(8), s(8)), "█".repeat(32));
        assert_eq!(
            bar(s(2), s(4), s(8)),
            format!("{}{}|", "█".repeat(8), " ".repeat(7))
        );
        assert_eq!(bar(s(8), s(4), s(8)), "█".repeat(32));
        assert_eq!(bar(s(0), s(8), s(8)), format!("█{}|", " ".repeat(30)));
        assert_eq!(bar(s(0), s(0), s(0)), "█");
    }

    #[test]
    fn numbers_are_written_as_in_rust() {
        let known = [
            (0, "0"),
            (999, "999"),
            (1_000, "1_000"),
            (1_048_576, "1_048_576"),
        ];
        for (number, text) in known {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn what_is_proposed_is_told_to_programs() {
        let time = Duration::from_micros(123_456);
        let row = Row::of(Params::new(65_536, 3, 1).unwrap(), vec![time]);
        let report = Report {
            target: Duration::from_millis(100),
            memory_mib: 256,
            samples: 1,
            most_kib: 65_536,
            rows: &[row],
            choice: Choice {
                row,
                is_within_target: false,
            },
            asked: 4,
            workers: 4,
            wait: Duration::from_millis(2_000),
            queue: 64,
        };
        let json = report.as_json();
        let proposal = &json["proposal"];
        assert_eq!(proposal["median_ms"], 123.5);
        assert_eq!(proposal["within_target"], false);
        assert_eq!(proposal["hashes_per_second"], 32.4);
        assert_eq!(proposal["pool_memory_kib"], 262_144);
        assert_eq!(
            proposal["rust"],
            "Hasher::builder().params(Params::new(65_536, 3, 1)?).workers(4).queue(64).deadline(Duration::from_millis(2_000)).build()?"
        );
    }
}
