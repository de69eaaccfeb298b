//! Settings that a few bits choose, lines, and the time that passes between them.

use drainrs::score::ScorerName;
use drainrs::{
    DetectConfig, DrainConfig, JoinMode, Level, Mask, NormalizeConfig, PipelineConfig, SessionSource, SurgeConfig,
    Timestamp,
};

use super::choices::Choices;

/// The lines of an input.
pub(super) fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == b'\n')
}

/// Masks as users write them, and some that are hard on an engine.
pub(super) fn masks() -> Vec<Mask> {
    vec![
        Mask::new("IP", r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)"),
        Mask::new("SEQ", r"((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)"),
        Mask::new("CMD", r"(?<=executed cmd )(\x22.+?\x22)"),
        Mask::new("EMPTY", r"x*"),
        Mask::new("AA", r"(a|aa)+$"),
        Mask::new("TWICE", r"(\w+) \1"),
    ]
}

/// How messages become tokens.
pub(super) fn normalize_config<const N: usize>(choices: &Choices<N>, at: usize) -> NormalizeConfig {
    let base = if choices.flag(at, 0) { NormalizeConfig::drain3() } else { NormalizeConfig::default() };
    let mut config = base.clone();
    if choices.flag(at, 1) {
        config.masks = masks();
    }
    if choices.flag(at, 2) {
        config.extra_delimiters = vec!["_".to_owned(), "=>".to_owned()];
    }
    if choices.flag(at, 3) {
        (config.max_line_bytes, config.max_tokens) = (40, 6);
    }
    if choices.flag(at, 4) {
        (config.max_line_bytes, config.max_tokens) = (0, 0);
    }
    if choices.flag(at, 5) {
        config.fold_lists = false;
        config.keep = vec!["PATH".to_owned(), "NUM".to_owned()];
    }
    // Not everything goes together; the library says so.
    if drainrs::Normalizer::build(&config).is_ok() { config } else { base }
}

/// Settings of a whole pipeline; of two bytes.
pub(super) fn pipeline_config<const N: usize>(choices: &Choices<N>, at: usize) -> PipelineConfig {
    let mut config = PipelineConfig { normalize: normalize_config(choices, at), ..PipelineConfig::default() };
    if choices.flag(at, 6) {
        config.mine = DrainConfig::drain3();
    }
    if choices.flag(at, 7) {
        config.mine.max_templates = Some(3);
        (config.mine.max_children, config.mine.max_examples, config.mine.max_lineage) = (2, 1, 2);
    }
    let next = at + 1;
    config.join.mode = [JoinMode::Auto, JoinMode::Headered, JoinMode::Headerless, JoinMode::Off][choices.pick(next, 4)];
    if choices.flag(next, 2) {
        (config.join.max_lines, config.join.max_bytes) = (2, 64);
    }
    if choices.flag(next, 3) {
        config.parse.max_sample_lines = 8;
    }
    if choices.flag(next, 4) {
        config.filter.surge = Some(SurgeConfig { events_per_second: 2, keep_every: 2 });
        config.filter.min_level = Level::Info;
    }
    if choices.flag(next, 5) {
        let mut detect =
            DetectConfig { session: SessionSource::Thread, max_scores: 8, max_metrics: 8, ..DetectConfig::default() };
        detect.score.scorers = ScorerName::all().to_vec();
        if choices.flag(next, 6) {
            (detect.max_services, detect.count.max_series, detect.count.max_slots) = (2, 4, 4);
            (detect.score.frequency.max_series, detect.score.content.max_slots) = (4, 4);
            (detect.score.sequence.max_sessions, detect.alert.max_open, detect.alert.max_waiting) = (2, 2, 2);
        }
        config.detect = Some(detect);
    }
    config
}

/// When the `n`-th line comes: together, in steps, after long pauses, and sometimes before the line before it.
pub(super) fn moment(n: usize, pace: usize) -> Timestamp {
    const BEGIN: i64 = 1_700_000_000;
    let n = n as i64;
    let seconds = match pace {
        0 => 0,
        1 => n,
        2 => n * 61,
        3 => n * 10 - n % 7 * 25,
        _ => n * n * n * 977,
    };
    Timestamp::from_seconds(BEGIN + seconds)
}
