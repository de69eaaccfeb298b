//! Self-describing lines: JSON objects, `key=value` pairs, and W3C columns. Values are found as spans; nothing is built.

use super::cursor::Cursor;
use super::draft::Draft;
use super::keys::{Found, Keys, MAX_KEY, Role, Value, ValueKind};
use super::level;
use crate::error::Error;
use crate::wire::{Reader, State, Writer, state};

/// How deep a JSON line is looked into for names with dots.
const MAX_DEPTH: usize = 3;
/// How deep values may nest before a line is taken for something else.
const MAX_NESTING: usize = 64;

/// A line that is one JSON object, perhaps spread over several physical lines.
pub(super) fn json<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>, keys: &Keys) -> Option<()> {
    let mut found = Found::new();
    object(line, keys, &Path::default(), 1, &mut found)?;
    spaces(line);
    line.is_done().then_some(())?;
    found.write(line.text, draft);
    Some(())
}

/// What Docker wraps around a line: the stream, the time, and the line as `message`.
pub(super) fn docker<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>, keys: &Keys) -> Option<()> {
    let mut found = Found::new();
    object(line, keys, &Path::default(), MAX_DEPTH, &mut found)?;
    found.get(Role::Message)?;
    found.get(Role::Time)?;
    found.write(line.text, draft);
    matches!(draft.record.stream, Some(b"stdout" | b"stderr")).then_some(())
}

/// The keys above a value, with dots between.
#[derive(Debug, Clone, Copy)]
struct Path {
    bytes: [u8; MAX_KEY],
    len: usize,
}

impl Default for Path {
    fn default() -> Path {
        Path { bytes: [0; MAX_KEY], len: 0 }
    }
}

impl Path {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The path of a key below this one; `None` if no name is that long.
    fn join(&self, key: &[u8]) -> Option<Path> {
        let mut path = *self;
        if path.len > 0 {
            *path.bytes.get_mut(path.len)? = b'.';
            path.len += 1;
        }
        path.bytes.get_mut(path.len..path.len + key.len())?.copy_from_slice(key);
        path.len += key.len();
        Some(path)
    }
}

#[inline]
fn spaces(line: &mut Cursor<'_>) {
    while matches!(line.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        line.at += 1;
    }
}

fn object(line: &mut Cursor<'_>, keys: &Keys, path: &Path, depth: usize, found: &mut Found) -> Option<()> {
    line.byte(b'{')?;
    spaces(line);
    if line.byte(b'}').is_some() {
        return Some(());
    }
    loop {
        let key = string(line)?;
        let key = &line.text[key.start..key.end];
        spaces(line);
        line.byte(b':')?;
        spaces(line);
        let start = line.at;
        let below = if path.len == 0 { None } else { path.join(key) };
        let full = below.as_ref().map_or(key, Path::as_bytes);
        let value = match line.peek()? {
            b'"' => string(line)?,
            b'{' if depth < MAX_DEPTH && keys.is_parent(full) => {
                object(line, keys, &path.join(key)?, depth + 1, found)?;
                Value { start, end: line.at, kind: ValueKind::Nested }
            }
            b'{' | b'[' => {
                skip_nested(line)?;
                Value { start, end: line.at, kind: ValueKind::Nested }
            }
            _ => {
                line.run(usize::MAX, |b| !matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | b'"'))?;
                Value { start, end: line.at, kind: ValueKind::Bare }
            }
        };
        if path.len == 0 || below.is_some() {
            found.offer(keys, full, value);
        }
        spaces(line);
        if line.byte(b'}').is_some() {
            return Some(());
        }
        line.byte(b',')?;
        spaces(line);
    }
}

/// A quoted string: the span of its inside.
#[inline]
fn string(line: &mut Cursor<'_>) -> Option<Value> {
    line.byte(b'"')?;
    let start = line.at;
    let mut kind = ValueKind::Plain;
    loop {
        let at = line.at + memchr::memchr2(b'"', b'\\', line.rest())?;
        if line.text[at] == b'"' {
            line.at = at + 1;
            return Some(Value { start, end: at, kind });
        }
        kind = ValueKind::Escaped;
        line.at = (at + 2).min(line.text.len());
    }
}

/// Moves behind an object or array.
fn skip_nested(line: &mut Cursor<'_>) -> Option<()> {
    let mut depth = 0_usize;
    loop {
        match line.peek()? {
            b'"' => {
                string(line)?;
                continue;
            }
            b'{' | b'[' => {
                depth += 1;
                (depth <= MAX_NESTING).then_some(())?;
            }
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        line.at += 1;
        if depth == 0 {
            return Some(());
        }
    }
}

/// Writes the inside of a quoted string without its escapes. What is no escape stays as it is.
pub(super) fn unescape(inside: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = inside;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (used, byte) = match rest.get(at + 1) {
            Some(b'n') => (2, b'\n'),
            Some(b't') => (2, b'\t'),
            Some(b'r') => (2, b'\r'),
            Some(b'b') => (2, 8),
            Some(b'f') => (2, 12),
            Some(&b @ (b'"' | b'\\' | b'/' | b'\'')) => (2, b),
            Some(b'u') => {
                if let Some((letter, used)) = unicode(&rest[at..]) {
                    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = &rest[at + used..];
                    continue;
                }
                (1, b'\\')
            }
            _ => (1, b'\\'),
        };
        out.push(byte);
        rest = &rest[at + used..];
    }
    out.extend_from_slice(rest);
}

