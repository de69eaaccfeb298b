//! (to be written)

mod blocks;
mod context;
mod lexer;
mod values;

pub use lexer::{Lexer, LexerOptions, masked_text};
