//! One pass of a miner over the sample, and what can be seen in its templates afterwards.

use std::collections::BTreeMap;

use super::config::{FitLimits, FitThresholds};
use super::families::{self, Family, Row};
use super::report::{FindingKind, Measure, Place, TemplateEvidence};
use super::sample::Sample;
use super::slots::{self, Hole, Opposite};
use crate::error::Error;
use crate::flow::{Change, Class, Tokens};
use crate::id::TemplateId;
use crate::mine::Lineage;
use crate::miner::{Miner, MinerConfig};

/// The most distinct values that are told apart at a place; a pattern is made from these, and then tried on all lines.
const MAX_VALUES: usize = 2000;

/// What a pass works with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) sample: &'a Sample,
    pub(super) limits: &'a FitLimits,
    pub(super) thresholds: &'a FitThresholds,
}

/// The lines of one template.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) id: TemplateId,
    pub(super) first_line: usize,
    pub(super) lines: u64,
}

/// A miner that has seen the sample, and what is to be said about it.
#[derive(Debug)]
pub(super) struct Study<'a> {
    pub(super) bench: Bench<'a>,
    pub(super) config: MinerConfig,
    pub(super) miner: Miner,
    /// The group of each line.
    pub(super) of_line: Vec<u32>,
    pub(super) groups: Vec<Group>,
    /// The templates that live, their texts cut into tokens.
    pub(super) rows: Vec<Row>,
    pub(super) families: Vec<Family>,
    pub(super) holes: Vec<Hole>,
    pub(super) opposites: Vec<Opposite>,
    pub(super) measure: Measure,
}

/// How templates spell what is no literal text.
#[derive(Debug)]
pub(super) struct Spellings {
    pub(super) wildcard: String,
    masks: Vec<String>,
    all: Vec<String>,
}

impl Spellings {
    fn new(miner: &Miner, masks: usize) -> Spellings {
        let placeholders = miner.placeholders();
        let spelled = |class| placeholders.spelling(class);
        let own: Vec<String> = (0..masks.min(Class::MAX_MASK_NAMES)).map(|n| spelled(Class::Mask(n as u8))).collect();
        let mut all: Vec<String> = (0..24).map(Class::from_index).map(spelled).chain(own.iter().cloned()).collect();
        // The longest first: with empty marks one name may begin with another.
        all.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        all.dedup();
        all.retain(|spelling| !spelling.is_empty());
        Spellings { wildcard: placeholders.wildcard(), masks: own, all }
    }

    /// Whether a token says something by itself: it has a letter or digit besides its placeholders.
    pub(super) fn is_literal(&self, token: &str) -> bool {
        let mut rest = token;
        loop {
            let next = self
                .all
                .iter()
                .filter_map(|known| rest.find(known.as_str()).map(|at| (at, known)))
                .min_by_key(|hit| hit.0);
            let Some((at, known)) = next else { return rest.contains(char::is_alphanumeric) };
            if rest[..at].contains(char::is_alphanumeric) {
                return true;
            }
            rest = &rest[at + known.len()..];
        }
    }

    /// Whether a token takes anything: a learned wildcard or a user's mask, and no literal text. What a built-in class
    /// stands for is of one kind.
    pub(super) fn is_loose(&self, token: &str) -> bool {
        token == self.wildcard
            || (self.masks.iter().any(|mask| token.contains(mask.as_str())) && !self.is_literal(token))
    }
}

