//! No allocation per line in the steady state: a program of its own, because the allocator that counts is global.
//!
//! The count is kept per thread: the harness runs tests side by side, and what its other threads do is not ours.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(unsafe_code, reason = "an allocator cannot be written without; every call is handed on as it came")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use drainrs::ask::{AskConfig, Asker};
use drainrs::detect::SessionSource;
use drainrs::score::ScorerName;
use drainrs::{
    DetectConfig, DrainConfig, LineBatch, Mask, Miner, MinerConfig, NormalizeConfig, Normalizer, Pipeline,
    PipelineConfig, Timestamp, Tokens,
};

thread_local! {
    // Without a destructor and initialised at compile time: using it never allocates.
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: all calls go to the system's allocator with the arguments they came with.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is handed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller's promise is handed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often a piece of work allocates.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = CALLS.with(Cell::get);
    work();
    CALLS.with(Cell::get) - before
}

/// Lines of some statements with changing values, long ones and ones that are not UTF-8 among them.
fn lines() -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for i in 0_u64..200 {
        let (a, b) = (i % 250, i * 7919 % 65_536);
        let mixed = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        lines.extend(
            [
                format!("Receiving block blk_{mixed} src: /10.0.{a}.7:{b} dest: /10.0.{a}.8:50010"),
                format!("PacketResponder {} for block blk_-{mixed} terminating", i % 3),
                format!("Accepted publickey for user{a} from 192.168.1.{a} port {b} ssh2: RSA SHA256:{mixed:016x}"),
                format!("GET /api/v1/orders/{b} HTTP/1.1 200 {b} {a}ms"),
                format!("took {a}.5 s at 0x{mixed:x}, 50% of [{a}, {b}, {i}] by \u{e9}l\u{e8}ve {a}"),
                format!("{{\"at\":{mixed},\"level\":\"info\",\"user\":\"u{a}\",\"took\":{b}}}"),
                "nothing varies here".to_owned(),
                String::new(),
                format!("{} end {a}", "word ".repeat(300)),
                format!("Deleting block blk_{mixed} file /data/current/subdir{a}/blk_{mixed}.meta"),
                format!(
                    "request id=6ba7b810-9dad-11d1-80b4-{mixed:012x} failed 2024-03-{:02}T10:00:{:02}Z",
                    a % 28 + 1,
                    a % 60
                ),
            ]
            .map(String::into_bytes),
        );
        lines.push([&b"broken \xff\xfe bytes "[..], a.to_string().as_bytes()].concat());
    }
    lines
}

/// Masks as users write them, look-around included.
fn masks() -> Vec<Mask> {
    vec![
        Mask::new("ID", r"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)"),
        Mask::new("IP", r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)"),
        Mask::new("SEQ", r"((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)"),
        Mask::new("HEX", r"((?<=[^A-Za-z0-9])|^)(0x[a-f0-9A-F]+)((?=[^A-Za-z0-9])|$)"),
        Mask::new("NUM", r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)"),
        Mask::new("BLOCK", r"blk_-?\d+"),
        Mask::new("CMD", r"(?<=executed cmd )(\x22.+?\x22)"),
    ]
}

/// Mines the lines until nothing is new, then counts.
fn steady(name: &str, config: &MinerConfig) {
    let lines = lines();
    let mut miner = Miner::build(config).unwrap();
    // Template after template gets busy; then no line widens one and no example grows.
    for _ in 0..3 {
        for line in &lines {
            miner.insert(line);
        }
    }
    for line in &lines {
        let count = allocations(|| {
            std::hint::black_box(miner.insert(line).parameters().count());
        });
        assert_eq!(count, 0, "{name}, mining {:?}", String::from_utf8_lossy(line));
    }
    let mut tokens = Tokens::new();
    for line in &lines {
        miner.find_with(line, &mut tokens);
    }
    for line in &lines {
        let count = allocations(|| {
            assert!(miner.find_with(line, &mut tokens).is_some());
        });
        assert_eq!(count, 0, "{name}, finding {:?}", String::from_utf8_lossy(line));
    }
}

#[test]
fn the_default_miner_allocates_nothing() {
    steady("default", &MinerConfig::default());
}

#[test]
fn the_default_rule_on_raw_tokens_allocates_nothing() {
    let config = MinerConfig { normalize: NormalizeConfig::drain3(), mine: DrainConfig::default() };
    steady("default rule, raw tokens", &config);
}

