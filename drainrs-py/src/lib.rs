//! The native module behind the Python package `drainrs`: a thin coat over the library.
//!
//! A machine is a frozen class around a lock, so that any number of threads may use it and none ever sees it half done.
//! Settings and rare results cross as plain data (`convert`), lines are read where they lie (`lines`, `arrow`), columns are
//! looked at where they lie (`table`). What is written in Python is in `python/drainrs`.

mod arrow;
mod ask;
mod baseline;
mod check;
mod config;
mod convert;
mod distance;
mod error;
mod event;
mod fit;
mod guard;
mod hit;
mod index;
mod kept;
mod lines;
mod lock;
mod matrix;
mod miner;
mod models;
mod numbers;
mod pipeline;
mod program;
mod records;
mod redact;
mod score;
mod signals;
mod stages;
mod table;
mod task;
mod values;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::ask::{Asker, tokens_about};
    #[pymodule_export]
    use crate::baseline::{Baseline, compare};
    #[pymodule_export]
    use crate::config::{config, config_fields, config_names};
    #[pymodule_export]
    use crate::distance::{Centroid, KMeans, Vectoriser};
    #[pymodule_export]
    use crate::error::error_kinds;
    #[pymodule_export]
    use crate::event::Event;
    #[pymodule_export]
    use crate::fit::Fit;
    #[pymodule_export]
    use crate::guard::Guard;
    #[pymodule_export]
    use crate::hit::{Hit, Parameter};
    #[pymodule_export]
    use crate::index::{IncidentLibrary, Index, Sql, read_rows, write_rows};
    #[pymodule_export]
    use crate::matrix::Matrix;
    #[pymodule_export]
    use crate::miner::{Miner, config_drain3, read_drain3_ini};
    #[pymodule_export]
    use crate::models::{FrequencyModel, SequenceModel, ValueModel};
    #[pymodule_export]
    use crate::numbers::{calibrate, false_alarm_threshold, mad_score, naive_z, rank, z_score};
    #[pymodule_export]
    use crate::pipeline::Pipeline;
    #[pymodule_export]
    use crate::program::{LineReader, report, run, sample};
    #[pymodule_export]
    use crate::redact::{Finding, KeyLines, Redaction, Redactor};
    #[pymodule_export]
    use crate::score::Scorer;
    #[pymodule_export]
    use crate::signals::{Alerter, Correlator, Counter};
    #[pymodule_export]
    use crate::stages::{Joiner, Normalizer, Parser, level_in_text, level_of_word, summarise};
    #[pymodule_export]
    use crate::table::{Table, View};
    #[pymodule_export]
    use crate::task::{Answered, Plan, Task};
}

/// Python's allocator gives addresses that are multiples of sixteen, whatever a class asks for.
macro_rules! fits_pythons_allocator {
    ($($class:ty),* $(,)?) => {
        $(const _: () = assert!(align_of::<$class>() <= 16, "put it into a box, see `lock::Locked`");)*
    };
}
fits_pythons_allocator!(
    task::Answered,
    ask::Asker,
    task::Plan,
    task::Task,
    fit::Fit,
    guard::Guard,
    index::IncidentLibrary,
    index::Index,
    index::Sql,
    matrix::Matrix,
    hit::Hit,
    miner::Miner,
    hit::Parameter,
    baseline::Baseline,
    event::Event,
    pipeline::Pipeline,
    program::LineReader,
    redact::Finding,
    redact::KeyLines,
    redact::Redaction,
    redact::Redactor,
    signals::Alerter,
    distance::Centroid,
    signals::Correlator,
    signals::Counter,
    models::FrequencyModel,
    distance::KMeans,
    score::Scorer,
    models::SequenceModel,
    models::ValueModel,
    distance::Vectoriser,
    stages::Joiner,
    stages::Normalizer,
    stages::Parser,
    table::Table,
    table::View,
);
