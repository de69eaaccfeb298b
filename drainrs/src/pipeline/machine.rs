//! The machine.

use super::config::PipelineConfig;
use super::event::{Event, EventColumns, Outcome, SkipReason};
use super::filter::Filter;
use super::summary::text_to_mine;
use super::watch::Watch;
use crate::detect::Detector;
use crate::error::{Error, Problems};
use crate::flow::{Alert, Joined, Record};
use crate::join::Joiner;
use crate::mine::Seen;
use crate::miner::Miner;
use crate::parse::{CustomFormat, Parser};
use crate::text::LineBatch;
use crate::time::Timestamp;

/// What has been counted, snapshots included. `events == matched + created + skipped_below_level + skipped_surge`, where
/// matched and created are the miner's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct PipelineCounters {
    /// Lines pushed.
    pub lines: u64,
    /// Events completed.
    pub events: u64,
    /// Events cut at a limit of the joiner.
    pub truncated: u64,
    /// Events below the least level.
    pub skipped_below_level: u64,
    /// Events thinned out in a surge.
    pub skipped_surge: u64,
}

/// Join, parse, normalize and mine for one source of lines. No event is lost silently, see [`PipelineCounters`].
///
/// Push lines, and call [`advance`](Pipeline::advance) now and then: an event is complete when the next one begins, or when
/// nothing was added to it for `join.flush_after_ns`.
#[derive(Debug)]
pub struct Pipeline {
    pub(super) stages: Stages,
    pub(super) joiner: Joiner,
}

/// What an event runs through after the joiner; apart from it, so that the event may borrow from both.
#[derive(Debug)]
pub(super) struct Stages {
    pub(super) parser: Parser,
    /// Whether a time without a year is the last one before the present (and not before a fixed `parse.reference_time`).
    times_end_now: bool,
    pub(super) mining: Mining,
}

/// What a record runs through after the parser; apart from it for the same reason.
#[derive(Debug)]
pub(super) struct Mining {
    pub(super) filter: Filter,
    pub(super) miner: Miner,
    summary: Vec<u8>,
    pub(super) watch: Option<Watch>,
    pub(super) counters: PipelineCounters,
}

impl Pipeline {
    /// Builds a pipeline.
    ///
    /// # Errors
    ///
    /// Every wrong setting of every stage, with its path.
    pub fn build(config: &PipelineConfig) -> Result<Pipeline, Error> {
        let mut problems = Problems::default();
        config.filter.check(&mut problems);
        let joiner = Joiner::build(&config.join).map_err(|error| problems.absorb("", error));
        let parser = Parser::build(&config.parse).map_err(|error| problems.absorb("", error));
        let miner = Miner::build(&config.miner()).map_err(|error| problems.absorb("", error));
        let detector = config.detect.as_ref().map(Detector::build).transpose();
        let detector = detector.map_err(|error| problems.absorb("detect", error));
        problems.finish()?;
        let (Ok(joiner), Ok(parser), Ok(miner), Ok(detector)) = (joiner, parser, miner, detector) else {
            return Err(Error::new(crate::error::ErrorKind::Config, "", "a stage could not be built"));
        };
        let filter = Filter::new(&config.filter);
        let watch = detector.map(|detector| Watch::new(detector, miner.placeholders())).transpose()?;
        let mining = Mining { filter, miner, watch, summary: Vec::new(), counters: PipelineCounters::default() };
        let stages = Stages { parser, times_end_now: config.parse.reference_time.is_none(), mining };
        Ok(Pipeline { stages, joiner })
    }

