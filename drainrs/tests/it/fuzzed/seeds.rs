//! Inputs to begin with: what the golden cases say, behind a few choices.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use drainrs::baseline::Baseline;
use drainrs::{PipelineConfig, Timestamp};

/// The texts of a golden case that go into a machine.
const INPUTS: [&str; 5] = ["line", "lines", "text", "in", "answer"];

/// Inputs for each target, from the folder of the golden cases.
pub(crate) fn seeds(golden: &Path) -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut seeds: BTreeMap<&'static str, Vec<Vec<u8>>> = BTreeMap::new();
    let mut add = |target, choices: &[u8], input: &[u8]| {
        seeds.entry(target).or_default().push([choices, input].concat());
    };
    for folder in ["normalize", "redact"] {
        for (n, text) in texts(&golden.join(folder)).iter().enumerate() {
            add("normalizer", &[n as u8], text);
            add("redactor", &[0], text);
        }
    }
    for folder in ["parse", "join", "mine"] {
        // Some cases together are a stream.
        for (n, some) in texts(&golden.join(folder)).chunks(8).enumerate() {
            let (stream, n) = (some.join(&b'\n'), n as u8);
            add("parser", &[n], &stream);
            add("joiner", &[n], &stream);
            add("pipeline", &[0, 32, n % 5, n], &stream);
            add("pipeline", &[n, n.wrapping_mul(37), n, n / 2], &stream);
            add("batch", &[n, n.wrapping_mul(29), n], &stream);
        }
    }
    for (n, text) in texts(&golden.join("answer")).iter().enumerate() {
        add("answer", &[n as u8], text);
    }
    let settings = ["{}", r#"{ "detect": {} }"#, r#"{ "mine": { "rule": "drain3", "max_templates": null } }"#];
    settings.iter().for_each(|text| add("config", &[0], text.as_bytes()));
    add("config", &[0], &serde_json::to_vec(&PipelineConfig::default()).expect("settings are written"));
    add("config", &[1], b"[DRAIN]\nsim_th = 0.4\nmax_clusters = 1024\n[MASKING]\nmasking = [{\"regex_pattern\": \"a+\", \"mask_with\": \"A\"}]\n");
    add("config", &[2], &serde_json::to_vec(&drainrs::RedactConfig::default()).expect("settings are written"));
    add("config", &[3], &serde_json::to_vec(&drainrs::GuardConfig::default()).expect("settings are written"));
    for name in ["v1.snapshot", "v1-pipeline.snapshot"] {
        let bytes = fs::read(golden.join("snapshot").join(name)).expect("a golden snapshot");
        add("restore", &[0], payload(&bytes));
    }
    for state in files(&golden.join("drain3"), "state.json") {
        add("restore", &[5], &fs::read(state).expect("a golden state"));
    }
    for (kind, bytes) in kept() {
        add("restore", &[kind], payload(&bytes));
    }
    for n in 0..8_u8 {
        let bytes: Vec<u8> = (0..=255).map(|byte: u8| byte.wrapping_mul(2 * n + 1).rotate_left(n.into())).collect();
        add("lexer_naive", &[], &bytes.repeat(4));
        add("miner_naive", &[], &bytes.repeat(8));
    }
    seeds
}

/// What stands behind the header of a snapshot.
fn payload(bytes: &[u8]) -> &[u8] {
    bytes.get(22..).unwrap_or_default()
}

/// Snapshots of machines, each with the choice that restores it.
fn kept() -> Vec<(u8, Vec<u8>)> {
    let mut baseline = Baseline::build(&PipelineConfig::default()).expect("default settings");
    for n in 0..300 {
        let now = Timestamp::from_seconds(1_700_000_000 + n * 7);
        baseline.push(format!("{now} INFO a.B: user {n} took {} ms", n % 17).as_bytes(), now);
    }
    let pipeline = baseline.pipeline();
    let detector = pipeline.detector().expect("a baseline detects");
    let mut kept = vec![
        (1, baseline.save().expect("a baseline")),
        (0, pipeline.snapshot().expect("a snapshot")),
        (2, detector.snapshot()),
        (2, detector.battery().snapshot()),
        (4, drainrs::Guard::build(&drainrs::GuardConfig::default()).expect("default settings").snapshot()),
    ];
    let asker = drainrs::ask::Asker::build(&drainrs::ask::AskConfig::default()).expect("default settings");
    kept.push((3, asker.snapshot(pipeline).expect("a snapshot")));
    kept
}

/// The files of a folder whose names end so, by name.
fn files(folder: &Path, end: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of golden cases");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.to_str().is_some_and(|path| path.ends_with(end)));
    paths.sort();
    paths
}

/// The input texts of all cases in a folder.
fn texts(folder: &Path) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for path in files(folder, ".toml") {
        let text = fs::read_to_string(path).expect("a file of cases");
        let cases: toml::Value = toml::from_str(&text).expect("TOML");
        for case in cases.get("case").and_then(toml::Value::as_array).into_iter().flatten() {
            for (_, value) in INPUTS.iter().filter_map(|name| Some((name, case.get(*name)?))) {
                match value {
                    toml::Value::String(text) => texts.push(text.as_bytes().to_vec()),
                    toml::Value::Array(lines) => {
                        texts.push(
                            lines.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join("\n").into_bytes(),
                        );
                    }
                    _ => {}
                }
            }
        }
    }
    texts
}
