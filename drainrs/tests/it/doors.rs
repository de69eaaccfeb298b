//! The cases that every language runs, see `tests/golden/doors/README.md`: here Rust's answers.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use drainrs::{Event, Outcome, Pipeline, PipelineConfig, Timestamp};

const NOW: Timestamp = Timestamp::from_seconds(1_773_345_600);
const BATCH: usize = 100;

/// What a case gives, by the names of its files.
struct Answers {
    events: String,
    templates: String,
    alerts: String,
    snapshot: Vec<u8>,
}

/// An event's line in `events.txt`.
fn write_event(out: &mut String, event: &Event<'_>) {
    let at = event.record.at.map_or_else(|| "-".to_owned(), |at| at.as_nanos().to_string());
    let (change, template, content) = match &event.outcome {
        Outcome::Mined(hit) => (hit.change as u8, hit.template.0, hit.content().0),
        Outcome::Skipped(drainrs::SkipReason::BelowLevel) => (16, 0, 0),
        _ => (17, 0, 0),
    };
    let (line, lines, level) = (event.first_line, event.lines, event.record.level as u8);
    write!(out, "{line} {lines} {at} {level} {change} {template} {content:016x}").unwrap();
    if let Outcome::Mined(hit) = &event.outcome {
        for parameter in hit.parameters() {
            let span = parameter.span.range();
            write!(out, " {}:{}-{}", parameter.class.index(), span.start, span.end).unwrap();
        }
    }
    out.push('\n');
}

fn lines_of(case: &Path) -> Vec<u8> {
    let own = std::fs::read(case.join("lines.log"));
    own.unwrap_or_else(|_| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program/sample.log")).unwrap())
}

fn answers(case: &Path) -> Answers {
    let config: PipelineConfig = serde_json::from_slice(&std::fs::read(case.join("config.json")).unwrap()).unwrap();
    let mut pipeline = Pipeline::build(&config).unwrap();
    let text = lines_of(case);
    let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    if text.ends_with(b"\n") {
        lines.pop();
    }
    let (mut events, mut alerts) = (String::new(), Vec::new());
    for batch in lines.chunks(BATCH) {
        for line in batch {
            if let Some(event) = pipeline.push(line, NOW) {
                write_event(&mut events, &event);
            }
        }
        alerts.extend(std::iter::from_fn(|| pipeline.poll_alert()));
    }
    if let Some(event) = pipeline.finish(NOW) {
        write_event(&mut events, &event);
    }
    if let Some(detector) = pipeline.detector_mut() {
        detector.finish();
    }
    alerts.extend(std::iter::from_fn(|| pipeline.poll_alert()));
    let templates: Vec<_> = pipeline.miner().templates().collect();
    let templates = serde_json::to_string(&templates).unwrap();
    Answers {
        events,
        templates,
        alerts: serde_json::to_string(&alerts).unwrap(),
        snapshot: pipeline.snapshot().unwrap(),
    }
}

#[test]
fn the_cases_of_all_languages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/doors");
    let update = std::env::var_os("DRAINRS_UPDATE_GOLDEN").is_some();
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    assert!(cases.len() >= 3);
    for case in cases {
        let Answers { events, templates, alerts, snapshot } = answers(&case);
        let files: [(&str, &[u8]); 4] = [
            ("events.txt", events.as_bytes()),
            ("templates.json", templates.as_bytes()),
            ("alerts.json", alerts.as_bytes()),
            ("state.snapshot", &snapshot),
        ];
        for (name, given) in files {
            let path = case.join(name);
            if update {
                std::fs::write(&path, given).unwrap();
            }
            assert!(std::fs::read(&path).unwrap_or_default() == given, "{} says something else", path.display());
        }
    }
}
