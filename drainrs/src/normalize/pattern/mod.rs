//! A mask's pattern: written for Python's `re`, run by automata where that is exact, by a backtracking machine elsewhere.
//!
//! Drain3's users bring masks in the syntax of Python, most of them with look-around at the edges, which the regex crate
//! refuses. A pattern is read by our own reader ([`syntax`]), which gives classes Python's meaning (`\w` holds no combining
//! marks, `\s` holds U+001C to U+001F), and then runs on one of three engines, chosen by the text:
//!
//! | text                          | engine                                                                       |
//! |-------------------------------|------------------------------------------------------------------------------|
//! | ASCII                         | automata over bytes: small, fast, linear ([`lower`])                         |
//! | UTF-8                         | automata over UTF-8, built when the first such text arrives                  |
//! | anything the automata cannot do | the machine ([`machine`]): any pattern, any text, a bounded number of steps |
//!
//! The machine is also the reference: a test runs random patterns over random texts through both.
//!
//! Matches come in the order and with the rules of `re.sub`: leftmost, not overlapping, and an empty match may follow a
//! match at once. A pattern that uses up its steps on a line counts as not matching there, and is counted.
//!
//! Not read: `\N{...}`, `(?L)`, patterns for `bytes`. Letters, digits and their cases are those of a newer Unicode than
//! some Python releases know.

mod lower;
mod machine;
mod program;
mod set;
mod syntax;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use lower::{Lowered, has_dollar, simplify};
use machine::{Machine, Scratch};
use program::{Program, Table};
use set::CharSet;
use syntax::{Node, Parsed};

/// A longer pattern is refused.
const MAX_PATTERN_CHARS: usize = 10_000;

/// At most this many sets of characters are asked of a text before an engine runs.
const MAX_NEEDS: usize = 4;

/// A compiled mask pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    #[cfg(test)]
    source: String,
    /// The tree for the automata; `None` if only the machine will do.
    tree: Option<Node>,
    ascii: Option<Lowered>,
    utf8: OnceLock<Option<Lowered>>,
    program: Program,
    /// What a match must begin with, if anything is known.
    first: Option<Table>,
    needs: Vec<CharSet>,
    /// Whether a newline at the end of the text means something to `$`.
    dollar: bool,
    scratch: Mutex<Scratch>,
    exhausted: AtomicU64,
}

impl Clone for Pattern {
    fn clone(&self) -> Pattern {
        Pattern {
            #[cfg(test)]
            source: self.source.clone(),
            tree: self.tree.clone(),
            ascii: self.ascii.clone(),
            utf8: self.utf8.clone(),
            program: self.program.clone(),
            first: self.first.clone(),
            needs: self.needs.clone(),
            dollar: self.dollar,
            scratch: Mutex::default(),
            exhausted: AtomicU64::new(self.exhausted()),
        }
    }
}

/// A text with what is known about its encoding, found once for all patterns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Haystack<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Ascii,
    Utf8,
    Broken,
}

impl<'a> Haystack<'a> {
    /// Looks at the whole text. A byte that is not UTF-8 will match like U+FFFD.
    pub(crate) fn new(bytes: &'a [u8]) -> Haystack<'a> {
        let encoding = if bytes.is_ascii() {
            Encoding::Ascii
        } else if std::str::from_utf8(bytes).is_ok() {
            Encoding::Utf8
        } else {
            Encoding::Broken
        };
        Haystack { bytes, encoding }
    }
}

impl Pattern {
    /// Reads a pattern without building its automata, which is what costs; the error is that of [`Pattern::compile`].
    pub(crate) fn check(source: &str) -> Result<(), String> {
        Pattern::read(source).map(|_| ())
    }

    fn read(source: &str) -> Result<(Parsed, Program), String> {
        if source.chars().count() > MAX_PATTERN_CHARS {
            return Err(format!("the pattern is longer than {MAX_PATTERN_CHARS} characters"));
        }
        let parsed = syntax::parse(source)?;
        let program = Program::compile(&parsed.node, parsed.groups)?;
        Ok((parsed, program))
    }

