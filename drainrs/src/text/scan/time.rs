//! Dates and times as log writers print them.
//!
//! [`stamp`] recognises the shapes that are unambiguous enough to be looked for anywhere. The others mean a time only in a
//! place where one is expected, and have functions of their own: [`klog`] (`0612 15:04:05.123456`), [`compact`]
//! (`081109 203615`) and [`epoch`] (seconds to nanoseconds since 1970).
//!
//! A date that is followed by something that is not a time of day is a date alone; nothing here looks further than about
//! eighty bytes ahead.

mod cursor;
mod names;
#[cfg(test)]
mod tests;

use crate::time::{Civil, NANOS_PER_SECOND, Timestamp};
use cursor::{Clock, Date, Scan, Seconds, full_year, short_year, ymd};
pub(crate) use names::{month, weekday};

/// How much of a point in time the text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StampKind {
    /// A date with a time of day.
    Timestamp,
    /// A date alone.
    Date,
    /// A time of day alone: year, month and day are 0.
    Time,
}

/// A recognised date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The offset behind its last byte.
    pub(crate) end: usize,
    /// What it says.
    pub(crate) kind: StampKind,
    /// The fields. `year` is 0 when `has_year` is false.
    pub(crate) civil: Civil,
    /// Seconds east of UTC; `None` when no zone is written.
    pub(crate) offset: Option<i32>,
    /// Whether a year is written.
    pub(crate) has_year: bool,
}

/// The date or time that starts exactly at `at`, if there is one. `at` may stand on a digit or on the first letter of the
/// name of a month or weekday. The byte behind the match is never a letter or digit.
#[inline]
pub(crate) fn stamp(text: &[u8], at: usize) -> Option<Stamp> {
    from(Scan { text, at, loose: false })
}

/// The same by the shape alone, where it is unmistakable: `hh:mm:ss` with two digits each is a time of day, the number
/// behind a month's name a day and the four digits behind that time a year, whatever they say. For those who ask where a time stands; it may be none of the calendar.
#[inline]
pub(crate) fn stamp_shape(text: &[u8], at: usize) -> Option<Stamp> {
    from(Scan { text, at, loose: true })
}

#[inline]
fn from(scan: Scan<'_>) -> Option<Stamp> {
    let first = scan.peek()?;
    if first.is_ascii_digit() {
        // The commonest shape by far gets a path without loops.
        iso_fixed(scan).or_else(|| from_digit(scan))
    } else if first.is_ascii_alphabetic() && names::NAME_STARTS.may_begin(first, scan.peek_at(1)?) {
        from_letter(scan)
    } else {
        None
    }
}

/// `mmdd hh:mm:ss[.ffffff]` or `yyyymmdd hh:mm:ss[.ffffff]`: what klog and glog print behind the level's letter.
pub(crate) fn klog(text: &[u8], at: usize) -> Option<Stamp> {
    let mut scan = Scan { text, at, loose: false };
    let (number, len) = scan.run()?;
    let date = match len {
        4 => Date { year: None, month: number / 100, day: number % 100 },
        8 => ymd(number / 10_000, number / 100 % 100, number % 100)?,
        _ => return None,
    };
    date.check()?;
    scan.eat(b' ').then_some(())?;
    let clock = scan.clock(Seconds::Required)?;
    scan.done(Some(date), Some(clock), None)
}

/// `yymmdd hhmmss` in two columns of six digits (old Hadoop).
#[inline]
pub(crate) fn compact(text: &[u8], at: usize) -> Option<Stamp> {
    let bytes = text.get(at..)?.first_chunk::<13>()?;
    let mut bad = u8::from(bytes[6] != b' ');
    let mut pair = |i: usize| {
        let (tens, ones) = (bytes[i].wrapping_sub(b'0'), bytes[i + 1].wrapping_sub(b'0'));
        bad |= u8::from(tens > 9) | u8::from(ones > 9);
        u32::from(tens).wrapping_mul(10).wrapping_add(u32::from(ones))
    };
    let (year, month, day) = (pair(0), pair(2), pair(4));
    let clock = Clock { hour: pair(7), minute: pair(9), second: pair(11), nanos: 0 };
    let date = Date { year: Some(2000 + year.cast_signed()), month, day };
    if bad != 0 || !clock.is_valid() {
        return None;
    }
    date.check()?;
    Scan { text, at: at + 13, loose: false }.done(Some(date), Some(clock), None)
}

