//! What is remembered of a stream: counts and examples per template, the last lines, what was noticed, batches, samples.

use crate::stats::Portable;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::config::JournalConfig;
use super::remembered::{Remembered, name_before_message, whole_words};
use super::ring::{Borrowed, Kept, Rings};
use crate::flow::{Alert, AlertStatus, Level, Parsed, Score};
use crate::id::TemplateId;
use crate::pipeline::{Event, Outcome};
use crate::redact::KeyLines;
use crate::stats::mix;
use crate::time::Timestamp;

/// What has been counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct JournalCounters {
    /// Events seen. `events == remembered + skipped + forgotten`, where remembered are those of the templates at hand.
    pub events: u64,
    /// Lines seen.
    pub lines: u64,
    /// Events that were not mined.
    pub skipped: u64,
    /// Events of templates that made room.
    pub forgotten: u64,
    /// How often a template made room; one that comes again and makes room again counts twice.
    pub forgotten_templates: u64,
    /// The greatest level among them.
    pub forgotten_level: Level,
    /// Lines that nothing read as anything.
    pub unparsed: u64,
    /// Batches that made room and had no answer.
    pub dropped_batches: u64,
    /// Lines of private keys, which are not remembered.
    pub withheld: u64,
    /// Things noticed that made room.
    pub dropped_notices: u64,
}

/// What is known of a template's events.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) service: Vec<u8>,
    /// Events by level.
    levels: [u64; Level::ALL.len()],
    /// All events.
    pub(super) total: u64,
    /// The events of the window.
    pub(super) count: u64,
    /// The usual number in a window, once one is over.
    pub(super) usual: Option<f64>,
    pub(super) first_seen: Option<Timestamp>,
    pub(super) last_seen: Option<Timestamp>,
    /// The numbers of the first and the last line, from 1.
    pub(super) first_line: u64,
    /// The number of the first event, from 0.
    pub(super) first_event: u64,
    /// Whether it was born in the window.
    pub(super) born: bool,
    /// The first event, and others of other times.
    pub(super) examples: Vec<Remembered>,
    /// The name of a secret that the header of an event took, so that the message is its value.
    pub(super) name: Vec<u8>,
    /// The greatest severity that was noticed in the window, and what was noticed.
    pub(super) anomaly: f64,
    pub(super) reason: String,
    /// Whether its first event was a line of a private key.
    pub(super) secret: bool,
    /// When a model was last asked what it is, and how its parameters are called.
    pub(super) classified: Option<Timestamp>,
    pub(super) named: Option<Timestamp>,
}

impl Known {
    /// The greatest level of an event.
    pub(super) fn greatest_level(&self) -> Level {
        let seen = Level::ALL.into_iter().zip(self.levels).filter(|(_, count)| *count > 0);
        seen.map(|(level, _)| level).max().unwrap_or_default()
    }

    /// The level of most events; the greater one of two that are equal. Events that name none count only if no event does.
    pub(super) fn level(&self) -> Level {
        let named = Level::ALL.into_iter().zip(self.levels).skip(1).filter(|(_, count)| *count > 0);
        named.max_by_key(|(_, count)| *count).map_or(Level::Unknown, |(level, _)| level)
    }
}

/// Something that was noticed, with what stood around it.
#[derive(Debug, Clone)]
pub(super) struct Noticed {
    /// 1, 2, 3, ...
    pub(super) id: u64,
    pub(super) alert: Alert,
    pub(super) context: Context,
    /// Whether a model has said what it can.
    pub(super) settled: bool,
}

/// Lines of a short time.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    /// 1, 2, 3, ...
    pub(super) id: u64,
    pub(super) lines: Vec<Kept>,
}

/// What stood around something when it was noticed.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// The line that it is about.
    pub(super) line: Option<Kept>,
    /// The lines before, the oldest first.
    pub(super) before: Vec<Kept>,
    /// Whether that line belongs to a private key.
    pub(super) secret: bool,
}

