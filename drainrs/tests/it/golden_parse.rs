//! The golden cases of `parse`, and what must hold for any bytes.

use crate::cases;
use drainrs::{CustomFormat, ErrorKind, Level, ParseConfig, Parsed, Parser, Record, Timestamp};
use proptest::prelude::*;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    config: ParseConfig,
    /// Lines that are parsed before, to set the parser's mind.
    #[serde(default)]
    before: Vec<String>,
    line: String,
    /// The fields of the record; those that are left out must be empty.
    expect: toml::Table,
}

#[derive(serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

/// 2033-06-15: what lines without a year are dated back from.
const NOW: i64 = 2_002_406_400;

fn parser(config: &ParseConfig) -> Parser {
    let reference_time = config.reference_time.or(Some(Timestamp::from_seconds(NOW)));
    Parser::build(&ParseConfig { reference_time, ..config.clone() }).unwrap()
}

/// A record as the table that cases are written in.
fn table(record: &Record<'_>) -> toml::Table {
    let text = |bytes: &[u8]| toml::Value::String(String::from_utf8_lossy(bytes).into_owned());
    let fields = [
        ("service", record.service),
        ("host", record.host),
        ("process", record.process),
        ("thread", record.thread),
        ("logger", record.logger),
        ("source", record.source),
        ("stream", record.stream),
        ("trace", record.trace),
        ("span", record.span),
    ];
    let mut table: toml::Table = fields.iter().filter_map(|(k, v)| Some(((*k).to_owned(), text((*v)?)))).collect();
    table.insert("format".into(), text(record.format.as_bytes()));
    table.insert("message".into(), text(record.message));
    if record.level != Level::Unknown {
        let mark = if record.level_inferred { "?" } else { "" };
        table.insert("level".into(), text(format!("{}{mark}", record.level.name()).as_bytes()));
    }
    if let Some(at) = record.at {
        // Dates and zones that the line does not name are marked.
        let marks =
            format!("{}{}", if record.date_assumed { "?" } else { "" }, if record.zone_assumed { "~" } else { "" });
        table.insert("at".into(), text(format!("{at}{marks}").as_bytes()));
    }
    table
}

