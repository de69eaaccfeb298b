//! Snapshots that were cut off: refused at every length, and nothing is given.

use std::ptr::{null, null_mut};

use drainrs_c::status::{DRAINRS_ERR_ARGUMENT, DRAINRS_ERR_SNAPSHOT, DRAINRS_ERR_TASK, DRAINRS_OK, drainrs_status};
use drainrs_c::{
    alerter, asker, baseline, buffer::drainrs_buffer, error::drainrs_error, guard, miner, pipeline, redaction, scorer,
    task,
};

use crate::support::{Buffer, batch, fails, fine, made, now};

/// Tries every beginning of a snapshot, then all of it.
fn cut<T>(
    status: drainrs_status,
    handle: *mut T,
    free: unsafe extern "C" fn(*mut *mut T),
    snapshot: impl FnOnce(*mut T, *mut drainrs_buffer, *mut *mut drainrs_error) -> drainrs_status,
    restore: impl Fn(&[u8], *mut *mut T, *mut *mut drainrs_error) -> drainrs_status,
) {
    let out = Buffer::new();
    fine(|error| snapshot(handle, out.0, error));
    let (whole, mut place) = (out.bytes(), null_mut());
    for len in 0..whole.len() {
        fails(status, |error| restore(&whole[..len], &raw mut place, error));
        assert!(place.is_null(), "nothing is given");
    }
    assert_eq!(restore(&whole, &raw mut place, null_mut()), DRAINRS_OK);
    for mut handle in [handle, place] {
        // SAFETY: both were given by calls.
        unsafe { free(&raw mut handle) };
    }
}

/// Lines that a small snapshot is made of.
const LINES: [&str; 3] = ["user 17 logged in from 10.0.0.7", "disk sda is full", "user 23 logged in from 10.0.0.9"];

#[test]
fn snapshots_that_were_cut_off_are_refused() {
    let (data, ends) = batch(&LINES);
    let (data, len) = (data.as_ptr(), data.len());
    let (ends, count) = (ends.as_ptr(), ends.len());
    // SAFETY: all pointers are good, here and below.
    unsafe {
        let own = made(miner::drainrs_miner_new, "");
        fine(|error| miner::drainrs_miner_insert_batch(own, data, len, ends, count, null_mut(), error));
        cut(
            DRAINRS_ERR_SNAPSHOT,
            own,
            miner::drainrs_miner_free,
            |own, out, error| miner::drainrs_miner_snapshot(own, out, error),
            |bytes, out, error| miner::drainrs_miner_restore(bytes.as_ptr(), bytes.len(), null(), 0, 0, out, error),
        );
        let own = made(pipeline::drainrs_pipeline_new, "");
        fine(|error| pipeline::drainrs_pipeline_push_batch(own, data, len, ends, count, now(), null_mut(), error));
        cut(
            DRAINRS_ERR_SNAPSHOT,
            own,
            pipeline::drainrs_pipeline_free,
            |own, out, error| pipeline::drainrs_pipeline_snapshot(own, out, error),
            |bytes, out, error| {
                pipeline::drainrs_pipeline_restore(bytes.as_ptr(), bytes.len(), null(), 0, 0, out, error)
            },
        );
        cut(
            DRAINRS_ERR_SNAPSHOT,
            made(baseline::drainrs_baseline_new, ""),
            baseline::drainrs_baseline_free,
            |own, out, error| baseline::drainrs_baseline_save(own, out, error),
            |bytes, out, error| baseline::drainrs_baseline_load(bytes.as_ptr(), bytes.len(), out, error),
        );
    }
}

#[test]
fn snapshots_of_machines_used_alone_are_refused_when_cut_off() {
    // SAFETY: all pointers are good, here and below.
    unsafe {
        for name in crate::scorers::NAMES {
            cut(
                DRAINRS_ERR_SNAPSHOT,
                crate::scorers::scorer(name, ""),
                scorer::drainrs_scorer_free,
                |own, out, error| scorer::drainrs_scorer_snapshot(own, out, error),
                |bytes, out, error| {
                    let (name, len) = (name.as_ptr(), name.len());
                    scorer::drainrs_scorer_restore(name, len, bytes.as_ptr(), bytes.len(), null(), 0, out, error)
                },
            );
        }
        cut(
            DRAINRS_ERR_SNAPSHOT,
            made(alerter::drainrs_alerter_new, ""),
            alerter::drainrs_alerter_free,
            |own, out, error| alerter::drainrs_alerter_snapshot(own, out, error),
            |bytes, out, error| alerter::drainrs_alerter_restore(bytes.as_ptr(), bytes.len(), null(), 0, out, error),
        );
        cut(
            DRAINRS_ERR_SNAPSHOT,
            made(guard::drainrs_guard_new, ""),
            guard::drainrs_guard_free,
            |own, out, error| guard::drainrs_guard_snapshot(own, out, error),
            |bytes, out, error| guard::drainrs_guard_restore(bytes.as_ptr(), bytes.len(), null(), 0, out, error),
        );
        let mut own = null_mut();
        fine(|error| redaction::drainrs_redaction_new(&raw mut own, error));
        cut(
            DRAINRS_ERR_ARGUMENT,
            own,
            redaction::drainrs_redaction_free,
            |own, out, error| redaction::drainrs_redaction_save(own, out, error),
            |bytes, out, error| redaction::drainrs_redaction_load(bytes.as_ptr(), bytes.len(), out, error),
        );
    }
}

#[test]
fn tasks_and_askers_that_were_cut_off_are_refused() {
    let (mut own, mut asked) = (made(asker::drainrs_asker_new, ""), made(pipeline::drainrs_pipeline_new, ""));
    let (out, mut task) = (Buffer::new(), crate::asking::a_task());
    // SAFETY: all pointers are good.
    unsafe {
        fine(|error| asker::drainrs_asker_snapshot(own, asked, out.0, error));
        let whole = out.bytes();
        for len in 0..whole.len() {
            fails(DRAINRS_ERR_SNAPSHOT, |error| asker::drainrs_asker_resume(own, asked, whole.as_ptr(), len, error));
        }
        asker::drainrs_asker_free(&raw mut own);
        pipeline::drainrs_pipeline_free(&raw mut asked);

        fine(|error| task::drainrs_task_save(task, out.0, error));
        let (whole, mut none) = (out.bytes(), null_mut());
        // A task has tens of thousands of bytes, and each is read up to where it is cut: not every length, but both ends.
        let ends = (0..whole.len()).filter(|len| *len < 200 || *len + 200 > whole.len() || len % 997 == 0);
        for len in ends {
            fails(DRAINRS_ERR_TASK, |error| task::drainrs_task_load(whole.as_ptr(), len, &raw mut none, error));
        }
        assert!(none.is_null());
        task::drainrs_task_free(&raw mut task);
    }
}
