//! Documents: settings and rare results travel as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::guard::Failure;
use crate::buffer::drainrs_buffer;

/// A document of the host's; without bytes it is the default. `name` is the parameter's.
///
/// Safety: as for [`super::bytes`].
pub(crate) unsafe fn read_json<T: DeserializeOwned + Default>(
    data: *const u8,
    len: usize,
    name: &'static str,
) -> Result<T, Failure> {
    // SAFETY: the same contract.
    let document = unsafe { super::bytes(data, len, name) }?;
    match document.trim_ascii_start() {
        [] => Ok(T::default()),
        // Serde would take its elements for the fields, in an order that is nobody's business.
        [b'[', ..] => Err(Failure::Document { path: name.to_owned(), message: "must be an object".to_owned() }),
        _ => from_json(document, name),
    }
}

/// The same from bytes that are at hand.
pub(crate) fn from_json<T: DeserializeOwned>(document: &[u8], name: &'static str) -> Result<T, Failure> {
    let mut from = serde_json::Deserializer::from_slice(document);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." || path == "?" => name.to_owned(),
            path => path,
        };
        Failure::Document { path, message: error.into_inner().to_string() }
    })?;
    from.end().map_err(|error| Failure::Document { path: name.to_owned(), message: error.to_string() })?;
    Ok(value)
}

/// Writes a value as a document behind others.
pub(crate) fn append_json<T: Serialize + ?Sized>(value: &T, to: &mut Vec<u8>) -> Result<(), Failure> {
    serde_json::to_writer(to, value)
        .map_err(|error| Failure::Document { path: String::new(), message: error.to_string() })
}

/// Writes a value as a document.
///
/// Safety: `out` is NULL, or was given by `drainrs_buffer_new` and not freed.
pub(crate) unsafe fn write_json<T: Serialize + ?Sized>(value: &T, out: *mut drainrs_buffer) -> Result<(), Failure> {
    let mut document = Vec::new();
    append_json(value, &mut document)?;
    // SAFETY: the contract.
    unsafe { crate::buffer::fill(out, document) }
}
