//! Changes that may help, and whether they do: each is tried on the sample.
//!
//! What is found decides what is tried, in this order: a mask that makes a black hole is taken out; the values of families
//! get masks; if templates still grow, the threshold and the depth are moved towards fewer templates, if something unlike is
//! still together, towards more; a limit that still evicts is raised. A change that helps stays, and what is tried next is
//! measured on top of it.

use std::collections::{BTreeMap, BTreeSet};

use super::families::Family;
use super::masks::{self, Anchor, Context};
use super::report::{Adjustment, FindingKind, Suggestion};
use super::study::{Study, regrouped_share};
use crate::flow::{Class, Tokens};
use crate::normalize::{Mask, NormalizeConfig};

/// How the threshold is moved.
const SIMILARITY_STEP: f64 = 0.1;
/// A change of a setting regroups every log to come, a mask only what it matches: it must gain twice as much.
const SETTING_GAIN: f64 = 2.0;
/// So many different values at a place of a template are no constant.
const VARIED: usize = 3;

/// Which lines new masks are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    /// Those of the family.
    Own,
    /// Those of other families: what matches there is of the same kind.
    Kin,
    Other,
}

/// A change to try.
#[derive(Debug, Clone)]
struct Candidate {
    adjustment: Adjustment,
    against: FindingKind,
    /// Of new masks: the lines they were made for, and how many values each of those lines has for them.
    lines: Vec<Whose>,
    per_line: u64,
    /// The values they were made from.
    values: BTreeSet<String>,
    /// How many templates they are made for.
    templates: u64,
}

impl Candidate {
    fn setting(adjustment: Adjustment, against: FindingKind) -> Candidate {
        Candidate { adjustment, against, lines: Vec::new(), per_line: 0, values: BTreeSet::new(), templates: 0 }
    }
}

/// Tries what may help. Gives what helps, the last study, and how many changes were tried.
pub(super) fn run<'a>(given: &Study<'a>) -> (Vec<Suggestion>, Option<Study<'a>>, u64) {
    let mut best: Option<Study<'a>> = None;
    let mut suggestions: Vec<Suggestion> = Vec::new();
    let mut tried: Vec<Adjustment> = Vec::new();
    let max_trials = given.bench.limits.max_trials;
    while tried.len() < max_trials {
        let study = best.as_ref().unwrap_or(given);
        let followed = |candidate: &Candidate| {
            let kind = std::mem::discriminant(&candidate.adjustment);
            !matches!(candidate.adjustment, Adjustment::AddMasks { .. } | Adjustment::RemoveMask { .. })
                && suggestions.iter().any(|known| std::mem::discriminant(&known.adjustment) == kind)
        };
        let new = candidates(study).into_iter().find(|new| !tried.contains(&new.adjustment) && !followed(new));
        let Some(candidate) = new else { break };
        tried.push(candidate.adjustment.clone());
        let mut config = study.config.clone();
        candidate.adjustment.apply(&mut config);
        // A pattern that the masks' compiler refuses is no suggestion.
        let Ok(changed) = Study::new(study.bench, &config) else { continue };
        if let Some(suggestion) = helps(&candidate, study, &changed) {
            suggestions.push(suggestion);
            best = Some(changed);
        }
    }
    (suggestions, best, tried.len() as u64)
}