#[test]
fn golden() {
    let mut wrong = Vec::new();
    for file in cases::read("parse") {
        let File { case: list } = toml::from_str(&file.text).unwrap_or_else(|e| panic!("{}: {e}", file.name));
        for case in list {
            let mut parser = parser(&case.config);
            for line in &case.before {
                parser.parse(line.as_bytes());
            }
            // The same line again and again: its format is detected, and nothing changes.
            for round in 0..40 {
                let found = table(&parser.parse(case.line.as_bytes()));
                if found != case.expect {
                    wrong.push(format!("{}: {}, round {round}\n  {found}", file.name, case.name).replace('\n', "\n  "));
                    break;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_built_in_format_has_a_case() {
    let text: String = cases::read("parse").into_iter().map(|f| f.text).collect();
    for name in Parser::built_in_formats() {
        assert!(text.contains(&format!("format = \"{name}\"")), "{name} has no case");
    }
}

#[test]
fn a_stream_is_detected_and_a_change_of_format_noticed() {
    let mut parser = Parser::build(&ParseConfig::default()).unwrap();
    assert_eq!(parser.is_headered(), None);
    for i in 0..300 {
        parser.parse(format!("310203 0405{:02} {i} INFO a.B: step {i}", i % 60).as_bytes());
    }
    assert_eq!(parser.detected().collect::<Vec<_>>(), ["hdfs"]);
    assert_eq!(parser.is_headered(), Some(true));
    assert_eq!(parser.counters().exact, 300);
    for i in 0..600 {
        parser.parse(format!("level=info msg=\"step {i}\" n={i}").as_bytes());
    }
    assert_eq!(parser.detected().collect::<Vec<_>>(), ["logfmt"]);
    assert_eq!(parser.counters().redetections, 1);
}

#[test]
fn a_mixed_stream_keeps_several_formats() {
    let mut parser = Parser::build(&ParseConfig::default()).unwrap();
    for i in 0..600 {
        let line = match i % 4 {
            0 => format!("I0203 04:05:06.123456  7 a.go:{i}] step"),
            1 => format!("level=info msg=\"step {i}\" n={i}"),
            2 => format!("{{\"level\":\"info\",\"msg\":\"step {i}\"}}"),
            _ => format!("nothing that anybody knows {i}"),
        };
        parser.parse(line.as_bytes());
    }
    assert_eq!(parser.detected().collect::<Vec<_>>(), ["klog", "json", "logfmt"]);
    assert_eq!(parser.counters().exact, 450);
}

#[test]
fn rare_formats_and_the_users_are_tried_in_a_detected_stream() {
    let own =
        CustomFormat { name: "till".into(), pattern: r"till (?P<level>\w+) (?P<message>.*)".into(), needs_time: false };
    let mut parser = Parser::build(&ParseConfig { formats: vec![own], ..ParseConfig::default() }).unwrap();
    let main = |i: u32| format!("310203 0405{:02} {i} INFO a.B: step {i}", i % 60);
    for i in 0..300 {
        parser.parse(main(i).as_bytes());
    }
    assert_eq!(parser.detected().collect::<Vec<_>>(), ["till", "hdfs"]);
    for i in 0..1000 {
        let (line, format) = match i % 20 {
            3 => ("{\"level\":\"info\",\"msg\":\"x\"}".to_owned(), "json"),
            7 => ("till warn drawer open".to_owned(), "till"),
            11 => ("just words".to_owned(), "raw"),
            _ => (main(i), "hdfs"),
        };
        assert_eq!(parser.parse(line.as_bytes()).format, format, "line {i}");
    }
    assert_eq!(parser.counters().redetections, 0);
}

#[test]
fn raw_streams_are_looked_at_ever_less_often() {
    let mut parser = Parser::build(&ParseConfig::default()).unwrap();
    for i in 0..100_000 {
        assert_eq!(parser.parse(format!("just words {i}").as_bytes()).parsed, Parsed::Raw);
    }
    assert!(parser.counters().redetections < 12, "{:?}", parser.counters());
}

#[test]
fn all_problems_of_the_settings_at_once() {
    let format =
        |name: &str, pattern: &str| CustomFormat { name: name.into(), pattern: pattern.into(), needs_time: false };
    let config = ParseConfig {
        format: Some("nosuch".into()),
        formats: vec![
            format("json", "(?P<message>.*)"),
            format("a", "("),
            format("b", "%{NOSUCH:x}"),
            format("c", "plain"),
            format("d", "%{DATA:message"),
        ],
        max_formats: 0,
        max_sample_lines: 1,
        default_utc_offset: 100_000,
        ..ParseConfig::default()
    };
    let error = Parser::build(&config).unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|p| p.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "parse.formats[0].name",
            "parse.formats[1].pattern",
            "parse.formats[2].pattern",
            "parse.formats[3].pattern",
            "parse.formats[4].pattern",
            "parse.default_utc_offset",
            "parse.max_sample_lines",
            "parse.max_formats",
            "parse.format",
        ]
    );
    assert_eq!(error.problems()[1].kind, ErrorKind::Pattern);
    let many = ParseConfig {
        formats: (0..17).map(|i| format(&format!("f{i}"), "(?P<message>.*)")).collect(),
        ..ParseConfig::default()
    };
    assert_eq!(Parser::build(&many).unwrap_err().kind(), ErrorKind::Limit);
    let long = ParseConfig { formats: vec![format("a", &"x".repeat(20_000))], ..ParseConfig::default() };
    assert_eq!(Parser::build(&long).unwrap_err().path(), "parse.formats[0].pattern");
}

#[test]
fn settings_are_closed() {
    assert!(toml::from_str::<ParseConfig>("fromat = 'json'").is_err());
    let config: ParseConfig = toml::from_str("format = 'raw'\n[json_keys]\nmessage = ['said']").unwrap();
    assert_eq!(config.json_keys.message, ["said"]);
    assert!(!config.json_keys.time.is_empty(), "lists that are left out keep their default");
}

/// What holds for every record: the message is a part of the line, where the record says it is.
fn check(line: &[u8], record: &Record<'_>) {
    if let Some(start) = record.message_start {
        let start = start as usize;
        assert_eq!(line.get(start..start + record.message.len()), Some(record.message));
    }
    assert!(record.message.len() <= line.len());
    if record.parsed == Parsed::Raw && !record.format.is_empty() && record.stream.is_none() {
        assert_eq!(record.message, line.trim_ascii_end().get(..record.message.len()).unwrap_or(record.message));
    }
}

#[test]
fn bad_input_is_kept() {
    let long = [
        b"x".repeat(1 << 20),
        b"{".repeat(1 << 20),
        b"[".repeat(1 << 20),
        b"\"\\".repeat(1 << 19),
        b"2031-02-".repeat(1 << 17),
    ];
    let short: [&[u8]; 14] = [
        b"",
        b" ",
        b"\0",
        b"\xff\xfe",
        b"\r",
        b"\n",
        b"{",
        b"{\"a\":",
        b"<13",
        b"<999>x",
        b"[",
        b"2031-02-03 04:05:0",
        b"I0203 ",
        b"{\"msg\":\"\\ud800\\u12\\",
    ];
    for line in short.into_iter().chain(long.iter().map(Vec::as_slice)) {
        let mut parser = Parser::build(&ParseConfig::default()).unwrap();
        for _ in 0..3 {
            check(line, &parser.parse(line));
        }
    }
}

#[test]
fn line_endings_do_not_matter() {
    let mut parser = Parser::build(&ParseConfig::default()).unwrap();
    for ending in ["", "\n", "\r\n", "\r"] {
        let line = format!("2031-02-03T04:05:06Z INFO a::b: done{ending}");
        assert_eq!(parser.parse(line.as_bytes()).message, b"done");
    }
}

/// Pieces that formats are made of, so that random lines come close to them.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known: [&[u8]; 34] = [
        b"2031-02-03",
        b"T",
        b" ",
        b"04:05:06",
        b".123",
        b"Z",
        b"[",
        b"]",
        b"INFO",
        b"ERROR",
        b"E",
        b": ",
        b" - ",
        b"{",
        b"}",
        b"\"",
        b"\\",
        b"msg",
        b":",
        b"level",
        b"=",
        b"<13>",
        b"1 ",
        b"I0203",
        b"stdout F ",
        b"log",
        b",",
        b"Feb  3 ",
        b"host",
        b"\n",
        b"\t",
        b"(",
        b")",
        b"\xff",
    ];
    let piece = prop_oneof![
        8 => proptest::sample::select(known.to_vec()).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(cases::properties(400))]

    #[test]
    fn any_bytes_give_a_record(lines in proptest::collection::vec(pieces(), 1..80)) {
        let mut parser = parser(&ParseConfig::default());
        for line in &lines {
            check(line, &parser.parse(line));
        }
        let counters = parser.counters();
        prop_assert_eq!(counters.exact + counters.generic + counters.raw, lines.len() as u64);
    }

    #[test]
    fn any_cut_of_a_known_line_gives_a_record(at in 0_usize..200) {
        for file in cases::read("parse") {
            let File { case: list } = toml::from_str(&file.text).unwrap();
            for case in list {
                let line = case.line.as_bytes();
                let line = &line[..at.min(line.len())];
                check(line, &parser(&case.config).parse(line));
            }
        }
    }

    #[test]
    fn the_same_lines_give_the_same_records(lines in proptest::collection::vec(pieces(), 1..40)) {
        let run = || {
            let mut parser = parser(&ParseConfig::default());
            lines.iter().map(|line| table(&parser.parse(line))).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }
}
