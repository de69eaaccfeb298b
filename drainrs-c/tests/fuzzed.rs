//! The C library under a host that makes any calls in any order: bytes are a program of calls, with handles that may be NULL,
//! settings, lines and ends that may be wrong. No call may panic, and what a getter gives is readable to its end.
//!
//! Here the programs are a few by hand and some thousand by chance; `fuzz/` looks for worse ones, under a sanitizer.

use std::ptr::{null, null_mut};

use drainrs_c::buffer::{drainrs_buffer, drainrs_buffer_data, drainrs_buffer_free, drainrs_buffer_new};
use drainrs_c::error::{drainrs_error, drainrs_error_free, drainrs_error_message, drainrs_error_path};
use drainrs_c::events::{
    drainrs_events, drainrs_events_first_lines, drainrs_events_free, drainrs_events_mined, drainrs_events_mined_ends,
    drainrs_events_new, drainrs_events_parameter_ends, drainrs_events_parameter_starts, drainrs_events_parameter_stops,
    drainrs_events_templates,
};
use drainrs_c::hits::{drainrs_hits, drainrs_hits_free, drainrs_hits_new, drainrs_hits_templates};
use drainrs_c::miner::{
    drainrs_miner, drainrs_miner_explain, drainrs_miner_find, drainrs_miner_free, drainrs_miner_from_drain3_state,
    drainrs_miner_insert, drainrs_miner_insert_batch, drainrs_miner_merge, drainrs_miner_new,
    drainrs_miner_poll_lineage, drainrs_miner_restore, drainrs_miner_seed, drainrs_miner_snapshot, drainrs_miner_stats,
    drainrs_miner_templates,
};
use drainrs_c::pipeline::{
    drainrs_pipeline, drainrs_pipeline_add_format, drainrs_pipeline_advance, drainrs_pipeline_finish,
    drainrs_pipeline_free, drainrs_pipeline_new, drainrs_pipeline_push_batch, drainrs_pipeline_push_records,
    drainrs_pipeline_restore, drainrs_pipeline_snapshot, drainrs_pipeline_take_alerts, drainrs_pipeline_templates,
};
use drainrs_c::status::{DRAINRS_ERR_PANIC, drainrs_status};

/// The settings that a program may name; the last two are none.
const SETTINGS: [&str; 7] = [
    "",
    r#"{ "detect": { "max_scores": 4 }, "parse": { "max_sample_lines": 8 } }"#,
    r#"{ "mine": { "max_templates": 2, "max_lineage": 1 }, "join": { "max_lines": 2, "max_bytes": 64 } }"#,
    r#"{ "normalize": { "tokenizer": "drain3" }, "mine": { "rule": "drain3" } }"#,
    r#"{ "join": { "mode": "off" } }"#,
    r#"{ "mine": { "depth": 1 } }"#,
    "{ no",
];

/// What is left of the program.
struct Program<'a>(&'a [u8]);

impl<'a> Program<'a> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A piece of text: up to the next newline.
    fn text(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == b'\n').unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.get(1..).unwrap_or_default();
        text
    }

    /// A pointer and a length; now and then NULL with any length.
    fn bytes(&mut self) -> (*const u8, usize) {
        let text = self.text();
        if text == b"NULL" { (null(), 0) } else { (text.as_ptr(), text.len()) }
    }

    /// Where lines end, right or wrong.
    fn ends(&mut self, len: usize) -> Vec<u32> {
        let count = usize::from(self.byte()) % 9;
        let wrong = self.byte().is_multiple_of(8);
        let mut at = 0;
        (0..count)
            .map(|_| {
                let step = usize::from(self.byte());
                at = if wrong { step.wrapping_mul(at + 1) } else { (at + step % 40).min(len) };
                u32::try_from(at).unwrap_or(u32::MAX)
            })
            .collect()
    }
}

/// Reads a column to its end.
fn column<O, T: Copy>(of: *const O, get: unsafe extern "C" fn(*const O, *mut usize) -> *const T) -> Vec<T> {
    let mut len = 0;
    // SAFETY: the object lives or is NULL; a column is as long as it says.
    unsafe {
        let data = get(of, &raw mut len);
        if len == 0 { Vec::new() } else { std::slice::from_raw_parts(data, len).to_vec() }
    }
}

