//! Drift: a rate that slowly moved away.
//!
//! **Takes** closed windows, and what the frequency scorer expects of them. **Gives** [`ScoreKind::Drift`](crate::ScoreKind) when
//! small deviations in one direction have added up. **Promises**: bounded; a notice, not an alarm: benign changes of level are
//! noticed, too, which is why this scorer is off unless asked for and its notices are of low priority. **Costs**: some 20 ns per
//! series and window.
//!
//! The method is the two-sided cumulative sum (Page, "Continuous inspection schemes", Biometrika 41, 1954):
//! `up = max(0, up + z - k)`, `down = max(0, down - z - k)` with `z = (count - expected) / deviation`, cut at 3. A sum above `h`
//! is told once, and begins anew. With `k` of 0.5 and `h` of 60 a rate that moved by one deviation is told after 120 windows.

use crate::error::{Error, Problems};
use crate::flow::{Closed, Direction, Observation, Score, ScoreKind, Series};
use crate::id::TemplateId;
use crate::score::{Mode, Scorer};
use crate::stats::Table;
use crate::time::Timestamp;
use crate::wire::{Reader, Writer, state};

const NAME: &str = "drift";
/// What one window adds at most: one incident is no drift.
const MOST: f64 = 3.0;

/// When a rate has drifted.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DriftConfig {
    /// What a window must deviate by to count at all, in standard deviations. Default 0.5.
    pub allowance: f64,
    /// The sum at which drift is told. Default 60.
    pub limit: f64,
    /// The most series that are followed; those without events for longest make room. Default 10,000.
    pub max_series: usize,
}

impl Default for DriftConfig {
    fn default() -> DriftConfig {
        DriftConfig { allowance: 0.5, limit: 60.0, max_series: 10_000 }
    }
}

impl DriftConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        for (name, value) in [("allowance", self.allowance), ("limit", self.limit)] {
            problems.require(value > 0.0 && value.is_finite(), &format!("score.drift.{name}"), || {
                format!("must be above 0, got {value}")
            });
        }
        problems.require(self.max_series >= 1, "score.drift.max_series", || "must be at least 1, got 0".to_owned());
    }
}

/// The sums of one series.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    up: f64,
    down: f64,
}

state! { Sums { up, down } }

/// Notices rates that slowly moved away. Alone it has nothing to compare with: [`Drift::close_with`] takes what is expected.
///
/// ```
/// use drainrs::score::{Drift, DriftConfig};
/// use drainrs::{Closed, ScoreKind, Series, ServiceId, Tally, TemplateId, Timestamp, Window};
///
/// let mut drift = Drift::build(&DriftConfig::default())?;
/// let series = Series { service: ServiceId::UNNAMED, template: TemplateId(1) };
/// let mut scores = Vec::new();
/// // 120 where 100 are expected with a deviation of 10: z = 2 adds 1.5 a window, 60 is reached in the 40th.
/// for n in 0..40 {
///     let window = Window { start: Timestamp::from_seconds(60 * n), end: Timestamp::from_seconds(60 * (n + 1)) };
///     let tallies = [Tally::new(series, 120, window)];
///     drift.close_with(&Closed::new(window, &tallies), |_| Some((100.0, 100.0)), &mut scores);
///     assert_eq!(scores.is_empty(), n < 39);
/// }
/// assert_eq!(scores[0].kind, ScoreKind::Drift);
/// # Ok::<(), drainrs::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Drift {
    config: DriftConfig,
    mode: Mode,
    series: Table<Series, Sums>,
}

impl Drift {
    /// Builds the scorer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting that is out of its range.
    pub fn build(config: &DriftConfig) -> Result<Drift, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        Ok(Drift { config: config.clone(), mode: Mode::default(), series: Table::new(config.max_series) })
    }

    /// Closes a window with what was expected of a series: the count and its variance; `None` where nothing is known.
    pub fn close_with(
        &mut self,
        closed: &Closed<'_>,
        expected: impl Fn(Series) -> Option<(f64, f64)>,
        scores: &mut Vec<Score>,
    ) {
        if closed.gap {
            return;
        }
        for tally in closed.tallies {
            self.series.touch_or_insert(tally.series, Sums::default);
        }
        let (config, learning) = (&self.config, self.mode == Mode::Learn);
        for (series, sums) in self.series.iter_mut() {
            let Some((mean, variance)) = expected(*series) else { continue };
            let count = closed.tally(*series).map_or(0, |tally| tally.count) as f64;
            let deviation = ((count - mean) / variance.max(f64::MIN_POSITIVE).sqrt()).clamp(-MOST, MOST);
            if deviation.is_nan() {
                continue;
            }
            sums.up = (sums.up + deviation - config.allowance).max(0.0);
            sums.down = (sums.down - deviation - config.allowance).max(0.0);
            let (sum, direction) =
                if sums.up >= sums.down { (sums.up, Direction::Up) } else { (sums.down, Direction::Down) };
            if sum < config.limit {
                continue;
            }
            *sums = Sums::default();
            if learning {
                continue;
            }
            let which = if direction == Direction::Up { "more" } else { "fewer" };
            let reason = format!("{which} events than expected for a long time; now {count} where {mean:.1} are usual");
            // At the limit, exactly an alarm.
            let mut score = Score::new(NAME, ScoreKind::Drift, closed.window.end, 5.0 * sum / config.limit, reason)
                .with_numbers(count, mean, 0.0, 0.0)
                .with("sum", sum);
            (score.service, score.template) = (series.service, Some(series.template));
            (score.direction, score.window) = (direction, closed.window);
            scores.push(score);
        }
    }

    /// Writes the state.
    pub(crate) fn write(&self, to: &mut Writer) {
        self.series.write(to);
    }

    /// Reads what was written.
    pub(crate) fn read(from: &mut Reader<'_>, config: &DriftConfig) -> Result<Drift, Error> {
        Ok(Drift { series: Table::read(from, config.max_series)?, ..Drift::build(config)? })
    }
}

impl Scorer for Drift {
    fn name(&self) -> &str {
        NAME
    }

    #[inline]
    fn observe(&mut self, _: &Observation<'_>, _: &mut Vec<Score>) {}

    fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>) {
        self.close_with(closed, |_| None, scores);
    }

    fn advance(&mut self, _: Timestamp, _: &mut Vec<Score>) {}

    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    fn memory(&self) -> usize {
        size_of::<Drift>() + self.series.memory()
    }

    fn merged(&mut self, gone: TemplateId, _into: TemplateId) {
        self.series.retain_values(|series, _| series.template != gone);
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}
