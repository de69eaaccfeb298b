//! Settings are checked where they are made: a class of settings builds the machine that it is for, or the part of one, and
//! lets it go. Building costs microseconds, two milliseconds where there is a redactor.

use drainrs::fit::{Fit, FitConfig};
use drainrs::score::calibrate::CalibrateConfig;
use drainrs::{
    Error, MinerConfig, PipelineConfig, alert, ask, baseline, correlate, count, guard, index, prompt, redact, score,
};

/// Settings that say what is wrong with them.
pub(crate) trait Checked {
    /// What the paths of problems begin with in the machine, and here do not.
    const STAGE: &str = "";

    /// Every wrong setting, by its path.
    fn checked(&self) -> Result<(), Error>;
}

macro_rules! checked {
    ($($kind:ty, $stage:literal: |$own:ident| $built:expr;)*) => {$(
        impl Checked for $kind {
            const STAGE: &str = $stage;

            fn checked(&self) -> Result<(), Error> {
                let $own = self;
                $built.map(drop)
            }
        }
    )*};
}

/// Settings of which every value will do, or that only what they are used on can judge.
macro_rules! always_right {
    ($($kind:ty),* $(,)?) => {$(
        impl Checked for $kind {
            fn checked(&self) -> Result<(), Error> {
                Ok(())
            }
        }
    )*};
}

/// A pipeline, or an asker, with one part of its settings.
fn asker(change: impl FnOnce(&mut ask::AskConfig)) -> Result<ask::Asker, Error> {
    let mut config = ask::AskConfig::default();
    change(&mut config);
    ask::Asker::build(&config)
}

fn miner(change: impl FnOnce(&mut MinerConfig)) -> Result<drainrs::Miner, Error> {
    let mut config = MinerConfig::default();
    change(&mut config);
    drainrs::Miner::build(&config)
}

fn pipeline(change: impl FnOnce(&mut PipelineConfig)) -> Result<drainrs::Pipeline, Error> {
    let mut config = PipelineConfig::default();
    change(&mut config);
    drainrs::Pipeline::build(&config)
}

fn redactor(change: impl FnOnce(&mut redact::RedactConfig)) -> Result<drainrs::Redactor, Error> {
    let mut config = redact::RedactConfig::default();
    change(&mut config);
    drainrs::Redactor::build(&config)
}

fn alerter(change: impl FnOnce(&mut alert::AlertConfig)) -> Result<drainrs::Alerter, Error> {
    let mut config = alert::AlertConfig::default();
    change(&mut config);
    drainrs::Alerter::build(&config)
}

fn fit(change: impl FnOnce(&mut FitConfig)) -> Result<Fit, Error> {
    let mut config = FitConfig::default();
    change(&mut config);
    Fit::build(&config)
}

fn guard(change: impl FnOnce(&mut drainrs::GuardConfig)) -> Result<drainrs::Guard, Error> {
    let mut config = drainrs::GuardConfig::default();
    change(&mut config);
    drainrs::Guard::build(&config)
}

fn clusters(config: &score::KMeansConfig) -> Result<score::KMeans, Error> {
    score::KMeans::fit(ndarray::array![[1.0_f32]].view(), config)
}

checked! {
    MinerConfig, "": |own| drainrs::Miner::build(own);
    drainrs::NormalizeConfig, "normalize": |own| drainrs::Normalizer::build(own);
    drainrs::DrainConfig, "mine": |own| miner(|all| all.mine = own.clone());
    drainrs::Mask, "normalize.masks[0]": |own| miner(|all| all.normalize.masks = vec![own.clone()]);
    PipelineConfig, "": |own| drainrs::Pipeline::build(own);
    drainrs::JoinConfig, "join": |own| drainrs::Joiner::build(own);
    drainrs::ParseConfig, "parse": |own| drainrs::Parser::build(own);
    drainrs::CustomFormat, "parse.formats[0]": |own| pipeline(|all| all.parse.formats = vec![own.clone()]);
    drainrs::FilterConfig, "filter": |own| pipeline(|all| all.filter = own.clone());
    drainrs::SurgeConfig, "filter.surge": |own| pipeline(|all| all.filter.surge = Some(own.clone()));
    count::CountConfig, "count": |own| drainrs::Counter::build(own);
    drainrs::DetectConfig, "": |own| drainrs::Detector::build(own);
    score::ScoreConfig, "score": |own| score::Battery::build(own);
    score::FrequencyConfig, "score.frequency": |own| score::FrequencyModel::build(own);
    score::NoveltyConfig, "score.novelty": |own| score::Novelty::build(own);
    score::SilenceConfig, "score.silence": |own| score::Silence::build(own);
    score::DriftConfig, "score.drift": |own| score::Drift::build(own);
    score::SequenceConfig, "score.sequence": |own| score::SequenceModel::build(own);
    score::ContentConfig, "score.content": |own| score::ValueModel::new(own);
    score::CentroidConfig, "score.centroid": |own| score::Centroid::build(own);
    score::VectoriserConfig, "vectoriser": |own| score::Vectoriser::build(own);
    score::KMeansConfig, "": |own| clusters(own);
    alert::AlertConfig, "alert": |own| drainrs::Alerter::build(own);
    alert::AlertRule, "alert.rules[0]": |own| alerter(|all| all.rules = vec![own.clone()]);
    correlate::CorrelateConfig, "correlate": |own| correlate::Correlator::build(own);
    redact::RedactConfig, "redact": |own| drainrs::Redactor::build(own);
    redact::RedactRule, "redact.custom[0]": |own| redactor(|all| all.custom = vec![own.clone()]);
    redact::AllowList, "redact.allow": |own| redactor(|all| all.allow = own.clone());
    prompt::PromptConfig, "prompt": |own| asker(|all| all.prompt = own.clone());
    prompt::JudgeLimits, "prompt.answers": |own| asker(|all| all.prompt.answers = own.clone());
    prompt::DeskConfig, "desk": |own| asker(|all| all.desk = own.clone());
    ask::AskConfig, "": |own| ask::Asker::build(own);
    ask::JournalConfig, "journal": |own| asker(|all| all.journal = own.clone());
    drainrs::GuardConfig, "guard": |own| drainrs::Guard::build(own);
    guard::ActionRule, "guard.actions[0]": |own| guard(|all| all.actions = vec![own.clone()]);
    index::IndexConfig, "index": |own| drainrs::Index::build(own);
    index::SqlConfig, "sql": |own| index::Sql::build(own);
    index::IncidentConfig, "incidents": |own| drainrs::IncidentLibrary::build(own);
    FitConfig, "": |own| Fit::build(own);
    drainrs::FitLimits, "limits": |own| fit(|all| all.limits = own.clone());
    drainrs::FitThresholds, "thresholds": |own| fit(|all| all.thresholds = own.clone());
}

always_right!(drainrs::KeyNames, baseline::CompareConfig, CalibrateConfig, ask::Prices, index::Csv);
