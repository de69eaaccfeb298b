//! What hides in wildcards: templates that swallow unlike lines, and slots that hold opposite states.

use std::collections::BTreeMap;

use super::states::opposed_lines;
use super::study::{Spellings, Study};

/// The most different words that are counted in a template's wildcards.
const MAX_WORDS: usize = 10_000;
/// Shorter runs of letters are no words.
const MIN_WORD: usize = 3;

/// A word that stands in this share of a template's lines does not tell them apart.
const COMMON: f64 = 0.9;

/// A template that swallows unlike lines.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    /// Its place among the rows.
    pub(super) row: usize,
    /// Literal tokens, of those that are literal or take anything.
    pub(super) literal_share: f64,
    /// Different words that recur in what it swallowed, but not in all lines.
    pub(super) words: u64,
}

/// A wildcard that holds opposite states.
#[derive(Debug, Clone)]
pub(super) struct Opposite {
    pub(super) row: usize,
    pub(super) token: usize,
    /// The share of its lines whose values are such states.
    pub(super) share: f64,
    pub(super) values: BTreeMap<String, u64>,
}

/// What is known of a template's wildcards after the walk over its lines.
#[derive(Debug, Default)]
struct Watched {
    row: usize,
    /// Whether there is so little literal text that it may be a black hole.
    suspect: bool,
    literal_share: f64,
    /// How often a word stands in loose tokens.
    words: BTreeMap<Vec<u8>, u64>,
    /// The values of the wildcards; `None` where there are too many to be states.
    wildcards: Vec<(usize, Option<BTreeMap<String, u64>>)>,
}

/// Looks into the wildcards of all templates, with one walk over the lines of those that have any.
pub(super) fn find(study: &Study<'_>, spellings: &Spellings) -> (Vec<Hole>, Vec<Opposite>) {
    let thresholds = study.bench.thresholds;
    let mut watched: BTreeMap<usize, Watched> = BTreeMap::new();
    for (at, row) in study.rows.iter().enumerate() {
        let loose = row.loose.iter().filter(|&&loose| loose).count();
        if loose == 0 {
            continue;
        }
        let literal_share = row.literals() as f64 / (row.literals() + loose) as f64;
        let suspect = row.lines >= thresholds.min_black_hole_lines && literal_share < thresholds.min_literal_share;
        let learned = row.tokens.iter().enumerate().filter(|(_, token)| **token == spellings.wildcard);
        let wildcards = learned.map(|(token, _)| (token, Some(BTreeMap::new()))).collect();
        watched.insert(row.group, Watched { row: at, suspect, literal_share, wildcards, ..Watched::default() });
    }
    let wanted = study.groups_of(watched.values().map(|watched| watched.row));
    study.each_line(&wanted, |_, group, line, tokens| {
        let Some(watched) = watched.get_mut(&group) else { return };
        for (token, values) in &mut watched.wildcards {
            let Some(known) = values else { continue };
            if *token >= tokens.len() {
                continue;
            }
            let value = String::from_utf8_lossy(tokens.origin(*token).of(line));
            *known.entry(value.into_owned()).or_default() += 1;
            if known.len() > thresholds.max_state_values {
                *values = None;
            }
        }
        if watched.suspect {
            let loose = &study.rows[watched.row].loose;
            for (token, _) in loose.iter().enumerate().filter(|(token, loose)| **loose && *token < tokens.len()) {
                count_words(tokens.origin(token).of(line), &mut watched.words);
            }
        }
    });
    let (mut holes, mut opposites) = (Vec::new(), Vec::new());
    for watched in watched.into_values() {
        let lines = study.rows[watched.row].lines;
        // A word in every line is what the lines have in common.
        let unlike = |times: &&u64| **times > 1 && (**times as f64) < COMMON * lines as f64;
        let words = watched.words.values().filter(unlike).count() as u64;
        if watched.suspect && words >= thresholds.min_swallowed_words {
            holes.push(Hole { row: watched.row, literal_share: watched.literal_share, words });
        }
        for (token, values) in watched.wildcards {
            let Some(values) = values else { continue };
            let opposed = opposed_lines(&values.iter().map(|(value, &lines)| (value.as_str(), lines)));
            let share = opposed as f64 / lines.max(1) as f64;
            if opposed > 0 && share >= thresholds.min_state_share {
                opposites.push(Opposite { row: watched.row, token, share, values });
            }
        }
    }
    let size = |row: usize| std::cmp::Reverse(study.rows[row].lines);
    holes.sort_by_key(|hole| size(hole.row));
    opposites.sort_by_key(|opposite| size(opposite.row));
    (holes, opposites)
}

fn count_words(value: &[u8], words: &mut BTreeMap<Vec<u8>, u64>) {
    for word in value.split(|byte| !byte.is_ascii_alphabetic() && *byte < 128).filter(|word| word.len() >= MIN_WORD) {
        if let Some(count) = words.get_mut(word) {
            *count += 1;
        } else if words.len() < MAX_WORDS {
            words.insert(word.to_vec(), 1);
        }
    }
}
