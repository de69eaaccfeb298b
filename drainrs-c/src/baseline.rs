//! The baseline: what is usual, learned from logs that are known to be good.

use drainrs::baseline::{Baseline, CompareConfig, compare};
use drainrs::score::Mode;
use drainrs::{OnOtherSettings, Pipeline, PipelineConfig, Timestamp};

use crate::buffer::{drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{
    Failure, Handle, Out, batch, bytes, call, exclusive, free, give, opaque, read_json, shared, write_json,
};
use crate::pipeline::{around, drainrs_pipeline};
use crate::status::drainrs_status;

/// A baseline: what is usual, learned from logs that are known to be good, to judge other logs by. Who makes one frees it; any thread
/// may use it: calls that change it wait for one another.
#[derive(Debug)]
pub struct drainrs_baseline(Handle<Machine>);

opaque!(drainrs_baseline, Machine);

/// A baseline with the settings of the pipelines that it makes.
#[derive(Debug)]
pub(crate) struct Machine {
    learned: Baseline,
    config: PipelineConfig,
}

// SAFETY: as for a pipeline, which is what a baseline is made of.
unsafe impl Sync for Machine {}

impl Machine {
    fn load(saved: &[u8]) -> Result<Machine, Failure> {
        let learned = Baseline::load(saved)?;
        let miner = learned.pipeline().miner().config().clone();
        let detect = learned.pipeline().detector().map(|detector| detector.config().clone());
        let config =
            PipelineConfig { normalize: miner.normalize, mine: miner.mine, detect, ..PipelineConfig::default() };
        Ok(Machine { learned, config })
    }
}

/// A copy of what a handle holds, so that calls with two of them never wait for each other.
///
/// Safety: as for [`shared`].
unsafe fn copy(baseline: *const drainrs_baseline, name: &'static str) -> Result<Baseline, Failure> {
    // SAFETY: the contract.
    let saved = unsafe { shared(baseline, name) }?.learned.save()?;
    Ok(Baseline::load(&saved)?)
}

/// Makes a baseline that knows nothing yet. `config` is a JSON document of a pipeline's settings; without a `detect` part it gets the
/// default one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_new(
    config: *const u8,
    config_len: usize,
    out: *mut *mut drainrs_baseline,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let config: PipelineConfig = read_json(config, config_len, "config")?;
            let learned = Baseline::build(&config)?;
            give(out, drainrs_baseline(Handle::new(Machine { learned, config })));
            Ok(())
        })
    }
}

/// Learns from many lines that arrive at `now`. Line `i` ends before `data[ends[i]]` and begins where the line before it ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_push_batch(
    baseline: *mut drainrs_baseline,
    data: *const u8,
    data_len: usize,
    ends: *const u32,
    count: usize,
    now: i64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let lines = batch(data, data_len, ends, count)?;
            let mut baseline = exclusive(baseline, "baseline")?;
            lines.iter().for_each(|line| baseline.learned.push(line, Timestamp::from_nanos(now)));
            Ok(())
        })
    }
}

/// Takes in what is held back, at the end of a log. Others may follow.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_finish(
    baseline: *mut drainrs_baseline,
    now: i64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            exclusive(baseline, "baseline")?.learned.finish(Timestamp::from_nanos(now));
            Ok(())
        })
    }
}

/// The templates that are usual, as a JSON array of objects, by number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_templates(
    baseline: *const drainrs_baseline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let baseline = shared(baseline, "baseline")?;
            write_json(&baseline.learned.pipeline().miner().templates().collect::<Vec<_>>(), out)
        })
    }
}

/// How many lines and events were learned from, as a JSON object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_counters(
    baseline: *const drainrs_baseline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || write_json(&shared(baseline, "baseline")?.learned.pipeline().counters(), out)) }
}

/// The baseline as bytes: versioned, checksummed, the same bytes for the same state in every language.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_save(
    baseline: *const drainrs_baseline,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe { call(error, || fill(out, shared(baseline, "baseline")?.learned.save()?)) }
}

/// A baseline that was saved, with the settings of the miner and the detector that it was learned under.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_load(
    saved: *const u8,
    saved_len: usize,
    out: *mut *mut drainrs_baseline,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let saved = bytes(saved, saved_len, "saved")?;
            give(out, drainrs_baseline(Handle::new(Machine::load(saved)?)));
            Ok(())
        })
    }
}

/// How two baselines differ, as a JSON object: templates that are new, gone, more frequent, rarer, or have other values, the most
/// important first. Rates are compared as shares of all events, so logs need not be of one length. `config` is a JSON document of
/// settings; nothing at all is the default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_compare(
    before: *const drainrs_baseline,
    after: *const drainrs_baseline,
    config: *const u8,
    config_len: usize,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let config: CompareConfig = read_json(config, config_len, "config")?;
            let before = copy(before, "before")?;
            let after = copy(after, "after")?;
            write_json(&compare(&before, &after, &config), out)
        })
    }
}

/// A pipeline that judges logs by a baseline and learns nothing new. The baseline stays as it is, and may make others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_from_baseline(
    baseline: *const drainrs_baseline,
    out: *mut *mut drainrs_pipeline,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let out = Out::required(out, "out")?;
            let baseline = shared(baseline, "baseline")?;
            let mut config = baseline.config.clone();
            config.detect.get_or_insert_default().score.mode = Mode::Detect;
            let saved = baseline.learned.save()?;
            give(out, around(Pipeline::restore(&saved, &config, OnOtherSettings::Adopt)?));
            Ok(())
        })
    }
}

/// Frees a baseline and sets the variable to NULL. Nothing happens if it is NULL, or holds NULL. No other call may be at work on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_baseline_free(baseline: *mut *mut drainrs_baseline) {
    // SAFETY: by the contract of the header.
    unsafe { free(baseline) }
}
