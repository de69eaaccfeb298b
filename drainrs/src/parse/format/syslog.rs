//! System logs: RFC 5424, the BSD form, the ISO form of journald and rsyslog, and two super computers' variants.

use crate::parse::cursor::Cursor;
use crate::parse::draft::Draft;
use crate::parse::level;

/// `<pri>1 time host app process msgid (- | [data]...) message`
pub(super) fn syslog5424<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    priority(line, draft)?;
    line.literal(b"1 ")?;
    if line.maybe(|l| l.literal(b"- ")).is_none() {
        draft.stamp(line.stamp()?);
        line.byte(b' ')?;
    }
    column(line, &mut draft.record.host)?;
    column(line, &mut draft.record.service)?;
    column(line, &mut draft.record.process)?;
    column(line, &mut None)?; // the message's id
    if line.byte(b'-').is_none() {
        while line.peek() == Some(b'[') {
            structured_data(line)?;
        }
    }
    line.maybe(|l| l.byte(b' '));
    line.maybe(|l| l.literal(b"\xEF\xBB\xBF")); // a byte order mark says that the message is UTF-8
    draft.rest(line)
}

/// A column of RFC 5424 and the space behind it; `-` is an absent value.
fn column<'a>(line: &mut Cursor<'a>, field: &mut Option<&'a [u8]>) -> Option<()> {
    let word = line.word()?;
    line.byte(b' ')?;
    *field = (word != b"-").then_some(word);
    Some(())
}

/// `[id name="value" ...]`, where a value may hold `\"`, `\\` and `\]`.
fn structured_data(line: &mut Cursor<'_>) -> Option<()> {
    line.byte(b'[')?;
    let mut quoted = false;
    loop {
        match line.peek()? {
            b'\\' => line.at += 1,
            b'"' => quoted = !quoted,
            b']' if !quoted => {
                line.at += 1;
                return Some(());
            }
            _ => {}
        }
        line.at += 1;
    }
}

fn priority(line: &mut Cursor<'_>, draft: &mut Draft<'_>) -> Option<()> {
    line.byte(b'<')?;
    let number = line.number().filter(|n| *n < 192)?;
    line.byte(b'>')?;
    draft.level(level::syslog(number));
    Some(())
}

/// `[<pri>][Day ]Mon d [yyyy] time host program[pid]: message`
pub(super) fn syslog3164<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.maybe(|l| priority(l, draft));
    line.peek().filter(u8::is_ascii_alphabetic)?;
    draft.stamp(line.stamp()?);
    line.gap()?;
    host_and_program(line, draft, Program::MayBeMissing)
}

/// `ISO-time host program[pid]: message`
pub(super) fn syslog_iso<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.maybe(|l| priority(l, draft));
    line.peek().filter(u8::is_ascii_digit)?;
    // With a space instead of the `T` it is a line of an application.
    line.text.get(line.at + 10).filter(|b| **b == b'T')?;
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    host_and_program(line, draft, Program::Needed)
}

/// Whether a line without `program:` is still believed.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Program {
    Needed,
    MayBeMissing,
}

fn host_and_program<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>, program: Program) -> Option<()> {
    let host =
        line.run(255, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'/' | b'@' | b'%'))?;
    (!host.ends_with(b":") && line.peek() == Some(b' ')).then_some(())?;
    // `2024-05-06T07:08:09Z INFO target: ...` is no host: the level is.
    (program == Program::MayBeMissing || level::word(host).is_none()).then_some(())?;
    draft.record.host = Some(host);
    line.blanks();
    if line.maybe(|l| program_and_pid(l, draft)).is_none() {
        (program == Program::MayBeMissing).then_some(())?;
    }
    draft.rest(line)
}

/// `program[pid]: `, `program: `, `program[pid] (address): `, and programs of up to four words.
fn program_and_pid<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    let start = line.at;
    let mut spaces = 0;
    let mut name = None;
    loop {
        line.run(128, |b| b > b' ' && !matches!(b, b'[' | b':' | b'"' | b'=' | b','));
        match line.peek()? {
            b' ' if spaces < 3 => {
                spaces += 1;
                line.at += 1;
            }
            b'[' if name.is_none() && line.at > start => {
                name = Some(&line.text[start..line.at]);
                let inside = line.bracketed()?;
                draft.record.process = inside.iter().all(u8::is_ascii_digit).then_some(inside);
                line.maybe(|l| {
                    l.byte(b' ')?;
                    l.between(b'(', b')')
                });
                (draft.record.process.is_some() || line.peek() == Some(b':')).then_some(())?;
            }
            b':' if matches!(line.peek_at(1), None | Some(b' ' | b'\n')) && line.at > start => {
                draft.record.service = Some(name.unwrap_or(&line.text[start..line.at]));
                line.at += 1;
                return Some(());
            }
            b':' => line.at += 1,
            _ => return None,
        }
    }
}

/// Blue Gene: `label epoch yyyy.mm.dd node time node type component LEVEL message`
pub(super) fn bgl_ras<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    label_epoch_date(line)?;
    draft.record.host = Some(line.word()?);
    line.byte(b' ')?;
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    line.word()?;
    line.byte(b' ')?;
    line.word()?;
    line.byte(b' ')?;
    draft.record.service = Some(line.word()?);
    line.byte(b' ')?;
    draft.level(line.level()?);
    draft.rest(line)
}

/// Clusters: `label epoch yyyy.mm.dd host Mon d time place program[pid]: message`
pub(super) fn hpc_syslog<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    label_epoch_date(line)?;
    draft.record.host = Some(line.word()?);
    line.byte(b' ')?;
    let stamp = line.stamp().filter(|s| !s.has_year)?;
    draft.stamp(stamp);
    line.byte(b' ')?;
    line.word()?;
    line.gap()?;
    line.maybe(|l| program_and_pid(l, draft));
    draft.rest(line)
}

fn label_epoch_date(line: &mut Cursor<'_>) -> Option<()> {
    line.word()?;
    line.byte(b' ')?;
    line.digits().filter(|d| d.len() == 10)?;
    line.byte(b' ')?;
    let date = line.run(10, |b| b.is_ascii_digit() || b == b'.')?;
    (date.len() == 10 && date[4] == b'.' && date[7] == b'.').then_some(())?;
    line.byte(b' ')
}

/// CUPS: `L [dd/Mon/yyyy:time zone] message`
pub(super) fn cups<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.level(line.letter()?);
    line.literal(b" [")?;
    draft.stamp(line.stamp()?);
    line.byte(b']')?;
    draft.rest(line)
}
