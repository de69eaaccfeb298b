//! Slow and simple twins of what the library does fast.

pub(crate) mod lexer;