impl<'a> Study<'a> {
    /// Mines the sample.
    pub(super) fn new(bench: Bench<'a>, config: &MinerConfig) -> Result<Study<'a>, Error> {
        // Neither changes a group: examples are taken from the sample, and no line unites thousands of templates.
        let mut own = config.clone();
        own.mine.max_examples = 0;
        own.mine.max_lineage = own.mine.max_lineage.max(4096);
        let mut miner = Miner::build(&own)?;
        let mut ids = Vec::with_capacity(bench.sample.len());
        let mut united: BTreeMap<TemplateId, TemplateId> = BTreeMap::new();
        for at in 0..bench.sample.len() {
            let hit = miner.insert(bench.sample.line(at));
            ids.push(hit.template);
            if hit.change != Change::Unchanged {
                while let Some(news) = miner.poll_lineage() {
                    if let Lineage::MergedInto { template, into, .. } = news {
                        united.insert(template, into);
                    }
                }
            }
        }
        let (of_line, groups) = group(&ids, &united);
        let mut study = Study {
            bench,
            config: config.clone(),
            miner,
            of_line,
            groups,
            rows: Vec::new(),
            families: Vec::new(),
            holes: Vec::new(),
            opposites: Vec::new(),
            measure: Measure::default(),
        };
        study.look();
        Ok(study)
    }

    fn look(&mut self) {
        let masks = self.config.normalize.mask_names().len();
        let spellings = Spellings::new(&self.miner, masks);
        for (at, group) in self.groups.iter().enumerate() {
            if let Some(view) = self.miner.template(group.id) {
                self.rows.push(Row::new(at, group, &view.text, &spellings));
            }
        }
        self.families = families::find(&self.rows, &self.of_line, self.bench.thresholds);
        (self.holes, self.opposites) = slots::find(self, &spellings);
        let stats = self.miner.stats();
        let lines = self.of_line.len();
        let half = lines / 2;
        let late = self.groups.iter().filter(|group| group.first_line >= half).count();
        let sum = |numbers: &mut dyn Iterator<Item = u64>| numbers.sum::<u64>();
        self.measure = Measure {
            lines: lines as u64,
            templates: stats.templates as u64,
            singletons: self.rows.iter().filter(|row| row.lines == 1).count() as u64,
            growth: if lines == 0 { 0.0 } else { late as f64 * 1000.0 / (lines - half) as f64 },
            families: self.families.len() as u64,
            family_templates: sum(&mut self.families.iter().map(|family| family.rows.len() as u64)),
            black_holes: self.holes.len() as u64,
            black_hole_lines: sum(&mut self.holes.iter().map(|hole| self.rows[hole.row].lines)),
            opposites: self.opposites.len() as u64,
            evicted_templates: stats.counters.evicted_templates,
            cut_lines: stats.cut_lines,
        };
    }

    /// Whether templates grow with lines, and by which number: value, threshold, setting.
    pub(super) fn explosion(&self) -> Option<(f64, f64, &'static str)> {
        let (measure, thresholds) = (&self.measure, self.bench.thresholds);
        if measure.lines < thresholds.min_lines {
            return None;
        }
        let share = (measure.templates + measure.evicted_templates) as f64 / measure.lines as f64;
        if measure.growth > thresholds.max_growth {
            Some((measure.growth, thresholds.max_growth, "thresholds.max_growth"))
        } else if share > thresholds.max_template_share {
            Some((share, thresholds.max_template_share, "thresholds.max_template_share"))
        } else {
            None
        }
    }

    /// What is wrong, each kind once.
    pub(super) fn kinds(&self) -> Vec<FindingKind> {
        let measure = &self.measure;
        [
            (self.explosion().is_some(), FindingKind::Explosion),
            (measure.families > 0, FindingKind::Family),
            (measure.black_holes > 0, FindingKind::BlackHole),
            (measure.opposites > 0, FindingKind::Opposites),
            (measure.evicted_templates > 0, FindingKind::Eviction),
            (self.is_cut(), FindingKind::Cut),
        ]
        .into_iter()
        .filter_map(|(found, kind)| found.then_some(kind))
        .collect()
    }

    pub(super) fn is_cut(&self) -> bool {
        let cut = self.measure.cut_lines;
        cut > 0 && cut as f64 > self.bench.thresholds.max_cut_share * self.measure.lines as f64
    }

    /// Calls with each line of the given groups: its place, its group, its tokens as the miner sees them now.
    pub(super) fn each_line(&self, wanted: &[bool], mut take: impl FnMut(usize, usize, &[u8], &Tokens)) {
        let mut tokens = Tokens::new();
        for (at, &group) in self.of_line.iter().enumerate() {
            let group = group as usize;
            if wanted.get(group).copied().unwrap_or_default() {
                let line = self.bench.sample.line(at);
                // The tokens are wanted, whatever the line is found to be.
                let _ = self.miner.find_with(line, &mut tokens);
                take(at, group, line, &tokens);
            }
        }
    }

    /// Which groups some rows stand for.
    pub(super) fn groups_of(&self, rows: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut wanted = vec![false; self.groups.len()];
        for row in rows {
            wanted[self.rows[row].group] = true;
        }
        wanted
    }

    /// The values at a family's places with their lines, in alphabetical order.
    pub(super) fn values_of(&self, family: &Family) -> Vec<BTreeMap<String, u64>> {
        let mut values = vec![BTreeMap::new(); family.places.len()];
        self.each_line(&self.groups_of(family.rows.iter().copied()), |_, _, line, tokens| {
            for (place, values) in family.places.iter().zip(&mut values) {
                if *place < tokens.len() {
                    let value = String::from_utf8_lossy(tokens.origin(*place).of(line)).into_owned();
                    if values.len() < MAX_VALUES || values.contains_key(&value) {
                        *values.entry(value).or_default() += 1;
                    }
                }
            }
        });
        values
    }

    /// How a place is shown.
    pub(super) fn place(&self, row: &Row, token: usize, distinct: usize, values: &BTreeMap<String, u64>) -> Place {
        let mut values: Vec<(String, u64)> =
            values.iter().map(|(value, &lines)| (self.shown(value.as_bytes()), lines)).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.1));
        values.truncate(self.bench.limits.max_evidence);
        Place {
            token: token as u32,
            before: token.checked_sub(1).and_then(|before| row.tokens.get(before)).cloned().unwrap_or_default(),
            after: row.tokens.get(token + 1).cloned().unwrap_or_default(),
            distinct: distinct as u64,
            values,
        }
    }

    /// Templates as evidence, the largest first.
    pub(super) fn evidence(&self, rows: impl IntoIterator<Item = usize>) -> Vec<TemplateEvidence> {
        let mut rows: Vec<&Row> = rows.into_iter().map(|row| &self.rows[row]).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.lines));
        rows.truncate(self.bench.limits.max_evidence);
        let shown = |row: &Row| TemplateEvidence {
            id: self.groups[row.group].id,
            text: row.tokens.join(" "),
            lines: row.lines,
        };
        rows.into_iter().map(shown).collect()
    }

    /// Example lines of some groups, spread over the sample: the first, the last, and between.
    pub(super) fn examples(&self, wanted: &[bool]) -> Vec<String> {
        let of = |group: &u32| wanted.get(*group as usize).copied().unwrap_or_default();
        let all: Vec<usize> =
            self.of_line.iter().enumerate().filter(|(_, group)| of(group)).map(|(at, _)| at).collect();
        let most = self.bench.limits.max_examples.min(all.len());
        let spread = |nth: usize| nth * (all.len() - 1) / (most - 1).max(1);
        let mut shown: Vec<String> =
            (0..most).map(|nth| self.shown(self.bench.sample.line(all[spread(nth)]))).collect();
        shown.dedup();
        shown
    }

    fn shown(&self, text: &[u8]) -> String {
        String::from_utf8_lossy(&text[..text.len().min(self.bench.limits.max_example_bytes)]).into_owned()
    }
}

