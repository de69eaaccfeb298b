//! libdrainrs: the C ABI over the core. A function here is a guard, checked conversions, and one call into the core.
//!
//! The header `include/drainrs.h` is generated from these files, and opens with the conventions: who owns what, who may call
//! from where, what an error is. `ffi` holds all that handles pointers; every other file is a noun of the header.
//!
//! The same functions, compiled to WebAssembly, serve hosts that cannot link C; `memory` exists for them alone.
#![allow(non_camel_case_types, reason = "they are the names of the header")]

// With `panic = "abort"` the guard around every function would be gone without a word. In WebAssembly a panic is a trap, which the
// host's engine catches.
#[cfg(all(panic = "abort", not(target_family = "wasm")))]
compile_error!("libdrainrs catches panics: build it with panic = \"unwind\"");

mod ffi;

pub mod alerter;
pub mod answered;
pub mod asker;
pub mod baseline;
pub mod buffer;
pub mod config;
pub mod correlator;
pub mod detector;
pub mod error;
pub mod events;
pub mod guard;
pub mod hits;
#[cfg(target_family = "wasm")]
pub mod memory;
pub mod miner;
pub mod normalizer;
pub mod observation;
mod parameters;
pub mod parser;
pub mod pipeline;
pub mod redaction;
pub mod redactor;
pub mod scorer;
pub mod status;
pub mod task;
#[cfg(feature = "testing")]
pub mod testing;
pub mod version;
