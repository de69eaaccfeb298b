//! Databases and their poolers.

use crate::flow::Level;
use crate::parse::cursor::Cursor;
use crate::parse::draft::Draft;

/// `time zone [pid(-n)] [user@db | key=value,...] LEVEL:  message`
pub(super) fn postgres<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.gap()?;
    let process = line.bracketed()?;
    draft.record.process = process.split(|b| *b == b'-').next().filter(|p| p.iter().all(u8::is_ascii_digit));
    draft.record.process?;
    line.maybe(|l| l.byte(b':'));
    line.gap()?;
    // The prefix is free text of a few words; the level is the first that ends in `:`, in capitals.
    for _ in 0..6 {
        if let Some(level) = line.maybe(severity) {
            draft.level(level);
            return draft.rest(line);
        }
        let word = line.word()?;
        if let Some(at) = memchr::memchr(b'@', word) {
            draft.record.service = Some(word[at + 1..].strip_suffix(b":").unwrap_or(&word[at + 1..]));
        }
        line.gap()?;
    }
    None
}

/// `LOG:`, `ERROR:`
fn severity(line: &mut Cursor<'_>) -> Option<Level> {
    line.peek().filter(u8::is_ascii_uppercase)?;
    let level = line.level()?;
    line.byte(b':')?;
    Some(level)
}

/// PgBouncer: `time [zone ][pid] LEVEL message`, the process id with or without brackets
pub(super) fn pgbouncer<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    let process = if line.peek() == Some(b'[') { line.bracketed()? } else { line.digits()? };
    process.iter().all(u8::is_ascii_digit).then_some(())?;
    draft.record.process = Some(process);
    line.byte(b' ')?;
    line.peek().filter(u8::is_ascii_uppercase)?;
    draft.level(line.level()?);
    line.byte(b' ')?;
    // Levels of Python's oslo stand in the same place, with a dotted logger behind.
    draft.rest(line)
}

/// `time thread [Level] [MY-code] [Subsystem] message`
pub(super) fn mysql8<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    draft.record.thread = Some(line.digits()?);
    line.byte(b' ')?;
    draft.level(line.level_in_brackets()?);
    line.gap()?;
    line.maybe(|l| {
        l.literal(b"[MY-")?;
        l.until(b"] ")
    });
    line.maybe(|l| {
        let subsystem = l.bracketed()?;
        l.gap()?;
        draft.record.service = Some(subsystem);
        Some(())
    });
    draft.rest(line)
}

/// MySQL's slow log, a group of lines: `# Time: ...`, `# User@Host: ...`, `# Query_time: ...`, the statement
pub(super) fn mysql_slow<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.literal(b"# Time: ")?;
    draft.stamp(line.stamp()?);
    draft.level(Level::Warn);
    let start = line.at;
    line.maybe(|l| l.byte(b'\n'));
    let start = start.max(line.at);
    draft.from(start, line)
}

/// `pid:role dd Mon yyyy time MARK message`
pub(super) fn redis<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    if line.maybe(|l| l.byte(b'[')).is_some() {
        draft.record.process = Some(line.digits()?);
        line.byte(b']')?;
    } else {
        draft.record.process = Some(line.digits()?);
        line.byte(b':')?;
        draft.record.thread = Some(line.run(1, |b| b.is_ascii_uppercase())?);
    }
    line.byte(b' ')?;
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    draft.level(match line.peek()? {
        b'.' => Level::Debug,
        b'-' => Level::Info,
        b'*' => Level::Notice,
        b'#' => Level::Warn,
        _ => return None,
    });
    line.at += 1;
    line.byte(b' ')?;
    draft.rest(line)
}
