//! The C library as its users see it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod asking;
#[cfg(feature = "testing")]
mod broken;
mod fuzzed;
mod header;
mod keeping;
mod nulls;
mod scorers;
mod settings;
mod snapshots;
mod stages;
mod support;
mod threads;
