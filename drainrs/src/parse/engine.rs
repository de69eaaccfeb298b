//! All formats of a parser in one table, and the choice among them for one line.

use super::cursor::Cursor;
use super::custom::Compiled;
use super::detect::{Detector, Phase};
use super::draft::Draft;
use super::format::{How, Lead};
use super::generic;
use super::keys::Keys;
use super::structured::{self, W3c};
use crate::flow::Parsed;

/// A format in the table.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) lead: Lead,
    pub(super) how: How,
}

/// The formats with what they need to run.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) custom: Vec<Compiled>,
    pub(super) json: Keys,
    pub(super) logfmt: Keys,
    pub(super) w3c: W3c,
}

impl Table {
    /// Reads a line by one format.
    #[inline]
    fn read<'a>(&mut self, row: usize, text: &'a [u8], draft: &mut Draft<'a>) -> Option<()> {
        let mut line = Cursor::new(text);
        match self.rows.get(row)?.how {
            How::Rule(rule) => rule(&mut line, draft),
            How::Json => structured::json(&mut line, draft, &self.json),
            How::Logfmt => structured::logfmt(&mut line, draft, &self.logfmt),
            How::W3c => self.w3c.read(&mut line, draft),
            How::Custom(at) => self.custom.get_mut(at)?.read(text, draft),
        }
    }

    /// The rows that could fit a line, by its first byte.
    #[inline]
    fn could_fit(&self, row: usize, lead: Lead) -> bool {
        self.rows.get(row).is_some_and(|r| r.lead.meets(lead))
    }
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) parsed: Parsed,
    /// The row, when the line was parsed exactly.
    pub(super) row: usize,
}

/// The table and the state of detection.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    pub(super) table: Table,
    pub(super) detector: Detector,
    /// Whether the generic parser may be asked.
    pub(super) generic: bool,
}

impl Engine {
    /// Reads a line, writes what it says into the draft, and learns from it.
    #[inline]
    pub(super) fn read<'a>(&mut self, text: &'a [u8], wrapped: bool, draft: &mut Draft<'a>) -> Outcome {
        let lead = Lead::of(text);
        if text.first() == Some(&b'#') {
            self.table.w3c.learn(text);
        }
        let row = match self.detector.phase() {
            Phase::Settled => self.among_detected(text, lead, draft),
            Phase::Sampling => self.among_all(text, lead, wrapped, draft),
        };
        if let Some(row) = row {
            return Outcome { parsed: Parsed::Exact, row };
        }
        *draft = Draft::default();
        if self.generic && generic::read(&mut Cursor::new(text), draft).is_some() {
            self.detector.guessed();
            return Outcome { parsed: Parsed::Generic, row: 0 };
        }
        *draft = Draft { message: (0, text.len()), ..Draft::default() };
        Outcome { parsed: Parsed::Raw, row: 0 }
    }

    #[inline]
    fn among_detected<'a>(&mut self, text: &'a [u8], lead: Lead, draft: &mut Draft<'a>) -> Option<usize> {
        let mut dirty = false;
        for at in 0..self.detector.active().len() {
            let row = usize::from(self.detector.active()[at]);
            if !self.table.could_fit(row, lead) {
                continue;
            }
            if dirty {
                *draft = Draft::default();
            }
            if self.table.read(row, text, draft).is_some() {
                self.detector.watched(true);
                return Some(row);
            }
            dirty = true;
        }
        // What looks like the inside of a stack trace says nothing about formats.
        if is_continuation(text) {
            return None;
        }
        let mut rare = None;
        if self.detector.may_try_all() {
            rare = self.first_of_all(text, lead, draft).1;
            self.detector.tried_all(rare.is_some());
        }
        self.detector.watched(false);
        rare
    }

    /// Tries every format that the first byte allows; the first that fits reads the line, all of them are noted.
    fn among_all<'a>(&mut self, text: &'a [u8], lead: Lead, wrapped: bool, draft: &mut Draft<'a>) -> Option<usize> {
        let (fits, first) = self.first_of_all(text, lead, draft);
        if !is_continuation(text) {
            self.detector.sampled(fits, wrapped);
        }
        first
    }

    /// The set of all formats that fit a line, and the first of them, which wrote the draft.
    #[cold]
    fn first_of_all<'a>(&mut self, text: &'a [u8], lead: Lead, draft: &mut Draft<'a>) -> (u64, Option<usize>) {
        let mut fits = 0_u64;
        let mut first = None;
        for row in 0..self.table.rows.len() {
            if !self.table.could_fit(row, lead) {
                continue;
            }
            let mut attempt = Draft::default();
            if self.table.read(row, text, &mut attempt).is_some() {
                fits |= 1 << row;
                if first.is_none() {
                    first = Some(row);
                    *draft = attempt;
                }
            }
        }
        (fits, first)
    }
}

/// Whether a line reads like part of the event before it.
fn is_continuation(text: &[u8]) -> bool {
    matches!(text.first(), None | Some(b'\t' | b'}' | b')'))
        || (text.first() == Some(&b' ') && !text.trim_ascii_start().first().is_some_and(u8::is_ascii_uppercase))
        || text.starts_with(b"Caused by: ")
        || text.starts_with(b"Traceback (")
}
