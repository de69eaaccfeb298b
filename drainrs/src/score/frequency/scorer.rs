//! The scorer.

use super::classic::{mad_score, z_score};
use super::config::{FrequencyConfig, FrequencyMethod, LEAST_HISTORY};
use super::model::{Model, Prediction};
use super::slow::{Slow, Stretch};
use crate::error::{Error, Problems};
use crate::flow::{Closed, Direction, Level, Observation, Score, ScoreKind, Series, Window};
use crate::id::TemplateId;
use crate::score::{Mode, Scorer};
use crate::stats::Portable;
use crate::stats::Table;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::{Reader, State, Writer, state};

const NAME: &str = "frequency";
const HOUR: i64 = 3600 * NANOS_PER_SECOND;
const DAY: f64 = 86_400.0 * NANOS_PER_SECOND as f64;
/// Between these the budget may set the threshold on `p`.
const LEAST_P: f64 = 1e-9;
const MOST_P: f64 = 1e-3;

/// What a method says of a count.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FrequencyJudgement {
    /// The expected count.
    pub expected: f64,
    /// The usual range.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// `-log10 p`. For the methods that count standard deviations, of a normal variable so far out.
    pub surprise: f64,
    /// The standard deviations, for the methods that count them.
    pub deviations: Option<f64>,
    /// Which way the count is off.
    pub direction: Direction,
    /// How many windows it is judged by; fewer than the method needs, and the surprise is 0.
    pub windows: u32,
    /// The surprise by the tails alone.
    raw: f64,
}

/// One series: the model or the history, whichever the method needs.
#[derive(Debug, Clone)]
struct Followed {
    model: Model,
    slow: Slow,
    history: Vec<u64>,
    level: Level,
}

state! { Followed { model, slow, history, level } }

impl Followed {
    fn new(at: Timestamp) -> Followed {
        Followed { model: Model::new(at), slow: Slow::default(), history: Vec::new(), level: Level::Unknown }
    }

    fn judge(&self, count: u64, window: Window, config: &FrequencyConfig) -> (FrequencyJudgement, Prediction) {
        let windows = self.model.windows();
        let predicted = self.model.predict(window, config);
        let (low, high) = predicted.range();
        let direction = if (count as f64) < predicted.mean { Direction::Down } else { Direction::Up };
        let mut judgement = FrequencyJudgement {
            expected: predicted.mean,
            low,
            high,
            surprise: 0.0,
            deviations: None,
            direction,
            windows,
            raw: 0.0,
        };
        let needed = if matches!(config.method, FrequencyMethod::ZScore | FrequencyMethod::Mad) {
            LEAST_HISTORY as u32
        } else {
            config.min_windows
        };
        if windows < needed {
            return (judgement, predicted);
        }
        let deviations = match config.method {
            FrequencyMethod::Seasonal | FrequencyMethod::Poisson => None,
            FrequencyMethod::ZScore => z_score(&self.history, count).ok(),
            FrequencyMethod::Mad => mad_score(&self.history, count).ok(),
            FrequencyMethod::Ewma => {
                // Never a smaller spread than that of a Poisson process, and at least one event.
                Some((count as f64 - predicted.mean) / predicted.variance.max(1.0).sqrt())
            }
        };
        if let Some(deviations) = deviations {
            judgement.deviations = Some(deviations);
            judgement.direction = if deviations < 0.0 { Direction::Down } else { Direction::Up };
            judgement.surprise = crate::stats::normal_surprise(deviations.abs());
            return (judgement, predicted);
        }
        let shape = match config.method {
            FrequencyMethod::Poisson => Prediction { variance: predicted.mean, ..predicted },
            _ => predicted,
        };
        let (below, above) = shape.surprises(count);
        judgement.direction = if below > above { Direction::Down } else { Direction::Up };
        judgement.raw = below.max(above);
        judgement.surprise = self.model.unusual(judgement.raw, window, config);
        if config.temper {
            judgement.surprise = self.model.tempered(judgement.surprise);
        }
        (judgement, predicted)
    }

    /// Judges what came in more than a window.
    fn judge_stretch(&self, stretch: &Stretch) -> FrequencyJudgement {
        let (low, high) = stretch.expected.range();
        let (below, above) = stretch.expected.surprises(stretch.count);
        FrequencyJudgement {
            expected: stretch.expected.mean,
            low,
            high,
            surprise: below.max(above),
            deviations: None,
            direction: if below > above { Direction::Down } else { Direction::Up },
            windows: self.model.windows(),
            raw: 0.0,
        }
    }

