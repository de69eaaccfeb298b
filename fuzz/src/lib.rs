//! The targets of the fuzzer. They live with the tests, which run them too; here they meet libFuzzer.

#[path = "../../drainrs-c/tests/fuzzed.rs"]
pub mod c;
#[path = "../../drainrs/tests/it/fuzzed/mod.rs"]
#[allow(dead_code, unused_imports, reason = "some of it the tests use alone")]
mod fuzzed;
#[path = "../../drainrs/tests/it/reference/mod.rs"]
#[allow(dead_code, reason = "as above")]
mod reference;

use std::collections::BTreeMap;
use std::path::Path;

/// Runs the target of a name.
///
/// # Panics
///
/// When a promise is broken, or there is no such target.
pub fn run(name: &str, data: &[u8]) {
    let (_, target) = fuzzed::TARGETS.into_iter().find(|(own, _)| *own == name).expect("a target");
    target(data);
}

/// Inputs to begin with, for each target.
#[must_use]
pub fn seeds() -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut seeds = fuzzed::seeds(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../drainrs/tests/golden"));
    seeds.insert("c", c::seeds());
    seeds
}
