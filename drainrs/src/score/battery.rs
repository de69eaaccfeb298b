//! The scorers of a configuration side by side.

use super::centroid::Centroid;
use super::config::{ScoreConfig, ScorerName};
use super::content::Content;
use super::drift::Drift;
use super::frequency::Frequency;
use super::novelty::Novelty;
use super::scorer::{Mode, Scorer};
use super::sequence::Sequence;
use super::silence::Silence;
use crate::error::{Error, Problems};
use crate::flow::{Closed, Observation, Score};
use crate::id::TemplateId;
use crate::time::Timestamp;
use crate::wire::{Reader, State, Writer};

/// All scorers that a configuration asks for, as one. They are fields, not trait objects: what is called for every event is
/// compiled into one loop.
#[derive(Debug, Clone)]
pub struct Battery {
    mode: Mode,
    frequency: Option<Frequency>,
    novelty: Option<Novelty>,
    silence: Option<Silence>,
    drift: Option<Drift>,
    sequence: Option<Sequence>,
    content: Option<Content>,
    centroid: Option<Centroid>,
}

/// Does something with every scorer that is there.
macro_rules! each {
    (&$battery:expr, $scorer:ident => $do:expr) => {
        each!($battery, $scorer => $do; as_ref: frequency novelty content sequence centroid silence drift)
    };
    ($battery:expr, $scorer:ident => $do:expr) => {
        each!($battery, $scorer => $do; as_mut: frequency novelty content sequence centroid silence drift)
    };
    ($battery:expr, $scorer:ident => $do:expr; $as:ident: $($field:ident)*) => {{
        $(if let Some($scorer) = $battery.$field.$as() {
            $do;
        })*
    }};
}

impl Battery {
    /// Builds the scorers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), listing every setting of every scorer that is out of its range.
    pub fn build(config: &ScoreConfig) -> Result<Battery, Error> {
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.finish()?;
        let mut battery = Battery {
            mode: config.mode,
            frequency: config.has(ScorerName::Frequency).then(|| Frequency::build(&config.frequency)).transpose()?,
            novelty: config.has(ScorerName::Novelty).then(|| Novelty::build(&config.novelty)).transpose()?,
            content: config.has(ScorerName::Content).then(|| Content::build(&config.content)).transpose()?,
            sequence: config.has(ScorerName::Sequence).then(|| Sequence::build(&config.sequence)).transpose()?,
            centroid: config.has(ScorerName::Centroid).then(|| Centroid::build(&config.centroid)).transpose()?,
            drift: config.has(ScorerName::Drift).then(|| Drift::build(&config.drift)).transpose()?,
            silence: config.has(ScorerName::Silence).then(|| Silence::build(&config.silence)).transpose()?,
        };
        battery.set_mode(config.mode);
        Ok(battery)
    }

    /// The frequency scorer, if it runs.
    pub fn frequency(&self) -> Option<&Frequency> {
        self.frequency.as_ref()
    }

    /// The content scorer, if it runs.
    pub fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// The same, to tell it more.
    pub fn content_mut(&mut self) -> Option<&mut Content> {
        self.content.as_mut()
    }

    /// The sequence scorer, if it runs.
    pub fn sequence(&self) -> Option<&Sequence> {
        self.sequence.as_ref()
    }

    /// The same, to tell it more.
    pub fn sequence_mut(&mut self) -> Option<&mut Sequence> {
        self.sequence.as_mut()
    }

    /// The distance scorer, if it runs.
    pub fn centroid(&self) -> Option<&Centroid> {
        self.centroid.as_ref()
    }

    /// The same, to tell it more.
    pub fn centroid_mut(&mut self) -> Option<&mut Centroid> {
        self.centroid.as_mut()
    }

    /// The novelty scorer, if it runs.
    pub fn novelty(&self) -> Option<&Novelty> {
        self.novelty.as_ref()
    }

    /// The same, to accept templates.
    pub fn novelty_mut(&mut self) -> Option<&mut Novelty> {
        self.novelty.as_mut()
    }