#[test]
fn edges_and_units_allocate_nothing() {
    // What a wildcard keeps of its values, units behind numbers, and pieces of words that are tokens of their own.
    let lines = |n: u64| {
        let name = |n: u64| n.to_string().bytes().map(|b| char::from(b + b'k' - b'0')).collect::<String>();
        [
            format!("waited {n} ms for lock 0x{:x} after {n}.5 s", n * 7919),
            format!("read {n} KB of {} MB in {n} min", n + 3),
            format!("opened (id-{n}.x) by [app@{}] at once", name(n)),
            format!("now we put key=\"{}\", and zone={}; in place", name(n), name(n + 7)),
            format!("on a login rhost={} ruser= {} came in", name(n), name(n + 5)),
            format!("link eth{}: is ready, speed={n} Mbps", n % 7),
        ]
    };
    let ways = [
        (NormalizeConfig::default(), ["<NUM> ms", "<NUM> KB", "[<*>]", "rhost=<*>"]),
        (NormalizeConfig::drain3(), ["(<*>)", "link <*>:", "[<*>]", "rhost=<*>"]),
    ];
    for (normalize, edges) in ways {
        let mut miner = Miner::build(&MinerConfig { normalize, mine: DrainConfig::default() }).unwrap();
        let lines: Vec<String> = (10..110).flat_map(lines).collect();
        for _ in 0..3 {
            lines.iter().for_each(|line| _ = miner.insert(line.as_bytes()));
        }
        let texts: Vec<String> = miner.templates().map(|template| template.text).collect();
        for edge in edges {
            assert!(texts.iter().any(|text| text.contains(edge)), "{edge}: {texts:#?}");
        }
        for line in &lines {
            let count = allocations(|| _ = std::hint::black_box(miner.insert(line.as_bytes()).parameters().count()));
            assert_eq!(count, 0, "mining {line}");
        }
    }
}

#[test]
fn drain3_without_masks_allocates_nothing() {
    steady("drain3", &MinerConfig::drain3());
}

#[test]
fn drain3_with_masks_allocates_nothing() {
    let mut config = MinerConfig::drain3();
    config.normalize.masks = masks();
    steady("drain3 with masks", &config);
}

#[test]
fn drain3_with_delimiters_allocates_nothing() {
    let mut config = MinerConfig::drain3();
    config.normalize.extra_delimiters = vec!["_".to_owned(), "::".to_owned()];
    steady("drain3 with delimiters", &config);
}

#[test]
fn the_lexer_with_masks_allocates_nothing() {
    let mut config = MinerConfig::default();
    config.normalize.masks = masks();
    steady("lexer with masks", &config);
}

#[test]
fn leaves_with_an_index_allocate_nothing() {
    let mut lines = lines();
    // More templates in one leaf than are compared one by one.
    for i in 0_u64..40 {
        let word =
            |n: u64| format!("{:x}", (i + 2).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(n as u32 * 8) | 1 << 63);
        lines.push(format!("start of it {} {} {} {}", word(0), word(1), word(2), word(3)).into_bytes());
    }
    for rule in [DrainConfig::default(), DrainConfig::drain3()] {
        let config = MinerConfig { normalize: NormalizeConfig::drain3(), mine: rule };
        let mut miner = Miner::build(&config).unwrap();
        for _ in 0..70 {
            lines.iter().for_each(|line| _ = miner.insert(line));
        }
        let count = allocations(|| lines.iter().for_each(|line| _ = miner.insert(line)));
        assert_eq!(count, 0, "{:?}", config.mine.rule);
    }
}

#[test]
fn normalizers_and_batches_allocate_nothing() {
    let lines = lines();
    let mut tokens = Tokens::new();
    for masks in [Vec::new(), masks()] {
        let normalizer = Normalizer::build(&NormalizeConfig { masks, ..Default::default() }).unwrap();
        lines.iter().for_each(|line| normalizer.normalize(line, &mut tokens));
        assert_eq!(allocations(|| lines.iter().for_each(|line| normalizer.normalize(line, &mut tokens))), 0);
    }

    let buffer = lines.concat();
    let mut ends: Vec<u32> = Vec::new();
    lines.iter().for_each(|line| ends.push(ends.last().unwrap_or(&0) + line.len() as u32));
    let mut miner = Miner::build(&MinerConfig::default()).unwrap();
    let mut columns = drainrs::Columns::new();
    let mut batch = || {
        columns.clear();
        miner.insert_batch(LineBatch::new(&buffer, &ends), &mut columns);
    };
    (0..3).for_each(|_| batch());
    assert_eq!(allocations(batch), 0);
}

/// Pushes lines until nothing is new, then counts: without a detector, and with one that has all scorers. `allowed` says how
/// often the push that completes an event may allocate, given its number of lines.
fn steady_pipeline(name: &str, lines: &[String], allowed: impl Fn(u32) -> u64) {
    let mut detect = DetectConfig { session: SessionSource::Thread, ..DetectConfig::default() };
    detect.score.scorers = ScorerName::all().to_vec();
    steady_pipeline_of(name, &PipelineConfig::default(), lines, &allowed);
    let detecting = PipelineConfig { detect: Some(detect), ..PipelineConfig::default() };
    steady_pipeline_of(&format!("{name}, detecting"), &detecting, lines, &allowed);
}

