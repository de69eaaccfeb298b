//! The pipeline: raw lines, or records, in; events and alerts out.

use std::ops::{Deref, DerefMut};

use drainrs::{CustomFormat, Event, Level, LineBatch, Pipeline, PipelineConfig, Record, TemplateId, Timestamp};

use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::events::{DRAINRS_NO_TIME, drainrs_events};
use crate::ffi::{
    Failure, Handle, Out, batch, bytes, call, column, exclusive, free, from_json, give, neutral, opaque, read_json,
    shared, text, write_json,
};
use crate::miner::{class_names, on_other_settings};
use crate::status::drainrs_status;

/// A pipeline: joins the lines of an event, reads its header, mines its message, and with a `detect` part in its settings tells
/// alerts. One pipeline serves one source of lines. Any thread may use it: calls that change it wait for one another.
#[derive(Debug)]
pub struct drainrs_pipeline(pub(crate) Handle<Machine>);

opaque!(drainrs_pipeline, Machine);

/// A pipeline that several threads may read at once.
#[derive(Debug)]
pub(crate) struct Machine(pub(crate) Pipeline);

// SAFETY: the one part of a pipeline that cannot be shared are scorers of the host's, `dyn Scorer`, and no function of this library
// adds any. All others can: the assertion below asks each.
unsafe impl Sync for Machine {}

const _: () = {
    const fn shareable<T: Sync>() {}
    shareable::<(drainrs::Joiner, drainrs::Parser, drainrs::Miner, PipelineConfig)>();
    shareable::<(drainrs::Counter, drainrs::score::Battery, drainrs::Alerter, drainrs::DetectConfig)>();
};

impl Deref for Machine {
    type Target = Pipeline;

    fn deref(&self) -> &Pipeline {
        &self.0
    }
}

impl DerefMut for Machine {
    fn deref_mut(&mut self) -> &mut Pipeline {
        &mut self.0
    }
}

/// A pipeline for the host.
pub(crate) fn around(pipeline: Pipeline) -> drainrs_pipeline {
    drainrs_pipeline(Handle::new(Machine(pipeline)))
}

/// Nothing tells the severity.
pub const DRAINRS_LEVEL_UNKNOWN: u8 = 0;
/// Trace.
pub const DRAINRS_LEVEL_TRACE: u8 = 1;
/// Debug.
pub const DRAINRS_LEVEL_DEBUG: u8 = 2;
/// Information.
pub const DRAINRS_LEVEL_INFO: u8 = 3;
/// Notice.
pub const DRAINRS_LEVEL_NOTICE: u8 = 4;
/// Warning.
pub const DRAINRS_LEVEL_WARN: u8 = 5;
/// Error.
pub const DRAINRS_LEVEL_ERROR: u8 = 6;
/// Critical.
pub const DRAINRS_LEVEL_CRITICAL: u8 = 7;
/// Fatal, alert, emergency.
pub const DRAINRS_LEVEL_FATAL: u8 = 8;

/// Records from their columns.
pub(crate) struct Records<'a> {
    messages: LineBatch<'a>,
    times: &'a [i64],
    levels: &'a [u8],
    service: Option<&'a [u8]>,
}

impl<'a> Records<'a> {
    /// Checks the columns.
    ///
    /// Safety: as for [`column`], for all of them; `times` and `levels` may be NULL.
    pub(crate) unsafe fn new(
        messages: LineBatch<'a>,
        times: *const i64,
        levels: *const u8,
        count: usize,
        service: &'a [u8],
    ) -> Result<Records<'a>, Failure> {
        // SAFETY: the same contract.
        let times = unsafe { column(times, if times.is_null() { 0 } else { count }, "times") }?;
        // SAFETY: the same contract.
        let levels = unsafe { column(levels, if levels.is_null() { 0 } else { count }, "levels") }?;
        if let Some(number) = levels.iter().find(|&&number| usize::from(number) >= Level::ALL.len()) {
            return Err(Failure::Argument("levels", format!("has {number}, which no DRAINRS_LEVEL_ is")));
        }
        Ok(Records { messages, times, levels, service: Some(service).filter(|name| !name.is_empty()) })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Record<'a>> {
        self.messages.iter().enumerate().map(|(number, message)| {
            let mut record = Record::default();
            record.message = message;
            record.service = self.service;
            record.at =
                self.times.get(number).filter(|&&at| at != DRAINRS_NO_TIME).map(|&at| Timestamp::from_nanos(at));
            record.level = self.levels.get(number).map_or(Level::Unknown, |&number| Level::from_index(number));
            record
        })
    }
}

/// A place for the next event.
pub(crate) fn note(events: Option<&mut drainrs_events>) -> impl FnMut(&Event<'_>) {
    let mut events = events;
    if let Some(events) = &mut events {
        events.clear();
    }
    move |event| {
        if let Some(events) = &mut events {
            events.push(event);
        }
    }
}