/// The memory of an asker.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    pub(super) config: JournalConfig,
    batch_lines: (usize, usize),
    max_examples: usize,
    pub(super) templates: BTreeMap<TemplateId, Known>,
    /// Templates that made room and did not come again, and how many are not in the list.
    gone: BTreeSet<TemplateId>,
    more_gone: usize,
    pub(super) rings: Rings,
    pub(super) notices: VecDeque<Noticed>,
    /// What stood around scores whose alerts were not told yet.
    captured: VecDeque<(Timestamp, Option<TemplateId>, Context)>,
    pub(super) batches: VecDeque<Batch>,
    /// The batch at hand; lines beyond `filling` are old, kept for their memory.
    batch: Vec<Kept>,
    filling: usize,
    /// Lines without a header, and others: to try patterns on.
    pub(super) raw: Sample,
    pub(super) read: Sample,
    keys: KeyLines,
    /// Whether the last line belonged to a private key.
    in_key: bool,
    /// When a model was last asked for a header pattern.
    pub(super) header_asked: Option<Timestamp>,
    /// The state that was summarised last.
    pub(super) summarised: Option<u64>,
    pub(super) counters: JournalCounters,
    /// Events by level and by service.
    pub(super) levels: [u64; Level::ALL.len()],
    pub(super) services: BTreeMap<Vec<u8>, u64>,
    pub(super) formats: BTreeMap<String, u64>,
    /// The window at hand.
    pub(super) window: Option<(Timestamp, Timestamp)>,
    pub(super) windows: u64,
    /// The last time that was believed, and how many in a row were not.
    latest: Option<Timestamp>,
    strays: u32,
    pub(super) span: Option<(Timestamp, Timestamp)>,
    pub(super) batches_closed: u64,
    pub(super) notices_seen: u64,
}

/// Some lines of many, each as likely as any other, and always the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Sample {
    pub(super) lines: Vec<Vec<u8>>,
    pub(super) seen: u64,
}

impl Sample {
    /// The place that the next line takes, if it takes one.
    #[inline]
    fn place(&mut self, most: usize) -> Option<usize> {
        self.seen += 1;
        if self.lines.len() < most {
            return Some(self.lines.len());
        }
        // Vitter's algorithm R, with a hash of the number for chance.
        let at = usize::try_from(mix(self.seen) % self.seen).ok()?;
        (at < self.lines.len()).then_some(at)
    }

    fn put(&mut self, at: usize, text: &[u8]) {
        match self.lines.get_mut(at) {
            Some(line) => {
                line.clear();
                line.extend_from_slice(text);
            }
            None => self.lines.push(text.to_vec()),
        }
    }
}

/// The most bytes of a service's name; of a longer one as many words as fit.
const MAX_SERVICE: usize = 256;
/// What stands for a line of a private key.
pub(super) const WITHHELD: &str = "[withheld: a line of a private key]";
/// How much of the usual number a new window changes.
const ALPHA: f64 = 0.3;
/// The share of templates that make room at once, so that a flood of births does not sort them at each.
const ROOM: usize = 4;
/// For so many times as many templates as are remembered it is known that they were there.
const MORE_GONE: usize = 4;
/// A time so far from the last one is believed when there were so many in a row: a week.
const FAR: i64 = 7 * 86_400_000_000_000;
const MANY_STRAYS: u32 = 8;
/// The most formats that are counted by name.
const MAX_FORMATS: usize = 64;
/// Before so many events, and this share of all, whatever comes is new; later it is news.
pub(super) const WARM_UP_EVENTS: u64 = 50;
pub(super) const WARM_UP_SHARE: f64 = 0.2;

impl Journal {
    pub(super) fn new(config: &JournalConfig, batch_lines: (usize, usize), max_examples: usize) -> Journal {
        Journal {
            config: config.clone(),
            batch_lines,
            max_examples,
            templates: BTreeMap::new(),
            gone: BTreeSet::new(),
            more_gone: 0,
            rings: Rings::default(),
            notices: VecDeque::new(),
            captured: VecDeque::new(),
            batches: VecDeque::new(),
            batch: Vec::new(),
            filling: 0,
            raw: Sample::default(),
            read: Sample::default(),
            keys: KeyLines::default(),
            in_key: false,
            header_asked: None,
            summarised: None,
            counters: JournalCounters::default(),
            levels: [0; Level::ALL.len()],
            services: BTreeMap::new(),
            formats: BTreeMap::new(),
            window: None,
            windows: 0,
            latest: None,
            strays: 0,
            span: None,
            batches_closed: 0,
            notices_seen: 0,
        }
    }