    /// Whether the scorers learn and speak.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Writes the state of all, each behind a mark that tells whether it runs.
    pub(crate) fn write(&self, to: &mut Writer) {
        write(self.frequency.as_ref(), to, Frequency::write);
        write(self.novelty.as_ref(), to, Novelty::write);
        write(self.content.as_ref(), to, Content::write);
        write(self.sequence.as_ref(), to, Sequence::write);
        write(self.drift.as_ref(), to, Drift::write);
        write(self.silence.as_ref(), to, Silence::write);
        write(self.centroid.as_ref(), to, Centroid::write);
    }

    /// Reads what was written under the same settings.
    pub(crate) fn read(from: &mut Reader<'_>, config: &ScoreConfig) -> Result<Battery, Error> {
        let mut battery = Battery::build(config)?;
        read(&mut battery.frequency, from, |from| Frequency::read(from, &config.frequency))?;
        read(&mut battery.novelty, from, |from| Novelty::read(from, &config.novelty))?;
        read(&mut battery.content, from, |from| Content::read(from, &config.content))?;
        read(&mut battery.sequence, from, |from| Sequence::read(from, &config.sequence))?;
        read(&mut battery.drift, from, |from| Drift::read(from, &config.drift))?;
        read(&mut battery.silence, from, |from| Silence::read(from, &config.silence))?;
        read(&mut battery.centroid, from, |from| Centroid::read(from, &config.centroid))?;
        battery.set_mode(config.mode);
        Ok(battery)
    }
}

fn write<S>(scorer: Option<&S>, to: &mut Writer, each: impl Fn(&S, &mut Writer)) {
    scorer.is_some().write(to);
    if let Some(scorer) = scorer {
        let mut body = Writer::new();
        each(scorer, &mut body);
        to.bytes(&body.finish());
    }
}

/// Replaces a scorer by what was written. One that runs now and did not then begins anew; one that ran then is skipped.
fn read<S>(
    scorer: &mut Option<S>,
    from: &mut Reader<'_>,
    each: impl Fn(&mut Reader<'_>) -> Result<S, Error>,
) -> Result<(), Error> {
    if bool::read(from)? {
        let body = from.bytes()?;
        if scorer.is_some() {
            *scorer = Some(each(&mut Reader::new(body))?);
        }
    }
    Ok(())
}

impl Scorer for Battery {
    fn name(&self) -> &'static str {
        "battery"
    }

    #[inline]
    fn observe(&mut self, event: &Observation<'_>, scores: &mut Vec<Score>) {
        each!(self, scorer => scorer.observe(event, scores));
    }

    fn close(&mut self, closed: &Closed<'_>, scores: &mut Vec<Score>) {
        // Silence and drift follow the season that frequency knows, as it stood before this window.
        let Battery { frequency, silence, drift, .. } = self;
        let known = |series| {
            let predicted = frequency.as_ref()?.follow(series, closed.window)?;
            Some((predicted.mean, predicted.variance))
        };
        if let Some(silence) = silence {
            silence.close_with(closed, known, scores);
        }
        if let Some(drift) = drift {
            drift.close_with(closed, known, scores);
        }
        each!(self, scorer => scorer.close(closed, scores); as_mut: frequency novelty content sequence centroid);
    }

    fn advance(&mut self, now: Timestamp, scores: &mut Vec<Score>) {
        each!(self, scorer => scorer.advance(now, scores));
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        let mut least: Option<Timestamp> = None;
        each!(&self, scorer => least = least.into_iter().chain(scorer.next_deadline()).min());
        least
    }

    fn memory(&self) -> usize {
        let mut sum = 0;
        each!(&self, scorer => sum += scorer.memory());
        sum
    }

    fn merged(&mut self, gone: TemplateId, into: TemplateId) {
        each!(self, scorer => scorer.merged(gone, into));
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        each!(self, scorer => scorer.set_mode(mode));
    }
}