/// What may help against what a study found, the most promising first.
fn candidates(study: &Study<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for mask in &study.config.normalize.masks {
        let normalize = &study.config.normalize;
        let spelling = format!("{}{}{}", normalize.mask_prefix, mask.name, normalize.mask_suffix);
        let in_hole = |row: usize| study.rows[row].tokens.iter().any(|token| token.contains(&spelling));
        if !spelling.is_empty() && study.holes.iter().any(|hole| in_hole(hole.row)) {
            found.push(Candidate::setting(Adjustment::RemoveMask { mask: mask.clone() }, FindingKind::BlackHole));
        }
    }
    for anchor in [Anchor::Loose, Anchor::Both] {
        found.extend(study.families.iter().filter_map(|family| masks_for(study, family, anchor)));
    }
    let mine = &study.config.mine;
    let similarity = |by: f64| Adjustment::SimilarityThreshold {
        from: mine.similarity_threshold,
        // Without the noise of binary fractions.
        to: ((mine.similarity_threshold + by) * 100.0).round() / 100.0,
    };
    let depth = |to: usize| Adjustment::Depth { from: mine.depth, to };
    let kinds = study.kinds();
    let growing = [FindingKind::Explosion, FindingKind::Family].into_iter().find(|kind| kinds.contains(kind));
    if let Some(against) = growing {
        if mine.similarity_threshold > SIMILARITY_STEP {
            found.push(Candidate::setting(similarity(-SIMILARITY_STEP), against));
        }
        if mine.depth > 3 {
            found.push(Candidate::setting(depth(mine.depth - 1), against));
        }
    }
    for against in [FindingKind::BlackHole, FindingKind::Opposites] {
        if kinds.contains(&against) {
            if mine.similarity_threshold + SIMILARITY_STEP <= 1.0 {
                found.push(Candidate::setting(similarity(SIMILARITY_STEP), against));
            }
            found.push(Candidate::setting(depth(mine.depth + 1), against));
        }
    }
    if let (true, Some(max)) = (kinds.contains(&FindingKind::Eviction), mine.max_templates) {
        // What was born in all, with a quarter of it to spare.
        let born = max.saturating_add(usize::try_from(study.measure.evicted_templates).unwrap_or(usize::MAX));
        let to = born.saturating_add(born / 4).next_multiple_of(100).min(100_000_000);
        let adjustment = Adjustment::MaxTemplates { from: Some(max), to: Some(to) };
        found.push(Candidate::setting(adjustment, FindingKind::Eviction));
    }
    found
}

/// Masks for the places of a family.
fn masks_for(study: &Study<'_>, family: &Family, anchor: Anchor) -> Option<Candidate> {
    let row = &study.rows[*family.rows.first()?];
    let mut made: Vec<Mask> = Vec::new();
    let mut seen = BTreeSet::new();
    for (&place, values) in family.places.iter().zip(study.values_of(family)) {
        let plain = |token: usize| {
            let text = row.tokens.get(token)?;
            // A neighbour with values of its own, or one that differs itself, tells nothing.
            let fixed = row.literal.get(token) == Some(&true) && !family.places.contains(&token);
            (fixed && !text.contains(&study.config.normalize.mask_prefix)).then_some(text.as_str())
        };
        let context = Context { before: place.checked_sub(1).and_then(plain), after: plain(place + 1) };
        seen.extend(values.keys().cloned());
        let values: Vec<&str> = values.keys().map(String::as_str).collect();
        let pattern = masks::pattern(&values, context, anchor)?;
        if made.iter().any(|known| known.pattern == pattern) {
            continue;
        }
        let before: Vec<String> = (0..place).map(|at| plain(at).unwrap_or_default().to_owned()).collect();
        let name = masks::name(&values, &before);
        let name = free_name(&name, &study.config.normalize, &made);
        made.push(Mask { name, pattern });
    }
    let own = study.groups_of(family.rows.iter().copied());
    let kin = study.groups_of(study.families.iter().flat_map(|family| family.rows.iter().copied()));
    let whose = |&group: &u32| match (own[group as usize], kin[group as usize]) {
        (true, _) => Whose::Own,
        (false, true) => Whose::Kin,
        (false, false) => Whose::Other,
    };
    Some(Candidate {
        adjustment: Adjustment::AddMasks { masks: made },
        against: FindingKind::Family,
        lines: study.of_line.iter().map(whose).collect(),
        per_line: family.places.len() as u64,
        values: seen,
        templates: family.rows.len() as u64,
    })
}

/// A name that neither a mask nor a built-in class has.
fn free_name(wanted: &str, config: &NormalizeConfig, made: &[Mask]) -> String {
    let taken = |name: &str| {
        NormalizeConfig::class_named(name).is_some() || config.masks.iter().chain(made).any(|mask| mask.name == name)
    };
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted}_{number}");
        number += 1;
    }
    name
}

