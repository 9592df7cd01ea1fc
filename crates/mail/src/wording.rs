//! Lengths of time and moments in words.

use std::time::Duration;

use fluent_bundle::FluentArgs;

use crate::texts::{TextError, Texts};
use crate::zone::LocalTime;

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

/// "3 March 2026, 14:05 (CET)".
pub(crate) fn moment(texts: &Texts, local: &LocalTime) -> Result<String, TextError> {
    let none = FluentArgs::new();
    let mut args = FluentArgs::new();
    args.set("day", local.day.to_string());
    args.set(
        "month",
        texts.get(&format!("month-{}", local.month), &none)?,
    );
    args.set("year", local.year.to_string());
    args.set("zone", local.zone.as_str());
    args.set("time", format!("{:02}:{:02}", local.hour, local.minute));
    texts.get("moment", &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::BUILT_IN;
    use crate::zone::TimeZone;

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
            (253_370_764_799, "31 december 9998, 23:59 (UTC)"),
        ] {
            let texts = Texts::built_in(BUILT_IN[DUTCH]).unwrap();
            let local = TimeZone::UTC.local_time(seconds).unwrap();
            assert_eq!(moment(&texts, &local).unwrap(), dutch);
        }
    }
}
