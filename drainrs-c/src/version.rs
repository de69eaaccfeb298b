//! Which library this is.

use crate::ffi::Out;

/// The version of the interface that this header describes. It grows whenever something is removed or changes its meaning;
/// additions leave it.
pub const DRAINRS_ABI_VERSION: u32 = 0;

/// The version of the interface that the library was built with. A program that was compiled against this header works with
/// the library if it equals `DRAINRS_ABI_VERSION`.
#[unsafe(no_mangle)]
pub extern "C" fn drainrs_abi_version() -> u32 {
    DRAINRS_ABI_VERSION
}

/// The version of the library, such as "0.1.0": text that lives as long as the program. `len` (may be NULL) is its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_version(len: *mut usize) -> *const u8 {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    // SAFETY: by the contract of the header `len` is NULL or may be written.
    unsafe { Out::optional(len) }.set(VERSION.len() - 1);
    VERSION.as_ptr()
}
