//! No allocation per line in the steady state: a program of its own, because the allocator that counts is global.
//!
//! The count is kept per thread: the harness runs tests side by side, and what its other threads do is not ours.
#![allow(unsafe_code, reason = "an allocator cannot be written without; every call is handed on as it came")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use drainrs::{
    DrainConfig, Lexer, LexerOptions, LineBatch, Mask, Miner, MinerConfig, NormalizeConfig, Normalizer, Tokens,
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
            lines.iter().for_each(|line| drop(miner.insert(line).template));
        }
        let count = allocations(|| lines.iter().for_each(|line| drop(miner.insert(line).template)));
        assert_eq!(count, 0, "{:?}", config.mine.rule);
    }
}

#[test]
fn normalizers_and_batches_allocate_nothing() {
    let lines = lines();
    let (lexer, mut tokens) = (Lexer::new(LexerOptions::default()), Tokens::new());
    lines.iter().for_each(|line| lexer.lex(line, &mut tokens));
    assert_eq!(allocations(|| lines.iter().for_each(|line| lexer.lex(line, &mut tokens))), 0);

    let mut config = NormalizeConfig::default();
    config.masks = masks();
    let normalizer = Normalizer::build(&config).unwrap();
    lines.iter().for_each(|line| normalizer.normalize(line, &mut tokens));
    assert_eq!(allocations(|| lines.iter().for_each(|line| normalizer.normalize(line, &mut tokens))), 0);

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
