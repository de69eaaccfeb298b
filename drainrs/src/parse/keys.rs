//! Which key of a structured line says what: names in order of preference, compared without regard to case.

use super::config::KeyNames;
use super::draft::{Draft, When};
use super::level;
use crate::flow::Level;
use crate::text::scan::time::{self, StampKind};

/// What a key's value, or the text of a named group, is to the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Role {
    Time,
    Level,
    Message,
    Service,
    Host,
    Process,
    Thread,
    Logger,
    Source,
    Stream,
    Trace,
    Span,
    Error,
}

const ROLES: usize = 13;

/// Names that are the same for everybody; time, level, message and service are settings.
const FIXED: [(Role, &[&str]); 9] = [
    (Role::Host, &["host", "hostname", "host.name", "_HOSTNAME", "node"]),
    (Role::Process, &["pid", "process", "process.pid", "process_id", "_PID"]),
    (Role::Thread, &["thread", "thread_name", "threadName", "process.thread.name", "ctx"]),
    (Role::Logger, &["logger", "logger_name", "loggerName", "log.logger", "target", "c"]),
    (Role::Source, &["caller", "source", "src", "code.filepath", "file", "log.origin.file.name"]),
    (Role::Stream, &["stream"]),
    (Role::Trace, &["trace_id", "traceId", "trace.id", "traceparent", "trace"]),
    (Role::Span, &["span_id", "spanId", "span.id"]),
    (
        Role::Error,
        &["error", "err", "exception", "stack", "stack_trace", "stacktrace", "exc_info", "error.stack_trace"],
    ),
];

#[derive(Debug, Clone)]
struct Entry {
    name: Box<[u8]>,
    role: Role,
    rank: u8,
}

/// The names, by length: most keys of a line are ruled out by theirs.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    by_length: Vec<Vec<Entry>>,
    /// What may stand before a dot in a name, so that `{"log": {"level": ..}}` is looked into.
    parents: Vec<Box<[u8]>>,
}

/// The longest name, and the longest path that is looked at.
pub(super) const MAX_KEY: usize = 48;

impl Keys {
    pub(super) fn new(names: &KeyNames) -> Keys {
        let mut keys = Keys::default();
        let configured = [
            (Role::Time, &names.time),
            (Role::Level, &names.level),
            (Role::Message, &names.message),
            (Role::Service, &names.service),
        ];
        for (role, list) in configured {
            keys.add(role, list.iter().map(String::as_str));
        }
        for (role, list) in FIXED {
            keys.add(role, list.iter().copied());
        }
        keys
    }

    /// The three keys of a line that Docker wrapped.
    pub(super) fn docker() -> Keys {
        let mut keys = Keys::default();
        keys.add(Role::Message, ["log"].into_iter());
        keys.add(Role::Stream, ["stream"].into_iter());
        keys.add(Role::Time, ["time"].into_iter());
        keys
    }

    fn add<'s>(&mut self, role: Role, names: impl Iterator<Item = &'s str>) {
        for (rank, name) in names.enumerate() {
            let name = name.as_bytes();
            if self.by_length.len() <= name.len() {
                self.by_length.resize(name.len() + 1, Vec::new());
            }
            self.by_length[name.len()].push(Entry { name: name.into(), role, rank: rank.min(254) as u8 });
            for (dot, _) in name.iter().enumerate().filter(|(_, b)| **b == b'.') {
                self.parents.push(name[..dot].into());
            }
        }
    }

    /// The roles of a key, each with its rank in the list of that role.
    #[inline]
    pub(super) fn roles(&self, key: &[u8]) -> impl Iterator<Item = (Role, u8)> {
        let candidates = self.by_length.get(key.len()).map_or(&[][..], Vec::as_slice);
        candidates.iter().filter(move |e| e.name.eq_ignore_ascii_case(key)).map(|e| (e.role, e.rank))
    }

    /// Whether a name begins with this path and a dot.
    pub(super) fn is_parent(&self, path: &[u8]) -> bool {
        self.parents.iter().any(|p| p.eq_ignore_ascii_case(path))
    }
}