/// `\u00e9`, or a pair of surrogates: the letter and how many bytes it took.
fn unicode(text: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at + 2..at + 6).filter(|_| text.get(at..at + 2) == Some(b"\\u"))?;
        digits.iter().try_fold(0_u32, |n, b| Some(n * 16 + char::from(*b).to_digit(16)?))
    };
    let first = unit(0)?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first).map(|c| (c, 6));
    }
    let second = unit(6).filter(|u| (0xDC00..0xE000).contains(u))?;
    char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)).map(|c| (c, 12))
}

/// A line of which at least nine tenths are `key=value` pairs, two or more of them.
pub(super) fn logfmt<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>, keys: &Keys) -> Option<()> {
    let mut found = Found::new();
    let (mut pairs, mut strange) = (0_usize, 0_usize);
    let first_end = memchr::memchr(b'\n', line.text).unwrap_or(line.text.len());
    loop {
        line.blanks();
        if line.at >= first_end {
            break;
        }
        let start = line.at;
        if let Some((key, value)) = line.maybe(pair) {
            found.offer(keys, key, value);
            pairs += 1;
        } else {
            // Prose is told by its first words.
            (pairs > 0).then_some(())?;
            line.run(usize::MAX, |b| b > b' ')?;
            strange += line.at - start;
            (strange * 10 <= first_end).then_some(())?;
        }
    }
    (pairs >= 2).then_some(())?;
    found.write(line.text, draft);
    Some(())
}

/// `key=value`, `key="value"`
#[inline]
fn pair<'a>(line: &mut Cursor<'a>) -> Option<(&'a [u8], Value)> {
    let key = line.run(MAX_KEY, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'@' | b'/'))?;
    (!key[0].is_ascii_digit()).then_some(())?;
    line.byte(b'=')?;
    if line.peek() == Some(b'"') {
        let value = string(line)?;
        // `a="b"c` is something else.
        matches!(line.peek(), None | Some(b' ' | b'\t' | b'\n' | b',')).then_some(())?;
        return Some((key, value));
    }
    let start = line.at;
    line.run(usize::MAX, |b| b > b' ');
    Some((key, Value { start, end: line.at, kind: ValueKind::Bare }))
}

/// What a column of a W3C log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Date,
    Client,
    Server,
    Method,
    Status,
    Other,
}

impl State for Column {
    fn write(&self, to: &mut Writer) {
        to.byte(*self as u8);
    }

    fn read(from: &mut Reader<'_>) -> Result<Column, Error> {
        let columns = [Column::Date, Column::Client, Column::Server, Column::Method, Column::Status, Column::Other];
        let at = from.byte()?;
        columns.get(usize::from(at)).copied().ok_or_else(|| Reader::damaged(format!("there is no column {at}")))
    }
}

state! {
    W3c { columns }
}

/// The columns that the last `#Fields:` line named.
#[derive(Debug, Clone, Default)]
pub(super) struct W3c {
    columns: Vec<Column>,
}

/// How many columns a `#Fields:` line may name.
const MAX_COLUMNS: usize = 64;

impl W3c {
    /// Whether columns are known.
    pub(super) fn is_known(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Learns the columns, if the line names them.
    pub(super) fn learn(&mut self, line: &[u8]) {
        let Some(names) = line.strip_prefix(b"#Fields:") else { return };
        self.columns.clear();
        let names = names.split(|b| *b == b' ' || *b == b'\t').filter(|n| !n.is_empty());
        self.columns.extend(names.take(MAX_COLUMNS).map(|name| match name {
            b"date" => Column::Date,
            b"c-ip" => Column::Client,
            b"s-ip" | b"s-computername" => Column::Server,
            b"cs-method" => Column::Method,
            b"sc-status" => Column::Status,
            _ => Column::Other,
        }));
    }

    /// A row. The message begins at the method, or is the row.
    pub(super) fn read<'a>(&self, line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
        let mut start = 0;
        for (number, column) in self.columns.iter().enumerate() {
            if number > 0 {
                line.gap()?;
            }
            if *column == Column::Date {
                let mut ahead = *line;
                if let Some(stamp) = ahead.stamp() {
                    draft.stamp(stamp);
                }
            }
            let at = line.at;
            let word = line.run(usize::MAX, |b| b > b' ')?;
            match column {
                Column::Client => draft.record.host = Some(word),
                Column::Server => draft.record.service = Some(word),
                Column::Method => start = at,
                Column::Status => draft.level(level::http_status(word)),
                Column::Date | Column::Other => {}
            }
        }
        (self.is_known() && line.is_done()).then_some(())?;
        draft.from(start, line)
    }
}
