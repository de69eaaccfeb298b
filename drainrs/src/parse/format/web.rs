//! Web servers and proxies. The message of an access line begins at the request, so that method, route and status are what
//! templates are made of, and the client, the user and the time are not.

use crate::flow::Level;
use crate::parse::cursor::Cursor;
use crate::parse::draft::Draft;
use crate::parse::level;

/// `[vhost[:port] ]client ident user [time] "request" status size[ "referer" "agent"][ more]`
pub(super) fn clf<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    let first = line.word()?;
    line.byte(b' ')?;
    let second = line.word()?;
    line.byte(b' ')?;
    let third = line.word()?;
    line.byte(b' ')?;
    draft.record.host = Some(first);
    if line.peek() != Some(b'[') {
        // A user may hold blanks; a virtual host stands in front.
        let before = line.at;
        let user = line.word()?;
        if user.starts_with(b"\"") || line.peek() != Some(b' ') || line.peek_at(1) != Some(b'[') {
            line.at = before;
            line.until(b" [")?;
            line.at -= 1;
        } else {
            line.at += 1;
            draft.record.service = Some(first);
            draft.record.host = Some(second);
        }
        let _ = third;
    }
    line.byte(b'[')?;
    draft.stamp(line.stamp()?);
    line.literal(b"] \"")?;
    request(line, draft)
}

/// From the quote before the method on: the request reads as it was written.
fn request<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    let start = line.at.saturating_sub(1);
    quoted_end(line)?;
    line.byte(b' ')?;
    let status = line.run(3, |b| b.is_ascii_digit() || b == b'-')?;
    draft.level(level::http_status(status));
    draft.from(start, line)
}

/// Moves behind the closing quote; `\"` does not close.
fn quoted_end(line: &mut Cursor<'_>) -> Option<()> {
    loop {
        let at = memchr::memchr2(b'"', b'\\', line.rest())?;
        let byte = line.peek_at(at)?;
        line.at += at + 1;
        if byte == b'"' {
            return Some(());
        }
        line.at += 1;
    }
}

/// nginx's ingress controller: `client - [client] - user [time] "request" status ...`
pub(super) fn nginx_ingress<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.record.host = Some(line.word()?);
    line.literal(b" - [")?;
    line.until(b"] - ")?;
    line.word()?;
    line.literal(b" [")?;
    draft.stamp(line.stamp()?);
    line.literal(b"] \"")?;
    request(line, draft)
}

/// Envoy and Istio: `[time] "METHOD path protocol" status flags ...`
pub(super) fn envoy<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.byte(b'[')?;
    draft.stamp(line.stamp()?);
    line.literal(b"] \"")?;
    request(line, draft)
}

/// `[Day Mon dd time yyyy] [[module:]level] [pid n[:tid n]] [client ...] message`
pub(super) fn apache_error<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    line.byte(b'[')?;
    line.peek().filter(u8::is_ascii_alphabetic)?;
    draft.stamp(line.stamp()?);
    line.literal(b"] [")?;
    let inside = line.until(b"]")?;
    let (module, name) = match memchr::memchr(b':', inside) {
        Some(colon) => (Some(&inside[..colon]), &inside[colon + 1..]),
        None => (None, inside),
    };
    draft.record.service = module.filter(|m| !m.is_empty() && *m != b"-");
    draft.level(level::word(name).or_else(|| name.starts_with(b"trace").then_some(Level::Trace))?);
    line.gap()?;
    line.maybe(|l| {
        l.literal(b"[pid ")?;
        draft.record.process = Some(l.digits()?);
        if l.maybe(|l| l.literal(b":tid ")).is_some() {
            draft.record.thread = Some(l.digits()?);
        }
        l.byte(b']')?;
        l.gap()
    });
    // The client stays in the message: some lines have none, and that tells them apart.
    let mut ahead = *line;
    if ahead.literal(b"[client ").is_some() {
        draft.record.host = ahead.until(b"]");
    }
    draft.rest(line)
}

/// `yyyy/mm/dd time [level] pid#tid: [*connection ]message`
pub(super) fn nginx_error<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    draft.level(line.level_in_brackets()?);
    line.byte(b' ')?;
    draft.record.process = Some(line.digits()?);
    line.byte(b'#')?;
    draft.record.thread = Some(line.digits()?);
    line.byte(b':')?;
    line.maybe(|l| {
        l.literal(b" *")?;
        l.digits()
    });
    draft.rest(line)
}
