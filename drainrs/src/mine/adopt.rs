//! A miner out of what Drain3 had learned: clusters and tree, as plain data.
//!
//! What comes in was read from a file that anybody may have written: everything that the machine relies on is checked here.

use std::collections::BTreeMap;

use super::config::DrainConfig;
use super::drain::{Counters, Drain};
use super::template::{Slot, Template};
use crate::error::{Error, ErrorKind};
use crate::flow::{Class, Placeholders};
use crate::id::TemplateId;
use crate::text::{TokenKey, has_digit};

/// No counter that comes from outside is larger, so that sums of a few cannot overflow.
const MAX_COUNTER: u64 = 1 << 62;

/// What Drain3 had learned.
#[derive(Debug, Default)]
pub(crate) struct Learned<'a> {
    /// The number of the newest cluster.
    pub(crate) counter: u64,
    /// The living clusters, in any order.
    pub(crate) clusters: Vec<LearnedCluster<'a>>,
    /// The nodes below the root, parents before their children, siblings in the order of their birth.
    pub(crate) nodes: Vec<LearnedNode<'a>>,
}

/// A cluster of Drain3.
#[derive(Debug)]
pub(crate) struct LearnedCluster<'a> {
    pub(crate) id: u64,
    pub(crate) size: u64,
    pub(crate) words: Vec<&'a str>,
}

/// A node of Drain3's tree.
#[derive(Debug)]
pub(crate) struct LearnedNode<'a> {
    /// Its parent's place in the list; `None` in the first level.
    pub(crate) parent: Option<usize>,
    /// The token that leads here; in the first level the number of tokens.
    pub(crate) word: std::borrow::Cow<'a, str>,
    /// The clusters that live here, evicted ones among them.
    pub(crate) members: Vec<u64>,
}

fn wrong(path: impl Into<String>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Snapshot, path, message)
}