/// A Unix time as a number: 10 digits with or without a fraction are seconds, 13 milliseconds, 16 microseconds, 19
/// nanoseconds. Gives the time and the offset behind the number.
pub(crate) fn epoch(text: &[u8], at: usize) -> Option<(Timestamp, usize)> {
    let rest = text.get(at..)?;
    let len = rest.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
    let number = rest.get(..len)?.iter().fold(0_i64, |n, &b| n.wrapping_mul(10).wrapping_add(i64::from(b - b'0')));
    let unit = match len {
        10 => NANOS_PER_SECOND,
        13 => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return None,
    };
    // Nineteen digits may exceed the range: then they are no time.
    let mut nanos = number.checked_mul(unit).filter(|n| *n > 0)?;
    let mut scan = Scan { text, at: at + len, loose: false };
    if len == 10 && scan.peek() == Some(b'.') && scan.peek_at(1).is_some_and(|b| b.is_ascii_digit()) {
        scan.at += 1;
        nanos = nanos.checked_add(i64::from(scan.fraction()))?;
    }
    scan.at_boundary().then_some((Timestamp::from_nanos(nanos), scan.at))
}

/// `yyyy-mm-dd?hh:mm:ss`, with `T` or a space between, in a fixed place each.
#[inline]
fn iso_fixed(scan: Scan<'_>) -> Option<Stamp> {
    let bytes = scan.text.get(scan.at..)?.first_chunk::<19>()?;
    let marks = bytes[4] == b'-' && bytes[7] == b'-' && bytes[13] == b':' && bytes[16] == b':';
    if !marks || (bytes[10] != b'T' && bytes[10] != b' ') {
        return None;
    }
    let mut bad = false;
    let mut pair = |i: usize| {
        let (tens, ones) = (bytes[i].wrapping_sub(b'0'), bytes[i + 1].wrapping_sub(b'0'));
        bad |= tens > 9 || ones > 9;
        u32::from(tens).wrapping_mul(10).wrapping_add(u32::from(ones))
    };
    let (year, month, day) = (pair(0).wrapping_mul(100).wrapping_add(pair(2)), pair(5), pair(8));
    let mut clock = Clock { hour: pair(11), minute: pair(14), second: pair(17), nanos: 0 };
    if bad || !clock.is_valid() {
        return None;
    }
    let date = ymd(year, month, day)?;
    let mut scan = Scan { at: scan.at + 19, ..scan };
    clock.nanos = scan.subseconds();
    let offset = scan.zone();
    scan.done(Some(date), Some(clock), offset)
}

/// All shapes that begin with a digit; the length of the first run of digits and the byte behind it decide.
fn from_digit(scan: Scan<'_>) -> Option<Stamp> {
    let mut scan = scan;
    let start = scan;
    let (first, len) = scan.run()?;
    let mark = scan.peek()?;
    match (len, mark) {
        (4, b'-' | b'/' | b'.') => {
            let date = scan.year_first(first, mark)?;
            scan.with_clock(date)
        }
        (4, b' ') => {
            // `yyyy Mon dd hh:mm:ss`
            scan.at += 1;
            let month = scan.month()?;
            scan.eat(b' ').then_some(())?;
            let date = ymd(first, month, scan.number(1, 2)?)?;
            scan.clock_or_nothing(date)
        }
        (8, b'T' | b'-' | b' ') => {
            let date = ymd(first / 10_000, first / 100 % 100, first % 100)?;
            scan.at += 1;
            if let Some(clock) = scan.packed_clock().filter(|_| mark == b'T') {
                let offset = scan.zone();
                return scan.done(Some(date), Some(clock), offset);
            }
            let clock = scan.clock(Seconds::Required)?;
            let offset = scan.zone();
            scan.done(Some(date), Some(clock), offset)
        }
        (1 | 2, b':') => {
            let mut scan = start;
            let clock = scan.clock(Seconds::Required)?;
            let clock = scan.meridiem(clock);
            let offset = scan.zone();
            scan.done(None, Some(clock), offset)
        }
        (1 | 2, b'/' | b'-' | b'.' | b' ') => {
            scan.at += 1;
            if scan.peek()?.is_ascii_alphabetic() {
                scan.day_month(first, mark)
            } else if mark == b' ' {
                None
            } else {
                scan.short_numeric(first, len, mark)
            }
        }
        _ => None,
    }
}

