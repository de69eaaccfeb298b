//! Templates that differ in one place only, found without comparing everything with everything.
//!
//! A template is entered once for every token, under a hash of all its *other* tokens: two templates that meet in an entry
//! are equal but for that token, whatever it is. Two more entries leave out all values of keys (`key=value`) and all
//! tokens that prove themselves parameters, for lines where several change together. Hashes only propose; the tokens
//! themselves decide.
//!
//! Cost: the entries of a template when it is founded, widened or removed, none for a line that fits. Twelve bytes an entry
//! and at most [`MAX_TOKENS`] and two entries a template.

use hashbrown::HashTable;

use super::evidence::Place;
use super::store::Store;
use super::template::Template;
use crate::text::{TokenKey, spread, spread_pair};

/// Templates of more tokens have no entries: they widen only where a difference proves itself.
pub(crate) const MAX_TOKENS: usize = 64;

/// An entry that more templates share is left alone: states and flags that change together do so by the thousand, and what has
/// not been proven by so many never will be. More share one where more words are asked for, see [`MOST_NEEDED`].
const MAX_SHARED: usize = 256;

/// The most words that a place must have shown, as a multiple of
/// [`DrainConfig::distinct_values`](super::DrainConfig::distinct_values): what states need.
const MOST_NEEDED: usize = 4;

/// What an entry leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blank {
    /// One token.
    Token(usize),
    /// The values of all keys.
    Values,
    /// All tokens that prove themselves parameters.
    Parameters,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// In two halves, so that an entry is twelve bytes. Wide enough that two entries never meet by chance: how many share one may
    /// decide whether it is looked at.
    hash: [u32; 2],
    place: u32,
}

impl Entry {
    fn new(hash: u64, place: u32) -> Entry {
        Entry { hash: [hash as u32, (hash >> 32) as u32], place }
    }

    fn hash(&self) -> u64 {
        u64::from(self.hash[1]) << 32 | u64::from(self.hash[0])
    }
}

/// The entries of all templates of a miner.
#[derive(Debug, Clone)]
pub(crate) struct Siblings {
    entries: HashTable<Entry>,
    /// Templates are united from this similarity on; `None` never.
    similarity_threshold: Option<f64>,
    /// The most templates that share an entry which is looked at.
    max_shared: usize,
}

/// The share of one token in the hash of its template.
#[inline]
fn share(at: usize, key: TokenKey) -> u64 {
    spread_pair(key.bits(), at as u64 + 1)
}

/// What a blank adds, so that different blanks do not meet.
#[inline]
fn mark(blank: Blank) -> u64 {
    match blank {
        Blank::Token(at) => share(at, TokenKey::WILD).rotate_left(17),
        Blank::Values => 0x243F_6A88_85A3_08D3,
        Blank::Parameters => 0x1319_8A2E_0370_7345,
    }
}

/// Whether an entry leaves a token out.
fn leaves_out(template: &Template, blank: Blank, at: usize) -> bool {
    match blank {
        Blank::Token(token) => token == at,
        Blank::Values => template.nature(at).place == Place::OfKey,
        Blank::Parameters => template.nature(at).proves_itself(),
    }
}

/// Whether two templates are equal in all that an entry does not leave out.
fn equal_but_for(a: &Template, b: &Template, blank: Blank) -> bool {
    let equal = |at: usize| {
        let left_out = leaves_out(a, blank, at) && leaves_out(b, blank, at);
        left_out || a.same_token(b, at)
    };
    a.keys.len() == b.keys.len() && (0..a.keys.len()).all(equal)
}

impl Siblings {
    /// For templates that are united from a similarity on, or never.
    pub(crate) fn new(similarity_threshold: Option<f64>, distinct_values: usize) -> Siblings {
        let max_shared = MAX_SHARED.max(MOST_NEEDED * distinct_values);
        Siblings { entries: HashTable::new(), similarity_threshold, max_shared }
    }

    /// How many tokens of a template are asked about again and again.
    pub(crate) fn reach(&self) -> usize {
        if self.similarity_threshold.is_some() { MAX_TOKENS } else { 0 }
    }

    /// The entries that a template has: those which leave enough in place to say what the template is about.
    fn blanks(&self, template: &Template) -> Vec<(Blank, u64)> {
        let length = template.keys.len();
        let Some(threshold) = self.similarity_threshold else { return Vec::new() };
        if template.pinned || !(2..=MAX_TOKENS).contains(&length) {
            return Vec::new();
        }
        let all =
            template.keys.iter().enumerate().fold(length as u64, |sum, (at, &key)| sum.wrapping_add(share(at, key)));
        let without = |sum: u64, at: usize| sum.wrapping_sub(share(at, template.keys[at]));
        let anchors: Vec<bool> = (0..length).map(|at| template.nature(at).anchor).collect();
        let anchored = anchors.iter().filter(|&&anchor| anchor).count();
        let mut blanks = Vec::with_capacity(length + 2);
        for (at, &anchor) in anchors.iter().enumerate() {
            if anchored > usize::from(anchor) {
                blanks.push((Blank::Token(at), without(all, at)));
            }
        }
        for blank in [Blank::Values, Blank::Parameters] {
            let mut sum = all;
            let (mut left_out, mut anchors_left) = (0, anchored);
            for (at, &anchor) in anchors.iter().enumerate().filter(|&(at, _)| leaves_out(template, blank, at)) {
                sum = without(sum, at);
                left_out += 1;
                anchors_left -= usize::from(anchor);
            }
            let similar = (length - left_out) as f64 >= threshold * length as f64;
            if left_out > 1 && anchors_left > 0 && (similar || blank == Blank::Values) {
                blanks.push((blank, sum));
            }
        }
        let finish = |(blank, sum): (Blank, u64)| (blank, spread(sum.wrapping_add(mark(blank))));
        blanks.into_iter().map(finish).collect()
    }

    /// Enters a template.
    pub(crate) fn add(&mut self, place: u32, template: &Template) {
        for (_, hash) in self.blanks(template) {
            self.entries.insert_unique(hash, Entry::new(hash, place), Entry::hash);
        }
    }

    /// Takes a template out, whose tokens have not changed since it was entered.
    pub(crate) fn remove(&mut self, place: u32, template: &Template) {
        for (_, hash) in self.blanks(template) {
            if let Ok(entry) = self.entries.find_entry(hash, |entry| entry.place == place && entry.hash() == hash) {
                entry.remove();
            }
        }
    }

    /// For every entry of a template that others share: what it leaves out, and the places of all that share it, by id, the
    /// template among them.
    pub(crate) fn of<'a>(
        &'a self,
        store: &'a Store,
        template: &'a Template,
    ) -> impl Iterator<Item = (Blank, Vec<u32>)> + 'a {
        self.blanks(template).into_iter().filter_map(move |(blank, hash)| {
            let same = self.entries.iter_hash(hash).filter(move |entry| entry.hash() == hash).map(|entry| entry.place);
            let shared = same.clone().take(self.max_shared + 1).count();
            if !(2..=self.max_shared).contains(&shared) {
                return None;
            }
            let same =
                same.filter(|&place| store.get(place).is_some_and(|other| equal_but_for(template, other, blank)));
            let mut places: Vec<u32> = same.collect();
            places.sort_unstable_by_key(|&place| store.get(place).map(|template| template.id));
            (places.len() > 1).then_some((blank, places))
        })
    }

    /// Rough memory in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.entries.capacity() * (size_of::<Entry>() + 1)
    }
}
