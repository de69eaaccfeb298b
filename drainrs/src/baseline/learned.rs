//! The machine that learns.

use crate::error::Error;
use crate::miner::OnOtherSettings;
use crate::pipeline::{Pipeline, PipelineConfig};
use crate::score::Mode;
use crate::time::Timestamp;

/// What is usual, see the [module](crate::baseline).
#[derive(Debug)]
pub struct Baseline {
    pipeline: Pipeline,
}

impl Baseline {
    /// A baseline that knows nothing yet. Settings without a `detect` part get the default one.
    ///
    /// # Errors
    ///
    /// Those of [`Pipeline::build`].
    pub fn build(config: &PipelineConfig) -> Result<Baseline, Error> {
        let mut config = config.clone();
        config.detect.get_or_insert_default().score.mode = Mode::Learn;
        Pipeline::build(&config).map(|pipeline| Baseline { pipeline })
    }

    /// Learns from a line that arrives at `now`, without its newline.
    pub fn push(&mut self, line: &[u8], now: Timestamp) {
        let _ = self.pipeline.push(line, now);
        // Nothing is told while learning but gaps; nobody waits for them.
        while self.pipeline.poll_alert().is_some() {}
    }

    /// Takes in what is held back, at the end of a log. Others may follow.
    pub fn finish(&mut self, now: Timestamp) {
        while self.pipeline.finish(now).is_some() {}
        if let Some(detector) = self.pipeline.detector_mut() {
            detector.finish();
        }
        while self.pipeline.poll_alert().is_some() {}
    }

    /// The baseline as bytes: versioned, checksummed, the same for the same state. Any pipeline can restore them.
    ///
    /// # Errors
    ///
    /// Those of [`Pipeline::snapshot`].
    pub fn save(&self) -> Result<Vec<u8>, Error> {
        self.pipeline.snapshot()
    }

    /// A baseline that was saved, with the settings it was learned under.
    ///
    /// # Errors
    ///
    /// Those of [`Pipeline::restore`].
    pub fn load(bytes: &[u8]) -> Result<Baseline, Error> {
        let mut config = PipelineConfig::default();
        config.detect.get_or_insert_default().score.mode = Mode::Learn;
        let pipeline = Pipeline::restore(bytes, &config, OnOtherSettings::Adopt)?;
        Ok(Baseline { pipeline })
    }

    fn set_mode(&mut self, mode: Mode) {
        if let Some(detector) = self.pipeline.detector_mut() {
            detector.set_mode(mode);
        }
    }

    /// A pipeline that judges logs by this baseline. What it has not seen is new; nothing is learning any more.
    #[must_use]
    pub fn into_judge(mut self) -> Pipeline {
        self.set_mode(Mode::Detect);
        self.pipeline
    }

    /// The pipeline behind it: templates, counters, scorers.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }
}
