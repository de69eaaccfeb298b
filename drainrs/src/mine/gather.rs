//! Gathering: templates that turn out to be one statement are united once enough of them have been seen.
//!
//! Runs when a template is founded or widened, never for a line that fits. `siblings` finds the templates that differ from
//! the new one in one place, `evidence` says how many different tokens that place must have shown. When there are enough,
//! the place becomes a wildcard in all of them and they unite under the oldest id; the others leave a
//! [`Lineage::MergedInto`] behind.

use super::config::Rule;
use super::drain::{Drain, Lineage};
use super::evidence::{Looks, Nature, Place, same_but_for_digits};
use super::siblings::{Blank, MAX_TOKENS};
use super::template::Template;
use crate::text::TokenKey;

/// The most templates that are looked at for places that change together.
const MAX_COHORT: usize = 64;

/// The most places that change together.
const MAX_TOGETHER: usize = 3;

impl Drain {
    /// Unites a template with its siblings as often as there is evidence for it. Gives the place where its lines are counted
    /// now. Cost: linear in the siblings; every round makes a wildcard, so there are at most as many as tokens.
    pub(crate) fn gather(&mut self, place: u32) -> u32 {
        if self.config.rule == Rule::Drain3 {
            return place;
        }
        let mut place = place;
        while let Some((at, places)) = self.proven_parameter(place) {
            place = self.widen_together(place, &places, at);
        }
        place
    }

    /// A place in a template that others prove to be a parameter, and the places of those that have it.
    fn proven_parameter(&self, place: u32) -> Option<(usize, Vec<u32>)> {
        let template = self.store.get(place)?;
        let n = self.config.distinct_values as u32;
        for (blank, places) in self.siblings.of(&self.store, template) {
            match blank {
                Blank::Token(at) => {
                    if let Some(places) = self.proven(template, &places, at, n) {
                        return Some((at, places));
                    }
                }
                Blank::Parameters => {
                    let differs = |at: usize| {
                        let mut others = places.iter().filter_map(|&place| self.store.get(place));
                        others.any(|other| !template.same_token(other, at))
                    };
                    if let Some(at) = (0..template.keys.len()).find(|&at| differs(at)) {
                        return Some((at, places));
                    }
                }
                Blank::Values => {
                    for at in (0..template.keys.len()).filter(|&at| template.nature(at).place == Place::OfKey) {
                        if let Some(places) = self.proven(template, &places, at, n) {
                            return Some((at, places));
                        }
                    }
                }
            }
        }
        self.proven_together(template)
    }

    /// Places that change together, so that no two templates differ in one of them alone: `copied alpha to beta`, `copied
    /// gamma to delta`. They are proven by twice the evidence for each of them, among templates that are equal otherwise. Looks
    /// at the latest templates of the leaf. Words that change side by side are a text of their own, not two parameters.
    fn proven_together(&self, template: &Template) -> Option<(usize, Vec<u32>)> {
        let n = 2 * self.config.distinct_values as u32;
        let length = template.keys.len();
        let members = &self.tree.node(template.node).members;
        let latest = &members[members.len().saturating_sub(MAX_COHORT)..];
        if latest.len() < n as usize || length > MAX_TOKENS {
            return None;
        }
        let mut cohort = Vec::new();
        let mut varying = Vec::new();
        for &place in latest {
            let Some(other) = self.store.get(place) else { continue };
            if let Some(places) = self.few_differences(template, other) {
                cohort.push(place);
                varying.extend(places);
            }
        }
        if cohort.len() < n as usize {
            return None;
        }
        varying.sort_unstable();
        varying.dedup();
        varying.retain(|&at| self.proven(template, &cohort, at, n).is_some());
        // Fewer templates prove fewer places, and fewer places leave fewer templates equal: until nothing changes.
        loop {
            let equal = |place: &u32| {
                let other = self.store.get(*place);
                other.is_some_and(|o| (0..length).all(|at| varying.contains(&at) || template.same_token(o, at)))
            };
            cohort.retain(equal);
            let before = varying.len();
            let mut proven = None;
            varying.retain(|&at| {
                let places = self.proven(template, &cohort, at, n);
                let found = places.is_some();
                proven = proven.take().or(places.map(|places| (at, places)));
                found
            });
            if varying.windows(2).any(|pair| pair[1] == pair[0] + 1) {
                return None;
            }
            if varying.len() == before || varying.is_empty() {
                return proven.filter(|(_, places)| places.len() >= n as usize);
            }
        }
    }

