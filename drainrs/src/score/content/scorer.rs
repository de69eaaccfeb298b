//! The content scorer: a place of values for every slot of every series.

use super::ContentConfig;
use super::show::head;
use super::slot::{Fate, Finding, Place};
use super::value::{Reading, Treatment, Value};
use crate::error::Error;
use crate::flow::{Class, Closed, Observation, Score, Series, Slot, Window};
use crate::id::TemplateId;
use crate::score::{Mode, Scorer};
use crate::stats::Table;
use crate::text::Unit;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer, state};

/// The name under which its scores go.
const NAME: &str = "content";

/// The most bytes of a line that go with a score.
const MAX_SAMPLE: usize = 256;

/// What the scorer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct ContentCounters {
    /// Values of places that are followed.
    pub values: u64,
    /// Values that were reported.
    pub flagged: u64,
    /// Flagged values that came back in enough windows to be usual.
    pub adopted: u64,
    /// Flagged values that were forgotten before, because `max_quarantined` was reached.
    pub displaced: u64,
    /// Places that were forgotten because `max_slots` was reached.
    pub evicted: u64,
}

state! { ContentCounters { values, flagged, adopted, displaced, evicted } }

/// What is known about the values of a slot.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct SlotSummary {
    /// Values that count; after `max_history` old ones count half.
    pub count: u64,
    /// The 5 % quantile of the numbers in their base unit, or of the lengths of texts in bytes. `None`: no numbers, or
    /// identifiers.
    pub q05: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The 95 % quantile.
    pub q95: Option<f64>,
    /// How many different values there are, where they are few and held one by one.
    pub distinct: Option<usize>,
    /// The unit of the numbers.
    pub unit: Unit,
    /// Whether the numbers are lengths of texts.
    pub lengths: bool,
    /// Whether the values are judged; identifiers are not.
    pub judged: bool,
}

/// Notices values that their place in the template does not usually have; see `docs/scorers/content.md`.
#[derive(Debug, Clone)]
pub struct Content {
    config: ContentConfig,
    mode: Mode,
    places: Table<(Series, Slot), Place>,
    counters: ContentCounters,
}

