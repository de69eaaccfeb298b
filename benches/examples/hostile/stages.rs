//! What is measured: the stages, each by itself, and all of them together.

use std::hint::black_box;

use drainrs::redact::{RedactConfig, Redactor};
use drainrs::score::ScorerName;
use drainrs::{
    DetectConfig, DrainConfig, JoinConfig, Joiner, Mask, Miner, MinerConfig, NormalizeConfig, Normalizer, ParseConfig,
    Parser, Pipeline, PipelineConfig, SessionSource, Timestamp, Tokens,
};

use super::input::Input;

/// A stage, or several together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The lexer.
    Lexer,
    /// The lexer with masks of a user.
    LexerMasks,
    /// The lexer with masks that no automaton can run.
    BackReferences,
    /// Drain3's tokenizer with the masks of its demonstration.
    Drain3Masks,
    /// The default miner.
    Miner,
    /// The miner in Drain3 mode, without masks.
    Drain3,
    /// The parser of headers.
    Parser,
    /// The joiner.
    Joiner,
    /// Everything, with all scorers and sessions.
    Pipeline,
    /// The redactor with all rules.
    Redactor,
}

/// Whether the limits on lines are those of the default or lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limits {
    /// 64 KiB and 512 tokens.
    Default,
    /// None.
    None,
}

impl Limits {
    /// Both.
    pub(crate) const ALL: [Limits; 2] = [Limits::Default, Limits::None];

    fn normalize(self, config: NormalizeConfig) -> NormalizeConfig {
        match self {
            Limits::Default => config,
            Limits::None => NormalizeConfig { max_line_bytes: 0, max_tokens: 0, ..config },
        }
    }

    fn join(self) -> JoinConfig {
        match self {
            Limits::Default => JoinConfig::default(),
            Limits::None => JoinConfig { max_lines: u32::MAX, max_bytes: 1 << 30, ..JoinConfig::default() },
        }
    }
}

impl Stage {
    /// All stages.
    pub(crate) const ALL: [Stage; 10] = [
        Stage::Lexer,
        Stage::LexerMasks,
        Stage::BackReferences,
        Stage::Drain3Masks,
        Stage::Miner,
        Stage::Drain3,
        Stage::Parser,
        Stage::Joiner,
        Stage::Pipeline,
        Stage::Redactor,
    ];

