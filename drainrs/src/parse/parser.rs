//! The machine: a line in, a record out.

use super::config::{CustomFormat, MAX_CUSTOM_FORMATS, MAX_KEY_NAMES, ParseConfig};
use super::cursor::Cursor;
use super::custom::Compiled;
use super::detect::{Detector, Finding, Phase};
use super::draft::{self, Draft, Times};
use super::engine::{Engine, Row, Table};
use super::format::{BUILT_IN, Format, How, Lead, W3C};
use super::keys::{Keys, MAX_KEY};
use super::structured;
use crate::error::{Error, ErrorKind, Problems};
use crate::flow::{Parsed, Record};
use crate::time::Timestamp;

/// What a parser has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct ParseCounters {
    /// Lines of a known format.
    pub exact: u64,
    /// Lines of which the generic parser made something.
    pub generic: u64,
    /// Lines that were taken as they are.
    pub raw: u64,
    /// How often detection started again.
    pub redetections: u64,
}

/// Turns lines into records. See the module for what it promises.
///
/// ```
/// use drainrs::{Level, ParseConfig, Parser};
///
/// let mut parser = Parser::build(&ParseConfig::default()).unwrap();
/// let record = parser.parse(b"2031-02-03T04:05:06Z WARN disk: almost full");
/// assert_eq!(record.level, Level::Warn);
/// assert_eq!(record.at.unwrap().to_string(), "2031-02-03T04:05:06Z");
/// assert_eq!(record.message, b"almost full");
/// ```
#[derive(Debug, Clone)]
pub struct Parser {
    engine: Engine,
    envelope: Envelope,
    times: Times,
    infer_level: bool,
    counters: ParseCounters,
    /// The line that an envelope held, when it had escapes.
    inner: Vec<u8>,
    /// The message, when it had escapes.
    message: Vec<u8>,
    /// What it was built from, with the formats that were added since.
    config: ParseConfig,
    /// The user's formats that it was built with.
    pub(super) given: Vec<CustomFormat>,
}

/// How containers wrap lines.
#[derive(Debug, Clone)]
struct Envelope {
    docker: Keys,
}

/// What an envelope says about the line in it.
struct Shell<'a> {
    stream: Option<&'a [u8]>,
    when: draft::When,
    message: (usize, usize),
    escaped: bool,
}

impl Parser {
    /// Builds the machine, or says everything that is wrong with the settings.
    ///
    /// # Errors
    ///
    /// A pattern that does not compile, an unknown format, a limit out of its range.
    pub fn build(config: &ParseConfig) -> Result<Parser, Error> {
        let mut problems = Problems::default();
        let custom = check(config, &mut problems);
        let rows = rows(&custom);
        let pinned = pinned(config, &rows, &mut problems);
        problems.finish()?;
        let mut detector = Detector::new(config.max_sample_lines, config.max_formats, custom.len());
        let mut generic = true;
        match pinned {
            Pin::Auto => {}
            Pin::Row(row) => detector.pin(Some(row)),
            Pin::Generic => detector.pin(None),
            Pin::Raw => {
                detector.pin(None);
                generic = false;
            }
        }
        let table = Table {
            rows,
            custom,
            json: Keys::new(&config.json_keys),
            logfmt: Keys::new(&config.logfmt_keys),
            w3c: structured::W3c::default(),
        };
        Ok(Parser {
            engine: Engine { table, detector, generic },
            envelope: Envelope { docker: Keys::docker() },
            times: Times::new(config.default_utc_offset, config.reference_time),
            infer_level: config.infer_level,
            counters: ParseCounters::default(),
            inner: Vec::new(),
            message: Vec::new(),
            config: config.clone(),
            given: config.formats.clone(),
        })
    }

    /// Adds a format to those of the user; it is tried after them. What the stream's lines look like is found out anew.
    ///
    /// # Errors
    ///
    /// Those of [`Parser::build`]; the parser is as it was then.
    pub fn add_format(&mut self, format: &CustomFormat) -> Result<(), Error> {
        let mut config = self.config.clone();
        config.formats.push(format.clone());
        self.rebuild(&config)
    }

    /// Takes a format of the user's away, by its name. `false` if there is none, or if it is the only one expected.
    pub fn remove_format(&mut self, name: &str) -> bool {
        let mut config = self.config.clone();
        config.formats.retain(|format| format.name != name);
        config.formats.len() < self.config.formats.len() && self.rebuild(&config).is_ok()
    }

    /// The formats of the user's, in the order in which they are tried.
    pub fn formats(&self) -> &[CustomFormat] {
        &self.config.formats
    }

    /// The same parser with other settings: its counters and the present stay.
    fn rebuild(&mut self, config: &ParseConfig) -> Result<(), Error> {
        let counters = self.counters();
        let times = self.times;
        let built = Parser::build(config)?;
        *self = Parser { times, counters, given: std::mem::take(&mut self.given), ..built };
        Ok(())
    }

