//! Algorithms on bytes that know nothing of stages: spans, line splitting, token keys, and the recognisers (`scan`) of
//! numbers, addresses, identifiers and times that several stages share.

mod key;
mod lines;
mod lossy;
mod names;
mod python;
mod quantity;
pub(crate) mod scan;
mod secret;
mod span;

pub use key::{MaskedKey, TokenKey};
pub use lines::{LineBatch, Lines};
pub(crate) use lossy::{Lossy, serialize_lossy};
pub(crate) use names::Names;
pub(crate) use python::{ascii_space, has_digit, python_space};
pub use quantity::Unit;
pub(crate) use quantity::quantity;
pub(crate) use secret::{spread, spread_pair};
pub use span::Span;
