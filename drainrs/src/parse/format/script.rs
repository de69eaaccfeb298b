//! Python, PHP, Ruby, .NET and Windows.

use crate::parse::cursor::{Cursor, is_name};
use crate::parse::draft::Draft;
use crate::parse::level;

/// OpenStack: `[file ]time pid LEVEL logger [context] message`
pub(super) fn oslo<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    if let Some(stamp) = line.maybe(Cursor::stamp) {
        draft.stamp(stamp);
    } else {
        line.word()?;
        line.byte(b' ')?;
        draft.stamp(line.stamp()?);
    }
    line.byte(b' ')?;
    draft.record.process = Some(line.digits()?);
    line.byte(b' ')?;
    draft.level(line.level()?);
    line.byte(b' ')?;
    draft.record.logger = Some(line.name()?);
    line.byte(b' ')?;
    draft.record.thread = Some(line.bracketed()?).filter(|c| *c != b"-");
    draft.rest(line)
}

/// Lines whose time was cut off: `LEVEL logger [context] message`
pub(super) fn level_first<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.blanks();
    line.peek().filter(u8::is_ascii_uppercase)?;
    draft.level(line.level()?);
    line.gap()?;
    draft.record.logger = Some(line.name()?);
    line.gap()?;
    draft.record.thread = Some(line.bracketed()?).filter(|c| *c != b"-");
    draft.rest(line)
}

/// `time - name - LEVEL - message`, also `time - LEVEL - message`
pub(super) fn python<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.literal(b" - ")?;
    for _ in 0..3 {
        let field = line.run(120, |b| b != b' ' && b != b'\n')?;
        line.literal(b" - ")?;
        if let Some(level) = level::word(field).filter(|_| field.first().is_some_and(u8::is_ascii_uppercase)) {
            draft.level(level);
            return draft.rest(line);
        }
        let number = field.iter().all(u8::is_ascii_digit);
        *(if number { &mut draft.record.process } else { &mut draft.record.logger }) = Some(field);
    }
    None
}

/// Python's default: `LEVEL:name:message`
pub(super) fn python_basic<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.peek().filter(u8::is_ascii_uppercase)?;
    let word = line.run(8, |b| b.is_ascii_uppercase())?;
    draft.level(level::word(word)?);
    line.byte(b':')?;
    let logger = line.run(120, is_name)?;
    line.byte(b':')?;
    draft.record.logger = Some(logger);
    draft.rest(line)
}

/// Celery: `[time: LEVEL/Process] message`
pub(super) fn celery<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.byte(b'[')?;
    draft.stamp(line.stamp()?);
    line.literal(b": ")?;
    draft.level(line.level()?);
    line.byte(b'/')?;
    draft.record.thread = Some(line.until(b"]")?);
    draft.rest(line)
}

/// loguru, and other bars: `time | LEVEL    | module:function:line - message`
pub(super) fn piped<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.blanks();
    line.byte(b'|')?;
    line.blanks();
    draft.level(line.level()?);
    line.blanks();
    line.byte(b'|')?;
    line.blanks();
    line.maybe(|l| {
        let place = l.run(160, |b| is_name(b) || b == b':')?;
        l.gap()?;
        l.byte(b'-').or_else(|| l.byte(b'|'))?;
        l.gap()?;
        draft.record.source = Some(place);
        draft.record.logger = place.split(|b| *b == b':').next();
        Some(())
    });
    draft.rest(line)
}

/// Monolog and Laravel: `[time] channel.LEVEL: message`
pub(super) fn monolog<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.byte(b'[')?;
    draft.stamp(line.stamp()?);
    line.literal(b"] ")?;
    let channel = line.name()?;
    let dot = channel.iter().rposition(|b| *b == b'.')?;
    draft.level(level::word(&channel[dot + 1..])?);
    draft.record.logger = Some(&channel[..dot]);
    line.byte(b':')?;
    draft.rest(line)
}

/// Ruby's Logger: `L, [time #pid]  LEVEL -- program: message`
pub(super) fn ruby<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.letter()?;
    line.literal(b", [")?;
    draft.stamp(line.stamp()?);
    line.literal(b" #")?;
    draft.record.process = Some(line.digits()?);
    line.byte(b']')?;
    line.blanks();
    draft.level(line.run(8, |b| b.is_ascii_uppercase()).and_then(|w| match w {
        b"ANY" => Some(crate::flow::Level::Unknown),
        w => level::word(w),
    })?);
    line.literal(b" -- ")?;
    let program = line.until(b":")?;
    draft.record.service = Some(program).filter(|p| !p.is_empty());
    draft.rest(line)
}

/// .NET's console, on two lines: `level: Category[event]`, `      message`
pub(super) fn dotnet<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    let word = line.run(4, |b| b.is_ascii_lowercase())?;
    matches!(word, b"trce" | b"dbug" | b"info" | b"warn" | b"fail" | b"crit").then_some(())?;
    draft.level(if word == b"trce" { crate::flow::Level::Trace } else { level::word(word)? });
    line.literal(b": ")?;
    draft.record.logger = Some(line.name()?);
    line.byte(b'[')?;
    line.digits()?;
    line.byte(b']')?;
    line.maybe(|l| l.byte(b'\n'));
    draft.rest(line)
}

/// Windows servicing: `time, Level   Component   message`
pub(super) fn cbs<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.literal(b", ")?;
    draft.level(line.level()?);
    line.gap()?;
    draft.record.service = Some(line.run(24, |b| b.is_ascii_alphanumeric())?);
    line.gap()?;
    draft.rest(line)
}