    fn learn(
        &mut self,
        count: u64,
        judged: (FrequencyJudgement, Prediction),
        window: Window,
        config: &FrequencyConfig,
    ) {
        self.model.learn(count, judged.1, judged.0.raw, window, config);
        if matches!(config.method, FrequencyMethod::ZScore | FrequencyMethod::Mad) {
            if self.history.len() >= config.history {
                self.history.remove(0);
            }
            self.history.push(count);
        }
    }
}

/// The frequency of one series, for a host that has counts.
///
/// ```
/// use drainrs::score::{FrequencyConfig, FrequencyModel};
/// use drainrs::{Direction, Timestamp, Window};
///
/// // An hour that usually has ten errors has a thousand.
/// let hour = |n: i64| Window { start: Timestamp::from_seconds(3600 * n), end: Timestamp::from_seconds(3600 * (n + 1)) };
/// let mut errors = FrequencyModel::build(&FrequencyConfig::default())?;
/// for n in 0..48 {
///     errors.learn(hour(n), [9, 10, 11, 10][n as usize % 4]);
/// }
/// let judgement = errors.judge(hour(48), 1000);
/// assert!(judgement.surprise > 5.0 && judgement.direction == Direction::Up);
/// assert!((judgement.expected - 10.0).abs() < 1.0, "this hour of the day was seen twice, with 9");
/// assert!(errors.judge(hour(48), 12).surprise < 2.0);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FrequencyModel {
    config: FrequencyConfig,
    followed: Followed,
}

impl FrequencyModel {
    /// A series that nothing is known of.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &FrequencyConfig) -> Result<FrequencyModel, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(FrequencyModel { config: config.clone(), followed: Followed::new(Timestamp::from_nanos(i64::MAX)) })
    }

    /// Judges a count without learning from it.
    pub fn judge(&self, window: Window, count: u64) -> FrequencyJudgement {
        self.followed.judge(count, window, &self.config).0
    }

    /// Judges a count, then learns from it.
    pub fn learn(&mut self, window: Window, count: u64) -> FrequencyJudgement {
        self.followed.model.begin(window.start);
        let judged = self.followed.judge(count, window, &self.config);
        self.followed.learn(count, judged, window, &self.config);
        judged.0
    }

    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.followed.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &FrequencyConfig) -> Result<FrequencyModel, Error> {
        Ok(FrequencyModel { followed: State::read(from)?, ..FrequencyModel::build(config)? })
    }
}

/// Judges the counts of all series.
#[derive(Debug, Clone)]
pub struct Frequency {
    config: FrequencyConfig,
    mode: Mode,
    series: Table<Series, Followed>,
    /// Tests made in a day, by the last windows.
    tests_per_day: f64,
    /// What the scorer is asked about in one pass: the counts of the window, in the order of the table.
    alarms: u64,
}

impl Frequency {
    /// Builds the scorer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &FrequencyConfig) -> Result<Frequency, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Frequency {
            config: config.clone(),
            mode: Mode::default(),
            series: Table::new(config.max_series),
            tests_per_day: 0.0,
            alarms: 0,
        })
    }

    /// The threshold on `-log10 p` in force: the fixed one, or what the budget of false alarms allows.
    pub fn threshold(&self) -> f64 {
        if let Some(threshold) = self.config.threshold {
            return threshold;
        }
        let p = self.config.false_alarms_per_day / self.tests_per_day.max(1.0);
        -p.clamp(LEAST_P, MOST_P).portable_log10()
    }

    /// How many scores were given so far.
    pub fn alarms(&self) -> u64 {
        self.alarms
    }

    /// What is expected of a series in a window, once it was seen for long enough to be judged.
    pub fn predict(&self, series: Series, window: Window) -> Option<Prediction> {
        let followed = self.series.get(&series)?;
        let ready = followed.model.windows() >= self.config.min_windows;
        ready.then(|| followed.model.predict(window, &self.config))
    }

    /// The same as its hour has shown itself so far, for scorers that follow.
    pub(crate) fn follow(&self, series: Series, window: Window) -> Option<Prediction> {
        let followed = self.series.get(&series)?;
        let ready = followed.model.windows() >= self.config.min_windows;
        ready.then(|| followed.model.follow(window, &self.config))
    }

    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.series.write(to);
        self.tests_per_day.write(to);
        self.alarms.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &FrequencyConfig) -> Result<Frequency, Error> {
        Ok(Frequency {
            series: Table::read(from, config.max_series)?,
            tests_per_day: State::read(from)?,
            alarms: State::read(from)?,
            ..Frequency::build(config)?
        })
    }
}

