//! Findings: what a study shows, put into words and evidence.

use super::report::{Finding, FindingKind};
use super::study::Study;

/// All findings, and how many were left out at the limit.
pub(super) fn of(study: &Study<'_>) -> (Vec<Finding>, u64) {
    let mut findings = Vec::new();
    let mut omitted = 0;
    let most = study.bench.limits.max_findings;
    let mut take = |found: Vec<Finding>, all: usize| {
        omitted += (all - found.len()) as u64;
        findings.extend(found);
    };
    take(explosion(study).into_iter().collect(), usize::from(study.explosion().is_some()));
    take((0..study.families.len().min(most)).map(|at| family(study, at)).collect(), study.families.len());
    take((0..study.holes.len().min(most)).map(|at| black_hole(study, at)).collect(), study.holes.len());
    take((0..study.opposites.len().min(most)).map(|at| opposite(study, at)).collect(), study.opposites.len());
    take(eviction(study).into_iter().collect(), usize::from(study.measure.evicted_templates > 0));
    take(cut(study).into_iter().collect(), usize::from(study.is_cut()));
    (findings, omitted)
}

fn explosion(study: &Study<'_>) -> Option<Finding> {
    let (value, threshold, setting) = study.explosion()?;
    let measure = &study.measure;
    let half = study.of_line.len() / 2;
    let late: Vec<bool> = study.groups.iter().map(|group| group.first_line >= half).collect();
    let rows = study.rows.iter().enumerate().filter(|(_, row)| late[row.group]).map(|(at, _)| at);
    let lines = study.of_line.iter().filter(|&&group| late[group as usize]).count();
    Some(Finding {
        kind: FindingKind::Explosion,
        message: format!(
            "templates keep growing: {:.0} new ones per 1,000 lines in the last half, {} in {} lines",
            measure.growth,
            measure.templates + measure.evicted_templates,
            measure.lines
        ),
        value,
        threshold,
        setting: setting.to_owned(),
        templates: late.iter().filter(|&&late| late).count() as u64,
        lines: lines as u64,
        shown: study.evidence(rows),
        places: Vec::new(),
        examples: study.examples(&late),
    })
}

fn family(study: &Study<'_>, at: usize) -> Finding {
    let thresholds = study.bench.thresholds;
    let family = &study.families[at];
    let rows = || family.rows.iter().copied();
    let values = study.values_of(family);
    let first = family.rows.first().map(|&row| &study.rows[row]);
    let places = family.places.iter().zip(&values);
    let places: Vec<_> = first
        .iter()
        .flat_map(|row| places.clone().map(|(&token, values)| study.place(row, token, values.len(), values)))
        .collect();
    let mut text: Vec<&str> = first.iter().flat_map(|row| row.tokens.iter().map(String::as_str)).collect();
    family.places.iter().for_each(|&place| text[place] = "…");
    Finding {
        kind: FindingKind::Family,
        message: format!("{} templates are one: {}", family.rows.len(), text.join(" ")),
        value: family.rows.len() as f64,
        threshold: thresholds.min_family_templates as f64,
        setting: "thresholds.min_family_templates".to_owned(),
        templates: family.rows.len() as u64,
        lines: family.lines,
        shown: study.evidence(rows()),
        places,
        examples: study.examples(&study.groups_of(rows())),
    }
}

fn black_hole(study: &Study<'_>, at: usize) -> Finding {
    let hole = &study.holes[at];
    let row = &study.rows[hole.row];
    let literal = if row.literals() == 0 {
        "has no literal word".to_owned()
    } else {
        format!("has {} literal of {} tokens", row.literals(), row.tokens.len())
    };
    Finding {
        kind: FindingKind::BlackHole,
        message: format!(
            "{} {literal} and swallows {} lines, with {} words that recur",
            row.tokens.join(" "),
            row.lines,
            hole.words
        ),
        value: hole.literal_share,
        threshold: study.bench.thresholds.min_literal_share,
        setting: "thresholds.min_literal_share".to_owned(),
        templates: 1,
        lines: row.lines,
        shown: study.evidence([hole.row]),
        places: Vec::new(),
        examples: study.examples(&study.groups_of([hole.row])),
    }
}

fn opposite(study: &Study<'_>, at: usize) -> Finding {
    let opposite = &study.opposites[at];
    let row = &study.rows[opposite.row];
    let place = study.place(row, opposite.token, opposite.values.len(), &opposite.values);
    let values: Vec<&str> = place.values.iter().map(|(value, _)| value.as_str()).collect();
    Finding {
        kind: FindingKind::Opposites,
        message: format!("{} hides {} in one wildcard", row.tokens.join(" "), values.join(", ")),
        value: opposite.share,
        threshold: study.bench.thresholds.min_state_share,
        setting: "thresholds.min_state_share".to_owned(),
        templates: 1,
        lines: row.lines,
        shown: study.evidence([opposite.row]),
        examples: study.examples(&study.groups_of([opposite.row])),
        places: vec![place],
    }
}

fn eviction(study: &Study<'_>) -> Option<Finding> {
    let evicted = study.measure.evicted_templates;
    let max = study.config.mine.max_templates.filter(|_| evicted > 0)?;
    let gone: Vec<bool> = study.groups.iter().map(|group| study.miner.template(group.id).is_none()).collect();
    Some(Finding {
        kind: FindingKind::Eviction,
        message: format!("{evicted} templates had to make room for others: at most {max} are kept"),
        value: evicted as f64,
        threshold: 0.0,
        setting: "miner.mine.max_templates".to_owned(),
        templates: evicted,
        lines: study.of_line.iter().filter(|&&group| gone[group as usize]).count() as u64,
        shown: Vec::new(),
        places: Vec::new(),
        examples: study.examples(&gone),
    })
}

fn cut(study: &Study<'_>) -> Option<Finding> {
    if !study.is_cut() {
        return None;
    }
    let normalize = &study.config.normalize;
    let cut = study.measure.cut_lines;
    Some(Finding {
        kind: FindingKind::Cut,
        message: format!(
            "{cut} lines are longer than {} bytes or {} tokens and mined by their head",
            normalize.max_line_bytes, normalize.max_tokens
        ),
        value: cut as f64 / study.measure.lines.max(1) as f64,
        threshold: study.bench.thresholds.max_cut_share,
        setting: "thresholds.max_cut_share".to_owned(),
        templates: 0,
        lines: cut,
        shown: Vec::new(),
        places: Vec::new(),
        examples: Vec::new(),
    })
}
