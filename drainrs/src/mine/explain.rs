//! How a decision came about, in words and numbers.

use super::config::Rule;
use super::descent::{Leaves, greedy_leaf};
use super::drain::{Drain, Seen};
use super::template::Template;
use crate::flow::{Change, Tokens};
use crate::id::TemplateId;

/// Which branch a token took at a level of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Branch {
    /// The token has a child of its own.
    Exact,
    /// Only the wildcard child takes it.
    Wildcard,
    /// Both the exact and the wildcard child are searched.
    Both,
    /// No child takes it: a template founded here would make one.
    None,
}

/// One level of the tree.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The token, masked.
    pub token: String,
    /// The branch.
    pub branch: Branch,
    /// How many children the node has.
    pub children: u32,
}

/// A template that the line was compared with.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Candidate {
    /// The template.
    pub template: TemplateId,
    /// Its text.
    pub text: String,
    /// Tokens equal to the line's, wildcards aside.
    pub equal: u32,
    /// Wildcards.
    pub wildcards: u32,
    /// `equal` over the number of tokens: what is compared with the threshold.
    pub similarity: f64,
    /// Whether the line fits without a change.
    pub complete: bool,
    /// The tokens that would become wildcards, as `template's -> line's`.
    pub differences: Vec<String>,
    /// Whether every difference proves a parameter by its looks. Always so by Drain3's rule, which asks for no proof.
    pub proven: bool,
}

/// Why a line goes where it goes. Nothing is learned by asking.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The line's tokens, masked.
    pub tokens: Vec<String>,
    /// The way through the tree; the token count comes first.
    pub path: Vec<Step>,
    /// The templates compared, best first, at most [`Explanation::MAX_CANDIDATES`].
    pub candidates: Vec<Candidate>,
    /// How many more there were.
    pub candidates_left_out: usize,
    /// The similarity that is asked for.
    pub threshold: f64,
    /// The template that the line would join; `None`: it would found one.
    pub chosen: Option<TemplateId>,
    /// The decision in a sentence.
    pub reason: String,
}

impl Explanation {
    /// The most candidates that are listed.
    pub const MAX_CANDIDATES: usize = 10;
}

impl Drain {
    /// Explains what [`Drain::insert`] would do with a line. Learns nothing. Cost: a copy of the miner, on
    /// which the line is tried.
    pub fn explain(&self, line: &[u8], tokens: &Tokens) -> Explanation {
        // A probe renders the line's tokens as a template would be rendered.
        let mut probe = Template::of_line(TemplateId(0), tokens, line, 0);
        probe.note_classes(tokens);
        let words = self.words(&probe);
        let leaves = self.leaves_searched(line, tokens);
        let mut candidates: Vec<Candidate> = Vec::new();
        for &leaf in &leaves {
            let members = self.tree.node(leaf).members.iter().filter_map(|&place| self.store.get(place));
            candidates.extend(members.map(|template| self.candidate(template, tokens, line, &words)));
        }
        let prefers_complete = self.config.rule == Rule::Default;
        let rank = |c: &Candidate| {
            let complete = prefers_complete && c.complete;
            let wildcards = if complete { u32::MAX - c.wildcards } else { c.wildcards };
            (complete, if complete { 0 } else { c.equal }, wildcards, u64::MAX - c.template.0)
        };
        candidates.sort_by_key(|c| std::cmp::Reverse(rank(c)));
        // What would happen is seen best by letting it happen, elsewhere.
        let mut trial = self.clone();
        let hit = trial.insert(line, tokens, Seen::default());
        let (template, change) = (hit.template, hit.change);
        let chosen = (change != Change::Created).then_some(template);
        let reason = self.reason(chosen, change, &candidates, leaves.is_empty());
        let left_out = candidates.len().saturating_sub(Explanation::MAX_CANDIDATES);
        candidates.truncate(Explanation::MAX_CANDIDATES);
        Explanation {
            path: self.path(line, tokens, &words),
            tokens: words,
            candidates,
            candidates_left_out: left_out,
            threshold: self.config.similarity_threshold,
            chosen,
            reason,
        }
    }

