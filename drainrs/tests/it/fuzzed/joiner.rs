//! Lines and events: every line is in one event, in order, and events keep to their limits.

use drainrs::{JoinConfig, JoinMode, Joined, Joiner, summarise};

use super::choices::split;
use super::lines::{lines, moment};

pub(super) fn run(data: &[u8]) {
    let (choices, data) = split::<1>(data);
    let mode = [JoinMode::Auto, JoinMode::Headered, JoinMode::Headerless, JoinMode::Off][choices.pick(0, 4)];
    let mut config = JoinConfig { mode, ..JoinConfig::default() };
    if choices.flag(0, 2) {
        (config.max_lines, config.max_bytes) = (2, 64);
    }
    let mut joiner = Joiner::build(&config).expect("settings that are right");
    let (mut next, mut count) = (0_u64, 0_u64);
    let mut take = |joined: Option<Joined<'_>>| {
        let Some(joined) = joined else { return };
        assert_eq!(joined.first_line, next);
        assert!(joined.lines > 0 && joined.text.len() <= config.max_bytes);
        next += u64::from(joined.lines);
        if let Some(summary) = summarise(joined.text) {
            assert!(!summary.causes.iter().any(|cause| cause.kind.len() > joined.text.len()));
        }
    };
    for (at, line) in lines(data).enumerate() {
        if choices.flag(0, 3) && at % 5 == 4 {
            take(joiner.advance(moment(at, 2)));
        }
        take(joiner.push(line, moment(at, 1)));
        count += 1;
        assert!(joiner.memory() < 4 * (config.max_bytes + data.len()) + 4096);
    }
    take(joiner.finish());
    assert_eq!(next, count, "every line is in an event");
    assert!(joiner.finish().is_none());
}
