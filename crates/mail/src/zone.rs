//! The clock on the wall where a tenant's people are.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

/// A time zone of the IANA database, of the release that this crate was built with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimeZone(jiff::tz::TimeZone);

impl TimeZone {
    pub(crate) const UTC: Self = Self(jiff::tz::TimeZone::UTC);

    pub(crate) fn named(name: &str) -> Option<Self> {
        // The bundled database, even where another crate has jiff read the machine's.
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        // `Etc/Unknown` stands for a zone that nobody knows.
        (!zone.is_unknown()).then_some(Self(zone))
    }

    pub(crate) fn local_time(&self, unix_seconds: u64) -> Option<LocalTime> {
        let seconds = i64::try_from(unix_seconds).ok()?;
        let at = Timestamp::from_second(seconds).ok()?;
        let clock = self.0.to_datetime(at);
        let zone = self.0.to_offset_info(at);
        // Some zones have no letters: `-03`.
        let zone = match zone.abbreviation() {
            letters if letters.starts_with(char::is_alphabetic) => letters.to_owned(),
            digits => format!("UTC{digits}"),
        };
        Some(LocalTime {
            year: clock.year().unsigned_abs(),
            month: clock.month().unsigned_abs(),
            day: clock.day().unsigned_abs(),
            hour: clock.hour().unsigned_abs(),
            minute: clock.minute().unsigned_abs(),
            zone,
        })
    }
}

/// What calendar and clock show somewhere, to the minute.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalTime {
    /// The year, 1969 to 9999.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// Which clock that is: `UTC`, `CEST`, or `UTC-03` where the zone has no letters.
    pub zone: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `TZ=… date -d @… '+%Y-%m-%d %H:%M %Z'` has it.
    #[test]
    fn clocks_are_put_forward_and_back() {
        for (zone, at, shown) in [
            ("UTC", 0, "1970-1-1 0:00 UTC"),
            ("America/New_York", 0, "1969-12-31 19:00 EST"),
            ("Europe/Amsterdam", 1_772_546_700, "2026-3-3 15:05 CET"),
            // The hour that is left out, and the hour that comes twice.
            ("Europe/Amsterdam", 1_774_745_999, "2026-3-29 1:59 CET"),
            ("Europe/Amsterdam", 1_774_746_000, "2026-3-29 3:00 CEST"),
            ("Europe/Amsterdam", 1_792_889_999, "2026-10-25 2:59 CEST"),
            ("Europe/Amsterdam", 1_792_890_000, "2026-10-25 2:00 CET"),
            ("America/Sao_Paulo", 1_772_546_700, "2026-3-3 11:05 UTC-03"),
            ("Asia/Kathmandu", 1_772_546_700, "2026-3-3 19:50 UTC+0545"),
            (
                "Pacific/Kiritimati",
                253_370_764_799,
                "9999-1-1 13:59 UTC+14",
            ),
        ] {
            let local = TimeZone::named(zone).unwrap().local_time(at).unwrap();
            let LocalTime {
                year,
                month,
                day,
                hour,
                minute,
                zone,
            } = local;
            let written = format!("{year}-{month}-{day} {hour}:{minute:02} {zone}");
            assert_eq!(written, shown);
        }
        assert_eq!(TimeZone::UTC.local_time(u64::MAX), None);
        for unknown in [
            "",
            "Europe/Rotterdam",
            "../../etc/passwd",
            "CET,M3.5.0",
            "Etc/Unknown",
            "etc/unknown",
        ] {
            assert_eq!(TimeZone::named(unknown), None, "{unknown}");
        }
    }
}
