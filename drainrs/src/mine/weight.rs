//! What a template weighs: a bound of the memory that is taken because of it, from its content alone.
//!
//! The memory of a miner is tables and lists whose room depends on what happened before. A limit on that would evict other templates
//! in a miner that was restored than in one that never stopped. What a template *contains* is the same in both.

use super::config::DrainConfig;
use super::evidence::Nature;
use super::template::{MAX_RESERVED_EXAMPLE, Slot, Template};
use super::tree::Node;
use crate::text::TokenKey;

/// What weighs the same for all templates of a miner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// Levels of the tree below the length.
    levels: usize,
    /// What an example may take, however short it is now.
    example: usize,
}

impl Scale {
    pub(crate) fn of(config: &DrainConfig) -> Scale {
        Scale { levels: config.depth, example: config.max_example_bytes.min(MAX_RESERVED_EXAMPLE) }
    }
}

impl Template {
    /// What it may take of the memory of all tables and lists: twice what its content says, for what doubles when it grows.
    /// Content alone decides, so that a miner that was restored weighs what it weighed before.
    pub(crate) fn weight(&self, scale: Scale) -> usize {
        /// Key, end, nature; a link and a list of the leaf's index; two entries among the siblings.
        const TOKEN: usize = size_of::<TokenKey>() + size_of::<u32>() + size_of::<Nature>() + 12 + 40 + 28;
        /// The template in its place, its order of use, its number, its content id, its leaf.
        const ALONE: usize = size_of::<Option<Template>>() + 64 + size_of::<Node>();
        // Nodes of its own, and their texts.
        let levels = scale.levels.min(self.keys.len());
        let nodes = levels * size_of::<Node>()
            + levels.checked_sub(1).and_then(|last| self.ends.get(last)).map_or(0, |&end| end as usize);
        let example = |example: &Vec<u8>| size_of::<Vec<u8>>() + example.len().max(scale.example);
        let examples: usize = self.examples.iter().map(example).sum();
        2 * (ALONE
            + nodes
            + self.keys.len() * TOKEN
            + self.bytes.len()
            + self.slots.len() * size_of::<Slot>()
            + examples)
    }
}
