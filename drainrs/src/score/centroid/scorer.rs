//! The scorer.

use std::borrow::Cow;

use ndarray::{ArrayView1, ArrayView2};
use xxhash_rust::xxh3::xxh3_64;

use super::config::{CentroidConfig, KMeansConfig};
use super::store::{Known, Store};
use super::unit::{unit, units};
use super::vector::{MOST_DIMENSIONS, Vector};
use super::vectoriser::{Features, Vectoriser};
use crate::error::{Error, ErrorKind, Problems};
use crate::flow::{Change, Closed, Observation, Score, ScoreKind};
use crate::id::TemplateId;
use crate::score::calibrate::false_alarm_threshold;
use crate::score::{Mode, Scorer};
use crate::stats::Table;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::{Reader, State, Writer, state};

const NAME: &str = "centroid";
const HOUR: i64 = 3600 * NANOS_PER_SECOND;
/// A calibrated threshold is not below this: nearer vectors differ by rounding, or by how often a word is in them.
const LEAST_THRESHOLD: f64 = 0.01;
/// The most bytes of a line that are kept as a sample, and of the nearest text in a reason.
const MAX_SAMPLE: usize = 256;
const MAX_SHOWN: usize = 120;
/// What stands for a variable part.
const PLACEHOLDER: &[u8] = b"<*>";

/// What the scorer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct CentroidCounters {
    /// New or widened templates that were judged.
    pub judged: u64,
    /// Templates that were told.
    pub flagged: u64,
    /// Unusual templates that were seen in enough hours to be usual.
    pub adopted: u64,
    /// Unusual templates that were forgotten before, [`CentroidConfig::max_unusual`].
    pub displaced: u64,
    /// Known texts and vectors that made room for others, [`CentroidConfig::max_known`].
    pub evicted: u64,
    /// Texts of templates that were too long to be looked at whole.
    pub cut: u64,
    /// Texts of templates that had no word in them.
    pub wordless: u64,
}

/// What is said about a text or a vector.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct DistanceJudgement {
    /// The cosine distance from the nearest known one: 0 the same, 1 nothing in common, at most 2.
    pub distance: f64,
    /// The distance from which on it is unusual.
    pub threshold: f64,
    /// Whether it is: `distance >= threshold`.
    pub unusual: bool,
    /// Five at the threshold, ten at a distance of 1; see the module.
    pub surprise: f64,
    /// The nearest known text; empty for a vector that the host gave no text for.
    pub nearest: String,
}

impl DistanceJudgement {
    fn new(distance: f64, threshold: f64, nearest: &[u8]) -> DistanceJudgement {
        let surprise = if distance < threshold || threshold >= 1.0 {
            5.0 * distance / threshold
        } else {
            5.0 + 5.0 * (distance - threshold) / (1.0 - threshold)
        };
        let nearest = String::from_utf8_lossy(nearest).into_owned();
        DistanceJudgement { distance, threshold, unusual: distance >= threshold, surprise, nearest }
    }
}

/// A template that was told and is not learned.
#[derive(Debug, Clone)]
struct Unusual {
    text: Box<[u8]>,
    /// The last hour in which it was seen, and how many different ones there were.
    hour: i64,
    hours: u32,
}

impl State for Unusual {
    fn write(&self, to: &mut Writer) {
        to.bytes(&self.text);
        self.hour.write(to);
        self.hours.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Unusual, Error> {
        Ok(Unusual { text: from.bytes()?.into(), hour: State::read(from)?, hours: State::read(from)? })
    }
}

/// Notices templates whose text is far from all known texts; judges texts and vectors of the host.
///
/// ```
/// use drainrs::score::{Centroid, CentroidConfig};
/// let mut centroid = Centroid::build(&CentroidConfig::default())?;
/// for text in ["retry 3 of 5 succeeded", "user 17 logged in from 10.0.0.7", "wrote 4096 bytes in 12 ms"] {
///     centroid.learn_text(text);
/// }
/// let known = centroid.score_text("retry 1 of 5 succeeded").unwrap();
/// assert!(!known.unusual && known.distance < 1e-6);
/// let other = centroid.score_text("connection refused").unwrap();
/// assert!(other.unusual && other.distance > 0.9);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Centroid {
    config: CentroidConfig,
    mode: Mode,
    vectoriser: Vectoriser,
    texts: Store,
    /// The vectoriser's texts when its weights were taken last, and the features it had forgotten.
    weighed: (u64, u64),
    /// Known texts were condensed: weights stay as they are, for centroids cannot be made anew.
    condensed: bool,
    vectors: Store,
    /// What calibration found.
    threshold: Option<f64>,
    vector_threshold: Option<f64>,
    unusual: Table<u64, Unusual>,
    /// When learning ends; not known before the first event.
    learned_at: Option<Timestamp>,
    counters: CentroidCounters,
}

