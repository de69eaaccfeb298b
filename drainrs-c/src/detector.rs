//! The detector of a pipeline: single scores, metrics, modes. Alerts are the pipeline's own.

use drainrs::{Detector, Pipeline, ServiceId, TemplateId};

use crate::buffer::{self, drainrs_buffer, fill};
use crate::error::drainrs_error;
use crate::ffi::{Failure, call, exclusive, shared, write_json};
use crate::observation::mode;
use crate::pipeline::drainrs_pipeline;
use crate::status::drainrs_status;

fn missing() -> Failure {
    Failure::Argument("pipeline", "has no detector: its settings need a `detect` part".to_owned())
}

fn detector(pipeline: &mut Pipeline) -> Result<&mut Detector, Failure> {
    pipeline.detector_mut().ok_or_else(missing)
}

/// Lets the detector learn and be silent, judge and learn nothing new, or do both: `mode` is `DRAINRS_MODE_...`. This call and the
/// following are `DRAINRS_ERR_ARGUMENT` for a pipeline without a detector.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_set_mode(
    pipeline: *mut drainrs_pipeline,
    mode: u32,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mode = self::mode(mode)?;
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            detector(&mut pipeline)?.set_mode(mode);
            Ok(())
        })
    }
}

/// The single scores that wait, at most `most` of them, as a JSON array of objects, the oldest first. As many wait as the setting
/// `detect.max_scores` says: 0 unless told otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_take_scores(
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
            let detector = detector(&mut pipeline)?;
            let scores: Vec<_> = std::iter::from_fn(|| detector.poll_score()).take(most).collect();
            write_json(&scores, out)
        })
    }
}

/// The metrics of windows that wait, at most `most` of them, as a JSON array of objects, the oldest first. As many wait as the setting
/// `detect.max_metrics` says: 0 unless told otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_take_metrics(
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
            let detector = detector(&mut pipeline)?;
            let metrics: Vec<_> = std::iter::from_fn(|| detector.poll_metrics()).take(most).collect();
            write_json(&metrics, out)
        })
    }
}

/// Takes a template, as new as it is, for usual from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_accept(
    pipeline: *mut drainrs_pipeline,
    template_id: u64,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let mut pipeline = exclusive(pipeline, "pipeline")?;
            let battery = detector(&mut pipeline)?.battery_mut();
            if let Some(novelty) = battery.novelty_mut() {
                novelty.accept(TemplateId(template_id));
            }
            if let Some(centroid) = battery.centroid_mut() {
                centroid.accept(TemplateId(template_id));
            }
            Ok(())
        })
    }
}

/// The name of a service by its number in scores and metrics; empty for events that name none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drainrs_pipeline_service_name(
    pipeline: *const drainrs_pipeline,
    service: u32,
    out: *mut drainrs_buffer,
    error: *mut *mut drainrs_error,
) -> drainrs_status {
    // SAFETY: by the contract of the header.
    unsafe {
        call(error, || {
            let pipeline = shared(pipeline, "pipeline")?;
            let detector = pipeline.detector().ok_or_else(missing)?;
            let name = detector.service_name(ServiceId(service)).unwrap_or_default();
            fill(out, name.into_owned().into_bytes())
        })
    }
}
