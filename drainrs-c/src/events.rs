//! What a pipeline makes of many lines, as columns.

use drainrs::{Change, Event, Outcome};

use crate::ffi::{free, neutral};
use crate::hits::{DRAINRS_WITH_CONTENT_IDS, DRAINRS_WITH_PARAMETERS, given};
use crate::parameters::Parameters;

/// Ask a `drainrs_events` for the columns of what was mined, and of the services.
pub const DRAINRS_WITH_TEXTS: u32 = 4;

/// The time of an event that does not tell one.
pub const DRAINRS_NO_TIME: i64 = i64::MIN;
/// The template of an event that was skipped.
pub const DRAINRS_NO_TEMPLATE: u64 = 0;
/// The change of an event that was skipped, because its level is below the least one.
pub const DRAINRS_SKIPPED_BELOW_LEVEL: u8 = 16;
/// The change of an event that was skipped, because it was thinned out in a surge.
pub const DRAINRS_SKIPPED_SURGE: u8 = 17;

/// Texts, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    data: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &[u8]) {
        self.data.extend_from_slice(text);
        self.ends.push(u32::try_from(self.data.len()).unwrap_or(u32::MAX));
    }

    fn clear(&mut self) {
        self.data.clear();
        self.ends.clear();
    }
}

/// What a pipeline makes of many lines, as columns with an entry per completed event. The host makes one, hands it to as many
/// calls as it likes, and frees it; each call that succeeds replaces what is in it, and reuses its memory. What a getter gives is
/// valid until then. One thread at a time.
#[derive(Debug, Default)]
pub struct drainrs_events {
    with: u32,
    first_lines: Vec<u64>,
    lines: Vec<u32>,
    at: Vec<i64>,
    levels: Vec<u8>,
    templates: Vec<u64>,
    changes: Vec<u8>,
    content_ids: Vec<u64>,
    parameters: Parameters,
    mined: Texts,
    services: Texts,
}

impl drainrs_events {
    pub(crate) fn clear(&mut self) {
        self.first_lines.clear();
        self.lines.clear();
        self.at.clear();
        self.levels.clear();
        self.templates.clear();
        self.changes.clear();
        self.content_ids.clear();
        self.parameters.clear();
        self.mined.clear();
        self.services.clear();
    }

    pub(crate) fn push(&mut self, event: &Event<'_>) {
        self.first_lines.push(event.first_line);
        self.lines.push(event.lines);
        self.at.push(event.record.at.map_or(DRAINRS_NO_TIME, drainrs::Timestamp::as_nanos));
        self.levels.push(event.record.level as u8);
        let (template, change) = match &event.outcome {
            Outcome::Mined(hit) => (hit.template.0, hit.change as u8),
            Outcome::Skipped(drainrs::SkipReason::Surge) => (DRAINRS_NO_TEMPLATE, DRAINRS_SKIPPED_SURGE),
            _ => (DRAINRS_NO_TEMPLATE, DRAINRS_SKIPPED_BELOW_LEVEL),
        };
        self.templates.push(template);
        self.changes.push(change);
        let hit = match &event.outcome {
            Outcome::Mined(hit) => Some(hit),
            _ => None,
        };
        if self.with & DRAINRS_WITH_CONTENT_IDS != 0 {
            self.content_ids.push(hit.map_or(0, |hit| hit.content().0));
        }
        if self.with & DRAINRS_WITH_PARAMETERS != 0 {
            match hit {
                Some(hit) => self.parameters.push(hit.parameters()),
                None => self.parameters.end(),
            }
        }
        if self.with & DRAINRS_WITH_TEXTS != 0 {
            self.mined.push(event.mined);
            self.services.push(event.record.service.unwrap_or_default());
        }
    }
}

// The numbers of the core are those of the header.
const _: () = {
    use crate::hits::{DRAINRS_CHANGE_CREATED, DRAINRS_CHANGE_UNCHANGED, DRAINRS_CHANGE_WIDENED};
    assert!(Change::Unchanged as u8 == DRAINRS_CHANGE_UNCHANGED);
    assert!(Change::Created as u8 == DRAINRS_CHANGE_CREATED);
    assert!(Change::Widened as u8 == DRAINRS_CHANGE_WIDENED);
};

