//! What a threshold is worth: precision, recall and F1 for every threshold there is, on labelled scores; and the threshold for a
//! rate of false alarms, on scores of the usual alone.
//!
//! **Takes** scores of any kind, greater meaning more unusual. **Gives** a [`Calibration`] or a [`FalseAlarmThreshold`].
//! **Promises**: every distinct score is tried, not a grid; a share comes with its Wilson interval of 95 %; too few scores to
//! tell are an error that says so; no number that is none. **Costs**: one sort.
//!
//! A score is flagged when it is *at least* the threshold, everywhere in this library where thresholds are calibrated.

use crate::error::{Error, ErrorKind, Problems};
use crate::stats::wilson;

/// A share with the interval in which it lies with a confidence of 95 % (Wilson 1927). 0, and 0 to 1, where there was nothing to
/// take a share of.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Share {
    /// The share itself.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Share {
    fn of(part: u64, whole: u64) -> Share {
        let (low, high) = wilson(part, whole);
        Share { value: if whole == 0 { 0.0 } else { part as f64 / whole as f64 }, low, high }
    }
}

/// What a threshold does to labelled scores.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct OperatingPoint {
    /// The threshold; scores that are at least this are flagged.
    pub threshold: f64,
    /// Anomalous scores that are flagged.
    pub true_positives: u64,
    /// Normal scores that are flagged.
    pub false_positives: u64,
    /// Anomalous scores that are not.
    pub false_negatives: u64,
    /// Normal scores that are not.
    pub true_negatives: u64,
    /// Of the flagged ones, the share that is anomalous.
    pub precision: Share,
    /// Of the anomalous ones, the share that is flagged.
    pub recall: Share,
    /// Of the normal ones, the share that is flagged.
    pub false_positive_rate: Share,
    /// The harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`.
    pub f1: f64,
}

impl OperatingPoint {
    fn new(threshold: f64, flagged: [u64; 2], all: [u64; 2]) -> OperatingPoint {
        let [hits, alarms] = flagged;
        let [positives, negatives] = all;
        let missed = positives - hits;
        OperatingPoint {
            threshold,
            true_positives: hits,
            false_positives: alarms,
            false_negatives: missed,
            true_negatives: negatives - alarms,
            precision: Share::of(hits, hits + alarms),
            recall: Share::of(hits, positives),
            false_positive_rate: Share::of(alarms, negatives),
            // Never 0 / 0: there are positives.
            f1: 2.0 * hits as f64 / (hits + alarms + positives) as f64,
        }
    }
}

/// What is asked of a calibration.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalibrateConfig {
    /// Also choose the threshold that finds most among those with at least this precision, `0..=1`. Default none.
    pub min_precision: Option<f64>,
    /// Fewer anomalous scores than this are refused. Default 10: of 9 found of 9 one knows only that it is more than 70 %.
    pub min_positives: u64,
    /// Fewer normal scores than this are refused. Default 10.
    pub min_negatives: u64,
}

impl Default for CalibrateConfig {
    fn default() -> CalibrateConfig {
        CalibrateConfig { min_precision: None, min_positives: 10, min_negatives: 10 }
    }
}

/// What thresholds are worth.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Calibration {
    /// Anomalous scores.
    pub positives: u64,
    /// Normal scores.
    pub negatives: u64,
    /// The point with the greatest F1; of several the one with the greatest threshold. It was chosen on these scores, so
    /// others will see a little less.
    pub best: OperatingPoint,
    /// The point of the greatest recall with the precision that was asked for; of several the one with the greatest threshold.
    /// `None` if none was asked for, or if no threshold has it.
    pub precise: Option<OperatingPoint>,
    /// A point for every distinct score, from the greatest threshold to the least.
    pub points: Vec<OperatingPoint>,
}

impl Calibration {
    /// What a threshold does, whether it is one of the scores or not. One that is not a number flags nothing.
    pub fn at(&self, threshold: f64) -> OperatingPoint {
        let threshold = if threshold.is_nan() { f64::MAX } else { threshold.clamp(f64::MIN, f64::MAX) };
        // Thresholds fall: those that flag no more than this one come first.
        let flagging = self.points.partition_point(|point| point.threshold >= threshold);
        match flagging.checked_sub(1).and_then(|at| self.points.get(at)) {
            Some(point) => OperatingPoint { threshold, ..*point },
            None => OperatingPoint::new(threshold, [0, 0], [self.positives, self.negatives]),
        }
    }
}

fn refuse(path: impl Into<String>, message: String) -> Error {
    Error::new(ErrorKind::Config, path, message)
}

