//! Families: templates that share everything but one place, or two.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::config::FitThresholds;
use super::study::{Group, Spellings};

/// Of templates with more tokens the further ones are not looked at.
const MAX_TOKENS: usize = 64;
/// Pairs of places are looked at in so many templates, and in so many of their tokens: their number is the square.
const MAX_PAIR_TEMPLATES: usize = 10_000;
const MAX_PAIR_TOKENS: usize = 24;

/// A template, cut into tokens.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its place among the groups.
    pub(super) group: usize,
    pub(super) tokens: Vec<String>,
    pub(super) lines: u64,
    pub(super) first_line: usize,
    /// Which tokens have literal text.
    pub(super) literal: Vec<bool>,
    /// Which tokens take anything.
    pub(super) loose: Vec<bool>,
}

impl Row {
    pub(super) fn new(place: usize, group: &Group, text: &str, spellings: &Spellings) -> Row {
        let tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let literal = tokens.iter().map(|token| spellings.is_literal(token)).collect();
        let loose = tokens.iter().map(|token| spellings.is_loose(token)).collect();
        Row { group: place, tokens, lines: group.lines, first_line: group.first_line, literal, loose }
    }

    /// How many tokens have literal text, some places aside.
    fn literals_but(&self, places: &[usize]) -> usize {
        self.literals() - places.iter().filter(|&&place| self.literal[place]).count()
    }

    pub(super) fn literals(&self) -> usize {
        self.literal.iter().filter(|&&literal| literal).count()
    }
}

/// Templates that differ at its places only.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Family {
    /// Places among the rows, in the order of birth.
    pub(super) rows: Vec<usize>,
    /// The numbers of the tokens that differ, ascending.
    pub(super) places: Vec<usize>,
    pub(super) lines: u64,
    /// The share of the last half of its lines that founded one of its templates.
    pub(super) growth: f64,
}

/// A template without some of its tokens: what is left, as a sum of hashes of tokens with their places.
type Key = (u64, usize, usize, usize);

/// Families that are large enough and still grow, the largest first. A template belongs to one at most.
pub(super) fn find(rows: &[Row], of_line: &[u32], thresholds: &FitThresholds) -> Vec<Family> {
    let hashes: Vec<Vec<u64>> = rows.iter().map(hashes_of).collect();
    let mut taken = vec![false; rows.len()];
    let mut families = Vec::new();
    // What differs at one place is not explained by two.
    let mut singles: Vec<(Key, usize)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let sum = sum(&hashes[at]);
        // Without a word in common there is no family.
        for place in places(row, MAX_TOKENS).filter(|&place| row.literals_but(&[place]) >= 1) {
            singles.push(((sum.wrapping_sub(hashes[at][place]), row.tokens.len(), place, place), at));
        }
    }
    claim(singles, rows, thresholds, &mut taken, &mut families);
    let mut pairs: Vec<(Key, usize)> = Vec::new();
    let left = rows.iter().enumerate().filter(|(at, row)| !taken[*at] && row.literals() >= 2);
    for (at, row) in left.take(MAX_PAIR_TEMPLATES) {
        let sum = sum(&hashes[at]);
        for first in places(row, MAX_PAIR_TOKENS) {
            for second in places(row, MAX_PAIR_TOKENS).filter(|&second| second > first) {
                // Two words in common: with one, whatever is said of a thing would be a family.
                if row.literals_but(&[first, second]) < 2 {
                    continue;
                }
                let rest = sum.wrapping_sub(hashes[at][first]).wrapping_sub(hashes[at][second]);
                pairs.push(((rest, row.tokens.len(), first, second), at));
            }
        }
    }
    claim(pairs, rows, thresholds, &mut taken, &mut families);
    measure(&mut families, rows, of_line);
    // Where the miner itself has a template with a wildcard there, the place varies, whether or not it still does.
    let general =
        |family: &Family| family.rows.iter().any(|&row| family.places.iter().all(|&place| rows[row].loose[place]));
    families.retain(|family| family.growth >= thresholds.max_family_growth || general(family));
    families.sort_by_key(|family| (std::cmp::Reverse(family.rows.len()), family.rows.first().copied()));
    families
}

fn hashes_of(row: &Row) -> Vec<u64> {
    row.tokens.iter().enumerate().map(|(place, token)| xxh3_64_with_seed(token.as_bytes(), place as u64)).collect()
}

fn sum(hashes: &[u64]) -> u64 {
    hashes.iter().fold(0, |sum, &hash| sum.wrapping_add(hash))
}

/// The tokens with literal text and the wildcards: what a built-in class stands for is the same in all templates.
fn places(row: &Row, most: usize) -> impl Iterator<Item = usize> + '_ {
    let varies = |place: &usize| row.literal[*place] || row.loose[*place];
    (0..row.tokens.len().min(most)).filter(varies)
}

/// Takes the largest groups of equal keys first; a template once taken is missing in the others.
fn claim(
    mut keyed: Vec<(Key, usize)>,
    rows: &[Row],
    thresholds: &FitThresholds,
    taken: &mut [bool],
    families: &mut Vec<Family>,
) {
    let least = usize::try_from(thresholds.min_family_templates).unwrap_or(usize::MAX);
    keyed.sort_unstable();
    let mut groups: Vec<&[(Key, usize)]> =
        keyed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() >= least).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    for group in groups {
        let free: Vec<usize> = group.iter().map(|keyed| keyed.1).filter(|&row| !taken[row]).collect();
        let Some(&((_, _, first, second), _)) = group.first().filter(|_| free.len() >= least) else { continue };
        free.iter().for_each(|&row| taken[row] = true);
        let lines = free.iter().map(|&row| rows[row].lines).sum();
        let places = if first == second { vec![first] } else { vec![first, second] };
        families.push(Family { rows: free, places, lines, growth: 0.0 });
    }
}

/// Fills in how the families grow, with one walk over the lines.
fn measure(families: &mut [Family], rows: &[Row], of_line: &[u32]) {
    let groups = of_line.iter().max().map_or(0, |&last| last as usize + 1);
    let mut family_of = vec![usize::MAX; groups];
    let mut first_of = vec![usize::MAX; groups];
    for (at, family) in families.iter().enumerate() {
        for &row in &family.rows {
            family_of[rows[row].group] = at;
            first_of[rows[row].group] = rows[row].first_line;
        }
    }
    let mut seen = vec![0_u64; families.len()];
    let mut born = vec![0_u64; families.len()];
    for (at, &group) in of_line.iter().enumerate() {
        let Some(family) = families.get(family_of[group as usize]) else { continue };
        let place = family_of[group as usize];
        seen[place] += 1;
        born[place] += u64::from(2 * seen[place] > family.lines && first_of[group as usize] == at);
    }
    for ((family, seen), born) in families.iter_mut().zip(seen).zip(born) {
        family.growth = born as f64 / (seen - seen / 2).max(1) as f64;
    }
}