fn steady_pipeline_of(name: &str, config: &PipelineConfig, lines: &[String], allowed: &impl Fn(u32) -> u64) {
    let mut pipeline = Pipeline::build(config).unwrap();
    let mut now = Timestamp::from_seconds(1_700_000_000);
    for _ in 0..70 {
        for line in lines {
            pipeline.push(line.as_bytes(), now);
            now = now.plus_nanos(1000);
        }
    }
    for line in lines {
        let mut joined = 0;
        let count = allocations(|| joined = pipeline.push(line.as_bytes(), now).map_or(0, |event| event.lines));
        assert!(count <= allowed(joined), "{name}: {count} allocations, pushing {line:?}");
        now = now.plus_nanos(1000);
    }
    let mut joined = 0;
    let count = allocations(|| joined = pipeline.finish(now).map_or(0, |event| event.lines));
    assert!(count <= allowed(joined), "{name}: {count} allocations for the last event");
    if config.detect.is_some() {
        let counted = pipeline.detector().unwrap().counters().count;
        assert_eq!((counted.counted, counted.windows), (counted.observed, 0), "{name}: all in one window");
    }
}

#[test]
fn a_pipeline_of_headers_allocates_nothing() {
    let log4j = |i: u32| {
        format!("081109 2035{:02} {i} INFO dfs.DataNode$DataXceiver: Receiving block blk_{i}7 src: /10.0.0.{i}", i % 60)
    };
    let iso = |i: u32| {
        format!("2024-03-01T10:00:{:02}.123Z ERROR [worker-{i}] com.example.Store - write of {i} bytes failed", i % 60)
    };
    let syslog = |i: u32| {
        format!("Feb 11 13:15:{:02} web-1 sshd[{i}]: Failed password for root from 10.0.0.{i} port 22", i % 60)
    };
    let logfmt =
        |i: u32| format!("ts=2024-03-01T10:00:{:02}Z level=warn service=api msg=\"slow request\" took={i}ms", i % 60);
    let json = |i: u32| {
        format!(r#"{{"time":"2024-03-01T10:00:{:02}Z","level":"info","service":"api","msg":"done in {i} ms"}}"#, i % 60)
    };
    let escaped = |i: u32| {
        format!(r#"{{"time":"2024-03-01T10:00:{:02}Z","level":"info","msg":"said \"hi\" to {i}\ttwice"}}"#, i % 60)
    };
    let plain = |i: u32| format!("nothing but a message {i}");
    let makers: [(&str, &dyn Fn(u32) -> String); 7] = [
        ("log4j", &log4j),
        ("iso", &iso),
        ("syslog", &syslog),
        ("logfmt", &logfmt),
        ("json", &json),
        ("json with escapes", &escaped),
        ("plain", &plain),
    ];
    for (name, maker) in makers {
        steady_pipeline(name, &(0..200).map(maker).collect::<Vec<_>>(), |_| 0);
    }
}

#[test]
fn a_pipeline_that_joins_allocates_for_the_causes_of_a_trace_alone() {
    let mut lines = Vec::new();
    for i in 0..50 {
        lines.push(format!("2024-03-01 10:00:{i:02},123 ERROR store: request {i} failed"));
        lines.push("java.io.IOException: disk full".to_owned());
        lines.extend((0..20).map(|frame| format!("\tat com.example.Store.write{frame}(Store.java:{})", frame + 10)));
        lines.push("Caused by: java.lang.IllegalStateException: no space".to_owned());
        lines.push("\t... 12 more".to_owned());
        lines.push(format!("2024-03-01 10:00:{i:02},456 INFO store: request {i} retried"));
    }
    // A stack trace is summed up as two lists of causes: per trace, not per line.
    steady_pipeline("stack traces", &lines, |joined| if joined > 1 { 2 } else { 0 });
}

#[test]
fn what_is_remembered_for_asking_allocates_nothing() {
    let line = |i: u32| {
        let service = ["cart", "order", "web"][i as usize % 3];
        format!(
            "2024-03-01T10:00:{:02}.123Z ERROR 1 --- [{service}] [w] c.s.Main : write of {i:04} bytes failed",
            i % 60
        )
    };
    let lines: Vec<String> = (0..200).map(line).collect();
    let mut pipeline = Pipeline::build(&PipelineConfig::default()).unwrap();
    let mut config = AskConfig::default();
    config.journal.window_ns = 0;
    let mut asker = Asker::build(&config).unwrap();
    let now = Timestamp::from_seconds(1_700_000_000);
    let mut push = |line: &String| {
        if let Some(event) = pipeline.push(line.as_bytes(), now) {
            asker.observe(&event);
        }
    };
    (0..70).for_each(|_| lines.iter().for_each(&mut push));
    assert_eq!(allocations(|| lines.iter().for_each(&mut push)), 0);
    assert_eq!(asker.counters().events, 71 * 200 - 1);
}