    /// Compiles a pattern; the error says what Python's `re`, or this library, does not accept about it, and where.
    pub(crate) fn compile(source: &str) -> Result<Pattern, String> {
        let (parsed, program) = Pattern::read(source)?;
        let tree = if parsed.uses_groups { None } else { Some(simplify(&parsed.node)) };
        let ascii = tree.as_ref().and_then(|tree| Lowered::new(tree, true));
        let (first, may_be_empty) = first_set(&parsed.node);
        let mut needs = Vec::new();
        gather_needs(&parsed.node, &mut needs);
        Ok(Pattern {
            #[cfg(test)]
            source: source.to_owned(),
            // What does not lower for ASCII does not lower for more.
            tree: tree.filter(|_| ascii.is_some()),
            ascii,
            utf8: OnceLock::new(),
            first: (!may_be_empty).then(|| Table::of(&first)),
            needs,
            dollar: has_dollar(&parsed.node),
            program,
            scratch: Mutex::default(),
            exhausted: AtomicU64::new(0),
        })
    }

    /// The pattern as it was written.
    #[cfg(test)]
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// On how many texts the pattern used up its steps.
    pub(crate) fn exhausted(&self) -> u64 {
        self.exhausted.load(Ordering::Relaxed)
    }

    /// For some sets of bytes: whether a text can hold a match at all only if it holds one byte of each. Bytes from 128 on
    /// stand for all characters beyond ASCII.
    pub(crate) fn needs(&self) -> impl Iterator<Item = (u128, bool)> + '_ {
        self.needs.iter().map(|set| (set.ascii_bits(), !set.is_ascii()))
    }

    /// Calls `found` with the start and end of every match, as `re.sub` would replace them.
    pub(crate) fn for_each_match(&self, text: Haystack<'_>, found: impl FnMut(usize, usize)) {
        let newline_matters = self.dollar && text.bytes.last() == Some(&b'\n');
        let lowered = match text.encoding {
            _ if newline_matters => None,
            Encoding::Ascii => self.ascii.as_ref(),
            Encoding::Utf8 => {
                let build = || self.tree.as_ref().and_then(|tree| Lowered::new(tree, false));
                self.utf8.get_or_init(build).as_ref()
            }
            Encoding::Broken => None,
        };
        match lowered {
            Some(lowered) => lowered.for_each_match(text.bytes, found),
            None => self.backtrack(text.bytes, found),
        }
    }

    fn backtrack(&self, text: &[u8], found: impl FnMut(usize, usize)) {
        let run = |scratch: &mut Scratch| {
            let result = Machine::new(&self.program, text, scratch).for_each_match(self.first.as_ref(), found);
            if result.is_err() {
                self.exhausted.fetch_add(1, Ordering::Relaxed);
            }
        };
        // One thread at a time reuses the memory; the others, if any, bring their own.
        match self.scratch.try_lock() {
            Ok(mut scratch) => run(&mut scratch),
            Err(_) => run(&mut Scratch::default()),
        }
    }
}

/// The characters that a match can begin with, and whether it can be empty (then they say nothing).
fn first_set(node: &Node) -> (CharSet, bool) {
    match node {
        Node::Set(set) => (set.clone(), false),
        Node::Concat(nodes) => {
            let mut all = CharSet::default();
            for node in nodes {
                let (set, empty) = first_set(node);
                all.union(&set);
                if !empty {
                    return (all, false);
                }
            }
            (all, true)
        }
        Node::Alt(nodes) => nodes.iter().map(first_set).fold((CharSet::default(), false), |mut all, (set, empty)| {
            all.0.union(&set);
            (all.0, all.1 || empty)
        }),
        Node::Repeat { node, min, .. } => {
            let (set, empty) = first_set(node);
            (set, empty || *min == 0)
        }
        Node::Group(_, node) | Node::Atomic(node) => first_set(node),
        // A backreference may hold anything.
        Node::Backref { .. } => (CharSet::all(), true),
        Node::IfGroup { yes, no, .. } => {
            let (mut set, empty) = first_set(yes);
            let (other, other_empty) = first_set(no);
            set.union(&other);
            (set, empty || other_empty)
        }
        Node::Look { .. } | Node::Assert(_) => (CharSet::default(), true),
    }
}

/// Sets of characters of which every match holds one: the cheapest reasons to skip a text.
fn gather_needs(node: &Node, needs: &mut Vec<CharSet>) {
    match node {
        // A set with more than half of ASCII rejects nothing.
        Node::Set(set) if set.ascii_bits().count_ones() <= 64 && needs.len() < MAX_NEEDS && !needs.contains(set) => {
            needs.push(set.clone());
        }
        Node::Concat(nodes) => nodes.iter().for_each(|node| gather_needs(node, needs)),
        Node::Repeat { node, min, .. } if *min > 0 => gather_needs(node, needs),
        Node::Group(_, node) | Node::Atomic(node) | Node::Look { negative: false, node, .. } => {
            gather_needs(node, needs);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
