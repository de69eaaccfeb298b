//! What a miner makes of many lines, as columns.

use drainrs::Columns;

use crate::ffi::{Out, free, neutral};
use crate::parameters::Parameters;

/// Ask a `drainrs_hits` or `drainrs_events` for the columns of parameters.
pub const DRAINRS_WITH_PARAMETERS: u32 = 1;
/// Ask a `drainrs_hits` or `drainrs_events` for the column of content ids.
pub const DRAINRS_WITH_CONTENT_IDS: u32 = 2;

/// An event did nothing to its template: it fits as it stands.
pub const DRAINRS_CHANGE_UNCHANGED: u8 = 0;
/// A new template was born.
pub const DRAINRS_CHANGE_CREATED: u8 = 1;
/// A template became more general.
pub const DRAINRS_CHANGE_WIDENED: u8 = 2;

/// What a miner makes of many lines, as columns with an entry per line. The host makes one, hands it to as many calls as it
/// likes, and frees it; each call that succeeds replaces what is in it, and reuses its memory. What a getter gives is valid until
/// then. One thread at a time.
#[derive(Debug, Default)]
pub struct drainrs_hits {
    pub(crate) with: u32,
    pub(crate) columns: Columns,
    pub(crate) content_ids: Vec<u64>,
    pub(crate) parameters: Parameters,
}

impl drainrs_hits {
    pub(crate) fn clear(&mut self) {
        self.columns.clear();
        self.content_ids.clear();
        self.parameters.clear();
    }
}

/// A column of the host's object: its length into `len`, its first entry as the result; NULL and 0 for no object.
pub(crate) unsafe fn given<T, V>(object: *const T, len: *mut usize, column: impl FnOnce(&T) -> &[V]) -> *const V {
    // SAFETY: by the contract of the header.
    let column = unsafe { object.as_ref() }.map(column);
    // SAFETY: by the contract of the header.
    unsafe { Out::optional(len) }.set(column.map_or(0, <[V]>::len));
    column.map_or(std::ptr::null(), <[V]>::as_ptr)
}

/// Empty columns; `drainrs_hits_free` frees them. `with` is 0 or a sum of `DRAINRS_WITH_...`: columns that cost time, and are
/// empty unless asked for. Bits that no constant has are ignored.
#[unsafe(no_mangle)]
pub extern "C" fn drainrs_hits_new(with: u32) -> *mut drainrs_hits {
    neutral(std::ptr::null_mut(), || Box::into_raw(Box::new(drainrs_hits { with, ..drainrs_hits::default() })))
}

/// The templates, one per line: numbers from 1 on, never reused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_templates(hits: *const drainrs_hits, len: *mut usize) -> *const u64 {
    // SAFETY: `TemplateId` is a transparent `u64`; by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.columns.templates) }.cast()
}

/// What each line did to its template: `DRAINRS_CHANGE_...`, one per line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_changes(hits: *const drainrs_hits, len: *mut usize) -> *const u8 {
    // SAFETY: `Change` is a `u8` with the values of the constants; by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.columns.changes) }.cast()
}

/// The content ids of the templates as they stood then, one per line: the same number on every host and in every language for
/// the same template. Empty unless `DRAINRS_WITH_CONTENT_IDS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_content_ids(hits: *const drainrs_hits, len: *mut usize) -> *const u64 {
    // SAFETY: by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.content_ids) }
}

/// Where the parameters of each line end, one per line: those of line `i` are the entries from `ends[i - 1]` (0 for the first) to
/// before `ends[i]` of the columns below. Empty unless `DRAINRS_WITH_PARAMETERS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_parameter_ends(hits: *const drainrs_hits, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.parameters.ends) }
}

/// The byte of its line at which each parameter starts, one per parameter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_parameter_starts(hits: *const drainrs_hits, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.parameters.starts) }
}

/// The byte of its line before which each parameter stops, one per parameter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_parameter_stops(hits: *const drainrs_hits, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.parameters.stops) }
}

/// What each parameter is, one per parameter: a number below 64 that `drainrs_miner_class_names` has a name for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_parameter_classes(hits: *const drainrs_hits, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.parameters.classes) }
}

/// The token of the template that each parameter stands in, from 0, one per parameter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_parameter_tokens(hits: *const drainrs_hits, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(hits, len, |hits| &hits.parameters.tokens) }
}

/// Frees columns and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_hits_free(hits: *mut *mut drainrs_hits) {
    // SAFETY: by the contract of the header.
    unsafe { free(hits) }
}