    /// Takes an event.
    pub(super) fn observe(&mut self, event: &Event<'_>) {
        let number = self.counters.events;
        self.counters.events += 1;
        self.counters.lines += u64::from(event.lines);
        let record = &event.record;
        let at = record.at.filter(|at| self.is_believed(*at));
        // A program of one piece names no service; then its parts are told apart by their loggers.
        let service = record.service.or(record.logger).unwrap_or_default();
        let service = whole_words(service, MAX_SERVICE);
        // Of several lines that are one event all are looked at: the key may end there.
        self.in_key = self.keys.is_inside(service, if event.lines > 1 { event.text } else { event.mined });
        self.counters.withheld += u64::from(self.in_key);
        if let Some(at) = at {
            self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
            self.roll(at);
        }
        self.levels[record.level as usize] += 1;
        let line = Borrowed {
            number: event.first_line + 1,
            at: record.at,
            level: record.level,
            service,
            name: if self.in_key { &[] } else { name_before_message(event) },
            text: if self.in_key { WITHHELD.as_bytes() } else { event.mined },
        };
        self.count_service(line.service);
        self.count_format(record.format);
        let JournalConfig { ring_lines, max_services, max_line_bytes, .. } = self.config;
        self.rings.push(&line, ring_lines, max_services, max_line_bytes);
        self.take_into_batch(&line);
        self.sample(event, record.parsed);
        let Outcome::Mined(hit) = &event.outcome else {
            self.counters.skipped += 1;
            return;
        };
        for &(gone, into) in hit.merged {
            self.unite(gone, into);
        }
        let gone = &mut self.gone;
        let known = self.templates.entry(hit.template).or_insert_with(|| {
            gone.remove(&hit.template);
            Known {
                service: line.service.to_vec(),
                first_seen: at,
                first_line: line.number,
                first_event: number,
                born: true,
                secret: self.in_key,
                ..Known::default()
            }
        });
        known.levels[line.level as usize] += 1;
        known.total += 1;
        known.count += 1;
        if let Some(at) = at {
            known.first_seen = Some(known.first_seen.map_or(at, |first| first.min(at)));
            known.last_seen = Some(known.last_seen.map_or(at, |last| last.max(at)));
        }
        if known.name.is_empty() {
            known.name.extend_from_slice(line.name);
        }
        if !self.in_key {
            keep_example(known, &line, max_line_bytes, self.max_examples);
        }
        if self.templates.len() > self.config.max_templates {
            self.make_room(hit.template);
        }
    }

    fn count_service(&mut self, service: &[u8]) {
        if let Some(count) = self.services.get_mut(service) {
            *count += 1;
        } else if self.services.len() < self.config.max_services && !service.is_empty() {
            self.services.insert(service.to_vec(), 1);
        }
    }

    fn count_format(&mut self, format: &str) {
        if let Some(count) = self.formats.get_mut(format) {
            *count += 1;
        } else if self.formats.len() < MAX_FORMATS {
            self.formats.insert(format.to_owned(), 1);
        }
    }

    /// Whether a time is near the last ones, or there were several in a row out there: one clock that lies moves no window.
    fn is_believed(&mut self, at: Timestamp) -> bool {
        let near = self.latest.is_none_or(|latest| at.since(latest).saturating_abs() <= FAR);
        self.strays = if near { 0 } else { self.strays + 1 };
        let believed = near || self.strays >= MANY_STRAYS;
        if believed {
            if self.strays > 0 {
                // The clock of the stream itself was changed: what was before has no place in the same span.
                if self.config.window_ns > 0 && self.window.is_some() {
                    self.end_window(0);
                }
                (self.strays, self.window, self.span) = (0, None, None);
            }
            self.latest = Some(at);
        }
        believed
    }

    /// Ends windows that are over at a time.
    fn roll(&mut self, at: Timestamp) {
        let length = self.config.window_ns;
        if length == 0 {
            self.window = self.span;
            return;
        }
        let start = |at: Timestamp| Timestamp::from_nanos(at.as_nanos().div_euclid(length) * length);
        let Some((from, until)) = self.window else {
            self.window = Some((start(at), start(at).plus_nanos(length)));
            return;
        };
        if at < until {
            return;
        }
        let gone = (at.since(from) / length).max(1);
        // Empty windows in between count as such, as far as they still matter.
        self.end_window(i32::try_from((gone - 1).min(64)).unwrap_or(64));
        self.window = Some((start(at), start(at).plus_nanos(length)));
    }

    /// Ends the window at hand, and so many empty ones behind it.
    fn end_window(&mut self, empty: i32) {
        self.windows += 1;
        for known in self.templates.values_mut() {
            let count = known.count as f64;
            let usual = known.usual.map_or(count, |usual| usual + ALPHA * (count - usual));
            known.usual = Some(usual * (1.0 - ALPHA).portable_powf(f64::from(empty)));
            (known.count, known.born, known.anomaly) = (0, false, 0.0);
            known.reason.clear();
        }
    }

