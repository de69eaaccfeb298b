//! Counting: being written.
