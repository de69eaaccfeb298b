//! Golden cases on disk: all files of one stage, sorted by name.

use std::fs;
use std::path::Path;

use proptest::test_runner::{Config, RngSeed};

/// How a property is tried: so many cases, the same ones on every run, so that a run which fails can be had again.
/// `DRAINRS_EXPLORE=n` tries n times as many, and others each time.
pub(crate) fn properties(cases: u32) -> Config {
    let (times, rng_seed) = explore().map_or((1, RngSeed::Fixed(1)), |times| (times, RngSeed::Random));
    Config { cases: cases.saturating_mul(times), rng_seed, failure_persistence: None, ..Config::default() }
}

fn explore() -> Option<u32> {
    std::env::var("DRAINRS_EXPLORE").ok().and_then(|times| times.parse().ok())
}

/// How many times as often something is tried.
pub(crate) fn explored() -> u64 {
    explore().unwrap_or(1).into()
}

/// A file of cases.
pub(crate) struct CaseFile {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The files of a stage.
pub(crate) fn read(stage: &str) -> Vec<CaseFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(stage);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .map(|p| CaseFile {
            name: p.file_name().unwrap().to_str().unwrap().to_owned(),
            text: fs::read_to_string(p).unwrap(),
        })
        .collect()
}

/// The cases of one file, such as `score/ranking.toml`: its `[[case]]`s.
pub(crate) fn of<T: serde::de::DeserializeOwned>(file: &str) -> Vec<T> {
    #[derive(serde::Deserialize)]
    #[serde(bound = "T: serde::de::DeserializeOwned")]
    struct Cases<T> {
        case: Vec<T>,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    let cases: Cases<T> = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(!cases.case.is_empty(), "{file} has cases");
    cases.case
}
