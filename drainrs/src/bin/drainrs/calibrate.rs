//! `drainrs calibrate`: what a threshold is worth.

use super::failure::Failure;
use super::options::CalibrateOptions;

pub(crate) fn run(_options: &CalibrateOptions) -> Result<(), Failure> {
    Err(Failure::wrong("not there"))
}
