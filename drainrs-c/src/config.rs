//! Settings: those of the core are JSON documents; what helps to write one.

use drainrs::{MinerConfig, read_drain3_ini};

use crate::buffer::drainrs_buffer;
use crate::error::drainrs_error;
use crate::ffi::{call, text, write_json};
use crate::status::drainrs_status;

/// The settings of a Drain3 installation, from the text of its `drain3.ini`, as the JSON document of a miner that gives its
/// results: clusters, numbers, texts and sizes, line by line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_config_from_drain3_ini(
    ini: *const u8,
    ini_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let ini = read_drain3_ini(text(ini, ini_len, "ini")?)?;
            write_json(&MinerConfig::try_from(ini)?, out)
        })
    }
}
