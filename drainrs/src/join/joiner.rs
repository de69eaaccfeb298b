//! The machine: lines in, events out.

use super::config::{JoinConfig, JoinMode};
use super::envelope::{self, Envelope, Wrapper};
use super::header;
use super::rules::{self, State, Verdict};
use crate::error::Error;
use crate::flow::Joined;
use crate::time::Timestamp;
use crate::wire::{self, Reader, Writer, state};

/// Joins the lines of one source into events. See the module for what it promises.
///
/// ```
/// use drainrs::{JoinConfig, Joiner, Timestamp};
///
/// let mut joiner = Joiner::build(&JoinConfig::default()).unwrap();
/// let now = Timestamp::default();
/// assert!(joiner.push(b"2031-02-03 04:05:06 ERROR it broke", now).is_none());
/// assert!(joiner.push(b"java.io.IOException: closed", now).is_none());
/// assert!(joiner.push(b"\tat a.b.C.d(C.java:7)", now).is_none());
/// let event = joiner.push(b"2031-02-03 04:05:07 INFO next", now).unwrap();
/// assert_eq!((event.lines, event.first_line), (3, 0));
/// assert_eq!(joiner.finish().unwrap().lines, 1);
/// ```
#[derive(Debug, Clone)]
pub struct Joiner {
    config: JoinConfig,
    /// The event that is being put together.
    open: Event,
    /// The event that was given away last: what [`Joined`] borrows.
    done: Event,
    sources: Headers,
    /// Where the last line with a time within had it.
    time_at: usize,
    pushed: u64,
}

/// An event in the making.
#[derive(Debug, Clone, Default)]
struct Event {
    text: Vec<u8>,
    lines: u32,
    first_line: u64,
    truncated: bool,
    /// When its last line came.
    touched: Timestamp,
    /// What its lines make likely; found out when a line without a header asks for it.
    state: Option<State>,
    /// Where its first line begins, behind the envelope.
    inside: usize,
    headed: bool,
    /// No line can go on with it: it is complete.
    complete: bool,
    wrapped: Option<Wrapped>,
}

state! {
    Wrapped { wrapper, stderr, insert_at, partial }
    Headers { told, with, seen }
}

/// The envelope of an event's first line.
#[derive(Debug, Clone, Copy)]
struct Wrapped {
    wrapper: Wrapper,
    stderr: bool,
    insert_at: usize,
    /// The last line was not finished.
    partial: bool,
}

/// How many lines begin with a header.
#[derive(Debug, Clone, Copy, Default)]
struct Headers {
    told: Option<bool>,
    with: u32,
    seen: u32,
}

/// Until so many lines were seen, one header is enough to expect more.
const FEW: u32 = 16;
/// Older lines count half after so many.
const MEMORY: u32 = 256;

impl Headers {
    fn note(&mut self, header: bool) {
        self.seen += 1;
        self.with += u32::from(header);
        if self.seen >= MEMORY {
            self.seen /= 2;
            self.with /= 2;
        }
    }

    fn expected(&self) -> bool {
        self.told.unwrap_or(self.with > 0 && (self.with * 2 >= self.seen || self.seen < FEW))
    }
}

impl Joiner {
    /// Builds the machine, or says everything that is wrong with the settings.
    ///
    /// # Errors
    ///
    /// A limit out of its range.
    pub fn build(config: &JoinConfig) -> Result<Joiner, Error> {
        config.check()?;
        let told = match config.mode {
            JoinMode::Headered => Some(true),
            JoinMode::Headerless => Some(false),
            JoinMode::Auto | JoinMode::Off => None,
        };
        Ok(Joiner {
            config: config.clone(),
            open: Event::default(),
            done: Event::default(),
            sources: Headers { told, ..Headers::default() },
            time_at: 0,
            pushed: 0,
        })
    }

