//! Small, readable, slow: what the fast code is compared with.

pub(crate) mod drain;
pub(crate) mod evidence;
pub(crate) mod lexer;