    /// Has exactly these formats of the user's.
    pub(super) fn set_formats(&mut self, formats: Vec<CustomFormat>) -> Result<(), Error> {
        if formats == self.config.formats {
            return Ok(());
        }
        self.rebuild(&ParseConfig { formats, ..self.config.clone() })
    }

    /// The names of all formats, in the order in which they are tried.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.engine.table.rows.iter().map(|row| row.name.clone())
    }

    /// What was found out about the stream.
    pub(super) fn finding(&self) -> &Finding {
        self.engine.detector.finding()
    }

    /// The columns that the stream named.
    pub(super) fn w3c(&self) -> &structured::W3c {
        &self.engine.table.w3c
    }

    /// The counters without those of the present detector.
    pub(super) fn own_counters(&self) -> ParseCounters {
        self.counters
    }

    /// Goes on with what was found out before.
    pub(super) fn resume(&mut self, finding: &Finding, w3c: structured::W3c, counters: ParseCounters) {
        self.engine.detector.resume(finding);
        self.engine.table.w3c = w3c;
        self.counters = counters;
    }

    /// Parses one line, or one joined event. A line ending at its end does not matter.
    pub fn parse<'a>(&'a mut self, line: &'a [u8]) -> Record<'a> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Parser { engine, envelope, times, counters, inner, message, .. } = self;

        let shell = if engine.detector.envelope() || engine.detector.phase() == Phase::Sampling {
            envelope.open(line)
        } else {
            None
        };
        let (text, offset): (&'a [u8], Option<usize>) = match &shell {
            None => (line, Some(0)),
            Some(shell) if shell.escaped => {
                structured::unescape(line.get(shell.message.0..shell.message.1).unwrap_or_default(), inner);
                (inner.strip_suffix(b"\n").unwrap_or(inner), None)
            }
            Some(shell) => (line.get(shell.message.0..shell.message.1).unwrap_or_default(), Some(shell.message.0)),
        };

        let mut draft = Draft::default();
        let outcome = engine.read(text, shell.is_some(), &mut draft);
        let engine: &'a Engine = engine;
        if let Some(shell) = shell {
            draft.record.stream = shell.stream;
            if matches!(draft.when, draft::When::Unsaid) {
                draft.when = shell.when;
            }
        }
        times.finish(&mut draft);
        let (start, end) = draft.message;
        let record = &mut draft.record;
        record.parsed = outcome.parsed;
        record.message = text.get(start..end).unwrap_or_default();
        record.message_start = offset.map(|o| (o + start) as u32);
        if draft.escaped {
            structured::unescape(record.message, message);
            record.message = message;
            record.message_start = None;
        }
        record.format = match outcome.parsed {
            Parsed::Exact => {
                counters.exact += 1;
                engine.table.rows.get(outcome.row).map_or("", |row| row.name.as_str())
            }
            Parsed::Generic => {
                counters.generic += 1;
                "generic"
            }
            Parsed::Raw => {
                counters.raw += 1;
                "raw"
            }
        };
        if self.infer_level {
            draft::infer_level(record);
        }
        draft.record
    }

    /// Tells the parser the present, from which missing years and dates are inferred. Cheap; once per batch is enough.
    pub fn set_reference_time(&mut self, now: Timestamp) {
        self.times.set_reference(now);
    }

    /// What the parser has seen.
    pub fn counters(&self) -> ParseCounters {
        // Those of detectors before this one are in the counters.
        let redetections = self.counters.redetections + self.engine.detector.redetections();
        ParseCounters { redetections, ..self.counters }
    }

    /// Memory in bytes, heap included; compiled patterns are not counted.
    pub fn memory(&self) -> usize {
        size_of::<Parser>() + self.engine.detector.memory() + self.inner.capacity() + self.message.capacity()
    }

    /// The names of the formats that were detected or pinned, and of the user's, most specific first; none before the first
    /// lines were sampled.
    pub fn detected(&self) -> impl Iterator<Item = &str> {
        let active = self.engine.detector.active().iter();
        active.filter_map(|row| self.engine.table.rows.get(usize::from(*row))).map(|row| row.name.as_str())
    }

    /// Whether the lines of the stream begin with headers, so that one without a header continues the line before it. `None`
    /// while lines are still sampled.
    pub fn is_headered(&self) -> Option<bool> {
        self.engine.detector.is_headered()
    }

    /// The names of all formats that are built in.
    pub fn built_in_formats() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().chain([&W3C]).map(|format| format.name)
    }
}

