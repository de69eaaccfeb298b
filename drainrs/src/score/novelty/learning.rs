//! What is known of a service: whether it is still learning, and how usual new templates are in it.

use super::config::NoveltyConfig;
use crate::stats::Portable;
use crate::time::{NANOS_PER_SECOND, Timestamp};
use crate::wire::state;

const HOUR: i64 = 3600 * NANOS_PER_SECOND;
/// Half of the past is forgotten in this time.
const HALF_LIFE: f64 = 24.0 * HOUR as f64;

/// The state of a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Learning {
    since: Timestamp,
    /// When counts were decayed last.
    decayed: Timestamp,
    /// Events and first sightings, decayed.
    events: f64,
    new: f64,
    /// Of the last hundred events or so, the share that was new.
    share: f64,
    /// The first sighting before the latest.
    sighted: Timestamp,
    /// Since when less than one template an hour was new.
    quiet_since: Timestamp,
    pub(super) ended: bool,
    /// New templates of the present stretch, for floods.
    stretch_start: Timestamp,
    stretch_new: u32,
    pub(super) flooded: bool,
    /// Templates that a flood kept from being told one by one.
    pub(super) withheld: u32,
}

state! { Learning {
    since, decayed, events, new, share, sighted, quiet_since, ended, stretch_start, stretch_new, flooded, withheld
} }

/// How much one event weighs in the share of the new ones.
const WEIGHT: f64 = 0.01;

impl Learning {
    pub(super) fn new(at: Timestamp) -> Learning {
        Learning {
            since: at,
            decayed: at,
            events: 0.0,
            new: 0.0,
            share: 1.0,
            sighted: at,
            quiet_since: at,
            ended: false,
            stretch_start: at,
            stretch_new: 0,
            flooded: false,
            withheld: 0,
        }
    }

    /// The chance that an event is of an unseen kind, `0 < p <= 1`.
    pub(super) fn chance(&self) -> f64 {
        ((self.new + 1.0) / (self.events + 1.0)).clamp(f64::MIN_POSITIVE, 1.0)
    }

    /// Counts events of known templates.
    pub(super) fn known(&mut self, events: u64) {
        self.events += events as f64;
        // (1 - w)^n: what is left of the share after so many events that were not new.
        self.share *= (events as f64 * (-WEIGHT).portable_ln_1p()).portable_exp();
    }

    /// Counts a first sighting. Gives whether the flood begins with it.
    pub(super) fn sighted(&mut self, at: Timestamp, config: &NoveltyConfig) -> bool {
        self.new += 1.0;
        self.share += WEIGHT * (1.0 - self.share);
        if at.since(self.stretch_start) > config.flood_ns {
            self.stretch_start = at;
            self.stretch_new = 0;
            self.flooded = false;
            self.withheld = 0;
        }
        self.stretch_new = self.stretch_new.saturating_add(1);
        let begins = self.stretch_new > config.flood_templates && !self.flooded;
        self.flooded |= begins;
        begins
    }

    /// New templates of the present stretch.
    pub(super) fn stretch(&self) -> u32 {
        self.stretch_new
    }

    /// Lets time pass, with the number of first sightings since the last call.
    pub(super) fn pass(&mut self, now: Timestamp, sighted: u32, config: &NoveltyConfig) {
        let passed = now.since(self.decayed);
        if passed > 0 {
            // A single first sighting leaves it quiet, a second one within an hour does not.
            if sighted > 0 {
                if sighted > 1 || now.since(self.sighted) < HOUR {
                    self.quiet_since = now;
                }
                self.sighted = now;
            }
            let kept = (-(passed as f64) / HALF_LIFE).portable_exp2();
            self.events *= kept;
            self.new *= kept;
            self.decayed = now;
        }
        let long = now.since(self.since) >= config.learn_ns;
        let quiet = now.since(self.quiet_since) >= config.quiet_ns;
        self.ended |= (long || quiet) && self.share < config.max_novelty_rate;
    }

    /// The share of new templates among the last hundred events or so.
    pub(super) fn share(&self) -> f64 {
        self.share
    }

    /// Ends learning by decree.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }
}
