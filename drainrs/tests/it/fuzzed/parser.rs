//! Headers: whatever the stream, what a record says lies in its line, and the same lines give the same records.

use drainrs::{ParseConfig, Parser, Record, level_in_text, level_of_word};

use super::choices::split;
use super::lines::{lines, moment};

pub(super) fn run(data: &[u8]) {
    let (choices, data) = split::<1>(data);
    let mut config = ParseConfig { max_sample_lines: 8, ..ParseConfig::default() };
    if choices.flag(0, 0) {
        let pattern = r"^(?P<level>[A-Z]) (?P<ts>\S+) (?P<message>.*)";
        config.formats =
            vec![serde_json::from_value(serde_json::json!({ "name": "own", "pattern": pattern })).expect("a format")];
    }
    config.infer_level = choices.flag(0, 1);
    let names: Vec<&str> = Parser::built_in_formats().collect();
    let pinned = choices.pick(0, 4 * names.len()) / 4;
    if choices.flag(0, 2) {
        config.format = Some(names[pinned].to_owned());
    }
    let mut parser = Parser::build(&config).expect("settings that are right");
    let mut again = Parser::build(&config).expect("settings that are right");
    let mut count = 0;
    for (at, line) in lines(data).enumerate() {
        for parser in [&mut parser, &mut again] {
            parser.set_reference_time(moment(at, 1));
        }
        let record = parser.parse(line);
        check(&record, line);
        let (text, other) = (format!("{record:?}"), format!("{:?}", again.parse(line)));
        assert_eq!(text, other);
        let _ = (level_in_text(line), level_of_word(line));
        count += 1;
    }
    let counters = parser.counters();
    assert_eq!(counters.exact + counters.generic + counters.raw, count);
}

fn check(record: &Record<'_>, line: &[u8]) {
    if let Some(start) = record.message_start {
        let start = start as usize;
        assert_eq!(line.get(start..start + record.message.len()), Some(record.message), "the message lies in the line");
    }
    assert!(record.message.len() <= line.len(), "nothing is added");
    let fields = [record.service, record.host, record.process, record.thread, record.logger, record.trace, record.span];
    assert!(fields.iter().flatten().all(|field| field.len() <= line.len()));
}
