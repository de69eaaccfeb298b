//! Recognisers of values in bytes, shared by the stages that look for them.
//!
//! Takes text and an offset where a value could start; gives how far it goes and what it says. Promises: no allocation, no
//! regex, look-ahead bounded by a small constant, no panic on any bytes. Boundaries on the left are the caller's business.

pub(crate) mod time;
