//! A record in the making: what a format writes while it reads a line.

use super::cursor::Cursor;
use super::level;
use crate::flow::{Level, Record};
use crate::text::scan::time::Stamp;
use crate::time::{Civil, NANOS_PER_SECOND, Timestamp};

/// When a line says it was written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum When {
    #[default]
    Unsaid,
    /// As calendar fields, some of which may be missing.
    Stamp(Stamp),
    /// As a number since 1970.
    At(Timestamp),
}

/// A record in the making. Formats write its fields; [`Times`] and the parser finish it.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft<'a> {
    pub(super) record: Record<'a>,
    pub(super) when: When,
    /// The message as offsets in the text that the format was given.
    pub(super) message: (usize, usize),
    /// Whether the message is the inside of a quoted string that holds escapes.
    pub(super) escaped: bool,
}

impl<'a> Draft<'a> {
    #[inline]
    pub(super) fn stamp(&mut self, stamp: Stamp) {
        self.when = When::Stamp(stamp);
    }

    #[inline]
    pub(super) fn level(&mut self, level: Level) {
        self.record.level = level;
    }

    /// The rest of the line is the message. Always `Some`: a format ends with it.
    #[inline]
    #[allow(clippy::unnecessary_wraps, reason = "it is the last expression of formats, which return options")]
    pub(super) fn rest(&mut self, line: &mut Cursor<'a>) -> Option<()> {
        line.blanks();
        self.message = (line.at, line.text.len());
        line.at = line.text.len();
        Some(())
    }

    /// The message begins here and goes to the end of the line, blanks included.
    #[allow(clippy::unnecessary_wraps, reason = "as above")]
    pub(super) fn from(&mut self, start: usize, line: &mut Cursor<'a>) -> Option<()> {
        self.message = (start, line.text.len());
        line.at = line.text.len();
        Some(())
    }
}

/// How calendar fields become points in time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    default_offset: i32,
    reference: Option<(Timestamp, Civil)>,
    /// The date that was converted last, and its midnight: nearly all lines of a stream are of one day.
    day: (i32, u32, u32),
    midnight: Option<Timestamp>,
}

const DAY: i64 = 86_400 * NANOS_PER_SECOND;

impl Times {
    pub(super) fn new(default_offset: i32, reference: Option<Timestamp>) -> Times {
        let mut times = Times { default_offset, reference: None, day: (0, 0, 0), midnight: None };
        if let Some(at) = reference {
            times.set_reference(at);
        }
        times
    }

    pub(super) fn set_reference(&mut self, at: Timestamp) {
        self.reference = Some((at, at.plus_nanos(i64::from(self.default_offset) * NANOS_PER_SECOND).to_civil()));
    }

    /// Writes the time of a draft into its record.
    #[inline]
    pub(super) fn finish(&mut self, draft: &mut Draft<'_>) {
        match draft.when {
            When::Unsaid => {}
            When::At(at) => draft.record.at = Some(at),
            When::Stamp(stamp) => {
                let offset = stamp.offset.unwrap_or(self.default_offset);
                draft.record.at = if stamp.has_year {
                    self.at(&stamp.civil, offset)
                } else {
                    draft.record.date_assumed = true;
                    self.nearest_past(stamp, offset)
                };
                draft.record.zone_assumed = stamp.offset.is_none();
            }
        }
    }

    /// [`Timestamp::from_civil`], with a memory of one day.
    #[inline]
    fn at(&mut self, civil: &Civil, offset: i32) -> Option<Timestamp> {
        let day = (civil.year, civil.month, civil.day);
        if day != self.day {
            self.day = day;
            self.midnight = Timestamp::from_civil(&Civil { hour: 0, minute: 0, second: 0, nanos: 0, ..*civil }, 0);
        }
        // The scanners have checked the time of day.
        let seconds = i64::from(civil.hour * 3600 + civil.minute * 60 + civil.second) - i64::from(offset);
        Some(self.midnight?.plus_nanos(seconds * NANOS_PER_SECOND + i64::from(civil.nanos)))
    }

    /// The last point before the reference (a day of slack for wrong clocks and zones) that shows the stamp's fields. `None`
    /// without a reference: a year is not invented.
    fn nearest_past(&mut self, stamp: Stamp, offset: i32) -> Option<Timestamp> {
        let (reference, today) = self.reference?;
        let has_date = stamp.civil.month != 0;
        let slack = reference.plus_nanos(if has_date { DAY } else { DAY / 24 });
        if !has_date {
            let dated = Civil { year: today.year, month: today.month, day: today.day, ..stamp.civil };
            let at = self.at(&dated, offset)?;
            return Some(if at > slack { at.plus_nanos(-DAY) } else { at });
        }
        // Only around the turn of a year can the next one be meant.
        let first_year = today.year + i32::from(today.month == 12);
        // Eight years back there is a 29 February, save around the year 2100.
        (0..=8)
            .filter_map(|back| self.at(&Civil { year: first_year - back, ..stamp.civil }, offset))
            .find(|at| *at <= slack)
    }
}

/// Fills in what a matched format left open: the level that the words of the message suggest.
#[inline]
pub(super) fn infer_level(record: &mut Record<'_>) {
    if record.level == Level::Unknown
        && let Some(level) = level::level_in_text(record.message)
    {
        record.level = level;
        record.level_inferred = true;
    }
}
