//! The JVM: log4j and logback in their many layouts, Spring Boot, Hadoop, Spark, Kafka, java.util.logging, Android.

use crate::parse::cursor::{Cursor, is_name};
use crate::parse::draft::Draft;

/// `time LEVEL pid --- [app] [thread] logger : message`
pub(super) fn spring_boot<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.gap()?;
    draft.level(line.level()?);
    line.gap()?;
    line.maybe(|l| sleuth(l, draft));
    draft.record.process = Some(line.digits()?);
    line.literal(b" --- ")?;
    while line.peek() == Some(b'[') {
        // With an application name there are two groups, and the last one is the thread.
        if let Some(application) = draft.record.thread.take() {
            draft.record.service = Some(application);
        }
        draft.record.thread = Some(line.bracketed()?.trim_ascii());
        line.blanks();
    }
    draft.record.logger = Some(line.name()?);
    line.gap()?;
    line.byte(b':')?;
    draft.rest(line)
}

/// `[app,trace,span,exported] ` of Spring Cloud Sleuth.
fn sleuth<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    let inside = line.bracketed()?;
    line.gap()?;
    let mut parts = inside.split(|b| *b == b',').map(<[u8]>::trim_ascii);
    draft.record.service = parts.next().filter(|p| !p.is_empty());
    draft.record.trace = parts.next().filter(|p| !p.is_empty());
    draft.record.span = parts.next().filter(|p| !p.is_empty());
    Some(())
}

/// `ZooKeeper`: `time [myid:N] - LEVEL  [thread:Class@line] - message`
pub(super) fn log4j_zk<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.gap()?;
    line.maybe(|l| {
        l.bracketed()?;
        l.gap()
    });
    line.literal(b"- ")?;
    line.blanks();
    draft.level(line.level()?);
    line.gap()?;
    // The thread may hold brackets of its own: `[myid:1] - INFO [RecvWorker[1]:Class@7] - `.
    let context = line.bracketed().or_else(|| line.until(b"] - "))?;
    thread_class_line(context, draft);
    line.maybe(|l| l.literal(b" - "));
    line.maybe(|l| l.literal(b"- "));
    draft.rest(line)
}

/// `thread:Class@line`
fn thread_class_line<'a>(context: &'a [u8], draft: &mut Draft<'a>) {
    match context.iter().rposition(|b| *b == b':') {
        Some(colon) => {
            draft.record.thread = Some(&context[..colon]);
            draft.record.source = Some(&context[colon + 1..]);
            draft.record.logger = context[colon + 1..].split(|b| *b == b'@').next();
        }
        None => draft.record.thread = Some(context),
    }
}

/// `time LEVEL [thread] logger: message`, `... logger - message`, `... logger message`, `time LEVEL [thread] (logger) message`
pub(super) fn log4j_thread<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.gap()?;
    draft.level(line.level()?);
    line.gap()?;
    draft.record.thread = Some(line.bracketed()?);
    line.gap()?;
    logger_and_mark(line, draft)?;
    draft.rest(line)
}

/// `time [thread] LEVEL logger - message`, `... logger: message`; also with the thread in front of the time of day.
pub(super) fn log4j_thread_first<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.clock()?);
    line.gap()?;
    draft.record.thread = Some(line.bracketed()?);
    line.gap()?;
    draft.level(line.level()?);
    line.gap()?;
    line.maybe(|l| logger_and_mark(l, draft));
    draft.rest(line)
}

/// `time LEVEL logger - message`, `time LEVEL logger: message`, the logger with a dot or `$` in it or the mark behind.
pub(super) fn log4j_logger<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.clock()?);
    line.gap()?;
    draft.level(line.level()?);
    line.gap()?;
    let logger = line.name()?;
    let thread = line.maybe(|l| {
        l.gap()?;
        l.bracketed()
    });
    draft.record.thread = thread;
    line.literal(b": ").or_else(|| line.literal(b" - "))?;
    // A bare word is rather the name of a program than of a class.
    let dotted = logger.iter().any(|b| matches!(b, b'.' | b'$' | b':'));
    *(if dotted { &mut draft.record.logger } else { &mut draft.record.service }) = Some(logger);
    draft.rest(line)
}