impl Content {
    /// Builds the scorer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &ContentConfig) -> Result<Content, Error> {
        config.checked()?;
        let places = Table::new(config.max_slots);
        Ok(Content { config: config.clone(), mode: Mode::default(), places, counters: ContentCounters::default() })
    }

    /// What it did so far.
    pub fn counters(&self) -> ContentCounters {
        ContentCounters { evicted: self.places.evicted(), ..self.counters }
    }

    /// All slots that are followed, in an order that depends only on the calls made.
    pub fn slots(&self) -> impl Iterator<Item = (Series, Slot, SlotSummary)> {
        self.places.iter().map(|(&(series, slot), place)| {
            let [q05, median, q95] =
                place.quantiles([0.05, 0.5, 0.95]).map_or([None; 3], |quantiles| quantiles.map(Some));
            let summary = SlotSummary {
                count: place.count(),
                q05,
                median,
                q95,
                distinct: place.distinct(),
                unit: place.unit(),
                lengths: place.are_lengths(),
                judged: !place.is_off(),
            };
            (series, slot, summary)
        })
    }

    /// The value below which a share of those of a slot lies, 0 to 1: in the base unit, within 2 % where the
    /// numbers span a factor of 160, within 4 % up to 25,000. `None`: an unknown slot, no numbers, or a share that is none.
    pub fn quantile(&self, series: Series, slot: Slot, share: f64) -> Option<f64> {
        self.places.get(&(series, slot))?.quantile(share)
    }

    /// Makes a value usual in its slot, as a person says who looked at an alert. `false`: the slot is unknown.
    pub fn accept(&mut self, series: Series, slot: Slot, class: Class, value: &[u8]) -> bool {
        let Some(place) = self.places.get_mut(&(series, slot)) else { return false };
        if let Some(reading) = Reading::new(Value::Text(value), Treatment::of(class)) {
            place.adopt(&reading, &self.config);
        }
        true
    }

    /// A value of a slot that is followed.
    #[inline]
    fn value(
        &mut self,
        event: &Observation<'_>,
        series: Series,
        slot: Slot,
        reading: &Reading<'_>,
        scores: &mut Vec<Score>,
    ) {
        let key = (series, slot);
        let place = if self.mode == Mode::Detect {
            // What was never seen is not learned now, and so never judged.
            let Some(place) = self.places.touch(&key) else { return };
            place
        } else {
            self.places.touch_or_insert(key, Place::new)
        };
        if place.is_off() {
            return;
        }
        self.counters.values += 1;
        if self.mode != Mode::Learn
            && let Some(finding) = place.check(reading, &self.config)
        {
            let mut score = score(place, event, slot, reading, &finding, &self.config);
            self.counters.flagged += 1;
            if self.mode == Mode::Adaptive {
                match place.suspect(reading, &finding, event.at.as_nanos(), &self.config) {
                    Fate::Waits => {}
                    Fate::Displaced => self.counters.displaced += 1,
                    Fate::Adopted => {
                        self.counters.adopted += 1;
                        score.reason.push_str("; it came back often enough to be usual from now on");
                        score = score.with("adopted", 1.0);
                    }
                }
            }
            scores.push(score);
        } else if self.mode != Mode::Detect || !place.is_set() {
            place.learn(reading, &self.config);
        }
    }

    /// Appends the state; the configuration is no part of it.
    pub(crate) fn write(&self, to: &mut Writer) {
        to.byte(self.mode as u8);
        self.counters.write(to);
        self.places.write(to);
    }

    /// Reads what was written, under the same configuration.
    pub(crate) fn read(from: &mut Reader<'_>, config: &ContentConfig) -> Result<Content, Error> {
        let mut content = Content::build(config)?;
        content.mode = match from.byte()? {
            0 => Mode::Learn,
            1 => Mode::Detect,
            2 => Mode::Adaptive,
            other => return Err(Reader::damaged(format!("the mode {other} does not exist"))),
        };
        content.counters = State::read(from)?;
        content.places = Table::read(from, config.max_slots)?;
        Ok(content)
    }
}

/// A finding with everything that is known around it.
#[cold]
fn score(
    place: &Place,
    event: &Observation<'_>,
    slot: Slot,
    reading: &Reading<'_>,
    finding: &Finding,
    config: &ContentConfig,
) -> Score {
    let found = place.judgement(reading, finding, config);
    let mut score = Score::new(NAME, found.kind, event.at, found.surprise, found.reason)
        .with_numbers(found.observed, found.expected, found.low, found.high)
        .with("values", found.count as f64);
    score.window = Window { start: event.at, end: event.at };
    score.service = event.service;
    score.template = Some(event.template);
    score.slot = Some(slot);
    score.level = event.level;
    score.unverified = found.unverified;
    score.sample = (!event.text.is_empty()).then(|| head(event.text, MAX_SAMPLE));
    score
}

impl Scorer for Content {
    fn name(&self) -> &'static str {
        NAME
    }

    fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        let series = event.series();
        for (slot, class, text) in event.values() {
            let treatment = Treatment::of(class);
            if treatment == Treatment::Skip {
                continue;
            }
            if let Some(reading) = Reading::new(Value::Text(text), treatment) {
                self.value(event, series, slot, &reading, scores);
            }
        }
    }

    fn close(&mut self, _: &Closed<'_>, _: &mut Vec<Score>) {}

    fn advance(&mut self, _: Timestamp, _: &mut Vec<Score>) {}

    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    fn memory(&self) -> usize {
        size_of::<Content>() + self.places.memory() + self.places.iter().map(|(_, place)| place.memory()).sum::<usize>()
    }

    fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        if gone == into {
            return;
        }
        let keys: Vec<(Series, Slot)> =
            self.places.iter().map(|(key, _)| *key).filter(|key| key.0.template == gone).collect();
        for key in keys {
            let Some(place) = self.places.remove(&key) else { continue };
            let key = (Series { template: into, ..key.0 }, key.1);
            match self.places.get_mut(&key) {
                Some(own) => own.merge(&place, &self.config),
                None => *self.places.touch_or_insert(key, Place::new) = place,
            }
        }
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}
