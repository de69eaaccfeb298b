//! Errors as the host gets them.

use std::any::Any;

use crate::ffi::{Out, free, neutral};
use crate::status::{DRAINRS_ERR_PANIC, DRAINRS_OK, drainrs_status};

/// Why a call failed. The host owns it and frees it with `drainrs_error_free`; it may outlive everything else, and any thread
/// may read it.
#[derive(Debug)]
pub struct drainrs_error {
    status: drainrs_status,
    /// NUL-terminated.
    path: Box<[u8]>,
    /// NUL-terminated.
    message: Box<[u8]>,
}

/// A text with a NUL behind it.
fn terminated(text: &str) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(0);
    bytes.into_boxed_slice()
}

/// The text of no error.
static NOTHING: &[u8] = b"\0";

impl drainrs_error {
    pub(crate) fn new(status: drainrs_status, path: &str, message: &str) -> drainrs_error {
        drainrs_error { status, path: terminated(path), message: terminated(message) }
    }

    /// The error of a panic, as the host's; NULL if not even that can be made.
    pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> *mut drainrs_error {
        let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        neutral(std::ptr::null_mut(), || {
            let message = format!("a bug of the library: {}", said.unwrap_or("it did not say what"));
            Box::into_raw(Box::new(drainrs_error::new(DRAINRS_ERR_PANIC, "", &message)))
        })
    }
}

/// The text of a part of an error.
unsafe fn part(error: *const drainrs_error, len: *mut usize, of: impl FnOnce(&drainrs_error) -> &[u8]) -> *const u8 {
    // SAFETY: by the contract of the header.
    let text = unsafe { error.as_ref() }.map_or(NOTHING, of);
    // SAFETY: by the contract of the header.
    unsafe { Out::optional(len) }.set(text.len().saturating_sub(1));
    text.as_ptr()
}

/// The status that the call returned; `DRAINRS_OK` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_error_status(error: *const drainrs_error) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { error.as_ref() }.map_or(DRAINRS_OK, |error| error.status)
}

/// The path of the first wrong setting, such as "mine.depth", the name of the wrong argument, or "". UTF-8 with a NUL behind
/// it, as long as the error lives; "" for NULL. `len` (may be NULL) is its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_error_path(error: *const drainrs_error, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { part(error, len, |error| &error.path) }
}

/// What is wrong and what to do, all problems at once. UTF-8 with a NUL behind it, as long as the error lives; "" for NULL.
/// `len` (may be NULL) is its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_error_message(error: *const drainrs_error, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { part(error, len, |error| &error.message) }
}

/// Frees an error and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_error_free(error: *mut *mut drainrs_error) {
    // SAFETY: by the contract of the header.
    unsafe { free(error) }
}
