//! The ways from the root to the leaves: Drain3's single one, and all that can lead to a line's template.
//!
//! Nothing here allocates, so that looking up needs no scratch.

use super::store::NONE;
use super::tree::Tree;
use crate::flow::Tokens;
use crate::text::TokenKey;

/// Up to this many levels both branches of each are followed; deeper trees are searched whole.
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
    all: Subtree<'a>,
}

impl<'a> Leaves<'a> {
    #[inline]
    pub(crate) fn of(tree: &'a Tree, tokens: &'a Tokens, line: &'a [u8]) -> Leaves<'a> {
        let levels = tree.levels_for(tokens.len());
        let root = tree.length_node(tokens.len()).unwrap_or(NONE);
        let deep = levels > MAX_BRANCHING_LEVELS;
        let all = Subtree { tree, root, next: if deep { root } else { NONE } };
        let waits = u32::from(!deep && root != NONE);
        Leaves { tree, tokens, line, levels, waiting: [root; MAX_BRANCHING_LEVELS + 1], waits, all }
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
                let key = self.tokens.keys()[level];
                let wild = self.tree.wild_child(node);
                let exact = if key == TokenKey::MASK || key == TokenKey::WILD {
                    None
                } else {
                    self.tree.child(node, self.tokens, level, self.line)
                };
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
        self.all.next()
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