/// Whether a change helps against what it was tried for, and does no harm elsewhere.
fn helps(candidate: &Candidate, before: &Study<'_>, after: &Study<'_>) -> Option<Suggestion> {
    let (a, b) = (&before.measure, &after.measure);
    let thresholds = before.bench.thresholds;
    let (mut matches, mut elsewhere) = (0, 0);
    let fallen = |from: u64, to: u64, gain: f64, of: u64| {
        let needed = (gain.min(1.0) * of as f64).max(1.0);
        from.saturating_sub(to) as f64 >= needed
    };
    let gain = thresholds.min_gain;
    let no_new_holes = b.black_hole_lines <= a.black_hole_lines && b.opposites <= a.opposites;
    let not_growing = after.explosion().is_none() || before.explosion().is_some_and(|_| b.growth <= a.growth);
    let (all_before, all_after) = (a.templates + a.evicted_templates, b.templates + b.evicted_templates);
    let good = match (&candidate.adjustment, candidate.against) {
        (Adjustment::AddMasks { masks }, _) => {
            let (own, kin, others) = count_matches(after, masks, candidate);
            let wanted =
                candidate.lines.iter().filter(|&&whose| whose == Whose::Own).count() as u64 * candidate.per_line;
            matches = own + kin + others;
            elsewhere = own.saturating_sub(wanted) + others;
            own >= wanted
                && elsewhere as f64 <= thresholds.max_elsewhere * matches as f64
                && no_new_holes
                && fallen(all_before, all_after, gain, candidate.templates)
        }
        (Adjustment::RemoveMask { .. }, _) => fallen(a.black_hole_lines, b.black_hole_lines, gain, a.black_hole_lines),
        (_, FindingKind::BlackHole) => {
            fallen(a.black_hole_lines, b.black_hole_lines, gain, a.black_hole_lines)
                && not_growing
                && b.families <= a.families
        }
        (_, FindingKind::Opposites) => {
            fallen(a.opposites, b.opposites, gain, a.opposites)
                && not_growing
                && b.families <= a.families
                && b.black_hole_lines <= a.black_hole_lines
        }
        (_, FindingKind::Eviction) => fallen(a.evicted_templates, b.evicted_templates, gain, a.evicted_templates),
        _ => no_new_holes && fallen(all_before, all_after, SETTING_GAIN * gain, all_before),
    };
    good.then(|| Suggestion {
        adjustment: candidate.adjustment.clone(),
        against: candidate.against,
        before: *a,
        after: *b,
        regrouped_share: regrouped_share(&before.of_line, &after.of_line),
        mask_matches: matches,
        mask_matches_elsewhere: elsewhere,
    })
}

/// How many values masks match in the lines that they were made for, in those of other families, and in others. What
/// counts as of the same kind, wherever it stands: a value that the masks were made from; a value in a line that they bring
/// together with their own lines; values that differ within a template, as a constant would not.
fn count_matches(study: &Study<'_>, masks: &[Mask], candidate: &Candidate) -> (u64, u64, u64) {
    let names = study.config.normalize.mask_names();
    let place = |mask: &Mask| names.iter().position(|name| *name == mask.name);
    let classes: Vec<Class> = masks.iter().filter_map(place).map(|at| Class::Mask(at as u8)).collect();
    let mut joined = vec![false; study.groups.len()];
    for (&group, _) in study.of_line.iter().zip(&candidate.lines).filter(|(_, whose)| **whose == Whose::Own) {
        joined[group as usize] = true;
    }
    let mut tokens = Tokens::new();
    let (mut own, mut kin) = (0, 0);
    let mut others: BTreeMap<u32, (u64, BTreeSet<String>)> = BTreeMap::new();
    for ((at, &whose), &group) in candidate.lines.iter().enumerate().zip(&study.of_line) {
        let line = study.bench.sample.line(at);
        // The tokens are wanted, whatever the line is found to be.
        let _ = study.miner.find_with(line, &mut tokens);
        for mask in tokens.all_masks().iter().filter(|mask| classes.contains(&mask.class)) {
            let value = String::from_utf8_lossy(mask.span.of(line));
            if whose == Whose::Own {
                own += 1;
            } else if whose == Whose::Kin || joined[group as usize] || candidate.values.contains(value.as_ref()) {
                kin += 1;
            } else {
                let (matches, values) = others.entry(group).or_default();
                *matches += 1;
                if values.len() < VARIED && !values.contains(value.as_ref()) {
                    values.insert(value.into_owned());
                }
            }
        }
    }
    let varied = |values: &BTreeSet<String>| values.len() >= VARIED;
    let constant = others.values().filter(|(_, values)| !varied(values)).map(|(matches, _)| matches).sum::<u64>();
    let all = others.values().map(|(matches, _)| matches).sum::<u64>();
    (own, kin + all - constant, constant)
}
