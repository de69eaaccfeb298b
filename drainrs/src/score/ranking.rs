//! What changed: the templates whose counts moved most between two windows, or against a baseline.
//!
//! **Takes** counts by key, before and after: templates, series, services, anything. **Gives** [`Changes`]: what rose and what
//! dropped, the most telling first. **Promises**: deterministic; keys may come in any order, and more than once; no number that
//! is none. **Costs**: two sorts.
//!
//! The measure is the signed square root of the Poisson deviance, `sign(x - E) sqrt(2 (x ln(x / E) - (x - E)))`, where `x` is
//! the count after and `E` the count before on the scale of after, at least 0.05 (McCullagh and Nelder, "Generalized Linear
//! Models", 1989). It is about a number of standard deviations: a template that went from 5 to 10 (1.9) stands below one that
//! went from 50 to 100 (6.2) and far above one that went from 95,000 to 95,200 (0.6). A count says who is loud, a ratio who is
//! rare; neither says what changed.
//!
//! Levels are shown beside the numbers and not multiplied in: what goes wrong is often told by what is no longer said, at
//! level info. So drops are worth as much as rises, and are listed apart.
//!
//! # The scale
//!
//! What would be expected if nothing had changed depends on what may have changed without telling: see [`Scale`].

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind};
use crate::flow::{Level, Series, Tally};
use crate::stats::{LEAST_EXPECTED, signed_deviance};

/// How counts before are made comparable with counts after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scale {
    /// By the totals: each key is compared by its share of all events, so that twice the traffic changes nothing. If one
    /// key makes most of the events and rises alone, all others seem to drop: then take `Typical` or `Time`. Nothing is
    /// expected after a total of 0.
    #[default]
    Total,
    /// By the lengths of the windows, in nanoseconds, both above 0: twice the traffic is a rise of everything.
    Time {
        /// How long was counted before.
        before_ns: i64,
        /// How long was counted after.
        after_ns: i64,
    },
    /// By the typical ratio: the median of after / before over the keys with at least 5 events on both sides (as Anders and
    /// Huber, "Differential expression analysis for sequence count data", Genome Biology 11, 2010, scale samples). Neither
    /// traffic nor a single loud key changes the others. With fewer than 5 such keys, as `Total`.
    Typical,
}

/// Keys that [`Scale::Typical`] needs, and events that they need.
const TYPICAL: usize = 5;

/// A key whose count is not what it was.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Shift<K> {
    /// What was counted.
    pub key: K,
    /// Events before.
    pub before: u64,
    /// Events after.
    pub after: u64,
    /// Events that were to be expected after; at least 0.05.
    pub expected: f64,
    /// The signed square root of the Poisson deviance: above 0 a rise, below 0 a drop.
    pub deviance: f64,
    /// The greatest level on either side; [`Level::Unknown`] where nobody said.
    pub level: Level,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Changes<K> {
    /// What came more often than expected, the greatest deviance first; equal ones by key.
    pub rises: Vec<Shift<K>>,
    /// What came less often, in the same order.
    pub drops: Vec<Shift<K>>,
    /// Events before.
    pub total_before: u64,
    /// Events after.
    pub total_after: u64,
    /// What counts before were multiplied with.
    pub scale: f64,
}

/// Keys of a group, by the one that moved most.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Group<G, K> {
    /// The group: a service.
    pub group: G,
    /// The greatest deviance of its keys by size, with its sign.
    pub deviance: f64,
    /// The key that has it.
    pub leading: K,
    /// Keys that rose.
    pub rises: usize,
    /// Keys that dropped.
    pub drops: usize,
}

impl<K: Ord + Clone> Changes<K> {
    /// The groups that keys belong to, by the deviance of the key that moved most: which service to look at first. Equal ones
    /// by name.
    pub fn groups<G: Ord + Clone>(&self, mut group_of: impl FnMut(&K) -> G) -> Vec<Group<G, K>> {
        let mut groups: BTreeMap<G, Group<G, K>> = BTreeMap::new();
        for shift in self.rises.iter().chain(&self.drops) {
            let name = group_of(&shift.key);
            let group = groups.entry(name.clone()).or_insert_with(|| Group {
                group: name,
                deviance: 0.0,
                leading: shift.key.clone(),
                rises: 0,
                drops: 0,
            });
            if shift.deviance.abs() > group.deviance.abs() {
                group.deviance = shift.deviance;
                group.leading = shift.key.clone();
            }
            group.rises += usize::from(shift.deviance > 0.0);
            group.drops += usize::from(shift.deviance < 0.0);
        }
        let mut groups: Vec<Group<G, K>> = groups.into_values().collect();
        // Stable: equal ones stay in the order of their names.
        groups.sort_by(|a, b| b.deviance.abs().total_cmp(&a.deviance.abs()));
        groups
    }
}

