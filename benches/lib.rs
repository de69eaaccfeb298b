//! Benchmarks of drainrs.