    /// Takes a line that arrives at `now`, without its newline. Gives the event that it completes: the one before it.
    pub fn push(&mut self, line: &[u8], now: Timestamp) -> Option<Event<'_>> {
        self.stages.mining.counters.lines += 1;
        // What the parser has learned of the stream's headers, the joiner need not guess.
        self.joiner.set_headered(self.stages.parser.is_headered());
        let joined = self.joiner.push(line, now)?;
        Some(self.stages.run(joined, now))
    }

    /// Lets time pass: gives the event that waited long enough for a continuation.
    pub fn advance(&mut self, now: Timestamp) -> Option<Event<'_>> {
        let joined = self.joiner.advance(now)?;
        Some(self.stages.run(joined, now))
    }

    /// Gives the event that is held back, at the end of the stream.
    pub fn finish(&mut self, now: Timestamp) -> Option<Event<'_>> {
        let joined = self.joiner.finish()?;
        Some(self.stages.run(joined, now))
    }

    /// Takes a batch of lines that arrive at `now`; appends one entry per completed event to the columns.
    pub fn push_batch(&mut self, batch: LineBatch<'_>, now: Timestamp, columns: &mut EventColumns) {
        for line in batch.iter() {
            if let Some(event) = self.push(line, now) {
                columns.push(&event);
            }
        }
    }

    /// Takes an event that is complete and whose fields are known, as those have it who read the journal, OTLP or a queue:
    /// nothing is joined and no header is read, `record.message` is what was written. Costs what the miner costs. What
    /// the record does not tell stays unknown; without a time the event is of `now`.
    ///
    /// It counts as one line and one event, and its number is that of the lines and records before it. One pipeline
    /// serves one source: take either lines or records.
    ///
    /// ```
    /// use drainrs::{Level, Pipeline, PipelineConfig, Record, Timestamp};
    ///
    /// let mut pipeline = Pipeline::build(&PipelineConfig::default())?;
    /// let mut record = Record::default();
    /// record.message = b"user 17 logged in";
    /// record.level = Level::Warn;
    /// let event = pipeline.push_record(record, Timestamp::from_seconds(60));
    /// assert_eq!((event.record.level, event.first_line), (Level::Warn, 0));
    /// let texts: Vec<String> = pipeline.miner().templates().map(|template| template.text).collect();
    /// assert_eq!(texts, ["user <NUM> logged in"]);
    /// # Ok::<(), drainrs::Error>(())
    /// ```
    pub fn push_record<'a>(&'a mut self, record: Record<'a>, now: Timestamp) -> Event<'a> {
        let counters = &mut self.stages.mining.counters;
        let first_line = counters.lines;
        counters.lines += 1;
        counters.events += 1;
        let lines = memchr::memchr_iter(b'\n', record.message).count() + 1;
        let text = record.message;
        self.stages.mining.mine(record, now, Source { text, lines: lines as u32, first_line, truncated: false })
    }

    /// When [`advance`](Pipeline::advance) has something to do, if nothing is pushed before.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.joiner.deadline()
    }

    /// Takes the oldest alert that waits. Ask after every push until there is none.
    ///
    /// The detector's time is that of the events. Where lines come as they are written, let it pass without events, too, or no
    /// silence is ever noticed: `pipeline.detector_mut()` and [`Detector::advance`]. At the end of a stream
    /// [`Detector::finish`] closes the last windows.
    pub fn poll_alert(&mut self) -> Option<Alert> {
        let Mining { watch, miner, .. } = &mut self.stages.mining;
        watch.as_mut().and_then(|watch| watch.poll(miner))
    }

    /// The detector, if the settings have a `detect` part.
    pub fn detector(&self) -> Option<&Detector> {
        self.stages.mining.watch.as_ref().map(|watch| &watch.detector)
    }

    /// The detector, to add scorers, accept templates, take scores and metrics.
    pub fn detector_mut(&mut self) -> Option<&mut Detector> {
        self.stages.mining.watch.as_mut().map(|watch| &mut watch.detector)
    }

    /// The miner: templates, lineage, explanations.
    pub fn miner(&self) -> &Miner {
        &self.stages.mining.miner
    }

    /// The miner, to seed it or to take its lineage. Lines that are inserted past the pipeline are missing in its counters.
    pub fn miner_mut(&mut self) -> &mut Miner {
        &mut self.stages.mining.miner
    }

    /// Adds a format to the parser, see [`Parser::add_format`]. Events that are held back keep the one they had.
    ///
    /// # Errors
    ///
    /// Those of [`Parser::add_format`].
    pub fn add_format(&mut self, format: &CustomFormat) -> Result<(), Error> {
        self.stages.parser.add_format(format)
    }

    /// Takes a format of the user's away, see [`Parser::remove_format`].
    pub fn remove_format(&mut self, name: &str) -> bool {
        self.stages.parser.remove_format(name)
    }

    /// The parser: detected formats and its counters.
    pub fn parser(&self) -> &Parser {
        &self.stages.parser
    }

    /// How many lines are held back until their event is complete: `lines` is this and the lines of all events.
    pub fn held_lines(&self) -> u32 {
        self.joiner.held_lines()
    }

    /// Memory in bytes, heap included: what is held back, what was learned, and the scratch of the longest line so far. Bounded by
    /// `join.max_bytes`, [`DrainConfig::max_memory`](crate::DrainConfig::max_memory) and the limits of the scorers:
    /// `docs/security.md` adds them up. Compiled masks and formats are not counted. Cost: linear in what was learned; ask now
    /// and then, not with every line.
    pub fn memory(&self) -> usize {
        let mining = &self.stages.mining;
        let learned = mining.miner.stats().memory + mining.watch.as_ref().map_or(0, Watch::memory);
        let scratch = mining.miner.scratch() + mining.summary.capacity();
        size_of::<Pipeline>() + self.joiner.memory() + self.stages.parser.memory() + learned + scratch
    }

    /// The counters.
    pub fn counters(&self) -> PipelineCounters {
        self.stages.mining.counters
    }
}

/// Where an event comes from.
#[derive(Debug, Clone, Copy)]
struct Source<'a> {
    text: &'a [u8],
    lines: u32,
    first_line: u64,
    truncated: bool,
}

impl Stages {
    /// Reads the header of what was joined, and mines the message.
    fn run<'a>(&'a mut self, joined: Joined<'a>, now: Timestamp) -> Event<'a> {
        let Joined { text, lines, first_line, truncated, .. } = joined;
        self.mining.counters.events += 1;
        self.mining.counters.truncated += u64::from(truncated);
        if self.times_end_now {
            self.parser.set_reference_time(now);
        }
        let record = self.parser.parse(text);
        self.mining.mine(record, now, Source { text, lines, first_line, truncated })
    }
}

impl Mining {
    /// Mines the message, or leaves it out, and shows it to the detector.
    fn mine<'a>(&'a mut self, record: Record<'a>, now: Timestamp, source: Source<'a>) -> Event<'a> {
        let reason = self.filter.skips(record.level, now);
        let mined = if source.lines > 1 { text_to_mine(record.message, &mut self.summary) } else { record.message };
        let outcome = match reason {
            Some(reason) => {
                match reason {
                    SkipReason::BelowLevel => self.counters.skipped_below_level += 1,
                    SkipReason::Surge => self.counters.skipped_surge += 1,
                }
                Outcome::Skipped(reason)
            }
            None => {
                let hit = self.miner.insert_seen(mined, Seen { at: record.at, level: record.level });
                if let Some(watch) = &mut self.watch {
                    watch.take(&record, &hit, mined, now);
                }
                Outcome::Mined(hit)
            }
        };
        let Source { text, lines, first_line, truncated } = source;
        Event { first_line, lines, truncated, text, record, mined, outcome }
    }
}