/// A value of a structured line: where it stands, without its quotes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: ValueKind,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    /// A number, `true`, `null`, or an unquoted value.
    #[default]
    Bare,
    /// An object or array.
    Nested,
}

/// The best value for each role so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    values: [Value; ROLES],
    ranks: [u8; ROLES],
}

const NOTHING: u8 = 255;

impl Found {
    pub(super) fn new() -> Found {
        Found { values: [Value::default(); ROLES], ranks: [NOTHING; ROLES] }
    }

    /// Keeps the value if the key is known and comes before what was found already.
    #[inline]
    pub(super) fn offer(&mut self, keys: &Keys, key: &[u8], value: Value) {
        for (role, rank) in keys.roles(key) {
            // Nested values say nothing, except that there is an error.
            let usable = value.kind != ValueKind::Nested || role == Role::Error;
            if usable && rank < self.ranks[role as usize] {
                self.ranks[role as usize] = rank;
                self.values[role as usize] = value;
            }
        }
    }

    pub(super) fn get(&self, role: Role) -> Option<Value> {
        (self.ranks[role as usize] != NOTHING).then(|| self.values[role as usize])
    }

    fn text<'a>(&self, text: &'a [u8], role: Role) -> Option<&'a [u8]> {
        self.get(role).and_then(|v| text.get(v.start..v.end)).filter(|t| !t.is_empty() && *t != b"null")
    }

    /// Writes what was found into a draft. Without a message the whole text is the message.
    pub(super) fn write<'a>(&self, text: &'a [u8], draft: &mut Draft<'a>) {
        let record = &mut draft.record;
        record.service = self.text(text, Role::Service);
        record.host = self.text(text, Role::Host);
        record.process = self.text(text, Role::Process);
        record.thread = self.text(text, Role::Thread);
        record.logger = self.text(text, Role::Logger);
        record.source = self.text(text, Role::Source);
        record.stream = self.text(text, Role::Stream);
        record.trace = self.text(text, Role::Trace);
        record.span = self.text(text, Role::Span);
        if let Some(at) = self.text(text, Role::Time) {
            draft.when = when(at);
        }
        if let Some(word) = self.text(text, Role::Level) {
            draft.record.level = level_value(word);
        }
        let error = self.text(text, Role::Error).is_some_and(|e| !matches!(e, b"" | b"false" | b"nil" | b"{}" | b"[]"));
        if draft.record.level == Level::Unknown && error {
            draft.record.level = Level::Error;
            draft.record.level_inferred = true;
        }
        match self.get(Role::Message) {
            Some(message) if message.kind != ValueKind::Bare || message.end > message.start => {
                draft.message = (message.start, message.end);
                draft.escaped = message.kind == ValueKind::Escaped;
            }
            _ => draft.message = (0, text.len()),
        }
    }
}

/// The time that a value says: a stamp, or a number since 1970.
pub(super) fn when(value: &[u8]) -> When {
    if let Some((at, _)) = time::epoch(value, 0) {
        return When::At(at);
    }
    match time::stamp(value, 0) {
        Some(stamp) if stamp.kind != StampKind::Date => When::Stamp(stamp),
        _ => When::Unsaid,
    }
}

/// The level that a value says: a word, a letter or a number.
pub(super) fn level_value(value: &[u8]) -> Level {
    let value = value.trim_ascii();
    let found = match value {
        [letter] if letter.is_ascii_alphabetic() => level::letter(letter.to_ascii_uppercase()),
        // MongoDB's debug levels.
        [b'D', digit] if digit.is_ascii_digit() => Some(Level::Debug),
        _ if value.len() <= 3 && value.iter().all(u8::is_ascii_digit) => {
            let number = value.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
            // Small numbers are syslog's; what syslog does not have is OpenTelemetry's.
            level::number(number).or_else(|| level::otel(number))
        }
        _ => level::word(value),
    };
    found.unwrap_or_default()
}
