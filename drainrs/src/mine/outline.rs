//! The tree as plain data, for printing.

use super::drain::Drain;
use crate::id::TemplateId;
use crate::text::TokenKey;

/// A node of the tree, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct TreeNode {
    /// The token that leads here; in the first level the number of tokens.
    pub key: String,
    /// In the order of their birth.
    pub children: Vec<TreeNode>,
    /// The templates that live here, the oldest first.
    pub clusters: Vec<TemplateId>,
}

impl Drain {
    /// The tree below its root.
    pub fn tree(&self) -> Vec<TreeNode> {
        let mut first: Vec<u32> = self.tree.length_nodes().collect();
        first.sort_unstable(); // by birth, under Drain3's rule
        first.into_iter().map(|at| self.outline(at, self.tree.node(at).length.to_string())).collect()
    }

    /// Recurses as deep as the tree is: 62 levels at most.
    fn outline(&self, at: u32, key: String) -> TreeNode {
        let name = |child: u32| {
            let node = self.tree.node(child);
            let is_value = node.key == TokenKey::WILD || node.key == TokenKey::MASK;
            if is_value { self.placeholders.wildcard() } else { String::from_utf8_lossy(&node.bytes).into_owned() }
        };
        let members = self.tree.node(at).members.iter();
        TreeNode {
            key,
            children: self.tree.children(at).map(|child| self.outline(child, name(child))).collect(),
            clusters: members.filter_map(|&place| self.store.get(place)).map(|template| template.id).collect(),
        }
    }
}