/// What was counted of a key.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    before: u64,
    after: u64,
    level: Level,
}

/// Ranks what changed between two sets of counts. A key that stands there more than once counts all its events.
///
/// ```
/// use drainrs::score::ranking::{Scale, rank};
/// let before = [("health check", 9500), ("query took too long", 40), ("login", 460)];
/// let after = [("health check", 9540), ("query took too long", 80), ("login", 380)];
/// let changes = rank(&before, &after, Scale::Total)?;
/// assert_eq!(changes.rises[0].key, "query took too long");
/// assert_eq!(changes.drops[0].key, "login");
/// # Ok::<(), drainrs::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Config`] at `scale.before_ns` or `scale.after_ns`: a length that is not above 0.
pub fn rank<K: Ord + Clone>(before: &[(K, u64)], after: &[(K, u64)], scale: Scale) -> Result<Changes<K>, Error> {
    let plain = |counts: &[(K, u64)]| -> Vec<(K, u64, Level)> {
        counts.iter().map(|(key, count)| (key.clone(), *count, Level::Unknown)).collect()
    };
    ranked(plain(before), plain(after), scale)
}

/// The same for closed windows, with levels. The tallies of several windows may be chained.
///
/// # Errors
///
/// As [`rank`].
pub fn rank_tallies<'a>(
    before: impl IntoIterator<Item = &'a Tally>,
    after: impl IntoIterator<Item = &'a Tally>,
    scale: Scale,
) -> Result<Changes<Series>, Error> {
    let of = |tally: &Tally| (tally.series, tally.count, tally.level);
    ranked(before.into_iter().map(of), after.into_iter().map(of), scale)
}

fn ranked<K: Ord + Clone>(
    before: impl IntoIterator<Item = (K, u64, Level)>,
    after: impl IntoIterator<Item = (K, u64, Level)>,
    scale: Scale,
) -> Result<Changes<K>, Error> {
    let mut counts: BTreeMap<K, Counts> = BTreeMap::new();
    for (key, count, level) in before {
        let counts = counts.entry(key).or_default();
        counts.before = counts.before.saturating_add(count);
        counts.level = counts.level.max(level);
    }
    for (key, count, level) in after {
        let counts = counts.entry(key).or_default();
        counts.after = counts.after.saturating_add(count);
        counts.level = counts.level.max(level);
    }
    let sum = |count: fn(&Counts) -> u64| counts.values().map(count).fold(0, u64::saturating_add);
    let (total_before, total_after) = (sum(|counts| counts.before), sum(|counts| counts.after));
    let by_totals = if total_before == 0 { 1.0 } else { total_after as f64 / total_before as f64 };
    let scale = match scale {
        Scale::Total => by_totals,
        Scale::Time { before_ns, after_ns } => {
            for (nanos, path) in [(before_ns, "scale.before_ns"), (after_ns, "scale.after_ns")] {
                if nanos <= 0 {
                    let message = format!("{nanos} is no length of time; write nanoseconds above 0");
                    return Err(Error::new(ErrorKind::Config, path, message));
                }
            }
            after_ns as f64 / before_ns as f64
        }
        Scale::Typical => typical(counts.values()).unwrap_or(by_totals),
    };
    let (mut rises, mut drops) = (Vec::new(), Vec::new());
    for (key, Counts { before, after, level }) in counts {
        let expected = (before as f64 * scale).max(LEAST_EXPECTED);
        let deviance = signed_deviance(after as f64, expected);
        let shift = Shift { key, before, after, expected, deviance, level };
        // Where next to nothing was expected, nothing is no drop.
        if deviance > 0.0 {
            rises.push(shift);
        } else if deviance < 0.0 && expected > LEAST_EXPECTED {
            drops.push(shift);
        }
    }
    // Stable: equal ones stay in the order of their keys.
    let by_size = |a: &Shift<K>, b: &Shift<K>| b.deviance.abs().total_cmp(&a.deviance.abs());
    rises.sort_by(by_size);
    drops.sort_by(by_size);
    Ok(Changes { rises, drops, total_before, total_after, scale })
}

/// The median of after / before of the keys that have enough events on both sides.
fn typical<'a>(counts: impl Iterator<Item = &'a Counts>) -> Option<f64> {
    let mut ratios: Vec<f64> = counts
        .filter(|counts| counts.before.min(counts.after) >= TYPICAL as u64)
        .map(|counts| counts.after as f64 / counts.before as f64)
        .collect();
    if ratios.len() < TYPICAL {
        return None;
    }
    ratios.sort_by(f64::total_cmp);
    let (upper, lower) = (ratios.get(ratios.len() / 2)?, ratios.get((ratios.len() - 1) / 2)?);
    Some(f64::midpoint(*upper, *lower))
}
