//! The tree of fixed depth that leads a line to its leaves.
//!
//! Nodes live in one vector. The children of a node are found through one hash table for the whole tree, keyed by parent
//! and token, so that a node costs the same whether it has two children or a hundred.

use hashbrown::HashTable;

use super::store::NONE;
use super::template::{same_token, write_token};
use crate::flow::Tokens;
use crate::text::{TokenKey, spread_pair};

/// One node. Its place in the vector is its name.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) parent: u32,
    /// The token that leads here; meaningless in the first level, which is keyed by token count.
    pub(crate) key: TokenKey,
    /// The canonical bytes of that token.
    pub(crate) bytes: Box<[u8]>,
    /// The number of tokens of all lines below.
    pub(crate) length: u32,
    /// Children in the order of birth: Drain3 searches in that order.
    pub(crate) first_child: u32,
    last_child: u32,
    pub(crate) next_sibling: u32,
    previous_sibling: u32,
    pub(crate) child_count: u32,
    pub(crate) wild_child: u32,
    /// Places of the templates that live here, by id.
    pub(crate) members: Vec<u32>,
    /// Whether the leaf's index is in use, see `leaf`.
    pub(crate) indexed: bool,
    alive: bool,
}

/// Lengths below this are found by position, longer ones through a table.
const SHORT: usize = 1024;

/// The tree.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    free: Vec<u32>,
    short_lengths: Vec<u32>,
    long_lengths: std::collections::BTreeMap<u32, u32>,
    edges: HashTable<u32>,
    /// How many leading tokens are looked at.
    levels: usize,
    node_bytes: usize,
}

/// Mixes parent and token into a hash.
#[inline]
fn edge_hash(parent: u32, key: TokenKey) -> u64 {
    spread_pair(key.bits(), u64::from(parent))
}

impl Tree {
    pub(crate) fn new(depth: usize) -> Tree {
        Tree {
            nodes: Vec::new(),
            free: Vec::new(),
            short_lengths: Vec::new(),
            long_lengths: std::collections::BTreeMap::new(),
            edges: HashTable::new(),
            levels: depth.saturating_sub(3),
            node_bytes: 0,
        }
    }

    #[inline]
    pub(crate) fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    #[inline]
    pub(crate) fn node_mut(&mut self, at: u32) -> &mut Node {
        &mut self.nodes[at as usize]
    }

    /// How many tokens of a line of `length` tokens the tree looks at: never the last one.
    #[inline]
    pub(crate) fn levels_for(&self, length: usize) -> usize {
        self.levels.min(length.saturating_sub(1))
    }

    /// The node of a token count.
    #[inline]
    pub(crate) fn length_node(&self, length: usize) -> Option<u32> {
        let found = match self.short_lengths.get(length) {
            Some(&node) => node,
            None => self.long_lengths.get(&(length as u32)).copied().unwrap_or(NONE),
        };
        (found != NONE).then_some(found)
    }

    /// The node of a token count, made when missing.
    pub(crate) fn length_node_or_new(&mut self, length: usize) -> u32 {
        if let Some(node) = self.length_node(length) {
            return node;
        }
        let node = self.new_node(NONE, TokenKey::WILD, Box::default(), length as u32);
        if length < SHORT {
            if self.short_lengths.len() <= length {
                self.short_lengths.resize(length + 1, NONE);
            }
            self.short_lengths[length] = node;
        } else {
            self.long_lengths.insert(length as u32, node);
        }
        node
    }