/// Numbers the groups in the order of their first lines.
fn group(ids: &[TemplateId], united: &BTreeMap<TemplateId, TemplateId>) -> (Vec<u32>, Vec<Group>) {
    let mut places: BTreeMap<TemplateId, u32> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let of_line = ids.iter().enumerate().map(|(at, &id)| {
        let mut id = id;
        while let Some(&into) = united.get(&id) {
            id = into;
        }
        let place = *places.entry(id).or_insert_with(|| {
            groups.push(Group { id, first_line: at, lines: 0 });
            groups.len() as u32 - 1
        });
        groups[place as usize].lines += 1;
        place
    });
    (of_line.collect(), groups)
}

/// The share of lines that stand together with other lines in one grouping than in another.
pub(super) fn regrouped_share(a: &[u32], b: &[u32]) -> f64 {
    let (mut of_a, mut of_b, mut of_both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (&a, &b) in a.iter().zip(b) {
        *of_a.entry(a).or_insert(0_u64) += 1;
        *of_b.entry(b).or_insert(0_u64) += 1;
        *of_both.entry((a, b)).or_insert(0_u64) += 1;
    }
    let stays = |&(&(a, b), &lines): &(&(u32, u32), &u64)| of_a.get(&a) == Some(&lines) && of_b.get(&b) == Some(&lines);
    let same: u64 = of_both.iter().filter(stays).map(|(_, lines)| lines).sum();
    if a.is_empty() { 0.0 } else { 1.0 - same as f64 / a.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_regrouped_when_its_company_changes() {
        assert_eq!(regrouped_share(&[1, 1, 2, 3], &[7, 7, 8, 9]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(regrouped_share(&[1, 1, 2, 3], &[7, 7, 8, 8]).to_bits(), 0.5_f64.to_bits());
        assert_eq!(regrouped_share(&[1, 1, 1, 3], &[7, 7, 8, 9]).to_bits(), 0.75_f64.to_bits());
        assert_eq!(regrouped_share(&[], &[]).to_bits(), 0.0_f64.to_bits());
    }
}
