//! Memory under hostile streams, reported and real: what a pipeline says it holds is what the allocator gave it, and neither
//! passes the limits. A program of its own, because the allocator that counts is global.
//!
//! The count is kept per thread: the harness runs tests side by side, and what its other threads do is not ours.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::cast_possible_wrap, reason = "no test has that much memory")]
#![allow(unsafe_code, reason = "an allocator cannot be written without; every call is handed on as it came")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use drainrs::score::ScorerName;
use drainrs::{DetectConfig, Pipeline, PipelineConfig, SessionSource, Timestamp};

thread_local! {
    // Without destructors and initialised at compile time: using them never allocates.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

fn changed(by: isize) {
    let live = LIVE.with(Cell::get) + by;
    LIVE.with(|cell| cell.set(live));
    PEAK.with(|cell| cell.set(cell.get().max(live)));
}

// SAFETY: all calls go to the system's allocator with the arguments they came with.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        changed(layout.size() as isize);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        changed(-(layout.size() as isize));
        // SAFETY: the caller's promise is handed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        changed(size as isize - layout.size() as isize);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    }

    /// A word of letters that are no digits of any base.
    fn word(&mut self, letters: u64) -> String {
        (0..letters).map(|_| char::from(b'g' + (self.next() % 20) as u8)).collect()
    }
}

/// One line of a stream, of which each is a kind of its own.
type Shape = fn(&mut Random, u64) -> String;

const SHAPES: [(&str, Shape); 9] = [
    ("a word alone, each another", |random, _| random.word(9)),
    ("four words, each another", |random, _| (0..4).map(|_| random.word(6) + " ").collect()),
    ("five hundred words", |random, _| (0..500).map(|_| random.word(5) + " ").collect()),
    ("one word of 60 KB", |random, _| "x ".to_owned() + &random.word(8).repeat(7500)),
    ("another number of tokens each time", |random, n| "w ".repeat(1 + (n * 7 % 511) as usize) + &random.word(5)),
    ("near equal, none merges", |random, n| format!("state {} of {} is up down failed ok", random.word(4), n % 900)),
    ("widening all the time", |random, n| {
        format!("user {} of {n} did {} to {}", random.word(5), random.word(5), random.word(5))
    }),
    ("a service and a thread each", |random, n| {
        format!(
            "2024-03-01T10:00:00Z ERROR 1 --- [{}] [t-{n}] c.s.Main : lost {} of {n}",
            random.word(8),
            random.word(6)
        )
    }),
    ("values of many kinds", |random, n| {
        format!(
            "2024-03-01T10:00:00Z INFO 1 --- [web] [t] c.s.Main : job{} took {} ms at 10.0.{}.{} id={}",
            n % 3000,
            random.next() % 9999,
            n % 250,
            n % 99,
            random.word(12)
        )
    }),
];

/// Bytes that this thread holds.
fn live() -> usize {
    usize::try_from(LIVE.with(Cell::get)).unwrap_or(0)
}

/// Feeds all shapes in turn, some lines of each, twice; looks again and again.
fn under_siege(config: &PipelineConfig, lines: u64, mut look: impl FnMut(&str, &Pipeline, usize)) {
    let before = live();
    let mut pipeline = Pipeline::build(config).unwrap();
    let built = live() - before;
    let mut random = Random(1);
    let mut now = Timestamp::from_seconds(1_709_287_200);
    for round in 0..2 {
        for (name, shape) in SHAPES {
            for n in 0..lines {
                let line = shape(&mut random, n + round);
                pipeline.push(line.as_bytes(), now);
                drop(line);
                now = now.plus_nanos(200_000_000);
                if n % (lines / 8) == 0 {
                    while pipeline.poll_alert().is_some() {}
                    // What the settings and formats took before the first line is the host's.
                    let held = live() - before - built;
                    look(name, &pipeline, held);
                }
            }
        }
    }
}

#[test]
fn templates_keep_to_their_limit_and_the_report_is_right() {
    const LIMIT: usize = 4 << 20;
    let mut config = PipelineConfig::default();
    config.mine.max_memory = Some(LIMIT);
    let mut most = 0;
    let mut evicted = 0;
    let before = LIVE.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    under_siege(&config, 3000, |name, pipeline, held| {
        let stats = pipeline.miner().stats();
        assert!(stats.memory <= LIMIT, "{name}: {} bytes are more than {LIMIT}", stats.memory);
        let reported = pipeline.memory();
        assert!(reported * 11 / 10 + 4096 >= held, "{name}: {held} bytes held, {reported} reported");
        assert!(reported <= held * 5 / 4 + (64 << 10), "{name}: {held} bytes held, {reported} reported");
        most = most.max(stats.memory);
        evicted = stats.counters.evicted_templates;
    });
    assert!(most > LIMIT / 3, "the limit was reached: {most}");
    assert!(evicted > 10_000, "{evicted}");
    // While a table grows, the old one is there, too.
    let peak = PEAK.with(Cell::get) - before;
    assert!(peak < LIMIT as isize * 3 / 2, "{peak} bytes at once");
}

/// What all scorers together may come to hold with their default limits, under these streams: a number for hosts, see
/// `docs/security.md`.
const ALL_SCORERS: usize = 64 << 20;

#[test]
fn scorers_keep_to_their_limits_and_the_report_is_right() {
    let mut config = PipelineConfig::default();
    let mut detect = DetectConfig { session: SessionSource::Thread, ..DetectConfig::default() };
    detect.score.scorers = ScorerName::all().to_vec();
    config.detect = Some(detect);
    config.mine.max_memory = Some(32 << 20);
    let mut most = 0;
    under_siege(&config, 5000, |name, pipeline, held| {
        let detector = pipeline.detector().unwrap().memory();
        assert!(detector <= ALL_SCORERS, "{name}: {detector} bytes");
        let reported = pipeline.memory();
        assert!(reported * 11 / 10 + 4096 >= held, "{name}: {held} bytes held, {reported} reported");
        assert!(reported <= held * 5 / 4 + (64 << 10), "{name}: {held} bytes held, {reported} reported");
        most = most.max(detector);
    });
    assert!(most > 1 << 20, "{most}");
}
