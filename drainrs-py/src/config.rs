//! The classes of settings, by name: each is the library's own type, its defaults and its checks of names and kinds included.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Serialize;

use crate::check::Checked;
use crate::convert::{plain, read};
use crate::error::raised_of;

/// Settings as an object of their class in `drainrs.config`.
pub(crate) fn shown<'py>(py: Python<'py>, class: &str, config: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    known(class, plain(py, config)?)
}

/// Settings of a machine, in plain data, as an object of their class.
pub(crate) fn known<'py>(class: &str, data: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    data.py().import("drainrs.config")?.getattr("known")?.call1((class, data))
}

/// What is wrong with settings, by paths that begin at these settings.
fn check<C: Checked>(py: Python<'_>, config: &C) -> PyResult<()> {
    let Err(error) = config.checked() else { return Ok(()) };
    let problems = error.problems().iter().map(|problem| {
        let inner = problem.path.strip_prefix(C::STAGE).filter(|_| !C::STAGE.is_empty());
        let path = inner.map_or(problem.path.as_str(), |inner| inner.trim_start_matches('.'));
        (problem.kind, path, problem.message.as_str())
    });
    Err(raised_of(py, problems))
}

macro_rules! classes {
    ($($name:literal => $kind:ty),* $(,)?) => {
        /// The names of all classes of settings.
        #[pyfunction]
        pub(crate) fn config_names() -> Vec<&'static str> {
            vec![$($name),*]
        }

        /// The settings of a class, all of them, from the ones that are given. What has no default must be given. Wrong
        /// names, kinds and values are a `ConfigError`; values that were `known` to a machine are not looked at.
        #[pyfunction]
        #[pyo3(signature = (name, options, *, known = false))]
        pub(crate) fn config<'py>(
            py: Python<'py>,
            name: &str,
            options: &Bound<'py, PyDict>,
            known: bool,
        ) -> PyResult<Bound<'py, PyAny>> {
            match name {
                $($name => {
                    let config: $kind = read(options.as_any())?;
                    if !known {
                        check(py, &config)?;
                    }
                    plain(py, &config)
                })*
                _ => Err(PyKeyError::new_err(name.to_owned())),
            }
        }

        /// The names of the settings of a class, in order.
        #[pyfunction]
        pub(crate) fn config_fields(name: &str) -> PyResult<Vec<String>> {
            let fields = match name {
                $($name => fields_of::<$kind>(),)*
                _ => return Err(PyKeyError::new_err(name.to_owned())),
            };
            // Names of Drain3's for settings that have another one here are read, not shown.
            let is_shown = |field: &&&str| !matches!(**field, "mask_with" | "regex_pattern");
            Ok(fields.iter().filter(is_shown).map(|field| (*field).to_owned()).collect())
        }
    };
}

use drainrs::{alert, ask, baseline, correlate, count, fit, index, prompt, redact, score};

classes! {
    "MinerConfig" => drainrs::MinerConfig,
    "NormalizeConfig" => drainrs::NormalizeConfig,
    "DrainConfig" => drainrs::DrainConfig,
    "Mask" => drainrs::Mask,
    "PipelineConfig" => drainrs::PipelineConfig,
    "JoinConfig" => drainrs::JoinConfig,
    "ParseConfig" => drainrs::ParseConfig,
    "KeyNames" => drainrs::KeyNames,
    "CustomFormat" => drainrs::CustomFormat,
    "FilterConfig" => drainrs::FilterConfig,
    "SurgeConfig" => drainrs::SurgeConfig,
    "CountConfig" => count::CountConfig,
    "DetectConfig" => drainrs::DetectConfig,
    "ScoreConfig" => score::ScoreConfig,
    "FrequencyConfig" => score::FrequencyConfig,
    "NoveltyConfig" => score::NoveltyConfig,
    "SilenceConfig" => score::SilenceConfig,
    "DriftConfig" => score::DriftConfig,
    "SequenceConfig" => score::SequenceConfig,
    "ContentConfig" => score::ContentConfig,
    "CentroidConfig" => score::CentroidConfig,
    "VectoriserConfig" => score::VectoriserConfig,
    "KMeansConfig" => score::KMeansConfig,
    "CalibrateConfig" => score::calibrate::CalibrateConfig,
    "AlertConfig" => alert::AlertConfig,
    "AlertRule" => alert::AlertRule,
    "CorrelateConfig" => correlate::CorrelateConfig,
    "CompareConfig" => baseline::CompareConfig,
    "RedactConfig" => redact::RedactConfig,
    "RedactRule" => redact::RedactRule,
    "AllowList" => redact::AllowList,
    "PromptConfig" => prompt::PromptConfig,
    "JudgeLimits" => prompt::JudgeLimits,
    "DeskConfig" => prompt::DeskConfig,
    "AskConfig" => ask::AskConfig,
    "JournalConfig" => ask::JournalConfig,
    "Prices" => ask::Prices,
    "GuardConfig" => drainrs::GuardConfig,
    "ActionRule" => drainrs::guard::ActionRule,
    "IndexConfig" => index::IndexConfig,
    "SqlConfig" => index::SqlConfig,
    "CsvConfig" => index::Csv,
    "IncidentConfig" => index::IncidentConfig,
    "FitConfig" => fit::FitConfig,
    "FitLimits" => fit::FitLimits,
    "FitThresholds" => fit::FitThresholds,
}

/// What serde knows of a type: asked with a reader that has nothing to read but takes down the names it is asked for.
fn fields_of<T: serde::de::DeserializeOwned>() -> &'static [&'static str] {
    struct Names<'a>(&'a mut &'static [&'static str]);

    impl<'de> serde::Deserializer<'de> for Names<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: serde::de::Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("no fields"))
        }

        fn deserialize_struct<V: serde::de::Visitor<'de>>(
            self,
            _name: &'static str,
            fields: &'static [&'static str],
            _visitor: V,
        ) -> Result<V::Value, Self::Error> {
            *self.0 = fields;
            Err(serde::de::Error::custom("only the names were asked for"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut fields: &'static [&'static str] = &[];
    let _ = T::deserialize(Names(&mut fields));
    fields
}
