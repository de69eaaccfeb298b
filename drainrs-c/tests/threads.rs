//! Calls with two objects, from two threads in opposite directions: they end.

use std::ptr::{null, null_mut};

use drainrs_c::asker::{drainrs_asker_free, drainrs_asker_new, drainrs_asker_plan, drainrs_asker_push_batch};
use drainrs_c::baseline::{
    drainrs_baseline, drainrs_baseline_compare, drainrs_baseline_finish, drainrs_baseline_free, drainrs_baseline_new,
};
use drainrs_c::miner::{
    drainrs_miner, drainrs_miner_free, drainrs_miner_insert, drainrs_miner_merge, drainrs_miner_new,
};
use drainrs_c::pipeline::{drainrs_pipeline_free, drainrs_pipeline_new, drainrs_pipeline_stats};

use crate::support::{Buffer, batch, fine, made, now};

/// A pointer that goes to another thread, as hosts do it.
struct Sent<T>(*mut T);

// SAFETY: machines may be used from every thread.
unsafe impl<T> Sync for Sent<T> {}

const ROUNDS: usize = 20;
/// Two that merge into each other count what both have, so counts double: not more often than numbers have bits.
const MERGES: usize = 20;

#[test]
fn miners_merge_into_each_other() {
    let (one, other) = (Sent(made(drainrs_miner_new, "")), Sent(made(drainrs_miner_new, "")));
    let run = |into: &Sent<drainrs_miner>, from: &Sent<drainrs_miner>| {
        for round in 0..MERGES {
            let line = format!("line {round} of {}", round % 7);
            // SAFETY: all pointers are good.
            unsafe {
                fine(|error| drainrs_miner_insert(into.0, line.as_ptr(), line.len(), null_mut(), null_mut(), error));
                fine(|error| drainrs_miner_merge(into.0, from.0, null_mut(), error));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| run(&one, &other));
        scope.spawn(|| run(&other, &one));
    });
    for mut miner in [one.0, other.0] {
        // SAFETY: both were given by `_new`.
        unsafe { drainrs_miner_free(&raw mut miner) };
    }
}

#[test]
fn baselines_are_compared_with_each_other() {
    let (one, other) = (Sent(made(drainrs_baseline_new, "")), Sent(made(drainrs_baseline_new, "")));
    let run = |before: &Sent<drainrs_baseline>, after: &Sent<drainrs_baseline>| {
        let out = Buffer::new();
        for _ in 0..10 {
            // SAFETY: all pointers are good.
            unsafe {
                fine(|error| drainrs_baseline_finish(after.0, now(), error));
                fine(|error| drainrs_baseline_compare(before.0, after.0, null(), 0, out.0, error));
                fine(|error| drainrs_baseline_compare(before.0, before.0, null(), 0, out.0, error));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| run(&one, &other));
        scope.spawn(|| run(&other, &one));
    });
    for mut baseline in [one.0, other.0] {
        // SAFETY: both were given by `_new`.
        unsafe { drainrs_baseline_free(&raw mut baseline) };
    }
}

#[test]
fn an_asker_and_its_pipeline_serve_several_threads() {
    let (asker, pipeline) = (Sent(made(drainrs_asker_new, "")), Sent(made(drainrs_pipeline_new, "")));
    let (asker, pipeline) = (&asker, &pipeline);
    let (data, ends) = batch(&["a line", "another line", "disk sda is full"]);
    let (data, ends) = (&data, &ends);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(move || {
                let out = Buffer::new();
                for _ in 0..ROUNDS {
                    // SAFETY: all pointers are good.
                    unsafe {
                        fine(|error| {
                            let (data, len, count) = (data.as_ptr(), data.len(), ends.len());
                            let (ends, none) = (ends.as_ptr(), null_mut());
                            drainrs_asker_push_batch(
                                asker.0,
                                pipeline.0,
                                data,
                                len,
                                ends,
                                count,
                                now(),
                                none,
                                out.0,
                                error,
                            )
                        });
                        fine(|error| drainrs_pipeline_stats(pipeline.0, out.0, error));
                        fine(|error| drainrs_asker_plan(asker.0, pipeline.0, now(), null(), 0, out.0, error));
                    }
                }
            });
        }
    });
    let (mut asker, mut pipeline) = (asker.0, pipeline.0);
    // SAFETY: both were given by `_new`.
    unsafe {
        drainrs_asker_free(&raw mut asker);
        drainrs_pipeline_free(&raw mut pipeline);
    }
}