    /// The places in which two templates differ, if they are few, apart from each other, and leave enough in common.
    fn few_differences(&self, template: &Template, other: &Template) -> Option<Vec<usize>> {
        let length = template.keys.len();
        let mut different: Vec<usize> = Vec::new();
        let mut anchored = false;
        for at in 0..length {
            if template.same_token(other, at) {
                anchored = anchored || template.nature(at).anchor;
                continue;
            }
            let beside = different.last().is_some_and(|&before| before + 1 == at);
            if beside || different.len() == MAX_TOGETHER {
                return None;
            }
            different.push(at);
        }
        let same = length - different.len();
        let similar = same as f64 >= self.config.similarity_threshold * length as f64;
        (!other.pinned && anchored && similar).then_some(different)
    }

    /// Those of some templates, equal but for a token, that prove it a parameter together with the template's own. Tokens that
    /// need little evidence count first; those that need more join if all before them are enough.
    fn proven(&self, template: &Template, places: &[u32], at: usize, n: u32) -> Option<Vec<u32>> {
        let mut others = places.iter().filter_map(|&place| self.store.get(place));
        let valued = others.any(|other| other.nature(at).looks == Looks::Value);
        // Where values stand at the beginning of lines, it is a place like any other.
        let place = template.nature(at).place;
        let place = if valued && place == Place::First { Place::Inner } else { place };
        let (own_key, own) = (template.keys[at], template.token_bytes(at));
        let mut tokens: Vec<(u32, TokenKey, &[u8], Looks, u32)> = Vec::with_capacity(places.len());
        let mut alike = Vec::new();
        for &member in places {
            let Some(other) = self.store.get(member) else { continue };
            let (key, bytes, nature) = (other.keys[at], other.token_bytes(at), other.nature(at));
            let same = key == own_key && bytes == own;
            if same || (!key.is_masked() && !own_key.is_masked() && same_but_for_digits(own, bytes)) {
                alike.push((member, same));
            }
            tokens.push((Nature { place, ..nature }.needed(n), key, bytes, nature.looks, member));
        }
        if alike.iter().any(|(_, own)| !own) && !own_key.is_value() {
            return Some(alike.into_iter().map(|(place, _)| place).collect());
        }
        tokens.sort_unstable();
        let (mut seen, mut distinct, mut enough) = (0, 0, 0);
        for (nth, &(needed, key, bytes, looks, _)) in tokens.iter().enumerate() {
            if nth == 0 || tokens[nth - 1].1 != key || tokens[nth - 1].2 != bytes {
                distinct += 1;
                // A value stands for many, a wildcard for all that have led to it.
                seen += match looks {
                    _ if key == TokenKey::WILD => n - 1,
                    Looks::Value => 2,
                    _ => 1,
                };
            }
            if distinct > 1 && seen >= needed {
                enough = nth + 1;
            }
        }
        // What is the value of a key, or the name behind `user`, is so whatever it looks like.
        if enough > 0 && matches!(place, Place::OfKey | Place::Named) {
            enough = tokens.len();
        }
        tokens.truncate(enough);
        let own_is_there = tokens.iter().any(|(_, key, bytes, ..)| *key == own_key && *bytes == own);
        let mut found: Vec<u32> = tokens.into_iter().map(|(.., place)| place).collect();
        found.sort_unstable_by_key(|&place| self.store.get(place).map(|template| template.id));
        own_is_there.then_some(found)
    }

    /// Makes a wildcard of a token in several templates and unites those that are one now. Gives the place of the first
    /// template's lines.
    fn widen_together(&mut self, place: u32, places: &[u32], at: usize) -> u32 {
        let edges = places.iter().filter_map(|&place| self.store.get(place)).map(|template| template.edges(at));
        let Some(edges) = edges.reduce(|all, own| all.common(&own)) else { return place };
        let stored = edges.stored();
        let mut now = place;
        for &member in places {
            let Some(mut template) = self.take_out(member) else { continue };
            let before = template.content;
            template.widen(at, &stored);
            template.measure_edges();
            template.content = template.content_id();
            let leaf = self.leaf_for_template(&template);
            template.node = leaf;
            let content = template.content;
            let entry = Lineage::Became { template: template.id, from: before, to: content };
            let settled = self.settle(template, leaf);
            if member == place {
                now = settled;
            }
            // Twins unite: whoever stays tells that it has changed, the others that they are gone. The twin that goes may
            // be the younger one, which had the wildcard before.
            let twin = self.store.get(settled).and_then(|template| self.store.twin_of(template)).unwrap_or(settled);
            if content != before && (twin == settled || self.outranks(settled, twin)) {
                self.note_lineage(entry);
            }
            let kept = self.unite_with_twin(settled);
            if now == settled || now == twin {
                now = kept;
            }
        }
        now
    }
}
