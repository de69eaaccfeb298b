//! Puts events together that were printed on several lines: stack traces, statements, banners, pretty JSON, and the pieces
//! that container runtimes cut long lines into.
//!
//! Takes one line at a time, with the present as an argument. Gives at most one finished [`Joined`](crate::Joined) per line: a
//! line that begins an event finishes the one before it.
//!
//! What decides, in this order: a container's mark that a line is unfinished; a JSON object that ends on its line or does
//! not; in a source whose lines mostly begin with a header (a time, a level), whether this one does; and elsewhere the marks
//! that the run-time systems of Java, Python, Go, Node, Rust, .NET, PHP and Ruby leave on the lines of their traces.
//!
//! Promises: no line is lost (the counts of all events add up to the lines pushed), bounded ([`JoinConfig::max_lines`],
//! [`JoinConfig::max_bytes`]: the head is kept, the rest is counted), deterministic, no clock (time running backwards is
//! harmless), no allocation per line once the two buffers have grown.
//!
//! Costs: a copy of each line and a look at its head, 30 to 100 ns on a core of 2 GHz.
//!
//! A joiner is for one source. Sources that are joined together must not share one.

mod config;
mod envelope;
mod header;
mod joiner;
mod rules;
mod summary;

pub use config::{JoinConfig, JoinMode};
pub use joiner::Joiner;
pub use summary::{Cause, Runtime, TraceSummary, summarise};
