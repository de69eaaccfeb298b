//! Processor time of the calling thread.

use std::time::Duration;

use cpu_time::ThreadTime;

/// The processor time that a piece of work took on this thread, and its result.
pub fn timed<R>(work: impl FnOnce() -> R) -> (Duration, R) {
    let start = ThreadTime::now();
    let result = work();
    (start.elapsed(), result)
}

/// The middle one of some durations; the upper of the two middle ones for an even number.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
