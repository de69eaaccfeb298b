//! Statistics that know nothing of logs: bounded tables, tails of distributions, sketches, intervals.

mod deviance;
mod interval;
mod portable;
mod sketch;
mod table;
mod tails;

pub(crate) use deviance::{LEAST_EXPECTED, signed_deviance};
pub(crate) use interval::wilson;
pub(crate) use portable::Portable;
pub(crate) use sketch::Sketch;
pub(crate) use table::{Key, Table, mix};
pub(crate) use tails::{ln_count_tails, ln_zero, normal_surprise, surprise};
