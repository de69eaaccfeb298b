//! Gathering: templates that turn out to be one statement are united once enough of them have been seen.
//!
//! Runs when a template is founded or widened, never for a line that fits. `siblings` finds the templates that differ from
//! the new one in one place, `evidence` says how many different tokens that place must have shown. When there are enough,
//! the place becomes a wildcard in all of them and they unite under the oldest id; the others leave a
//! [`Lineage::MergedInto`] behind.

use super::config::Rule;
use super::drain::{Drain, Lineage};
use super::evidence::{Looks, looks, needed, same_but_for_digits};
use super::siblings::{Blank, is_value_of_key};
use super::template::Template;
use crate::text::TokenKey;

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

    /// A place in a template that its siblings prove to be a parameter, and the siblings.
    fn proven_parameter(&self, place: u32) -> Option<(usize, Vec<u32>)> {
        let template = self.store.get(place)?;
        for (blank, places) in self.siblings.of(&self.store, template) {
            let members: Vec<&Template> = places.iter().filter_map(|&place| self.store.get(place)).collect();
            match blank {
                Blank::Token(at) if self.is_proven(&members, at) => return Some((at, places)),
                Blank::Token(_) => {}
                Blank::Parameters => {
                    let differs = |at: &usize| members.iter().any(|other| !template.same_token(other, *at));
                    if let Some(at) = (0..template.keys.len()).find(differs) {
                        return Some((at, places));
                    }
                }
                Blank::Values => {
                    let mut values = (0..template.keys.len()).filter(|&at| is_value_of_key(template, at));
                    if let Some(at) = values.find(|&at| self.is_proven(&members, at)) {
                        return Some((at, places));
                    }
                }
            }
        }
        None
    }

    /// Whether templates show enough different tokens at a place.
    fn is_proven(&self, members: &[&Template], at: usize) -> bool {
        let mut tokens: Vec<_> = members.iter().map(|template| (template.keys[at], template.token_bytes(at))).collect();
        tokens.sort_unstable();
        tokens.dedup();
        let Some(first) = members.first().filter(|_| tokens.len() > 1) else { return false };
        let place = first.place_of(at);
        let mut enough = 2;
        let mut seen = 0;
        for &(key, bytes) in &tokens {
            let looks = looks(key, bytes);
            enough = enough.max(needed(looks, place, self.config.distinct_values as u32));
            // A value stands for many, a wildcard for all that have led to it.
            seen += match looks {
                _ if key == TokenKey::WILD => self.config.distinct_values as u32 - 1,
                Looks::Value => 2,
                _ => 1,
            };
        }
        let digits = |pair: &[(TokenKey, &[u8])]| same_but_for_digits(pair[0].1, pair[1].1);
        seen >= enough || (tokens.iter().all(|(key, _)| !key.is_masked()) && tokens.windows(2).all(digits))
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
            let twin = self.store.get(settled).and_then(|template| self.store.twin_of(template));
            if content != before && twin.is_none_or(|twin| self.outranks(settled, twin)) {
                self.note_lineage(entry);
            }
            let kept = self.unite_with_twin(settled);
            if now == settled || Some(now) == twin {
                now = kept;
            }
        }
        now
    }
}
