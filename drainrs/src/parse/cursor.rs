//! A place in a line, and the small scanners that formats are composed of.
//!
//! Every scanner either consumes what it names and returns it, or returns `None`; after a `None` the format has failed, so
//! the place is not restored. Where a part is optional, [`Cursor::maybe`] restores it.

use super::level;
use crate::flow::Level;
use crate::text::scan::time::{self, Stamp, StampKind};

/// A place in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    /// What has not been consumed.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline]
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    #[inline]
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Runs a part that may be missing: what it consumed is given back when it fails.
    #[inline]
    pub(super) fn maybe<T>(&mut self, part: impl FnOnce(&mut Cursor<'a>) -> Option<T>) -> Option<T> {
        let before = self.at;
        let found = part(self);
        if found.is_none() {
            self.at = before;
        }
        found
    }

    /// The byte, exactly.
    #[inline]
    pub(super) fn byte(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// The bytes, exactly.
    #[inline]
    pub(super) fn literal(&mut self, bytes: &[u8]) -> Option<()> {
        self.rest().starts_with(bytes).then(|| self.at += bytes.len())
    }

    /// Spaces and tabs, none being fine.
    #[inline]
    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// One space or tab, and any more.
    #[inline]
    pub(super) fn gap(&mut self) -> Option<()> {
        matches!(self.peek(), Some(b' ' | b'\t')).then(|| self.blanks())
    }

    /// One or more bytes that fit, at most `max`.
    #[inline]
    pub(super) fn run(&mut self, max: usize, fits: impl Fn(u8) -> bool) -> Option<&'a [u8]> {
        let rest = self.rest();
        let rest = rest.get(..max).unwrap_or(rest);
        let len = rest.iter().position(|b| !fits(*b)).unwrap_or(rest.len());
        self.at += len;
        (len > 0).then(|| &rest[..len])
    }

    /// A run of digits, at most twenty.
    #[inline]
    pub(super) fn digits(&mut self) -> Option<&'a [u8]> {
        self.run(20, |b| b.is_ascii_digit())
    }

    /// A small number.
    pub(super) fn number(&mut self) -> Option<u32> {
        let digits = self.digits().filter(|d| d.len() <= 9)?;
        Some(digits.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    }

    /// A run of anything but blanks and line ends.
    #[inline]
    pub(super) fn word(&mut self) -> Option<&'a [u8]> {
        self.run(MAX_FIELD, |b| b > b' ')
    }

    /// A name of a program, class or module: letters, digits and `_ . - $ / # @ ~ < > *`, and `::`.
    #[inline]
    pub(super) fn name(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        loop {
            self.run(MAX_FIELD, is_name);
            if self.peek() == Some(b':')
                && self.peek_at(1) == Some(b':')
                && self.peek_at(2).is_some_and(is_name)
                && self.at > start
            {
                self.at += 2;
            } else {
                break;
            }
        }
        (self.at > start).then(|| &self.text[start..self.at])
    }

    /// What stands before `end`, which is consumed; on the same line and at most [`MAX_FIELD`] bytes away.
    #[inline]
    pub(super) fn until(&mut self, end: &[u8]) -> Option<&'a [u8]> {
        let rest = self.rest();
        let head = rest.get(..MAX_FIELD).unwrap_or(rest);
        let (&first, tail) = end.split_first()?;
        let mut from = 0;
        loop {
            let at = from + memchr::memchr2(first, b'\n', head.get(from..)?)?;
            if head[at] == first && head[at + 1..].starts_with(tail) {
                self.at += at + end.len();
                return Some(&head[..at]);
            }
            (head[at] != b'\n').then_some(())?;
            from = at + 1;
        }
    }

    /// What stands between `open` and the matching `close`, both consumed. Brackets may nest.
    #[inline]
    pub(super) fn between(&mut self, open: u8, close: u8) -> Option<&'a [u8]> {
        self.byte(open)?;
        let rest = self.rest();
        let head = rest.get(..MAX_FIELD).unwrap_or(rest);
        let mut depth = 0_usize;
        for at in memchr::memchr3_iter(open, close, b'\n', head) {
            match head[at] {
                b'\n' => return None,
                b if b == close && depth == 0 => {
                    self.at += at + 1;
                    return Some(&head[..at]);
                }
                b if b == close => depth -= 1,
                _ => depth += 1,
            }
        }
        None
    }

    /// `[...]`.
    #[inline]
    pub(super) fn bracketed(&mut self) -> Option<&'a [u8]> {
        self.between(b'[', b']')
    }

    /// A date with a time of day.
    #[inline]
    pub(super) fn stamp(&mut self) -> Option<Stamp> {
        self.take(time::stamp(self.text, self.at).filter(|s| s.kind == StampKind::Timestamp))
    }

    /// A date with a time of day, or a time of day alone.
    pub(super) fn clock(&mut self) -> Option<Stamp> {
        self.take(time::stamp(self.text, self.at).filter(|s| s.kind != StampKind::Date))
    }

    /// Moves behind a stamp that was recognised here.
    #[inline]
    pub(super) fn take(&mut self, stamp: Option<Stamp>) -> Option<Stamp> {
        let stamp = stamp?;
        self.at = stamp.end;
        Some(stamp)
    }

    /// A level word; no letter or digit may follow.
    #[inline]
    pub(super) fn level(&mut self) -> Option<Level> {
        let word = self.run(16, |b| b.is_ascii_alphanumeric())?;
        level::word(word)
    }

    /// `[LEVEL]`, with blanks inside.
    pub(super) fn level_in_brackets(&mut self) -> Option<Level> {
        self.byte(b'[')?;
        self.blanks();
        let level = self.level()?;
        self.blanks();
        self.byte(b']')?;
        Some(level)
    }

    /// A single letter that stands for a level, a blank behind it.
    pub(super) fn letter(&mut self) -> Option<Level> {
        let level = level::letter(self.peek()?)?;
        self.at += 1;
        Some(level)
    }
}

/// How long a field of a header may be.
pub(super) const MAX_FIELD: usize = 512;

/// The bytes of names, as a table: this is asked for most bytes of most headers.
const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        table[byte] = matches!(
            byte as u8,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'.' | b'-' | b'$' | b'/' | b'#' | b'@' | b'~' | b'<' | b'>' | b'*'
        );
        byte += 1;
    }
    table
};

#[inline]
pub(super) fn is_name(byte: u8) -> bool {
    NAME[usize::from(byte)]
}
