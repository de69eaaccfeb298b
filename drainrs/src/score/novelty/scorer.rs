//! The scorer.

use crate::stats::Portable;
use std::collections::BTreeMap;

use super::config::NoveltyConfig;
use super::learning::Learning;
use crate::error::{Error, Problems};
use crate::flow::{Change, Closed, Level, Observation, Score, ScoreKind, Series};
use crate::id::{ServiceId, TemplateId};
use crate::score::{Mode, Scorer};
use crate::stats::Table;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::{Reader, State, Writer, state};

const NAME: &str = "novelty";
const HOUR: i64 = 3600 * NANOS_PER_SECOND;
/// The most bytes of a line that are kept as a sample.
const MAX_SAMPLE: usize = 256;
/// A burst of fewer events than this is not worth a second word.
const LEAST_BURST: u64 = 20;

/// A template that is new.
#[derive(Debug, Clone, Copy)]
struct Young {
    first: Timestamp,
    surprise: f64,
    level: Level,
    count: u64,
    /// The last hour in which it was seen, and how many different ones there were.
    hour: i64,
    hours: u32,
    burst_told: bool,
    unverified: bool,
}

state! { Young { first, surprise, level, count, hour, hours, burst_told, unverified } }

/// Notices templates that nobody has seen.
///
/// ```
/// use drainrs::score::{Novelty, NoveltyConfig, Scorer};
/// use drainrs::{Change, ContentId, Level, Observation, ScoreKind, TemplateId, Timestamp};
///
/// let mut novelty = Novelty::build(&NoveltyConfig::default())?;
/// let mut scores = Vec::new();
/// let mut event = Observation::new(Timestamp::from_seconds(0), TemplateId(1));
/// event.text = b"CRITICAL: Unknown state XYZ";
/// (event.level, event.change) = (Level::Critical, Change::Created);
/// novelty.observe(&event, &mut scores);
/// assert_eq!(scores[0].kind, ScoreKind::NewTemplate);
/// assert!(scores[0].unverified, "a service that was never seen is learning");
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Novelty {
    config: NoveltyConfig,
    mode: Mode,
    /// The hashes of contents that were seen, and when they were sighted last.
    known: Table<u64, Timestamp>,
    young: Table<Series, Young>,
    services: Table<u32, Learning>,
    /// First sightings since the last window, by service.
    sighted: BTreeMap<u32, u32>,
    now: Timestamp,
}

impl Novelty {
    /// Builds the scorer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &NoveltyConfig) -> Result<Novelty, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Novelty {
            config: config.clone(),
            mode: Mode::default(),
            known: Table::new(config.max_known),
            young: Table::new(config.max_young),
            services: Table::new(config.max_services),
            sighted: BTreeMap::new(),
            now: Timestamp::from_nanos(i64::MIN),
        })
    }

    /// Whether a service is still learning. A service that was never seen is.
    pub fn is_learning(&self, service: ServiceId) -> bool {
        self.services.get(&service.0).is_none_or(|learning| !learning.ended)
    }

    /// The share of a service's last hundred events or so that founded templates: 1 for a service that was never seen.
    pub fn novelty_rate(&self, service: ServiceId) -> f64 {
        self.services.get(&service.0).map_or(1.0, Learning::share)
    }

    /// Takes a new template for usual at once: it will not be told as adopted, nor its burst.
    pub fn accept(&mut self, template: TemplateId) {
        self.young.retain_values(|series, _| series.template != template);
    }

    fn first_sighting(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        let was_known = self.known.touch(&event.content.0).map(|last| std::mem::replace(last, event.at));
        if was_known.is_none() {
            self.known.touch_or_insert(event.content.0, || event.at);
        }
        let service = event.service.0;
        let learning = self.services.touch_or_insert(service, || Learning::new(event.at));
        if self.mode == Mode::Learn {
            learning.sighted(event.at, &self.config);
            return;
        }
        let surprise = -learning.chance().portable_log10();
        let unverified = !learning.ended;
        let error = event.level >= Level::Error;
        if let Some(last) = was_known {
            if !unverified {
                let reason = format!("a template that was forgotten is back, last new at {last}");
                scores.push(about(event, ScoreKind::Reappeared, surprise / 2.0, reason));
            }
            return;
        }
        if self.sighted.len() < self.config.max_services || self.sighted.contains_key(&service) {
            *self.sighted.entry(service).or_default() += 1;
        }
        let flood = learning.sighted(event.at, &self.config);
        if unverified && !error {
            return;
        }
        if flood && !unverified {
            let news = learning.stretch();
            let minutes = self.config.flood_ns / (60 * NANOS_PER_SECOND);
            let reason = format!("{news} new templates within {minutes} min: a deployment, or lines of a new format?");
            scores.push(Score {
                template: None,
                ..about(event, ScoreKind::TemplateFlood, surprise + f64::from(news).portable_log10(), reason)
                    .with("new_templates", f64::from(news))
            });
        }
        if learning.flooded && !error {
            learning.withheld += 1;
        } else {
            let chance = learning.chance();
            let rate = if chance > 0.5 {
                "nearly every event".to_owned()
            } else {
                format!("one event in {:.0}", 1.0 / chance)
            };
            let reason = format!(
                "never seen before; {rate} of this service is new{}",
                if unverified { ", it is still learning" } else { "" }
            );
            let score = about(event, ScoreKind::NewTemplate, surprise, reason).with("novelty_rate", learning.share());
            scores.push(Score { unverified, ..score.with_numbers(1.0, 0.0, 0.0, 0.0) });
        }
        let (first, level) = (event.at, event.level);
        let young =
            Young { first, surprise, level, count: 0, hour: hour(first), hours: 1, burst_told: false, unverified };
        self.young.touch_or_insert(event.series(), || young);
    }

    /// Tells of bursts that are over and of templates that have become usual.
    fn grow(&mut self, now: Timestamp, scores: &mut Vec<Score>) {
        if self.young.is_empty() {
            return;
        }
        let (config, judging) = (&self.config, self.mode == Mode::Adaptive);
        for (series, young) in self.young.iter_mut() {
            if !young.burst_told && now.since(young.first) >= config.burst_ns {
                young.burst_told = true;
                if young.count >= LEAST_BURST {
                    let minutes = config.burst_ns as f64 / (60.0 * NANOS_PER_SECOND as f64);
                    let reason = format!("a new template came {} times in its first {minutes:.0} min", young.count);
                    let surprise = young.surprise + (young.count as f64).portable_log10();
                    let mut score = Score::new(NAME, ScoreKind::NewTemplate, now, surprise, reason).with_numbers(
                        young.count as f64,
                        0.0,
                        0.0,
                        0.0,
                    );
                    (score.service, score.template) = (series.service, Some(series.template));
                    (score.level, score.unverified) = (young.level, young.unverified);
                    score.window = crate::flow::Window { start: young.first, end: now };
                    scores.push(score);
                }
            }
            if judging && young.hours >= config.adopt_hours && !young.unverified {
                let reason = format!(
                    "a template that was new at {} was seen in {} different hours, {} times: it is taken for usual now",
                    young.first, young.hours, young.count
                );
                let mut score = Score::new(NAME, ScoreKind::Adopted, now, 0.0, reason);
                (score.service, score.template, score.level) = (series.service, Some(series.template), young.level);
                scores.push(score);
            }
        }
        self.young.retain_values(|_, young| young.hours < config.adopt_hours || !young.burst_told);
    }

    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.known.write(to);
        self.young.write(to);
        self.services.write(to);
        self.now.write(to);
        let sighted: Vec<(u32, u32)> = self.sighted.iter().map(|(&service, &count)| (service, count)).collect();
        sighted.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &NoveltyConfig) -> Result<Novelty, Error> {
        Ok(Novelty {
            known: Table::read(from, config.max_known)?,
            young: Table::read(from, config.max_young)?,
            services: Table::read(from, config.max_services)?,
            now: State::read(from)?,
            sighted: Vec::<(u32, u32)>::read(from)?.into_iter().collect(),
            ..Novelty::build(config)?
        })
    }
}

