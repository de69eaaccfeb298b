//! Small, readable, slow: what the fast code is compared with.

pub mod drain;