    /// The nodes of all token counts, ascending.
    pub(crate) fn length_nodes(&self) -> impl Iterator<Item = u32> + '_ {
        let short = self.short_lengths.iter().copied().filter(|&node| node != NONE);
        short.chain(self.long_lengths.values().copied())
    }

    /// The child of a node for a line's token.
    #[inline]
    pub(crate) fn child(&self, parent: u32, tokens: &Tokens, at: usize, line: &[u8]) -> Option<u32> {
        let key = tokens.keys()[at];
        let found = self.edges.find(edge_hash(parent, key), |&child| {
            let node = &self.nodes[child as usize];
            node.parent == parent && node.key == key && same_token(tokens, at, line, &node.bytes)
        });
        found.copied()
    }

    /// The child of a node for a token given by its key and canonical bytes.
    pub(crate) fn child_with(&self, parent: u32, key: TokenKey, bytes: &[u8]) -> Option<u32> {
        let found = self.edges.find(edge_hash(parent, key), |&child| {
            let node = &self.nodes[child as usize];
            node.parent == parent && node.key == key && *node.bytes == *bytes
        });
        found.copied()
    }

    /// The wildcard child of a node.
    #[inline]
    pub(crate) fn wild_child(&self, parent: u32) -> Option<u32> {
        let wild = self.nodes[parent as usize].wild_child;
        (wild != NONE).then_some(wild)
    }

    /// Adds a child for a line's token.
    pub(crate) fn add_child(&mut self, parent: u32, tokens: &Tokens, at: usize, line: &[u8]) -> u32 {
        let mut bytes = Vec::new();
        write_token(tokens, at, line, &mut bytes);
        self.add_child_with(parent, tokens.keys()[at], bytes.into_boxed_slice())
    }

    /// Adds the wildcard child.
    pub(crate) fn add_wild_child(&mut self, parent: u32) -> u32 {
        self.add_child_with(parent, TokenKey::WILD, Box::default())
    }

    /// Adds a child by key and canonical bytes, as the last of its siblings.
    pub(crate) fn add_child_with(&mut self, parent: u32, key: TokenKey, bytes: Box<[u8]>) -> u32 {
        let length = self.node(parent).length;
        let child = self.new_node(parent, key, bytes, length);
        let last = self.node(parent).last_child;
        self.node_mut(child).previous_sibling = last;
        if last == NONE {
            self.node_mut(parent).first_child = child;
        } else {
            self.node_mut(last).next_sibling = child;
        }
        let parent_node = self.node_mut(parent);
        parent_node.last_child = child;
        parent_node.child_count += 1;
        if key == TokenKey::WILD {
            parent_node.wild_child = child;
        }
        let nodes = &self.nodes;
        let hash_of = |&at: &u32| edge_hash(nodes[at as usize].parent, nodes[at as usize].key);
        self.edges.insert_unique(edge_hash(parent, key), child, hash_of);
        child
    }

    fn new_node(&mut self, parent: u32, key: TokenKey, bytes: Box<[u8]>, length: u32) -> u32 {
        self.node_bytes += size_of::<Node>() + bytes.len();
        let node = Node {
            parent,
            key,
            bytes,
            length,
            first_child: NONE,
            last_child: NONE,
            next_sibling: NONE,
            previous_sibling: NONE,
            child_count: 0,
            wild_child: NONE,
            members: Vec::new(),
            indexed: false,
            alive: true,
        };
        match self.free.pop() {
            Some(at) => {
                self.nodes[at as usize] = node;
                at
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        }
    }

    /// Removes a node without members and children, and every ancestor that this leaves empty.
    pub(crate) fn prune(&mut self, mut at: u32) {
        while at != NONE {
            let node = self.node(at);
            if !node.alive || !node.members.is_empty() || node.child_count > 0 {
                return;
            }
            let (parent, key, length) = (node.parent, node.key, node.length as usize);
            let (previous, next) = (node.previous_sibling, node.next_sibling);
            self.node_bytes = self.node_bytes.saturating_sub(size_of::<Node>() + node.bytes.len());
            if parent == NONE {
                match self.short_lengths.get_mut(length) {
                    Some(slot) => *slot = NONE,
                    None => drop(self.long_lengths.remove(&(length as u32))),
                }
            } else {
                if let Ok(entry) = self.edges.find_entry(edge_hash(parent, key), |&child| child == at) {
                    entry.remove();
                }
                match previous {
                    NONE => self.node_mut(parent).first_child = next,
                    previous => self.node_mut(previous).next_sibling = next,
                }
                match next {
                    NONE => self.node_mut(parent).last_child = previous,
                    next => self.node_mut(next).previous_sibling = previous,
                }
                let parent_node = self.node_mut(parent);
                parent_node.child_count -= 1;
                if parent_node.wild_child == at {
                    parent_node.wild_child = NONE;
                }
            }
            let node = self.node_mut(at);
            node.alive = false;
            node.members = Vec::new();
            node.bytes = Box::default();
            node.indexed = false;
            self.free.push(at);
            at = parent;
        }
    }

    /// The children of a node, in the order of their birth.
    pub(crate) fn children(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.node(at).first_child;
        std::iter::from_fn(move || {
            let child = (next != NONE).then_some(next)?;
            next = self.node(child).next_sibling;
            Some(child)
        })
    }

    /// How many levels below its length a node lies.
    pub(crate) fn depth_of(&self, mut at: u32) -> usize {
        let mut depth = 0;
        while self.node(at).parent != NONE {
            at = self.node(at).parent;
            depth += 1;
        }
        depth
    }

    /// The number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    /// Rough memory in bytes, members of leaves included.
    pub(crate) fn memory(&self) -> usize {
        let spare = (self.nodes.capacity() - self.nodes.len() + self.free.len()) * size_of::<Node>();
        self.node_bytes
            + spare
            + self.edges.capacity() * 5
            + (self.short_lengths.capacity() + self.free.capacity()) * size_of::<u32>()
            + self.long_lengths.len() * 16
    }
}