/// Makes a call and looks at what it leaves.
fn made(call: impl FnOnce(*mut *mut drainrs_error) -> drainrs_status) {
    let mut error = null_mut();
    let status = call(&raw mut error);
    let (path, message) = (column(error, drainrs_error_path), column(error, drainrs_error_message));
    assert_ne!(status, DRAINRS_ERR_PANIC, "{}", String::from_utf8_lossy(&message));
    assert_eq!(status == 0, error.is_null(), "an error and its status come together");
    assert!(std::str::from_utf8(&path).is_ok() && std::str::from_utf8(&message).is_ok());
    // SAFETY: it was given by the call, or is NULL.
    unsafe { drainrs_error_free(&raw mut error) };
}

/// All that the programs handle.
struct Host {
    miners: [*mut drainrs_miner; 2],
    pipeline: *mut drainrs_pipeline,
    hits: *mut drainrs_hits,
    events: *mut drainrs_events,
    buffer: *mut drainrs_buffer,
}

impl Host {
    fn look(&self) {
        let events = self.events;
        let count = column(events, drainrs_events_first_lines).len();
        assert_eq!(column(events, drainrs_events_templates).len(), count);
        let (starts, stops) =
            (column(events, drainrs_events_parameter_starts), column(events, drainrs_events_parameter_stops));
        let ends = column(events, drainrs_events_parameter_ends);
        assert_eq!(ends.len(), count);
        assert_eq!((starts.len(), ends.last().copied().unwrap_or(0) as usize), (stops.len(), starts.len()));
        let mined = column(events, drainrs_events_mined);
        assert_eq!(column(events, drainrs_events_mined_ends).last().copied().unwrap_or(0) as usize, mined.len());
        let _ = (column(self.hits, drainrs_hits_templates), column(self.buffer, drainrs_buffer_data));
    }

    #[allow(
        clippy::undocumented_unsafe_blocks,
        clippy::too_many_lines,
        reason = "handles live until the host is dropped or are NULL, texts until the program ends; a call a line"
    )]
    fn step(&mut self, program: &mut Program<'_>) {
        let (call, choice) = (program.byte(), program.byte());
        let miner = self.miners[usize::from(choice & 1)];
        let other = self.miners[usize::from(choice >> 1 & 1)];
        let pipeline = if choice & 4 == 0 { self.pipeline } else { null_mut() };
        let now = 1_700_000_000_000_000_000 + i64::from(choice) * 7_000_000_000;
        let settings = SETTINGS[usize::from(choice) % SETTINGS.len()];
        let buffer = self.buffer;
        made(|error| unsafe {
            match call % 22 {
                0 => {
                    let at = usize::from(choice & 1);
                    drainrs_miner_free(&raw mut self.miners[at]);
                    drainrs_miner_new(settings.as_ptr(), settings.len(), &raw mut self.miners[at], error)
                }
                1 => {
                    drainrs_pipeline_free(&raw mut self.pipeline);
                    drainrs_pipeline_new(settings.as_ptr(), settings.len(), &raw mut self.pipeline, error)
                }
                2 => {
                    let ((data, len), mut id) = (program.bytes(), 0);
                    drainrs_miner_insert(miner, data, len, &raw mut id, null_mut(), error)
                }
                3 => {
                    let (data, len) = program.bytes();
                    let ends = program.ends(len);
                    drainrs_miner_insert_batch(miner, data, len, ends.as_ptr(), ends.len(), self.hits, error)
                }
                4 => {
                    let ((data, len), mut id) = (program.bytes(), 0);
                    drainrs_miner_find(miner, data, len, &raw mut id, error)
                }
                5 => {
                    let ((data, len), mut id) = (program.bytes(), 0);
                    drainrs_miner_seed(miner, data, len, &raw mut id, error)
                }
                6 => {
                    let (data, len) = program.bytes();
                    drainrs_miner_explain(miner, data, len, buffer, error)
                }
                7 => drainrs_miner_merge(miner, other, buffer, error),
                8 => drainrs_miner_stats(miner, buffer, error),
                9 => drainrs_miner_templates(miner, buffer, error),
                10 => drainrs_miner_poll_lineage(miner, buffer, error),
                11 => drainrs_miner_snapshot(miner, buffer, error),
                12 => {
                    let mut kept = column(buffer, drainrs_buffer_data);
                    if choice & 8 != 0 && !kept.is_empty() {
                        let at = usize::from(choice) * 31 % kept.len();
                        kept[at] ^= 1;
                    }
                    let mut again = null_mut();
                    let status = drainrs_miner_restore(
                        kept.as_ptr(),
                        kept.len(),
                        null(),
                        0,
                        u32::from(choice % 3),
                        &raw mut again,
                        error,
                    );
                    drainrs_miner_free(&raw mut again);
                    status
                }
                13 => {
                    let ((data, len), mut again) = (program.bytes(), null_mut());
                    let status = drainrs_miner_from_drain3_state(data, len, null(), 0, &raw mut again, error);
                    drainrs_miner_free(&raw mut again);
                    status
                }
                14 => {
                    let (data, len) = program.bytes();
                    let ends = program.ends(len);
                    drainrs_pipeline_push_batch(pipeline, data, len, ends.as_ptr(), ends.len(), now, self.events, error)
                }
                15 => {
                    let (data, len) = program.bytes();
                    let ends = program.ends(len);
                    let levels: Vec<u8> = ends.iter().map(|end| (*end % 11) as u8).collect();
                    let times: Vec<i64> = ends.iter().map(|end| i64::from(*end) * 1_000_000_007 - 5).collect();
                    let times = if choice & 8 == 0 { times.as_ptr() } else { null() };
                    drainrs_pipeline_push_records(
                        pipeline,
                        data,
                        len,
                        ends.as_ptr(),
                        ends.len(),
                        times,
                        levels.as_ptr(),
                        b"web".as_ptr(),
                        3,
                        now,
                        self.events,
                        error,
                    )
                }
                16 => drainrs_pipeline_advance(pipeline, now, self.events, error),
                17 => drainrs_pipeline_finish(pipeline, now, self.events, error),
                18 => drainrs_pipeline_take_alerts(pipeline, usize::from(choice), buffer, error),
                19 => drainrs_pipeline_templates(pipeline, buffer, error),
                20 => {
                    let status = drainrs_pipeline_snapshot(pipeline, buffer, error);
                    if status != 0 {
                        return status;
                    }
                    let kept = column(buffer, drainrs_buffer_data);
                    let mut again = null_mut();
                    let status =
                        drainrs_pipeline_restore(kept.as_ptr(), kept.len(), null(), 0, 1, &raw mut again, error);
                    assert_eq!(status, 0, "its own snapshot");
                    drainrs_pipeline_free(&raw mut self.pipeline);
                    self.pipeline = again;
                    status
                }
                _ => {
                    let (data, len) = program.bytes();
                    drainrs_pipeline_add_format(pipeline, data, len, error)
                }
            }
        });
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: each was given by the library, or is NULL.
        unsafe {
            self.miners.iter_mut().for_each(|miner| drainrs_miner_free(&raw mut *miner));
            drainrs_pipeline_free(&raw mut self.pipeline);
            drainrs_hits_free(&raw mut self.hits);
            drainrs_events_free(&raw mut self.events);
            drainrs_buffer_free(&raw mut self.buffer);
        }
    }
}

