//! A place in the text, and the pieces that dates and times are made of: numbers, words, times of day, zones.

use super::names;

#[derive(Debug, Clone, Copy)]
pub(super) struct Date {
    pub(super) year: Option<i32>,
    pub(super) month: u32,
    pub(super) day: u32,
}

impl Date {
    pub(super) fn check(&self) -> Option<()> {
        ((1..=12).contains(&self.month) && (1..=31).contains(&self.day)).then_some(())
    }
}

/// A date with a four-digit year of the last or this century; other numbers of four digits are no years.
pub(super) fn ymd(year: u32, month: u32, day: u32) -> Option<Date> {
    let date = Date { year: Some(full_year(year)?), month, day };
    date.check().map(|()| date)
}

pub(super) fn full_year(year: u32) -> Option<i32> {
    (1900..2200).contains(&year).then_some(year.cast_signed())
}

/// A year of two digits: up to 68 of this century, above of the last (POSIX `%y`).
pub(super) fn short_year(year: u32) -> i32 {
    if year < 69 { 2000 + year.cast_signed() } else { 1900 + year.cast_signed() }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) nanos: u32,
}

impl Clock {
    pub(super) fn is_valid(&self) -> bool {
        self.hour <= 24 && self.minute <= 59 && self.second <= 60
    }
}

/// Whether a time of day must show seconds to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seconds {
    Required,
    Optional,
}

/// A place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    /// Whether numbers of the calendar and the clock need not be possible where the shape says what they are.
    pub(super) loose: bool,
}

