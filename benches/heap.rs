//! An allocator that counts, for programs that measure memory.
//!
//! The measuring programs have one thread, so the counters are loaded and stored plainly: a locked addition would cost the
//! peers, which allocate for every line, time that is not theirs.
#![allow(unsafe_code, reason = "an allocator cannot be written without; every call is handed on as it came")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator with a count of bytes and calls. Install it with `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

fn grew(bytes: usize) {
    let live = LIVE.load(Relaxed).wrapping_add(bytes);
    LIVE.store(live, Relaxed);
    if live > PEAK.load(Relaxed) {
        PEAK.store(live, Relaxed);
    }
    CALLS.store(CALLS.load(Relaxed).wrapping_add(1), Relaxed);
}

fn shrank(bytes: usize) {
    LIVE.store(LIVE.load(Relaxed).wrapping_sub(bytes), Relaxed);
}

// SAFETY: all four calls go to the system's allocator with the arguments they came with; the counters touch no memory of
// the caller.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grew(layout.size());
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grew(layout.size());
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrank(layout.size());
        // SAFETY: the caller's promise is handed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        shrank(layout.size());
        grew(size);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Bytes allocated now.
pub fn live() -> usize {
    LIVE.load(Relaxed)
}

/// What a piece of work did to the heap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    /// The most bytes held at once above what was held before.
    pub peak: usize,
    /// The bytes still held by its result.
    pub held: usize,
    /// Calls that allocate.
    pub calls: usize,
}

/// Runs a piece of work and tells what it did to the heap; its result is dropped after the count. All zero unless
/// [`Counting`] is installed.
pub fn used<R>(work: impl FnOnce() -> R) -> (Use, R) {
    let (before, calls) = (live(), CALLS.load(Relaxed));
    PEAK.store(before, Relaxed);
    let result = work();
    let peak = PEAK.load(Relaxed).saturating_sub(before);
    (Use { peak, held: live().saturating_sub(before), calls: CALLS.load(Relaxed).wrapping_sub(calls) }, result)
}
