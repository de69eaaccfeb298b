//! Go, Rust and C++ programs: klog and glog, zap, hclog, `env_logger`, tracing, and levels in brackets.

use crate::parse::cursor::{Cursor, is_name};
use crate::parse::draft::Draft;
use crate::parse::level;
use crate::text::scan::time;

/// `Lmmdd time thread file:line] message`, with or without the year
pub(super) fn klog<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    let letter = line.peek().filter(|b| matches!(b, b'I' | b'W' | b'E' | b'F' | b'D' | b'C'))?;
    line.at += 1;
    let stamp = time::klog(line.text, line.at);
    draft.stamp(line.take(stamp)?);
    draft.level(level::letter(letter)?);
    line.gap()?;
    draft.record.thread = Some(line.digits()?);
    line.byte(b' ')?;
    draft.record.source = Some(line.until(b"]")?);
    draft.rest(line)
}

/// zap's console: `time<TAB>LEVEL<TAB>[logger<TAB>][file:line<TAB>]message`
pub(super) fn zap<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.byte(b'\t')?;
    draft.level(line.level()?);
    line.byte(b'\t')?;
    for _ in 0..2 {
        let column = line.maybe(|l| {
            let column = l.run(160, |b| is_name(b) || b == b':')?;
            l.byte(b'\t')?;
            Some(column)
        });
        match column {
            Some(place) if place.contains(&b':') => draft.record.source = Some(place),
            Some(name) => draft.record.logger = Some(name),
            None => break,
        }
    }
    draft.rest(line)
}

/// hclog, and much else: `time [LEVEL][[pid]] name: message`, `... file line: message`, `... message`
pub(super) fn level_in_brackets<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.clock()?);
    line.gap()?;
    draft.level(line.level_in_brackets()?);
    line.maybe(|l| {
        l.byte(b'[')?;
        let process = l.digits()?;
        l.byte(b']')?;
        draft.record.process = Some(process);
        Some(())
    });
    line.gap()?;
    let start = line.at;
    line.maybe(|l| {
        let name = l.name()?;
        if l.peek() == Some(b' ') && name.contains(&b'.') {
            l.byte(b' ')?;
            l.digits()?;
            draft.record.source = l.text.get(start..l.at);
            return l.literal(b": ");
        }
        l.literal(b": ")?;
        draft.record.logger = Some(name);
        Some(())
    });
    draft.rest(line)
}

/// `env_logger`: `[time LEVEL module] message`
pub(super) fn env_logger<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.byte(b'[')?;
    draft.stamp(line.stamp()?);
    line.gap()?;
    draft.level(line.level()?);
    line.gap()?;
    draft.record.logger = Some(line.name()?);
    line.byte(b']')?;
    draft.rest(line)
}

/// tracing: `time LEVEL span{fields}:span: target: message`
pub(super) fn tracing<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.gap()?;
    draft.level(line.level()?);
    line.gap()?;
    // Spans first: `request{id=7}:query{n=1}: `.
    while let Some(span) = line.maybe(|l| {
        let name = l.name()?;
        l.between(b'{', b'}')?;
        l.byte(b':')?;
        l.blanks();
        Some(name)
    }) {
        draft.record.thread = Some(span);
    }
    let target = line.name()?;
    line.byte(b':')?;
    // One word alone may be any writer's; with `::` or spans before it, it is tracing's.
    let sure = draft.record.thread.is_some() || target.windows(2).any(|w| w == b"::");
    (sure && line.peek() == Some(b' ')).then_some(())?;
    draft.record.logger = Some(target);
    draft.rest(line)
}

/// MongoDB before 4.4: `time L COMPONENT  [context] message`
pub(super) fn mongod<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    draft.level(line.letter()?);
    line.run(1, |b| b.is_ascii_digit()); // D1 to D5
    line.gap()?;
    draft.record.logger = Some(line.run(20, |b| b.is_ascii_uppercase() || b == b'-' || b == b'_')?);
    line.gap()?;
    draft.record.thread = Some(line.bracketed()?);
    draft.rest(line)
}