impl Centroid {
    /// Builds the scorer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], listing every setting that is out of its range.
    pub fn build(config: &CentroidConfig) -> Result<Centroid, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Centroid {
            config: config.clone(),
            mode: Mode::default(),
            vectoriser: Vectoriser::build(&config.vectoriser)?,
            texts: Store::new(config.max_known),
            weighed: (0, 0),
            condensed: false,
            vectors: Store::new(config.max_known),
            threshold: None,
            vector_threshold: None,
            unusual: Table::new(config.max_unusual),
            learned_at: None,
            counters: CentroidCounters::default(),
        })
    }

    /// Takes a text for usual; a line or a template, with or without placeholders. Gives whether it was new: false if one with
    /// the same words is known, or if there is no word in it.
    pub fn learn_text(&mut self, text: impl AsRef<[u8]>) -> bool {
        let text = self.head(text.as_ref());
        let features = self.vectoriser.features(text);
        self.learn(&features, text)
    }

    /// Judges a text; learns nothing. `None`: there is no word in it, or nothing is known.
    pub fn score_text(&self, text: impl AsRef<[u8]>) -> Option<DistanceJudgement> {
        let features = self.vectoriser.features(self.head(text.as_ref()));
        let (_, known, distance) = self.texts.nearest(&self.vectoriser.vector_of(&features)?)?;
        Some(DistanceJudgement::new(distance, self.threshold(), &known.text))
    }

    /// The distance from which on a text is unusual: what calibration found, or [`CentroidConfig::threshold`].
    pub fn threshold(&self) -> f64 {
        self.threshold.unwrap_or(self.config.threshold)
    }

    /// Sets the threshold from lines that are usual: lines of known templates that were *not* learned themselves. A share of
    /// [`CentroidConfig::false_alarm_rate`] of such lines will be past it. At least 0.01. Gives the threshold.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] at `texts`: nothing is known yet, or there are fewer lines with words in them than the rate needs,
    /// 200 for one in 200. The threshold then stays as it was.
    pub fn calibrate_texts<T: AsRef<[u8]>>(&mut self, texts: impl IntoIterator<Item = T>) -> Result<f64, Error> {
        if self.texts.len() == 0 {
            return Err(Error::new(
                ErrorKind::Config,
                "texts",
                "no text is known to measure the distance from; learn first",
            ));
        }
        let distances: Vec<f64> =
            texts.into_iter().filter_map(|text| self.score_text(text)).map(|judgement| judgement.distance).collect();
        let threshold = self.conformal(&distances, "texts")?;
        self.threshold = Some(threshold);
        Ok(threshold)
    }

    fn conformal(&self, distances: &[f64], path: &str) -> Result<f64, Error> {
        let found = false_alarm_threshold(distances, self.config.false_alarm_rate).map_err(|error| {
            let mut problems = Problems::default();
            error.problems().iter().for_each(|problem| problems.add(problem.kind, path, problem.message.clone()));
            problems.finish().err().unwrap_or(error)
        })?;
        Ok(found.threshold.max(LEAST_THRESHOLD))
    }

    /// Takes a host's vector for usual, with a text to show for it, which may be empty. Its length does not matter. Gives
    /// whether it was new.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] at `vector`: not the dimensions of those before, a number that is not finite, all zeros, or more
    /// than 16,384 dimensions.
    pub fn learn_vector<'a>(&mut self, vector: impl Into<ArrayView1<'a, f32>>, text: &str) -> Result<bool, Error> {
        let vector = unit(&vector.into(), self.vectors.dimensions(), "vector")?;
        if vector.len() > MOST_DIMENSIONS {
            let message = format!("has {} dimensions, more than {MOST_DIMENSIONS}", vector.len());
            return Err(Error::new(ErrorKind::Config, "vector", message));
        }
        let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
        let key = xxh3_64(&bytes);
        if self.vectors.touch(key) {
            return Ok(false);
        }
        let known = Known { text: self.head(text.as_bytes()).into(), vector: Vector::new(vector.into()) };
        self.vectors.insert(key, known);
        Ok(true)
    }

    /// Judges a host's vector; learns nothing. `None`: nothing is known.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] at `vector_threshold` before [`calibrate_vectors`](Centroid::calibrate_vectors), and at `vector`
    /// as for [`learn_vector`](Centroid::learn_vector).
    pub fn score_vector<'a>(&self, vector: impl Into<ArrayView1<'a, f32>>) -> Result<Option<DistanceJudgement>, Error> {
        let vector = unit(&vector.into(), self.vectors.dimensions(), "vector")?;
        let threshold = self.vector_threshold.ok_or_else(|| {
            let message = "vectors of the host have no threshold of their own: call calibrate_vectors first";
            Error::new(ErrorKind::Config, "vector_threshold", message)
        })?;
        let nearest = self.vectors.nearest(&vector);
        Ok(nearest.map(|(_, known, distance)| DistanceJudgement::new(distance, threshold, &known.text)))
    }

    /// Sets the threshold of the host's vectors from vectors that are usual and were not learned, a row each, as
    /// [`calibrate_texts`](Centroid::calibrate_texts) does. Gives the threshold.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] at `vectors`: nothing is known yet, too few rows for the rate, or a row that is no vector
    /// (`vectors[3]`).
    #[allow(clippy::needless_pass_by_value, reason = "a view is a reference")]
    pub fn calibrate_vectors(&mut self, vectors: ArrayView2<'_, f32>) -> Result<f64, Error> {
        let Some(known) = self.vectors.dimensions() else {
            let message = "no vector is known to measure the distance from; learn first";
            return Err(Error::new(ErrorKind::Config, "vectors", message));
        };
        if vectors.ncols() != known {
            let message = format!("has {} dimensions where {known} are known", vectors.ncols());
            return Err(Error::new(ErrorKind::Config, "vectors", message));
        }
        let units = units(&vectors, "vectors")?;
        let distances: Vec<f64> =
            units.iter().filter_map(|vector| self.vectors.nearest(vector)).map(|(_, _, distance)| distance).collect();
        let threshold = self.conformal(&distances, "vectors")?;
        self.vector_threshold = Some(threshold);
        Ok(threshold)
    }

    /// Puts the centroids of clusters in the place of the known texts, to cap memory: k-means over different texts. From then
    /// on words weigh what they weigh now. Distances grow, so calibrate afterwards. Gives how many are known now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], listing every setting that is out of its range.
    pub fn condense_texts(&mut self, config: &KMeansConfig) -> Result<usize, Error> {
        config.check()?;
        if self.texts.len() > config.clusters {
            if !self.condensed {
                self.reweigh();
            }
            self.condensed = true;
            self.texts.condense(config);
        }
        Ok(self.texts.len())
    }

    /// The same for the vectors of the host.
    ///
    /// # Errors
    ///
    /// As [`condense_texts`](Centroid::condense_texts).
    pub fn condense_vectors(&mut self, config: &KMeansConfig) -> Result<usize, Error> {
        config.check()?;
        if self.vectors.len() > config.clusters {
            self.vectors.condense(config);
        }
        Ok(self.vectors.len())
    }

    /// Takes an unusual template for usual at once. Gives whether it was one.
    pub fn accept(&mut self, template: TemplateId) -> bool {
        self.unusual.remove(&template.0).is_some_and(|unusual| {
            self.learn_text(&unusual.text);
            true
        })
    }

    /// The number of known texts.
    pub fn known_texts(&self) -> usize {
        self.texts.len()
    }

    /// The number of known vectors of the host.
    pub fn known_vectors(&self) -> usize {
        self.vectors.len()
    }

    /// What makes texts into vectors, with the weights of now.
    pub fn vectoriser(&self) -> &Vectoriser {
        &self.vectoriser
    }

    /// The templates that were told and are neither learned nor accepted yet.
    pub fn unusual(&self) -> impl ExactSizeIterator<Item = TemplateId> {
        let templates: Vec<TemplateId> = self.unusual.iter().map(|(&template, _)| TemplateId(template)).collect();
        templates.into_iter()
    }

    /// What the scorer did.
    pub fn counters(&self) -> CentroidCounters {
        let evicted = self.texts.evicted() + self.vectors.evicted();
        CentroidCounters { evicted, displaced: self.unusual.evicted(), ..self.counters }
    }

    /// What is looked at of a text.
    fn head<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(..self.config.max_text_bytes).unwrap_or(text)
    }

    fn learn(&mut self, features: &Features, text: &[u8]) -> bool {
        if features.is_empty() || self.texts.touch(features.key()) {
            return false;
        }
        self.vectoriser.count(features);
        let Some(vector) = self.vectoriser.vector_of(features) else { return false };
        self.texts.insert(features.key(), Known { text: text.into(), vector: Vector::new(vector) });
        // At every growth by a quarter: a text is made into a vector some five times in all. And when features were forgotten:
        // texts with them would not be what they were. Where words that never come again flood in, each text forgets some, and
        // all known texts can wait until a quarter as many have come.
        let (texts, forgotten) = self.weighed;
        let come = self.vectoriser.texts().saturating_sub(texts);
        let stale = self.vectoriser.evicted() > forgotten && come * 4 >= self.texts.len() as u64;
        let grown = come > texts / 4 || stale;
        if grown && !self.condensed {
            self.reweigh();
        }
        true
    }

    /// Takes the weights anew, and with them the vectors of the known texts.
    fn reweigh(&mut self) {
        self.weighed = (self.vectoriser.texts(), self.vectoriser.evicted());
        self.vectoriser.reweigh();
        for known in self.texts.iter_mut() {
            if let Some(vector) = self.vectoriser.vector_of(&self.vectoriser.features(&known.text)) {
                known.vector = Vector::new(vector);
            }
        }
    }

    /// Whether all is taken for usual.
    fn learns_only(&mut self, at: Timestamp) -> bool {
        let until = *self.learned_at.get_or_insert_with(|| at.plus_nanos(self.config.learn_ns));
        match self.mode {
            Mode::Learn => true,
            Mode::Detect => false,
            Mode::Adaptive => at < until,
        }
    }

    /// A template was born or has become another.
    #[cold]
    fn changed(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        let learns_only = self.learns_only(event.at);
        let whole = template_text(event);
        let text = self.head(&whole);
        let features = self.vectoriser.features(text);
        self.counters.cut += u64::from(features.cut || text.len() < whole.len());
        if features.is_empty() {
            self.counters.wordless += 1;
            return;
        }
        if learns_only {
            self.learn(&features, text);
            return;
        }
        self.counters.judged += 1;
        let judgement = self.vectoriser.vector_of(&features).and_then(|vector| {
            let (key, known, distance) = self.texts.nearest(&vector)?;
            Some((key, DistanceJudgement::new(distance, self.threshold(), &known.text)))
        });
        if let Some((key, judgement)) = judgement {
            self.texts.touch(key);
            if judgement.unusual {
                self.tell(event, text, &judgement, scores);
                return;
            }
        }
        if self.mode == Mode::Adaptive {
            self.unusual.remove(&event.template.0);
            self.learn(&features, text);
        }
    }

    /// Tells of a template, once.
    fn tell(&mut self, event: &Observation<'_>, text: &[u8], judgement: &DistanceJudgement, scores: &mut Vec<Score>) {
        let told = self.unusual.touch(&event.template.0).is_some();
        let unusual = Unusual { text: text.into(), hour: hour(event.at), hours: 1 };
        self.unusual.touch_or_insert(event.template.0, || unusual);
        if told {
            return;
        }
        self.counters.flagged += 1;
        let (distance, threshold, known) = (judgement.distance, judgement.threshold, self.texts.len());
        let nearest: String = judgement.nearest.chars().take(MAX_SHOWN).collect();
        let reason = format!(
            "unlike all {known} known texts: the nearest is {distance:.2} away where {threshold:.2} is the limit, \"{nearest}\""
        );
        let mut score = Score::new(NAME, ScoreKind::Distance, event.at, judgement.surprise, reason)
            .with_numbers(distance, threshold, 0.0, threshold)
            .with("distance", distance)
            .with("threshold", threshold)
            .with("known_texts", known as f64);
        (score.service, score.template, score.level) = (event.service, Some(event.template), event.level);
        let sample = event.text.get(..MAX_SAMPLE).unwrap_or(event.text);
        score.sample = (!sample.is_empty()).then(|| String::from_utf8_lossy(sample).into_owned());
        scores.push(score);
    }

    /// An unusual template goes on.
    fn follow(&mut self, event: &Observation<'_>) {
        let hour = hour(event.at);
        let Some(unusual) = self.unusual.get_mut(&event.template.0).filter(|unusual| hour > unusual.hour) else {
            return;
        };
        unusual.hour = hour;
        unusual.hours = unusual.hours.saturating_add(1);
        if unusual.hours >= self.config.adopt_hours {
            self.counters.adopted += u64::from(self.accept(event.template));
        }
    }

    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.vectoriser.write(to);
        self.texts.write(to);
        self.weighed.write(to);
        self.condensed.write(to);
        self.vectors.write(to);
        self.threshold.write(to);
        self.vector_threshold.write(to);
        self.unusual.write(to);
        self.learned_at.write(to);
        self.counters.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &CentroidConfig) -> Result<Centroid, Error> {
        let empty = Centroid::build(config)?;
        let read = Centroid {
            vectoriser: Vectoriser::read(from, &config.vectoriser)?,
            texts: Store::read(from, config.max_known, Some(config.vectoriser.dimensions))?,
            weighed: (from.counter()?, from.counter()?),
            condensed: State::read(from)?,
            vectors: Store::read(from, config.max_known, None)?,
            threshold: State::read(from)?,
            vector_threshold: State::read(from)?,
            unusual: Table::read(from, config.max_unusual)?,
            learned_at: State::read(from)?,
            counters: State::read(from)?,
            ..empty
        };
        let fits =
            |threshold: Option<f64>| threshold.is_none_or(|threshold| (LEAST_THRESHOLD..3.0).contains(&threshold));
        if !fits(read.threshold) || !fits(read.vector_threshold) {
            return Err(Reader::damaged("a threshold that is no distance"));
        }
        Ok(read)
    }
}

