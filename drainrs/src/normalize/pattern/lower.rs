//! Lowers a pattern onto the automata of `regex-automata`, where that is exact.
//!
//! An automaton knows no look-around. But at the edges of a pattern, where users write it, look-around can be *consumed*:
//! `(?<=L)X(?=R)` becomes `L(X)(?:R)`, and the match is what lies between. Three things keep the result equal to Python's:
//!
//! - All ways to satisfy the left context take the same number of characters `k`, so the leftmost overall match is the
//!   leftmost `X`. The start of the text is a context of its own: it is tried first, by an anchored search.
//! - After a match that ended at `e` the search resumes `k` characters *before* `e`: the last characters of one match may
//!   be the left context of the next, as the right context of one may be the first character of the other.
//! - Where both a character and the end of the text may satisfy the right context, the length tells which one did, except
//!   at the very end of the text; only there the captures are asked for.
//!
//! Everything else (look-around inside, backreferences, loops around what may be empty) is left to the machine.

use std::fmt::Write as _;

use regex_automata::meta::Regex;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::machine::{decode, step_back};
use super::set::CharSet;
use super::syntax::{Assertion, Greed, Node};

/// A pattern on the fast engine.
#[derive(Debug, Clone)]
pub(super) struct Lowered {
    /// Finds a match whose left context is the start of the text.
    at_start: Option<Regex>,
    /// Finds the matches whose left context is `back` characters.
    anywhere: Option<Regex>,
    back: u32,
    right: Right,
}

/// How the end of a match follows from the end of the overall match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    /// There is no right context.
    None,
    /// The end of the text only.
    End,
    /// One character, or the end of the text if `end`.
    One { end: bool },
    /// Ask the captures.
    Captures,
}

/// A context of one character.
#[derive(Debug, Clone)]
struct Edge {
    /// The characters that satisfy it.
    set: CharSet,
    /// Whether the edge of the text satisfies it.
    edge: bool,
}

impl Edge {
    fn or(mut self, other: &Edge) -> Edge {
        self.set.union(&other.set);
        Edge { set: self.set, edge: self.edge || other.edge }
    }

    fn and(self, other: &Edge) -> Edge {
        Edge { set: self.set.intersection(&other.set), edge: self.edge && other.edge }
    }
}

/// Groups for precedence only are dissolved, sequences flattened, alternatives of characters become classes. Only for
/// patterns in which no group's text matters.
pub(super) fn simplify(node: &Node) -> Node {
    match node {
        Node::Group(_, node) => simplify(node),
        Node::Concat(nodes) => {
            let mut flat = Vec::new();
            for node in nodes.iter().map(simplify) {
                match node {
                    Node::Concat(inner) => flat.extend(inner),
                    other => flat.push(other),
                }
            }
            match flat.pop() {
                Some(only) if flat.is_empty() => only,
                last => Node::Concat(flat.into_iter().chain(last).collect()),
            }
        }
        Node::Alt(nodes) => {
            let nodes: Vec<Node> = nodes.iter().map(simplify).collect();
            let mut union = CharSet::default();
            for node in &nodes {
                match node {
                    Node::Set(set) => union.union(set),
                    _ => return Node::Alt(nodes),
                }
            }
            Node::Set(union)
        }
        Node::Repeat { node, min, max, kind } => {
            Node::Repeat { node: Box::new(simplify(node)), min: *min, max: *max, kind: *kind }
        }
        Node::Look { behind, negative, node } => {
            Node::Look { behind: *behind, negative: *negative, node: Box::new(simplify(node)) }
        }
        Node::Atomic(node) => Node::Atomic(Box::new(simplify(node))),
        other => other.clone(),
    }
}

