//! The program inside another process: reports and lines for a host, the same as on the command line.

use std::io::{self, ErrorKind, Read};

use drainrs::Level;
use drainrs::program::{self, Lines, Report, ReportError, ReportRequest, Source, report_of, report_while};
use serde_json::Value;

use super::input::{gzip, log, zstd};
use super::{file, folder, printed, run};

const fn is_send<T: Send>() {}
const _: () = {
    is_send::<Lines>();
    is_send::<Source>();
    is_send::<Report>();
    is_send::<ReportError>();
};

/// Without what differs from run to run.
fn steady(mut document: Value) -> Value {
    document.as_object_mut().unwrap().remove("run");
    document
}

fn written(arguments: &[&str]) -> Value {
    steady(serde_json::from_str(&printed(&run(arguments))).unwrap())
}

#[test]
fn a_hosts_report_is_that_of_the_command_line() {
    let report = report_of([Source::sample()], &ReportRequest::default()).unwrap();
    let text = printed(&run(["report", "--sample", "--json"]));
    assert_eq!(steady(report.document()), steady(serde_json::from_str(&text).unwrap()));
    let own = serde_json::to_string_pretty(&report).unwrap();
    assert_eq!(own.lines().take(20).collect::<Vec<_>>(), text.lines().take(20).collect::<Vec<_>>(), "fields in order");

    let mut request = ReportRequest::default();
    request.level = Level::Warn;
    request.top = Some(1);
    request.detect = false;
    request.service = Some("payment".to_owned());
    let report = report_of([Source::sample()], &request).unwrap();
    let options = ["--level", "warn", "--top", "1", "--no-detect", "--service", "payment"];
    assert_eq!(steady(report.document()), written(&[&["report", "--sample", "--json"][..], &options].concat()));
    request.cells = 7;
    let report = report_of([Source::sample()], &request).unwrap();
    assert_eq!(report.document()["series"].as_array().unwrap().len(), 7);
}

#[test]
fn its_text_is_that_of_a_pipe_and_fits_where_it_shall() {
    let folder = folder("hosted-text");
    let path = file(&folder, "plain.log", &log(300));
    let report = report_of([Source::file(&path)], &ReportRequest::default()).unwrap();
    // All but the speed, which ends the last line.
    let but_speed = |text: &str| text.rsplit_once("  ·  ").unwrap().0.to_owned();
    assert_eq!(but_speed(&report.text(None)), but_speed(&printed(&run(["report", &path]))));
    assert_eq!(report.text(Some(usize::MAX)), report.text(None));
    let sample = report_of([Source::sample()], &ReportRequest::default()).unwrap();
    let (narrow, wide) = (sample.text(Some(60)), sample.text(None));
    assert!(narrow.contains('…') && !wide.contains('…'), "{narrow}");
    assert!(!narrow.contains('\u{1b}'));
}

#[test]
fn sources_of_all_kinds_count_together() {
    let folder = folder("hosted-sources");
    let plain = log(500);
    let sources = [
        Source::file(file(&folder, "a.log", &plain)),
        Source::file(file(&folder, "packed", &gzip(&plain))),
        Source::reader("a stream", Box::new(io::Cursor::new(zstd(&plain)))),
    ];
    assert_eq!(sources[2].name(), "a stream");
    let document = report_of(sources, &ReportRequest::default()).unwrap().document();
    assert_eq!((&document["input"]["lines"], &document["input"]["names"][2]), (&1500.into(), &"a stream".into()));
    assert_eq!(document["input"]["bytes"], 3 * plain.len());
}

/// Fails, with what a host says.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the host said no"))
    }
}

#[test]
fn what_is_wrong_is_told_by_kind() {
    let folder = folder("hosted-wrong");
    let mut request = ReportRequest::default();
    request.config.mine.depth = 1;
    let error = report_of([Source::reader("never read", Box::new(Broken))], &request).unwrap_err();
    assert!(matches!(&error, ReportError::Settings(error) if error.path() == "mine.depth"), "{error}");

    let request = ReportRequest::default();
    let error = report_of([Source::reader("a stream", Box::new(Broken))], &request).unwrap_err();
    assert_eq!(error.to_string(), "cannot read a stream: the host said no");
    let of_file = |path: &std::path::Path| match report_of([Source::file(path)], &request).unwrap_err() {
        ReportError::Read { error, .. } => error.kind(),
        other => panic!("{other}"),
    };
    assert_eq!(of_file(&folder.join("missing")), ErrorKind::NotFound);
    assert_eq!(of_file(&folder), ErrorKind::IsADirectory);
}

#[test]
fn a_host_may_stop_before_the_end() {
    let plain = log(200_000);
    for packed in [plain.clone(), gzip(&plain)] {
        let sources = [Source::reader("long", Box::new(io::Cursor::new(packed)))];
        let mut asked = 0;
        let stopped = report_while(sources, &ReportRequest::default(), || {
            asked += 1;
            asked < 3
        });
        assert!(matches!(stopped, Err(ReportError::Stopped)));
        assert_eq!(asked, 3);
    }
}

#[test]
fn lines_are_unpacked_and_tell_how_far_they_are() {
    let folder = folder("hosted-lines");
    let plain = log(2000);
    for packed in [plain.clone(), gzip(&plain), zstd(&plain)] {
        let path = file(&folder, "log", &packed);
        let mut lines = Lines::open(path).unwrap();
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            found.extend_from_slice(line);
            found.push(b'\n');
        }
        assert!(found == plain);
        assert_eq!((lines.bytes_read(), lines.bytes_unpacked()), (packed.len() as u64, plain.len() as u64));
    }
    let packed = gzip(&plain);
    let mut cut = Lines::of(Box::new(io::Cursor::new(packed[..packed.len() / 2].to_vec()))).unwrap();
    let error = loop {
        if let Err(error) = cut.next_line() {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn the_whole_program_gives_its_exit_code() {
    let folder = folder("hosted-run");
    let log = file(&folder, "app.log", &log(50));
    let scores = file(&folder, "scores", b"0.1 0\n0.9 1\nnot a score\n");
    let run = |arguments: &[&str]| program::run(["drainrs"].iter().chain(arguments).map(Into::into));
    assert_eq!(run(&["mine", &log, "--out-dir", folder.to_str().unwrap()]), 0);
    assert_eq!(run(&["calibrate", &scores]), 2);
    assert_eq!(run(&["report", "--depth", "1"]), 2);
    assert_eq!(program::run([]), 2, "not even a name");
}