/// Tries every distinct score as a threshold. A pair is a score and whether it was anomalous.
///
/// ```
/// use drainrs::score::calibrate::{CalibrateConfig, calibrate};
/// // Ten anomalous scores, 0.50 to 0.95; twenty normal ones, 0.00 to 0.57.
/// let anomalous = (0..10).map(|i| (0.50 + 0.05 * f64::from(i), true));
/// let normal = (0..20).map(|i| (0.03 * f64::from(i), false));
/// let scored: Vec<(f64, bool)> = anomalous.chain(normal).collect();
/// let found = calibrate(&scored, &CalibrateConfig::default())?;
/// // At 0.50 all ten are found, with 0.51, 0.54 and 0.57 of the normal ones; at 0.55 nine, with one; at 0.60 eight, with none.
/// assert_eq!(found.at(0.60).precision.value, 1.0);
/// assert_eq!(found.best.recall.value, 0.9);
/// assert!((found.best.f1 - 18.0 / 20.0).abs() < 1e-12);
/// # Ok::<(), drainrs::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Config`]: at `scored` fewer than ten anomalous or ten normal scores, at `scored[17]` a score that is no finite
/// number, at `min_precision` one outside 0 to 1; all that apply, but no more than one score.
pub fn calibrate(scored: &[(f64, bool)], config: &CalibrateConfig) -> Result<Calibration, Error> {
    let mut problems = Problems::default();
    if let Some(wanted) = config.min_precision {
        problems.require((0.0..=1.0).contains(&wanted), "min_precision", || {
            format!("{wanted} is no precision between 0 and 1")
        });
    }
    if let Some((at, (score, _))) = scored.iter().enumerate().find(|(_, (score, _))| !score.is_finite()) {
        problems.require(false, &format!("scored[{at}]"), || format!("the score {score} is no finite number"));
    }
    let positives = scored.iter().filter(|(_, anomalous)| *anomalous).count() as u64;
    let negatives = scored.len() as u64 - positives;
    for (found, least, what) in [
        // Without a positive there is no recall: the least is 1 whatever the configuration says.
        (positives, config.min_positives.max(1), "anomalous"),
        (negatives, config.min_negatives.max(1), "normal"),
    ] {
        problems.require(found >= least, "scored", || {
            let (low, high) = wilson(found, found);
            format!(
                "{found} {what} scores are too few, at least {least} are needed: a share of {found} is known to {:.0} points",
                100.0 * (high - low)
            )
        });
    }
    problems.finish()?;

    let mut sorted = scored.to_vec();
    // Negative and positive zero are one threshold: adding 0 makes them one number.
    sorted.iter_mut().for_each(|(score, _)| *score += 0.0);
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut flagged = [0, 0];
    let points: Vec<OperatingPoint> = sorted
        .chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq())
        .filter_map(|equal| {
            let anomalous = equal.iter().filter(|(_, anomalous)| *anomalous).count() as u64;
            flagged = [flagged[0] + anomalous, flagged[1] + equal.len() as u64 - anomalous];
            equal.first().map(|&(threshold, _)| OperatingPoint::new(threshold, flagged, [positives, negatives]))
        })
        .collect();
    let better = |best: OperatingPoint, point: &OperatingPoint| if point.f1 > best.f1 { *point } else { best };
    let best = points.iter().fold(OperatingPoint::new(f64::MAX, [0, 0], [positives, negatives]), better);
    let precise = config.min_precision.and_then(|wanted| {
        let fits = points.iter().filter(|point| point.precision.value >= wanted);
        fits.fold(None, |best: Option<OperatingPoint>, point| match best {
            Some(best) if best.true_positives >= point.true_positives => Some(best),
            _ => Some(*point),
        })
    });
    Ok(Calibration { positives, negatives, best, precise, points })
}

/// A threshold for a rate of false alarms.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct FalseAlarmThreshold {
    /// The threshold; scores that are at least this are flagged.
    pub threshold: f64,
    /// The chance that a further normal score is flagged is at most this, `(k + 1) / (n + 1)`: no more than the rate that was
    /// asked for, less by rounding.
    pub rate: f64,
    /// How many scores it was taken from.
    pub scores: u64,
    /// How many of them are flagged, `k`.
    pub flagged: u64,
}

/// The least threshold that a share of at most `rate` of further normal scores will reach, from normal scores alone. Conformal
/// (Vovk, Gammerman, Shafer, "Algorithmic learning in a random world", 2005, section 2.2): a further score has the p-value
/// `(k + 1) / (n + 1)` if `k` of `n` scores are at least as great, and is flagged if that is at most `rate`. It holds
/// for scores of any distribution, on average over the scores it was taken from, as long as further ones are of the same kind.
///
/// ```
/// use drainrs::score::calibrate::false_alarm_threshold;
/// // 199 scores, 1 to 199; one in a hundred: (1 + 1) / (199 + 1), so past all but one.
/// let normal: Vec<f64> = (1..200).map(f64::from).collect();
/// let found = false_alarm_threshold(&normal, 0.01)?;
/// assert!(found.threshold > 198.0 && found.threshold <= 199.0);
/// assert_eq!((found.flagged, found.rate), (1, 0.01));
/// # Ok::<(), drainrs::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Config`]: at `rate` one that is not between 0 and 1, at `normal` fewer scores than `1 / rate`, at `normal[17]` a
/// score that is no finite number.
#[allow(clippy::cast_sign_loss, reason = "a share of a number of scores is not negative")]
pub fn false_alarm_threshold(normal: &[f64], rate: f64) -> Result<FalseAlarmThreshold, Error> {
    if !(rate > 0.0 && rate < 1.0) {
        return Err(refuse("rate", format!("{rate} is no share between 0 and 1")));
    }
    if let Some((at, score)) = normal.iter().enumerate().find(|(_, score)| !score.is_finite()) {
        return Err(refuse(format!("normal[{at}]"), format!("the score {score} is no finite number")));
    }
    let needed = (1.0 / rate).ceil();
    if (normal.len() as f64) < needed {
        let message = format!("{} scores are too few for a rate of {rate}: at least {needed} are needed", normal.len());
        return Err(refuse("normal", message));
    }
    let mut sorted: Vec<f64> = normal.iter().map(|score| score + 0.0).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let all = sorted.len();
    // So many of them may be flagged; rounding errors of the product must not cost one.
    let allowed = ((rate * (all + 1) as f64 * (1.0 + 1e-12)).floor() as usize).clamp(1, all) - 1;
    // Past the first one that may not be; equal ones all stay unflagged.
    let last = sorted.get(allowed).copied().unwrap_or_default();
    let flagged = sorted.partition_point(|score| *score > last) as u64;
    let threshold = last.next_up().min(f64::MAX);
    Ok(FalseAlarmThreshold { threshold, rate: (flagged + 1) as f64 / (all + 1) as f64, scores: all as u64, flagged })
}
