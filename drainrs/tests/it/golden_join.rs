//! The golden cases of `join` and of the summaries of traces, and what must hold for any lines.

use crate::cases;
use drainrs::{ErrorKind, JoinConfig, JoinMode, Joiner, Timestamp, summarise};
use proptest::prelude::*;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    config: JoinConfig,
    text: String,
    /// How many lines each event has.
    events: Vec<u32>,
    /// The text of the first event, where it differs from its lines.
    first: Option<String>,
    /// What the summary of the first event says.
    summary: Option<toml::Table>,
}

#[derive(serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Debug, PartialEq)]
struct Event {
    text: Vec<u8>,
    lines: u32,
    first_line: u64,
    truncated: bool,
}

fn join(config: &JoinConfig, lines: &[&[u8]]) -> Vec<Event> {
    let mut joiner = Joiner::build(config).unwrap();
    let mut events = Vec::new();
    let mut keep = |e: drainrs::Joined<'_>| {
        events.push(Event { text: e.text.to_vec(), lines: e.lines, first_line: e.first_line, truncated: e.truncated });
    };
    for line in lines {
        joiner.push(line, Timestamp::default()).map(&mut keep);
    }
    joiner.finish().map(&mut keep);
    assert!(joiner.finish().is_none());
    events
}

fn table(text: &[u8]) -> Option<toml::Table> {
    let s = summarise(text)?;
    let text = |b: &[u8]| toml::Value::String(String::from_utf8_lossy(b).into_owned());
    let mut table = toml::Table::new();
    table.insert("runtime".into(), toml::Value::try_from(s.runtime).unwrap());
    table.insert("kind".into(), text(s.error.kind));
    table.insert("message".into(), text(s.error.message));
    table.insert("frames".into(), i64::from(s.frames).into());
    if s.suppressed > 0 {
        table.insert("suppressed".into(), i64::from(s.suppressed).into());
    }
    if let Some(frame) = s.frame {
        table.insert("frame".into(), text(frame));
    }
    if !s.causes.is_empty() {
        let show = |c: &drainrs::Cause<'_>| {
            let root = if c.is_root { " (root)" } else { "" };
            text(
                format!("{}: {}{root}", String::from_utf8_lossy(c.kind), String::from_utf8_lossy(c.message)).as_bytes(),
            )
        };
        table.insert("causes".into(), s.causes.iter().map(show).collect::<Vec<_>>().into());
    }
    Some(table)
}