    fn take_into_batch(&mut self, line: &Borrowed<'_>) {
        if line.level < self.config.batch_level || self.config.max_batches == 0 {
            return;
        }
        let (fewest, most) = self.batch_lines;
        let began = self.batch.first().filter(|_| self.filling > 0).and_then(|line| line.at);
        let age = line.at.zip(began).map_or(0, |(at, began)| at.since(began));
        if self.filling >= most || (age >= self.config.batch_ns && self.filling >= fewest) {
            self.close_batch();
        }
        if self.filling == self.batch.len() {
            self.batch.push(Kept::default());
        }
        if let Some(place) = self.batch.get_mut(self.filling) {
            place.set(line, self.config.max_line_bytes);
            self.filling += 1;
        }
    }

    fn close_batch(&mut self) {
        self.batches_closed += 1;
        // The most harmless makes room, the oldest of several, and gives its memory.
        let mut room = Vec::new();
        if self.batches.len() >= self.config.max_batches {
            self.counters.dropped_batches += 1;
            let worst = |batch: &Batch| batch.lines.iter().map(|line| line.level).max();
            let harmless = self.batches.iter().enumerate().min_by_key(|(at, batch)| (worst(batch), *at));
            let at = harmless.map(|(at, _)| at);
            room = at.and_then(|at| self.batches.remove(at)).map(|batch| batch.lines).unwrap_or_default();
        }
        std::mem::swap(&mut room, &mut self.batch);
        room.truncate(self.filling);
        self.filling = 0;
        self.batches.push_back(Batch { id: self.batches_closed, lines: room });
    }

    /// The end of a stream: the batch at hand is over if it has lines.
    pub(super) fn finish(&mut self) {
        if self.filling > 0 {
            self.close_batch();
        }
    }

    /// Remembers some lines that parse as nothing, and some that do.
    fn sample(&mut self, event: &Event<'_>, parsed: Parsed) {
        let list = match parsed {
            Parsed::Raw => {
                self.counters.unparsed += 1;
                &mut self.raw
            }
            Parsed::Exact | Parsed::Generic => &mut self.read,
        };
        let Some(at) = list.place(self.config.max_header_samples) else { return };
        let first = event.text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // A line of a key is shown to nobody; one that would be cut has no end that a pattern could read.
        if !first.is_empty() && !self.in_key && first.len() <= self.config.max_line_bytes {
            list.put(at, first);
        }
    }

    /// A number that grows with all that a summary could tell.
    pub(super) fn state(&self) -> u64 {
        self.counters.events + self.notices_seen
    }

    /// A model has said what it can about a batch.
    pub(super) fn settle_batch(&mut self, id: u64) {
        self.batches.retain(|batch| batch.id != id);
    }

    /// The same about something noticed, and about all that is alike: it has the same answer.
    pub(super) fn settle_notice(&mut self, id: u64) {
        let about = |alert: &Alert| (alert.score.kind.clone(), alert.service.clone(), alert.score.template);
        let Some(settled) = self.notices.iter().find(|noticed| noticed.id == id).map(|one| about(&one.alert)) else {
            return;
        };
        for noticed in self.notices.iter_mut().filter(|noticed| about(&noticed.alert) == settled) {
            noticed.settled = true;
        }
    }

    /// Whether a time is so long ago that nobody asks about it any more.
    pub(super) fn is_past(&self, at: Timestamp) -> bool {
        let keep = self.config.keep_ns;
        self.config.window_ns > 0 && keep > 0 && self.latest.is_some_and(|latest| latest.since(at) > keep)
    }

    /// Takes an alert, and what stands around it at this moment.
    pub(super) fn note(&mut self, alert: &Alert, max_context: usize) {
        if alert.status == AlertStatus::Resolved {
            return;
        }
        self.notices_seen += 1;
        for score in std::iter::once(&alert.score).chain(&alert.others) {
            let Some(known) = score.template.and_then(|id| self.templates.get_mut(&id)) else { continue };
            let severity = score.severity.get();
            if severity > known.anomaly {
                known.anomaly = severity;
                known.reason = score.kind.name().replace('_', " ");
            }
        }
        let captured = self
            .captured
            .iter()
            .position(|(at, template, _)| *at == alert.score.at && *template == alert.score.template);
        let context = match captured.and_then(|at| self.captured.remove(at)) {
            Some((.., context)) => context,
            // By now other lines have come; those before it may still be there.
            None => self.context_of(&alert.score, service_of(alert), max_context),
        };
        if self.notices.len() >= self.config.max_notices {
            self.notices.pop_front();
            self.counters.dropped_notices += 1;
        }
        let id = self.notices_seen;
        self.notices.push_back(Noticed { id, alert: alert.clone(), context, settled: false });
    }