/// Builds a pipeline. `config` is a JSON document of settings, `{"filter": {"min_level": "info"}, "detect": {}}`; nothing at all
/// is the default, which has no detector. Wrong settings are an error that names every one of them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_pipeline,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: PipelineConfig = read_json(config, config_len, "config")?;
            give(out, around(Pipeline::build(&config)?));
            Ok(())
        })
    }
}

/// Takes many lines that arrive at `now`, in nanoseconds since 1970-01-01 UTC. Line `i` ends before `data[ends[i]]` and begins
/// where the line before it ends; newlines are not taken off. `events` gets an entry per completed event, which is the one before
/// the line that completes it; NULL if nobody wants to know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_push_batch(
    pipeline: *mut drainrs_pipeline,
    data: *const u8,
    data_len: usize,
    ends: *const u32,
    count: usize,
    now: i64,
    events: *mut drainrs_events,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let lines = batch(data, data_len, ends, count)?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            for line in lines.iter() {
                if let Some(event) = pipeline.push(line, Timestamp::from_nanos(now)) {
                    note(&event);
                }
            }
            Ok(())
        })
    }
}

/// Takes many records: messages whose headers somebody else has read, each an event of its own. Message `i` ends before
/// `data[ends[i]]`. `times` are nanoseconds since 1970-01-01 UTC or `DRAINRS_NO_TIME`, `levels` are `DRAINRS_LEVEL_...`; each has
/// `count` entries, or is NULL where nothing is known. All are of one service, whose name may be empty. `events` gets an entry per
/// record; NULL if nobody wants to know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_push_records(
    pipeline: *mut drainrs_pipeline,
    data: *const u8,
    data_len: usize,
    ends: *const u32,
    count: usize,
    times: *const i64,
    levels: *const u8,
    service: *const u8,
    service_len: usize,
    now: i64,
    events: *mut drainrs_events,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let lines = batch(data, data_len, ends, count)?;
            let service = bytes(service, service_len, "service")?;
            let records = Records::new(lines, times, levels, count, service)?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            for record in records.iter() {
                note(&pipeline.push_record(record, Timestamp::from_nanos(now)));
            }
            Ok(())
        })
    }
}

/// Lets time pass without lines: an event that waited long enough for more lines is given, and the detector closes its windows, so
/// that silence is noticed. Call it when nothing came for a while.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_advance(
    pipeline: *mut drainrs_pipeline,
    now: i64,
    events: *mut drainrs_events,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            let now = Timestamp::from_nanos(now);
            if let Some(event) = pipeline.advance(now) {
                note(&event);
            }
            if let Some(detector) = pipeline.detector_mut() {
                detector.advance(now);
            }
            Ok(())
        })
    }
}

/// Gives the event that is held back, and leaves the detector alone: at the end of one source of several. A snapshot needs none of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_flush(
    pipeline: *mut drainrs_pipeline,
    now: i64,
    events: *mut drainrs_events,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            if let Some(event) = pipeline.finish(Timestamp::from_nanos(now)) {
                note(&event);
            }
            Ok(())
        })
    }
}

/// The end of the stream: gives the event that is held back, and closes the detector's windows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_finish(
    pipeline: *mut drainrs_pipeline,
    now: i64,
    events: *mut drainrs_events,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            if let Some(event) = pipeline.finish(Timestamp::from_nanos(now)) {
                note(&event);
            }
            if let Some(detector) = pipeline.detector_mut() {
                detector.finish();
            }
            Ok(())
        })
    }
}

/// When `drainrs_pipeline_advance` has something to give, if nothing is pushed before; `DRAINRS_NO_TIME`: never.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_next_deadline(pipeline: *const drainrs_pipeline) -> i64 {
    neutral(DRAINRS_NO_TIME, || {
        // SAFETY: by the contract of the header.
        let Ok(pipeline) = (unsafe { shared(pipeline, "pipeline") }) else { return DRAINRS_NO_TIME };
        let detector = pipeline.detector().and_then(drainrs::Detector::next_deadline);
        let both = [pipeline.next_deadline(), detector];
        both.into_iter().flatten().min().map_or(DRAINRS_NO_TIME, Timestamp::as_nanos)
    })
}

/// The alerts that wait, at most `most` of them, as a JSON array of objects, the oldest first. Ask after every batch: those that
/// nobody takes make room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_take_alerts(
    pipeline: *mut drainrs_pipeline,
    most: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            buffer::wanted(out)?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let alerts: Vec<_> = std::iter::from_fn(|| pipeline.poll_alert()).take(most).collect();
            write_json(&alerts, out)
        })
    }
}

/// The text of a template, such as "user <NUM> logged in"; empty if there is none of this number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_template_text(
    pipeline: *const drainrs_pipeline,
    template_id: u64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut text = String::new();
            shared(pipeline, "pipeline")?.miner().write_text(TemplateId(template_id), &mut text);
            fill(out, text.into_bytes())
        })
    }
}

/// A template as a JSON object; `null` if there is none of this number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_template(
    pipeline: *const drainrs_pipeline,
    template_id: u64,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&pipeline.miner().template(TemplateId(template_id)), out)
        })
    }
}

