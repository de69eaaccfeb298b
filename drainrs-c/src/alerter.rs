//! The alerter: scores in, alerts out.

use drainrs::{AlertConfig, Alerter, Score, Timestamp};

use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::events::DRAINRS_NO_TIME;
use crate::ffi::{
    Failure, Handle, Out, bytes, call, exclusive, free, from_json, give, neutral, opaque, read_json, shared, write_json,
};
use crate::observation::observation;
use crate::status::drainrs_status;

/// An alerter: takes scores, and gives alerts: what comes together is told once, what repeats is held back, and a day has a budget. A
/// pipeline with a detector has one of its own. Who builds one frees it; any thread may use it: calls that change it wait for one
/// another.
#[derive(Debug)]
pub struct drainrs_alerter(Handle<Alerter>);

opaque!(drainrs_alerter, Alerter);

/// Scores from a document: an array of them, as scorers give it, or one.
pub(crate) fn scores(document: &[u8]) -> Result<Vec<Score>, Failure> {
    match document.trim_ascii_start() {
        [b'[', ..] => from_json(document, "scores"),
        _ => Ok(vec![from_json(document, "scores")?]),
    }
}

/// Builds an alerter. `config` is a JSON document of settings; nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_alerter,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: AlertConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_alerter(Handle::new(Alerter::build(&config)?)));
            Ok(())
        })
    }
}

/// Takes scores, in the order of notice: a JSON array of them, as `drainrs_scorer_close` gives it, or a single object. Alerts wait for
/// `drainrs_alerter_take_alerts`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_take(
    alerter: *mut drainrs_alerter,
    scores: *const u8,
    scores_len: usize,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut alerter = exclusive(alerter, "alerter")?;
            let scores = self::scores(bytes(scores, scores_len, "scores")?)?;
            for score in scores {
                alerter.take(score);
            }
            Ok(())
        })
    }
}

/// Looks whether an event's text matches one of the fixed rules of the settings, and if so takes it as an alert. `level` is
/// `DRAINRS_LEVEL_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_check(
    alerter: *mut drainrs_alerter,
    at: i64,
    service: u32,
    template_id: u64,
    level: u8,
    text: *const u8,
    text_len: usize,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let none = (std::ptr::null(), 0);
            let event = observation(at, service, template_id, level, 0, 0, none, (text, text_len))?;
            exclusive(alerter, "alerter")?.check(&event);
            Ok(())
        })
    }
}

/// Takes notice that it is `now`, in event time: what waited long enough is told.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_advance(
    alerter: *mut drainrs_alerter,
    now: i64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            exclusive(alerter, "alerter")?.advance(Timestamp::from_nanos(now));
            Ok(())
        })
    }
}

/// Tells what still waits for company, at the end of a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_finish(
    alerter: *mut drainrs_alerter,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            exclusive(alerter, "alerter")?.finish();
            Ok(())
        })
    }
}

/// When `drainrs_alerter_advance` has something to tell; `DRAINRS_NO_TIME`: never.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_next_deadline(alerter: *const drainrs_alerter) -> i64 {
    neutral(DRAINRS_NO_TIME, || {
        // SAFETY: by the contract of the header.
        let Ok(alerter) = (unsafe { shared(alerter, "alerter") }) else { return DRAINRS_NO_TIME };
        alerter.next_deadline().map_or(DRAINRS_NO_TIME, Timestamp::as_nanos)
    })
}

/// The alerts that wait, at most `most` of them, as a JSON array of objects, the oldest first. Names of services and texts of templates
/// are not filled in: only a pipeline knows them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_take_alerts(
    alerter: *mut drainrs_alerter,
    most: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            buffer::wanted(out)?;
            let mut alerter = exclusive(alerter, "alerter")?;
            let alerts: Vec<_> = std::iter::from_fn(|| alerter.poll()).take(most).collect();
            write_json(&alerts, out)
        })
    }
}

/// What became of scores, as a JSON object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_counters(
    alerter: *const drainrs_alerter,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shared(alerter, "alerter")?.counters(), out)) }
}

/// What it remembers, as bytes: versioned, checksummed, the same bytes for the same state in every language.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_snapshot(
    alerter: *const drainrs_alerter,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(alerter, "alerter")?.snapshot())) }
}

/// An alerter that goes on where a snapshot was taken, under the settings that it had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_restore(
    snapshot: *const u8,
    snapshot_len: usize,
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_alerter,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let snapshot = bytes(snapshot, snapshot_len, "snapshot")?;
            let config: AlertConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_alerter(Handle::new(Alerter::restore(snapshot, &config)?)));
            Ok(())
        })
    }
}

/// Frees an alerter and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_alerter_free(alerter: *mut *mut drainrs_alerter) {
    // SAFETY: by the contract of the header.
    unsafe { free(alerter) }
}
