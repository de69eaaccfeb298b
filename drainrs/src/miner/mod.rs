//! (to be written)

mod ini;
mod python_literal;

pub use ini::{Drain3Ini, read_drain3_ini};