/// How many tests a window counts for against the budget. It is tested for too many, for too few, and both again as part of its hour. But
/// counts are whole numbers: where few are expected, the least count that is rare enough for an alarm is far rarer than it would
/// have to be, and what cannot be a false alarm needs no share of them: half of it at an expected count of 4.
fn tests(mean: f64) -> f64 {
    4.0 * mean / (mean + 4.0)
}

/// Whether a judgement is an alarm.
fn is_alarm(judgement: &FrequencyJudgement, count: u64, low: u8, threshold: f64, config: &FrequencyConfig) -> bool {
    let far = match judgement.deviations {
        Some(deviations) => deviations.abs() > config.deviations,
        None => judgement.surprise >= threshold,
    };
    far && match judgement.direction {
        Direction::Up => count >= config.min_spike,
        Direction::Down => judgement.expected >= config.min_drop_mean || low >= 2,
    }
}

/// `12`, `0.5`, `0.04`
fn number(number: f64) -> String {
    match number {
        n if n < 0.095 => format!("{n:.2}"),
        n if n < 9.95 => format!("{n:.1}"),
        n => format!("{n:.0}"),
    }
}

/// `one in 10^7`
fn odds(surprise: f64) -> String {
    if surprise > 50.0 { "less than one in 10^50".to_owned() } else { format!("one in 10^{surprise:.0}") }
}

fn score(series: Series, count: u64, judgement: &FrequencyJudgement, window: Window, level: Level) -> Score {
    let seconds = window.nanos() as f64 / NANOS_PER_SECOND as f64;
    let reason = format!(
        "{count} events in {seconds:.0} s where {} ({} to {}) are usual at this hour; {}",
        number(judgement.expected),
        number(judgement.low),
        number(judgement.high),
        odds(judgement.surprise)
    );
    told(series, count, judgement, window, level, reason)
}

/// Too many or too few, in no window but in an hour or two.
fn slow_score(series: Series, stretch: &Stretch, judgement: &FrequencyJudgement, level: Level) -> Score {
    let reason = format!(
        "{} events within {} where {} are usual; {}",
        stretch.count,
        if stretch.window.nanos() > HOUR { "2 h" } else { "an hour" },
        number(judgement.expected),
        odds(judgement.surprise)
    );
    told(series, stretch.count, judgement, stretch.window, level, reason)
}

fn told(
    series: Series,
    count: u64,
    judgement: &FrequencyJudgement,
    window: Window,
    level: Level,
    reason: String,
) -> Score {
    let kind = if judgement.direction == Direction::Up { ScoreKind::Spike } else { ScoreKind::Drop };
    let mut score = Score::new(NAME, kind, window.end, judgement.surprise, reason)
        .with_numbers(count as f64, judgement.expected, judgement.low, judgement.high)
        .with("windows", f64::from(judgement.windows));
    (score.service, score.template) = (series.service, Some(series.template));
    (score.window, score.level, score.direction) = (window, level, judgement.direction);
    score
}

impl Scorer for Frequency {
    fn name(&self) -> &str {
        NAME
    }

    #[inline]
    fn observe(&mut self, _: &Observation<'_>, _: &mut Vec<Score>) {}

    fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>) {
        if closed.gap {
            return;
        }
        let window = closed.window;
        for tally in closed.tallies {
            let followed = self.series.touch_or_insert(tally.series, || Followed::new(window.start));
            followed.level = followed.level.max(tally.level);
        }
        let windows_a_day = DAY / (window.nanos().max(1) as f64);
        let mut made = 0.0;
        let threshold = self.threshold();
        for (series, followed) in self.series.iter_mut() {
            let tally = closed.tally(*series);
            let count = tally.map_or(0, |tally| tally.count);
            let judged = followed.judge(count, window, &self.config);
            let judgement = judged.0;
            let ready = followed.model.windows() >= self.config.min_windows;
            if ready {
                made += tests(judged.1.mean);
            }
            let low =
                followed.model.note_low(judgement.direction == Direction::Down && judgement.surprise >= threshold);
            let speaks = ready && self.mode != Mode::Learn;
            let level = tally.map_or(followed.level, |tally| tally.level);
            let stretch = followed.slow.add(count, judged.1, window, ready);
            if speaks && is_alarm(&judgement, count, low, threshold, &self.config) {
                self.alarms += 1;
                scores.push(score(*series, count, &judgement, window, level));
                followed.slow.note_told();
            } else if speaks
                && judgement.deviations.is_none()
                && let Some(stretch) = stretch
            {
                let slow = followed.judge_stretch(&stretch);
                if is_alarm(&slow, stretch.count, 0, threshold, &self.config) {
                    self.alarms += 1;
                    scores.push(slow_score(*series, &stretch, &slow, level));
                    if stretch.goes_on() {
                        followed.slow.note_told();
                    }
                }
            }
            followed.learn(count, judged, window, &self.config);
        }
        self.tests_per_day = made * windows_a_day;
    }