/// A logger and what sets it off from the message: `:`, ` -`, ` :`, a space when the name is dotted; or `(logger)`.
fn logger_and_mark<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    if line.peek() == Some(b'(') {
        draft.record.logger = Some(line.between(b'(', b')')?);
        return Some(());
    }
    let logger = line.name()?;
    let marked = line.byte(b':').is_some()
        || line
            .maybe(|l| {
                l.gap()?;
                l.byte(b'-').or_else(|| l.byte(b':'))?;
                l.gap()
            })
            .is_some();
    (marked || (logger.contains(&b'.') && matches!(line.peek(), Some(b' ')))).then_some(())?;
    draft.record.logger = Some(logger);
    Some(())
}

/// ` LEVEL component: message`, to the end.
fn level_and_component<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.byte(b' ')?;
    draft.level(line.level()?);
    line.byte(b' ')?;
    draft.record.logger = Some(line.name()?);
    line.byte(b':')?;
    draft.rest(line)
}

/// Old Hadoop: `yymmdd hhmmss thread LEVEL component: message`
pub(super) fn hdfs<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    let stamp = crate::text::scan::time::compact(line.text, line.at);
    draft.stamp(line.take(stamp)?);
    line.byte(b' ')?;
    draft.record.thread = Some(line.digits()?);
    level_and_component(line, draft)
}

/// Spark: `yy/mm/dd time LEVEL component: message`
pub(super) fn spark<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    (line.peek_at(2) == Some(b'/')).then_some(())?;
    draft.stamp(line.stamp()?);
    level_and_component(line, draft)
}

/// Kafka: `[time] LEVEL [context] message (logger)`, `[time] LEVEL message (logger)`
pub(super) fn kafka<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.byte(b'[')?;
    draft.stamp(line.stamp()?);
    line.literal(b"] ")?;
    draft.level(line.level()?);
    line.gap()?;
    let context = line.maybe(|l| {
        let inside = l.bracketed()?;
        l.maybe(|l| l.byte(b':'));
        l.gap()?;
        Some(inside)
    });
    draft.record.thread = context;
    // The logger closes the first line; a stack trace may follow.
    let start = line.at;
    let rest = line.rest();
    let first = memchr::memchr(b'\n', rest).map_or(rest, |end| &rest[..end]);
    let open = first.strip_suffix(b")").and_then(|head| memchr::memrchr(b'(', head))?;
    let logger = &first[open + 1..first.len() - 1];
    (logger.contains(&b'.') && logger.iter().all(|b| is_name(*b))).then_some(())?;
    draft.record.logger = Some(logger);
    // A trace behind the first line belongs to the message, and then so does the logger between them.
    let end = if first.len() == rest.len() { start + first[..open].trim_ascii_end().len() } else { line.text.len() };
    draft.message = (start, end);
    Some(())
}

/// java.util.logging and old Tomcat, on two lines: `Mon d, yyyy h:mm:ss AM class method`, `LEVEL: message`
pub(super) fn jul<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    draft.record.logger = Some(line.name()?);
    line.byte(b' ')?;
    line.word()?;
    line.byte(b'\n')?;
    draft.level(line.level()?);
    line.byte(b':')?;
    draft.rest(line)
}

/// Android: `[yyyy-]MM-dd time [uid] pid tid L tag: message`
pub(super) fn logcat<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.gap()?;
    let mut numbers = [&b""[..]; 3];
    let mut count = 0;
    while let Some(digits) = line.digits() {
        *numbers.get_mut(count)? = digits;
        count += 1;
        line.gap()?;
    }
    (count >= 2).then_some(())?;
    draft.record.process = Some(numbers[count - 2]);
    draft.record.thread = Some(numbers[count - 1]);
    draft.level(line.letter()?);
    line.gap()?;
    draft.record.service = Some(line.until(b":")?.trim_ascii());
    draft.rest(line)
}

/// Android, brief: `[time ]L/tag( pid): message`
pub(super) fn logcat_brief<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    if line.peek()?.is_ascii_digit() {
        draft.stamp(line.stamp()?);
        line.gap()?;
    }
    draft.level(line.letter()?);
    line.byte(b'/')?;
    let tag = line.until(b"(")?.trim_ascii();
    (!tag.is_empty()).then_some(())?;
    draft.record.service = Some(tag);
    line.blanks();
    draft.record.process = Some(line.digits()?);
    line.literal(b"):")?;
    draft.rest(line)
}