#[test]
fn golden() {
    let mut wrong = Vec::new();
    for file in cases::read("join") {
        let File { case: list } = toml::from_str(&file.text).unwrap_or_else(|e| panic!("{}: {e}", file.name));
        for case in list {
            let what = format!("{}: {}", file.name, case.name);
            let lines: Vec<&[u8]> =
                case.text.strip_suffix('\n').unwrap_or(&case.text).split('\n').map(str::as_bytes).collect();
            let events = join(&case.config, &lines);
            let sizes: Vec<u32> = events.iter().map(|e| e.lines).collect();
            let texts: Vec<_> = events.iter().map(|e| String::from_utf8_lossy(&e.text)).collect();
            if sizes != case.events {
                wrong.push(format!("{what}: {sizes:?}, not {:?}: {texts:#?}", case.events));
                continue;
            }
            let first =
                case.first.unwrap_or_else(|| String::from_utf8(lines[..sizes[0] as usize].join(&b'\n')).unwrap());
            if texts[0] != first {
                wrong.push(format!("{what}: {}", texts[0]));
            }
            let summary = table(&events[0].text);
            if case.summary.is_some() && summary != case.summary {
                wrong.push(format!("{what}: {summary:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn limits_keep_the_head_and_count_the_rest() {
    let lines: Vec<&[u8]> =
        std::iter::once(&b"2031-02-03 04:05:06 x"[..]).chain(std::iter::repeat_n(&b"  more"[..], 9)).collect();
    let three = join(&JoinConfig { max_lines: 3, ..JoinConfig::default() }, &lines);
    assert_eq!(three.len(), 1);
    assert_eq!((three[0].lines, three[0].truncated), (10, true));
    assert_eq!(three[0].text, b"2031-02-03 04:05:06 x\n  more\n  more");
    let ten = join(&JoinConfig { max_lines: 10, ..JoinConfig::default() }, &lines);
    assert_eq!((ten[0].lines, ten[0].truncated), (10, false));
    let bytes = join(&JoinConfig { max_bytes: 64, ..JoinConfig::default() }, &lines);
    assert_eq!((bytes[0].text.len(), bytes[0].lines, bytes[0].truncated), (63, 10, true));
    let long = [b'x'; 100];
    let cut = join(&JoinConfig { max_bytes: 64, ..JoinConfig::default() }, &[&long]);
    assert_eq!((cut[0].text.len(), cut[0].truncated), (64, true));
}

#[test]
fn an_event_waits_so_long_and_no_longer() {
    let at = |ns: i64| Timestamp::from_nanos(1_000_000_000_000 + ns);
    let mut joiner = Joiner::build(&JoinConfig { flush_after_ns: 100, ..JoinConfig::default() }).unwrap();
    assert!(joiner.advance(at(0)).is_none());
    assert_eq!(joiner.deadline(), None);
    assert!(joiner.push(b"2031-02-03 04:05:06 x", at(0)).is_none());
    assert!(joiner.push(b"\tat a", at(60)).is_none());
    assert_eq!(joiner.deadline(), Some(at(160)));
    assert!(joiner.advance(at(159)).is_none());
    assert!(joiner.advance(at(-1_000_000)).is_none(), "time may run backwards");
    assert_eq!(joiner.advance(at(160)).unwrap().lines, 2);
    assert!(joiner.advance(at(999)).is_none());
    assert!(joiner.finish().is_none());
}

#[test]
fn the_parser_may_say_whether_lines_have_headers() {
    let mut joiner = Joiner::build(&JoinConfig::default()).unwrap();
    let now = Timestamp::default();
    joiner.set_headered(Some(false));
    assert!(joiner.push(b"2031-02-03 04:05:06 x", now).is_none());
    assert!(joiner.push(b"plain", now).is_some());
    joiner.set_headered(Some(true));
    assert!(joiner.push(b"2031-02-03 04:05:06 x", now).is_some());
    assert!(joiner.push(b"plain", now).is_none());
}

#[test]
fn settings_are_checked() {
    let error = Joiner::build(&JoinConfig { max_lines: 0, max_bytes: 1, flush_after_ns: -1, ..JoinConfig::default() })
        .unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["join.max_lines", "join.max_bytes", "join.flush_after_ns"]);
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(toml::from_str::<JoinConfig>("mdoe = 'off'").is_err());
    assert_eq!(toml::from_str::<JoinConfig>("mode = 'headered'").unwrap().mode, JoinMode::Headered);
}

#[test]
fn summaries_are_bounded() {
    let long = "é".repeat(300);
    let causes: Vec<_> =
        (0..40).map(|i| format!("Caused by: a.E{i}Exception: {long}\n\tat a.B.c(D.java:1)\n")).collect();
    let chain = causes.concat();
    let text = format!("a.BException: x\n\tat a.B.c(D.java:1)\n{chain}");
    let summary = summarise(text.as_bytes()).unwrap();
    assert_eq!((summary.causes.len(), summary.frames), (5, 41));
    assert_eq!(summary.causes[4].kind, b"a.E39Exception");
    assert!(summary.causes[4].is_root && !summary.causes[3].is_root);
    assert!(std::str::from_utf8(summary.causes[0].message).unwrap().len() <= 240);
    let flat = format!("Unhandled exception. A.BException: x{}\n   at A.B()", " ---> C.DException: y".repeat(5000));
    assert_eq!(summarise(flat.as_bytes()).unwrap().causes.len(), 5);
    assert_eq!(summarise(b"nothing here"), None);
}

/// Lines that the rules look at, and any others.
fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let known: [&[u8]; 26] = [
        b"2031-02-03 04:05:06 INFO x",
        b"",
        b"  indented",
        b"\tat a.b.C(D.java:1)",
        b"Caused by: x: y",
        b"Traceback (most recent call last):",
        b"  File \"a.py\", line 1, in f",
        b"ValueError: x",
        b"panic: x",
        b"goroutine 1 [running]:",
        b"main.main()",
        b"{",
        b"}",
        b"  \"a\": 1,",
        b"{\"a\":1}",
        b"2031-02-03T04:05:06Z stdout P half",
        b"2031-02-03T04:05:06Z stdout F rest",
        b"2031-02-03T04:05:06Z stderr F x",
        b"{\"log\":\"half\",\"stream\":\"stdout\",\"time\":\"2031-02-03T04:05:06Z\"}",
        b"{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2031-02-03T04:05:06Z\"}",
        b"thread 'main' panicked at a.rs:1:2:",
        b"/a/b.js:1",
        b"#0 a.php(1): b()",
        b"plain text",
        b"{\"log\":\"\\",
        b"\xff\0",
    ];
    let line = prop_oneof![
        6 => proptest::sample::select(known.to_vec()).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>().prop_filter("no line ends", |b| *b != b'\n'), 0..40),
    ];
    proptest::collection::vec(line, 0..60)
}

fn modes() -> impl Strategy<Value = JoinMode> {
    proptest::sample::select(vec![JoinMode::Auto, JoinMode::Headered, JoinMode::Headerless, JoinMode::Off])
}

proptest! {
    #![proptest_config(cases::properties(400))]

    #[test]
    fn no_line_is_lost(lines in lines(), mode in modes(), max_lines in 1_u32..9, max_bytes in 64_usize..400) {
        let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        let events = join(&JoinConfig { mode, max_lines, max_bytes, ..JoinConfig::default() }, &lines);
        let mut next = 0;
        for event in &events {
            prop_assert_eq!(event.first_line, next);
            prop_assert!(event.text.len() <= max_bytes);
            next += u64::from(event.lines);
            let _ = summarise(&event.text);
        }
        prop_assert_eq!(next, lines.len() as u64);
    }

    #[test]
    fn flushing_by_time_loses_no_line(lines in lines(), steps in proptest::collection::vec(-50_i64..200, 60)) {
        let mut joiner = Joiner::build(&JoinConfig { flush_after_ns: 100, ..JoinConfig::default() }).unwrap();
        let mut now = Timestamp::default();
        let mut seen = 0;
        for (line, step) in lines.iter().zip(steps) {
            now = now.plus_nanos(step);
            seen += joiner.advance(now).map_or(0, |e| e.lines);
            seen += joiner.push(line, now).map_or(0, |e| e.lines);
        }
        seen += joiner.finish().map_or(0, |e| e.lines);
        prop_assert_eq!(seen as usize, lines.len());
    }
}