    /// Remembers what stands around a score now: its alert may be told later, when the lines have gone by.
    pub(super) fn capture(&mut self, score: &Score, service: &[u8], max_context: usize) {
        if score.sample.is_none() {
            return;
        }
        let context = self.context_of(score, service, max_context);
        if self.captured.len() >= self.config.max_notices {
            self.captured.pop_front();
        }
        self.captured.push_back((score.at, score.template, context));
    }

    /// The line that a score is about, if it is still there, and the lines before it.
    fn context_of(&self, score: &Score, service: &[u8], max_context: usize) -> Context {
        let own: Vec<&Kept> = self.rings.of(service).collect();
        let ring = if own.is_empty() { self.rings.all() } else { own };
        let sample = score.sample.as_deref().map(str::as_bytes);
        let is_line = |kept: &&&Kept| {
            let text = kept.text.own();
            // A sample may be cut.
            sample.is_some_and(|sample| !sample.is_empty() && text.starts_with(sample))
                && kept.at.is_none_or(|at| at == score.at)
        };
        let line = ring.iter().rposition(|kept| is_line(&kept));
        let end = line.unwrap_or_else(|| ring.partition_point(|kept| kept.at.is_none_or(|at| at <= score.at)));
        let before = ring.get(..end).unwrap_or_default();
        let before = before.get(before.len().saturating_sub(max_context)..).unwrap_or_default();
        Context {
            line: line.and_then(|at| ring.get(at)).map(|kept| (*kept).clone()),
            before: before.iter().map(|kept| (*kept).clone()).collect(),
            secret: self.in_key,
        }
    }

    /// How many templates are not at hand any more; at least, once they are very many: then those that come again count again.
    pub(super) fn forgotten(&self) -> usize {
        self.gone.len() + self.more_gone
    }

    fn unite(&mut self, gone: TemplateId, into: TemplateId) {
        self.gone.remove(&gone);
        self.gone.remove(&into);
        let Some(gone) = self.templates.remove(&gone) else { return };
        let Some(kept) = self.templates.get_mut(&into) else {
            self.templates.insert(into, gone);
            return;
        };
        kept.total += gone.total;
        kept.count += gone.count;
        kept.levels.iter_mut().zip(gone.levels).for_each(|(kept, gone)| *kept += gone);
        kept.usual = match (kept.usual, gone.usual) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        kept.first_seen = kept.first_seen.into_iter().chain(gone.first_seen).min();
        kept.last_seen = kept.last_seen.max(gone.last_seen);
        kept.first_line = kept.first_line.min(gone.first_line);
        kept.first_event = kept.first_event.min(gone.first_event);
        kept.born &= gone.born;
        kept.secret |= gone.secret;
        if kept.name.is_empty() {
            kept.name = gone.name;
        }
        kept.classified = kept.classified.max(gone.classified);
        kept.named = kept.named.max(gone.named);
        for example in gone.examples {
            if kept.examples.len() < self.max_examples && !kept.examples.contains(&example) {
                kept.examples.push(example);
            }
        }
    }

