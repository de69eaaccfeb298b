//! The ways from the root to the leaves: Drain3's single one, and all that can lead to a line's template.
//!
//! Nothing here allocates, so that looking up needs no scratch.

use super::store::NONE;
use super::tree::{Node, Tree};
use crate::flow::Tokens;
use crate::text::TokenKey;

/// Up to this many levels the way down is kept in a few words; in deeper trees it is found again by climbing.
const MAX_BRANCHING_LEVELS: usize = 7;

/// Drain3's descent: the exact child, else the wildcard child, else nothing.
pub(crate) fn greedy_leaf(tree: &Tree, tokens: &Tokens, line: &[u8]) -> Option<u32> {
    let mut at = tree.length_node(tokens.len())?;
    for level in 0..tree.levels_for(tokens.len()) {
        at = tree.child(at, tokens, level, line).or_else(|| tree.wild_child(at))?;
    }
    Some(at)
}

/// Every leaf that can hold a template of a line: both the exact and the wildcard branch of every level.
#[derive(Debug)]
pub(crate) struct Leaves<'a> {
    tree: &'a Tree,
    tokens: &'a Tokens,
    line: &'a [u8],
    levels: usize,
    /// For each level the branch that was left for later. The way down leaves at most one per level behind.
    waiting: [u32; MAX_BRANCHING_LEVELS + 1],
    /// The levels at which one waits, as bits.
    waits: u32,
    /// The search of a deep tree.
    deep: Deep,
}

/// The search of a deep tree: the root, and where it goes on, a node and its level.
#[derive(Debug)]
struct Deep {
    root: u32,
    next: u32,
    level: usize,
}

impl<'a> Leaves<'a> {
    #[inline]
    pub(crate) fn of(tree: &'a Tree, tokens: &'a Tokens, line: &'a [u8]) -> Leaves<'a> {
        let levels = tree.levels_for(tokens.len());
        let root = tree.length_node(tokens.len()).unwrap_or(NONE);
        let deep = levels > MAX_BRANCHING_LEVELS;
        let waits = u32::from(!deep && root != NONE);
        let deep = Deep { root, next: if deep { root } else { NONE }, level: 0 };
        Leaves { tree, tokens, line, levels, waiting: [root; MAX_BRANCHING_LEVELS + 1], waits, deep }
    }

    /// The child for the line's token at a level.
    #[inline]
    fn exact_child(&self, node: u32, level: usize) -> Option<u32> {
        let key = self.tokens.keys()[level];
        let literal = key != TokenKey::MASK && key != TokenKey::WILD;
        if literal { self.tree.child(node, self.tokens, level, self.line) } else { None }
    }

    /// The next leaf of a deep tree: down, exact children first; then up to the nearest exact child that has a wildcard for
    /// a sibling, where the way goes on.
    #[cold]
    fn next_deep(&mut self) -> Option<u32> {
        while self.deep.next != NONE {
            let (mut at, mut level) = (self.deep.next, self.deep.level);
            while level < self.levels
                && let Some(child) = self.exact_child(at, level).or_else(|| self.tree.wild_child(at))
            {
                (at, level) = (child, level + 1);
            }
            let found = (level == self.levels).then_some(at);
            self.deep.next = NONE;
            while at != self.deep.root {
                let Node { parent, key, .. } = *self.tree.node(at);
                if key != TokenKey::WILD
                    && let Some(wild) = self.tree.wild_child(parent)
                {
                    (self.deep.next, self.deep.level) = (wild, level);
                    break;
                }
                (at, level) = (parent, level - 1);
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl Iterator for Leaves<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        while let Some(deepest) = self.waits.checked_ilog2() {
            self.waits ^= 1 << deepest;
            let mut level = deepest as usize;
            let mut node = self.waiting[level];
            loop {
                if level == self.levels {
                    return Some(node);
                }
                let wild = self.tree.wild_child(node);
                let exact = self.exact_child(node, level);
                level += 1;
                node = match (exact, wild) {
                    (Some(exact), Some(wild)) => {
                        self.waiting[level] = wild;
                        self.waits |= 1 << level;
                        exact
                    }
                    (Some(only), None) | (None, Some(only)) => only,
                    (None, None) => break,
                };
            }
        }
        if self.deep.next == NONE { None } else { self.next_deep() }
    }
}

/// A node and everything below it, parents before children, in the order of birth.
#[derive(Debug, Clone)]
pub(crate) struct Subtree<'a> {
    tree: &'a Tree,
    root: u32,
    next: u32,
}

impl<'a> Subtree<'a> {
    pub(crate) fn of(tree: &'a Tree, root: u32) -> Subtree<'a> {
        Subtree { tree, root, next: root }
    }
}

impl Iterator for Subtree<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let at = (self.next != NONE).then_some(self.next)?;
        let node = self.tree.node(at);
        self.next = node.first_child;
        let mut up = at;
        while self.next == NONE && up != self.root {
            self.next = self.tree.node(up).next_sibling;
            up = self.tree.node(up).parent;
        }
        Some(at)
    }
}