    /// The stage of that name, or all whose names hold the word.
    pub(crate) fn named(word: &str) -> Vec<Stage> {
        let exact = Stage::ALL.into_iter().find(|stage| stage.name() == word);
        let all = || Stage::ALL.into_iter().filter(|stage| stage.name().contains(word)).collect();
        exact.map_or_else(all, |stage| vec![stage])
    }

    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Stage::Lexer => "lexer",
            Stage::LexerMasks => "lexer with a user's masks",
            Stage::BackReferences => "lexer with back references in masks",
            Stage::Drain3Masks => "tokenizer of drain3 with its masks",
            Stage::Miner => "miner",
            Stage::Drain3 => "miner in drain3 mode",
            Stage::Parser => "parser",
            Stage::Joiner => "joiner",
            Stage::Pipeline => "pipeline with all scorers",
            Stage::Redactor => "redactor",
        }
    }

    /// Whether it does not look at tokens, or looks at a line at a time: what many templates do is nothing to it.
    pub(crate) fn learns_templates(self) -> bool {
        matches!(self, Stage::Miner | Stage::Drain3 | Stage::Pipeline)
    }

    /// Sends all lines through the stage, which is new.
    pub(crate) fn run(self, limits: Limits, input: &Input) -> usize {
        match self {
            Stage::Lexer => normalize(&limits.normalize(NormalizeConfig::default()), input),
            Stage::LexerMasks => normalize(
                &limits.normalize(NormalizeConfig { masks: user_masks(), ..NormalizeConfig::default() }),
                input,
            ),
            Stage::BackReferences => {
                let masks = vec![Mask::new("TWICE", r"\b(\w+) \1\b"), Mask::new("CALLS", r"(?<=call )(?:(\w+),?)+;\1")];
                normalize(&limits.normalize(NormalizeConfig { masks, ..NormalizeConfig::default() }), input)
            }
            Stage::Drain3Masks => normalize(
                &limits.normalize(NormalizeConfig {
                    masks: drainrs_bench::demonstration_masks(),
                    ..NormalizeConfig::drain3()
                }),
                input,
            ),
            Stage::Miner => {
                let normalize = limits.normalize(NormalizeConfig::default());
                mine(&MinerConfig { normalize, mine: DrainConfig::default() }, input)
            }
            Stage::Drain3 => {
                let config = MinerConfig::drain3();
                mine(&MinerConfig { normalize: limits.normalize(config.normalize), mine: config.mine }, input)
            }
            Stage::Parser => {
                let mut parser = Parser::build(&ParseConfig::default()).expect("settings of a bench");
                input.iter().map(|line| parser.parse(line).message.len()).sum()
            }
            Stage::Joiner => {
                let mut joiner = Joiner::build(&limits.join()).expect("settings of a bench");
                let now = Timestamp::from_seconds(0);
                input.iter().map(|line| usize::from(black_box(joiner.push(line, now)).is_some())).sum()
            }
            Stage::Pipeline => pipeline(limits, input),
            Stage::Redactor => {
                let rules = ["high_entropy", "ssn", "mac", "host", "user_path"].map(str::to_owned).to_vec();
                let config = RedactConfig { enable: rules, ..RedactConfig::default() };
                let redactor = Redactor::build(&config).expect("settings of a bench");
                input.iter().map(|line| redactor.redact(line).len()).sum()
            }
        }
    }
}

fn normalize(config: &NormalizeConfig, input: &Input) -> usize {
    let normalizer = Normalizer::build(config).expect("settings of a bench");
    let mut tokens = Tokens::new();
    let mut count = 0;
    for line in input.iter() {
        normalizer.normalize(line, &mut tokens);
        count += black_box(&tokens).len();
    }
    count
}

fn mine(config: &MinerConfig, input: &Input) -> usize {
    let mut miner = Miner::build(config).expect("settings of a bench");
    for line in input.iter() {
        black_box(miner.insert(line));
    }
    miner.len()
}

fn pipeline(limits: Limits, input: &Input) -> usize {
    let mut detect = DetectConfig { session: SessionSource::Parameter("ID".to_owned()), ..DetectConfig::default() };
    detect.score.scorers = ScorerName::all().to_vec();
    let normalize = limits.normalize(NormalizeConfig::default());
    let config = PipelineConfig { join: limits.join(), normalize, detect: Some(detect), ..PipelineConfig::default() };
    let mut pipeline = Pipeline::build(&config).expect("settings of a bench");
    // A thousand lines a second: where lines have no times of their own, windows close all the same.
    let mut now = Timestamp::from_seconds(0);
    let mut alerts = 0;
    for line in input.iter() {
        now = now.plus_nanos(1_000_000);
        black_box(pipeline.push(line, now));
        while pipeline.poll_alert().is_some() {
            alerts += 1;
        }
    }
    black_box(pipeline.finish(now));
    pipeline.miner().len() + alerts
}

/// Masks as users write them, some of them careless.
fn user_masks() -> Vec<Mask> {
    vec![
        Mask::new("NUM", r"\d+"),
        Mask::new("QUOTED", r#""[^"]*""#),
        Mask::new("BRACKETS", r"\[.*?\]"),
        Mask::new("KEY", r"(\w+)=(\w+)"),
        Mask::new("MAIL", r"[\w.+-]+@[\w-]+\.[\w.-]+"),
        Mask::new("USER", r"(?<=user )\w+"),
    ]
}
