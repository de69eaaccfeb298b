//! Bytes that a call gives: texts, documents, snapshots.

use crate::ffi::{Failure, Out, free, neutral};

/// Bytes that a call gives: a text, a JSON document, a snapshot. The host makes one, hands it to as many calls as it likes, and
/// frees it; each call that succeeds replaces what is in it. One thread at a time.
#[derive(Debug)]
pub struct drainrs_buffer {
    /// With a NUL at the end.
    bytes: Vec<u8>,
}

/// Refuses a buffer that is none, before a call changes or takes anything.
pub(crate) fn wanted(buffer: *mut drainrs_buffer) -> Result<(), Failure> {
    if buffer.is_null() { Err(Failure::Null("out")) } else { Ok(()) }
}

/// Replaces what is in a buffer.
///
/// Safety: `buffer` is NULL, or was given by `drainrs_buffer_new` and not freed.
pub(crate) unsafe fn fill(buffer: *mut drainrs_buffer, mut bytes: Vec<u8>) -> Result<(), Failure> {
    bytes.push(0);
    // SAFETY: the contract.
    unsafe { buffer.as_mut() }.ok_or(Failure::Null("out"))?.bytes = bytes;
    Ok(())
}

/// An empty buffer; `drainrs_buffer_free` frees it.
#[unsafe(no_mangle)]
pub extern "C" fn drainrs_buffer_new() -> *mut drainrs_buffer {
    neutral(std::ptr::null_mut(), || Box::into_raw(Box::new(drainrs_buffer { bytes: vec![0] })))
}

/// What is in a buffer, with a NUL behind it, until the next call that writes to the buffer or frees it. `len` (may be NULL) is
/// the number of bytes, without that NUL. "" for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_buffer_data(buffer: *const drainrs_buffer, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    let bytes = unsafe { buffer.as_ref() }.map_or(&[0][..], |buffer| &buffer.bytes);
    // SAFETY: by the contract of the header.
    unsafe { Out::optional(len) }.set(bytes.len().saturating_sub(1));
    bytes.as_ptr()
}

/// Frees a buffer and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_buffer_free(buffer: *mut *mut drainrs_buffer) {
    // SAFETY: by the contract of the header.
    unsafe { free(buffer) }
}
