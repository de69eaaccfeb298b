//! Normalizing: a line's bytes in, tokens with typed values out.
//!
//! **Takes** the message of a line. **Gives** [`Tokens`](crate::Tokens): spans of the line, a 64-bit key for each, and
//! the values that were masked, with their classes. **Promises**: the line is never rewritten; a byte belongs to one value
//! at most; what the line merely spells (`<*>`, `<IP>`) is text and can act as no wildcard; linear time; no allocation once
//! the memory has grown. **Costs**: one pass over the bytes, a key per token, a call per digit run and per special
//! character, and whatever the user's masks cost.
//!
//! Two front ends, see [`Tokenizer`]:
//!
//! - the *lexer* recognises numbers, addresses, times, identifiers and paths by itself, in one pass. The user's masks run
//!   before it, over the line as it is; what they match is theirs;
//! - *Drain3's way* is for exact migration: masks one after the other over the rewritten text, re-masking included, then
//!   Python's `strip`, `replace` and `split`.

mod blocks;
mod config;
mod constants;
mod context;
mod drain3;
mod lexer;
mod masks;
mod normalizer;
mod pattern;
mod pieces;
mod values;
mod words;

pub use config::{Mask, NormalizeConfig, Tokenizer};
pub use normalizer::Normalizer;