    fn advance(&mut self, _: Timestamp, _: &mut Vec<Score>) {}

    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    fn memory(&self) -> usize {
        let heap = |followed: &Followed| followed.model.memory() + followed.history.capacity() * size_of::<u64>();
        let heaps: usize = self.series.iter().map(|(_, followed)| heap(followed)).sum();
        size_of::<Frequency>() + self.series.memory() + heaps
    }

    fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        let moving: Vec<Series> =
            self.series.iter().map(|(series, _)| *series).filter(|series| series.template == gone).collect();
        for series in moving {
            let Some(other) = self.series.remove(&series) else { continue };
            let own = self.series.touch_or_insert(Series { template: into, ..series }, || Followed {
                model: Model::new(Timestamp::from_nanos(i64::MAX)),
                ..other.clone()
            });
            own.model.absorb(&other.model);
            own.level = own.level.max(other.level);
        }
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}

#[cfg(test)]
#[allow(clippy::cast_sign_loss, reason = "numbers of windows")]
mod tests {
    use super::*;
    use crate::flow::Tally;
    use crate::id::ServiceId;

    const MINUTE: i64 = 60;

    fn window(n: i64) -> Window {
        Window { start: Timestamp::from_seconds(MINUTE * n), end: Timestamp::from_seconds(MINUTE * (n + 1)) }
    }

    fn series(template: u64) -> Series {
        Series { service: ServiceId::UNNAMED, template: TemplateId(template) }
    }

    fn close(frequency: &mut Frequency, n: i64, counts: &[u64]) -> Vec<Score> {
        let tallies: Vec<Tally> = (1..)
            .zip(counts)
            .filter(|(_, count)| **count > 0)
            .map(|(template, &count)| Tally::new(series(template), count, window(n)))
            .collect();
        let mut scores = Vec::new();
        frequency.close(&Closed::new(window(n), &tallies), &mut scores);
        scores
    }

    /// Ten a minute, give or take three.
    fn usual(n: i64) -> u64 {
        7 + crate::stats::mix(n as u64) % 7
    }

    #[test]
    fn spikes_and_drops_are_told_and_the_usual_is_not() {
        let mut frequency = Frequency::build(&FrequencyConfig::default()).unwrap();
        for n in 0..500 {
            assert_eq!(close(&mut frequency, n, &[usual(n), 50 + usual(n)]), []);
        }
        let scores = close(&mut frequency, 500, &[100, 0]);
        assert_eq!(scores.len(), 2);
        let kinds: Vec<_> = scores.iter().map(|score| (score.kind.clone(), score.template.map(|t| t.0))).collect();
        assert_eq!(kinds, [(ScoreKind::Spike, Some(1)), (ScoreKind::Drop, Some(2))]);
        assert!((scores[0].expected - 10.0).abs() < 0.5 && scores[0].observed.to_bits() == 100_f64.to_bits());
        assert!(scores[0].reason.starts_with("100 events in 60 s where 10 ("), "{}", scores[0].reason);
        assert_eq!(close(&mut frequency, 501, &[usual(501), 55]), [], "one incident does not become the usual");
    }