/// All templates as a JSON array of objects, by number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_templates(
    pipeline: *const drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&pipeline.miner().templates().collect::<Vec<_>>(), out)
        })
    }
}

/// The names of the classes of parameters, such as "NUM", as a JSON array with 64 entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_class_names(
    pipeline: *const drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&class_names(pipeline.miner().placeholders()), out)
        })
    }
}

/// Plants a template in the pipeline's miner, see `drainrs_miner_seed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_seed(
    pipeline: *mut drainrs_pipeline,
    template: *const u8,
    template_len: usize,
    template_id: *mut u64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let template = text(template, template_len, "template")?;
            let id = exclusive(pipeline, "pipeline")?.miner_mut().seed(template);
            Out::optional(template_id).set(id.0);
            Ok(())
        })
    }
}

/// The template that a message (no header) belongs to, without learning from it; 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_find(
    pipeline: *const drainrs_pipeline,
    message: *const u8,
    message_len: usize,
    template_id: *mut u64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let message = bytes(message, message_len, "message")?;
            let out = Out::required(template_id, "template_id")?;
            out.set(shared(pipeline, "pipeline")?.miner().find(message).map_or(0, |id| id.0));
            Ok(())
        })
    }
}

/// Why a message belongs where it does, see `drainrs_miner_explain`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_explain(
    pipeline: *const drainrs_pipeline,
    message: *const u8,
    message_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let message = bytes(message, message_len, "message")?;
            write_json(&shared(pipeline, "pipeline")?.miner().explain(message), out)
        })
    }
}

/// The oldest change of a template's identity that nobody took yet, as a JSON object; `null` if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_poll_lineage(
    pipeline: *mut drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            buffer::wanted(out)?;
            let lineage = exclusive(pipeline, "pipeline")?.miner_mut().poll_lineage();
            write_json(&lineage, out)
        })
    }
}

/// Adds a header format, a JSON object with `name` and `pattern`, see `drainrs_parser_add_format`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_add_format(
    pipeline: *mut drainrs_pipeline,
    format: *const u8,
    format_len: usize,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let format: CustomFormat = from_json(bytes(format, format_len, "format")?, "format")?;
            Ok(pipeline.add_format(&format)?)
        })
    }
}

/// Takes a header format of the host's away, see `drainrs_parser_remove_format`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_remove_format(
    pipeline: *mut drainrs_pipeline,
    name: *const u8,
    name_len: usize,
    removed: *mut u8,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let name = text(name, name_len, "name")?;
            let was = exclusive(pipeline, "pipeline")?.remove_format(name);
            Out::optional(removed).set(u8::from(was));
            Ok(())
        })
    }
}

/// The names of the header formats that were detected or set, see `drainrs_parser_detected`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_detected_formats(
    pipeline: *const drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let pipeline = shared(pipeline, "pipeline")?;
            write_json(&pipeline.parser().detected().collect::<Vec<_>>(), out)
        })
    }
}

/// What was counted, as a JSON object with the parts `pipeline`, `miner` and, where there is a detector, `detector`:
/// `pipeline.events` equals `miner.counters.matched` plus `created` plus what `pipeline` has skipped; `held_lines` wait for their event
/// to be complete. Memory is in bytes; `memory` is that of the whole pipeline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_stats(
    pipeline: *const drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let pipeline = shared(pipeline, "pipeline")?;
            let detector = pipeline.detector();
            let stats = serde_json::json!({
                "pipeline": pipeline.counters(),
                "miner": pipeline.miner().stats(),
                "detector": detector.map(drainrs::Detector::counters),
                "detector_memory": detector.map(drainrs::Detector::memory),
                "held_lines": pipeline.held_lines(),
                "memory": pipeline.memory(),
            });
            write_json(&stats, out)
        })
    }
}

/// The whole state as bytes: versioned, checksummed, the same bytes for the same state in every language. The event
/// that is held back is part of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_snapshot(
    pipeline: *const drainrs_pipeline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(pipeline, "pipeline")?.snapshot()?)) }
}

/// A pipeline that goes on where a snapshot was taken; one of a miner will do, too. `on_other_settings` is
/// `DRAINRS_OTHER_SETTINGS_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_restore(
    snapshot: *const u8,
    snapshot_len: usize,
    config: *const u8,
    config_len: usize,
    on_other_settings: u32,
    out: *mut *mut drainrs_pipeline,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let snapshot = bytes(snapshot, snapshot_len, "snapshot")?;
            let config: PipelineConfig = read_json(config, config_len, "config")?;
            let on_other = self::on_other_settings(on_other_settings)?;
            give(out, around(Pipeline::restore(snapshot, &config, on_other)?));
            Ok(())
        })
    }
}

/// Frees a pipeline and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on
/// it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_free(pipeline: *mut *mut drainrs_pipeline) {
    // SAFETY: by the contract of the header.
    unsafe { free(pipeline) }
}