impl<'a> Scan<'a> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline]
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn eat_all(&mut self, bytes: &[u8]) -> bool {
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(bytes));
        self.at += if found { bytes.len() } else { 0 };
        found
    }

    /// Whether no letter or digit follows.
    #[inline]
    pub(super) fn at_boundary(&self) -> bool {
        self.peek().is_none_or(|b| !b.is_ascii_alphanumeric() && b < 0x80)
    }

    /// A run of at most eight digits: its value and length. Longer runs are no part of a date.
    #[inline]
    pub(super) fn run(&mut self) -> Option<(u32, usize)> {
        let (mut number, mut len) = (0_u32, 0);
        while let Some(digit) = self.peek_at(len).map(|b| b.wrapping_sub(b'0')).filter(|d| *d <= 9) {
            len += 1;
            if len > 8 {
                return None;
            }
            number = number * 10 + u32::from(digit);
        }
        self.at += len;
        (len > 0).then_some((number, len))
    }

    /// A number whose run of digits has `min` to `max` digits.
    #[inline]
    pub(super) fn number(&mut self, min: usize, max: usize) -> Option<u32> {
        let before = self.at;
        match self.run() {
            Some((number, len)) if (min..=max).contains(&len) => Some(number),
            _ => {
                self.at = before;
                None
            }
        }
    }

    /// The year that four digits are, in a place where only a year stands.
    pub(super) fn year(&self, year: u32) -> Option<i32> {
        if self.loose { Some(year.cast_signed()) } else { full_year(year) }
    }

    /// A run of at most nine letters.
    pub(super) fn word(&mut self) -> Option<&'a [u8]> {
        let rest = self.text.get(self.at..)?;
        let len = rest.iter().take(10).take_while(|b| b.is_ascii_alphabetic()).count();
        self.at += len;
        (3..10).contains(&len).then(|| &rest[..len])
    }

    pub(super) fn month(&mut self) -> Option<u32> {
        names::month(self.word()?)
    }

    /// The digits of a fraction as nanoseconds; digits beyond the ninth are passed over.
    pub(super) fn fraction(&mut self) -> u32 {
        let (mut nanos, mut len) = (0_u32, 0);
        while let Some(digit) = self.peek_at(len).filter(u8::is_ascii_digit) {
            if len < 9 {
                nanos = nanos * 10 + u32::from(digit - b'0');
            } else if len > 24 {
                break;
            }
            len += 1;
        }
        self.at += len;
        nanos * 10_u32.pow(9_usize.saturating_sub(len) as u32)
    }

    /// The fraction behind the seconds, if there is one. Behind a colon only milliseconds are believed.
    #[inline]
    pub(super) fn subseconds(&mut self) -> u32 {
        let digit = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_digit());
        match self.peek() {
            Some(b'.' | b',') if digit(self.peek_at(1)) => {
                self.at += 1;
                self.fraction()
            }
            Some(b':') if digit(self.peek_at(1)) => {
                let before = self.at;
                self.at += 1;
                match self.run() {
                    // Such writers do not pad: `:7` is seven milliseconds.
                    Some((number, len)) if len <= 3 && self.at_boundary() => number * 1_000_000,
                    _ => {
                        self.at = before;
                        0
                    }
                }
            }
            _ => 0,
        }
    }

    /// `h:m:s` with an optional fraction; one or two digits each.
    #[inline]
    pub(super) fn clock(&mut self, seconds: Seconds) -> Option<Clock> {
        let start = self.at;
        let hour = self.number(1, 2)?;
        self.eat(b':').then_some(())?;
        let minute = self.number(1, 2)?;
        let mut clock = Clock { hour, minute, second: 0, nanos: 0 };
        let before = self.at;
        let mut padded = false;
        if self.eat(b':') {
            if let Some(second) = self.number(1, 2) {
                padded = self.at - start == 8;
                clock.second = second;
                clock.nanos = self.subseconds();
            } else {
                self.at = before;
                (seconds == Seconds::Optional).then_some(())?;
            }
        } else if seconds == Seconds::Required {
            return None;
        }
        (clock.is_valid() || (padded && self.loose)).then_some(clock)
    }

    /// `hhmm` or `hhmmss`, behind the `T` of a packed date.
    pub(super) fn packed_clock(&mut self) -> Option<Clock> {
        let before = self.at;
        let clock = match self.run() {
            Some((number, 4)) => Clock { hour: number / 100, minute: number % 100, second: 0, nanos: 0 },
            Some((number, 6)) => {
                let nanos = self.subseconds();
                Clock { hour: number / 10_000, minute: number / 100 % 100, second: number % 100, nanos }
            }
            _ => Clock { hour: 99, minute: 0, second: 0, nanos: 0 },
        };
        if !clock.is_valid() {
            self.at = before;
            return None;
        }
        Some(clock)
    }

    /// `AM` or `PM` behind a time of day of the twelve-hour clock.
    pub(super) fn meridiem(&mut self, clock: Clock) -> Clock {
        let mut ahead = *self;
        let _ = ahead.eat(b' ');
        let (Some(half), Some(b'M' | b'm')) = (ahead.next(), ahead.next()) else { return clock };
        let afternoon = match half.to_ascii_lowercase() {
            b'a' => 0,
            b'p' => 12,
            _ => return clock,
        };
        // `12:00:00 am@example.org` is a time and an address of mail.
        if !ahead.at_boundary() || ahead.peek() == Some(b'@') || clock.hour == 0 || clock.hour > 12 {
            return clock;
        }
        *self = ahead;
        Clock { hour: clock.hour % 12 + afternoon, ..clock }
    }

    /// The zone behind a time of day, if there is one.
    #[inline]
    pub(super) fn zone(&mut self) -> Option<i32> {
        match self.peek() {
            Some(b'Z') => {
                self.at += 1;
                Some(0)
            }
            Some(b'+' | b'-') => self.numeric_zone(Seconds::Optional).inspect(|_| self.zone_comment()),
            Some(b' ') => self.spaced_zone(),
            _ => None,
        }
    }

    pub(super) fn spaced_zone(&mut self) -> Option<i32> {
        let mut ahead = *self;
        ahead.at += 1;
        let offset = match ahead.peek()? {
            b'+' | b'-' => ahead.numeric_zone(Seconds::Required).inspect(|_| ahead.zone_comment()),
            b'A'..=b'W' => ahead.named_zone(),
            _ => None,
        }?;
        *self = ahead;
        Some(offset)
    }

    /// `UTC`, `CEST`, and `GMT+0200 (Name)` of JavaScript.
    pub(super) fn named_zone(&mut self) -> Option<i32> {
        let name = self.word()?;
        let mut offset = names::zone(name)?;
        if name == b"GMT" && matches!(self.peek(), Some(b'+' | b'-')) {
            offset = self.numeric_zone(Seconds::Required)?;
            let mut ahead = *self;
            if ahead.eat_all(b" (") {
                let name = ahead.text.get(ahead.at..).unwrap_or_default().iter().take(48);
                let len = name.take_while(|b| b.is_ascii_alphabetic() || **b == b' ').count();
                ahead.at += len;
                if ahead.eat(b')') {
                    *self = ahead;
                }
            }
        }
        self.at_boundary().then_some(offset)
    }

    /// The name that Go repeats behind a numeric zone: `+0000 UTC`.
    pub(super) fn zone_comment(&mut self) {
        let mut ahead = *self;
        if ahead.eat(b' ') && ahead.word().and_then(names::zone).is_some() && ahead.at_boundary() {
            *self = ahead;
        }
    }

    /// `+hhmm`, `+hh:mm`, and `+hh` where minutes are optional.
    pub(super) fn numeric_zone(&mut self, minutes: Seconds) -> Option<i32> {
        let mut ahead = *self;
        let sign = if ahead.next()? == b'-' { -1 } else { 1 };
        let (hours, mins) = match ahead.run()? {
            (number, 4) => (number / 100, number % 100),
            (hours, 2) if ahead.peek() == Some(b':') => {
                ahead.at += 1;
                (hours, ahead.number(2, 2)?)
            }
            (hours, 2) if minutes == Seconds::Optional => (hours, 0),
            _ => return None,
        };
        let real = hours <= 14 && matches!(mins, 0 | 15 | 30 | 45) && ahead.at_boundary();
        *self = if real { ahead } else { return None };
        Some(sign * (hours * 3600 + mins * 60).cast_signed())
    }
}
