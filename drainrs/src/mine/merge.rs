//! Uniting two miners.
//!
//! The union of two sets of templates: templates with the same canonical tokens become one, counts add. Which miner is
//! merged into which, and in what order several are, makes no difference to the set of templates and their counts, as long
//! as the limit on templates is not reached.
//!
//! The tree splits at the number of tokens, and lines of different lengths never meet. Miners that were fed apart by
//! [`shard_key`](crate::Miner::shard_key) therefore merge into exactly the templates that one miner fed with everything
//! would have.

use super::drain::Drain;
use super::store::NONE;
use super::template::Template;
use crate::id::TemplateId;
use crate::text::TokenKey;

/// Where the templates of the other miner are now: pairs of its id and the id here, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct MergeMap {
    /// `(id there, id here)`, by the id there.
    pub ids: Vec<(TemplateId, TemplateId)>,
}

impl MergeMap {
    /// The id here of a template there; `None` if it had no place under the limit.
    ///
    /// ```
    /// # let mut a = drainrs::Miner::build(&drainrs::MinerConfig::default()).unwrap();
    /// # let mut b = a.clone();
    /// a.insert(b"disk full");
    /// let there = b.insert(b"link up").template;
    /// let here = a.merge(&b).unwrap().get(there).unwrap();
    /// assert_eq!(a.template(here).unwrap().text, "link up");
    /// ```
    pub fn get(&self, there: TemplateId) -> Option<TemplateId> {
        self.ids.binary_search_by_key(&there, |pair| pair.0).ok().map(|at| self.ids[at].1)
    }
}

impl Drain {
    /// Takes over the templates and counters of another miner of the same settings; `None`, and nothing changes, if they have
    /// counted more than can be counted on from.
    pub(crate) fn merge(&mut self, other: &Drain) -> Option<MergeMap> {
        self.counters = self.counters.with(other.counters)?;
        let mut map = MergeMap::default();
        let mut arrivals = Vec::new();
        for (_, template) in other.store.iter() {
            if let Some(place) = self.store.twin_of(template) {
                let max_examples = self.config.max_examples;
                if let Some(own) = self.store.get_mut(place) {
                    own.absorb(template.clone(), max_examples);
                    map.ids.push((template.id, own.id));
                }
                self.store.weigh(place);
                if template.pinned {
                    self.store.pin(place);
                }
            } else {
                let mut arrival = template.clone();
                arrival.id = TemplateId(self.next_id);
                self.next_id += 1;
                map.ids.push((template.id, arrival.id));
                arrivals.push(arrival);
            }
        }
        let order = self.order_of_use_with(other, &map);
        self.place_arrivals(arrivals);
        order
            .into_iter()
            .filter_map(|id| self.store.place_of(id))
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|place| self.store.touch(place));
        if let Some(max) = self.config.max_templates {
            self.evict_down_to(max);
        }
        self.keep_to_memory(NONE);
        map.ids.retain(|&(_, here)| self.store.place_of(here).is_some());
        Some(map)
    }

    /// The ids of both sides from the least to the most recently used: the newest of each side first, then the second
    /// newest of each, and so on, since two miners share no clock.
    fn order_of_use_with(&self, other: &Drain, map: &MergeMap) -> Vec<TemplateId> {
        let id_in = |drain: &Drain, place| drain.store.get(place).map(|template| template.id);
        let own = self.store.by_recency().filter_map(|place| id_in(self, place)).enumerate();
        let others = other.store.by_recency().filter_map(|place| id_in(other, place).and_then(|id| map.get(id)));
        let mut ranked: Vec<(usize, TemplateId)> = own.chain(others.enumerate()).collect();
        ranked.sort_by_key(|&(rank, id)| std::cmp::Reverse((rank, id)));
        ranked.into_iter().map(|(_, id)| id).collect()
    }

    /// Gives every arrival its leaf. Lengths that only one side knows keep their way of growing; where both sides had
    /// templates, the tree below that length is built anew in an order that depends on the templates alone.
    fn place_arrivals(&mut self, mut arrivals: Vec<Template>) {
        arrivals.sort_by_key(|template| (template.keys.len(), template.id));
        let mut rest = arrivals.as_mut_slice();
        while let Some(first) = rest.first() {
            let length = first.keys.len();
            let end = rest.partition_point(|template| template.keys.len() == length);
            let (group, later) = rest.split_at_mut(end);
            let mut group: Vec<Template> = group.to_vec();
            if self.tree.length_node(length).is_some() {
                let known: Vec<u32> =
                    self.store.iter().filter(|(_, t)| t.keys.len() == length).map(|(place, _)| place).collect();
                for place in known {
                    group.extend(self.take_out(place));
                }
                self.drop_length(length);
                group.sort_by(Template::canonical_order);
            }
            for mut template in group {
                let leaf = self.leaf_for_template(&template);
                template.node = leaf;
                self.settle(template, leaf);
            }
            rest = later;
        }
        // Members of a leaf stand in the order of their ids: that is the order of age.
        self.sort_members();
    }

    /// Forgets what is left of a length's tree: in Drain3 mode nodes outlive their templates.
    fn drop_length(&mut self, length: usize) {
        let Some(root) = self.tree.length_node(length) else { return };
        let mut leaves = Vec::new();
        let mut stack = vec![root];
        while let Some(at) = stack.pop() {
            leaves.push(at);
            stack.extend(self.tree.children(at));
        }
        leaves.into_iter().rev().for_each(|at| self.tree.prune(at));
    }

    fn sort_members(&mut self) {
        let leaves: Vec<u32> = self.store.iter().map(|(_, template)| template.node).collect();
        for leaf in leaves {
            let store = &self.store;
            let id_of = |place: &u32| store.get(*place).map_or(u64::MAX, |template| template.id.0);
            self.tree.node_mut(leaf).members.sort_by_key(id_of);
        }
    }

    /// The leaf of a template that exists already, by its canonical tokens: the same rule as for a line.
    pub(crate) fn leaf_for_template(&mut self, template: &Template) -> u32 {
        let length = template.keys.len();
        let mut at = self.tree.length_node_or_new(length);
        for level in 0..self.tree.levels_for(length) {
            let (key, bytes) = (template.keys[level], template.token_bytes(level));
            let known = if key == TokenKey::WILD { None } else { self.tree.child_with(at, key, bytes) };
            at = match known {
                Some(child) => child,
                None if self.is_parameter(key, bytes) => self.wild_child_or_new(at),
                None => {
                    let children = self.tree.node(at).child_count as usize;
                    let reserved = usize::from(self.tree.wild_child(at).is_none());
                    if children + reserved < self.config.max_children {
                        self.tree.add_child_with(at, key, bytes.into())
                    } else {
                        self.wild_child_or_new(at)
                    }
                }
            };
        }
        at
    }
}