/// Runs a program.
///
/// # Panics
///
/// When a call breaks a promise.
pub fn run(data: &[u8]) {
    let mut host = Host {
        miners: [null_mut(); 2],
        pipeline: null_mut(),
        hits: drainrs_hits_new(3),
        events: drainrs_events_new(7),
        buffer: drainrs_buffer_new(),
    };
    // One of each, so that few programs are about NULL.
    for call in [0, 0, 0, 1, 1, 0] {
        host.step(&mut Program(&[call, if call == 1 { 1 } else { 7 }]));
    }
    let mut program = Program(data);
    for _ in 0..200 {
        if program.0.is_empty() {
            break;
        }
        host.step(&mut program);
        host.look();
    }
}

/// Programs to begin with: every call, with settings, lines and ends that are mostly right.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let line = b"2024-03-01 10:00:00 ERROR a.B: user 17 lost\n";
    let mut seeds: Vec<Vec<u8>> = (0..22_u8).map(|call| [&[call, 1][..], line, &[3, 1, 20, 20, 4]].concat()).collect();
    let all: Vec<u8> = seeds.iter().flatten().copied().collect();
    let records =
        [&[14_u8, 1][..], line, &[2, 1, 43, 0, 15, 1], line, &[1, 1, 30, 20, 1, 18, 9, 17, 1, 20, 1]].concat();
    seeds.extend([all, records.repeat(4)]);
    seeds
}

#[test]
fn any_calls_in_any_order_keep_every_promise() {
    let seeds = seeds();
    for seed in &seeds {
        run(seed);
    }
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for _ in 0..2000 {
        let mut program = seeds[random() % seeds.len()].clone();
        program.extend_from_slice(&seeds[random() % seeds.len()]);
        for _ in 0..4 {
            let at = random() % program.len();
            program[at] = random().to_le_bytes()[0];
        }
        run(&program);
    }
}
