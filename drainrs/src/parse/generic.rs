//! The parser of last resort: looks for a time or a level near the beginning of a line, takes the short fields around it for
//! a header, and calls the rest the message.
//!
//! It would rather leave a word of the header in the message than take a word of the message away.

use super::cursor::{Cursor, is_name};
use super::draft::{Draft, When};
use super::level;
use crate::flow::Level;
use crate::text::scan::time::{self, Stamp, StampKind};

/// How far into the line a time is looked for.
const MAX_AHEAD: usize = 110;
/// How many fields may follow the time.
const MAX_FIELDS: usize = 8;
/// How long a group in brackets may be.
const MAX_GROUP: usize = 140;

/// `Some` when a time or a level was found.
pub(super) fn read<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    if let Some((start, end, when)) = find_time(line.text) {
        before_the_time(&line.text[..start], draft)?;
        draft.when = when;
        line.at = end;
        line.maybe(|l| l.byte(b']').or_else(|| l.byte(b')')));
    } else {
        line.blanks();
        draft.level(level_field(line, Place::FirstOfLine)?);
    }
    fields(line, draft);
    draft.rest(line)
}

/// The first time in the head of the line: where it begins and ends.
fn find_time(text: &[u8]) -> Option<(usize, usize, When)> {
    let mut at = 0;
    let mut bounded = true;
    while let Some(&byte) = text.get(at).filter(|_| at < MAX_AHEAD) {
        if bounded && (byte.is_ascii_digit() || byte.is_ascii_alphabetic()) {
            if let Some(stamp) = time::stamp(text, at).filter(|s| s.kind != StampKind::Date) {
                return Some(second_time(text, at, stamp));
            }
            if byte.is_ascii_digit()
                && let Some((found, end)) = time::epoch(text, at).filter(|(t, _)| is_recent(*t))
            {
                // A bare number is a time only as a column of its own.
                let column = |b: Option<&u8>| b.is_none_or(|b| b" \t[](),|".contains(b));
                if column(text.get(end)) && column(at.checked_sub(1).and_then(|i| text.get(i))) {
                    return Some((at, end, When::At(found)));
                }
            }
        }
        bounded = !byte.is_ascii_alphanumeric();
        at += 1;
    }
    None
}

/// After the millennium and before 2100: other numbers of that size are counters.
fn is_recent(at: crate::time::Timestamp) -> bool {
    (978_307_200..4_102_444_800).contains(&(at.as_nanos() / crate::time::NANOS_PER_SECOND))
}

/// A second time one word further wins: the first was part of a file's name (`app.log.2033-05-06 2033-05-06 07:08:09`).
fn second_time(text: &[u8], start: usize, stamp: Stamp) -> (usize, usize, When) {
    let next = stamp.end + usize::from(text.get(stamp.end) == Some(&b' '));
    match time::stamp(text, next).filter(|s| start > 0 && s.kind == StampKind::Timestamp) {
        Some(second) => (next, second.end, When::Stamp(second)),
        None => (start, stamp.end, When::Stamp(stamp)),
    }
}

/// Reads what stands before the time: a level, a group, a number, a name. `None` when it reads like prose.
fn before_the_time<'a>(prefix: &'a [u8], draft: &mut Draft<'a>) -> Option<()> {
    let mut line = Cursor::new(prefix);
    let mut names = 0;
    loop {
        line.run(MAX_GROUP, |b| {
            matches!(b, b' ' | b'\t' | b'[' | b'(' | b'<' | b'|' | b',' | b'-' | b':' | b'"' | b']')
        });
        if line.is_done() {
            return Some(());
        }
        let word = line.run(MAX_GROUP, |b| b > b' ' && !matches!(b, b'|' | b']' | b'[' | b','))?;
        let bare = word.strip_suffix(b":").unwrap_or(word);
        match level::word(bare).filter(|_| draft.record.level == Level::Unknown) {
            Some(level) => draft.level(level),
            None if bare.len() == 1 && names == 0 && level::letter(bare[0]).is_some() => {
                draft.level(level::letter(bare[0]).unwrap_or_default());
            }
            None if bare.iter().all(|b| b.is_ascii_digit() || b.is_ascii_punctuation()) => {}
            None => {
                names += 1;
                (names <= 2 && bare.iter().all(|b| is_name(*b) || *b == b':')).then_some(())?;
                // Two plain words in a row are prose: `finished at 2033-...`.
                (names == 1 || !bare.iter().all(u8::is_ascii_alphabetic)).then_some(())?;
            }
        }
    }
}