state! { CentroidCounters { judged, flagged, adopted, displaced, evicted, cut, wordless } }

fn hour(at: Timestamp) -> i64 {
    at.as_nanos().div_euclid(HOUR)
}

/// The line with placeholders for its variable parts.
fn template_text<'a>(event: &Observation<'a>) -> Cow<'a, [u8]> {
    if event.parameters.is_empty() {
        return Cow::Borrowed(event.text);
    }
    let mut out = Vec::with_capacity(event.text.len());
    let mut at = 0;
    for span in event.parameters.iter().map(|parameter| parameter.span.range()) {
        if let Some(between) = event.text.get(at..span.start) {
            out.extend_from_slice(between);
            out.extend_from_slice(PLACEHOLDER);
            at = span.end.max(span.start);
        }
    }
    out.extend_from_slice(event.text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

impl Scorer for Centroid {
    fn name(&self) -> &str {
        NAME
    }

    #[inline]
    fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        if event.change != Change::Unchanged {
            self.changed(event, scores);
        } else if self.mode == Mode::Adaptive && !self.unusual.is_empty() {
            self.follow(event);
        }
    }

    fn close(&mut self, _: &Closed<'_>, _: &mut Vec<Score>) {}

    fn advance(&mut self, _: Timestamp, _: &mut Vec<Score>) {}

    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    fn memory(&self) -> usize {
        let unusual: usize = self.unusual.iter().map(|(_, unusual)| unusual.text.len()).sum();
        size_of::<Centroid>()
            + self.vectoriser.memory()
            + self.texts.memory()
            + self.vectors.memory()
            + self.unusual.memory()
            + unusual
    }

    fn merged(&mut self, gone: TemplateId, _into: TemplateId) {
        // What was united with a known template is not unusual any more.
        self.unusual.remove(&gone.0);
    }

    fn set_mode(&mut self, mode: Mode) {
        if self.mode == Mode::Learn && mode == Mode::Adaptive {
            // What was learned on purpose is enough.
            self.learned_at = Some(Timestamp::from_nanos(i64::MIN));
        }
        self.mode = mode;
    }
}