    fn leaves_searched(&self, line: &[u8], tokens: &Tokens) -> Vec<u32> {
        if self.config.rule == Rule::Drain3 {
            return greedy_leaf(&self.tree, tokens, line).into_iter().collect();
        }
        Leaves::of(&self.tree, tokens, line).collect()
    }

    /// The tokens of a template, each rendered.
    fn words(&self, template: &Template) -> Vec<String> {
        (0..template.keys.len()).map(|at| template.token_text(at, &self.placeholders)).collect()
    }

    fn candidate(&self, template: &Template, tokens: &Tokens, line: &[u8], words: &[String]) -> Candidate {
        let equal = template.equal_tokens(tokens, line);
        let length = tokens.len().max(1) as f64;
        let differences = template
            .differences(tokens, line)
            .map(|at| format!("{} -> {}", template.token_text(at, &self.placeholders), words[at]));
        let mut text = String::new();
        template.write_text(&self.placeholders, &mut text);
        Candidate {
            template: template.id,
            text,
            equal,
            wildcards: template.wildcards,
            similarity: f64::from(equal) / length,
            complete: (equal + template.wildcards) as usize == tokens.len(),
            differences: differences.collect(),
            proven: self.config.rule == Rule::Drain3 || template.differs_in_values(tokens, line),
        }
    }

    fn reason(&self, chosen: Option<TemplateId>, change: Change, candidates: &[Candidate], no_leaf: bool) -> String {
        let threshold = self.config.similarity_threshold;
        let joined = chosen.and_then(|id| candidates.iter().find(|c| c.template == id));
        match (chosen, joined, candidates.first()) {
            (Some(id), Some(c), _) if c.complete && change == Change::Unchanged => {
                format!("template {id} fits without a change")
            }
            (Some(id), Some(c), _) if c.complete => {
                format!("template {id} fits, but for text at the edge of a wildcard that was constant so far")
            }
            (Some(id), Some(c), _) if c.proven && c.similarity >= threshold => format!(
                "template {id} shares {} tokens (similarity {:.3}, at least {threshold} is asked for) and widens",
                c.equal, c.similarity
            ),
            (Some(id), ..) => format!(
                "with this line enough different words have been seen in one place: a wildcard is made of it, and the \
                 templates that differ there unite as {id}"
            ),
            (None, _, Some(c)) if c.similarity >= threshold && !c.proven => format!(
                "the nearest template {} differs in {}, which does not prove a parameter yet: a new one is founded",
                c.template,
                c.differences.join(", ")
            ),
            (None, _, Some(c)) => format!(
                "the nearest template {} shares {} tokens (similarity {:.3}), less than {threshold}: a new one is founded",
                c.template, c.equal, c.similarity
            ),
            (None, _, None) if no_leaf => "no template begins like this line: a new one is founded".to_owned(),
            (None, _, None) => "no template lives where this line leads: a new one is founded".to_owned(),
        }
    }

    fn path(&self, line: &[u8], tokens: &Tokens, words: &[String]) -> Vec<Step> {
        let root = self.tree.length_node(tokens.len());
        let branch = if root.is_some() { Branch::Exact } else { Branch::None };
        let children = root.map_or(0, |root| self.tree.node(root).child_count);
        let mut path = vec![Step { token: format!("{} tokens", tokens.len()), branch, children }];
        let mut at = root;
        for (level, word) in words.iter().enumerate().take(self.tree.levels_for(tokens.len())) {
            let Some(node) = at else { break };
            let exact = self.tree.child(node, tokens, level, line);
            let wild = self.tree.wild_child(node);
            let branch = match (exact, wild) {
                (Some(_), Some(_)) if self.config.rule == Rule::Default => Branch::Both,
                (Some(_), _) => Branch::Exact,
                (None, Some(_)) => Branch::Wildcard,
                (None, None) => Branch::None,
            };
            at = exact.or(wild);
            let children = at.map_or(0, |at| self.tree.node(at).child_count);
            path.push(Step { token: word.clone(), branch, children });
        }
        path
    }
}
