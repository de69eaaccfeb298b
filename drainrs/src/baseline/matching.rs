//! Which templates of two miners are the same statement.
//!
//! Two miners that saw different lines have cut the same statement at different places: one knows `user alice left`, the other
//! `user <*> left`. So templates are matched by what they stand for: a template is that of the other side to which its example
//! lines belong there. What is connected by such findings, in either direction, is one statement.

use std::collections::BTreeMap;

use crate::id::TemplateId;
use crate::miner::Miner;

/// A statement of both logs: its templates on either side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) before: Vec<TemplateId>,
    pub(super) after: Vec<TemplateId>,
}

/// A template on one of the sides.
type Node = (bool, TemplateId);

/// All statements, in the order of their oldest templates, those of `before` first.
pub(super) fn statements(before: &Miner, after: &Miner) -> Vec<Statement> {
    let mut parents: BTreeMap<Node, Node> = BTreeMap::new();
    for (side, miner) in [(false, before), (true, after)] {
        parents.extend(miner.templates().map(|template| ((side, template.id), (side, template.id))));
    }
    for (side, own, other) in [(false, before, after), (true, after, before)] {
        for template in own.templates() {
            let twin = other.template_by_content(template.content_id).map(|twin| twin.id);
            let by_lines = template.examples.iter().filter_map(|line| other.find(line));
            for found in twin.into_iter().chain(by_lines) {
                unite(&mut parents, (side, template.id), (!side, found));
            }
        }
    }
    let mut statements: BTreeMap<Node, Statement> = BTreeMap::new();
    let nodes: Vec<Node> = parents.keys().copied().collect();
    for node in nodes {
        let statement = statements.entry(root(&parents, node)).or_default();
        let side = if node.0 { &mut statement.after } else { &mut statement.before };
        side.push(node.1);
    }
    statements.into_values().collect()
}

fn root(parents: &BTreeMap<Node, Node>, mut node: Node) -> Node {
    while let Some(&parent) = parents.get(&node)
        && parent != node
    {
        node = parent;
    }
    node
}

/// The lesser root becomes the parent, so that a statement is named by its oldest template.
fn unite(parents: &mut BTreeMap<Node, Node>, a: Node, b: Node) {
    let (a, b) = (root(parents, a), root(parents, b));
    if a != b {
        parents.insert(a.max(b), a.min(b));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::miner::MinerConfig;

    fn mined(lines: &[&str]) -> Miner {
        let mut miner = Miner::build(&MinerConfig::default()).unwrap();
        for line in lines {
            let _ = miner.insert(line.as_bytes());
        }
        miner
    }

    #[test]
    fn a_literal_here_and_a_parameter_there_are_one_statement() {
        let before = mined(&["user alice left", "disk sda full"]);
        let after =
            mined(&["user ann left", "user bob left", "user cyd left", "user dan left", "user eve left", "link up"]);
        assert_eq!(after.templates().next().unwrap().text, "user <*> left");
        let found = statements(&before, &after);
        let ids = |ids: &[u64]| ids.iter().map(|&id| TemplateId(id)).collect::<Vec<_>>();
        assert_eq!(found[0], Statement { before: ids(&[1]), after: ids(&[1]) });
        assert_eq!(found[1], Statement { before: ids(&[2]), after: vec![] });
        assert_eq!(found.len(), 3);
        assert!(found[2].before.is_empty());
    }
}