/// Where a node stands in Drain3's own document, for errors.
fn path_of(nodes: &[LearnedNode<'_>], mut at: usize) -> String {
    let mut words = Vec::new();
    while let Some(node) = nodes.get(at) {
        words.push(node.word.as_ref());
        let Some(parent) = node.parent else { break };
        at = parent;
    }
    words.reverse();
    format!("root_node.{}", words.join("."))
}

impl Drain {
    /// A miner that goes on where Drain3 was. `masks` are the spellings of the user's masks with their classes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Snapshot`] when the parts contradict each other or the settings.
    pub(crate) fn adopt(
        learned: &Learned<'_>,
        config: &DrainConfig,
        names: Placeholders,
        masks: &[(String, Class)],
    ) -> Result<Drain, Error> {
        let mut drain = Drain::build(config, names)?;
        let wildcard = drain.placeholders.wildcard();
        let key_of = |word: &str| if word == wildcard { TokenKey::WILD } else { TokenKey::of(word.as_bytes()) };
        drain.counters = learned.counters()?;
        drain.next_id = learned.counter + 1;
        if let Some(max) = config.max_templates.filter(|&max| learned.clusters.len() > max) {
            let count = learned.clusters.len();
            return Err(wrong("id_to_cluster", format!("{count} clusters, more than its limit of {max}")));
        }
        let places = drain.adopt_nodes(learned, key_of)?;
        let mut leaves = learned.leaves(&drain, &places)?;
        // The order of use is that of the ids: Drain3 touches every cluster when it loads a state.
        let mut clusters: Vec<&LearnedCluster<'_>> = learned.clusters.iter().collect();
        clusters.sort_unstable_by_key(|cluster| cluster.id);
        for cluster in clusters {
            let leaf = match leaves.remove(&cluster.id) {
                Some(leaf) => leaf,
                None => drain.leaf_for_words(&cluster.words, key_of),
            };
            if drain.tree.node(leaf).length as usize != cluster.words.len() {
                let message = format!("{} tokens, in the tree it is among other lengths", cluster.words.len());
                return Err(wrong(format!("id_to_cluster.{}", cluster.id), message));
            }
            let template = Template::of_words(cluster, leaf, key_of, masks);
            drain.settle(template, leaf);
        }
        Ok(drain)
    }

    /// Builds the tree; gives the place of each node.
    fn adopt_nodes(&mut self, learned: &Learned<'_>, key_of: impl Fn(&str) -> TokenKey) -> Result<Vec<u32>, Error> {
        let mut places: Vec<u32> = Vec::with_capacity(learned.nodes.len());
        for (at, node) in learned.nodes.iter().enumerate() {
            let bad = |message: &str| Err(wrong(path_of(&learned.nodes, at), message));
            let Some(parent) = node.parent else {
                let length = node.word.parse::<u32>().ok().filter(|&length| length < u32::MAX);
                let Some(length) = length.map(|length| length as usize) else { return bad("not a number of tokens") };
                if self.tree.length_node(length).is_some() {
                    return bad("the number of tokens is there twice");
                }
                places.push(self.tree.length_node_or_new(length));
                continue;
            };
            let Some(&parent) = places.get(parent) else { return bad("a node before its parent") };
            let length = self.tree.node(parent).length as usize;
            if self.tree.depth_of(parent) >= self.tree.levels_for(length) {
                return bad("the tree is deeper than its setting `depth` and the number of tokens allow");
            }
            let key = key_of(&node.word);
            let bytes = if key == TokenKey::WILD { &[][..] } else { node.word.as_bytes() };
            if self.tree.child_with(parent, key, bytes).is_some() {
                return bad("a node has two children for one token");
            }
            places.push(self.tree.add_child_with(parent, key, bytes.into()));
        }
        Ok(places)
    }

    /// The leaf of a cluster that is not in the tree. Where a leading token is spelled like one of jsonpickle's own marks,
    /// `py/id` say, jsonpickle leaves its node out of the document; the cluster goes where Drain3 had put it.
    fn leaf_for_words(&mut self, words: &[&str], key_of: impl Fn(&str) -> TokenKey) -> u32 {
        let mut at = self.tree.length_node_or_new(words.len());
        for word in &words[..self.tree.levels_for(words.len())] {
            let key = key_of(word);
            let bytes = if key == TokenKey::WILD { &[][..] } else { word.as_bytes() };
            let numeric = self.config.parametrize_numeric_tokens && has_digit(word.as_bytes());
            let reserved = usize::from(self.tree.wild_child(at).is_none());
            let room = self.tree.node(at).child_count as usize + reserved < self.config.max_children;
            at = match self.tree.child_with(at, key, bytes) {
                Some(child) => child,
                None if numeric || !room => self.wild_child_or_new(at),
                None => self.tree.add_child_with(at, key, bytes.into()),
            };
        }
        at
    }
}

impl Learned<'_> {
    /// What the counters must have been. Drain3 forgets the lines of evicted clusters: each is counted as one.
    fn counters(&self) -> Result<Counters, Error> {
        let created = self.counter;
        if created > MAX_COUNTER {
            return Err(wrong("clusters_counter", format!("{created} is too large for a counter")));
        }
        let mut seen = created.saturating_sub(self.clusters.len() as u64);
        let evicted = seen;
        let mut ids = std::collections::BTreeSet::new();
        for &LearnedCluster { id, size, .. } in &self.clusters {
            let bad = |message: String| Err(wrong(format!("id_to_cluster.{id}"), message));
            if id == 0 || id > created {
                return bad(format!("the id is not between 1 and clusters_counter, {created}"));
            }
            if !ids.insert(id) {
                return bad("the id is there twice".to_owned());
            }
            match seen.checked_add(size).filter(|&sum| size > 0 && sum <= MAX_COUNTER) {
                Some(sum) => seen = sum,
                None => return bad(format!("{size} is no size of a cluster")),
            }
        }
        Ok(Counters {
            seen,
            matched: seen - created,
            created,
            evicted_templates: evicted,
            evicted_lines: evicted,
            ..Counters::default()
        })
    }

    /// The leaf of each living cluster.
    fn leaves(&self, drain: &Drain, places: &[u32]) -> Result<BTreeMap<u64, u32>, Error> {
        let living: std::collections::BTreeSet<u64> = self.clusters.iter().map(|cluster| cluster.id).collect();
        let mut leaves = BTreeMap::new();
        for (at, (node, &place)) in self.nodes.iter().zip(places).enumerate() {
            let mut last = 0;
            for &id in node.members.iter().filter(|id| living.contains(id)) {
                let bad = |message: String| Err(wrong(path_of(&self.nodes, at), message));
                if drain.tree.depth_of(place) != drain.tree.levels_for(drain.tree.node(place).length as usize) {
                    return bad(format!("cluster {id} lives in a node that is no leaf by the setting `depth`"));
                }
                if id <= last || leaves.insert(id, place).is_some() {
                    return bad(format!("cluster {id} is there twice, or out of order"));
                }
                last = id;
            }
        }
        Ok(leaves)
    }
}

impl Template {
    /// A template of Drain3's tokens.
    fn of_words(
        cluster: &LearnedCluster<'_>,
        leaf: u32,
        key_of: impl Fn(&str) -> TokenKey,
        masks: &[(String, Class)],
    ) -> Template {
        let mut template = Template::blank(TemplateId(cluster.id), leaf);
        for (at, word) in cluster.words.iter().enumerate() {
            let (key, at) = (key_of(word), at as u32);
            template.keys.push(key);
            if key == TokenKey::WILD {
                template.wildcards += 1;
                template.slots.push(Slot::new(at, Slot::WHOLE, 0));
            } else {
                template.bytes.extend_from_slice(word.as_bytes());
                let slot = |(nth, class): (usize, Class)| Slot::new(at, nth as u32, class.bit());
                template.slots.extend(spelled(word, masks).enumerate().map(slot));
            }
            template.ends.push(template.bytes.len() as u32);
        }
        template.count = cluster.size;
        template.measure_edges();
        template.content = template.content_id();
        template
    }
}

/// The masks that a token spells, in order.
fn spelled(word: &str, masks: &[(String, Class)]) -> impl Iterator<Item = Class> {
    let mut rest = word;
    std::iter::from_fn(move || {
        while let Some(first) = rest.chars().next() {
            let found = masks.iter().filter(|(text, _)| !text.is_empty() && rest.starts_with(text.as_str()));
            if let Some((text, class)) = found.max_by_key(|(text, _)| text.len()) {
                rest = &rest[text.len()..];
                return Some(*class);
            }
            rest = &rest[first.len_utf8()..];
        }
        None
    })
}