    #[test]
    fn the_budget_sets_the_threshold() {
        let mut frequency = Frequency::build(&FrequencyConfig::default()).unwrap();
        (0..100).for_each(|n| drop(close(&mut frequency, n, &[10; 40])));
        // 40 series in 1,440 windows a day, of 4 * 10 / 14 tests each, make 164,571: -log10(1 / 164571) = 5.2164.
        assert!((frequency.threshold() - 5.216_4).abs() < 1e-4, "{}", frequency.threshold());
        let fixed = FrequencyConfig { threshold: Some(7.0), ..FrequencyConfig::default() };
        assert!((Frequency::build(&fixed).unwrap().threshold() - 7.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_said_before_enough_windows_and_none_while_learning() {
        let mut frequency = Frequency::build(&FrequencyConfig::default()).unwrap();
        for n in 0..24 {
            assert_eq!(close(&mut frequency, n, &[if n == 20 { 100_000 } else { 10 }]), []);
        }
        let mut learning = Frequency::build(&FrequencyConfig::default()).unwrap();
        learning.set_mode(Mode::Learn);
        for n in 0..100 {
            assert_eq!(close(&mut learning, n, &[if n == 90 { 100_000 } else { 10 }]), []);
        }
    }

    #[test]
    fn counts_that_are_all_equal_one_window_only_and_the_greatest_counts() {
        let mut frequency = Frequency::build(&FrequencyConfig::default()).unwrap();
        assert_eq!(close(&mut frequency, 0, &[5]), [], "one window only");
        for n in 1..200 {
            assert_eq!(close(&mut frequency, n, &[5]), [], "all equal");
        }
        assert_eq!(close(&mut frequency, 200, &[5]), []);
        let scores = close(&mut frequency, 201, &[u64::MAX]);
        assert_eq!(scores.len(), 1);
        assert!(scores[0].surprise.is_finite() && scores[0].severity.get() < 1.0);
        // A day of 50,000 lines a second in one window.
        let scores = close(&mut frequency, 202, &[4_320_000_000]);
        assert!(scores.iter().all(|score| score.surprise.is_finite()));
        for n in 203..400 {
            close(&mut frequency, n, &[]);
        }
        // Nothing but the greatest counts, for days: what is known of them is still written and read.
        for n in 400..5000 {
            close(&mut frequency, n, &[u64::MAX, u64::MAX >> (n % 7), u64::MAX * u64::from(n % 2 == 0)]);
        }
        let mut to = Writer::new();
        frequency.write(&mut to);
        let body = to.finish();
        assert!(Frequency::read(&mut Reader::new(&body), &FrequencyConfig::default()).is_ok());
    }

    #[test]
    fn from_1970_to_2262_and_back_a_day() {
        let mut frequency = Frequency::build(&FrequencyConfig::default()).unwrap();
        let ends = [0, i64::MAX - 1, i64::MIN, -1];
        for nanos in ends.into_iter().cycle().take(100) {
            let window = Window {
                start: Timestamp::from_nanos(nanos),
                end: Timestamp::from_nanos(nanos).plus_nanos(MINUTE * NANOS_PER_SECOND),
            };
            let mut scores = Vec::new();
            frequency.close(&Closed::new(window, &[Tally::new(series(1), 10, window)]), &mut scores);
            assert!(scores.iter().all(|score| score.expected.is_finite() && score.surprise.is_finite()));
        }
    }

    #[test]
    fn a_series_has_a_fixed_size_and_their_number_is_bounded() {
        assert!(size_of::<Model>() <= 576, "{}", size_of::<Model>());
        let config = FrequencyConfig { max_series: 8, ..FrequencyConfig::default() };
        let mut frequency = Frequency::build(&config).unwrap();
        for n in 0..20 {
            close(&mut frequency, n, &vec![1; 100]);
        }
        assert!(frequency.series.len() <= 8);
    }

    #[test]
    fn other_methods_fire_and_refuse() {
        for method in [FrequencyMethod::ZScore, FrequencyMethod::Mad, FrequencyMethod::Ewma, FrequencyMethod::Poisson] {
            let config = FrequencyConfig { method, ..FrequencyConfig::default() };
            let mut frequency = Frequency::build(&config).unwrap();
            (0..60).for_each(|n| drop(close(&mut frequency, n, &[usual(n)])));
            let scores = close(&mut frequency, 60, &[300]);
            assert_eq!(scores.len(), 1, "{method:?}");
        }
    }

    #[test]
    fn restored_in_the_middle_it_says_the_same() {
        let mut whole = Frequency::build(&FrequencyConfig::default()).unwrap();
        (0..300).for_each(|n| drop(close(&mut whole, n, &[usual(n), 3])));
        let mut to = Writer::new();
        whole.write(&mut to);
        let body = to.finish();
        let mut restored = Frequency::read(&mut Reader::new(&body), &FrequencyConfig::default()).unwrap();
        for n in 300..400 {
            let counts = [if n % 30 == 0 { 200 } else { usual(n) }, 3];
            assert_eq!(close(&mut whole, n, &counts), close(&mut restored, n, &counts));
        }
        for cut in 0..body.len() {
            let _ = Frequency::read(&mut Reader::new(&body[..cut]), &FrequencyConfig::default());
        }
    }

    #[test]
    fn united_series_add_their_levels() {
        let mut frequency = Frequency::build(&FrequencyConfig::default()).unwrap();
        (0..100).for_each(|n| drop(close(&mut frequency, n, &[10, 20])));
        frequency.merged(TemplateId(2), TemplateId(1));
        let predicted = frequency.predict(series(1), window(100)).unwrap();
        assert!((predicted.mean - 30.0).abs() < 0.1, "{}", predicted.mean);
        assert!(frequency.predict(series(2), window(100)).is_none());
        assert_eq!(close(&mut frequency, 100, &[30]), []);
    }
}
