//! The correlator: scores in, services that moved together out.

use drainrs::Timestamp;
use drainrs::correlate::{CorrelateConfig, Correlator, Movement};

use crate::alerter::scores;
use crate::buffer::{self, drainrs_buffer};
use crate::error::drainrs_error;
use crate::events::DRAINRS_NO_TIME;
use crate::ffi::{
    Handle, Out, bytes, call, exclusive, free, give, neutral, opaque, read_json, shared, text, write_json,
};
use crate::status::drainrs_status;

/// A correlator: finds services that moved together within a short while. It names candidates for where to look first, never the
/// cause. Who builds one frees it; any thread may use it: calls that change it wait for one another.
#[derive(Debug)]
pub struct drainrs_correlator(Handle<Correlator>);

opaque!(drainrs_correlator, Correlator);

/// Builds a correlator. `config` is a JSON document of settings; nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_correlator,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: CorrelateConfig = read_json(config, config_len, "config")?;
            give(out, drainrs_correlator(Handle::new(Correlator::build(&config)?)));
            Ok(())
        })
    }
}

/// Takes scores of one service, in the order of notice: a JSON array of them, or a single object. Those that are no movement, but
/// information, or that something is back, are passed over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_take(
    correlator: *mut drainrs_correlator,
    scores: *const u8,
    scores_len: usize,
    service: *const u8,
    service_len: usize,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut correlator = exclusive(correlator, "correlator")?;
            let scores = self::scores(bytes(scores, scores_len, "scores")?)?;
            let service = text(service, service_len, "service")?;
            let moved = scores.iter().filter_map(|score| Movement::of(score, service));
            moved.for_each(|movement| correlator.take(movement));
            Ok(())
        })
    }
}

/// Takes notice that it is `now`, in event time; ends the window at hand if it is over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_advance(
    correlator: *mut drainrs_correlator,
    now: i64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            exclusive(correlator, "correlator")?.advance(Timestamp::from_nanos(now));
            Ok(())
        })
    }
}

/// Ends the window at hand, at the end of a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_finish(
    correlator: *mut drainrs_correlator,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            exclusive(correlator, "correlator")?.finish();
            Ok(())
        })
    }
}

/// When `drainrs_correlator_advance` ends the window at hand; `DRAINRS_NO_TIME`: never.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_next_deadline(correlator: *const drainrs_correlator) -> i64 {
    neutral(DRAINRS_NO_TIME, || {
        // SAFETY: by the contract of the header.
        let Ok(correlator) = (unsafe { shared(correlator, "correlator") }) else { return DRAINRS_NO_TIME };
        correlator.next_deadline().map_or(DRAINRS_NO_TIME, Timestamp::as_nanos)
    })
}

/// The correlations that wait, at most `most` of them, as a JSON array of objects, the oldest first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_take_correlations(
    correlator: *mut drainrs_correlator,
    most: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            buffer::wanted(out)?;
            let mut correlator = exclusive(correlator, "correlator")?;
            let found: Vec<_> = std::iter::from_fn(|| correlator.poll()).take(most).collect();
            write_json(&found, out)
        })
    }
}

/// How many correlations nobody took in time; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_dropped(correlator: *const drainrs_correlator) -> u64 {
    neutral(0, || {
        // SAFETY: by the contract of the header.
        unsafe { shared(correlator, "correlator") }.map_or(0, |correlator| correlator.dropped())
    })
}

/// Frees a correlator and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_correlator_free(correlator: *mut *mut drainrs_correlator) {
    // SAFETY: by the contract of the header.
    unsafe { free(correlator) }
}