/// All shapes that begin with the name of a month or weekday.
fn from_letter(scan: Scan<'_>) -> Option<Stamp> {
    let mut scan = scan;
    let word = scan.word()?;
    if weekday(word).is_some() {
        let comma = scan.eat(b',');
        scan.eat(b' ').then_some(())?;
        if scan.peek()?.is_ascii_digit() {
            // `Day, dd Mon yyyy t tz`, `Weekday, dd-Mon-yy t tz`
            let day = scan.number(1, 2)?;
            let mark = scan.next().filter(|b| matches!(b, b' ' | b'-'))?;
            return scan.day_month(day, mark).filter(|_| comma);
        }
        let month = scan.month()?;
        return scan.month_day(month);
    }
    scan.month_day(month(word)?)
}

impl Scan<'_> {
    /// `-mm-dd`, `/mm/dd` or `.mm.dd` behind a year.
    fn year_first(&mut self, year: u32, mark: u8) -> Option<Date> {
        self.at += 1;
        let month = self.number(1, 2)?;
        self.eat(mark).then_some(())?;
        let day = self.number(1, 2)?;
        // `2024-05-06-07` is a version or a name unless the time of BGL follows, which `with_clock` looks for.
        ymd(year, month, day)
    }

    /// The time of day that may follow a date whose year is known, or the date alone.
    fn with_clock(self, date: Date) -> Option<Stamp> {
        let mut scan = self;
        let seconds = match scan.next() {
            Some(b'T') => Seconds::Optional,
            Some(b' ' | b'_' | b'*' | b':') => Seconds::Required,
            Some(b',') if scan.eat(b' ') => Seconds::Required,
            Some(b'\'') if scan.eat_all(b"T'") => Seconds::Optional,
            Some(b'-') => {
                return scan
                    .dotted_clock(date)
                    .or_else(|| scan.timed(date, Seconds::Required))
                    .or_else(|| self.date_alone(date));
            }
            _ => return self.date_alone(date),
        };
        scan.timed(date, seconds).or_else(|| self.date_alone(date))
    }

    fn timed(mut self, date: Date, seconds: Seconds) -> Option<Stamp> {
        let before = self;
        let clock = if let Some(clock) = self.clock(seconds) {
            clock
        } else {
            // `3:04 PM` shows no seconds, but says so clearly enough.
            self = before;
            let clock = self.clock(Seconds::Optional)?;
            let at = self.at;
            let clock = self.meridiem(clock);
            (self.at > at).then_some(clock)?
        };
        let clock = self.meridiem(clock);
        let offset = self.zone();
        self.done(Some(date), Some(clock), offset)
    }

    /// `hh.mm.ss.ffffff` of Blue Gene.
    fn dotted_clock(mut self, date: Date) -> Option<Stamp> {
        let hour = self.number(2, 2)?;
        self.eat(b'.').then_some(())?;
        let minute = self.number(2, 2)?;
        self.eat(b'.').then_some(())?;
        let mut clock = Clock { hour, minute, second: self.number(2, 2)?, nanos: 0 };
        clock.nanos = self.subseconds();
        clock.is_valid().then_some(())?;
        self.done(Some(date), Some(clock), None)
    }

    fn date_alone(self, date: Date) -> Option<Stamp> {
        self.done(Some(date), None, None)
    }

    /// ` hh:mm:ss` and a zone, for shapes that are no dates without it.
    fn clock_or_nothing(mut self, date: Date) -> Option<Stamp> {
        date.check()?;
        self.eat(b' ').then_some(())?;
        self.timed(date, Seconds::Required)
    }

    /// Numbers of one or two digits with `/`, `-` or `.` between, the scan behind the first mark.
    fn short_numeric(mut self, first: u32, len: usize, mark: u8) -> Option<Stamp> {
        let second = self.number(1, 2)?;
        if !self.eat(mark) {
            // `MM-dd hh:mm:ss`, `MM.dd hh:mm:ss`
            let plausible = mark != b'/' && len == 2;
            plausible.then_some(())?;
            return self.clock_or_nothing(Date { year: None, month: first, day: second });
        }
        let (third, third_len) = self.run()?;
        if third_len == 4 {
            // American order with slashes, European with dots and dashes, the other one when the first cannot be.
            let year = full_year(third)?;
            let month_first = if mark == b'/' { first <= 12 } else { second > 12 };
            let (month, day) = if month_first { (first, second) } else { (second, first) };
            let date = Date { year: Some(year), month, day };
            date.check()?;
            return self.with_clock(date);
        }
        if (len, third_len) != (2, 2) || mark == b'.' {
            return None;
        }
        let year_first = Date { year: Some(short_year(first)), month: second, day: third };
        let year_last = Date { year: Some(short_year(third)), month: first, day: second };
        let date = if year_first.check().is_some() { year_first } else { year_last };
        self.clock_or_nothing(date)
    }

    /// A month's name behind a day and `mark`: `dd/Mon/yyyy:t`, `dd-Mon-yyyy t`, `dd Mon yyyy t`, `dd/Mon t`.
    fn day_month(mut self, day: u32, mark: u8) -> Option<Stamp> {
        let month = self.month()?;
        let without_year = self;
        let undated = Date { year: None, month, day };
        undated.check()?;
        if self.eat(mark) {
            match self.run() {
                Some((year, 4)) => {
                    let date = Date { year: Some(full_year(year)?), ..undated };
                    return self.with_clock(date);
                }
                Some((year, 2)) if self.peek() == Some(b' ') => {
                    let date = Date { year: Some(short_year(year)), ..undated };
                    self.at += 1;
                    if let Some(stamp) = self.timed(date, Seconds::Required) {
                        return Some(stamp);
                    }
                    // Without seconds it is a date only if a zone says so (RFC 822).
                    let clock = self.clock(Seconds::Optional)?;
                    let offset = Some(self.zone()?);
                    return self.done(Some(date), Some(clock), offset);
                }
                _ => {}
            }
        }
        without_year.clock_or_nothing(undated)
    }

    /// What may follow a month's name: ` d t[ tz][ yyyy]`, ` d, yyyy[ @] t`, ` dd yyyy t`, `-dd t`.
    fn month_day(mut self, month: u32) -> Option<Stamp> {
        let mark = self.next().filter(|b| matches!(b, b' ' | b'-'))?;
        // Days below ten are padded with a second space.
        let _ = mark == b' ' && self.eat(b' ');
        let day = self.number(1, 2)?;
        let undated = Date { year: None, month, day };
        if !self.loose {
            undated.check()?;
        }
        let comma = self.eat(b',');
        self.eat(b' ').then_some(())?;
        let before = self;
        if let Some(year) = self.number(4, 4).and_then(full_year).filter(|_| self.at_boundary()) {
            let date = Date { year: Some(year), ..undated };
            let at_sign = self;
            return match self.eat_all(b" @ ").then(|| self.timed(date, Seconds::Required)).flatten() {
                Some(stamp) => Some(stamp),
                None => at_sign.with_clock(date),
            };
        }
        if comma {
            return None;
        }
        self = before;
        let clock = self.clock(Seconds::Required)?;
        let mut offset = self.zone();
        let mut ahead = self;
        let mut date = undated;
        if ahead.eat(b' ')
            && let Some(year) = ahead.number(4, 4).and_then(|year| self.year(year))
            && ahead.at_boundary()
            && ahead.peek() != Some(b'-')
        {
            date.year = Some(year);
            self = ahead;
            // JavaScript and `date` may put the zone last.
            offset = offset.or_else(|| self.zone());
        }
        self.done(Some(date), Some(clock), offset)
    }

    /// The finished stamp, if the text does not go on with a letter or digit.
    #[inline]
    fn done(self, date: Option<Date>, clock: Option<Clock>, offset: Option<i32>) -> Option<Stamp> {
        if !self.at_boundary() {
            return None;
        }
        let kind = match (&date, &clock) {
            (Some(_), Some(_)) => StampKind::Timestamp,
            (Some(_), None) => StampKind::Date,
            _ => StampKind::Time,
        };
        let date = date.unwrap_or(Date { year: None, month: 0, day: 0 });
        let clock = clock.unwrap_or(Clock { hour: 0, minute: 0, second: 0, nanos: 0 });
        let civil = Civil {
            year: date.year.unwrap_or(0),
            month: date.month,
            day: date.day,
            hour: clock.hour,
            minute: clock.minute,
            second: clock.second,
            nanos: clock.nanos,
        };
        Some(Stamp { end: self.at, kind, civil, offset, has_year: date.year.is_some() })
    }
}