    /// Takes a line in (without its line ending) and gives the event that it finishes, if any.
    pub fn push(&mut self, line: &[u8], now: Timestamp) -> Option<Joined<'_>> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let number = self.pushed;
        self.pushed += 1;
        if self.config.mode == JoinMode::Off {
            self.done.begin(line, number, now, &self.config);
            return Some(self.done.joined());
        }
        let envelope = envelope::open(line);
        let inside = envelope.as_ref().map_or(line, |e| &line[e.inside.clone()]);
        let header = header::is_header(inside, &mut self.time_at);
        if self.goes_on(inside, header, envelope.as_ref()) {
            self.open.add(inside, envelope.as_ref(), now, &self.config);
            return None;
        }
        let finished = self.open.lines > 0;
        if finished {
            std::mem::swap(&mut self.open, &mut self.done);
        }
        self.open.begin(line, number, now, &self.config);
        self.open.headed = header;
        self.open.complete = envelope.is_none() && is_object(line);
        self.open.state = None;
        self.open.inside = envelope.as_ref().map_or(0, |e| e.inside.start);
        self.open.wrapped = envelope.map(|e| Wrapped {
            wrapper: e.wrapper,
            stderr: e.stderr,
            insert_at: e.insert_at,
            partial: e.partial,
        });
        finished.then(|| self.done.joined())
    }

    /// Whether a line goes on with the open event.
    fn goes_on(&mut self, inside: &[u8], header: bool, envelope: Option<&Envelope>) -> bool {
        let open = &mut self.open;
        let same_source = match (&open.wrapped, envelope) {
            (None, None) => true,
            (Some(a), Some(b)) => a.wrapper == b.wrapper && a.stderr == b.stderr,
            _ => false,
        };
        if open.lines == 0 || !same_source {
            self.sources.note(header);
            return false;
        }
        if open.wrapped.is_some_and(|w| w.partial) {
            return true;
        }
        let escaped_tab = envelope.is_some_and(|e| e.wrapper == Wrapper::Docker) && inside.starts_with(b"\\t");
        let indented = escaped_tab || matches!(inside.first(), Some(b' ' | b'\t'));
        if header || open.complete || is_object(inside) {
            self.sources.note(header);
            return false;
        }
        let mut state = open.state.unwrap_or_else(|| open.opened());
        let verdict = rules::judge(&mut state, inside, indented);
        if verdict == Verdict::Continue {
            open.state = Some(state);
            return true;
        }
        // A line that no trace explains says whether the source has headers at all.
        if !inside.is_empty() {
            self.sources.note(false);
        }
        let expected = open.headed && self.sources.expected();
        if expected && matches!(open.state, None | Some(State::Plain)) {
            open.state = Some(rules::opened_by(inside));
        }
        expected
    }

    /// Gives the open event away if it has waited longer than [`JoinConfig::flush_after_ns`].
    pub fn advance(&mut self, now: Timestamp) -> Option<Joined<'_>> {
        let waited = self.open.lines > 0 && now.since(self.open.touched) >= self.config.flush_after_ns;
        if waited { self.finish() } else { None }
    }

    /// When [`advance`](Joiner::advance) will give the open event away; `None` when no event is open.
    pub fn deadline(&self) -> Option<Timestamp> {
        (self.open.lines > 0).then(|| self.open.touched.plus_nanos(self.config.flush_after_ns))
    }

    /// Gives the open event away.
    pub fn finish(&mut self) -> Option<Joined<'_>> {
        if self.open.lines == 0 {
            return None;
        }
        std::mem::swap(&mut self.open, &mut self.done);
        self.open.lines = 0;
        self.open.wrapped = None;
        Some(self.done.joined())
    }

    /// Tells the joiner what the parser found out: whether the lines of this source begin with headers. `None` leaves it to
    /// the joiner. The mode wins over this.
    pub fn set_headered(&mut self, headered: Option<bool>) {
        if self.config.mode == JoinMode::Auto {
            self.sources.told = headered;
        }
    }

    /// How many lines the open event has so far.
    pub fn held_lines(&self) -> u32 {
        self.open.lines
    }

    /// Writes the state: the open event, and what is known of the source.
    pub(crate) fn write(&self, to: &mut Writer) {
        wire::State::write(&self.open, to);
        wire::State::write(&self.sources, to);
        to.number(self.pushed);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &JoinConfig) -> Result<Joiner, Error> {
        let mut joiner = Joiner::build(config)?;
        joiner.open = wire::State::read(from)?;
        let told = joiner.sources.told;
        let sources: Headers = wire::State::read(from)?;
        // The mode wins over what was told.
        joiner.sources = Headers { told: told.or(sources.told.filter(|_| config.mode == JoinMode::Auto)), ..sources };
        joiner.pushed = from.counter()?;
        Ok(joiner)
    }

    /// How many lines were pushed.
    pub fn pushed(&self) -> u64 {
        self.pushed
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        size_of::<Joiner>() + self.open.text.capacity() + self.done.text.capacity()
    }
}