/// Empty columns; `drainrs_events_free` frees them. `with` is 0 or a sum of `DRAINRS_WITH_...`: columns that cost time, and are
/// empty unless asked for. Bits that no constant has are ignored.
#[unsafe(no_mangle)]
pub extern "C" fn drainrs_events_new(with: u32) -> *mut drainrs_events {
    neutral(std::ptr::null_mut(), || Box::into_raw(Box::new(drainrs_events { with, ..drainrs_events::default() })))
}

/// The number of the first line of each event in its stream, from 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_first_lines(events: *const drainrs_events, len: *mut usize) -> *const u64 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.first_lines) }
}

/// How many lines each event has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_lines(events: *const drainrs_events, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.lines) }
}

/// When each event happened, as it says itself: nanoseconds since 1970-01-01 UTC, or `DRAINRS_NO_TIME`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_times(events: *const drainrs_events, len: *mut usize) -> *const i64 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.at) }
}

/// How severe each event says it is: `DRAINRS_LEVEL_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_levels(events: *const drainrs_events, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.levels) }
}

/// The template of each event: numbers from 1 on, never reused; `DRAINRS_NO_TEMPLATE` where the event was skipped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_templates(events: *const drainrs_events, len: *mut usize) -> *const u64 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.templates) }
}

/// What each event did to its template: `DRAINRS_CHANGE_...`, or why it was skipped: `DRAINRS_SKIPPED_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_changes(events: *const drainrs_events, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.changes) }
}

/// The content ids of the templates as they stood then, one per event, 0 where it was skipped: the same number on every host and
/// in every language for the same template. Empty unless `DRAINRS_WITH_CONTENT_IDS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_content_ids(events: *const drainrs_events, len: *mut usize) -> *const u64 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.content_ids) }
}

/// Where the parameters of each event end, one per event: those of event `i` are the entries from `ends[i - 1]` (0 for the first)
/// to before `ends[i]` of the columns below. Empty unless `DRAINRS_WITH_PARAMETERS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_parameter_ends(events: *const drainrs_events, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.parameters.ends) }
}

/// The byte of what was mined (see `drainrs_events_mined`) at which each parameter starts, one per parameter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_parameter_starts(events: *const drainrs_events, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.parameters.starts) }
}

/// The byte of what was mined before which each parameter stops, one per parameter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_parameter_stops(events: *const drainrs_events, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.parameters.stops) }
}

/// What each parameter is, one per parameter: a number below 64 that `drainrs_pipeline_class_names` has a name for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_parameter_classes(events: *const drainrs_events, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.parameters.classes) }
}

/// The token of the template that each parameter stands in, from 0, one per parameter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_parameter_tokens(events: *const drainrs_events, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.parameters.tokens) }
}

/// What was mined of each event, one behind the other: its message, or for a stack trace its summary. Empty unless
/// `DRAINRS_WITH_TEXTS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_mined(events: *const drainrs_events, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.mined.data) }
}

/// Where what was mined of each event ends in `drainrs_events_mined`, one per event. Empty unless `DRAINRS_WITH_TEXTS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_mined_ends(events: *const drainrs_events, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.mined.ends) }
}

/// The services of the events, by their headers, one behind the other; nothing where the header tells none. Empty unless
/// `DRAINRS_WITH_TEXTS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_services(events: *const drainrs_events, len: *mut usize) -> *const u8 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.services.data) }
}

/// Where the service of each event ends in `drainrs_events_services`, one per event. Empty unless `DRAINRS_WITH_TEXTS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_services_ends(events: *const drainrs_events, len: *mut usize) -> *const u32 {
    // SAFETY: by the contract of the header.
    unsafe { given(events, len, |events| &events.services.ends) }
}

/// Frees columns and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_events_free(events: *mut *mut drainrs_events) {
    // SAFETY: by the contract of the header.
    unsafe { free(events) }
}
