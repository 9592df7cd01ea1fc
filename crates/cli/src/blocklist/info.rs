//! `blocklist info` and `blocklist verify`: what is in a filter file, and is it whole?

use crate::blocklist::{hex, open, unsound};
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::output::Output;
use crate::progress::{Progress, Unit};
use crate::texts;
use serde_json::json;
use slotwerk_breach::Filter;
use std::path::Path;

pub(crate) fn run(context: &Context, path: &Path, verifies: bool) -> Result<Answer, Failure> {
    let filter = open(context, path)?;
    if verifies {
        let doing = context.say(texts::READING, &[&path.display()]);
        let total = Some(filter.file_length());
        let progress = Progress::new(context, doing, Unit::Bytes, total);
        let verified = filter.verify(|at| progress.at(at.done));
        drop(progress);
        verified.map_err(|error| unsound(context, path, &error))?;
    }
    report(context, path, &filter, verifies)?;
    Ok(Answer::Yes)
}

fn report(context: &Context, path: &Path, filter: &Filter, verified: bool) -> Result<(), Failure> {
    let bits = filter.fingerprint().bits();
    let digest = hex(&filter.digest());
    let mut output = Output::new(context);
    if context.json {
        output.json(&json!({
            "version": 1,
            "command": if verified { "blocklist verify" } else { "blocklist info" },
            "file": path.display().to_string(),
            "label": filter.label(),
            "built_at": filter.built_at(),
            "keys": filter.len(),
            "bits": bits,
            "bits_per_key": filter.bits_per_key(),
            "shards": filter.shards(),
            "file_length": filter.file_length(),
            "digest": digest,
            "verified": verified,
        }))?;
        return output.finish();
    }
    if !filter.label().is_empty() {
        output.line(&context.say(texts::INFO_LABEL, &[&filter.label()]))?;
    }
    let bits_per_key = format!("{:.1}", filter.bits_per_key());
    let built_at = match filter.built_at() {
        0 => context.say(texts::UNKNOWN, &[]),
        seconds => date(seconds),
    };
    let false_positives = 1_u64 << bits;
    output.line(&context.say(texts::INFO_BUILT_AT, &[&built_at]))?;
    output.line(&context.say(texts::INFO_KEYS, &[&filter.len()]))?;
    output.line(&context.say(texts::INFO_BITS, &[&bits, &false_positives]))?;
    output.line(&context.say(texts::INFO_SHARDS, &[&filter.shards()]))?;
    output.line(&context.say(texts::INFO_LENGTH, &[&filter.file_length(), &bits_per_key]))?;
    output.line(&context.say(texts::DIGEST, &[&digest]))?;
    if verified {
        output.line(&context.say(texts::VERIFIED, &[]))?;
    }
    output.finish()
}

/// `2023-11-14T22:13:20Z`: civil date from days, by the algorithm of Howard Hinnant
/// (<https://howardhinnant.github.io/date_algorithms.html>, `civil_from_days`).
fn date(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second % 3_600 / 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::date;

    // By `date -u -d @N +%FT%TZ` of GNU coreutils.
    #[test]
    fn seconds_become_dates() {
        let known = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ];
        for (seconds, text) in known {
            assert_eq!(date(seconds), text);
        }
    }
}