impl wire::State for Event {
    fn write(&self, to: &mut Writer) {
        wire::State::write(&self.lines, to);
        if self.lines == 0 {
            return;
        }
        to.bytes(&self.text);
        wire::State::write(&self.first_line, to);
        wire::State::write(&self.truncated, to);
        wire::State::write(&self.touched, to);
        wire::State::write(&self.state, to);
        wire::State::write(&self.inside, to);
        wire::State::write(&self.headed, to);
        wire::State::write(&self.complete, to);
        wire::State::write(&self.wrapped, to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Event, Error> {
        let lines = wire::State::read(from)?;
        if lines == 0 {
            return Ok(Event::default());
        }
        Ok(Event {
            lines,
            text: from.bytes()?.to_vec(),
            first_line: wire::State::read(from)?,
            truncated: wire::State::read(from)?,
            touched: wire::State::read(from)?,
            state: wire::State::read(from)?,
            inside: wire::State::read(from)?,
            headed: wire::State::read(from)?,
            complete: wire::State::read(from)?,
            wrapped: wire::State::read(from)?,
        })
    }
}

impl Event {
    /// The state that the first line opens.
    fn opened(&self) -> State {
        let text = self.text.get(self.inside..).unwrap_or_default();
        rules::opened_by(memchr::memchr(b'\n', text).map_or(text, |end| &text[..end]))
    }

    fn begin(&mut self, line: &[u8], number: u64, now: Timestamp, config: &JoinConfig) {
        self.text.clear();
        self.text.extend_from_slice(line.get(..config.max_bytes).unwrap_or(line));
        self.truncated = line.len() > config.max_bytes;
        self.lines = 1;
        self.first_line = number;
        self.touched = now;
    }

    fn add(&mut self, inside: &[u8], envelope: Option<&Envelope>, now: Timestamp, config: &JoinConfig) {
        self.lines = self.lines.saturating_add(1);
        self.touched = now;
        let unfinished = self.wrapped.is_some_and(|w| w.partial);
        let docker = self.wrapped.filter(|w| w.wrapper == Wrapper::Docker);
        if let (Some(wrapped), Some(envelope)) = (&mut self.wrapped, envelope) {
            wrapped.partial = envelope.partial;
        }
        let mark: &[u8] = match docker {
            _ if unfinished => b"",
            Some(_) => b"\\n",
            None => b"\n",
        };
        let room = config.max_bytes.saturating_sub(self.text.len() + mark.len());
        // Pieces of one line do not count as lines.
        if self.truncated || room == 0 || (self.lines > config.max_lines && !unfinished) {
            self.truncated = true;
            return;
        }
        match docker {
            // The text goes into the string of the first line's envelope; half an escape would break it.
            Some(wrapped) if inside.len() <= room && wrapped.insert_at <= self.text.len() => {
                // The first line's own ending stands at the place of insertion already.
                let ended = self.text[..wrapped.insert_at].ends_with(b"\\n");
                let mark = if ended { &b""[..] } else { mark };
                let at = wrapped.insert_at;
                self.text.splice(at..at, mark.iter().chain(inside).copied());
                let grown = mark.len() + inside.len();
                if let Some(wrapped) = &mut self.wrapped {
                    wrapped.insert_at += grown;
                }
            }
            Some(_) => self.truncated = true,
            None => {
                self.text.extend_from_slice(mark);
                self.text.extend_from_slice(inside.get(..room).unwrap_or(inside));
                self.truncated = inside.len() > room;
            }
        }
    }

    fn joined(&self) -> Joined<'_> {
        Joined::new(&self.text, self.lines, self.first_line, self.truncated)
    }
}

/// Whether a line is a whole JSON object, by its ends.
#[inline]
fn is_object(line: &[u8]) -> bool {
    line.first() == Some(&b'{') && line.trim_ascii_end().last() == Some(&b'}')
}