    /// Forgets the templates of the least rank; never the newest.
    fn make_room(&mut self, newest: TemplateId) {
        let mut ranked: Vec<(f64, u64, TemplateId)> = self
            .templates
            .iter()
            .filter(|(id, _)| **id != newest)
            .map(|(id, known)| (self.value(known), u64::MAX - known.first_event, *id))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, _, id) in ranked.into_iter().take((self.config.max_templates / ROOM).max(1)) {
            if let Some(gone) = self.templates.remove(&id) {
                self.counters.forgotten_level = self.counters.forgotten_level.max(gone.greatest_level());
                if self.gone.len() < MORE_GONE * self.config.max_templates {
                    self.gone.insert(id);
                } else {
                    self.more_gone += 1;
                }
                self.counters.forgotten += gone.total;
                self.counters.forgotten_templates += 1;
            }
        }
    }

    /// Whether a template is news: born in the window, and not while everything was new.
    pub(super) fn is_new(&self, known: &Known) -> bool {
        #[allow(clippy::cast_sign_loss, reason = "a share of a count")]
        let warm_up = WARM_UP_EVENTS.max((self.counters.events as f64 * WARM_UP_SHARE) as u64);
        known.born && (self.windows > 0 || known.first_event >= warm_up)
    }

    /// How telling a template is: 3 for each step of level above info, up to 4 for what was noticed, 3 for news, and 1 for each
    /// doubling or halving of what is usual, up to 3. How often it comes does not matter.
    pub(super) fn value(&self, known: &Known) -> f64 {
        let level = match known.level() {
            Level::Unknown | Level::Trace | Level::Debug => 0.0,
            Level::Info => 0.5,
            Level::Notice => 1.0,
            Level::Warn => 3.0,
            Level::Error => 6.0,
            Level::Critical => 9.0,
            Level::Fatal => 10.0,
        };
        let news = if self.is_new(known) { 3.0 } else { 0.0 };
        // One is added to both: from 0 to 1 is no doubling of anything.
        let change = known
            .usual
            .map_or(0.0, |usual| ((known.count as f64 + 1.0) / (usual + 1.0)).portable_log2().abs().min(3.0));
        level + news + 4.0 * known.anomaly + change
    }

    /// Events a day at the present pace, from those of a time; a time under an hour counts as one.
    pub(super) fn per_day(&self, times: u64) -> f64 {
        const DAY: f64 = 86_400e9;
        let span = self.span.map_or(0, |(first, last)| last.since(first));
        times as f64 * DAY / (span as f64).max(DAY / 24.0)
    }

    pub(super) fn memory(&self) -> usize {
        let known = self.templates.values().map(|known| {
            size_of::<Known>()
                + known.service.capacity()
                + known.reason.capacity()
                + known.examples.iter().map(|example| size_of::<Remembered>() + example.memory()).sum::<usize>()
        });
        let kept = |lines: &[Kept]| lines.iter().map(Kept::memory).sum::<usize>();
        let context = |context: &Context| {
            size_of::<Context>() + kept(&context.before) + context.line.as_ref().map_or(0, Kept::memory)
        };
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::capacity);
        let score = |score: &Score| size_of::<Score>() + score.reason.capacity() + text(&score.sample);
        let noticed = |noticed: &Noticed| {
            let alert = &noticed.alert;
            let samples = alert.samples.iter().map(String::capacity).sum::<usize>();
            let scores = std::iter::once(&alert.score).chain(&alert.others).map(score).sum::<usize>();
            size_of::<Noticed>() + context(&noticed.context) + samples + scores + text(&alert.template)
        };
        let named = self.services.keys().map(|name| name.capacity() + 64).sum::<usize>();
        let samples = self.raw.lines.iter().chain(&self.read.lines);
        known.sum::<usize>()
            + self.gone.len() * 2 * size_of::<TemplateId>()
            + self.rings.memory()
            + self.batches.iter().map(|batch| kept(&batch.lines)).sum::<usize>()
            + kept(&self.batch)
            + self.notices.iter().map(noticed).sum::<usize>()
            + self.captured.iter().map(|(.., around)| context(around)).sum::<usize>()
            + samples.map(|line| size_of::<Vec<u8>>() + line.capacity()).sum::<usize>()
            + named
            + self.formats.keys().map(|name| name.capacity() + 64).sum::<usize>()
    }
}

/// The service of an alert, as rings know it.
fn service_of(alert: &Alert) -> &[u8] {
    alert.service.as_deref().unwrap_or_default().as_bytes()
}

/// Keeps the first event, and after it those whose number is a power of two, in turn: examples of many times at little cost.
fn keep_example(known: &mut Known, line: &Borrowed<'_>, max_bytes: usize, most: usize) {
    let turn = if known.examples.len() < most {
        known.examples.len()
    } else if most > 1 && known.total.is_power_of_two() {
        1 + known.total.trailing_zeros() as usize % (most - 1)
    } else {
        return;
    };
    if known.examples.iter().any(|example| example.is_of(line.text, max_bytes)) {
        return;
    }
    match known.examples.get_mut(turn) {
        Some(example) => example.set(line.name, line.text, max_bytes),
        None => known.examples.push(Remembered::new(line.name, line.text, max_bytes)),
    }
}
