//! Which events are mined: a least level, and thinning out in a surge.

use super::event::SkipReason;
use crate::error::{Error, Problems};
use crate::flow::Level;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::{Reader, State, Writer};

/// Which events are mined. What is left out is counted by reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilterConfig {
    /// Events below this level are skipped. Events of unknown level pass: nobody can say that they are unimportant.
    pub min_level: Level,
    /// Thinning out when lines come faster than they can be mined. None by default.
    pub surge: Option<SurgeConfig>,
}

/// Thinning out in a surge. Events of level warn and above are always kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurgeConfig {
    /// A second with more events than this is a surge from there on.
    pub events_per_second: u64,
    /// In a surge, one event in this many is kept. At least 1.
    pub keep_every: u64,
}

impl FilterConfig {
    pub(crate) fn check(&self, problems: &mut Problems) {
        if let Some(surge) = &self.surge {
            problems.require(surge.keep_every >= 1, "filter.surge.keep_every", || {
                "must be at least 1, got 0; to keep nothing in a surge, raise filter.min_level".to_owned()
            });
        }
    }
}

/// The filter at work.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    config: FilterConfig,
    second: i64,
    events_this_second: u64,
}

impl Filter {
    pub(crate) fn new(config: &FilterConfig) -> Filter {
        Filter { config: config.clone(), second: i64::MIN, events_this_second: 0 }
    }

    /// Writes the state: how far the present second has come.
    pub(super) fn write(&self, to: &mut Writer) {
        self.second.write(to);
        self.events_this_second.write(to);
    }

    /// Goes on where the state was written.
    pub(super) fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.second = State::read(from)?;
        self.events_this_second = from.counter()?;
        Ok(())
    }

    /// Why an event is skipped, if it is.
    #[inline]
    pub(crate) fn skips(&mut self, level: Level, now: Timestamp) -> Option<SkipReason> {
        if level < self.config.min_level && level != Level::Unknown {
            return Some(SkipReason::BelowLevel);
        }
        let surge = self.config.surge.as_ref()?;
        let second = now.as_nanos().div_euclid(NANOS_PER_SECOND);
        if second != self.second {
            self.second = second;
            self.events_this_second = 0;
        }
        self.events_this_second += 1;
        let beyond = self.events_this_second.saturating_sub(surge.events_per_second);
        let thinned = beyond > 0 && level < Level::Warn && !(beyond - 1).is_multiple_of(surge.keep_every);
        thinned.then_some(SkipReason::Surge)
    }
}
