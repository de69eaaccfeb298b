//! Formats that users describe by regular expressions, with grok's shorthand.

use super::config::{CustomFormat, MAX_PATTERN_BYTES};
use super::draft::{Draft, When};
use super::keys::{self, Role};
use crate::error::{ErrorKind, Problems};
use crate::text::scan::time;
use regex::bytes::{CaptureLocations, Regex, RegexBuilder};

/// What a group of this name fills.
fn role_of_group(name: &str) -> Option<Role> {
    Some(match name {
        "ts" | "timestamp" | "time" | "date" => Role::Time,
        "level" | "severity" | "loglevel" => Role::Level,
        "service" | "app" | "program" | "component" => Role::Service,
        "message" | "msg" => Role::Message,
        "host" | "hostname" => Role::Host,
        "pid" | "process" => Role::Process,
        "thread" | "tid" => Role::Thread,
        "logger" | "class" | "module" => Role::Logger,
        "source" | "caller" => Role::Source,
        "stream" => Role::Stream,
        "trace" | "trace_id" => Role::Trace,
        "span" | "span_id" => Role::Span,
        _ => return None,
    })
}

/// The patterns that `%{NAME}` stands for. None of them can match across a line's end.
const SHORTHANDS: [(&str, &str); 21] = [
    ("TIMESTAMP", r"[0-9A-Za-z][0-9A-Za-z.,:/+ _-]*?[0-9Z]"),
    (
        "TIMESTAMP_ISO8601",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?",
    ),
    ("SYSLOGTIMESTAMP", r"[A-Za-z]{3} +[0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2}"),
    ("HTTPDATE", r"[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}"),
    ("LEVEL", r"[A-Za-z]{1,13}"),
    ("LOGLEVEL", r"[A-Za-z]{1,13}"),
    ("DATA", r"[^\n]*?"),
    ("GREEDYDATA", r"[^\n]*"),
    ("NOTSPACE", r"[^\s]+"),
    ("SPACE", r"\s*"),
    ("WORD", r"[A-Za-z0-9_]+"),
    ("INT", r"[+-]?[0-9]+"),
    ("POSINT", r"[0-9]+"),
    ("NUMBER", r"[+-]?[0-9]+(?:\.[0-9]+)?"),
    ("IP", r"[0-9A-Fa-f:.]+"),
    ("HOSTNAME", r"[0-9A-Za-z][0-9A-Za-z.-]*"),
    ("IPORHOST", r"[0-9A-Za-z:][0-9A-Za-z.:-]*"),
    ("PROG", r"[!-Z\\^-~]+"),
    ("UUID", r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"),
    ("QUOTEDSTRING", r#""(?:[^"\\]|\\.)*""#),
    ("JAVACLASS", r"[A-Za-z0-9_.$-]+"),
];

/// A user's format, ready to run.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) name: String,
    regex: Regex,
    locations: CaptureLocations,
    groups: Vec<(usize, Role)>,
    needs_time: bool,
}

impl Compiled {
    /// Compiles a format; what is wrong with it is noted under `path`.
    pub(super) fn build(format: &CustomFormat, path: &str, problems: &mut Problems) -> Option<Compiled> {
        let place = format!("{path}.pattern");
        if format.pattern.len() > MAX_PATTERN_BYTES {
            let message =
                format!("the pattern is {} bytes long, at most {MAX_PATTERN_BYTES} are taken", format.pattern.len());
            problems.add(ErrorKind::Limit, place, message);
            return None;
        }
        let expanded = match expand(&format.pattern) {
            Ok(expanded) => expanded,
            Err(message) => {
                problems.add(ErrorKind::Pattern, place, message);
                return None;
            }
        };
        let regex = match RegexBuilder::new(&format!("^(?:{expanded})")).unicode(false).size_limit(4 << 20).build() {
            Ok(regex) => regex,
            Err(error) => {
                problems.add(ErrorKind::Pattern, place, format!("the pattern does not compile: {error}"));
                return None;
            }
        };
        let names = regex.capture_names().enumerate();
        let groups: Vec<_> = names.filter_map(|(i, name)| Some((i, role_of_group(name?)?))).collect();
        if groups.is_empty() {
            let message = "the pattern names no group that is known; write for example `(?P<message>.*)`";
            problems.add(ErrorKind::Pattern, place, message);
            return None;
        }
        let locations = regex.capture_locations();
        Some(Compiled { name: format.name.clone(), regex, locations, groups, needs_time: format.needs_time })
    }

    /// Reads the first line of an event; the lines below it go to the message.
    pub(super) fn read<'a>(&mut self, text: &'a [u8], draft: &mut Draft<'a>) -> Option<()> {
        let first = memchr::memchr(b'\n', text).map_or(text, |end| &text[..end]);
        self.regex.captures_read(&mut self.locations, first)?;
        let ts =
            self.groups.iter().find(|(_, role)| *role == Role::Time).and_then(|(group, _)| self.locations.get(*group));
        let ts = ts.and_then(|(start, end)| text.get(start..end));
        if self.needs_time && ts.is_none_or(|ts| matches!(when(ts), When::Unsaid)) {
            return None;
        }
        draft.message = (0, text.len());
        for &(group, role) in &self.groups {
            let Some((start, end)) = self.locations.get(group) else { continue };
            let value = text.get(start..end)?;
            let record = &mut draft.record;
            match role {
                Role::Time => draft.when = when(value),
                Role::Level => record.level = keys::level_value(value),
                Role::Message => draft.message = (start, if end == first.len() { text.len() } else { end }),
                Role::Service => record.service = Some(value),
                Role::Host => record.host = Some(value),
                Role::Process => record.process = Some(value),
                Role::Thread => record.thread = Some(value),
                Role::Logger => record.logger = Some(value),
                Role::Source => record.source = Some(value),
                Role::Stream => record.stream = Some(value),
                Role::Trace => record.trace = Some(value),
                Role::Span => record.span = Some(value),
                // No group is called so: whether there is an error, a level says.
                Role::Error => {}
            }
        }
        Some(())
    }
}

/// A time in a place where one is expected, so that the ambiguous shapes count too.
fn when(value: &[u8]) -> When {
    match keys::when(value) {
        When::Unsaid => {
            let stamp = time::compact(value, 0).or_else(|| time::klog(value, 0));
            stamp.map_or(When::Unsaid, When::Stamp)
        }
        said => said,
    }
}

/// Writes the ready-made patterns out: `%{NAME}` and `%{NAME:group}`.
fn expand(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(at) = rest.find("%{") {
        out.push_str(&rest[..at]);
        let Some(len) = rest[at..].find('}') else {
            return Err(format!("`{}` is not closed by `}}`", &rest[at..]));
        };
        let inside = &rest[at + 2..at + len];
        let (name, group) = inside.split_once(':').map_or((inside, None), |(name, group)| (name, Some(group)));
        let Some((_, body)) = SHORTHANDS.iter().find(|(known, _)| *known == name) else {
            let known: Vec<_> = SHORTHANDS.iter().map(|(known, _)| *known).collect();
            return Err(format!("`%{{{name}}}` is unknown; known are {}", known.join(", ")));
        };
        match group {
            Some(group) => out.extend(["(?P<", group, ">", body, ")"]),
            None => out.extend(["(?:", body, ")"]),
        }
        rest = &rest[at + len + 1..];
    }
    out.push_str(rest);
    Ok(out)
}