impl Lowered {
    /// The lowered form of a simplified pattern, for ASCII text or for any UTF-8. `None` where it would not be exact.
    pub(super) fn new(node: &Node, ascii: bool) -> Option<Lowered> {
        let mut nodes = match node {
            Node::Concat(nodes) => nodes.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut left: Option<Edge> = None;
        while let [first, rest @ ..] = nodes
            && let Some(edge) = edge_of(first, true)
        {
            left = Some(left.map_or_else(|| edge.clone(), |left| left.and(&edge)));
            nodes = rest;
        }
        // A longer look-behind, alone.
        let mut before = String::new();
        let mut back = u32::from(left.is_some());
        if left.is_none()
            && let [Node::Look { behind: true, negative: false, node }, rest @ ..] = nodes
        {
            emit(node, ascii, &mut before)?;
            back = node.width().0;
            nodes = rest;
        }
        let mut right: Option<Edge> = None;
        while let [rest @ .., last] = nodes
            && let Some(edge) = edge_of(last, false)
        {
            right = Some(right.map_or_else(|| edge.clone(), |right| right.and(&edge)));
            nodes = rest;
        }
        let mut after = String::new();
        let mut kind = Right::None;
        if let Some(Edge { set, edge }) = &right {
            match (set.is_empty(), edge) {
                (true, true) => after.push_str(r"\z"),
                (_, end) => {
                    set.emit(ascii, &mut after);
                    if *end {
                        after.insert_str(0, "(?:");
                        after.push_str(r"|\z)");
                    }
                }
            }
            kind = if set.is_empty() && *edge { Right::End } else { Right::One { end: *edge } };
        } else if let [rest @ .., Node::Look { behind: false, negative: false, node }] = nodes {
            emit(node, ascii, &mut after)?;
            kind = Right::Captures;
            nodes = rest;
        }
        let core = Node::Concat(nodes.to_vec());
        if core.is_nullable() {
            return None;
        }
        let mut middle = String::new();
        emit(&core, ascii, &mut middle)?;
        let captures = matches!(kind, Right::Captures | Right::One { end: true });
        let middle = if captures { format!("({middle}){after}") } else { format!("(?:{middle}){after}") };

        let mut lowered = Lowered { at_start: None, anywhere: None, back, right: kind };
        match left {
            Some(Edge { set, edge }) => {
                if edge {
                    lowered.at_start = Some(compile(&middle)?);
                }
                if !set.is_empty() {
                    set.emit(ascii, &mut before);
                    lowered.anywhere = Some(compile(&(before + &middle))?);
                }
            }
            None if before.is_empty() => lowered.anywhere = Some(compile(&middle)?),
            None => lowered.anywhere = Some(compile(&format!("(?:{before}){middle}"))?),
        }
        Some(lowered)
    }

    /// All matches, leftmost and not overlapping.
    pub(super) fn for_each_match(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let mut at = 0;
        while let Some((start, end)) = self.next_match(text, at) {
            found(start, end);
            // Matches are never empty; the larger of the two only spells that out.
            at = end.max(start + 1);
            if at >= text.len() {
                break;
            }
        }
    }

    fn next_match(&self, text: &[u8], at: usize) -> Option<(usize, usize)> {
        if at == 0
            && let Some(regex) = &self.at_start
        {
            let input = Input::new(text).anchored(Anchored::Yes);
            if let Some(whole) = regex.search(&input) {
                return Some((0, self.end_of(regex, text, 0, whole.end())));
            }
        }
        let regex = self.anywhere.as_ref()?;
        let from = step_back(text, at, self.back).unwrap_or(0);
        let whole = regex.search(&Input::new(text).range(from..))?;
        let mut start = whole.start();
        for _ in 0..self.back {
            start += decode(text, start).1;
        }
        Some((start, self.end_of(regex, text, whole.start(), whole.end())))
    }

    /// The end of the match proper, given the overall match.
    fn end_of(&self, regex: &Regex, text: &[u8], start: usize, end: usize) -> usize {
        let one_less = || step_back(text, end, 1).unwrap_or(end);
        match self.right {
            Right::None | Right::End => end,
            Right::One { end: false } => one_less(),
            Right::One { end: true } if end < text.len() => one_less(),
            Right::One { .. } | Right::Captures => {
                let mut slots: [Option<NonMaxUsize>; 4] = [None; 4];
                regex.search_slots(&Input::new(text).range(start..).anchored(Anchored::Yes), &mut slots);
                slots[3].map_or(end, NonMaxUsize::get)
            }
        }
    }
}

/// What a node demands of the character before (or after) a place, if that is all it demands.
fn edge_of(node: &Node, before: bool) -> Option<Edge> {
    match node {
        Node::Look { behind, negative, node } if *behind == before => {
            let inner = one_character(node, before)?;
            Some(if *negative { Edge { set: inner.set.negated(), edge: !inner.edge } } else { inner })
        }
        Node::Alt(nodes) => {
            let mut edges = nodes.iter().map(|node| edge_of(node, before));
            let first = edges.next()??;
            edges.try_fold(first, |all, edge| Some(all.or(&edge?)))
        }
        Node::Assert(_) => one_character(node, before),
        _ => None,
    }
}

/// The inside of a look-around that looks at one character or at the edge of the text.
fn one_character(node: &Node, before: bool) -> Option<Edge> {
    let newline = || CharSet::one('\n');
    match node {
        Node::Set(set) => Some(Edge { set: set.clone(), edge: false }),
        Node::Alt(nodes) => {
            let mut edges = nodes.iter().map(|node| one_character(node, before));
            let first = edges.next()??;
            edges.try_fold(first, |all, edge| Some(all.or(&edge?)))
        }
        Node::Assert(Assertion::Start) if before => Some(Edge { set: CharSet::default(), edge: true }),
        Node::Assert(Assertion::LineStart) if before => Some(Edge { set: newline(), edge: true }),
        Node::Assert(Assertion::End | Assertion::EndOrNewline) if !before => {
            Some(Edge { set: CharSet::default(), edge: true })
        }
        Node::Assert(Assertion::LineEnd) if !before => Some(Edge { set: newline(), edge: true }),
        _ => None,
    }
}

/// Writes a node in the syntax of the regex crate; `None` if it has no equal there.
fn emit(node: &Node, ascii: bool, out: &mut String) -> Option<()> {
    match node {
        Node::Set(set) => set.emit(ascii, out),
        Node::Concat(nodes) => nodes.iter().try_for_each(|node| emit(node, ascii, out))?,
        Node::Alt(nodes) => {
            out.push_str("(?:");
            for (i, node) in nodes.iter().enumerate() {
                if i > 0 {
                    out.push('|');
                }
                emit(node, ascii, out)?;
            }
            out.push(')');
        }
        // A round that takes nothing ends a loop of Python's; automata know no rounds.
        Node::Repeat { node, max, .. } if node.is_nullable() && *max != Some(1) => return None,
        Node::Repeat { node, min, max, kind: kind @ (Greed::Greedy | Greed::Lazy) } => {
            out.push_str("(?:");
            emit(node, ascii, out)?;
            // Writing to a String does not fail.
            let _ = match max {
                Some(max) => write!(out, "){{{min},{max}}}"),
                None => write!(out, "){{{min},}}"),
            };
            if *kind == Greed::Lazy {
                out.push('?');
            }
        }
        Node::Assert(assertion) => out.push_str(match assertion {
            Assertion::Start => r"\A",
            // The caller keeps texts that end with a newline away from `$`.
            Assertion::End | Assertion::EndOrNewline => r"\z",
            Assertion::LineStart => "(?m:^)",
            Assertion::LineEnd => "(?m:$)",
            Assertion::Word { negative: false, ascii: true } => r"(?-u:\b)",
            Assertion::Word { negative: true, ascii: true } => r"(?-u:\B)",
            // Beyond ASCII the two languages disagree about what a word is made of.
            Assertion::Word { negative: false, .. } if ascii => r"(?-u:\b)",
            Assertion::Word { negative: true, .. } if ascii => r"(?-u:\B)",
            Assertion::Word { .. } => return None,
        }),
        Node::Group(_, node) => emit(node, ascii, out)?,
        Node::Repeat { kind: Greed::Possessive, .. }
        | Node::Look { .. }
        | Node::Atomic(_)
        | Node::Backref { .. }
        | Node::IfGroup { .. } => return None,
    }
    Some(())
}

/// Whether `$` stands anywhere: it also holds before a newline at the end, which automata do not know.
pub(super) fn has_dollar(node: &Node) -> bool {
    match node {
        Node::Assert(assertion) => *assertion == Assertion::EndOrNewline,
        Node::Concat(nodes) | Node::Alt(nodes) => nodes.iter().any(has_dollar),
        Node::Repeat { node, .. } | Node::Group(_, node) | Node::Look { node, .. } | Node::Atomic(node) => {
            has_dollar(node)
        }
        Node::IfGroup { yes, no, .. } => has_dollar(yes) || has_dollar(no),
        Node::Set(_) | Node::Backref { .. } => false,
    }
}

fn compile(pattern: &str) -> Option<Regex> {
    Regex::builder().syntax(syntax::Config::new().utf8(false)).build(pattern).ok()
}
