//! (to be written)

mod config;
mod drain3;
mod masks;
mod pattern;

pub use config::{Mask, NormalizeConfig, Tokenizer};
pub use drain3::Drain3Tokenizer;
