//! Time as a value: nanoseconds since 1970-01-01T00:00:00Z, with the calendar arithmetic that log headers need.
//!
//! There is no clock here. The library is told the time; it never asks for it.

use std::fmt;

/// A point in time, in nanoseconds since the Unix epoch, UTC. Years 1677 to 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: i64 = 1_000_000_000;

impl Timestamp {
    /// From nanoseconds since the Unix epoch.
    pub const fn from_nanos(nanos: i64) -> Timestamp {
        Timestamp(nanos)
    }

    /// From whole seconds since the Unix epoch; saturates at the ends of the range.
    pub const fn from_seconds(seconds: i64) -> Timestamp {
        Timestamp(seconds.saturating_mul(NANOS_PER_SECOND))
    }

    /// Nanoseconds since the Unix epoch.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// The point `nanos` later (or earlier, when negative); saturates at the ends of the range.
    #[must_use]
    pub const fn plus_nanos(self, nanos: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(nanos))
    }

    /// Nanoseconds from `earlier` to `self`; saturates.
    pub const fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// From a date and time of the proleptic Gregorian calendar, `offset_seconds` east of UTC. `None` if a field is out of
    /// its range (a leap second, `:60`, becomes the next second) or the result does not fit.
    ///
    /// ```
    /// use drainrs::Timestamp;
    /// let t = Timestamp::from_civil(&drainrs::Civil { year: 2024, month: 2, day: 29, hour: 12, minute: 0, second: 1, nanos: 5 }, 3600);
    /// assert_eq!(t.unwrap().to_string(), "2024-02-29T11:00:01.000000005Z");
    /// ```
    pub fn from_civil(civil: &Civil, offset_seconds: i32) -> Option<Timestamp> {
        let Civil { year, month, day, hour, minute, second, nanos } = *civil;
        let in_range = (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month)
            && hour <= 24
            && minute <= 59
            && second <= 60
            && nanos < 1_000_000_000;
        if !in_range {
            return None;
        }
        let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
        let seconds = days * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)
            - i64::from(offset_seconds);
        seconds.checked_mul(NANOS_PER_SECOND)?.checked_add(i64::from(nanos)).map(Timestamp)
    }

    /// The date and time in UTC.
    pub fn to_civil(self) -> Civil {
        let seconds = self.0.div_euclid(NANOS_PER_SECOND);
        let nanos = self.0.rem_euclid(NANOS_PER_SECOND) as u32;
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
        let (year, month, day) = civil_from_days(days);
        Civil { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60, nanos }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339, UTC, with as many digits of a second as are needed (none, 3, 6 or 9).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.to_civil();
        write!(f, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second)?;
        match c.nanos {
            0 => {}
            n if n % 1_000_000 == 0 => write!(f, ".{:03}", n / 1_000_000)?,
            n if n % 1_000 == 0 => write!(f, ".{:06}", n / 1_000)?,
            n => write!(f, ".{n:09}")?,
        }
        f.write_str("Z")
    }
}

/// A date and a time of day, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the fields are the words of the calendar")]
pub struct Civil {
    pub year: i32,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub nanos: u32,
}

/// Days in a month of the Gregorian calendar.
fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01. The algorithm counts in eras of 400 years whose years begin in March, so that the leap day is
/// the last day of a year (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let unsigned = |part: i64| u32::try_from(part).unwrap_or_default(); // never negative
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, unsigned(month), unsigned(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_round_trips_every_day_of_five_centuries() {
        for days in -106_751..=106_751 {
            let t = Timestamp::from_seconds(days * 86_400);
            assert_eq!(Timestamp::from_civil(&t.to_civil(), 0), Some(t));
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        let date = |year, month, day| Civil { year, month, day, ..Civil::default() };
        assert_eq!(Timestamp::from_civil(&date(2023, 2, 29), 0), None);
        assert_eq!(Timestamp::from_civil(&date(2024, 13, 1), 0), None);
        assert_eq!(Timestamp::from_civil(&date(9999, 1, 1), 0), None, "outside the range of the type");
        assert!(Timestamp::from_civil(&date(2024, 2, 29), 0).is_some());
    }
}
