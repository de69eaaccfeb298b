//! Values whose distribution has shifted.

use crate::stats::Portable;
use std::collections::BTreeMap;

use super::Baseline;
use super::compare::{CompareConfig, Standing, ValueShift};
use super::matching::Statement;
use crate::flow::Slot;
use crate::id::TemplateId;
use crate::score::SlotSummary;

/// The numeric places of one side: by template, place and the name of the service.
pub(super) type Places = BTreeMap<(TemplateId, Slot, Option<String>), SlotSummary>;

/// All numeric places that a baseline knows.
pub(super) fn places(baseline: &Baseline) -> Places {
    let Some(detector) = baseline.pipeline().detector() else { return Places::new() };
    let Some(content) = detector.battery().content() else { return Places::new() };
    let named = |service| detector.service_name(service).map(std::borrow::Cow::into_owned);
    content
        .slots()
        .filter(|(_, _, summary)| summary.judged && !summary.lengths)
        .map(|(series, slot, summary)| ((series.template, slot, named(series.service)), summary))
        .collect()
}

/// The places of a statement that both sides have, where the median or the 95th percentile moved.
pub(super) fn shifts(
    statement: &Statement,
    standing: &Standing,
    (before, after): (&Places, &Places),
    config: &CompareConfig,
    found: &mut Vec<ValueShift>,
) {
    for &own in &statement.before {
        let all = (own, Slot { token: 0, ordinal: 0 }, None)
            ..(TemplateId(own.0.saturating_add(1)), Slot { token: 0, ordinal: 0 }, None);
        for ((_, slot, service), was) in before.range(all) {
            let same = |other: &TemplateId| after.get(&(*other, *slot, service.clone()));
            let Some(is) = statement.after.iter().find_map(same) else { continue };
            let enough = was.count.min(is.count) >= config.min_values && was.unit == is.unit;
            let quantiles = was.median.zip(is.median).zip(was.q95.zip(is.q95));
            let Some((median, p95)) = quantiles.filter(|_| enough) else { continue };
            let (by_median, by_p95) = (ratio(median.0, median.1), ratio(p95.0, p95.1));
            let ratio = if by_median.portable_ln().abs() >= by_p95.portable_ln().abs() { by_median } else { by_p95 };
            if ratio.portable_ln().abs() >= config.min_value_ratio.portable_ln() {
                found.push(ValueShift {
                    standing: standing.clone(),
                    token: slot.token,
                    median: [median.0, median.1],
                    p95: [p95.0, p95.1],
                    ratio,
                });
            }
        }
    }
}

/// How many times; between values that are not above 0 there is no such number.
fn ratio(before: f64, after: f64) -> f64 {
    if before > 0.0 && after > 0.0 { after / before } else { 1.0 }
}
