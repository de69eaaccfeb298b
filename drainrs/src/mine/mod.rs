//! Mining: tokens in, templates out, online and in one pass.
//!
//! **Takes** a normalized line ([`Tokens`](crate::Tokens)). **Gives** a [`Hit`]: which template the line belongs to, what
//! that did to the template, and the line's parameters. **Promises**: deterministic; bounded by `max_templates` with true
//! least-recently-used eviction (reading never counts as use, and the tree shrinks with it); no allocation for a line that
//! fits a known template; every line that was mined is found again as long as its template lives. **Costs**, per line:
//! one hash lookup per tree level, one comparison of 64-bit keys per candidate in the leaf, and a byte comparison of the
//! tokens longer than seven bytes of the candidate that won.
//!
//! # How it works
//!
//! The algorithm is Drain (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017)
//! as Drain3 0.9.11 runs it. A line is led through a tree of fixed depth: first by its number of tokens, then by its first
//! tokens, to a leaf. In the leaf it joins the template it shares most tokens with, if they are enough; the tokens in which
//! they differ become wildcards. Otherwise it founds a template.
//!
//! Two rules are built on that tree, see [`Rule`]:
//!
//! - [`Rule::Drain3`] is Drain3 to the letter: greedy descent, similarity that ignores wildcards, ties, thresholds, the
//!   tree that keeps the nodes of evicted templates. It is compared with Drain3 itself, line by line.
//! - [`Rule::Default`] asks for proof. It looks into the exact and the wildcard branch of every level, takes a template that
//!   fits the line completely before one that is merely similar, lets masked values count as equal, and forgets the nodes of
//!   evicted templates. A line widens a template only where the difference proves a parameter by its looks (`evidence`);
//!   templates that differ in words unite when enough different words have been seen in one place (`gather`). What all values
//!   of a place begin and end with stays in the template (`edges`).
//!
//! # Parts
//!
//! `store` keeps the templates and their order of use, `tree` and `descent` lead to leaves, `leaf` finds the best template
//! of a leaf (by an index once the leaf is large; it is scanned only if a hash collided, or a threshold of 0 asks for
//! nothing), `drain` is the machine, `evidence` says what a difference proves, `siblings` finds templates that differ in one
//! place, `gather` unites them, `edges` are the constant ends of a wildcard, `pattern` writes a line again from its values,
//! `merge` unites two machines, `snapshot` writes and reads one, `adopt` makes one of what Drain3 had learned, `explain`
//! tells how a decision came about, `outline` shows the tree.

mod adopt;
mod config;
mod descent;
mod drain;
mod edges;
mod evidence;
mod explain;
mod gather;
mod leaf;
mod merge;
mod outline;
mod pattern;
mod siblings;
mod snapshot;
mod store;
mod template;
mod tree;
mod weight;

pub(crate) use adopt::{Learned, LearnedCluster, LearnedNode};
pub use config::{DrainConfig, Rule};
pub use drain::{Counters, Drain, Hit, Lineage, SearchStrategy, Seen};
pub use explain::{Branch, Candidate, Explanation, Step};
pub use merge::MergeMap;
pub use outline::TreeNode;
pub use pattern::{Encoded, Part, Pattern};
pub use template::TemplateView;
