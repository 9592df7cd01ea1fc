//! Lengths of time and moments in words.

use std::time::Duration;

use fluent_bundle::FluentArgs;

use crate::texts::{TextError, Texts};

/// "2 hours", "90 minutes", "45 seconds": in the largest unit that fits whole, and otherwise in minutes,
/// rounded down so that no mail promises more than is true.
pub(crate) fn duration(texts: &Texts, duration: Duration) -> Result<String, TextError> {
    let seconds = duration.as_secs();
    let (key, count) = if seconds >= 3600 && seconds.is_multiple_of(3600) {
        ("duration-hours", seconds / 3600)
    } else if seconds >= 60 {
        ("duration-minutes", seconds / 60)
    } else {
        ("duration-seconds", seconds)
    };
    let mut args = FluentArgs::new();
    args.set("count", count);
    texts.get(key, &args)
}

/// "3 March 2026, 14:05 (UTC)".
pub(crate) fn moment(texts: &Texts, unix_seconds: u64) -> Result<String, TextError> {
    let (year, month, day) = civil_date(unix_seconds / 86_400);
    let minutes = unix_seconds % 86_400 / 60;
    let none = FluentArgs::new();
    let mut args = FluentArgs::new();
    args.set("day", day.to_string());
    args.set("month", texts.get(&format!("month-{month}"), &none)?);
    args.set("year", year.to_string());
    args.set("zone", "UTC");
    args.set("time", format!("{:02}:{:02}", minutes / 60, minutes % 60));
    texts.get("moment", &args)
}

/// Year, month and day of a number of days since 1 January 1970, in the Gregorian calendar.
///
/// Counts from 1 March of the year 0, so that the leap day is the last of its year; 400 years are
/// 146 097 days.
fn civil_date(days_since_epoch: u64) -> (u64, u64, u64) {
    let days = days_since_epoch + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = if months_since_march < 10 {
        months_since_march + 3
    } else {
        months_since_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::BUILT_IN;

    const ENGLISH: usize = 0;
    const DUTCH: usize = 1;

    fn in_words(language: usize, seconds: u64) -> String {
        let texts = Texts::built_in(BUILT_IN[language]).unwrap();
        duration(&texts, Duration::from_secs(seconds)).unwrap()
    }

    #[test]
    fn durations_have_their_plural_and_never_promise_more() {
        for (seconds, dutch, english) in [
            (1, "1 seconde", "1 second"),
            (59, "59 seconden", "59 seconds"),
            (60, "1 minuut", "1 minute"),
            (119, "1 minuut", "1 minute"),
            (1_800, "30 minuten", "30 minutes"),
            (3_600, "1 uur", "1 hour"),
            (5_400, "90 minuten", "90 minutes"),
            (7_200, "2 uur", "2 hours"),
            (86_400, "24 uur", "24 hours"),
        ] {
            assert_eq!(in_words(DUTCH, seconds), dutch);
            assert_eq!(in_words(ENGLISH, seconds), english);
        }
    }

    #[test]
    fn moments_follow_the_calendar() {
        for (seconds, dutch) in [
            (0, "1 januari 1970, 00:00 (UTC)"),
            (951_782_400, "29 februari 2000, 00:00 (UTC)"),
            (951_868_799, "29 februari 2000, 23:59 (UTC)"),
            (1_772_546_700, "3 maart 2026, 14:05 (UTC)"),
            (4_107_542_400, "1 maart 2100, 00:00 (UTC)"),
            (253_402_300_799, "31 december 9999, 23:59 (UTC)"),
        ] {
            let texts = Texts::built_in(BUILT_IN[DUTCH]).unwrap();
            assert_eq!(moment(&texts, seconds).unwrap(), dutch);
        }
    }

    #[test]
    fn civil_dates_run_on_day_by_day() {
        let mut previous = civil_date(0);
        for day in 1..150_000 {
            let today = civil_date(day);
            let next_day = (previous.0, previous.1, previous.2 + 1);
            let first_of_month = today.2 == 1 && previous.2 >= 28;
            assert!(
                today == next_day || first_of_month,
                "{previous:?} {today:?}"
            );
            previous = today;
        }
    }
}