/// Consumes the short fields behind the time.
fn fields<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) {
    for _ in 0..MAX_FIELDS {
        let before = line.at;
        line.run(16, |b| matches!(b, b' ' | b'\t' | b'|' | b',' | b'-' | b':'));
        let known = draft.record.level != Level::Unknown;
        if !known && let Some(level) = line.maybe(|l| level_field(l, Place::BehindTime)) {
            draft.level(level);
        } else if draft.record.thread.is_none()
            && let Some(group) = line.maybe(|l| l.bracketed().filter(|g| g.len() <= MAX_GROUP))
        {
            draft.record.thread = Some(group);
        } else if !known && let Some(number) = line.maybe(process) {
            draft.record.process = Some(number);
        } else if let Some(done) = line.maybe(|l| service(l, draft)) {
            if done == Last::Yes {
                return;
            }
        } else {
            // What separates the header from the message is not part of it, save a sign before a number.
            let sign = line.peek().is_some_and(|b| b.is_ascii_digit())
                && line.at.checked_sub(1).and_then(|i| line.text.get(i)) == Some(&b'-');
            if line.at > before && sign {
                line.at -= 1;
            }
            return;
        }
    }
}

/// A bare number, if a level or group follows.
fn process<'a>(line: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let number = line.digits()?;
    line.gap()?;
    let mut ahead = *line;
    let more = ahead.maybe(|l| level_field(l, Place::BehindTime)).is_some()
        || ahead.peek() == Some(b'[')
        || ahead.maybe(process).is_some();
    more.then_some(number)
}

/// Where a level is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// No time says that this is a header: the level must be loud.
    FirstOfLine,
    BehindTime,
}

/// `LEVEL`, `[LEVEL]`, `<LEVEL>`, `(LEVEL)`, `[module:LEVEL]`, `level:`; a lone letter behind a time.
fn level_field(line: &mut Cursor<'_>, place: Place) -> Option<Level> {
    let close = match line.peek()? {
        b'[' => Some(b']'),
        b'<' => Some(b'>'),
        b'(' => Some(b')'),
        _ => None,
    };
    if let Some(close) = close {
        line.at += 1;
        line.blanks();
        line.maybe(|l| {
            l.name()?;
            l.byte(b':')
        });
        let word = line.run(16, |b| b.is_ascii_alphanumeric())?;
        line.blanks();
        line.byte(close)?;
        return level::word(word).or_else(|| (word.len() == 1).then(|| level::letter(word[0])).flatten());
    }
    let word = line.run(16, |b| b.is_ascii_alphanumeric())?;
    let next = line.peek();
    if let [letter] = word {
        // `I` may be the writer's: a header puts a name or a group behind it.
        let header =
            next == Some(b' ') && line.peek_at(1).is_some_and(|b| b.is_ascii_uppercase() || b == b'[' || b == b' ');
        return (place == Place::BehindTime && header).then(|| level::letter(*letter)).flatten();
    }
    let level = level::word(word)?;
    let loud = word.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let fits = match next {
        Some(b':' | b'|') => loud || place == Place::BehindTime,
        // An error in lower case is the beginning of a sentence; `info` is not.
        None | Some(b' ' | b'\t') => {
            loud || (place == Place::BehindTime
                && matches!(level, Level::Trace | Level::Debug | Level::Info | Level::Notice))
        }
        Some(b',' | b']' | b'-' | b'.') => loud && place == Place::BehindTime,
        _ => false,
    };
    fits.then_some(level)
}

/// Whether a field ends the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Yes,
    No,
}

/// `name[pid]: ` and `name: `, `name - `, `name | `; behind a level also a name with a dot.
fn service<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<Last> {
    let name = line.name()?;
    (!name[0].is_ascii_digit()).then_some(())?;
    let process = line.maybe(|l| l.bracketed().filter(|p| p.len() <= 20));
    let colon = line.maybe(|l| {
        l.byte(b':')?;
        (l.is_done() || l.gap().is_some()).then_some(())
    });
    if colon.is_some() {
        let dotted = name.contains(&b'.') || name.contains(&b':');
        *(if dotted { &mut draft.record.logger } else { &mut draft.record.service }) = Some(name);
        draft.record.process = process.or(draft.record.process);
        return Some(Last::Yes);
    }
    process.is_none().then_some(())?;
    if line.maybe(|l| l.literal(b" - ").or_else(|| l.literal(b" | "))).is_some() {
        draft.record.service = Some(name);
        return Some(Last::No);
    }
    let module = draft.record.level != Level::Unknown
        && draft.record.logger.is_none()
        && name.contains(&b'.')
        && !name.ends_with(b".")
        && name[0].is_ascii_alphabetic()
        && !name.contains(&b'/')
        && line.peek() == Some(b' ');
    module.then(|| {
        draft.record.logger = Some(name);
        Last::No
    })
}
