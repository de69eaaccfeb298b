//! The pipeline: raw lines, or records, in; events and alerts out.

use drainrs::{Event, Level, Pipeline, PipelineConfig, Record, TemplateId, Timestamp};

use crate::buffer::{drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::events::{DRAINRS_NO_TIME, drainrs_events};
use crate::ffi::{
    Failure, Handle, Out, batch, bytes, call, column, exclusive, free, give, neutral, opaque, read_json, shared,
    write_json,
};
use crate::miner::{class_names, on_other_settings};
use crate::status::drainrs_status;

/// A pipeline: joins the lines of an event, reads its header, mines its message, and with a `detect` part in its settings tells
/// alerts. One pipeline serves one source of lines. Any thread may use it: calls that change it wait for one another.
#[derive(Debug)]
pub struct drainrs_pipeline(pub(crate) Handle<Pipeline>);

opaque!(drainrs_pipeline, Pipeline);

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

/// A level by its number.
pub(crate) fn level(number: u8) -> Result<Level, Failure> {
    let level = Level::ALL.get(usize::from(number)).copied();
    level.ok_or_else(|| Failure::Argument("levels", format!("has {number}, which no DRAINRS_LEVEL_ is")))
}

/// A place for the next event.
fn note<'a>(events: Option<&'a mut drainrs_events>) -> impl FnMut(&Event<'_>) + use<'a> {
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
            give(out, drainrs_pipeline(Handle::new(Pipeline::build(&config)?)));
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
            let times = column(times, if times.is_null() { 0 } else { count }, "times")?;
            let levels = column(levels, if levels.is_null() { 0 } else { count }, "levels")?;
            for &number in levels {
                level(number)?;
            }
            let service = Some(bytes(service, service_len, "service")?).filter(|name| !name.is_empty());
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let mut note = note(events.as_mut());
            for (number, message) in lines.iter().enumerate() {
                let mut record = Record::default();
                record.message = message;
                record.service = service;
                record.at = times.get(number).filter(|&&at| at != DRAINRS_NO_TIME).map(|&at| Timestamp::from_nanos(at));
                record.level = levels.get(number).map_or(Ok(Level::Unknown), |&number| level(number))?;
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

/// Gives the event that is held back, and leaves the detector alone: before a snapshot, which would not hold it.
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
            if out.is_null() {
                return Err(Failure::Null("out"));
            }
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
            let template = crate::ffi::text(template, template_len, "template")?;
            let id = exclusive(pipeline, "pipeline")?.miner_mut().seed(template);
            Out::optional(template_id).set(id.0);
            Ok(())
        })
    }
}

/// What was counted, as a JSON object with the parts `pipeline`, `miner` and, where there is a detector, `detector`:
/// `pipeline.events` equals `miner.counters.matched` plus `created` plus what `pipeline` has skipped. Memory is in bytes.
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
            });
            write_json(&stats, out)
        })
    }
}

/// The whole state as bytes: versioned, checksummed, the same bytes for the same state in every language. What the joiner holds
/// back is not part of it: call `drainrs_pipeline_flush` before.
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
            give(out, drainrs_pipeline(Handle::new(Pipeline::restore(snapshot, &config, on_other)?)));
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
