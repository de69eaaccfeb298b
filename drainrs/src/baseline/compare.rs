//! How two baselines differ.

use super::Baseline;
use super::matching::statements;
use super::values;
use crate::flow::Level;
use crate::id::TemplateId;
use crate::miner::Miner;
use crate::stats::Portable;
use crate::stats::signed_deviance;

/// What counts as a difference.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompareConfig {
    /// A rate has shifted when it is at least this many times what it was, or a fraction of one by it. Default 2.
    pub min_ratio: f64,
    /// And when the signed Poisson deviance is at least this. Default 5.
    pub min_deviance: f64,
    /// And when at least so many events stand on one side. Default 10.
    pub min_events: u64,
    /// A value has shifted when its median or its 95th percentile is at least this many times what it was, or a fraction of
    /// one by it. Default 1.5.
    pub min_value_ratio: f64,
    /// And when at least so many values stand on both sides. Default 50.
    pub min_values: u64,
}

impl Default for CompareConfig {
    fn default() -> CompareConfig {
        CompareConfig { min_ratio: 2.0, min_deviance: 5.0, min_events: 10, min_value_ratio: 1.5, min_values: 50 }
    }
}

/// A statement on one side or both.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// Its template, as it stands after, or before if it is gone.
    pub template: String,
    /// The number of the template on the side of `template`.
    pub id: TemplateId,
    /// The greatest level.
    pub level: Level,
    /// Events before.
    pub before: u64,
    /// Events after.
    pub after: u64,
    /// A line.
    pub example: String,
}

/// A statement whose share of the log has changed.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct RateShift {
    /// The statement.
    pub standing: Standing,
    /// The events that were to be expected after: those before, scaled to the number of all events after.
    pub expected: f64,
    /// How many times the expected.
    pub ratio: f64,
    /// The signed Poisson deviance.
    pub deviance: f64,
}

/// A value whose distribution has shifted.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct ValueShift {
    /// The statement.
    pub standing: Standing,
    /// The token of the template that the value stands in.
    pub token: u32,
    /// The median before and after.
    pub median: [f64; 2],
    /// The 95th percentile before and after.
    pub p95: [f64; 2],
    /// How many times the median or the percentile, whichever moved more.
    pub ratio: f64,
}

/// How two baselines differ. Lists are in the order of importance: errors first, then by how far.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Events before.
    pub events_before: u64,
    /// Events after.
    pub events_after: u64,
    /// Statements that both sides have.
    pub common: u64,
    /// Statements that are only after.
    pub new: Vec<Standing>,
    /// Statements that were only before.
    pub gone: Vec<Standing>,
    /// Statements that are more frequent than before.
    pub rises: Vec<RateShift>,
    /// Statements that are less frequent than before.
    pub drops: Vec<RateShift>,
    /// Values that have shifted.
    pub values: Vec<ValueShift>,
}

impl Comparison {
    /// The new statements of level error and above: what fails a deployment.
    pub fn new_errors(&self) -> impl Iterator<Item = &Standing> {
        self.new.iter().filter(|standing| standing.level >= Level::Error)
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty()
            && self.gone.is_empty()
            && self.rises.is_empty()
            && self.drops.is_empty()
            && self.values.is_empty()
    }
}

/// The templates of a statement on one side, added up.
#[derive(Default)]
struct Side {
    events: u64,
    level: Level,
    /// The most frequent of its templates.
    leading: Option<TemplateId>,
    text: String,
    example: String,
}

fn side(miner: &Miner, templates: &[TemplateId]) -> Side {
    let mut side = Side::default();
    let mut most = 0;
    for template in templates.iter().filter_map(|&id| miner.template(id)) {
        side.events = side.events.saturating_add(template.count);
        side.level = side.level.max(template.level);
        if template.count >= most {
            most = template.count;
            side.leading = Some(template.id);
            side.example =
                template.examples.first().map(|line| String::from_utf8_lossy(line).into_owned()).unwrap_or_default();
            side.text = template.text;
        }
    }
    side
}

/// Compares two baselines. Rates are compared as shares of all events, so a log of an hour stands beside one of a day. Cost: one
/// look-up per example line of either side.
pub fn compare(before: &Baseline, after: &Baseline, config: &CompareConfig) -> Comparison {
    let (miner_before, miner_after) = (before.pipeline().miner(), after.pipeline().miner());
    let events = |miner: &Miner| miner.templates().fold(0_u64, |sum, template| sum.saturating_add(template.count));
    let mut found =
        Comparison { events_before: events(miner_before), events_after: events(miner_after), ..Comparison::default() };
    let places = (values::places(before), values::places(after));
    let scale = found.events_after as f64 / found.events_before.max(1) as f64;
    for statement in statements(miner_before, miner_after) {
        let (was, is) = (side(miner_before, &statement.before), side(miner_after, &statement.after));
        let shown = if is.leading.is_some() { &is } else { &was };
        let standing = Standing {
            template: shown.text.clone(),
            id: shown.leading.unwrap_or(TemplateId(0)),
            level: was.level.max(is.level),
            before: was.events,
            after: is.events,
            example: shown.example.clone(),
        };
        match (was.leading.is_some(), is.leading.is_some()) {
            (false, true) => found.new.push(standing),
            (true, false) => found.gone.push(standing),
            _ => {
                found.common += 1;
                values::shifts(&statement, &standing, (&places.0, &places.1), config, &mut found.values);
                found.shift(standing, was.events as f64 * scale, config);
            }
        }
    }
    found.sort();
    found
}

impl Comparison {
    /// Notes a rate if it has shifted.
    fn shift(&mut self, standing: Standing, expected: f64, config: &CompareConfig) {
        let after = standing.after as f64;
        let (ratio, deviance) = (after / expected.max(f64::MIN_POSITIVE), signed_deviance(after, expected));
        let far = ratio >= config.min_ratio || ratio * config.min_ratio <= 1.0;
        if !far || deviance.abs() < config.min_deviance || standing.after.max(standing.before) < config.min_events {
            return;
        }
        let list = if deviance > 0.0 { &mut self.rises } else { &mut self.drops };
        list.push(RateShift { standing, expected, ratio, deviance });
    }

    fn sort(&mut self) {
        let standings = |a: &Standing, b: &Standing| {
            let count = |standing: &Standing| standing.before.max(standing.after);
            b.level.cmp(&a.level).then(count(b).cmp(&count(a))).then(a.id.cmp(&b.id))
        };
        self.new.sort_by(standings);
        self.gone.sort_by(standings);
        for list in [&mut self.rises, &mut self.drops] {
            list.sort_by(|a, b| b.deviance.abs().total_cmp(&a.deviance.abs()).then(a.standing.id.cmp(&b.standing.id)));
        }
        let far = |shift: &ValueShift| shift.ratio.portable_ln().abs();
        self.values.sort_by(|a, b| far(b).total_cmp(&far(a)).then(a.standing.id.cmp(&b.standing.id)));
    }
}