fn hour(at: Timestamp) -> i64 {
    at.as_nanos().div_euclid(HOUR)
}

fn about(event: &Observation<'_>, kind: ScoreKind, surprise: f64, reason: String) -> Score {
    let mut score = Score::new(NAME, kind, event.at, surprise, reason);
    (score.service, score.template, score.level) = (event.service, Some(event.template), event.level);
    let head = event.text.get(..MAX_SAMPLE).unwrap_or(event.text);
    score.sample = (!head.is_empty()).then(|| String::from_utf8_lossy(head).into_owned());
    score
}

impl Scorer for Novelty {
    fn name(&self) -> &str {
        NAME
    }

    #[inline]
    fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        match event.change {
            Change::Created => self.first_sighting(event, scores),
            // Its content is another one now.
            Change::Widened => drop(self.known.touch_or_insert(event.content.0, || event.at)),
            Change::Unchanged => {}
        }
        if !self.young.is_empty()
            && let Some(young) = self.young.get_mut(&event.series())
        {
            young.count += u64::from(event.at.since(young.first) < self.config.burst_ns || young.burst_told);
            let hour = hour(event.at);
            if hour > young.hour {
                young.hour = hour;
                young.hours += 1;
            }
        }
    }

    fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>) {
        if closed.gap {
            return;
        }
        let mut services: BTreeMap<u32, u64> = BTreeMap::new();
        for tally in closed.tallies {
            let events = services.entry(tally.series.service.0).or_default();
            *events = events.saturating_add(tally.count);
        }
        for (service, events) in services {
            let learning = self.services.touch_or_insert(service, || Learning::new(closed.window.start));
            let sighted = self.sighted.remove(&service).unwrap_or_default();
            learning.known(events.saturating_sub(u64::from(sighted)));
            learning.pass(closed.window.end, sighted, &self.config);
        }
        self.grow(closed.window.end, scores);
    }

    fn advance(&mut self, now: Timestamp, scores: &mut Vec<Score>) {
        if now > self.now {
            self.now = now;
            self.grow(now, scores);
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        let waiting = self.young.iter().filter(|(_, young)| !young.burst_told && young.count >= LEAST_BURST);
        waiting.map(|(_, young)| young.first.plus_nanos(self.config.burst_ns)).min()
    }

    fn memory(&self) -> usize {
        size_of::<Novelty>() + self.known.memory() + self.young.memory() + self.services.memory()
    }

    fn merged(&mut self, gone: TemplateId, _into: TemplateId) {
        // A new template that turned out to be a known one is not new any more.
        self.accept(gone);
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        if mode == Mode::Detect {
            // What was learned is the baseline.
            self.services.iter_mut().for_each(|(_, learning)| learning.end());
        }
    }
}
