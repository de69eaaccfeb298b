//! The C library as its users see it.

mod asking;
#[cfg(feature = "testing")]
mod broken;
mod header;
mod keeping;
mod nulls;
mod scorers;
mod settings;
mod snapshots;
mod stages;
mod support;
mod threads;
