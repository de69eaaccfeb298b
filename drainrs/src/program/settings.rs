//! The settings of the run: a document if one is named, then the options of the command line.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::failure::Failure;
use super::options::MinerOptions;
use crate::{Mask, MinerConfig, PipelineConfig, read_drain3_ini};

/// What a run is built from.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: PipelineConfig,
    /// Whether to do exactly what Drain3 does.
    pub(crate) drain3: bool,
}

/// Reads the settings.
pub(crate) fn read(options: &MinerOptions) -> Result<Settings, Failure> {
    let mut drain3 = options.drain3;
    let mut config = match &options.config {
        None => base(drain3),
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
            if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ini")) {
                drain3 = true;
                let miner = read_drain3_ini(&text).and_then(MinerConfig::try_from);
                around(miner.map_err(|error| within(path, Failure::from(error)))?)
            } else {
                document(path, &text, drain3)?
            }
        }
    };
    if let Some(depth) = options.depth {
        config.mine.depth = depth;
    }
    if let Some(similarity) = options.similarity {
        config.mine.similarity_threshold = similarity;
    }
    if let Some(max) = options.max_templates {
        config.mine.max_templates = Some(max);
    }
    config.normalize.masks.extend(options.mask.iter().map(|(name, pattern)| Mask::new(name, pattern)));
    Ok(Settings { config, drain3 })
}

fn base(drain3: bool) -> PipelineConfig {
    if drain3 { around(MinerConfig::drain3()) } else { PipelineConfig::default() }
}

/// The miner's settings, with the defaults of the other stages.
fn around(miner: MinerConfig) -> PipelineConfig {
    PipelineConfig { normalize: miner.normalize, mine: miner.mine, ..PipelineConfig::default() }
}

/// The name of the file before what is wrong in it.
fn within(path: &Path, failure: Failure) -> Failure {
    match failure {
        Failure::Wrong(sentence) => Failure::Wrong(format!("{}: {sentence}", path.display())),
        other => other,
    }
}

/// A document in TOML or JSON. What it leaves out has the defaults of the mode.
fn document(path: &Path, text: &str, drain3: bool) -> Result<PipelineConfig, Failure> {
    let json = match path.extension() {
        Some(ending) => ending.eq_ignore_ascii_case("json"),
        None => text.trim_start().starts_with('{'),
    };
    let wrong = |sentence: String| Failure::wrong(format!("{}: {sentence}", path.display()));
    // Read as settings first, for an error that names the line.
    let (given, config): (Value, PipelineConfig) = if json {
        let config = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        (serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?, config)
    } else {
        let toml_error = |error: toml::de::Error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            wrong(format!("{}{}", line.map(|line| format!("line {line}: ")).unwrap_or_default(), error.message()))
        };
        let config = toml::from_str(text).map_err(toml_error)?;
        (toml::from_str(text).map_err(toml_error)?, config)
    };
    if !drain3 {
        return Ok(config);
    }
    let mut whole = serde_json::to_value(base(drain3)).map_err(|error| wrong(error.to_string()))?;
    overlay(&mut whole, given);
    serde_json::from_value(whole).map_err(|error| wrong(error.to_string()))
}

/// Lays one document over another.
fn overlay(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                overlay(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}
