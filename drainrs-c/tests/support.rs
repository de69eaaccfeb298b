//! What a program in C has around its calls: buffers, errors, texts as pairs of a pointer and a length.

use std::ptr::null_mut;

use drainrs_c::buffer::{drainrs_buffer, drainrs_buffer_data, drainrs_buffer_free, drainrs_buffer_new};
use drainrs_c::error::{
    drainrs_error, drainrs_error_free, drainrs_error_message, drainrs_error_path, drainrs_error_status,
};
use drainrs_c::status::{DRAINRS_OK, drainrs_status};

/// Lines of two services with a trace, times and levels: enough for every noun to have something to say.
pub(crate) const LOG: &str = include_str!("../../drainrs/src/program/sample.log");

/// What builds a noun from its settings.
pub(crate) type New<T> = unsafe extern "C" fn(*const u8, usize, *mut *mut T, *mut *mut drainrs_error) -> drainrs_status;

/// A buffer that frees itself.
pub(crate) struct Buffer(pub(crate) *mut drainrs_buffer);

impl Buffer {
    pub(crate) fn new() -> Buffer {
        Buffer(drainrs_buffer_new())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut len = 0;
        // SAFETY: the buffer lives; what it gives is `len` bytes long.
        unsafe { std::slice::from_raw_parts(drainrs_buffer_data(self.0, &raw mut len), len) }.to_vec()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes()).unwrap()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: it was given by `drainrs_buffer_new`.
        unsafe { drainrs_buffer_free(&raw mut self.0) }
    }
}

/// Fails with the error's message unless all went well.
pub(crate) fn fine(call: impl FnOnce(*mut *mut drainrs_error) -> drainrs_status) {
    let mut error = null_mut();
    let status = call(&raw mut error);
    assert_eq!(status, DRAINRS_OK, "{}", told(error).1);
}

/// The path and the message of an error, which is freed.
pub(crate) fn told(mut error: *mut drainrs_error) -> (String, String) {
    let part = |of: unsafe extern "C" fn(*const drainrs_error, *mut usize) -> *const u8| {
        let mut len = 0;
        // SAFETY: the error lives; its texts are as long as they say.
        let text = unsafe { std::slice::from_raw_parts(of(error, &raw mut len), len) };
        String::from_utf8(text.to_vec()).unwrap()
    };
    let parts = (part(drainrs_error_path), part(drainrs_error_message));
    // SAFETY: it was given by a call.
    unsafe { drainrs_error_free(&raw mut error) };
    parts
}

/// Fails unless the call failed with this status, and said so in an error, too.
pub(crate) fn fails(expected: drainrs_status, call: impl FnOnce(*mut *mut drainrs_error) -> drainrs_status) -> String {
    let mut error = null_mut();
    let status = call(&raw mut error);
    // SAFETY: NULL, or given by the call.
    assert_eq!(unsafe { drainrs_error_status(error) }, status);
    let (path, message) = told(error);
    assert_eq!(status, expected, "{path}: {message}");
    message
}

/// Builds a noun from settings.
pub(crate) fn made<T>(new: New<T>, config: &str) -> *mut T {
    let mut out = null_mut();
    // SAFETY: the text lives as long as the call.
    fine(|error| unsafe { new(config.as_ptr(), config.len(), &raw mut out, error) });
    out
}

/// Many lines as one buffer and their ends.
pub(crate) fn batch(lines: &[&str]) -> (Vec<u8>, Vec<u32>) {
    let (mut data, mut ends) = (Vec::new(), Vec::new());
    for line in lines {
        data.extend_from_slice(line.as_bytes());
        ends.push(u32::try_from(data.len()).unwrap());
    }
    (data, ends)
}

/// The lines of the log.
pub(crate) fn lines() -> Vec<&'static str> {
    LOG.lines().collect()
}

/// The present of the log.
pub(crate) fn now() -> i64 {
    // 2026-03-12T20:00:00Z
    1_773_345_600_000_000_000
}
