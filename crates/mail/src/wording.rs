//! Lengths of time and moments in words.

use std::time::Duration;

use slotwerk_words::{TextError, Words, is_forbidden};

use crate::zone::LocalTime;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// "7 days", "2 hours", "90 minutes", "45 seconds": in the largest unit that fits whole, or of which there are
/// so many that what is left over is no great loss; rounded down so that no mail promises more than is true.
pub(crate) fn duration(words: &Words, duration: Duration) -> Result<String, TextError> {
    let seconds = duration.as_secs();
    let fits = |unit: u64| seconds >= 3 * unit || seconds >= unit && seconds.is_multiple_of(unit);
    // "24 hours" rather than "1 day", which some take to end at midnight.
    let (key, count) = if seconds > DAY && fits(DAY) {
        ("duration-days", seconds / DAY)
    } else if fits(HOUR) {
        ("duration-hours", seconds / HOUR)
    } else if seconds >= MINUTE {
        ("duration-minutes", seconds / MINUTE)
    } else {
        ("duration-seconds", seconds)
    };
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    words.text(key, &[("count", count.into())])
}

/// "3 March 2026, 14:05 (CET)".
pub(crate) fn moment(words: &Words, local: &LocalTime) -> Result<String, TextError> {
    let month = words.text(&format!("month-{}", local.month), &[])?;
    let time = format!("{:02}:{:02}", local.hour, local.minute);
    let args = [
        ("day", local.day.to_string().into()),
        ("month", month.into()),
        ("year", local.year.to_string().into()),
        ("zone", local.zone.as_str().into()),
        ("time", time.into()),
    ];
    words.text("moment", &args)
}

/// A text for a header: one line, whatever its value holds.
pub(crate) fn line(words: &Words, key: &str, name: &str, value: &str) -> Result<String, TextError> {
    let line = words.text(key, &[(name, value.into())])?;
    if line.chars().any(is_forbidden) {
        return Err(TextError {
            name: key.to_owned(),
        });
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::TimeZone;
    use slotwerk_words::Languages;
    use std::sync::Arc;

    fn words(tag: &str) -> Arc<Words> {
        Arc::clone(Languages::mail().unwrap().exact(tag).unwrap())
    }

    #[test]
    fn durations_have_their_plural_and_never_promise_more() {
        let (nl, en) = (words("nl"), words("en"));
        for (seconds, dutch, english) in [
            (1, "1 seconde", "1 second"),
            (59, "59 seconden", "59 seconds"),
            (60, "1 minuut", "1 minute"),
            (119, "1 minuut", "1 minute"),
            (1_800, "30 minuten", "30 minutes"),
            (3_600, "1 uur", "1 hour"),
            (5_400, "90 minuten", "90 minutes"),
            (7_200, "2 uur", "2 hours"),
            (9_000, "150 minuten", "150 minutes"),
            (10_799, "179 minuten", "179 minutes"),
            (10_801, "3 uur", "3 hours"),
            (86_399, "23 uur", "23 hours"),
            (86_400, "24 uur", "24 hours"),
            (86_401, "24 uur", "24 hours"),
            (172_799, "47 uur", "47 hours"),
            (172_800, "2 dagen", "2 days"),
            (216_000, "60 uur", "60 hours"),
            (604_799, "6 dagen", "6 days"),
            (604_800, "7 dagen", "7 days"),
            (34_560_000, "400 dagen", "400 days"),
        ] {
            let length = Duration::from_secs(seconds);
            assert_eq!(duration(&nl, length).unwrap(), dutch);
            assert_eq!(duration(&en, length).unwrap(), english);
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
            let local = TimeZone::UTC.local_time(seconds).unwrap();
            assert_eq!(moment(&words("nl"), &local).unwrap(), dutch);
        }
    }

    #[test]
    fn a_header_is_one_line() {
        let english = words("en");
        let subject = |tenant| line(&english, "reset-subject", "tenant", tenant);
        assert!(subject("Noord").is_ok());
        for tenant in ["Noord\r\nBcc: x", "Noord\u{2028}", "\u{202e}"] {
            assert!(subject(tenant).is_err());
        }
    }
}
