//! The machine.

use super::config::FitConfig;
use super::report::{FitCost, FitReport, FitStatus};
use super::sample::Sample;
use super::study::{Bench, Study};
use super::{findings, trials};
use crate::error::{Error, Problems};
use crate::miner::Miner;

/// Lines in, a judgement out: whether a miner's settings fit them, and what would fit better. See the
/// [module](crate::fit).
#[derive(Debug, Clone)]
pub struct Fit {
    config: FitConfig,
    sample: Sample,
}

impl Fit {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Every setting that is out of its range, with its path; those of the miner below `miner`.
    pub fn build(config: &FitConfig) -> Result<Fit, Error> {
        let mut problems = Problems::default();
        if let Err(error) = Miner::build(&config.miner) {
            problems.absorb("miner", error);
        }
        config.check(&mut problems);
        problems.finish()?;
        let limits = &config.limits;
        let longest = config.miner.normalize.max_line_bytes;
        let sample = Sample::new(limits.max_sample_lines, limits.max_sample_bytes, longest);
        Ok(Fit { config: config.clone(), sample })
    }

    /// Takes a message, without its header, as [`Miner::insert`](crate::Miner::insert) does. It is kept or not, see
    /// `limits`; nothing is mined yet.
    pub fn push(&mut self, line: &[u8]) {
        self.sample.push(line);
    }

    /// Mines the sample, judges the templates, tries what may help. Cost: one pass over the sample, and one for each trial;
    /// [`FitReport::cost`] tells. The machine stays as it is: more may be pushed, and asked again.
    pub fn finish(&self) -> FitReport {
        let FitConfig { miner, limits, thresholds } = &self.config;
        let bench = Bench { sample: &self.sample, limits, thresholds };
        let sample = self.sample.facts();
        let mut report = FitReport {
            status: FitStatus::Ok,
            sample,
            measure: super::Measure::default(),
            findings: Vec::new(),
            omitted_findings: 0,
            suggestions: Vec::new(),
            suggested: None,
            remaining: None,
            cost: FitCost::default(),
        };
        // It was built with these settings before: there is a study.
        let Ok(study) = Study::new(bench, miner) else { return report };
        report.measure = study.measure;
        (report.findings, report.omitted_findings) = findings::of(&study);
        let (suggestions, last, trials) = trials::run(&study);
        report.suggestions = suggestions;
        report.remaining = last.as_ref().map(Study::kinds);
        report.suggested = last.map(|last| last.config);
        report.cost = FitCost { trials, lines_mined: (trials + 1) * sample.lines };
        if !report.findings.is_empty() {
            report.status = FitStatus::Warn;
        }
        report
    }
}