impl Envelope {
    /// What a container's runtime wrote around a line; its message is the line.
    #[inline(never)]
    fn open<'a>(&self, line: &'a [u8]) -> Option<Shell<'a>> {
        let mut draft = Draft::default();
        let mut cursor = Cursor::new(line);
        match line.first()? {
            b'{' => structured::docker(&mut cursor, &mut draft, &self.docker)?,
            b'0'..=b'9' => cri(&mut cursor, &mut draft)?,
            _ => return None,
        }
        let Draft { record, when, message, escaped } = draft;
        Some(Shell { stream: record.stream, when, message, escaped })
    }
}

/// The container runtime interface: `time stdout|stderr F|P line`
fn cri<'a>(line: &mut Cursor<'a>, draft: &mut Draft<'a>) -> Option<()> {
    (line.peek_at(10) == Some(b'T')).then_some(())?;
    draft.stamp(line.stamp()?);
    line.byte(b' ')?;
    let stream = line.run(6, |b| b.is_ascii_lowercase())?;
    matches!(stream, b"stdout" | b"stderr").then_some(())?;
    draft.record.stream = Some(stream);
    line.literal(b" F").or_else(|| line.literal(b" P"))?;
    let start = line.at + 1;
    matches!(line.peek(), None | Some(b' ')).then_some(())?;
    draft.from(start.min(line.text.len()), line)
}

/// What `format` pins.
enum Pin {
    Auto,
    Row(usize),
    Generic,
    Raw,
}

fn pinned(config: &ParseConfig, rows: &[Row], problems: &mut Problems) -> Pin {
    match config.format.as_deref() {
        // Envelopes are always looked for; naming one pins nothing else.
        None | Some("auto" | "cri" | "docker_json") => Pin::Auto,
        Some("generic") => Pin::Generic,
        Some("raw") => Pin::Raw,
        Some(name) => {
            if let Some(row) = rows.iter().position(|row| row.name == name) {
                return Pin::Row(row);
            }
            let known: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
            let message = format!("`{name}` is unknown; known are auto, generic, raw, {}", known.join(", "));
            problems.add(ErrorKind::Config, "parse.format", message);
            Pin::Auto
        }
    }
}

/// The user's formats, then the built-in ones, most specific first.
fn rows(custom: &[Compiled]) -> Vec<Row> {
    let users = custom.iter().enumerate().map(|(at, format)| Row {
        name: format.name.clone(),
        lead: Lead::ANY,
        how: How::Custom(at),
    });
    let own = |format: &Format| Row { name: format.name.to_owned(), lead: format.lead, how: format.how };
    users.chain(BUILT_IN.iter().map(own)).chain([own(&W3C)]).collect()
}

/// Checks the settings and compiles the user's formats.
fn check(config: &ParseConfig, problems: &mut Problems) -> Vec<Compiled> {
    let mut custom = Vec::new();
    if config.formats.len() > MAX_CUSTOM_FORMATS {
        let message = format!("{} formats are given, at most {MAX_CUSTOM_FORMATS} are taken", config.formats.len());
        problems.add(ErrorKind::Limit, "parse.formats", message);
    }
    for (at, format) in config.formats.iter().enumerate() {
        let path = format!("parse.formats[{at}]");
        let taken = ["auto", "generic", "raw", "cri", "docker_json"].contains(&format.name.as_str())
            || Parser::built_in_formats().any(|name| name == format.name)
            || config.formats.iter().take(at).any(|earlier| earlier.name == format.name);
        problems.require(!format.name.is_empty() && !taken, &format!("{path}.name"), || {
            format!("`{}` is empty or taken; choose another name", format.name)
        });
        custom.extend(Compiled::build(format, &path, problems));
    }
    for (place, names) in [("parse.json_keys", &config.json_keys), ("parse.logfmt_keys", &config.logfmt_keys)] {
        let lists =
            [("time", &names.time), ("level", &names.level), ("message", &names.message), ("service", &names.service)];
        for (list, names) in lists {
            let path = format!("{place}.{list}");
            problems.require(names.len() <= MAX_KEY_NAMES, &path, || {
                format!("{} names are given, at most {MAX_KEY_NAMES} are taken", names.len())
            });
            for (at, name) in names.iter().enumerate() {
                problems.require((1..=MAX_KEY).contains(&name.len()), &format!("{path}[{at}]"), || {
                    format!("`{name}` must have 1 to {MAX_KEY} bytes")
                });
            }
        }
    }
    problems.require(config.default_utc_offset.unsigned_abs() <= 18 * 3600, "parse.default_utc_offset", || {
        format!("{} seconds is more than 18 hours from UTC", config.default_utc_offset)
    });
    problems.require((8..=10_000).contains(&config.max_sample_lines), "parse.max_sample_lines", || {
        format!("{} is not between 8 and 10000", config.max_sample_lines)
    });
    problems.require((1..=16).contains(&config.max_formats), "parse.max_formats", || {
        format!("{} is not between 1 and 16", config.max_formats)
    });
    custom
}
