//! A function that panics, for tests of what happens then.

use crate::error::drainrs_error;
use crate::ffi::{call, exclusive};
use crate::miner::drainrs_miner;
use crate::status::drainrs_status;

/// Panics while it has the miner.
#[unsafe(no_mangle)]
#[allow(clippy::panic, clippy::missing_panics_doc, reason = "that is what it is for")]
pub unsafe extern "C" fn drainrs_testing_panic(
    miner: *mut drainrs_miner,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let held = exclusive(miner, "miner")?;
            panic!("on purpose, with {} templates", held.len())
        })
    }
}
